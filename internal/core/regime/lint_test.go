package regime_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"yunei/internal/core/regime"
	"yunei/regimes"
)

// TestLint_Repository holds that every pack in the repository is complete: it loads, its quotes occur in the articles, every
// rule has a case that passes, one that refuses and one on each boundary day, and every obligation is spoken for.
func TestLint_Repository(t *testing.T) {
	for _, p := range regime.Lint(regimes.FS) {
		t.Error(p)
	}
}

// small is a pack without a fault; the tests below break it in one place each.
var small = map[string]string{
	"vocabulary.yaml": `roles:
  - {name: data-bureau, title: 主管部门}
  - {name: data-user, title: 使用单位}
  - {name: expert, title: 专家}
acts:
  - {name: party.apply, title: 申请, objects: [org]}
  - {name: matter.decide, title: 办理, objects: [matter]}
facts:
  - {name: org.admitted, type: bool, title: 已入驻}
  - {name: org.age, type: int, title: 年限}
  - {name: matter.documents, type: list, title: 材料}
`,
	"calendars/2025.yaml": "year: 2025\nnotice: {title: 国务院办公厅关于2025年部分节假日安排的通知, date: 2024-11-12}\n",
	"p/pack.yaml": `id: p
title: 某办法
issuer: 某局
level: city
status: in-force
issued: 2025-01-01
from: 2025-01-01
roles:
  - {role: data-bureau, title: 主管部门}
  - {role: data-user, title: 使用单位}
documents:
  - {id: plan, title: 方案}
`,
	"p/articles/1.md": "# 第一条 申请\n\n使用单位应当申请入驻。\n\n1.满三年的可以申请。\n\n2.不满三年的不予受理。\n",
	"p/procedures/apply.yaml": `kind: party.apply
title: 入驻
cite: {article: 第一条, quote: 申请入驻}
applicant: [data-user]
needs: [plan]
steps:
  - {id: review, title: 审核, by: data-bureau, within: {for: 2wd, cite: {article: 第一条, quote: 申请}}, may: [pass, refuse], cite: {article: 第一条, quote: 申请}}
  - {id: final, title: 审批, by: data-bureau, after: [review], may: [pass], cite: {article: 第一条, quote: 申请}}
`,
	"p/rules/age.yaml": `values:
  - {name: years, kind: limit, title: 年限, int: 3, unit: year, cite: {article: 第一条1, quote: 满三年}}
rules:
  - id: age
    title: 满三年
    kind: check
    cite: {article: 第一条2, quote: 不满三年的不予受理}
    acts: [party.apply]
    check: org.age >= param.years
    message: 不满三年, 请满三年后再申请。
`,
	"p/cases/age.yaml": `cases:
  - {name: 满三年, day: 2025-02-01, act: party.apply, given: {org.age: 3}, expect: {age: pass}}
  - {name: 不满三年, day: 2025-02-01, act: party.apply, given: {org.age: 2}, expect: {age: error}}
`,
	"p/coverage.yaml": `obligations:
  - {id: P-1, cite: {article: 第一条, quote: 应当申请入驻}, actor: data-user, status: upheld, rules: [age], cases: [满三年, 不满三年]}
`,
}

