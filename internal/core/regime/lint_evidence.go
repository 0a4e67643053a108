package regime

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"yunei/internal/base/workday"
)

// incomplete reports what packs that load still lack: evidence.
func (s *source) incomplete() []Problem {
	var problems []Problem
	for _, p := range s.packs {
		l := &linter{src: s, pack: p}
		l.cases()
		l.boundaryCases(s.alone(p))
		l.coverage()
		problems = append(problems, l.problems...)
	}
	for _, r := range s.run() {
		if !r.OK {
			problems = append(problems, Problem{File: r.File, Line: r.Line, Message: fmt.Sprintf("判例 %q 与规则不符: %s; 请核对规则或判例", r.Name, r.Wrong)})
		}
	}
	return problems
}

const addCase = "请在 cases/ 中补一个"

// evidenceOf is what the cases of a pack show of a rule, or of a rule at one act: its outcomes, and on which days it was in force and not.
type evidenceOf struct {
	got      map[Outcome]bool
	in, none map[workday.Date]bool
}

// cases checks the cases themselves, and that every rule has a case that passes and one that gets its outcome at every act it is bound
// to, one on each boundary day, and one on either side of each boundary.
func (l *linter) cases() {
	seen := map[string]bool{}
	found := map[[2]string]*evidenceOf{} // by rule and act, and by rule with act ""
	of := func(rule, act string) *evidenceOf {
		k := [2]string{rule, act}
		if found[k] == nil {
			found[k] = &evidenceOf{map[Outcome]bool{}, map[workday.Date]bool{}, map[workday.Date]bool{}}
		}
		return found[k]
	}
	rules := map[string]bool{LapseRule: true}
	for _, r := range l.pack.rules {
		rules[r.spec.ID] = true
	}
	for _, c := range l.pack.cases {
		if c.spec.Name == "" || seen[c.spec.Name] {
			l.add(c.file, c.at, "请给每个判例起一个不同的名称", "判例名称 %q 为空或者重复", c.spec.Name)
		}
		seen[c.spec.Name] = true
		if !c.spec.Day.Valid() {
			l.add(c.file, c.at, "请写成 2006-01-02 的形式", "判例 %q 没有写操作发生之日 day", c.spec.Name)
		}
		for name := range c.spec.Given {
			if _, ok := l.src.vocab.facts[name]; !ok {
				l.add(c.file, join(c.at, "given"), meant(name, l.src.vocab.names(), "可用的事实见 vocabulary.yaml"), "判例 %q 的 given 中 %s 不是事实", c.spec.Name, name)
			}
		}
		for rule, outcome := range c.spec.Expect {
			if !rules[rule] {
				l.add(c.file, join(c.at, "expect"), meant(rule, keys(rules), "请写本规则包的规则编号"), "判例 %q 的 expect 中 %q 不是本规则包的规则", c.spec.Name, rule)
			}
			for _, e := range []*evidenceOf{of(rule, c.spec.Act), of(rule, ""), of("", "")} {
				e.got[outcome] = true
				if outcome == NotInForce {
					e.none[c.spec.Day] = true
				} else {
					e.in[c.spec.Day] = true
				}
			}
		}
	}
	for _, r := range l.pack.rules {
		id := r.spec.ID
		for _, act := range r.spec.Acts {
			got := of(id, act).got
			if may := r.passes(); may != "" && !got[may] {
				l.add(r.file, r.at, addCase, "规则 %s 对操作 %s 没有判定为 %s 的判例", id, act, may)
			}
			if !got[r.otherwise] {
				l.add(r.file, r.at, addCase, "规则 %s 对操作 %s 没有判定为 %s 的判例", id, act, r.otherwise)
			}
		}
		l.firstAndLast(r.file, r.at, "规则 "+id+" ", r.spec.From, r.spec.Until, of(id, ""))
	}
	// A pack whose rules all begin later has nothing to show on its own first day.
	if slices.ContainsFunc(l.pack.rules, func(r *rule) bool { return r.spec.From <= l.pack.spec.From }) {
		l.firstAndLast(l.pack.file, []any{"from"}, "规则包", l.pack.spec.From, l.pack.spec.Until, of("", ""))
	}
	l.skipCases()
	trial := of(LapseRule, "")
	l.trialCases(trial.got, trial.in)
}

