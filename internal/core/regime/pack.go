package regime

import "yunei/internal/base/workday"

// The structs of this file are the pack format; docs/pack-format.md describes each field. They are decoded
// strictly: a field that is not here is an error, so that a misspelled limit cannot silently limit nothing.

// PackSpec is pack.yaml.
type PackSpec struct {
	ID        string         `yaml:"id"`
	Title     string         `yaml:"title"`
	Number    string         `yaml:"number"`
	Issuer    string         `yaml:"issuer"`
	Level     string         `yaml:"level"`
	Division  string         `yaml:"division"`
	Status    string         `yaml:"status"`
	Issued    workday.Date   `yaml:"issued"`
	From      workday.Date   `yaml:"from"`
	Until     workday.Date   `yaml:"until"`
	With      []string       `yaml:"with"`
	Trial     *TrialSpec     `yaml:"trial"`
	Roles     []RoleSpec     `yaml:"roles"`
	Documents []DocumentSpec `yaml:"documents"`
}

// TrialSpec is a trial period (试行期). After its last day the pack's rules are not in force, and the acts it lists are
// refused, unless the bureau recorded that the pack continues (fact pack.continued_until).
type TrialSpec struct {
	Until   workday.Date `yaml:"until"`
	Warn    int          `yaml:"warn"`
	Closes  []string     `yaml:"closes"`
	Message string       `yaml:"message"`
	Cite    CiteSpec     `yaml:"cite"`
}

// RoleSpec maps the regulation's own title of a party to the role slug the program uses.
type RoleSpec struct {
	Role  string    `yaml:"role"`
	Title string    `yaml:"title"`
	Cite  *CiteSpec `yaml:"cite"`
}

// DocumentSpec is a paper a step may need (材料).
type DocumentSpec struct {
	ID       string    `yaml:"id"`
	Title    string    `yaml:"title"`
	Template string    `yaml:"template"`
	Cite     *CiteSpec `yaml:"cite"`
}

// CiteSpec is a place in the articles and words that occur there.
type CiteSpec struct {
	Article string `yaml:"article" json:"article"`
	Quote   string `yaml:"quote" json:"quote"`
}

// RulesFile is one file of rules/.
type RulesFile struct {
	Values []ValueSpec `yaml:"values"`
	Rules  []RuleSpec  `yaml:"rules"`
}

// ValueSpec is a number or word the regulation sets: a period, a limit, a fee.
type ValueSpec struct {
	Name   string       `yaml:"name"`
	Kind   string       `yaml:"kind"`
	Title  string       `yaml:"title"`
	Int    *int64       `yaml:"int"`
	Text   string       `yaml:"text"`
	Unit   string       `yaml:"unit"`
	Strict string       `yaml:"strict"`
	Cite   CiteSpec     `yaml:"cite"`
	From   workday.Date `yaml:"from"`
	Until  workday.Date `yaml:"until"`
	Note   string       `yaml:"note"`
}

// RuleSpec is one rule. Check must hold, else Otherwise; a rule whose When does not hold is not applicable.
type RuleSpec struct {
	ID        string       `yaml:"id"`
	Title     string       `yaml:"title"`
	Kind      string       `yaml:"kind"`
	Cite      CiteSpec     `yaml:"cite"`
	Also      []CiteSpec   `yaml:"also"`
	From      workday.Date `yaml:"from"`
	Until     workday.Date `yaml:"until"`
	Acts      []string     `yaml:"acts"`
	About     []string     `yaml:"about"`
	When      string       `yaml:"when"`
	Check     string       `yaml:"check"`
	Needs     *NeedsSpec   `yaml:"needs"`
	Otherwise string       `yaml:"otherwise"`
	Message   string       `yaml:"message"`
	Upholds   []string     `yaml:"upholds"`
}

// NeedsSpec asks that a list fact holds every one of these documents.
type NeedsSpec struct {
	In        string   `yaml:"in"`
	Documents []string `yaml:"documents"`
}

// ProcedureSpec is one file of procedures/: how one kind of matter (办件) is decided.
type ProcedureSpec struct {
	Kind      string       `yaml:"kind"`
	Title     string       `yaml:"title"`
	Cite      CiteSpec     `yaml:"cite"`
	From      workday.Date `yaml:"from"`
	Until     workday.Date `yaml:"until"`
	Applicant []string     `yaml:"applicant"`
	Needs     []string     `yaml:"needs"`
	Ways      []WaySpec    `yaml:"ways"`
	Steps     []StepSpec   `yaml:"steps"`
	Skip      []SkipSpec   `yaml:"skip"`
	Note      string       `yaml:"note"`
}

// WaySpec is one of several ways to apply, each with its own documents.
type WaySpec struct {
	ID    string   `yaml:"id"`
	Title string   `yaml:"title"`
	Cite  CiteSpec `yaml:"cite"`
	Needs []string `yaml:"needs"`
}

// StepSpec is one step (环节).
type StepSpec struct {
	ID      string      `yaml:"id"`
	Title   string      `yaml:"title"`
	By      string      `yaml:"by"`
	Within  *WithinSpec `yaml:"within"`
	After   []string    `yaml:"after"`
	Beside  string      `yaml:"beside"`
	Binding *bool       `yaml:"binding"`
	Online  bool        `yaml:"online"`
	Offline string      `yaml:"offline-if"`
	People  int         `yaml:"people"`
	Panel   *PanelSpec  `yaml:"panel"`
	Checks  []CheckSpec `yaml:"checks"`
	May     []string    `yaml:"may"`
	Needs   []string    `yaml:"needs"`
	Cite    CiteSpec    `yaml:"cite"`
}

// WithinSpec is a time limit written 2wd, 5d or 72h. Soft: 原则上, missing it asks for an explanation and voids nothing.
type WithinSpec struct {
	For  string   `yaml:"for"`
	Soft bool     `yaml:"soft"`
	Cite CiteSpec `yaml:"cite"`
}

// PanelSpec names the values that hold a panel's size and quorum.
type PanelSpec struct {
	Size   string `yaml:"size"`
	Quorum string `yaml:"quorum"`
}

// CheckSpec is a point on which the decider must record a conclusion.
type CheckSpec struct {
	ID    string `yaml:"id"`
	Title string `yaml:"title"`
}

// SkipSpec leaves a step out when its condition holds at acceptance.
type SkipSpec struct {
	Step string   `yaml:"step"`
	When string   `yaml:"when"`
	Cite CiteSpec `yaml:"cite"`
}
