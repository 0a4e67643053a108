package matter

import (
	"context"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
)

// Offline (线下评估) is how a step that its procedure keeps on line came to be decided off line: somebody found the
// application complex, the bureau consented, and the result is entered with the signed record.
// 泉州 三(三): 经市数据管理部门同意后可线下组织评估.
type Offline struct {
	Reason   string     `json:"reason" doc:"Why it was found complex"`
	By       string     `json:"by"`
	At       time.Time  `json:"at"`
	Consent  string     `json:"consent,omitempty" enum:"given,denied"`
	Opinion  string     `json:"opinion,omitempty"`
	Decider  string     `json:"decider,omitempty" doc:"Account of the bureau that decided"`
	Decided  *time.Time `json:"decided,omitempty"`
	Switched *time.Time `json:"switched,omitempty" doc:"From when the step waits for the record of the assessment"`
}

// AskOffline marks an application as complex (提请线下评估): the operator may, and whoever sits at the step.
func (s *Service) AskOffline(ctx context.Context, matterID, stepID, reason string) (*Matter, error) {
	return s.offline(ctx, "matter.offline.ask", matterID, stepID, reason, func(_ context.Context, tx *act.Tx, m *Matter, step *Step) error {
		if _, _, err := m.sits(step, tx.Actor()); err != nil && !tx.Actor().Has(access.Operator) {
			return err
		}
		if step.Offline != nil && step.Offline.Consent != "denied" {
			return errs.New(errs.Conflict, "已经提请线下评估, 请等待数据主管部门的意见")
		}
		step.Offline = &Offline{Reason: reason, By: tx.Actor().Account, At: tx.Now()}
		m.event(Event{At: tx.Now(), What: "offline_asked", Step: step.ID, Who: tx.Actor().Name, Reason: reason})
		return s.read(ctx, tx, m, access.RoleAddress(access.Bureau), "提请线下评估, 请决定是否同意")
	})
}

// ConsentOffline is the bureau's word on it.
func (s *Service) ConsentOffline(ctx context.Context, matterID, stepID string, allow bool, reason string) (*Matter, error) {
	return s.offline(ctx, "matter.offline.consent", matterID, stepID, reason, func(_ context.Context, tx *act.Tx, m *Matter, step *Step) error {
		if step.Offline == nil || step.Offline.Consent != "" {
			return errs.New(errs.Conflict, "没有待决定的线下评估提请, 请刷新查看")
		}
		now := tx.Now()
		step.Offline.Consent, step.Offline.Opinion, step.Offline.Decider, step.Offline.Decided = "denied", reason, tx.Actor().Account, &now
		if allow {
			step.Offline.Consent = "given"
		}
		m.event(Event{At: now, What: "offline_" + step.Offline.Consent, Step: step.ID, Who: tx.Actor().Name, Reason: reason})
		return nil
	})
}

// SwitchOffline moves the step off line. Those who sit assess in a meeting; what each then enters needs the record of it, and
// still their own signature: what runs on raw data is what an expert signed, wherever they met.
func (s *Service) SwitchOffline(ctx context.Context, matterID, stepID, reason string) (*Matter, error) {
	return s.offline(ctx, "matter.offline.switch", matterID, stepID, reason, func(ctx context.Context, tx *act.Tx, m *Matter, step *Step) error {
		switch {
		case step.Offline == nil || step.Offline.Consent != "given":
			return refuse(errs.Forbidden, step.Cite, "“%s”转为线下须经%s同意, 现在没有同意的记录; 请先提请", step.Title, tx.Law().Role(string(access.Bureau)))
		case step.Offline.Switched != nil:
			return errs.New(errs.Conflict, "“%s”已经转为线下, 请上传评估记录", step.Title)
		}
		now := tx.Now()
		step.Offline.Switched = &now
		step.Records = true
		m.event(Event{At: now, What: "offline_switched", Step: step.ID, Who: tx.Actor().Name, Reason: reason})
		return nil
	})
}

func (s *Service) offline(ctx context.Context, name, matterID, stepID, reason string, fn func(context.Context, *act.Tx, *Matter, *Step) error) (*Matter, error) {
	return s.onMatter(ctx, name, matterID, reason, func(ctx context.Context, tx *act.Tx, m *Matter) error {
		step, err := m.Step(stepID)
		if err != nil {
			return err
		}
		tx.InMatter(m.ID, stepID)
		if step.OfflineIf == "" {
			return refuse(errs.Forbidden, step.Cite, "“%s”只能线上办理, 规则没有允许线下评估", step.Title)
		}
		if err := m.inHand(step); err != nil {
			return err
		}
		return fn(ctx, tx, m, step)
	})
}
