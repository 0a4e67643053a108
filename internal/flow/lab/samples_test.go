package lab_test

import (
	"strings"
	"testing"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/core/access"
	"yunei/internal/core/query/duckdb"
	"yunei/internal/core/query/synth"
	"yunei/internal/flow/lab"
	"yunei/internal/test/town"
)

// S1 is learned once, charged once, seen by everyone who has a space on the resource; nothing is left of the copies.
func TestService_ReleaseSample(t *testing.T) {
	town.Each(t, func(t *testing.T, w *town.Town) {
		sc := w.Scenario("bank", share, town.Fields...)
		sp := w.Space("bank", sc)
		_, err := w.Lab.Samples(w.As("bank"), sp.ID, w.Card.ID, "S1")
		town.WantCode(t, "a level that is not there", err, errs.Conflict)
		ask := lab.SampleRequest{Resource: w.Card.ID, Level: "S1", Reason: "核对取值分布"}
		r, err := w.Lab.RequestSample(w.As("bank"), sp.ID, ask)
		town.Must(t, err)
		_, err = w.Lab.RequestSample(w.As("bank"), sp.ID, ask)
		town.WantCode(t, "asking twice", err, errs.Conflict)
		_, err = w.Lab.ReleaseSample(w.As("bank"), "S1", []string{w.Card.ID}, "自己办")
		town.WantCode(t, "a tenant spends the budget", err, errs.Forbidden)
		_, err = w.Lab.ReleaseSample(w.As("ecology"), "S1", []string{w.Card.ID}, "别人的")
		town.WantCode(t, "another department spends the budget", err, errs.Forbidden)

		set, err := w.Lab.ReleaseSample(w.As("holder"), "S1", []string{w.Card.ID}, "供开发测试")
		if err != nil || set.State != lab.Done || set.Rho <= 9_900_000_000 || set.Rho > 10_000_000_000 {
			t.Fatalf("ReleaseSample = %+v, %v, want done at a charge of 0.01", set, err)
		}
		if n := charged(t, w); n != set.Rho {
			t.Errorf("charged %d, want %d", n, set.Rho)
		}
		_, err = w.Lab.ReleaseSample(w.As("bureau"), "S1", []string{w.Card.ID}, "再来一次")
		town.WantCode(t, "again within the year", err, errs.Conflict)
		requests, err := w.Lab.SampleRequests(w.As("bank"), "", "", 10)
		if err != nil || len(requests) != 1 || requests[0].ID != r.ID || requests[0].State != lab.Answers || requests[0].Set != set.ID {
			t.Errorf("requests = %+v, %v, want the one, answered", requests, err)
		}

		first, err := w.Lab.Samples(w.As("bank"), sp.ID, w.Card.ID, "S1")
		town.Must(t, err)
		other := w.Space("other", w.Scenario("other", share, town.Fields...))
		second, err := w.Lab.Samples(w.As("other"), other.ID, w.Card.ID, "S1")
		town.Must(t, err)
		if len(first.Rows) != 200 || len(first.Columns) != 4 || strings.Join(first.Rows[1], ",") != strings.Join(second.Rows[1], ",") {
			t.Errorf("two tenants read %v and %v of columns %v, want the same row of the granted columns", first.Rows[1], second.Rows[1], first.Columns)
		}
		if first.Rows[0][0] == second.Rows[0][0] {
			t.Error("the watermarks of two spaces are the same")
		}
		name, file, err := w.Lab.TakeSample(w.As("bank"), sp.ID, w.Card.ID, "S1")
		if err != nil || name != "credit_default-S1" {
			t.Fatalf("TakeSample = %s, %v", name, err)
		}
		var found []string
		for line := range strings.Lines(string(file)) {
			found = append(found, strings.SplitN(line, ",", 2)[0])
		}
		marked, err := w.Lab.TraceSample(w.As("auditor"), found[1:400])
		if err != nil || len(marked) != 1 || marked[0].Space != sp.ID || marked[0].Found < 15 {
			t.Errorf("TraceSample = %+v, %v, want the space it was taken from", marked, err)
		}
		trial, err := w.Lab.Try(w.As("bank"), sp.ID, "A", town.Table, "S2")
		if err != nil || trial.Table == nil {
			t.Errorf("Try on the best there is below S2 = %+v, %v", trial, err)
		}

		for who, want := range map[string]bool{"bank": false, "bureau": true, "holder": true, "ecology": false, "auditor": true} {
			sets, err := w.Lab.SampleSets(w.As(who), w.Card.ID, "", 10)
			if err != nil || len(sets) != 1 || (sets[0].Figures != nil) != want {
				t.Errorf("%s sees %+v, %v; the acceptance measures: %v", who, sets, err, want)
			}
		}
		w.Tamper(`UPDATE sample_set SET learned = replace(learned, '"noisy":[', '"noisy":[9') WHERE id = $1`, set.ID)
		if _, err := w.Lab.Samples(w.As("bank"), sp.ID, w.Card.ID, "S1"); err == nil {
			t.Error("rows are drawn from histograms that were changed")
		}
		w.Tamper(`UPDATE sample_set SET learned = replace(learned, '"noisy":[9', '"noisy":[') WHERE id = $1`, set.ID)
		w.Fsck()
	})
}

