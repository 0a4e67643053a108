package watch

import (
	"slices"
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
)

// InspectionKind is what a file of supervision is about.
type InspectionKind string

const (
	OnSite     InspectionKind = "inspection" // 监督检查
	Daily      InspectionKind = "daily"      // 日常监督
	Incident   InspectionKind = "incident"   // 安全事件
	Resolution InspectionKind = "resolution" // 议定事项: what a meeting resolved, as tasks
)

var inspectionKinds = []InspectionKind{OnSite, Daily, Incident, Resolution}

// States of an inspection, and of a finding in it. Findings outlive the conclusion: they stay open until whoever made them closes them.
const (
	InspectionOpen      = "open"
	InspectionConcluded = "concluded"

	FindingOpen    = "open"
	FindingHandled = "handled" // 已反馈处理情况
	FindingClosed  = "closed"
	FindingClean   = "clean" // 未发现问题
)

// Inspection (监督案卷) is one file of supervision: who leads it and who joined, what was asked of whom and answered, what was found,
// who sees to it until when, and what was handed on. Every act in it leaves a step; nothing is taken out again.
type Inspection struct {
	ID         string         `json:"id"`
	Kind       InspectionKind `json:"kind" enum:"inspection,daily,incident,resolution"`
	Title      string         `json:"title"`
	Basis      string         `json:"basis,omitempty" doc:"The plan, the meeting or the report it follows from"`
	Lead       string         `json:"lead" doc:"The body that opened it"`
	Roles      []access.Role  `json:"roles" doc:"In which capacity"`
	Subjects   []string       `json:"subjects" doc:"The organizations it is about"`
	Members    []Member       `json:"members"`
	Requests   []Material     `json:"requests"`
	Findings   []Remark       `json:"findings"`
	Transfers  []Transfer     `json:"transfers"`
	Steps      []InspectStep  `json:"steps"`
	State      string         `json:"state" enum:"open,concluded"`
	Conclusion string         `json:"conclusion,omitempty"`
	Opened     time.Time      `json:"opened"`
	Closed     *time.Time     `json:"closed,omitempty"`
}

// Member is a body that joined, and its part.
type Member struct {
	Org      string     `json:"org"`
	Duty     string     `json:"duty,omitempty"`
	Part     string     `json:"part,omitempty" doc:"What it looked at and saw (检查情况)"`
	Evidence []string   `json:"evidence,omitempty"`
	At       *time.Time `json:"at,omitempty" doc:"When it recorded its part"`
}

// Material is a request for materials and its answer.
type Material struct {
	ID       string       `json:"id"`
	By       string       `json:"by"`
	To       string       `json:"to"`
	What     string       `json:"what"`
	Due      workday.Date `json:"due"`
	Asked    time.Time    `json:"asked"`
	Answer   string       `json:"answer,omitempty"`
	Evidence []string     `json:"evidence,omitempty"`
	Answered *time.Time   `json:"answered,omitempty"`
	Late     bool         `json:"late" doc:"Not answered, or answered after the day"`
}

// Remark (检查发现、任务) is one finding, or one task of a resolution.
type Remark struct {
	ID         string       `json:"id"`
	By         string       `json:"by"`
	Heading    string       `json:"heading,omitempty" doc:"Under which heading of the regime it falls"`
	Text       string       `json:"text"`
	Evidence   []string     `json:"evidence,omitempty"`
	ObjectKind string       `json:"object_kind,omitempty" enum:",processing,run,release,deployment"`
	Object     string       `json:"object,omitempty"`
	Owner      string       `json:"owner,omitempty" doc:"Who sees to it"`
	Due        workday.Date `json:"due,omitempty"`
	State      string       `json:"state" enum:"open,handled,closed,clean"`
	Handling   []Handling   `json:"handling,omitempty"`
	Opinion    string       `json:"opinion,omitempty"`
	Made       time.Time    `json:"made"`
	Closed     *time.Time   `json:"closed,omitempty"`
	Late       bool         `json:"late" doc:"Open after its day"`
}

// Handling is what the owner did about a finding.
type Handling struct {
	Text     string    `json:"text"`
	Evidence []string  `json:"evidence,omitempty"`
	Account  string    `json:"account"`
	At       time.Time `json:"at"`
}

// Transfer (移送) hands the file to the competent authority, with an evidence package known by its digest.
type Transfer struct {
	ID       string     `json:"id"`
	To       string     `json:"to"`
	Reason   string     `json:"reason"`
	Package  string     `json:"package" doc:"SHA-256 of the evidence package"`
	At       time.Time  `json:"at"`
	Decision string     `json:"decision,omitempty" doc:"What the authority decided"`
	Decided  *time.Time `json:"decided,omitempty"`
}

// InspectStep is one act in the file.
type InspectStep struct {
	Act     string    `json:"act"`
	Org     string    `json:"org"`
	Account string    `json:"account"`
	Note    string    `json:"note,omitempty"`
	At      time.Time `json:"at"`
}

