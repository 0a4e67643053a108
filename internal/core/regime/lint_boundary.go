package regime

import (
	"context"
	"slices"
	"strings"

	"github.com/google/cel-go/cel"
	celast "github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"

	"yunei/internal/base/workday"
)

// A boundary is a comparison by which a day or a number decides: a term that ends, an age that is reached, a limit. What it means is
// read from the rule itself, so a rule cannot be written without its boundary being asked for.
type boundary struct {
	text string
	test *condition
}

var ordered = map[string]bool{operators.Less: true, operators.LessEquals: true, operators.Greater: true, operators.GreaterEquals: true}

// boundaries are the ordered comparisons in what a rule asks.
func (l *linter) boundaries(r *rule) (out []boundary) {
	for _, c := range []*condition{r.when, r.check} {
		if c == nil {
			continue
		}
		parsed, issues := l.pack.env.Compile(c.text)
		if issues != nil && issues.Err() != nil {
			continue // told already
		}
		rep := parsed.NativeRep()
		celast.PostOrderVisit(rep.Expr(), celast.NewExprVisitor(func(e celast.Expr) {
			if e.Kind() != celast.CallKind || !ordered[e.AsCall().FunctionName()] {
				return
			}
			text, err := cel.ExprToString(e, rep.SourceInfo())
			if err != nil {
				return
			}
			if test, err := compile(l.pack.env, l.src.vocab, nil, text); err == nil {
				out = append(out, boundary{text, test})
			}
		}))
	}
	return out
}

// boundaryCases checks that each boundary of a rule has its two neighbors among the cases: one step apart in one day or number, alike
// in everything else the rule looks at, and judged differently.
func (l *linter) boundaryCases(law *Law) {
	for _, r := range l.pack.rules {
		wanted := l.boundaries(r)
		if len(wanted) == 0 {
			continue
		}
		var sides []side
		for _, c := range l.pack.cases {
			if outcome, ok := c.spec.Expect[r.spec.ID]; ok && outcome != NotInForce {
				sides = append(sides, sideOf(law, r, c.spec, outcome))
			}
		}
		for _, b := range wanted {
			if !crossed(b, sides) {
				l.add(r.file, r.at, "请在 cases/ 中补一对判例: 只有一个日期差一日 (或者一个数差一), 一个在界内, 一个在界外", "规则 %s 的界限 %s 两侧没有相邻的判例", r.spec.ID, b.text)
			}
		}
	}
}

// side is one case as the rule sees it.
type side struct {
	view    *view
	inputs  map[string]any
	outcome Outcome
}

func sideOf(law *Law, r *rule, c CaseSpec, outcome Outcome) side {
	s := side{view: law.view(context.Background(), nil, c.Day, nil, c.Given), inputs: map[string]any{}, outcome: outcome}
	s.view.act = c.Act
	for _, name := range r.looksAt() {
		if given, ok := c.Given[name]; ok {
			s.inputs[name], _ = normal(name, law.vocab.facts[name].Type, given)
		}
	}
	if strings.Contains(r.spec.When+r.spec.Check, "today") {
		s.inputs["today"] = string(c.Day)
	}
	return s
}

// crossed reports whether two sides stand next to each other on either side of the boundary.
func crossed(b boundary, sides []side) bool {
	for i, s := range sides {
		for _, o := range sides[:i] {
			if s.outcome == o.outcome || !neighbors(s.inputs, o.inputs) {
				continue
			}
			one, _, errOne := b.test.eval(s.view)
			other, _, errOther := b.test.eval(o.view)
			if errOne == nil && errOther == nil && one != other {
				return true
			}
		}
	}
	return false
}

// neighbors reports whether exactly one input differs, by one step.
func neighbors(a, b map[string]any) bool {
	if len(a) != len(b) {
		return false
	}
	steps := 0
	for name, x := range a {
		y, ok := b[name]
		switch {
		case !ok:
			return false
		case same(x, y):
		case next(x, y) || next(y, x):
			steps++
		default:
			return false
		}
	}
	return steps == 1
}

func same(x, y any) bool {
	a, isList := x.([]string)
	b, areLists := y.([]string)
	if isList && areLists {
		return slices.Equal(a, b)
	}
	return !isList && !areLists && x == y
}

// next reports whether y follows x: the next day, the next number, one item more.
func next(x, y any) bool {
	switch a := x.(type) {
	case int64:
		b, ok := y.(int64)
		return ok && b == a+1
	case string:
		b, ok := y.(string)
		return ok && workday.Date(a).Valid() && workday.Date(b) == workday.Date(a).AddDays(1)
	case []string:
		b, ok := y.([]string)
		return ok && len(b) == len(a)+1 && !slices.ContainsFunc(a, func(s string) bool { return !slices.Contains(b, s) })
	}
	return false
}
