package matter

import (
	"context"
	"slices"
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
)

// Voice (成员单位意见) is what one member body of the coordination mechanism said on a matter before the mechanism. It stands beside the
// decision, which records what the meeting resolved, and decides nothing by itself.
type Voice struct {
	Org     string    `json:"org"`
	Account string    `json:"account"`
	Name    string    `json:"name"`
	Verdict Verdict   `json:"verdict" enum:"agree,disagree"`
	Reason  string    `json:"reason"`
	At      time.Time `json:"at"`
}

// members is the inbox of the member bodies that a step of the mechanism concerns; "" for any other step.
func (s *Step) members() string {
	if access.Role(s.Role) != access.Mechanism {
		return ""
	}
	for _, to := range s.Addressed {
		if rest, ok := strings.CutPrefix(to, access.RoleAddress(access.Mechanism)); ok {
			return access.RoleAddress(access.Member) + rest
		}
	}
	return ""
}

// mayOpine reports why the actor cannot speak for a member body at the step. That the body is a member is the law's to ask.
func (s *Step) mayOpine(actor access.Actor) error {
	switch {
	case s.members() == "" || !slices.Contains(actor.Addresses(), s.members()):
		return refuse(errs.Forbidden, s.Cite, "“%s”的意见由协调机制的组成单位提出, 贵单位不在其列; 请联系主管部门", s.Title)
	case slices.ContainsFunc(s.Voices, func(v Voice) bool { return v.Org == actor.Org }):
		return refuse(errs.Conflict, s.Cite, "贵单位已对“%s”提出意见, 不能重复提出", s.Title)
	}
	return nil
}

// Opine records the opinion of a member body of the mechanism (成员单位意见).
func (s *Service) Opine(ctx context.Context, matterID, stepID string, verdict Verdict, reason string) (*Matter, error) {
	var m *Matter
	_, err := s.acts.Do(ctx, act.Call{Act: "matter.opine", Matter: matterID, Step: stepID}, func(ctx context.Context, tx *act.Tx) (err error) {
		if m, err = s.visible(ctx, tx, matterID); err != nil {
			return err
		}
		step, err := m.Step(stepID)
		if err != nil {
			return err
		}
		if err := tx.Judge(ctx, s.objects(s.kinds[m.Kind], m)); err != nil {
			return err
		}
		if err := m.inHand(step); err != nil {
			return err
		}
		actor := tx.Actor()
		if err := step.mayOpine(actor); err != nil {
			return err
		}
		if verdict != Agree && verdict != Disagree {
			return errs.New(errs.Invalid, "意见请选择同意或者不同意")
		}
		if err := said(reason); err != nil {
			return err
		}
		step.Voices = append(step.Voices, Voice{Org: actor.Org, Account: actor.Account, Name: actor.Name, Verdict: verdict, Reason: strings.TrimSpace(reason), At: tx.Now()})
		m.event(Event{At: tx.Now(), What: "opined", Step: step.ID, Who: actor.Name, Reason: reason})
		return s.save(ctx, tx, m)
	})
	if err != nil {
		return nil, err
	}
	return m, nil
}
