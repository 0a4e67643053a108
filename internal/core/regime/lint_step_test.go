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
	const at = "p/procedures/apply.yaml:7: "
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
		"UnknownJoin":     {one("join: squence"), at + `step review is joined by "squence", which is no way to decide together; did you mean sequence?`},
		"VoteWithoutJoin": {one("vote: {pass: 60}"), at + "step review says only one of join: vote and vote"},
		"JoinWithoutVote": {one("join: vote"), at + "step review says only one of join: vote and vote"},
		"VotePercent":     {one("join: vote, vote: {pass: 101}"), at + "step review passes at 101 percent"},
		"VoteWeight":      {one("join: vote, vote: {pass: 60, weights: {expert: 0}}"), "step review gives expert the weight 0"},
		"VoteRole":        {one("join: vote, vote: {pass: 60, weights: {expret: 2}}"), `unknown role "expret"; did you mean expert?`},
		"ClockPeriod":     {one("clocks: [{for: 3 weeks, " + cited + "}]"), `period "3 weeks" is not written like 2wd, 5d or 72h, nor the name of a value`},
		"ClockValue":      {one("clocks: [{for: yeers, " + cited + "}]"), `did you mean years?`},
		"ClockUnit":       {one("clocks: [{for: years, " + cited + "}]"), `value years cannot be a period: it is counted in "year"`},
		"ClockQuote":      {one("clocks: [{for: 3wd, cite: {article: 第一条, quote: 三日内}}]"), `the words "三日内" do not occur in article 第一条`},
		"BindingLapse":    {one("lapse: {for: 3wd, " + cited + "}"), "step review is binding and cannot lapse"},
		"PauseForNothing": {one("pause: {" + cited + "}"), "step review may be paused for no reason"},
		"ExtendQuote":     {one("extend: {for: 10wd, cite: {article: 第一条, quote: 延长}}"), `the words "延长" do not occur`},
		"ExtendWhat": {func() (string, string, string) {
			return "p/procedures/apply.yaml", "after: [review],", "after: [review], extend: {for: 3wd, " + cited + "},"
		}, "p/procedures/apply.yaml:8: step final has no limit that could be extended"},
		"PauseWhat": {func() (string, string, string) {
			return "p/procedures/apply.yaml", "after: [review],", "after: [review], pause: {for: [补正], " + cited + "},"
		}, "step final has no clock that could be stopped"},
		"PublicityWithin":  {one("publicity: {for: 5wd, " + cited + "}"), "step review is a publicity and has within"},
		"PublicityRefuses": {one("publicity: {for: 5wd, " + cited + "}"), "step review is a publicity and may not refuse"},
		"PublicityPeriod":  {one("publicity: {for: five, " + cited + "}"), `period "five" is not written like 2wd`},
		"PublicityWord":    {one("publicity: {for: 5wd, objections: blocks, " + cited + "}"), `step review has unknown objections "blocks"; block or record`},
		"PanelAndPeople":   {one("panel: {size: years, quorum: years}, people: 2"), "step review has both a panel and people"},
		"StepAll":          {func() (string, string, string) { return "p/procedures/apply.yaml", "id: final,", "id: all," }, "the step id all means every step"},
		"SupplementPeriod": {all("supplement: {for: soon, " + cited + "}"), `p/procedures/apply.yaml:3: period "soon"`},
		"AppealRole":       {all("appeal: {to: goverment, " + cited + "}"), `unknown role "goverment"`},
		"AppealNobody":     {all("appeal: {" + cited + "}"), "the appeal of party.apply goes to nobody"},
		"NoTitleOfRole":    {all("appeal: {to: expert, " + cited + "}"), "no pack has a title for the role expert; add it to roles in pack.yaml"},
		"AddsToNothing":    {all("adds: true"), "procedure party.apply adds to one that no pack defines"},
		"AddsApplicant":    {all("adds: true"), "a procedure that adds cannot say who may apply"},
		"OverridesNothing": {all("overrides: {pack: q, " + cited + "}"), `there is no other pack "q" to override`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { wantProblem(t, broken3(t, test.broken), test.want) })
	}
}

func broken3(t testing.TB, f func() (string, string, string)) fstest.MapFS {
	file, old, new := f()
	return broken(t, file, old, new)
}

func wantProblem(t *testing.T, fsys fstest.MapFS, want string) {
	t.Helper()
	var all []string
	for _, p := range regime.Lint(fsys) {
		if strings.Contains(p.String(), want) {
			return
		}
		all = append(all, p.String())
	}
	t.Errorf("got\n  %s\nwant one with %q", strings.Join(all, "\n  "), want)
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
