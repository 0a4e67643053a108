package matter

import (
	"fmt"

	"yunei/internal/base/errs"
	"yunei/internal/base/workday"
	"yunei/internal/core/regime"
)

// A matter keeps the periods of its acceptance. Moving a named value gives it the number of another version, from a day on and by
// a transitional article (过渡条款), and only where something is still to come: what is over, and what was already missed, stays.

// Where a period stands in a matter.
const (
	inWithin     = "within"
	inClock      = "clock"
	inPublicity  = "publicity"
	inLapse      = "lapse"
	inExtend     = "extend"
	inSupplement = "supplement"
	inAppeal     = "appeal"
)

// Why a period was left as it was.
const (
	// KeptMissed: it was over before the day of the act. Nobody becomes punctual, or later still, afterwards.
	KeptMissed = "missed"
	// KeptAnnounced: a period in public that was announced ends on the day that was announced.
	KeptAnnounced = "announced"
	// KeptShorter: time that the applicant or whoever is asked for an opinion already has is not taken from them.
	KeptShorter = "shorter"
)

// Moved is one value that was moved to a matter.
type Moved struct {
	Transition string        `json:"transition" doc:"The act by which it was moved"`
	Day        workday.Date  `json:"day"`
	Of         string        `json:"of" enum:"within,clock,publicity,lapse,extend,supplement,appeal" doc:"Which period"`
	Nth        int           `json:"nth,omitempty" doc:"Of several clocks, which"`
	Was        regime.Within `json:"was"`
	Now        regime.Within `json:"now"`
	Cite       errs.Cite     `json:"cite" doc:"The transitional article (过渡条款)"`
}

// Change is another version of a value, with what lets it be moved.
type Change struct {
	Now  regime.Within
	Cite errs.Cite
}

// Shift is what moving a value does to one period of a matter.
type Shift struct {
	Matter    string            `json:"matter"`
	Title     string            `json:"title"`
	Kind      string            `json:"kind"`
	Applicant string            `json:"applicant"`
	Step      string            `json:"step,omitempty"`
	StepTitle string            `json:"step_title,omitempty"`
	Of        string            `json:"of" enum:"within,clock,publicity,lapse,extend,supplement,appeal" doc:"Which of its periods"`
	Was       regime.Within     `json:"was"`
	Now       regime.Within     `json:"now"`
	Before    *workday.Deadline `json:"before,omitempty" doc:"The day it stands at; absent while it does not run, without a due day while the clock stands still"`
	After     *workday.Deadline `json:"after,omitempty"`
	Late      bool              `json:"late,omitempty" doc:"Overdue at once: the new day is past already"`
	Kept      string            `json:"kept,omitempty" enum:"missed,announced,shorter" doc:"Why it stays as it is"`
	Told      []string          `json:"told,omitempty" doc:"Inboxes that are told"`
}

// period is one limit of a matter that is still to come or runs.
type period struct {
	step  *Step // nil: the matter's own
	of    string
	limit *regime.Within
	nth   int // of the clocks
}

// periods are the limits of a matter that something still depends on.
func (m *Matter) periods() (out []period) {
	if m.Over() {
		return nil
	}
	for i := range m.Steps {
		s := &m.Steps[i]
		if s.State != StepWaiting && s.State != StepOpen && !(m.State == Returned && s.restarts()) {
			continue
		}
		clocks := 0
		add := func(of string, limit *regime.Within) {
			switch {
			case limit == nil:
			case of == inWithin, of == inClock:
				out = append(out, period{s, of, limit, clocks})
				clocks++
			default:
				out = append(out, period{s, of, limit, 0})
			}
		}
		add(inWithin, s.Within)
		for j := range s.Limits {
			add(inClock, &s.Limits[j])
		}
		if s.Publicity != nil {
			add(inPublicity, &s.Publicity.For)
		}
		add(inLapse, s.Lapse)
		if s.Extended == nil { // once it was used there is nothing left of it
			add(inExtend, s.Extend)
		}
	}
	if m.Supplement != nil {
		out = append(out, period{of: inSupplement, limit: m.Supplement})
	}
	if m.Appeal != nil && m.Appeal.Within != nil {
		out = append(out, period{of: inAppeal, limit: m.Appeal.Within})
	}
	return out
}

