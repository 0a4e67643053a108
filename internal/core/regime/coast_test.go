package regime_test

import (
	"strings"
	"testing"

	"yunei/internal/base/workday"
	"yunei/internal/core/regime"
	"yunei/regimes"
)

const (
	hainan = "hainan-2021-09-15"
	weihai = "weihai-draft-2022"
)

// TestHainan: the bureau files the plan while the provider decides on its data within five working days, bureau and provider
// together review scenario and product, and two people of the bureau let a product leave.
func TestHainan(t *testing.T) {
	law := loadCity(t, hainan)
	drawn(t, law, map[string]string{
		"party.admission": `
review: data-bureau(省大数据管理机构) [属于依法成立的企业、社会组织、法定机构、公益二类或者从事生产经营活动的事业单位, 不是财政拨款保障的群团组织 技术服务能力较强 研究分析能力较强] pass/return/refuse
buyer: data-bureau(省大数据管理机构) [属于政务部门、社会组织、法定机构或者企事业单位, 与登记证书一致] pass/return/refuse
`,
		"party.exit": `
close: data-bureau(省大数据管理机构) [尚未履行完毕的合同、销毁和保密义务已经告知] pass/return
`,
		"grant.prescenario": `
filing: data-bureau(省大数据管理机构) [写明资源需求 写明产品功能 写明应用效益 写明产品预算 财政资金购买且价格达到当年政府采购限额标准的, 附第三方论证评估文件 有明确需求购买方的, 已征询购买方的意见] pass/return
provider: data-provider(数据资源提供方) beside filing within 5wd [符合公共数据开放清单明确的开放条件和使用要求 应用场景和用途明确 已经定价, 或者属于按规定免费开放的数据 已明确数据销毁的条件、流程和技术要求 销毁以不可逆方式进行] pass/return/refuse
`,
		"grant.scenario": `
assessment: expert(评估专家) panel 2 of 3 [遵守“数据不离席、边界不可越” 结果无法识别特定数据提供者且不能复原] pass/return/refuse
provider: data-provider(数据资源提供方) beside assessment [没有超出授权的期限、目的、方式和范围] pass/return/refuse
bureau: data-bureau(省大数据管理机构) after assessment+provider [开发场景合规] pass/return/refuse
`,
		"output.release": `
provider: data-provider(数据资源提供方) [没有超出授权的期限、目的、方式和范围 不是以改变数据形式等方式转接原始数据或者相关服务] pass/return/refuse
bureau: data-bureau(省大数据管理机构) after provider 2 people [内容合法 无法识别特定数据提供者且不能复原 产品权利已经确认, 数据资源权归平台管理方] pass/return/refuse
`,
	})
	// 第九条: an application received on the Thursday before the National Day holiday of 2025; the 28th is worked, and 1 to 8 October is not.
	p, err := law.Procedure("grant.prescenario", "2025-09-25")
	if err != nil {
		t.Fatal(err)
	}
	step, _ := p.Step("provider")
	due, ok := law.StepDeadline(step, "2025-09-25")
	if !ok || due.Due != "2025-10-09" || !strings.Contains(due.Explain, "第九条") {
		t.Errorf("five working days from 2025-09-25 end %s (%s), want 2025-10-09 by 第九条", due.Due, due.Explain)
	}
	for name, want := range map[string]int64{"opening.answer.within": 5, "fee.open-data": 0} {
		if got, _, err := law.Int(name, tried); err != nil || got != want {
			t.Errorf("%s = %d, %v; want %d", name, got, err, want)
		}
	}
	for _, name := range []string{"fee.seat", "fee.environment", "fee.cloud", "fee.value-added"} {
		if v, err := law.Value(name, tried); err != nil || v.Text != "有偿使用" {
			t.Errorf("%s = %q, %v; want 有偿使用", name, v.Text, err)
		}
	}
	text, _ := law.Template("pledge") // 第二十五条
	if !strings.Contains(text, "保密") || !strings.Contains(text, "服务人员") {
		t.Error("the confidentiality agreement does not bind vendor and staff")
	}
}

