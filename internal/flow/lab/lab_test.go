package lab_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"sync"
	"testing"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/matter"
	"yunei/internal/core/query/duckdb"
	"yunei/internal/flow/lab"
	"yunei/internal/test/town"
)

func TestMain(m *testing.M) {
	duckdb.MaybeWorker()
	os.Exit(m.Run())
}

const year = "2025"

// charged is what the card table's year has been charged.
func charged(t *testing.T, w *town.Town) int64 {
	t.Helper()
	lines, err := w.Lab.Budgets(w.As("bank"), w.Card.ID)
	town.Must(t, err)
	for _, l := range lines {
		if l.Kind == "resource-year" && l.Period == year {
			return l.Charged
		}
	}
	t.Fatal("the card table has no budget of the year")
	return 0
}

func TestService_Space(t *testing.T) {
	town.Each(t, func(t *testing.T, w *town.Town) {
		filed, err := w.Grant.Predeclare(w.As("bank"), w.Plan(0, town.Fields...))
		town.Must(t, err)
		_, err = w.Lab.OpenSpace(w.As("bank"), filed.ID)
		town.WantArticle(t, "OpenSpace before the review", err, "三(二)")
		town.Must(t, w.Decide("operator", filed.Matter, "review", matter.Pass))
		sp := w.Space("bank", filed)
		if _, err := w.Lab.OpenSpace(w.As("bank"), filed.ID); !errs.Is(err, errs.Conflict) {
			t.Errorf("a second space of the scenario = %v, want conflict", err)
		}
		page, err := w.Lab.Space(w.As("bank"), sp.ID)
		town.Must(t, err)
		var names []string
		for _, c := range page.Tables[0].Columns {
			names = append(names, c.Name)
		}
		if want := []string{"sid", "education", "pay_0", "default_next_month"}; !slices.Equal(names, want) {
			t.Errorf("columns of the space = %v, want only those asked for: %v", names, want)
		}
	})
}

// Whatever a tenant tries on another's space, model or version, it is told what it would be told if there were none.
func TestService_anotherTenants(t *testing.T) {
	w := town.SQLite(t)
	sc := w.Scenario("bank", 0, town.Fields...)
	sp := w.Space("bank", sc)
	m, err := w.Lab.SaveModel(w.As("bank"), sp.ID, lab.Model{Name: "m", Class: "A", Draft: town.Table})
	town.Must(t, err)
	v, err := w.Lab.Submit(w.As("bank"), m.ID, false, 0)
	town.Must(t, err)
	own := w.Space("other", w.Scenario("other", 0, town.Fields...))
	ctx := w.As("other")
	for what, try := range map[string]func(id string) error{
		"Space":   func(id string) error { _, err := w.Lab.Space(ctx, id); return err },
		"Samples": func(id string) error { _, err := w.Lab.Samples(ctx, id, w.Card.ID, ""); return err },
		"Check": func(id string) error {
			_, err := w.Lab.Check(ctx, id, lab.Source{Class: "A", Text: town.Table}, 0)
			return err
		},
		"Try": func(id string) error { _, err := w.Lab.Try(ctx, id, "A", town.Table, ""); return err },
		"SaveModel": func(id string) error {
			_, err := w.Lab.SaveModel(ctx, id, lab.Model{Name: "m", Class: "A"})
			return err
		},
		"Run": func(id string) error { _, err := w.Lab.Run(ctx, id, v.ID); return err },
	} {
		town.SameWords(t, what, try(sp.ID), try("spc_none"))
	}
	for what, try := range map[string]func(id string) error{
		"Submit": func(id string) error { _, err := w.Lab.Submit(ctx, id, false, 0); return err },
		"SaveModel into one's own space": func(id string) error {
			_, err := w.Lab.SaveModel(ctx, own.ID, lab.Model{ID: id, Name: "m", Class: "A"})
			return err
		},
	} {
		town.SameWords(t, what, try(m.ID), try("mdl_none"))
	}
	for what, try := range map[string]func(id string) error{
		"Version": func(id string) error { _, err := w.Lab.Version(ctx, id); return err },
		"Run":     func(id string) error { _, err := w.Lab.Run(ctx, own.ID, id); return err },
		"Declare": func(id string) error {
			_, err := w.Lab.Declare(ctx, own.Scenario, town.Papers, []string{id})
			return err
		},
	} {
		town.SameWords(t, what, try(v.ID), try("ver_none"))
	}
	if list, err := w.Lab.Versions(ctx, false, "", 50); err != nil || len(list) != 0 {
		t.Errorf("versions of the other bank = %v, %v, want none", list, err)
	}
	for _, who := range []string{"expert1", "holder"} {
		if _, err := w.Lab.Version(w.As(who), v.ID); !errs.Is(err, errs.NotFound) {
			t.Errorf("%s reads a version it was never asked about: %v, want not_found", who, err)
		}
	}
}

