package guard

import (
	"slices"

	"yunei/internal/core/query"
)

// noPaging refuses what is done to a released table where nothing is released.
func (b *binder) noPaging(s *selectNode) {
	for _, e := range []*exprNode{s.having, s.limit, s.offset} {
		if e != nil {
			b.refuse(Unimplemented, e.at, "HAVING / LIMIT", "HAVING or LIMIT", "")
		}
	}
}

// maxPage bounds LIMIT and OFFSET: no released table has more cells.
const maxPage = MaxCells

// post binds HAVING, ORDER BY, LIMIT and OFFSET: over the outputs alone, so over what is released.
func (b *binder) post(s *selectNode, m *query.Model) bool {
	p := &query.Post{}
	if s.having != nil {
		e, ok := b.having(s, m)
		if !ok {
			return false
		}
		if v, isConst := e.Const(); !isConst || !v.True() {
			p.Having = &e
		}
	}
	for _, o := range s.order {
		i := b.outputOf(o.expr, s)
		if i < 0 {
			b.refuse(Unimplemented, o.expr.at, "ORDER BY 只接受输出列", "ORDER BY takes output columns", "ORDER BY education")
			return false
		}
		if !slices.ContainsFunc(p.Order, func(have query.Order) bool { return have.Output == i }) {
			p.Order = append(p.Order, query.Order{Output: i, Desc: o.desc})
		}
	}
	if s.offset != nil {
		n, ok := b.page(s.offset)
		if !ok {
			return false
		}
		p.Offset = n
	}
	if s.limit != nil {
		n, ok := b.page(s.limit)
		if !ok {
			return false
		}
		p.Limit = &n
	}
	if p.Having != nil || len(p.Order) > 0 || p.Offset > 0 || p.Limit != nil {
		m.Post = p
	}
	return true
}

func (b *binder) page(e *exprNode) (int, bool) {
	if e.kind != literalExpr || e.value.Kind != query.Int || e.value.N < 0 || e.value.N > maxPage {
		b.refuse(WrongType, e.at, "LIMIT 与 OFFSET 须为不超过 10000 的整数", "LIMIT and OFFSET take whole numbers up to 10000", "LIMIT 10")
		return 0, false
	}
	return int(e.value.N), true
}

// outputOf is the output that an expression of HAVING or ORDER BY names or repeats, -1 if it is none.
func (b *binder) outputOf(e *exprNode, s *selectNode) int {
	if e.kind == columnExpr && len(e.name) == 1 {
		if i := slices.IndexFunc(s.items, func(item itemNode) bool { return itemName(item) == e.name[0] }); i >= 0 {
			return i
		}
	}
	return slices.IndexFunc(s.items, func(item itemNode) bool { return sameNode(item.expr, e) })
}

// sameNode reports whether two parts of the text say the same in the same words.
func sameNode(x, y *exprNode) bool {
	if x == nil || y == nil {
		return x == y
	}
	return x.kind == y.kind && x.text == y.text && x.value == y.value && x.star == y.star && x.distinct == y.distinct && x.bin == y.bin && x.over == nil && y.over == nil &&
		slices.Equal(x.name, y.name) && slices.EqualFunc(x.args, y.args, sameNode)
}

// having binds a condition on released values: comparisons of outputs with constants.
func (b *binder) having(s *selectNode, m *query.Model) (query.Expr, bool) {
	shown := &leaf{table: &query.Table{}, key: -1}
	first := len(b.cols)
	sc := &scope{sources: []source{{at: s.having.at}}}
	for i := range m.Outputs {
		e := b.addCol(shown, column{table: shown.table, typ: m.Outputs[i].Type, null: true})
		sc.sources[0].columns = append(sc.sources[0].columns, scopeColumn{itemName(s.items[i]), e})
	}
	e, ok := b.condition(b.overOutputs(s.having, s), sc)
	if !ok {
		return e, false
	}
	e = canonical(e)
	if op, found := surgical(&e); found {
		b.refuse(Unimplemented, s.having.at, "HAVING 中的运算 "+string(op), "computed HAVING: "+string(op), "HAVING n >= 100")
		return e, false
	}
	shift(&e, first)
	return e, true
}

// overOutputs writes a condition with every part that repeats an output replaced by that output's name.
func (b *binder) overOutputs(e *exprNode, s *selectNode) *exprNode {
	if i := b.outputOf(e, s); i >= 0 && e.kind != literalExpr {
		return &exprNode{kind: columnExpr, at: e.at, name: []string{itemName(s.items[i])}}
	}
	out := *e
	out.args = make([]*exprNode, len(e.args))
	for i, a := range e.args {
		out.args[i] = b.overOutputs(a, s)
	}
	return &out
}

func shift(e *query.Expr, by int) {
	if e.Op == query.OpCol {
		e.Index -= by
	}
	for i := range e.Args {
		shift(&e.Args[i], by)
	}
}
