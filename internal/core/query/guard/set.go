package guard

import (
	"bytes"
	"cmp"
	"math"
	"slices"
	"strings"

	"yunei/internal/core/query"
	"yunei/internal/core/query/interp"
)

// setOperation reads UNION ALL and UNION; several of one kind stand in one row.
func (c *converter) setOperation(o tree, at int, top bool) *selectNode {
	op := strings.TrimPrefix(str(o["op"]), "SETOP_")
	s := &selectNode{at: at, setAt: c.findWord(at, op), distinct: !truth(o["all"])}
	if op != "UNION" {
		c.refuse(Unimplemented, s.setAt, op, op, unionHint)
		return nil
	}
	if !c.closed("SelectStmt", o, at, "op", "all", "larg", "rarg", "limitOption", "withClause") {
		return nil
	}
	if with, ok := o["withClause"].(tree); ok && top {
		s.with = c.withClause(with)
	} else if ok {
		c.refuse(Subquery, loc(with), "内层 WITH", "inner WITH", "")
	}
	for _, side := range []string{"larg", "rarg"} {
		inner, _ := o[side].(tree)
		part := c.selectStmt(inner, at, false)
		switch {
		case part == nil:
			return nil
		case len(part.sets) > 0 && part.distinct != s.distinct:
			c.refuse(Unimplemented, s.setAt, "UNION 与 UNION ALL 混用", "UNION mixed with UNION ALL", unionHint)
			return nil
		case len(part.sets) > 0:
			s.sets = append(s.sets, part.sets...)
		default:
			s.sets = append(s.sets, part)
		}
	}
	return s
}

const unionHint = "WITH v AS (SELECT sid, cost FROM a UNION ALL SELECT sid, cost FROM b) SELECT SUM(cost) AS total FROM v"

// noSets refuses at the top what keeps rows of subjects together.
func (b *binder) noSets(s *selectNode) bool {
	switch {
	case len(s.sets) > 0:
		b.refuse(Unimplemented, s.setAt, "UNION 只用于 WITH 或 FROM 中的子查询", "UNION stands in WITH or a subquery of FROM", unionHint)
	case s.distinct:
		b.refuse(Unimplemented, s.setAt, "DISTINCT 只用于 WITH 或 FROM 中的子查询, 且须保留主体标识; 最外层请用 GROUP BY",
			"DISTINCT stands in WITH or a subquery of FROM and keeps the subject key; use GROUP BY here", "SELECT education, COUNT(*) AS n FROM credit_default GROUP BY education")
	default:
		return true
	}
	return false
}

// branch is one query of a UNION, or the only one of a DISTINCT.
type branch struct {
	block *block
	exprs []query.Expr
}

// gathered binds UNION [ALL] and SELECT DISTINCT as a leaf of its own. Every row keeps its subject's key, so the rows of
// a subject add up and nothing of another's is in them.
func (b *binder) gathered(s *selectNode) ([]scopeColumn, *block, bool) {
	parts := s.sets
	if len(parts) == 0 {
		plain := *s
		plain.distinct = false
		parts = []*selectNode{&plain}
	}
	l := &leaf{distinct: s.distinct, key: -1}
	var columns []scopeColumn
	for i, part := range parts {
		if len(part.order) > 0 || part.limit != nil || part.offset != nil || part.having != nil {
			b.refuse(Unimplemented, part.at, "内层 HAVING / ORDER BY / LIMIT", "inner HAVING, ORDER BY or LIMIT", "")
			return nil, nil, false
		}
		named, blk, ok := b.inner(part)
		if !ok {
			return nil, nil, false
		}
		if i == 0 {
			columns = named
		} else if len(named) != len(columns) {
			b.refuse(WrongType, s.setAt, "UNION 两侧的列数不同", "different numbers of columns", unionHint)
			return nil, nil, false
		}
		exprs := make([]query.Expr, len(named))
		for j := range named {
			e := named[j].expr
			exprs[j] = canonical(e)
		}
		l.sets = append(l.sets, branch{blk, exprs})
		l.rows = plus(l.rows, b.blockRows(blk), i == 0)
	}
	if !b.alike(l, s.setAt) {
		return nil, nil, false
	}
	for j := range columns {
		var same []column
		for _, part := range l.sets {
			same = append(same, derived(&part.exprs[j], b.cols))
		}
		c := merge(same)
		if l.table == nil {
			l.table = c.table
		}
		columns[j].expr = b.addCol(l, c)
		if c.key {
			l.key = columns[j].expr.Index
			l.table = c.table
		}
	}
	if l.distinct {
		var cols []column
		for i := range columns {
			cols = append(cols, b.cols[columns[i].expr.Index])
		}
		l.rows = distinctRows(cols, l.rows)
	}
	if l.key < 0 {
		b.refuse(KeyExposed, s.setAt, "DISTINCT 与 UNION 的各列中须有主体标识, 且位置相同", "one of the columns is the subject key, at the same place everywhere", "SELECT DISTINCT sid, ward FROM visit")
		return nil, nil, false
	}
	return columns, &block{leaves: []*leaf{l}}, true
}

