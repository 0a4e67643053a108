package statistics_test

import (
	"testing"

	"yunei/internal/base/errs"
	"yunei/internal/base/workday"
	"yunei/internal/core/matter"
	"yunei/internal/core/query/duckdb"
	"yunei/internal/core/query/release"
	"yunei/internal/flow/statistics"
	"yunei/internal/test/town"

	"os"
)

func TestMain(m *testing.M) {
	duckdb.MaybeWorker()
	os.Exit(m.Run())
}

func ask(w *town.Town) statistics.Ask {
	return statistics.Ask{Resources: []string{w.Card.ID}, Ground: "统计法第二十条和批准的统计调查制度", Purpose: "编制年度统计公报", Recipient: "市统计局", Until: workday.Must("2026-09-24")}
}

// decide takes a permit's matter through: the holder, then two people of the bureau.
func decide(w *town.Town, p statistics.Permit) {
	town.Must(w.T, w.Decide("holder", p.Matter, "holder", matter.Pass))
	town.Must(w.T, w.Decide("bureau", p.Matter, "bureau", matter.Pass))
	town.Must(w.T, w.Decide("bureau2", p.Matter, "bureau", matter.Pass))
}

// Exact figures need a permit for every resource; with it the same approved model runs without noise, and not after it ended.
func TestService_Permit(t *testing.T) {
	town.Each(t, func(t *testing.T, w *town.Town) {
		g := w.Grants("bank", 20_000_000_000)
		exact := func() error { _, err := w.Lab.RunExact(w.As("bank"), g.Space.ID, g.Table.ID); return err }
		town.WantArticle(t, "exact without a permit", exact(), "第三十条")

		p, err := w.Statistics.Apply(w.As("bank"), g.Scenario.ID, ask(w))
		town.Must(t, err)
		town.WantArticle(t, "exact while it is decided", exact(), "第三十条")
		if err := w.Decide("bureau", p.Matter, "bureau", matter.Pass); err == nil {
			t.Error("the bureau decided before the holder agreed")
		}
		decide(w, p)
		page, err := w.Statistics.Get(w.As("bank"), p.ID)
		if err != nil || page.Permit.State != statistics.Permitted || !page.InForce || len(page.Permit.Permits) != 1 {
			t.Fatalf("decided = %+v, %v, want in force with one permit", page, err)
		}
		run, err := w.Lab.RunExact(w.As("bank"), g.Space.ID, g.Table.ID)
		if err != nil || run.Mode != release.ExactMode || run.Statistic != p.ID || run.Charge != "" || run.Result == "" {
			t.Fatalf("exact = %+v, %v", run, err)
		}
		again, err := w.Lab.RunExact(w.As("bank"), g.Space.ID, g.Table.ID)
		if err != nil || again.Reused != run.ID || again.Result != run.Result {
			t.Errorf("the same question again = %+v, %v, want the first run's table", again, err)
		}
		table, _, err := w.Lab.ExactResult(run)
		town.Must(t, err)
		var units uint64
		for _, c := range table.Cells {
			units += c.Units.GetCardinality()
		}
		if units == 0 || w.Count(`SELECT total FROM exact_units WHERE kind = 'person'`) != int64(units) {
			t.Errorf("%d units in the table, another number in the register", units)
		}
		_, theirs := w.Statistics.Get(w.As("other"), p.ID)
		_, none := w.Statistics.Get(w.As("other"), "sta_none")
		town.SameWords(t, "a permit", theirs, none)

		if _, err := w.Statistics.End(w.As("bank"), p.ID, "不再需要"); !errs.Is(err, errs.Forbidden) {
			t.Errorf("the applicant ends it = %v, want forbidden", err)
		}
		_, err = w.Statistics.End(w.As("bureau"), p.ID, "统计调查已经结束")
		town.Must(t, err)
		town.WantArticle(t, "exact after it ended", exact(), "第三十条")
		w.Fsck()
	})
}

// A permit lapses with its term and with what it rests on, and covers nothing that the scenario did not ask for.
func TestService_Permit_lapses(t *testing.T) {
	w := town.SQLite(t)
	g := w.Grants("bank", 20_000_000_000)
	for what, spoil := range map[string]func(*statistics.Ask){
		"no ground":      func(a *statistics.Ask) { a.Ground = " " },
		"no recipient":   func(a *statistics.Ask) { a.Recipient = "" },
		"a past day":     func(a *statistics.Ask) { a.Until = workday.Must("2025-09-24") },
		"another's data": func(a *statistics.Ask) { a.Resources = []string{"ent_none"} },
		"no resource":    func(a *statistics.Ask) { a.Resources = nil },
	} {
		a := ask(w)
		spoil(&a)
		_, err := w.Statistics.Apply(w.As("bank"), g.Scenario.ID, a)
		town.WantCode(t, what, err, errs.Invalid)
	}
	_, err := w.Statistics.Apply(w.As("other"), g.Scenario.ID, ask(w))
	town.WantCode(t, "another's scenario", err, errs.NotFound)
	p, err := w.Statistics.Apply(w.As("bank"), g.Scenario.ID, ask(w))
	town.Must(t, err)
	decide(w, p)
	town.Must(t, w.Party.Suspend(w.As("operator"), w.Org("bank"), "数据泄露"))
	if page, err := w.Statistics.Get(w.As("bank"), p.ID); err != nil || page.InForce {
		t.Errorf("of a suspended organization: in force %v, %v", page.InForce, err)
	}
	town.Must(t, w.Party.Lift(w.As("operator"), w.Org("bank"), "整改完成"))
	refused, err := w.Statistics.Apply(w.As("bank"), g.Scenario.ID, ask(w))
	town.Must(t, err)
	town.Must(t, w.Decide("holder", refused.Matter, "holder", matter.Refuse))
	if page, err := w.Statistics.Get(w.As("bank"), refused.ID); err != nil || page.Permit.State != statistics.Refused {
		t.Errorf("refused by the holder: %s, %v", page.Permit.State, err)
	}
}
