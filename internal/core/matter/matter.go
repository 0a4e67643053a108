package matter

import (
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/regime"
)

// State of a matter.
type State string

const (
	Running   State = "running"
	Returned  State = "returned" // 退回补正: the applicant must supplement
	Passed    State = "passed"
	Refused   State = "refused"
	Withdrawn State = "withdrawn"
	Revoked   State = "revoked" // 撤销: a decision taken back by an act of its own
)

// Verdict of one opinion.
type Verdict string

const (
	Pass     Verdict = "pass"
	Return   Verdict = "return"
	Refuse   Verdict = "refuse"
	Agree    Verdict = "agree"    // of an opinion that binds nobody
	Disagree Verdict = "disagree" // of an opinion that binds nobody
)

// Step states.
const (
	StepWaiting = "waiting"
	StepOpen    = "open"
	StepDone    = "done"
	StepSkipped = "skipped"
	StepClosed  = "closed" // ended by a return, a refusal or a withdrawal elsewhere
)

// Document is one material of an application.
type Document struct {
	Kind   string `json:"kind" doc:"Which required material this is, as the pack names it"`
	Title  string `json:"title"`
	Digest string `json:"digest,omitempty" doc:"SHA-256 of the uploaded file"`
	Text   string `json:"text,omitempty" doc:"For a material filled in on line"`
}

// What is filled in on line stays a page; what is longer is a file.
const (
	maxDocuments = 100
	maxText      = 100_000 // bytes
)

// readable refuses materials that nobody could read: without a kind, without content, or beyond all measure.
func readable(docs []Document) error {
	if len(docs) > maxDocuments {
		return errs.New(errs.Invalid, "材料超过 %d 份, 请合并后再提交", maxDocuments)
	}
	for i, d := range docs {
		switch {
		case d.Kind == "" || d.Digest == "" && strings.TrimSpace(d.Text) == "":
			return errs.New(errs.Invalid, "第 %d 份材料没有种类或内容, 请选择种类并上传文件或填写内容", i+1)
		case len(d.Text)+len(d.Title)+len(d.Kind)+len(d.Digest) > maxText:
			return errs.New(errs.Invalid, "第 %d 份材料的文字过长, 请改为上传文件", i+1)
		}
	}
	return nil
}

// Opinion is what one decider said at one step.
type Opinion struct {
	Account   string          `json:"account"`
	Name      string          `json:"name"`
	Org       string          `json:"org,omitempty"`
	Verdict   Verdict         `json:"verdict"`
	Reason    string          `json:"reason"`
	Checks    map[string]bool `json:"checks,omitempty"`
	At        time.Time       `json:"at"`
	Seat      string          `json:"seat,omitempty" doc:"The inbox in whose place the person spoke"`
	For       string          `json:"for,omitempty" doc:"Delegation (委派): the account in whose place the person acted"`
	ForName   string          `json:"for_name,omitempty"`
	Late      bool            `json:"late,omitempty"`
	Excuse    string          `json:"excuse,omitempty" doc:"Why a limit was missed (超期说明), which a soft one asks for; told to the applicant"`
	Day       workday.Date    `json:"day,omitempty" doc:"Of a late entry (补录): the day it was decided on paper"`
	Recorder  string          `json:"recorder,omitempty" doc:"Of a late entry: the account that entered it; Account confirmed it"`
	Document  *Paper          `json:"document,omitempty" doc:"The paper that holds the decision"`
	Items     []Lack          `json:"items,omitempty" doc:"Of a return: what must be supplemented, told once and completely (一次性告知)"`
	To        string          `json:"to,omitempty" doc:"Of a return: the earlier step it goes back to; empty for the applicant"`
	Consults  []string        `json:"consults,omitempty" doc:"Consultations of experts that the opinion cites"`
	Signature *Signature      `json:"signature,omitempty"`
	Corrected []Correction    `json:"corrected,omitempty" doc:"Clerical errors set right (更正); the first wording stays"`

	NoConflict bool `json:"no_conflict,omitempty" doc:"On a drawn panel: declared to have no interest in the application"`
}

