package guard

import (
	"math"

	"yunei/internal/core/query"
)

// column is what is known about one column of a relation: where it comes from and which values it can have.
type column struct {
	table  *query.Table
	policy *query.Column // nil for an aggregate per subject
	typ    query.Type
	null   bool
	key    bool // the subject key

	// rng holds for every row only where the values were computed (proved); what a source file holds is not proved.
	rng    interval
	proved bool

	// An aggregate per subject: what its argument comes from, and the cut points of the columns in it. The sum, least
	// or greatest of one row is the row's own value, so it is compared no more finely than that.
	from  []query.Source
	edges []int64
	count bool // a number of records

	records []string // the tables whose records are counted
}

func scanned(t *query.Table, c *query.Column) column {
	return column{table: t, policy: c, typ: c.Type, null: c.Null, key: c.Role == query.SubjectKey, rng: policyRange(c), edges: c.Edges}
}

// policyRange is what the policy says the values of a column lie within.
func policyRange(c *query.Column) interval {
	if c.Lo != nil && c.Hi != nil {
		return interval{*c.Lo, *c.Hi, true}
	}
	if len(c.Domain) == 0 || !c.Type.Ordered() {
		return interval{}
	}
	var rng interval
	for _, code := range c.Domain {
		v, err := query.ParseValue(c.Type, code.Value)
		if err != nil {
			return interval{}
		}
		rng = rng.union(interval{v.N, v.N, true})
	}
	return rng
}

// interval is [lo, hi]; ok is false when nothing is known.
type interval struct {
	lo, hi int64
	ok     bool
}

// limit is what every number of a model stays below, so that nothing overflows.
const limit = 1 << 62

func (a interval) union(b interval) interval {
	if !a.ok {
		return b
	}
	if !b.ok {
		return a
	}
	return interval{min(a.lo, b.lo), max(a.hi, b.hi), true}
}

// width counts the values, at most math.MaxInt64.
func (a interval) width() int64 {
	if !a.ok || a.hi-a.lo < 0 {
		return math.MaxInt64
	}
	return a.hi - a.lo + 1
}

func (a interval) within() interval {
	if a.ok && (a.lo <= -limit || a.hi >= limit) {
		return interval{}
	}
	return a
}

func (a interval) times(b interval) interval {
	if !a.ok || !b.ok {
		return interval{}
	}
	out := interval{math.MaxInt64, math.MinInt64, true}
	for _, x := range []int64{a.lo, a.hi} {
		for _, y := range []int64{b.lo, b.hi} {
			p := x * y
			if x != 0 && (p/x != y || x == -1 && y == math.MinInt64) {
				return interval{}
			}
			out.lo, out.hi = min(out.lo, p), max(out.hi, p)
		}
	}
	return out.within()
}

// rangeOf is the interval a numeric or date expression lies in whatever the rows hold, NULL aside; ok is false when it
// cannot be bounded below 2^62.
func rangeOf(e *query.Expr, cols []column) interval {
	arg := func(i int) interval { return rangeOf(&e.Args[i], cols) }
	switch e.Op {
	case query.OpCol:
		if c := cols[e.Index]; c.proved {
			return c.rng
		}
		return interval{}
	case query.OpLit:
		if v, _ := e.Const(); !v.IsNull() {
			return interval{v.N, v.N, true}
		}
		return interval{0, 0, true}
	case query.OpAdd, query.OpSub:
		a, b := arg(0), arg(1)
		if !a.ok || !b.ok {
			return interval{}
		}
		if e.Op == query.OpSub {
			b.lo, b.hi = -b.hi, -b.lo
		}
		return interval{a.lo + b.lo, a.hi + b.hi, true}.within()
	case query.OpMul:
		p := arg(0).times(arg(1))
		if p.ok && sameExpr(&e.Args[0], &e.Args[1]) {
			p.lo = max(p.lo, 0) // a square
		}
		return p
	case query.OpScale:
		unit := query.Pow10(e.Type.Scale - e.Args[0].Type.Scale)
		return arg(0).times(interval{unit, unit, true})
	case query.OpDiv:
		return quotientRange(e, arg(0), arg(1))
	case query.OpNeg:
		a := arg(0)
		return interval{-a.hi, -a.lo, a.ok}
	case query.OpAbs:
		a := arg(0)
		return interval{0, max(a.hi, -a.lo), a.ok}
	case query.OpMod:
		if a := arg(0); !a.ok {
			return a
		}
		m := e.Lits[0].N - 1
		return interval{-m, m, true}
	case query.OpRound, query.OpFloor, query.OpCeil:
		a := arg(0)
		unit := query.Pow10(e.Args[0].Type.Scale - e.Type.Scale)
		return interval{a.lo/unit - 1, a.hi/unit + 1, a.ok}
	case query.OpClamp:
		return interval{e.Lits[0].N, e.Lits[1].N, true}
	case query.OpLeast, query.OpGreat:
		return extremeRange(e, cols)
	case query.OpBoolTo:
		return interval{0, 1, true}
	case query.OpCase, query.OpCoalesce, query.OpNullIf:
		return branchRange(e, cols)
	case query.OpTrunc:
		a := arg(0)
		if e.Args[0].Type.Kind == query.Timestamp {
			a.lo, a.hi = a.lo/(24*3600*1e6)-1, a.hi/(24*3600*1e6)
		}
		return interval{a.lo - 366, a.hi, a.ok}
	case query.OpPart:
		return partRanges[e.Unit]
	case query.OpSqrt, query.OpLn, query.OpExp:
		return rangeOfMath(e, arg(0))
	case query.OpAge, query.OpDateDiff:
		return rangeOfDates(e, arg(0), arg(1))
	case query.OpToNum:
		most := query.Pow10(query.WholeDigits+e.Type.Scale) - 1
		return interval{-most, most, true}
	}
	return interval{}
}