// broken is small with one replacement.
func broken(t testing.TB, file, old, new string) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	for name, text := range small {
		if name == file {
			if !strings.Contains(text, old) {
				t.Fatalf("%s does not contain %q", file, old)
			}
			text = strings.Replace(text, old, new, 1)
		}
		out[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return out
}

func TestLint_OK(t *testing.T) {
	for _, p := range regime.Lint(broken(t, "", "", "")) {
		t.Error(p)
	}
}

func TestLint_Problems(t *testing.T) {
	const rules, proc, pack = "p/rules/age.yaml", "p/procedures/apply.yaml", "p/pack.yaml"
	tests := map[string]struct{ file, old, new, want string }{
		"UnknownField": {rules, "message:", "mesage:", `p/rules/age.yaml:10: unknown field "mesage"; did you mean "message"?`},
		"UnknownFieldDeep": {proc, "within: {for:", "within: {four:",
			`p/procedures/apply.yaml:7: unknown field "four"; did you mean "for"?`},
		"CommaInQuote": {rules, "quote: 满三年}", "quote: 满三年,可以}", `a quote with a comma in it is written in double quotes`},
		"MissingQuote": {rules, "quote: 不满三年的不予受理", "quote: 不满五年的不予受理",
			`p/rules/age.yaml:7: the words "不满五年的不予受理" do not occur in article 第一条2`},
		"QuoteElsewhere": {rules, "{article: 第一条2, quote: 不满三年", "{article: 第一条1, quote: 不满三年", "these words are in 第一条"},
		"NoArticle":      {rules, "article: 第一条2", "article: 第九条", "there is no article 第九条; articles are 第一条"},
		"OverlappingDates": {rules, "rules:\n", "rules:\n  - {id: age, title: 旧, kind: check, cite: {article: 第一条, quote: 申请}, until: 2025-06-30, acts: [party.apply], check: org.age > 1, message: 请重新申请。}\n",
			`two versions of rule age are in force on the same day; the other is at p/rules/age.yaml:4`},
		"EndsBeforeItBegins": {rules, "    acts:", "    from: 2025-06-01\n    until: 2025-05-01\n    acts:", "ends (2025-05-01) before it begins"},
		"Cycle": {proc, "by: data-bureau, within", "by: data-bureau, after: [final], within",
			"steps wait for each other: review → final → review"},
		"NobodyMayDecide":     {proc, "{id: review, title: 审核, by: data-bureau", "{id: review, title: 审核, by: data-user", "step review may be decided by nobody: its only decider data-user is the applicant"},
		"NoDecider":           {proc, "{id: review, title: 审核, by: data-bureau,", "{id: review, title: 审核,", "step review may be decided by nobody"},
		"UnknownRole":         {proc, "by: data-bureau, within", "by: data-bureu, within", `unknown role "data-bureu"; did you mean data-bureau?`},
		"NeverPassed":         {proc, "may: [pass, refuse]", "may: [refuse]", "step review can never be passed"},
		"QuorumOutOfReach":    {proc, "by: data-bureau, within", "by: data-bureau, panel: {size: years, quorum: years4}, within", "panel size and quorum must name values"},
		"UnknownStep":         {proc, "after: [review]", "after: [reviews]", `comes after "reviews", which is no step here`},
		"BadPeriod":           {proc, "for: 2wd", "for: 2 days", `period "2 days" is not written like 2wd, 5d or 72h`},
		"UnknownDocument":     {proc, "needs: [plan]", "needs: [plans]", `unknown document "plans"; did you mean plan?`},
		"UnknownFact":         {rules, "org.age >= param.years", "org.agee >= param.years", "p/rules/age.yaml:9: unknown name org.agee; did you mean org.age?"},
		"WrongType":           {rules, "org.age >= param.years", "org.age + param.years", "it must be true or false"},
		"UnknownAct":          {rules, "acts: [party.apply]", "acts: [party.aply]", `unknown act "party.aply"; did you mean party.apply?`},
		"ActWithoutTheObject": {rules, "acts: [party.apply]", "acts: [party.apply, matter.decide]", "the act matter.decide carries no org; add about: [org]"},
		"UnknownPlaceholder":  {rules, "不满三年, 请", "不满 {org.agge} 年, 请", "unknown placeholder {org.agge}"},
		"NotADay":             {pack, "from: 2025-01-01", "from: 2025-02-30", "2025-02-30"},
		"UnknownLevel":        {pack, "level: city", "level: town", `unknown level "town"`},
		"FolderName":          {pack, "id: p\n", "id: q\n", `id "q" is not the folder's name "p"`},
		"RoleTwice":           {pack, "role: data-user", "role: data-bureau", "role data-bureau is listed twice"},
		"TwoDocuments":        {pack, "documents:\n", "---\ndocuments:\n", "exactly one YAML document"},
		"NotYAML":             {rules, "  - id: age", "  - id: [age", "p/rules/age.yaml"},
		"DuplicateKey":        {rules, "    title: 满三年\n", "    title: 满三年\n    title: 又\n", "title"},
		"NoRefusingCase":      {"p/cases/age.yaml", "expect: {age: error}", "expect: {age: pass}", "rule age has no case with the outcome error"},
		"CaseFails":           {"p/cases/age.yaml", "given: {org.age: 2}", "given: {org.age: 4}", `p/cases/age.yaml:3: case "不满三年" fails: age: got pass, want error`},
		"CaseWithoutFact":     {"p/cases/age.yaml", "given: {org.age: 2}", "given: {org.ago: 2}", "which is no fact"},
		"NoBoundaryCase":      {rules, "    acts:", "    from: 2025-01-15\n    acts:", "rule age has no case on its boundary day 2025-01-15"},
		"ArticleUnspoken":     {"p/coverage.yaml", "article: 第一条, quote: 应当申请入驻", "article: 第二条, quote: 应当申请入驻", "article 第一条 is not spoken for"},
		"UpheldByNothing":     {"p/coverage.yaml", "rules: [age], cases: [满三年, 不满三年]", "note: 没有", "P-1 says it is upheld but not by what"},
		"UnknownExcuse":       {"p/coverage.yaml", "status: upheld", "status: excused, reason: tired", "which is not a reason; one of human-judgement"},
		"CoverageOfNothing":   {"p/coverage.yaml", "rules: [age]", "rules: [ages]", `names "ages" among its rules, which does not exist`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			problems := regime.Lint(broken(t, test.file, test.old, test.new))
			var all []string
			for _, p := range problems {
				if strings.Contains(p.String(), test.want) {
					return
				}
				all = append(all, p.String())
			}
			t.Errorf("got\n  %s\nwant one with %q", strings.Join(all, "\n  "), test.want)
		})
	}
}

