package supply_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/matter"
	"yunei/internal/flow/lab"
	"yunei/internal/flow/supply"
	"yunei/internal/test/town"
	"yunei/regimes"
)

// each runs fn on every database in a town where data is supplied by an act, and a bank holds a grant.
func each(t *testing.T, fn func(t *testing.T, w *town.Town, g town.Granted)) {
	t.Helper()
	town.Each(t, func(t *testing.T, w *town.Town) {
		g := w.Grants("bank", 20_000_000_000)
		packs, ids, err := regimes.Mount("quanzhou-2024-05-17", filepath.Join("testdata", "supply-office"))
		town.Must(t, err)
		town.Must(t, w.Law.Load(packs, ids...))
		fn(t, w, g)
	})
}

func ask(w *town.Town, fields ...string) supply.Ask {
	return supply.Ask{Items: []supply.AskItem{{Resource: w.Card.ID, Fields: fields}}}
}

// approved is an application whose one part its provider agreed to.
func approved(t *testing.T, w *town.Town, g town.Granted) supply.Part {
	t.Helper()
	a, err := w.Supply.Apply(w.As("bank"), g.Scenario.ID, ask(w, town.Fields...))
	town.Must(t, err)
	page, err := w.Supply.Get(w.As("bank"), a.ID)
	town.Must(t, err)
	town.Must(t, w.Decide("holder", page.Parts[0].Part.Matter, "provider", matter.Pass))
	page, err = w.Supply.Get(w.As("bank"), a.ID)
	town.Must(t, err)
	return page.Parts[0].Part
}

// copies are the files of rows in a space.
func copies(t *testing.T, w *town.Town, g town.Granted) int {
	t.Helper()
	list, err := filepath.Glob(filepath.Join(w.Lab.Dir, g.Space.ID, "*.parquet"))
	town.Must(t, err)
	return len(list)
}

func TestService_Apply(t *testing.T) {
	each(t, func(t *testing.T, w *town.Town, g town.Granted) {
		for what, c := range map[string]struct {
			ask  supply.Ask
			code errs.Code
		}{
			"nothing":                    {supply.Ask{}, errs.Invalid},
			"no item":                    {ask(w), errs.Invalid},
			"an item outside the need":   {ask(w, "age"), errs.Invalid},
			"an item that is not there":  {ask(w, "no_such_item"), errs.Invalid},
			"a resource that is not":     {supply.Ask{Items: []supply.AskItem{{Resource: "res_none", Fields: []string{"a"}}}}, errs.NotFound},
			"the same resource, twofold": {supply.Ask{Items: append(ask(w, "pay_0").Items, ask(w, "education").Items...)}, errs.Invalid},
		} {
			_, err := w.Supply.Apply(w.As("bank"), g.Scenario.ID, c.ask)
			town.WantCode(t, what, err, c.code)
		}
		_, theirs := w.Supply.Apply(w.As("other"), g.Scenario.ID, ask(w, "pay_0"))
		_, none := w.Supply.Apply(w.As("other"), "scn_none", ask(w, "pay_0"))
		town.SameWords(t, "a scenario", theirs, none)

		a, err := w.Supply.Apply(w.As("bank"), g.Scenario.ID, ask(w, "pay_0", "education"))
		town.Must(t, err)
		_, err = w.Supply.Apply(w.As("bank"), g.Scenario.ID, ask(w, "pay_0"))
		town.WantCode(t, "what is in hand already", err, errs.Conflict)

		// Whoever runs the platform finds it in the list, with what is asked for and of whom; another bank finds nothing.
		for who, want := range map[string]int{"operator": 1, "bureau": 1, "bank": 1, "holder": 1, "other": 0, "ecology": 0} {
			list, err := w.Supply.List(w.As(who), "", "", 50)
			town.Must(t, err)
			if len(list) != want {
				t.Fatalf("%s is shown %d applications, want %d", who, len(list), want)
			}
			if want == 0 {
				continue
			}
			got := list[0]
			if got.ID != a.ID || got.Title != "信贷授信辅助" || got.Org != w.Org("bank") || len(got.Parts) != 1 || len(got.Items) != 1 ||
				got.Items[0].Title != w.Card.Title || strings.Join(got.Items[0].Fields, " ") != "pay_0 education" {
				t.Errorf("%s is shown %+v, want the bank's application for two items of the card table in one part", who, got)
			}
		}
		if of, err := w.Supply.List(w.As("operator"), "scn_none", "", 50); err != nil || len(of) != 0 {
			t.Errorf("applications of another scenario = %+v, %v, want none", of, err)
		}
		_, theirs = w.Supply.Get(w.As("ecology"), a.ID)
		_, none = w.Supply.Get(w.As("ecology"), "dap_none")
		town.SameWords(t, "an application", theirs, none)
	})
}

