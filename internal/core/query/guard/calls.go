package guard

import (
	"fmt"
	"slices"
	"strings"

	"yunei/internal/core/query"
)

// defaultPlaces are the decimal places of a quotient when the text names none.
const defaultPlaces = 6

// isAggregate reports whether a call is an aggregate function.
func isAggregate(e *exprNode) bool {
	switch e.text {
	case "count", "sum", "avg", "min", "max":
		return e.kind == callExpr && e.over == nil
	}
	return false
}

// callBinder binds one function's arguments; n counts them as written.
type callBinder struct {
	min, max int
	bind     func(b *binder, e *exprNode, args []query.Expr) (query.Expr, bool)
}

var calls = map[string]callBinder{
	"bucket":      {2, 64, bindBucket},
	"clamp":       {3, 3, bindClamp},
	"safe_div":    {2, 3, bindDiv},
	"abs":         {1, 1, bindSame(query.OpAbs)},
	"round":       {1, 2, bindRound},
	"floor":       {1, 1, bindWhole(query.OpFloor)},
	"ceil":        {1, 1, bindWhole(query.OpCeil)},
	"ceiling":     {1, 1, bindWhole(query.OpCeil)},
	"mod":         {2, 2, bindMod},
	"least":       {2, 16, bindMany(query.OpLeast)},
	"greatest":    {2, 16, bindMany(query.OpGreat)},
	"coalesce":    {2, 16, bindMany(query.OpCoalesce)},
	"nullif":      {2, 2, bindMany(query.OpNullIf)},
	"substr":      {3, 3, bindSubstr},
	"substring":   {3, 3, bindSubstr},
	"date_trunc":  {2, 2, bindDate(query.OpTrunc)},
	"date_part":   {2, 2, bindDate(query.OpPart)},
	"extract":     {2, 2, bindDate(query.OpPart)},
	"starts_with": {2, 2, bindPrefix},

	"sqrt":              {1, 2, bindReal(query.OpSqrt, 4)},
	"ln":                {1, 2, bindReal(query.OpLn, defaultPlaces)},
	"exp":               {1, 2, bindReal(query.OpExp, defaultPlaces)},
	"fixed":             {2, 2, bindFixed},
	"upper":             {1, 1, bindText(query.OpUpper)},
	"lower":             {1, 1, bindText(query.OpLower)},
	"trim":              {1, 1, bindText(query.OpTrim)},
	"btrim":             {1, 1, bindText(query.OpTrim)},
	"region_level":      {2, 2, bindRegion},
	"age_on":            {2, 2, bindAge},
	"datediff":          {3, 3, bindDateDiff},
	"to_number_or_null": {1, 2, bindNumber},
}

func (b *binder) call(e *exprNode, sc *scope) (query.Expr, bool) {
	if e.over != nil {
		if b.window != nil {
			return b.window(e)
		}
		b.refuse(WindowNotOwn, e.at, "窗口只用于 WITH 或 FROM 中不分组的子查询", "windows stand in a WITH query or subquery without GROUP BY", windowHint)
		return query.Expr{}, false
	}
	if isAggregate(e) {
		if b.aggregate != nil {
			return b.aggregate(e)
		}
		b.refuse(Unimplemented, e.at, "聚合函数只能单独作输出列", "an aggregate stands only as an output of its own", "SELECT education, AVG(x) AS a FROM t GROUP BY education")
		return query.Expr{}, false
	}
	if isHist(e) || isQuantile(e) {
		b.refuse(ExactExtreme, e.at, e.text+" 只能单独作 A 类查询的输出列", e.text+" stands only as an output of its own in class A", "SELECT QUANTILE(limit_bal, 0.5) AS median FROM credit_default")
		return query.Expr{}, false
	}
	c, known := calls[e.text]
	if !known || e.star || e.distinct {
		b.refuse(NotListed, e.at, e.text, e.text, "")
		return query.Expr{}, false
	}
	if len(e.args) < c.min || len(e.args) > c.max {
		b.refuse(WrongType, e.at, fmt.Sprintf("%s 需要 %d 至 %d 个参数", e.text, c.min, c.max), fmt.Sprintf("%s takes %d to %d arguments", e.text, c.min, c.max), "")
		return query.Expr{}, false
	}
	if e.text == "starts_with" && b.namesPerson(e.args, sc) {
		return query.Expr{}, false
	}
	args, ok := b.all(e.args, sc)
	if !ok {
		return query.Expr{}, false
	}
	for i := range args {
		args[i] = canonical(args[i])
	}
	out, ok := c.bind(b, e, args)
	out.At = e.at
	return out, ok
}

// constant is the value of a constant argument in the type wanted.
func (b *binder) constant(e *exprNode, arg *query.Expr, t query.Type) (query.Value, bool) {
	v, isConst := arg.Const()
	if !isConst || v.IsNull() {
		b.refuse(NotTotal, e.at, e.text+" 的该参数须为常量", e.text+" takes a constant here", "")
		return v, false
	}
	return b.literalAs(v, t, e.at)
}

