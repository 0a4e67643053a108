package matter

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"yunei/internal/base/errs"
	"yunei/internal/core/regime"
)

var noon = time.Date(2025, 9, 26, 4, 0, 0, 0, time.UTC)

// pipeline is the shape of Quanzhou's 场景申报: first review, then experts beside the providers' opinion, then the bureau.
func pipeline() *Matter {
	m := &Matter{ID: "mat_1", State: Running, Applicant: "org_bank", Steps: []Step{
		{ID: "first", Title: "初审", Binding: true, Need: 1, May: []Verdict{Pass, Return, Refuse}, State: StepWaiting, Checks: []regime.Check{{ID: "complete", Title: "材料齐全"}}},
		{ID: "experts", Title: "专家评估", Binding: true, Need: 2, May: []Verdict{Pass, Return, Refuse}, After: []string{"first"}, State: StepWaiting},
		{ID: "provider", Title: "征求意见", Need: 1, May: []Verdict{Agree, Disagree}, After: []string{"first"}, State: StepWaiting},
		{ID: "final", Title: "最终审批", Binding: true, Need: 1, May: []Verdict{Pass, Return, Refuse}, After: []string{"experts", "provider"}, State: StepWaiting},
	}}
	openReady(m)
	return m
}

// openReady does to steps what the service does, without inboxes: three experts, one of everyone else.
func openReady(m *Matter) {
	for _, s := range m.ready() {
		to := []string{"account:" + s.ID + "1"}
		if s.ID == "experts" {
			to = []string{"account:experts1", "account:experts2", "account:experts3"}
		}
		m.open(s, to, counter{}, noon)
	}
}

func say(m *Matter, step, who string, v Verdict) error {
	s, err := m.Step(step)
	if err != nil {
		return err
	}
	o := Opinion{Account: who, Name: who, Verdict: v, Reason: "理由充分", At: noon, Checks: map[string]bool{}}
	for _, c := range s.Checks {
		o.Checks[c.ID] = v == Pass
	}
	if err := m.mayDecide(s, o); err != nil {
		return err
	}
	m.decide(s, o, counter{})
	if m.State == Running {
		openReady(m)
	}
	return nil
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestMatter_Pipeline(t *testing.T) {
	t.Run("OK", func(t *testing.T) {
		m := pipeline()
		must(t, say(m, "first", "first1", Pass))
		must(t, say(m, "experts", "experts1", Pass))
		must(t, say(m, "provider", "provider1", Disagree))
		if s, _ := m.Step("final"); s.State != StepWaiting {
			t.Fatalf("final is %s after one of two experts, want waiting", s.State)
		}
		must(t, say(m, "experts", "experts3", Pass))
		must(t, say(m, "final", "final1", Pass))
		if m.State != Passed || m.Closed == nil {
			t.Errorf("state %s closed %v, want passed", m.State, m.Closed)
		}
	})
	t.Run("a silent provider holds nothing up", func(t *testing.T) {
		m := pipeline()
		must(t, say(m, "first", "first1", Pass))
		must(t, say(m, "experts", "experts1", Pass))
		must(t, say(m, "experts", "experts2", Pass))
		final, _ := m.Step("final")
		provider, _ := m.Step("provider")
		if final.State != StepOpen || provider.State != StepOpen {
			t.Fatalf("after the experts: final %s, provider %s; want both open", final.State, provider.State)
		}
		must(t, say(m, "final", "final1", Pass))
		if m.State != Passed || provider.State != StepClosed {
			t.Errorf("state %s, the provider's step %s; want passed, closed", m.State, provider.State)
		}
	})
	t.Run("an objecting provider binds nobody", func(t *testing.T) {
		m := pipeline()
		must(t, say(m, "first", "first1", Pass))
		must(t, say(m, "provider", "provider1", Disagree))
		if m.State != Running {
			t.Errorf("state %s, want running", m.State)
		}
	})
	t.Run("experts refuse once two cannot pass any more", func(t *testing.T) {
		m := pipeline()
		must(t, say(m, "first", "first1", Pass))
		must(t, say(m, "experts", "experts1", Refuse))
		if m.State != Running {
			t.Fatalf("state %s after one refusal of three, want running", m.State)
		}
		must(t, say(m, "experts", "experts2", Refuse))
		if m.State != Refused {
			t.Errorf("state %s after two refusals of three, want refused", m.State)
		}
	})
	t.Run("a supplement keeps what passed and restarts the rest", func(t *testing.T) {
		m := pipeline()
		must(t, say(m, "first", "first1", Pass))
		must(t, say(m, "experts", "experts1", Return))
		if m.State != Returned {
			t.Fatalf("state %s, want returned", m.State)
		}
		must(t, m.supplement(noon, "bank", []Document{{Kind: "design"}}))
		openReady(m)
		first, _ := m.Step("first")
		experts, _ := m.Step("experts")
		if first.State != StepDone || experts.State != StepOpen || len(experts.Opinions) != 0 {
			t.Errorf("first %s, experts %s with %d opinions; want done, open, 0", first.State, experts.State, len(experts.Opinions))
		}
	})
}

func TestMatter_Refusals(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(m *Matter) error
		want errs.Code
	}{
		{"twice", func(m *Matter) error {
			_ = say(m, "first", "first1", Pass)
			return errsOf(say(m, "experts", "experts1", Pass), say(m, "experts", "experts1", Pass))
		}, errs.Conflict},
		{"without a reason", func(m *Matter) error {
			s, _ := m.Step("first")
			return m.mayDecide(s, Opinion{Account: "first1", Verdict: Refuse, Reason: " ", Checks: map[string]bool{"complete": false}})
		}, errs.Invalid},
		{"passing against one's own check", func(m *Matter) error {
			s, _ := m.Step("first")
			return m.mayDecide(s, Opinion{Account: "first1", Verdict: Pass, Reason: "同意", Checks: map[string]bool{"complete": false}})
		}, errs.Invalid},
		{"leaving a check open", func(m *Matter) error {
			s, _ := m.Step("first")
			return m.mayDecide(s, Opinion{Account: "first1", Verdict: Pass, Reason: "同意"})
		}, errs.Invalid},
		{"a step that is not open", func(m *Matter) error { return say(m, "final", "final1", Pass) }, errs.Conflict},
		{"a verdict the step does not know", func(m *Matter) error { return say(m, "first", "first1", Agree) }, errs.Invalid},
		{"after withdrawal", func(m *Matter) error {
			_ = m.withdraw(noon, "bank", "不再需要")
			return say(m, "first", "first1", Pass)
		}, errs.Conflict},
		{"withdrawing what is over", func(m *Matter) error {
			_ = say(m, "first", "first1", Refuse)
			return m.withdraw(noon, "bank", "不再需要")
		}, errs.Conflict},
		{"supplementing what was not returned", func(m *Matter) error { return m.supplement(noon, "bank", nil) }, errs.Conflict},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.do(pipeline()); !errs.Is(got, c.want) {
				t.Errorf("got %v, want %s", got, c.want)
			}
		})
	}
}

