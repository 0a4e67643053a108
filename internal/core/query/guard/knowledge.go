package guard

import (
	"fmt"
	"slices"

	"yunei/internal/core/query"
)

// knowledge is a model seen with today's policy: what is known about every column of every relation. It is computed
// anew from the model, so that the checks need not trust the binder that made it.
type knowledge struct {
	model   *query.Model
	tables  []*query.Table
	columns map[*query.Rel][]column
	rows    map[*query.Rel]int // most rows per subject, 0 unknown
}

// know fails when the policy no longer has a table or column the model was approved for, or in another version.
func know(m *query.Model, cat query.Catalog) (*knowledge, error) {
	k := &knowledge{model: m, columns: map[*query.Rel][]column{}, rows: map[*query.Rel]int{}}
	for i := range m.Tables {
		ref := &m.Tables[i]
		t, ok := cat.Table(ref.Name)
		if !ok || t.Resource != ref.Resource || t.SchemaVersion != ref.Version || t.UnitKind != ref.UnitKind || t.SubjectKey != ref.SubjectKey || !slices.Equal(t.Unique, ref.Unique) {
			return nil, fmt.Errorf("%s", ref.Name)
		}
		for _, c := range ref.Columns {
			now, ok := t.Column(c.Name)
			if !ok || now.Type != c.Type || now.Null && !c.Null {
				return nil, fmt.Errorf("%s.%s", ref.Name, c.Name)
			}
		}
		k.tables = append(k.tables, t)
	}
	k.visit(m.Root)
	return k, nil
}

func (k *knowledge) cols(r *query.Rel) []column { return k.columns[r] }

func (k *knowledge) policyOf(table, column string) (*query.Column, bool) {
	for _, t := range k.tables {
		if t.Name == table {
			return t.Column(column)
		}
	}
	return nil, false
}

func (k *knowledge) visit(r *query.Rel) {
	for _, in := range r.In {
		k.visit(in)
	}
	switch r.Op {
	case query.RelScan:
		t := k.tables[r.Table]
		for _, name := range r.Columns {
			c, _ := t.Column(name)
			k.columns[r] = append(k.columns[r], scanned(t, c))
		}
		k.rows[r] = t.MaxRowsPerSubject
	case query.RelJoin:
		left, right := k.cols(r.In[0]), slices.Clone(k.cols(r.In[1]))
		k.rows[r] = product(k.rows[r.In[0]], k.rows[r.In[1]])
		if oneMatch(r, right) {
			k.rows[r] = k.rows[r.In[0]]
		}
		for i := range right {
			right[i].null = right[i].null || r.Outer
		}
		k.columns[r] = append(slices.Clone(left), right...)
	case query.RelFilter:
		k.columns[r] = k.cols(r.In[0])
		k.rows[r] = k.rows[r.In[0]]
	case query.RelUnitAgg:
		in := k.cols(r.In[0])
		k.columns[r] = []column{in[r.Unit]}
		for i := range r.Aggs {
			k.columns[r] = append(k.columns[r], aggregated(&r.Aggs[i], in, in[r.Unit].table, k.rows[r.In[0]], rowSources(r.In[0], k)))
		}
		k.countRecords(r)
		k.rows[r] = 1
	case query.RelWindow:
		in := k.cols(r.In[0])
		k.columns[r] = slices.Clone(in)
		for i := range r.Wins {
			k.columns[r] = append(k.columns[r], ranked(&r.Wins[i], in, in[r.Unit].table, k.rows[r.In[0]], rowSources(r.In[0], k)))
		}
		k.countRecords(r)
		k.rows[r] = k.rows[r.In[0]]
	case query.RelProject:
		for i := range r.Exprs {
			k.columns[r] = append(k.columns[r], derived(&r.Exprs[i], k.cols(r.In[0])))
		}
		k.countRecords(r)
		k.rows[r] = k.rows[r.In[0]]
	case query.RelDistinct:
		k.columns[r] = k.cols(r.In[0])
		k.rows[r] = distinctRows(k.cols(r), k.rows[r.In[0]])
	case query.RelUnion:
		for i := range k.cols(r.In[0]) {
			var same []column
			for _, in := range r.In {
				same = append(same, k.cols(in)[i])
			}
			k.columns[r] = append(k.columns[r], merge(same))
		}
		for i, in := range r.In {
			k.rows[r] = plus(k.rows[r], k.rows[in], i == 0)
		}
	default:
		k.columns[r] = k.cols(r.In[0])
		k.rows[r] = k.rows[r.In[0]]
	}
}

