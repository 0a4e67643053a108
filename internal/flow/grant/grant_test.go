package grant_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/matter"
	"yunei/internal/core/query/disclose"
	"yunei/internal/core/query/release"
	"yunei/internal/flow/grant"
	"yunei/internal/test/town"
)

const (
	year  = "2025"
	share = 20_000_000_000 // of 136.6e9 a year
)

// declared files a declaration of a model written in the scenario's own space.
func declared(w *town.Town, who string, sc grant.Scenario) grant.Declaration {
	w.T.Helper()
	return w.Declare(who, sc, w.Version(who, w.Space(who, sc), "A", town.Table))
}

// approved is a declaration taken through all its steps.
func approved(w *town.Town, who string, budget int64) grant.Declaration {
	d := declared(w, who, w.Scenario(who, budget, town.Fields...))
	w.Approve(d)
	return d
}

func (c clerk) permit(kind, object string) error {
	return c.w.DB.View(c.w.T.Context(), func(tx *sqldb.Tx) error {
		_, err := access.ValidFor(c.w.T.Context(), tx, c.w.Org(c.who), kind, object, workday.DateOf(c.w.Clock.Now()))
		return err
	})
}

type clerk struct {
	w   *town.Town
	who string
}

// shareOf is a grant's share of the card table in a year.
func shareOf(w *town.Town, g grant.Grant, year string) (b disclose.Budget) {
	w.T.Helper()
	w.View(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		b, err = w.Budget.Budget(ctx, tx, disclose.GrantScope(g.ID, w.Card.ID, year))
		return err
	})
	return b
}

// The whole way, every step in its order and every shortcut refused with its article.
func TestService(t *testing.T) {
	town.Each(t, func(t *testing.T, w *town.Town) {
		bank := clerk{w, "bank"}
		sc, err := w.Grant.Predeclare(w.As("bank"), w.Plan(share, town.Fields...))
		town.Must(t, err)
		v := w.Version("bank", w.Space("bank", w.Scenario("bank", 0, town.Fields...)), "A", town.Table)
		_, err = w.Lab.Declare(w.As("bank"), sc.ID, town.Papers, []string{v.ID})
		town.WantArticle(t, "declaring before the pre-declaration passed", err, "三(一)2")
		if err := w.Decide("bank", sc.Matter, "review", matter.Pass); !errs.Is(err, errs.Unlawful) {
			t.Errorf("passing one's own pre-declaration = %v, want unlawful", err)
		}
		town.Must(t, w.Decide("operator", sc.Matter, "review", matter.Pass))
		if err := bank.permit(grant.PermitSample, sc.ID); err != nil {
			t.Errorf("the sample permit after the review: %v, want valid", err)
		}

		d := declared(w, "bank", sc)
		_, err = w.Grant.SignAgreement(w.As("bank"), d.ID, w.Terms())
		town.WantCode(t, "signing before the approval", err, errs.Conflict)
		w.Approve(d)
		_, err = w.Grant.SignAgreement(w.As("operator"), d.ID, w.Terms())
		town.WantCode(t, "the operator signing first", err, errs.Conflict)
		_, err = w.Grant.SignAgreement(w.As("other"), d.ID, w.Terms())
		_, none := w.Grant.SignAgreement(w.As("other"), "dcl_none", w.Terms())
		town.SameWords(t, "a declaration", err, none)

		a, err := w.Grant.SignAgreement(w.As("bank"), d.ID, w.Terms())
		if err != nil || a.State != grant.Drafted || a.Text == "" || a.Budget != share {
			t.Fatalf("the bank's signature: %+v, %v, want a draft with the pack's text and the share", a, err)
		}
		_, err = w.Grant.SignAgreement(w.As("bank"), d.ID, w.Terms())
		town.WantCode(t, "the bank signing twice", err, errs.Conflict)
		_, err = w.Grant.FileAgreement(w.As("operator"), a.ID)
		town.WantArticle(t, "filing before both have signed", err, "三(五)")
		other := w.Terms()
		other.Until = other.Until.AddDays(30)
		_, err = w.Grant.SignAgreement(w.As("operator"), d.ID, other)
		town.WantCode(t, "the operator signing other terms", err, errs.Conflict)
		a, err = w.Grant.SignAgreement(w.As("operator"), d.ID, w.Terms())
		if err != nil || a.State != grant.Signed || len(a.Signatures) != 2 {
			t.Fatalf("both signatures: %+v, %v, want signed", a, err)
		}
		_, err = w.Grant.SignAgreement(w.As("operator"), d.ID, w.Terms())
		town.WantCode(t, "signing what is signed", err, errs.Conflict)
		_, err = w.Grant.Start(w.As("operator"), a.ID)
		town.WantArticle(t, "starting before filing", err, "三(五)")
		_, err = w.Grant.FileAgreement(w.As("operator"), a.ID)
		town.Must(t, err)
		if err := bank.permit(grant.PermitGrant, sc.ID); err == nil {
			t.Error("the grant is valid before it started")
		}
		g, err := w.Grant.Start(w.As("operator"), a.ID)
		town.Must(t, err)
		for kind, object := range map[string]string{grant.PermitGrant: sc.ID, grant.PermitModel: d.Models[0].Version} {
			if err := bank.permit(kind, object); err != nil {
				t.Errorf("permit %s on %s: %v, want valid", kind, object, err)
			}
		}
		for y, want := range map[string]release.Rho{"2024": 0, year: share, "2026": share, "2027": 0} {
			if b := shareOf(w, g, y); b.Cap != want {
				t.Errorf("share of %s = %s, want %s", y, b.Cap, want)
			}
		}
		_, err = w.Grant.Start(w.As("operator"), a.ID)
		town.WantCode(t, "starting twice", err, errs.Conflict)
		w.Fsck()
	})
}

