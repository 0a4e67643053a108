package regime

import "strings"

var joins = []string{"any", "all", "sequence", "vote"}

// counted checks everything about a step that is counted, paused or voted on.
func (l *linter) counted(p *procedure, at []any, st StepSpec) {
	f := p.file
	l.within(f, join(at, "within"), st.Within)
	for i := range st.Clocks {
		l.within(f, join(at, "clocks", i), &st.Clocks[i])
	}
	if len(st.Clocks) > 0 && st.Within == nil && !p.spec.Adds {
		l.add(f, join(at, "clocks"), "write the regulation's own limit as within; clocks run beside it", "step %s has clocks but no within", st.ID)
	}
	l.within(f, join(at, "lapse"), st.Lapse)
	if st.Lapse != nil && (st.Binding == nil || *st.Binding) {
		l.add(f, join(at, "lapse"), "only an opinion falls away by silence: say binding: false, or leave lapse out", "step %s is binding and cannot lapse", st.ID)
	}
	if s := st.Extend; s != nil {
		l.within(f, join(at, "extend"), &WithinSpec{For: s.For, Cite: s.Cite})
		if st.Within == nil && !p.spec.Adds {
			l.add(f, join(at, "extend"), "add within, or leave extend out", "step %s has no limit that could be extended", st.ID)
		}
	}
	if s := st.Pause; s != nil {
		l.cite(f, join(at, "pause", "cite"), s.Cite)
		if len(s.For) == 0 {
			l.add(f, join(at, "pause"), "list the reasons the article gives, such as for: [补正材料]", "step %s may be paused for no reason", st.ID)
		}
		if st.Within == nil && !p.spec.Adds {
			l.add(f, join(at, "pause"), "add within, or leave pause out", "step %s has no clock that could be stopped", st.ID)
		}
	}
	l.together(p, at, st)
}

// within checks a period: a literal, or the name of a value that is counted in hours, days or working days.
func (l *linter) within(f *file, at []any, s *WithinSpec) {
	if s == nil {
		return
	}
	l.cite(f, join(at, "cite"), s.Cite)
	_, _, err := parseWithin(s.For)
	if err == nil {
		return
	}
	at = join(at, "for")
	var names []string
	for _, p := range l.src.packs {
		for _, v := range p.values {
			names = append(names, v.spec.Name)
			if v.spec.Name != s.For {
				continue
			}
			if v.spec.Int == nil || periodUnits[v.spec.Unit] == "" {
				l.add(f, at, "a period is counted in unit: hour, day or working_day", "value %s cannot be a period: it is counted in %q", s.For, v.spec.Unit)
			}
			return
		}
	}
	hint := ""
	if near := nearest(s.For, names); near != "" {
		hint = "did you mean " + near + "?"
	}
	l.add(f, at, hint, "%v", err)
}

// together checks how several people decide a step.
func (l *linter) together(p *procedure, at []any, st StepSpec) {
	f := p.file
	if st.Join != "" && !contains(joins, st.Join) {
		hint := "one of " + strings.Join(joins, ", ")
		if near := nearest(st.Join, joins); near != "" {
			hint = "did you mean " + near + "?"
		}
		l.add(f, join(at, "join"), hint, "step %s is joined by %q, which is no way to decide together", st.ID, st.Join)
	}
	if (st.Join == "vote") != (st.Vote != nil) {
		l.add(f, at, "join: vote and vote: {pass: 60} belong together", "step %s says only one of join: vote and vote", st.ID)
	}
	if v := st.Vote; v != nil {
		if v.Pass < 1 || v.Pass > 100 {
			l.add(f, join(at, "vote", "pass"), "pass is a percentage from 1 to 100", "step %s passes at %d percent", st.ID, v.Pass)
		}
		for role, weight := range v.Weights {
			l.role(f, join(at, "vote", "weights", role), role)
			if weight < 1 {
				l.add(f, join(at, "vote", "weights", role), "a weight is at least 1; who has no vote is not asked", "step %s gives %s the weight %d", st.ID, role, weight)
			}
		}
	}
	if st.Panel != nil && st.People > 1 {
		l.add(f, join(at, "people"), "a panel decides by its quorum; leave people out", "step %s has both a panel and people", st.ID)
	}
}

// public checks a period in public: nobody decides it, so it has nothing that a decider would use.
func (l *linter) public(p *procedure, at []any, st StepSpec) {
	f, s := p.file, st.Publicity
	at = join(at, "publicity")
	l.within(f, at, &WithinSpec{For: s.For, Cite: s.Cite})
	if s.Objections != "" && s.Objections != "block" && s.Objections != "record" {
		l.add(f, join(at, "objections"), "block or record", "step %s has unknown objections %q", st.ID, s.Objections)
	}
	for what, set := range map[string]bool{"panel": st.Panel != nil, "people": st.People > 0, "checks": len(st.Checks) > 0, "join": st.Join != "",
		"vote": st.Vote != nil, "within": st.Within != nil, "records": st.Records, "lapse": st.Lapse != nil} {
		if set {
			l.add(f, at, "a period in public ends by itself; move "+what+" to a step of its own", "step %s is a publicity and has %s", st.ID, what)
		}
	}
	for i, m := range st.May {
		if m != MayPass {
			l.add(f, join(at[:len(at)-1], "may", i), "leave may out: the step passes when the time is over", "step %s is a publicity and may not %s", st.ID, m)
		}
	}
}

// around checks what a procedure says beside its steps.
func (l *linter) around(p *procedure) {
	s, f := p.spec, p.file
	l.within(f, []any{"supplement"}, s.Supplement)
	if a := s.Appeal; a != nil {
		at := []any{"appeal"}
		if a.To == "" {
			l.add(f, at, "name the role that hears it", "the appeal of %s goes to nobody", s.Kind)
		} else {
			l.role(f, join(at, "to"), a.To)
		}
		l.within(f, join(at, "within"), a.Within)
		l.cite(f, join(at, "cite"), a.Cite)
	}
	l.override(f, nil, s.Overrides)
}

// override checks that what is displaced exists, and that an article says so.
func (l *linter) override(f *file, at []any, o *OverrideSpec) {
	if o == nil {
		return
	}
	at = join(at, "overrides")
	l.cite(f, join(at, "cite"), o.Cite)
	var known []string
	for _, p := range l.src.packs {
		if p.spec.ID == o.Pack && p != l.pack {
			return
		}
		known = append(known, p.spec.ID)
	}
	if !l.src.all { // a pack may be loaded without the one it would displace
		return
	}
	hint := "packs are " + strings.Join(known, " ")
	if near := nearest(o.Pack, known); near != "" {
		hint = "did you mean " + near + "?"
	}
	l.add(f, join(at, "pack"), hint, "there is no other pack %q to override", o.Pack)
}
