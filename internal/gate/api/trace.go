package api

import (
	"context"
	"strconv"

	"yunei/internal/base/errs"
	"yunei/internal/base/workday"
	"yunei/internal/flow/catalog"
	"yunei/internal/flow/trace"
)

// Stretch is a page of what happened between two days.
type Stretch struct {
	Paging
	From  workday.Date `query:"from" doc:"First day, included"`
	Until workday.Date `query:"until" doc:"Last day, included"`
}

func (s Stretch) filter() (f trace.Filter, err error) {
	f = trace.Filter{From: s.From, Until: s.Until, Limit: s.Limit}
	if s.Cursor != "" {
		if f.After, err = strconv.Atoi(s.Cursor); err != nil || f.After < 0 {
			return f, errs.New(errs.Invalid, "翻页位置不对, 请从第一页重新查看")
		}
	}
	return f, nil
}

// following asks for a page of a chain.
type following struct {
	ByID
	Stretch
	Stage trace.Stage `query:"stage" enum:"catalog,grading,collection,application,review,grant,supply,model,use,result,delivery,destruction"`
}

// TracePage is a page of a chain: its steps oldest first, its gaps and counts whole.
type TracePage struct {
	trace.Chain
	Next string `json:"next,omitempty"`
}

func (a *API) registerTrace() {
	const tag = "trace"
	get(a, "/v1/catalog/{id}/uses", "uses", tag, "数据使用记录", func(ctx context.Context, in *struct {
		ByID
		Stretch
	}) (Page[trace.Access], error) {
		f, err := in.filter()
		if err != nil {
			return Page[trace.Access]{}, err
		}
		u, err := a.s.Trace.Uses(ctx, in.ID, f)
		p := paged(u.List, len(u.List)+1, func(trace.Access) string { return "" })
		if u.Next > 0 {
			p.Next = strconv.Itoa(u.Next)
		}
		return p, err
	})
	get(a, "/v1/matters/{id}/decision", "matter-decision", tag, "办件的决策卷", func(ctx context.Context, in *ByID) (trace.Decision, error) {
		return a.s.Trace.Decision(ctx, "matter", in.ID)
	})
	get(a, "/v1/catalog/{id}/decision", "entry-decision", tag, "目录条目的决策卷", func(ctx context.Context, in *ByID) (trace.Decision, error) {
		return a.s.Trace.Decision(ctx, catalog.Kind, in.ID)
	})
	for _, r := range []struct {
		path, id, summary string
		read              func(context.Context, string, trace.Filter) (trace.Chain, error)
	}{
		{"/v1/catalog/{id}/lifecycle", "lifecycle", "数据资源全生命周期", a.s.Trace.Lifecycle},
		{"/v1/releases/{id}/trace", "release-trace", "结果溯源", a.s.Trace.Release},
		{"/v1/services/{id}/trace", "service-trace", "数据服务溯源", a.s.Trace.Deployment},
	} {
		get(a, r.path, r.id, tag, r.summary, func(ctx context.Context, in *following) (TracePage, error) {
			f, err := in.filter()
			if err != nil {
				return TracePage{}, err
			}
			f.Stage = in.Stage
			c, err := r.read(ctx, in.ID, f)
			p := TracePage{Chain: c}
			if c.Next > 0 {
				p.Next = strconv.Itoa(c.Next)
			}
			return p, err
		})
	}
}