func TestService_Predeclare_refused(t *testing.T) {
	w := town.SQLite(t)
	w.Register("clerk", "未入驻公司", "91990000MA990008", access.DataUser)
	paper := matter.Document{Kind: grant.DocQualification, Title: "征信业务经营许可证"}
	for _, c := range []struct {
		name, who string
		spoil     func(p *grant.Plan)
		code      errs.Code
		article   string
	}{
		{"a resource that is not published", "bank", func(p *grant.Plan) { p.Needs[0].Resource = "cat_none" }, errs.NotFound, ""},
		{"a field that is not in the catalog", "bank", func(p *grant.Plan) { p.Needs[0].Fields = []string{"salary"} }, errs.Invalid, ""},
		{"a resource twice", "bank", func(p *grant.Plan) { p.Needs = append(p.Needs, p.Needs[0]) }, errs.Invalid, ""},
		{"no resource", "bank", func(p *grant.Plan) { p.Needs = nil }, errs.Invalid, ""},
		{"no purpose", "bank", func(p *grant.Plan) { p.Purpose = " " }, errs.Invalid, ""},
		{"a negative budget", "bank", func(p *grant.Plan) { p.Budget = -1 }, errs.Invalid, ""},
		{"an empty material", "bank", func(p *grant.Plan) { p.Documents = []matter.Document{paper} }, errs.Invalid, ""},
		{"special business without a qualification", "bank", func(p *grant.Plan) { p.Special = true }, errs.Unlawful, "三(一)1"},
		{"special business with a sentence for a qualification", "bank", func(p *grant.Plan) {
			p.Special, p.Documents = true, []matter.Document{{Kind: grant.DocQualification, Title: "许可证", Text: "我们有"}}
		}, errs.Unlawful, "三(一)1"},
		{"an organization that was not admitted", "clerk", func(*grant.Plan) {}, errs.Unlawful, "二(一)"},
		{"an organization that only applies", "operator", func(*grant.Plan) {}, errs.Forbidden, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			plan := w.Plan(share, town.Fields...)
			c.spoil(&plan)
			_, err := w.Grant.Predeclare(w.As(c.who), plan)
			e := town.WantCode(t, "Predeclare", err, c.code)
			if c.article != "" && !slices.ContainsFunc(e.Cites, func(x errs.Cite) bool { return x.Article == c.article }) {
				t.Errorf("cites = %+v, want %s", e.Cites, c.article)
			}
			if n := w.Count(`SELECT count(*) FROM scenario`) + w.Count(`SELECT count(*) FROM matter WHERE kind = $1`, grant.KindPrescenario); n != 0 {
				t.Errorf("%d scenarios and matters were left, want none", n)
			}
		})
	}
	t.Run("special business with its qualification", func(t *testing.T) {
		plan := w.Plan(share, town.Fields...)
		paper.Digest = "sha256:01"
		plan.Special, plan.Documents = true, []matter.Document{paper}
		if _, err := w.Grant.Predeclare(w.As("bank"), plan); err != nil {
			t.Errorf("Predeclare = %v, want filed", err)
		}
	})
	t.Run("a resource that is not given for authorized operation", func(t *testing.T) {
		w.Tamper(`UPDATE catalog_entry SET operate_access = 'no' WHERE id = $1`, w.Card.ID)
		_, err := w.Grant.Predeclare(w.As("bank"), w.Plan(share, town.Fields...))
		town.WantCode(t, "Predeclare", err, errs.Invalid)
	})
}

