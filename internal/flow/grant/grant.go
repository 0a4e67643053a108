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
	"yunei/internal/flow/consent"
)

// Matter kinds of this stage; the procedures are the pack's.
const (
	KindPrescenario = "grant.prescenario" // 场景预申报
	KindScenario    = "grant.scenario"    // 场景申报
	KindOperator    = "grant.operator"    // 授权运营主体授权
	KindDeveloper   = "grant.developer"   // 开发利用主体授权
	KindRenewal     = "grant.renewal"     // 续签
)

// Permit kinds of this stage.
const (
	PermitSample        = "sample"        // samples and a lab space, from the passed pre-declaration
	PermitGrant         = "grant"         // the grant itself, on its scenario
	PermitModel         = "model"         // one approved model version under a grant
	PermitAuthorization = "authorization" // an authorization, on its level
	PermitAgreement     = "agreement"     // an agreement that stands by itself, on its kind
)

// Scenario states.
const (
	Predeclared = "predeclared"
	Sampling    = "sampling"
	Refused     = "refused"
	Withdrawn   = "withdrawn"
)

// Need is what a scenario asks of one resource (数据最少够用: fields, not tables).
type Need struct {
	Resource string   `json:"resource"`
	Fields   []string `json:"fields" minItems:"1"`
	Why      string   `json:"why" doc:"数据必要性: why these fields are needed" minLength:"2"`
}

// Plan is what the applicant fills in (场景预申报 and 应用场景解决方案).
type Plan struct {
	Title     string            `json:"title" minLength:"2" maxLength:"100"`
	Purpose   string            `json:"purpose" minLength:"4" maxLength:"2000" doc:"The one purpose data may be used for"`
	Solution  string            `json:"solution" minLength:"4" maxLength:"20000" doc:"应用场景解决方案"`
	Safety    string            `json:"safety" minLength:"4" maxLength:"5000" doc:"使用安全性: who handles the data and how it is protected"`
	Needs     []Need            `json:"needs" minItems:"1" maxItems:"20"`
	Unmet     []Unmet           `json:"unmet,omitempty" maxItems:"20" doc:"Data the scenario would need and no item in operation has"`
	Special   bool              `json:"special" doc:"特殊经营范围: the business needs a license"`
	Budget    int64             `json:"budget" minimum:"0" doc:"Yearly disclosure budget asked for, in units of 10^-12 rho; 0 for one-person queries only"`
	Documents []matter.Document `json:"documents,omitempty"`
	Field     string            `json:"field,omitempty" maxLength:"60" doc:"领域, such as one the law opens first"`
	Call      string            `json:"call,omitempty" doc:"Call (征集通告) it answers"`
	Functions string            `json:"functions,omitempty" maxLength:"5000" doc:"产品功能"`
	Benefit   string            `json:"benefit,omitempty" maxLength:"5000" doc:"预期效益"`
	Cost      int64             `json:"cost,omitempty" minimum:"0" doc:"产品预算, in fen"`
	Raw       string            `json:"raw,omitempty" maxLength:"2000" doc:"Why raw data is truly needed (确需利用原始数据); empty where it is not"`
	Buyer     string            `json:"buyer,omitempty" doc:"The organization that will buy the product, where it is known (明确的购买方)"`
	Ahead     bool              `json:"ahead,omitempty" doc:"先行开发: a listed provider builds a model before anybody asked for it; no data user is named, and nothing runs on raw data under it"`
	Operator  string            `json:"operator,omitempty" doc:"The authorized operator applied to, where there are several"`
	Area      access.Area       `json:"area,omitempty" doc:"行政区域 whose bodies decide, of a local scenario (本地特色应用场景); empty: the platform's own"`
}

// Unmet (尚不能满足的需求) is data that a scenario would need and that no item in operation has. It is no application for data: it
// tells bureau and providers what is missing.
type Unmet struct {
	Data string `json:"data" minLength:"2" maxLength:"200" doc:"Which data"`
	Why  string `json:"why" minLength:"2" maxLength:"1000"`
}

