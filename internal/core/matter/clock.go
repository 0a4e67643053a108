package matter

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/workday"
	"yunei/internal/core/regime"
)

// Clock (办理时限) is one limit as it runs: what the law says, and the deadline counted from it.
type Clock struct {
	Limit regime.Within `json:"limit"`
	workday.Deadline
	Left *int `json:"left,omitempty" doc:"Working days left when it was read; negative when overdue; never stored"`
}

// Paused (中止计时) is a stretch of days that is not counted: those after From, up to and including Until.
type Paused struct {
	From   workday.Date `json:"from"`
	Until  workday.Date `json:"until,omitempty" doc:"Empty while the clock stands still"`
	Reason string       `json:"reason"`
	By     string       `json:"by"`
	Name   string       `json:"name"`
}

// Extension (延期) lengthens the first limit of a step, once.
type Extension struct {
	Limit  regime.Within `json:"limit"`
	Day    workday.Date  `json:"day"`
	Reason string        `json:"reason"`
	By     string        `json:"by"`
	Name   string        `json:"name"`
}

// counter counts periods by a calendar of working days.
type counter struct{ calendar *workday.Calendar }

// count is the nth day after from, of working or of all days, passing over days on which the clock stood still; "" while
// it stands still before the period is over.
func (c counter) count(from workday.Date, n int, working bool, pauses []Paused) (due workday.Date, provisional bool) {
	due = from
	for left := min(n, 36500); left > 0; {
		due = due.AddDays(1)
		stood := false
		for _, p := range pauses {
			if due > p.From && p.Until == "" {
				return "", provisional
			}
			stood = stood || due > p.From && due <= p.Until
		}
		day := c.calendar.Day(due)
		if working && !day.Published {
			provisional = true
		}
		if !stood && (!working || day.Working()) {
			left--
		}
	}
	return due, provisional
}

// clock counts a limit from the moment its step opened.
func (c counter) clock(limit regime.Within, opened time.Time, pauses []Paused, ext *Extension) Clock {
	from, n, working := workday.DateOf(opened), limit.N, limit.Unit == "wd"
	if limit.Unit == "h" { // a period in hours ends on the day in which its last hour falls
		n = workday.DateOf(opened.Add(time.Duration(limit.N) * time.Hour)).Sub(from)
	}
	d := c.calendar.Deadline(from, n, working, limit.Basis())
	if len(pauses) == 0 && ext == nil {
		return Clock{Limit: limit, Deadline: d}
	}
	var also []string
	d.Due, d.Provisional = c.count(from, n, working, pauses)
	if ext != nil && d.Due != "" {
		var more bool
		d.Due, more = c.count(d.Due, ext.Limit.N, ext.Limit.Unit == "wd", pauses)
		d.Provisional = d.Provisional || more
	}
	if ext != nil {
		why := ""
		if ext.Reason != "" { // none yet while it is only foreseen
			why = "因“" + ext.Reason + "”"
		}
		also = append(also, fmt.Sprintf("%s %s延期 %d %s, 依据 %s", ext.Day, why, ext.Limit.N, unitWords[ext.Limit.Unit], ext.Limit.Basis()))
	}
	for _, p := range pauses {
		switch {
		case p.Until == "":
			also = append(also, fmt.Sprintf("%s 起因“%s”中止计时", p.From, p.Reason))
		case p.Until > p.From:
			also = append(also, fmt.Sprintf("%s 至 %s 因“%s”中止计时", p.From, p.Until, p.Reason))
		}
	}
	if d.Due == "" {
		also = append(also, "恢复后接续计算")
	} else {
		also = append(also, "至 "+d.Due.String())
	}
	d.Explain += "; " + strings.Join(also, "; ")
	return Clock{Limit: limit, Deadline: d}
}

var unitWords = map[string]string{"wd": "个工作日", "d": "日", "h": "小时"}

