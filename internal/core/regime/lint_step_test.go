package regime_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"yunei/internal/core/access"
	"yunei/internal/core/regime"
)

// step is the procedure of small with more said about its first step.
func step(more string) (file, old, new string) {
	return "p/procedures/apply.yaml", "{id: review, title: 审核,", "{" + more + ", id: review, title: 审核,"
}

// whole is the procedure of small with more said about all of it.
func whole(more string) (file, old, new string) {
	return "p/procedures/apply.yaml", "title: 入驻\n", "title: 入驻\n" + more + "\n"
}

const cited = "cite: {article: 第一条, quote: 申请}"

// TestLint_Step holds that what a step says about time and people is checked, with the line and the way out.
func TestLint_Step(t *testing.T) {
	one := func(more string) func() (string, string, string) {
		return func() (string, string, string) { return step(more) }
	}
	all := func(more string) func() (string, string, string) {
		return func() (string, string, string) { return whole(more) }
	}
	tests := map[string]struct {
		broken func() (string, string, string)
		want   string
	}{
		"UnknownJoin":     {one("join: squence"), `p/procedures/apply.yaml:7: 环节 review 的 join: "squence" 不是一种会签方式; 是否指 sequence`},
		"VoteWithoutJoin": {one("vote: {pass: 60}"), `p/procedures/apply.yaml:7: 环节 review 的 join: vote 和 vote 只写了一个; 请两个都写, 如 join: vote 和 vote: {pass: 60}`},
		"JoinWithoutVote": {one("join: vote"), `p/procedures/apply.yaml:7: 环节 review 的 join: vote 和 vote 只写了一个; 请两个都写, 如 join: vote 和 vote: {pass: 60}`},
		"VotePercent":     {one("join: vote, vote: {pass: 101}"), `p/procedures/apply.yaml:7: 环节 review 的通过比例 pass 是 101; 请写 1 到 100 的百分比`},
		"VoteWeight":      {one("join: vote, vote: {pass: 60, weights: {expert: 0}}"), `p/procedures/apply.yaml:7: 环节 review 给角色 expert 的权重是 0; 权重至少为 1, 没有表决权的角色不要列入`},
		"VoteRole":        {one("join: vote, vote: {pass: 60, weights: {expret: 2}}"), `p/procedures/apply.yaml:7: 不认识角色 "expret"; 是否指 expert`},
		"ClockPeriod":     {one("clocks: [{for: 3 weeks, " + cited + "}]"), `p/procedures/apply.yaml:7: 期限 "3 weeks" 不是 2wd (工作日)、5d (日)、72h (小时) 这样的写法, 也不是取值的名称; 请改成其中一种`},
		"ClockValue":      {one("clocks: [{for: yeers, " + cited + "}]"), `p/procedures/apply.yaml:7: 期限 "yeers" 不是 2wd (工作日)、5d (日)、72h (小时) 这样的写法, 也不是取值的名称; 是否指 years`},
		"ClockUnit":       {one("clocks: [{for: years, " + cited + "}]"), `p/procedures/apply.yaml:7: 取值 years 不能用作期限: 它的 unit 是 "year"; 期限的 unit 应为 hour、day、working_day 之一`},
		"ClockQuote":      {one("clocks: [{for: 3wd, cite: {article: 第一条, quote: 三日内}}]"), `p/procedures/apply.yaml:7: 第一条中没有 "三日内" 这句话; 请照抄原文, 标点也照抄`},
		"BindingLapse":    {one("lapse: {for: 3wd, " + cited + "}"), `p/procedures/apply.yaml:7: 环节 review 影响结果, 不能逾期视为放弃; 只提意见的请加上 binding: false, 否则请删去 lapse`},
		"PauseForNothing": {one("pause: {" + cited + "}"), `p/procedures/apply.yaml:7: 环节 review 没有写可以中止计时的理由; 请按条文列出理由, 如 for: [补正材料]`},
		"ExtendQuote":     {one("extend: {for: 10wd, cite: {article: 第一条, quote: 延长}}"), `p/procedures/apply.yaml:7: 第一条中没有 "延长" 这句话; 请照抄原文, 标点也照抄`},
		"ExtendWhat": {func() (string, string, string) {
			return "p/procedures/apply.yaml", "after: [review],", "after: [review], extend: {for: 3wd, " + cited + "},"
		}, `p/procedures/apply.yaml:8: 环节 final 没有可以延长的期限; 请加上 within, 或者删去 extend`},
		"PauseWhat": {func() (string, string, string) {
			return "p/procedures/apply.yaml", "after: [review],", "after: [review], pause: {for: [补正], " + cited + "},"
		}, `p/procedures/apply.yaml:8: 环节 final 没有可以中止的期限; 请加上 within, 或者删去 pause`},
		"PublicityWithin":  {one("publicity: {for: 5wd, " + cited + "}"), `p/procedures/apply.yaml:7: 环节 review 是公示, 不能写 within; 公示期满自行通过, 请把 within 写到另一个环节`},
		"PublicityRefuses": {one("publicity: {for: 5wd, " + cited + "}"), `p/procedures/apply.yaml:7: 环节 review 是公示, 不能作出 refuse 的决定; 公示期满自行通过, 请删去 may`},
		"PublicityPeriod":  {one("publicity: {for: five, " + cited + "}"), `p/procedures/apply.yaml:7: 期限 "five" 不是 2wd (工作日)、5d (日)、72h (小时) 这样的写法, 也不是取值的名称; 请改成其中一种`},
		"PublicityWord":    {one("publicity: {for: 5wd, objections: blocks, " + cited + "}"), `p/procedures/apply.yaml:7: 环节 review 的 objections: "blocks" 不存在; 应为 block、record 之一`},
		"PanelAndPeople":   {one("panel: {size: years, quorum: years}, people: 2"), `p/procedures/apply.yaml:7: 环节 review 既有 panel 又有 people; 专家组按 quorum 形成结论, 请删去 people`},
		"StepAll":          {func() (string, string, string) { return "p/procedures/apply.yaml", "id: final,", "id: all," }, `p/procedures/apply.yaml:8: 环节编号 all 专指所加入程序的全部环节; 请换一个编号`},
		"SupplementPeriod": {all("supplement: {for: soon, " + cited + "}"), `p/procedures/apply.yaml:3: 期限 "soon" 不是 2wd (工作日)、5d (日)、72h (小时) 这样的写法, 也不是取值的名称; 请改成其中一种`},
		"AppealRole":       {all("appeal: {to: goverment, " + cited + "}"), `p/procedures/apply.yaml:3: 不认识角色 "goverment"; 应为 data-bureau、data-user、expert 之一`},
		"AppealNobody":     {all("appeal: {" + cited + "}"), `p/procedures/apply.yaml:3: 办理程序 party.apply 的申诉没有写向谁提出; 请在 to 中写明角色`},
		"NoTitleOfRole":    {all("appeal: {to: expert, " + cited + "}"), `p/procedures/apply.yaml:3: 没有规则包写明角色 expert 的称谓; 请用规定自己的称谓把它加到 pack.yaml 的 roles`},
		"AddsToNothing":    {all("adds: true"), `p/procedures/apply.yaml:1: 办理程序 party.apply 写了 adds: true, 却没有规则包规定这种程序; 请删去 adds, 在这里规定完整的程序`},
		"AddsApplicant":    {all("adds: true"), `p/procedures/apply.yaml:5: 办理程序 party.apply 写了 adds: true, 不能再规定谁可以申请; 请删去 applicant`},
		"OverridesNothing": {all("overrides: {pack: q, " + cited + "}"), `p/procedures/apply.yaml:3: 没有可以取代的规则包 "q"; 现有规则包: p`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { wantProblem(t, broken3(t, test.broken), test.want) })
	}
}

