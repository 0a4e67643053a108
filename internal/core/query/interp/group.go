package interp

import (
	"fmt"
	"math/big"
	"math/bits"
	"slices"

	"yunei/internal/core/query"
)

// group gathers the rows of open tables, in the order in which groups first occur. Without grouping expressions there is
// one group, also of no rows.
func (n *node) group(data Data) ([][]cell, error) {
	rows, err := n.in[0].run(data, "")
	if err != nil {
		return nil, err
	}
	var out []*gathered
	at := map[string]*gathered{}
	if len(n.exprs) == 0 {
		out = append(out, n.startGroup(nil))
		at[""] = out[0]
	}
	var f frame
	for _, row := range rows {
		f.row = row
		key := make([]cell, len(n.exprs))
		var code []byte
		for i, e := range n.exprs {
			key[i] = e.run(&f)
			code = key[i].encode(code)
		}
		g, ok := at[string(code)]
		if !ok {
			g = n.startGroup(key)
			at[string(code)] = g
			out = append(out, g)
		}
		for i := range n.rel.Aggs {
			g.add(i, &n.rel.Aggs[i], n.aggs[i], &f)
		}
	}
	cells := make([][]cell, len(out))
	for i, g := range out {
		cells[i] = g.finish(n.rel.Aggs)
	}
	return cells, nil
}

// gathered is one group under way: its key, then one cell per aggregate. Sums are of 128 bits until the end.
type gathered struct {
	row  []cell
	keys int
	sums []wide
}

func (n *node) startGroup(key []cell) *gathered {
	start := n.startUnit(cell{})
	return &gathered{row: append(key, start[1:]...), keys: len(key), sums: make([]wide, len(n.rel.Aggs))}
}

func (g *gathered) add(i int, a *query.Agg, arg *compiled, f *frame) {
	acc := &g.row[g.keys+i]
	if a.Func != query.AggSum {
		accumulate(acc, a, arg, f)
		return
	}
	if v := arg.run(f); !v.null {
		acc.null = false
		g.sums[i].add(v.n)
	}
}

func (g *gathered) finish(aggs []query.Agg) []cell {
	for i := range aggs {
		if aggs[i].Func == query.AggSum {
			g.row[g.keys+i].n = g.sums[i].saturated()
		}
	}
	return g.row
}

// wide is a sum that no number of rows can overflow.
type wide struct {
	hi int64
	lo uint64
}

func (w *wide) add(n int64) {
	lo, carry := bits.Add64(w.lo, uint64(n), 0)
	w.lo, w.hi = lo, w.hi+n>>63+int64(carry)
}

// saturated stops at 2^62, as the engine's rendering of a sum does.
func (w *wide) saturated() int64 {
	const limit = 1 << 62
	switch {
	case w.hi < -1 || w.hi == -1 && int64(w.lo) >= 0 || w.hi == -1 && int64(w.lo) < -limit:
		return -limit
	case w.hi > 0 || w.hi == 0 && w.lo > limit:
		return limit
	}
	return int64(w.lo)
}

// output is one column of a class O answer.
func (p *Program) output(o *query.Output, row []cell) query.Value {
	keys := len(p.model.Root.Exprs)
	switch o.Kind {
	case query.OutAgg:
		return row[keys+o.Index].value(o.Type)
	case query.OutRatio:
		num, den := row[keys+o.Index], row[keys+o.Over]
		if num.null || den.null || den.n <= 0 {
			return query.Null
		}
		a, b := &p.model.Root.Aggs[o.Index], &p.model.Root.Aggs[o.Over]
		if q := quotient(num.n, den.n, o.Type.Scale+b.Type.Scale-a.Type.Scale); q.IsInt64() {
			return cell{n: q.Int64()}.value(o.Type)
		}
		return query.Null
	}
	return row[o.Index].value(o.Type)
}

// quotient is n / d times 10^places, rounded half away from zero; d is positive.
func quotient(n, d int64, places int) *big.Int {
	x, y := big.NewInt(n), big.NewInt(d)
	if places >= 0 {
		x.Mul(x, big.NewInt(query.Pow10(places)))
	} else {
		y.Mul(y, big.NewInt(query.Pow10(-places)))
	}
	half := new(big.Int).Quo(y, big.NewInt(2))
	if x.Sign() < 0 {
		half.Neg(half)
	}
	return x.Add(x, half).Quo(x, y)
}

// Shown applies the HAVING, ORDER BY, OFFSET and LIMIT of a class O model to its rows.
func Shown(p *query.Post, rows [][]query.Value) ([][]query.Value, error) {
	if p == nil {
		return rows, nil
	}
	if p.Having != nil {
		f, err := NewFunc(p.Having)
		if err != nil {
			return nil, fmt.Errorf("having: %w", err)
		}
		rows = slices.DeleteFunc(rows, func(row []query.Value) bool { return !f.Eval(row).True() })
	}
	slices.SortStableFunc(rows, func(a, b []query.Value) int {
		for _, o := range p.Order {
			if c := a[o.Output].Compare(b[o.Output]); c != 0 && o.Desc {
				return -c
			} else if c != 0 {
				return c
			}
		}
		return 0
	})
	rows = rows[min(p.Offset, len(rows)):]
	if p.Limit != nil {
		rows = rows[:min(*p.Limit, len(rows))]
	}
	return rows, nil
}