// alike brings the columns of all branches to one type each, and holds that all are about one kind of unit.
func (b *binder) alike(l *leaf, at int) bool {
	for j := range l.sets[0].exprs {
		column := make([]query.Expr, len(l.sets))
		for i := range l.sets {
			column[i] = l.sets[i].exprs[j]
		}
		column, _, ok := b.oneType(column, at)
		if !ok {
			return false
		}
		for i := range l.sets {
			l.sets[i].exprs[j] = canonical(clamped(column[i], b.cols, column[i].Op != query.OpCol))
		}
	}
	for _, part := range l.sets[1:] {
		if kind := unitOf(part.block); kind != unitOf(l.sets[0].block) {
			b.refuse(JoinNotAllowed, at, "UNION 两侧的主体种类不同", "different kinds of unit", unionHint)
			return false
		}
	}
	return true
}

// blockRows is how many rows of one subject a block has at most, 0 unknown.
func (b *binder) blockRows(blk *block) int {
	rows := 1
	for _, l := range blk.leaves {
		if !l.matchesOne(b) {
			rows = product(rows, l.rows)
		}
	}
	return rows
}

// plus is the rows per subject of a union; 0, unknown, when either side is.
func plus(a, b int, first bool) int {
	switch {
	case first:
		return b
	case a == 0 || b == 0 || a+b > maxRows:
		return 0
	}
	return a + b
}

// derived is what is known of a computed column: of a plain one the same as before; of a CASE, a period or the beginning
// of a code, its own public list. What was computed in any other way is neither compared with constants nor grouped by.
func derived(e *query.Expr, cols []column) column {
	if e.Op == query.OpCol {
		return cols[e.Index]
	}
	c := column{typ: e.Type, null: nullable(e, cols), rng: rangeOf(e, cols), from: sources(e, cols, query.WayValue), edges: noEdge}
	c.proved, c.count = c.rng.ok, ofRecords(e, cols)
	e.Walk(func(x *query.Expr) bool {
		if x.Op == query.OpCol && c.table == nil {
			c.table = cols[x.Index].table
		}
		return true
	})
	if c.table == nil && len(cols) > 0 {
		c.table = cols[0].table
	}
	key := query.Key{Expr: *e}
	_, computed := surgical(e)
	switch {
	case codePrefix(e, cols) && prefixDomain(&key, &cols[e.Args[0].Index]), e.Op == query.OpCase && !computed && caseDomain(&key, cols):
		c.policy, c.null, c.edges = &query.Column{Type: e.Type, Null: key.Null}, key.Null, nil
		for i, v := range key.Domain {
			code := query.Code{Value: v.Text()}
			if len(key.Labels) > 0 {
				code.Label = key.Labels[i]
			}
			c.policy.Domain = append(c.policy.Domain, code)
		}
	case e.Op == query.OpTrunc && e.Args[0].Op == query.OpCol && e.Args[0].Type == dateType:
		if p := cols[e.Args[0].Index].policy; p != nil && p.Lo != nil && p.Hi != nil {
			lo, hi := interp.TruncDate(*p.Lo, e.Unit), interp.TruncDate(*p.Hi, e.Unit)
			c.policy = &query.Column{Type: e.Type, Null: c.null, Lo: &lo, Hi: &hi, Edges: cols[e.Args[0].Index].edges}
			c.edges = c.policy.Edges
		}
	}
	return c
}

// distinctRows is how many different rows of one subject there are at most: where every column is coded, no more than
// the codes allow.
func distinctRows(cols []column, rows int) int {
	different := 1
	for i := range cols {
		switch p := cols[i].policy; {
		case cols[i].key:
		case p == nil || len(p.Domain) == 0:
			return rows
		default:
			different = product(different, p.DomainSize())
		}
	}
	if different > 0 && (rows == 0 || different < rows) {
		return different
	}
	return rows
}

// noEdge is a grid on which no constant lies.
var noEdge = []int64{math.MinInt64}

