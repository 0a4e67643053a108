package disclose

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"yunei/internal/base/clock"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/query"
	"yunei/internal/core/query/release"
	"yunei/internal/test/testdb"
)

var textType = query.Type{Kind: query.Text}

// counting is a class A model: rows by city.
func counting(cities ...string) *query.Model {
	m := &query.Model{Format: query.Format, Class: query.A, Unit: "person", Tables: []query.TableRef{{Name: "visits", Resource: "res_1", Version: 1,
		UnitKind: "person", SubjectKey: "sid", Columns: []query.ColumnRef{{Name: "city", Type: textType}, {Name: "sid", Type: textType}}}}}
	k := query.Key{Expr: query.Expr{Op: query.OpCol, Type: textType, Index: 1}}
	for _, c := range cities {
		k.Domain = append(k.Domain, query.TextValue(c))
	}
	m.Root = &query.Rel{Op: query.RelReduce, In: []*query.Rel{{Op: query.RelScan, Columns: []string{"sid", "city"}}}, Groups: 1, Rows: 1,
		Keys: []query.Key{k}, Aggs: []query.Agg{{Func: query.AggRows, Type: query.Type{Kind: query.Int}}}}
	m.Outputs = []query.Output{{Name: "n", Type: query.Type{Kind: query.Int}, Kind: query.OutAgg}}
	return m
}

func plan(t testing.TB, m *query.Model, rho release.Rho) release.Plan {
	t.Helper()
	p, err := release.NewPlan(m, release.Ask{Rho: rho, K: 10})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// request is a release of rho 0.005 that differs from all others by its parameter.
func request(t testing.TB, id string) Request {
	m := counting("a", "b")
	r := NewRequest(id, m, plan(t, m, release.RhoUnit/200))
	r.Tenant, r.Group, r.Year, r.Params = "org_1", "grp_1", "2026", id
	r.Resources = []Resource{{ID: "res_1", Snapshot: "sha256:aa", Class: "person"}}
	return r
}

func do(t testing.TB, db *sqldb.DB, fn func(ctx context.Context, tx *sqldb.Tx) error) error {
	t.Helper()
	return db.Do(t.Context(), func(tx *sqldb.Tx) error { return fn(t.Context(), tx) })
}

func reserve(t testing.TB, db *sqldb.DB, r Request) (res Reservation, err error) {
	t.Helper()
	err = do(t, db, func(ctx context.Context, tx *sqldb.Tx) (err error) { res, err = New().Reserve(ctx, tx, r); return err })
	return res, err
}

func budget(t testing.TB, db *sqldb.DB, s Scope) (b Budget) {
	t.Helper()
	if err := db.View(t.Context(), func(tx *sqldb.Tx) (err error) { b, err = New().Budget(t.Context(), tx, s); return err }); err != nil {
		t.Fatal(err)
	}
	return b
}

func verify(t testing.TB, db *sqldb.DB) []string {
	t.Helper()
	var problems []string
	if err := db.View(t.Context(), func(tx *sqldb.Tx) (err error) { problems, err = New().Verify(t.Context(), tx); return err }); err != nil {
		t.Fatal(err)
	}
	return problems
}

var year = Scope{ResourceYear, "res_1", "2026"}

// TestReserve_YearIsFinite: rho 0.1366 holds 27 tables at 0.005, and not one more.
func TestReserve_YearIsFinite(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *sqldb.DB) {
		for i := range 27 {
			if _, err := reserve(t, db, request(t, fmt.Sprint("rel_", i))); err != nil {
				t.Fatalf("release %d: %v", i, err)
			}
		}
		_, err := reserve(t, db, request(t, "rel_27"))
		if CodeOf(err) != Exhausted || !strings.Contains(err.Error(), "资源年度额度") {
			t.Errorf("release 28: got %v, want L101 about the year", err)
		}
		if b := budget(t, db, year); b.Charged != 135_000_000_000 || b.Left() != 1_600_000_000 {
			t.Errorf("charged %s, left %s, want 0.135 and 0.0016", b.Charged, b.Left())
		}
		next := request(t, "rel_28")
		next.Year = "2027"
		if _, err := reserve(t, db, next); err != nil {
			t.Errorf("the next year: %v", err)
		}
		if problems := verify(t, db); len(problems) > 0 {
			t.Errorf("ledger does not verify: %v", problems)
		}
	})
}

