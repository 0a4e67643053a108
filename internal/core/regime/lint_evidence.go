package regime

import (
	"fmt"
	"sort"
	"strings"
)

// incomplete reports what packs that load still lack: evidence.
func (s *source) incomplete() []Problem {
	var problems []Problem
	for _, p := range s.packs {
		l := &linter{src: s, pack: p}
		l.cases()
		l.coverage()
		problems = append(problems, l.problems...)
	}
	for _, r := range s.run() {
		if !r.OK {
			problems = append(problems, Problem{File: r.File, Line: r.Line, Message: fmt.Sprintf("case %q fails: %s", r.Name, r.Wrong)})
		}
	}
	return problems
}

// cases checks that every rule has a case that passes, one that gets its outcome, and one on each boundary day.
func (l *linter) cases() {
	seen := map[string]bool{}
	got := map[string]map[Outcome]bool{}
	days := map[string]map[string]bool{}
	rules := map[string]bool{LapseRule: true}
	for _, r := range l.pack.rules {
		rules[r.spec.ID] = true
	}
	for _, c := range l.pack.cases {
		if c.spec.Name == "" || seen[c.spec.Name] {
			l.add(c.file, c.at, "", "case name %q is empty or used twice", c.spec.Name)
		}
		seen[c.spec.Name] = true
		if !c.spec.Day.Valid() {
			l.add(c.file, c.at, "", "case %q needs a day", c.spec.Name)
		}
		for name := range c.spec.Given {
			if _, ok := l.src.vocab.facts[name]; !ok {
				l.add(c.file, join(c.at, "given"), "did you mean "+nearest(name, l.src.vocab.names())+"?", "case %q gives %s, which is no fact", c.spec.Name, name)
			}
		}
		for rule, outcome := range c.spec.Expect {
			if !rules[rule] {
				l.add(c.file, join(c.at, "expect"), "", "case %q expects something of %q, which is no rule of this pack", c.spec.Name, rule)
			}
			if got[rule] == nil {
				got[rule], days[rule] = map[Outcome]bool{}, map[string]bool{}
			}
			got[rule][outcome] = true
			days[rule][string(c.spec.Day)] = true
		}
	}
	for _, r := range l.pack.rules {
		id := r.spec.ID
		pass := got[id][Pass] || (r.otherwise == Notice && got[id][NotApplicable])
		if !pass {
			l.add(r.file, r.at, "add one to cases/", "rule %s has no case that passes", id)
		}
		if !got[id][r.otherwise] {
			l.add(r.file, r.at, "add one to cases/", "rule %s has no case with the outcome %s", id, r.otherwise)
		}
		for _, day := range []string{string(r.spec.From), string(r.spec.Until)} {
			if day != "" && !days[id][day] {
				l.add(r.file, r.at, "add one to cases/", "rule %s has no case on its boundary day %s", id, day)
			}
		}
	}
	l.trialCases(got[LapseRule], days[LapseRule])
}

func (l *linter) trialCases(got map[Outcome]bool, days map[string]bool) {
	t := l.pack.spec.Trial
	if t == nil {
		return
	}
	at := []any{"trial"}
	if !got[Pass] || !got[Refuse] {
		l.add(l.pack.file, at, "expect {trial: pass} and {trial: error} in cases/", "the trial period has no case that passes or none that refuses")
	}
	for _, day := range []string{string(t.Until), string(t.Until.AddDays(1))} {
		if !days[day] {
			l.add(l.pack.file, at, "add one to cases/", "the trial period has no case on its boundary day %s", day)
		}
	}
}

// coverage checks that every article is spoken for, and every obligation upheld, planned or excused with a reason.
func (l *linter) coverage() {
	c := l.pack.coverage
	if c == nil {
		l.add(l.pack.file, nil, "add coverage.yaml", "pack %s does not say how its obligations are upheld", l.pack.spec.ID)
		return
	}
	names := l.evidence()
	seen := map[string]bool{}
	spoken := map[string]bool{}
	for i, o := range c.spec.Obligations {
		at := []any{"obligations", i}
		if o.ID == "" || seen[o.ID] {
			l.add(c.file, at, "", "obligation id %q is empty or used twice", o.ID)
		}
		seen[o.ID] = true
		l.quotes(c.file, join(at, "cite"), o.Cite, spoken)
		l.status(c.file, at, o)
		for kind, list := range map[string][]string{"rules": o.Rules, "values": o.Values, "procedures": o.Procedures, "acts": o.Acts, "cases": o.Cases} {
			for j, name := range list {
				if !names[kind][name] {
					l.add(c.file, join(at, kind, j), "", "%s names %q among its %s, which does not exist", o.ID, name, kind)
				}
			}
		}
	}
	for i, o := range c.spec.Outside {
		spoken[o.Article] = true
		if Excuses[o.Reason] == "" {
			l.add(c.file, []any{"outside", i, "reason"}, excuseHint(), "%q is not a reason", o.Reason)
		}
	}
	for _, r := range l.pack.rules {
		for j, id := range r.spec.Upholds {
			if !seen[id] {
				l.add(r.file, join(r.at, "upholds", j), "", "rule %s upholds %s, which coverage.yaml does not list", r.spec.ID, id)
			}
		}
	}
	for _, a := range l.pack.articles.list {
		if !spoken[a.Number] {
			l.add(c.file, nil, "list its obligations, or the article under outside with a reason", "article %s is not spoken for", a.Number)
		}
	}
}

// quotes checks a citation that may name several places (一(四)、七(二)2) and quote pieces joined by ….
func (l *linter) quotes(f *file, at []any, c CiteSpec, spoken map[string]bool) {
	var texts []string
	for _, place := range places(c.Article) {
		text, ok := l.pack.articles.text(place)
		if !ok {
			l.add(f, at, "", "there is no article %s", place)
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
			l.add(f, at, "", "the words %q do not occur in %s", piece, c.Article)
		}
	}
}

func (l *linter) status(f *file, at []any, o ObligationSpec) {
	switch o.Status {
	case Upheld:
		if len(o.Rules)+len(o.Values)+len(o.Procedures)+len(o.Acts) == 0 || len(o.Cases)+len(o.Tests) == 0 {
			l.add(f, at, "name a rule, value, procedure or act, and a case or test", "%s says it is upheld but not by what", o.ID)
		}
	case Planned:
		if o.Capability == "" {
			l.add(f, at, "name the capability", "%s is planned for nothing", o.ID)
		}
	case Excused:
		if Excuses[o.Reason] == "" {
			l.add(f, at, excuseHint(), "%s is excused by %q, which is not a reason", o.ID, o.Reason)
		}
	default:
		l.add(f, join(at, "status"), "one of upheld, planned, excused", "%s has unknown status %q", o.ID, o.Status)
	}
}

func excuseHint() string {
	reasons := make([]string, 0, len(Excuses))
	for r := range Excuses {
		reasons = append(reasons, r)
	}
	sort.Strings(reasons)
	return "one of " + strings.Join(reasons, ", ")
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