// Paper is a document that holds a decision taken elsewhere.
type Paper struct {
	Number string `json:"number" minLength:"2" maxLength:"120" doc:"Document number (文号)"`
	Digest string `json:"digest" minLength:"8" maxLength:"128" doc:"SHA-256 of the uploaded file"`
}

// Lack is one thing that a return asks for.
type Lack struct {
	Kind string `json:"kind" minLength:"1" maxLength:"80" doc:"Which material"`
	What string `json:"what" minLength:"2" maxLength:"1000" doc:"What is missing or wrong"`
}

// Correction (更正) sets a clerical error of an opinion right.
type Correction struct {
	At   time.Time `json:"at"`
	By   string    `json:"by"`
	Name string    `json:"name"`
	Text string    `json:"text" doc:"The wording that holds from now on"`
	Why  string    `json:"why"`
}

// Signature is a decider's signature over what they approved, such as the hashes of the models.
type Signature struct {
	Key    string `json:"key" doc:"Id of the registered signing key"`
	Signed string `json:"signed" doc:"The exact text that was signed"`
	Value  string `json:"value" doc:"Base64"`
}

// Step (环节) is one step of a procedure for this matter.
type Step struct {
	ID        string            `json:"id"`
	Title     string            `json:"title"`
	Role      string            `json:"role"`
	RoleTitle string            `json:"role_title" doc:"The regulation's own title of the role"`
	After     []string          `json:"after,omitempty"`
	Binding   bool              `json:"binding"`
	Checks    []regime.Check    `json:"checks,omitempty"`
	May       []Verdict         `json:"may"`
	Need      int               `json:"need" doc:"Passing opinions needed"`
	Seats     int               `json:"seats,omitempty" doc:"Of a panel: how many people sit, drawn by lot"`
	SeatsCite errs.Cite         `json:"seats_cite,omitzero" doc:"Of a panel: the article that sets the seats"`
	NeedCite  errs.Cite         `json:"need_cite,omitzero" doc:"Of a panel: the article that sets how many opinions make a conclusion"`
	Draw      *Draw             `json:"draw,omitempty" doc:"How the seats were filled"`
	Addressed []string          `json:"addressed" doc:"Inboxes the step is addressed to"`
	Cite      errs.Cite         `json:"cite"`
	Within    *regime.Within    `json:"within,omitempty"`
	Join      string            `json:"join,omitempty" enum:"any,all,sequence,vote" doc:"How several addressees decide (会签)"`
	Vote      *regime.Vote      `json:"vote,omitempty"`
	Limits    []regime.Within   `json:"limits,omitempty" doc:"Further limits that run beside the first"`
	Publicity *regime.Publicity `json:"publicity,omitempty" doc:"The step is a period in public (公示)"`
	Records   bool              `json:"records,omitempty" doc:"The step records a decision taken elsewhere: number and paper are asked for"`
	Pause     *regime.Pause     `json:"pause,omitempty" doc:"For which reasons the clock may be stopped"`
	Extend    *regime.Within    `json:"extend,omitempty" doc:"By how much the limit may be lengthened, once"`
	Lapse     *regime.Within    `json:"lapse,omitempty" doc:"When an opinion that binds nobody falls away"`
	State     string            `json:"state"`
	Opened    *time.Time        `json:"opened,omitempty"`
	Deadline  *workday.Deadline `json:"deadline,omitempty" doc:"The earliest of the clocks"`
	Clocks    []Clock           `json:"clocks,omitempty" doc:"Every limit that runs, local and national"`
	Lapses    *workday.Deadline `json:"lapses,omitempty"`
	Public    *Public           `json:"public,omitempty" doc:"The period in public as it runs"`
	Pauses    []Paused          `json:"pauses,omitempty"`
	Extended  *Extension        `json:"extended,omitempty"`
	Escalated workday.Date      `json:"escalated,omitempty" doc:"The day on which the step was marked overdue"`
	Asks      []Ask             `json:"asks,omitempty" doc:"Opinions of further people (加签)"`
	Outside   *regime.Outside   `json:"outside,omitempty" doc:"Which roles of other bodies may be asked and sent the file"`
	OfflineIf string            `json:"offline_if,omitempty" doc:"On what condition the step may be decided off line (线下评估)"`
	Offline   *Offline          `json:"offline,omitempty"`
	Pending   *LateEntry        `json:"pending,omitempty" doc:"A late entry (补录) that waits for the second person"`
	Left      *int              `json:"left,omitempty" doc:"Working days left when it was read; negative when overdue; never stored"`
	Skipped   *errs.Cite        `json:"skipped,omitempty" doc:"The article by which the step was left out"`
	Opinions  []Opinion         `json:"opinions,omitempty"`
	Voices    []Voice           `json:"voices,omitempty" doc:"Of a step of the mechanism: what its member bodies said"`
	Past      []Opinion         `json:"past,omitempty" doc:"Opinions of earlier rounds"`
	Moved     []Moved           `json:"moved,omitempty" doc:"Values of later law that were moved to it by an act (过渡适用)"`
}