// merge is what is known of a column that holds the values of several: a constant lies on the grid of each, the public
// code list is that of all of them, and it may be used for what each may be used for.
func merge(list []column) column {
	out := list[0]
	if len(list) == 1 {
		return out
	}
	var all query.Column
	for i, c := range list {
		if c.policy == nil {
			out.policy = nil
			break
		}
		if i == 0 {
			all = query.Column{Name: c.policy.Name, Title: c.policy.Title, Type: c.typ, Domain: slices.Clone(c.policy.Domain), Lo: c.policy.Lo, Hi: c.policy.Hi}
			out.policy = &all
			continue
		}
		all.Domain = codesOf(all.Domain, c.policy.Domain)
		if all.Name != c.policy.Name || all.Title != c.policy.Title {
			all.Name, all.Title = "", ""
		}
		if all.Lo == nil || all.Hi == nil || c.policy.Lo == nil || c.policy.Hi == nil {
			all.Lo, all.Hi = nil, nil
		} else {
			lo, hi := min(*all.Lo, *c.policy.Lo), max(*all.Hi, *c.policy.Hi)
			all.Lo, all.Hi = &lo, &hi
		}
	}
	out.from = nil
	for i, c := range list {
		out.from = append(out.from, c.origins()...)
		if i == 0 {
			continue
		}
		out.null, out.key, out.count = out.null || c.null, out.key && c.key, out.count || c.count
		out.records = append(slices.Clone(out.records), c.records...)
		out.proved = out.proved && c.proved
		if !out.rng.ok || !c.rng.ok {
			out.rng = interval{}
		} else {
			out.rng = out.rng.union(c.rng)
		}
		out.edges = onBoth(out.edges, c.edges)
	}
	out.from = merged(out.from)
	if out.policy != nil {
		out.policy.Null, out.policy.Edges = out.null, out.edges
	}
	return out
}

// codesOf is the code list of two lists, none where one of them is none. Different lists are sorted, so that the order of
// the tables does not show.
func codesOf(a, b []query.Code) []query.Code {
	if len(a) == 0 || len(b) == 0 {
		return nil
	}
	if slices.Equal(a, b) {
		return a
	}
	out := slices.Concat(a, b)
	slices.SortFunc(out, func(a, b query.Code) int {
		return cmp.Or(cmp.Compare(len(a.Value), len(b.Value)), strings.Compare(a.Value, b.Value), strings.Compare(a.Label, b.Label))
	})
	return slices.CompactFunc(out, func(a, b query.Code) bool { return a.Value == b.Value })
}

func onBoth(a, b []int64) []int64 {
	if len(a) == 0 && len(b) == 0 {
		return nil
	}
	out := slices.DeleteFunc(slices.Clone(a), func(n int64) bool { return !slices.Contains(b, n) })
	if len(out) == 0 {
		return noEdge
	}
	return out
}

// gathered lays out a union or DISTINCT: one projection per branch, the branches in order of shape.
func (l *layout) gathered(lf *leaf, used map[int]bool) placed {
	out := placed{where: map[int]int{}, rows: lf.rows}
	var at []int // the columns that are kept; all of them where they decide which rows are the same
	n := 0
	for i, of := range l.b.at {
		if of != lf {
			continue
		}
		if used[i] || i == lf.key || lf.distinct {
			out.where[i] = len(at)
			out.cols = append(out.cols, l.b.cols[i])
			at = append(at, n)
		}
		n++
	}
	type shaped struct {
		rel  *query.Rel
		code []byte
	}
	var parts []shaped
	for i := range lf.sets {
		part := &lf.sets[i]
		var over []*query.Expr
		for _, j := range at {
			over = append(over, &part.exprs[j])
		}
		inner := l.block(part.block, over)
		project := &query.Rel{Op: query.RelProject, In: []*query.Rel{inner.rel}}
		for _, j := range at {
			project.Exprs = append(project.Exprs, inner.place(part.exprs[j]))
		}
		parts = append(parts, shaped{project, l.shape(project)})
	}
	slices.SortStableFunc(parts, func(a, b shaped) int { return bytes.Compare(a.code, b.code) })
	out.rel = parts[0].rel
	if len(parts) > 1 {
		out.rel = &query.Rel{Op: query.RelUnion}
		for _, p := range parts {
			out.rel.In = append(out.rel.In, p.rel)
		}
	}
	if lf.distinct {
		out.rel = &query.Rel{Op: query.RelDistinct, In: []*query.Rel{out.rel}}
	}
	return out
}

// shape is the encoding of a relation with the names of its tables, whose numbers depend on the order of the text.
func (l *layout) shape(r *query.Rel) []byte {
	var b bytes.Buffer
	relations(r, func(x *query.Rel) {
		if x.Op == query.RelScan {
			b.WriteString(l.tables[x.Table].Name + "\x00")
		}
	})
	b.Write(encoding(unnumbered(r)))
	return b.Bytes()
}

func unnumbered(r *query.Rel) *query.Rel {
	out := *r
	out.Table, out.In = 0, nil
	for _, in := range r.In {
		out.In = append(out.In, unnumbered(in))
	}
	return &out
}