// bindBucket writes bucket(x, e1, e2) as the CASE it stands for, so that both spellings are one question.
func bindBucket(b *binder, e *exprNode, args []query.Expr) (query.Expr, bool) {
	x := args[0]
	if !x.Type.Ordered() {
		b.refuse(WrongType, e.at, "bucket 需要数字或日期", "bucket takes a number or date", "bucket(age, 30, 40, 50)")
		return query.Expr{}, false
	}
	if !b.spend(sizeOfExpr(&x)*len(args), e.at) {
		return query.Expr{}, false
	}
	var edges []query.Value
	for i := 1; i < len(args); i++ {
		v, ok := b.constant(e, &args[i], x.Type)
		if !ok {
			return query.Expr{}, false
		}
		if i > 1 && v.N <= edges[i-2].N {
			b.refuse(WrongType, e.args[i].at, "分段点须递增", "edges must ascend", "bucket(age, 30, 40, 50)")
			return query.Expr{}, false
		}
		edges = append(edges, v)
	}
	text := query.Type{Kind: query.Text}
	out := query.Expr{Op: query.OpCase, Type: text}
	when := func(op query.Op, v query.Value, label string) {
		out.Args = append(out.Args, born(query.Expr{Op: op, Type: boolType, Args: []query.Expr{x, query.Lit(v)}, At: e.at}), query.Lit(query.TextValue(label)))
	}
	for i, v := range edges {
		when(query.OpLt, v, bucketLabel(edges, i))
	}
	when(query.OpGe, edges[len(edges)-1], bucketLabel(edges, len(edges)))
	out.Args = append(out.Args, query.NullOf(text))
	return out, true
}

// bucketLabel names part i of a line cut at edges: <25, 25-34, >=35.
func bucketLabel(edges []query.Value, i int) string {
	switch {
	case i == 0:
		return "<" + edges[0].Text()
	case i == len(edges):
		return ">=" + edges[i-1].Text()
	}
	last := edges[i]
	last.N--
	return edges[i-1].Text() + "~" + last.Text()
}

func bindClamp(b *binder, e *exprNode, args []query.Expr) (query.Expr, bool) {
	if args[0].Type.Kind != query.Date && !b.numeric(args, e.at) {
		return query.Expr{}, false
	}
	x := args[0]
	for i := 1; i < 3; i++ {
		if v, isConst := args[i].Const(); isConst && v.Scale > x.Type.Scale {
			x = rescaled(x, v.Scale)
		}
	}
	lo, ok := b.constant(e, &args[1], x.Type)
	if !ok {
		return query.Expr{}, false
	}
	hi, ok := b.constant(e, &args[2], x.Type)
	if !ok {
		return query.Expr{}, false
	}
	if lo.N > hi.N {
		b.refuse(WrongType, e.at, "下界大于上界", "lower bound above upper bound", "clamp(x, 0, 100000)")
		return query.Expr{}, false
	}
	return query.Expr{Op: query.OpClamp, Type: x.Type, Args: []query.Expr{x}, Lits: []query.Value{lo, hi}}, true
}

func bindDiv(b *binder, e *exprNode, args []query.Expr) (query.Expr, bool) {
	if !b.numeric(args, e.at) {
		return query.Expr{}, false
	}
	places := defaultPlaces
	if len(args) == 3 {
		var ok bool
		if places, ok = b.places(e, &args[2]); !ok {
			return query.Expr{}, false
		}
	}
	return query.Expr{Op: query.OpDiv, Type: query.Number(places), Args: args[:2]}, true
}

func (b *binder) places(e *exprNode, arg *query.Expr) (int, bool) {
	v, ok := b.constant(e, arg, query.Type{Kind: query.Int})
	if !ok {
		return 0, false
	}
	if v.N < 0 || v.N > query.MaxScale {
		b.refuse(NotTotal, e.at, "小数位须在 0 到 9 之间", "0 to 9 decimal places", "round(x, 2)")
		return 0, false
	}
	return int(v.N), true
}

func bindSame(op query.Op) func(*binder, *exprNode, []query.Expr) (query.Expr, bool) {
	return func(b *binder, e *exprNode, args []query.Expr) (query.Expr, bool) {
		return query.Expr{Op: op, Type: args[0].Type, Args: args}, b.numeric(args, e.at)
	}
}

func bindWhole(op query.Op) func(*binder, *exprNode, []query.Expr) (query.Expr, bool) {
	return func(b *binder, e *exprNode, args []query.Expr) (query.Expr, bool) {
		return query.Expr{Op: op, Type: query.Number(0), Args: args}, b.numeric(args, e.at)
	}
}

func bindRound(b *binder, e *exprNode, args []query.Expr) (query.Expr, bool) {
	if !b.numeric(args, e.at) {
		return query.Expr{}, false
	}
	places := 0
	if len(args) == 2 {
		var ok bool
		if places, ok = b.places(e, &args[1]); !ok {
			return query.Expr{}, false
		}
	}
	if places >= args[0].Type.Scale {
		return args[0], true
	}
	return query.Expr{Op: query.OpRound, Type: query.Number(places), Args: args[:1]}, true
}

