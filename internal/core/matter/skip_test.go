package matter

import "testing"

// A listed model that is used unchanged skips experts and providers, not the order of those who remain.
func TestMatter_skippedStepsDoNotOvertake(t *testing.T) {
	m := pipeline()
	m.Steps[0].State = StepWaiting
	for _, id := range []string{"experts", "provider"} {
		s, err := m.Step(id)
		must(t, err)
		s.State = StepSkipped
	}
	openReady(m)
	final, err := m.Step("final")
	must(t, err)
	if final.State != StepWaiting {
		t.Fatalf("the final step is %s before the first review, want waiting", final.State)
	}
	must(t, say(m, "first", "first1", Pass))
	if final.State != StepOpen {
		t.Errorf("the final step is %s after the first review, want open", final.State)
	}
	must(t, say(m, "final", "final1", Pass))
	if m.State != Passed {
		t.Errorf("the matter is %s, want passed", m.State)
	}
}
