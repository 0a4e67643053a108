package notice

import (
	"strings"
	"time"
	"unicode/utf8"

	"yunei/internal/base/errs"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
)

// Kind says what is made public.
type Kind string

const (
	Continuation Kind = "continuation" // 试行期延续
	Budget       Kind = "budget"       // 披露额度决定
	Announcement Kind = "announcement" // 公告
	Calling      Kind = "call"         // 征集通告
	Publicity    Kind = "publicity"    // 公示
	Rules        Kind = "rules"        // 制度、标准、目录文件
	List         Kind = "list"         // 名单
)

// Notice (公示、公告) is one published text.
type Notice struct {
	ID         string       `json:"id"`
	Kind       Kind         `json:"kind" enum:"continuation,budget,announcement,call,publicity,rules,list"`
	Title      string       `json:"title"`
	Text       string       `json:"text"`
	Document   string       `json:"document,omitempty" doc:"Number of the deciding paper (文号)"`
	Pack       string       `json:"pack,omitempty" doc:"For a continuation: the regime pack that goes on"`
	Until      workday.Date `json:"until,omitempty" doc:"For a continuation its last day in force, for a publicity its last day"`
	Subject    string       `json:"subject,omitempty" doc:"For a publicity the matter it is about, for rules and lists their series, for a call the kind of matter"`
	Call       *Call        `json:"call,omitempty"`
	Edition    *Edition     `json:"edition,omitempty"`
	Org        string       `json:"org" doc:"The body that published"`
	Area       access.Area  `json:"area,omitempty" doc:"行政区域 it holds in, with everything inside; empty: the platform's whole area"`
	Published  time.Time    `json:"published"`
	Revoked    time.Time    `json:"revoked,omitzero"`
	Revocation string       `json:"revocation,omitempty" doc:"Why it was revoked"`
}

// Draft is a text to be published.
type Draft struct {
	Kind     Kind         `json:"kind" enum:"budget,announcement,rules,list" doc:"A continuation and a call are published by their own acts"`
	Title    string       `json:"title" minLength:"2" maxLength:"200"`
	Text     string       `json:"text" minLength:"2" maxLength:"20000"`
	Document string       `json:"document,omitempty" maxLength:"120" doc:"Number of the deciding paper (文号); a budget decision needs one"`
	Series   string       `json:"series,omitempty" maxLength:"60" doc:"For rules and lists: the series it continues"`
	From     workday.Date `json:"from,omitempty" doc:"For rules and lists: first day in force"`
	Entries  []Entry      `json:"entries,omitempty" maxItems:"1000" doc:"For a list: its lines"`
}

func (d Draft) notice() (Notice, error) {
	n := Notice{Kind: d.Kind, Title: strings.TrimSpace(d.Title), Text: strings.TrimSpace(d.Text), Document: strings.TrimSpace(d.Document)}
	f := faults{}
	f.add(n.Kind != Budget && n.Kind != Announcement && n.Kind != Rules && n.Kind != List, "kind",
		"类型应为 budget (披露额度决定)、announcement (公告)、rules (制度、标准) 或 list (名单); 试行期延续和征集通告请用各自的按钮办理")
	f.add(utf8.RuneCountInString(n.Title) < 2, "title", "请填写标题")
	f.add(utf8.RuneCountInString(n.Text) < 2, "text", "请填写正文")
	f.add(n.Kind == Budget && n.Document == "", "document", "披露额度决定须写明决定文件的文号")
	n.Edition = d.edition(&f)
	return n, f.err("公告有未填妥之处, 请按提示补充后重新发布")
}

// Decision is the bureau's decision that rules on trial continue (延续执行).
type Decision struct {
	Pack     string       `json:"pack" minLength:"1" maxLength:"80"`
	Until    workday.Date `json:"until" doc:"Last day in force"`
	Document string       `json:"document" minLength:"2" maxLength:"120" doc:"Number of the deciding paper (文号)"`
	Text     string       `json:"text,omitempty" maxLength:"20000"`
}

// notice makes the text of a decision on a pack of this title, whose last day so far is end.
func (d Decision) notice(law string, end workday.Date) (Notice, error) {
	d.Document = strings.TrimSpace(d.Document)
	switch {
	case utf8.RuneCountInString(d.Document) < 2:
		return Notice{}, spotted("document", "请填写延续决定的文号")
	case !d.Until.Valid():
		return Notice{}, spotted("until", "请填写延续执行的最后一日, 写成 2006-01-02 的形式")
	case !d.Until.After(end):
		return Notice{}, spotted("until", "延续后的最后一日应晚于现行的 "+end.String()+", 请核对决定; 要缩短已登记的延续, 请先撤销它再重新登记")
	}
	n := Notice{Kind: Continuation, Title: "关于" + law + "试行期延续执行的公告", Text: strings.TrimSpace(d.Text), Document: d.Document, Pack: d.Pack, Until: d.Until}
	if n.Text == "" {
		n.Text = law + "试行期届满后继续执行, 至 " + d.Until.String() + " 止。"
	}
	return n, nil
}

// mayRevoke reports why a body may not revoke the notice.
func (n Notice) mayRevoke(org string) error {
	switch {
	case n.Org != org:
		return errs.New(errs.Forbidden, "公告由发布单位撤销, 请联系发布单位办理")
	case !n.Revoked.IsZero():
		return errs.New(errs.Conflict, "这件公告已经撤销, 请刷新查看")
	}
	return nil
}

func spotted(where, message string) error {
	return &errs.Error{Code: errs.Invalid, Msg: message, Spots: []errs.Spot{{Where: where, Message: message}}}
}
