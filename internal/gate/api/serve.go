package api

import (
	"context"

	"yunei/internal/core/act"
	"yunei/internal/flow/consent"
	"yunei/internal/flow/serve"
)

func (a *API) registerServe() {
	const tag = "calls"
	post(a, "/v1/deployments", "deploy", tag, "部署模型", func(ctx context.Context, in *struct {
		Body struct {
			Version string `json:"version" doc:"Approved model version"`
			Daily   int64  `json:"daily,omitempty" minimum:"0" doc:"Calls a day; 0: no limit set"`
		}
	}) (serve.Deployment, error) {
		return a.s.Serve.Deploy(ctx, in.Body.Version, in.Body.Daily)
	})
	get(a, "/v1/deployments", "deployments", tag, "数据服务", func(ctx context.Context, in *struct{ Paging }) (Page[serve.Deployment], error) {
		list, err := a.s.Serve.Deployments(ctx, in.Cursor, in.Limit)
		return paged(list, in.Limit, func(d serve.Deployment) string { return d.ID }), err
	})
	get(a, "/v1/deployments/{id}", "deployment", tag, "数据服务详情", func(ctx context.Context, in *ByID) (serve.Deployment, error) {
		return a.s.Serve.Deployment(ctx, in.ID)
	})
	get(a, "/v1/deployments/{id}/months", "deployment-months", tag, "月度可用性", func(ctx context.Context, in *ByID) (Page[serve.Month], error) {
		list, err := a.s.Serve.Months(ctx, in.ID)
		return paged(list, len(list)+1, func(serve.Month) string { return "" }), err
	})
	post(a, "/v1/deployments/{id}/close", "close-deployment", tag, "停用数据服务", func(ctx context.Context, in *ByID) (serve.Deployment, error) {
		return a.s.Serve.Close(ctx, in.ID)
	})
	post(a, "/v1/deployments/{id}/call", "call", tag, "实时查询", func(ctx context.Context, in *struct {
		ByID
		Body struct {
			Request  string            `json:"request_id" minLength:"8" maxLength:"64" doc:"The caller's own id of this request; the same id and body within ten minutes is the same call"`
			Subject  string            `json:"subject" maxLength:"40" doc:"Identity number of the person asked about"`
			Scenario string            `json:"scenario" maxLength:"64" doc:"The approved scenario this call is made for"`
			Params   map[string]string `json:"params,omitempty" doc:"Values for the model's parameters, each one of those approved with it"`
			Consent  string            `json:"consent,omitempty" maxLength:"64" doc:"Id of a document handed in before"`
			Document *consent.Signed   `json:"document,omitempty" doc:"Or the signed document itself"`
		}
	}) (serve.Answer, error) {
		b := in.Body
		// The general idempotency key keeps the reply as it is and asks nothing again; an answer about a person is kept sealed
		// under its request_id, and is given again only after every check.
		ctx = act.WithKey(ctx, nil)
		return a.s.Serve.Call(ctx, serve.Ask{Deployment: in.ID, Request: b.Request, Subject: b.Subject, Scenario: b.Scenario, Params: b.Params,
			Consent: b.Consent, Document: b.Document})
	})
	get(a, "/v1/calls", "calls", tag, "调用记录", func(ctx context.Context, in *struct{ Paging }) (Page[serve.Seen], error) {
		list, err := a.s.Serve.Calls(ctx, in.Cursor, in.Limit)
		return paged(list, in.Limit, func(s serve.Seen) string { return s.ID }), err
	})
	get(a, "/v1/me/calls", "my-calls", tag, "谁用了我的数据", func(ctx context.Context, in *struct{ Paging }) (Page[serve.Seen], error) {
		list, err := a.s.Serve.OnMe(ctx, in.Cursor, in.Limit)
		return paged(list, in.Limit, func(s serve.Seen) string { return s.ID }), err
	})
}
