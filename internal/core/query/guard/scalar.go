package guard

import (
	"fmt"
	"slices"

	"yunei/internal/core/query"
	"yunei/internal/core/query/interp"
)

var dateType = query.Type{Kind: query.Date}

// bindReal binds sqrt, ln and exp: x and the decimal places of the result.
func bindReal(op query.Op, places int) func(*binder, *exprNode, []query.Expr) (query.Expr, bool) {
	return func(b *binder, e *exprNode, args []query.Expr) (query.Expr, bool) {
		if !b.numeric(args[:1], e.at) {
			return query.Expr{}, false
		}
		want, ok := places, true
		if len(args) == 2 {
			if want, ok = b.places(e, &args[1]); !ok {
				return query.Expr{}, false
			}
		}
		x := args[0]
		if op != query.OpSqrt || 2*want >= x.Type.Scale {
			return query.Expr{Op: op, Type: query.Number(want), Args: args[:1]}, true
		}
		finest := (x.Type.Scale + 1) / 2 // a root has half the places of its number at least
		root := query.Expr{Op: op, Type: query.Number(finest), Args: args[:1], At: e.at}
		return query.Expr{Op: query.OpRound, Type: query.Number(want), Args: []query.Expr{root}}, true
	}
}

// bindFixed gives a number the decimal places named, more or fewer.
func bindFixed(b *binder, e *exprNode, args []query.Expr) (query.Expr, bool) {
	places, ok := b.places(e, &args[1])
	if v, isConst := args[0].Const(); ok && isConst && v.IsNull() && args[0].Type.Kind == "" {
		return query.NullOf(query.Number(places)), true
	}
	if !ok || !b.numeric(args[:1], e.at) {
		return query.Expr{}, false
	}
	if places >= args[0].Type.Scale {
		return rescaled(args[0], places), true
	}
	return query.Expr{Op: query.OpRound, Type: query.Number(places), Args: args[:1]}, true
}

func bindText(op query.Op) func(*binder, *exprNode, []query.Expr) (query.Expr, bool) {
	return func(b *binder, e *exprNode, args []query.Expr) (query.Expr, bool) {
		if args[0].Type.Kind != query.Text {
			b.refuse(WrongType, e.at, e.text+" 需要文本", e.text+" takes a text", "")
			return query.Expr{}, false
		}
		return query.Expr{Op: op, Type: args[0].Type, Args: args}, true
	}
}

// bindRegion: the first digits of a division code (行政区划代码) are the province, the city, the county.
func bindRegion(b *binder, e *exprNode, args []query.Expr) (query.Expr, bool) {
	n, ok := b.constant(e, &args[1], query.Type{Kind: query.Int})
	if !ok {
		return query.Expr{}, false
	}
	if !codePrefix(&query.Expr{Op: query.OpSubstr, Args: args[:1], Lits: []query.Value{query.IntValue(1), n}}, b.cols) || n.N != 2 && n.N != 4 && n.N != 6 {
		b.refuse(NotTotal, e.at, "region_level(有公开代码表的列, 2、4 或 6)", "region_level(column with a public code list, 2, 4 or 6)", "region_level(region, 4)")
		return query.Expr{}, false
	}
	return query.Expr{Op: query.OpSubstr, Type: args[0].Type, Args: args[:1], Lits: []query.Value{query.IntValue(1), n}}, true
}

// codePrefix reports whether an expression is the beginning of a coded column: a coarser public code list.
func codePrefix(e *query.Expr, cols []column) bool {
	if e.Op != query.OpSubstr || e.Lits[0].N != 1 || e.Args[0].Op != query.OpCol {
		return false
	}
	c := &cols[e.Args[0].Index]
	return c.policy != nil && len(c.policy.Domain) > 0 && c.typ.Kind == query.Text
}

func bindAge(b *binder, e *exprNode, args []query.Expr) (query.Expr, bool) {
	return b.dates(e, args, query.Expr{Op: query.OpAge, Type: query.Number(0), Args: args})
}

func bindDateDiff(b *binder, e *exprNode, args []query.Expr) (query.Expr, bool) {
	unit, ok := b.constant(e, &args[0], query.Type{Kind: query.Text})
	if !ok {
		return query.Expr{}, false
	}
	if !slices.Contains(query.DiffUnits, unit.S) {
		b.refuse(WrongType, e.at, fmt.Sprintf("单位须为 %v 之一", query.DiffUnits), fmt.Sprintf("the unit is one of %v", query.DiffUnits), "datediff('day', a, b)")
		return query.Expr{}, false
	}
	return b.dates(e, args[1:], query.Expr{Op: query.OpDateDiff, Type: query.Number(0), Args: args[1:], Unit: unit.S})
}

