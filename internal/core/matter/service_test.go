package matter_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"yunei/internal/base/clock"
	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/matter"
	"yunei/internal/test/testdb"
)

// Tasks are in the inboxes of exactly those who can do something now; each opens and closes with the act it is about.
func TestService_tasks(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.asked["provider-opinion"] = []string{access.OrgAddress("org_a", access.Holder), access.OrgAddress("org_b", access.Holder)}
		x := o.as("x", "", access.Expert)
		a1, a2, b := o.as("a1", "org_a", access.Holder), o.as("a2", "org_a", access.Holder), o.as("b", "org_b", access.Holder)
		slow := o.filed(two, "no limit")
		m := o.filed(panel, "scenario")
		quick := o.filed(review, "next")
		o.wantInbox("the operator", o.operator(), "first-review scenario", "review next", "check no limit")
		o.wantInbox("an expert before the first review", x)
		o.wantInbox("the public", t.Context())

		_, err := o.say(o.operator(), m.ID, "first-review", matter.Pass)
		must(t, err)
		o.wantInbox("the operator", o.operator(), "review next", "check no limit")
		o.wantInbox("an expert", x, "experts scenario")
		o.wantInbox("a clerk of the first holder", a1, "provider-opinion scenario")
		o.wantInbox("the bureau", o.bureau(1))
		_, err = o.say(a1, m.ID, "provider-opinion", matter.Agree)
		must(t, err)
		o.wantInbox("the other clerk of the first holder", a2)
		o.wantInbox("the second holder", b, "provider-opinion scenario")
		_, err = o.say(a2, m.ID, "provider-opinion", matter.Disagree)
		wantCode(t, "a second opinion of the first holder", err, errs.Conflict)
		if s, _ := o.load(m.ID).Step("provider-opinion"); s.State != matter.StepOpen || len(s.Opinions) != 1 {
			t.Errorf("the holders' step is %s with %d opinions, want open with one of two", s.State, len(s.Opinions))
		}
		_, err = o.say(o.operator(), quick.ID, "review", matter.Refuse)
		must(t, err)
		_, err = o.Withdraw(o.bank(), slow.ID, "不再需要")
		must(t, err)
		_, err = o.Withdraw(o.bank(), m.ID, "不再需要")
		must(t, err)
		for who, ctx := range map[string]context.Context{"operator": o.operator(), "expert": x, "holder": b, "bank": o.bank()} {
			o.wantInbox(who, ctx)
		}
		if want := []string{review + " refused", two + " withdrawn", panel + " withdrawn"}; !slices.Equal(o.ended, want) {
			t.Errorf("what followed = %v, want %v", o.ended, want)
		}
		o.fsck()
	})
}

// Two working days from the Monday before the holidays end on the Thursday after them; from the Friday before, on that
// Monday, because the Sunday between is worked. The explanation says so; whoever decides after it explains why (三(七)), the
// opinion is marked late and the applicant is told.
func TestService_deadline(t *testing.T) {
	for _, c := range []struct {
		from time.Time
		due  string
	}{
		{monday, "2025-10-09"},
		{monday.AddDate(0, 0, -3), "2025-09-29"},
		{monday.AddDate(0, 0, 1), "2025-10-10"},
	} {
		clk := clock.NewSet(c.from)
		o := newOffice(t, testdb.SQLite(t, clk), clk)
		m := o.filed(review, "x")
		d := m.Steps[0].Deadline
		if d == nil || d.Due.String() != c.due || !strings.Contains(d.Explain, "2 个工作日") {
			t.Errorf("filed on %s: due %+v, want %s, explained", c.from.Format(time.DateOnly), d, c.due)
			continue
		}
		due, err := time.Parse(time.DateOnly, c.due)
		must(t, err)
		clk.Advance(due.Add(36 * time.Hour).Sub(c.from)) // the day after
		e := wantCode(t, "late without an explanation", second(o.say(o.operator(), m.ID, "review", matter.Pass)), errs.Invalid)
		if len(e.Cites) != 1 || e.Cites[0].Article != "三(七)" {
			t.Errorf("late without an explanation cites %v, want 三(七)", e.Cites)
		}
		said := matter.Decision{Verdict: matter.Pass, Reason: "理由充分", Excuse: "材料较多, 逐项核对", Checks: map[string]bool{"feasible": true, "necessary": true, "safe": true}}
		m, err = o.Decide(o.operator(), m.ID, "review", said)
		if err != nil || !m.Steps[0].Opinions[0].Late || m.Steps[0].Opinions[0].Excuse != said.Excuse {
			t.Fatalf("decided the day after %s: %v; want decided, marked late, with the explanation", c.due, err)
		}
		o.wantInbox("the applicant", o.bank(), "read x")
	}
}