func TestService_Supply(t *testing.T) {
	each(t, func(t *testing.T, w *town.Town, g town.Granted) {
		a, err := w.Supply.Apply(w.As("bank"), g.Scenario.ID, ask(w, town.Fields...))
		town.Must(t, err)
		part := a.Parts[0]
		to := supply.Delivery{Space: g.Space.ID}
		_, err = w.Supply.Supply(w.As("operator"), part, to)
		town.WantCode(t, "before the provider agreed", err, errs.Conflict)
		option := func() (bool, string) {
			t.Helper()
			page, err := w.Supply.Get(w.As("operator"), a.ID)
			town.Must(t, err)
			return page.Parts[0].Acts[0].Allowed, page.Parts[0].Acts[0].Reason
		}
		if may, why := option(); may || !strings.Contains(why, "尚未审核同意") {
			t.Errorf("before the provider agreed the act is open: %v (%s)", may, why)
		}
		page, err := w.Supply.Get(w.As("bank"), a.ID)
		town.Must(t, err)
		town.Must(t, w.Decide("holder", page.Parts[0].Part.Matter, "provider", matter.Pass))
		if may, why := option(); !may {
			t.Errorf("once the provider agreed the act is closed: %s", why)
		}

		_, err = w.Supply.Supply(w.As("operator"), part, supply.Delivery{Space: "spc_elsewhere"})
		town.WantCode(t, "into another place", err, errs.Invalid)
		_, err = w.Supply.Supply(w.As("operator"), part, supply.Delivery{Space: g.Space.ID, Until: g.Grant.Until.AddDays(1)})
		town.WantCode(t, "beyond the grant", err, errs.Invalid)
		list, err := w.Supply.Supply(w.As("operator"), part, to)
		town.Must(t, err)
		if got := list[0]; got.State != lab.SupplyStanding || len(got.Batches) != 1 || got.Batches[0].Rows != town.Rows || got.Until != g.Grant.Until.String() {
			t.Errorf("supplied %+v, want one batch of %d rows until %s", got, town.Rows, g.Grant.Until)
		}
		if n := copies(t, w, g); n != 1 {
			t.Errorf("%d copies in the space, want 1", n)
		}
		_, err = w.Supply.Supply(w.As("operator"), part, to)
		town.WantCode(t, "once more", err, errs.Conflict)

		_, theirs := w.Supply.Withdraw(w.As("ecology"), list[0].ID, "不再提供")
		_, none := w.Supply.Withdraw(w.As("ecology"), "sup_none", "不再提供")
		town.SameWords(t, "a supply", theirs, none)
		_, err = w.Supply.Withdraw(w.As("holder"), list[0].ID, " ")
		town.WantCode(t, "without a reason", err, errs.Invalid)
		sup, err := w.Supply.Withdraw(w.As("holder"), list[0].ID, "目录条目将变更")
		town.Must(t, err)
		if sup.State != lab.SupplyEnded || sup.Batches[0].Dropped == nil || copies(t, w, g) != 0 {
			t.Errorf("withdrawn by its provider: %+v with %d copies, want ended and none", sup, copies(t, w, g))
		}
		_, err = w.Supply.Supply(w.As("operator"), part, to)
		town.Must(t, err)
		w.Fsck()
	})
}

// A supply is over on its day, without anybody doing anything.
func TestService_Supply_over(t *testing.T) {
	each(t, func(t *testing.T, w *town.Town, g town.Granted) {
		p := approved(t, w, g)
		last := w.Terms().From.AddDays(5)
		list, err := w.Supply.Supply(w.As("operator"), p.ID, supply.Delivery{Space: g.Space.ID, Until: last})
		town.Must(t, err)
		sweep := func() lab.Supply {
			t.Helper()
			town.Must(t, w.Lab.Sweep(access.With(t.Context(), access.System())))
			return find(t, w, list[0].ID)
		}
		w.Clock.Advance(last.Time().Sub(w.Clock.Now()) - time.Minute)
		if got := sweep(); got.State != lab.SupplyStanding || copies(t, w, g) != 1 {
			t.Errorf("an instant before its day: %s with %d copies, want standing and 1", got.State, copies(t, w, g))
		}
		w.Clock.Advance(time.Minute)
		if got := sweep(); got.State != lab.SupplyEnded || got.Why != "供给期限届满" || got.Batches[0].Dropped == nil || copies(t, w, g) != 0 {
			t.Errorf("on its day: %+v with %d copies, want ended and none", got, copies(t, w, g))
		}
		w.Fsck()
	})
}

// What a removal could not finish is finished later: an ended supply whose copy still lies there.
func TestService_Supply_left(t *testing.T) {
	each(t, func(t *testing.T, w *town.Town, g town.Granted) {
		p := approved(t, w, g)
		list, err := w.Supply.Supply(w.As("operator"), p.ID, supply.Delivery{Space: g.Space.ID})
		town.Must(t, err)
		folder := filepath.Join(w.Lab.Dir, g.Space.ID)
		// A folder stands where the copy was: it cannot be removed like a file, as on a disk that fails.
		file := filepath.Join(folder, list[0].Batches[0].File)
		town.Must(t, os.Rename(file, file+".kept"))
		town.Must(t, os.MkdirAll(filepath.Join(file, "in the way"), 0o700))
		if _, err := w.Supply.Withdraw(w.As("operator"), list[0].ID, "不再提供"); err == nil {
			t.Fatal("Withdraw says that the copy is gone")
		}
		if got := find(t, w, list[0].ID); got.State != lab.SupplyEnded || got.Batches[0].Dropped != nil {
			t.Errorf("after a removal that failed: %+v, want ended, its copy not yet gone", got)
		}
		town.Must(t, os.RemoveAll(file))
		town.Must(t, os.Rename(file+".kept", file))
		town.Must(t, w.Lab.Sweep(access.With(t.Context(), access.System())))
		if got := find(t, w, list[0].ID); got.Batches[0].Dropped == nil || copies(t, w, g) != 0 {
			t.Errorf("after the sweep: %+v with %d copies, want the copy gone", got, copies(t, w, g))
		}
		w.Fsck()
	})
}

func find(t *testing.T, w *town.Town, id string) (sup lab.Supply) {
	t.Helper()
	w.View(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		sup, err = lab.LoadSupply(ctx, tx, id)
		return err
	})
	return sup
}