// A text the guard refuses is refused by law, at the place, and is recorded; nothing of it is kept.
func TestService_Submit_refused(t *testing.T) {
	town.Each(t, func(t *testing.T, w *town.Town) {
		sp := w.Space("bank", w.Scenario("bank", 0, town.Fields...))
		for what, text := range map[string]string{
			"every column":                   `SELECT * FROM credit_default`,
			"a raw column":                   `SELECT pay_0 FROM credit_default`,
			"a field that was not asked for": `SELECT education, SUM(limit_bal) AS s FROM credit_default GROUP BY education`,
		} {
			m, err := w.Lab.SaveModel(w.As("bank"), sp.ID, lab.Model{Name: what, Class: "A", Draft: text})
			town.Must(t, err)
			before := w.Count(`SELECT count(*) FROM ledger_entry WHERE act = 'lab.model.submit' AND outcome = 'refused'`)
			_, err = w.Lab.Submit(w.As("bank"), m.ID, true, 0)
			town.WantArticle(t, "Submit of "+what, err, "一(二)")
			if e, _ := errors.AsType[*errs.Error](err); len(e.Spots) == 0 || e.Spots[0].Code == "" {
				t.Errorf("%s: spots = %+v, want the place and the guard's code", what, e.Spots)
			}
			if n := w.Count(`SELECT count(*) FROM ledger_entry WHERE act = 'lab.model.submit' AND outcome = 'refused'`); n != before+1 {
				t.Errorf("%s: refused entries = %d, want %d", what, n, before+1)
			}
			checked, err := w.Lab.Check(w.As("bank"), sp.ID, lab.Source{Class: "A", Text: text}, 0)
			if err != nil || len(checked.Refusals) == 0 || len(checked.Cites) == 0 || checked.Hash != "" {
				t.Errorf("Check of %s = %+v, %v, want refusals with cites and no hash", what, checked, err)
			}
			_, err = w.Lab.Try(w.As("bank"), sp.ID, "A", text, "")
			town.WantCode(t, "Try of "+what, err, errs.Unlawful)
		}
		if n := w.Count(`SELECT count(*) FROM model_version`); n != 0 {
			t.Errorf("versions = %d, want none", n)
		}
		_, err := w.Lab.Check(w.As("bank"), sp.ID, lab.Source{Class: "O", Text: `SELECT education FROM credit_default`}, 0)
		town.WantCode(t, "Check of a class that is no lab's", err, errs.Invalid)
	})
}

