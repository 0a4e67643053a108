package regime

import (
	"fmt"
	"strings"

	"yunei/internal/base/workday"
)

// lint_together.go checks what only several packs show: those that apply together must be combinable by kind (combine.go).

// groups are the sets of packs that apply together. What a deployment loads by name is one; of a whole folder, each pack with
// those it brings along, and with every pack of a higher level on the same territory.
func (s *source) groups() [][]*pack {
	if !s.all {
		return [][]*pack{s.packs}
	}
	var groups [][]*pack
	for _, p := range s.packs {
		in := map[*pack]bool{}
		s.closure(p, in)
		for _, q := range s.packs {
			if levelOf(q.spec.Level) < levelOf(p.spec.Level) && q.covers(p) {
				s.closure(q, in)
			}
		}
		var group []*pack
		for _, q := range s.packs { // keeps the order of levels
			if in[q] {
				group = append(group, q)
			}
		}
		groups = append(groups, group)
	}
	return groups
}

func (s *source) closure(p *pack, in map[*pack]bool) {
	if in[p] {
		return
	}
	in[p] = true
	for _, q := range s.packs {
		if contains(p.spec.With, q.spec.ID) {
			s.closure(q, in)
		}
	}
}

// covers reports whether p regulates the whole territory of q: a national pack every place, 330000 the cities in it.
func (p *pack) covers(q *pack) bool {
	if p.spec.Level == "national" {
		return true
	}
	place := strings.TrimRight(p.spec.Division, "0")
	return place != "" && strings.HasPrefix(q.spec.Division, place)
}

// together reports what cannot be combined; a contradiction that shows in several groups is told once.
func (s *source) together() []Problem {
	seen := map[string]bool{}
	var problems []Problem
	for _, group := range s.groups() {
		g := &grouped{linter: linter{src: s}, packs: group}
		g.values()
		g.procedures()
		for _, p := range g.problems {
			if !seen[p.String()] {
				seen[p.String()] = true
				problems = append(problems, p)
			}
		}
	}
	return problems
}

type grouped struct {
	linter
	packs []*pack
}

// overlap reports whether two versions are ever in force on the same day.
func overlap(aFrom, aUntil, bFrom, bUntil workday.Date) bool {
	return (aUntil == "" || bFrom <= aUntil) && (bUntil == "" || aFrom <= bUntil)
}

// period is when something of a pack is in force.
func (p *pack) period(from, until workday.Date) (workday.Date, workday.Date) {
	from = max(from, p.spec.From)
	if until == "" || p.spec.Until != "" && p.spec.Until < until {
		until = p.spec.Until
	}
	return from, until
}

// values compares each value with those of the same name in the packs before it.
func (g *grouped) values() {
	byName := map[string][]*value{}
	for _, p := range g.packs {
		for _, v := range p.values {
			for _, old := range byName[v.spec.Name] {
				g.value(old, v)
			}
			byName[v.spec.Name] = append(byName[v.spec.Name], v)
		}
	}
}

func (g *grouped) value(old, v *value) {
	of, ou := old.pack.period(old.spec.From, old.spec.Until)
	vf, vu := v.pack.period(v.spec.From, v.spec.Until)
	if old.pack == v.pack || !overlap(of, ou, vf, vu) || overrides(v.spec.Overrides, old.pack) || overrides(old.spec.Overrides, v.pack) {
		return
	}
	a, b := old.spec, v.spec
	why := ""
	switch {
	case (a.Int == nil) != (b.Int == nil):
		why = "一个是数, 一个是文字"
	case a.Unit != b.Unit:
		why = fmt.Sprintf("那里的 unit 是 %q, 这里是 %q", a.Unit, b.Unit)
	case old.strict() != v.strict():
		why = "两处的 strict 不一致"
	case a.Int == nil && a.Text != b.Text && a.Strict == "" && old.pack.spec.Level == v.pack.spec.Level,
		a.Int != nil && *a.Int != *b.Int && v.strict() == "" && (a.Kind == "limit" || old.pack.spec.Level == v.pack.spec.Level):
		why = "没有写明哪个更严, 可以在两处都写 strict: min 或 strict: max"
	}
	if why != "" {
		g.add(v.file, v.at, "请改成一致, 或者写 overrides: {pack: "+old.pack.spec.ID+", cite: …}, 引用允许取代的条文",
			"取值 %s 与 %s:%d 的同名取值相矛盾: %s", b.Name, old.file.name, old.file.line(old.at...), why)
	}
}

// procedures checks, of each kind, that one pack defines it and that what the others add fits.
func (g *grouped) procedures() {
	bases := map[string][]*procedure{}
	for _, p := range g.packs {
		for _, proc := range p.procedures {
			if proc.spec.Adds {
				continue
			}
			kind := proc.spec.Kind
			for _, old := range bases[kind] {
				g.rivals(old, proc)
			}
			bases[kind] = append(bases[kind], proc)
		}
	}
	for _, p := range g.packs {
		for _, proc := range p.procedures {
			if proc.spec.Adds {
				g.joined(proc, bases[proc.spec.Kind])
			}
		}
	}
}

