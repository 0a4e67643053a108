package grant

import (
	"context"
	"slices"

	"yunei/internal/core/act"
)

// WidenTx adds to the need of a scenario what was published for its demand list (贵州 第十四条: 发布开发数据目录,供开发利用主体申请). What
// an agreement already covers stays as it was signed.
func (s *Service) WidenTx(ctx context.Context, tx *act.Tx, scenarioID string, need Need) (Scenario, error) {
	sc, err := loadScenario(ctx, tx.Tx, scenarioID)
	if err != nil {
		return sc, err
	}
	if err := s.checkNeeds(ctx, tx, Plan{Needs: []Need{need}}); err != nil {
		return sc, err
	}
	sc.Plan.Needs = slices.Clone(sc.Plan.Needs)
	if i := slices.IndexFunc(sc.Plan.Needs, func(n Need) bool { return n.Resource == need.Resource }); i >= 0 {
		have := &sc.Plan.Needs[i]
		have.Fields = slices.Clone(have.Fields)
		for _, f := range need.Fields {
			if !slices.Contains(have.Fields, f) {
				have.Fields = append(have.Fields, f)
			}
		}
	} else {
		sc.Plan.Needs = append(sc.Plan.Needs, need)
	}
	return sc, s.saveScenario(ctx, tx, sc)
}
