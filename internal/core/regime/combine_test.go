package regime_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"yunei/internal/core/regime"
)

// upper is a national pack that joins the procedure of small: more of the step final, a step of its own, a publicity at the end.
var upper = map[string]string{
	"n/pack.yaml": `id: n
title: 国家某办法
issuer: 某部
level: national
status: in-force
issued: 2025-01-01
from: 2025-01-01
documents:
  - {id: pledge, title: 承诺书}
`,
	"n/articles/1.md": "# 第八条 审批\n\n审批应当在二十个工作日内完成,并提交承诺书。公示不少于五个工作日。\n",
	"n/procedures/apply.yaml": `kind: party.apply
adds: true
title: 国家规则的补充要求
cite: {article: 第八条, quote: 提交承诺书}
needs: [pledge]
steps:
  - id: final
    within: {for: 20wd, cite: {article: 第八条, quote: 二十个工作日内}}
    checks: [{id: secret, title: 不涉密}]
    people: 2
    cite: {article: 第八条, quote: 审批应当在二十个工作日内完成}
  - id: public
    title: 公示
    after: [all]
    publicity: {for: shown, objections: block, cite: {article: 第八条, quote: 公示不少于五个工作日}}
    cite: {article: 第八条, quote: 公示不少于五个工作日}
`,
	"n/rules/shown.yaml": `values:
  - {name: shown, kind: publicity, title: 公示期, int: 5, unit: working_day, cite: {article: 第八条, quote: 公示不少于五个工作日}}
  - {name: keep, kind: limit, title: 上限, int: 5, unit: year, strict: max, cite: {article: 第八条, quote: 审批}}
`,
	"n/coverage.yaml": `obligations:
  - {id: N-1, cite: {article: 第八条, quote: 提交承诺书}, actor: data-user, status: planned, capability: 后续}
`,
}

// both is small and upper together, with the given places changed.
func both(t testing.TB, changes ...[3]string) fstest.MapFS {
	t.Helper()
	fsys := broken(t, "", "", "")
	for name, text := range upper {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	for _, c := range changes {
		edit(t, fsys, c[0], c[1], c[2])
	}
	return fsys
}

func TestCombine_OK(t *testing.T) {
	fsys := both(t, [3]string{"p/rules/age.yaml", "rules:\n", "  - {name: shown, kind: publicity, title: 公示期, int: 7, unit: working_day, cite: {article: 第一条, quote: 申请}}\nrules:\n"})
	for _, p := range regime.Lint(fsys) {
		t.Error(p)
	}
	law := regime.New()
	if err := law.Load(fsys, "p", "n"); err != nil {
		t.Fatal(err)
	}
	p, err := law.Procedure("party.apply", "2025-02-03")
	if err != nil {
		t.Fatal(err)
	}
	want := strings.TrimPrefix(`
review: data-bureau(主管部门) within 2wd [] pass/refuse
final: data-bureau(主管部门) after review within 20wd 2 people [不涉密] pass
public: () after review+final []`+" \n", "\n")
	if diff := cmp.Diff(want, describe(p)); diff != "" {
		t.Errorf("joined procedure (-want +got):\n%s", diff)
	}
	public, _ := p.Step("public")
	if public.Publicity.For.N != 7 || public.Cite.Pack != "n" || p.Pack != "p" || strings.Join(p.Joined, "") != "n" {
		t.Errorf("publicity %+v of %s in a procedure of %s joined by %v; want 7 days (the longer) of n in p's, joined by n", public.Publicity.For, public.Cite.Pack, p.Pack, p.Joined)
	}
	if len(p.Needs) != 2 {
		t.Errorf("papers %v, want those of both", p.Needs)
	}
	if kinds := law.Kinds("2025-02-03"); len(kinds) != 1 {
		t.Errorf("kinds %v, want the one", kinds)
	}
}

// TestValue_Combined holds which of two numbers applies, by kind, by strict and by what one of them overrides.
func TestValue_Combined(t *testing.T) {
	tests := map[string]struct {
		upper, lower string
		want         int64
	}{
		"DeadlineShortest":  {"kind: deadline, int: 5, unit: day", "kind: deadline, int: 9, unit: day", 5},
		"PublicityLongest":  {"kind: publicity, int: 5, unit: day", "kind: publicity, int: 9, unit: day", 9},
		"RetentionLongest":  {"kind: keep, int: 9, unit: month", "kind: keep, int: 6, unit: month", 9},
		"LimitAsItSays":     {"kind: limit, int: 3, unit: year, strict: min", "kind: limit, int: 5, unit: year, strict: min", 3},
		"FeeOfTheLower":     {"kind: fee, int: 3, unit: fen", "kind: fee, int: 5, unit: fen", 5},
		"LowerOverrides":    {"kind: deadline, int: 5, unit: day", "kind: deadline, int: 9, unit: day, overrides: {pack: n, cite: {article: 第一条, quote: 申请}}", 9},
		"UpperOverrides":    {"kind: publicity, int: 5, unit: day, overrides: {pack: p, cite: {article: 第八条, quote: 审批}}", "kind: publicity, int: 9, unit: day", 5},
		"OverridesTheUnit":  {"kind: deadline, int: 1, unit: month", "kind: deadline, int: 9, unit: day, overrides: {pack: n, cite: {article: 第一条, quote: 申请}}", 9},
		"NotYetInForce":     {"kind: deadline, int: 5, unit: day, from: 2026-01-01", "kind: deadline, int: 9, unit: day", 9},
		"NoLongerInForce":   {"kind: deadline, int: 5, unit: day, until: 2025-01-31", "kind: deadline, int: 9, unit: day", 9},
		"LastDayInForce":    {"kind: deadline, int: 5, unit: day, until: 2025-02-03", "kind: deadline, int: 9, unit: day", 5},
		"UnitsButNeverBoth": {"kind: deadline, int: 5, unit: month, until: 2025-01-31", "kind: deadline, int: 9, unit: day, from: 2025-02-01", 9},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			fsys := both(t,
				[3]string{"n/rules/shown.yaml", "values:\n", "values:\n  - {name: x, title: 某, " + test.upper + ", cite: {article: 第八条, quote: 审批}}\n"},
				[3]string{"p/rules/age.yaml", "values:\n", "values:\n  - {name: x, title: 某, " + test.lower + ", cite: {article: 第一条, quote: 申请}}\n"})
			law := regime.New()
			if err := law.Load(fsys, "p", "n"); err != nil {
				t.Fatal(err)
			}
			if got, _, err := law.Int("x", "2025-02-03"); err != nil || got != test.want {
				t.Errorf("got %d, %v; want %d", got, err, test.want)
			}
		})
	}
}

