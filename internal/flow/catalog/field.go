package catalog

import (
	"slices"

	"yunei/internal/core/query"
)

var kinds = []query.Kind{query.Int, query.Decimal, query.Text, query.Date, query.Bool, query.Timestamp}

var roles = []query.Role{query.Never, query.SubjectKey, query.JoinKey, query.Dimension, query.Measure, query.FilterOnly}

var uses = []query.Use{query.Plaintext, query.AfterJoin, query.AfterGroupBy, query.AfterAggregate, query.AfterCompare,
	query.ConsentedField, query.ConsentedScore, query.VerifyOnly}

// KeyColumn is the column that stands for the subject in models and snapshots: the item that names the subject is turned into it
// when data is collected and is kept nowhere.
const KeyColumn = "sid"

// rank orders grades (GB/T 43697-2024: core, important, ordinary in four levels); what is not graded is graver than everything.
func rank(g query.Grade) int {
	switch {
	case g.National == query.Core:
		return 6
	case g.National == query.Important:
		return 5
	case g.National == query.Ordinary && g.Level >= 1 && g.Level <= 4:
		return g.Level
	}
	return 7
}

// Field is a data item (数据项).
type Field struct {
	Name   string `json:"name" doc:"Name of the column in models: lower case letters, digits and _"`
	Header string `json:"header,omitempty" doc:"Column title in the holder's file, when it is not the name"`
	Title  string `json:"title" doc:"数据项名称"`
	Note   string `json:"note,omitempty" doc:"描述"`
	Unit   string `json:"unit,omitempty" doc:"计量单位"`

	Type      query.Kind `json:"type" enum:"int,decimal,text,date,bool,timestamp"`
	Scale     int        `json:"scale,omitempty" doc:"Digits after the point of a decimal"`
	MaxLength int        `json:"max_length,omitempty" doc:"Longest text in characters, for text without a code list"`
	Nullable  bool       `json:"nullable,omitempty" doc:"是否可空"`
	Missing   []string   `json:"missing,omitempty" doc:"Words that mean that the value is missing, such as NA"`

	Class    string      `json:"class,omitempty" doc:"分类: kind of information, for personal information the class of GB/T 43697 annex B"`
	Grade    query.Grade `json:"grade" doc:"分级; sensitive: 敏感个人信息"`
	Personal bool        `json:"personal,omitempty" doc:"个人信息"`

	Role     query.Role   `json:"role,omitempty" enum:"never,subject_key,join_key,dimension,measure,filter_only" doc:"Empty is never"`
	Uses     []query.Use  `json:"uses,omitempty"`
	Lo       string       `json:"lo,omitempty" doc:"Smallest value, in the item's own unit"`
	Hi       string       `json:"hi,omitempty" doc:"Largest value"`
	CodeList string       `json:"code_list,omitempty" doc:"Name and version of the public code list"`
	Codes    []query.Code `json:"codes,omitempty" doc:"The public code list (取值域)"`
	Select   bool         `json:"select,omitempty" doc:"A text dimension without a public code list: which values a table shows is selected privately, by noised numbers of subjects"`
	Edges    []string     `json:"edges,omitempty" doc:"Public bin edges by which a measure may be grouped"`
	Step     string       `json:"step,omitempty" doc:"Least distance between two cut points; without edges they are lo, lo+step, lo+2*step. Conditions about one person, and thresholds chosen at a run, keep to it"`
	Cells    int          `json:"cells,omitempty" doc:"Distinguishable values that one recipient group may ever learn about one subject; empty: 8 or the size of the code list"`
	Period   string       `json:"value_period,omitempty" enum:",month,quarter,year" doc:"How long a value stands before another replaces it; Cells counts anew with each. Empty: for life"`
	Linkable []string     `json:"linkable_with,omitempty" doc:"Items that together with this one may single out a person"`

	Share   *Channel `json:"share,omitempty" doc:"Empty: as the entry"`
	Open    *Channel `json:"open,omitempty"`
	Operate *Channel `json:"operate,omitempty"`
}

// periods are the value periods in months.
var periods = map[string]int{"": 0, "month": 1, "quarter": 3, "year": 12}

// HeaderName is the column title in the holder's file.
func (f Field) HeaderName() string {
	if f.Header != "" {
		return f.Header
	}
	return f.Name
}

// EffectiveRole is the role, Never for an unlabelled item.
func (f Field) EffectiveRole() query.Role {
	if f.Role == "" {
		return query.Never
	}
	return f.Role
}

// DataType is the item's type in models.
func (f Field) DataType() query.Type {
	if f.Type == query.Decimal {
		return query.Type{Kind: query.Decimal, Scale: f.Scale}
	}
	return query.Type{Kind: f.Type}
}

// Bounds are Lo and Hi as values; ok is false for an item without both.
func (f Field) Bounds() (lo, hi int64, ok bool) {
	if f.Lo == "" || f.Hi == "" {
		return 0, 0, false
	}
	l, errLo := query.ParseValue(f.DataType(), f.Lo)
	h, errHi := query.ParseValue(f.DataType(), f.Hi)
	return l.N, h.N, errLo == nil && errHi == nil
}

// HasCode reports whether the public code list has the value.
func (f Field) HasCode(value string) bool {
	return slices.ContainsFunc(f.Codes, func(c query.Code) bool { return c.Value == value })
}

// ShareIn, OpenIn and OperateIn are the item's own channel, or the entry's where the item says nothing.
func (f Field) ShareIn(e Entry) Channel   { return own(f.Share, e.Share) }
func (f Field) OpenIn(e Entry) Channel    { return own(f.Open, e.Open) }
func (f Field) OperateIn(e Entry) Channel { return own(f.Operate, e.Operate) }

func (f Field) open(e Entry) Access { return f.OpenIn(e).Access }

func own(c *Channel, entry Channel) Channel {
	if c == nil {
		return entry
	}
	return *c
}
