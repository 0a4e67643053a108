package guard

import (
	"fmt"

	"yunei/internal/core/query"
)

var boolType = query.Type{Kind: query.Bool}

func (b *binder) condition(e *exprNode, sc *scope) (query.Expr, bool) {
	out, ok := b.expr(e, sc)
	if ok && out.Type.Kind != query.Bool {
		b.refuse(WrongType, e.at, "条件不是真假值", "not a condition", "age >= 30")
		return out, false
	}
	return out, ok
}

// expr binds one expression.
func (b *binder) expr(e *exprNode, sc *scope) (query.Expr, bool) {
	if e == nil || !b.spend(1, e.at) {
		return query.Expr{}, false
	}
	switch e.kind {
	case columnExpr:
		return b.columnRef(e, sc)
	case literalExpr:
		out := query.Expr{Op: query.OpLit, Type: e.value.Type(), At: e.at}
		if !e.value.IsNull() {
			out.Lits = []query.Value{e.value}
		}
		return out, true
	case subjectExpr:
		b.refuse(KeyExposed, e.at, ":subject 只用于限定本人", ":subject only limits the rows to one's own", "WHERE sid = :subject")
		return query.Expr{}, false
	case opExpr:
		return b.operation(e, sc)
	case callExpr:
		return b.call(e, sc)
	case caseExpr:
		return b.caseOf(e, sc)
	}
	return b.logic(e, sc)
}

func (b *binder) columnRef(e *exprNode, sc *scope) (query.Expr, bool) {
	if !b.known(e, sc) {
		return query.Expr{}, false
	}
	found, _ := b.lookup(e, sc)
	if found.Op == query.OpCol && b.cols[found.Index].key {
		b.refuse(KeyExposed, e.at, "", "", "")
		return found, false
	}
	if !b.bareOK {
		b.refuse(Subquery, e.at, "分组后的列须在聚合函数内", "a column outside aggregates", "MAX(x)")
		return found, false
	}
	return found, b.spend(sizeOfExpr(&found), e.at)
}

func (b *binder) all(args []*exprNode, sc *scope) ([]query.Expr, bool) {
	out := make([]query.Expr, len(args))
	ok := true
	for i, a := range args {
		e, fine := b.expr(a, sc)
		out[i] = e
		ok = ok && fine
	}
	return out, ok
}

func (b *binder) logic(e *exprNode, sc *scope) (query.Expr, bool) {
	if e.kind == inExpr {
		return b.in(e, sc)
	}
	args, ok := b.all(e.args, sc)
	if !ok {
		return query.Expr{}, false
	}
	op := map[exprKind]query.Op{andExpr: query.OpAnd, orExpr: query.OpOr, notExpr: query.OpNot, isNullExpr: query.OpIsNull}[e.kind]
	out := query.Expr{Op: op, Type: boolType, Args: args, At: e.at}
	if op == query.OpIsNull {
		out.At = args[0].At
		return out, true
	}
	for i := range args {
		if args[i].Type.Kind != query.Bool {
			b.refuse(WrongType, e.args[i].at, "不是真假值", "not a condition", "age >= 30")
			return out, false
		}
	}
	return out, true
}

// namesPerson refuses a comparison of the subject key with constants, at the key and at each constant.
func (b *binder) namesPerson(args []*exprNode, sc *scope) bool {
	found := false
	for _, a := range args {
		if _, isKey := b.keyOf(a, sc); isKey {
			found = true
			b.refuse(KeyExposed, a.at, "", "", "")
		}
	}
	for _, a := range args {
		if found && a.kind == literalExpr {
			b.refuse(IsolatingValue, a.at, "与主体标识比较", "compared with the subject key", "")
		}
	}
	return found
}

func (b *binder) in(e *exprNode, sc *scope) (query.Expr, bool) {
	if b.namesPerson(e.args, sc) {
		return query.Expr{}, false
	}
	x, ok := b.expr(e.args[0], sc)
	if !ok {
		return x, false
	}
	out := query.Expr{Op: query.OpIn, Type: boolType, Args: []query.Expr{x}, At: e.args[0].at}
	for _, item := range e.args[1:] {
		bound, ok := b.expr(item, sc)
		if !ok {
			return out, false
		}
		folded := canonical(bound)
		v, isConst := folded.Const()
		if !isConst || v.IsNull() {
			b.refuse(NotListed, item.at, "IN 只接受非空常量", "IN takes constants other than NULL", "x IN (1, 2)")
			return out, false
		}
		v, ok = b.literalAs(v, x.Type, item.at)
		if !ok {
			return out, false
		}
		out.Lits = append(out.Lits, v)
	}
	return out, true
}