// recount counts every limit of an open step from what it rests on: the day it opened, the pauses, the extension, the calendar.
func (c counter) recount(s *Step) {
	if s.Opened == nil {
		return
	}
	s.Clocks, s.Deadline, s.Lapses = nil, nil, nil
	if s.Within != nil {
		s.Clocks = append(s.Clocks, *c.clock(*s.Within, *s.Opened, s.Pauses, s.Extended).since(s.Moved, inWithin, 0))
	}
	for _, limit := range s.Limits {
		s.Clocks = append(s.Clocks, *c.clock(limit, *s.Opened, s.Pauses, nil).since(s.Moved, inClock, len(s.Clocks)))
	}
	for i := range s.Clocks {
		if k := &s.Clocks[i]; s.Deadline == nil || (k.Due != "" && (s.Deadline.Due == "" || k.Due < s.Deadline.Due)) {
			d := k.Deadline
			s.Deadline = &d
		}
	}
	if s.Lapse != nil {
		s.Lapses = &c.clock(*s.Lapse, *s.Opened, nil, nil).since(s.Moved, inLapse, 0).Deadline
	}
	if s.Public != nil {
		s.Public.Deadline = c.clock(s.Publicity.For, *s.Opened, nil, nil).since(s.Moved, inPublicity, 0).Deadline
	}
}

// specials are the special laws that set the step's limits.
func (s *Step) specials() (list []regime.Special) {
	for _, k := range s.Clocks {
		if k.Limit.Special != nil {
			list = append(list, *k.Limit.Special)
		}
	}
	return list
}

// missed is the limit that was over before a day began, the hard ones first; nil when none was.
func (s *Step) missed(day workday.Date) *Clock {
	var soft *Clock
	for i := range s.Clocks {
		switch k := &s.Clocks[i]; {
		case !k.Missed(day):
		case !k.Limit.Soft:
			return k
		case soft == nil:
			soft = k
		}
	}
	return soft
}

func (s *Step) paused() *Paused {
	if n := len(s.Pauses); n > 0 && s.Pauses[n-1].Until == "" {
		return &s.Pauses[n-1]
	}
	return nil
}

// pause stops the clock of a step for a reason that its procedure names.
func (m *Matter) pause(s *Step, c counter, p Paused) error {
	switch {
	case s.Pause == nil || len(s.Clocks) == 0:
		return refuse(errs.Conflict, s.Cite, "“%s”环节没有可以中止计时的事由, 请按期办理", s.Title)
	case s.paused() != nil:
		return refuse(errs.Conflict, s.Pause.Cite, "“%s”环节已经中止计时, 请在事由消除后恢复", s.Title)
	case !slices.Contains(s.Pause.For, p.Reason):
		return refuse(errs.Unlawful, s.Pause.Cite, "“%s”不是可以中止计时的事由; 可以中止的事由有: %s", p.Reason, strings.Join(s.Pause.For, "、"))
	case s.missed(p.From) != nil:
		return refuse(errs.Conflict, s.Cite, "“%s”环节已经超过期限, 不能再中止计时; 请尽快办理", s.Title)
	}
	s.Pauses = append(s.Pauses, p)
	c.recount(s)
	return nil
}

// resume lets the clock run on; the day of resuming is not counted.
func (m *Matter) resume(s *Step, c counter, day workday.Date) error {
	p := s.paused()
	if p == nil {
		return errs.New(errs.Conflict, "“%s”环节没有中止计时, 请刷新查看", s.Title)
	}
	p.Until = max(day, p.From)
	c.recount(s)
	return nil
}

// extend lengthens the limit once, before it is over, by no more than the procedure allows.
func (m *Matter) extend(s *Step, c counter, x Extension) error {
	switch {
	case s.Extend == nil || s.Within == nil:
		return refuse(errs.Conflict, s.Cite, "“%s”环节的期限不能延长, 请按期办理", s.Title)
	case s.Extended != nil:
		return refuse(errs.Unlawful, s.Extend.Cite, "“%s”环节已经延期一次, 不能再次延期; 请按期办理", s.Title)
	case x.Limit.N < 1 || x.Limit.N > s.Extend.N:
		return refuse(errs.Unlawful, s.Extend.Cite, "“%s”环节最多延期 %d %s, 请改短后重试", s.Title, s.Extend.N, unitWords[s.Extend.Unit])
	case s.missed(x.Day) != nil:
		return refuse(errs.Unlawful, s.Extend.Cite, "“%s”环节的期限已经届满, 不能再延期; 请尽快办理", s.Title)
	}
	x.Limit.Unit, x.Limit.Cite, x.Limit.Special = s.Extend.Unit, s.Extend.Cite, s.Extend.Special
	s.Extended = &x
	c.recount(s)
	return nil
}

// refuse is a refusal that names the place in the law it rests on.
func refuse(code errs.Code, cite errs.Cite, format string, args ...any) error {
	e := errs.New(code, format, args...)
	if cite.Article != "" {
		cite.Message = e.Msg
		e.Cites = []errs.Cite{cite}
	}
	return e
}
