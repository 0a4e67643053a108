package querytest

import (
	"os"
	"path/filepath"
	"testing"

	"yunei/internal/core/query"
	"yunei/internal/core/query/guard"
	"yunei/internal/core/query/interp"
	"yunei/internal/core/query/step"
)

func guide(t testing.TB, name string) []byte {
	t.Helper()
	body, err := os.ReadFile(filepath.Join("../../../../docs/guide/step", name))
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// TestGuide_Step holds that the example of the guide for developers is accepted, by hand and as a Rust compiler made it, and
// that both give every person the same answer within the declared fuel.
func TestGuide_Step(t *testing.T) {
	written, err := step.Assemble(string(guide(t, "score.wat")))
	if err != nil {
		t.Fatal(err)
	}
	answers := map[string]map[string]query.Value{}
	bands := map[query.Value]int{}
	for name, module := range map[string][]byte{"wat": written, "rust": guide(t, "score.wasm")} {
		r := guard.InspectStep(string(guide(t, "score.sql")), module, query.B, City())
		if !r.Accepted {
			t.Fatalf("%s: %+v", name, r.Refusals)
		}
		p, err := interp.CompileStep(r.Model, module)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		answers[name] = map[string]query.Value{}
		people := People(11, 400)["credit_default"]
		for _, row := range people.Rows {
			got, err := p.Subject(row[0].S, interp.Data{"credit_default": {Columns: people.Columns, Rows: [][]query.Value{row}}})
			if err != nil {
				t.Fatal(err)
			}
			if got.Found {
				if why := got.Steps[0].Why; why != "" && why != step.OffInput {
					t.Errorf("%s, %v: %s", name, row, why)
				}
				answers[name][row[0].S] = got.Values[0]
				bands[got.Values[0]]++
			}
		}
	}
	for sid, v := range answers["wat"] {
		if answers["rust"][sid] != v {
			t.Errorf("%s: %s by hand, %s by the compiler", sid, v.Text(), answers["rust"][sid].Text())
		}
	}
	if len(bands) != 3 {
		t.Errorf("answers %v: not every band occurs", bands)
	}
}
