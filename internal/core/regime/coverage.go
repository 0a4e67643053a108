package regime

import (
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strings"
)

// CoverageFile is coverage.yaml: every obligation of the regulation and what upholds it, or why nothing does.
type CoverageFile struct {
	Obligations []ObligationSpec `yaml:"obligations"`
	Outside     []OutsideSpec    `yaml:"outside"`
}

// ObligationSpec is one obligation (义务) as read from the articles.
type ObligationSpec struct {
	ID     string   `yaml:"id" json:"id"`
	Cite   CiteSpec `yaml:"cite" json:"cite"`
	Actor  string   `yaml:"actor" json:"actor"`
	Status string   `yaml:"status" json:"status"`
	// Upheld: at least one rule, value, procedure or act, and a case.
	Rules      []string `yaml:"rules" json:"rules,omitempty"`
	Values     []string `yaml:"values" json:"values,omitempty"`
	Procedures []string `yaml:"procedures" json:"procedures,omitempty"`
	Acts       []string `yaml:"acts" json:"acts,omitempty"`
	Screens    []string `yaml:"screens" json:"screens,omitempty"`
	Cases      []string `yaml:"cases" json:"cases,omitempty"`
	Tests      []string `yaml:"tests" json:"tests,omitempty"`
	Capability string   `yaml:"capability" json:"capability,omitempty"` // planned: for which later capability
	Reason     string   `yaml:"reason" json:"reason,omitempty"`         // excused: from the closed list
	Note       string   `yaml:"note" json:"note,omitempty"`
}

// OutsideSpec is a place of the text that obliges nobody.
type OutsideSpec struct {
	Article string `yaml:"article" json:"article"`
	Reason  string `yaml:"reason" json:"reason"`
}

type coverageFile struct {
	spec CoverageFile
	file *file
}

// Excuses is the closed list of reasons why a program does not uphold an obligation.
var Excuses = map[string]string{
	"human-judgement":    "由人判断, 程序只留记录位置",
	"outside-program":    "发生在平台之外, 平台无从见证",
	"liability":          "责任划分条款, 不产生平台可执行的动作",
	"no-software-effect": "目的、依据、解释权等, 不产生动作",
}

// Statuses of an obligation.
const (
	Upheld  = "upheld"
	Planned = "planned"
	Excused = "excused"
)

// Coverage counts, per pack, how far the obligations are upheld. An obligation counts as upheld only when every case it
// names passes.
type Coverage struct {
	Pack        string           `json:"pack"`
	Title       string           `json:"title"`
	Total       int              `json:"total"`
	Upheld      int              `json:"upheld"`
	Planned     int              `json:"planned"`
	Excused     int              `json:"excused"`
	Failing     []string         `json:"failing"`
	Obligations []ObligationSpec `json:"obligations"`
	Outside     []OutsideSpec    `json:"outside"`
}

// CoverageReport is the coverage of all packs and in total.
type CoverageReport struct {
	Packs   []Coverage `json:"packs"`
	Total   int        `json:"total"`
	Upheld  int        `json:"upheld"`
	Planned int        `json:"planned"`
	Excused int        `json:"excused"`
}

// ReadCoverage runs the cases and counts the obligations of every pack under fsys that has a coverage.yaml.
func ReadCoverage(fsys fs.FS) (CoverageReport, error) {
	src, err := readSource(fsys, nil)
	if err != nil {
		return CoverageReport{}, err
	}
	results, err := src.run()
	if err != nil {
		return CoverageReport{}, err
	}
	failed := map[string]bool{}
	for _, r := range results {
		if !r.OK {
			failed[r.Pack+"/"+r.Name] = true
		}
	}
	var report CoverageReport
	for _, p := range src.packs {
		if p.coverage == nil {
			continue
		}
		c := Coverage{Pack: p.spec.ID, Title: p.spec.Title, Failing: []string{}, Obligations: p.coverage.spec.Obligations, Outside: p.coverage.spec.Outside}
		for _, o := range c.Obligations {
			c.Total++
			switch o.Status {
			case Planned:
				c.Planned++
			case Excused:
				c.Excused++
			case Upheld:
				if bad := firstFailing(p.spec.ID, o.Cases, failed); bad != "" {
					c.Failing = append(c.Failing, o.ID+": "+bad)
				} else {
					c.Upheld++
				}
			}
		}
		report.Packs = append(report.Packs, c)
		report.Total += c.Total
		report.Upheld += c.Upheld
		report.Planned += c.Planned
		report.Excused += c.Excused
	}
	return report, nil
}

func firstFailing(pack string, cases []string, failed map[string]bool) string {
	for _, name := range cases {
		if failed[pack+"/"+name] {
			return name
		}
	}
	return ""
}

// readEvidence reads cases/ and coverage.yaml.
func (p *pack) readEvidence(fsys fs.FS) {
	for _, name := range yamlFiles(fsys, p.dir, "cases") {
		var cf CasesFile
		f, faults := decode(fsys, name, &cf)
		p.problems = append(p.problems, faults...)
		for i, c := range cf.Cases {
			p.cases = append(p.cases, &caseItem{spec: c, file: f, at: []any{"cases", i}})
		}
	}
	name := path.Join(p.dir, "coverage.yaml")
	if _, err := fs.Stat(fsys, name); err == nil {
		c := &coverageFile{}
		var faults []Problem
		c.file, faults = decode(fsys, name, &c.spec)
		p.problems = append(p.problems, faults...)
		p.coverage = c
	}
}

// incomplete reports what packs that load still lack: evidence.
func (s *source) incomplete() []Problem {
	var problems []Problem
	for _, p := range s.packs {
		l := &linter{src: s, pack: p}
		l.cases()
		l.coverage()
		problems = append(problems, l.problems...)
	}
	results, err := s.run()
	if err != nil {
		return append(problems, Problem{File: ".", Message: err.Error()})
	}
	for _, r := range results {
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
	part := ""
	for _, place := range strings.Split(c.Article, "、") {
		if strings.Trim(place, "0123456789") == "" {
			place = strings.TrimRight(part, "0123456789") + place // 三(一)1、2
		}
		part = place
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
