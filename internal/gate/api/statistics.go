package api

import (
	"context"

	"yunei/internal/flow/statistics"
)

func (a *API) registerStatistics() {
	const tag = "statistics"
	get(a, "/v1/statistics", "statistics-permits", tag, "精确统计许可", func(ctx context.Context, in *struct{ Paging }) (Page[statistics.Permit], error) {
		list, err := a.s.Statistics.List(ctx, in.Cursor, in.Limit)
		return paged(list, in.Limit, func(p statistics.Permit) string { return p.ID }), err
	})
	get(a, "/v1/scenarios/{id}/statistics", "scenario-statistics", tag, "场景的精确统计许可", func(ctx context.Context, in *ByID) (statistics.OfScenario, error) {
		return a.s.Statistics.Scenario(ctx, in.ID)
	})
	post(a, "/v1/scenarios/{id}/statistics", "apply-statistics", tag, "申请精确统计许可", func(ctx context.Context, in *struct {
		ByID
		Body statistics.Ask
	}) (statistics.Permit, error) {
		return a.s.Statistics.Apply(ctx, in.ID, in.Body)
	})
	get(a, "/v1/statistics/{id}", "statistics-permit", tag, "精确统计许可详情", func(ctx context.Context, in *ByID) (statistics.Page, error) {
		return a.s.Statistics.Get(ctx, in.ID)
	})
	post(a, "/v1/statistics/{id}/end", "end-statistics", tag, "提前终止精确统计许可", func(ctx context.Context, in *struct {
		ByID
		Body struct {
			Reason string `json:"reason" minLength:"2" maxLength:"500"`
		}
	}) (statistics.Permit, error) {
		return a.s.Statistics.End(ctx, in.ID, in.Body.Reason)
	})
}
