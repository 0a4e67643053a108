package regime_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/regime"
)

// opened is small with its value of years open to special law.
func opened(t testing.TB, more ...[3]string) fstest.MapFS {
	changes := append([][3]string{
		{"p/pack.yaml", "documents:\n", "special: {cite: {article: 第一条, quote: 申请}, values: [{name: years}]}\ndocuments:\n"},
		{"p/rules/age.yaml", "kind: limit, title: 年限, int: 3, unit: year", "kind: limit, title: 年限, int: 3, unit: year, strict: max"},
	}, more...)
	return both(t, changes...)
}

// TestJudge_Special holds that a special law replaces the pack's own value, looser or stricter, and no other pack's.
func TestJudge_Special(t *testing.T) {
	national := [3]string{"n/rules/shown.yaml", "values:\n", "values:\n  - {name: years, kind: limit, title: 年限, int: 2, unit: year, strict: max, cite: {article: 第八条, quote: 审批}}\n"}
	for _, c := range []struct {
		name  string
		set   int64
		more  [][3]string
		age   int
		want  regime.Outcome
		bears bool
	}{
		{"general", 0, nil, 2, regime.Refuse, false},
		{"looser", 1, nil, 1, regime.Pass, true},
		{"stricter", 5, nil, 4, regime.Refuse, true},
		{"the nation's value stays beside it", 1, [][3]string{national}, 1, regime.Refuse, false},
		{"stricter than the nation's", 4, [][3]string{national}, 3, regime.Refuse, true},
		{"not open to special law", 1, [][3]string{{"p/pack.yaml", "special: {cite: {article: 第一条, quote: 申请}, values: [{name: years}]}\n", ""}}, 1, regime.Refuse, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			law := regime.New()
			law.RegisterSpecials("org", func(_ context.Context, _ *sqldb.Tx, id string, day workday.Date) ([]regime.Special, error) {
				if c.set == 0 || id != "org_1" {
					return nil, nil
				}
				return []regime.Special{{ID: "s", Value: "years", Int: c.set, Cite: errs.Cite{Law: "某条例", Article: "第五条", Quote: "特别的年限"}}}, nil
			})
			if err := law.Load(opened(t, c.more...), "p", "n"); err != nil {
				t.Fatal(err)
			}
			j, err := law.Judge(t.Context(), nil, "party.apply", "2025-02-03", map[string]string{"org": "org_1"}, map[string]any{"org.age": c.age})
			if err != nil {
				t.Fatal(err)
			}
			v := j.Verdicts[0]
			if v.Outcome != c.want || len(v.Special) == 1 != c.bears {
				t.Fatalf("verdict %s with %d special laws, want %s with one: %t", v.Outcome, len(v.Special), c.want, c.bears)
			}
			if e, ok := j.Err().(*errs.Error); ok && c.bears {
				if !strings.Contains(e.Msg, "按特别规定《某条例》第五条“特别的年限”") || !slices.ContainsFunc(e.Cites, func(x errs.Cite) bool { return x.Law == "某条例" }) {
					t.Errorf("refusal %q cites %v, want the special law with its words", e.Msg, e.Cites)
				}
			}
		})
	}
}

// TestProcedureUnder holds that a named period is the special law's, that of several objects the stricter counts, and that the
// procedure says which law it is.
func TestProcedureUnder(t *testing.T) {
	fsys := both(t,
		[3]string{"p/pack.yaml", "documents:\n", "special: {cite: {article: 第一条, quote: 申请}, values: [{name: time}]}\ndocuments:\n"},
		[3]string{"p/rules/age.yaml", "values:\n", "values:\n  - {name: time, kind: deadline, title: 期限, int: 5, unit: working_day, cite: {article: 第一条, quote: 申请}}\n"},
		[3]string{"p/procedures/apply.yaml", "for: 2wd", "for: time"})
	law := regime.New()
	if err := law.Load(fsys, "p", "n"); err != nil {
		t.Fatal(err)
	}
	set := func(n int64) []regime.Special {
		return []regime.Special{{ID: "s", Value: "time", Int: n, Cite: errs.Cite{Law: "某条例", Article: "第五条"}}}
	}
	for _, c := range []struct {
		name     string
		specials [][]regime.Special
		want     int
		basis    string
	}{
		{"none", nil, 5, "《某办法》第一条"},
		{"longer", [][]regime.Special{set(9)}, 9, "《某条例》第五条 (特别规定, 代替《某办法》第一条的 5 个工作日)"},
		{"shorter", [][]regime.Special{set(2)}, 2, "《某条例》第五条 (特别规定, 代替《某办法》第一条的 5 个工作日)"},
		{"one of two longer", [][]regime.Special{set(9), nil}, 5, "《某办法》第一条"},
		{"one of two shorter", [][]regime.Special{nil, set(2)}, 2, "《某条例》第五条 (特别规定, 代替《某办法》第一条的 5 个工作日)"},
		{"both longer", [][]regime.Special{set(9), set(7)}, 7, "《某条例》第五条 (特别规定, 代替《某办法》第一条的 5 个工作日)"},
	} {
		p, err := law.ProcedureUnder("party.apply", "2025-02-03", c.specials)
		if err != nil {
			t.Fatal(err)
		}
		within := p.Steps[0].Within
		if within.N != c.want || within.Basis() != c.basis || len(p.Specials()) == 1 != (within.Special != nil) {
			t.Errorf("%s: %d by %q with %d special laws, want %d by %q", c.name, within.N, within.Basis(), len(p.Specials()), c.want, c.basis)
		}
	}
}

func TestLint_Special(t *testing.T) {
	const pack = "p/pack.yaml"
	for name, c := range map[string]struct{ special, want string }{
		"NotOwn":     {"values: [{name: shown}]", `本规则包没有取值 "shown"; 只能写本规则包自己的取值`},
		"NoValues":   {"values: []", "special 没有列出可以由特别规定代替的取值; 请在 values 中列出取值"},
		"Undecided":  {"values: [{name: years}]", "一件事涉及几项数据时, 不知道取值 years 的哪个数更严; 请在取值上写 strict: min 或 strict: max"},
		"WordsOfInt": {"values: [{name: years, words: a 甲}]", "取值 years 是数, 不需要列出词; 请删去 words"},
		"Unused":     {"values: [{name: idle}]", "没有规则或者环节使用取值 idle, 特别规定不会起作用; 请删去, 或者写出使用它的规则或者环节"},
		"NoWords":    {"values: [{name: kinds}]", `文字取值 kinds 没有写明特别规定可以选用哪些词; 请在 words 中列出可以选用的词, 如 words: "no 不予, conditional 有条件"`},
	} {
		fsys := both(t,
			[3]string{pack, "documents:\n", "special: {cite: {article: 第一条, quote: 申请}, " + c.special + "}\ndocuments:\n"},
			[3]string{"p/rules/age.yaml", "values:\n", "values:\n  - {name: idle, kind: keep, title: 闲置, int: 1, unit: year, cite: {article: 第一条, quote: 申请}}\n  - {name: kinds, kind: limit, title: 种类, text: \"a 甲\", cite: {article: 第一条, quote: 申请}}\n"},
			[3]string{"p/rules/age.yaml", "check: org.age >= param.years", "when: listed(\"a\", param.kinds)\n    check: org.age >= param.years"})
		problems := regime.Lint(fsys)
		if !slices.ContainsFunc(problems, func(p regime.Problem) bool { return strings.HasSuffix(p.String(), c.want) }) {
			t.Errorf("%s: got %v, want %q", name, problems, c.want)
		}
	}
}
