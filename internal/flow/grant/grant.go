package grant

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/workday"
	"yunei/internal/core/matter"
)

// Matter kinds of this stage; the procedures are the pack's.
const (
	KindPrescenario = "grant.prescenario" // 场景预申报
	KindScenario    = "grant.scenario"    // 场景申报
)

// Permit kinds of this stage.
const (
	PermitSample = "sample" // samples and a lab space, from the passed pre-declaration
	PermitGrant  = "grant"  // the grant itself, on its scenario
	PermitModel  = "model"  // one approved model version under a grant
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
	Special   bool              `json:"special" doc:"特殊经营范围: the business needs a license"`
	Budget    int64             `json:"budget" minimum:"0" doc:"Yearly disclosure budget asked for, in units of 10^-12 rho; 0 for one-person queries only"`
	Documents []matter.Document `json:"documents,omitempty"`
}

// Scenario (应用场景) is one use of public data for one purpose: 一场景一授权.
type Scenario struct {
	ID     string    `json:"id"`
	Org    string    `json:"org"`
	Plan   Plan      `json:"plan"`
	State  string    `json:"state"`
	Matter string    `json:"matter"`
	Permit string    `json:"permit,omitempty" doc:"The sample permit, once the pre-declaration passed"`
	Opened time.Time `json:"opened"`
}

// check finds what a form can be told at once; what the law asks is the pack's.
func (p Plan) check() error {
	e := errs.New(errs.Invalid, "场景预申报填写不完整, 请按所列各处补充")
	spot := func(where, msg string) { e.Spots = append(e.Spots, errs.Spot{Where: where, Message: msg}) }
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
	Template string `json:"template,omitempty" doc:"Own consent template, where the platform's is not used"`
	Partner  string `json:"partner,omitempty" doc:"Third party that collects consents, where there is one"`
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

// Agreement states.
const (
	Drafted = "drafted"
	Signed  = "signed"
	Filed   = "filed"
)

// PartySignature is one party's signature of an agreement.
type PartySignature struct {
	Org     string    `json:"org"`
	Account string    `json:"account"`
	Name    string    `json:"name"`
	At      time.Time `json:"at"`
}

// Agreement (公共数据使用和安全保障协议) is what operator and data user sign before any raw data is used.
type Agreement struct {
	ID          string           `json:"id"`
	Scenario    string           `json:"scenario"`
	Declaration string           `json:"declaration"`
	Org         string           `json:"org"`
	Text        string           `json:"text"`
	From        workday.Date     `json:"from"`
	Until       workday.Date     `json:"until"`
	Budget      int64            `json:"budget" doc:"Share of the yearly disclosure budget, in units of 10^-12 rho"`
	Signatures  []PartySignature `json:"signatures"`
	State       string           `json:"state"`
	FiledAt     *time.Time       `json:"filed_at,omitempty"`
	Opened      time.Time        `json:"opened"`
}

// sign adds a party's signature; the agreement is signed when user and operator both have. Whoever signs for one side
// does not sign for the other.
func (a *Agreement) sign(s PartySignature, operator bool) error {
	if a.State != Drafted {
		return errs.New(errs.Conflict, "协议已签署完毕, 请刷新查看")
	}
	if slices.ContainsFunc(a.Signatures, func(p PartySignature) bool { return p.Org == s.Org }) {
		return errs.New(errs.Conflict, "贵单位已经签署, 请等待对方签署")
	}
	if s.Org != a.Org && !operator {
		return errs.New(errs.Forbidden, "只有协议双方可以签署, 请由数据使用单位和平台运营单位办理")
	}
	a.Signatures = append(slices.Clone(a.Signatures), s)
	if len(a.Signatures) == 2 {
		a.State = Signed
	}
	return nil
}

// maxTermYears bounds a term: each of its years takes a share of every resource's disclosure budget.
const maxTermYears = 5

// check refuses terms that are none.
func (t Terms) check(today workday.Date) error {
	switch {
	case t.From.IsZero() || !t.From.Before(t.Until):
		return errs.New(errs.Invalid, "请填写协议期限, 到期日须晚于起始日")
	case !today.Before(t.Until):
		return errs.New(errs.Invalid, "协议到期日 %s 已过, 请重新填写", t.Until)
	case t.Until.After(t.From.AddYears(maxTermYears)) || t.From.After(today.AddYears(1)):
		return errs.New(errs.Invalid, "协议须在一年内起始, 期限不超过 %d 年, 请缩短后重新填写, 到期可续签", maxTermYears)
	}
	return nil
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
	Purpose     string       `json:"purpose"`
	Models      []Model      `json:"models"`
	From        workday.Date `json:"from"`
	Until       workday.Date `json:"until"`
	Budget      int64        `json:"budget"`
	Permit      string       `json:"permit"`
	Opened      time.Time    `json:"opened"`
}