// Scenario (应用场景) is one use of public data for one purpose: 一场景一授权.
type Scenario struct {
	ID     string      `json:"id"`
	Org    string      `json:"org"`
	Plan   Plan        `json:"plan"`
	State  string      `json:"state"`
	Matter string      `json:"matter"`
	Area   access.Area `json:"area,omitempty" doc:"行政区域 whose bodies decide"`
	Permit string      `json:"permit,omitempty" doc:"The sample permit, once the pre-declaration passed"`
	Opened time.Time   `json:"opened"`

	Authorization string     `json:"authorization,omitempty" doc:"The authorization of its developer, where the law has that level"`
	Revises       string     `json:"revises,omitempty" doc:"The scenario it changes, which stays as it was approved"`
	Promoted      *Promotion `json:"promoted,omitempty" doc:"Of a local scenario: spread over the whole platform's area"`
}

// resources are the catalog entries it asks for.
func (p Plan) resources() (ids []string) {
	for _, n := range p.Needs {
		ids = append(ids, n.Resource)
	}
	return ids
}

// check finds what a form can be told at once; what the law asks is the pack's.
func (p Plan) check() error {
	e := errs.New(errs.Invalid, "场景预申报填写不完整, 请按所列各处补充")
	spot := func(where, msg string) { e.Spots = append(e.Spots, errs.Spot{Where: where, Message: msg}) }
	for i, u := range p.Unmet {
		if strings.TrimSpace(u.Data) == "" || strings.TrimSpace(u.Why) == "" {
			spot(fmt.Sprintf("body.plan.unmet[%d]", i), "请写明需要什么数据、为什么需要")
		}
	}
	for _, f := range []struct{ where, text string }{{"body.plan.title", p.Title}, {"body.plan.purpose", p.Purpose}, {"body.plan.solution", p.Solution}, {"body.plan.safety", p.Safety}} {
		if strings.TrimSpace(f.text) == "" {
			spot(f.where, "不能为空")
		}
	}
	if p.Budget < 0 {
		spot("body.plan.budget", "不能为负; 只作按人查询的填 0")
	}
	if len(p.Needs) == 0 {
		spot("body.plan.needs", "请至少选择一项资源")
	}
	for i, d := range p.Documents {
		if d.Kind == "" || d.Digest == "" && strings.TrimSpace(d.Text) == "" {
			spot(fmt.Sprintf("body.plan.documents.%d", i), "请上传文件或填写内容, 并选择材料种类")
		}
	}
	seen := map[string]bool{}
	for _, n := range p.Needs {
		if seen[n.Resource] {
			spot("body.plan.needs", "同一资源请合并为一项")
		}
		if len(n.Fields) == 0 {
			spot("body.plan.needs", "请至少选择一个数据项")
		}
		seen[n.Resource] = true
	}
	if len(e.Spots) > 0 {
		return e
	}
	return nil
}

// parts are the parts of a development plan that are stated (海南 第十八条: 资源需求、产品功能、预期效益和产品预算).
func (p Plan) parts() []string {
	var out []string
	for _, part := range []struct {
		id     string
		stated bool
	}{{"resources", len(p.Needs) > 0}, {"functions", strings.TrimSpace(p.Functions) != ""},
		{"benefit", strings.TrimSpace(p.Benefit) != ""}, {"budget", p.Cost > 0}} {
		if part.stated {
			out = append(out, part.id)
		}
	}
	return out
}

// Need finds what the scenario asks of a resource.
func (s Scenario) Need(resource string) (Need, bool) {
	i := slices.IndexFunc(s.Plan.Needs, func(n Need) bool { return n.Resource == resource })
	if i < 0 {
		return Need{}, false
	}
	return s.Plan.Needs[i], true
}

// Declaration states.
const (
	Declared = "declared"
	Approved = "approved"
)

// Model is one model version as it is declared: the hash is what experts sign and engines run.
type Model struct {
	Version string `json:"version" doc:"Id of the model version in the lab"`
	Name    string `json:"name"`
	Class   string `json:"class"`
	Hash    string `json:"hash"`
}

