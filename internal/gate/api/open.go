package api

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"log/slog"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"yunei/internal/base/errs"
	"yunei/internal/flow/open"
)

// OpenItem is an open resource as the public sees it.
type OpenItem struct {
	open.Resource
	HolderName string `json:"holder_name"`
}

// Series is one item over time, ready for a chart.
type Series struct {
	Title   string   `json:"title"`
	Field   string   `json:"field"`
	Every   string   `json:"every"`
	Labels  []string `json:"labels"`
	Series  []Line   `json:"series"`
	Source  string   `json:"source" doc:"来源标注"`
	Licence string   `json:"licence"`
}

// Line is one line of a chart.
type Line struct {
	Name   string     `json:"name"`
	Unit   string     `json:"unit,omitempty"`
	Values []*float64 `json:"values" doc:"Means of the observed values; null where nothing was observed"`
}

// Named is the request for one open resource: its id or its table.
type Named struct {
	ID string `path:"id" maxLength:"64" doc:"Id or table"`
}

func (a *API) registerOpen() {
	const tag = "open"
	getPublic(a, "/v1/open", "open-resources", tag, "开放数据", func(ctx context.Context, in *struct {
		Paging
		Q string `query:"q" maxLength:"100"`
	}) (Page[OpenItem], error) {
		list, next, err := a.s.Open.List(ctx, in.Q, in.Cursor, in.Limit)
		if err != nil {
			return Page[OpenItem]{}, err
		}
		items, err := a.openItems(ctx, list...)
		return Page[OpenItem]{Items: items, Next: next}, err
	})
	getPublic(a, "/v1/open/{id}", "open-resource", tag, "开放数据详情", func(ctx context.Context, in *Named) (OpenItem, error) {
		r, err := a.s.Open.Get(ctx, in.ID)
		if err != nil {
			return OpenItem{}, err
		}
		items, err := a.openItems(ctx, r)
		return items[0], err
	})
	getPublic(a, "/v1/open/{id}/rows", "open-rows", tag, "开放数据行", func(ctx context.Context, in *struct {
		Named
		Paging
		Fields []string `query:"fields" doc:"Items, separated by commas; all when empty"`
		Where  []string `query:"where" doc:"Conditions item:value on dimensions, separated by commas"`
	}) (open.Rows, error) {
		where, err := conditions(in.Where)
		if err != nil {
			return open.Rows{}, err
		}
		return a.s.Open.Rows(ctx, in.ID, open.Query{Fields: in.Fields, Where: where, After: in.Cursor, Limit: in.Limit})
	})
	getPublic(a, "/v1/open/{id}/series", "open-series", tag, "开放数据走势", a.openSeries)
	for _, format := range []open.Format{open.CSV, open.JSON} {
		a.mountDownload(format)
	}
}

func (a *API) openItems(ctx context.Context, list ...open.Resource) ([]OpenItem, error) {
	holders := make([]string, len(list))
	for i, r := range list {
		holders[i] = r.Holder
	}
	names, err := a.orgNames(ctx, holders...)
	items := make([]OpenItem, len(list))
	for i, r := range list {
		items[i] = OpenItem{Resource: r, HolderName: names[r.Holder]}
	}
	return items, err
}

func conditions(list []string) (open.Where, error) {
	where := open.Where{}
	for _, c := range list {
		item, value, ok := strings.Cut(c, ":")
		if !ok {
			return nil, errs.New(errs.Invalid, "筛选条件 %q 不正确, 请写成 数据项:值", c)
		}
		where[item] = value
	}
	return where, nil
}

func (a *API) openSeries(ctx context.Context, in *struct {
	Named
	Field string   `query:"field" maxLength:"63" doc:"Item; the first that can be drawn when empty"`
	Every string   `query:"every" enum:"day,month,year" default:"month"`
	Where []string `query:"where" doc:"Conditions item:value on dimensions, separated by commas"`
}) (Series, error) {
	r, err := a.s.Open.Get(ctx, in.ID)
	if err != nil {
		return Series{}, err
	}
	if in.Field == "" {
		if len(r.Charts) == 0 {
			return Series{}, errs.New(errs.Invalid, "该资源没有可以按时间作图的数据项, 请查看数据行")
		}
		in.Field = r.Charts[0]
	}
	where, err := conditions(in.Where)
	if err != nil {
		return Series{}, err
	}
	points, err := a.s.Open.Series(ctx, in.ID, in.Field, open.Every(in.Every), where)
	if err != nil {
		return Series{}, err
	}
	out := Series{Title: r.Title, Field: in.Field, Every: in.Every, Labels: []string{}, Source: r.Source, Licence: r.Licence}
	line := Line{Name: in.Field, Values: []*float64{}}
	for _, f := range r.Fields {
		if f.Name == in.Field {
			line.Name, line.Unit = f.Title, f.Unit
		}
	}
	for _, p := range points {
		out.Labels = append(out.Labels, p.At)
		var mean *float64
		if v, err := strconv.ParseFloat(p.Mean, 64); err == nil {
			mean = &v
		}
		line.Values = append(line.Values, mean)
	}
	out.Series = []Line{line}
	return out, nil
}

// mountDownload registers the download of a whole resource. It streams, so it goes past the generic mount; the digest of its bytes is in
// the headers (RFC 9530 Repr-Digest) and is the ETag.
func (a *API) mountDownload(format open.Format) {
	huma.Register(a.huma, huma.Operation{
		Method: http.MethodGet, Path: "/v1/open/{id}/rows." + string(format), OperationID: "download-" + string(format), Tags: []string{"open"},
		Summary: "下载开放数据 (" + strings.ToUpper(string(format)) + ")",
	}, func(ctx context.Context, in *struct {
		Named
		Match string `header:"If-None-Match"`
	}) (*huma.StreamResponse, error) {
		file, err := a.s.Open.Download(ctx, in.ID, format)
		if err != nil {
			return nil, problemOf(ctx, err)
		}
		return &huma.StreamResponse{Body: func(c huma.Context) { send(c, file, in.Match) }}, nil
	})
}

func send(c huma.Context, file open.Download, match string) {
	tag := strconv.Quote(file.Digest)
	c.SetHeader("ETag", tag)
	c.SetHeader("Cache-Control", "public, max-age=60")
	if match == tag {
		c.SetStatus(http.StatusNotModified)
		return
	}
	if sum, err := hex.DecodeString(strings.TrimPrefix(file.Digest, "sha256:")); err == nil {
		c.SetHeader("Repr-Digest", "sha-256=:"+base64.StdEncoding.EncodeToString(sum)+":")
	}
	c.SetHeader("Content-Type", file.Type)
	c.SetHeader("Content-Length", strconv.FormatInt(file.Size, 10))
	c.SetHeader("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": file.Name}))
	if _, err := file.WriteTo(c.BodyWriter()); err != nil {
		slog.WarnContext(c.Context(), "download broken off", "file", file.Name, "err", err)
	}
}
