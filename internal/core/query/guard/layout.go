package guard

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"yunei/internal/core/query"
)

// layout turns a bound block into the relations of the model: it decides the order of tables and columns, so that the
// same question has the same shape however it was written.
type layout struct {
	b      *binder
	tables []query.TableRef
	refs   []*query.Table // the policy of each table
}

// placed is a relation with what is known about its columns, and where each column of the binder ended up.
type placed struct {
	rel   *query.Rel
	cols  []column
	where map[int]int
	rows  int // most rows per subject, 0 unknown
}

// block lays out a block for the expressions that will be computed over it.
func (l *layout) block(blk *block, over []*query.Expr) placed {
	used := map[int]bool{}
	mark := func(e *query.Expr) {
		e.Walk(func(x *query.Expr) bool {
			if x.Op == query.OpCol {
				used[x.Index] = true
			}
			return true
		})
	}
	for _, e := range over {
		mark(e)
	}
	for i := range blk.preds {
		mark(&blk.preds[i])
	}
	blk, through := l.dissolved(blk, used)
	clear(used)
	pred := conjunction(blk.preds)
	if pred != nil {
		mark(pred)
	}
	for _, e := range over {
		mark(e)
	}
	for outer, inner := range through {
		used[inner] = used[inner] || used[outer]
	}
	for _, lf := range blk.leaves {
		for _, p := range lf.on {
			used[p.Left], used[p.Right] = true, true
		}
		for i := range lf.preds {
			mark(&lf.preds[i])
		}
	}
	out := l.joined(blk, used)
	for outer, inner := range through {
		if at, ok := out.where[inner]; ok {
			out.where[outer] = at
		}
	}
	if pred != nil {
		moved := out.place(*pred)
		out.rel = &query.Rel{Op: query.RelFilter, In: []*query.Rel{out.rel}, Pred: &moved}
	}
	return out
}

// joined lays out the leaves of a block: first those that meet on the subject key, then each attached one when what it
// is joined to stands, in order of name and shape.
func (l *layout) joined(blk *block, used map[int]bool) placed {
	type part struct {
		leaf   *leaf
		placed placed
	}
	var base, rest []part
	for _, lf := range blk.leaves {
		p := part{lf, l.leaf(lf, used)}
		if len(lf.on) == 0 {
			base = append(base, p)
		} else {
			rest = append(rest, p)
		}
	}
	byShape := func(a, b part) int { return bytes.Compare(l.sortKey(a.placed), l.sortKey(b.placed)) }
	slices.SortStableFunc(base, byShape)
	slices.SortStableFunc(rest, byShape)
	out := base[0].placed
	for _, p := range base[1:] {
		out = join(out, p.placed)
	}
	for len(rest) > 0 {
		i := slices.IndexFunc(rest, func(p part) bool {
			return !slices.ContainsFunc(p.leaf.on, func(pair query.Pair) bool { _, ok := out.where[pair.Right]; return !ok })
		})
		out = l.attached(out, rest[i].placed, rest[i].leaf)
		rest = slices.Delete(rest, i, i+1)
	}
	return out
}

// attached joins a leaf by its own pairs, the subject key first.
func (l *layout) attached(a, b placed, lf *leaf) placed {
	if pred := conjunction(lf.preds); pred != nil {
		moved := b.place(*pred)
		b.rel = &query.Rel{Op: query.RelFilter, In: []*query.Rel{b.rel}, Pred: &moved}
	}
	rows := a.rows
	out := join(a, b)
	var pairs []query.Pair
	for _, p := range lf.on {
		pairs = append(pairs, query.Pair{Left: a.where[p.Right], Right: b.where[p.Left]})
	}
	slices.SortFunc(pairs, func(x, y query.Pair) int { return cmp.Or(x.Right-y.Right, x.Left-y.Left) })
	out.rel.Left, out.rel.Right, out.rel.More, out.rel.Outer = pairs[0].Left, pairs[0].Right, pairs[1:], lf.outer
	if len(out.rel.More) == 0 {
		out.rel.More = nil
	}
	if oneMatch(out.rel, b.cols) {
		out.rows = rows
	}
	if lf.outer {
		for i := len(a.cols); i < len(out.cols); i++ {
			out.cols[i].null = true
		}
	}
	return out
}

