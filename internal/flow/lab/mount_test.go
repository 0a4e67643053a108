package lab_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/flow/lab"
	"yunei/internal/test/town"
)

// ordered is a supply that was recorded and not yet copied, as when the program ends in between.
func ordered(t *testing.T, w *town.Town, g town.Granted) (list []lab.Supply, start int64) {
	t.Helper()
	o := lab.Order{Space: g.Space.ID, Grant: g.Grant, Items: []lab.Ordered{{Resource: w.Card.ID, Fields: town.Fields}}, Route: lab.RouteOrdinary,
		Part: "prt_test", Until: g.Grant.Until}
	receipt, err := w.Acts.Do(w.As("operator"), act.Call{Act: "supply.mount"}, func(ctx context.Context, tx *act.Tx) (err error) {
		list, err = w.Lab.SupplyTx(ctx, tx, o)
		return err
	})
	town.Must(t, err)
	return list, receipt.Seq
}

func rowFiles(t *testing.T, w *town.Town, g town.Granted) int {
	t.Helper()
	list, err := filepath.Glob(filepath.Join(w.Lab.Dir, g.Space.ID, "*.parquet*"))
	town.Must(t, err)
	return len(list)
}

// A supply whose program ended before it was recorded is given up when its time is over: nothing of it stays in the space, its permit
// is taken back, and the same data can be supplied again.
func TestService_Mount_lost(t *testing.T) {
	for what, crash := range map[string]func(t *testing.T, w *town.Town, list []lab.Supply){
		"before the copies": func(*testing.T, *town.Town, []lab.Supply) {},
		"before the record": func(t *testing.T, w *town.Town, list []lab.Supply) { town.Must(t, w.Lab.Copies(t.Context(), list)) },
	} {
		t.Run(what, func(t *testing.T) {
			town.Each(t, func(t *testing.T, w *town.Town) {
				g := w.Grants("bank", share)
				list, start := ordered(t, w, g)
				crash(t, w, list)
				sweep := func() lab.Supply {
					t.Helper()
					town.Must(t, w.Lab.Sweep(access.With(t.Context(), access.System())))
					return supplyNow(t, w, list[0].ID)
				}
				w.Clock.Advance(lab.LostAfter - time.Minute)
				if got := sweep(); got.State != lab.SupplyRunning {
					t.Fatalf("while it may still be at work: %s, want %s", got.State, lab.SupplyRunning)
				}
				w.Clock.Advance(2 * time.Minute)
				if got := sweep(); got.State != lab.SupplyFailed || got.Ended == nil || rowFiles(t, w, g) != 0 {
					t.Errorf("after its time: %+v with %d files, want failed and none", got, rowFiles(t, w, g))
				}
				w.View(func(ctx context.Context, tx *sqldb.Tx) error {
					if p, err := access.LoadPermit(ctx, tx, list[0].Permit); err != nil || p.State != access.Revoked {
						t.Errorf("its permit is %s, %v, want %s", p.State, err, access.Revoked)
					}
					return nil
				})
				// Whoever was given up and comes back all the same changes nothing and leaves nothing.
				_, err := w.Lab.Mount(w.As("operator"), list, start)
				town.WantCode(t, "finishing what was given up", err, errs.Conflict)
				if got := supplyNow(t, w, list[0].ID); got.State != lab.SupplyFailed || rowFiles(t, w, g) != 0 {
					t.Errorf("after it came back: %s with %d files, want failed and none", got.State, rowFiles(t, w, g))
				}
				again, start := ordered(t, w, g)
				again, err = w.Lab.Mount(w.As("operator"), again, start)
				town.Must(t, err)
				if again[0].State != lab.SupplyStanding || again[0].Batches[0].Rows != town.Rows || rowFiles(t, w, g) == 0 {
					t.Errorf("supplied again: %+v, want standing with %d rows", again[0], town.Rows)
				}
				w.Fsck()
			})
		})
	}
}

func supplyNow(t *testing.T, w *town.Town, id string) (sup lab.Supply) {
	t.Helper()
	w.View(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		sup, err = lab.LoadSupply(ctx, tx, id)
		return err
	})
	return sup
}
