package lab_test

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"yunei/internal/base/errs"
	"yunei/internal/core/query"
	"yunei/internal/core/query/duckdb"
	"yunei/internal/core/query/guard"
	"yunei/internal/core/query/interp"
	"yunei/internal/flow/lab"
	"yunei/internal/test/town"
)

func check(t *testing.T, list []guard.Check, id string) (status guard.Status, zh, en string) {
	t.Helper()
	i := slices.IndexFunc(list, func(c guard.Check) bool { return c.ID == id })
	if i < 0 {
		t.Fatalf("no check %s among %d", id, len(list))
	}
	if c := list[i]; len(c.Evidence) != len(c.EvidenceEn) || c.Title == "" || c.TitleEn == "" {
		t.Errorf("%s is not printed in both languages: %+v", id, c)
	}
	return list[i].Status, strings.Join(list[i].Evidence, "\n"), strings.Join(list[i].EvidenceEn, "\n")
}

// reviewOf is what was kept with a version for its reviewers.
func reviewOf(t *testing.T, v lab.Version) []guard.Check {
	t.Helper()
	var r guard.Review
	town.Must(t, json.Unmarshal(v.Review, &r))
	return r.Checks
}

// The review package says what error to expect, what the budgets have left, how the model lies to earlier runs, and that
// all engines agreed, before an expert reads it; what changes with time is made anew at the desk.
func TestService_Submit_foresees(t *testing.T) {
	w := town.SQLite(t)
	g := w.Grants("bank", share)
	for _, c := range reviewOf(t, g.Table) {
		check(t, reviewOf(t, g.Table), c.ID) // both languages
	}
	if status, zh, _ := check(t, reviewOf(t, g.Table), "SC20"); status != guard.Pass || !strings.Contains(zh, "accounts：95%") || !strings.Contains(zh, "不予显示") {
		t.Errorf("SC20 = %s %s", status, zh)
	}
	if status, zh, _ := check(t, reviewOf(t, g.Table), "SC21"); status != guard.Pass || !strings.Contains(zh, "资源年度额度：上限 0.1366") {
		t.Errorf("SC21 = %s %s", status, zh)
	}
	if status, zh, _ := check(t, reviewOf(t, g.Table), "SC22"); status != guard.Pass || !strings.Contains(zh, "还没有运行过") {
		t.Errorf("SC22 = %s %s", status, zh)
	}
	for _, id := range []string{"SC23", "SC24"} {
		if status, zh, _ := check(t, reviewOf(t, g.Table), id); status != guard.Pass || !strings.Contains(zh, "1 组参数") {
			t.Errorf("%s = %s %s", id, status, zh)
		}
	}
	if status, zh, _ := check(t, reviewOf(t, g.Band), "SC23"); status != guard.Pass || !strings.Contains(zh, "次查询") {
		t.Errorf("SC23 of a model about one person = %s %s", status, zh)
	}

	run, err := w.Lab.Run(w.As("bank"), g.Space.ID, g.Table.ID)
	town.Must(t, err)
	narrow := `SELECT education, COUNT(*) AS n FROM credit_default WHERE pay_0 >= 1 GROUP BY education`
	seen, err := w.Lab.Check(w.As("bank"), g.Space.ID, lab.Source{Class: "A", Text: narrow}, 0)
	town.Must(t, err)
	status, zh, en := check(t, seen.Review.Checks, "SC22")
	if status != guard.Warn || !strings.Contains(zh, run.ID) || !strings.Contains(zh, ".pay_0") || !strings.Contains(en, "decided by") {
		t.Errorf("SC22 of a condition more = %s %s", status, zh)
	}
	d, err := w.Lab.Desk(w.As("operator"), g.Table.ID)
	town.Must(t, err)
	if status, zh, _ := check(t, d.Today, "SC22"); status != guard.Pass || !strings.Contains(zh, "口径相同 1") {
		t.Errorf("SC22 at the desk after the run = %s %s", status, zh)
	}
	if status, zh, _ := check(t, d.Today, "SC21"); status != guard.Pass || !strings.Contains(zh, "已有结果") {
		t.Errorf("SC21 at the desk after the run = %s %s", status, zh)
	}

	// What exceeds a whole budget never runs: no expert need read it.
	m, err := w.Lab.SaveModel(w.As("bank"), g.Space.ID, lab.Model{Name: "贵", Class: "A", Draft: narrow})
	town.Must(t, err)
	_, err = w.Lab.Submit(w.As("bank"), m.ID, false, 200_000_000_000)
	if e := town.WantCode(t, "a charge beyond the year's budget", err, errs.Invalid); e != nil && (len(e.Spots) != 1 || e.Spots[0].Code != "SC21" || e.Spots[0].En == "") {
		t.Errorf("spots = %+v, want SC21 in both languages", e.Spots)
	}
	w.Fsck()
}

// The comparison of engines can tell: with one person's record changed under the engine's feet, it says so.
func TestService_differs(t *testing.T) {
	w := town.SQLite(t)
	sp := w.Space("bank", w.Scenario("bank", 0, town.Fields...))
	page, err := w.Lab.Space(w.As("bank"), sp.ID)
	town.Must(t, err)
	cat := query.Catalog{Tables: page.Tables}
	for class, text := range map[query.Class]string{query.A: town.Table, query.B: town.Band} {
		m, refusals := guard.Compile(text, class, cat)
		if m == nil {
			t.Fatal(refusals)
		}
		for _, spoilt := range []bool{false, true} {
			same, err := w.Lab.Same(t.Context(), m, cat, t.TempDir(), func(data interp.Data) {
				rows := data["credit_default"]
				if at := slices.Index(rows.Columns, "sid"); spoilt {
					rows.Rows = slices.DeleteFunc(slices.Clone(rows.Rows), func(r []query.Value) bool { return r[at].S == rows.Rows[0][at].S })
					data["credit_default"] = rows
				}
			})
			if err != nil || same == spoilt {
				t.Errorf("class %s, spoilt %v: same = %v, %v", class, spoilt, same, err)
			}
		}
	}
}

// TestService_Submit_engine: a model whose engines could not be compared is not submitted; only a deployment that was told
// to run without an engine takes it, and says so to its experts.
func TestService_Submit_engine(t *testing.T) {
	w := town.SQLite(t)
	sp := w.Space("bank", w.Scenario("bank", share, town.Fields...))
	m, err := w.Lab.SaveModel(w.As("bank"), sp.ID, lab.Model{Name: "按学历", Class: "A", Draft: `SELECT education, COUNT(*) AS n FROM credit_default GROUP BY education`})
	town.Must(t, err)

	w.Lab.Engine = duckdb.New(duckdb.Options{TempDir: filepath.Join(t.TempDir(), "none")})
	_, err = w.Lab.Submit(w.As("bank"), m.ID, false, 0)
	if e := town.WantCode(t, "without an engine", err, errs.Unavailable); !strings.Contains(e.Msg, "SC23") || !strings.Contains(e.Msg, "yunei doctor") {
		t.Errorf("the refusal says %q", e.Msg)
	}

	w.Lab.Engine = duckdb.New(duckdb.Options{None: true})
	v, err := w.Lab.Submit(w.As("bank"), m.ID, false, 0)
	town.Must(t, err)
	if status, zh, _ := check(t, reviewOf(t, v), "SC23"); status != guard.Warn || !strings.Contains(zh, "不设执行引擎") {
		t.Errorf("SC23 = %s %s", status, zh)
	}
}
