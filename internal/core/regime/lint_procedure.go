package regime

import (
	"strings"
)

// decisions a step may list; the ones that let a binding step be passed come first.
var (
	passing  = []string{MayPass, MayAgree}
	allMay   = []string{MayPass, MayReturn, MayRefuse, MayAgree, MayDisagree}
	offlines = []string{"bureau-consents"}
)

func (l *linter) procedure(p *procedure) {
	s, f := p.spec, p.file
	if s.Kind == "" || s.Title == "" {
		l.add(f, nil, "", "a procedure needs kind and title")
	}
	l.cite(f, []any{"cite"}, s.Cite)
	for i, role := range s.Applicant {
		l.role(f, []any{"applicant", i}, role)
	}
	switch {
	case len(s.Applicant) == 0 && !s.Adds:
		l.add(f, nil, "add applicant: [data-user]", "a procedure names who may apply")
	case len(s.Applicant) > 0 && s.Adds:
		l.add(f, []any{"applicant"}, "leave applicant out", "a procedure that adds cannot say who may apply")
	}
	if s.Adds {
		l.joins(p)
	}
	l.documents(f, []any{"needs"}, s.Needs)
	for i, w := range s.Ways {
		if w.ID == "" || w.Title == "" {
			l.add(f, []any{"ways", i}, "", "a way needs id and title")
		}
		l.cite(f, []any{"ways", i, "cite"}, w.Cite)
		l.documents(f, []any{"ways", i, "needs"}, w.Needs)
	}
	if len(s.Steps) == 0 && !s.Adds {
		l.add(f, nil, "", "procedure %s has no step", s.Kind)
	}
	l.around(p)
	steps := map[string]int{}
	for i, st := range s.Steps {
		if _, twice := steps[st.ID]; twice || st.ID == "" {
			l.add(f, []any{"steps", i}, "", "step id %q is empty or used twice", st.ID)
		}
		steps[st.ID] = i
	}
	for i, st := range s.Steps {
		l.step(p, i, st, steps)
	}
	l.cycles(p, steps)
	l.skips(p, steps)
}

// role checks that the program knows the role of a decider, an applicant or who hears an appeal, and that the regulation has
// a title for it.
func (l *linter) role(f *file, at []any, slug string) bool {
	known := l.src.vocab.roleNames()
	if !contains(known, slug) {
		hint := "the roles are " + strings.Join(known, ", ")
		if near := nearest(slug, known); near != "" {
			hint = "did you mean " + near + "?"
		}
		l.add(f, at, hint, "unknown role %q", slug)
		return false
	}
	for _, p := range l.src.packs {
		for _, r := range p.spec.Roles {
			if r.Role == slug {
				return true
			}
		}
	}
	l.add(f, at, "add it to roles in pack.yaml with the regulation's own words", "no pack has a title for the role %s", slug)
	return false
}

// joins checks that somebody defines what a procedure would join.
func (l *linter) joins(p *procedure) {
	if !l.src.all {
		return
	}
	var kinds []string
	for _, q := range l.src.packs {
		for _, proc := range q.procedures {
			if !proc.spec.Adds && proc.spec.Kind == p.spec.Kind {
				return
			}
			kinds = append(kinds, proc.spec.Kind)
		}
	}
	hint := "leave adds out to define it here"
	if near := nearest(p.spec.Kind, kinds); near != "" && near != p.spec.Kind {
		hint = "did you mean " + near + "?"
	}
	l.add(p.file, []any{"kind"}, hint, "procedure %s adds to one that no pack defines", p.spec.Kind)
}