// What is frozen is what was compiled from the draft: its hash is the representation's, a later draft changes nothing, and
// two submissions at once are two numbers.
func TestService_Submit(t *testing.T) {
	town.Each(t, func(t *testing.T, w *town.Town) {
		sp := w.Space("bank", w.Scenario("bank", 0, town.Fields...))
		checked, err := w.Lab.Check(w.As("bank"), sp.ID, lab.Source{Class: "A", Text: town.Table}, 0)
		town.Must(t, err)
		m, err := w.Lab.SaveModel(w.As("bank"), sp.ID, lab.Model{Name: "m", Class: "A", Draft: town.Table})
		town.Must(t, err)
		const clerks = 4
		var wg sync.WaitGroup
		results := make([]error, clerks)
		versions := make([]lab.Version, clerks)
		for i := range clerks {
			wg.Go(func() { versions[i], results[i] = w.Lab.Submit(w.As("bank"), m.ID, true, 0) })
		}
		wg.Wait()
		numbers := map[int]bool{}
		for i, err := range results {
			if err != nil {
				t.Errorf("submission %d = %v, want a version", i, err)
			}
			numbers[versions[i].Number] = true
		}
		if len(numbers) != clerks {
			t.Errorf("numbers = %v, want %d different ones", numbers, clerks)
		}
		v := versions[0]
		if v.Hash != checked.Hash || v.Hash == "" || v.Text != town.Table || v.Rho == 0 {
			t.Errorf("version = hash %s, rho %d, text %q; want the hash that was shown, %s, a charge, and the draft", v.Hash, v.Rho, v.Text, checked.Hash)
		}
		if want := []string{w.Card.ID + ".default_next_month", w.Card.ID + ".education"}; !slices.Equal(slices.Sorted(slices.Values(v.Inputs)), want) {
			t.Errorf("inputs = %v, want %v", v.Inputs, want)
		}
		_, err = w.Lab.SaveModel(w.As("bank"), sp.ID, lab.Model{ID: m.ID, Name: "m", Class: "A", Draft: `SELECT education, COUNT(*) AS n FROM credit_default GROUP BY education`})
		town.Must(t, err)
		page, err := w.Lab.Version(w.As("bank"), v.ID)
		if err != nil || page.Version.Text != town.Table || page.Version.Hash != v.Hash {
			t.Errorf("after the draft changed the version is %q %s, %v; want it as it was", page.Version.Text, page.Version.Hash, err)
		}
		w.Fsck()
	})
}

func TestService_Try(t *testing.T) {
	w := town.SQLite(t)
	sp := w.Space("bank", w.Scenario("bank", 0, town.Fields...))
	sample, err := w.Lab.Samples(w.As("bank"), sp.ID, w.Card.ID, "")
	if err != nil || len(sample.Rows) == 0 || slices.Contains(sample.Columns, "age") {
		t.Errorf("Samples = %d rows of %v, %v; want rows of the columns asked for", len(sample.Rows), sample.Columns, err)
	}
	table, err := w.Lab.Try(w.As("bank"), sp.ID, "A", town.Table, "")
	if err != nil || !table.Agreed || table.Table == nil || table.Table.Shown == 0 {
		t.Fatalf("Try of a table = %+v, %v, want cells on which engine and interpreter agree", table, err)
	}
	band, err := w.Lab.Try(w.As("bank"), sp.ID, "B", town.Band, "")
	if err != nil || len(band.Rows) == 0 || len(band.Columns) != 2 {
		t.Errorf("Try of a band = %+v, %v, want answers about made-up people", band, err)
	}
	if n := charged(t, w); n != 0 {
		t.Errorf("trials charged %d, want nothing: there is nobody in the data", n)
	}
}

