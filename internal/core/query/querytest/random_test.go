package querytest

import (
	"testing"

	"yunei/internal/core/query"
	"yunei/internal/core/query/guard"
)

// TestRandom: texts meant to be accepted mostly are, and what is accepted holds on any rows.
func TestRandom(t *testing.T) {
	const n = 600
	data := tame(People(21, 40))
	accepted := map[query.Class]int{}
	reasons := map[guard.Code]int{}
	for seed := range uint64(n) {
		class, text := Random(seed)
		m, refusals := guard.Compile(text, class, City())
		if m == nil {
			reasons[refusals[0].Code]++
			if c := refusals[0].Code; c == guard.Syntax || c == guard.UnknownName {
				t.Errorf("seed %d: %s %s\n%s", seed, c, refusals[0].Zh, text)
			}
			continue
		}
		accepted[class]++
		holds(t, m, data)
	}
	t.Logf("accepted %v, refused %v", accepted, reasons)
	for _, class := range []query.Class{query.A, query.B, query.O} {
		if accepted[class] < n/12 {
			t.Errorf("only %d texts of class %s were accepted", accepted[class], class)
		}
	}
}
