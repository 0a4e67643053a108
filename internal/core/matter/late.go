package matter

import (
	"context"
	"slices"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
)

// LateEntry (补录) is a decision taken on paper and entered later. It counts once a second person confirmed it, by the law of
// the day on which it was taken.
type LateEntry struct {
	Day      workday.Date `json:"day" doc:"The day it was decided on paper"`
	Decision Decision     `json:"decision"`
	By       string       `json:"by"`
	Name     string       `json:"name"`
	At       time.Time    `json:"at"`
}

// valueRecordWithin is by when a paper decision must be entered, where a pack says so.
const valueRecordWithin = "matter.record.within"

// Record enters a paper decision at a step, to be confirmed by a second person.
func (s *Service) Record(ctx context.Context, matterID, stepID string, day workday.Date, d Decision) (*Matter, error) {
	return s.atStep(ctx, act.Call{Act: "matter.record", Matter: matterID, Step: stepID}, d.Reason, func(ctx context.Context, tx *act.Tx, h *hand) error {
		r := LateEntry{Day: day, Decision: d, By: h.actor.Account, Name: h.actor.Name, At: tx.Now()}
		if err := h.m.mayRecord(h.step, r, workday.DateOf(tx.Now())); err != nil {
			return err
		}
		if err := recordedInTime(tx, h.count, day); err != nil {
			return err
		}
		h.step.Pending = &r
		h.m.event(Event{At: tx.Now(), What: "recorded", Step: h.step.ID, Who: h.actor.Name, Reason: d.Document.Number})
		return nil
	})
}

