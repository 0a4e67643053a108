package guard

import (
	"yunei/internal/core/query"
)

// aggRequest is one aggregate as asked for: func and argument over the binder's columns.
type aggRequest struct {
	fn  query.AggFunc
	arg *query.Expr // nil for rows and units
	at  int
}

// aggregateCall binds COUNT, SUM or the argument of AVG. avg is true for AVG, whose request is its sum.
func (b *binder) aggregateCall(e *exprNode, sc *scope) (r aggRequest, avg, ok bool) {
	r.at = e.at
	if e.text == "count" && e.star {
		r.fn = query.AggRows
		return r, false, true
	}
	if len(e.args) != 1 {
		b.refuse(WrongType, e.at, e.text+" 需要一个参数", e.text+" takes one argument", "")
		return r, false, false
	}
	if e.distinct {
		if _, isKey := b.keyOf(e.args[0], sc); isKey && e.text == "count" {
			r.fn = query.AggUnits
			return r, false, true
		}
		b.refuse(ExactExtreme, e.at, "COUNT(DISTINCT) 只用于主体标识；不同取值的个数请先按主体去重再计数", "COUNT(DISTINCT) is for the subject key; count different values per subject after SELECT DISTINCT",
			"WITH d AS (SELECT DISTINCT sid, ward FROM visit), v AS (SELECT sid, COUNT(*) AS wards FROM d GROUP BY sid) SELECT AVG(wards) AS mean FROM v")
		return r, false, false
	}
	arg, ok := b.expr(e.args[0], sc)
	if !ok {
		return r, false, false
	}
	arg = canonical(clamped(arg, b.cols, e.text != "count"))
	if arg.At == 0 {
		arg.At = e.args[0].at
	}
	r.arg = &arg
	switch e.text {
	case "count":
		r.fn = query.AggCount
		if !nullable(&arg, b.cols) {
			r.fn, r.arg = query.AggRows, nil
		}
		return r, false, true
	case "min", "max":
		r.fn = map[string]query.AggFunc{"min": query.AggMin, "max": query.AggMax}[e.text]
		return r, false, true
	}
	r.fn = query.AggSum
	if !arg.Type.Numeric() {
		b.refuse(WrongType, e.args[0].at, e.text+" 需要数字", e.text+" takes a number", "AVG(CASE WHEN x = 1 THEN 1 ELSE 0 END)")
		return r, false, false
	}
	if !rangeOf(&arg, b.cols).ok {
		b.refuse(Unbounded, e.args[0].at, "", "", "")
		return r, false, false
	}
	return r, e.text == "avg", true
}

// agg is the request as an aggregate of the model.
func (r *aggRequest) agg(cols []column) query.Agg {
	a := query.Agg{Func: r.fn, Arg: r.arg, Type: query.Type{Kind: query.Int}}
	switch r.fn {
	case query.AggSum:
		rng := rangeOf(r.arg, cols)
		a.Type, a.Lo, a.Hi = r.arg.Type, rng.lo, rng.hi
	case query.AggMin, query.AggMax:
		a.Type = r.arg.Type
	}
	return a
}

// subjectAgg binds an aggregate over one subject's rows: a column of the leaf.
func (b *binder) subjectAgg(e *exprNode, sc *scope, l *leaf) (query.Expr, bool) {
	hook := b.aggregate
	b.aggregate, b.bareOK = nil, true
	defer func() { b.aggregate, b.bareOK = hook, false }()
	r, avg, ok := b.aggregateCall(e, sc)
	if !ok {
		return query.Expr{}, false
	}
	sum := b.leafAgg(l, r)
	if !avg {
		sum.At = e.at
		return sum, true
	}
	count := aggRequest{fn: query.AggCount, arg: r.arg, at: r.at}
	n := b.leafAgg(l, count)
	return query.Expr{Op: query.OpDiv, Type: query.Number(defaultPlaces), Args: []query.Expr{sum, n}, At: e.at}, true
}

// leafAgg adds an aggregate to a per-subject leaf, once.
func (b *binder) leafAgg(l *leaf, r aggRequest) query.Expr {
	a := r.agg(b.cols)
	code := string(encoding(&a))
	n := 0
	for i, at := range b.at {
		if at != l || i == l.key {
			continue
		}
		if string(encoding(&l.aggs[n])) == code {
			return query.Col(i, b.cols[i].typ)
		}
		n++
	}
	l.aggs = append(l.aggs, a)
	return b.addCol(l, aggregated(&a, b.cols, l.table, b.blockRows(l.inner), nil))
}
