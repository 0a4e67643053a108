package api

import (
	"bytes"
	"context"
	"encoding/csv"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"yunei/internal/flow/standard"
)

func (a *API) registerStandard() {
	const tag = "standards"
	get(a, "/v1/standards", "standards", tag, "标准的各个版本", func(ctx context.Context, in *struct{ Paging }) (Page[standard.Listed], error) {
		list, err := a.s.Standard.Standards(ctx, in.Cursor, in.Limit)
		return paged(list, in.Limit, func(s standard.Listed) string { return s.ID }), err
	})
	post(a, "/v1/standards", "load-standard", tag, "发布标准的检查项", func(ctx context.Context, in *struct {
		Body struct {
			Text string `json:"text" minLength:"1" maxLength:"400000" doc:"The standard as YAML (docs/pack-format.md)"`
		}
	}) (standard.Standard, error) {
		return a.s.Standard.Load(ctx, in.Body.Text)
	})
	post(a, "/v1/standards/{id}/check", "check-standard", tag, "对照标准检查", func(ctx context.Context, in *ByID) (standard.Report, error) {
		return a.s.Standard.Check(ctx, in.ID, a.offered())
	})
	get(a, "/v1/conformity", "conformity-reports", tag, "符合性报告", func(ctx context.Context, in *struct{ Paging }) (Page[standard.Report], error) {
		list, err := a.s.Standard.Reports(ctx, in.Cursor, in.Limit)
		return paged(list, in.Limit, func(r standard.Report) string { return r.ID }), err
	})
	get(a, "/v1/conformity/{id}", "conformity-report", tag, "符合性报告详情", func(ctx context.Context, in *ByID) (standard.Report, error) {
		return a.s.Standard.Report(ctx, in.ID)
	})
	huma.Register(a.huma, huma.Operation{
		Method: http.MethodGet, Path: "/v1/conformity/{id}/deviations.csv", OperationID: "conformity-csv", Summary: "导出符合性报告", Tags: []string{tag},
		Security: []map[string][]string{{"session": {}}, {"key": {}}},
	}, func(ctx context.Context, in *ByID) (*file, error) {
		r, err := a.s.Standard.Report(ctx, in.ID)
		if err != nil {
			return nil, problemOf(ctx, err)
		}
		body, err := a.deviations(ctx, r)
		return &file{Type: "text/csv; charset=utf-8", Name: `attachment; filename="` + r.ID + `.csv"`, Body: body}, err
	})
}

// deviations is a report as a table; each line names the version, so that a line that is passed on alone still says against what.
func (a *API) deviations(ctx context.Context, r standard.Report) ([]byte, error) {
	holders := []string{}
	for _, d := range slices.Concat(r.Deviations, r.Resolved) {
		holders = append(holders, d.Holder)
	}
	names, err := a.orgNames(ctx, holders...)
	if err != nil {
		return nil, err
	}
	out := bytes.NewBufferString("\uFEFF") // tells older spreadsheets that the file is UTF-8
	w := csv.NewWriter(out)
	_ = w.Write([]string{"标准", "版本", "检查日期", "情况", "章条", "要求", "对象", "数据提供单位", "怎么办"})
	line := func(d standard.Deviation, state string) {
		what := d.Name
		if d.About == "interface" {
			what = "接口"
		}
		cells := []string{r.Title, r.Edition, r.Day.String(), state, d.Clause, d.Title, what, names[d.Holder], d.Remedy}
		for i, c := range cells {
			if strings.ContainsAny(c[:min(1, len(c))], "=+-@\t\r") { // a spreadsheet would take it for a formula
				cells[i] = "'" + c
			}
		}
		_ = w.Write(cells)
	}
	for _, d := range r.Deviations {
		state := "不符合"
		if d.New && r.Former != "" {
			state = "新出现"
		}
		line(d, state)
	}
	for _, d := range r.Resolved {
		line(d, "已改正")
	}
	w.Flush()
	return out.Bytes(), w.Error()
}

// offered is what the interface offers, by its own description.
func (a *API) offered() standard.Interface {
	doc := a.huma.OpenAPI()
	out := standard.Interface{Version: doc.OpenAPI}
	for path, item := range doc.Paths {
		for method, op := range map[string]*huma.Operation{http.MethodGet: item.Get, http.MethodPost: item.Post, http.MethodPut: item.Put, http.MethodDelete: item.Delete, http.MethodPatch: item.Patch} {
			if op == nil {
				continue
			}
			out.Operations = append(out.Operations, method+" "+path)
			if len(op.Security) == 0 {
				out.Public = append(out.Public, method+" "+path)
			}
			for _, p := range op.Parameters {
				if p.Name == "limit" && p.Schema != nil && p.Schema.Maximum != nil {
					out.PageLimit = max(out.PageLimit, int(*p.Schema.Maximum))
				}
			}
		}
	}
	slices.Sort(out.Operations)
	slices.Sort(out.Public)
	return out
}
