package regime_test

import (
	"context"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/regime"
	"yunei/regimes"
)

const (
	guizhou  = "guizhou-draft"
	zhoushan = "zhoushan-2024-03-20"
	tried    = workday.Date("2025-09-26") // a day on which every shipped pack can be tried
	ownPacks = "yunei-"                   // the deployment's own packs, which regulate no city alone
	nation   = "national-"                // the nation's laws, which no deployment runs by alone
)

// loadCity loads one shipped pack with what it brings along, under every fact that the vocabulary knows.
func loadCity(t testing.TB, name string) *regime.Law {
	t.Helper()
	law := regime.New()
	law.RegisterFact(allFacts(t)...)
	if err := law.Load(regimes.FS, name); err != nil {
		t.Fatal(err)
	}
	return law
}

// allFacts registers every word of the vocabulary with a value of its type.
func allFacts(t testing.TB) []regime.Fact {
	t.Helper()
	zero := map[regime.Type]any{regime.Bool: true, regime.Int: 0, regime.String: "", regime.StringList: []string{}, regime.Day: tried}
	var out []regime.Fact
	for _, f := range words(t).Facts {
		out = append(out, regime.Fact{Name: f.Name, Type: f.Type, Load: func(context.Context, *sqldb.Tx, string) (any, error) { return zero[f.Type], nil }})
	}
	return out
}

func words(t testing.TB) regime.Vocabulary {
	t.Helper()
	text, err := fs.ReadFile(regimes.FS, "vocabulary.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var v regime.Vocabulary
	if err := yaml.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func cities(t testing.TB) []string {
	t.Helper()
	found, err := fs.Glob(regimes.FS, "*/pack.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, f := range found {
		if name := path.Dir(f); !strings.HasPrefix(name, ownPacks) && !strings.HasPrefix(name, nation) {
			out = append(out, name)
		}
	}
	return out
}

// leftToOthers are the shipped packs that regulate no authorised operation themselves, and why.
var leftToOthers = map[string]string{
	"weihai-draft-2022": "第二十七条 leaves it to measures of its own",
}

// TestCityPacks holds that a deployment can run under any one of the shipped regulations: each brings along what it rests
// on, has a procedure of every kind that the program runs, lets every step be decided by somebody who can have an account,
// and sets every value and text that the stages ask for.
func TestCityPacks(t *testing.T) {
	for _, name := range cities(t) {
		if leftToOthers[name] != "" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			law := loadCity(t, name)
			if missing := law.Missing(); len(missing) > 0 {
				t.Errorf("rules look at facts outside the vocabulary: %v", missing)
			}
			for _, kind := range []string{"party.admission", "grant.prescenario", "grant.scenario", "output.release"} {
				p, err := law.Procedure(kind, tried)
				if err != nil {
					t.Error(err)
					continue
				}
				decidable(t, law, p)
			}
			for _, value := range []string{"expert.panel.size", "expert.panel.quorum", "output.min.units", "party.change.within"} {
				if n, _, err := law.Int(value, tried); err != nil || n < 1 {
					t.Errorf("%s = %d, %v", value, n, err)
				}
			}
			agreement(t, law)
			judgeable(t, law)
		})
	}
}

// decidable checks that every step has a decider whom an account can be opened for, and that models are signed: the lab runs
// only what experts signed in the declaration (grant.scenario).
func decidable(t *testing.T, law *regime.Law, p regime.Procedure) {
	t.Helper()
	signed := false
	for _, s := range p.Steps {
		if !slices.Contains(access.Roles(), access.Role(s.By)) {
			t.Errorf("%s: step %s is decided by %s, for whom no account can be opened", p.Kind, s.ID, s.By)
		}
		if law.Role(s.By) == s.By {
			t.Errorf("%s: step %s: the regulation has no title for %s", p.Kind, s.ID, s.By)
		}
		signed = signed || s.By == string(access.Expert) && s.Panel != nil && s.Binding
	}
	for _, role := range p.Applicant {
		if !slices.Contains(access.Roles(), access.Role(role)) {
			t.Errorf("%s: %s may apply, for whom no account can be opened", p.Kind, role)
		}
	}
	if p.Kind == "grant.scenario" && !signed {
		t.Errorf("%s has no step at which experts sign the models: none could ever run", p.Kind)
	}
}

// agreement checks that the text to sign has a place for each of the terms, and no other.
func agreement(t *testing.T, law *regime.Law) {
	t.Helper()
	text, ok := law.Template("agreement")
	if !ok {
		t.Error("no text of the agreement")
	}
	got := regexp.MustCompile(`\{\w+\}`).FindAllString(text, -1)
	slices.Sort(got)
	if diff := cmp.Diff([]string{"{fields}", "{from}", "{models}", "{purpose}", "{scenario}", "{until}"}, slices.Compact(got)); diff != "" {
		t.Errorf("places of the agreement (-want +got):\n%s", diff)
	}
}

// judgeable checks that every act can be judged with the objects it carries: a rule that asks for more would stop the act.
func judgeable(t *testing.T, law *regime.Law) {
	t.Helper()
	for _, act := range words(t).Acts {
		objects := map[string]string{}
		for _, o := range act.Objects {
			objects[o] = o + "_1"
		}
		if _, err := law.Judge(t.Context(), nil, act.Name, tried, objects, nil); err != nil {
			t.Errorf("%s cannot be judged: %v", act.Name, err)
		}
	}
}

// drawn compares procedures with their drawing, which a lawyer can compare with the text.
func drawn(t *testing.T, law *regime.Law, want map[string]string) {
	t.Helper()
	for kind, steps := range want {
		p, err := law.Procedure(kind, tried)
		if err != nil {
			t.Errorf("%s: %v", kind, err)
			continue
		}
		if diff := cmp.Diff(strings.TrimPrefix(steps, "\n"), describe(p)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", kind, diff)
		}
	}
}

