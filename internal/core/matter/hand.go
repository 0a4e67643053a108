package matter

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
)

// hand is one step of a matter in somebody's hands, inside an act.
type hand struct {
	kind  Kind
	m     *Matter
	step  *Step
	actor access.Actor
	seat  string
	by    *access.Deputy
	count counter
}

// opinion is the actor speaking from this seat.
func (h *hand) opinion(now time.Time) Opinion {
	o := Opinion{Account: h.actor.Account, Name: h.actor.Name, Org: h.actor.Org, Seat: h.seat, At: now}
	if h.by != nil {
		o.For, o.ForName = h.by.Account, h.by.Name
	}
	return o
}

// atStep does an act of somebody who holds an open step: the matter is locked and loaded, the law asked, the seat found.
func (s *Service) atStep(ctx context.Context, c act.Call, reason string, fn func(ctx context.Context, tx *act.Tx, h *hand) error) (*Matter, error) {
	var m *Matter
	_, err := s.acts.Do(ctx, c, func(ctx context.Context, tx *act.Tx) (err error) {
		if m, err = s.visible(ctx, tx, c.Matter); err != nil {
			return err
		}
		h := &hand{kind: s.kinds[m.Kind], m: m, count: s.counter(tx)}
		if h.step, err = m.Step(c.Step); err != nil {
			return err
		}
		if h.actor, err = Standing(ctx, tx.Tx, tx.Actor()); err != nil {
			return err
		}
		if err := m.asGuest(h.actor, c.Act); err != nil {
			return err
		}
		// An application of one's own organization is the law's to refuse, with its article.
		if err := tx.Judge(ctx, s.objects(h.kind, m)); err != nil {
			return err
		}
		if err := m.inHand(h.step); err != nil {
			return err
		}
		if h.seat, h.by, err = m.sits(h.step, h.actor); err != nil {
			return err
		}
		if err := said(reason); err != nil {
			return err
		}
		if err := fn(ctx, tx, h); err != nil {
			return err
		}
		return s.save(ctx, tx, m)
	})
	if err != nil {
		return nil, err
	}
	return m, nil
}

// visible locks and loads a matter that is the actor's business.
func (s *Service) visible(ctx context.Context, tx *act.Tx, id string) (*Matter, error) {
	if err := tx.Lock(ctx, id); err != nil {
		return nil, err
	}
	m, err := Load(ctx, tx.Tx, id)
	if err != nil {
		return nil, err
	}
	actor, err := Standing(ctx, tx.Tx, tx.Actor())
	if err != nil {
		return nil, err
	}
	if !MaySee(actor, m) {
		return nil, noMatter()
	}
	return m, nil
}

func said(reason string) error {
	if utf8.RuneCountInString(strings.TrimSpace(reason)) < 2 {
		return errs.New(errs.Invalid, "请填写理由后再提交")
	}
	return nil
}

// Pause (中止计时) stops the clock of a step for a reason that its procedure names.
func (s *Service) Pause(ctx context.Context, matterID, stepID, reason string) (*Matter, error) {
	return s.atStep(ctx, act.Call{Act: "matter.pause", Matter: matterID, Step: stepID}, reason, func(ctx context.Context, tx *act.Tx, h *hand) error {
		p := Paused{From: workday.DateOf(tx.Now()), Reason: reason, By: h.actor.Account, Name: h.actor.Name}
		if err := h.m.pause(h.step, h.count, p); err != nil {
			return err
		}
		h.m.event(Event{At: tx.Now(), What: "paused", Step: h.step.ID, Who: h.actor.Name, Reason: reason})
		return errors.Join(s.redue(ctx, tx, h.m, h.step), s.tellApplicant(ctx, tx, h.m, h.step, "办理时限中止计时: "+reason))
	})
}

