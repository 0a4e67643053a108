package output

import (
	"fmt"
	"strings"
	"testing"

	"yunei/internal/base/errs"
	"yunei/internal/core/party"
	"yunei/internal/core/query"
	"yunei/internal/core/query/audit"
	"yunei/internal/core/query/disclose"
	"yunei/internal/core/query/guard"
	"yunei/internal/core/query/noise"
	"yunei/internal/core/query/release"
	"yunei/internal/flow/catalog"
	"yunei/internal/flow/lab"
	"yunei/internal/test/story/resources"
)

// sound is the evidence of an honest run: a compiled model, cells noised under its plan, a charge that fits.
func sound(t *testing.T) evidence {
	t.Helper()
	entry := catalog.Entry{ID: "cat_card", Content: resources.CreditDefault(), State: catalog.Published, Version: 1}
	m, refusals := guard.Compile(`SELECT education, COUNT(*) AS accounts, AVG(default_next_month) AS rate FROM credit_default GROUP BY education`,
		query.A, query.Catalog{Tables: []query.Table{entry.PolicyTable()}})
	if len(refusals) > 0 {
		t.Fatalf("compile: %+v", refusals)
	}
	plan, err := release.NewPlan(m, release.Ask{Rho: 5_000_000_000, K: 10})
	if err != nil {
		t.Fatal(err)
	}
	var exact []release.Exact
	for i := range m.Cells() {
		vectors := make([]int64, len(m.Root.Aggs))
		for v := range vectors {
			vectors[v] = 1000
		}
		exact = append(exact, release.Exact{Index: i, Units: 1000, Vectors: vectors})
	}
	table, proof, err := release.Collect(m, plan, exact, noise.New(), release.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return evidence{
		rules:   testRules,
		run:     lab.Run{ID: "run_1", State: lab.Done, Hash: m.Hash(), Result: "sha256:01", Scenario: "scn_1"},
		version: lab.Version{ID: "ver_1", Hash: m.Hash()}, artifact: m.Hash(), model: m,
		result: lab.Result{Table: table, Evidence: proof}, stored: "sha256:01",
		booked: disclose.Release{ID: "run_1", State: disclose.Spent, Outcome: disclose.Released, Digest: "sha256:01", Rho: plan.Rho},
	}
}

// testRules are the thresholds of the deployment's own rules.
var testRules = rules{exact: audit.Rules{MinUnits: 10, First: 500, FirstTwo: 670, PPercent: 100, NK: 900, Share: 900, Diversity: 2, Closeness: 300, Protect: 100},
	base: 5, rows: 10_000, cols: 40, freedom: 10, density: 330, each: 10, context: 100, change: 500, risk: 750, people: 2, tries: 10, cites: testCites()}

func testCites() map[string]errs.Cite {
	out := map[string]errs.Cite{}
	for _, name := range []string{"units", "output.rows", "output.freedom", "output.context", "output.change", "output.risk", "output.dominance.first", "output.group.share", "output.interval"} {
		out[name] = errs.Cite{Law: "平台运行规则", Article: "第三十一条"}
	}
	return out
}

// text puts a text into the first cell that is a key.
func (e *evidence) text(s string) {
	e.result.Table.Rows[0].Fields[0].Label = s
}

// standing makes the second column stand otherwise, in a model that was signed so.
func (e *evidence) standing(s query.Standing) {
	e.model.Outputs[1].Standing = s
	e.run.Hash, e.version.Hash, e.artifact = e.model.Hash(), e.model.Hash(), e.model.Hash()
}

// Every check passes on honest evidence, and each blocks for its own reasons; what comes after a block is not looked at.
func TestExamine(t *testing.T) {
	t.Run("OK", func(t *testing.T) {
		checks := examine(sound(t))
		var numbers []int
		for _, c := range checks {
			numbers = append(numbers, c.No)
			if c.Outcome != Pass || c.Detail == "" || c.Source == "" || len(c.Places) > 0 {
				t.Errorf("check %d = %+v, want passed with what was found", c.No, c)
			}
		}
		if fmt.Sprint(numbers) != "[0 1 2 3 4 9 11 14 15 16 17 18]" || !passed(checks) {
			t.Errorf("checks = %v, passed %v; want 0 1 2 3 4 9 11 14 to 18, passed", numbers, passed(checks))
		}
		if passed(nil) {
			t.Error("no checks at all pass, want that they do not")
		}
	})
	for _, c := range []struct {
		no    int
		name  string
		spoil func(e *evidence)
	}{
		{0, "the run is not done", func(e *evidence) { e.run.State = lab.Failed }},
		{0, "another model ran", func(e *evidence) { e.run.Hash = "sha256:ff" }},
		{0, "the version says another hash than its representation", func(e *evidence) { e.run.Hash, e.version.Hash = "sha256:ff", "sha256:ff" }},
		{0, "other bytes are stored", func(e *evidence) { e.stored = "sha256:02" }},
		{0, "no expert signed", func(e *evidence) { e.signed = errs.New(errs.Forbidden, "没有签名") }},
		{1, "a formula", func(e *evidence) { e.text(`=HYPERLINK("http://x")`) }},
		{1, "a formula that begins with a minus", func(e *evidence) { e.text("-cmd|' /C calc'!A0") }},
		{1, "a column named as a formula", func(e *evidence) { e.result.Table.Columns[0].Name = "@SUM(A1)" }},
		{2, "a column more", func(e *evidence) {
			e.result.Table.Columns = append(e.result.Table.Columns, release.Column{Name: "note"})
		}},
		{2, "a renamed column", func(e *evidence) { e.result.Table.Columns[1].Name = "n" }},
		{2, "another type", func(e *evidence) { e.result.Table.Columns[1].Type.Kind = query.Text }},
		{3, "an identity number", func(e *evidence) { e.text("11010519491231002X") }},
		{4, "a raw column", func(e *evidence) { e.standing(query.Raw) }},
		{4, "one subject's own", func(e *evidence) { e.standing(query.SubjectOwn) }},
		{11, "a total with a life of its own", func(e *evidence) { e.result.Table.Totals[1].Value.N++ }},
		{11, "no totals", func(e *evidence) { e.result.Table.Totals = nil }},
		{14, "the books say less", func(e *evidence) { e.booked.Rho-- }},
		{14, "not in the books", func(e *evidence) { e.booked = disclose.Release{} }},
		{14, "given back", func(e *evidence) { e.booked.State = disclose.Voided }},
		{14, "booked as failed", func(e *evidence) { e.booked.Outcome = disclose.Failed }},
		{14, "another result is booked", func(e *evidence) { e.booked.Digest = "sha256:02" }},
		{14, "no noise was drawn", func(e *evidence) {
			for i := range e.result.Evidence.Canary {
				clear(e.result.Evidence.Canary[i])
			}
		}},
		{18, "the grant has ended", func(e *evidence) { e.inForce = errs.New(errs.Forbidden, "许可已终止, 请重新申请") }},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := sound(t)
			c.spoil(&e)
			checks := examine(e)
			last := checks[len(checks)-1]
			if last.No != c.no || last.Outcome != Block || last.Detail == "" || passed(checks) {
				t.Errorf("last check = %+v, want %d to block", last, c.no)
			}
			if strings.Contains(last.Detail, "forbidden") {
				t.Errorf("the clerk reads %q", last.Detail)
			}
		})
	}
	t.Run("numbers below zero are no formulas", func(t *testing.T) {
		e := sound(t)
		e.text("-2")
		if !passed(examine(e)) {
			t.Error("-2 blocks, want passed")
		}
	})
	t.Run("served again", func(t *testing.T) {
		e := sound(t)
		e.run.ID, e.run.Reused = "run_2", "run_1"
		checks := examine(e)
		if !passed(checks) || !strings.Contains(checks[7].Detail, "不重复扣减") {
			t.Errorf("a result served again = %+v, want passed and said so", checks[7])
		}
	})
}