// Who reviews a version tries exactly what would run, beside its earlier versions; nobody else finds it.
func TestService_Desk(t *testing.T) {
	town.Each(t, func(t *testing.T, w *town.Town) {
		sc := w.Scenario("bank", 10_000_000_000, town.Fields...)
		sp := w.Space("bank", sc)
		first := w.Version("bank", sp, "A", town.Table)
		m, err := w.Lab.SaveModel(w.As("bank"), sp.ID, lab.Model{ID: first.Model, Name: "模型A", Class: "A", Draft: `SELECT education, COUNT(*) AS accounts FROM credit_default GROUP BY education`})
		town.Must(t, err)
		second, err := w.Lab.Submit(w.As("bank"), m.ID, true, 0)
		town.Must(t, err)

		d, err := w.Lab.Desk(w.As("operator"), second.ID)
		if err != nil || len(d.Siblings) != 2 || d.Siblings[0].ID != second.ID || d.Siblings[1].Hash != first.Hash || len(d.Signatures) != 0 {
			t.Errorf("Desk = %+v, %v; want two versions, the newest first, unsigned", d, err)
		}
		try, err := w.Lab.TryVersion(w.As("operator"), second.ID)
		if err != nil || !try.Agreed || try.Table == nil || len(try.Table.Columns) != 2 {
			t.Errorf("TryVersion = %+v, %v; want the second version's two columns", try, err)
		}
		_, err = w.Lab.Desk(w.As("other"), second.ID)
		_, none := w.Lab.Desk(w.As("other"), "ver_none")
		town.SameWords(t, "a desk", err, none)
		_, err = w.Lab.TryVersion(w.As("other"), second.ID)
		town.SameWords(t, "a trial", err, none)
		if n := charged(t, w); n != 0 {
			t.Errorf("trials charged %d, want nothing", n)
		}

		w.Approve(w.Declare("bank", sc, second))
		d, err = w.Lab.Desk(w.As("bank"), second.ID)
		if err != nil || len(d.Signatures) == 0 || !d.Signatures[0].Valid || d.Signatures[0].Expert == "" || !d.Siblings[0].Approved || d.Siblings[1].Approved {
			t.Errorf("Desk after the approval = %+v, %v; want the experts' valid signatures under the second version alone", d, err)
		}
	})
}

// A suspended organization is stopped at once at every use, and goes on where it was once the suspension is lifted.
func TestService_suspended(t *testing.T) {
	w := town.SQLite(t)
	g := w.Grants("bank", 20_000_000_000)
	m, err := w.Lab.SaveModel(w.As("bank"), g.Space.ID, lab.Model{Name: "next", Class: "A", Draft: town.Table})
	town.Must(t, err)
	sc := w.Scenario("bank", 0, town.Fields...)
	bank := w.As("bank")
	uses := map[string]func() error{
		"Space":     func() error { _, err := w.Lab.Space(bank, g.Space.ID); return err },
		"OpenSpace": func() error { _, err := w.Lab.OpenSpace(bank, sc.ID); return err },
		"Samples":   func() error { _, err := w.Lab.Samples(bank, g.Space.ID, w.Card.ID, ""); return err },
		"Check": func() error {
			_, err := w.Lab.Check(bank, g.Space.ID, lab.Source{Class: "A", Text: town.Table}, 0)
			return err
		},
		"Try": func() error { _, err := w.Lab.Try(bank, g.Space.ID, "A", town.Table, ""); return err },
		"SaveModel": func() error {
			_, err := w.Lab.SaveModel(bank, g.Space.ID, lab.Model{Name: "x", Class: "A"})
			return err
		},
		"Submit":     func() error { _, err := w.Lab.Submit(bank, m.ID, false, 0); return err },
		"Declare":    func() error { _, err := w.Lab.Declare(bank, sc.ID, town.Papers, []string{g.Table.ID}); return err },
		"Predeclare": func() error { _, err := w.Grant.Predeclare(bank, w.Plan(0, town.Fields...)); return err },
		"Run":        func() error { _, err := w.Lab.Run(bank, g.Space.ID, g.Table.ID); return err },
	}
	town.Must(t, w.Party.Suspend(w.As("operator"), w.Org("bank"), "数据泄露"))
	for what, use := range uses {
		if err := use(); !errs.Is(err, errs.Forbidden) && !errs.Is(err, errs.Unlawful) {
			t.Errorf("%s while suspended = %v, want forbidden or unlawful", what, err)
		}
	}
	if n := charged(t, w); n != 0 {
		t.Errorf("charged %d while suspended, want nothing", n)
	}
	town.Must(t, w.Party.Lift(w.As("operator"), w.Org("bank"), "整改完成"))
	for what, use := range uses {
		if err := use(); err != nil {
			t.Errorf("%s after the suspension was lifted = %v, want done", what, err)
		}
	}
}