func TestReserve_Scopes(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *sqldb.DB) {
		l := New()
		r := request(t, "rel_0")
		r.Resources = append(r.Resources, Resource{ID: "res_2", Snapshot: "sha256:bb", Class: "person"})
		if _, err := reserve(t, db, r); err != nil {
			t.Fatal(err)
		}
		rho := r.Plan.Rho
		for s, want := range map[Scope]release.Rho{
			year: rho, {ResourceYear, "res_2", "2026"}: rho, {ResourceLifetime, "res_1", ""}: rho, {Group, "grp_1/res_2", "2026"}: rho,
			{ClassYear, "person", "2026"}: rho, {ResourceYear, "res_1", "2027"}: 0,
		} {
			if b := budget(t, db, s); b.Charged != want {
				t.Errorf("%s is charged %s, want %s", s, b.Charged, want)
			}
		}
		// the second resource's cap is lowered by a decision: a release over both is refused whole
		err := do(t, db, func(ctx context.Context, tx *sqldb.Tx) error {
			return l.Decide(ctx, tx, Decision{Scope: Scope{ResourceYear, "res_2", "2026"}, Cap: rho, Document: "数发〔2026〕1号"})
		})
		if err != nil {
			t.Fatal(err)
		}
		again := request(t, "rel_1")
		again.Resources = r.Resources
		if _, err := reserve(t, db, again); CodeOf(err) != Exhausted {
			t.Errorf("got %v, want L101", err)
		}
		if b := budget(t, db, year); b.Charged != rho {
			t.Errorf("a refused release left a charge of %s on the other resource", b.Charged-rho)
		}
	})
}

func TestReserve_EqualIsServedAgain(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *sqldb.DB) {
		l := New()
		first := request(t, "rel_0")
		first.Params = ""
		if _, err := reserve(t, db, first); err != nil {
			t.Fatal(err)
		}
		equal := first
		equal.ID, equal.Tenant, equal.Group, equal.Model = "rel_1", "org_2", "grp_2", "sha256:another text of the same question"
		if _, err := reserve(t, db, equal); CodeOf(err) != Equal {
			t.Errorf("while the first is under way: got %v, want L102", err)
		}
		settle := func(id, outcome string) {
			t.Helper()
			err := do(t, db, func(ctx context.Context, tx *sqldb.Tx) error {
				return l.Spend(ctx, tx, id, Settlement{Outcome: outcome, Output: "out_1", Digest: "sha256:cc"})
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		settle("rel_0", Released)
		got, err := reserve(t, db, equal)
		if err != nil || got.Equal == nil || got.ID != "rel_0" || got.Equal.Output != "out_1" {
			t.Errorf("got %+v, %v, want the stored release rel_0", got, err)
		}
		if b := budget(t, db, year); b.Charged != first.Plan.Rho {
			t.Errorf("serving it again was charged: %s", b.Charged)
		}
		for name, change := range map[string]func(*Request){
			"another snapshot": func(r *Request) { r.Resources = []Resource{{ID: "res_1", Snapshot: "sha256:ab", Class: "person"}} },
			"other parameters": func(r *Request) { r.Params = "x" },
			"another question": func(r *Request) { r.Question = "sha256:q" },
			"more noise":       func(r *Request) { r.Plan = plan(t, counting("a", "b"), release.RhoUnit/400) },
		} {
			r := equal
			r.ID = "rel_" + name
			change(&r)
			if got, err := reserve(t, db, r); err != nil || got.Equal != nil {
				t.Errorf("%s: got %+v, %v, want a charge of its own", name, got, err)
			}
		}
		// a failed run is no answer: asking again is charged again
		failed := request(t, "rel_f")
		if _, err := reserve(t, db, failed); err != nil {
			t.Fatal(err)
		}
		settle("rel_f", Failed)
		failed.ID = "rel_g"
		if got, err := reserve(t, db, failed); err != nil || got.Equal != nil {
			t.Errorf("after a failure: got %+v, %v, want a new charge", got, err)
		}
	})
}

func TestSettle(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *sqldb.DB) {
		l := New()
		for _, id := range []string{"rel_void", "rel_fail", "rel_lost"} {
			if _, err := reserve(t, db, request(t, id)); err != nil {
				t.Fatal(err)
			}
		}
		rho := request(t, "x").Plan.Rho
		steps := func(fn func(ctx context.Context, tx *sqldb.Tx) error) {
			t.Helper()
			if err := do(t, db, fn); err != nil {
				t.Fatal(err)
			}
		}
		steps(func(ctx context.Context, tx *sqldb.Tx) error { return l.Void(ctx, tx, "rel_void") })
		steps(func(ctx context.Context, tx *sqldb.Tx) error {
			return l.Spend(ctx, tx, "rel_fail", Settlement{Outcome: Failed})
		})
		if b := budget(t, db, year); b.Charged != 2*rho {
			t.Errorf("after a void and a failure %s is charged, want %s", b.Charged, 2*rho)
		}
		var lost []string
		steps(func(ctx context.Context, tx *sqldb.Tx) (err error) {
			lost, err = l.Sweep(ctx, tx, tx.Now().Add(time.Hour))
			return err
		})
		if len(lost) != 1 || lost[0] != "rel_lost" {
			t.Errorf("swept %v, want rel_lost", lost)
		}
		for _, id := range []string{"rel_void", "rel_fail", "rel_lost"} {
			if err := do(t, db, func(ctx context.Context, tx *sqldb.Tx) error { return l.Void(ctx, tx, id) }); err == nil {
				t.Errorf("%s was voided after it was settled", id)
			}
		}
		if b := budget(t, db, year); b.Charged != 2*rho {
			t.Errorf("%s is charged, want %s: failed and lost runs stay charged", b.Charged, 2*rho)
		}
		if problems := verify(t, db); len(problems) > 0 {
			t.Errorf("ledger does not verify: %v", problems)
		}
	})
}