// skipCases checks that each step that may fall away does in one case and does not in another.
func (l *linter) skipCases() {
	for _, proc := range l.pack.procedures {
		for i, sk := range proc.spec.Skip {
			gone, stays := false, false
			for _, c := range l.pack.cases {
				if c.spec.Kind == proc.spec.Kind {
					gone = gone || contains(c.spec.Skips, sk.Step)
					stays = stays || !contains(c.spec.Skips, sk.Step)
				}
			}
			if !gone || !stays {
				l.add(proc.file, []any{"skip", i}, "请在 cases/ 中各补一个", "办理程序 %s 的环节 %s 没有免去和不免去的判例", proc.spec.Kind, sk.Step)
			}
		}
	}
}

// passes is the outcome of a rule that lets an act through. One that checks nothing only tells something: it passes where it does not
// apply, and where it always applies it has no such side.
func (r *rule) passes() Outcome {
	switch {
	case r.check != nil || r.spec.Needs != nil:
		return Pass
	case r.when != nil || len(r.spec.About) > 0:
		return NotApplicable
	}
	return ""
}

// firstAndLast checks the boundary days of something dated: its first day and the day before, its last day and the day after.
func (l *linter) firstAndLast(f *file, at []any, what string, from, until workday.Date, e *evidenceOf) {
	for _, b := range []struct{ in, out workday.Date }{{from, from.AddDays(-1)}, {until, until.AddDays(1)}} {
		if b.in == "" {
			continue
		}
		if !e.in[b.in] {
			l.add(f, at, addCase, "%s没有边界日 %s 的判例", what, b.in)
		}
		if !e.none[b.out] {
			l.add(f, at, addCase, "%s没有边界日之外 %s 判定为 %s 的判例", what, b.out, NotInForce)
		}
	}
}

func (l *linter) trialCases(got map[Outcome]bool, days map[workday.Date]bool) {
	t := l.pack.spec.Trial
	if t == nil {
		return
	}
	at := []any{"trial"}
	if !got[Pass] || !got[Refuse] {
		l.add(l.pack.file, at, "请在 cases/ 中补上 expect: {trial: pass} 和 expect: {trial: error} 的判例", "试行期没有通过的判例或者没有拒绝的判例")
	}
	for _, day := range []workday.Date{t.Until, t.Until.AddDays(1)} {
		if !days[day] {
			l.add(l.pack.file, at, addCase, "试行期没有边界日 %s 的判例", day)
		}
	}
}

// coverage checks that every article is spoken for, and every obligation upheld, planned or excused with a reason.
func (l *linter) coverage() {
	c := l.pack.coverage
	if c == nil {
		l.add(l.pack.file, nil, "请编写 coverage.yaml", "规则包 %s 没有交代各项义务怎样落实", l.pack.spec.ID)
		return
	}
	names := l.evidence()
	seen := map[string]bool{}
	spoken := map[string]bool{}
	for i, o := range c.spec.Obligations {
		at := []any{"obligations", i}
		if o.ID == "" || seen[o.ID] {
			l.add(c.file, at, "请给每项义务起一个不同的编号", "义务编号 %q 为空或者重复", o.ID)
		}
		seen[o.ID] = true
		l.quotes(c.file, join(at, "cite"), o.Cite, spoken)
		l.status(c.file, at, o)
		for kind, list := range map[string][]string{"rules": o.Rules, "values": o.Values, "procedures": o.Procedures, "acts": o.Acts, "cases": o.Cases} {
			for j, name := range list {
				if !names[kind][name] {
					l.add(c.file, join(at, kind, j), meant(name, keys(names[kind]), "请核对名称"), "义务 %s 的 %s 中 %q 不存在", o.ID, kind, name)
				}
			}
		}
	}
	for i, o := range c.spec.Outside {
		spoken[o.Article] = true
		if Excuses[o.Reason] == "" {
			l.add(c.file, []any{"outside", i, "reason"}, excuseHint(), "理由 reason: %q 不存在", o.Reason)
		}
	}
	for _, r := range l.pack.rules {
		for j, id := range r.spec.Upholds {
			if !seen[id] {
				l.add(r.file, join(r.at, "upholds", j), meant(id, keys(seen), "请先在 coverage.yaml 中列出这项义务"), "规则 %s 的 upholds 中 %q 不在 coverage.yaml 中", r.spec.ID, id)
			}
		}
	}
	for _, a := range l.pack.articles.list {
		if !spoken[a.Number] {
			l.add(c.file, nil, "请列出它的义务, 或者写明理由列入 outside", "%s没有交代", a.Number)
		}
	}
}

