package guard

import "yunei/internal/core/query"

var stats = map[string]query.Stat{
	"var_pop": query.VarPop, "var_samp": query.VarSamp, "variance": query.VarSamp,
	"stddev_pop": query.StdPop, "stddev_samp": query.StdSamp, "stddev": query.StdSamp,
	"covar_pop": query.CovarPop, "covar_samp": query.CovarSamp, "corr": query.Corr,
	"regr_slope": query.Slope, "regr_intercept": query.Intercept, "regr_r2": query.R2,
}

// statOf is the figure that a call asks for, "" if it is none.
func statOf(e *exprNode) query.Stat {
	if e == nil || e.kind != callExpr {
		return ""
	}
	return stats[e.text]
}

// moment is one column of a figure, moved so that the middle of its bounds is 0: a figure does not change by that (but for
// an intercept, which is moved back), and one person moves the sums least.
type moment struct {
	expr   query.Expr
	middle int64
}

// releasedStat binds VAR, STDDEV, CORR and the like as the moments they are computed from after the noise.
func (b *binder) releasedStat(r released, e *exprNode, sc *scope) (released, bool) {
	r.stat = statOf(e)
	columns := 1
	if r.stat.Parts() == 6 {
		columns = 2
	}
	if len(e.args) != columns || e.distinct || e.star {
		b.refuse(WrongType, e.at, "参数个数不对", "wrong number of arguments", "VAR_POP(x), CORR(x, y)")
		return r, false
	}
	var cols []moment
	for _, arg := range e.args {
		m, ok := b.moment(arg, sc)
		if !ok {
			return r, false
		}
		cols = append(cols, m)
	}
	if columns == 2 {
		if !b.together(cols) {
			return r, false
		}
		r.minus = cols[1].middle
	}
	r.plus = cols[0].middle
	sum := func(x query.Expr) *aggRequest { return &aggRequest{fn: query.AggSum, arg: &x, at: e.at} }
	times := func(x, y query.Expr) query.Expr {
		return canonical(query.Expr{Op: query.OpMul, Type: query.Number(x.Type.Scale + y.Type.Scale), Args: []query.Expr{x, y}, At: e.at})
	}
	x := cols[0].expr
	if 2*x.Type.Scale > query.MaxScale || columns == 2 && x.Type.Scale+cols[1].expr.Type.Scale > query.MaxScale {
		b.refuse(Unbounded, e.at, "小数位过多，平方后超出范围", "too many decimal places to be squared", "VAR_POP(round(x, 0))")
		return r, false
	}
	r.moments = []*aggRequest{b.counting(&x, e.at), sum(x)}
	if columns == 1 {
		r.moments = append(r.moments, sum(times(x, x)))
	} else {
		y := cols[1].expr
		r.moments = append(r.moments, sum(y), sum(times(x, x)), sum(times(y, y)), sum(times(x, y)))
	}
	for _, m := range r.moments {
		if m.arg != nil && !rangeOf(m.arg, b.cols).ok {
			b.refuse(Unbounded, e.at, "平方和没有上下界", "the sum of squares is not bounded", "VAR_POP(clamp(x, 0, 1000))")
			return r, false
		}
	}
	return r, true
}

func (b *binder) moment(e *exprNode, sc *scope) (moment, bool) {
	arg, ok := b.expr(e, sc)
	if !ok {
		return moment{}, false
	}
	if !arg.Type.Numeric() {
		b.refuse(WrongType, e.at, "需要数字", "takes a number", "VAR_POP(x)")
		return moment{}, false
	}
	arg = canonical(clamped(arg, b.cols, true))
	rng := rangeOf(&arg, b.cols)
	if !rng.ok {
		b.refuse(Unbounded, e.at, "", "", "")
		return moment{}, false
	}
	middle := rng.lo + (rng.hi-rng.lo)/2
	if middle != 0 {
		arg = canonical(query.Expr{Op: query.OpSub, Type: arg.Type, Args: []query.Expr{arg, query.Lit(query.NumberValue(middle, arg.Type.Scale))}, At: e.at})
	}
	arg.At = e.at
	return moment{arg, middle}, true
}

// together lets a row count only where both columns have a value.
func (b *binder) together(cols []moment) bool {
	x, y := cols[0].expr, cols[1].expr
	for i, other := range []query.Expr{y, x} {
		if !nullable(&other, b.cols) {
			continue
		}
		column, ok := bare(other)
		if !ok {
			b.refuse(Unimplemented, other.At, "可空的列须直接写列名", "a column that can be NULL stands by itself", "CORR(coalesce(x, 0), y)")
			return false
		}
		missing := query.Expr{Op: query.OpIsNull, Type: boolType, Args: []query.Expr{column}}
		t := cols[i].expr.Type
		cols[i].expr = canonical(query.Expr{Op: query.OpCase, Type: t, Args: []query.Expr{missing, query.NullOf(t), cols[i].expr}, At: cols[i].expr.At})
	}
	return true
}

// bare is the column that an expression clamps, rounds and moves.
func bare(e query.Expr) (query.Expr, bool) {
	for {
		switch e.Op {
		case query.OpCol:
			return e, true
		case query.OpClamp, query.OpScale, query.OpRound, query.OpSub:
			e = e.Args[0]
		default:
			return e, false
		}
	}
}