// A return asks the applicant; its supplement replaces what it sends, keeps the rest, and starts the clock anew.
func TestService_supplement(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		m := o.filed(review, "x")
		m, err := o.say(o.operator(), m.ID, "review", matter.Return)
		if err != nil || m.State != matter.Returned {
			t.Fatalf("Return = %v, %v", m, err)
		}
		o.wantInbox("the operator", o.operator())
		o.wantInbox("the filer", o.bank(), "supplement x")
		_, err = o.say(o.operator(), m.ID, "review", matter.Pass)
		wantCode(t, "deciding what was returned", err, errs.Conflict)
		_, err = o.Supplement(o.as("insurer", "org_insurer", access.DataUser), m.ID, nil)
		_, none := o.Supplement(o.bank(), "mat_none", nil)
		if a, b := wantCode(t, "another's matter", err, errs.NotFound), wantCode(t, "no matter", none, errs.NotFound); a.Msg != b.Msg {
			t.Errorf("another's is answered %q, a missing one %q; want the same words", a.Msg, b.Msg)
		}
		for what, docs := range map[string][]matter.Document{
			"no kind": {{Title: "方案", Text: "x"}}, "nothing in it": {{Kind: "model", Title: "模型", Text: " "}},
			"a book": {{Kind: "model", Text: strings.Repeat("长", 40_000)}}, "a heap": make([]matter.Document, 101),
		} {
			_, err := o.Supplement(o.bank(), m.ID, docs)
			wantCode(t, what, err, errs.Invalid)
		}
		o.clock.Advance(10 * 24 * time.Hour) // the ninth of October
		m, err = o.Supplement(o.bank(), m.ID, []matter.Document{
			{Kind: "solution-plan", Title: "方案", Text: "第二稿"}, {Kind: "solution-plan", Title: "附图", Text: "图一"}})
		must(t, err)
		var docs []string
		for _, d := range m.Documents {
			docs = append(docs, d.Title+d.Text)
		}
		if want := []string{"模型一", "方案第二稿", "附图图一"}; !slices.Equal(docs, want) {
			t.Errorf("documents = %v, want %v", docs, want)
		}
		if s := m.Steps[0]; m.State != matter.Running || m.Rounds != 1 || s.State != matter.StepOpen || len(s.Opinions) != 0 || s.Deadline.Due.String() != "2025-10-11" {
			t.Errorf("after the supplement: %s round %d, step %s due %s; want running, 1, open, 2025-10-11, a Saturday that is worked", m.State, m.Rounds, s.State, s.Deadline.Due)
		}
		o.wantInbox("the filer", o.bank())
		o.wantInbox("the operator", o.operator(), "review x")
		_, err = o.Supplement(o.bank(), m.ID, nil)
		wantCode(t, "supplementing twice", err, errs.Conflict)
		o.fsck()
	})
}

// Several people decide at once, each several times: one opinion of each is kept, none is lost, and the effect follows once.
func TestService_Decide_atOnce(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		m := o.filed(two, "x")
		_, err := o.say(o.operator(), m.ID, "check", matter.Pass)
		must(t, err)
		const people, times = 2, 4
		results := make([]error, people*times)
		var wg sync.WaitGroup
		for i := range results {
			wg.Go(func() { _, results[i] = o.say(o.bureau(i%people), m.ID, "review", matter.Pass) })
		}
		wg.Wait()
		won := map[int]int{}
		for i, err := range results {
			switch {
			case err == nil:
				won[i%people]++
			case !errs.Is(err, errs.Conflict):
				t.Errorf("a losing decision = %v, want conflict", err)
			}
		}
		m = o.load(m.ID)
		s, _ := m.Step("review")
		if won[0] != 1 || won[1] != 1 || len(s.Opinions) != 2 || m.State != matter.Passed || len(o.ended) < 1 {
			t.Errorf("won %v, %d opinions, %s, followed %v; want one each, 2, passed", won, len(s.Opinions), m.State, o.ended)
		}
		o.wantInbox("the bureau", o.bureau(0))
		o.fsck()
	})
}

