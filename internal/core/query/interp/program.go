package interp

import (
	"encoding/binary"
	"fmt"

	"yunei/internal/core/query"
	"yunei/internal/core/query/step"
)

// Rows are rows of one table, in the order of Columns.
type Rows struct {
	Columns []string
	Rows    [][]query.Value
}

// Data are the rows a model runs over, by table name. For class B they are the rows of one subject.
type Data map[string]Rows

// Program is a compiled model. It holds no rows and may be used by many goroutines at once.
type Program struct {
	model *query.Model
	root  *node
	step  *step.Machine // nil without one
}

// node is one relation ready to run.
type node struct {
	rel   *query.Rel
	table *query.TableRef // scan
	in    []*node
	pred  number
	exprs []*compiled
	keys  []compiledKey
	aggs  []*compiled // the arguments; nil where an aggregate has none
	wins  []compiledWin
	width int
}

type compiledKey struct {
	expr  *compiled
	index map[cell]int
	null  int // position of NULL, -1 when rows without a value are dropped
	size  int
}

// Compile checks the model and prepares it to run.
func Compile(m *query.Model) (*Program, error) { return CompileStep(m, nil) }

// CompileStep is Compile of a model with the module that its step names.
func CompileStep(m *query.Model, module []byte) (*Program, error) {
	if err := m.Validate(); err != nil {
		return nil, err
	}
	root, err := build(m, m.Root)
	if err != nil {
		return nil, err
	}
	p := &Program{model: m, root: root}
	if m.Step != nil {
		p.step, err = step.New(module, m.Step, m.Outputs)
	}
	return p, err
}

func build(m *query.Model, r *query.Rel) (*node, error) {
	n := &node{rel: r}
	for _, child := range r.In {
		c, err := build(m, child)
		if err != nil {
			return nil, err
		}
		n.in = append(n.in, c)
	}
	schema, err := m.Schema(r)
	if err != nil {
		return nil, err
	}
	n.width = len(schema)
	if r.Op == query.RelScan {
		n.table = &m.Tables[r.Table]
	}
	if r.Pred != nil {
		pred, err := compile(r.Pred)
		if err != nil {
			return nil, err
		}
		n.pred = pred.num
	}
	for i := range r.Exprs {
		e, err := compile(&r.Exprs[i])
		if err != nil {
			return nil, err
		}
		n.exprs = append(n.exprs, e)
	}
	for i := range r.Wins {
		w, err := buildWin(&r.Wins[i])
		if err != nil {
			return nil, err
		}
		n.wins = append(n.wins, w)
	}
	for i := range r.Keys {
		k, err := buildKey(&r.Keys[i])
		if err != nil {
			return nil, err
		}
		n.keys = append(n.keys, k)
	}
	for i := range r.Aggs {
		var arg *compiled
		if r.Aggs[i].Arg != nil {
			if arg, err = compile(r.Aggs[i].Arg); err != nil {
				return nil, err
			}
		}
		n.aggs = append(n.aggs, arg)
	}
	return n, nil
}

func buildKey(k *query.Key) (compiledKey, error) {
	e, err := compile(&k.Expr)
	if err != nil {
		return compiledKey{}, err
	}
	c := compiledKey{expr: e, index: map[cell]int{}, null: -1, size: k.Size()}
	for i, v := range k.Domain {
		c.index[cellOf(v)] = i
	}
	if k.Null {
		c.null = len(k.Domain)
	}
	return c, nil
}

// run gives the rows of a relation below a reduce.
func (n *node) run(data Data, subject string) ([][]cell, error) {
	switch n.rel.Op {
	case query.RelScan:
		return n.scan(data)
	case query.RelFilter:
		return n.filter(data, subject)
	case query.RelJoin:
		return n.join(data, subject)
	case query.RelProject:
		return n.project(data, subject)
	case query.RelUnitAgg:
		return n.unitAgg(data, subject)
	case query.RelWindow:
		return n.window(data, subject)
	case query.RelUnion:
		return n.union(data, subject)
	case query.RelDistinct:
		return n.distinct(data, subject)
	case query.RelGroup:
		return n.group(data)
	}
	return nil, fmt.Errorf("relation %q cannot be run here", n.rel.Op)
}

func (n *node) scan(data Data) ([][]cell, error) {
	rows, ok := data[n.table.Name]
	if !ok {
		return nil, nil
	}
	at := make([]int, len(n.rel.Columns))
	key := -1
	for i, name := range n.rel.Columns {
		at[i] = -1
		for j, have := range rows.Columns {
			if have == name {
				at[i] = j
			}
		}
		if at[i] < 0 {
			return nil, fmt.Errorf("rows of %s have no column %q", n.table.Name, name)
		}
		if name == n.table.SubjectKey {
			key = i
		}
	}
	out := make([][]cell, 0, len(rows.Rows))
	cells := make([]cell, len(at)*len(rows.Rows))
	for _, row := range rows.Rows {
		c := cells[:len(at):len(at)]
		cells = cells[len(at):]
		for i, j := range at {
			c[i] = cellOf(row[j])
		}
		if key < 0 || !c[key].null {
			out = append(out, c)
		}
	}
	return out, nil
}

