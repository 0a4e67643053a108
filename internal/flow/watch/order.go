package watch

import (
	"slices"
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
)

// Measure is how hard an order hits, from a word in public to the end. Which of them a body may take is the pack's rule
// on order.measure.
type Measure string

const (
	Circulate Measure = "circulate" // 通报: told to all who take part, access stays open
	Rectify   Measure = "rectify"   // 责令整改: access is closed until the rectification is accepted
	Delist    Measure = "delist"    // 产品下架: the permit of one approved model is closed, and with it what is deployed from it
	Halt      Measure = "suspend"   // 暂停数据服务: access is closed until it is lifted
	Guide     Measure = "guide"     // 指导意见: what a body above tells one below; it closes nothing and asks for no report
)

// Ground (事由) is why an order is given or an authorization ends.
type Ground string

const (
	OnBreach     Ground = "breach"     // 违法失信记录
	OnComplaint  Ground = "complaint"  // 查实的投诉
	OnEvaluation Ground = "evaluation" // 评估不合格
	OnInspection Ground = "inspection" // 检查发现
	OnAgreement  Ground = "agreement"  // 违反协议
	OnSecurity   Ground = "security"   // 数据安全问题
	OnHarm       Ground = "harm"       // 损害国家利益、公共利益或者第三方合法权益
	OnOrder      Ground = "order"      // 未按要求整改
	OnRequest    Ground = "request"    // 自行申请退出
	OnExpiry     Ground = "expiry"     // 期限届满
	OnEnd        Ground = "end"        // 许可已由其他决定终止
)

var (
	measures = []Measure{Circulate, Rectify, Delist, Halt, Guide}
	grounds  = []Ground{OnBreach, OnComplaint, OnEvaluation, OnInspection, OnAgreement, OnSecurity, OnHarm}
)

// Order states.
const (
	OrderStanding = "standing" // asks for nothing more: a circulated notice without a term
	OrderOpen     = "open"
	OrderReported = "reported" // 已反馈整改情况
	OrderOverdue  = "overdue"  // 逾期未整改
	OrderAccepted = "accepted" // 整改通过, 已恢复
	OrderFailed   = "failed"   // 未按要求整改, 已终止
	OrderRevoked  = "revoked"  // 撤销: it should not have been given
)

// Rectification (整改情况) is what the party reports.
type Rectification struct {
	Text     string    `json:"text"`
	Evidence []string  `json:"evidence" doc:"Digests of the files that show it"`
	Account  string    `json:"account"`
	At       time.Time `json:"at"`
}

// Order (责令整改 and the like) is a supervisor's order to one organization, on one permit where there is one: a public body
// that only holds data has none, and is ordered all the same.
type Order struct {
	ID       string          `json:"id"`
	Org      string          `json:"org"`
	Permit   string          `json:"permit,omitempty"`
	Kind     string          `json:"kind,omitempty" doc:"Kind of the permit: admission, grant, authorization…"`
	Measure  Measure         `json:"measure" enum:"circulate,rectify,delist,suspend,guide"`
	Ground   Ground          `json:"ground"`
	Basis    string          `json:"basis,omitempty" doc:"Id of the breach, complaint or evaluation it rests on"`
	Reason   string          `json:"reason" doc:"The findings"`
	Article  string          `json:"article,omitempty" doc:"The clause of the agreement or the regulation that was broken"`
	Evidence []string        `json:"evidence,omitempty" doc:"Digests of the files, or numbers of the records, that show it"`
	Issuer   string          `json:"issuer" doc:"The body that gave it"`
	Roles    []access.Role   `json:"roles" doc:"In which capacity it was given"`
	Issued   workday.Date    `json:"issued"`
	Due      workday.Date    `json:"due,omitempty"`
	Explain  string          `json:"explain,omitempty" doc:"How the term was counted"`
	Closed   bool            `json:"closed" doc:"Access was closed by it"`
	Received *time.Time      `json:"received,omitempty" doc:"When the party acknowledged it (签收)"`
	Reports  []Rectification `json:"reports,omitempty"`
	State    string          `json:"state" enum:"standing,open,reported,overdue,accepted,failed,revoked"`
	Opinion  string          `json:"opinion,omitempty" doc:"Why it was decided so"`
	Decided  *time.Time      `json:"decided,omitempty"`
	Exit     string          `json:"exit,omitempty" doc:"The exit that followed"`
	Opened   time.Time       `json:"opened"`
}