// recordedInTime holds a late entry to the pack's limit.
func recordedInTime(tx *act.Tx, c counter, day workday.Date) error {
	v, err := tx.Law().Value(valueRecordWithin, day)
	if errs.Is(err, errs.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	due, _ := c.count(day, int(v.Int), v.Unit == "working_day", nil)
	if workday.DateOf(tx.Now()).After(due) {
		return refuse(errs.Unlawful, v.Cite, "%s 作出的决定应在 %s 前补录, 现已超过期限; 请由主管部门另行作出决定", day, due)
	}
	return nil
}

func (m *Matter) mayRecord(s *Step, r LateEntry, today workday.Date) error {
	switch {
	case s.Pending != nil:
		return errs.New(errs.Conflict, "“%s”已有待确认的补录, 请先由另一人确认或者退回", s.Title)
	case s.Publicity != nil || s.Draw != nil:
		return refuse(errs.Conflict, s.Cite, "“%s”不能补录, 请在平台办理", s.Title)
	case r.Decision.Document == nil || r.Decision.Document.Number == "" || r.Decision.Document.Digest == "":
		return errs.New(errs.Invalid, "补录须填写决定文件的文号并上传文件")
	case !r.Day.Valid() || r.Day.After(today):
		return errs.New(errs.Invalid, "补录的决定日期不能晚于今天, 请重新填写")
	case r.Day.Before(m.Day):
		return errs.New(errs.Invalid, "补录的决定日期不能早于受理之日 %s, 请重新填写", m.Day)
	case !slices.Contains(s.May, r.Decision.Verdict):
		return errs.New(errs.Invalid, "“%s”环节不能作出这种决定, 请从页面所列选项中选择", s.Title)
	}
	return nil
}

// Confirm is the second person's word on a late entry: accepted, it is judged by the law of its own day and moves the
// matter on; else it is dropped with the reason.
func (s *Service) Confirm(ctx context.Context, matterID, stepID string, accept bool, reason string) (*Matter, error) {
	pending, err := s.pending(ctx, matterID, stepID)
	if err != nil {
		return nil, err
	}
	call := act.Call{Act: "matter.record.confirm", Matter: matterID, Step: stepID}
	if accept && pending != nil {
		call.Occurred = pending.Day
	}
	return s.atStep(ctx, call, reason, func(ctx context.Context, tx *act.Tx, h *hand) error {
		r := h.step.Pending
		switch {
		case r == nil || pending == nil || r.At != pending.At:
			return errs.New(errs.Conflict, "“%s”没有待确认的补录, 请刷新查看", h.step.Title)
		case r.By == h.actor.Account:
			return refuse(errs.Forbidden, h.step.Cite, "补录须由另一人核对原件后确认, 录入人不能自己确认")
		}
		h.step.Pending = nil
		if !accept {
			h.m.event(Event{At: tx.Now(), What: "recorded", Step: h.step.ID, Who: h.actor.Name, Reason: "补录未予确认: " + reason})
			return nil
		}
		if err := tx.JudgeAs(ctx, "matter.decide", s.objects(h.kind, h.m), nil); err != nil {
			return err
		}
		o := h.opinion(tx.Now())
		o.Day, o.Recorder = r.Day, r.By
		return s.give(ctx, tx, h, o, r.Decision)
	})
}

func (s *Service) pending(ctx context.Context, matterID, stepID string) (r *LateEntry, err error) {
	err = s.acts.View(ctx, func(tx *sqldb.Tx) error {
		m, err := Load(ctx, tx, matterID)
		if err != nil || !MaySee(access.From(ctx), m) {
			return nil // the act answers, in the words for everybody
		}
		if step, err := m.Step(stepID); err == nil {
			r = step.Pending
		}
		return nil
	})
	return r, err
}

// Correct (更正) sets a clerical error in the wording of an opinion right; the verdict stays, and so does the first wording.
func (s *Service) Correct(ctx context.Context, matterID, stepID, account, text, why string) (*Matter, error) {
	return s.onMatter(ctx, "matter.correct", matterID, why, func(ctx context.Context, tx *act.Tx, m *Matter) error {
		tx.InMatter(m.ID, stepID)
		step, err := m.Step(stepID)
		if err != nil {
			return err
		}
		actor := tx.Actor()
		i := slices.IndexFunc(step.Opinions, func(o Opinion) bool { return o.Account == account })
		if i < 0 {
			return errs.New(errs.NotFound, "“%s”没有这份意见, 请刷新后重试", step.Title)
		}
		o := &step.Opinions[i]
		switch {
		case !step.mayCorrect(actor, *o):
			return refuse(errs.Forbidden, step.Cite, "意见由提出人或者其单位的承办人员更正, 请联系提出人")
		case len([]rune(text)) < 2:
			return errs.New(errs.Invalid, "请填写更正后的文字")
		case text == o.Reason:
			return errs.New(errs.Invalid, "更正后的文字与原文相同, 无需更正")
		}
		o.Corrected = append(o.Corrected, Correction{At: tx.Now(), By: actor.Account, Name: actor.Name, Text: text, Why: why})
		m.event(Event{At: tx.Now(), What: "corrected", Step: step.ID, Who: actor.Name, Reason: why})
		return s.tellApplicant(ctx, tx, m, step, "意见文字已更正: "+why)
	})
}

// mayCorrect tells who sets an opinion right: who gave it, or who handles the step in the same organization.
func (s *Step) mayCorrect(actor access.Actor, o Opinion) bool {
	return o.Account == actor.Account || actor.Org != "" && o.Org == actor.Org && actor.Has(access.Role(s.Role))
}

// Revoke (撤销) takes a passed decision back: the stage ends what followed from it, and every permit below ends with it.
// Only a stage that knows how to undo its effect lets a decision be revoked.
func (s *Service) Revoke(ctx context.Context, matterID, reason string) (*Matter, error) {
	return s.onMatter(ctx, "matter.revoke", matterID, reason, func(ctx context.Context, tx *act.Tx, m *Matter) error {
		kind := s.kinds[m.Kind]
		if kind.Revoked == nil {
			return errs.New(errs.Conflict, "这类办件的决定不能在此撤销, 请在相应的授权、协议或单位页面办理终止")
		}
		if err := m.revoke(tx.Actor(), tx.Now(), reason); err != nil {
			return err
		}
		if err := s.read(ctx, tx, m, access.AccountAddress(m.Filer), "决定已撤销: "+reason); err != nil {
			return err
		}
		return kind.Revoked(ctx, tx, m)
	})
}

// revoke is for whoever decided last, and for the bureau.
func (m *Matter) revoke(actor access.Actor, now time.Time, reason string) error {
	last := m.last()
	switch {
	case m.State != Passed:
		return errs.New(errs.Conflict, "这个办件%s, 没有可以撤销的决定, 请刷新查看", stateWords[m.State])
	case actor.Org != "" && actor.Org == m.Applicant:
		return refuse(errs.Forbidden, last.Cite, "决定由作出决定的单位撤销; 本单位不再需要的, 请在相应页面办理终止")
	case !actor.Has(access.Bureau) && !actor.Has(access.Role(last.Role)), !m.decidedBy(last, actor):
		return refuse(errs.Forbidden, last.Cite, "决定由%s或者数据主管部门撤销, 不在您的职责内", last.RoleTitle)
	}
	m.State = Revoked
	m.event(Event{At: now, What: "revoked", Who: actor.Name, Reason: reason})
	return nil
}

// decidedBy reports whether the actor's body decided here, or is the bureau of the area in which it was decided (本级).
func (m *Matter) decidedBy(last *Step, actor access.Actor) bool {
	if !access.Territorial(access.Role(last.Role)) {
		return actor.Has(access.Role(last.Role)) || actor.Area == m.Area
	}
	return actor.Area == m.Area || slices.Contains(last.Addressed, access.AreaAddress(access.Role(last.Role), actor.Area))
}

// last is the binding step that nothing binding comes after: whose decision the outcome is.
func (m *Matter) last() *Step {
	for i := len(m.Steps) - 1; i >= 0; i-- {
		s := &m.Steps[i]
		if s.Binding && s.State == StepDone && !slices.ContainsFunc(m.Steps, func(t Step) bool { return t.Binding && t.State == StepDone && m.before(s, &t) }) {
			return s
		}
	}
	return &m.Steps[len(m.Steps)-1]
}
