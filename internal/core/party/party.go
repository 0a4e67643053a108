package party

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"yunei/internal/base/errs"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
)

// Kind says what sort of body an organization is: 二(二) restricts *enterprises* from outside the province, nobody else.
type Kind string

const (
	Enterprise  Kind = "enterprise"  // 企业
	Institution Kind = "institution" // 事业单位、社会组织
	PublicBody  Kind = "public-body" // 机关
)

// LegalForm (法律形式) says as what a body was established; packs decide which forms may take part.
type LegalForm string

const (
	FormEnterprise   LegalForm = "enterprise"    // 企业法人
	FormPartnership  LegalForm = "partnership"   // 合伙企业, 个人独资企业: no legal person
	FormBranch       LegalForm = "branch"        // 分支机构: no legal person
	FormIndividual   LegalForm = "individual"    // 个体工商户: a natural person, no organization
	FormInstitution1 LegalForm = "institution-1" // 公益一类事业单位
	FormInstitution2 LegalForm = "institution-2" // 公益二类、生产经营类事业单位
	FormStatutory    LegalForm = "statutory"     // 法定机构
	FormSocial       LegalForm = "social"        // 社会组织
	FormMass         LegalForm = "mass"          // 财政拨款保障的群团组织
	FormPublicBody   LegalForm = "public-body"   // 机关
)

// formsOf are the forms a kind of body can have. An institution that did not say which it is has none: no rule that asks for
// one lets it pass.
var formsOf = map[Kind][]LegalForm{
	Enterprise:  {FormEnterprise, FormPartnership, FormBranch, FormIndividual},
	Institution: {FormInstitution1, FormInstitution2, FormStatutory, FormSocial, FormMass},
	PublicBody:  {FormPublicBody},
}

// form is the legal form, which for enterprises and public bodies goes without saying.
func (o Organization) form() LegalForm {
	switch {
	case strings.HasPrefix(o.USCC, individualCode):
		return FormIndividual
	case o.LegalForm != "":
		return o.LegalForm
	case o.Kind == Enterprise:
		return FormEnterprise
	case o.Kind == PublicBody:
		return FormPublicBody
	}
	return ""
}

// individualCode begins the codes of 个体工商户 (GB 32100: 9 工商, 2 个体工商户).
const individualCode = "92"

// legalPerson reports whether the body can be party to an agreement in its own right (法人).
func (o Organization) legalPerson() bool {
	f := o.form()
	return f != "" && f != FormPartnership && f != FormBranch && f != FormIndividual
}

// Organization (单位) is a body that takes part: a department, the operator, a data user, a third-party provider.
type Organization struct {
	ID             string        `json:"id"`
	Name           string        `json:"name"`
	USCC           string        `json:"uscc" doc:"统一社会信用代码, GB 32100"`
	Kind           Kind          `json:"kind" enum:"enterprise,institution,public-body"`
	LegalForm      LegalForm     `json:"legal_form,omitempty" enum:"enterprise,partnership,branch,individual,institution-1,institution-2,statutory,social,mass,public-body"`
	Roles          []access.Role `json:"roles"`
	Area           access.Area   `json:"area,omitempty" doc:"行政区域代码, GB/T 2260; empty: the area that the platform serves"`
	Registered     workday.Date  `json:"registered" doc:"成立或登记注册之日"`
	InProvince     bool          `json:"in_province"`
	DCMM           bool          `json:"dcmm" doc:"自述具有 DCMM 贯标资质; 经核验的见资质"`
	Representative string        `json:"representative" doc:"法定代表人或负责人姓名"`
	Contact        string        `json:"contact"`
	Phone          string        `json:"phone"`
	Permit         string        `json:"permit,omitempty" doc:"The admission permit that every later permit descends from"`
	Created        time.Time     `json:"created"`
	// repDigest is the keyed digest of the representative's identity number.
	repDigest string
}