func TestAllot_NobodyFindsTheTillEmpty(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *sqldb.DB) {
		l := New()
		allot := func(grant string, rho release.Rho) error {
			return do(t, db, func(ctx context.Context, tx *sqldb.Tx) error {
				return l.Allot(ctx, tx, Share{Grant: grant, Resource: "res_1", Year: "2026", Rho: rho, Document: "协议"})
			})
		}
		if err := allot("grt_1", 100_000_000_000); err != nil {
			t.Fatal(err)
		}
		if err := allot("grt_2", 50_000_000_000); CodeOf(err) != Exhausted {
			t.Errorf("two shares beyond the year: got %v, want L101", err)
		}
		if err := allot("grt_2", 30_000_000_000); err != nil {
			t.Fatal(err)
		}
		// 0.0066 is in no share: the bureau's own release fits once
		own := request(t, "rel_own")
		if _, err := reserve(t, db, own); err != nil {
			t.Errorf("a release outside of shares: %v", err)
		}
		own = request(t, "rel_own2")
		if _, err := reserve(t, db, own); CodeOf(err) != Exhausted {
			t.Errorf("a second one would eat into the shares: got %v, want L101", err)
		}
		for i := range 7 {
			r := request(t, fmt.Sprint("rel_", i))
			r.Grant = "grt_2"
			_, err := reserve(t, db, r)
			if want := i < 6; (err == nil) != want {
				t.Errorf("release %d of grant 2: %v, want ok=%v", i, err, want)
			}
		}
		r := request(t, "rel_none")
		r.Grant = "grt_3"
		if _, err := reserve(t, db, r); CodeOf(err) != Exhausted {
			t.Errorf("a grant without a share: got %v, want L101", err)
		}
		// grant 1 ends: its share can be given to another
		if err := do(t, db, func(ctx context.Context, tx *sqldb.Tx) error {
			return l.EndShare(ctx, tx, "grt_1", "res_1", "2026", "终止")
		}); err != nil {
			t.Fatal(err)
		}
		if err := allot("grt_3", 100_000_000_000); err != nil {
			t.Errorf("after grant 1 ended: %v", err)
		}
	})
}

// TestReserve_Race lets sixty-four tenants spend one year at once: what is granted never
// exceeds it, and nothing that fits is lost.
func TestReserve_Race(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *sqldb.DB) {
		var granted, refused atomic.Int64
		var wg sync.WaitGroup
		begin := make(chan struct{})
		for worker := range 64 {
			wg.Go(func() {
				<-begin
				r := request(t, fmt.Sprint("rel_", worker))
				r.Tenant, r.Group = fmt.Sprint("org_", worker), fmt.Sprint("grp_", worker)
				switch _, err := reserve(t, db, r); {
				case err == nil:
					granted.Add(1)
				case CodeOf(err) == Exhausted:
					refused.Add(1)
				default:
					t.Errorf("worker %d: %v", worker, err)
				}
			})
		}
		close(begin)
		wg.Wait()
		if granted.Load() != 27 || refused.Load() != 37 {
			t.Errorf("%d granted, %d refused, want 27 and 37", granted.Load(), refused.Load())
		}
		if b := budget(t, db, year); b.Charged > b.Cap || b.Charged != 135_000_000_000 {
			t.Errorf("charged %s of %s, want 0.135", b.Charged, b.Cap)
		}
		if problems := verify(t, db); len(problems) > 0 {
			t.Errorf("ledger does not verify: %v", problems)
		}
	})
}