// InspectionDraft opens a file.
type InspectionDraft struct {
	Kind     InspectionKind `json:"kind" enum:"inspection,daily,incident,resolution"`
	Title    string         `json:"title" minLength:"2" maxLength:"200"`
	Basis    string         `json:"basis,omitempty" maxLength:"500"`
	Subjects []string       `json:"subjects,omitempty" maxItems:"50"`
	Members  []string       `json:"members,omitempty" maxItems:"20" doc:"Bodies that join from the start"`
}

func (d InspectionDraft) check() error {
	switch {
	case !slices.Contains(inspectionKinds, d.Kind):
		return spotted("kind", "案卷种类不在列表中, 请重新选择")
	case strings.TrimSpace(d.Title) == "":
		return spotted("title", "请填写名称")
	case d.Kind != Resolution && len(d.Subjects) == 0:
		return spotted("subjects", "请选择被检查或者涉及的单位")
	}
	return nil
}

// RemarkDraft is a finding as it is made.
type RemarkDraft struct {
	Heading    string       `json:"heading,omitempty" maxLength:"60"`
	Text       string       `json:"text" minLength:"2" maxLength:"5000"`
	Evidence   []string     `json:"evidence,omitempty" maxItems:"20"`
	ObjectKind string       `json:"object_kind,omitempty" enum:",processing,run,release,deployment"`
	Object     string       `json:"object,omitempty" maxLength:"64"`
	Owner      string       `json:"owner,omitempty" maxLength:"64" doc:"Empty: the organization of the object"`
	Due        workday.Date `json:"due,omitempty"`
	Clean      bool         `json:"clean,omitempty" doc:"Nothing was found under this heading"`
}

func (d RemarkDraft) check(today workday.Date) error {
	switch {
	case strings.TrimSpace(d.Text) == "":
		return spotted("text", "请写明查到的情况")
	case d.Clean:
		return nil
	case d.Owner == "" && d.Object == "":
		return spotted("owner", "请选择负责处理的单位, 或者指明所涉的加工、产品")
	case !d.Due.Valid() || d.Due.Before(today):
		return spotted("due", "请填写处理期限, 不能早于今天")
	}
	return nil
}

func spotted(where, message string) error {
	return &errs.Error{Code: errs.Invalid, Msg: message, Spots: []errs.Spot{{Where: where, Message: message}}}
}

// inspects reports whether a body leads the file or joined it.
func (x Inspection) inspects(org string) bool {
	return org != "" && (x.Lead == org || slices.ContainsFunc(x.Members, func(m Member) bool { return m.Org == org }))
}

// concerns reports whether the file is about an organization, or asks something of it.
func (x Inspection) concerns(org string) bool {
	return org != "" && slices.Contains(x.bodies(), org)
}

// bodies are all who may read the file.
func (x Inspection) bodies() []string {
	out := append([]string{x.Lead}, x.Subjects...)
	for _, m := range x.Members {
		out = append(out, m.Org)
	}
	for _, f := range x.Findings {
		if f.Owner != "" {
			out = append(out, f.Owner)
		}
	}
	for _, t := range x.Transfers {
		out = append(out, t.To)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// on marks what is late on a day.
func (x Inspection) on(today workday.Date) Inspection {
	x.Requests, x.Findings = slices.Clone(x.Requests), slices.Clone(x.Findings)
	for i, r := range x.Requests {
		if r.Answered == nil {
			x.Requests[i].Late = today.After(r.Due)
		}
	}
	for i, f := range x.Findings {
		x.Findings[i].Late = f.State == FindingOpen && f.Due != "" && today.After(f.Due)
	}
	return x
}

// headings are those under which something was found, or found to be in order.
func (x Inspection) headings() []string {
	out := []string{}
	for _, f := range x.Findings {
		if f.Heading != "" && !slices.Contains(out, f.Heading) {
			out = append(out, f.Heading)
		}
	}
	return out
}

func (x *Inspection) request(id string) (*Material, error) {
	for i := range x.Requests {
		if x.Requests[i].ID == id {
			return &x.Requests[i], nil
		}
	}
	return nil, errs.New(errs.NotFound, "案卷中没有这项材料要求, 请刷新查看")
}

func (x *Inspection) finding(id string) (*Remark, error) {
	for i := range x.Findings {
		if x.Findings[i].ID == id {
			return &x.Findings[i], nil
		}
	}
	return nil, errs.New(errs.NotFound, "案卷中没有这项发现, 请刷新查看")
}

func (x *Inspection) transfer(id string) (*Transfer, error) {
	for i := range x.Transfers {
		if x.Transfers[i].ID == id {
			return &x.Transfers[i], nil
		}
	}
	return nil, errs.New(errs.NotFound, "案卷中没有这次移送, 请刷新查看")
}