// conjunction is all conditions as one, in canonical form; nil when they decide nothing. It is made before columns are
// counted as read: a condition that folds away reads nothing.
func conjunction(preds []query.Expr) *query.Expr {
	if len(preds) == 0 {
		return nil
	}
	pred := preds[0]
	if len(preds) > 1 {
		pred = query.Expr{Op: query.OpAnd, Type: boolType, Args: slices.Clone(preds)}
	}
	pred = canonical(pred)
	if v, isConst := pred.Const(); isConst && v.True() {
		return nil
	}
	return &pred
}

// sortKey orders the tables of a join by name and shape.
func (l *layout) sortKey(p placed) []byte {
	var b bytes.Buffer
	if p.rel.Op == query.RelScan {
		b.WriteString("0" + l.tables[p.rel.Table].Name + "\x00" + strings.Join(p.rel.Columns, "\x00"))
		return b.Bytes()
	}
	b.WriteString("1")
	b.Write(encoding(p.rel))
	return b.Bytes()
}

func (l *layout) leaf(lf *leaf, used map[int]bool) placed {
	switch {
	case lf.through != nil:
		return l.windowed(lf, used)
	case lf.sets != nil:
		return l.gathered(lf, used)
	case lf.inner != nil:
		return l.perSubject(lf, used)
	}
	var names []string
	index := map[string]int{}
	for i, at := range l.b.at {
		if at != lf || !used[i] || i == lf.key {
			continue
		}
		names = append(names, l.b.cols[i].policy.Name)
		index[l.b.cols[i].policy.Name] = i
	}
	slices.Sort(names)
	p := placed{where: map[int]int{}, rows: lf.rows}
	if lf.key >= 0 {
		names = append([]string{lf.table.SubjectKey}, names...)
		index[lf.table.SubjectKey] = lf.key
	}
	for i, name := range names {
		p.where[index[name]] = i
		p.cols = append(p.cols, l.b.cols[index[name]])
	}
	p.rel = &query.Rel{Op: query.RelScan, Table: l.table(lf.table), Columns: names}
	return p
}

// table registers a table of the model; tables are in order of name, see finish.
func (l *layout) table(t *query.Table) int {
	for i := range l.refs {
		if l.refs[i] == t {
			return i
		}
	}
	l.refs = append(l.refs, t)
	l.tables = append(l.tables, query.TableRef{Name: t.Name, Resource: t.Resource, Version: t.SchemaVersion, UnitKind: t.UnitKind, SubjectKey: t.SubjectKey, MaxRows: t.MaxRowsPerSubject, Unique: t.Unique, Columns: []query.ColumnRef{}})
	return len(l.refs) - 1
}

func (l *layout) perSubject(lf *leaf, used map[int]bool) placed {
	type computed struct {
		from int
		agg  query.Agg
		code []byte
	}
	var aggs []computed
	var over []*query.Expr
	n := 0
	for i, at := range l.b.at {
		if at != lf || i == lf.key {
			continue
		}
		if used[i] {
			aggs = append(aggs, computed{from: i, agg: lf.aggs[n]})
			if arg := lf.aggs[n].Arg; arg != nil {
				over = append(over, arg)
			}
		}
		n++
	}
	inner := l.block(lf.inner, over)
	p := placed{where: map[int]int{lf.key: 0}, rows: 1, cols: []column{l.b.cols[lf.key]}}
	p.rel = &query.Rel{Op: query.RelUnitAgg, In: []*query.Rel{inner.rel}, Unit: inner.keyAt()}
	for i := range aggs {
		if a := &aggs[i].agg; a.Arg != nil {
			arg := inner.place(*a.Arg)
			a.Arg = &arg
		}
		aggs[i].code = encoding(&aggs[i].agg)
	}
	slices.SortStableFunc(aggs, func(a, b computed) int { return bytes.Compare(a.code, b.code) })
	for _, c := range aggs {
		p.where[c.from] = len(p.cols)
		p.cols = append(p.cols, l.b.cols[c.from])
		p.rel.Aggs = append(p.rel.Aggs, c.agg)
	}
	return p
}

