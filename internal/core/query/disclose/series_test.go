package disclose

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"yunei/internal/base/sqldb"
	"yunei/internal/core/query/release"
	"yunei/internal/test/testdb"
)

// wide opens the year and the lifetime, so that months are what binds.
func wide(t *testing.T, db *sqldb.DB) {
	t.Helper()
	if err := do(t, db, func(ctx context.Context, tx *sqldb.Tx) error {
		for _, s := range []Scope{year, {ResourceLifetime, "res_1", ""}, {Group, "grp_1/res_1", "2026"}} {
			if err := New().Decide(ctx, tx, Decision{Scope: s, Cap: 10 * release.RhoUnit, Document: "决定, 已公开"}); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// inMonth is a request to a series of a random size; an empty month reads several.
func inMonth(t *testing.T, id, month string, rho release.Rho) Request {
	r := request(t, id)
	r.Plan = plan(t, counting("a", "b"), rho)
	r.Resources[0].Series, r.Resources[0].Month = "at", month
	return r
}

// TestSeries composes releases from a series in random order: whichever months somebody has records in, what the releases
// that may have read them cost is what those months were charged together, no month exceeds its cap whatever is asked,
// and the year and the lifetime hold the sum over all months, which bounds one person.
func TestSeries(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *sqldb.DB) {
		wide(t, db)
		r := rand.New(rand.NewPCG(5, 8))
		months := []string{"", "2025-01", "2025-02", "2025-03"}
		spent := map[string]release.Rho{} // by month; "" by releases of several
		var all release.Rho
		refused := 0
		for i := range 150 {
			month := months[r.IntN(len(months))]
			q := inMonth(t, fmt.Sprint("rel_", i), month, release.Rho(1+r.Int64N(int64(DefaultYear)/15)))
			if i < 3 {
				month, q.Resources[0].Series, q.Resources[0].Month = "", "", "" // from before the resource was a series
			}
			switch _, err := reserve(t, db, q); {
			case err == nil:
				spent[month] += q.Plan.Rho
				all += q.Plan.Rho
			case CodeOf(err) == Exhausted:
				refused++
			default:
				t.Fatal(err)
			}
			if i%10 == 9 {
				if err := do(t, db, func(ctx context.Context, tx *sqldb.Tx) error { return New().Void(ctx, tx, q.ID) }); err == nil {
					spent[month] -= q.Plan.Rho
					all -= q.Plan.Rho
				}
			}
		}
		for _, month := range append(months, "2025-04") {
			want := spent[""]
			if month != "" {
				want += spent[month]
			}
			b := budget(t, db, MonthScope("res_1", "at", month))
			if b.Charged != want || b.Charged > b.Cap {
				t.Errorf("month %q is charged %s of %s, releases that may have read it cost %s", month, b.Charged, b.Cap, want)
			}
		}
		if refused < 20 {
			t.Errorf("only %d requests met a month's cap", refused)
		}
		for _, s := range []Scope{year, {ResourceLifetime, "res_1", ""}} {
			if b := budget(t, db, s); b.Charged != all {
				t.Errorf("%s is charged %s, all months together cost %s", s, b.Charged, all)
			}
		}
		// In months of another column the same rows lie elsewhere: nothing is let off.
		if b := budget(t, db, MonthScope("res_1", "paid", "2025-01")); b.Charged != all {
			t.Errorf("a month by another column is charged %s, want all of %s", b.Charged, all)
		}
		if problems := verify(t, db); len(problems) > 0 {
			t.Errorf("ledger does not verify: %v", problems)
		}
	})
}

// TestSeries_Race: whoever asks at once, for a month or for all, no month is overspent, and a decision on every month
// holds for a month without its own.
func TestSeries_Race(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *sqldb.DB) {
		wide(t, db)
		limit := 5 * release.Rho(release.RhoUnit/200)
		if err := do(t, db, func(ctx context.Context, tx *sqldb.Tx) error {
			return New().Decide(ctx, tx, Decision{Scope: MonthScope("res_1", "at", ""), Cap: limit, Document: "决定"})
		}); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for i := range 24 {
			wg.Go(func() {
				q := inMonth(t, fmt.Sprint("rel_", i), []string{"2025-01", "", "2025-02"}[i%3], release.RhoUnit/200)
				if _, err := reserve(t, db, q); err != nil && CodeOf(err) != Exhausted {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		for _, month := range []string{"2025-01", "2025-02"} {
			if b := budget(t, db, MonthScope("res_1", "at", month)); b.Charged > limit || b.Cap != limit || b.Default {
				t.Errorf("%s is charged %s of %s", month, b.Charged, b.Cap)
			}
		}
		var p Preview
		err := db.View(t.Context(), func(tx *sqldb.Tx) (err error) {
			p, err = New().Preview(t.Context(), tx, inMonth(t, "rel_more", "", limit))
			return err
		})
		if err != nil || !p.Refused {
			t.Errorf("a preview over every month = %+v, %v, want refused", p, err)
		}
	})
}