// Papers are what a declaration carries (开发方案): the law asks for each.
type Papers struct {
	Solution string `json:"solution" minLength:"4" doc:"应用场景解决方案"`
	Design   string `json:"design" minLength:"4" doc:"建模设计说明书"`
	// 四(三): 授权文件优先采用电子签名授权文书 ... 需修改规范模板或采用自有模板的,应在提交开发方案申请时予以说明并提供拟使用的模板.
	Signing     string `json:"signing,omitempty" enum:"electronic,paper" doc:"How consents are signed (授权文书的形式); where nothing is said, as the law in force prefers"`
	PaperReason string `json:"paper_reason,omitempty" maxLength:"2000" doc:"Why on paper"`
	OwnTemplate bool   `json:"own_template,omitempty" doc:"The platform's consent template is changed, or an own one is used (自有模板)"`
	Template    string `json:"template,omitempty" maxLength:"20000" doc:"Text of that template's file"`
	TemplateWhy string `json:"template_why,omitempty" maxLength:"5000" doc:"What is changed, and why"`
	// 四(五): 需通过第三方获取授权文件的,应当在提交开发方案申请时详细说明与第三方合作方式、授权文件获取方式等.
	ThirdParty  bool   `json:"third_party,omitempty" doc:"Consents are obtained through a third party (通过第三方获取授权文件)"`
	Partner     string `json:"partner,omitempty" maxLength:"200" doc:"That third party"`
	Cooperation string `json:"cooperation,omitempty" maxLength:"5000" doc:"与第三方合作方式"`
	Obtaining   string `json:"obtaining,omitempty" maxLength:"5000" doc:"授权文件获取方式"`
}

// Forms of a consent.
const (
	Electronic = "electronic" // 电子签名授权文书
	OnPaper    = "paper"      // 纸质授权书
)

// OnPaper reports whether consents may be on paper.
func (p Papers) OnPaper() bool { return p.Signing == OnPaper }

// ownTemplate reports whether the platform's template is not used as it is.
func (p Papers) ownTemplate() bool {
	return p.OwnTemplate || strings.TrimSpace(p.Template+p.TemplateWhy) != ""
}

// templateGiven reports whether an own template is there and explained.
func (p Papers) templateGiven() bool {
	return strings.TrimSpace(p.Template) != "" && strings.TrimSpace(p.TemplateWhy) != ""
}

// check finds what a form can be told at once: a template that leaves no place for what a person must be told.
func (p Papers) check() error {
	if strings.TrimSpace(p.Template) == "" {
		return nil
	}
	if gaps := consent.UntoldBy(p.Template); len(gaps) > 0 {
		return spotted("body.papers.template", "自有模板没有为以下各项留出位置, 信息主体签署前不会被告知: "+strings.Join(gaps, "、")+"。请在模板中补上这些标记")
	}
	return nil
}

// through reports whether consents are obtained through a third party.
func (p Papers) through() bool { return p.ThirdParty || p.Partner != "" }

// explained reports whether the third party is named, and the cooperation and the way of obtaining consents are told.
func (p Papers) explained() bool {
	return !slices.ContainsFunc([]string{p.Partner, p.Cooperation, p.Obtaining}, func(s string) bool { return strings.TrimSpace(s) == "" })
}

// Declaration (场景申报) is a request to run models on raw data for a scenario.
type Declaration struct {
	ID        string    `json:"id"`
	Scenario  string    `json:"scenario"`
	Org       string    `json:"org"`
	Papers    Papers    `json:"papers"`
	Models    []Model   `json:"models"`
	State     string    `json:"state"`
	Matter    string    `json:"matter"`
	Opened    time.Time `json:"opened"`
	Agreement string    `json:"agreement,omitempty"`
	Renewal   string    `json:"renewal,omitempty" doc:"The renewal that opened it to a further agreement"`
	Renewed   int       `json:"renewed,omitempty"`
}

// SignText is the text that an expert signs: every model hash of the declaration, one a line, under its id.
func (d Declaration) SignText() string {
	var b strings.Builder
	b.WriteString("yunei review of " + d.ID + "\n")
	for _, m := range d.Models {
		b.WriteString(m.Version + " " + m.Hash + "\n")
	}
	return b.String()
}

// Declares reports whether the grant is for this model version.
func (g Grant) Declares(version string) bool {
	return slices.ContainsFunc(g.Models, func(m Model) bool { return m.Version == version })
}

// Grant (授权) lets one organization run the approved models of one scenario for a term.
type Grant struct {
	ID          string       `json:"id"`
	Scenario    string       `json:"scenario"`
	Declaration string       `json:"declaration"`
	Agreement   string       `json:"agreement"`
	Org         string       `json:"org"`
	Title       string       `json:"title"`
	Area        access.Area  `json:"area,omitempty" doc:"行政区域 whose bodies granted it"`
	Purpose     string       `json:"purpose"`
	Models      []Model      `json:"models"`
	From        workday.Date `json:"from"`
	Until       workday.Date `json:"until"`
	Budget      int64        `json:"budget"`
	Permit      string       `json:"permit"`
	Opened      time.Time    `json:"opened"`
}
