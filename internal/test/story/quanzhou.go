package story

import (
	"context"
	"errors"
	"time"

	"yunei/internal/base/workday"
	"yunei/internal/core/access"
)

// Opening is when Quanzhou's story begins: a Wednesday in the week before the National Day holidays.
var Opening = time.Date(2025, 9, 24, 9, 0, 0, 0, workday.Zone())

// Quanzhou's story: scenario and model, one pipeline from pre-declaration to a query under one person's consent.
func Quanzhou() City {
	return City{
		Name: "quanzhou", Title: "泉州: 场景预申报、场景申报、实时查询", Pack: "quanzhou-2024-05-17", Opening: Opening,
		Houses: []House{
			{"bureau", "泉州市数据管理局", "1135050099000001", access.Bureau, ""},
			{"operator", "泉州公共数据运营服务中心", "1235050099000002", access.Operator, ""},
			{"finance", "泉州市金融工作局", "1135050099000003", access.Holder, ""},
			{"statistics", "泉州市统计局", "1135050099000004", access.Holder, ""},
			{"ecology", "泉州市生态环境局", "1135050099000005", access.Holder, ""},
		},
		Seats: []Seat{
			{"bureau", "林局", "bureau", access.Bureau, "数据主管部门 (审批)"},
			{"bureau2", "陈科", "bureau", access.Bureau, "数据主管部门 (复核)"},
			{"operator", "王经办", "operator", access.Operator, "平台运营单位"},
			{"finance", "黄数管", "finance", access.Holder, "数据提供单位 (金融)"},
			{"statistics", "吴数管", "statistics", access.Holder, "数据提供单位 (统计)"},
			{"ecology", "郑数管", "ecology", access.Holder, "数据提供单位 (生态)"},
			{"expert1", "专家甲", "", access.Expert, "评审专家"},
			{"expert2", "专家乙", "", access.Expert, "评审专家"},
			{"expert3", "专家丙", "", access.Expert, "评审专家"},
			{"auditor", "周审计", "", access.Auditor, "审计人员"},
		},
		Guests: []Seat{
			{bank.Login, bank.Representative + "助理", "", access.DataUser, "数据使用单位 (刺桐银行)"},
			{second.Login, second.Representative + "助理", "", access.DataUser, "数据使用单位 (晋江农商银行)"},
			{PersonLogin, PersonName, "", access.Subject, "信息主体 (本人)"},
		},
		Tables: []Table{{"credit_default", "finance"}, {"census_income", "statistics"}, {"beijing_pm25", "ecology"}},
		Steps: []Step{
			{"catalog", "三个部门编目、主管部门发布、数据归集", func(t *Teller, ctx context.Context) error { return errors.Join(t.continued(ctx), t.catalog(ctx)) }},
			{"open", "空气质量即时向社会开放", (*Teller).open},
			{"admission", "银行入驻: 扫码与纸质, 过期与失信被拒", (*Teller).admission},
			{"prescenario", "场景预申报, 两个工作日内审核, 样例开放", (*Teller).prescenario},
			{"lab", "在开发空间用合成样例编写两个模型", (*Teller).lab},
			{"declaration", "场景申报: 运营、专家、提供单位、主管部门", (*Teller).declaration},
			{"reuse", "第二家银行复用已上架模型, 免专家评估", (*Teller).reuse},
			{"grant", "签订协议、备案、授权生效", (*Teller).grant},
			{"run", "在原始数据上运行, 扣减披露额度", (*Teller).run},
			{"release", "出域检查与复核, 加噪导出", (*Teller).release},
			{"calls", "凭本人授权书实时查询, 无效授权一律拒绝", (*Teller).calls},
			{"withdraw", "本人查看并撤回, 下一次查询即被拒", (*Teller).withdraw},
			{"forbidden", "禁止的事: 每次拒绝都说明依据", (*Teller).forbidden},
			{"audit", "审计: 离线核验账本与回执, 篡改必现", (*Teller).audit},
		},
		Leave: func(t *Teller, ctx context.Context, kit string) error {
			return errors.Join(t.WriteDocuments(ctx, kit), t.LeaveWork(ctx))
		},
	}
}

// trialEnds is the last day of Quanzhou's trial (七(八)).
const trialEnds = workday.Date("2026-05-17")

// continued records the bureau's decision that the trial goes on, where the story is told after its end: without it every
// new business would be refused.
func (t *Teller) continued(ctx context.Context) error {
	if !t.today().After(trialEnds) {
		return nil
	}
	return t.post(ctx, "bureau", "/v1/notices/continue", map[string]any{"pack": t.City.Pack, "until": t.today().AddYears(1), "document": "泉数据〔2026〕1号"}, nil)
}
