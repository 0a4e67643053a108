package disclose

import (
	"fmt"
	"time"
)

// Period is a value period (数据项的值所属的期): months from the first of a month on. The zero Period is the lifetime of a
// value, which never ends.
type Period struct {
	From   time.Time
	Months int
}

// legal is the time by which months and years are counted.
var legal = time.FixedZone("CST", 8*60*60)

// PeriodOf is the period of so many months, counted from January, in which a value was put into use.
func PeriodOf(at time.Time, months int) Period {
	if months <= 0 {
		return Period{}
	}
	day := at.In(legal)
	first := (int(day.Month())-1)/months*months + 1
	return Period{From: time.Date(day.Year(), time.Month(first), 1, 0, 0, 0, 0, day.Location()), Months: months}
}

// String is empty for a lifetime, else the first month and how many: 2026-04/3.
func (p Period) String() string {
	if p.Months == 0 {
		return ""
	}
	return fmt.Sprintf("%s/%d", p.From.Format("2006-01"), p.Months)
}

func parsePeriod(text string) (Period, error) {
	if text == "" {
		return Period{}, nil
	}
	var year, month, months int
	if _, err := fmt.Sscanf(text, "%d-%d/%d", &year, &month, &months); err != nil || months <= 0 {
		return Period{}, fmt.Errorf("disclose: value period %q", text)
	}
	return Period{From: time.Date(year, time.Month(month), 1, 0, 0, 0, 0, legal), Months: months}, nil
}

// end is when the next period begins.
func (p Period) end() time.Time { return p.From.AddDate(0, p.Months, 0) }

// meets reports whether two periods have a month in common. A lifetime meets every period.
func (p Period) meets(o Period) bool {
	return p.Months == 0 || o.Months == 0 || p.From.Before(o.end()) && o.From.Before(p.end())
}