func (g *grouped) rivals(old, proc *procedure) {
	of, ou := old.pack.period(old.spec.From, old.spec.Until)
	pf, pu := proc.pack.period(proc.spec.From, proc.spec.Until)
	if old.pack == proc.pack || old.pack.spec.Level != proc.pack.spec.Level || !overlap(of, ou, pf, pu) ||
		overrides(proc.spec.Overrides, old.pack) || overrides(old.spec.Overrides, proc.pack) {
		return
	}
	g.add(proc.file, []any{"kind"}, "加入它请写 adds: true, 取代它请写 overrides: {pack: "+old.pack.spec.ID+", cite: …}, 引用允许取代的条文",
		"办理程序 %s 与 %s 相矛盾: 两个规则包的 level 都是 %s", proc.spec.Kind, old.file.name, proc.pack.spec.Level)
}

// joined checks a procedure that adds to another: what it names must be there, and the whole must still come to an end.
func (g *grouped) joined(proc *procedure, bases []*procedure) {
	if len(bases) == 0 {
		return // what it would join is not loaded here; linter.procedure says when nobody has it
	}
	base := bases[len(bases)-1]
	steps := map[string]StepSpec{}
	order := []string{}
	for _, st := range base.spec.Steps {
		steps[st.ID] = st
		order = append(order, st.ID)
	}
	before := append([]string{}, order...)
	for i, st := range proc.spec.Steps {
		at := []any{"steps", i}
		st.After = expand(st.After, before)
		old, narrows := steps[st.ID]
		if narrows {
			g.narrows(proc, base, at, st, old)
			old.After = append(append([]string{}, old.After...), st.After...)
			st = old
		} else {
			order = append(order, st.ID)
			if st.By != "" && len(base.spec.Applicant) == 1 && base.spec.Applicant[0] == st.By {
				g.add(proc.file, join(at, "by"), "不能自己批自己的申请, 请换一个角色",
					"环节 %s 没有人能办: 只有 %s 的申请人 %s 自己可以办", st.ID, base.file.name, st.By)
			}
		}
		steps[st.ID] = st
	}
	for i, st := range proc.spec.Steps {
		for j, other := range st.After {
			if _, ok := steps[other]; !ok && other != afterAll {
				g.add(proc.file, []any{"steps", i, "after", j}, "可以写的环节: "+strings.Join(order, ", "), "环节 %s 的 after 中 %q 不是 %s 的环节", st.ID, other, base.file.name)
			}
		}
	}
	if trail := cycle(order, func(id string) []string { return steps[id].After }); trail != nil {
		g.add(proc.file, []any{"steps"}, "请让其中一个先开始", "加入 %s 之后, 环节互相等待: %s", base.file.name, strings.Join(trail, " → "))
	}
}

// narrows checks that a step of a joining procedure only asks more of the step whose id it has.
func (g *grouped) narrows(proc, base *procedure, at []any, st, old StepSpec) {
	changes := map[string]bool{"by": st.By != "" && st.By != old.By, "may": len(st.May) > 0, "binding": st.Binding != nil, "panel": st.Panel != nil,
		"join": st.Join != "", "vote": st.Vote != nil, "lapse": st.Lapse != nil, "pause": st.Pause != nil, "extend": st.Extend != nil,
		"online": st.Online, "offline-if": st.Offline != "", "records": st.Records, "outside": st.Outside != nil, "beside": st.Beside != "",
		"publicity": st.Publicity != nil && old.Publicity == nil}
	for what, set := range changes {
		if set {
			g.add(proc.file, join(at, what), "只能增加 within、clocks、needs、checks、people、after 或者更长的公示, 自己的环节请另起编号",
				"环节 %s 与 %s 的同一环节相矛盾: 加入的程序不能改变它的 %s", st.ID, base.file.name, what)
		}
	}
	if len(st.Needs)+len(st.Checks) == 0 && st.People == 0 && st.Publicity == nil {
		return
	}
	for _, skip := range base.spec.Skip {
		if skip.Step == st.ID && !overrides(proc.spec.Overrides, base.pack) {
			g.add(proc.file, at, "请把要求写进自己的环节, 别的规则包不能免去它",
				"环节 %s 与 %s:%d 相矛盾: 那里可以免去这个环节", st.ID, base.file.name, base.file.line("skip"))
			return
		}
	}
}

// cycle finds steps that wait for each other.
func cycle(ids []string, after func(string) []string) []string {
	const visiting, done = 1, 2
	state := map[string]int{}
	known := map[string]bool{}
	for _, id := range ids {
		known[id] = true
	}
	var visit func(id string, trail []string) []string
	visit = func(id string, trail []string) []string {
		if !known[id] || state[id] == done {
			return nil
		}
		trail = append(trail, id)
		if state[id] == visiting {
			return trail
		}
		state[id] = visiting
		for _, before := range after(id) {
			if found := visit(before, trail); found != nil {
				return found
			}
		}
		state[id] = done
		return nil
	}
	for _, id := range ids {
		if trail := visit(id, nil); trail != nil {
			return trail
		}
	}
	return nil
}
