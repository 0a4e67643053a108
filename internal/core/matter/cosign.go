package matter

import (
	"context"
	"slices"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
)

// Ask (加签) is a further opinion that somebody at a step asked for: of a person, or of whoever of a body reads its inbox first.
type Ask struct {
	To      string     `json:"to,omitempty" doc:"The inbox; empty for the account's own"`
	Org     string     `json:"org,omitempty" doc:"Of a body: its organization"`
	Outside bool       `json:"outside,omitempty" doc:"Of another body: sees this file until the opinion is given, and nothing afterwards"`
	Account string     `json:"account,omitempty" doc:"Who is asked; of a body, who answered"`
	Name    string     `json:"name"`
	Binding bool       `json:"binding" doc:"The step cannot pass before this person agreed"`
	Reason  string     `json:"reason"`
	By      string     `json:"by"`
	At      time.Time  `json:"at"`
	Verdict Verdict    `json:"verdict,omitempty" enum:"agree,disagree"`
	Answer  string     `json:"answer,omitempty"`
	When    *time.Time `json:"when,omitempty"`
}

// maxAsks bounds how many people one step may ask besides those the law names.
const maxAsks = 20

// ask adds a person to a step.
func (m *Matter) ask(s *Step, a Ask) error {
	switch {
	case len(s.Asks) >= maxAsks:
		return errs.New(errs.Conflict, "“%s”加签已达 %d 人, 请先等待已加签的意见", s.Title, maxAsks)
	case slices.ContainsFunc(s.Asks, func(b Ask) bool { return b.inbox() == a.inbox() }):
		return errs.New(errs.Conflict, "已经请这位人员加签, 请等待其意见")
	case s.Publicity != nil:
		return refuse(errs.Conflict, s.Cite, "“%s”是公示, 不能加签", s.Title)
	case slices.Contains(s.Addressed, a.inbox()) || a.Account != "" && s.spoken(a.Account, ""):
		return errs.New(errs.Conflict, "这位人员本来就办理“%s”, 不需要加签", s.Title)
	}
	s.Asks = append(s.Asks, a)
	return nil
}

// asked keeps a step from passing while a binding further opinion is missing or against it.
func (s *Step) asked(o Opinion) error {
	if o.Verdict != Pass {
		return nil
	}
	for _, a := range s.Asks {
		switch {
		case a.Binding && a.Verdict == "":
			return errs.New(errs.Conflict, "请%s加签的意见还没有提出, 暂不能通过; 请等待或者撤回加签", a.Name)
		case a.Binding && a.Verdict == Disagree:
			return errs.New(errs.Conflict, "%s加签不同意, 不能通过; 请退回或者不予通过", a.Name)
		}
	}
	return nil
}

// inbox is where the question lies.
func (a Ask) inbox() string {
	if a.To != "" {
		return a.To
	}
	return access.AccountAddress(a.Account)
}

// of reports whether the actor is asked: in person or as somebody of the body.
func (a Ask) of(actor access.Actor) bool { return slices.Contains(actor.Addresses(), a.inbox()) }

// answer records a further opinion.
func (s *Step) answer(actor access.Actor, o Opinion) error {
	for i := range s.Asks {
		a := &s.Asks[i]
		switch {
		case !a.of(actor) || a.Verdict != "":
			continue
		case o.Verdict != Agree && o.Verdict != Disagree:
			return errs.New(errs.Invalid, "加签意见请选择同意或者不同意")
		}
		a.Verdict, a.Answer, a.When = o.Verdict, o.Reason, &o.At
		if a.Org != "" {
			a.Account, a.Name = o.Account, o.Name
		}
		return said(o.Reason)
	}
	if s.asks(actor) {
		return errs.New(errs.Conflict, "您已经对“%s”提出加签意见, 不能重复提出", s.Title)
	}
	return errs.New(errs.NotFound, "没有请您加签, 请刷新查看")
}

func (s *Step) asks(actor access.Actor) bool {
	return slices.ContainsFunc(s.Asks, func(a Ask) bool { return a.of(actor) })
}

// waitsFor reports whether the opinion that somebody was asked for is still to come.
func (s *Step) waitsFor(actor access.Actor) bool {
	return slices.ContainsFunc(s.Asks, func(a Ask) bool { return a.of(actor) && a.Verdict == "" })
}

// Cosign asks for one more opinion at a step (加签): of a person, or of an organization where the step lets other bodies be asked;
// cancel takes back what is not answered yet.
func (s *Service) Cosign(ctx context.Context, matterID, stepID, whom string, binding, cancel bool, reason string) (*Matter, error) {
	return s.atStep(ctx, act.Call{Act: "matter.cosign", Matter: matterID, Step: stepID}, reason, func(ctx context.Context, tx *act.Tx, h *hand) error {
		if cancel {
			i := slices.IndexFunc(h.step.Asks, func(a Ask) bool { return (a.Account == whom || a.Org == whom) && a.Verdict == "" })
			if i < 0 {
				return errs.New(errs.Conflict, "这位人员没有待提出的加签意见, 请刷新查看")
			}
			to := h.step.Asks[i].inbox()
			h.step.Asks = slices.Delete(h.step.Asks, i, i+1)
			return closeTasks(ctx, tx, h.m.ID, h.step.ID, to)
		}
		g, err := s.guestOf(ctx, tx, h.m, []*Step{h.step}, h.actor, whom)
		if err != nil {
			return err
		}
		if err := s.mayCosign(ctx, tx, h, g); err != nil {
			return err
		}
		a := Ask{Account: g.account.ID, Name: g.name, Org: g.org, Outside: g.outside, Binding: binding, Reason: reason, By: h.actor.Account, At: tx.Now()}
		if g.org != "" {
			a.To = g.to
		}
		if err := h.m.ask(h.step, a); err != nil {
			return err
		}
		h.m.event(Event{At: tx.Now(), What: "asked", Step: h.step.ID, Who: h.actor.Name, Reason: reason})
		t := s.newTask(tx, h.m, a.inbox())
		t.Step, t.StepTitle, t.Outside = h.step.ID, h.step.Title, g.outside
		if d := h.step.due(); d != nil {
			t.Due, t.Explain = d.Due.String(), d.Explain
		}
		return insertTask(ctx, tx.Tx, t)
	})
}

// mayCosign refuses whom nobody may ask for a further opinion.
func (s *Service) mayCosign(ctx context.Context, tx *act.Tx, h *hand, g guest) error {
	a := g.account
	switch {
	case g.org == "" && !a.Actor().Has(deciders...):
		return errs.New(errs.Invalid, "请选择在用的办理人员账号加签")
	case g.owner() != "" && g.owner() == h.m.Applicant:
		return refuse(errs.Conflict, h.step.Cite, "对方与申请人属于同一单位, 应当回避, 请另选人员加签")
	case a.ID != "" && a.ID == h.actor.Account:
		return errs.New(errs.Invalid, "不能请自己加签, 请另选人员")
	}
	if s.Experts != nil && a.Actor().Has(access.Expert) && !a.Actor().Has(offices...) {
		e, err := s.Experts.Expert(ctx, tx.Tx, a.ID)
		if err != nil {
			return err
		}
		if e.Barred != "" {
			return refuse(errs.Conflict, h.step.Cite, "%s, 不能参加评审; 请另选人员或者先由数据主管部门确认", e.Barred)
		}
	}
	return nil
}
