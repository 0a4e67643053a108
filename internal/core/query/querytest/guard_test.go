package querytest

import (
	"bytes"
	"os"
	"testing"

	"yunei/internal/core/query"
	"yunei/internal/core/query/guard"
)

func TestCases(t *testing.T) {
	cases, err := Cases()
	if err != nil {
		t.Fatal(err)
	}
	if len(cases) < 100 {
		t.Errorf("%d cases, want at least 100", len(cases))
	}
	judge(t, cases)
	steps, err := StepCases()
	if err != nil {
		t.Fatal(err)
	}
	judge(t, steps)
}

// judge holds that each text becomes what its case says.
func judge(t *testing.T, cases []Case) {
	t.Helper()
	for _, c := range cases {
		review := guard.InspectStep(c.Text, c.Module, c.Class, City())
		m, refusals := review.Model, review.Refusals
		where := c.File[len("testdata/"):]
		if c.Code == "" {
			if len(refusals) > 0 {
				t.Errorf("%s:%d: refused: %+v\n%s", where, c.Line, refusals, c.Text)
				continue
			}
			checkModel(t, where, c, m)
			continue
		}
		if m != nil || len(refusals) == 0 {
			t.Errorf("%s:%d: accepted, want %s\n%s", where, c.Line, c.Code, c.Text)
			continue
		}
		r := refusals[0]
		if string(r.Code) != c.Code || c.At >= 0 && r.Start != c.At {
			t.Errorf("%s:%d: got %s at %d (%q: %s), want %s at %d\n%s", where, c.Line, r.Code, r.Start, c.Text[r.Start:r.End], r.Zh, c.Code, c.At, c.Text)
		}
		if r.Zh == "" || r.En == "" || r.Hint == "" || r.End < r.Start {
			t.Errorf("%s:%d: refusal without words: %+v", where, c.Line, r)
		}
	}
}

// TestCases_Cover holds that every code of the design has a case, and every refusal an allowed neighbour after it.
func TestCases_Cover(t *testing.T) {
	cases, err := Cases()
	if err != nil {
		t.Fatal(err)
	}
	steps, err := StepCases()
	if err != nil {
		t.Fatal(err)
	}
	cases = append(cases, steps...)
	seen := map[string]bool{}
	for i, c := range cases {
		seen[c.Code] = true
		if c.Code != "" && (i+1 == len(cases) || cases[i+1].File != c.File) {
			t.Errorf("%s:%d: a refusal without an allowed neighbour after it", c.File, c.Line)
		}
	}
	for code := range guard.Codes() {
		if !seen[string(code)] {
			t.Errorf("no case is refused with %s", code)
		}
	}
}

func checkModel(t *testing.T, where string, c Case, m *query.Model) {
	t.Helper()
	again, err := query.Decode(m.Canonical())
	if err != nil {
		t.Errorf("%s:%d: %v", where, c.Line, err)
		return
	}
	if !bytes.Equal(again.Canonical(), m.Canonical()) {
		t.Errorf("%s:%d: decoding changed the model", where, c.Line)
	}
	if checks, refusals := guard.Recheck(again, City()); len(refusals) > 0 || len(checks) == 0 {
		t.Errorf("%s:%d: the checks refuse what they let pass: %+v", where, c.Line, refusals)
	}
	if os.Getenv("SHOW") != "" {
		t.Logf("%s\n%s", c.Text, m.Canonical())
	}
}
