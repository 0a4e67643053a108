package guard

import (
	"fmt"
	"slices"

	"yunei/internal/core/query"
)

// joinItem binds a JOIN. Two private sides meet on the subject key, and on further declared keys beside it; a public
// table is attached by its declared keys. The right side of a LEFT JOIN is one table.
func (b *binder) joinItem(f *fromNode, blk *block, sc *scope) bool {
	if !b.fromItem(f.left, blk, sc) {
		return false
	}
	n, p := len(blk.leaves), len(blk.preds)
	if !b.fromItem(f.right, blk, sc) {
		return false
	}
	pairs, ok := b.pairs(f, sc)
	if !ok {
		return false
	}
	left, right := blk.leaves[:n], blk.leaves[n:]
	for i, pair := range pairs {
		if slices.Contains(left, b.at[pair.Left]) {
			continue
		}
		pairs[i] = query.Pair{Left: pair.Right, Right: pair.Left}
	}
	for _, pair := range pairs {
		if !slices.Contains(left, b.at[pair.Left]) || !slices.Contains(right, b.at[pair.Right]) {
			b.refuse(JoinNotAllowed, f.at, "连接条件没有连接两侧", "the condition does not connect both sides", "")
			return false
		}
	}
	if plain := len(pairs) == 1 && !f.outer && b.cols[pairs[0].Left].key && b.cols[pairs[0].Right].key; plain {
		return b.sameUnit(f.at, pairs[0])
	}
	return b.attach(f, blk, n, p, pairs)
}

// attach joins one leaf in its own way: the right one, or a public left one.
func (b *binder) attach(f *fromNode, blk *block, n, p int, pairs []query.Pair) bool {
	at, own := n, func(p query.Pair) query.Pair { return query.Pair{Left: p.Right, Right: p.Left} }
	if n == 1 && !f.outer && !blk.leaves[0].table.Private() && blk.leaves[0].on == nil {
		at, own = 0, func(p query.Pair) query.Pair { return p }
	} else if len(blk.leaves) != n+1 || blk.leaves[n].on != nil {
		b.refuse(JoinNotAllowed, f.at, "右侧须是一张表或一个 WITH 查询", "the right side must be one table or WITH query", "FROM a LEFT JOIN b ON a.sid = b.sid")
		return false
	}
	l := blk.leaves[at]
	for _, pair := range pairs {
		l.on = append(l.on, own(pair))
	}
	if !b.mayAttach(f, l) {
		return false
	}
	if !f.outer {
		return true
	}
	l.outer, l.preds = true, slices.Clone(blk.preds[p:])
	blk.preds = blk.preds[:p]
	for i, leaf := range b.at {
		if leaf == l {
			b.cols[i].null = true
		}
	}
	return true
}

// mayAttach: a private leaf by the subject key at least, a public one by keys that name one row; every further key is
// declared as such. Two units are never joined, nor a private row kept for the sake of a public one.
func (b *binder) mayAttach(f *fromNode, l *leaf) bool {
	keyed := false
	var named []string
	for _, pair := range l.on {
		own, other := &b.cols[pair.Left], &b.cols[pair.Right]
		if own.key != other.key || own.typ != other.typ {
			b.refuse(JoinNotAllowed, f.at, "两侧的列不能相比", "columns that cannot be compared", "")
			return false
		}
		if own.key {
			keyed = true
			if !b.sameUnit(f.at, pair) {
				return false
			}
			continue
		}
		for _, c := range []*column{own, other} {
			if c.policy == nil || c.policy.Role != query.JoinKey && !c.policy.Allows(query.AfterJoin) {
				b.refuse(JoinNotAllowed, f.at, "连接键未获准", "not a declared join key", "")
				return false
			}
		}
		named = append(named, own.policy.Name)
	}
	switch {
	case l.table.Private() && !keyed:
		b.refuse(JoinNotAllowed, f.at, "涉及主体的表之间须同时按主体标识连接", "tables about subjects are joined on the subject key, beside other keys", "ON a.sid = b.sid AND a.order_no = b.order_no")
	case f.outer && b.publicSide(l):
		b.refuse(JoinNotAllowed, f.at, "LEFT JOIN 的左侧须是涉及主体的表", "the left side of LEFT JOIN is about subjects", "")
	case !l.table.Private() && !namesRow(l.table, named):
		b.refuse(JoinNotAllowed, f.at, l.table.Name+" 的这些列不能唯一确定一行", "these columns of "+l.table.Name+" do not name one row", "")
	default:
		return true
	}
	return false
}