// TestNational: the nation's laws can be judged at every act of every city, set no procedure of their own, and what is still to
// be held against an official text says so.
func TestNational(t *testing.T) {
	for _, city := range cities(t) {
		law := regime.New()
		law.RegisterFact(allFacts(t)...)
		if err := law.Load(regimes.FS, city, "national-2025", "national-disclosure-2019"); err != nil {
			t.Errorf("%s: %v", city, err)
			continue
		}
		if missing := law.Missing(); len(missing) > 0 {
			t.Errorf("%s: rules look at facts outside the vocabulary: %v", city, missing)
		}
		judgeable(t, law)
		for _, kind := range law.Kinds(tried) {
			if p, err := law.Procedure(kind, tried); err != nil || strings.HasPrefix(p.Pack, nation) {
				t.Errorf("%s: %s is decided by %s, %v", city, kind, p.Pack, err)
			}
		}
		for name, want := range map[string]int64{"keep.provision": 3, "incident.report.within": 24, "request.answer.within": 20, "publicity.registration": 10} {
			if got, _, err := law.Int(name, tried); err != nil || got != want {
				t.Errorf("%s: %s = %d, %v; want %d", city, name, got, err, want)
			}
		}
		// Sharing rules came into force on 2025-08-01, disclosure was asked for on 2026-02-10.
		for day, want := range map[workday.Date]bool{"2025-07-31": false, "2025-08-01": true} {
			if _, err := law.Value("share.answer.unconditional", day); (err == nil) != want {
				t.Errorf("%s: share.answer.unconditional on %s: %v", city, day, err)
			}
		}
	}
	report, err := regime.ReadCoverage(regimes.FS)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range report.Packs {
		for _, o := range c.Obligations {
			if c.Pack == "national-2025" && strings.Contains(o.Cite.Article, "待核对") && o.Status == regime.Upheld {
				t.Errorf("%s counts as upheld on words that nobody has held against the official text", o.ID)
			}
		}
	}
}

// TestWeihai: the base layer can be judged, and nobody can start an authorised operation that the draft leaves to other measures
// (第二十七条). Loaded beside a pack that has such measures, it brings nothing down.
func TestWeihai(t *testing.T) {
	law := loadCity(t, weihai)
	if missing := law.Missing(); len(missing) > 0 {
		t.Errorf("rules look at facts outside the vocabulary: %v", missing)
	}
	judgeable(t, law)
	kinds := []string{"party.admission", "grant.operator", "grant.developer", "grant.prescenario", "grant.scenario", "output.release"}
	for _, kind := range kinds {
		if p, err := law.Procedure(kind, tried); err == nil {
			t.Errorf("%s has the procedure %s of %s, want none", kind, p.Title, p.Pack)
		}
	}
	for name, want := range map[string]int64{"catalog.change.review.within": 2, "share.bureau.within": 1, "share.provider.within": 2} {
		if got, _, err := law.Int(name, tried); err != nil || got != want {
			t.Errorf("%s = %d, %v; want %d", name, got, err, want)
		}
	}
	// 第十条 gives fifteen working days; from 2025-08-01 the nation's ten are the shorter, once they are confirmed.
	for day, want := range map[workday.Date]int64{"2025-07-31": 15, "2025-08-01": 10} {
		if got, _, err := law.Int("catalog.change.submit.within", day); err != nil || got != want {
			t.Errorf("catalog.change.submit.within on %s = %d, %v; want %d", day, got, err, want)
		}
	}
	both := regime.New()
	both.RegisterFact(allFacts(t)...)
	if err := both.Load(regimes.FS, weihai, "yunei-release", quanzhou); err != nil {
		t.Fatal(err)
	}
	if p, err := both.Procedure("grant.scenario", tried); err != nil || p.Pack != quanzhou {
		t.Errorf("with measures loaded: %q, %v; want theirs", p.Pack, err)
	}
}
