package regime

import (
	"context"
	"fmt"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
)

// Several packs apply together, combined by kind. Of a procedure the lowest level's applies, and the packs that say "adds"
// join it: with steps of their own, or by narrowing one of its steps. Of a value the stricter applies (value.go). Rules all
// apply: any one may refuse. What cannot be combined is refused by lint (lint_together.go) unless one says "overrides".

// afterAll in a joining step's after: every step of the procedure it joins.
const afterAll = "all"

func (p *procedure) on(day workday.Date) bool {
	return within(day, p.pack.spec.From, p.pack.spec.Until) && within(day, p.spec.From, p.spec.Until)
}

// procedureOn is the procedure of the lowest level that defines the kind on that day, and those that join it, highest first.
func (l *Law) procedureOn(kind string, day workday.Date) (base *procedure, joins []*procedure) {
	for _, p := range l.packs {
		for _, proc := range p.procedures {
			switch {
			case proc.spec.Kind != kind || !proc.on(day):
			case proc.spec.Adds:
				joins = append(joins, proc)
			case base == nil || !overrides(base.spec.Overrides, proc.pack):
				base = proc
			}
		}
	}
	return base, joins
}

// overrides reports whether o displaces what the pack says.
func overrides(o *OverrideSpec, p *pack) bool { return o != nil && o.Pack == p.spec.ID }

// Kinds are the kinds of matter that the law of a day has a procedure for, in the order of the packs.
func (l *Law) Kinds(day workday.Date) []string {
	return l.kinds(func(p *procedure) bool { return p.on(day) })
}

// AllKinds are those that the loaded law has, had or will have a procedure for.
func (l *Law) AllKinds() []string { return l.kinds(func(*procedure) bool { return true }) }

func (l *Law) kinds(of func(*procedure) bool) []string {
	kinds := []string{}
	for _, p := range l.packs {
		for _, proc := range p.procedures {
			if !proc.spec.Adds && of(proc) && !contains(kinds, proc.spec.Kind) {
				kinds = append(kinds, proc.spec.Kind)
			}
		}
	}
	return kinds
}

// Procedure is the procedure for a kind of matter by the law of a day. A matter keeps the procedure of the day it was
// accepted: ask with that day.
func (l *Law) Procedure(kind string, day workday.Date) (Procedure, error) {
	return l.ProcedureUnder(kind, day, nil)
}

func (l settled) procedure(kind string, day workday.Date) (Procedure, error) {
	proc, joins := l.procedureOn(kind, day)
	if proc == nil {
		return Procedure{}, errs.New(errs.NotFound, "现行规则 (%s) 没有这类申请的办理程序 (%s), 现在不能办理; 请向数据主管部门询问适用的办法", day, kind)
	}
	s, p := proc.spec, proc.pack
	out := Procedure{Kind: s.Kind, Title: s.Title, Pack: p.spec.ID, Cite: p.cite(s.Kind, s.Cite), From: s.From, Until: s.Until, Applicant: s.Applicant, Needs: p.documents(s.Needs)}
	if out.From == "" {
		out.From = p.spec.From
	}
	if out.Until == "" {
		out.Until = p.spec.Until
	}
	for _, w := range s.Ways {
		out.Ways = append(out.Ways, Way{ID: w.ID, Title: w.Title, Needs: p.documents(w.Needs), Cite: p.cite(s.Kind+"."+w.ID, w.Cite)})
	}
	if err := l.aroundSteps(proc, &out, day); err != nil {
		return Procedure{}, err
	}
	for _, st := range s.Steps {
		step, err := l.step(proc, st, day)
		if err != nil {
			return Procedure{}, err
		}
		out.Steps = append(out.Steps, step)
	}
	before := make([]string, len(out.Steps))
	for i, st := range out.Steps {
		before[i] = st.ID
	}
	for _, join := range joins {
		if err := l.join(&out, join, before, day); err != nil {
			return Procedure{}, err
		}
	}
	return out, nil
}

