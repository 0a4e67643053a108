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
	if f.root == nil {
		return // not YAML, which is told already
	}
	if s.Kind == "" || s.Title == "" {
		l.add(f, nil, "请补上", "办理程序须写明 kind 和 title")
	}
	l.cite(f, []any{"cite"}, s.Cite)
	for i, role := range s.Applicant {
		l.role(f, []any{"applicant", i}, role)
	}
	switch {
	case len(s.Applicant) == 0 && !s.Adds:
		l.add(f, nil, "请加上 applicant, 如 applicant: [data-user]", "办理程序没有写谁可以申请")
	case len(s.Applicant) > 0 && s.Adds:
		l.add(f, []any{"applicant"}, "请删去 applicant", "办理程序 %s 写了 adds: true, 不能再规定谁可以申请", s.Kind)
	}
	if s.Adds {
		l.joins(p)
	}
	l.documents(f, []any{"needs"}, s.Needs)
	for i, w := range s.Ways {
		if w.ID == "" || w.Title == "" {
			l.add(f, []any{"ways", i}, "请补上", "每种申请方式须写明 id 和 title")
		}
		l.cite(f, []any{"ways", i, "cite"}, w.Cite)
		l.documents(f, []any{"ways", i, "needs"}, w.Needs)
	}
	if len(s.Steps) == 0 && !s.Adds {
		l.add(f, nil, "请在 steps 中写明", "办理程序没有环节")
	}
	l.around(p)
	steps := map[string]int{}
	for i, st := range s.Steps {
		if _, twice := steps[st.ID]; twice || st.ID == "" {
			l.add(f, []any{"steps", i}, "请给每个环节起一个不同的编号", "环节编号 %q 为空或者重复", st.ID)
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
		l.add(f, at, meant(slug, known, oneOf(known)), "不认识角色 %q", slug)
		return false
	}
	for _, p := range l.src.packs {
		for _, r := range p.spec.Roles {
			if r.Role == slug {
				return true
			}
		}
	}
	l.add(f, at, "请用规定自己的称谓把它加到 pack.yaml 的 roles", "没有规则包写明角色 %s 的称谓", slug)
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
			if proc.spec.Kind != p.spec.Kind {
				kinds = append(kinds, proc.spec.Kind)
			}
		}
	}
	l.add(p.file, []any{"kind"}, meant(p.spec.Kind, kinds, "请删去 adds, 在这里规定完整的程序"), "办理程序 %s 写了 adds: true, 却没有规则包规定这种程序", p.spec.Kind)
}

func (l *linter) step(p *procedure, i int, st StepSpec, steps map[string]int) {
	f, at := p.file, []any{"steps", i}
	narrows := p.spec.Adds && st.By == "" && st.Publicity == nil && len(st.May) == 0 // asks more of a step of another pack
	if st.Title == "" && !narrows {
		l.add(f, at, "请补上", "环节 %s 没有写 title", st.ID)
	}
	if st.ID == afterAll {
		l.add(f, join(at, "id"), "请换一个编号", "环节编号 %s 专指所加入程序的全部环节", afterAll)
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
			l.add(f, join(at, "after", j), meant(other, keys(steps), "请写本程序的环节编号"), "环节 %s 的 after 中 %q 不是本程序的环节", st.ID, other)
		}
	}
	if _, ok := steps[st.Beside]; st.Beside != "" && (!ok || st.Beside == st.ID) {
		l.add(f, join(at, "beside"), meant(st.Beside, keys(steps), "请写本程序另一环节的编号"), "环节 %s 的 beside: %q 不是本程序的其他环节", st.ID, st.Beside)
	}
	if st.Offline != "" && !contains(offlines, st.Offline) {
		l.add(f, join(at, "offline-if"), oneOf(offlines), "环节 %s 的 offline-if: %q 不存在", st.ID, st.Offline)
	}
	if o := st.Outside; o != nil {
		for j, role := range o.Roles {
			l.role(f, join(at, "outside", "roles", j), role)
		}
		l.cite(f, join(at, "outside", "cite"), o.Cite)
	}
	l.documents(f, join(at, "needs"), st.Needs)
	for j, c := range st.Checks {
		if c.ID == "" || c.Title == "" {
			l.add(f, join(at, "checks", j), "请补上", "每个要点须写明 id 和 title")
		}
		if c.Cite != nil {
			l.cite(f, join(at, "checks", j, "cite"), *c.Cite)
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
		l.add(f, at, "请用 by 写明由哪个角色办理", "环节 %s 没有人能办", st.ID)
	} else if l.role(f, join(at, "by"), st.By) && len(p.spec.Applicant) == 1 && p.spec.Applicant[0] == st.By {
		l.add(f, join(at, "by"), "不能自己批自己的申请, 请换一个角色", "环节 %s 没有人能办: 只有申请人 %s 自己可以办", st.ID, st.By)
	}
	pass := false
	for j, m := range st.May {
		if !contains(allMay, m) {
			l.add(f, join(at, "may", j), oneOf(allMay), "环节 %s 的 may 中 %q 不是一种决定", st.ID, m)
		}
		pass = pass || contains(passing, m)
	}
	if !pass && st.Publicity == nil {
		l.add(f, join(at, "may"), "请在 may 中加上 pass (只提意见的加 agree)", "环节 %s 永远通不过", st.ID)
	}
	if st.People < 0 {
		l.add(f, join(at, "people"), "请写须由几人同意", "环节 %s 的 people 不能小于 0", st.ID)
	}
	if st.Panel == nil {
		return
	}
	size, okSize := l.panelValue(st.Panel.Size)
	quorum, okQuorum := l.panelValue(st.Panel.Quorum)
	switch {
	case !okSize || !okQuorum:
		l.add(f, join(at, "panel"), "请在 rules/ 中用 kind: panel 的取值规定这两个数", "环节 %s 的 panel 须用取值的名称写明 size 和 quorum", st.ID)
	case quorum < 1 || quorum > size:
		l.add(f, join(at, "panel"), "请核对 size 和 quorum 的取值", "环节 %s 没有人能办: %d 人的专家组出不了 %d 份意见", st.ID, size, quorum)
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
		l.add(p.file, at, "请让其中一个先开始", "环节互相等待: %s", strings.Join(trail, " → "))
	}
}

func (l *linter) skips(p *procedure, steps map[string]int) {
	p.skips = nil
	for i, s := range p.spec.Skip {
		at := []any{"skip", i}
		if _, ok := steps[s.Step]; !ok {
			l.add(p.file, join(at, "step"), "只能免去本规则包规定的环节", "skip 要免去的 %q 不是本程序的环节", s.Step)
		}
		l.cite(p.file, join(at, "cite"), s.Cite)
		if s.When == "" {
			l.add(p.file, at, "请在 when 中写明何时免去", "skip 没有写条件")
			continue
		}
		if c := l.condition(p.file, join(at, "when"), s.When); c != nil {
			p.skips = append(p.skips, skip{spec: s, when: c})
		}
	}
}
