package open

import (
	"slices"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/workday"
	"yunei/internal/core/query"
	"yunei/internal/flow/catalog"
	"yunei/internal/flow/collect"
)

// Resource is an open resource as the public sees it.
type Resource struct {
	ID        string       `json:"id"`
	Code      string       `json:"code,omitempty"`
	Table     string       `json:"table"`
	Title     string       `json:"title"`
	Summary   string       `json:"summary"`
	Holder    string       `json:"holder" doc:"Organization that holds the data"`
	Source    string       `json:"source" doc:"来源标注: to be shown wherever the data is used"`
	Licence   string       `json:"licence" doc:"开放协议"`
	Keywords  []string     `json:"keywords"`
	Cycle     string       `json:"cycle" doc:"更新周期"`
	Published workday.Date `json:"published"`
	Updated   time.Time    `json:"updated" doc:"最近数据更新时间; zero: no data yet"`
	Snapshot  string       `json:"snapshot,omitempty" doc:"Snapshot that is shown; empty: no data yet"`
	Rows      int64        `json:"rows"`
	Fields    []Field      `json:"fields"`
	Charts    []string     `json:"charts" doc:"Items that can be asked for as a series over time"`
	Taken     int64        `json:"taken" doc:"How often it was downloaded"`
}

// Field is an open item.
type Field struct {
	Name   string       `json:"name"`
	Title  string       `json:"title"`
	Note   string       `json:"note,omitempty"`
	Unit   string       `json:"unit,omitempty" doc:"计量单位"`
	Type   query.Kind   `json:"type"`
	Role   query.Role   `json:"role"`
	Codes  []query.Code `json:"codes,omitempty"`
	Filter bool         `json:"filter" doc:"Rows can be asked for by a value of this item"`
}

// resourceOf shows an entry; only what is open of it.
func resourceOf(e catalog.Entry, taken int64) Resource {
	r := Resource{ID: e.ID, Code: e.Code, Table: e.Table, Title: e.Title, Summary: e.Summary, Holder: e.Holder, Source: e.Source, Licence: e.Licence,
		Keywords: append([]string{}, e.Keywords...), Cycle: e.Cycle.Title(), Published: e.Published, Updated: e.Supply.At, Snapshot: e.Supply.Snapshot,
		Rows: e.Supply.Rows, Fields: []Field{}, Charts: []string{}, Taken: taken}
	for _, f := range e.OpenFields() {
		r.Fields = append(r.Fields, Field{Name: f.Name, Title: f.Title, Note: f.Note, Unit: f.Unit, Type: f.Type, Role: f.EffectiveRole(), Codes: f.Codes, Filter: filterable(f)})
		if chartable(e, f) {
			r.Charts = append(r.Charts, f.Name)
		}
	}
	return r
}

func filterable(f catalog.Field) bool { return f.EffectiveRole() == query.Dimension }

// chartable: a measure of a resource whose time of observation is open too.
func chartable(e catalog.Entry, f catalog.Field) bool {
	if f.EffectiveRole() != query.Measure || !f.DataType().Numeric() || len(e.Time) == 0 {
		return false
	}
	open := e.OpenFields()
	for _, name := range e.Time {
		if !slices.ContainsFunc(open, func(f catalog.Field) bool { return f.Name == name }) {
			return false
		}
	}
	return true
}

// text is one value as it leaves; a missing one is empty.
func text(v query.Value) string {
	if v.Kind == query.Decimal {
		return collect.FormatScaled(v.N, v.Scale)
	}
	return v.Text()
}

// notOpen is the one answer for what is closed and for what does not exist.
func notOpen() error {
	return errs.New(errs.NotFound, "没有这项开放数据, 请从开放数据列表进入")
}
