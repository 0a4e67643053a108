package regime_test

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"yunei/internal/base/errs"
	"yunei/internal/base/workday"
	"yunei/internal/core/regime"
	"yunei/regimes"
)

// scaffolded is a new pack beside the shipped ones, with every blank filled by fill.
func scaffolded(t *testing.T, id string, fill func(string) string) fs.FS {
	t.Helper()
	files, err := regime.Scaffold(id, "2026-03-02")
	if err != nil {
		t.Fatal(err)
	}
	more := map[string]string{}
	for _, f := range files {
		if path.Dir(f.Name) != "schema" {
			more[f.Name] = fill(string(f.Text))
		}
	}
	return changed(t, more)
}

// TestScaffold holds that a new pack has no fault but what is still to be written, that each place is named with its line, and
// that it loads when a person has written them.
func TestScaffold(t *testing.T) {
	problems := regime.Lint(scaffolded(t, "xiamen-2026-05-01", func(s string) string { return s }), "xiamen-2026-05-01")
	if len(problems) < 20 {
		t.Errorf("%d places to write, want them all: %v", len(problems), problems)
	}
	for _, p := range problems {
		if !strings.HasPrefix(p.Message, "待填: ") || p.Line == 0 {
			t.Errorf("a new pack has a fault: %s", p)
		}
	}
	written := scaffolded(t, "xiamen-2026-05-01", func(s string) string {
		return strings.NewReplacer("【待填 ", "", "】", "").Replace(s)
	})
	for _, p := range regime.Lint(written, "xiamen-2026-05-01") {
		t.Errorf("a written pack has a fault: %s", p)
	}
	law := regime.New()
	if err := law.Load(written, "xiamen-2026-05-01"); err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{"party.admission", "grant.prescenario", "grant.scenario", "output.release"} {
		if _, err := law.Procedure(kind, "2026-05-01"); err != nil {
			t.Errorf("a new pack cannot run %s: %v", kind, err)
		}
	}
	if err := regime.New().Load(scaffolded(t, "xiamen-2026-05-01", func(s string) string { return s }), "xiamen-2026-05-01"); err == nil {
		t.Error("a pack with blanks is loaded, want it refused")
	}
}

func TestScaffold_Refused(t *testing.T) {
	for _, id := range []string{"", "Xiamen-2026", "xiamen", "../etc-passwd", "yunei-own", "xiamen-2026-02-30", "xia men-2026"} {
		if _, err := regime.Scaffold(id, "2026-03-02"); !errs.Is(err, errs.Invalid) {
			t.Errorf("%q: got %v, want invalid", id, err)
		}
	}
	files, err := regime.Scaffold("xiamen-draft", workday.Date("2026-03-02"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if f.Name == "xiamen-draft/pack.yaml" && !strings.Contains(string(f.Text), "from: 2026-03-02") {
			t.Error("a pack whose id names no day does not begin today")
		}
	}
}

// TestSchemas holds that regimes/schema is what the structs say: yunei regime schema --out regimes/schema writes it.
func TestSchemas(t *testing.T) {
	schemas, err := regime.Schemas()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join("..", "..", "..", "regimes", "schema")
	for name, want := range schemas {
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || string(got) != string(want) {
			t.Errorf("regimes/schema/%s is not fresh (%v): run yunei regime schema --out regimes/schema", name, err)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != len(schemas) {
		t.Errorf("regimes/schema holds %d files (%v), want %d", len(entries), err, len(schemas))
	}
	pack := string(schemas["procedure.schema.json"])
	for _, want := range []string{`"additionalProperties": false`, `"sequence"`, `"description": "公示"`, `"#/definitions/Cite"`} {
		if !strings.Contains(pack, want) {
			t.Errorf("the schema of procedures does not say %s", want)
		}
	}
}

func TestDiff(t *testing.T) {
	got, err := regime.Diff(regimes.FS, guizhou, regimes.FS, zhoushan)
	if err != nil {
		t.Fatal(err)
	}
	find := func(of, name string) (regime.Difference, bool) {
		for _, d := range got {
			if d.Of == of && d.Name == name {
				return d, true
			}
		}
		return regime.Difference{}, false
	}
	if d, ok := find("role", "data-user"); !ok || d.A != "开发利用主体" || !strings.Contains(d.B, "授权运营单位") {
		t.Errorf("the role data-user: got %+v %v", d, ok)
	}
	if d, ok := find("value", "publicity.operator"); !ok || !strings.Contains(d.A, "5 working_day") || d.B != "" {
		t.Errorf("the publicity of operators: got %+v %v, want five working days in Guizhou alone", d, ok)
	}
	if _, ok := find("value", "log.online"); ok {
		if d, _ := find("value", "log.online"); d.A == d.B {
			t.Errorf("what both say alike is listed: %+v", d)
		}
	}
	if same, err := regime.Diff(regimes.FS, guizhou, regimes.FS, guizhou); err != nil || len(same) != 0 {
		t.Errorf("a pack differs from itself: %v, %v", same, err)
	}
	if _, err := regime.Diff(regimes.FS, guizhou, regimes.FS, "zhousan-2024-03-20"); err == nil || !strings.Contains(err.Error(), "zhoushan-2024-03-20") {
		t.Errorf("a misspelled pack: got %v, want the near one named", err)
	}
}

// TestDiff_Versions holds that a changed number is found, and nothing else.
func TestDiff_Versions(t *testing.T) {
	a := broken(t, "", "", "")
	b := broken(t, "p/rules/age.yaml", "int: 3", "int: 5")
	got, err := regime.Diff(a, "p", b, "p")
	if err != nil || len(got) != 1 || got[0].Name != "years" || !strings.HasPrefix(got[0].B, "5 year") {
		t.Errorf("got %+v, %v; want the one value", got, err)
	}
}
