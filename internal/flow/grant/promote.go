package grant

import (
	"context"
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/core/act"
)

// Promotion (推广) marks a county's scenario as a case for the whole area. It gives nobody access: whoever follows the example files
// a scenario of their own. 舟山 二(二): 探索建设本地特色应用场景, 形成成功案例后全市推广.
type Promotion struct {
	By     string    `json:"by" doc:"The body that marked it"`
	Reason string    `json:"reason"`
	At     time.Time `json:"at"`
}

// mayPromote reports why a local scenario cannot be promoted.
func (sc Scenario) mayPromote() error {
	switch {
	case sc.State != Sampling:
		return errs.New(errs.Conflict, "场景尚未通过审核, 不能推广; 请等待形成成功案例")
	case sc.Promoted != nil:
		return errs.New(errs.Conflict, "这个场景已经列入推广, 请刷新查看")
	}
	return nil
}

// Promote marks a local scenario for promotion over the whole platform's area. The bureau above its area does.
func (s *Service) Promote(ctx context.Context, id, reason string) (Scenario, error) {
	var sc Scenario
	if reason = strings.TrimSpace(reason); reason == "" {
		return sc, spotted("body.reason", "请写明推广的理由和范围")
	}
	_, err := s.acts.Do(ctx, act.Call{Act: "grant.scenario.promote"}, func(ctx context.Context, tx *act.Tx) (err error) {
		if sc, err = loadScenario(ctx, tx.Tx, id); err != nil {
			return err
		}
		actor := tx.Actor()
		switch {
		case !actor.Area.Covers(sc.Area):
			return errs.New(errs.NotFound, noScenario)
		case sc.Area == "" || actor.Area == sc.Area:
			return errs.New(errs.Conflict, "推广由上级主管部门就下级区域的本地场景作出; 这个场景不需要推广")
		}
		if err := sc.mayPromote(); err != nil {
			return err
		}
		sc.Promoted = &Promotion{By: actor.Org, Reason: reason, At: tx.Now()}
		if err := tx.Judge(ctx, map[string]string{"org": sc.Org, "plan": sc.ID}); err != nil {
			return err
		}
		return s.saveScenario(ctx, tx, sc)
	})
	return sc, err
}