// TestLint_Together holds that packs which cannot both be followed are refused, by lint and at start, naming both places.
func TestLint_Together(t *testing.T) {
	const np, nr, pp, pr = "n/procedures/apply.yaml", "n/rules/shown.yaml", "p/procedures/apply.yaml", "p/rules/age.yaml"
	value := func(upper, lower string) [][3]string {
		return [][3]string{{nr, "values:\n", "values:\n  - {name: x, title: 某, " + upper + ", cite: {article: 第八条, quote: 审批}}\n"},
			{pr, "values:\n", "values:\n  - {name: x, title: 某, " + lower + ", cite: {article: 第一条, quote: 申请}}\n"}}
	}
	tests := map[string]struct {
		changes [][3]string
		want    string
	}{
		"Units":          {value("kind: keep, int: 1, unit: month", "kind: keep, int: 30, unit: day"), `p/rules/age.yaml:2: 取值 x 与 n/rules/shown.yaml:2 的同名取值相矛盾: 那里的 unit 是 "month", 这里是 "day"; 请改成一致, 或者写 overrides: {pack: n, cite: …}, 引用允许取代的条文`},
		"NumberAndText":  {value("kind: fee, int: 1", "kind: fee, text: 免费"), `p/rules/age.yaml:2: 取值 x 与 n/rules/shown.yaml:2 的同名取值相矛盾: 一个是数, 一个是文字; 请改成一致, 或者写 overrides: {pack: n, cite: …}, 引用允许取代的条文`},
		"StrictDisagree": {value("kind: limit, int: 1, strict: min", "kind: limit, int: 2, strict: max"), `p/rules/age.yaml:2: 取值 x 与 n/rules/shown.yaml:2 的同名取值相矛盾: 两处的 strict 不一致; 请改成一致, 或者写 overrides: {pack: n, cite: …}, 引用允许取代的条文`},
		"LimitUnsaid":    {value("kind: limit, int: 1", "kind: limit, int: 2"), `p/rules/age.yaml:2: 取值 x 与 n/rules/shown.yaml:2 的同名取值相矛盾: 没有写明哪个更严, 可以在两处都写 strict: min 或 strict: max; 请改成一致, 或者写 overrides: {pack: n, cite: …}, 引用允许取代的条文`},
		"TwoOfOneLevel":  {[][3]string{{"n/pack.yaml", "level: national", "level: city\nwith: [p]\nroles: [{role: data-user, title: 单位}]"}, {np, "adds: true\n", "applicant: [data-user]\n"}}, `p/procedures/apply.yaml:1: 办理程序 party.apply 与 n/procedures/apply.yaml 相矛盾: 两个规则包的 level 都是 city; 加入它请写 adds: true, 取代它请写 overrides: {pack: n, cite: …}, 引用允许取代的条文`},
		"ChangesDecider": {[][3]string{{np, "    people: 2", "    by: data-user\n    may: [pass]"}}, `n/procedures/apply.yaml:10: 环节 final 与 p/procedures/apply.yaml 的同一环节相矛盾: 加入的程序不能改变它的 by; 只能增加 within、clocks、needs、checks、people、after 或者更长的公示, 自己的环节请另起编号`},
		"ChangesMay":     {[][3]string{{np, "    people: 2", "    may: [pass, refuse]"}}, `n/procedures/apply.yaml:10: 环节 final 与 p/procedures/apply.yaml 的同一环节相矛盾: 加入的程序不能改变它的 may; 只能增加 within、clocks、needs、checks、people、after 或者更长的公示, 自己的环节请另起编号`},
		"NotPublic":      {[][3]string{{np, "  - id: final\n", "  - id: final\n    publicity: {for: 5wd, cite: {article: 第八条, quote: 审批}}\n"}}, `n/procedures/apply.yaml:8: 环节 final 与 p/procedures/apply.yaml 的同一环节相矛盾: 加入的程序不能改变它的 publicity; 只能增加 within、clocks、needs、checks、people、after 或者更长的公示, 自己的环节请另起编号`},
		"NobodyDecides":  {[][3]string{{np, "  - id: public\n", "  - {id: own, title: 自评, by: data-user, may: [pass], cite: {article: 第八条, quote: 审批}}\n  - id: public\n"}}, `n/procedures/apply.yaml:12: 环节 own 没有人能办: 只有 p/procedures/apply.yaml 的申请人 data-user 自己可以办; 不能自己批自己的申请, 请换一个角色`},
		"Cycle":          {[][3]string{{np, "  - id: final\n", "  - id: final\n    after: [public]\n"}}, `n/procedures/apply.yaml:6: 加入 p/procedures/apply.yaml 之后, 环节互相等待: final → public → final; 请让其中一个先开始`},
		"UnknownStep":    {[][3]string{{np, "after: [all]", "after: [finale]"}}, `n/procedures/apply.yaml:14: 环节 public 的 after 中 "finale" 不是 p/procedures/apply.yaml 的环节; 可以写的环节: review, final, public`},
		"Skipped":        {[][3]string{{pp, "steps:\n", "skip: [{step: final, when: org.admitted, cite: {article: 第一条, quote: 申请}}]\nsteps:\n"}}, `n/procedures/apply.yaml:7: 环节 final 与 p/procedures/apply.yaml:6 相矛盾: 那里可以免去这个环节; 请把要求写进自己的环节, 别的规则包不能免去它`},
		"SkipOfAnother":  {[][3]string{{np, "needs: [pledge]\n", "needs: [pledge]\nskip: [{step: review, when: org.admitted, cite: {article: 第八条, quote: 审批}}]\n"}}, `n/procedures/apply.yaml:6: skip 要免去的 "review" 不是本程序的环节; 只能免去本规则包规定的环节`},
		"ValueInVain":    {[][3]string{{np, "publicity: {for: shown", "publicity: {for: showed"}}, `n/procedures/apply.yaml:15: 期限 "showed" 不是 2wd (工作日)、5d (日)、72h (小时) 这样的写法, 也不是取值的名称; 是否指 shown`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			fsys := both(t, test.changes...)
			wantProblem(t, fsys, test.want)
			if err := regime.New().Load(fsys, "n", "p"); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("loading both says %v, want %q", err, test.want)
			}
		})
	}
}

// TestLint_Territory holds that a province's pack is read together with its cities' and with no other place's.
func TestLint_Territory(t *testing.T) {
	for division, want := range map[string]bool{"350000": true, "330000": false} {
		fsys := both(t, [3]string{"n/pack.yaml", "level: national", "level: province\ndivision: \"" + division + "\""},
			[3]string{"p/pack.yaml", "level: city", "level: city\ndivision: \"350500\""},
			[3]string{"n/rules/shown.yaml", "values:\n", "values:\n  - {name: years, kind: limit, title: 年限, int: 36, unit: month, cite: {article: 第八条, quote: 审批}}\n"})
		if got := len(regime.Lint(fsys)) > 0; got != want {
			t.Errorf("a contradiction between 350500 and %s is told: %v, want %v", division, got, want)
		}
	}
}
