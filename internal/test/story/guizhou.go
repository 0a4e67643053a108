package story

import (
	"context"
	"time"

	"yunei/internal/base/workday"
	"yunei/internal/core/access"
)

// Guizhou's story: two levels of authorization, each called for, reviewed, five working days in public and signed; the department
// reviews scenario and product; the operator supplies data and may develop nothing.
func Guizhou() City {
	return City{
		Name: "guizhou", Title: "贵州: 分级授权", Pack: "guizhou-draft", Opening: time.Date(2025, 9, 22, 9, 0, 0, 0, workday.Zone()),
		Houses: []House{
			{"bureau", "贵州省大数据发展管理局", "1152000099000001", access.Bureau, ""},
			{"operator", "贵州省信息中心", "1252000099000002", access.Operator, ""},
			{"finance", "贵州省地方金融管理局", "1152000099000003", access.Holder, ""},
			{"tourism", "贵州省文化和旅游厅", "1152000099000004", access.Holder, ""},
		},
		Seats: []Seat{
			{"bureau", "林局", "bureau", access.Bureau, "数据主管部门"},
			{"operator", "王经办", "operator", access.Operator, "公共数据平台运营机构"},
			{"finance", "黄数管", "finance", access.Holder, "数据提供部门 (金融)"},
			{"authority", "赵处", "finance", access.Department, "授权部门 (金融)"},
			{"tourism", "钱处", "tourism", access.Department, "授权部门 (文旅)"},
			{"expert1", "专家甲", "", access.Expert, "评估专家"},
			{"expert2", "专家乙", "", access.Expert, "评估专家"},
			{"expert3", "专家丙", "", access.Expert, "评估专家"},
			{"auditor", "周审计", "", access.Auditor, "审计人员"},
		},
		Guests: []Seat{
			{runner.Login, runner.Representative + "助理", "", access.Authorized, "授权运营主体 (云上贵州数据)"},
			{bank.Login, gzBank.Representative + "助理", "", access.DataUser, "开发利用主体 (南明银行)"},
		},
		Tables: []Table{{"credit_default", "finance"}},
		Steps: []Step{
			{"catalog", "部门编目、主管部门发布、数据归集", (*Teller).catalog},
			{"operator", "授权运营主体: 通告、资质、公示、三年协议", (*Teller).gzOperator},
			{"developer", "开发利用主体: 部门确认、通告、公示、协议", (*Teller).gzDeveloper},
			{"scenario", "场景需求由授权部门审核并备案", (*Teller).gzScenario},
			{"assessment", "模型申报, 专家安全评估", (*Teller).gzAssessment},
			{"supply", "数据申请、协议备案、加工处理后供给", (*Teller).gzSupply},
			{"release", "运行后由授权部门出域审查", (*Teller).gzRelease},
			{"sanction", "责令整改: 关闭权限, 整改后恢复", func(t *Teller, ctx context.Context) error { return t.rectified(ctx, "bureau", "第二十六条") }},
			{"exit", "逾期未整改: 终止授权、删除数据、留存日志", func(t *Teller, ctx context.Context) error { return t.ends(ctx, "bureau", "第五条") }},
			{"audit", "审计: 离线核验账本", (*Teller).verified},
		},
	}
}

var (
	runner = member{Login: "runner", Name: "云上数据运营有限公司", Representative: "云总", USCC: "9152000099000021", Row: 920_001}
	gzBank = member{Login: bank.Login, Name: "南明银行股份有限公司", Representative: "贺行长", USCC: "9152000099000022", Row: 920_002}
)

const gzField = "金融"

type authorization struct {
	ID     string       `json:"id"`
	Matter string       `json:"matter"`
	State  string       `json:"state"`
	Until  workday.Date `json:"until"`
}

// apply asks for an authorization with the papers of its level.
func (t *Teller) apply(ctx context.Context, login string, body map[string]any, kinds ...string) (authorization, error) {
	docs := []map[string]string{}
	for _, kind := range kinds {
		m, err := t.material(ctx, login, kind, gzPapers[kind])
		if err != nil {
			return authorization{}, err
		}
		docs = append(docs, m)
	}
	body["documents"], body["field"], body["statement"] = docs, gzField, "经营状况良好, 具备金融领域公共数据的服务和开发能力"
	var a authorization
	err := t.post(ctx, login, "/v1/authorizations", body, &a)
	return a, err
}

