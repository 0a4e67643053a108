package story

import (
	"context"
	"fmt"
	"time"

	"yunei/internal/base/workday"
	"yunei/internal/core/access"
)

// Zhoushan's story: one authorization for one scenario, through experts, the coordination mechanism and the government, whose
// agreement bears a seal and whose decision is filed with the province.
func Zhoushan() City {
	return City{
		Name: "zhoushan", Title: "舟山: 一场景一授权", Pack: "zhoushan-2024-03-20", Opening: time.Date(2025, 9, 22, 9, 0, 0, 0, workday.Zone()),
		Houses: []House{
			{"bureau", "舟山市数据局", "1133090099000001", access.Bureau, ""},
			{"operator", "舟山市大数据运维中心", "1233090099000002", access.Operator, ""},
			{"finance", "舟山市金融工作局", "1133090099000003", access.Holder, ""},
			{"mechanism", "舟山市公共数据授权运营管理协调机制", "1133090099000004", access.Mechanism, ""},
			{"government", "舟山市人民政府", "1133090099000005", access.Government, ""},
			{"province", "浙江省数据局", "1133000099000006", access.Upper, ""},
		},
		Seats: []Seat{
			{"bureau", "林局", "bureau", access.Bureau, "公共数据主管部门"},
			{"operator", "王经办", "operator", access.Operator, "平台运维主体"},
			{"finance", "黄数管", "finance", access.Holder, "数据提供单位"},
			{"mechanism", "钟秘书", "mechanism", access.Mechanism, "协调机制"},
			{"government", "方秘书", "government", access.Government, "市人民政府"},
			{"province", "江处", "province", access.Upper, "省公共数据主管部门"},
			{"expert1", "专家甲", "", access.Expert, "专家组专家"},
			{"expert2", "专家乙", "", access.Expert, "专家组专家"},
			{"expert3", "专家丙", "", access.Expert, "专家组专家"},
			{"auditor", "周审计", "", access.Auditor, "审计人员"},
		},
		Guests: []Seat{{bank.Login, zsBank.Representative + "助理", "", access.DataUser, "授权运营单位 (定海银行)"}},
		Tables: []Table{{"credit_default", "finance"}},
		Steps: []Step{
			{"catalog", "部门编目、主管部门发布、数据归集", (*Teller).catalog},
			{"call", "发布重点领域通告, 申请单位登记, 岗前培训", (*Teller).zsCall},
			{"scenario", "场景申请受理: 领域不符被拒", (*Teller).zsScenario},
			{"decision", "专家组评审、数据申请、协调机制审定、政府确定、公开", (*Teller).zsDecision},
			{"agreement", "政府签订协议, 加盖合同专用章, 报省备案, 供给数据", (*Teller).zsAgreement},
			{"release", "运行后专家组和主管部门审核产品", (*Teller).zsRelease},
			{"sanction", "责令整改, 整改后恢复", func(t *Teller, ctx context.Context) error { return t.rectified(ctx, "bureau", "三(六)") }},
			{"exit", "结束退出: 关闭权限、删除数据、日志留存六个月", func(t *Teller, ctx context.Context) error { return t.ends(ctx, "bureau", "三(六)") }},
			{"audit", "审计: 离线核验账本", (*Teller).verified},
		},
	}
}

var zsBank = member{Login: bank.Login, Name: "定海银行股份有限公司", Representative: "舟行长", USCC: "9133090099000022", Row: 930_002}

// zsCall publishes the call for a field and registers the applicant, whose people can do nothing before they are trained.
func (t *Teller) zsCall(ctx context.Context) error {
	_, err := t.callFor(ctx, "bureau", "grant.prescenario", "房地产领域公共数据授权运营通告", "房地产", "依法设立")
	if err := t.refused("call_outside_the_plan", err, "unlawful", "四"); err != nil {
		return err
	}
	call, err := t.callFor(ctx, "bureau", "grant.prescenario", "金融服务领域公共数据授权运营通告", "金融服务", "依法设立, 具备数据安全管理能力")
	if err != nil {
		return err
	}
	t.ids["notice"] = call
	m, err := t.enroll(ctx, zsBank, "bureau", "register", "organization-profile")
	if err != nil {
		return err
	}
	t.fact("registered", m.Name)
	_, err = t.scenario(ctx, bank.Login, "金融服务")
	if err := t.refused("untrained", err, "forbidden", ""); err != nil {
		return err
	}
	return t.trained(ctx)
}

