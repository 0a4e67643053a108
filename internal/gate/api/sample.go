package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"yunei/internal/core/act"
	"yunei/internal/flow/lab"
)

type sampleOf struct {
	ByID
	Resource string `path:"resource"`
	Level    string `query:"level" enum:"S0,S1,S2" default:"S0"`
}

func (a *API) registerSamples(tag string) {
	get(a, "/v1/spaces/{id}/samples/{resource}", "samples", tag, "样例数据", func(ctx context.Context, in *sampleOf) (lab.Sample, error) {
		return a.s.Lab.Samples(ctx, in.ID, in.Resource, in.Level)
	})
	huma.Register(a.huma, huma.Operation{
		Method: http.MethodPost, Path: "/v1/spaces/{id}/samples/{resource}/file", OperationID: "take-sample", Summary: "下载样例数据", Tags: []string{tag},
		Security: []map[string][]string{{"session": {}}, {"key": {}}},
	}, func(ctx context.Context, in *sampleOf) (*file, error) {
		ctx, receipts := act.WithReceipts(ctx)
		name, body, err := a.s.Lab.TakeSample(ctx, in.ID, in.Resource, in.Level)
		if err != nil {
			return nil, problemOf(ctx, err)
		}
		out := &file{Type: "text/csv; charset=utf-8", Name: `attachment; filename="` + name + `.csv"`, Body: body}
		if receipt, ok := receipts.Last(); ok {
			out.Receipt = itoa(receipt.Seq)
		}
		return out, nil
	})
	get(a, "/v1/spaces/{id}/sample-levels", "sample-levels", tag, "样例级别", func(ctx context.Context, in *ByID) (Page[lab.SampleLevel], error) {
		list, err := a.s.Lab.SampleLevels(ctx, in.ID)
		return paged(list, len(list)+1, func(lab.SampleLevel) string { return "" }), err
	})
	post(a, "/v1/spaces/{id}/sample-requests", "request-sample", tag, "申请样例数据", func(ctx context.Context, in *struct {
		ByID
		Body struct {
			Resource string `json:"resource"`
			Parent   string `json:"parent,omitempty" doc:"Resource with one row of a subject to learn together with (主表), S2 only"`
			Level    string `json:"level" enum:"S1,S2"`
			Reason   string `json:"reason" minLength:"1" maxLength:"1000"`
		}
	}) (lab.SampleRequest, error) {
		b := in.Body
		return a.s.Lab.RequestSample(ctx, in.ID, lab.SampleRequest{Resource: b.Resource, Parent: b.Parent, Level: b.Level, Reason: b.Reason})
	})
	get(a, "/v1/sample-requests", "sample-requests", tag, "样例申请", func(ctx context.Context, in *struct {
		Paging
		State string `query:"state" enum:"asked,answered,refused"`
	}) (Page[lab.SampleRequest], error) {
		list, err := a.s.Lab.SampleRequests(ctx, in.State, in.Cursor, in.Limit)
		return paged(list, in.Limit, func(r lab.SampleRequest) string { return r.ID }), err
	})
	post(a, "/v1/sample-requests/{id}/refuse", "refuse-sample", tag, "不予生成样例数据", func(ctx context.Context, in *struct {
		ByID
		Body struct {
			Why string `json:"why" minLength:"1" maxLength:"1000"`
		}
	}) (lab.SampleRequest, error) {
		return a.s.Lab.RefuseSample(ctx, in.ID, in.Body.Why)
	})
	get(a, "/v1/sample-sets", "sample-sets", tag, "样例数据集", func(ctx context.Context, in *struct {
		Paging
		Resource string `query:"resource"`
	}) (Page[lab.SampleSetPage], error) {
		list, err := a.s.Lab.SampleSets(ctx, in.Resource, in.Cursor, in.Limit)
		return paged(list, in.Limit, func(p lab.SampleSetPage) string { return p.ID }), err
	})
	post(a, "/v1/sample-sets", "release-sample", tag, "生成样例数据", func(ctx context.Context, in *struct {
		Body struct {
			Level     string   `json:"level" enum:"S1,S2"`
			Resources []string `json:"resources" minItems:"1" maxItems:"2" doc:"For S2 of a table with several rows of a subject, its parent may come first"`
			Reason    string   `json:"reason" minLength:"1" maxLength:"1000"`
		}
	}) (lab.SampleSet, error) {
		return a.s.Lab.ReleaseSample(ctx, in.Body.Level, in.Body.Resources, in.Body.Reason)
	})
	post(a, "/v1/sample-traces", "trace-sample", tag, "查验样例水印", func(ctx context.Context, in *struct {
		Body struct {
			Subjects []string `json:"subjects" minItems:"1" maxItems:"20000" doc:"Names of subjects found in a file"`
		}
	}) (Page[lab.Marked], error) {
		list, err := a.s.Lab.TraceSample(ctx, in.Body.Subjects)
		return paged(list, len(list)+1, func(lab.Marked) string { return "" }), err
	})
}
