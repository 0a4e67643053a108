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
  - {name: party.admit, title: 核验, objects: [org]}
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
  - {name: 施行首日, day: 2025-01-01, act: party.apply, given: {org.age: 3}, expect: {age: pass}}
  - {name: 施行前一日, day: 2024-12-31, act: party.apply, given: {org.age: 2}, expect: {age: not-in-force}}
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
		"UnknownField": {rules, "message:", "mesage:", `p/rules/age.yaml:10: 不认识字段 "mesage"; 是否指 message`},
		"UnknownFieldDeep": {proc, "within: {for:", "within: {four:",
			`p/procedures/apply.yaml:7: 不认识字段 "four"; 是否指 for`},
		"CommaInQuote": {rules, "quote: 满三年}", "quote: 满三年,可以}", `p/rules/age.yaml:2: 不认识字段 "可以"; 引文里有逗号的, 请用双引号括起来`},
		"MissingQuote": {rules, "quote: 不满三年的不予受理", "quote: 不满五年的不予受理",
			`p/rules/age.yaml:7: 第一条2中没有 "不满五年的不予受理" 这句话; 请照抄原文, 标点也照抄`},
		"QuoteElsewhere": {rules, "{article: 第一条2, quote: 不满三年", "{article: 第一条1, quote: 不满三年", `p/rules/age.yaml:7: 第一条1中没有 "不满三年的不予受理" 这句话; 这句话在第一条中, 请改正 article`},
		"NoArticle":      {rules, "article: 第一条2", "article: 第九条", `p/rules/age.yaml:7: 原文中没有第九条; 现有条文: 第一条`},
		"OverlappingDates": {rules, "rules:\n", "rules:\n  - {id: age, title: 旧, kind: check, cite: {article: 第一条, quote: 申请}, until: 2025-06-30, acts: [party.apply], check: org.age > 1, message: 请重新申请。}\n",
			`p/rules/age.yaml:5: 规则 age 有两个版本在同一天施行; 另一个在 p/rules/age.yaml:4, 请让前一个在后一个起始之前终止`},
		"EndsBeforeItBegins": {rules, "    acts:", "    from: 2025-06-01\n    until: 2025-05-01\n    acts:", `p/rules/age.yaml:9: 规则 age 的终止日 2025-05-01 早于起始日 2025-06-01; 请核对 from 和 until`},
		"Cycle": {proc, "by: data-bureau, within", "by: data-bureau, after: [final], within",
			`p/procedures/apply.yaml:7: 环节互相等待: review → final → review; 请让其中一个先开始`},
		"NobodyMayDecide":     {proc, "{id: review, title: 审核, by: data-bureau", "{id: review, title: 审核, by: data-user", `p/procedures/apply.yaml:7: 环节 review 没有人能办: 只有申请人 data-user 自己可以办; 不能自己批自己的申请, 请换一个角色`},
		"NoDecider":           {proc, "{id: review, title: 审核, by: data-bureau,", "{id: review, title: 审核,", `p/procedures/apply.yaml:7: 环节 review 没有人能办; 请用 by 写明由哪个角色办理`},
		"UnknownRole":         {proc, "by: data-bureau, within", "by: data-bureu, within", `p/procedures/apply.yaml:7: 不认识角色 "data-bureu"; 是否指 data-bureau`},
		"NeverPassed":         {proc, "may: [pass, refuse]", "may: [refuse]", `p/procedures/apply.yaml:7: 环节 review 永远通不过; 请在 may 中加上 pass (只提意见的加 agree)`},
		"QuorumOutOfReach":    {proc, "by: data-bureau, within", "by: data-bureau, panel: {size: years, quorum: years4}, within", `p/procedures/apply.yaml:7: 环节 review 的 panel 须用取值的名称写明 size 和 quorum; 请在 rules/ 中用 kind: panel 的取值规定这两个数`},
		"UnknownStep":         {proc, "after: [review]", "after: [reviews]", `p/procedures/apply.yaml:8: 环节 final 的 after 中 "reviews" 不是本程序的环节; 是否指 review`},
		"BadPeriod":           {proc, "for: 2wd", "for: 2 days", `p/procedures/apply.yaml:7: 期限 "2 days" 不是 2wd (工作日)、5d (日)、72h (小时) 这样的写法, 也不是取值的名称; 请改成其中一种`},
		"UnknownDocument":     {proc, "needs: [plan]", "needs: [plans]", `p/procedures/apply.yaml:5: 不认识材料 "plans"; 是否指 plan`},
		"UnknownFact":         {rules, "org.age >= param.years", "org.agee >= param.years", `p/rules/age.yaml:9: 条件第 1 列: 不认识 org.agee, 是否指 org.age`},
		"WrongType":           {rules, "org.age >= param.years", "org.age + param.years", `p/rules/age.yaml:9: 条件的结果是 int 类型, 应当是真或假; 请写成比较, 如 org.age >= 3`},
		"UnknownAct":          {rules, "acts: [party.apply]", "acts: [party.aply]", `p/rules/age.yaml:8: 不认识操作 "party.aply"; 是否指 party.apply`},
		"ActWithoutTheObject": {rules, "acts: [party.apply]", "acts: [party.apply, matter.decide]", `p/rules/age.yaml:4: 规则 age 要看 org.age, 但是操作 matter.decide 不涉及 org; 规则如果只适用于涉及它的操作, 请加上 about: [org]`},
		"UnknownPlaceholder":  {rules, "不满三年, 请", "不满 {org.agge} 年, 请", `p/rules/age.yaml:10: message 中的 {org.agge} 无法替换; 是否指 {org.age}`},
		"NotADay":             {pack, "from: 2025-01-01", "from: 2025-02-30", `p/pack.yaml:7: "2025-02-30" 不是有效的日期; 请写成 2006-01-02 的形式`},
		"UnknownLevel":        {pack, "level: city", "level: town", `p/pack.yaml:4: 不认识层级 level: "town"; 应为 national、province、city、county、bureau 之一`},
		"FolderName":          {pack, "id: p\n", "id: q\n", `p/pack.yaml:1: 编号 id 写的是 "q", 与所在目录 "p" 不一致; 请把目录和 id 改成同一个名称`},
		"RoleTwice":           {pack, "role: data-user", "role: data-bureau", `p/pack.yaml:10: 角色 data-bureau 列了两次; 请删去一处`},
		"TwoDocuments":        {pack, "documents:\n", "---\ndocuments:\n", `p/pack.yaml:1: 一个文件须有且只有一份内容; 请补上内容, 或者删去多余的分隔行 ---`},
		"NotYAML":             {rules, "  - id: age", "  - id: [age", `p/rules/age.yaml:5: 这里不是合法的 YAML; 请检查缩进、冒号后的空格, 以及括号和引号是否成对`},
		"DuplicateKey":        {rules, "    title: 满三年\n", "    title: 满三年\n    title: 又\n", `p/rules/age.yaml:6: 字段 "title" 写了两次, 前一处在第 5 行; 请删去一处`},
		"NoRefusingCase":      {"p/cases/age.yaml", "expect: {age: error}", "expect: {age: pass}", `p/rules/age.yaml:4: 规则 age 对操作 party.apply 没有判定为 error 的判例; 请在 cases/ 中补一个`},
		"CaseFails":           {"p/cases/age.yaml", "given: {org.age: 2}", "given: {org.age: 4}", `p/cases/age.yaml:3: 判例 "不满三年" 与规则不符: 规则 age 判定为 pass, 应为 error; 请核对规则或判例`},
		"CaseWithoutFact":     {"p/cases/age.yaml", "given: {org.age: 2}", "given: {org.ago: 2}", `p/cases/age.yaml:3: 判例 "不满三年" 的 given 中 org.ago 不是事实; 是否指 org.age`},
		"NoBoundaryCase":      {rules, "    acts:", "    from: 2025-01-15\n    acts:", `p/rules/age.yaml:4: 规则 age 没有边界日 2025-01-15 的判例; 请在 cases/ 中补一个`},
		"NoFirstDay":          {"p/cases/age.yaml", "day: 2025-01-01", "day: 2025-01-02", `p/pack.yaml:7: 规则包没有边界日 2025-01-01 的判例; 请在 cases/ 中补一个`},
		"NoEve":               {"p/cases/age.yaml", "day: 2024-12-31", "day: 2024-12-30", `p/pack.yaml:7: 规则包没有边界日之外 2024-12-31 判定为 not-in-force 的判例; 请在 cases/ 中补一个`},
		"NoNeighbor":          {"p/cases/age.yaml", "given: {org.age: 2}", "given: {org.age: 1}", `p/rules/age.yaml:4: 规则 age 的界限 org.age >= param.years 两侧没有相邻的判例; 请在 cases/ 中补一对判例: 只有一个日期差一日 (或者一个数差一), 一个在界内, 一个在界外`},
		"NoCaseAtAnAct":       {rules, "acts: [party.apply]", "acts: [party.apply, party.admit]", `p/rules/age.yaml:4: 规则 age 对操作 party.admit 没有判定为 pass 的判例; 请在 cases/ 中补一个`},
		"NeverSkipped":        {proc, "steps:\n", "skip: [{step: review, when: org.admitted, cite: {article: 第一条, quote: 申请}}]\nsteps:\n", `p/procedures/apply.yaml:6: 办理程序 party.apply 的环节 review 没有免去和不免去的判例; 请在 cases/ 中各补一个`},
		"ArticleUnspoken":     {"p/coverage.yaml", "article: 第一条, quote: 应当申请入驻", "article: 第二条, quote: 应当申请入驻", `p/coverage.yaml:1: 第一条没有交代; 请列出它的义务, 或者写明理由列入 outside`},
		"UpheldByNothing":     {"p/coverage.yaml", "rules: [age], cases: [满三年, 不满三年]", "note: 没有", `p/coverage.yaml:2: 义务 P-1 的 status 是 upheld, 却没有写由什么落实; 请写明规则、取值、程序或操作, 以及判例或测试`},
		"UnknownExcuse":       {"p/coverage.yaml", "status: upheld", "status: excused, reason: tired", `p/coverage.yaml:2: 义务 P-1 的理由 reason: "tired" 不存在; 应为 human-judgement、liability、no-software-effect、outside-program 之一`},
		"CoverageOfNothing":   {"p/coverage.yaml", "rules: [age]", "rules: [ages]", `p/coverage.yaml:2: 义务 P-1 的 rules 中 "ages" 不存在; 是否指 age`},
		"RoleSlip":            {pack, "role: data-user", "role: data-usr", `p/pack.yaml:10: 不认识角色 "data-usr"; 是否指 data-user`},
		"UnclosedQuote":       {proc, "title: 入驻", "title: \"入驻", `p/procedures/apply.yaml:2: 这里不是合法的 YAML; 请检查缩进、冒号后的空格, 以及括号和引号是否成对`},
		"NotANumber":          {rules, "int: 3", "int: three", `p/rules/age.yaml:2: 这里的值类型不对; 应写成整数`},
		"NumberTooLarge":      {rules, "int: 3", "int: 99999999999999999999", `p/rules/age.yaml:2: 数 99999999999999999999 太大; 请核对位数`},
		"NotAList":            {rules, "acts: [party.apply]", "acts: party.apply", `p/rules/age.yaml:8: 这里的值类型不对; 应写成列表, 如 [甲, 乙]`},
		"NotYesOrNo":          {proc, "title: 入驻", "adds: maybe\ntitle: 入驻", `p/procedures/apply.yaml:2: 这里的值类型不对; 应写成 true 或 false`},
		"NotFields":           {proc, "cite: {article: 第一条, quote: 申请入驻}", "cite: 第一条", `p/procedures/apply.yaml:3: 这里的值类型不对; 应写成若干行 "字段: 值"`},
		"NoDayAtAll":          {pack, "issued: 2025-01-01", "until: 明天\nissued: 2025-13-01", `p/pack.yaml:6: "明天" 不是有效的日期; 请写成 2006-01-02 的形式`},
		"Unfinished":          {rules, "org.age >= param.years", "org.age >=", `p/rules/age.yaml:9: 条件第 11 列: 写法有误, 请检查括号、引号和运算符`},
		"NumberAndWord":       {rules, "org.age >= param.years", "org.age >= '3'", `p/rules/age.yaml:9: 条件第 9 列: 运算 >= 不能用于 (int, string), 请核对各项的类型`},
		"UnknownValue":        {rules, "org.age >= param.years", "org.age >= param.yeers", `p/rules/age.yaml:9: 条件第 12 列: 不认识 param.yeers, 是否指 param.years`},
		"UnknownFunction":     {rules, "org.age >= param.years", "addYear(today, 1) > today", `p/rules/age.yaml:9: 条件第 8 列: 不认识 addYear, 是否指 addYears`},
		"DivisionByZero":      {rules, "org.age >= param.years", "org.age / 0 > 1", `p/cases/age.yaml:2: 判例 "满三年" 与规则不符: 按规则 p/age 判断操作 party.apply: 条件 "org.age / 0 > 1" 无法计算: 除数为零; 请核对规则或判例`},
		"CaseOfNoRule":        {"p/cases/age.yaml", "expect: {age: error}", "expect: {aged: error}", `p/cases/age.yaml:3: 判例 "不满三年" 的 expect 中 "aged" 不是本规则包的规则; 是否指 age`},
		"CaseOfAnotherType":   {"p/cases/age.yaml", "given: {org.age: 2}", "given: {org.age: 两年}", `p/cases/age.yaml:3: 判例 "不满三年" 与规则不符: 按规则 p/age 判断操作 party.apply: 事实 org.age 的类型是 int, 不能是 两年; 请核对规则或判例`},
		"UpholdsNothing":      {rules, "    acts:", "    upholds: [P-2]\n    acts:", `p/rules/age.yaml:8: 规则 age 的 upholds 中 "P-2" 不在 coverage.yaml 中; 是否指 P-1`},
		"NoText":              {"p/articles/1.md", "# 第一条 申请", "第一条 申请", `p/articles/1.md:1: 条文的首行没有条号; 请在首行写条号和条标, 如 "# 二(二) 平台入驻"`},
		"NoIssuer":            {pack, "issuer: 某局\n", "", `p/pack.yaml:1: 规则包没有写全 title (法规全称) 和 issuer (制定机关); 请补上`},
		"FactTwice":           {"vocabulary.yaml", "name: org.age, type: int", "name: org.admitted, type: int", `vocabulary.yaml:11: 事实 org.admitted 列了两次; 请删去一处`},
		"FactOfNoType":        {"vocabulary.yaml", "type: int", "type: number", `vocabulary.yaml:11: 事实 org.age 的 type: "number" 不存在; 应为 bool、int、string、list、day 之一`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			wantProblem(t, broken(t, test.file, test.old, test.new), test.want)
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
		"core/party.TestService_QRs":               "p/coverage.yaml:2: 义务 P-1 的 tests 中 \"core/party.TestService_QRs\" 不存在; 是否指 core/party.TestService_QR",
		"http/notice#A notice is read by anyone":   "p/coverage.yaml:2: 义务 P-1 的 tests 中 \"http/notice#A notice is read by anyone\" 不存在; 是否指 http/notice#A notice is read by everyone",
		"web/node_modules/x.TestOther":             "p/coverage.yaml:2: 义务 P-1 的 tests 中 \"web/node_modules/x.TestOther\" 不存在; 请写 Go 测试 (core/party.TestX)、对话 (http/文件#标题) 或脚本 (script/文件)",
	} {
		fsys := broken(t, "p/coverage.yaml", "rules: [age], cases: [满三年, 不满三年]", "rules: [age], tests: [\""+name+"\"]")
		problems := regime.LintTests(fsys, tests)
		if want == "" && len(problems) > 0 || want != "" && (len(problems) != 1 || problems[0].String() != want) {
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
