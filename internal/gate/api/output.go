package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
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
	post(a, "/v1/releases", "submit-release", tag, "提交出域申请", func(ctx context.Context, in *struct {
		Body struct {
			output.Ask
			Draft bool `json:"draft,omitempty" doc:"Only keep it, to be submitted later"`
		}
	}) (output.Release, error) {
		if in.Body.Draft {
			return a.s.Output.Draft(ctx, in.Body.Ask)
		}
		return a.s.Output.Submit(ctx, in.Body.Ask)
	})
	post(a, "/v1/releases/{id}/submit", "submit-draft", tag, "提交出域申请草稿", func(ctx context.Context, in *ByID) (output.Release, error) {
		return a.s.Output.SubmitDraft(ctx, in.ID)
	})
	post(a, "/v1/releases/{id}/cancel", "cancel-release", tag, "放弃出域申请草稿", func(ctx context.Context, in *ByID) (output.Release, error) {
		return a.s.Output.Cancel(ctx, in.ID)
	})
	post(a, "/v1/releases/{id}/override", "override-check", tag, "就检查的提示写明理由", func(ctx context.Context, in *struct {
		ByID
		Body struct {
			Check  int    `json:"check" minimum:"0" maximum:"18"`
			Reason string `json:"reason" minLength:"2" maxLength:"500"`
		}
	}) (output.Release, error) {
		return a.s.Output.Override(ctx, in.ID, in.Body.Check, in.Body.Reason)
	})
	get(a, "/v1/releases/{id}/redaction", "preview-redaction", tag, "预览隐去单元格的后果", func(ctx context.Context, in *struct {
		ByID
		Cells []int `query:"cells" required:"true" minItems:"1" maxItems:"1000"`
	}) (output.Preview, error) {
		return a.s.Output.Preview(ctx, in.ID, in.Cells)
	})
	post(a, "/v1/releases/{id}/redact", "redact-release", tag, "隐去单元格", func(ctx context.Context, in *struct {
		ByID
		Body struct {
			Cells  []int  `json:"cells" minItems:"1" maxItems:"1000"`
			Reason string `json:"reason" minLength:"2" maxLength:"500"`
		}
	}) (output.Release, error) {
		return a.s.Output.Redact(ctx, in.ID, in.Body.Cells, in.Body.Reason)
	})
	post(a, "/v1/releases/{id}/recall", "recall-release", tag, "撤回已同意的结果", func(ctx context.Context, in *struct {
		ByID
		Body struct {
			Reason string `json:"reason" minLength:"2" maxLength:"500"`
		}
	}) (output.Release, error) {
		return a.s.Output.Recall(ctx, in.ID, in.Body.Reason)
	})
	huma.Register(a.huma, huma.Operation{
		Method: http.MethodPost, Path: "/v1/releases/{id}/package", OperationID: "export-package", Summary: "导出带来源和回执的压缩包", Tags: []string{tag},
		Security: []map[string][]string{{"session": {}}, {"key": {}}},
	}, func(ctx context.Context, in *ByID) (*file, error) {
		ctx, receipts := act.WithReceipts(ctx)
		body, err := a.s.Output.Package(ctx, in.ID)
		if err != nil {
			return nil, problemOf(ctx, err)
		}
		sum := sha256.Sum256(body)
		out := &file{Type: "application/zip", Name: `attachment; filename="` + in.ID + `.zip"`, Digest: "sha256:" + hex.EncodeToString(sum[:]), Body: body}
		if receipt, ok := receipts.Last(); ok {
			out.Receipt = itoa(receipt.Seq)
		}
		return out, nil
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