// Resume (恢复计时) lets the clock run on.
func (s *Service) Resume(ctx context.Context, matterID, stepID, reason string) (*Matter, error) {
	return s.atStep(ctx, act.Call{Act: "matter.resume", Matter: matterID, Step: stepID}, reason, func(ctx context.Context, tx *act.Tx, h *hand) error {
		if err := h.m.resume(h.step, h.count, workday.DateOf(tx.Now())); err != nil {
			return err
		}
		h.m.event(Event{At: tx.Now(), What: "resumed", Step: h.step.ID, Who: h.actor.Name, Reason: reason})
		return errors.Join(s.redue(ctx, tx, h.m, h.step), s.tellApplicant(ctx, tx, h.m, h.step, "办理时限恢复计时, 至 "+h.step.Deadline.Due.String()))
	})
}

// Extend (延期) lengthens the first limit of a step, once.
func (s *Service) Extend(ctx context.Context, matterID, stepID string, n int, reason string) (*Matter, error) {
	return s.atStep(ctx, act.Call{Act: "matter.extend", Matter: matterID, Step: stepID}, reason, func(ctx context.Context, tx *act.Tx, h *hand) error {
		x := Extension{Day: workday.DateOf(tx.Now()), Reason: reason, By: h.actor.Account, Name: h.actor.Name}
		x.Limit.N = n
		if err := h.m.extend(h.step, h.count, x); err != nil {
			return err
		}
		h.m.event(Event{At: tx.Now(), What: "extended", Step: h.step.ID, Who: h.actor.Name, Reason: reason})
		return errors.Join(s.redue(ctx, tx, h.m, h.step), s.tellApplicant(ctx, tx, h.m, h.step, "办理时限延长: "+reason))
	})
}

// Foresight is an act on a step's clock that somebody thinks about.
type Foresight struct {
	Pause  string // for this reason
	Resume bool
	Extend int // by so much
}

// Foresee counts the clocks of a step as they would stand after an act of whoever holds it. It changes nothing.
func (s *Service) Foresee(ctx context.Context, matterID, stepID string, f Foresight) (clocks []Clock, err error) {
	err = s.acts.View(ctx, func(tx *sqldb.Tx) error {
		m, err := Visible(ctx, tx, matterID)
		if err != nil {
			return err
		}
		step, err := m.Step(stepID)
		if err != nil {
			return err
		}
		actor, err := Standing(ctx, tx, access.From(ctx))
		if err != nil {
			return err
		}
		if err := m.inHand(step); err != nil {
			return err
		}
		if _, _, err := m.sits(step, actor); err != nil {
			return err
		}
		c, day := counter{s.acts.Law().Calendar()}, workday.DateOf(tx.Now())
		switch {
		case f.Resume:
			err = m.resume(step, c, day)
		case f.Extend > 0:
			x := Extension{Day: day}
			x.Limit.N = f.Extend
			err = m.extend(step, c, x)
		default:
			err = m.pause(step, c, Paused{From: day, Reason: f.Pause})
		}
		clocks = step.Clocks
		return err
	})
	return clocks, err
}

// redue writes the step's deadline into its open tasks.
func (s *Service) redue(ctx context.Context, tx *act.Tx, m *Matter, step *Step) error {
	due, explain := noDue, ""
	if d := step.due(); d != nil && d.Due != "" {
		due, explain = d.Due.String(), d.Explain
	}
	return redueTasks(ctx, tx.Tx, m.ID, step.ID, due, explain)
}

// due is the day that an inbox goes by.
func (s *Step) due() *workday.Deadline {
	if s.Public != nil {
		return &s.Public.Deadline
	}
	return s.Deadline
}