func (n *node) filter(data Data, subject string) ([][]cell, error) {
	rows, err := n.in[0].run(data, subject)
	if err != nil {
		return nil, err
	}
	kept := rows[:0]
	f := frame{subject: subject}
	for _, row := range rows {
		f.row = row
		if v, null := n.pred(&f); !null && v == 1 {
			kept = append(kept, row)
		}
	}
	return kept, nil
}

func (n *node) join(data Data, subject string) ([][]cell, error) {
	left, err := n.in[0].run(data, subject)
	if err != nil {
		return nil, err
	}
	right, err := n.in[1].run(data, subject)
	if err != nil {
		return nil, err
	}
	pairs := n.rel.Pairs()
	byKey := make(map[string][][]cell, len(right))
	for _, row := range right {
		if k, ok := joinKey(row, pairs, func(p query.Pair) int { return p.Right }); ok {
			byKey[k] = append(byKey[k], row)
		}
	}
	nothing := make([]cell, n.width-n.in[0].width)
	for i := range nothing {
		nothing[i].null = true
	}
	var out [][]cell
	for _, l := range left {
		k, ok := joinKey(l, pairs, func(p query.Pair) int { return p.Left })
		matches := byKey[k]
		if !ok {
			matches = nil
		}
		if len(matches) == 0 && n.rel.Outer {
			matches = [][]cell{nothing}
		}
		for _, r := range matches {
			out = append(out, append(append(make([]cell, 0, n.width), l...), r...))
		}
	}
	return out, nil
}

// joinKey writes the compared columns of a row as one string; ok is false where one is NULL, which equals nothing.
func joinKey(row []cell, pairs []query.Pair, side func(query.Pair) int) (key string, ok bool) {
	var b []byte
	for _, p := range pairs {
		c := row[side(p)]
		if c.null {
			return "", false
		}
		b = c.encode(b)
	}
	return string(b), true
}

// encode appends the cell so that no two cells, nor two rows of cells, read the same.
func (c cell) encode(b []byte) []byte {
	if c.null {
		return append(b, 0)
	}
	b = binary.AppendVarint(append(b, 1), c.n)
	b = binary.AppendUvarint(b, uint64(len(c.s)))
	return append(b, c.s...)
}

func (n *node) project(data Data, subject string) ([][]cell, error) {
	rows, err := n.in[0].run(data, subject)
	if err != nil {
		return nil, err
	}
	f := frame{subject: subject}
	out := make([][]cell, len(rows))
	for i, row := range rows {
		f.row = row
		out[i] = make([]cell, len(n.exprs))
		for j, e := range n.exprs {
			out[i][j] = e.run(&f)
		}
	}
	return out, nil
}

// unitAgg makes one row per subject, in the order in which subjects first occur.
func (n *node) unitAgg(data Data, subject string) ([][]cell, error) {
	rows, err := n.in[0].run(data, subject)
	if err != nil {
		return nil, err
	}
	var out [][]cell
	at := map[string][]cell{}
	f := frame{subject: subject}
	for _, row := range rows {
		key := row[n.rel.Unit]
		if key.null {
			continue
		}
		acc, ok := at[key.s]
		if !ok {
			acc = n.startUnit(key)
			at[key.s] = acc
			out = append(out, acc)
		}
		f.row = row
		for i := range n.rel.Aggs {
			accumulate(&acc[i+1], &n.rel.Aggs[i], n.aggs[i], &f)
		}
	}
	return out, nil
}

func (n *node) startUnit(key cell) []cell {
	acc := make([]cell, 1+len(n.rel.Aggs))
	acc[0] = key
	for i, a := range n.rel.Aggs {
		acc[i+1].null = a.Func == query.AggSum || a.Func == query.AggMin || a.Func == query.AggMax
	}
	return acc
}

// accumulate adds one row to an aggregate over one subject's rows: as in SQL, a sum, least or greatest of nothing is
// NULL and a count of nothing 0.
func accumulate(acc *cell, a *query.Agg, arg *compiled, f *frame) {
	switch a.Func {
	case query.AggRows:
		acc.n++
		return
	case query.AggUnits:
		acc.n = 1
		return
	}
	v := arg.run(f)
	if v.null {
		return
	}
	switch {
	case a.Func == query.AggCount:
		acc.n++
	case acc.null:
		*acc = v
	case a.Func == query.AggSum:
		acc.n += v.n
	case a.Func == query.AggMin && less(v, *acc), a.Func == query.AggMax && less(*acc, v):
		*acc = v
	}
}

func less(a, b cell) bool {
	if a.n != b.n {
		return a.n < b.n
	}
	return a.s < b.s
}