func broken3(t testing.TB, f func() (string, string, string)) fstest.MapFS {
	file, old, new := f()
	return broken(t, file, old, new)
}

// wantProblem lints and wants exactly this sentence among the problems.
func wantProblem(t *testing.T, fsys fstest.MapFS, want string) {
	t.Helper()
	var all []string
	for _, p := range regime.Lint(fsys) {
		if p.String() == want {
			return
		}
		all = append(all, p.String())
	}
	t.Errorf("got\n  %s\nwant among them %q", strings.Join(all, "\n  "), want)
}

// TestLint_StepOK holds that a procedure may use the whole vocabulary of offices.
func TestLint_StepOK(t *testing.T) {
	fsys := broken3(t, func() (string, string, string) {
		return step("join: vote, vote: {pass: 60, weights: {data-bureau: 2}}, clocks: [{for: due, " + cited + "}], pause: {for: [补正材料], " + cited + "}, extend: {for: 10wd, " + cited + "}, records: true")
	})
	edit(t, fsys, "p/procedures/apply.yaml", "may: [pass], cite", `may: [pass], cite: {article: 第一条, quote: 申请}}
  - {id: public, title: 公示, after: [final], publicity: {for: shown, objections: block, cite: {article: 第一条, quote: 申请}}, cite`)
	edit(t, fsys, "p/procedures/apply.yaml", "needs: [plan]\n", "needs: [plan]\nsupplement: {for: 5wd, "+cited+"}\nappeal: {to: data-bureau, within: {for: 60d, "+cited+"}, "+cited+"}\n")
	edit(t, fsys, "p/rules/age.yaml", "values:\n", `values:
  - {name: due, kind: deadline, title: 期限, int: 20, unit: working_day, cite: {article: 第一条, quote: 申请}}
  - {name: shown, kind: publicity, title: 公示期, int: 5, unit: working_day, cite: {article: 第一条, quote: 申请}}
`)
	for _, p := range regime.Lint(fsys) {
		t.Error(p)
	}
	law := regime.New()
	if err := law.Load(fsys, "p"); err != nil {
		t.Fatal(err)
	}
	p, err := law.Procedure("party.apply", "2025-02-03")
	if err != nil {
		t.Fatal(err)
	}
	review, _ := p.Step("review")
	public, _ := p.Step("public")
	if len(review.Clocks) != 1 || review.Clocks[0].N != 20 || review.Clocks[0].Unit != "wd" || public.Publicity.For.N != 5 || !public.Publicity.Blocks || p.Appeal.Within.N != 60 {
		t.Errorf("review %+v, public %+v, appeal %+v", review, public.Publicity, p.Appeal)
	}
}

// edit replaces text in a file of a test pack.
func edit(t testing.TB, fsys fstest.MapFS, file, old, new string) {
	t.Helper()
	text := string(fsys[file].Data)
	if !strings.Contains(text, old) {
		t.Fatalf("%s does not contain %q", file, old)
	}
	fsys[file] = &fstest.MapFile{Data: []byte(strings.Replace(text, old, new, 1))}
}

// TestRoles holds that a pack may use the roles that an account may hold, and no others.
func TestRoles(t *testing.T) {
	var got, want []string
	for _, r := range words(t).Roles {
		got = append(got, r.Name)
	}
	for _, r := range access.Roles() {
		want = append(want, string(r))
	}
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("roles of vocabulary.yaml (-accounts +vocabulary):\n%s", diff)
	}
}
