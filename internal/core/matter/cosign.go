package matter

import (
	"context"
	"slices"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
)

// Ask (加签) is a further person's opinion that somebody at a step asked for.
type Ask struct {
	Account string     `json:"account"`
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
	case slices.ContainsFunc(s.Asks, func(b Ask) bool { return b.Account == a.Account }):
		return errs.New(errs.Conflict, "已经请这位人员加签, 请等待其意见")
	case s.Publicity != nil:
		return refuse(errs.Conflict, s.Cite, "“%s”是公示, 不能加签", s.Title)
	case slices.Contains(s.Addressed, access.AccountAddress(a.Account)) || s.spoken(a.Account, ""):
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

// answer records a further person's opinion.
func (s *Step) answer(account string, o Opinion) error {
	for i := range s.Asks {
		a := &s.Asks[i]
		switch {
		case a.Account != account:
			continue
		case a.Verdict != "":
			return errs.New(errs.Conflict, "您已经对“%s”提出加签意见, 不能重复提出", s.Title)
		case o.Verdict != Agree && o.Verdict != Disagree:
			return errs.New(errs.Invalid, "加签意见请选择同意或者不同意")
		}
		a.Verdict, a.Answer, a.When = o.Verdict, o.Reason, &o.At
		return said(o.Reason)
	}
	return errs.New(errs.NotFound, "没有请您加签, 请刷新查看")
}

func (s *Step) asks(account string) bool {
	return slices.ContainsFunc(s.Asks, func(a Ask) bool { return a.Account == account })
}

// waitsFor reports whether the opinion that somebody was asked for is still to come.
func (s *Step) waitsFor(account string) bool {
	return slices.ContainsFunc(s.Asks, func(a Ask) bool { return a.Account == account && a.Verdict == "" })
}

// Cosign asks one more person for an opinion at a step (加签); cancel takes back what is not answered yet.
func (s *Service) Cosign(ctx context.Context, matterID, stepID, account string, binding, cancel bool, reason string) (*Matter, error) {
	return s.atStep(ctx, act.Call{Act: "matter.cosign", Matter: matterID, Step: stepID}, reason, func(ctx context.Context, tx *act.Tx, h *hand) error {
		if cancel {
			i := slices.IndexFunc(h.step.Asks, func(a Ask) bool { return a.Account == account && a.Verdict == "" })
			if i < 0 {
				return errs.New(errs.Conflict, "这位人员没有待提出的加签意见, 请刷新查看")
			}
			h.step.Asks = slices.Delete(h.step.Asks, i, i+1)
			return closeTasks(ctx, tx, h.m.ID, h.step.ID, access.AccountAddress(account))
		}
		a, err := access.LoadAccount(ctx, tx.Tx, account)
		if err != nil || a.Closed || !a.Actor().Has(deciders...) {
			return errs.New(errs.Invalid, "请选择在用的办理人员账号加签")
		}
		if a.Org != "" && a.Org == h.m.Applicant {
			return refuse(errs.Conflict, h.step.Cite, "对方与申请人属于同一单位, 应当回避, 请另选人员加签")
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
		if a.ID == h.actor.Account {
			return errs.New(errs.Invalid, "不能请自己加签, 请另选人员")
		}
		if err := h.m.ask(h.step, Ask{Account: a.ID, Name: a.Name, Binding: binding, Reason: reason, By: h.actor.Account, At: tx.Now()}); err != nil {
			return err
		}
		h.m.event(Event{At: tx.Now(), What: "asked", Step: h.step.ID, Who: h.actor.Name, Reason: reason})
		return s.task(ctx, tx, h.m, h.step, access.AccountAddress(a.ID))
	})
}