// Registration is what an organization states about itself.
type Registration struct {
	Name             string        `json:"name" minLength:"2" maxLength:"120"`
	USCC             string        `json:"uscc"`
	Kind             Kind          `json:"kind,omitempty" enum:"enterprise,institution,public-body"`
	LegalForm        LegalForm     `json:"legal_form,omitempty" enum:"enterprise,partnership,branch,individual,institution-1,institution-2,statutory,social,mass,public-body" doc:"As what it was established; an institution should say"`
	Roles            []access.Role `json:"roles,omitempty" doc:"Capacities it will act in; default data-user"`
	Area             access.Area   `json:"area,omitempty" doc:"行政区域代码 of the county or city it belongs to; left out by bodies of the platform's own level and from elsewhere"`
	Registered       workday.Date  `json:"registered"`
	InProvince       bool          `json:"in_province"`
	DCMM             bool          `json:"dcmm,omitempty"`
	Representative   string        `json:"representative"`
	RepresentativeID string        `json:"representative_id" doc:"Identity number of the legal representative; kept only as a keyed digest"`
	Contact          string        `json:"contact"`
	Phone            string        `json:"phone"`
}

// normal trims and completes a registration and refuses what cannot be right, all faults at once.
func (r Registration) normal(today workday.Date) (Registration, error) {
	r.Name, r.Representative, r.Contact = strings.TrimSpace(r.Name), strings.TrimSpace(r.Representative), strings.TrimSpace(r.Contact)
	r.Phone = strings.TrimSpace(r.Phone)
	r.USCC = NormalUSCC(r.USCC)
	if r.Kind == "" {
		r.Kind = Enterprise
	}
	if len(r.Roles) == 0 {
		r.Roles = []access.Role{access.DataUser}
	}
	var spots []errs.Spot
	fault := func(bad bool, where, message string) {
		if bad {
			spots = append(spots, errs.Spot{Where: where, Message: message})
		}
	}
	fault(!between(r.Name, 2, 120), "name", "单位名称应为 2 至 120 个字")
	fault(!between(r.Representative, 2, 60), "representative", "请填写法定代表人或负责人姓名")
	fault(!between(r.Contact, 2, 60), "contact", "请填写联系人姓名")
	fault(!between(r.Phone, 5, 30), "phone", "请填写联系电话")
	fault(r.Kind != Enterprise && r.Kind != Institution && r.Kind != PublicBody, "kind", "单位类型不在列表中")
	fault(r.LegalForm != "" && !slices.Contains(formsOf[r.Kind], r.LegalForm), "legal_form", "法律形式与单位类型不符, 请核对后重新选择")
	if err := CheckUSCC(r.USCC); err != nil {
		spots = append(spots, errs.Spot{Where: "uscc", Message: messageOf(err)})
	}
	day := r.Registered.String()
	fault(day == "" || day > today.String(), "registered", "成立或登记注册之日不能为空, 也不能晚于今天")
	for _, role := range r.Roles {
		fault(!organizational[role], "roles", "单位不能以角色 "+string(role)+" 入驻")
	}
	if len(spots) > 0 {
		return r, &errs.Error{Code: errs.Invalid, Msg: "注册信息有 " + count(len(spots)) + " 处需要更正, 请按提示修改后重新提交", Spots: spots}
	}
	return r, nil
}

// organizational are the roles a body can act in; persons hold the others.
var organizational = map[access.Role]bool{
	access.Bureau: true, access.Operator: true, access.Holder: true, access.DataUser: true, access.Auditor: true,
	access.Department: true, access.Authorized: true, access.Mechanism: true, access.Government: true, access.Upper: true,
	access.Local: true, access.Provider: true, access.Assessor: true, access.Member: true, access.Owner: true, access.Regulator: true,
	access.Buyer: true,
}

func between(s string, lo, hi int) bool {
	n := utf8.RuneCountInString(s)
	return n >= lo && n <= hi
}
