package render

import (
	"fmt"
	"slices"

	"yunei/internal/core/query"
)

const epoch = "DATE '1970-01-01'"

// microseconds of the parts of a timestamp
const (
	aSecond = 1_000_000
	aMinute = 60 * aSecond
	anHour  = 60 * aMinute
	aDay    = 24 * anHour
)

// dateOf is a day number as a DATE.
func dateOf(x term) term { return build("("+epoch+" + CAST(%s AS INTEGER))", x) }

func part(unit string, x term) term {
	return build("CAST(date_part('"+unit+"', %s) AS BIGINT)", dateOf(x))
}

func (s *scope) date(e *query.Expr, x term) (term, error) {
	if e.Args[0].Type.Kind == query.Timestamp {
		x = s.once(x)
		if unit, ok := map[string]int64{"hour": anHour, "minute": aMinute, "second": aSecond}[e.Unit]; ok && e.Op == query.OpPart {
			of := build(fmt.Sprintf("(%%s - %%s * %d) // %d", int64(aDay), unit), x, s.once(s.whole(x, aDay, false)))
			if e.Unit == "hour" {
				return build("(%s)", of), nil
			}
			return build("(%s %% 60)", build("(%s)", of)), nil
		}
		x = s.whole(x, aDay, false)
	}
	switch {
	case e.Op == query.OpTrunc && slices.Contains(query.TruncUnits, e.Unit):
		return build("CAST(CAST(date_trunc('"+e.Unit+"', %s) AS DATE) - "+epoch+" AS BIGINT)", dateOf(x)), nil
	case e.Op == query.OpPart && slices.Contains(query.PartUnits, e.Unit):
		return part(e.Unit, x), nil
	}
	return term{}, fmt.Errorf("unit %q cannot be rendered", e.Unit)
}

// age is the difference of two days written as yyyymmdd, in whole ten thousands.
func (s *scope) age(args []term) term {
	ymd := func(x term) term {
		return build("(%s * 10000 + %s * 100 + %s)", part("year", x), part("month", x), part("day", x))
	}
	return s.whole(build("(%s - %s)", ymd(s.once(args[1])), ymd(s.once(args[0]))), 10_000, false)
}

func (s *scope) dateDiff(e *query.Expr, args []term) (term, error) {
	from, to := s.once(args[0]), s.once(args[1])
	borders := func(x term) term {
		switch e.Unit {
		case "day":
			return x
		case "year":
			return part("year", x)
		case "quarter":
			return build("(%s * 4 + %s)", part("year", x), part("quarter", x))
		}
		return build("(%s * 12 + %s)", part("year", x), part("month", x))
	}
	if !slices.Contains(query.DiffUnits, e.Unit) {
		return term{}, fmt.Errorf("unit %q cannot be rendered", e.Unit)
	}
	return build("(%s - %s)", borders(to), borders(from)), nil
}
