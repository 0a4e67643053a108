package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"yunei/internal/core/act"
	"yunei/internal/flow/output"
)

func (a *API) registerOutput() {
	const tag = "releases"
	get(a, "/v1/releases", "releases", tag, "出域申请", func(ctx context.Context, in *struct{ Paging }) (Page[output.Release], error) {
		list, err := a.s.Output.List(ctx, in.Cursor, in.Limit)
		return paged(list, in.Limit, func(r output.Release) string { return r.ID }), err
	})
	post(a, "/v1/releases", "submit-release", tag, "提交出域申请", func(ctx context.Context, in *struct{ Body output.Ask }) (output.Release, error) {
		return a.s.Output.Submit(ctx, in.Body)
	})
	get(a, "/v1/releases/{id}", "release", tag, "出域申请详情", func(ctx context.Context, in *ByID) (output.Page, error) {
		return a.s.Output.Get(ctx, in.ID)
	})
	huma.Register(a.huma, huma.Operation{
		Method: http.MethodPost, Path: "/v1/releases/{id}/export", OperationID: "export-release", Summary: "导出", Tags: []string{tag},
		Security: []map[string][]string{{"session": {}}, {"key": {}}},
	}, func(ctx context.Context, in *ByID) (*file, error) {
		ctx, receipts := act.WithReceipts(ctx)
		r, body, err := a.s.Output.Export(ctx, in.ID)
		if err != nil {
			return nil, problemOf(ctx, err)
		}
		out := &file{Type: "text/csv; charset=utf-8", Name: `attachment; filename="` + r.ID + `.csv"`, Digest: r.Digest, Body: body}
		if receipt, ok := receipts.Last(); ok {
			out.Receipt = itoa(receipt.Seq)
		}
		return out, nil
	})
}

// file is the reply of a download.
type file struct {
	Type    string `header:"Content-Type"`
	Name    string `header:"Content-Disposition"`
	Digest  string `header:"Yunei-Digest" doc:"SHA-256 of the bytes, as decided on"`
	Receipt string `header:"Yunei-Receipt"`
	Body    []byte
}