// publicSide reports whether a leaf is joined to public tables only.
func (b *binder) publicSide(l *leaf) bool {
	return !slices.ContainsFunc(l.on, func(p query.Pair) bool { return b.at[p.Right].table.Private() })
}

// namesRow reports whether the columns name one row of the table (of one subject, where it is private).
func namesRow(t *query.Table, columns []string) bool {
	return len(t.Unique) > 0 && !slices.ContainsFunc(t.Unique, func(u string) bool { return !slices.Contains(columns, u) })
}

func (b *binder) sameUnit(at int, p query.Pair) bool {
	x, y := b.cols[p.Left].table, b.cols[p.Right].table
	if x.UnitKind != y.UnitKind {
		b.refuse(JoinNotAllowed, at, fmt.Sprintf("%s 与 %s 的主体种类不同", x.Name, y.Name), "different kinds of unit", "")
		return false
	}
	return true
}

// pairs reads what a join compares: equalities of columns, or USING.
func (b *binder) pairs(f *fromNode, sc *scope) ([]query.Pair, bool) {
	if len(f.using) > 0 {
		return b.usingPairs(f, sc)
	}
	parts := []*exprNode{f.on}
	if f.on != nil && f.on.kind == andExpr {
		parts = f.on.args
	}
	var out []query.Pair
	for _, part := range parts {
		if part == nil || part.kind != opExpr || part.text != "=" || len(part.args) != 2 {
			at := f.at
			if part != nil {
				at = part.at
			}
			b.refuse(JoinNotAllowed, at, "连接条件须为主体标识相等", "joins are on equality of the subject key", "")
			return nil, false
		}
		left, okLeft := b.joinColumn(part.args[0], sc)
		right, okRight := b.joinColumn(part.args[1], sc)
		if !okLeft || !okRight {
			if !b.known(part.args[0], sc) || !b.known(part.args[1], sc) {
				return nil, false
			}
			b.refuse(JoinNotAllowed, part.args[0].at, "连接键不是主体标识", "not the subject key", "")
			return nil, false
		}
		out = append(out, query.Pair{Left: left, Right: right})
	}
	return out, true
}

func (b *binder) usingPairs(f *fromNode, sc *scope) ([]query.Pair, bool) {
	var out []query.Pair
	for _, name := range f.using {
		var cols []int
		for _, src := range sc.sources {
			one := &scope{sources: []source{src}}
			if c, ok := b.joinColumn(&exprNode{kind: columnExpr, at: f.at, name: []string{name}}, one); ok {
				cols = append(cols, c)
			}
		}
		if len(cols) < 2 {
			b.refuse(JoinNotAllowed, f.at, "USING 的列 "+name+" 不是两侧的连接键", "not a join key of both sides: "+name, "")
			return nil, false
		}
		out = append(out, query.Pair{Left: cols[0], Right: cols[len(cols)-1]})
	}
	return out, true
}

// joinColumn resolves an expression that is a plain column which may be joined on.
func (b *binder) joinColumn(e *exprNode, sc *scope) (int, bool) {
	if e == nil || e.kind != columnExpr {
		return 0, false
	}
	found, n := b.lookup(e, sc)
	if n != 1 || found.Op != query.OpCol {
		return 0, false
	}
	c := &b.cols[found.Index]
	return found.Index, c.key || c.policy != nil && (c.policy.Role == query.JoinKey || c.policy.Allows(query.AfterJoin))
}

// matchesOne reports whether an attached leaf adds no row to those it is joined to.
func (l *leaf) matchesOne(b *binder) bool {
	var names []string
	for _, p := range l.on {
		if c := &b.cols[p.Left]; c.policy != nil {
			names = append(names, c.policy.Name)
		}
	}
	return len(l.on) > 0 && l.inner == nil && l.sets == nil && namesRow(l.table, names)
}
