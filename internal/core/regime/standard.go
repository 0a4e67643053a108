package regime

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/google/cel-go/cel"

	"yunei/internal/base/workday"
)

// StandardSpec is a standard (标准) as a file: what a provincial or other norm asks of a catalog entry or of the interface, so that a
// program can look. It decides nothing: what deviates is reported.
type StandardSpec struct {
	ID      string         `yaml:"id" need:"1" doc:"编号: 小写字母、数字和连字符"`
	Title   string         `yaml:"title" need:"1" doc:"标准名称"`
	Number  string         `yaml:"number" doc:"标准号"`
	Edition string         `yaml:"edition" need:"1" doc:"标准自己的版本, 如 2021 或 V1.0"`
	From    workday.Date   `yaml:"from" need:"1" doc:"实施之日"`
	Source  string         `yaml:"source" need:"1" doc:"文本来自哪里"`
	Sample  bool           `yaml:"sample" doc:"样例, 不是标准原文"`
	Checks  []StandardTest `yaml:"checks" need:"1" doc:"检查项"`
}

// StandardTest is one thing that a standard asks.
type StandardTest struct {
	ID     string `yaml:"id" json:"id" need:"1" doc:"检查项编号"`
	About  string `yaml:"about" json:"about" need:"1" enum:"entry,interface" doc:"检查什么: entry 目录条目, interface 接口"`
	Clause string `yaml:"clause" json:"clause" need:"1" doc:"标准的章条号"`
	Title  string `yaml:"title" json:"title" need:"1" doc:"要求, 一句话"`
	Check  string `yaml:"check" json:"check" need:"1" doc:"须满足的条件 (CEL)"`
	Remedy string `yaml:"remedy" json:"remedy" need:"1" doc:"不符合时怎么办"`
}

var standardName = regexp.MustCompile(`^[a-z][a-z0-9-]{1,59}$`)

// maxChecks bounds one standard: each check is compiled on loading and looks at every entry.
const maxChecks = 200

// What a check may be about.
var standardObjects = []string{"entry", "interface"}

// ReadStandard reads a standard strictly and compiles its checks; every fault is a sentence with its line.
func (l *Law) ReadStandard(text []byte) (StandardSpec, []Problem) {
	var s StandardSpec
	f := &file{name: "standard.yaml"}
	problems := f.parse(text, &s)
	if f.root == nil {
		return s, problems
	}
	add := func(wrong bool, hint, message string, at ...any) {
		if wrong {
			problems = append(problems, Problem{File: f.name, Line: f.line(at...), Message: message, Hint: hint})
		}
	}
	add(!standardName.MatchString(s.ID), "如 sd-catalog", "编号 id 须为 2 至 60 位小写字母、数字或连字符, 以字母开头", "id")
	add(s.Title == "" || s.Edition == "" || s.Source == "", "请补上", "标准须写明 title、edition (标准自己的版本) 和 source (文本来自哪里)")
	add(!s.From.Valid(), "请写成 2006-01-02 的形式", "没有写明有效的实施之日 from", "from")
	add(len(s.Checks) == 0, "请在 checks 中列出", "标准没有检查项")
	if n := len(s.Checks); n > maxChecks {
		add(true, "请拆成几项标准", fmt.Sprintf("标准有 %d 个检查项, 最多 %d 个", n, maxChecks), "checks")
		return s, problems
	}
	env, err := newEnv(l.vocab, nil, l.calendar)
	if err != nil {
		add(true, "", err.Error())
		return s, problems
	}
	seen := map[string]bool{}
	for i, c := range s.Checks {
		at := []any{"checks", i}
		add(c.ID == "" || c.Clause == "" || c.Title == "" || c.Remedy == "", "请补上", "每个检查项须写明 id、clause (章条号)、title 和 remedy (不符合时怎么办)", at...)
		add(seen[c.ID], "请换一个编号", "检查项 "+c.ID+" 列了两次", at...)
		add(!contains(standardObjects, c.About), oneOf(standardObjects), fmt.Sprintf("检查项 %s 的 about: %q 不存在", c.ID, c.About), join(at, "about")...)
		seen[c.ID] = true
		if _, err := l.testOf(env, c); err != nil {
			add(true, "", fmt.Sprintf("检查项 %s: %v", c.ID, err), join(at, "check")...)
		}
	}
	return s, problems
}

// testOf compiles a check, which looks at nothing but what it is about.
func (l *Law) testOf(env *cel.Env, c StandardTest) (*condition, error) {
	var known []string
	for _, name := range l.vocab.names() {
		if objectOf(name) == c.About {
			known = append(known, name)
		}
	}
	test, err := compile(env, l.vocab, known, c.Check)
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(test.facts, func(name string) bool { return objectOf(name) != c.About }); i >= 0 {
		return nil, fmt.Errorf("它检查的是 %s, 不能看 %s; 可用的有 %s", c.About, test.facts[i], strings.Join(known, "、"))
	}
	return test, nil
}

// Tested is a standard that is ready to be held against something.
type Tested struct {
	law   *Law
	tests []*condition
	spec  StandardSpec
}

// Ready compiles a standard that was read before; one that the program cannot read any more is an error.
func (l *Law) Ready(s StandardSpec) (Tested, error) {
	out := Tested{law: l, spec: s}
	env, err := newEnv(l.vocab, nil, l.calendar)
	if err != nil {
		return out, err
	}
	for _, c := range s.Checks {
		test, err := l.testOf(env, c)
		if err != nil {
			return out, fmt.Errorf("standard %s, check %s: %w", s.ID, c.ID, err)
		}
		out.tests = append(out.tests, test)
	}
	return out, nil
}

// Unmet is a check that an object does not meet.
type Unmet struct {
	StandardTest
	Unclear bool // its condition cannot be worked out for this object
}

// Against lists the checks about one object that its facts do not meet. A condition that has no answer for one object (the first of no
// keywords) is found against that object and leaves the rest to be looked at.
func (t Tested) Against(ctx context.Context, about string, day workday.Date, facts map[string]any) (unmet []Unmet, err error) {
	view := t.law.view(ctx, nil, day, nil, facts)
	for i, c := range t.spec.Checks {
		if c.About != about {
			continue
		}
		met, _, err := t.tests[i].eval(view)
		if ctx.Err() != nil {
			return unmet, ctx.Err()
		}
		if err != nil || !met {
			unmet = append(unmet, Unmet{StandardTest: c, Unclear: err != nil})
		}
	}
	return unmet, nil
}
