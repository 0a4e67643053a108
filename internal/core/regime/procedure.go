package regime

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
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
	Kind      string     `json:"kind"`
	Title     string     `json:"title"`
	Pack      string     `json:"pack"`
	Cite      errs.Cite  `json:"cite"`
	Applicant []string   `json:"applicant"`
	Needs     []Document `json:"needs"`
	Ways      []Way      `json:"ways,omitempty"`
	Steps     []Step     `json:"steps"`

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

	Join      string     `json:"join,omitempty" enum:"any,all,sequence,vote" doc:"How several addressees decide (会签)"`
	Vote      *Vote      `json:"vote,omitempty"`
	Clocks    []Within   `json:"clocks,omitempty" doc:"Limits that run beside the first"`
	Publicity *Publicity `json:"publicity,omitempty"`
	Records   bool       `json:"records,omitempty" doc:"Records a decision taken elsewhere: number and paper are asked for"`
	Pause     *Pause     `json:"pause,omitempty"`
	Extend    *Within    `json:"extend,omitempty" doc:"By how much the limit may be lengthened, once"`
	Lapse     *Within    `json:"lapse,omitempty" doc:"When an opinion that binds nobody falls away"`
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
}

// Panel is a body of several deciders.
type Panel struct {
	Size   int `json:"size"`
	Quorum int `json:"quorum" doc:"Opinions needed before the panel has decided"`
}