var partRanges = map[string]interval{
	"day": {1, 31, true}, "month": {1, 12, true}, "quarter": {1, 4, true}, "year": {-1e6, 1e6, true},
	"week": {1, 53, true}, "dow": {0, 6, true}, "isodow": {1, 7, true}, "doy": {1, 366, true},
	"hour": {0, 23, true}, "minute": {0, 59, true}, "second": {0, 59, true},
}

// quotientRange bounds a quotient: the divisor is at least one unit of its scale.
func quotientRange(e *query.Expr, a, b interval) interval {
	if !a.ok || !b.ok {
		return interval{}
	}
	shift := e.Type.Scale + e.Args[1].Type.Scale - e.Args[0].Type.Scale
	unit := query.Pow10(max(shift, 0))
	top := interval{-1, 1, true}.times(interval{0, max(a.hi, -a.lo), true}).times(interval{unit, unit, true})
	if top.ok && a.lo >= 0 && b.lo >= 0 {
		top.lo = 0
	}
	return top
}

func branchRange(e *query.Expr, cols []column) interval {
	var out interval
	add := func(i int) bool {
		if v, isConst := e.Args[i].Const(); isConst && v.IsNull() {
			return true
		}
		r := rangeOf(&e.Args[i], cols)
		out = out.union(r)
		return r.ok
	}
	switch e.Op {
	case query.OpNullIf:
		add(0)
		return out
	case query.OpCase:
		for i := 1; i < len(e.Args); i += 2 {
			if !add(i) {
				return interval{}
			}
		}
		if !add(len(e.Args) - 1) {
			return interval{}
		}
		return out
	}
	for i := range e.Args {
		if !add(i) {
			return interval{}
		}
	}
	return out
}

// extremeRange: least and greatest skip NULLs, so the result can be any single argument that may be there alone; an
// argument that is never NULL bounds greatest from below and least from above.
func extremeRange(e *query.Expr, cols []column) interval {
	var all interval
	sure := interval{}
	for i := range e.Args {
		r := rangeOf(&e.Args[i], cols)
		if !r.ok {
			return interval{}
		}
		all = all.union(r)
		if nullable(&e.Args[i], cols) {
			continue
		}
		if !sure.ok {
			sure = r
		}
		sure.lo, sure.hi = max(sure.lo, r.lo), min(sure.hi, r.hi)
	}
	if sure.ok && e.Op == query.OpGreat {
		all.lo = sure.lo
	}
	if sure.ok && e.Op == query.OpLeast {
		all.hi = sure.hi
	}
	return all
}

// nullable reports whether an expression can be NULL.
func nullable(e *query.Expr, cols []column) bool {
	anyArg := func() bool {
		for i := range e.Args {
			if nullable(&e.Args[i], cols) {
				return true
			}
		}
		return false
	}
	switch e.Op {
	case query.OpCol:
		return cols[e.Index].null
	case query.OpLit:
		return len(e.Lits) == 0
	case query.OpSubject, query.OpIsNull:
		return false
	case query.OpDiv, query.OpNullIf, query.OpToNum:
		return true
	case query.OpSqrt, query.OpLn:
		a, least := rangeOf(&e.Args[0], cols), int64(0)
		if e.Op == query.OpLn {
			least = 1
		}
		return !a.ok || a.lo < least || anyArg()
	case query.OpLeast, query.OpGreat, query.OpCoalesce:
		for i := range e.Args {
			if !nullable(&e.Args[i], cols) {
				return false
			}
		}
		return true
	case query.OpCase:
		for i := 1; i < len(e.Args); i += 2 {
			if nullable(&e.Args[i], cols) {
				return true
			}
		}
		return nullable(&e.Args[len(e.Args)-1], cols)
	}
	return anyArg()
}
