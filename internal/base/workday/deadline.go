package workday

import (
	"fmt"
	"strings"
)

// Deadline (办理时限) keeps the inputs it was computed from, so that it can be recomputed when a calendar
// arrives, and a sentence that explains it to the parties.
type Deadline struct {
	From        Date   `json:"from" doc:"Day the period starts from; not counted"`
	Days        int    `json:"days"`
	Working     bool   `json:"working" doc:"Working days (工作日); otherwise calendar days"`
	Due         Date   `json:"due" doc:"Last day of the period; kept by every act on this day"`
	Provisional bool   `json:"provisional,omitempty" doc:"暂定: counted through a year whose holidays are not announced"`
	Basis       string `json:"basis,omitempty" doc:"依据"`
	Calendar    string `json:"calendar,omitempty" doc:"Version of the calendar it was counted by"`
	Explain     string `json:"explain"`
}

// Deadline counts n days from a day and explains the result. basis is the place in the law it rests on.
// Calendar days end on the day they end, worked or not: a rule that moves them says so by working days.
func (c *Calendar) Deadline(from Date, n int, working bool, basis string) Deadline {
	d := Deadline{From: from, Days: n, Working: working, Basis: basis, Calendar: c.Version()}
	if working {
		d.Due, d.Provisional = c.Add(from, n)
	} else {
		d.Due = from.AddDays(min(n, maxDays))
	}
	d.Explain = c.explain(d)
	return d
}

// Missed reports whether the period was over before day began.
func (d Deadline) Missed(day Date) bool { return d.Due != "" && day > d.Due }

// explain writes "自 2026-09-30 起 2 个工作日, 遇国庆节顺延至 2026-10-09, 依据 …".
func (c *Calendar) explain(d Deadline) string {
	var b strings.Builder
	unit := "日"
	if d.Working {
		unit = "个工作日"
	}
	names := c.holidaysWithin(d)
	switch {
	case d.Days == 0:
		fmt.Fprintf(&b, "%s 当日", d.Due)
	case len(names) > 0:
		fmt.Fprintf(&b, "自 %s 起 %d %s, 遇%s顺延至 %s", d.From, d.Days, unit, strings.Join(names, "、"), d.Due)
	default:
		fmt.Fprintf(&b, "自 %s 起 %d %s, 至 %s", d.From, d.Days, unit, d.Due)
	}
	if day := c.Day(d.Due); d.Working && day.Kind == Worked {
		fmt.Fprintf(&b, " (%s, 调休上班)", weekdayNames[d.Due.Weekday()])
	}
	if d.Basis != "" {
		fmt.Fprintf(&b, ", 依据 %s", d.Basis)
	}
	if d.Provisional {
		fmt.Fprintf(&b, " (暂定: %d 年节假日安排尚未公布, 公布后重新计算)", c.firstUnpublished(d))
	}
	return b.String()
}

// shortNames are how people say the holidays: 国庆中秋 for 国庆节、中秋节.
var shortNames = strings.NewReplacer("国庆节", "国庆", "中秋节", "中秋", "清明节", "清明", "端午节", "端午", "、", "")

// holidaysWithin names the holidays that moved a deadline: those with a day that would otherwise have been worked.
func (c *Calendar) holidaysWithin(d Deadline) []string {
	if !d.Working {
		return nil
	}
	var names []string
	seen := map[string]bool{}
	for day := d.From.AddDays(1); day < d.Due; day = day.AddDays(1) {
		info := c.Day(day)
		if weekday := day.Weekday(); info.Kind != Off || weekday == 0 || weekday == 6 || seen[info.Name] {
			continue
		}
		seen[info.Name] = true
		names = append(names, shortNames.Replace(info.Name))
	}
	return names
}

func (c *Calendar) firstUnpublished(d Deadline) int {
	for day := d.From.AddDays(1); day <= d.Due; day = day.AddDays(1) {
		if !c.Day(day).Published {
			return day.Year()
		}
	}
	return d.Due.Year()
}
