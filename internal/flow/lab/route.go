package lab

import (
	"context"
	"fmt"

	"yunei/internal/base/errs"
	"yunei/internal/core/act"
	"yunei/internal/core/notice"
	"yunei/internal/core/query"
)

// Route is a way to the data. Which one a plan's model has is fixed by its class when the plan is approved.
type Route string

const (
	RouteSpace   Route = "space"   // run as a whole in the space; the result leaves through review
	RouteService Route = "service" // deployed, and asked about one person at a time
)

var procedures = map[Route]string{
	RouteSpace:   "在开发空间运行, 结果经出域审查取得",
	RouteService: "部署为数据服务, 凭授权书逐人查询",
}

// Used tells a rule by which route somebody tries to reach the data, whether that is the procedure published for the model's plan, and
// which version of the platform's rules publishes it (平台规范和流程).
func Used(ctx context.Context, tx *act.Tx, by Route, class query.Class) (map[string]any, error) {
	published := RouteSpace
	if class.Own() {
		published = RouteService
	}
	rule := "《平台使用规范》(尚未发布)"
	series, err := tx.Law().Value("use.rules", tx.Day())
	switch {
	case err == nil:
		n, found, err := notice.InForce(ctx, tx.Tx, notice.Rules, series.Text, "", tx.Day())
		if err != nil {
			return nil, err
		}
		if found {
			rule = fmt.Sprintf("《%s》第 %d 版", n.Title, n.Edition.Version)
		}
	case !errs.Is(err, errs.NotFound):
		return nil, err
	}
	return map[string]any{"use.by_procedure": by == published, "use.procedure": procedures[published], "use.rule": rule}, nil
}