// literalAs reads a constant as a value of another type without losing anything.
func (b *binder) literalAs(v query.Value, t query.Type, at int) (query.Value, bool) {
	if v.Type() == t {
		return v, true
	}
	fits := v.Type().Numeric() && t.Numeric() || v.Kind == query.Text && t.Kind != query.Bool
	if fits {
		if w, err := query.ParseValue(t, v.Text()); err == nil {
			return w, true
		}
	}
	b.refuse(WrongType, at, fmt.Sprintf("%s 与 %s", v.Type(), t), fmt.Sprintf("%s against %s", v.Type(), t), "")
	return v, false
}

func (b *binder) operation(e *exprNode, sc *scope) (query.Expr, bool) {
	if b.namesPerson(e.args, sc) {
		return query.Expr{}, false
	}
	args, ok := b.all(e.args, sc)
	if !ok {
		return query.Expr{}, false
	}
	switch e.text {
	case "+", "-", "*":
		return b.arithmetic(e, args)
	}
	op := map[string]query.Op{"=": query.OpEq, "<>": query.OpNe, "<": query.OpLt, "<=": query.OpLe, ">": query.OpGt, ">=": query.OpGe}[e.text]
	args, op, ok = b.comparable(args, op, e.at)
	if !ok {
		return query.Expr{}, false
	}
	out := query.Expr{Op: op, Type: boolType, Args: args, At: args[0].At}
	if args[0].Op == query.OpAge {
		out = born(out)
	}
	return out, true
}

// comparable brings two sides to one type. A bound with more decimal places than the column is moved to the next value
// the column can have: age < 30.5 is age < 31.
func (b *binder) comparable(args []query.Expr, op query.Op, at int) ([]query.Expr, query.Op, bool) {
	for i := range args {
		args[i] = canonical(args[i])
	}
	x, y := args[0], args[1]
	if _, left := x.Const(); left {
		if _, right := y.Const(); !right {
			x, y, op = y, x, mirrored[op]
		}
	}
	v, isConst := y.Const()
	switch {
	case isConst && v.IsNull():
		b.refuse(WrongType, at, "与 NULL 比较，请用 IS NULL", "comparison with NULL", "x IS NULL")
		return nil, op, false
	case isConst && v.Type().Numeric() && x.Type.Numeric() && v.Scale > x.Type.Scale:
		unit := query.Pow10(v.Scale - x.Type.Scale)
		up := v.N / unit
		if v.N%unit > 0 {
			up++
		}
		if v.N%unit == 0 || op == query.OpLt || op == query.OpGe {
			y = query.Lit(query.NumberValue(up, x.Type.Scale))
		} else if op == query.OpLe || op == query.OpGt {
			y, op = query.Lit(query.NumberValue(up, x.Type.Scale)), map[query.Op]query.Op{query.OpLe: query.OpLt, query.OpGt: query.OpGe}[op]
		} else {
			b.refuse(WrongType, at, "常量的小数位多于列", "more decimal places than the column", "")
			return nil, op, false
		}
	case isConst:
		w, ok := b.literalAs(v, x.Type, y.At)
		if !ok {
			return nil, op, false
		}
		y.Type, y.Lits = x.Type, []query.Value{w}
	case x.Type.Numeric() && y.Type.Numeric():
		x, y = rescaled(x, max(x.Type.Scale, y.Type.Scale)), rescaled(y, max(x.Type.Scale, y.Type.Scale))
	}
	if x.Type != y.Type || !x.Type.Ordered() && op != query.OpEq && op != query.OpNe {
		b.refuse(WrongType, at, fmt.Sprintf("%s 与 %s", x.Type, y.Type), fmt.Sprintf("%s against %s", x.Type, y.Type), "")
		return nil, op, false
	}
	return []query.Expr{x, y}, op, true
}

