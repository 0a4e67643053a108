package api

import (
	"context"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/core/access"
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
			Trains  string `json:"trains,omitempty" maxLength:"120" doc:"The model its answers are to train or verify (供模型训练与验证), as its assessment names it"`
		}
	}) (serve.Deployment, error) {
		return a.s.Serve.Deploy(ctx, in.Body.Version, in.Body.Daily, in.Body.Trains)
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
		Body CallBody
	}) (serve.Answer, error) {
		// The general idempotency key keeps the reply as it is and asks nothing again; an answer about a person is kept sealed
		// under its request_id, and is given again only after every check.
		ctx = act.WithKey(ctx, nil)
		return a.s.Serve.Call(ctx, in.Body.ask(in.ID))
	})
	a.registerSandbox()
	get(a, "/v1/calls", "calls", tag, "调用记录", func(ctx context.Context, in *struct{ Paging }) (Page[serve.Seen], error) {
		list, err := a.s.Serve.Calls(ctx, in.Cursor, in.Limit)
		return paged(list, in.Limit, func(s serve.Seen) string { return s.ID }), err
	})
	get(a, "/v1/me/calls", "my-calls", tag, "谁用了我的数据", func(ctx context.Context, in *struct{ Paging }) (Page[serve.Seen], error) {
		list, err := a.s.Serve.OnMe(ctx, in.Cursor, in.Limit)
		return paged(list, in.Limit, func(s serve.Seen) string { return s.ID }), err
	})
}

// CallBody is a call as a program sends it; the sandbox takes the same.
type CallBody struct {
	Request  string            `json:"request_id" minLength:"8" maxLength:"64" doc:"The caller's own id of this request; the same id and body within ten minutes is the same call"`
	Subject  string            `json:"subject" maxLength:"40" doc:"Identity number of the person asked about"`
	Scenario string            `json:"scenario" maxLength:"64" doc:"The approved scenario this call is made for"`
	Params   map[string]string `json:"params,omitempty" doc:"Values for the model's parameters, each one of those approved with it"`
	Consent  string            `json:"consent,omitempty" maxLength:"64" doc:"Id of a document handed in before"`
	Document *consent.Signed   `json:"document,omitempty" doc:"Or the signed document itself"`
}

func (b CallBody) ask(deployment string) serve.Ask {
	return serve.Ask{Deployment: deployment, Request: b.Request, Subject: b.Subject, Scenario: b.Scenario, Params: b.Params, Consent: b.Consent, Document: b.Document}
}

func (a *API) registerSandbox() {
	const tag = "calls"
	get(a, "/v1/deployments/{id}/sandbox", "sandbox", tag, "测试接口: 密钥、虚构人员和测试用词", func(ctx context.Context, in *ByID) (serve.Sandbox, error) {
		return a.s.Serve.SandboxOf(ctx, in.ID)
	})
	post(a, "/v1/deployments/{id}/test-keys", "open-test-key", tag, "生成测试密钥", func(ctx context.Context, in *struct {
		ByID
		Body struct {
			Label string `json:"label" minLength:"1" maxLength:"60"`
			Days  int    `json:"days" minimum:"1" maximum:"365" default:"90"`
		}
	}) (out NewTestKey, err error) {
		ctx = act.WithKey(ctx, nil) // a kept reply would be a kept secret
		out.Key, out.Secret, err = a.s.Serve.OpenTestKey(ctx, in.ID, in.Body.Label, in.Body.Days)
		return out, err
	})
	post(a, "/v1/deployments/{id}/test-keys/{key}/close", "close-test-key", tag, "停用测试密钥", func(ctx context.Context, in *struct {
		ByID
		Key string `path:"key" maxLength:"64"`
	}) (serve.TestKey, error) {
		return a.s.Serve.CloseTestKey(ctx, in.ID, in.Key)
	})
	postPublic(a, "/v1/sandbox/{id}/call", "test-call", tag, "测试调用: 合成数据, 与实时查询同样的请求和答复", func(ctx context.Context, in *struct {
		ByID
		Key  string `header:"Authorization" maxLength:"200" doc:"Bearer and a test key"`
		Body CallBody
	}) (serve.Answer, error) {
		key := strings.TrimPrefix(in.Key, "Bearer ")
		if !a.tests.allow(access.SecretDigest(key)) {
			return serve.Answer{}, errs.New(errs.Unavailable, "测试接口每分钟最多 %d 次, 请稍后再试; 压力测试请在本地进行", testsAMinute)
		}
		return a.s.Serve.Test(ctx, key, in.Body.ask(in.ID))
	})
}

// NewTestKey is a test key as it is made.
type NewTestKey struct {
	Key    serve.TestKey `json:"key"`
	Secret string        `json:"secret" doc:"Shown once; keep it"`
}

// testsAMinute is how often one test key may be used.
const testsAMinute = 300
