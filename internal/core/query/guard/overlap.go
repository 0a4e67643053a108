package guard

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"yunei/internal/core/query"
)

// Overlap is how the rows that one class A question counts lie to those of another. It is decided from their conditions
// alone, on any data and on none; what the algebra does not recognize is Crossing.
type Overlap string

// The overlaps, the riskiest for a difference of two answers first.
const (
	Narrower Overlap = "narrower" // every row the question counts is counted by the other as well
	Wider    Overlap = "wider"    // and the other way round
	SameRows Overlap = "same"
	Crossing Overlap = "crossing"
	Apart    Overlap = "apart" // no row can be in both
)

var overlapOrder = []Overlap{Narrower, Wider, SameRows, Crossing, Apart}

// Meeting compares two questions: how their rows overlap, and by which conditions they differ.
type Meeting struct {
	Overlap Overlap
	Differ  []string
}

// Worse reports whether a meeting says more about a difference of the answers than another.
func (m Meeting) Worse(o Meeting) bool {
	return cmp.Or(cmp.Compare(slices.Index(overlapOrder, m.Overlap), slices.Index(overlapOrder, o.Overlap)), cmp.Compare(len(m.Differ), len(o.Differ))) < 0
}

// Meet compares a question with another one.
func Meet(m, other *query.Model) Meeting {
	a, b := rowsOf(m), rowsOf(other)
	out := Meeting{Overlap: Crossing, Differ: a.differ(b)}
	within, around := a.implies(b), b.implies(a)
	switch {
	case a.apart(b):
		out.Overlap = Apart
	case within && around:
		out.Overlap = SameRows
	case within:
		out.Overlap = Narrower
	case around:
		out.Overlap = Wider
	}
	return out
}

// counted says which rows a question counts: a conjunction of constraints on expressions over base columns, by the
// expression's text, and of conditions that are compared by their text only.
type counted struct {
	on     map[string]constraint
	opaque map[string]string // text -> how it is called in evidence
}

// constraint is what conditions leave of one expression.
type constraint struct {
	name   string
	lo, hi int64 // lo <= x < hi
	in     []query.Value
	listed bool // x is one of in
	out    []query.Value
	prefix string
}

func rowsOf(m *query.Model) counted {
	c := counted{on: map[string]constraint{}, opaque: map[string]string{}}
	if len(m.Root.In) > 0 {
		c.walk(m, m.Root.In[0])
	}
	return c
}

// base is a column of a table as a leaf of its own, so that equal columns of two models are equal.
func base(name string, t query.Type) query.Expr {
	return query.Expr{Op: query.OpCol, Type: t, Unit: name}
}

// walk gathers the conditions below a relation and gives its columns as expressions over base columns. Inner joins and
// filters take rows away; what else a relation does makes columns of its own.
func (c *counted) walk(m *query.Model, r *query.Rel) []query.Expr {
	switch r.Op {
	case query.RelScan:
		t := &m.Tables[r.Table]
		c.opaque["scan "+t.Resource] = t.Name
		out := make([]query.Expr, len(r.Columns))
		for i, name := range r.Columns {
			ref, _ := t.Column(name)
			out[i] = base(t.Resource+"."+name, ref.Type)
		}
		return out
	case query.RelFilter:
		cols := c.walk(m, r.In[0])
		c.add(canonical(over(*r.Pred, cols)))
		return cols
	case query.RelProject:
		cols := c.walk(m, r.In[0])
		out := make([]query.Expr, len(r.Exprs))
		for i := range r.Exprs {
			out[i] = over(r.Exprs[i], cols)
		}
		return out
	case query.RelDistinct:
		return c.walk(m, r.In[0])
	case query.RelJoin:
		left := c.walk(m, r.In[0])
		if r.Outer { // takes no row away
			return append(left, made(m, r, r.In[1])...)
		}
		right := c.walk(m, r.In[1])
		for _, p := range r.Pairs() {
			pair := []string{string(encoding(&left[p.Left])), string(encoding(&right[p.Right]))}
			slices.Sort(pair)
			c.opaque["join "+strings.Join(pair, " ")] = leaves(&left[p.Left])
		}
		return append(left, right...)
	case query.RelWindow:
		return append(c.walk(m, r.In[0]), made(m, r, r)[len(made(m, r.In[0], r.In[0])):]...)
	}
	out := made(m, r, r)
	c.opaque[out[0].Unit] = string(r.Op)
	return out
}

// made are the columns of a relation that conditions are not followed into, named by what makes them.
func made(m *query.Model, by, r *query.Rel) []query.Expr {
	schema, err := m.Schema(r)
	if err != nil {
		return nil
	}
	text := string(encoding(unnumbered(by)))
	relations(by, func(x *query.Rel) {
		if x.Op == query.RelScan {
			text = m.Tables[x.Table].Resource + " " + text
		}
	})
	out := make([]query.Expr, len(schema))
	for i, t := range schema {
		out[i] = base(fmt.Sprintf("%s(%d) %s", r.Op, i+1, text), t)
	}
	return out
}