// A listed model is reused unchanged without experts; its text stays its owner's.
func TestService_reuse(t *testing.T) {
	town.Each(t, func(t *testing.T, w *town.Town) {
		g := w.Grants("bank", 20_000_000_000)
		sc := w.Scenario("other", 20_000_000_000, town.Fields...)
		d := w.Declare("other", sc, g.Table)
		step, err := w.Matter(d.Matter).Step("experts")
		if err != nil || step.State != matter.StepSkipped || step.Skipped == nil || step.Skipped.Article != "三(四)" {
			t.Fatalf("the experts' step = %+v, %v, want skipped by 三(四)", step, err)
		}
		page, err := w.Lab.Version(w.As("other"), g.Table.ID)
		if err != nil || !page.Listed || page.Version.Text != "" || page.Version.IR != nil {
			t.Errorf("a listed version shows text %q to who reuses it (%v), want its hash alone", page.Version.Text, err)
		}
		w.Version("bank", g.Space, "B", town.Band) // offered, not approved: not on the shelf, and in nobody's way there
		for _, who := range []string{"other", "expert1", "holder"} {
			var shelf []string
			for cursor := ""; ; {
				page, err := w.Lab.Versions(w.As(who), true, cursor, 1)
				town.Must(t, err)
				if len(page) == 0 {
					break
				}
				cursor = page[0].ID
				shelf = append(shelf, cursor)
			}
			if want := []string{g.Band.ID, g.Table.ID}; !slices.Equal(shelf, want) {
				t.Errorf("the shelf as %s sees it, page by page = %v, want %v", who, shelf, want)
			}
		}
		w.Approve(d)
		_, err = w.Grant.Start(w.As("operator"), w.Agree("other", d).ID)
		town.Must(t, err)
		first, err := w.Lab.Run(w.As("bank"), g.Space.ID, g.Table.ID)
		town.Must(t, err)
		before := charged(t, w)
		again, err := w.Lab.Run(w.As("other"), w.Space("other", sc).ID, g.Table.ID)
		town.Must(t, err)
		if again.Reused != first.ID || again.Result != first.Result || charged(t, w) != before {
			t.Errorf("the other bank's equal question: reused %q with %s, charged %d; want %q, the same result, nothing more than %d", again.Reused, again.Result, charged(t, w), first.ID, before)
		}
		// That the first bank asked the same is its business: the other one reads its own number, whoever supervises both.
		seen := again.For(access.From(w.As("other")))
		if text, err := json.Marshal(seen); err != nil || bytes.Contains(text, []byte(first.ID)) || bytes.Contains(text, []byte(first.Org)) || seen.Reused != again.ID {
			t.Errorf("the other bank reads %s, want nothing of the first bank's run", text)
		}
		if over := again.For(access.From(w.As("bureau"))); over.Reused != first.ID || over.ReusedOrg != first.Org {
			t.Errorf("the bureau reads run %q of %q, want both", over.Reused, over.ReusedOrg)
		}
		w.View(func(ctx context.Context, tx *sqldb.Tx) error {
			lines, err := w.Lab.Usage(ctx, tx, again)
			for _, l := range lines {
				if l.Kind == "grant" {
					t.Errorf("the other bank is shown a grant's share of %d: it is the first bank's", l.Cap)
				}
			}
			return err
		})
		_, err = w.Lab.Declare(w.As("other"), sc.ID, town.Papers, []string{g.Table.ID, g.Table.ID})
		town.WantCode(t, "declaring a version twice in one declaration", err, errs.Invalid)
	})
}