// quotes checks a citation that may name several places (一(四)、七(二)2) and quote pieces joined by ….
func (l *linter) quotes(f *file, at []any, c CiteSpec, spoken map[string]bool) {
	var texts []string
	for _, place := range places(c.Article) {
		text, ok := l.pack.articles.text(place)
		if !ok {
			l.add(f, at, l.articleHint(), "原文中没有%s", place)
			continue
		}
		texts = append(texts, text)
		for _, a := range l.pack.articles.list {
			if strings.HasPrefix(place, a.Number) {
				spoken[a.Number] = true
			}
		}
	}
	for _, piece := range strings.Split(c.Quote, "…") {
		found := piece != ""
		if found {
			found = strings.Contains(strings.Join(texts, "\n"), piece)
		}
		if !found {
			l.add(f, at, verbatim, "%s中没有 %q 这句话", c.Article, piece)
		}
	}
}

func (l *linter) status(f *file, at []any, o ObligationSpec) {
	switch o.Status {
	case Upheld:
		if len(o.Rules)+len(o.Values)+len(o.Procedures)+len(o.Acts) == 0 || len(o.Cases)+len(o.Tests) == 0 {
			l.add(f, at, "请写明规则、取值、程序或操作, 以及判例或测试", "义务 %s 的 status 是 upheld, 却没有写由什么落实", o.ID)
		}
	case Planned:
		if o.Capability == "" {
			l.add(f, at, "请在 capability 中写明待哪项功能", "义务 %s 的 status 是 planned, 却没有写等什么", o.ID)
		}
	case Excused:
		if Excuses[o.Reason] == "" {
			l.add(f, at, excuseHint(), "义务 %s 的理由 reason: %q 不存在", o.ID, o.Reason)
		}
	default:
		l.add(f, join(at, "status"), oneOf([]string{Upheld, Planned, Excused}), "义务 %s 的 status: %q 不存在", o.ID, o.Status)
	}
}

func excuseHint() string {
	reasons := make([]string, 0, len(Excuses))
	for r := range Excuses {
		reasons = append(reasons, r)
	}
	sort.Strings(reasons)
	return oneOf(reasons)
}

// evidence is what an obligation may name.
func (l *linter) evidence() map[string]map[string]bool {
	names := map[string]map[string]bool{"rules": {}, "values": {}, "procedures": {}, "acts": {}, "cases": {}}
	names["rules"][LapseRule] = l.pack.spec.Trial != nil
	for _, p := range l.src.packs { // the deployment's own pack may uphold a city's obligation
		for _, r := range p.rules {
			names["rules"][r.spec.ID] = true
		}
		for _, v := range p.values {
			names["values"][v.spec.Name] = true
		}
	}
	for _, p := range l.pack.procedures {
		names["procedures"][p.spec.Kind] = true
	}
	for act := range l.src.vocab.acts {
		names["acts"][act] = true
	}
	for _, c := range l.pack.cases {
		names["cases"][c.spec.Name] = true
	}
	return names
}
