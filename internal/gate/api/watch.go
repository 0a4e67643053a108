package api

import (
	"context"

	"yunei/internal/base/workday"
	"yunei/internal/flow/watch"
)

func (a *API) registerWatch() {
	const tag = "watch"
	get(a, "/v1/data-use", "data-use", tag, "本单位数据的使用情况", func(ctx context.Context, in *struct {
		Resource string `query:"resource"`
		From     string `query:"from" doc:"2006-01; left out: a year"`
		Until    string `query:"until" doc:"2006-01, included; left out: this month"`
	}) (watch.DataUse, error) {
		return a.s.Watch.DataUse(ctx, in.Resource, in.From, in.Until)
	})
	get(a, "/v1/organizations/{id}/breaches", "breaches", tag, "信用档案", func(ctx context.Context, in *ByID) (Page[watch.Breach], error) {
		list, err := a.s.Watch.File(ctx, in.ID)
		return paged(list, len(list)+1, func(b watch.Breach) string { return b.ID }), err
	})
	post(a, "/v1/organizations/{id}/breaches", "record-breach", tag, "记录违法失信行为", func(ctx context.Context, in *struct {
		ByID
		Body struct {
			Kind     watch.Kind   `json:"kind" enum:"environment,safety,intellectual,trust,other"`
			Day      workday.Date `json:"day"`
			What     string       `json:"what" minLength:"2" maxLength:"2000"`
			Evidence []string     `json:"evidence" minItems:"1" maxItems:"20"`
		}
	}) (watch.Breach, error) {
		b := in.Body
		return a.s.Watch.Record(ctx, watch.Report{Org: in.ID, Kind: b.Kind, Day: b.Day, What: b.What, Evidence: b.Evidence})
	})
	post(a, "/v1/breaches/{id}/revoke", "revoke-breach", tag, "撤销违法失信记录", func(ctx context.Context, in *reasoned) (watch.Breach, error) {
		return a.s.Watch.Revoke(ctx, in.ID, in.Body.Reason)
	})
	post(a, "/v1/breaches/{id}/repair", "repair-breach", tag, "信用修复", func(ctx context.Context, in *struct {
		ByID
		Body struct {
			Reason   string   `json:"reason" minLength:"2" maxLength:"2000"`
			Evidence []string `json:"evidence" minItems:"1" maxItems:"20"`
		}
	}) (watch.Breach, error) {
		return a.s.Watch.Repair(ctx, in.ID, in.Body.Reason, in.Body.Evidence)
	})
	get(a, "/v1/organizations/{id}/credit", "credit-file", tag, "信用档案全卷", func(ctx context.Context, in *ByID) (watch.CreditFile, error) {
		return a.s.Watch.Credit(ctx, in.ID)
	})
	a.registerOrders()
	a.registerExits()
	a.registerReports()
	a.registerEvaluations()
	a.registerComplaints()
	a.registerInspections()
}

// OfOrg chooses one organization's items of a list.
type OfOrg struct {
	Paging
	Org string `query:"org" maxLength:"64" doc:"One organization; empty: all that the caller may see"`
}

func (a *API) registerOrders() {
	const tag = "watch"
	get(a, "/v1/orders", "orders", tag, "整改和处置决定", func(ctx context.Context, in *struct{ OfOrg }) (Page[watch.Order], error) {
		list, err := a.s.Watch.Orders(ctx, in.Org, in.Cursor, in.Limit)
		return paged(list, in.Limit, func(o watch.Order) string { return o.ID }), err
	})
	post(a, "/v1/orders", "issue-order", tag, "作出整改或者处置决定", func(ctx context.Context, in *struct{ Body watch.Direction }) (watch.OrderPage, error) {
		o, err := a.s.Watch.Issue(ctx, in.Body)
		return a.orderAfter(ctx, o, err)
	})
	get(a, "/v1/orders/{id}", "order", tag, "整改和处置决定详情", func(ctx context.Context, in *ByID) (watch.OrderPage, error) {
		return a.s.Watch.Order(ctx, in.ID)
	})
	post(a, "/v1/orders/{id}/receive", "receive-order", tag, "签收决定", func(ctx context.Context, in *ByID) (watch.OrderPage, error) {
		o, err := a.s.Watch.Receive(ctx, in.ID)
		return a.orderAfter(ctx, o, err)
	})
	post(a, "/v1/orders/{id}/report", "report-rectification", tag, "反馈整改情况", func(ctx context.Context, in *struct {
		ByID
		Body struct {
			Text     string   `json:"text" minLength:"2" maxLength:"5000"`
			Evidence []string `json:"evidence,omitempty" maxItems:"20"`
		}
	}) (watch.OrderPage, error) {
		o, err := a.s.Watch.Rectified(ctx, in.ID, in.Body.Text, in.Body.Evidence)
		return a.orderAfter(ctx, o, err)
	})
	post(a, "/v1/orders/{id}/decide", "decide-order", tag, "认定整改结果", func(ctx context.Context, in *struct {
		ByID
		Body watch.Decision
	}) (watch.OrderPage, error) {
		o, err := a.s.Watch.Rule(ctx, in.ID, in.Body)
		return a.orderAfter(ctx, o, err)
	})
}

