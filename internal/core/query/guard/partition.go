package guard

import (
	"slices"

	"yunei/internal/core/query"
	"yunei/internal/core/query/interp"
)

// part is one set of values of a column that an expression cannot tell apart: from Value on, or a code, or NULL.
type part struct {
	value  query.Value
	result query.Value
}

// single finds the one column an expression depends on.
func single(e *query.Expr) (index int, ok bool) {
	index = -1
	ok = true
	e.Walk(func(x *query.Expr) bool {
		if x.Op == query.OpCol {
			ok = ok && (index < 0 || index == x.Index)
			index = x.Index
		}
		return true
	})
	return index, ok && index >= 0
}

// partition splits the values of the only column of an expression into sets the expression cannot tell apart, and
// computes it on each. It is exact: the column is met only in comparisons with constants, or has a public code list.
// cuts are the first values of each upper side, where the column is ordered and has no code list.
func partition(e *query.Expr, cols []column) (parts []part, cuts []int64, ok bool) {
	index, ok := single(e)
	if !ok {
		return nil, nil, false
	}
	c := &cols[index]
	var values []query.Value
	switch {
	case c.policy != nil && len(c.policy.Domain) > 0:
		for _, code := range c.policy.Domain {
			v, err := query.ParseValue(c.typ, code.Value)
			if err != nil {
				return nil, nil, false
			}
			values = append(values, v)
		}
	case c.typ.Kind == query.Bool:
		values = []query.Value{query.BoolValue(false), query.BoolValue(true)}
	case c.typ.Ordered():
		if cuts, ok = cutPoints(e, index); !ok {
			return nil, nil, false
		}
		lowest := int64(0)
		if len(cuts) > 0 {
			lowest = cuts[0] - 1
		}
		for _, n := range append([]int64{lowest}, cuts...) {
			values = append(values, query.Value{Kind: c.typ.Kind, Scale: c.typ.Scale, N: n})
		}
	default:
		return nil, nil, false
	}
	if c.null {
		values = append(values, query.Null)
	}
	f, err := interp.NewFunc(e)
	if err != nil || len(values) > maxParts {
		return nil, nil, false
	}
	row := make([]query.Value, len(cols))
	for _, v := range values {
		row[index] = v
		parts = append(parts, part{v, f.Eval(row)})
	}
	return parts, cuts, true
}

// maxParts is how many sets of values are told apart at most before an output counts as not finite.
const maxParts = 1024

// cutPoints lists where comparisons with constants cut the column; ok is false when it is met anywhere else.
func cutPoints(e *query.Expr, index int) ([]int64, bool) {
	var cuts []int64
	ok := true
	e.Walk(func(x *query.Expr) bool {
		if x.Op == query.OpCol {
			ok = false
			return false
		}
		if len(x.Args) == 0 || !isCol(&x.Args[0], index) {
			return true
		}
		if x.Op == query.OpIsNull {
			return false
		}
		lits, compared := compared(x)
		if !compared {
			return true
		}
		for _, v := range lits {
			switch x.Op {
			case query.OpGe, query.OpLt:
				cuts = append(cuts, v.N)
			case query.OpGt, query.OpLe:
				cuts = append(cuts, v.N+1)
			default:
				cuts = append(cuts, v.N, v.N+1)
			}
		}
		return false
	})
	slices.Sort(cuts)
	return slices.Compact(cuts), ok
}

func isCol(e *query.Expr, index int) bool { return e.Op == query.OpCol && e.Index == index }

// compared lists the constants that a condition compares its first argument with.
func compared(e *query.Expr) ([]query.Value, bool) {
	switch e.Op {
	case query.OpEq, query.OpNe, query.OpLt, query.OpLe, query.OpGt, query.OpGe:
		if v, isConst := e.Args[1].Const(); isConst && !v.IsNull() {
			return []query.Value{v}, true
		}
	case query.OpIn, query.OpPrefix:
		return e.Lits, true
	}
	return nil, false
}

// maxValues is how many values an output or a key may have.
const maxValues = 64

// finite lists every value an expression can take, NULL aside, and whether it can be NULL; ok is false when the values
// are not finitely many known ones.
func finite(e *query.Expr, cols []column) (values []query.Value, null, ok bool) {
	if parts, _, exact := partition(e, cols); exact {
		for _, p := range parts {
			if p.result.IsNull() {
				null = true
			} else if !slices.Contains(values, p.result) {
				values = append(values, p.result)
			}
		}
		slices.SortFunc(values, compareValues)
		return values, null, len(values) <= maxValues
	}
	values, ok = possible(e, cols)
	slices.SortFunc(values, compareValues)
	return slices.Compact(values), nullable(e, cols), ok && len(values) <= maxValues
}

func possible(e *query.Expr, cols []column) ([]query.Value, bool) {
	if v, isConst := e.Const(); isConst {
		if v.IsNull() {
			return nil, true
		}
		return []query.Value{v}, true
	}
	if e.Type.Kind == query.Bool {
		return []query.Value{query.BoolValue(false), query.BoolValue(true)}, true
	}
	var out []query.Value
	add := func(i int) bool {
		values, ok := possible(&e.Args[i], cols)
		for _, v := range values {
			if !slices.Contains(out, v) {
				out = append(out, v)
			}
		}
		return ok && len(out) <= maxValues
	}
	switch e.Op {
	case query.OpCase:
		for i := 1; i < len(e.Args); i += 2 {
			if !add(i) {
				return nil, false
			}
		}
		return out, add(len(e.Args) - 1)
	case query.OpCoalesce:
		for i := range e.Args {
			if !add(i) {
				return nil, false
			}
		}
		return out, true
	case query.OpNullIf:
		return out, add(0)
	}
	rng := rangeOf(e, cols)
	if !e.Type.Numeric() || rng.width() > maxValues {
		return nil, false
	}
	for n := rng.lo; n <= rng.hi; n++ {
		out = append(out, query.Value{Kind: e.Type.Kind, Scale: e.Type.Scale, N: n})
	}
	return out, true
}
