package regime

import (
	"errors"
	"fmt"
	"regexp"
	"sort"
	"strings"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"

	"yunei/internal/base/workday"
)

// placeholder is a name in braces in a message.
var placeholder = regexp.MustCompile(`\{[a-z][a-z0-9_.]*\}`)

// condition is a compiled CEL expression and the names it looks at.
type condition struct {
	text    string
	program cel.Program
	facts   []string // sorted
	params  []string // sorted, without "param."
}

// costLimit bounds one evaluation. The longest condition of the shipped packs costs under 100.
const costLimit = 10_000

// newEnv declares every fact of the vocabulary, every value of the pack as param.<name>, today, act, and arithmetic on days.
// Days are strings in CEL: they compare as they should.
func newEnv(vocab *vocabulary, values []ValueSpec, calendar *workday.Calendar) (*cel.Env, error) {
	opts := []cel.EnvOption{
		cel.Variable("today", cel.StringType),
		cel.Variable("act", cel.StringType),
		dayFunction("addYears", func(d workday.Date, n int) workday.Date { return d.AddYears(n) }),
		dayFunction("addMonths", func(d workday.Date, n int) workday.Date { return d.AddMonths(n) }),
		dayFunction("addDays", func(d workday.Date, n int) workday.Date { return d.AddDays(n) }),
		dayFunction("addWorkdays", func(d workday.Date, n int) workday.Date { due, _ := calendar.Add(d, n); return due }),
		cel.Function("workdaysBetween", cel.Overload("workdaysBetween_string_string", []*cel.Type{cel.StringType, cel.StringType}, cel.IntType,
			cel.BinaryBinding(func(a, b ref.Val) ref.Val {
				from, to, err := twoDays(a, b)
				if err != nil {
					return types.WrapErr(err)
				}
				return types.Int(calendar.Between(from, to))
			}))),
	}
	opts = append(opts, cel.Function("listed", cel.Overload("listed_string_string", []*cel.Type{cel.StringType, cel.StringType}, cel.BoolType,
		cel.BinaryBinding(func(a, b ref.Val) ref.Val {
			word, okA := a.Value().(string)
			list, okB := b.Value().(string)
			return types.Bool(okA && okB && listed(word, list))
		}))))
	for name, f := range vocab.facts {
		opts = append(opts, cel.Variable(name, celType(f.Type)))
	}
	seen := map[string]bool{}
	for _, v := range values {
		if seen[v.Name] {
			continue
		}
		seen[v.Name] = true
		t := cel.StringType
		if v.Int != nil {
			t = cel.IntType
		}
		opts = append(opts, cel.Variable("param."+v.Name, t))
	}
	return cel.NewEnv(opts...)
}

func celType(t Type) *cel.Type {
	switch t {
	case Bool:
		return cel.BoolType
	case Int:
		return cel.IntType
	case StringList:
		return cel.ListType(cel.StringType)
	}
	return cel.StringType // String, Day
}

func dayFunction(name string, move func(workday.Date, int) workday.Date) cel.EnvOption {
	return cel.Function(name, cel.Overload(name+"_string_int", []*cel.Type{cel.StringType, cel.IntType}, cel.StringType,
		cel.BinaryBinding(func(a, b ref.Val) ref.Val {
			day, ok := a.Value().(string)
			n, okN := b.Value().(int64)
			if !ok || !okN || n < -100_000 || n > 100_000 {
				return types.NewErr("%s 须用于一个日期和一个数, 不能用于 %v 和 %v", name, a, b)
			}
			if day == "" {
				return types.String("")
			}
			if !workday.Date(day).Valid() {
				return types.NewErr("%s 中的 %q 不是日期", name, day)
			}
			return types.String(move(workday.Date(day), int(n)))
		})))
}

func twoDays(a, b ref.Val) (workday.Date, workday.Date, error) {
	s, okA := a.Value().(string)
	e, okB := b.Value().(string)
	if !okA || !okB || !workday.Date(s).Valid() || !workday.Date(e).Valid() {
		return "", "", fmt.Errorf("workdaysBetween 须用于两个日期, 不能用于 %v 和 %v", a, b)
	}
	return workday.Date(s), workday.Date(e), nil
}

// compile checks and plans one expression; it must be a bool. known are the names it may look at.
func compile(env *cel.Env, vocab *vocabulary, known []string, text string) (*condition, error) {
	ast, issues := env.Compile(text)
	if issues != nil && issues.Err() != nil {
		return nil, errors.New(celSentence(text, issues, known))
	}
	if ast.OutputType() != cel.BoolType {
		return nil, fmt.Errorf("条件的结果是 %s 类型, 应当是真或假; 请写成比较, 如 org.age >= 3", ast.OutputType())
	}
	program, err := env.Program(ast, cel.EvalOptions(cel.OptOptimize), cel.CostLimit(costLimit))
	if err != nil {
		return nil, errors.New("条件太复杂, 程序无法准备; 请拆成几条规则")
	}
	c := &condition{text: text, program: program}
	seen := map[string]bool{}
	for _, r := range ast.NativeRep().ReferenceMap() {
		if r.Name == "" || r.Name == "today" || r.Name == "act" || seen[r.Name] {
			continue
		}
		seen[r.Name] = true
		if param, ok := strings.CutPrefix(r.Name, "param."); ok {
			c.params = append(c.params, param)
		} else if _, ok := vocab.facts[r.Name]; ok {
			c.facts = append(c.facts, r.Name)
		}
	}
	sort.Strings(c.facts)
	sort.Strings(c.params)
	return c, nil
}

// eval answers the condition and the facts it looked at.
func (c *condition) eval(v *view) (bool, map[string]any, error) {
	v.err = nil
	out, _, err := c.program.ContextEval(v.ctx, v)
	if v.err != nil {
		return false, nil, v.err
	}
	if err != nil {
		return false, nil, fmt.Errorf("条件 %q 无法计算: %w", c.text, evalSentence(err))
	}
	used := make(map[string]any, len(c.facts))
	for _, name := range c.facts {
		if value, loaded := v.loaded[name]; loaded {
			used[name] = value
		}
	}
	return out.Value() == true, used, nil
}