// zsScenario answers the call, in one of the fields of the plan, and is accepted by the bureau.
func (t *Teller) zsScenario(ctx context.Context) error {
	_, err := t.scenario(ctx, bank.Login, "房地产")
	if err := t.refused("field_outside_the_plan", err, "unlawful", "四"); err != nil {
		return err
	}
	_, err = t.scenario(ctx, bank.Login, "金融服务")
	if err := t.refused("no_call_named", err, "unlawful", "三(一)"); err != nil {
		return err
	}
	t.ids["call"] = t.ids["notice"]
	sc, err := t.scenario(ctx, bank.Login, "金融服务")
	if err != nil {
		return err
	}
	t.ids["scenario"] = sc.ID
	space := "/v1/scenarios/" + sc.ID + "/space"
	err = t.post(ctx, bank.Login, space, nil, nil)
	if err := t.refused("space_before_acceptance", err, "unlawful", "三(二)"); err != nil {
		return err
	}
	if err := t.pass(ctx, sc.Matter, [3]string{"bureau", "acceptance", "属于通告的领域, 予以受理"}); err != nil {
		return err
	}
	return t.table(ctx)
}

// trained lets the bank's person fail the exam and pass it.
func (t *Teller) trained(ctx context.Context) error {
	course := map[string]any{"title": "公共数据安全与保密", "text": "原始数据不出域; 账号不转借。", "pass": 60, "questions": []map[string]any{
		{"text": "原始数据可以带出平台吗", "options": []string{"可以", "不可以"}, "answer": 1},
		{"text": "账号可以转借他人吗", "options": []string{"可以", "不可以"}, "answer": 1},
	}}
	var c struct {
		ID string `json:"id"`
	}
	if err := t.post(ctx, "bureau", "/v1/courses", course, &c); err != nil {
		return err
	}
	for _, answers := range [][]int{{0, 0}, {1, 1}} {
		var exam struct {
			Score  int  `json:"score"`
			Passed bool `json:"passed"`
		}
		if err := t.post(ctx, bank.Login, "/v1/courses/"+c.ID+"/exam", map[string]any{"answers": answers}, &exam); err != nil {
			return err
		}
		if want := answers[0] == 1; exam.Passed != want {
			return fmt.Errorf("the answers %v passed: %v, want %v", answers, exam.Passed, want)
		}
		t.fact("exam", exam)
	}
	delete(t.people, bank.Login) // its roles have changed
	return nil
}

