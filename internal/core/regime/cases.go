package regime

import (
	"context"
	"fmt"
	"io/fs"
	"sort"
	"strings"

	"yunei/internal/base/workday"
)

// CasesFile is one file of cases/ (判例).
type CasesFile struct {
	Cases []CaseSpec `yaml:"cases" need:"1" doc:"判例"`
}

// CaseSpec is one case of law: given these facts, on this day, this act gets these verdicts.
type CaseSpec struct {
	Name  string         `yaml:"name" need:"1" doc:"判例名称, 全包唯一"`
	Day   workday.Date   `yaml:"day" need:"1" doc:"操作发生之日"`
	Act   string         `yaml:"act" doc:"哪项操作, 见 vocabulary.yaml"`
	Given map[string]any `yaml:"given" doc:"事实: 名称和值"`
	// Special is what a special law sets for the entry that the act is about.
	Special map[string]any     `yaml:"special" doc:"特别规定: 取值名称和所设的值"`
	Expect  map[string]Outcome `yaml:"expect" enum:"not-applicable,not-in-force,pass,notice,warn,error" doc:"规则编号和应得的判定"`
	// Skips, instead of act and expect: the procedure of this kind leaves out exactly these steps.
	Kind  string   `yaml:"kind" doc:"办件种类, 与 skips 同用"`
	Skips []string `yaml:"skips" doc:"应当免去的环节"`
}

type caseItem struct {
	spec CaseSpec
	file *file
	at   []any
}

// CaseResult is what became of one case.
type CaseResult struct {
	Pack  string `json:"pack"`
	Name  string `json:"name"`
	File  string `json:"file"`
	Line  int    `json:"line"`
	OK    bool   `json:"ok"`
	Wrong string `json:"wrong,omitempty" doc:"Got and want, when they differ"`
}

// RunCases judges every case of every pack under fsys, or of those named. A case names facts by value, so no database is needed; only the
// rules it expects something of are asked.
func RunCases(fsys fs.FS, names ...string) ([]CaseResult, error) {
	src, err := readSource(fsys, names)
	if err != nil {
		return nil, err
	}
	if problems := src.structural(); len(problems) > 0 {
		return nil, faulty(problems)
	}
	return src.run(), nil
}

// run judges the cases of compiled packs.
func (s *source) run() []CaseResult {
	var results []CaseResult
	for _, p := range s.packs {
		law := s.alone(p)
		for _, c := range p.cases {
			r := CaseResult{Pack: p.spec.ID, Name: c.spec.Name, File: c.file.name, Line: c.file.line(c.at...)}
			r.Wrong = law.runCase(c.spec)
			r.OK = r.Wrong == ""
			results = append(results, r)
		}
	}
	return results
}

// alone is the law of one pack: its cases say what its own rules say.
func (s *source) alone(p *pack) *Law {
	law := New()
	law.install(&source{vocab: s.vocab, calendar: s.calendar, packs: []*pack{p}})
	return law
}

// runCase answers "" or what differed.
func (l *Law) runCase(c CaseSpec) string {
	ctx := context.Background()
	if c.Kind != "" {
		skips, err := l.Skips(ctx, nil, c.Kind, c.Day, nil, c.Given)
		if err != nil {
			return sentence(err)
		}
		got := []string{}
		for _, s := range skips {
			got = append(got, s.Step)
		}
		if strings.Join(got, ",") != strings.Join(c.Skips, ",") {
			return fmt.Sprintf("免去的环节是 [%s], 应为 [%s]", strings.Join(got, ", "), strings.Join(c.Skips, ", "))
		}
		return ""
	}
	view := l.view(ctx, nil, c.Day, nil, c.Given)
	view.settings = [][]Special{c.SpecialCase()}
	j, err := l.judge(view, c.Act, func(rule string) bool { _, ok := c.Expect[rule]; return ok })
	if err != nil {
		return sentence(err)
	}
	got := map[string]Outcome{}
	for _, v := range j.Verdicts {
		// Of two dated versions of one rule at most one is in force; the other says nothing.
		if old, ok := got[v.Rule]; !ok || old == NotInForce {
			got[v.Rule] = v.Outcome
		}
	}
	var wrong []string
	for rule, want := range c.Expect {
		if g, ok := got[rule]; !ok {
			wrong = append(wrong, fmt.Sprintf("规则 %s 不约束操作 %q, 应判定为 %s", rule, c.Act, want))
		} else if g != want {
			wrong = append(wrong, fmt.Sprintf("规则 %s 判定为 %s, 应为 %s", rule, g, want))
		}
	}
	sort.Strings(wrong)
	return strings.Join(wrong, "; ")
}