func bindMod(b *binder, e *exprNode, args []query.Expr) (query.Expr, bool) {
	v, ok := b.constant(e, &args[1], query.Type{Kind: query.Int})
	if !ok || !b.numeric(args, e.at) {
		return query.Expr{}, false
	}
	if args[0].Type.Kind != query.Int || v.N <= 0 {
		b.refuse(NotTotal, e.at, "mod 需要整数和正的常量", "mod takes an int and a positive constant", "mod(x, 10)")
		return query.Expr{}, false
	}
	return query.Expr{Op: query.OpMod, Type: args[0].Type, Args: args[:1], Lits: []query.Value{v}}, true
}

func bindMany(op query.Op) func(*binder, *exprNode, []query.Expr) (query.Expr, bool) {
	return func(b *binder, e *exprNode, args []query.Expr) (query.Expr, bool) {
		if op == query.OpNullIf {
			if v, isConst := args[1].Const(); isConst && !v.IsNull() {
				w, ok := b.literalAs(v, args[0].Type, e.at)
				if !ok {
					return query.Expr{}, false
				}
				args[1] = query.Lit(w)
			}
		}
		args, t, ok := b.oneType(args, e.at)
		if !ok {
			return query.Expr{}, false
		}
		if (op == query.OpLeast || op == query.OpGreat) && !t.Ordered() {
			b.refuse(WrongType, e.at, e.text+" 需要数字或日期", e.text+" takes numbers or dates", "")
			return query.Expr{}, false
		}
		if op == query.OpNullIf {
			return nullIf(args, t, e.at), b.spend(sizeOfExpr(&args[0]), e.at)
		}
		return query.Expr{Op: op, Type: t, Args: args}, true
	}
}

// nullIf writes nullif(a, b) as the CASE it stands for, so that its comparison is judged like any other.
func nullIf(args []query.Expr, t query.Type, at int) query.Expr {
	equal := query.Expr{Op: query.OpEq, Type: boolType, Args: args, At: at}
	return query.Expr{Op: query.OpCase, Type: t, Args: []query.Expr{equal, {Op: query.OpLit, Type: t}, args[0]}, At: at}
}

func bindSubstr(b *binder, e *exprNode, args []query.Expr) (query.Expr, bool) {
	whole := query.Type{Kind: query.Int}
	from, ok := b.constant(e, &args[1], whole)
	if !ok {
		return query.Expr{}, false
	}
	n, ok := b.constant(e, &args[2], whole)
	if !ok {
		return query.Expr{}, false
	}
	if args[0].Type.Kind != query.Text || from.N < 1 || n.N < 0 || from.N > 1<<20 || n.N > 1<<20 {
		b.refuse(NotTotal, e.at, "substr(文本, 从 1 起的位置, 长度)", "substr(text, position from 1, length)", "substr(region, 1, 4)")
		return query.Expr{}, false
	}
	return query.Expr{Op: query.OpSubstr, Type: args[0].Type, Args: args[:1], Lits: []query.Value{from, n}}, true
}

func bindPrefix(b *binder, e *exprNode, args []query.Expr) (query.Expr, bool) {
	v, ok := b.constant(e, &args[1], query.Type{Kind: query.Text})
	if !ok || args[0].Type.Kind != query.Text || v.S == "" {
		b.refuse(WrongType, e.at, "starts_with(文本, 前缀)", "starts_with(text, prefix)", "starts_with(region, '3505')")
		return query.Expr{}, false
	}
	return query.Expr{Op: query.OpPrefix, Type: boolType, Args: args[:1], Lits: []query.Value{v}}, true
}

func bindDate(op query.Op) func(*binder, *exprNode, []query.Expr) (query.Expr, bool) {
	return func(b *binder, e *exprNode, args []query.Expr) (query.Expr, bool) {
		v, ok := b.constant(e, &args[0], query.Type{Kind: query.Text})
		if !ok {
			return query.Expr{}, false
		}
		unit := strings.ToLower(v.S)
		t, units := query.Type{Kind: query.Int}, query.PartUnits
		if op == query.OpTrunc {
			t, units = dateType, query.TruncUnits
		} else if args[1].Type.Kind == query.Timestamp {
			units = append(slices.Clone(units), query.ClockUnits...)
		}
		if !slices.Contains(units, unit) || args[1].Type != dateType && args[1].Type.Kind != query.Timestamp {
			list := strings.Join(units, ", ")
			b.refuse(WrongType, e.at, e.text+" 需要日期及单位 "+list, e.text+" takes a date and one of "+list, "date_trunc('month', d)")
			return query.Expr{}, false
		}
		if op == query.OpTrunc && unit == "day" && args[1].Type == dateType {
			return args[1], true
		}
		return query.Expr{Op: op, Type: t, Args: args[1:], Unit: unit}, true
	}
}
