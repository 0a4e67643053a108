package querytest

import (
	"bytes"
	"testing"

	"yunei/internal/core/query"
	"yunei/internal/core/query/guard"
)

// TestPrint: every accepted case, and random texts, printed in the accepted language are the same models again.
func TestPrint(t *testing.T) {
	cases, err := Cases()
	if err != nil {
		t.Fatal(err)
	}
	for seed := range uint64(400) {
		class, text := Random(5000 + seed)
		cases = append(cases, Case{Class: class, Text: text})
	}
	n := 0
	for _, c := range cases {
		if m, _ := guard.Compile(c.Text, c.Class, City()); m != nil {
			n++
			if why := readsBack(m); why != "" {
				t.Errorf("%s\n%s", c.Text, why)
			}
		}
	}
	if n < 300 {
		t.Errorf("only %d texts were accepted", n)
	}
}

// readsBack says what is wrong when a model, printed in the accepted language, is not the same model again.
func readsBack(m *query.Model) string {
	text := guard.Print(m)
	if m.Fit != nil {
		return ""
	}
	back, refusals := guard.Compile(text, m.Class, City())
	switch {
	case back == nil:
		return "printed, it is refused: " + refusals[0].En + "\n" + text + "\n" + string(m.Canonical())
	case !bytes.Equal(back.Canonical(), m.Canonical()):
		return "printed, it is another model:\n" + text + "\n" + string(m.Canonical()) + "\n" + string(back.Canonical())
	}
	return ""
}
