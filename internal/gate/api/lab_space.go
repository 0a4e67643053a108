package api

import (
	"context"

	"yunei/internal/flow/lab"
)

func (a *API) registerSpace() {
	const tag = "lab"
	post(a, "/v1/spaces/{id}/governance-costs", "record-governance-cost", tag, "登记场景数据治理费用", func(ctx context.Context, in *struct {
		ByID
		Body lab.Work
	}) (lab.Cost, error) {
		return a.s.Lab.RecordCost(ctx, in.ID, in.Body)
	})
	get(a, "/v1/governance-costs", "governance-costs", tag, "治理费用账", func(ctx context.Context, in *struct{ Paging }) (Page[lab.Cost], error) {
		list, err := a.s.Lab.Costs(ctx, in.Cursor, in.Limit)
		return paged(list, in.Limit, func(c lab.Cost) string { return c.ID }), err
	})
	get(a, "/v1/spaces/{id}/record", "space-record", tag, "空间档案", func(ctx context.Context, in *ByID) (lab.SpaceRecord, error) {
		r, err := a.s.Lab.Record(ctx, in.ID)
		r.Supplies = suppliesFor(ctx, r.Supplies)
		return r, err
	})
	post(a, "/v1/spaces/{id}/sessions", "enter-space", tag, "进入空间", func(ctx context.Context, in *ByID) (lab.Entered, error) {
		return a.s.Lab.Enter(ctx, in.ID)
	})
	post(a, "/v1/spaces/{id}/leave", "leave-space", tag, "离开空间", func(ctx context.Context, in *ByID) (lab.Session, error) {
		return a.s.Lab.Leave(ctx, in.ID)
	})
	post(a, "/v1/spaces/{id}/seats", "add-seat", tag, "开通席位", func(ctx context.Context, in *struct {
		ByID
		Body lab.NewSeat
	}) (lab.Seat, error) {
		return a.s.Lab.AddSeat(ctx, in.ID, in.Body)
	})
	post(a, "/v1/spaces/{id}/seats/{seat}/end", "end-seat", tag, "收回席位", func(ctx context.Context, in *struct {
		ByID
		Seat string `path:"seat"`
	}) (lab.Seat, error) {
		return a.s.Lab.EndSeat(ctx, in.ID, in.Seat)
	})
	post(a, "/v1/spaces/{id}/quota", "set-quota", tag, "调整配额", func(ctx context.Context, in *struct {
		ByID
		Body lab.Quota
	}) (lab.Space, error) {
		return a.s.Lab.SetQuota(ctx, in.ID, in.Body)
	})
	get(a, "/v1/findings", "findings", tag, "平台发现", func(ctx context.Context, in *struct{ Paging }) (Page[lab.Finding], error) {
		list, err := a.s.Lab.Findings(ctx, in.Cursor, in.Limit)
		return paged(list, in.Limit, func(f lab.Finding) string { return f.ID }), err
	})
}
