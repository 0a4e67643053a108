package matter

import (
	"slices"
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
	Late      bool            `json:"late,omitempty"`
	Signature *Signature      `json:"signature,omitempty"`
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
	Draw      *Draw             `json:"draw,omitempty" doc:"How the seats were filled"`
	Addressed []string          `json:"addressed" doc:"Inboxes the step is addressed to"`
	Cite      errs.Cite         `json:"cite"`
	Within    *regime.Within    `json:"within,omitempty"`
	State     string            `json:"state"`
	Opened    *time.Time        `json:"opened,omitempty"`
	Deadline  *workday.Deadline `json:"deadline,omitempty"`
	Left      *int              `json:"left,omitempty" doc:"Working days left when it was read; negative when overdue; never stored"`
	Skipped   *errs.Cite        `json:"skipped,omitempty" doc:"The article by which the step was left out"`
	Opinions  []Opinion         `json:"opinions,omitempty"`
}

// Event is one line of the timeline.
type Event struct {
	At     time.Time `json:"at"`
	What   string    `json:"what" enum:"submitted,supplemented,opened,decided,skipped,returned,passed,refused,withdrawn"`
	Step   string    `json:"step,omitempty"`
	Who    string    `json:"who,omitempty"`
	Reason string    `json:"reason,omitempty"`
}

// Matter (办件) is one application.
type Matter struct {
	ID        string       `json:"id"`
	Kind      string       `json:"kind"`
	Title     string       `json:"title"`
	Applicant string       `json:"applicant" doc:"The applying organization"`
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
}

// Step finds a step by id.
func (m *Matter) Step(id string) (*Step, error) {
	for i := range m.Steps {
		if m.Steps[i].ID == id {
			return &m.Steps[i], nil
		}
	}
	return nil, errs.New(errs.NotFound, "这个办件没有 %s 环节, 请刷新后重试", id)
}

// Over reports whether nothing more can happen to the matter.
func (m *Matter) Over() bool { return m.State != Running && m.State != Returned }

// ready lists the waiting steps that can open.
func (m *Matter) ready() []*Step {
	var out []*Step
	for i := range m.Steps {
		if s := &m.Steps[i]; s.State == StepWaiting && m.canOpen(s) {
			out = append(out, s)
		}
	}
	return out
}

// canOpen reports whether what the step comes after is over. An opinion that binds nobody and has been asked for holds
// nothing up once a binding step beside it is over: it may still be given, but whoever is silent decides nothing by that
// (泉州 七(二)5: 不作为审批是否通过的必要条件).
func (m *Matter) canOpen(s *Step) bool {
	unanswered, binding := false, false
	for _, id := range s.After {
		p, err := m.Step(id)
		switch {
		case err != nil:
			return false
		case p.State == StepSkipped && !m.canOpen(p):
			return false // what is left out passes on what it waited for: nobody overtakes the first review
		case p.over():
			binding = binding || p.Binding
		case p.Binding || p.State != StepOpen:
			return false
		default:
			unanswered = true
		}
	}
	return binding || !unanswered
}

func (s *Step) over() bool { return s.State == StepDone || s.State == StepSkipped }

// inHand reports whether the step can be decided by anybody now.
func (m *Matter) inHand(s *Step) error {
	switch {
	case m.State != Running:
		return errs.New(errs.Conflict, "这个办件已%s, 不能再办理, 请刷新查看", stateWords[m.State])
	case s.State != StepOpen:
		return errs.New(errs.Conflict, "“%s”环节现在不在办理中, 请刷新查看", s.Title)
	}
	return nil
}

// mayDecide checks everything that needs neither the law nor the addressee: the state, the reason, the checks.
func (m *Matter) mayDecide(s *Step, o Opinion) error {
	if err := m.inHand(s); err != nil {
		return err
	}
	switch {
	case s.spoken(o.Account, o.Org):
		return errs.New(errs.Conflict, "您或贵单位已在“%s”环节提出过意见, 不能重复办理; 请等待其他人员办理", s.Title)
	case !slices.Contains(s.May, o.Verdict):
		return errs.New(errs.Invalid, "“%s”环节不能作出这种决定, 请从页面所列选项中选择", s.Title)
	case len([]rune(strings.TrimSpace(o.Reason))) < 2:
		return errs.New(errs.Invalid, "请填写理由后再提交")
	}
	return checked(s, o)
}

// spoken reports whether the account has given its opinion at the step, or its organization where the step asks
// organizations: two clerks of one holder are one opinion.
func (s *Step) spoken(account, org string) bool {
	asked := org != "" && slices.Contains(s.Addressed, access.OrgAddress(org, access.Role(s.Role)))
	return slices.ContainsFunc(s.Opinions, func(p Opinion) bool { return p.Account == account || asked && p.Org == org })
}