// Direction is what a supervisor orders.
type Direction struct {
	Org      string       `json:"org,omitempty" doc:"The organization; its admission is the permit, where it has one"`
	Permit   string       `json:"permit,omitempty" doc:"Or one permit: a grant's, an authorization's, an approved model's"`
	Measure  Measure      `json:"measure" enum:"circulate,rectify,delist,suspend,guide"`
	Ground   Ground       `json:"ground" enum:"breach,complaint,evaluation,inspection,agreement,security,harm"`
	Basis    string       `json:"basis,omitempty" maxLength:"64"`
	Reason   string       `json:"reason" minLength:"2" maxLength:"5000"`
	Article  string       `json:"article,omitempty" maxLength:"200"`
	Evidence []string     `json:"evidence,omitempty" maxItems:"20"`
	Due      workday.Date `json:"due,omitempty" doc:"The term that was agreed; else the regulation's"`
}

func (d Direction) check(today workday.Date) error {
	var spots []errs.Spot
	fault := func(bad bool, where, message string) {
		if bad {
			spots = append(spots, errs.Spot{Where: where, Message: message})
		}
	}
	fault(!slices.Contains(measures, d.Measure), "measure", "处置措施不在列表中")
	fault(!slices.Contains(grounds, d.Ground), "ground", "事由不在列表中")
	fault(strings.TrimSpace(d.Reason) == "", "reason", "请写明查实的情况")
	fault(d.Org == "" && d.Permit == "", "org", "请选择单位或者许可")
	fault(!d.Due.IsZero() && !d.Due.After(today), "due", "整改期限须晚于今天")
	fault(d.Measure == Delist && d.Permit == "", "permit", "产品下架须指明是哪一个模型的许可")
	if len(spots) > 0 {
		return &errs.Error{Code: errs.Invalid, Msg: "决定填写不完整, 请按提示补充后重新提交", Spots: spots}
	}
	return nil
}

// closes reports whether a measure closes access.
func (m Measure) closes() bool { return m != Circulate && m != Guide }

// running reports whether an order still waits for something.
func (o Order) running() bool {
	return o.State == OrderOpen || o.State == OrderReported || o.State == OrderOverdue
}

// receive acknowledges the order (签收): it says that it arrived, not that the party agrees.
func (o Order) receive(now time.Time) (Order, error) {
	if o.Received != nil {
		return o, errs.New(errs.Conflict, "这件决定已经签收, 无需再次签收")
	}
	o.Received = &now
	return o, nil
}

// report adds what the party did. A report may follow another, and one after the term counts as late, not as none.
func (o Order) report(r Rectification) (Order, error) {
	switch {
	case !o.running():
		return o, errs.New(errs.Conflict, "这件决定已经办结, 不需要再反馈整改情况")
	case strings.TrimSpace(r.Text) == "":
		return o, errs.New(errs.Invalid, "请写明整改情况后再提交")
	}
	if o.Received == nil {
		o.Received = &r.At
	}
	o.Reports = append(slices.Clone(o.Reports), r)
	o.State = OrderReported
	return o, nil
}

// Ruling (处理结论) is what the issuer decides on a rectification.
type Ruling string

const (
	Accept    Ruling = "accept"    // 整改通过
	Again     Ruling = "again"     // 继续整改, with a new term
	Terminate Ruling = "terminate" // 未按要求整改, 终止
	Revoke    Ruling = "revoke"    // 撤销决定
)

// rule is the state after a ruling.
func (o Order) rule(r Ruling, opinion string, due, today workday.Date, now time.Time) (Order, error) {
	opinion = strings.TrimSpace(opinion)
	switch {
	case !o.running() && !(o.State == OrderStanding && r == Revoke):
		return o, errs.New(errs.Conflict, "这件决定已经办结, 请刷新查看结果")
	case opinion == "":
		return o, errs.New(errs.Invalid, "请写明理由后再提交")
	case r == Accept && o.Measure != Halt && len(o.Reports) == 0:
		return o, errs.New(errs.Conflict, "当事单位还没有反馈整改情况, 不能认定整改通过; 请等待反馈, 或者撤销决定")
	case r == Again && !due.After(today):
		return o, errs.New(errs.Invalid, "继续整改须写明新的期限, 且晚于今天")
	}
	o.Opinion = opinion
	switch r {
	case Accept:
		o.State = OrderAccepted
	case Terminate:
		o.State = OrderFailed
	case Revoke:
		o.State = OrderRevoked
	case Again:
		o.State, o.Due, o.Explain = OrderOpen, due, "继续整改通知载明的期限"
		return o, nil
	default:
		return o, errs.New(errs.Invalid, "处理结论应为整改通过、继续整改、终止或者撤销, 请重新选择")
	}
	o.Decided = &now
	return o, nil
}

// expired reports whether the term is over and nothing was reported.
func (o Order) expired(today workday.Date) bool {
	return o.State == OrderOpen && !o.Due.IsZero() && today.After(o.Due)
}