// aroundSteps fills in what a procedure says beside its steps; of two limits the shorter, of two appeals the lower level's.
func (l settled) aroundSteps(proc *procedure, out *Procedure, day workday.Date) error {
	s, p := proc.spec, proc.pack
	supplement, err := l.within(p, s.Kind, s.Supplement, day)
	if err != nil {
		return err
	}
	if supplement != nil && (out.Supplement == nil || earlier(*supplement, *out.Supplement)) {
		out.Supplement = supplement
	}
	if a := s.Appeal; a != nil && out.Appeal == nil {
		out.Appeal = &Appeal{To: a.To, ToTitle: l.Role(a.To), Cite: p.cite(s.Kind, a.Cite)}
		out.Appeal.Within, err = l.within(p, s.Kind, a.Within, day)
	}
	return err
}

// join adds to a procedure what another pack asks beside it.
func (l settled) join(out *Procedure, join *procedure, before []string, day workday.Date) error {
	p := join.pack
	out.Joined = append(out.Joined, p.spec.ID)
	out.Needs = unite(out.Needs, p.documents(join.spec.Needs))
	if err := l.aroundSteps(join, out, day); err != nil {
		return err
	}
	for _, st := range join.spec.Steps {
		more, err := l.step(join, st, day)
		if err != nil {
			return err
		}
		more.After = expand(more.After, before)
		if i := out.index(st.ID); i >= 0 {
			out.Steps[i].narrow(more, st)
		} else {
			out.Steps = append(out.Steps, more)
		}
	}
	return nil
}

// expand writes out the word all.
func expand(after, before []string) []string {
	out := []string{}
	for _, id := range after {
		if id != afterAll {
			out = append(out, id)
			continue
		}
		out = append(out, before...)
	}
	return out
}

func (p Procedure) index(id string) int {
	for i, s := range p.Steps {
		if s.ID == id {
			return i
		}
	}
	return -1
}

// narrow asks more of a step: every limit is counted, the longer publicity, all papers and points, the larger number of people.
func (s *Step) narrow(more Step, spec StepSpec) {
	s.Also = append(s.Also, more.Cite)
	if more.Within != nil {
		more.Clocks = append([]Within{*more.Within}, more.Clocks...)
	}
	s.Clocks = append(s.Clocks, more.Clocks...)
	if s.Within == nil && len(s.Clocks) > 0 {
		first := s.Clocks[0]
		s.Within, s.Clocks = &first, s.Clocks[1:]
	}
	if more.Publicity != nil && s.Publicity != nil {
		if earlier(s.Publicity.For, more.Publicity.For) {
			s.Publicity.For = more.Publicity.For
		}
		s.Publicity.Blocks = s.Publicity.Blocks || more.Publicity.Blocks
	}
	s.Needs = unite(s.Needs, more.Needs)
	for _, c := range more.Checks {
		if !containsCheck(s.Checks, c.ID) {
			s.Checks = append(s.Checks, c)
		}
	}
	s.People = max(s.People, spec.People)
	for _, id := range more.After {
		if !contains(s.After, id) {
			s.After = append(s.After, id)
		}
	}
}

// StricterSupplement is the shorter of a limit and the procedure's own for the answer to a return.
func (p Procedure) StricterSupplement(w Within) Within {
	if p.Supplement != nil && earlier(*p.Supplement, w) {
		return *p.Supplement
	}
	return w
}

// StricterPublicity is the longer of a period and the one in public of the procedure's step.
func (p Procedure) StricterPublicity(step string, w Within) Within {
	if s, ok := p.Step(step); ok && s.Publicity != nil && earlier(w, s.Publicity.For) {
		return s.Publicity.For
	}
	return w
}

func containsCheck(list []Check, id string) bool {
	for _, c := range list {
		if c.ID == id {
			return true
		}
	}
	return false
}

