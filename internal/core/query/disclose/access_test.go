package disclose

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"yunei/internal/base/clock"
	"yunei/internal/base/sqldb"
	"yunei/internal/test/testdb"
)

// TestReserve_Access: a model runs so often on one snapshot and with so many choices of its parameters in a month,
// whoever asks; what is served again, and what never started, is not counted.
func TestReserve_Access(t *testing.T) {
	clk := clock.NewSet(time.Date(2026, 3, 30, 8, 0, 0, 0, time.UTC))
	run := func(db *sqldb.DB, id, tuple, snapshot string, a Access) error {
		r := request(t, id)
		r.Tuple, r.Access, r.Resources[0].Snapshot = tuple, a, snapshot
		_, err := reserve(t, db, r)
		return err
	}
	steps := func(t *testing.T, db *sqldb.DB) {
		few := Access{Runs: 2, Tuples: 3}
		for i, step := range []struct {
			tuple, snapshot string
			want            Code
		}{
			{"cut=1", "s1", ""}, {"cut=2", "s1", ""}, {"cut=1", "s1", TooManyRuns}, // two runs on one snapshot
			{"cut=1", "s2", ""}, {"cut=3", "s2", ""}, {"cut=4", "s3", TooManyRuns}, {"cut=3", "s3", ""}, // three choices in a month
		} {
			if err := run(db, fmt.Sprint("rel_", i), step.tuple, step.snapshot, few); CodeOf(err) != step.want || err != nil && step.want == "" {
				t.Errorf("step %d %v: %v", i, step, err)
			}
		}
		clk.Advance(3 * 24 * time.Hour) // April
		if err := run(db, "rel_april", "cut=4", "s3", few); err != nil {
			t.Errorf("in another month: %v", err)
		}
		if err := run(db, "rel_full", "cut=4", "s3", few); CodeOf(err) != TooManyRuns {
			t.Errorf("a third run on s3: %v", err)
		}
		if err := do(t, db, func(ctx context.Context, tx *sqldb.Tx) error { return New().Void(ctx, tx, "rel_april") }); err != nil {
			t.Fatal(err)
		}
		if err := run(db, "rel_again", "cut=4", "s3", few); err != nil {
			t.Errorf("after a run that never started: %v", err)
		}
		if problems := verify(t, db); len(problems) > 0 {
			t.Errorf("ledger does not verify: %v", problems)
		}
	}
	t.Run("sqlite", func(t *testing.T) { steps(t, testdb.SQLite(t, clk)) })
	clk = clock.NewSet(time.Date(2026, 3, 30, 8, 0, 0, 0, time.UTC))
	t.Run("postgres", func(t *testing.T) { steps(t, testdb.Postgres(t, clk)) })
}

// TestPrecision_Race asks about one subject from many sides at once: together they cut the field no finer than its cap.
func TestPrecision_Race(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *sqldb.DB) {
		var answered, refused atomic.Int64
		var wg sync.WaitGroup
		for worker := range 8 {
			wg.Go(func() {
				for i := range 4 {
					cut := int64(1 + worker*4 + i)
					switch err := ask(t, db, "sid_1", "bank", asking(fmt.Sprint(cut), cuts(8, cut))); {
					case err == nil:
						answered.Add(1)
					case CodeOf(err) == PrecisionExhausted:
						refused.Add(1)
					default:
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		if answered.Load() != 7 || refused.Load() != 25 {
			t.Errorf("%d answered, %d refused, want 7 and 25", answered.Load(), refused.Load())
		}
		var known []Field
		if err := db.View(t.Context(), func(tx *sqldb.Tx) (err error) { known, err = New().KnownAbout(t.Context(), tx, "sid_1"); return err }); err != nil {
			t.Fatal(err)
		}
		for _, f := range known {
			if f.Field == "income" && f.Cells != 8 {
				t.Errorf("income is told into %d cells, want 8", f.Cells)
			}
		}
	})
}
