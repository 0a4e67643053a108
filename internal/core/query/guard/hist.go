package guard

import (
	"fmt"
	"math"

	"yunei/internal/core/query"
)

// binned is what a HIST or QUANTILE asks for: the bins, of which HIST shows one column each.
type binned struct {
	bins     *query.Expr // the bin of a row, as bucket() writes it
	bin      int
	quantile int64
	grid     []int64
	typ      query.Type
}

func isHist(e *exprNode) bool {
	return e != nil && e.kind == callExpr && e.text == "hist" && e.over == nil
}
func isQuantile(e *exprNode) bool {
	return e != nil && e.kind == callExpr && e.text == "quantile" && e.over == nil
}

// expandHist writes HIST(x, e1, e2) AS h as one item for each bin: "h <e1", "h e1~e2", "h >=e2", and "h NULL".
func (b *binder) expandHist(s *selectNode, sc *scope) bool {
	var items []itemNode
	for _, item := range s.items {
		if !isHist(item.expr) {
			items = append(items, item)
			continue
		}
		bins, ok := b.bins(item.expr, sc)
		if !ok {
			return false
		}
		labels := binLabels(bins)
		if nullable(&bins.Args[0].Args[0], b.cols) {
			labels = append(labels, "NULL")
		}
		for i, label := range labels {
			one := *item.expr
			one.bin = i
			items = append(items, itemNode{at: item.at, name: itemName(item) + " " + label, expr: &one})
		}
	}
	s.items = items
	return true
}

func binLabels(bins *query.Expr) []string {
	var out []string
	for i := 1; i < len(bins.Args); i += 2 {
		v, _ := bins.Args[i].Const()
		out = append(out, v.S)
	}
	return out
}

// bins is the bucket expression of HIST(x, edges), or of QUANTILE(x, q) on the public cut points of x.
func (b *binder) bins(e *exprNode, sc *scope) (*query.Expr, bool) {
	if isHist(e) && len(e.args) < 2 || isQuantile(e) && len(e.args) != 2 || e.star || e.distinct {
		b.refuse(WrongType, e.at, "HIST(列, 分段点, ...)、QUANTILE(列, 0 到 1 之间的常量)", "HIST(column, edges, ...) or QUANTILE(column, constant between 0 and 1)", "QUANTILE(limit_bal, 0.5)")
		return nil, false
	}
	x, ok := b.expr(e.args[0], sc)
	if !ok {
		return nil, false
	}
	x = canonical(x)
	args := []query.Expr{x}
	if isQuantile(e) {
		if x.Op != query.OpCol || len(b.cols[x.Index].edges) == 0 || !b.cols[x.Index].rng.ok || len(b.grid(&b.cols[x.Index])) == 0 {
			b.refuse(NoPublicDomain, e.args[0].at, "QUANTILE 用于有公开分段点和上下界的列", "QUANTILE is for a column with public cut points and bounds", "AVG(x)")
			return nil, false
		}
		for _, n := range b.grid(&b.cols[x.Index]) {
			args = append(args, query.Lit(query.Value{Kind: x.Type.Kind, Scale: x.Type.Scale, N: n}))
		}
	} else {
		rest, ok := b.all(e.args[1:], sc)
		if !ok {
			return nil, false
		}
		for i := range rest {
			args = append(args, canonical(rest[i]))
		}
	}
	named := *e
	named.args = make([]*exprNode, len(args))
	for i := range named.args {
		named.args[i] = e.args[min(i, len(e.args)-1)]
	}
	out, ok := bindBucket(b, &named, args)
	out = canonical(out)
	out.At = e.at
	return &out, ok
}

// grid are the cut points of a column that lie within its bounds.
func (b *binder) grid(c *column) []int64 {
	var out []int64
	for _, n := range c.edges {
		if n > c.rng.lo && n <= c.rng.hi {
			out = append(out, n)
		}
	}
	return out
}

// releasedBin binds one output of a histogram. Its vector counts rows.
func (b *binder) releasedBin(r released, e *exprNode, sc *scope) (released, bool) {
	bins, ok := b.bins(e, sc)
	if !ok {
		return r, false
	}
	r.hist = &binned{bins: bins, bin: e.bin, typ: query.Number(0)}
	r.num = &aggRequest{fn: query.AggRows, at: e.at}
	if isHist(e) {
		return r, true
	}
	q, err := query.Null, error(nil)
	if v := e.args[1].value; e.args[1].kind == literalExpr && v.Type().Numeric() {
		q, err = query.ParseValue(query.Number(6), v.Text())
	}
	if err != nil || q.N <= 0 || q.N >= query.QuantileUnit {
		b.refuse(WrongType, e.args[1].at, "分位点须为 0 与 1 之间至多 6 位小数的常量", "a constant between 0 and 1 with 6 decimal places at most", "QUANTILE(limit_bal, 0.5)")
		return r, false
	}
	x := bins.Args[0].Args[0]
	c := &b.cols[x.Index]
	r.hist.quantile, r.hist.typ = q.N, x.Type
	r.hist.grid = append(append([]int64{c.rng.lo}, b.grid(c)...), c.rng.hi)
	return r, true
}

// oneHistogram finds the bins that all outputs share; beside them stand grouping columns and COUNT(*) only, because
// every vector of the model is counted bin by bin.
func (b *binder) oneHistogram(outs []released) (*query.Expr, bool) {
	var bins *query.Expr
	for i := range outs {
		h := outs[i].hist
		switch {
		case h == nil:
		case bins == nil:
			bins = h.bins
		case !sameExpr(bins, h.bins):
			b.refuse(Unimplemented, outs[i].item.expr.at, "一条查询中的 HIST 与 QUANTILE 须为同一列、同一组分段点", "one column and one list of edges in one query", "SELECT QUANTILE(age, 0.25) AS q1, QUANTILE(age, 0.75) AS q3 FROM credit_default")
			return nil, false
		}
	}
	if bins == nil {
		return nil, true
	}
	for i := range outs {
		o := &outs[i]
		if o.hist == nil && o.key < 0 && (o.num == nil || o.num.fn != query.AggRows || o.den != nil || o.stat != "") {
			b.refuse(Unimplemented, o.item.expr.at, "与 HIST、QUANTILE 同列的只有分组列和 COUNT(*), 其他汇总请另写一条查询", "beside HIST and QUANTILE there are grouping columns and COUNT(*); ask for the rest in another query", "SELECT education, COUNT(*) AS n, QUANTILE(age, 0.5) AS median FROM credit_default GROUP BY education")
			return nil, false
		}
	}
	return bins, true
}

// placeBins makes the histogram the last key.
func (b *binder) placeBins(root *query.Rel, p placed, bins *query.Expr) bool {
	if bins == nil {
		return true
	}
	for i := range root.Keys {
		if root.Keys[i].Select {
			b.refuse(Unimplemented, bins.At, "经遴选的分组不与 HIST、QUANTILE 同用", "no HIST or QUANTILE over privately selected groups", "")
			return false
		}
	}
	e := p.place(*bins)
	e.At = bins.At
	key, ok := b.publicKey(e, p.cols)
	if !ok {
		return false
	}
	cells := key.Size()
	for i := range root.Keys {
		cells = min(cells*root.Keys[i].Size(), math.MaxInt32)
	}
	if cells > MaxCells {
		b.refuse(TooExpensive, e.At, fmt.Sprintf("超过 %d 个单元格", MaxCells), fmt.Sprintf("more than %d cells", MaxCells), "")
		return false
	}
	root.Keys, root.Bins = append(root.Keys, key), true
	return true
}