// dates reads text constants as dates and holds that both arguments are dates.
func (b *binder) dates(e *exprNode, args []query.Expr, out query.Expr) (query.Expr, bool) {
	for i := range args {
		if v, isConst := args[i].Const(); isConst && v.Kind == query.Text {
			w, ok := b.literalAs(v, dateType, e.at)
			if !ok {
				return out, false
			}
			args[i] = query.Lit(w)
		}
		if args[i].Type != dateType {
			b.refuse(WrongType, e.at, e.text+" 需要两个日期", e.text+" takes two dates", "age_on(birthday, DATE '2026-01-01')")
			return out, false
		}
	}
	return out, true
}

func bindNumber(b *binder, e *exprNode, args []query.Expr) (query.Expr, bool) {
	places := 0
	if len(args) == 2 {
		var ok bool
		if places, ok = b.places(e, &args[1]); !ok {
			return query.Expr{}, false
		}
	}
	if args[0].Type.Kind != query.Text || places > query.NumberPlaces {
		b.refuse(WrongType, e.at, "to_number_or_null(文本, 0 至 6 位小数)", "to_number_or_null(text, 0 to 6 places)", "to_number_or_null(x, 2)")
		return query.Expr{}, false
	}
	return query.Expr{Op: query.OpToNum, Type: query.Number(places), Args: args[:1]}, true
}

// mostYears is the greatest age that a comparison is rewritten for.
const mostYears = 200

// born writes a comparison of an age with a constant as one of the date of birth, so that both spellings are one
// question and the public cut points of the date decide: whoever is 18 at a day was born on its 18th return or before.
func born(e query.Expr) query.Expr {
	e = canonical(e)
	if len(e.Args) != 2 || e.Args[0].Op != query.OpAge {
		return e
	}
	at, fixed := e.Args[0].Args[1].Const()
	years, isConst := e.Args[1].Const()
	if !fixed || at.IsNull() || !isConst || years.IsNull() || years.N < 0 || years.N > mostYears {
		return e
	}
	birth := e.Args[0].Args[0]
	compare := func(op query.Op, years int64) query.Expr {
		after := query.Value{Kind: query.Date, N: interp.LatestBirth(at.N, years) + 1}
		return query.Expr{Op: op, Type: boolType, Args: []query.Expr{birth, query.Lit(after)}, At: e.At}
	}
	of := func(op query.Op, args ...query.Expr) query.Expr {
		return query.Expr{Op: op, Type: boolType, Args: args, At: e.At}
	}
	switch e.Op {
	case query.OpGe:
		return compare(query.OpLt, years.N)
	case query.OpLt:
		return compare(query.OpGe, years.N)
	case query.OpEq:
		return of(query.OpAnd, compare(query.OpLt, years.N), compare(query.OpGe, years.N+1))
	case query.OpNe:
		return of(query.OpOr, compare(query.OpGe, years.N), compare(query.OpLt, years.N+1))
	}
	return e
}

// rangeOfMath bounds sqrt, ln and exp, which rise with their argument. A table may be off by one unit of the last place.
func rangeOfMath(e *query.Expr, a interval) interval {
	scale, places := e.Args[0].Type.Scale, e.Type.Scale
	switch e.Op {
	case query.OpSqrt:
		unit := query.Pow10(2*places - scale)
		if !a.ok || !a.times(interval{unit, unit, true}).ok {
			return interval{}
		}
		lo, _ := interp.Sqrt(max(a.lo, 0), scale, places)
		hi, _ := interp.Sqrt(max(a.hi, 0), scale, places)
		return interval{lo, hi, true}
	case query.OpLn:
		if !a.ok {
			return interval{}
		}
		lo, _ := interp.Ln(max(a.lo, 1), scale, places)
		hi, _ := interp.Ln(max(a.hi, 1), scale, places)
		return interval{lo - 1, hi + 1, true}
	}
	if !a.ok || a.hi > query.ExpMost(places)*query.Pow10(scale) {
		return interval{}
	}
	return interval{max(interp.Exp(a.lo, scale, places)-1, 0), interp.Exp(a.hi, scale, places) + 1, true}
}

// rangeOfDates bounds an age or a difference of dates: both fall with the first date and rise with the second.
func rangeOfDates(e *query.Expr, from, to interval) interval {
	if !from.ok || !to.ok {
		return interval{}
	}
	if e.Op == query.OpAge {
		return interval{interp.Age(from.hi, to.lo), interp.Age(from.lo, to.hi), true}
	}
	return interval{interp.DateDiff(from.hi, to.lo, e.Unit), interp.DateDiff(from.lo, to.hi, e.Unit), true}
}