func TestService_SignAgreement_terms(t *testing.T) {
	w := town.SQLite(t)
	d := approved(w, "bank", 0)
	town.Must(t, w.Party.Suspend(w.As("operator"), w.Org("bank"), "数据泄露"))
	_, err := w.Grant.SignAgreement(w.As("bank"), d.ID, w.Terms())
	town.WantArticle(t, "signing while suspended", err, "二(一)")
	town.Must(t, w.Party.Lift(w.As("operator"), w.Org("bank"), "整改完成"))
	today := workday.DateOf(w.Clock.Now())
	for _, c := range []struct {
		name        string
		from, until workday.Date
		ok          bool
	}{
		{"no terms", "", "", false},
		{"ends as it begins", today, today, false},
		{"ended already", today.AddYears(-1), today, false},
		{"too long", today, today.AddYears(5).AddDays(1), false},
		{"begins in two years", today.AddYears(2), today.AddYears(3), false},
		{"five years", today, today.AddYears(5), true},
	} {
		_, err := w.Grant.SignAgreement(w.As("bank"), d.ID, grant.Terms{From: c.from, Until: c.until})
		if (err == nil) != c.ok || err != nil && !errs.Is(err, errs.Invalid) {
			t.Errorf("%s = %v, want ok %v", c.name, err, c.ok)
		}
	}
}

// Both clerks of a bank and both of the operator sign at once: one signature a side, one agreement, one grant.
func TestService_atOnce(t *testing.T) {
	town.Each(t, func(t *testing.T, w *town.Town) {
		d := approved(w, "bank", share)
		w.Account("bank-2", w.Org("bank"), access.DataUser)
		w.Account("operator-2", w.Org("operator"), access.Operator)
		several := func(what string, want int, do func(who string) error, who ...string) {
			t.Helper()
			results := make([]error, 2*len(who))
			var wg sync.WaitGroup
			for i := range results {
				wg.Go(func() { results[i] = do(who[i%len(who)]) })
			}
			wg.Wait()
			done := 0
			for _, err := range results {
				switch {
				case err == nil:
					done++
				case !errs.Is(err, errs.Conflict):
					t.Errorf("%s: a losing one = %v, want conflict", what, err)
				}
			}
			if done != want {
				t.Errorf("%s: %d done of %v, want %d", what, done, results, want)
			}
		}
		sign := func(who string) error { _, err := w.Grant.SignAgreement(w.As(who), d.ID, w.Terms()); return err }
		several("the bank signs", 1, sign, "bank", "bank-2")
		several("the operator signs", 1, sign, "operator", "operator-2")
		if n := w.Count(`SELECT count(*) FROM agreement`); n != 1 {
			t.Fatalf("agreements = %d, want 1", n)
		}
		var id string
		w.View(func(ctx context.Context, tx *sqldb.Tx) error {
			return tx.QueryRow(ctx, `SELECT id FROM agreement`).Scan(&id)
		})
		several("filing", 1, func(who string) error { _, err := w.Grant.FileAgreement(w.As(who), id); return err }, "operator", "operator-2")
		several("starting", 1, func(who string) error { _, err := w.Grant.Start(w.As(who), id); return err }, "operator", "operator-2")
		if n := w.Count(`SELECT count(*) FROM grants`); n != 1 {
			t.Errorf("grants = %d, want 1", n)
		}
		w.Fsck()
	})
}

// A share is taken from the year: what exceeds it is refused with L101 and nothing of the grant stands; terminating gives
// back what was not spent, suspending does not.
func TestService_shares(t *testing.T) {
	town.Each(t, func(t *testing.T, w *town.Town) {
		const most = int64(disclose.DefaultYear)
		first := w.Agree("bank", approved(w, "bank", most-share))
		second := w.Agree("other", approved(w, "other", share+1))
		g, err := w.Grant.Start(w.As("operator"), first.ID)
		town.Must(t, err)
		_, err = w.Grant.Start(w.As("operator"), second.ID)
		if disclose.CodeOf(err) != disclose.Exhausted {
			t.Fatalf("a share beyond the year = %v, want %s", err, disclose.Exhausted)
		}
		if n := w.Count(`SELECT count(*) FROM grants`); n != 1 {
			t.Errorf("grants = %d, want 1: nothing half-done", n)
		}
		if err := (clerk{w, "other"}).permit(grant.PermitGrant, second.Scenario); err == nil {
			t.Error("the refused grant left a permit")
		}
		_, err = w.Grant.Suspend(w.As("bureau"), g.ID)
		town.Must(t, err)
		if _, err = w.Grant.Start(w.As("operator"), second.ID); disclose.CodeOf(err) != disclose.Exhausted {
			t.Errorf("while the first is suspended = %v, want %s: it keeps its share", err, disclose.Exhausted)
		}
		_, err = w.Grant.Terminate(w.As("bureau"), g.ID)
		town.Must(t, err)
		if b := shareOf(w, g, year); b.Cap != 0 {
			t.Errorf("share of the terminated grant = %s, want none", b.Cap)
		}
		if _, err := w.Grant.Start(w.As("operator"), second.ID); err != nil {
			t.Errorf("after the first was terminated = %v, want started", err)
		}
		w.Fsck()
	})
}

