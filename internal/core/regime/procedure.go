package regime

import (
	"yunei/internal/base/errs"
	"yunei/internal/base/workday"
)

// Document is a paper with the regulation's own title.
type Document struct {
	ID       string `json:"id"`
	Title    string `json:"title"`
	Template string `json:"template,omitempty" doc:"Name of the template file in the pack"`
}

// Procedure is how one kind of matter is decided on a given day.
type Procedure struct {
	Kind      string       `json:"kind"`
	Title     string       `json:"title"`
	Pack      string       `json:"pack"`
	Cite      errs.Cite    `json:"cite"`
	From      workday.Date `json:"from,omitempty"`
	Until     workday.Date `json:"until,omitempty" doc:"The last day in force"`
	Joined    []string     `json:"joined,omitempty" doc:"Packs that add steps, papers or limits to it"`
	Applicant []string     `json:"applicant"`
	Needs     []Document   `json:"needs"`
	Ways      []Way        `json:"ways,omitempty"`
	Steps     []Step       `json:"steps"`

	Supplement *Within `json:"supplement,omitempty" doc:"How long the applicant has to answer a return"`
	Appeal     *Appeal `json:"appeal,omitempty"`
}

// Appeal is where a refused applicant may turn (申诉), and how long.
type Appeal struct {
	To      string    `json:"to" doc:"Role slug"`
	ToTitle string    `json:"to_title"`
	Within  *Within   `json:"within,omitempty"`
	Cite    errs.Cite `json:"cite"`
}

// Way is one of several ways to apply.
type Way struct {
	ID    string     `json:"id"`
	Title string     `json:"title"`
	Needs []Document `json:"needs"`
	Cite  errs.Cite  `json:"cite"`
}

// Step is one step of a procedure. A step opens when all of After are done; those with none open at acceptance.
type Step struct {
	ID      string     `json:"id"`
	Title   string     `json:"title"`
	By      string     `json:"by" doc:"Role slug"`
	ByTitle string     `json:"by_title" doc:"The regulation's own title of that role"`
	Within  *Within    `json:"within,omitempty"`
	After   []string   `json:"after"`
	Beside  string     `json:"beside,omitempty" doc:"The step this one runs in parallel with"`
	Binding bool       `json:"binding" doc:"false: the opinion is on record but decides nothing"`
	Online  bool       `json:"online,omitempty"`
	Offline string     `json:"offline_if,omitempty"`
	People  int        `json:"people" doc:"How many different people must agree; 2 is two-person"`
	Panel   *Panel     `json:"panel,omitempty"`
	Checks  []Check    `json:"checks"`
	May     []string   `json:"may"`
	Needs   []Document `json:"needs,omitempty"`
	Cite    errs.Cite  `json:"cite"`

	Also []errs.Cite `json:"also,omitempty" doc:"Articles of other packs that ask more of this step"`

	Join      string     `json:"join,omitempty" enum:"any,all,sequence,vote" doc:"How several addressees decide (会签)"`
	Vote      *Vote      `json:"vote,omitempty"`
	Clocks    []Within   `json:"clocks,omitempty" doc:"Limits that run beside the first"`
	Publicity *Publicity `json:"publicity,omitempty"`
	Records   bool       `json:"records,omitempty" doc:"Records a decision taken elsewhere: number and paper are asked for"`
	Pause     *Pause     `json:"pause,omitempty"`
	Extend    *Within    `json:"extend,omitempty" doc:"By how much the limit may be lengthened, once"`
	Lapse     *Within    `json:"lapse,omitempty" doc:"When an opinion that binds nobody falls away"`
	Outside   *Outside   `json:"outside,omitempty" doc:"Which roles of other bodies may be asked and sent the file"`
}

// Outside are the roles of other bodies that may see one file (加签、抄送、转办).
type Outside struct {
	Roles []string  `json:"roles"`
	Cite  errs.Cite `json:"cite"`
}

// Vote weighs opinions: Pass percent of the whole weight must pass; a role without a weight weighs 1.
type Vote struct {
	Pass    int            `json:"pass"`
	Weights map[string]int `json:"weights,omitempty"`
}

// Publicity is a period in public (公示).
type Publicity struct {
	For    Within `json:"for"`
	Blocks bool   `json:"blocks" doc:"An open objection keeps the step from passing"`
}

// Pause names the reasons for which the step's clock may be stopped.
type Pause struct {
	For  []string  `json:"for"`
	Cite errs.Cite `json:"cite"`
}

// Within is a time limit.
type Within struct {
	N    int       `json:"n"`
	Unit string    `json:"unit" enum:"wd,d,h"`
	Soft bool      `json:"soft" doc:"原则上: missing it asks for an explanation and voids nothing"`
	Cite errs.Cite `json:"cite"`

	Value   string       `json:"value,omitempty" doc:"The value that sets it; empty where the procedure writes it out"`
	Version string       `json:"version,omitempty" doc:"The pack that set the value, as worded then: id@digest"`
	Since   workday.Date `json:"since,omitempty" doc:"The first day of that version of the value"`
	Special *Special     `json:"special,omitempty" doc:"The special law whose limit it is; cite is that law's"`
}

// Same reports whether two limits are equally long.
func (w Within) Same(v Within) bool { return w.N == v.N && w.Unit == v.Unit }

// Panel is a body of several deciders.
type Panel struct {
	Size       int       `json:"size"`
	SizeCite   errs.Cite `json:"size_cite"`
	Quorum     int       `json:"quorum" doc:"Opinions needed before the panel has decided"`
	QuorumCite errs.Cite `json:"quorum_cite"`
}

// Check is a point on which the decider records a conclusion.
type Check struct {
	ID    string     `json:"id"`
	Title string     `json:"title"`
	Cite  *errs.Cite `json:"cite,omitempty" doc:"The point's own article"`
}

// Skip is a step that the law leaves out for this matter, with the article that says so.
type Skip struct {
	Step  string         `json:"step"`
	Cite  errs.Cite      `json:"cite"`
	Facts map[string]any `json:"facts"`
}

// Decisions a step may take.
const (
	MayPass     = "pass"
	MayReturn   = "return"
	MayRefuse   = "refuse"
	MayAgree    = "agree"
	MayDisagree = "disagree"
)

// Step finds a step by id.
func (p Procedure) Step(id string) (Step, bool) {
	for _, s := range p.Steps {
		if s.ID == id {
			return s, true
		}
	}
	return Step{}, false
}

// Way finds a way by id.
func (p Procedure) Way(id string) (Way, bool) {
	for _, w := range p.Ways {
		if w.ID == id {
			return w, true
		}
	}
	return Way{}, false
}

// StepDeadline is the deadline of a step that opened on a day; false when the law sets none in days.
func (l *Law) StepDeadline(s Step, from workday.Date) (workday.Deadline, bool) {
	if s.Within == nil || s.Within.Unit == "h" {
		return workday.Deadline{}, false
	}
	return l.Deadline(s.Within.Cite, from, s.Within.N, s.Within.Unit == "wd"), true
}
