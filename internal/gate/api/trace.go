package api

import (
	"context"
	"strconv"

	"yunei/internal/base/errs"
	"yunei/internal/base/workday"
	"yunei/internal/flow/trace"
)

// following asks for a page of a chain.
type following struct {
	ByID
	Paging
	Stage trace.Stage  `query:"stage" enum:"catalog,grading,collection,application,review,grant,supply,model,use,result,delivery,destruction"`
	From  workday.Date `query:"from" doc:"First day, included"`
	Until workday.Date `query:"until" doc:"Last day, included"`
}

// TracePage is a page of a chain: its steps oldest first, its gaps and counts whole.
type TracePage struct {
	trace.Chain
	Next string `json:"next,omitempty"`
}

func (a *API) registerTrace() {
	const tag = "trace"
	for _, r := range []struct {
		path, id, summary string
		read              func(context.Context, string, trace.Filter) (trace.Chain, error)
	}{
		{"/v1/catalog/{id}/lifecycle", "lifecycle", "数据资源全生命周期", a.s.Trace.Lifecycle},
		{"/v1/releases/{id}/trace", "release-trace", "结果溯源", a.s.Trace.Release},
		{"/v1/services/{id}/trace", "service-trace", "数据服务溯源", a.s.Trace.Deployment},
	} {
		get(a, r.path, r.id, tag, r.summary, func(ctx context.Context, in *following) (TracePage, error) {
			f := trace.Filter{Stage: in.Stage, From: in.From, Until: in.Until, Limit: in.Limit}
			if in.Cursor != "" {
				n, err := strconv.Atoi(in.Cursor)
				if err != nil || n < 0 {
					return TracePage{}, errs.New(errs.Invalid, "翻页位置不对, 请从第一页重新查看")
				}
				f.After = n
			}
			c, err := r.read(ctx, in.ID, f)
			p := TracePage{Chain: c}
			if c.Next > 0 {
				p.Next = strconv.Itoa(c.Next)
			}
			return p, err
		})
	}
}