// Event is one line of the timeline.
type Event struct {
	At     time.Time `json:"at"`
	What   string    `json:"what" enum:"submitted,supplemented,opened,decided,skipped,returned,sent_back,passed,refused,withdrawn,revoked,paused,resumed,extended,recounted,overdue,lapsed,published,objected,objection_decided,transferred,asked,answered,copied,urged,supervised,recused,recorded,corrected,appealed,set_aside,reopened,opined,consulted,advised,offline_asked,offline_given,offline_denied,offline_switched,moved,excused"`
	Step   string    `json:"step,omitempty"`
	Who    string    `json:"who,omitempty"`
	Reason string    `json:"reason,omitempty"`

	Cite *errs.Cite `json:"cite,omitempty" doc:"The article by which it happened"`
}

// Matter (办件) is one application.
type Matter struct {
	ID        string       `json:"id"`
	Kind      string       `json:"kind"`
	Title     string       `json:"title"`
	Applicant string       `json:"applicant" doc:"The applying organization"`
	Area      access.Area  `json:"area,omitempty" doc:"The area (行政区域) whose bodies decide; empty: the platform's own"`
	Filer     string       `json:"filer" doc:"Account that filed it"`
	Subject   string       `json:"subject" doc:"Id of what it is about"`
	State     State        `json:"state"`
	Day       workday.Date `json:"day" doc:"Legal day of acceptance"`
	Regimes   []string     `json:"regimes" doc:"Digests of the packs it runs under"`
	Documents []Document   `json:"documents"`
	Rounds    int          `json:"rounds" doc:"How often it was supplemented"`
	Steps     []Step       `json:"steps"`
	Events    []Event      `json:"events"`
	Opened    time.Time    `json:"opened"`
	Closed    *time.Time   `json:"closed,omitempty"`

	Pack          string         `json:"pack,omitempty" doc:"The pack its procedure comes from"`
	Supplement    *regime.Within `json:"supplement,omitempty" doc:"How long the applicant has to answer a return"`
	Answer        *Clock         `json:"answer,omitempty" doc:"Until when the applicant must supplement"`
	Appeal        *regime.Appeal `json:"appeal,omitempty" doc:"Where a refused applicant may turn (申诉)"`
	Appealed      string         `json:"appealed,omitempty" doc:"The matter that decides on the appeal"`
	Of            string         `json:"of,omitempty" doc:"Of an appeal: the matter it is about"`
	Barred        []string       `json:"barred,omitempty" doc:"Accounts that may not decide here, such as those who refused what is appealed"`
	SetAside      string         `json:"set_aside,omitempty" doc:"The appeal that set the refusal aside"`
	Versions      []Former       `json:"versions,omitempty" doc:"Documents of earlier rounds"`
	Handed        []string       `json:"handed,omitempty" doc:"Inboxes that handed a seat on (转办); they still may read the matter"`
	Recused       []string       `json:"recused,omitempty" doc:"Accounts that gave a drawn seat back (回避); the file is closed to them"`
	Consultations []Consultation `json:"consultations,omitempty" doc:"Questions to experts about processing, with their advice"`
	Copies        []Copy         `json:"copies,omitempty" doc:"Who was sent a copy (抄送)"`
	Urges         []Urge         `json:"urges,omitempty"`
	Supervisions  []Supervision  `json:"supervisions,omitempty"`
	Moved         []Moved        `json:"moved,omitempty" doc:"Values of later law that were moved to its own periods"`
}
