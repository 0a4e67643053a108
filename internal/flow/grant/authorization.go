package grant

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/matter"
	"yunei/internal/core/notice"
)

// Levels of authorization (分级授权). A level exists exactly where the packs in force have its procedure.
const (
	LevelOperator  = "operator"  // 授权运营主体
	LevelDeveloper = "developer" // 开发利用主体
)

// level is what distinguishes one level from the other.
type level struct {
	kind      string      // of its matter
	agreement string      // of the agreement it ends in
	role      access.Role // that its holder acts in
}

var levels = map[string]level{
	LevelOperator:  {KindOperator, AgreementOperation, access.Authorized},
	LevelDeveloper: {KindDeveloper, AgreementDevelopment, access.DataUser},
}

// Further states of an authorization, beside Approved, Refused and Withdrawn.
const (
	Applied = "applied"
	Started = "started"
)

// Authorization (授权) of an organization at one level. Whether it is in force is its permit's to say; scenario grants
// descend from that permit, so that ending it closes everything below at once.
type Authorization struct {
	ID             string            `json:"id"`
	Level          string            `json:"level" enum:"operator,developer"`
	Org            string            `json:"org"`
	Authorizer     string            `json:"authorizer,omitempty" doc:"The department that authorizes a developer; the one body of the level authorizes operators"`
	Area           access.Area       `json:"area,omitempty" doc:"行政区域 whose bodies authorize; empty: the platform's own"`
	Field          string            `json:"field,omitempty" doc:"Sector or field (领域)"`
	Call           string            `json:"call,omitempty" doc:"Call (征集通告) it answers"`
	Recommendation string            `json:"recommendation,omitempty" doc:"Recommendation by a department it rests on"`
	Statement      string            `json:"statement" doc:"能力说明"`
	Documents      []matter.Document `json:"documents,omitempty"`
	State          string            `json:"state" enum:"applied,approved,refused,withdrawn,started"`
	Matter         string            `json:"matter"`
	Agreement      string            `json:"agreement,omitempty"`
	Permit         string            `json:"permit,omitempty"`
	From           workday.Date      `json:"from,omitempty"`
	Until          workday.Date      `json:"until,omitempty"`
	Opened         time.Time         `json:"opened"`
}

// Request asks for an authorization (资质申请).
type Request struct {
	Level          string            `json:"level" enum:"operator,developer"`
	Authorizer     string            `json:"authorizer,omitempty" doc:"For a developer: the department applied to"`
	Area           access.Area       `json:"area,omitempty" doc:"For an operator: the area whose bureau is applied to; a developer's is its department's"`
	Field          string            `json:"field,omitempty" maxLength:"60"`
	Call           string            `json:"call,omitempty"`
	Recommendation string            `json:"recommendation,omitempty"`
	Statement      string            `json:"statement" minLength:"2" maxLength:"20000" doc:"能力说明"`
	Documents      []matter.Document `json:"documents,omitempty" maxItems:"50"`
}

// Materials that this stage adds from what is filled in on line.
const DocStatement = "capability-statement"

func (r Request) check() error {
	_, known := levels[r.Level]
	switch {
	case !known:
		return spotted("body.level", "授权级别应为 operator (授权运营主体) 或 developer (开发利用主体)")
	case strings.TrimSpace(r.Statement) == "":
		return spotted("body.statement", "请填写能力说明")
	case r.Level == LevelDeveloper && r.Authorizer == "":
		return spotted("body.authorizer", "请选择向哪个部门申请")
	case r.Level == LevelOperator && r.Authorizer != "":
		return spotted("body.authorizer", "授权运营主体由数据主管部门统一授权, 不必选择部门")
	case r.Level == LevelDeveloper && r.Recommendation != "":
		return spotted("body.recommendation", "部门推荐只用于授权运营主体的申请")
	}
	return nil
}

func (r Request) materials() []matter.Document {
	return append([]matter.Document{{Kind: DocStatement, Title: "能力说明", Text: r.Statement}}, r.Documents...)
}

// answers reports whether a call is for this authorization, by this authorizer, in this field.
func (a Authorization) answers(n notice.Notice) bool {
	return n.Call != nil && n.Call.For == levels[a.Level].kind &&
		(n.Call.Field == "" || n.Call.Field == a.Field) && (a.Authorizer == "" || n.Org == a.Authorizer) && n.Area == a.Area
}

// ended takes over what its matter decided.
func (a *Authorization) ended(s matter.State) {
	switch s {
	case matter.Passed:
		a.State = Approved
	case matter.Refused:
		a.State = Refused
	default:
		a.State = Withdrawn
	}
}

// mayStart reports why an authorization cannot be put in force.
func (a Authorization) mayStart() error {
	switch a.State {
	case Approved:
		return nil
	case Started:
		return errs.New(errs.Conflict, "这项授权已经生效, 请刷新查看")
	case Applied:
		return errs.New(errs.Conflict, "授权申请还在办理, 不能生效; 请等待审核和公示结束")
	}
	return errs.New(errs.Conflict, "授权申请没有通过, 不能生效; 请重新申请")
}

// Department is a department that the bureau has reviewed and confirmed (审核确认) to authorize developers in its fields.
type Department struct {
	Org      string     `json:"org"`
	Fields   []string   `json:"fields" doc:"Its own sectors (本行业、本领域)"`
	Document string     `json:"document" doc:"Number of the confirming paper (文号)"`
	By       string     `json:"by" doc:"The body that confirmed"`
	At       time.Time  `json:"at"`
	Ended    *time.Time `json:"ended,omitempty"`
	Reason   string     `json:"reason,omitempty"`
}

func (d Department) stands() bool { return d.Org != "" && d.Ended == nil }

func (d Department) in(field string) bool { return d.stands() && slices.Contains(d.Fields, field) }

// Recommendation (推荐) of an operator by a department.
type Recommendation struct {
	ID         string    `json:"id"`
	Org        string    `json:"org" doc:"The organization recommended"`
	Department string    `json:"department"`
	Field      string    `json:"field"`
	Reason     string    `json:"reason"`
	Opened     time.Time `json:"opened"`
}

func spotted(where, message string) error {
	return &errs.Error{Code: errs.Invalid, Msg: message, Spots: []errs.Spot{{Where: where, Message: message}}}
}

// noLevel is said where the law in force knows no such level.
func noLevel(l string) error {
	return errs.New(errs.NotFound, "%s", fmt.Sprintf("现行规则没有“%s”这一级授权, 无须申请; 请直接按场景申请", map[string]string{
		LevelOperator: "授权运营主体", LevelDeveloper: "开发利用主体"}[l]))
}