// TestLint_AllAtOnce holds that one run tells every problem.
func TestLint_AllAtOnce(t *testing.T) {
	fsys := broken(t, "p/rules/age.yaml", "message:", "mesage:")
	fsys["p/procedures/apply.yaml"] = &fstest.MapFile{Data: []byte(strings.Replace(small["p/procedures/apply.yaml"], "by: data-bureau, after", "after", 1))}
	var files []string
	for _, p := range regime.Lint(fsys) {
		files = append(files, p.File)
		if p.Line == 0 {
			t.Errorf("%s has no line", p)
		}
	}
	if got := strings.Join(files, " "); !strings.Contains(got, "p/rules/age.yaml") || !strings.Contains(got, "p/procedures/apply.yaml") {
		t.Errorf("problems in %s, want both files", got)
	}
}

func TestRunCases(t *testing.T) {
	results, err := regime.RunCases(regimes.FS)
	if err != nil {
		t.Fatal(err)
	}
	if len(results) < 80 {
		t.Errorf("%d cases, want at least 80", len(results))
	}
	for _, r := range results {
		if !r.OK {
			t.Errorf("%s:%d %s: %s", r.File, r.Line, r.Name, r.Wrong)
		}
	}
}

// TestCoverage holds the figures that "regime coverage --json" prints.
func TestCoverage(t *testing.T) {
	report, err := regime.ReadCoverage(regimes.FS)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := json.Marshal(report); err != nil {
		t.Fatal(err)
	}
	for _, c := range report.Packs {
		if c.Upheld+c.Planned+c.Excused != c.Total || len(c.Failing) > 0 {
			t.Errorf("%s: %d upheld + %d planned + %d excused of %d, failing %v", c.Pack, c.Upheld, c.Planned, c.Excused, c.Total, c.Failing)
		}
		if c.Pack == quanzhou && c.Total != 106 {
			t.Errorf("%s lists %d obligations, want the 106 read from its text", c.Pack, c.Total)
		}
		for _, o := range c.Obligations {
			if o.Status == regime.Upheld && len(o.JudgedAt)+len(o.Values)+len(o.Procedures) == 0 || o.Status == regime.Upheld && len(o.Passing)+len(o.Tests) == 0 {
				t.Errorf("%s counts as upheld without an act, a value or a procedure and without a passing case or test: %+v", o.ID, o)
			}
		}
	}
}

// TestEvidence holds that every test which an obligation of the shipped packs names exists.
func TestEvidence(t *testing.T) {
	tests, err := regime.ReadEvidence(os.DirFS(filepath.Join("..", "..", "..")))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range regime.LintTests(regimes.FS, tests) {
		t.Error(p)
	}
}

