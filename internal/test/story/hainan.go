package story

import (
	"context"
	"time"

	"yunei/internal/base/workday"
	"yunei/internal/core/access"
)

// Hainan's story: a vendor is admitted and agrees with the bureau, its plan is filed, the provider decides on its own data, and
// bureau and provider together review scenario and product.
func Hainan() City {
	return City{
		Name: "hainan", Title: "海南: 服务商开发, 提供方授权", Pack: "hainan-2021-09-15", Opening: time.Date(2025, 9, 22, 9, 0, 0, 0, workday.Zone()),
		Houses: []House{
			{"bureau", "海南省大数据管理局", "1146000099000001", access.Bureau, ""},
			{"operator", "海南数据产品超市运营中心", "1246000099000002", access.Operator, ""},
			{"finance", "海南省地方金融管理局", "1146000099000003", access.Holder, ""},
			{"tourism", "海南省旅游和文化广电体育厅", "1146000099000004", access.Holder, ""},
		},
		Seats: []Seat{
			{"bureau", "林局", "bureau", access.Bureau, "省大数据管理机构"},
			{"bureau2", "陈科", "bureau", access.Bureau, "省大数据管理机构 (复核)"},
			{"operator", "王经办", "operator", access.Operator, "平台管理方"},
			{"finance", "黄数管", "finance", access.Holder, "数据资源提供方 (金融)"},
			{"tourism", "钱数管", "tourism", access.Holder, "数据资源提供方 (旅游)"},
			{"expert1", "专家甲", "", access.Expert, "评估专家"},
			{"expert2", "专家乙", "", access.Expert, "评估专家"},
			{"expert3", "专家丙", "", access.Expert, "评估专家"},
			{"auditor", "周审计", "", access.Auditor, "审计人员"},
		},
		Guests: []Seat{{bank.Login, hnVendor.Representative + "助理", "", access.DataUser, "服务商 (琼州数据)"}},
		Tables: []Table{{"credit_default", "finance"}},
		Steps: []Step{
			{"catalog", "提供方编目、管理机构发布、数据归集", (*Teller).catalog},
			{"vendor", "服务商入驻, 与省大数据管理机构签订协议", (*Teller).hnVendor},
			{"plan", "开发方案备案, 提供方五个工作日内授权", (*Teller).hnPlan},
			{"seat", "本人签署保密承诺后进入开发席位", (*Teller).hnSeat},
			{"review", "管理机构会同提供方合规审查, 协议和授权", (*Teller).hnReview},
			{"release", "运行后两人复核出域", (*Teller).hnRelease},
			{"sanction", "责令整改: 关闭权限, 整改后恢复", func(t *Teller, ctx context.Context) error { return t.rectified(ctx, "bureau", "") }},
			{"exit", "查实违规: 清退、销毁数据、出具证明", (*Teller).hnExit},
			{"audit", "审计: 离线核验账本", (*Teller).verified},
		},
	}
}

var hnVendor = member{Login: bank.Login, Name: "琼州数据科技有限公司", Representative: "符总", USCC: "9146000099000022", Row: 940_002}

// hnVendor admits the vendor on paper and lets it agree with the bureau before it develops.
func (t *Teller) hnVendor(ctx context.Context) error {
	m, err := t.enroll(ctx, hnVendor, "bureau", "review", "business-license", "organization-profile", "pledge")
	if err != nil {
		return err
	}
	var a agreement
	if err := t.post(ctx, m.Login, "/v1/agreements", t.term(1), &a); err != nil {
		return err
	}
	sign := "/v1/agreements/" + a.ID + "/sign"
	err = t.post(ctx, "operator", sign, map[string]any{}, nil)
	if err := t.refused("platform_manager_as_party", err, "", ""); err != nil {
		return err
	}
	if err := t.post(ctx, "bureau", sign, map[string]any{}, &a); err != nil {
		return err
	}
	t.fact("agreement", a.State)
	return nil
}

