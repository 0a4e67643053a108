package interp

import (
	"time"

	"yunei/internal/core/query"
)

// Microseconds of a timestamp.
const (
	aSecond = 1_000_000
	aMinute = 60 * aSecond
	anHour  = 60 * aMinute
	aDay    = 24 * anHour
)

// dateFunc is OpTrunc or OpPart of a date or timestamp.
func dateFunc(e *query.Expr) func(int64) int64 {
	unit, stamp := e.Unit, e.Args[0].Type.Kind == query.Timestamp
	if stamp {
		switch unit {
		case "hour":
			return func(x int64) int64 { return (x - wholes(x, aDay, false)*aDay) / anHour }
		case "minute":
			return func(x int64) int64 { return (x - wholes(x, aDay, false)*aDay) / aMinute % 60 }
		case "second":
			return func(x int64) int64 { return (x - wholes(x, aDay, false)*aDay) / aSecond % 60 }
		}
	}
	of := func(x int64) int64 { return datePart(x, unit) }
	if e.Op == query.OpTrunc {
		of = func(x int64) int64 { return TruncDate(x, unit) }
	}
	if stamp {
		return func(x int64) int64 { return of(wholes(x, aDay, false)) }
	}
	return of
}

// TruncDate is the day itself, or the first day of the week (Monday), month, quarter or year that holds it; days count
// from 1970-01-01.
func TruncDate(days int64, unit string) int64 {
	t := dayTime(days)
	y, m, _ := t.Date()
	switch unit {
	case "day":
		return days
	case "week":
		return days - (int64(t.Weekday())+6)%7
	case "year":
		m = time.January
	case "quarter":
		m -= (m - 1) % 3
	}
	return query.DateValue(time.Date(y, m, 1, 0, 0, 0, 0, time.UTC)).N
}

func dayTime(days int64) time.Time { return time.Unix(days*86400, 0).UTC() }

func datePart(days int64, unit string) int64 {
	t := dayTime(days)
	y, m, d := t.Date()
	switch unit {
	case "year":
		return int64(y)
	case "quarter":
		return int64(m-1)/3 + 1
	case "month":
		return int64(m)
	case "week":
		_, week := t.ISOWeek()
		return int64(week)
	case "dow":
		return int64(t.Weekday())
	case "isodow":
		return (int64(t.Weekday())+6)%7 + 1
	case "doy":
		return int64(t.YearDay())
	}
	return int64(d)
}

// Age is the whole years from the day of birth to another day (周岁): the birthday itself counts, and who was born on
// 29 February has theirs on 1 March of a common year.
func Age(birth, at int64) int64 {
	y1, m1, d1 := dayTime(birth).Date()
	y2, m2, d2 := dayTime(at).Date()
	return wholes(int64(y2-y1)*10_000+int64(m2-m1)*100+int64(d2-d1), 10_000, false)
}

// LatestBirth is the last day of birth on which one is the given years old at a day.
func LatestBirth(at, years int64) int64 {
	y, m, d := dayTime(at).Date()
	born := query.DateValue(time.Date(y-int(years), m, d, 0, 0, 0, 0, time.UTC)).N
	if m == time.February && d == 29 && dayTime(born).Day() != 29 {
		born-- // 29 February was 28 February in that year
	}
	return born
}

// DateDiff is how many borders of days, months, quarters or years lie between two days.
func DateDiff(from, to int64, unit string) int64 {
	if unit == "day" {
		return to - from
	}
	y1, m1, _ := dayTime(from).Date()
	y2, m2, _ := dayTime(to).Date()
	switch unit {
	case "year":
		return int64(y2 - y1)
	case "quarter":
		return int64(y2-y1)*4 + int64((m2-1)/3-(m1-1)/3)
	}
	return int64(y2-y1)*12 + int64(m2-m1)
}

func between(e *query.Expr, a, b number) number {
	diff, unit := e.Op == query.OpDateDiff, e.Unit
	return func(f *frame) (int64, bool) {
		x, nx := a(f)
		y, ny := b(f)
		if nx || ny {
			return 0, true
		}
		if diff {
			return DateDiff(x, y, unit), false
		}
		return Age(x, y), false
	}
}