// TestVerify_FindsTampering changes one row behind the ledger's back.
func TestVerify_FindsTampering(t *testing.T) {
	for _, sql := range []string{
		`UPDATE disclosure_charge SET rho = 1 WHERE scope = 'resource-year'`,
		`DELETE FROM disclosure_charge WHERE scope = 'resource-lifetime'`,
		`UPDATE disclosure_release SET state = 'void'`,
		`DELETE FROM disclosure_release`,
		`UPDATE disclosure_event SET body = '{}' WHERE seq = 1`,
		`UPDATE disclosure_event SET at = at + 1 WHERE seq = 2`,
		`DELETE FROM disclosure_event WHERE seq = 1`,
	} {
		db := testdb.SQLite(t, clock.Real{})
		for _, id := range []string{"rel_1", "rel_2"} {
			if _, err := reserve(t, db, request(t, id)); err != nil {
				t.Fatal(err)
			}
		}
		if problems := verify(t, db); len(problems) > 0 {
			t.Fatalf("untouched: %v", problems)
		}
		if err := do(t, db, func(ctx context.Context, tx *sqldb.Tx) error { _, err := tx.Exec(ctx, sql); return err }); err != nil {
			t.Fatal(err)
		}
		if problems := verify(t, db); len(problems) == 0 {
			t.Errorf("%s went unnoticed", sql)
		}
	}
}

func TestReserve_RefusesAPlanThatLies(t *testing.T) {
	db := testdb.SQLite(t, clock.Real{})
	r := request(t, "rel_1")
	r.Plan.Rho = 1
	if _, err := reserve(t, db, r); err == nil {
		t.Error("a plan that understates its cost was reserved")
	}
}

func TestPreview(t *testing.T) {
	db := testdb.SQLite(t, clock.Real{})
	l := New()
	var p Preview
	look := func(r Request) {
		t.Helper()
		if err := db.View(t.Context(), func(tx *sqldb.Tx) (err error) { p, err = l.Preview(t.Context(), tx, r); return err }); err != nil {
			t.Fatal(err)
		}
	}
	look(request(t, "rel_1"))
	if p.Refused || len(p.Scopes) != 3 || p.After.Level != Low {
		t.Errorf("preview %+v, want three budgets that suffice and level 低", p)
	}
	r := request(t, "rel_1")
	r.Grant = "grt_1"
	look(r)
	if !p.Refused {
		t.Error("a grant without a share is promised a run")
	}
	if b := budget(t, db, year); b.Charged != 0 {
		t.Errorf("looking cost %s", b.Charged)
	}
}

// The same question over the same people is another one once a public table beside them was loaded anew: the old figures rest on the
// old table.
func TestReserve_PublicTable(t *testing.T) {
	db := testdb.SQLite(t, clock.Real{})
	ask := func(id, public string) Reservation {
		t.Helper()
		r := request(t, id)
		r.Params, r.Public = "", []Resource{{ID: "res_regions", Snapshot: public}}
		res, err := reserve(t, db, r)
		if err == nil && res.Equal == nil {
			err = do(t, db, func(ctx context.Context, tx *sqldb.Tx) error {
				return New().Spend(ctx, tx, id, Settlement{Outcome: Released, Output: id, Digest: id})
			})
		}
		if err != nil {
			t.Fatal(err)
		}
		return res
	}
	ask("rel_first", "sha256:01")
	if res := ask("rel_again", "sha256:01"); res.Equal == nil || res.Equal.ID != "rel_first" {
		t.Errorf("the same question again: %+v, want the first release", res)
	}
	if res := ask("rel_changed", "sha256:02"); res.Equal != nil {
		t.Errorf("after the public table changed the figures of %s were served", res.Equal.ID)
	}
}
