package grant

import (
	"context"

	"yunei/internal/base/errs"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/party"
)

// valueAhead is set by a pack under which third-party providers build models ahead of demand (先行开发数据模型).
const valueAhead = "provider.model.ahead"

// ahead refuses a filing ahead of demand where the law knows none, and from whoever is no listed provider. Its space, its samples
// and its review are those of a scenario; an agreement and a grant it never gets, because it has no data user.
func ahead(ctx context.Context, tx *act.Tx, sc Scenario) error {
	if !sc.Plan.Ahead {
		return nil
	}
	may, _, err := tx.Law().Int(valueAhead, tx.Day())
	switch {
	case errs.Is(err, errs.NotFound) || err == nil && may == 0:
		return errs.New(errs.Forbidden, "现行规则没有规定先行开发数据模型, 请由数据使用单位提出场景")
	case err != nil:
		return err
	case !tx.Actor().Has(access.Provider):
		return errs.New(errs.Forbidden, "先行开发数据模型由第三方服务商办理; 数据使用单位请直接提出场景")
	}
	_, err = party.ListedProvider(ctx, tx.Tx, sc.Org, tx.Day())
	return err
}