// unite joins two lists of papers.
func unite(a, b []Document) []Document {
	for _, d := range b {
		known := false
		for _, have := range a {
			known = known || have.ID == d.ID
		}
		if !known {
			a = append(a, d)
		}
	}
	return a
}

func (l settled) step(proc *procedure, st StepSpec, day workday.Date) (Step, error) {
	p, rule := proc.pack, proc.spec.Kind+"."+st.ID
	step := Step{ID: st.ID, Title: st.Title, By: st.By, After: append([]string{}, st.After...), Beside: st.Beside,
		Binding: st.Binding == nil || *st.Binding, Online: st.Online, Offline: st.Offline, People: max(1, st.People),
		May: st.May, Needs: p.documents(st.Needs), Cite: p.cite(rule, st.Cite)}
	if st.By != "" {
		step.ByTitle = l.Role(st.By)
	}
	if st.Outside != nil {
		step.Outside = &Outside{Roles: st.Outside.Roles, Cite: p.cite(rule, st.Outside.Cite)}
	}
	for _, c := range st.Checks {
		point := Check{ID: c.ID, Title: c.Title}
		if c.Cite != nil {
			cite := p.cite(rule, *c.Cite)
			point.Cite = &cite
		}
		step.Checks = append(step.Checks, point)
	}
	if err := l.limits(p, rule, st, &step, day); err != nil {
		return Step{}, err
	}
	if st.Panel != nil {
		size, sizeCite, err := l.Int(st.Panel.Size, day)
		if err != nil {
			return Step{}, err
		}
		quorum, quorumCite, err := l.Int(st.Panel.Quorum, day)
		if err != nil {
			return Step{}, err
		}
		step.Panel = &Panel{Size: int(size), SizeCite: sizeCite, Quorum: int(quorum), QuorumCite: quorumCite}
	}
	return step, nil
}

// limits fills in everything about a step that is counted.
func (l settled) limits(p *pack, rule string, st StepSpec, step *Step, day workday.Date) (err error) {
	if step.Within, err = l.within(p, rule, st.Within, day); err != nil {
		return err
	}
	if step.Lapse, err = l.within(p, rule, st.Lapse, day); err != nil {
		return err
	}
	for _, c := range st.Clocks {
		w, err := l.within(p, rule, &c, day)
		if err != nil {
			return err
		}
		step.Clocks = append(step.Clocks, *w)
	}
	if s := st.Publicity; s != nil {
		w, err := l.within(p, rule, &WithinSpec{For: s.For, Cite: s.Cite}, day)
		if err != nil {
			return err
		}
		step.Publicity = &Publicity{For: *w, Blocks: s.Objections == "block"}
	}
	if s := st.Extend; s != nil {
		if step.Extend, err = l.within(p, rule, &WithinSpec{For: s.For, Cite: s.Cite}, day); err != nil {
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

// Skips says which steps of a procedure the law leaves out for this matter, by the law of its day of acceptance.
func (l *Law) Skips(ctx context.Context, tx *sqldb.Tx, kind string, day workday.Date, objects map[string]string, extra map[string]any) ([]Skip, error) {
	base, joins := l.procedureOn(kind, day)
	if base == nil {
		return nil, nil
	}
	var skips []Skip
	done := map[string]bool{}
	view := l.view(ctx, tx, day, objects, extra)
	for _, proc := range append([]*procedure{base}, joins...) {
		for _, s := range proc.skips {
			if done[s.spec.Step] {
				continue
			}
			holds, used, err := s.when.eval(view)
			if err != nil {
				return nil, fmt.Errorf("判断 %s 是否免去环节 %s: %w", kind, s.spec.Step, err)
			}
			if holds {
				done[s.spec.Step] = true
				skips = append(skips, Skip{Step: s.spec.Step, Cite: proc.pack.cite(kind+"."+s.spec.Step, s.spec.Cite), Facts: used})
			}
		}
	}
	return skips, nil
}
