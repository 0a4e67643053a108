package regime_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yunei/internal/base/errs"
	"yunei/internal/base/workday"
	"yunei/internal/core/regime"
)

// describe draws a procedure as one line per step: id by role, what it waits for, its limit, its points, its decisions.
func describe(p regime.Procedure) string {
	var b strings.Builder
	for _, s := range p.Steps {
		fmt.Fprintf(&b, "%s: %s(%s)", s.ID, s.By, s.ByTitle)
		if len(s.After) > 0 {
			fmt.Fprintf(&b, " after %s", strings.Join(s.After, "+"))
		}
		if s.Beside != "" {
			fmt.Fprintf(&b, " beside %s", s.Beside)
		}
		if s.Within != nil {
			fmt.Fprintf(&b, " within %d%s", s.Within.N, s.Within.Unit)
			if s.Within.Soft {
				b.WriteString(" 原则上")
			}
		}
		if s.Panel != nil {
			fmt.Fprintf(&b, " panel %d of %d", s.Panel.Quorum, s.Panel.Size)
		}
		if s.People > 1 {
			fmt.Fprintf(&b, " %d people", s.People)
		}
		if !s.Binding {
			b.WriteString(" not binding")
		}
		var checks []string
		for _, c := range s.Checks {
			checks = append(checks, c.Title)
		}
		fmt.Fprintf(&b, " [%s] %s\n", strings.Join(checks, " "), strings.Join(s.May, "/"))
	}
	return b.String()
}

// TestProcedures holds what the regulation asks of each procedure, drawn so that a lawyer can compare it with the text.
func TestProcedures(t *testing.T) {
	law := loadQuanzhou(t)
	want := map[string]string{
		"party.admission": `
verify: platform-operator(平台运营单位) [治理结构规范 财务管理制度健全 近三年内无违法失信行为和其他不良行为] pass/return/refuse
`,
		"party.change": `
verify: platform-operator(平台运营单位) [变更内容与登记信息一致] pass/return/refuse
`,
		"grant.prescenario": `
review: platform-operator(平台运营单位) within 2wd 原则上 [场景可行性 数据必要性 使用安全性] pass/return/refuse
`,
		"grant.scenario": `
first-review: platform-operator(平台运营单位) within 2wd 原则上 [开发方案和材料齐全 数据模型代码审核通过 开发方案可行] pass/return/refuse
experts: expert(评审专家) after first-review within 5wd 原则上 panel 2 of 3 [应用场景的合法性 应用场景使用公共数据的合规性 公共数据使用的合理性 模型算法的合理性 数据可用不可见 原始数据不出域 结果数据不可逆 数据最少够用] pass/return/refuse
provider-opinion: data-provider(数据提供单位) after first-review beside experts not binding [] agree/disagree
final: data-bureau(市数据管理部门) after experts+provider-opinion within 2wd 原则上 [申报全流程符合要求 已阅评审专家和数据提供单位意见] pass/return/refuse
`,
		"output.release": `
check: platform-operator(平台运营单位) [结果与批准的场景和模型一致 显示门槛、加噪和披露账扣减无误] pass/return/refuse
review: data-bureau(市数据管理部门) after check 2 people [结果数据不可逆算] pass/return/refuse
`,
	}
	for kind, steps := range want {
		p, err := law.Procedure(kind, "2025-09-26")
		if err != nil {
			t.Errorf("%s: %v", kind, err)
			continue
		}
		if diff := cmp.Diff(strings.TrimPrefix(steps, "\n"), describe(p)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", kind, diff)
		}
		for _, s := range p.Steps {
			if text, ok := law.Article(s.Cite.Pack, s.Cite.Article); !ok || !strings.Contains(text, s.Cite.Quote) {
				t.Errorf("%s/%s cites %s %q, which is not there", kind, s.ID, s.Cite.Article, s.Cite.Quote)
			}
		}
	}
	if _, err := law.Procedure("grant.scenario", "2024-05-16"); !errs.Is(err, errs.NotFound) {
		t.Errorf("the day before the regulation: got %v, want not found", err)
	}
}

func TestStepDeadline(t *testing.T) {
	law := loadQuanzhou(t)
	p, err := law.Procedure("grant.scenario", "2025-09-29")
	if err != nil {
		t.Fatal(err)
	}
	step, _ := p.Step("final")
	got, ok := law.StepDeadline(step, "2025-09-29")
	const want = "自 2025-09-29 起 2 个工作日, 遇国庆中秋顺延至 2025-10-09, 依据 《泉州市公共数据资源开发服务管理细则(试行)》三(七)"
	if !ok || got.Due != "2025-10-09" || got.Explain != want {
		t.Errorf("got %v %s %q, want 2025-10-09 %q", ok, got.Due, got.Explain, want)
	}
	experts, _ := p.Step("experts")
	if d, ok := law.StepDeadline(experts, "2025-09-29"); !ok || d.Due != "2025-10-13" { // the bureau's setting under 三(七)
		t.Errorf("experts: got %v %s, want 2025-10-13", ok, d.Due)
	}
}

