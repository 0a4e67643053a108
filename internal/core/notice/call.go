package notice

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"yunei/internal/base/errs"
	"yunei/internal/core/access"
)

// Call is what a notice that calls for applications (征集通告) asks for. Its window is half open: at the instant it closes
// nothing is taken any more.
type Call struct {
	For        string      `json:"for" doc:"Kind of matter that is called for, such as grant.operator"`
	Field      string      `json:"field,omitempty" doc:"Field (领域) that is opened"`
	Conditions string      `json:"conditions" doc:"Who may apply, and with which papers"`
	Opens      time.Time   `json:"opens"`
	Closes     time.Time   `json:"closes"`
	Publisher  access.Role `json:"publisher" doc:"Capacity in which it was published"`
	Limit      int         `json:"limit,omitempty" doc:"How many authorizations it leads to at most (总量控制); 0: it does not say"`
	Criteria   []Criterion `json:"criteria,omitempty" doc:"By which the candidates are ranked"`
}

// Criterion is one published measure by which candidates are ranked.
type Criterion struct {
	Title  string `json:"title" minLength:"2" maxLength:"60"`
	Weight int64  `json:"weight" minimum:"1" maximum:"100"`
}

// Scored refuses scores that leave out a criterion, name another, or are out of range.
func (c Call) Scored(scores map[string]int64) error {
	f := faults{}
	for _, k := range c.Criteria {
		n, ok := scores[k.Title]
		f.add(!ok || n < 0 || n > 100, "scores", "请就“"+k.Title+"”评 0 至 100 分")
	}
	f.add(len(scores) != len(c.Criteria), "scores", "评分须与公布的评选标准一致, 不多不少")
	return f.err("评分有未填妥之处, 请按提示补充")
}

// CallDraft is a call to be published.
type CallDraft struct {
	Title      string    `json:"title" minLength:"2" maxLength:"200"`
	Text       string    `json:"text,omitempty" maxLength:"20000"`
	Document   string    `json:"document,omitempty" maxLength:"120" doc:"Number of the paper (文号)"`
	For        string    `json:"for" minLength:"3" maxLength:"80" doc:"Kind of matter that is called for"`
	Field      string    `json:"field,omitempty" maxLength:"120"`
	Conditions string    `json:"conditions" minLength:"2" maxLength:"20000"`
	Opens      time.Time `json:"opens,omitzero" doc:"When it begins; at once where left out"`
	Closes     time.Time `json:"closes" doc:"From when on nothing is taken any more"`

	Limit    int         `json:"limit,omitempty" minimum:"0" maximum:"1000" doc:"How many authorizations it leads to at most"`
	Criteria []Criterion `json:"criteria,omitempty" maxItems:"20" doc:"By which the candidates are ranked"`
}

// notice makes the text of a call at an instant.
func (d CallDraft) notice(now time.Time, by access.Role) (Notice, error) {
	if d.Opens.IsZero() {
		d.Opens = now
	}
	c := &Call{For: strings.TrimSpace(d.For), Field: strings.TrimSpace(d.Field), Conditions: strings.TrimSpace(d.Conditions),
		Opens: d.Opens.UTC().Truncate(time.Microsecond), Closes: d.Closes.UTC().Truncate(time.Microsecond), Publisher: by, Limit: d.Limit}
	n := Notice{Kind: Calling, Title: strings.TrimSpace(d.Title), Text: strings.TrimSpace(d.Text), Document: strings.TrimSpace(d.Document),
		Subject: c.For, Call: c}
	if n.Text == "" {
		n.Text = c.Conditions
	}
	f := faults{}
	f.add(c.Limit < 0, "limit", "授权数量不能是负数")
	for _, k := range d.Criteria {
		k.Title = strings.TrimSpace(k.Title)
		f.add(utf8.RuneCountInString(k.Title) < 2 || k.Weight < 1 || k.Weight > 100, "criteria", "评选标准须有名称和 1 至 100 的权重")
		f.add(slices.ContainsFunc(c.Criteria, func(o Criterion) bool { return o.Title == k.Title }), "criteria", "评选标准“"+k.Title+"”重复")
		c.Criteria = append(c.Criteria, k)
	}
	f.add(utf8.RuneCountInString(n.Title) < 2, "title", "请填写标题")
	f.add(c.For == "", "for", "请写明征集的是哪一类申请")
	f.add(utf8.RuneCountInString(c.Conditions) < 2, "conditions", "请写明申请条件和须提交的材料")
	f.add(!c.Closes.After(c.Opens), "closes", "截止时间须晚于开始时间")
	f.add(!c.Closes.After(now), "closes", "截止时间已经过去, 请改为今后的时间")
	return n, f.err("征集通告有未填妥之处, 请按提示补充后重新发布")
}

// Open reports whether a call takes applications at an instant.
func (n Notice) Open(now time.Time) bool {
	return n.Call != nil && n.Revoked.IsZero() && !now.Before(n.Call.Opens) && now.Before(n.Call.Closes)
}

// faults collects what is wrong with a form, all at once.
type faults struct{ spots []errs.Spot }

func (f *faults) add(bad bool, where, message string) {
	if bad {
		f.spots = append(f.spots, errs.Spot{Where: where, Message: message})
	}
}

func (f *faults) err(message string) error {
	if len(f.spots) == 0 {
		return nil
	}
	return &errs.Error{Code: errs.Invalid, Msg: message, Spots: f.spots}
}
