package synth

import (
	"math/rand/v2"
	"slices"

	"yunei/internal/core/query"
)

// attr is a column cut into public bins: the codes of its list, or the ranges between its cut points. What the bins
// are is the policy's; no row decides one.
type attr struct {
	name   string
	typ    query.Type
	values []query.Value // one value a bin
	cuts   []int64       // else bin i is [cuts[i], cuts[i+1])
	null   bool          // NULL is the last code
}

// evenBins is how many bins a bounded column without cut points has; a code list of whole numbers up to fineBins
// values keeps each.
const (
	evenBins = 16
	fineBins = 32
)

func (a *attr) bins() int {
	if a.values != nil {
		return len(a.values)
	}
	return len(a.cuts) - 1
}

func (a *attr) size() int {
	if a.null {
		return a.bins() + 1
	}
	return a.bins()
}

// attrOf is nil for a column that no aggregate may be made of, or whose bins are not public: text without a code
// list, a number without bounds, what the policy keeps out of every aggregate.
func attrOf(c *query.Column) *attr {
	if c.Role == query.SubjectKey || c.Grade.National == query.Core ||
		!c.Allows(query.AfterGroupBy) && !c.Allows(query.AfterAggregate) && !c.Allows(query.AfterCompare) {
		return nil
	}
	a := &attr{name: c.Name, typ: c.Type, null: c.Null}
	switch {
	case len(c.Domain) > 0:
		for _, code := range c.Domain {
			if v, err := query.ParseValue(c.Type, code.Value); err == nil && !slices.Contains(a.values, v) {
				a.values = append(a.values, v)
			}
		}
	case c.Type.Kind == query.Bool:
		a.values = []query.Value{query.BoolValue(false), query.BoolValue(true)}
	case c.Type.Ordered() && (len(c.Edges) > 0 || c.Lo != nil && c.Hi != nil):
		a.cuts = cutsOf(c)
	}
	if a.bins() < 1 || a.size() < 2 {
		return nil
	}
	return a
}

func cutsOf(c *query.Column) []int64 {
	lo, hi := span(c)
	if lo >= hi {
		return nil
	}
	cuts := []int64{lo}
	for _, e := range c.Edges {
		if e > cuts[len(cuts)-1] && e <= hi {
			cuts = append(cuts, e)
		}
	}
	if width := uint64(hi) - uint64(lo) + 1; len(cuts) == 1 && width > 0 && width < 1<<62 {
		n := uint64(evenBins)
		if width <= fineBins {
			n = width
		}
		for i := uint64(1); i < n; i++ {
			if at := lo + int64(width/n*i+width%n*i/n); at > cuts[len(cuts)-1] {
				cuts = append(cuts, at)
			}
		}
	}
	return append(cuts, hi+1)
}

var intType, boolType = query.Type{Kind: query.Int}, query.Type{Kind: query.Bool}

// key is the column's bin as a grouping of the engine.
func (a *attr) key(x query.Expr) query.Key {
	if a.values != nil {
		return query.Key{Expr: x, Domain: a.values, Null: a.null}
	}
	k := query.Key{Null: a.null}
	for i := range a.bins() {
		k.Domain = append(k.Domain, query.IntValue(int64(i)))
	}
	e := query.Expr{Op: query.OpCase, Type: intType}
	if a.null {
		e.Args = append(e.Args, query.Expr{Op: query.OpIsNull, Type: boolType, Args: []query.Expr{x}}, query.NullOf(intType))
	}
	for i := range a.bins() - 1 {
		cut := query.Lit(query.Value{Kind: a.typ.Kind, Scale: a.typ.Scale, N: a.cuts[i+1]})
		e.Args = append(e.Args, query.Expr{Op: query.OpLt, Type: boolType, Args: []query.Expr{x, cut}}, query.Lit(query.IntValue(int64(i))))
	}
	last := query.Lit(query.IntValue(int64(a.bins() - 1)))
	if k.Expr = last; len(e.Args) > 0 {
		e.Args = append(e.Args, last)
		k.Expr = e
	}
	return k
}

// code is the bin of a value, -1 for one that is in none.
func (a *attr) code(v query.Value) int {
	switch {
	case v.IsNull() && a.null:
		return a.bins()
	case v.IsNull():
		return -1
	case a.values != nil:
		if i := slices.Index(a.values, v); i >= 0 || !a.null {
			return i
		}
		return a.bins()
	}
	i := 0
	for i < a.bins()-1 && v.N >= a.cuts[i+1] {
		i++
	}
	return i
}

// draw makes a value of a bin, uniform in its range.
func (a *attr) draw(r *rand.Rand, code int) query.Value {
	switch {
	case code >= a.bins():
		return query.Null
	case a.values != nil:
		return a.values[code]
	}
	n := a.cuts[code]
	if width := uint64(a.cuts[code+1]) - uint64(n); width > 1 && width < 1<<62 {
		n += r.Int64N(int64(width))
	}
	return query.Value{Kind: a.typ.Kind, Scale: a.typ.Scale, N: n}
}