// deadline is the day a period stands at; nil while it does not run.
func (m *Matter) deadline(p period) *workday.Deadline {
	var d workday.Deadline
	switch {
	case p.step == nil && p.of == inSupplement && m.State == Returned && m.Answer != nil:
		d = m.Answer.Deadline
	case p.step == nil || p.step.State != StepOpen || p.of == inExtend:
		return nil
	case p.of == inPublicity && p.step.Public != nil:
		d = p.step.Public.Deadline
	case p.of == inLapse && p.step.Lapses != nil:
		d = *p.step.Lapses
	case (p.of == inWithin || p.of == inClock) && p.nth < len(p.step.Clocks):
		d = p.step.Clocks[p.nth].Deadline
	default:
		return nil
	}
	return &d
}

// move gives the periods of a matter that a changed value sets the number of the other version, and says of each what became
// of it; today is the procedure by the law of the day.
func (m *Matter) move(changes map[string]Change, transition string, today regime.Procedure, c counter, day workday.Date) (out []Shift) {
	for _, p := range m.periods() {
		to, changed := changes[p.limit.Value]
		if p.limit.Value == "" || !changed {
			continue
		}
		now := p.aim(to.Now, today)
		if p.limit.Same(now) {
			continue
		}
		sh := Shift{Matter: m.ID, Title: m.Title, Kind: m.Kind, Applicant: m.Applicant, Of: p.of, Was: *p.limit, Now: now, Before: m.deadline(p)}
		if p.step != nil {
			sh.Step, sh.StepTitle = p.step.ID, p.step.Title
		}
		if sh.Kept = m.kept(p, sh, c, day); sh.Kept == "" {
			*p.limit = sh.Now
			moved := Moved{Transition: transition, Day: day, Of: p.of, Nth: p.nth, Was: sh.Was, Now: sh.Now, Cite: to.Cite}
			if p.step != nil {
				p.step.Moved = append(p.step.Moved, moved)
			} else {
				m.Moved = append(m.Moved, moved)
			}
			if sh.Before != nil {
				m.recountPeriod(p, c)
				sh.After = m.deadline(p)
				sh.Late = sh.After.Missed(day)
			}
		}
		out = append(out, sh)
	}
	return out
}

// aim is what a period becomes under another version of its value. Of the supplement and the publicity several packs set, the matter
// keeps the stricter alone: what another asks for today still binds, whatever the moved value says.
func (p period) aim(now regime.Within, today regime.Procedure) regime.Within {
	now.Soft = p.limit.Soft
	switch p.of {
	case inSupplement:
		return today.StricterSupplement(now)
	case inPublicity:
		return today.StricterPublicity(p.step.ID, now)
	}
	return now
}

// kept says why a period that runs stays as it is.
func (m *Matter) kept(p period, sh Shift, c counter, day workday.Date) string {
	switch {
	case sh.Before == nil:
		return ""
	case sh.Before.Missed(day):
		return KeptMissed
	case p.of == inPublicity:
		return KeptAnnounced
	case p.of == inLapse && c.clock(sh.Now, *p.step.Opened, nil, nil).Due < sh.Before.Due,
		p.of == inSupplement && c.clock(sh.Now, m.Answer.From.Time(), nil, nil).Due < sh.Before.Due:
		return KeptShorter
	}
	return ""
}

func (m *Matter) recountPeriod(p period, c counter) {
	if p.step != nil {
		c.recount(p.step)
		return
	}
	k := c.clock(*m.Supplement, m.Answer.From.Time(), nil, nil)
	m.Answer = k.since(m.Moved, inSupplement, 0)
}

// since adds to a clock's explanation that its limit was moved to it, and by which article.
func (k Clock) since(moved []Moved, of string, nth int) *Clock {
	var own []Moved
	for _, v := range moved {
		if v.Of == of && v.Nth == nth {
			own = append(own, v)
		}
	}
	if n := len(own); n > 0 {
		k.Explain += fmt.Sprintf("; 受理时为 %s, %s 起适用新规定, 依据 %s", long(own[0].Was), own[n-1].Day, regime.Within{Cite: own[n-1].Cite}.Basis())
	}
	return &k
}

// long writes a limit out: 5 个工作日.
func long(w regime.Within) string { return fmt.Sprintf("%d %s", w.N, unitWords[w.Unit]) }