// zsDecision goes through everyone who decides; each of the two bodies records the paper of its own decision.
func (t *Teller) zsDecision(ctx context.Context) error {
	d, err := t.declare(ctx, bank.Login, t.ids["scenario"], t.ids["table"])
	if err != nil {
		return err
	}
	t.ids["declaration"] = d.ID
	if err := t.pass(ctx, d.Matter, [3]string{"expert1", "experts", "资质和安全能力符合"}, [3]string{"expert2", "experts", "场景有价值, 可实施"}); err != nil {
		return err
	}
	part, err := t.asksForData(ctx, map[string]any{"resource": t.ids["credit_default"], "fields": tableFields})
	if err != nil {
		return err
	}
	t.ids["part"] = part.ID
	if err := t.pass(ctx, part.Matter, [3]string{"bureau", "irs", "IRS-2025-0926"}); err != nil {
		return err
	}
	err = t.supplies(ctx, "bureau", part.ID)
	if err := t.refused("supply_before_the_provider_agreed", err, "unlawful", "二(三)2"); err != nil {
		return err
	}
	if err := t.pass(ctx, part.Matter, [3]string{"finance", "provider", "同意提供"}); err != nil {
		return err
	}
	err = t.decide(ctx, "bureau", d.Matter, "mechanism", "pass", "同意")
	if err := t.refused("bureau_in_the_mechanisms_place", err, "forbidden", ""); err != nil {
		return err
	}
	if err := t.pass(ctx, d.Matter, [3]string{"mechanism", "mechanism", "会议纪要〔2025〕3号"}); err != nil {
		return err
	}
	err = t.post(ctx, bank.Login, "/v1/declarations/"+d.ID+"/sign", t.term(1), nil)
	if err := t.refused("signed_before_the_government", err, "conflict", ""); err != nil {
		return err
	}
	if err := t.pass(ctx, d.Matter, [3]string{"government", "government", "舟政函〔2025〕7号"}, [3]string{"bureau", "publication", "已向社会公开"}); err != nil {
		return err
	}
	return t.approved(ctx, bank.Login, d)
}

// zsAgreement is signed by the government under the seal that the bureau keeps, and reported to the province.
func (t *Teller) zsAgreement(ctx context.Context) error {
	sign := "/v1/declarations/" + t.ids["declaration"] + "/sign"
	if err := t.post(ctx, bank.Login, sign, t.term(1), nil); err != nil {
		return err
	}
	err := t.post(ctx, "operator", sign, map[string]any{}, nil)
	if err := t.refused("operator_as_granting_party", err, "unlawful", "三(五)"); err != nil {
		return err
	}
	var me struct {
		Account string `json:"account"`
	}
	if err := t.get(ctx, "bureau", "/v1/me", &me); err != nil {
		return err
	}
	var seal struct {
		ID string `json:"id"`
	}
	body := map[string]any{"name": "舟山市公共数据授权运营合同专用章", "role": "government", "keepers": []string{me.Account}, "document": "舟政〔2024〕9号"}
	if err := t.post(ctx, "bureau", "/v1/seals", body, &seal); err != nil {
		return err
	}
	err = t.post(ctx, "government", sign, map[string]any{"seal": seal.ID}, nil)
	if err := t.refused("sealed_by_who_does_not_keep_it", err, "forbidden", ""); err != nil {
		return err
	}
	var a agreement
	if err := t.post(ctx, "bureau", sign, map[string]any{"seal": seal.ID}, &a); err != nil {
		return err
	}
	if err := t.upward(ctx); err != nil {
		return err
	}
	if err := t.post(ctx, "bureau", "/v1/agreements/"+a.ID+"/start", nil, nil); err != nil {
		return err
	}
	return t.supplies(ctx, "bureau", t.ids["part"])
}

// upward files the decision with the province, which answers with a number of its own.
func (t *Teller) upward(ctx context.Context) error {
	var f struct {
		ID     string `json:"id"`
		Number string `json:"number"`
		State  string `json:"state"`
	}
	if err := t.post(ctx, "bureau", "/v1/filings", map[string]string{"subject": t.ids["declaration"], "to": "upper-authority"}, &f); err != nil {
		return err
	}
	if err := t.post(ctx, "province", "/v1/filings/"+f.ID+"/acknowledge", map[string]string{"number": "浙数备〔2025〕7号"}, &f); err != nil {
		return err
	}
	if f.State != "acknowledged" {
		return fmt.Errorf("the filing is %s, want acknowledged", f.State)
	}
	t.fact("filed_with_the_province", f)
	return nil
}

// zsRelease runs the table and takes it out past experts and bureau.
func (t *Teller) zsRelease(ctx context.Context) error {
	if err := t.runs(ctx); err != nil {
		return err
	}
	return t.leaves(ctx, [3]string{"expert1", "experts", "合规"}, [3]string{"expert2", "experts", "安全"}, [3]string{"bureau", "bureau", "合规安全"})
}