// over writes an expression over base columns.
func over(e query.Expr, cols []query.Expr) query.Expr {
	if e.Op == query.OpCol {
		if e.Unit == "" && e.Index < len(cols) {
			return cols[e.Index]
		}
		return e
	}
	e.Args = slices.Clone(e.Args)
	for i := range e.Args {
		e.Args[i] = over(e.Args[i], cols)
	}
	return e
}

// leaves names the base columns of an expression.
func leaves(e *query.Expr) string {
	var names []string
	e.Walk(func(x *query.Expr) bool {
		if x.Op == query.OpCol {
			name, _, _ := strings.Cut(x.Unit, " ")
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
		return true
	})
	return strings.Join(names, "、")
}

// add takes one condition into the conjunction.
func (c *counted) add(e query.Expr) {
	if e.Op == query.OpAnd {
		for _, a := range e.Args {
			c.add(a)
		}
		return
	}
	on := constraint{lo: math.MinInt64, hi: math.MaxInt64}
	known := len(e.Args) > 0
	lits := e.Lits
	if len(e.Args) == 2 {
		v, isConst := e.Args[1].Const()
		known = isConst && !v.IsNull()
		lits = []query.Value{v}
	}
	switch {
	case !known:
	case e.Op == query.OpGe && lits[0].Type().Ordered():
		on.lo = lits[0].N
	case e.Op == query.OpLt && lits[0].Type().Ordered():
		on.hi = lits[0].N
	case e.Op == query.OpEq || e.Op == query.OpIn:
		on.in, on.listed = lits, true
	case e.Op == query.OpNe:
		on.out = lits
	case e.Op == query.OpPrefix:
		on.prefix = lits[0].S
	default:
		known = false
	}
	if !known {
		c.opaque[string(encoding(&e))] = leaves(&e)
		return
	}
	text := string(encoding(&e.Args[0]))
	on.name = leaves(&e.Args[0])
	if have, ok := c.on[text]; ok {
		on = have.and(on)
	}
	c.on[text] = on
}

func (c constraint) and(d constraint) constraint {
	out := constraint{name: c.name, lo: max(c.lo, d.lo), hi: min(c.hi, d.hi), out: append(slices.Clone(c.out), d.out...), prefix: c.prefix}
	if len(d.prefix) > len(out.prefix) {
		out.prefix = d.prefix
	}
	switch {
	case c.listed && d.listed:
		out.listed = true
		for _, v := range c.in {
			if slices.Contains(d.in, v) {
				out.in = append(out.in, v)
			}
		}
	case c.listed || d.listed:
		out.in, out.listed = append(slices.Clone(c.in), d.in...), true
	}
	return out
}

// has reports whether a value satisfies the constraint.
func (c constraint) has(v query.Value) bool {
	if c.listed && !slices.Contains(c.in, v) || slices.Contains(c.out, v) {
		return false
	}
	if v.Type().Ordered() {
		return v.N >= c.lo && (v.N < c.hi || c.hi == math.MaxInt64)
	}
	return strings.HasPrefix(v.S, c.prefix)
}

// implies reports whether whatever satisfies c satisfies d.
func (c constraint) implies(d constraint) bool {
	if c.listed {
		return !slices.ContainsFunc(c.in, func(v query.Value) bool { return c.has(v) && !d.has(v) })
	}
	return !d.listed && c.lo >= d.lo && c.hi <= d.hi && strings.HasPrefix(c.prefix, d.prefix) &&
		!slices.ContainsFunc(d.out, func(v query.Value) bool { return c.has(v) })
}

// apart reports whether nothing satisfies both.
func (c constraint) apart(d constraint) bool {
	for _, pair := range [][2]constraint{{c, d}, {d, c}} {
		if x, y := pair[0], pair[1]; x.listed && !slices.ContainsFunc(x.in, func(v query.Value) bool { return x.has(v) && y.has(v) }) {
			return true
		}
	}
	return max(c.lo, d.lo) >= min(c.hi, d.hi) || !strings.HasPrefix(c.prefix, d.prefix) && !strings.HasPrefix(d.prefix, c.prefix)
}

func (c counted) implies(d counted) bool {
	for text, on := range d.on {
		if have, ok := c.on[text]; !ok || !have.implies(on) {
			return false
		}
	}
	for text := range d.opaque {
		if _, ok := c.opaque[text]; !ok {
			return false
		}
	}
	return true
}

func (c counted) apart(d counted) bool {
	for text, on := range c.on {
		if other, ok := d.on[text]; ok && on.apart(other) {
			return true
		}
	}
	return false
}

// differ names what only one of the two is restricted by, or both differently.
func (c counted) differ(d counted) []string {
	names := map[string]bool{}
	add := func(list string) {
		for _, name := range strings.Split(list, "、") {
			names[name] = true
		}
	}
	for _, pair := range [][2]counted{{c, d}, {d, c}} {
		for text, on := range pair[0].on {
			if other, ok := pair[1].on[text]; !ok || !on.implies(other) || !other.implies(on) {
				add(on.name)
			}
		}
		for text, name := range pair[0].opaque {
			if _, ok := pair[1].opaque[text]; !ok {
				add(name)
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}