// gzPapers are the pack's titles of what an applicant for an authorization hands in.
var gzPapers = map[string]string{
	"business-license": "营业执照或者法人登记证书",
	"operation-proof":  "经营状况和授权运营生产服务能力证明",
	"capability-proof": "申请领域公共数据开发利用能力证明",
	"security-proof":   "数据管理能力和数据安全保障能力证明",
}

// gzOperator authorizes an operator: refused without a call and without its papers, in public, and for no more than three years
// unless a reason is given.
func (t *Teller) gzOperator(ctx context.Context) error {
	m, err := t.enroll(ctx, runner, "operator", "register", "organization-profile")
	if err != nil {
		return err
	}
	papers := []string{"business-license", "operation-proof"}
	_, err = t.apply(ctx, m.Login, map[string]any{"level": "operator"}, papers...)
	if err := t.refused("operator_without_a_call", err, "unlawful", "第七条"); err != nil {
		return err
	}
	call, err := t.callFor(ctx, "bureau", "grant.operator", "公共数据授权运营主体征集通告", gzField, "DCMM、DSMM三级及以上, 经数据要素型企业认定")
	if err != nil {
		return err
	}
	_, err = t.apply(ctx, m.Login, map[string]any{"level": "operator", "call": call}, papers...)
	if err := t.refused("operator_without_qualifications", err, "unlawful", "第六条"); err != nil {
		return err
	}
	if err := t.qualify(ctx, m); err != nil {
		return err
	}
	a, err := t.apply(ctx, m.Login, map[string]any{"level": "operator", "call": call}, papers...)
	if err != nil {
		return err
	}
	err = t.decide(ctx, "authority", a.Matter, "review", "pass", "同意")
	if err := t.refused("operator_reviewed_by_a_department", err, "not_found", ""); err != nil {
		return err
	}
	if err := t.pass(ctx, a.Matter, [3]string{"bureau", "review", "材料真实, 符合第六条所列条件"}); err != nil {
		return err
	}
	sign := "/v1/authorizations/" + a.ID + "/sign"
	err = t.post(ctx, m.Login, sign, t.term(3), nil)
	if err := t.refused("signed_during_publicity", err, "conflict", ""); err != nil {
		return err
	}
	if err := t.publicity(ctx, "bureau", a.Matter, "publicity"); err != nil {
		return err
	}
	err = t.post(ctx, m.Login, sign, t.term(4), nil)
	if err := t.refused("four_years_without_a_reason", err, "unlawful", "第七条"); err != nil {
		return err
	}
	if err := t.signed(ctx, a, m.Login, "bureau", 3, t.ids["credit_default"]); err != nil {
		return err
	}
	return t.provided(ctx, a.ID)
}

// provided: the bureau gives the operator what its agreement covers (第十三条).
func (t *Teller) provided(ctx context.Context, authorization string) error {
	return t.post(ctx, "bureau", "/v1/provisions", map[string]string{"authorization": authorization, "resource": t.ids["credit_default"]}, nil)
}

// qualify files, verifies and recognizes what 第六条 asks for.
func (t *Teller) qualify(ctx context.Context, m member) error {
	for _, kind := range []string{"dcmm", "dsmm"} {
		digest, err := t.paper(ctx, m.Login, kind)
		if err != nil {
			return err
		}
		var q struct {
			ID string `json:"id"`
		}
		body := map[string]any{"kind": kind, "level": 3, "number": kind + "-2024-0301", "issuer": "评估机构", "from": t.today().AddYears(-1), "paper": digest}
		if err := t.post(ctx, m.Login, "/v1/qualifications", body, &q); err != nil {
			return err
		}
		if err := t.post(ctx, "bureau", "/v1/qualifications/"+q.ID+"/verify", map[string]any{"accept": true, "reason": "与发证机构公布的名录一致"}, nil); err != nil {
			return err
		}
	}
	body := map[string]any{"kind": "data-element-enterprise", "number": "黔数认〔2025〕8号", "issuer": "贵州省大数据发展管理局", "from": t.today()}
	return t.post(ctx, "bureau", "/v1/organizations/"+m.org+"/recognize", body, nil)
}