// TestGuizhou: the bureau authorizes operators, a department developers, each after five working days in public; the department
// decides on scenario and product, and the use of raw data needs the consent of the department whose data it is.
func TestGuizhou(t *testing.T) {
	law := loadCity(t, guizhou)
	drawn(t, law, map[string]string{
		"party.admission": `
register: platform-operator(公共数据平台运营机构) [单位主体信息真实、有效] pass/return/refuse
`,
		"grant.prescenario": `
review: authorizing-department(授权部门) [场景需求结合公共数据资源目录和开发数据目录提出 申请人是本部门授权的开发利用主体] pass/return/refuse
`,
		"grant.scenario": `
assessment: expert(评估专家) panel 2 of 3 [模型符合安全要求 结果不能通过可逆模型或算法还原出原始数据] pass/return/refuse
`,
		"supply.part": `
application: authorized-operator(授权运营主体) [申请的数据没有超出已审核的场景需求] pass/return/refuse
consent: data-provider(政府部门) after application [确需利用原始数据开发利用 只用于本场景] pass/return/refuse
`,
		"grant.operator": `
review: data-bureau(同级人民政府数据主管部门) [经营状况良好 具备公共数据授权运营生产服务能力 具备DCMM三级及以上、DSMM三级及以上等相关行业资质 获得同级人民政府数据主管部门数据要素型企业认定 没有第六条所列的处罚和名单记录 符合公共数据授权运营的其他规定要求] pass/return/refuse
publicity: data-bureau(同级人民政府数据主管部门) after review [] 
`,
		"grant.developer": `
review: authorizing-department(授权部门) [具备申请领域公共数据开发利用能力 具备成熟的数据管理能力 具备成熟的数据安全保障能力 没有第八条所列的刑事处罚和行政处罚 符合公共数据授权运营的其他规定要求] pass/return/refuse
publicity: authorizing-department(授权部门) after review [] 
`,
		"output.release": `
review: authorizing-department(授权部门) [不含原始公共数据 不能通过可逆模型或算法还原出原始数据包 与审核通过的场景需求一致] pass/return/refuse
filing: data-bureau(同级人民政府数据主管部门) after review [] pass
`,
	})
	for name, want := range map[string]int64{"publicity.operator": 5, "publicity.developer": 5, "agreement.operation.term.years": 3, "keep.logs": 6, "keep.archive": 5, "quality.answer.within": 10} {
		if got, cite, err := law.Int(name, tried); err != nil || got != want || !strings.HasPrefix(cite.Article, "第") {
			t.Errorf("%s = %d (%s), %v; want %d", name, got, cite.Article, err, want)
		}
	}
	for _, number := range []string{"第十三条【数据授权】", "第十三条【场景审核】"} {
		if text, ok := law.Article(guizhou, number); !ok || !strings.Contains(text, "备案") {
			t.Errorf("%s: got %q, want one of the two Articles 13", number, text)
		}
	}
}

// TestZhoushan: experts, the coordination mechanism, the government and the public in that order, the data applied for
// apart, part by part, and no product without experts and bureau.
func TestZhoushan(t *testing.T) {
	law := loadCity(t, zhoushan)
	drawn(t, law, map[string]string{
		"party.admission": `
register: data-bureau(公共数据主管部门) [单位主体信息真实、有效] pass/return/refuse
`,
		"grant.prescenario": `
acceptance: data-bureau(公共数据主管部门) [属于通告的重点领域并符合申报条件 在规定时间内提交 场景符合相关领域合法性、规范性和行政管理要求] pass/return/refuse
`,
		"supply.part": `
provider: data-provider(数据提供单位) [同意提供所申请的数据] pass/return/refuse
irs: data-bureau(公共数据主管部门) beside provider [全省一体化数字资源系统(IRS)技术审核同意] pass/return/refuse
province: upper-authority(省公共数据主管部门) beside provider [同意使用省回流数据] pass/return/refuse
`,
		"grant.scenario": `
experts: expert(公共数据授权运营专家组) panel 2 of 3 [专业资质 知识人才积累和生产服务能力 数据安全管理能力 应用场景的经济价值和社会价值 可实施性 算法审查] pass/return/refuse
mechanism: coordination-mechanism(公共数据授权运营管理协调机制) after experts [协调机制已审定给予授权运营] pass/return/refuse
government: government(本级政府) after mechanism [本级政府已确定] pass/return/refuse
publication: data-bureau(公共数据主管部门) after government [已向社会公开] pass
`,
		"output.release": `
experts: expert(公共数据授权运营专家组) panel 2 of 3 [敏感数据发现与脱敏 访问控制 原始数据不出域 个人信息保护 安全审查 算法审查 安全审计 数据来源合法、加工过程合规] pass/return/refuse
bureau: data-bureau(公共数据主管部门) after experts [数据产品和服务合规 数据产品和服务安全] pass/return/refuse
`,
	})
	for name, want := range map[string]int64{"keep.logs": 6, "report.annual": 12, "report.security": 3, "evaluation.cycle": 12} {
		if got, _, err := law.Int(name, tried); err != nil || got != want {
			t.Errorf("%s = %d, %v; want %d", name, got, err, want)
		}
	}
	text, _ := law.Template("agreement") // 三(五): 授权运营范围、授权运营期限、授权方式、违约责任
	for _, part := range []string{"授权运营范围", "授权运营期限", "授权方式", "违约责任"} {
		if !strings.Contains(text, part) {
			t.Errorf("the agreement does not state %s", part)
		}
	}
}