// Check is a point on which the decider records a conclusion.
type Check struct {
	ID    string `json:"id"`
	Title string `json:"title"`
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

// procedureOn is the procedure of the lowest level that defines the kind on that day.
func (l *Law) procedureOn(kind string, day workday.Date) *procedure {
	for i := len(l.packs) - 1; i >= 0; i-- {
		p := l.packs[i]
		if !within(day, p.spec.From, p.spec.Until) {
			continue
		}
		for _, proc := range p.procedures {
			if proc.spec.Kind == kind && within(day, proc.spec.From, proc.spec.Until) {
				return proc
			}
		}
	}
	return nil
}

// Procedure is the procedure for a kind of matter by the law of a day. A matter keeps the procedure of the day it was
// accepted: ask with that day.
func (l *Law) Procedure(kind string, day workday.Date) (Procedure, error) {
	proc := l.procedureOn(kind, day)
	if proc == nil {
		return Procedure{}, errs.New(errs.NotFound, "现行规则没有 %s 的办理程序 (%s), 请检查所用规则包", kind, day)
	}
	s, p := proc.spec, proc.pack
	out := Procedure{Kind: s.Kind, Title: s.Title, Pack: p.spec.ID, Cite: p.cite(s.Kind, s.Cite), Applicant: s.Applicant, Needs: p.documents(s.Needs)}
	for _, w := range s.Ways {
		out.Ways = append(out.Ways, Way{ID: w.ID, Title: w.Title, Needs: p.documents(w.Needs), Cite: p.cite(s.Kind+"."+w.ID, w.Cite)})
	}
	var err error
	if out.Supplement, err = p.within(s.Kind, s.Supplement); err != nil {
		return out, err
	}
	if a := s.Appeal; a != nil {
		out.Appeal = &Appeal{To: a.To, ToTitle: l.Role(a.To), Cite: p.cite(s.Kind, a.Cite)}
		if out.Appeal.Within, err = p.within(s.Kind, a.Within); err != nil {
			return out, err
		}
	}
	for _, st := range s.Steps {
		step, err := l.step(proc, st, day)
		if err != nil {
			return Procedure{}, err
		}
		out.Steps = append(out.Steps, step)
	}
	return out, nil
}

func (l *Law) step(proc *procedure, st StepSpec, day workday.Date) (Step, error) {
	p, rule := proc.pack, proc.spec.Kind+"."+st.ID
	step := Step{ID: st.ID, Title: st.Title, By: st.By, ByTitle: l.Role(st.By), After: append([]string{}, st.After...), Beside: st.Beside,
		Binding: st.Binding == nil || *st.Binding, Online: st.Online, Offline: st.Offline, People: max(1, st.People),
		May: st.May, Needs: p.documents(st.Needs), Cite: p.cite(rule, st.Cite)}
	for _, c := range st.Checks {
		step.Checks = append(step.Checks, Check(c))
	}
	if err := p.limits(rule, st, &step); err != nil {
		return Step{}, err
	}
	if st.Panel != nil {
		size, _, err := l.Int(st.Panel.Size, day)
		if err != nil {
			return Step{}, err
		}
		quorum, _, err := l.Int(st.Panel.Quorum, day)
		if err != nil {
			return Step{}, err
		}
		step.Panel = &Panel{Size: int(size), Quorum: int(quorum)}
	}
	return step, nil
}

// limits fills in everything about a step that is counted.
func (p *pack) limits(rule string, st StepSpec, step *Step) (err error) {
	if step.Within, err = p.within(rule, st.Within); err != nil {
		return err
	}
	if step.Lapse, err = p.within(rule, st.Lapse); err != nil {
		return err
	}
	for _, c := range st.Clocks {
		w, err := p.within(rule, &c)
		if err != nil {
			return err
		}
		step.Clocks = append(step.Clocks, *w)
	}
	if s := st.Publicity; s != nil {
		w, err := p.within(rule, &WithinSpec{For: s.For, Cite: s.Cite})
		if err != nil {
			return err
		}
		step.Publicity = &Publicity{For: *w, Blocks: s.Objections == "block"}
	}
	if s := st.Extend; s != nil {
		if step.Extend, err = p.within(rule, &WithinSpec{For: s.For, Cite: s.Cite}); err != nil {
			return err
		}
	}
	if s := st.Pause; s != nil {
		step.Pause = &Pause{For: s.For, Cite: p.cite(rule, s.Cite)}
	}
	if s := st.Vote; s != nil {
		step.Vote = &Vote{Pass: s.Pass, Weights: s.Weights}
	}
	step.Join, step.Records = st.Join, st.Records
	return nil
}

func (p *pack) within(rule string, s *WithinSpec) (*Within, error) {
	if s == nil {
		return nil, nil
	}
	n, unit, err := parseWithin(s.For)
	if err != nil {
		return nil, err
	}
	return &Within{N: n, Unit: unit, Soft: s.Soft, Cite: p.cite(rule, s.Cite)}, nil
}

// StepDeadline is the deadline of a step that opened on a day; false when the law sets none in days.
func (l *Law) StepDeadline(s Step, from workday.Date) (workday.Deadline, bool) {
	if s.Within == nil || s.Within.Unit == "h" {
		return workday.Deadline{}, false
	}
	return l.Deadline(s.Within.Cite, from, s.Within.N, s.Within.Unit == "wd"), true
}

// parseWithin reads 2wd, 5d or 72h.
func parseWithin(s string) (int, string, error) {
	digits := strings.TrimRight(s, "wdh")
	n, err := strconv.Atoi(digits)
	unit := s[len(digits):]
	if err != nil || n < 0 || (unit != "wd" && unit != "d" && unit != "h") {
		return 0, "", fmt.Errorf("period %q is not written like 2wd, 5d or 72h", s)
	}
	return n, unit, nil
}

// Skips says which steps of a procedure the law leaves out for this matter, by the law of its day of acceptance.
func (l *Law) Skips(ctx context.Context, tx *sqldb.Tx, kind string, day workday.Date, objects map[string]string, extra map[string]any) ([]Skip, error) {
	proc := l.procedureOn(kind, day)
	if proc == nil {
		return nil, nil
	}
	var skips []Skip
	done := map[string]bool{}
	view := l.view(ctx, tx, day, objects, extra)
	for _, s := range proc.skips {
		if done[s.spec.Step] {
			continue
		}
		holds, used, err := s.when.eval(view)
		if err != nil {
			return nil, fmt.Errorf("judge whether %s skips %s: %w", kind, s.spec.Step, err)
		}
		if holds {
			done[s.spec.Step] = true
			skips = append(skips, Skip{Step: s.spec.Step, Cite: proc.pack.cite(kind+"."+s.spec.Step, s.spec.Cite), Facts: used})
		}
	}
	return skips, nil
}