// keyAt is the first subject key among the columns.
func (p *placed) keyAt() int {
	for i := range p.cols {
		if p.cols[i].key {
			return i
		}
	}
	return -1
}

func join(a, b placed) placed {
	out := placed{where: map[int]int{}, cols: append(slices.Clone(a.cols), b.cols...), rows: product(a.rows, b.rows)}
	for from, to := range a.where {
		out.where[from] = to
	}
	for from, to := range b.where {
		out.where[from] = to + len(a.cols)
	}
	out.rel = &query.Rel{Op: query.RelJoin, In: []*query.Rel{a.rel, b.rel}, Left: a.keyAt(), Right: b.keyAt()}
	return out
}

// place moves an expression from the binder's columns to those of the relation, in canonical form.
func (p *placed) place(e query.Expr) query.Expr { return canonical(p.moved(e)) }

func (p *placed) moved(e query.Expr) query.Expr {
	if e.Op == query.OpCol {
		e.Index = p.where[e.Index]
		return e
	}
	if len(e.Args) > 0 {
		args := make([]query.Expr, len(e.Args))
		for i := range e.Args {
			args[i] = p.moved(e.Args[i])
		}
		e.Args = args
	}
	return e
}

// finish puts the tables of a model in order of name, so that the order of scans in the text does not show.
func (l *layout) finish(m *query.Model) {
	order := make([]int, len(l.tables))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return strings.Compare(l.tables[a].Name, l.tables[b].Name) })
	to := make([]int, len(order))
	for i, old := range order {
		to[old] = i
		m.Tables = append(m.Tables, l.tables[old])
	}
	var visit func(r *query.Rel)
	visit = func(r *query.Rel) {
		if r.Op == query.RelScan {
			r.Table = to[r.Table]
		}
		for _, in := range r.In {
			visit(in)
		}
	}
	visit(m.Root)
}

// clamped moves every column that enters a number into the bounds of its policy, so that nothing a source file holds
// can exceed them. Columns that are only compared with constants, or leave as they are, stay untouched.
func clamped(e query.Expr, cols []column, value bool) query.Expr {
	if e.Op == query.OpCol {
		c := &cols[e.Index]
		if !value || !e.Type.Numeric() && e.Type != dateType || c.proved || !c.rng.ok {
			return e
		}
		at := func(n int64) query.Value { return query.Value{Kind: e.Type.Kind, Scale: e.Type.Scale, N: n} }
		return query.Expr{Op: query.OpClamp, Type: e.Type, Args: []query.Expr{e}, Lits: []query.Value{at(c.rng.lo), at(c.rng.hi)}, At: e.At}
	}
	args := make([]query.Expr, len(e.Args))
	for i := range e.Args {
		args[i] = clamped(e.Args[i], cols, entersNumber(&e, i) && (e.Args[i].Type != dateType || e.Op == query.OpAge || e.Op == query.OpDateDiff))
	}
	if len(args) > 0 {
		e.Args = args
	}
	return e
}

// entersNumber reports whether argument i of e becomes part of a number.
func entersNumber(e *query.Expr, i int) bool {
	switch e.Op {
	case query.OpIsNull, query.OpIn, query.OpClamp:
		return false
	case query.OpEq, query.OpNe, query.OpLt, query.OpLe, query.OpGt, query.OpGe:
		_, constant := e.Args[1].Const()
		return !constant && e.Args[i].Op != query.OpCol
	case query.OpCase:
		return i%2 == 1 || i == len(e.Args)-1
	}
	return true
}
