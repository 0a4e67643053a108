package matter

import (
	"testing"
	"testing/fstest"

	"yunei/internal/base/errs"
	"yunei/internal/core/regime"
)

// twoPacks is a city's procedure and what the nation adds to it: a supplement of six working days, a publicity of nine.
var twoPacks = fstest.MapFS{
	"vocabulary.yaml": {Data: []byte("roles: [{name: data-user, title: 使用单位}, {name: data-bureau, title: 主管部门}]\nacts: [{name: party.apply, title: 申请, objects: [org]}]\n")},
	"n/pack.yaml":     {Data: []byte("id: n\ntitle: 某办法\nissuer: 某部\nlevel: national\nstatus: in-force\nissued: 2025-01-01\nfrom: 2025-01-01\n")},
	"n/articles/1.md": {Data: []byte("# 第一条 期限\n\n按期办结。\n")},
	"n/procedures/apply.yaml": {Data: []byte(`kind: party.apply
adds: true
title: 补充要求
cite: {article: 第一条, quote: 按期办结}
supplement: {for: 6wd, cite: {article: 第一条, quote: 按期办结}}
steps:
  - {id: public, title: 公示, publicity: {for: 9wd, objections: block, cite: {article: 第一条, quote: 按期办结}}, cite: {article: 第一条, quote: 按期办结}}
`)},
	"p/pack.yaml": {Data: []byte("id: p\ntitle: 某细则\nissuer: 某市\nlevel: city\nstatus: in-force\nissued: 2025-01-01\nfrom: 2025-01-01\n" +
		"roles: [{role: data-user, title: 单位}, {role: data-bureau, title: 主管部门}]\n")},
	"p/articles/1.md": {Data: []byte("# 第一条 期限\n\n按期办结。\n")},
	"p/rules/values.yaml": {Data: []byte(`values:
  - {name: answer, kind: deadline, title: 补正期限, int: 8, unit: working_day, cite: {article: 第一条, quote: 按期办结}}
  - {name: shown, kind: publicity, title: 公示期, int: 7, unit: working_day, cite: {article: 第一条, quote: 按期办结}}
`)},
	"p/procedures/apply.yaml": {Data: []byte(`kind: party.apply
title: 申请
cite: {article: 第一条, quote: 按期办结}
applicant: [data-user]
supplement: {for: answer, cite: {article: 第一条, quote: 按期办结}}
steps:
  - id: public
    title: 公示
    publicity: {for: shown, objections: block, cite: {article: 第一条, quote: 按期办结}}
    may: [pass]
    cite: {article: 第一条, quote: 按期办结}
`)},
}

// A matter keeps the stricter of two packs' supplements and publicities. When the value of that one is moved and becomes the weaker,
// the matter gets what both packs together ask for today.
func TestMatter_moveCombined(t *testing.T) {
	law := regime.New()
	if err := law.Load(twoPacks, "p", "n"); err != nil {
		t.Fatal(err)
	}
	today, err := law.Procedure("party.apply", "2025-02-03")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		answer, shown         int // at acceptance
		answerNow, shownNow   int // of the moved values
		wantAnswer, wantShown int
	}{
		"Weaker":   {4, 12, 8, 7, 6, 9},
		"Stricter": {4, 7, 3, 11, 3, 11},
		"Same":     {6, 9, 8, 7, 6, 9},
	} {
		t.Run(name, func(t *testing.T) {
			limit := func(value string, n int) regime.Within { return regime.Within{N: n, Unit: "wd", Value: value} }
			answer := limit("answer", c.answer)
			m := Matter{State: Running, Supplement: &answer,
				Steps: []Step{{ID: "public", State: StepWaiting, Publicity: &regime.Publicity{For: limit("shown", c.shown)}}}}
			shifts := m.move(map[string]Change{
				"answer": {limit("answer", c.answerNow), errs.Cite{Article: "第二条"}},
				"shown":  {limit("shown", c.shownNow), errs.Cite{Article: "第二条"}},
			}, "trn_1", today, counter{law.Calendar()}, "2025-02-03")
			if got, public := m.Supplement.N, m.Steps[0].Publicity.For.N; got != c.wantAnswer || public != c.wantShown {
				t.Errorf("supplement %d, publicity %d; want %d and %d", got, public, c.wantAnswer, c.wantShown)
			}
			if c.answer == c.wantAnswer && len(shifts) != 0 {
				t.Errorf("shifts %+v of what stays as long as it was", shifts)
			}
		})
	}
}
