package querytest

import (
	"strings"
	"testing"

	"yunei/internal/core/query"
	"yunei/internal/core/query/guard"
	"yunei/internal/core/query/interp"
	"yunei/internal/core/query/step"
)

func stepCases(t testing.TB) []Case {
	t.Helper()
	cases, err := StepCases()
	if err != nil {
		t.Fatal(err)
	}
	return cases
}

// TestStep_Printed holds that what was understood, compiled again with the same module, is the same model.
func TestStep_Printed(t *testing.T) {
	for _, c := range stepCases(t) {
		if c.Code != "" || strings.Contains(c.Text, "PARAM") {
			continue
		}
		first := guard.InspectStep(c.Text, c.Module, c.Class, City())
		again := guard.InspectStep(first.Understood, c.Module, c.Class, City())
		if again.Hash != first.Hash || first.Hash == "" {
			t.Errorf("line %d: %s\nbecomes %s %+v", c.Line, first.Understood, again.Understood, again.Refusals)
		}
		if first.Step == nil || first.Step.Hash != first.Model.Step.Module {
			t.Errorf("line %d: no report of the module", c.Line)
		}
	}
}

// TestStep_Signed holds that the digest that experts sign, and the question that the precision ledger counts, are another
// for every other module, fuel, default or list of values; and that no other module than the signed one runs.
func TestStep_Signed(t *testing.T) {
	score := stepCases(t)[0]
	signed := guard.InspectStep(score.Text, score.Module, score.Class, City()).Model
	other := append([]byte(nil), score.Module...)
	other = append(other, 0, 2, 1, 'x') // a section that is no code
	for _, c := range []struct {
		text   string
		module []byte
	}{
		{score.Text, other},
		{strings.Replace(score.Text, "FUEL 500", "FUEL 501", 1), score.Module},
		{strings.Replace(score.Text, "DEFAULT 'C'", "DEFAULT 'B'", 1), score.Module},
		{strings.Replace(score.Text, "'A', 'B', 'C'", "'B', 'A', 'C'", 1), score.Module},
	} {
		r := guard.InspectStep(c.text, c.module, score.Class, City())
		if !r.Accepted {
			t.Fatalf("%+v", r.Refusals)
		}
		if r.Hash == signed.Hash() || r.Question == signed.Question() {
			t.Errorf("the same digest or question for %s", c.text)
		}
	}
	if _, err := interp.CompileStep(signed, other); err == nil {
		t.Error("a module that nobody signed runs")
	}
	if _, err := interp.Compile(signed); err == nil {
		t.Error("a model runs without its module")
	}
}

// TestStep_AsSQL holds that a step and the CASE that says the same give the same answer about everybody.
func TestStep_AsSQL(t *testing.T) {
	score := stepCases(t)[0]
	m := guard.InspectStep(score.Text, score.Module, score.Class, City()).Model
	stepped, err := interp.CompileStep(m, score.Module)
	if err != nil {
		t.Fatal(err)
	}
	const said = `SELECT CASE WHEN s >= 4 THEN 'A' WHEN s >= 2 THEN 'B' ELSE 'C' END AS band FROM (SELECT sid,
		CASE WHEN pay_0 <= 0 THEN 2 ELSE 0 END + CASE WHEN limit_bal >= 200000 THEN 2 WHEN limit_bal >= 50000 THEN 1 ELSE 0 END
		+ CASE WHEN education = 1 THEN 1 ELSE 0 END AS s FROM credit_default) t WHERE sid = :subject`
	plain, refusals := guard.Compile(said, query.B, City())
	if plain == nil {
		t.Fatalf("%+v", refusals)
	}
	reference, err := interp.Compile(plain)
	if err != nil {
		t.Fatal(err)
	}
	told, unlisted := map[string]int{}, 0
	people := People(7, 300)["credit_default"]
	for _, row := range people.Rows {
		data := interp.Data{"credit_default": {Columns: people.Columns, Rows: [][]query.Value{row}}}
		sid := row[0].S
		want, err := reference.Subject(sid, data)
		if err != nil {
			t.Fatal(err)
		}
		got, err := stepped.Subject(sid, data)
		if err != nil {
			t.Fatal(err)
		}
		if got.Found && got.Steps[0].Why == step.OffInput { // a code that the policy does not list
			if got.Values[0] != m.Step.Defaults[0] {
				t.Fatalf("%v: %+v is not the default", row, got)
			}
			unlisted++
			continue
		}
		if got.Found != want.Found || got.Found && (got.Values[0] != want.Values[0] || got.Steps[0].Why != "") {
			t.Fatalf("%v: %+v, in SQL %+v", row, got, want)
		}
		if got.Found {
			told[got.Values[0].Text()]++
		}
	}
	if len(told) != 3 || unlisted == 0 {
		t.Errorf("told %v, %d with an unlisted code: not every case occurs", told, unlisted)
	}
	if nobody, err := stepped.Subject("nobody", interp.Data{}); err != nil || nobody.Found || !nobody.Values[0].IsNull() {
		t.Errorf("without a record: %+v %v", nobody, err)
	}
}

// TestStep_Tampered holds that the checks refuse an artefact that claims less than it tells.
func TestStep_Tampered(t *testing.T) {
	score := stepCases(t)[0]
	for name, tamper := range map[string]func(m *query.Model){
		"a field is left out":           func(m *query.Model) { m.Outputs[0].Fields = m.Outputs[0].Fields[1:] },
		"a field is charged too little": func(m *query.Model) { m.Outputs[0].Fields[0].Cells = 1 },
		"an input has fewer values":     func(m *query.Model) { m.Step.Inputs[1].Values = m.Step.Inputs[1].Values[1:] },
		"an input is raw":               func(m *query.Model) { m.Root.Exprs[1] = m.Root.Exprs[1].Args[0].Args[0] },
	} {
		m := guard.InspectStep(score.Text, score.Module, score.Class, City()).Model
		tamper(m)
		if _, err := query.Decode(m.Canonical()); err != nil {
			continue
		}
		if _, refusals := guard.Recheck(m, City()); len(refusals) == 0 {
			t.Errorf("%s: accepted", name)
		}
	}
}
