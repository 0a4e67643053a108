package guard

import (
	"slices"

	"yunei/internal/core/query"
)

// classO binds columns, expressions and conditions over one open table, or groups of its rows with aggregates over
// them. Nobody is in an open table, so what is counted is counted exactly.
func (b *binder) classO(s *selectNode) *query.Model {
	blk, sc, ok := b.fromClause(s)
	if !ok || !b.where(s, blk, sc) {
		return nil
	}
	if len(blk.leaves) != 1 || blk.leaves[0].table == nil || !blk.leaves[0].table.Open {
		b.refuse(GradeTooHigh, s.from[0].at, "不是无条件开放的资源", "not an open resource", "")
		return nil
	}
	grouped := len(s.group) > 0 || slices.ContainsFunc(s.items, func(i itemNode) bool { return aggregates(i.expr) })
	if s.having != nil && !grouped {
		b.refuse(Unimplemented, s.having.at, "没有 GROUP BY 的 HAVING, 请改用 WHERE", "HAVING without GROUP BY", "WHERE pm > 300")
		return nil
	}
	m := &query.Model{Format: query.Format, Class: query.O}
	l := &layout{b: b}
	if grouped {
		ok = b.openGroups(s, sc, blk, l, m)
	} else {
		ok = b.openRows(s, sc, blk, l, m)
	}
	if !ok || !b.post(s, m) {
		return nil
	}
	l.finish(m)
	return m
}

func (b *binder) openRows(s *selectNode, sc *scope, blk *block, l *layout, m *query.Model) bool {
	var exprs []query.Expr
	for _, item := range s.items {
		if item.expr == nil {
			return false
		}
		e, ok := b.expr(item.expr, sc)
		if !ok {
			return false
		}
		at := e.At
		e = canonical(clamped(e, b.cols, e.Op != query.OpCol))
		e.At = at
		exprs = append(exprs, e)
	}
	p := l.block(blk, pointers(exprs))
	m.Root = &query.Rel{Op: query.RelProject, In: []*query.Rel{p.rel}}
	for i := range exprs {
		m.Root.Exprs = append(m.Root.Exprs, p.place(exprs[i]))
		m.Outputs = append(m.Outputs, query.Output{Name: itemName(s.items[i]), Type: exprs[i].Type, Kind: query.OutExpr, Index: i, Standing: query.Public})
	}
	return true
}

// openGroups binds GROUP BY over an open table. The columns of the text are its grouping expressions and aggregates.
func (b *binder) openGroups(s *selectNode, sc *scope, blk *block, l *layout, m *query.Model) bool {
	keys, ok := b.groupKeys(s, sc)
	if !ok {
		return false
	}
	over := pointers(keys)
	var outs []released
	for _, item := range s.items {
		r, ok := b.openItem(item, sc, keys)
		if !ok {
			return false
		}
		for _, req := range r.requests() {
			if req.arg != nil {
				over = append(over, req.arg)
			}
		}
		outs = append(outs, r)
	}
	p := l.block(blk, over)
	m.Root = &query.Rel{Op: query.RelGroup, In: []*query.Rel{p.rel}}
	for i := range keys {
		m.Root.Exprs = append(m.Root.Exprs, p.place(keys[i]))
	}
	v := &vectors{}
	for i := range outs {
		for _, req := range outs[i].requests() {
			v.add(placedAgg(req, p, false))
		}
	}
	m.Root.Aggs = v.aggs
	for i := range outs {
		m.Outputs = append(m.Outputs, openOutput(&outs[i], m.Root, p, v))
	}
	return true
}

func openOutput(r *released, root *query.Rel, p placed, v *vectors) query.Output {
	o := query.Output{Name: itemName(r.item), Standing: query.Public}
	if r.key >= 0 {
		o.Kind, o.Index, o.Type = query.OutExpr, r.key, root.Exprs[r.key].Type
		return o
	}
	num := placedAgg(r.num, p, false)
	o.Kind, o.Index, o.Type = query.OutAgg, v.find(num), num.Type
	if r.den != nil {
		o.Kind, o.Over, o.Type = query.OutRatio, v.find(placedAgg(r.den, p, false)), query.Number(r.places)
	}
	return o
}

// openItem binds one output of a grouped query: a grouping expression, an aggregate, or an average to some places.
func (b *binder) openItem(item itemNode, sc *scope, keys []query.Expr) (released, bool) {
	e := item.expr
	if e == nil {
		return released{}, false
	}
	if statOf(e) != "" || e.text == "round" && len(e.args) > 0 && statOf(e.args[0]) != "" {
		b.refuse(Unimplemented, e.at, "开放数据的方差与相关", "variance and correlation over open data", "AVG(pm)")
		return released{}, false
	}
	if !isAggregate(e) || e.text != "min" && e.text != "max" {
		return b.releasedItem(item, sc, keys)
	}
	req, _, ok := b.aggregateCall(e, sc)
	return released{item: item, key: -1, num: &req}, ok
}

// aggregates reports whether an item asks for an aggregate anywhere in it.
func aggregates(e *exprNode) bool {
	found := false
	e.walk(func(x *exprNode) { found = found || isAggregate(x) || statOf(x) != "" })
	return found
}

func pointers(exprs []query.Expr) []*query.Expr {
	out := make([]*query.Expr, len(exprs))
	for i := range exprs {
		out[i] = &exprs[i]
	}
	return out
}
