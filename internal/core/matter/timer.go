package matter

import (
	"time"

	"yunei/internal/base/workday"
	"yunei/internal/core/access"
)

// happening is something that time did to a matter.
type happening struct {
	what string // overdue, lapsed, published_over, unanswered, unsupervised
	step *Step
}

// tick does to a matter what time does by itself: a period in public that passed without a blocking objection is passed, an
// opinion that binds nobody lapses, an unanswered supplement ends the matter, and what is overdue is marked, once.
func (m *Matter) tick(now time.Time, c counter) (out []happening) {
	day := workday.DateOf(now)
	platform := Opinion{Account: access.SystemName, Name: "平台", At: now}
	if m.State == Returned && m.Answer != nil && m.Answer.Missed(day) {
		o := platform
		o.Reason = "补正期限于 " + m.Answer.Due.String() + " 届满, 申请人没有补正, 视为撤回申请"
		m.end(Withdrawn, o)
		return append(out, happening{what: "unanswered"})
	}
	for i := 0; i < len(m.Steps) && m.State == Running; i++ {
		s := &m.Steps[i]
		if s.State != StepOpen {
			continue
		}
		switch {
		case s.publicOver(day) && !s.blocked():
			o := platform
			o.Verdict, o.Reason = Pass, "公示期满, 没有未处理的异议"
			o.Seat = access.RoleAddress(access.Platform)
			s.Opinions = append(s.Opinions, o)
			s.State = StepDone
			for j := range s.Public.Objections {
				if x := &s.Public.Objections[j]; x.State == ObjectionOpen { // the pack lets them not block
					x.State, x.Reply = ObjectionClosed, "公示期满, 异议留存备查"
				}
			}
			m.event(Event{At: now, What: "decided", Step: s.ID, Who: o.Name, Reason: o.Reason})
			if m.allOver() {
				m.end(Passed, o)
			}
			out = append(out, happening{"published_over", s})
		case !s.Binding && s.Lapses != nil && s.Lapses.Missed(day):
			cite := s.Lapse.Cite
			s.State, s.Skipped = StepSkipped, &cite
			m.event(Event{At: now, What: "lapsed", Step: s.ID})
			if m.allOver() {
				m.end(Passed, platform)
			}
			out = append(out, happening{"lapsed", s})
		case s.overdue(day):
			s.Escalated = day
			m.event(Event{At: now, What: "overdue", Step: s.ID})
			out = append(out, happening{"overdue", s})
		}
	}
	for i := range m.Supervisions {
		if v := &m.Supervisions[i]; m.State == Running && v.waits() && day > v.Until {
			v.Missed = day
			m.event(Event{At: now, What: "overdue", Step: v.Step, Reason: "督办期限 " + v.Until.String() + " 已过"})
			out = append(out, happening{what: "unsupervised"})
		}
	}
	return out
}

func (s *Step) publicOver(day workday.Date) bool {
	return s.Publicity != nil && s.Public != nil && s.Public.Deadline.Missed(day)
}

func (s *Step) overdue(day workday.Date) bool {
	return s.Escalated == "" && s.Publicity == nil && s.Deadline != nil && s.Deadline.Missed(day)
}

// never is the day on which no timer looks at a matter.
const never workday.Date = "9999-12-31"

// wake is the next day on which time does something to the matter by itself; never when nothing is pending.
func (m *Matter) wake() workday.Date {
	next := never
	after := func(due workday.Date) {
		if due != "" {
			next = min(next, due.AddDays(1))
		}
	}
	if m.State == Returned && m.Answer != nil {
		after(m.Answer.Due)
	}
	if m.State != Running {
		return next
	}
	for i := range m.Steps {
		s := &m.Steps[i]
		if s.State != StepOpen {
			continue
		}
		switch {
		case s.Publicity != nil && s.Public != nil:
			if !s.blocked() {
				after(s.Public.Deadline.Due)
			}
		case s.Escalated == "" && s.Deadline != nil:
			after(s.Deadline.Due)
		}
		if !s.Binding && s.Lapses != nil {
			after(s.Lapses.Due)
		}
	}
	for _, v := range m.Supervisions {
		if v.waits() {
			after(v.Until)
		}
	}
	return next
}

// calendar is the calendar under which the running deadlines were counted; "" where none runs.
func (m *Matter) calendar() string {
	if m.Over() {
		return ""
	}
	if m.Answer != nil {
		return m.Answer.Calendar
	}
	for i := range m.Steps {
		s := &m.Steps[i]
		switch {
		case s.State != StepOpen:
		case len(s.Clocks) > 0:
			return s.Clocks[0].Calendar
		case s.Public != nil:
			return s.Public.Deadline.Calendar
		case s.Lapses != nil:
			return s.Lapses.Calendar
		}
	}
	return ""
}

// recount counts every running deadline anew and lists the steps whose day or standing changed; step nil is the
// applicant's time to supplement.
func (m *Matter) recount(c counter) (changed []*Step, answer bool) {
	if m.State == Returned && m.Answer != nil {
		old := m.Answer.Deadline
		k := c.clock(m.Answer.Limit, m.Answer.From.Time(), nil, nil)
		answer = k.Due != old.Due || k.Provisional != old.Provisional
		m.Answer = k.since(m.Moved, inSupplement, 0)
	}
	for i := range m.Steps {
		s := &m.Steps[i]
		if m.State != Running || s.State != StepOpen {
			continue
		}
		fresh := *s
		if s.Public != nil {
			public := *s.Public
			fresh.Public = &public
		}
		c.recount(&fresh)
		moved := s.standing() != fresh.standing()
		*s = fresh
		if moved {
			changed = append(changed, s)
		}
	}
	return changed, answer
}

// standing is what the parties go by of a step's deadlines.
func (s *Step) standing() string {
	out := ""
	for _, d := range []*workday.Deadline{s.Deadline, s.Lapses} {
		if d != nil {
			out += d.Due.String() + stood[d.Provisional] + " "
		}
	}
	for _, k := range s.Clocks {
		out += k.Due.String() + stood[k.Provisional] + " "
	}
	if s.Public != nil {
		out += s.Public.Deadline.Due.String() + stood[s.Public.Deadline.Provisional]
	}
	return out
}

var stood = map[bool]string{true: "暂定"}
