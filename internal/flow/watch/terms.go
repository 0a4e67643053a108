package watch

import (
	"fmt"

	"yunei/internal/base/errs"
	"yunei/internal/base/workday"
	"yunei/internal/core/regime"
)

// deadline counts a value of the pack from a day and explains it: working days by the calendar, months and years by the date.
func deadline(law *regime.Law, name string, from workday.Date) (workday.Deadline, error) {
	v, err := law.Value(name, from)
	if err != nil {
		return workday.Deadline{}, err
	}
	return count(law, v, from), nil
}

func count(law *regime.Law, v regime.Value, from workday.Date) workday.Deadline {
	switch v.Unit {
	case "month", "quarter", "year":
		due := from.AddMonths(months(v))
		return workday.Deadline{From: from, Days: due.Sub(from), Due: due,
			Explain: fmt.Sprintf("自 %s 起 %s, 至 %s, 依据 《%s》%s", from, span(v), due, v.Cite.Law, v.Cite.Article)}
	}
	return law.Deadline(v.Cite, from, int(v.Int), v.Unit == "working_day")
}

// months is a value in months; 0 for one counted in days.
func months(v regime.Value) int {
	switch v.Unit {
	case "month":
		return int(v.Int)
	case "quarter":
		return 3 * int(v.Int)
	case "year":
		return 12 * int(v.Int)
	}
	return 0
}

// span is a value in words.
func span(v regime.Value) string {
	unit := map[string]string{"day": "日", "working_day": "个工作日", "month": "个月", "quarter": "个季度", "year": "年"}[v.Unit]
	return fmt.Sprintf("%d %s", v.Int, unit)
}

// optional turns a value that no pack sets into the zero value.
func optional(law *regime.Law, name string, day workday.Date) (regime.Value, error) {
	v, err := law.Value(name, day)
	if errs.Is(err, errs.NotFound) {
		return regime.Value{}, nil
	}
	return v, err
}