// countRecords names, at each column that counts records, the tables whose records they are.
func (k *knowledge) countRecords(r *query.Rel) {
	var names []string
	relations(r, func(x *query.Rel) {
		if x.Op == query.RelScan && k.tables[x.Table].Private() && !slices.Contains(names, k.tables[x.Table].Name) {
			names = append(names, k.tables[x.Table].Name)
		}
	})
	slices.Sort(names)
	for i := range k.columns[r] {
		if c := &k.columns[r][i]; c.count && c.records == nil {
			c.records = names
		}
	}
}

// ofRecords reports whether an expression is made of numbers of records.
func ofRecords(e *query.Expr, cols []column) bool {
	found := false
	e.Walk(func(x *query.Expr) bool {
		found = found || x.Op == query.OpCol && cols[x.Index].count
		return true
	})
	return found
}

// oneMatch reports whether a row on the left of a join meets one row on the right at most: the right side is one table
// (or its filtered rows) and the compared columns name one of its rows.
func oneMatch(r *query.Rel, right []column) bool {
	below := r.In[1]
	for below.Op == query.RelFilter {
		below = below.In[0]
	}
	if below.Op != query.RelScan {
		return false
	}
	var names []string
	keyed := false
	for _, p := range r.Pairs() {
		c := &right[p.Right]
		keyed = keyed || c.key
		if c.policy != nil {
			names = append(names, c.policy.Name)
		}
	}
	t := right[0].table
	return (keyed || !t.Private()) && namesRow(t, names)
}

// maxRows is how many rows of one subject a join may make.
const maxRows = 100_000

// product is the rows per subject of a join; 0, unknown, when either side is unknown or there are too many.
func product(a, b int) int {
	if a > maxRows || b > maxRows || a*b > maxRows {
		return 0
	}
	return a * b
}

// aggregated is what is known about an aggregate over one subject's rows, of which there are at most rows (0: unknown).
func aggregated(a *query.Agg, in []column, t *query.Table, rows int, filters []query.Source) column {
	c := column{table: t, typ: a.Type, proved: true, from: filters}
	if a.Arg != nil {
		c.from = merged(append(sources(a.Arg, in, query.WayValue), filters...))
	}
	n := interval{0, int64(rows), rows > 0}
	switch a.Func {
	case query.AggRows, query.AggCount, query.AggUnits:
		c.rng, c.count = n, true
		if rows == 0 {
			c.rng = interval{0, 1 << 40, true}
		}
		return c
	case query.AggSum:
		r := rangeOf(a.Arg, in)
		c.rng = r.times(interval{1, int64(rows), rows > 0 && r.ok}).union(r)
		if rows == 0 {
			c.rng = interval{}
		}
	default:
		c.rng = rangeOf(a.Arg, in)
	}
	c.null = nullable(a.Arg, in)
	c.proved, c.count = c.rng.ok, ofRecords(a.Arg, in)
	c.edges = valueEdges(a.Arg, in)
	return c
}

// valueEdges are the cut points of all columns that enter the value of an expression.
func valueEdges(e *query.Expr, cols []column) []int64 {
	if e.Op == query.OpCol {
		return cols[e.Index].edges
	}
	var out []int64
	for i := range e.Args {
		if !decides(e, i) {
			out = append(out, valueEdges(&e.Args[i], cols)...)
		}
	}
	return out
}