// Transfer (转办) hands a seat to a colleague or to the inbox of one's own organization. A seat on a panel was drawn by
// lot: it is given back by Recuse, never passed on.
func (s *Service) Transfer(ctx context.Context, matterID, stepID, to, reason string) (*Matter, error) {
	return s.atStep(ctx, act.Call{Act: "matter.transfer", Matter: matterID, Step: stepID}, reason, func(ctx context.Context, tx *act.Tx, h *hand) error {
		if h.step.Draw != nil {
			return refuse(errs.Conflict, h.step.Cite, "“%s”的人员由抽取产生, 不能转办; 不能参加的请提出回避", h.step.Title)
		}
		address, err := s.colleague(ctx, tx, h, to)
		if err != nil {
			return err
		}
		if err := h.m.transfer(h.step, h.seat, address); err != nil {
			return err
		}
		h.m.event(Event{At: tx.Now(), What: "transferred", Step: h.step.ID, Who: h.actor.Name, Reason: reason})
		if err := closeTasks(ctx, tx, h.m.ID, h.step.ID, h.seat); err != nil {
			return err
		}
		return s.task(ctx, tx, h.m, h.step, address)
	})
}

// colleague is the inbox that a seat may be handed to: an account of the actor's organization in the step's role, or
// (to is "organization") everyone there in that role.
func (s *Service) colleague(ctx context.Context, tx *act.Tx, h *hand, to string) (string, error) {
	role := access.Role(h.step.Role)
	if strings.HasPrefix(to, "org_") && to != h.actor.Org {
		return s.elsewhere(ctx, tx, h, to)
	}
	if h.actor.Org == "" {
		return "", errs.New(errs.Conflict, "您没有所在单位, 不能转办; 请提出回避或者联系主管部门")
	}
	if to == "organization" {
		return access.OrgAddress(h.actor.Org, role), nil
	}
	a, err := access.LoadAccount(ctx, tx.Tx, to)
	if err != nil || a.Closed || a.Org != h.actor.Org || !a.Actor().Has(role) {
		return "", errs.New(errs.Invalid, "只能转给本单位具有%s职责的在用账号, 请重新选择", h.step.RoleTitle)
	}
	if a.ID == h.actor.Account {
		return "", errs.New(errs.Invalid, "这件待办已经在您手中, 请选择其他人员")
	}
	return access.AccountAddress(a.ID), nil
}

// elsewhere is the inbox of another body in the step's own role, where the step lets it be handed there.
func (s *Service) elsewhere(ctx context.Context, tx *act.Tx, h *hand, org string) (string, error) {
	role := access.Role(h.step.Role)
	if !slices.Contains(allowed([]*Step{h.step}), role) {
		return "", refuse(errs.Forbidden, h.step.Cite, "规则没有规定“%s”环节可以转由其他单位办理, 请转给本单位人员", h.step.Title)
	}
	people, err := access.AccountsIn(ctx, tx.Tx, org, role)
	switch {
	case err != nil:
		return "", err
	case len(people) == 0:
		return "", errs.New(errs.Invalid, "所选单位没有具有%s职责的在用账号, 请重新选择", h.step.RoleTitle)
	case org == h.m.Applicant:
		return "", refuse(errs.Conflict, h.step.Cite, "对方与申请人属于同一单位, 应当回避, 请另选单位")
	}
	return access.OrgAddress(org, role), nil
}

// transfer puts another inbox into a seat.
func (m *Matter) transfer(s *Step, seat, to string) error {
	switch {
	case slices.Contains(s.Addressed, to):
		return errs.New(errs.Conflict, "对方已经是“%s”的办理人, 请选择其他人员", s.Title)
	case s.spoken(strings.TrimPrefix(to, access.AccountAddress("")), ""):
		return errs.New(errs.Conflict, "对方已在“%s”提出过意见, 请选择其他人员", s.Title)
	case s.Need > 1 && strings.HasPrefix(seat, "role:"):
		return refuse(errs.Conflict, s.Cite, "“%s”须由 %d 人分别办理, 不能整体转给一人", s.Title, s.Need)
	}
	for i, a := range s.Addressed {
		if a == seat {
			s.Addressed[i] = to
		}
	}
	m.Handed = append(m.Handed, seat)
	return nil
}