// signed signs the agreement of an authorization by both sides and puts it in force.
func (t *Teller) signed(ctx context.Context, a authorization, holder, authorizer string, years int, resources ...string) error {
	path := "/v1/authorizations/" + a.ID
	terms := map[string]any{"from": t.today(), "until": t.today().AddYears(years)}
	if len(resources) > 0 {
		terms["resources"] = resources
	}
	if err := t.post(ctx, holder, path+"/sign", terms, nil); err != nil {
		return err
	}
	err := t.post(ctx, authorizer, path+"/start", nil, nil)
	if err := t.refused("started_before_both_signed", err, "conflict", ""); err != nil {
		return err
	}
	if err := t.post(ctx, authorizer, path+"/sign", map[string]any{}, nil); err != nil {
		return err
	}
	if err := t.post(ctx, authorizer, path+"/start", nil, &a); err != nil {
		return err
	}
	delete(t.people, holder) // its roles have changed
	t.fact("authorization", map[string]any{"state": a.State, "until": a.Until})
	return nil
}

// gzDeveloper authorizes a developer by its department, which the bureau confirmed; the operator may not be one.
func (t *Teller) gzDeveloper(ctx context.Context) error {
	m, err := t.enroll(ctx, gzBank, "operator", "register", "organization-profile")
	if err != nil {
		return err
	}
	papers := []string{"business-license", "capability-proof", "security-proof"}
	publish := func() (string, error) {
		return t.callFor(ctx, "authority", "grant.developer", "公共数据开发利用主体征集通告", gzField, "法人组织, 具备数据管理和数据安全保障能力")
	}
	_, err = publish()
	if err := t.refused("department_without_confirmation", err, "unlawful", "第二十八条"); err != nil {
		return err
	}
	var me struct {
		Org string `json:"org"`
	}
	if err := t.get(ctx, "authority", "/v1/me", &me); err != nil {
		return err
	}
	if err := t.post(ctx, "bureau", "/v1/departments/"+me.Org+"/confirm", map[string]any{"fields": []string{gzField}, "document": "黔数函〔2025〕3号"}, nil); err != nil {
		return err
	}
	call, err := publish()
	if err != nil {
		return err
	}
	ask := func(login string) (authorization, error) {
		return t.apply(ctx, login, map[string]any{"level": "developer", "authorizer": me.Org, "call": call}, papers...)
	}
	_, err = ask(runner.Login)
	if err := t.refused("operator_as_developer", err, "unlawful", "第二十二条"); err != nil {
		return err
	}
	a, err := ask(m.Login)
	if err != nil {
		return err
	}
	err = t.decide(ctx, "tourism", a.Matter, "review", "pass", "同意")
	if err := t.refused("developer_of_another_department", err, "not_found", ""); err != nil {
		return err
	}
	if err := t.pass(ctx, a.Matter, [3]string{"authority", "review", "具备金融领域开发利用能力"}); err != nil {
		return err
	}
	if err := t.publicity(ctx, "authority", a.Matter, "publicity"); err != nil {
		return err
	}
	_, err = t.scenario(ctx, m.Login, gzField)
	if err := t.refused("scenario_before_the_agreement", err, "", ""); err != nil {
		return err
	}
	return t.signed(ctx, a, m.Login, "authority", 2)
}

