package disclose

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"yunei/internal/base/clock"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/query/release"
	"yunei/internal/test/testdb"
)

// lineage is one charge followed back: to the release, and from the release to the request with its model, snapshots and
// tenant, and forward again to the scopes that the request names.
type lineage struct {
	scope   Scope
	release string
	rho     release.Rho
}

func lineages(t *testing.T, db *sqldb.DB) (list []lineage) {
	t.Helper()
	err := db.View(t.Context(), func(tx *sqldb.Tx) (err error) {
		list, err = sqldb.List(t.Context(), tx, func(rows *sqldb.Rows) (l lineage, err error) {
			var rho int64
			err = rows.Scan(&l.scope.Kind, &l.scope.ID, &l.scope.Period, &l.release, &rho)
			l.rho = release.Rho(rho)
			return l, err
		}, `SELECT scope, id, period, release, rho FROM disclosure_charge ORDER BY release, scope, id, period`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// TestLedger_Lineage drives random histories of reservations, settlements, voids, sweeps, shares and losses over several
// resources, tenants and years, and follows every charge: to its release, to the request that stands in the chain, and
// back to all its scopes. What every budget says is charged is the sum over those lineages that were not voided.
func TestLedger_Lineage(t *testing.T) {
	histories := func(t *testing.T, open func(*testing.T, clock.Clock) *sqldb.DB, seeds uint64) {
		for seed := range seeds {
			clk := clock.NewSet(time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC))
			db := open(t, clk)
			wanted := history(t, db, clk, rand.New(rand.NewPCG(seed, 4)))
			follow(t, db, wanted)
		}
	}
	t.Run("sqlite", func(t *testing.T) {
		histories(t, func(t *testing.T, c clock.Clock) *sqldb.DB { return testdb.SQLite(t, c) }, 3)
	})
	t.Run("postgres", func(t *testing.T) {
		histories(t, func(t *testing.T, c clock.Clock) *sqldb.DB { return testdb.Postgres(t, c) }, 1)
	})
}

// history plays a history and says what it asked for, release by release; a voided one is nil.
func history(t *testing.T, db *sqldb.DB, clk *clock.Set, r *rand.Rand) map[string]*Request {
	t.Helper()
	asked := map[string]*Request{}
	var running []string
	settle := func(fn func(ctx context.Context, tx *sqldb.Tx, id string) error) string {
		i := r.IntN(len(running))
		id := running[i]
		running = append(running[:i], running[i+1:]...)
		if err := do(t, db, func(ctx context.Context, tx *sqldb.Tx) error { return fn(ctx, tx, id) }); err != nil {
			t.Fatal(err)
		}
		return id
	}
	years := []string{"2026", "2027"}
	for i := range 80 {
		clk.Advance(time.Minute)
		switch n := r.IntN(10); {
		case n < 6:
			q := request(t, fmt.Sprint("rel_", i))
			q.Tenant = fmt.Sprint("org_", r.IntN(3))
			q.Group, q.Year = q.Tenant, years[r.IntN(2)]
			q.Resources = nil
			for k := range 1 + r.IntN(3) {
				q.Resources = append(q.Resources, Resource{ID: fmt.Sprint("res_", k), Snapshot: fmt.Sprint("s", r.IntN(2)), Class: []string{"person", "enterprise"}[k%2]})
			}
			q.Plan = plan(t, counting("a", "b"), release.Rho(1+r.IntN(5))*release.RhoUnit/1000)
			res, err := reserve(t, db, q)
			if CodeOf(err) == Exhausted {
				continue
			}
			if err != nil || res.Equal != nil {
				t.Fatal(res, err)
			}
			asked[q.ID], running = &q, append(running, q.ID)
		case len(running) == 0:
		case n == 6:
			asked[settle(New().Void)] = nil
		case n == 7:
			settle(func(ctx context.Context, tx *sqldb.Tx, id string) error {
				return New().Spend(ctx, tx, id, Settlement{Outcome: Failed})
			})
		case n == 8:
			settle(func(ctx context.Context, tx *sqldb.Tx, id string) error {
				return New().Spend(ctx, tx, id, Settlement{Outcome: Released, Output: "o", Digest: "d"})
			})
		default:
			if err := do(t, db, func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := New().Sweep(ctx, tx, tx.Now().Add(time.Second))
				return err
			}); err != nil {
				t.Fatal(err)
			}
			running = nil
		}
	}
	if err := do(t, db, func(ctx context.Context, tx *sqldb.Tx) error {
		return New().WriteOff(ctx, tx, []Resource{{ID: "res_2", Class: "person"}}, "2027")
	}); err != nil {
		t.Fatal(err)
	}
	return asked
}

func follow(t *testing.T, db *sqldb.DB, asked map[string]*Request) {
	t.Helper()
	sums, scopes := map[Scope]release.Rho{}, map[string]int{}
	seen := map[string]bool{}
	for _, l := range lineages(t, db) {
		var row Release
		var req Request
		var chained string
		err := db.View(t.Context(), func(tx *sqldb.Tx) (err error) {
			if row, err = New().Get(t.Context(), tx, l.release); err != nil {
				return err
			}
			if req, err = New().RequestOf(t.Context(), tx, l.release); err != nil {
				return err
			}
			return tx.QueryRow(t.Context(), `SELECT body FROM disclosure_event WHERE kind = 'reserve' AND subject = $1`, l.release).Scan(&chained)
		})
		if err != nil {
			t.Fatalf("charge of %s to %s leads nowhere: %v", l.release, l.scope, err)
		}
		var inChain Request
		if err := json.Unmarshal([]byte(chained), &inChain); err != nil || inChain.Key() != req.Key() || inChain.Plan.Rho != l.rho || row.Rho != l.rho || row.Key != req.Key() {
			t.Errorf("%s: the chain, the row and the charge tell different things (%v)", l.release, err)
		}
		want, known := asked[l.release]
		switch {
		case !known && row.Outcome != Lost: // a write-off
			t.Errorf("%s was never asked for", l.release)
		case known && want == nil && row.State != Voided, want != nil && row.State == Voided:
			t.Errorf("%s is %s", l.release, row.State)
		case want != nil && (want.Key() != req.Key() || want.Tenant != row.Tenant || want.Model != row.Model):
			t.Errorf("%s leads back to another request", l.release)
		}
		own := false
		for _, s := range req.scopes() {
			own = own || s == l.scope
		}
		if !own {
			t.Errorf("%s is charged to %s, which its request does not name", l.release, l.scope)
		}
		scopes[l.release]++
		seen[l.release] = true
		if row.State != Voided {
			sums[l.scope] += l.rho
		}
		if scopes[l.release] > len(req.scopes()) {
			t.Errorf("%s is charged %d times, its request names %d scopes", l.release, scopes[l.release], len(req.scopes()))
		}
	}
	for id, q := range asked {
		if q != nil && scopes[id] != len(q.scopes()) {
			t.Errorf("%s is charged to %d scopes, its request names %d", id, scopes[id], len(q.scopes()))
		}
	}
	if len(seen) < 20 || len(sums) < 10 {
		t.Errorf("only %d releases and %d scopes: nothing was tried", len(seen), len(sums))
	}
	for s, sum := range sums {
		if b := budget(t, db, s); b.Charged != sum || b.Cap < sum {
			t.Errorf("%s: %s charged of %s, its lineages sum up to %s", s, b.Charged, b.Cap, sum)
		}
	}
	if problems := verify(t, db); len(problems) > 0 {
		t.Errorf("ledger does not verify: %v", problems)
	}
}