// checked asks for an answer to every check, and lets nobody pass what they marked as failing.
func checked(s *Step, o Opinion) error {
	for _, c := range s.Checks {
		ok, answered := o.Checks[c.ID]
		switch {
		case !answered:
			return errs.New(errs.Invalid, "请先对“%s”给出结论", c.Title)
		case !ok && o.Verdict == Pass:
			return errs.New(errs.Invalid, "“%s”一项未通过, 不能作出通过的决定; 请退回或不予通过", c.Title)
		}
	}
	return nil
}

var stateWords = map[State]string{Running: "在办", Returned: "退回补正", Passed: "办结通过", Refused: "不予通过", Withdrawn: "撤回"}

// decide records an opinion and moves the step and the matter on. It assumes mayDecide.
func (m *Matter) decide(s *Step, o Opinion) {
	s.Opinions = append(s.Opinions, o)
	m.event(Event{At: o.At, What: "decided", Step: s.ID, Who: o.Name, Reason: o.Reason})
	switch {
	case !s.Binding:
		if len(s.Opinions) >= len(s.Addressed) {
			s.State = StepDone
		}
	case o.Verdict == Return:
		s.State = StepDone
		m.end(Returned, o)
	case o.Verdict == Refuse && !s.canStillPass():
		s.State = StepDone
		m.end(Refused, o)
	case s.passes() >= s.Need:
		s.State = StepDone
	}
	if m.State == Running && m.allOver() {
		m.end(Passed, o)
	}
}

// canStillPass reports whether enough of the addressed people have not refused.
func (s *Step) canStillPass() bool {
	refusals := 0
	for _, o := range s.Opinions {
		if o.Verdict == Refuse {
			refusals++
		}
	}
	return len(s.Addressed)-refusals >= s.Need
}

func (s *Step) passes() int {
	n := 0
	for _, o := range s.Opinions {
		if o.Verdict == Pass {
			n++
		}
	}
	return n
}

// allOver reports whether nothing is left that the outcome depends on.
func (m *Matter) allOver() bool {
	return !slices.ContainsFunc(m.Steps, func(s Step) bool { return !s.over() && (s.Binding || s.State != StepOpen) })
}

// end closes the matter, or hands it back: whatever was open or waiting is closed.
func (m *Matter) end(to State, o Opinion) {
	m.State = to
	for i := range m.Steps {
		if s := &m.Steps[i]; s.State == StepOpen || s.State == StepWaiting {
			s.State = StepClosed
		}
	}
	m.event(Event{At: o.At, What: string(to), Who: o.Name, Reason: o.Reason})
	if m.Over() {
		at := o.At
		m.Closed = &at
	}
}

// supplement starts the steps again after a return: the steps that passed before the returning one stay passed, and
// the clock of the others starts anew.
func (m *Matter) supplement(at time.Time, who string, docs []Document) error {
	if m.State != Returned {
		return errs.New(errs.Conflict, "这个办件现在不需要补正, 请刷新查看")
	}
	m.Documents = slices.DeleteFunc(m.Documents, func(old Document) bool { return slices.Contains(DocumentKinds(docs), old.Kind) })
	m.Documents = append(m.Documents, docs...)
	m.State, m.Rounds = Running, m.Rounds+1
	for i := range m.Steps {
		s := &m.Steps[i]
		returned := slices.ContainsFunc(s.Opinions, func(o Opinion) bool { return o.Verdict == Return })
		if s.State == StepClosed || returned {
			s.State, s.Opinions, s.Opened, s.Deadline = StepWaiting, nil, nil, nil
		}
	}
	m.event(Event{At: at, What: "supplemented", Who: who})
	return nil
}

// withdraw ends the matter at the applicant's wish.
func (m *Matter) withdraw(at time.Time, who, reason string) error {
	if m.Over() {
		return errs.New(errs.Conflict, "这个办件已%s, 不能撤回; 请刷新查看结果", stateWords[m.State])
	}
	m.end(Withdrawn, Opinion{At: at, Name: who, Reason: reason})
	return nil
}

// LastReason is what the last decision or withdrawal said.
func (m *Matter) LastReason() string {
	for i := len(m.Events) - 1; i >= 0; i-- {
		if m.Events[i].Reason != "" {
			return m.Events[i].Reason
		}
	}
	return stateWords[m.State]
}

func (m *Matter) event(e Event) { m.Events = append(m.Events, e) }