func TestService_Suspend(t *testing.T) {
	town.Each(t, func(t *testing.T, w *town.Town) {
		d := approved(w, "bank", 0)
		g, err := w.Grant.Start(w.As("operator"), w.Agree("bank", d).ID)
		town.Must(t, err)
		in := func(when string, want bool) {
			t.Helper()
			var err error
			w.View(func(ctx context.Context, tx *sqldb.Tx) error {
				_, err = grant.ForModel(ctx, tx, g.Org, g.Scenario, d.Models[0].Version, workday.DateOf(w.Clock.Now()))
				return nil
			})
			page, perr := w.Grant.Grant(w.As("bank"), g.ID)
			town.Must(t, perr)
			if (err == nil) != want || page.InForce != want || (page.Why == "") != want {
				t.Errorf("%s: %v, page in force %v (%s); want in force %v", when, err, page.InForce, page.Why, want)
			}
		}
		for _, s := range []struct {
			what string
			do   func(context.Context, string) (grant.Grant, error)
			ok   bool
			in   bool
		}{
			{"lift what stands", w.Grant.Lift, false, true},
			{"suspend", w.Grant.Suspend, true, false},
			{"suspend twice", w.Grant.Suspend, false, false},
			{"lift", w.Grant.Lift, true, true},
			{"terminate", w.Grant.Terminate, true, false},
			{"lift what ended", w.Grant.Lift, false, false},
			{"terminate twice", w.Grant.Terminate, false, false},
		} {
			_, err := s.do(w.As("bureau"), g.ID)
			if (err == nil) != s.ok || err != nil && !errs.Is(err, errs.Conflict) {
				t.Errorf("%s = %v, want ok %v", s.what, err, s.ok)
			}
			in("after "+s.what, s.in)
		}
		_, err = w.Grant.Terminate(w.As("operator"), g.ID)
		town.WantCode(t, "the operator terminating", err, errs.Forbidden)
	})
}

// A term ends by itself, and an admission that is suspended takes everything under it along.
func TestService_term(t *testing.T) {
	w := town.SQLite(t)
	d := approved(w, "bank", 0)
	g, err := w.Grant.Start(w.As("operator"), w.Agree("bank", d).ID)
	town.Must(t, err)
	force := func() error {
		return w.DB.View(t.Context(), func(tx *sqldb.Tx) error {
			_, err := grant.InForce(t.Context(), tx, g.Org, g.Scenario, workday.DateOf(tx.Now()))
			return err
		})
	}
	town.Must(t, w.Party.Suspend(w.As("operator"), g.Org, "数据泄露"))
	town.WantCode(t, "in force while the organization is suspended", force(), errs.Forbidden)
	town.Must(t, w.Party.Lift(w.As("operator"), g.Org, "整改完成"))
	town.Must(t, force())
	w.Clock.Advance(365 * 24 * time.Hour)
	town.WantCode(t, "in force on the day it ends", force(), errs.Forbidden)
}

