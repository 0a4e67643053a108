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
	// Supplement is how long the applicant has to answer a return (补正); after it the matter is closed as withdrawn.
	Supplement *WithinSpec `yaml:"supplement"`
	Appeal     *AppealSpec `yaml:"appeal"`
	Note       string      `yaml:"note"`
}

// AppealSpec is where a refused applicant may turn (申诉), and how long.
type AppealSpec struct {
	To     string      `yaml:"to"`
	Within *WithinSpec `yaml:"within"`
	Cite   CiteSpec    `yaml:"cite"`
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
	// Join says how several addressees decide (会签): any (the default: people of them, in any order), all, sequence, vote.
	Join string    `yaml:"join"`
	Vote *VoteSpec `yaml:"vote"`
	// Clocks run beside Within: a national limit beside a local one. The earliest counts as the step's deadline, each is shown.
	Clocks    []WithinSpec   `yaml:"clocks"`
	Publicity *PublicitySpec `yaml:"publicity"`
	// Records marks a decision taken elsewhere, in a meeting or by a document: whoever records it gives its number and paper.
	Records bool        `yaml:"records"`
	Pause   *PauseSpec  `yaml:"pause"`
	Extend  *ExtendSpec `yaml:"extend"`
	// Lapse is when an opinion that binds nobody falls away unanswered.
	Lapse *WithinSpec `yaml:"lapse"`
}

// VoteSpec weighs the opinions of a step that is joined by vote: it passes when the passing weight reaches Pass percent of
// the whole, and is refused when that can no longer happen. A role without a weight weighs 1.
type VoteSpec struct {
	Pass    int            `yaml:"pass"`
	Weights map[string]int `yaml:"weights"`
}

// PublicitySpec makes a step a period in public (公示): a notice opens with the step and everyone may object until For has
// passed. The step passes by itself after that; while an objection is open it does not, where Objections is "block".
type PublicitySpec struct {
	For        string   `yaml:"for"`
	Objections string   `yaml:"objections"`
	Cite       CiteSpec `yaml:"cite"`
}

// PauseSpec lets the decider stop the step's clock (中止计时) for one of the reasons.
type PauseSpec struct {
	For  []string `yaml:"for"`
	Cite CiteSpec `yaml:"cite"`
}

// ExtendSpec lets the decider lengthen the step's limit once (延期), with a reason, by at most For.
type ExtendSpec struct {
	For  string   `yaml:"for"`
	Cite CiteSpec `yaml:"cite"`
}

// WithinSpec is a time limit written 2wd, 5d or 72h. Soft: 原则上, missing it asks for an explanation and voids nothing.
type WithinSpec struct {
	For  string   `yaml:"for"`
	Soft bool     `yaml:"soft"`
	Cite CiteSpec `yaml:"cite"`
}

// PanelSpec makes the deciders a panel drawn by lot from the role's people; it names the values that hold size and quorum.
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