// TestLintTests holds which names a test may have in coverage.yaml.
func TestLintTests(t *testing.T) {
	tests, err := regime.ReadEvidence(fstest.MapFS{
		"internal/core/party/service_test.go": {Data: []byte("package party\n\nfunc TestService_QR(t *testing.T) {}\n")},
		"test/http/notice.txt":                {Data: []byte("# Notices.\n\n# A notice is read by everyone.\nPUBLIC GET /v1/notices\ncode 200\n")},
		"test/script/serve.txt":               {Data: []byte("exec yunei serve\n")},
		"web/node_modules/x/x_test.go":        {Data: []byte("func TestOther(t *testing.T) {}\n")},
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"core/party.TestService_QR":                "",
		"core/party.TestService_QR/Expired":        "",
		"http/notice":                              "",
		"http/notice.txt#Notices":                  "",
		"http/notice#A notice is read by everyone": "",
		"script/serve":                             "",
		"core/party.TestService_QRs":               `did you mean core/party.TestService_QR?`,
		"http/notice#A notice is read by anyone":   `did you mean http/notice#A notice is read by everyone?`,
		"web/node_modules/x.TestOther":             `names the test "web/node_modules/x.TestOther", which does not exist`,
	} {
		fsys := broken(t, "p/coverage.yaml", "rules: [age], cases: [满三年, 不满三年]", "rules: [age], tests: [\""+name+"\"]")
		problems := regime.LintTests(fsys, tests)
		if want == "" && len(problems) > 0 || want != "" && (len(problems) != 1 || !strings.Contains(problems[0].String(), want) || problems[0].Line != 2) {
			t.Errorf("%s: got %v, want %q", name, problems, want)
		}
	}
}

// TestPackFormat holds that docs/pack-format.md describes every field of the format.
func TestPackFormat(t *testing.T) {
	doc, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "pack-format.md"))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[reflect.Type]bool{}
	var walk func(reflect.Type)
	walk = func(at reflect.Type) {
		for at.Kind() == reflect.Pointer || at.Kind() == reflect.Slice {
			at = at.Elem()
		}
		if at.Kind() != reflect.Struct || seen[at] {
			return
		}
		seen[at] = true
		for i := range at.NumField() {
			name := at.Field(i).Tag.Get("yaml")
			if name != "" && !regexp.MustCompile(`\b`+name+`\b`).Match(doc) {
				t.Errorf("docs/pack-format.md does not describe %s of %s", name, at.Name())
			}
			walk(at.Field(i).Type)
		}
	}
	for _, file := range []any{regime.PackSpec{}, regime.RulesFile{}, regime.ProcedureSpec{}, regime.CasesFile{}, regime.CoverageFile{}, regime.Vocabulary{}} {
		walk(reflect.TypeOf(file))
	}
}

func TestExplain(t *testing.T) {
	got, err := regime.Explain(regimes.FS, "clean-record")
	if err != nil {
		t.Fatal(err)
	}
	e := got[0]
	if len(got) != 1 || e.Cites[0].Article != "二(一)" || !strings.Contains(e.Cites[0].Text, e.Cites[0].Quote) {
		t.Errorf("got %+v", got)
	}
	if len(e.Cases) < 5 || len(e.Values) != 1 || e.Values[0].Int != 3 || e.Acts[0].Title != "申请入驻" {
		t.Errorf("cases %v values %v acts %v", e.Cases, e.Values, e.Acts)
	}
	if _, err := regime.Explain(regimes.FS, "clean-recrod"); err == nil || !strings.Contains(err.Error(), "clean-record") {
		t.Errorf("a misspelled rule: got %v, want the near one named", err)
	}
}

// FuzzLint feeds broken rule files: lint must answer with problems, never panic, and never let pass what does not load.
func FuzzLint(f *testing.F) {
	f.Add([]byte(small["p/rules/age.yaml"]))
	f.Add([]byte("rules: [{id: x, check: 'true ? 1 : 2'}]"))
	f.Add([]byte("values: &a [*a]"))
	f.Add([]byte("rules:\n - {<<: {id: a}}"))
	f.Add([]byte("\xff\xfe"))
	f.Add([]byte("rules: [{id: age, when: 'org.age'}]\n---\n{}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if bytes.Count(text, []byte("*")) > 50 {
			t.Skip("alias bombs are bounded by the size of a file a lawyer writes")
		}
		fsys := broken(t, "", "", "")
		fsys["p/rules/age.yaml"] = &fstest.MapFile{Data: text}
		problems := regime.Lint(fsys)
		if err := regime.New().Load(fsys, "p"); err != nil && len(problems) == 0 {
			t.Errorf("lint finds nothing, but loading says %v", err)
		}
	})
}
