package render

import (
	"fmt"
	"strconv"
	"strings"

	"yunei/internal/core/query"
)

// The functions below are package interp's, step by step in whole numbers; see there for what each step means.

// sqrt lets the engine's float propose and decides in integers.
func (s *scope) sqrt(e *query.Expr, x term) term {
	unit := query.Pow10(2*e.Type.Scale - e.Args[0].Type.Scale)
	v := s.once(build(fmt.Sprintf("(%%s * %d)", unit), x))
	r := s.once(build("CAST(round(sqrt(CAST(CASE WHEN %s >= 0 THEN %s END AS DOUBLE))) AS BIGINT)", v, v))
	return build("CASE WHEN %s > %s * %s + %s THEN %s + 1 WHEN %s <= %s * %s - %s THEN %s - 1 ELSE %s END", v, r, r, r, r, v, r, r, r, r, r)
}

// entry reads a table of constants at a place counted from 0.
func entry(table []int64, at term) term {
	items := make([]string, len(table))
	for i, n := range table {
		items[i] = strconv.FormatInt(n, 10)
	}
	return build("list_extract(list_value("+strings.Join(items, ", ")+"), %s + 1)", at)
}

const unit10 = "10000000000"

// ln first writes x with 18 digits.
func (s *scope) ln(e *query.Expr, x term) term {
	x = s.once(x)
	var m, digits strings.Builder
	m.WriteString("CASE WHEN %s <= 0 THEN NULL")
	digits.WriteString("CASE")
	var ms, ds = []term{x}, []term{}
	for n := 1; n <= 18; n++ {
		fmt.Fprintf(&m, " WHEN %%s < %d THEN %%s * %d", query.Pow10(n), query.Pow10(18-n))
		fmt.Fprintf(&digits, " WHEN %%s < %d THEN %d", query.Pow10(n), n-1)
		ms, ds = append(ms, x, x), append(ds, x)
	}
	m.WriteString(" ELSE %s // 10 END")
	digits.WriteString(" ELSE 18 END")
	whole := s.once(build(m.String(), append(ms, x)...))
	tens := s.once(build("(%s // 10000000000000000)", whole))
	rest := s.once(build("(%s %% 10000000000000000)", whole))
	z := s.once(build("(%s * 100 // ((2 * %s * 10000000000000000 + %s) // 100000000))", rest, tens, rest))
	z2 := s.once(build("(%s * %s // "+unit10+")", z, z))
	z3 := s.once(build("(%s * %s // "+unit10+")", z2, z))
	z5 := build("(%s * %s // "+unit10+")", z2, z3)
	table := entry(query.LnTable[:], build("(%s - 10)", tens))
	power := build(fmt.Sprintf("(%%s - %d) * %d", e.Args[0].Type.Scale, int64(query.Ln10)), build("("+digits.String()+")", ds...))
	v := s.once(build("(%s + 2 * %s + 2 * %s // 3 + 2 * %s // 5 + %s)", table, z, z3, z5, power))
	return s.round(v, query.Pow10(10-e.Type.Scale))
}

func (s *scope) exp(e *query.Expr, x term) term {
	scale, places := e.Args[0].Type.Scale, e.Type.Scale
	unit := query.Pow10(15 - scale)
	below := int64(1+places) * query.Ln10Exp
	x = s.clamp(x, -(below / unit), query.ExpMost(places)*query.Pow10(scale))
	y := s.once(build(fmt.Sprintf("((%%s) * %d + %d)", unit, below), x))
	k := s.once(build(fmt.Sprintf("(%%s // %d)", int64(query.Ln10Exp)), y))
	rest := s.once(build(fmt.Sprintf("(%%s %%%% %d)", int64(query.Ln10Exp)), y))
	u := s.once(build(fmt.Sprintf("(%%s %%%% %d // 100000)", int64(query.ExpStep)), rest))
	u2 := s.once(build("(%s * %s // "+unit10+")", u, u))
	u3 := build("(%s * %s // "+unit10+")", u2, u)
	u4 := build("(%s * %s // "+unit10+")", u2, u2)
	series := build("(("+unit10+" + %s + %s // 2 + %s // 6 + %s // 24) // 10)", u, u2, u3, u4)
	table := entry(query.ExpTable[:], build(fmt.Sprintf("(%%s // %d)", int64(query.ExpStep)), rest))
	powers := make([]int64, 19)
	for i := range powers {
		powers[i] = query.Pow10(18 - i)
	}
	d := s.once(entry(powers, k))
	return build("((%s * %s + %s // 2) // %s)", table, series, d, d)
}

// toNumber casts what a pattern of fixed length has let through, which is exact.
func (s *scope) toNumber(e *query.Expr, x term) term {
	places := e.Type.Scale
	pattern := fmt.Sprintf("-?[0-9]{1,%d}", query.WholeDigits)
	if places > 0 {
		pattern += fmt.Sprintf("(\\.[0-9]{1,%d})?", places)
	}
	x = s.once(x)
	return build(fmt.Sprintf("CASE WHEN regexp_full_match(%%s, %s) THEN CAST(TRY_CAST(%%s AS DECIMAL(18, %d)) * %d AS BIGINT) END", s.w.param(pattern), places, query.Pow10(places)), x, x)
}