func TestSkips(t *testing.T) {
	law := loadQuanzhou(t)
	given := map[string]any{"plan.model_listed": true, "plan.refiled": false, "plan.model_unchanged": false, "plan.inputs_unchanged": true, "plan.outputs_unchanged": true}
	skips, err := law.Skips(t.Context(), nil, "grant.scenario", "2025-09-26", nil, given)
	if err != nil {
		t.Fatal(err)
	}
	if len(skips) != 2 || skips[0].Step != "experts" || skips[0].Cite.Article != "三(四)" || skips[0].Facts["plan.model_listed"] != true {
		t.Errorf("got %+v, want the experts skipped under 三(四)", skips)
	}
	// What cannot be known is an error: a step is never skipped by default.
	delete(given, "plan.outputs_unchanged")
	if skips, err = law.Skips(t.Context(), nil, "grant.scenario", "2025-09-26", map[string]string{"plan": "p"}, given); err == nil {
		t.Errorf("with an unknown fact got %+v, want an error", skips)
	}
}

func TestFees(t *testing.T) {
	law := loadQuanzhou(t)
	for _, name := range []string{"fee.data", "fee.governance", "fee.infrastructure"} {
		v, err := law.Value(name, "2025-09-26")
		if err != nil || v.Int != 0 || !strings.Contains(v.Cite.Quote, "暂不收费") {
			t.Errorf("%s = %+v, %v; want 0 and 暂不收费", name, v, err)
		}
	}
}

func TestValue(t *testing.T) {
	law := loadQuanzhou(t)
	hours, cite, err := law.Int("admission.qr.valid", "2025-09-26")
	if err != nil || hours != 72 || cite.Article != "二(二)1" {
		t.Errorf("got %d %+v %v, want 72 under 二(二)1", hours, cite, err)
	}
	if _, err := law.Value("admission.qr.valid", "2024-05-16"); !errs.Is(err, errs.NotFound) {
		t.Errorf("before the regulation: got %v, want not found", err)
	}
}

// TestValue_Strictest holds how packs combine: a lower level may shorten a period, never lengthen it.
func TestValue_Strictest(t *testing.T) {
	for _, test := range []struct {
		base string
		want int64
	}{{"48", 48}, {"96", 72}} {
		fsys := changed(t, map[string]string{"yunei-base/rules/extra.yaml": `values:
  - {name: admission.qr.valid, kind: validity, title: 二维码有效期, int: ` + test.base + `, unit: hour, strict: min, cite: {article: 第一条, quote: 本规则由部署单位自行制定}}
`})
		law := regime.New()
		if err := law.Load(fsys, quanzhou); err != nil {
			t.Fatal(err)
		}
		if got, _, err := law.Int("admission.qr.valid", "2025-09-26"); err != nil || got != test.want {
			t.Errorf("city 72, own %s: got %d, %v; want %d", test.base, got, err, test.want)
		}
	}
}

// TestTemplates holds that the forms carry what the articles ask them to say.
func TestTemplates(t *testing.T) {
	law := loadQuanzhou(t)
	want := map[string][]string{
		"pledge":    {"近三年内", "3 个工作日", "逆算原始数据"},
		"agreement": {"{scenario}", "{purpose}", "{from}", "{until}", "{models}", "{fields}", "自行承担由此产生的损失和责任", "备案"},
		"consent":   {"数据来源", "使用目的", "使用方式", "范围", "授权期限", "第三方合作单位", "撤销"},
	}
	for doc, phrases := range want {
		text, ok := law.Template(doc)
		if !ok {
			t.Errorf("no template of %s", doc)
		}
		for _, p := range phrases {
			if !strings.Contains(text, p) {
				t.Errorf("template of %s does not say %q", doc, p)
			}
		}
	}
}

func TestDeadline(t *testing.T) {
	law := loadQuanzhou(t)
	got := law.Deadline(errs.Cite{Law: "《某办法》", Article: "第五条"}, "2025-09-26", 5, false)
	if got.Due != workday.Date("2025-10-01") || !strings.HasSuffix(got.Explain, "依据 《某办法》第五条") {
		t.Errorf("got %s %q", got.Due, got.Explain)
	}
}