func (a *API) orderAfter(ctx context.Context, o watch.Order, err error) (watch.OrderPage, error) {
	if err != nil {
		return watch.OrderPage{}, err
	}
	return a.s.Watch.Order(ctx, o.ID)
}

func (a *API) registerExits() {
	const tag = "watch"
	get(a, "/v1/exits", "exits", tag, "退出", func(ctx context.Context, in *struct{ OfOrg }) (Page[watch.Exit], error) {
		list, err := a.s.Watch.Exits(ctx, in.Org, in.Cursor, in.Limit)
		return paged(list, in.Limit, func(e watch.Exit) string { return e.ID }), err
	})
	post(a, "/v1/exits", "terminate", tag, "终止入驻或者授权", func(ctx context.Context, in *struct{ Body watch.Ending }) (watch.ExitPage, error) {
		e, err := a.s.Watch.End(ctx, in.Body)
		return a.exitAfter(ctx, e, err)
	})
	get(a, "/v1/exits/{id}", "exit", tag, "退出详情", func(ctx context.Context, in *ByID) (watch.ExitPage, error) {
		return a.s.Watch.Exit(ctx, in.ID)
	})
	get(a, "/v1/exits/{id}/traces", "exit-traces", tag, "追溯数据使用情况", func(ctx context.Context, in *struct {
		ByID
		Paging
	}) (Page[watch.Trace], error) {
		list, err := a.s.Watch.Traces(ctx, in.ID, in.Cursor, in.Limit)
		return paged(list, in.Limit, func(t watch.Trace) string { return t.ID }), err
	})
	post(a, "/v1/exits/{id}/delete", "delete-held", tag, "办理删除", func(ctx context.Context, in *ByID) (watch.ExitPage, error) {
		e, err := a.s.Watch.Delete(ctx, in.ID)
		return a.exitAfter(ctx, e, err)
	})
	post(a, "/v1/exits/{id}/receive", "receive-destruction", tag, "签收销毁情况", func(ctx context.Context, in *ByID) (watch.ExitPage, error) {
		e, err := a.s.Watch.Acknowledge(ctx, in.ID)
		return a.exitAfter(ctx, e, err)
	})
	get(a, "/v1/erasures", "erasures", tag, "授权终止后的删除义务", func(ctx context.Context, in *struct{ Paging }) (Page[watch.Erasure], error) {
		list, err := a.s.Watch.Erasures(ctx, in.Cursor, in.Limit)
		return paged(list, in.Limit, func(e watch.Erasure) string { return e.ID }), err
	})
	post(a, "/v1/erasures/{id}/file", "file-erasure", tag, "提交删除记录", func(ctx context.Context, in *struct {
		ByID
		Body struct {
			Record string `json:"record" minLength:"2" maxLength:"5000" doc:"What was deleted, where and how"`
			Paper  string `json:"paper,omitempty" maxLength:"128" doc:"Digest of an uploaded proof"`
		}
	}) (watch.Erasure, error) {
		return a.s.Watch.FileErasure(ctx, in.ID, in.Body.Record, in.Body.Paper)
	})
	post(a, "/v1/exits/{id}/reopen", "reopen-deletion", tag, "核查不合格, 重新删除", func(ctx context.Context, in *struct {
		ByID
		Body struct {
			Finding string `json:"finding" minLength:"2" maxLength:"5000" doc:"What is still readable, and where"`
		}
	}) (watch.ExitPage, error) {
		e, err := a.s.Watch.Reopen(ctx, in.ID, in.Body.Finding)
		return a.exitAfter(ctx, e, err)
	})
	post(a, "/v1/exits/{id}/certify", "certify-deletion", tag, "出具删除证明", func(ctx context.Context, in *ByID) (watch.ExitPage, error) {
		e, err := a.s.Watch.Certify(ctx, in.ID)
		return a.exitAfter(ctx, e, err)
	})
}

func (a *API) exitAfter(ctx context.Context, e watch.Exit, err error) (watch.ExitPage, error) {
	if err != nil {
		return watch.ExitPage{}, err
	}
	return a.s.Watch.Exit(ctx, e.ID)
}
