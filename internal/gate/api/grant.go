package api

import (
	"context"

	"yunei/internal/base/workday"
	"yunei/internal/flow/grant"
)

func (a *API) registerGrant() {
	const tag = "grants"
	get(a, "/v1/scenarios", "scenarios", tag, "应用场景", func(ctx context.Context, in *struct{ Paging }) (Page[grant.Scenario], error) {
		list, err := a.s.Grant.Scenarios(ctx, in.Cursor, in.Limit)
		return paged(list, in.Limit, func(s grant.Scenario) string { return s.ID }), err
	})
	post(a, "/v1/scenarios", "predeclare", tag, "场景预申报", func(ctx context.Context, in *struct {
		Body struct {
			Plan grant.Plan `json:"plan"`
		}
	}) (grant.Scenario, error) {
		return a.s.Grant.Predeclare(ctx, in.Body.Plan)
	})
	get(a, "/v1/scenarios/{id}", "scenario", tag, "场景详情", func(ctx context.Context, in *ByID) (grant.ScenarioPage, error) {
		return a.s.Grant.Scenario(ctx, in.ID)
	})
	post(a, "/v1/scenarios/{id}/revise", "revise-scenario", tag, "变更场景", func(ctx context.Context, in *struct {
		ByID
		Body struct {
			Plan grant.Plan `json:"plan"`
		}
	}) (grant.Scenario, error) {
		return a.s.Grant.Revise(ctx, in.ID, in.Body.Plan)
	})
	post(a, "/v1/scenarios/{id}/promote", "promote-scenario", tag, "推广本地场景", func(ctx context.Context, in *reasoned) (grant.Scenario, error) {
		return a.s.Grant.Promote(ctx, in.ID, in.Body.Reason)
	})
	post(a, "/v1/declarations/{id}/sign", "sign-agreement", tag, "签署协议", func(ctx context.Context, in *struct {
		ByID
		Body grant.Terms
	}) (grant.Agreement, error) {
		return a.s.Grant.SignAgreement(ctx, in.ID, in.Body)
	})
	get(a, "/v1/agreements", "agreements", tag, "协议", func(ctx context.Context, in *struct{ Paging }) (Page[grant.Agreement], error) {
		list, err := a.s.Grant.Agreements(ctx, in.Cursor, in.Limit)
		return paged(list, in.Limit, func(g grant.Agreement) string { return g.ID }), err
	})
	get(a, "/v1/agreements/{id}", "agreement", tag, "协议详情", func(ctx context.Context, in *ByID) (grant.AgreementPage, error) {
		return a.s.Grant.Agreement(ctx, in.ID)
	})
	post(a, "/v1/agreements", "sign-vendor-agreement", tag, "签署开发前的协议", func(ctx context.Context, in *struct {
		Body grant.Terms
	}) (grant.Agreement, error) {
		return a.s.Grant.SignVendor(ctx, in.Body)
	})
	post(a, "/v1/agreements/{id}/sign", "countersign-agreement", tag, "签署待签协议", func(ctx context.Context, in *struct {
		ByID
		Body grant.Terms
	}) (grant.Agreement, error) {
		return a.s.Grant.Sign(ctx, in.ID, in.Body)
	})
	post(a, "/v1/agreements/{id}/file", "file-agreement", tag, "协议备案", func(ctx context.Context, in *ByID) (grant.Agreement, error) {
		return a.s.Grant.FileAgreement(ctx, in.ID)
	})
	post(a, "/v1/agreements/{id}/start", "start-grant", tag, "授权生效", func(ctx context.Context, in *ByID) (grant.Grant, error) {
		return a.s.Grant.Start(ctx, in.ID)
	})
	get(a, "/v1/grants", "grants", tag, "授权", func(ctx context.Context, in *struct{ Paging }) (Page[grant.Grant], error) {
		list, err := a.s.Grant.Grants(ctx, in.Cursor, in.Limit)
		return paged(list, in.Limit, func(g grant.Grant) string { return g.ID }), err
	})
	get(a, "/v1/grants/{id}", "grant", tag, "授权详情", func(ctx context.Context, in *ByID) (grant.GrantPage, error) {
		return a.s.Grant.Grant(ctx, in.ID)
	})
	post(a, "/v1/grants/{id}/suspend", "suspend-grant", tag, "暂停授权", func(ctx context.Context, in *ByID) (grant.Grant, error) {
		return a.s.Grant.Suspend(ctx, in.ID)
	})
	post(a, "/v1/grants/{id}/lift", "lift-grant", tag, "恢复授权", func(ctx context.Context, in *ByID) (grant.Grant, error) {
		return a.s.Grant.Lift(ctx, in.ID)
	})
	post(a, "/v1/grants/{id}/terminate", "terminate-grant", tag, "终止授权", func(ctx context.Context, in *ByID) (grant.Grant, error) {
		return a.s.Grant.Terminate(ctx, in.ID)
	})
	post(a, "/v1/scenarios/{id}/rate", "rate-scenario", tag, "为候选场景评分", func(ctx context.Context, in *struct {
		ByID
		Body struct {
			Scores map[string]int64 `json:"scores" doc:"0 to 100 for every criterion of the call"`
		}
	}) (grant.Rating, error) {
		return a.s.Grant.Rate(ctx, in.ID, in.Body.Scores)
	})
	get(a, "/v1/notices/{id}/ranking", "call-ranking", tag, "候选场景排序", func(ctx context.Context, in *ByID) (grant.Ranking, error) {
		return a.s.Grant.Ranking(ctx, in.ID)
	})
	post(a, "/v1/grants/{id}/renew", "renew-grant", tag, "申请续签", func(ctx context.Context, in *struct {
		ByID
		Body struct {
			Until  workday.Date `json:"until"`
			Reason string       `json:"reason" minLength:"2" maxLength:"2000"`
		}
	}) (grant.Renewal, error) {
		return a.s.Grant.Renew(ctx, in.ID, in.Body.Until, in.Body.Reason)
	})
	a.registerAuthorization()
}

// paged makes a page of a list that was asked for with a limit.
func paged[T any](list []T, limit int, cursor func(T) string) Page[T] {
	p := Page[T]{Items: list}
	if list == nil {
		p.Items = []T{}
	}
	if len(list) > 0 && len(list) == limit {
		p.Next = cursor(list[len(list)-1])
	}
	return p
}