// Who may see what: the owner, those who supervise, and who was asked; nobody else learns that it exists.
func TestService_whoSees(t *testing.T) {
	town.Each(t, func(t *testing.T, w *town.Town) {
		sc := w.Scenario("bank", 0, town.Fields...)
		secret := w.Scenario("bank", 0, town.Fields...)
		d := declared(w, "bank", sc)
		town.Must(t, w.Decide("operator", d.Matter, "first-review", matter.Pass))
		for who, want := range map[string][]string{
			"bank": {secret.ID, sc.ID}, "bureau": {secret.ID, sc.ID}, "operator": {secret.ID, sc.ID}, "auditor": {secret.ID, sc.ID},
			"expert1": {sc.ID}, "holder": {sc.ID}, "ecology": nil, "other": nil,
		} {
			list, err := w.Grant.Scenarios(w.As(who), "", 50)
			town.Must(t, err)
			var got []string
			for _, s := range list {
				got = append(got, s.ID)
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s lists %v, want %v", who, got, want)
			}
			for _, id := range []string{sc.ID, secret.ID} {
				p, err := w.Grant.Scenario(w.As(who), id)
				if slices.Contains(want, id) {
					if err != nil || p.Scenario.ID != id {
						t.Errorf("%s opens %s: %v, want it", who, id, err)
					}
					continue
				}
				_, none := w.Grant.Scenario(w.As(who), "scn_none")
				town.SameWords(t, who+" opens a scenario", err, none)
				if p.Scenario.ID != "" {
					t.Errorf("%s is refused %s and given %+v", who, id, p.Scenario)
				}
			}
		}
		if list, err := w.Grant.Scenarios(t.Context(), "", 50); err != nil || len(list) != 0 {
			t.Errorf("the public lists %v, %v, want none", list, err)
		}
		w.Clock.Advance(time.Minute)
		for _, o := range []struct{ who, step string }{{"expert1", "experts"}, {"expert2", "experts"}, {"bureau", "final"}} {
			if o.step == "final" {
				_, err := w.Matters.Decide(w.As("holder"), d.Matter, "provider-opinion", w.Decision("holder", d.Matter, "provider-opinion", matter.Agree))
				town.Must(t, err)
			}
			town.Must(t, w.Decide(o.who, d.Matter, o.step, matter.Pass))
		}
		a := w.Agree("bank", d)
		g, err := w.Grant.Start(w.As("operator"), a.ID)
		town.Must(t, err)
		for _, who := range []string{"other", "holder", "expert1", "ecology"} {
			_, theirs := w.Grant.Agreement(w.As(who), a.ID)
			_, none := w.Grant.Agreement(w.As(who), "agr_none")
			town.SameWords(t, who+" opens an agreement", theirs, none)
			_, theirs = w.Grant.Grant(w.As(who), g.ID)
			_, none = w.Grant.Grant(w.As(who), "grt_none")
			town.SameWords(t, who+" opens a grant", theirs, none)
			agreements, err := w.Grant.Agreements(w.As(who), "", 50)
			grants, err2 := w.Grant.Grants(w.As(who), "", 50)
			if errors.Join(err, err2) != nil || len(agreements)+len(grants) != 0 {
				t.Errorf("%s lists %v and %v, want none", who, agreements, grants)
			}
		}
		_, theirs := w.Lab.OpenSpace(w.As("other"), sc.ID)
		_, none := w.Lab.OpenSpace(w.As("other"), "scn_none")
		town.SameWords(t, "opening a space on a scenario", theirs, none)
	})
}

// The panel is three experts drawn by the matter's id; with fewer in town the step does not open, and whoever has business
// with the applicant does not sit.
func TestService_panel(t *testing.T) {
	w := town.SQLite(t)
	for _, who := range []string{"expert4", "expert5", "expert6"} {
		w.Account(who, "", access.Expert)
	}
	w.Account("insider", w.Org("bank"), access.Expert)
	seats := map[string]int{}
	for range 6 {
		d := declared(w, "bank", w.Scenario("bank", 0, town.Fields...))
		town.Must(t, w.Decide("operator", d.Matter, "first-review", matter.Pass))
		step, err := w.Matter(d.Matter).Step("experts")
		town.Must(t, err)
		if len(step.Addressed) != 3 || step.Need != 2 {
			t.Fatalf("panel = %v needing %d, want three experts of whom two decide", step.Addressed, step.Need)
		}
		for _, to := range step.Addressed {
			seats[to]++
		}
	}
	if seats[access.AccountAddress(access.From(w.As("insider")).Account)] > 0 {
		t.Error("an expert of the applicant sits on the panel")
	}
	if len(seats) < 4 {
		t.Errorf("six panels seat only %d of six experts, want them drawn", len(seats))
	}
	w.Tamper(`UPDATE account SET closed = 1 WHERE login IN ('expert1', 'expert2', 'expert3', 'expert4')`)
	d := declared(w, "bank", w.Scenario("bank", 0, town.Fields...))
	err := w.Decide("operator", d.Matter, "first-review", matter.Pass)
	town.WantCode(t, "with two experts left", err, errs.Conflict)
	if m := w.Matter(d.Matter); m.Steps[0].State != matter.StepOpen {
		t.Errorf("the first review is %s, want open: nothing half-done", m.Steps[0].State)
	}
}