// hnPlan files the plan with the bureau; the provider, and no other, authorizes the use of its data.
func (t *Teller) hnPlan(ctx context.Context) error {
	sc, err := t.scenario(ctx, bank.Login, "")
	if err != nil {
		return err
	}
	t.ids["scenario"] = sc.ID
	err = t.post(ctx, bank.Login, "/v1/scenarios/"+sc.ID+"/space", nil, nil)
	if err := t.refused("seat_before_the_authorization", err, "unlawful", "第九条"); err != nil {
		return err
	}
	if err := t.pass(ctx, sc.Matter, [3]string{"bureau", "filing", "方案四项齐全, 予以备案"}); err != nil {
		return err
	}
	err = t.decide(ctx, "tourism", sc.Matter, "provider", "pass", "同意")
	if err := t.refused("authorized_by_another_provider", err, "not_found", ""); err != nil {
		return err
	}
	return t.pass(ctx, sc.Matter, [3]string{"finance", "provider", "同意使用, 期满后以覆写方式销毁"})
}

// hnSeat opens the seat once the person has signed the undertaking.
func (t *Teller) hnSeat(ctx context.Context) error {
	err := t.post(ctx, bank.Login, "/v1/scenarios/"+t.ids["scenario"]+"/space", nil, nil)
	if err := t.refused("seat_before_the_undertaking", err, "unlawful", "第二十五条"); err != nil {
		return err
	}
	if err := t.undertake(ctx, bank.Login); err != nil {
		return err
	}
	return t.table(ctx)
}

// hnReview takes the scenario through experts, provider and bureau, and signs and files the terms.
func (t *Teller) hnReview(ctx context.Context) error {
	d, err := t.declare(ctx, bank.Login, t.ids["scenario"], t.ids["table"])
	if err != nil {
		return err
	}
	if err := t.pass(ctx, d.Matter, [3]string{"expert1", "assessment", "数据不离席、边界不可越"}, [3]string{"expert2", "assessment", "无法识别特定主体"}); err != nil {
		return err
	}
	err = t.decide(ctx, "bureau", d.Matter, "bureau", "pass", "合规")
	if err := t.refused("bureau_without_the_provider", err, "conflict", ""); err != nil {
		return err
	}
	if err := t.pass(ctx, d.Matter, [3]string{"finance", "provider", "在授权范围内"}, [3]string{"bureau", "bureau", "开发场景合规"}); err != nil {
		return err
	}
	sign := "/v1/declarations/" + d.ID + "/sign"
	var a agreement
	if err := t.post(ctx, bank.Login, sign, t.term(1), &a); err != nil {
		return err
	}
	err = t.post(ctx, "operator", "/v1/agreements/"+a.ID+"/start", nil, nil)
	if err := t.refused("started_before_both_signed", err, "unlawful", "第二十三条"); err != nil {
		return err
	}
	if err := t.post(ctx, "bureau", sign, map[string]any{}, nil); err != nil {
		return err
	}
	for _, act := range []string{"/file", "/start"} {
		if err := t.post(ctx, "operator", "/v1/agreements/"+a.ID+act, nil, nil); err != nil {
			return err
		}
	}
	return nil
}

// hnRelease lets the table leave past the provider and two people of the bureau.
func (t *Teller) hnRelease(ctx context.Context) error {
	if err := t.runs(ctx); err != nil {
		return err
	}
	return t.leaves(ctx, [3]string{"finance", "provider", "不是转接"}, [3]string{"bureau", "bureau", "合规"}, [3]string{"bureau2", "bureau", "复核一致"})
}

// hnExit removes the vendor for a breach; what it held is destroyed and certified by another than who destroyed it.
func (t *Teller) hnExit(ctx context.Context) error {
	var page struct {
		Exit struct {
			ID string `json:"id"`
		} `json:"exit"`
	}
	body := map[string]any{"org": t.members[bank.Login].org, "ground": "breach", "reason": "查实将数据转给第三方使用", "article": "第二十三条"}
	if err := t.post(ctx, "bureau", "/v1/exits", body, &page); err != nil {
		return err
	}
	return t.left(ctx, page.Exit.ID, "bureau", "")
}