// Six hundred people are too few for a tree: it is charged, rejected, tried once more and then not again; S1 stands.
func TestService_ReleaseSample_rejected(t *testing.T) {
	w := town.SQLite(t)
	sp := w.Space("bank", w.Scenario("bank", share, town.Fields...))
	town.Must(t, ignore(w.Lab.RequestSample(w.As("bank"), sp.ID, lab.SampleRequest{Resource: w.Card.ID, Level: "S2", Reason: "需要相关关系"})))
	var spent int64
	for try := range 2 {
		set, err := w.Lab.ReleaseSample(w.As("bureau"), "S2", []string{w.Card.ID}, "供建模")
		if err != nil || set.State != lab.Rejected || set.Rho < 49_000_000_000 {
			t.Fatalf("try %d = %+v, %v, want rejected at a charge of 0.05", try, set, err)
		}
		spent += set.Rho
	}
	_, err := w.Lab.ReleaseSample(w.As("bureau"), "S2", []string{w.Card.ID}, "第三次")
	town.WantCode(t, "a third time", err, errs.Conflict)
	if n := charged(t, w); n < spent+9_900_000_000 || n > spent+10_000_000_000 {
		t.Errorf("charged %d, want two trees and one profile", n)
	}
	_, err = w.Lab.Samples(w.As("bank"), sp.ID, w.Card.ID, "S2")
	town.WantCode(t, "a set that did not pass", err, errs.Conflict)
	if _, err := w.Lab.Samples(w.As("bank"), sp.ID, w.Card.ID, "S1"); err != nil {
		t.Errorf("S1 = %v, want it to stand", err)
	}
	if sets, err := w.Lab.SampleSets(w.As("bank"), w.Card.ID, "", 10); err != nil || len(sets) != 1 {
		t.Errorf("the tenant sees %+v, %v; want S1 alone", sets, err)
	}
	open, err := w.Lab.SampleRequests(w.As("holder"), lab.Asked, "", 10)
	if err != nil || len(open) != 1 {
		t.Fatalf("open requests = %+v, %v, want one", open, err)
	}
	refused, err := w.Lab.RefuseSample(w.As("holder"), open[0].ID, "人数太少")
	if err != nil || refused.State != lab.Refused {
		t.Errorf("RefuseSample = %+v, %v", refused, err)
	}
	w.Fsck()
}

// A failure before the engine gives the charge back; after it, or when the program dies, the charge stands.
func TestService_ReleaseSample_fails(t *testing.T) {
	w := town.SQLite(t)
	engine := w.Lab.Engine
	w.Lab.Engine = duckdb.New(duckdb.Options{TempDir: "/nowhere"})
	set, err := w.Lab.ReleaseSample(w.As("bureau"), "S1", []string{w.Card.ID}, "供建模")
	town.WantCode(t, "without an engine", err, errs.Unavailable)
	if set.State != lab.Failed || charged(t, w) != 0 {
		t.Errorf("%+v, charged %d; want failed and nothing", set, charged(t, w))
	}
	w.Lab.Engine = engine
	begun, err := w.Lab.BeginSample(w.As("bureau"), "S1", []string{w.Card.ID})
	town.Must(t, err)
	_, err = w.Lab.ReleaseSample(w.As("bureau"), "S1", []string{w.Card.ID}, "供建模")
	town.WantCode(t, "while one is under way", err, errs.Conflict)
	w.Clock.Advance(lab.LostAfter + time.Minute)
	town.Must(t, w.Lab.Sweep(access.With(t.Context(), access.System())))
	town.Must(t, w.Lab.Sweep(access.With(t.Context(), access.System())))
	sets, err := w.Lab.SampleSets(w.As("bureau"), w.Card.ID, "", 10)
	if err != nil || sets[0].ID != begun.ID || sets[0].State != lab.Lost || charged(t, w) != begun.Rho {
		t.Errorf("after the sweep %+v, charged %d; want lost and the charge of %d", sets, charged(t, w), begun.Rho)
	}
	w.Fsck()
}

// The whole card table passes: histograms and pairs near the data, and nobody better off who was in it. The measures are
// of random rows and of a few thousand people: a good set fails about once in 300 times, and the second try of the
// year is there for that.
func TestService_ReleaseSample_tree(t *testing.T) {
	if testing.Short() {
		t.Skip("three hundred questions to the engine")
	}
	w := town.SQLite(t)
	w.Load(30_000)
	began := time.Now()
	set, err := w.Lab.ReleaseSample(w.As("bureau"), "S2", []string{w.Card.ID}, "供建模")
	if err == nil && set.State == lab.Rejected {
		set, err = w.Lab.ReleaseSample(w.As("bureau"), "S2", []string{w.Card.ID}, "供建模")
	}
	town.Must(t, err)
	sets, err := w.Lab.SampleSets(w.As("bureau"), w.Card.ID, "", 10)
	town.Must(t, err)
	t.Logf("%s in %v: %+v", set.State, time.Since(began), *sets[0].Figures)
	if set.State != lab.Done {
		t.Errorf("the set is %s, want accepted", set.State)
	}
	sp := w.Space("bank", w.Scenario("bank", share, town.Fields...))
	for _, level := range []string{synth.LevelS0, synth.LevelS1, synth.LevelS2} {
		trial, err := w.Lab.Try(w.As("bank"), sp.ID, "A", town.Table, level)
		if err != nil || trial.Table == nil || trial.Table.Shown == 0 {
			t.Errorf("the model on %s = %+v, %v", level, trial, err)
		}
	}
}

func ignore(_ lab.SampleRequest, err error) error { return err }