func (l *linter) step(p *procedure, i int, st StepSpec, steps map[string]int) {
	f, at := p.file, []any{"steps", i}
	narrows := p.spec.Adds && st.By == "" && st.Publicity == nil && len(st.May) == 0 // asks more of a step of another pack
	if st.Title == "" && !narrows {
		l.add(f, at, "", "step %s needs a title", st.ID)
	}
	if st.ID == afterAll {
		l.add(f, join(at, "id"), "choose another id", "the step id %s means every step of the procedure that is joined", afterAll)
	}
	l.cite(f, join(at, "cite"), st.Cite)
	if !narrows {
		l.decider(p, at, st)
	}
	if st.Publicity != nil {
		l.public(p, at, st)
	}
	l.counted(p, at, st)
	for j, other := range st.After {
		if _, ok := steps[other]; !ok && !p.spec.Adds { // a joining procedure is checked with what it joins
			l.add(f, join(at, "after", j), "", "step %s comes after %q, which is no step here", st.ID, other)
		}
	}
	if _, ok := steps[st.Beside]; st.Beside != "" && (!ok || st.Beside == st.ID) {
		l.add(f, join(at, "beside"), "", "step %s runs beside %q, which is no other step here", st.ID, st.Beside)
	}
	if st.Offline != "" && !contains(offlines, st.Offline) {
		l.add(f, join(at, "offline-if"), "one of "+strings.Join(offlines, ", "), "step %s has unknown offline-if %q", st.ID, st.Offline)
	}
	l.documents(f, join(at, "needs"), st.Needs)
	for j, c := range st.Checks {
		if c.ID == "" || c.Title == "" {
			l.add(f, join(at, "checks", j), "", "a check needs id and title")
		}
	}
}

// decider checks that somebody can decide the step and that it can be passed.
func (l *linter) decider(p *procedure, at []any, st StepSpec) {
	f := p.file
	if st.Publicity != nil && st.By == "" {
		return // the clock decides
	}
	if st.By == "" {
		l.add(f, at, "name the deciding role with by", "step %s may be decided by nobody", st.ID)
	} else if l.role(f, join(at, "by"), st.By) && len(p.spec.Applicant) == 1 && p.spec.Applicant[0] == st.By {
		l.add(f, join(at, "by"), "nobody decides their own application; name another role", "step %s may be decided by nobody: its only decider %s is the applicant", st.ID, st.By)
	}
	pass := false
	for j, m := range st.May {
		if !contains(allMay, m) {
			l.add(f, join(at, "may", j), "one of "+strings.Join(allMay, ", "), "step %s may %q, which is no decision", st.ID, m)
		}
		pass = pass || contains(passing, m)
	}
	if !pass && st.Publicity == nil {
		l.add(f, join(at, "may"), "add pass (or agree for an opinion)", "step %s can never be passed", st.ID)
	}
	if st.People < 0 {
		l.add(f, join(at, "people"), "", "step %s needs at least one person", st.ID)
	}
	if st.Panel == nil {
		return
	}
	size, okSize := l.panelValue(st.Panel.Size)
	quorum, okQuorum := l.panelValue(st.Panel.Quorum)
	switch {
	case !okSize || !okQuorum:
		l.add(f, join(at, "panel"), "give both as values of kind panel in rules/", "step %s: panel size and quorum must name values", st.ID)
	case quorum < 1 || quorum > size:
		l.add(f, join(at, "panel"), "", "step %s may be decided by nobody: a quorum of %d out of %d cannot be reached", st.ID, quorum, size)
	}
}

func (l *linter) panelValue(name string) (int64, bool) {
	for _, p := range l.src.packs {
		for _, v := range p.values {
			if v.spec.Name == name && v.spec.Int != nil {
				return *v.spec.Int, true
			}
		}
	}
	return 0, false
}

// cycles reports steps that wait for each other.
func (l *linter) cycles(p *procedure, steps map[string]int) {
	ids := make([]string, len(p.spec.Steps))
	for i, st := range p.spec.Steps {
		ids[i] = st.ID
	}
	trail := cycle(ids, func(id string) []string { return p.spec.Steps[steps[id]].After })
	if trail != nil {
		at := []any{"steps", steps[trail[len(trail)-1]], "after"}
		l.add(p.file, at, "let one of them open first", "steps wait for each other: %s", strings.Join(trail, " → "))
	}
}

func (l *linter) skips(p *procedure, steps map[string]int) {
	p.skips = nil
	for i, s := range p.spec.Skip {
		at := []any{"skip", i}
		if _, ok := steps[s.Step]; !ok {
			l.add(p.file, join(at, "step"), "a skip may name only steps of its own pack", "skip names %q, which is no step here", s.Step)
		}
		l.cite(p.file, join(at, "cite"), s.Cite)
		if s.When == "" {
			l.add(p.file, at, "say by when it is skipped", "a skip needs a condition")
			continue
		}
		if c := l.condition(p.file, join(at, "when"), s.When); c != nil {
			p.skips = append(p.skips, skip{spec: s, when: c})
		}
	}
}
