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
		l.add(f, join(at, "clocks"), "请把本规定自己的期限写成 within, clocks 只写并行的其他期限", "环节 %s 写了 clocks 却没有 within", st.ID)
	}
	l.within(f, join(at, "lapse"), st.Lapse)
	if st.Lapse != nil && (st.Binding == nil || *st.Binding) {
		l.add(f, join(at, "lapse"), "只提意见的请加上 binding: false, 否则请删去 lapse", "环节 %s 影响结果, 不能逾期视为放弃", st.ID)
	}
	if s := st.Extend; s != nil {
		l.within(f, join(at, "extend"), &WithinSpec{For: s.For, Cite: s.Cite})
		if st.Within == nil && !p.spec.Adds {
			l.add(f, join(at, "extend"), "请加上 within, 或者删去 extend", "环节 %s 没有可以延长的期限", st.ID)
		}
	}
	if s := st.Pause; s != nil {
		l.cite(f, join(at, "pause", "cite"), s.Cite)
		if len(s.For) == 0 {
			l.add(f, join(at, "pause"), "请按条文列出理由, 如 for: [补正材料]", "环节 %s 没有写可以中止计时的理由", st.ID)
		}
		if st.Within == nil && !p.spec.Adds {
			l.add(f, join(at, "pause"), "请加上 within, 或者删去 pause", "环节 %s 没有可以中止的期限", st.ID)
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
				l.add(f, at, "期限的 unit "+oneOf([]string{"hour", "day", "working_day"}), "取值 %s 不能用作期限: 它的 unit 是 %q", s.For, v.spec.Unit)
			}
			return
		}
	}
	l.add(f, at, meant(s.For, names, "请改成其中一种"), "%v", err)
}

// together checks how several people decide a step.
func (l *linter) together(p *procedure, at []any, st StepSpec) {
	f := p.file
	if st.Join != "" && !contains(joins, st.Join) {
		l.add(f, join(at, "join"), meant(st.Join, joins, oneOf(joins)), "环节 %s 的 join: %q 不是一种会签方式", st.ID, st.Join)
	}
	if (st.Join == "vote") != (st.Vote != nil) {
		l.add(f, at, "请两个都写, 如 join: vote 和 vote: {pass: 60}", "环节 %s 的 join: vote 和 vote 只写了一个", st.ID)
	}
	if v := st.Vote; v != nil {
		if v.Pass < 1 || v.Pass > 100 {
			l.add(f, join(at, "vote", "pass"), "请写 1 到 100 的百分比", "环节 %s 的通过比例 pass 是 %d", st.ID, v.Pass)
		}
		for role, weight := range v.Weights {
			l.role(f, join(at, "vote", "weights", role), role)
			if weight < 1 {
				l.add(f, join(at, "vote", "weights", role), "权重至少为 1, 没有表决权的角色不要列入", "环节 %s 给角色 %s 的权重是 %d", st.ID, role, weight)
			}
		}
	}
	if st.Panel != nil && st.People > 1 {
		l.add(f, join(at, "people"), "专家组按 quorum 形成结论, 请删去 people", "环节 %s 既有 panel 又有 people", st.ID)
	}
}

// public checks a period in public: nobody decides it, so it has nothing that a decider would use.
func (l *linter) public(p *procedure, at []any, st StepSpec) {
	f, s := p.file, st.Publicity
	at = join(at, "publicity")
	l.within(f, at, &WithinSpec{For: s.For, Cite: s.Cite})
	if s.Objections != "" && s.Objections != "block" && s.Objections != "record" {
		l.add(f, join(at, "objections"), oneOf([]string{"block", "record"}), "环节 %s 的 objections: %q 不存在", st.ID, s.Objections)
	}
	for what, set := range map[string]bool{"panel": st.Panel != nil, "people": st.People > 0, "checks": len(st.Checks) > 0, "join": st.Join != "",
		"vote": st.Vote != nil, "within": st.Within != nil, "records": st.Records, "lapse": st.Lapse != nil} {
		if set {
			l.add(f, at, "公示期满自行通过, 请把 "+what+" 写到另一个环节", "环节 %s 是公示, 不能写 %s", st.ID, what)
		}
	}
	for i, m := range st.May {
		if m != MayPass {
			l.add(f, join(at[:len(at)-1], "may", i), "公示期满自行通过, 请删去 may", "环节 %s 是公示, 不能作出 %s 的决定", st.ID, m)
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
			l.add(f, at, "请在 to 中写明角色", "办理程序 %s 的申诉没有写向谁提出", s.Kind)
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
	l.add(f, join(at, "pack"), meant(o.Pack, known, "现有规则包: "+strings.Join(known, " ")), "没有可以取代的规则包 %q", o.Pack)
}
