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
	if len(s.Applicant) == 0 {
		l.add(f, nil, "", "a procedure names who may apply")
	}
	l.documents(f, []any{"needs"}, s.Needs)
	for i, w := range s.Ways {
		if w.ID == "" || w.Title == "" {
			l.add(f, []any{"ways", i}, "", "a way needs id and title")
		}
		l.cite(f, []any{"ways", i, "cite"}, w.Cite)
		l.documents(f, []any{"ways", i, "needs"}, w.Needs)
	}
	if len(s.Steps) == 0 {
		l.add(f, nil, "", "procedure %s has no step", s.Kind)
	}
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

func (l *linter) role(f *file, at []any, slug string) bool {
	var known []string
	for _, p := range l.src.packs {
		for _, r := range p.spec.Roles {
			if r.Role == slug {
				return true
			}
			known = append(known, r.Role)
		}
	}
	hint := "add it to roles in pack.yaml"
	if near := nearest(slug, known); near != "" {
		hint = "did you mean " + near + "?"
	}
	l.add(f, at, hint, "unknown role %q", slug)
	return false
}

func (l *linter) step(p *procedure, i int, st StepSpec, steps map[string]int) {
	f, at := p.file, []any{"steps", i}
	if st.Title == "" {
		l.add(f, at, "", "step %s needs a title", st.ID)
	}
	l.cite(f, join(at, "cite"), st.Cite)
	l.decider(p, at, st)
	for j, other := range st.After {
		if _, ok := steps[other]; !ok {
			l.add(f, join(at, "after", j), "", "step %s comes after %q, which is no step here", st.ID, other)
		}
	}
	if _, ok := steps[st.Beside]; st.Beside != "" && (!ok || st.Beside == st.ID) {
		l.add(f, join(at, "beside"), "", "step %s runs beside %q, which is no other step here", st.ID, st.Beside)
	}
	if st.Offline != "" && !contains(offlines, st.Offline) {
		l.add(f, join(at, "offline-if"), "one of "+strings.Join(offlines, ", "), "step %s has unknown offline-if %q", st.ID, st.Offline)
	}
	if st.Within != nil {
		if _, _, err := parseWithin(st.Within.For); err != nil {
			l.add(f, join(at, "within", "for"), "", "%v", err)
		}
		l.cite(f, join(at, "within", "cite"), st.Within.Cite)
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
	if !pass {
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
	const visiting, done = 1, 2
	state := map[string]int{}
	var visit func(id string, trail []string) bool
	visit = func(id string, trail []string) bool {
		i, ok := steps[id]
		if !ok || state[id] == done {
			return false
		}
		trail = append(trail, id)
		if state[id] == visiting {
			l.add(p.file, []any{"steps", i, "after"}, "", "steps wait for each other: %s", strings.Join(trail, " → "))
			return true
		}
		state[id] = visiting
		for _, before := range p.spec.Steps[i].After {
			if visit(before, trail) {
				return true
			}
		}
		state[id] = done
		return false
	}
	for _, st := range p.spec.Steps {
		if visit(st.ID, nil) {
			return
		}
	}
}

func (l *linter) skips(p *procedure, steps map[string]int) {
	p.skips = nil
	for i, s := range p.spec.Skip {
		at := []any{"skip", i}
		if _, ok := steps[s.Step]; !ok {
			l.add(p.file, join(at, "step"), "a skip may name only steps of its own procedure", "skip names %q, which is no step here", s.Step)
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