// One passes while the other refuses and the applicant withdraws: whatever comes first, the matter ends once.
func TestService_endsOnce(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		for i := range 4 {
			m := o.filed(review, fmt.Sprint(i))
			var wg sync.WaitGroup
			results := make([]error, 3)
			wg.Go(func() { _, results[0] = o.say(o.operator(), m.ID, "review", matter.Pass) })
			wg.Go(func() {
				_, results[1] = o.say(o.as("op2", "org_operator", access.Operator), m.ID, "review", matter.Refuse)
			})
			wg.Go(func() { _, results[2] = o.Withdraw(o.bank(), m.ID, "不再需要") })
			wg.Wait()
			done := 0
			for _, err := range results {
				if err == nil {
					done++
				} else if !errs.Is(err, errs.Conflict) {
					t.Errorf("a losing act = %v, want conflict", err)
				}
			}
			if m = o.load(m.ID); done != 1 || !m.Over() {
				t.Errorf("%d acts ended it, it is %s; want one", done, m.State)
			}
		}
		o.fsck()
	})
}

func TestService_Decide_refused(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		m := o.filed(two, "x")
		own := o.as("own", "org_bank", access.Operator)
		e := wantCode(t, "one's own organization", second(o.say(own, m.ID, "check", matter.Pass)), errs.Unlawful)
		if !slices.ContainsFunc(e.Cites, func(c errs.Cite) bool { return c.Article == "第二条" }) {
			t.Errorf("cites = %+v, want 第二条", e.Cites)
		}
		wantCode(t, "not the addressee", second(o.say(o.bureau(1), m.ID, "check", matter.Pass)), errs.Forbidden)
		wantCode(t, "a step that is not open yet", second(o.say(o.bureau(1), m.ID, "review", matter.Pass)), errs.Conflict)
		wantCode(t, "a step that does not exist", second(o.say(o.operator(), m.ID, "final", matter.Pass)), errs.NotFound)
		stranger := o.as("insurer", "org_insurer", access.DataUser)
		theirs := wantCode(t, "a stranger", second(o.Decide(stranger, m.ID, "none", matter.Decision{Verdict: matter.Pass, Reason: "同意"})), errs.NotFound)
		none := wantCode(t, "no matter", second(o.Decide(stranger, "mat_none", "none", matter.Decision{Verdict: matter.Pass, Reason: "同意"})), errs.NotFound)
		if theirs.Msg != none.Msg {
			t.Errorf("a stranger is told %q, of a missing one %q; want the same words", theirs.Msg, none.Msg)
		}
		wantCode(t, "the auditor", second(o.say(o.as("aud", "org_audit", access.Auditor), m.ID, "check", matter.Pass)), errs.Forbidden)
		wantCode(t, "the public", second(o.say(t.Context(), m.ID, "check", matter.Pass)), errs.Unauthenticated)

		o.fail = errors.New("disk")
		_, err := o.Withdraw(o.bank(), m.ID, "不再需要")
		if err == nil {
			t.Error("Withdraw = nil although what follows failed")
		}
		o.fail = nil
		if m = o.load(m.ID); m.State != matter.Running || len(o.ended) != 0 {
			t.Errorf("after a failed end: %s, followed %v; want running, nothing", m.State, o.ended)
		}
		o.wantInbox("the operator", o.operator(), "check x")
		o.fsck()
	})
}

func second(_ *matter.Matter, err error) error { return err }

// A step that nobody, or too few, can decide does not open, and the decision before it is not lost half-way.
func TestService_tooFew(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.expel("y")
		m := o.filed(panel, "x")
		wantCode(t, "one expert where two must agree", second(o.say(o.operator(), m.ID, "first-review", matter.Pass)), errs.Conflict)
		o.expel("x")
		o.expel("z")
		wantCode(t, "no expert", second(o.say(o.operator(), m.ID, "first-review", matter.Pass)), errs.Conflict)
		if m = o.load(m.ID); len(m.Steps[0].Opinions) != 0 || m.Steps[0].State != matter.StepOpen {
			t.Errorf("first review = %+v, want open and undecided", m.Steps[0])
		}
		o.wantInbox("the operator", o.operator(), "first-review x")
	})
}

