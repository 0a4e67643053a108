package guard

import "yunei/internal/core/query"

// classO binds columns, expressions and conditions over one open table.
func (b *binder) classO(s *selectNode) *query.Model {
	if len(s.group) > 0 {
		b.refuse(Unimplemented, s.group[0].at, "开放数据的 GROUP BY", "GROUP BY over open data", "SELECT year, pm FROM air")
		return nil
	}
	blk, sc, ok := b.fromClause(s)
	if !ok || !b.where(s, blk, sc) {
		return nil
	}
	for _, o := range s.order {
		b.refuse(Unimplemented, o.expr.at, "ORDER BY", "ORDER BY", "")
	}
	b.noPaging(s)
	if len(blk.leaves) != 1 || blk.leaves[0].table == nil || !blk.leaves[0].table.Open {
		b.refuse(GradeTooHigh, s.from[0].at, "不是无条件开放的资源", "not an open resource", "")
		return nil
	}
	m := &query.Model{Format: query.Format, Class: query.O, Root: &query.Rel{Op: query.RelProject}}
	var exprs []query.Expr
	for _, item := range s.items {
		if item.expr == nil {
			return nil
		}
		e, ok := b.expr(item.expr, sc)
		if !ok {
			return nil
		}
		at := e.At
		e = canonical(clamped(e, b.cols, e.Op != query.OpCol))
		e.At = at
		exprs = append(exprs, e)
	}
	l := &layout{b: b}
	var over []*query.Expr
	for i := range exprs {
		over = append(over, &exprs[i])
	}
	p := l.block(blk, over)
	m.Root.In = []*query.Rel{p.rel}
	for i := range exprs {
		m.Root.Exprs = append(m.Root.Exprs, p.place(exprs[i]))
		m.Outputs = append(m.Outputs, query.Output{Name: itemName(s.items[i]), Type: exprs[i].Type, Kind: query.OutExpr, Index: i, Standing: query.Public})
	}
	l.finish(m)
	return m
}