// Each kind in the shapes people write it, and beside it what only looks like it.
func TestIdentifier(t *testing.T) {
	uscc, err := party.MakeUSCC("91350211MA990001")
	if err != nil {
		t.Fatal(err)
	}
	wrong := uscc[:17] + string("0123456789"[(strings.IndexByte("0123456789", uscc[17])+1)%10])
	for _, c := range []struct{ text, want string }{
		{"11010519491231002X", "身份证号"},
		{"身份证11010519491231002x。", "身份证号"},
		{"１１０１０５１９４９１２３１００２Ｘ", "身份证号"},
		{"110105 19491231 002X", "身份证号"},
		{"110105194912310021; 11010519491231002X", "身份证号"}, // the second is one
		{"110105194912310021", ""},                         // wrong check digit
		{"6222021234567890128", "银行卡号"},
		{"4111 1111 1111 1111", "银行卡号"},
		{"4111-1111-1111-1112", ""},
		{"单位" + uscc, "统一社会信用代码"},
		{wrong, ""},
		{"13812345678", "手机号"},
		{"+86 138-1234-5678", "手机号"},
		{"12812345678", ""},
		{"zhang.san@example.com", "邮箱"},
		{"闽C12345", "车牌号"},
		{"粤B·AD12345", "车牌号"},
		{"24.8741, 118.6757", "精确坐标"},
		{"24.87, 118.68", ""},
		{"3q2+7w/8Zk1Xc9VbN5mLpR0t", "散列或编码串"},
		{"aaaaaaaaaaaaaaaaaaaaaaaa", ""},
		{"研究生及以上", ""}, {"30-40", ""}, {"2025-09-26", ""}, {"Some-college", ""}, {"100000", ""}, {"", ""},
	} {
		if got := identifier(c.text); got != c.want {
			t.Errorf("identifier(%q) = %q, want %q", c.text, got, c.want)
		}
	}
}