// gzScenario: the operator may not file one; the developer's is reviewed by its own department and filed with the bureau.
func (t *Teller) gzScenario(ctx context.Context) error {
	_, err := t.scenario(ctx, runner.Login, gzField)
	if err := t.refused("scenario_of_the_operator", err, "", ""); err != nil {
		return err
	}
	sc, err := t.scenario(ctx, bank.Login, gzField)
	if err != nil {
		return err
	}
	t.ids["scenario"] = sc.ID
	err = t.post(ctx, bank.Login, "/v1/scenarios/"+sc.ID+"/space", nil, nil)
	if err := t.refused("space_before_review", err, "unlawful", "第十四条"); err != nil {
		return err
	}
	err = t.decide(ctx, "tourism", sc.Matter, "review", "pass", "同意")
	if err := t.refused("scenario_reviewed_by_another_department", err, "not_found", ""); err != nil {
		return err
	}
	if err := t.pass(ctx, sc.Matter, [3]string{"authority", "review", "符合金融领域开发利用需要"}); err != nil {
		return err
	}
	var filings struct {
		Items []struct {
			Subject string `json:"subject"`
			Number  string `json:"number"`
		} `json:"items"`
	}
	if err := t.get(ctx, "bureau", "/v1/filings", &filings); err != nil {
		return err
	}
	t.fact("filed", filings.Items)
	return t.table(ctx)
}

// gzAssessment: experts assess the model.
func (t *Teller) gzAssessment(ctx context.Context) error {
	d, err := t.declare(ctx, bank.Login, t.ids["scenario"], t.ids["table"])
	if err != nil {
		return err
	}
	t.ids["declaration"] = d.ID
	return t.pass(ctx, d.Matter, [3]string{"expert1", "assessment", "符合安全要求"}, [3]string{"expert2", "assessment", "加噪充分, 不可还原"})
}

// gzSupply: the operator takes the application for data, processes it and, once the agreement with the developer is filed, supplies it
// into the one space.
func (t *Teller) gzSupply(ctx context.Context) error {
	item := map[string]any{"resource": t.ids["credit_default"], "fields": tableFields, "raw": true}
	_, err := t.asksForData(ctx, item)
	if err := t.refused("raw_data_without_a_reason", err, "unlawful", "第十五条"); err != nil {
		return err
	}
	item["raw"] = false
	part, err := t.asksForData(ctx, item)
	if err != nil {
		return err
	}
	if err := t.pass(ctx, part.Matter, [3]string{runner.Login, "application", "在场景需求之内"}); err != nil {
		return err
	}
	sign := "/v1/declarations/" + t.ids["declaration"] + "/sign"
	if err := t.post(ctx, bank.Login, sign, t.term(1), nil); err != nil {
		return err
	}
	var a agreement
	if err := t.post(ctx, runner.Login, sign, map[string]any{}, &a); err != nil {
		return err
	}
	path := "/v1/agreements/" + a.ID
	err = t.post(ctx, runner.Login, path+"/start", nil, nil)
	if err := t.refused("start_before_filing", err, "unlawful", "第十五条"); err != nil {
		return err
	}
	err = t.supplies(ctx, runner.Login, part.ID)
	if err := t.refused("supply_before_filing", err, "unlawful", "第十五条"); err != nil {
		return err
	}
	if err := t.post(ctx, runner.Login, path+"/file", nil, nil); err != nil {
		return err
	}
	if err := t.post(ctx, runner.Login, path+"/start", nil, nil); err != nil {
		return err
	}
	err = t.supplies(ctx, runner.Login, part.ID)
	if err := t.refused("supply_of_unprocessed_data", err, "unlawful", "第二十九条"); err != nil {
		return err
	}
	treated := map[string]any{"resource": t.ids["credit_default"], "fields": tableFields, "cleaned": "剔除重复行和超出值域的行", "masked": "不含直接标识; 主体编号由平台换为空间代号"}
	if err := t.post(ctx, runner.Login, "/v1/processings", treated, nil); err != nil {
		return err
	}
	return t.supplies(ctx, runner.Login, part.ID)
}

// gzRelease runs the table and takes it out past the department that authorized the developer.
func (t *Teller) gzRelease(ctx context.Context) error {
	if err := t.runs(ctx); err != nil {
		return err
	}
	return t.leaves(ctx, [3]string{"authority", "review", "不含原始数据, 与场景一致"}, [3]string{"bureau", "filing", "予以备案"})
}