// errsOf is the last of several errors, when those before it are nil.
func errsOf(list ...error) error {
	for _, err := range list[:len(list)-1] {
		if err != nil {
			return fmt.Errorf("before: %w", err)
		}
	}
	return list[len(list)-1]
}

// Whatever people do in whatever order, a running matter always waits for somebody, nobody speaks twice at a step in
// one round, and a matter that is over has nothing open.
func TestMatter_NeverStuck(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := pipeline()
		for range rapid.IntRange(1, 40).Draw(t, "moves") {
			step := rapid.SampledFrom([]string{"first", "experts", "provider", "final"}).Draw(t, "step")
			who := fmt.Sprintf("%s%d", step, rapid.IntRange(1, 3).Draw(t, "who"))
			switch rapid.IntRange(0, 9).Draw(t, "move") {
			case 0:
				_ = m.withdraw(noon, "bank", "不再需要")
			case 1, 2:
				if m.supplement(noon, "bank", nil) == nil {
					openReady(m)
				}
			default:
				_ = say(m, step, who, rapid.SampledFrom([]Verdict{Pass, Pass, Pass, Return, Refuse, Agree, Disagree}).Draw(t, "verdict"))
			}
			invariants(t, m)
		}
	})
}

func invariants(t *rapid.T, m *Matter) {
	open := 0
	for _, s := range m.Steps {
		if s.State == StepOpen {
			open++
		}
		spoke := map[string]bool{}
		for _, o := range s.Opinions {
			if spoke[o.Account] {
				t.Fatalf("%s spoke twice at %s", o.Account, s.ID)
			}
			spoke[o.Account] = true
		}
	}
	if m.State == Running && open == 0 {
		t.Fatalf("running and nothing is open: %+v", m.Steps)
	}
	if m.State != Running && open > 0 {
		t.Fatalf("%s with %d open steps", m.State, open)
	}
	if m.Over() != (m.Closed != nil) {
		t.Fatalf("state %s, closed %v", m.State, m.Closed)
	}
}