// An opinion that binds nobody falls away where nobody is left to give it; what comes after opens all the same.
func TestService_nobodyToAsk(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.asked["provider-opinion"] = []string{}
		m := o.filed(panel, "x")
		_, err := o.say(o.operator(), m.ID, "first-review", matter.Pass)
		must(t, err)
		for _, who := range []string{"x", "y"} {
			_, err = o.say(o.as(who, "", access.Expert), m.ID, "experts", matter.Pass)
			wantCode(t, "an expert without a signature", err, errs.Invalid)
		}
		if s, _ := o.load(m.ID).Step("provider-opinion"); s.State != matter.StepSkipped {
			t.Errorf("the opinion of nobody is %s, want skipped", s.State)
		}
		_, err = o.say(o.as("x", "", access.Expert), m.ID, "experts", matter.Return)
		must(t, err)
		_, err = o.Supplement(o.bank(), m.ID, nil)
		must(t, err)
		o.wantInbox("an expert", o.as("y", "", access.Expert), "experts x")
	})
}

// A holder who says nothing holds nothing up (七(二)5); its task stays until the matter ends.
func TestService_silence(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.asked["provider-opinion"] = []string{access.OrgAddress("org_a", access.Holder)}
		holder := o.as("a", "org_a", access.Holder)
		m := o.filed(panel, "x")
		m, err := o.say(o.operator(), m.ID, "first-review", matter.Pass)
		must(t, err)
		must(t, o.signed("x", m))
		o.wantInbox("the bureau after one of two experts", o.bureau(1))
		must(t, o.signed("y", m))
		o.wantInbox("the bureau after both", o.bureau(1), "final x")
		o.wantInbox("the holder", holder, "provider-opinion x")
		if m, err = o.say(o.bureau(1), m.ID, "final", matter.Pass); err != nil || m.State != matter.Passed {
			t.Fatalf("final = %v, %v, want passed", m, err)
		}
		o.wantInbox("the holder", holder)
		wantCode(t, "an opinion after the end", second(o.say(holder, m.ID, "provider-opinion", matter.Disagree)), errs.Conflict)
		o.fsck()
	})
}

// What is kept of a decision is what was asked: no signature that nobody verified, no answer to a check that is none.
func TestService_Decide_keeps(t *testing.T) {
	o := newOffice(t, testdb.SQLite(t, clock.NewSet(monday)), clock.NewSet(monday))
	m := o.filed(two, "x")
	m, err := o.Decide(o.operator(), m.ID, "check", matter.Decision{Verdict: matter.Pass, Reason: "同意",
		Checks: map[string]bool{"purpose": true, "threshold": true, "gold": true}, Signature: &matter.Signature{Key: "key_1", Signed: "x", Value: "y"}})
	must(t, err)
	if op := m.Steps[0].Opinions[0]; op.Signature != nil || len(op.Checks) != 2 {
		t.Errorf("kept %+v, want no signature and the two answers", op)
	}
	listed := o.filed(panel, "listed")
	for _, id := range []string{"experts", "provider-opinion"} {
		if s, _ := listed.Step(id); s.State != matter.StepSkipped || s.Skipped == nil || s.Skipped.Article != "三(四)" {
			t.Errorf("step %s = %+v, want left out by 三(四)", id, s)
		}
	}
	_, err = o.say(o.operator(), listed.ID, "first-review", matter.Pass)
	must(t, err)
	if listed, err = o.say(o.bureau(1), listed.ID, "final", matter.Pass); err != nil || listed.State != matter.Passed {
		t.Errorf("without the experts = %v, %v, want passed", listed, err)
	}
}

// Lists show what somebody has business with, whoever they are.
func TestListVisible(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		m := o.filed(panel, "x")
		for who, c := range map[string]struct {
			ctx  context.Context
			want int
		}{
			"bank": {o.bank(), 1}, "operator": {o.operator(), 1}, "bureau": {o.bureau(1), 1}, "expert": {o.as("x", "", access.Expert), 0},
			"another bank": {o.as("insurer", "org_insurer", access.DataUser), 0}, "an account of no organization": {o.as("citizen", "", access.Subject), 0},
			"public": {t.Context(), 0},
		} {
			must(t, o.db.View(c.ctx, func(tx *sqldb.Tx) error {
				list, err := matter.ListVisible(c.ctx, tx, access.From(c.ctx), matter.Filter{Limit: 10})
				if err != nil || len(list) != c.want || matter.MaySee(access.From(c.ctx), m) != (c.want == 1) {
					t.Errorf("%s lists %d, %v, may see it %v; want %d", who, len(list), err, matter.MaySee(access.From(c.ctx), m), c.want)
				}
				return nil
			}))
		}
		_, err := o.say(o.operator(), m.ID, "first-review", matter.Return)
		must(t, err)
	})
}