// rescaled is e with more decimal places; a constant is rewritten in place.
func rescaled(e query.Expr, scale int) query.Expr {
	if e.Type.Scale == scale {
		return e
	}
	if v, isConst := e.Const(); isConst && v.IsNull() {
		return query.Expr{Op: query.OpLit, Type: query.Number(scale), At: e.At}
	}
	return canonical(query.Expr{Op: query.OpScale, Type: query.Number(scale), Args: []query.Expr{e}, At: e.At})
}

func (b *binder) numeric(args []query.Expr, at int) bool {
	for i := range args {
		if !args[i].Type.Numeric() {
			b.refuse(WrongType, max(args[i].At, at), "需要数字", "a number is needed", "")
			return false
		}
	}
	return true
}

func (b *binder) arithmetic(e *exprNode, args []query.Expr) (query.Expr, bool) {
	if !b.numeric(args, e.at) {
		return query.Expr{}, false
	}
	if len(args) == 1 {
		return canonical(query.Expr{Op: query.OpNeg, Type: args[0].Type, Args: args, At: e.at}), true
	}
	if e.text == "*" {
		scale := args[0].Type.Scale + args[1].Type.Scale
		if scale > query.MaxScale {
			b.refuse(WrongType, e.at, "乘积的小数位超过 9 位，请先 round", "product with more than 9 decimal places", "round(x, 2) * y")
			return query.Expr{}, false
		}
		return query.Expr{Op: query.OpMul, Type: query.Number(scale), Args: args, At: e.at}, true
	}
	args, scale := sameScale(args)
	op := map[string]query.Op{"+": query.OpAdd, "-": query.OpSub}[e.text]
	return query.Expr{Op: op, Type: query.Number(scale), Args: args, At: e.at}, true
}

// sameScale gives all numbers the most decimal places any of them has.
func sameScale(args []query.Expr) ([]query.Expr, int) {
	scale := 0
	for i := range args {
		scale = max(scale, args[i].Type.Scale)
	}
	out := make([]query.Expr, len(args))
	for i := range args {
		out[i] = rescaled(args[i], scale)
	}
	return out, scale
}

// oneType brings the branches of CASE, coalesce and the like to one type; NULLs take it on.
func (b *binder) oneType(args []query.Expr, at int) ([]query.Expr, query.Type, bool) {
	var t query.Type
	for i := range args {
		if v, isConst := args[i].Const(); isConst && v.IsNull() && args[i].Type.Kind == "" {
			continue
		}
		switch {
		case t.Kind == "":
			t = args[i].Type
		case t.Numeric() && args[i].Type.Numeric():
			t = query.Number(max(t.Scale, args[i].Type.Scale))
		case t != args[i].Type:
			b.refuse(WrongType, max(args[i].At, at), fmt.Sprintf("%s 与 %s", t, args[i].Type), fmt.Sprintf("%s against %s", t, args[i].Type), "")
			return nil, t, false
		}
	}
	if t.Kind == "" {
		b.refuse(WrongType, at, "全为 NULL", "nothing but NULL", "")
		return nil, t, false
	}
	out := make([]query.Expr, len(args))
	for i := range args {
		out[i] = args[i]
		if args[i].Type.Kind == "" {
			out[i] = query.Expr{Op: query.OpLit, Type: t, At: args[i].At}
		} else if t.Numeric() {
			out[i] = rescaled(args[i], t.Scale)
		}
	}
	return out, t, true
}

func (b *binder) caseOf(e *exprNode, sc *scope) (query.Expr, bool) {
	args, ok := b.all(e.args, sc)
	if !ok {
		return query.Expr{}, false
	}
	var results []query.Expr
	last := len(args) - 1
	for i := 0; i < last; i += 2 {
		if args[i].Type.Kind != query.Bool {
			b.refuse(WrongType, e.args[i].at, "WHEN 不是条件", "WHEN is not a condition", "WHEN age >= 30 THEN")
			return query.Expr{}, false
		}
		results = append(results, args[i+1])
	}
	results, t, ok := b.oneType(append(results, args[last]), e.at)
	if !ok {
		return query.Expr{}, false
	}
	for i := 0; i < last; i += 2 {
		args[i+1] = results[i/2]
	}
	args[last] = results[len(results)-1]
	return query.Expr{Op: query.OpCase, Type: t, Args: args, At: e.at}, true
}
