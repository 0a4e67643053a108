package workday

import (
	"fmt"
	"time"
)

// Date is a legal day, written 2006-01-02. It compares and sorts as a string, in Go, JSON and SQL alike.
// The zero value "" is no day.
type Date string

const layout = "2006-01-02"

// shanghai is fixed at UTC+8: China has kept no summer time since 1991, and a server without a zone
// database must not move a deadline.
var shanghai = time.FixedZone("Asia/Shanghai", 8*60*60)

// Zone is the zone in which legal days begin and end.
func Zone() *time.Location { return shanghai }

// Parse reads a day written 2006-01-02 and refuses every other form and days that do not exist.
func Parse(s string) (Date, error) {
	t, err := time.Parse(layout, s)
	if err != nil || t.Format(layout) != s {
		return "", fmt.Errorf("日期 %q 无效, 请写成 2006-01-02 的形式", s)
	}
	return Date(s), nil
}

// Must is Parse for days written in code and tests.
func Must(s string) Date {
	d, err := Parse(s)
	if err != nil {
		panic(err)
	}
	return d
}

// DateOf is the legal day on which an instant falls, in Asia/Shanghai.
func DateOf(t time.Time) Date { return Date(t.In(shanghai).Format(layout)) }

// Valid reports whether d is a day of the calendar.
func (d Date) Valid() bool { _, err := Parse(string(d)); return err == nil }

func (d Date) IsZero() bool { return d == "" }

func (d Date) String() string { return string(d) }

// Before and After compare; no day is before every day.
func (d Date) Before(e Date) bool { return d < e }
func (d Date) After(e Date) bool  { return d > e }

// Time is the instant the day begins in Asia/Shanghai, in UTC.
func (d Date) Time() time.Time {
	t, err := time.ParseInLocation(layout, string(d), shanghai)
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

// End is the instant the day is over: periods are half-open, so a deadline due on d is kept by every instant before End.
func (d Date) End() time.Time {
	if !d.Valid() {
		return time.Time{}
	}
	return d.AddDays(1).Time()
}

// AddDays moves by calendar days. No day stays no day.
func (d Date) AddDays(n int) Date {
	t, err := time.Parse(layout, string(d))
	if err != nil {
		return ""
	}
	return Date(t.AddDate(0, 0, n).Format(layout))
}

// AddYears moves by years; 29 February becomes 28 February in a year without one
// (民法典第二百零二条: 没有对应日的，月末日为期间的最后一日).
func (d Date) AddYears(n int) Date { return d.AddMonths(12 * n) }

// AddMonths moves by months, to the last day of the month where there is no such day.
func (d Date) AddMonths(n int) Date {
	t, err := time.Parse(layout, string(d))
	if err != nil {
		return ""
	}
	first := time.Date(t.Year(), t.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return Date(first.AddDate(0, 0, min(t.Day(), last)-1).Format(layout))
}

// Sub is the number of calendar days from e to d.
func (d Date) Sub(e Date) int {
	a, errA := time.Parse(layout, string(d))
	b, errB := time.Parse(layout, string(e))
	if errA != nil || errB != nil {
		return 0
	}
	return int(a.Sub(b) / (24 * time.Hour))
}

// Year is the calendar year, 0 for no day.
func (d Date) Year() int {
	t, err := time.Parse(layout, string(d))
	if err != nil {
		return 0
	}
	return t.Year()
}

// Weekday of the day; meaningless for no day.
func (d Date) Weekday() time.Weekday {
	t, _ := time.Parse(layout, string(d))
	return t.Weekday()
}

// weekdayNames in the short form of office calendars.
var weekdayNames = [...]string{"周日", "周一", "周二", "周三", "周四", "周五", "周六"}

// MarshalText writes the day as is; no day is the empty string.
func (d Date) MarshalText() ([]byte, error) { return []byte(d), nil }

// UnmarshalText refuses what is not a day, so that a Date read from outside is one.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = ""
		return nil
	}
	parsed, err := Parse(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}
