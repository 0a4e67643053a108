package matter

import (
	"strings"
	"time"
	"unicode/utf8"

	"yunei/internal/base/errs"
	"yunei/internal/base/workday"
)

// Public (公示) is a step's period in public as it runs.
type Public struct {
	Notice     string           `json:"notice,omitempty" doc:"The notice that was published"`
	From       workday.Date     `json:"from"`
	Deadline   workday.Deadline `json:"deadline" doc:"Its last day and how it was counted"`
	Objections []Objection      `json:"objections,omitempty"`
}

// States of an objection.
const (
	ObjectionOpen      = "open"
	ObjectionUpheld    = "upheld"
	ObjectionDismissed = "dismissed"
	ObjectionClosed    = "closed" // the period ended otherwise
)

// Objection (异议) is what somebody said against a matter in its period in public. The words and how to reach the person
// are kept beside the matter, for the deciding body alone.
type Objection struct {
	ID      string     `json:"id"`
	At      time.Time  `json:"at"`
	State   string     `json:"state" enum:"open,upheld,dismissed,closed"`
	Reply   string     `json:"reply,omitempty" doc:"The reason of the decision on it"`
	By      string     `json:"by,omitempty"`
	Decided *time.Time `json:"decided,omitempty"`
}

// maxObjections bounds what one period in public takes; beyond it people write on paper.
const maxObjections = 500

// Objections lists the objections of a step; none where it is no period in public.
func (s *Step) Objections() []Objection {
	if s.Public == nil {
		return nil
	}
	return s.Public.Objections
}

// blocked reports whether an objection keeps the step from passing.
func (s *Step) blocked() bool {
	for _, o := range s.Objections() {
		if o.State == ObjectionOpen && s.Publicity.Blocks {
			return true
		}
	}
	return false
}

// mayObject reports why nobody may object at the step on that day.
func (m *Matter) mayObject(s *Step, day workday.Date) error {
	switch {
	case s.Publicity == nil || s.Public == nil:
		return errs.New(errs.NotFound, "没有这项公示, 请核对后重试")
	case s.Public.Deadline.Missed(day):
		return refuse(errs.Unlawful, s.Publicity.For.Cite, "“%s”已于 %s 期满, 不再受理异议; 如认为有违法违规情形, 请向主管部门投诉举报", s.Title, s.Public.Deadline.Due)
	case m.State != Running || s.State != StepOpen:
		return refuse(errs.Conflict, s.Publicity.For.Cite, "“%s”已经结束, 不再受理异议", s.Title)
	case len(s.Public.Objections) >= maxObjections:
		return errs.New(errs.Unavailable, "本次公示收到的异议已达上限, 请以书面形式向公示单位提出")
	}
	return nil
}

// decideObjection upholds or dismisses an objection. What is upheld stops the matter: it is returned or refused.
func (m *Matter) decideObjection(s *Step, id string, upheld bool, o Opinion, c counter) error {
	if err := m.inHand(s); err != nil {
		return err
	}
	if utf8.RuneCountInString(strings.TrimSpace(o.Reason)) < 2 {
		return errs.New(errs.Invalid, "请填写处理异议的理由后再提交")
	}
	for i := range s.Objections() {
		x := &s.Public.Objections[i]
		if x.ID != id {
			continue
		}
		if x.State != ObjectionOpen {
			return errs.New(errs.Conflict, "这件异议已经处理, 请刷新查看")
		}
		if upheld && o.Verdict != Return && o.Verdict != Refuse {
			return errs.New(errs.Invalid, "异议成立的, 请选择退回申请人或者不予通过")
		}
		x.State, x.Reply, x.By, x.Decided = ObjectionDismissed, o.Reason, o.Account, &o.At
		m.event(Event{At: o.At, What: "objection_decided", Step: s.ID, Who: o.Name, Reason: o.Reason})
		if upheld {
			x.State = ObjectionUpheld
			m.decide(s, o, c)
		}
		return nil
	}
	return errs.New(errs.NotFound, "没有这件异议, 请刷新后重试")
}
