package act_test

import (
	"context"
	"errors"
	"testing"

	"yunei/internal/base/errs"
	"yunei/internal/base/seal"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/ledger"
	"yunei/internal/core/regime"
	"yunei/internal/test/testdb"
)

func newRunner(t *testing.T, db *sqldb.DB) *act.Runner {
	t.Helper()
	keys, err := seal.LoadOrCreate(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	r := act.NewRunner(db, ledger.New(db, keys, ledger.Options{}), regime.New())
	r.Define(act.Def{Name: "permit.issue", Roles: []access.Role{access.Bureau}})
	return r
}

func as(role access.Role) context.Context {
	return access.With(context.Background(), access.Actor{Account: "acc_" + string(role), Org: "org_1", Roles: []access.Role{role}})
}

func issue(ctx context.Context, tx *act.Tx) error {
	_, err := tx.Issue(ctx, access.Permit{Kind: "admission", Holder: "org_2", Object: "org_2", From: tx.Day(), Until: tx.Day().AddYears(1)})
	return err
}

// standing counts what the database holds of permits, versions and entries.
func standing(t *testing.T, db *sqldb.DB) (permits, done, refused int64) {
	t.Helper()
	err := db.View(context.Background(), func(tx *sqldb.Tx) error {
		return errors.Join(
			tx.QueryRow(context.Background(), `SELECT COUNT(*) FROM permit`).Scan(&permits),
			tx.QueryRow(context.Background(), `SELECT COUNT(*) FROM ledger_entry WHERE outcome = 'done'`).Scan(&done),
			tx.QueryRow(context.Background(), `SELECT COUNT(*) FROM ledger_entry WHERE outcome = 'refused'`).Scan(&refused))
	})
	if err != nil {
		t.Fatal(err)
	}
	return permits, done, refused
}

func TestRunner_Do(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *sqldb.DB) {
		r := newRunner(t, db)
		if _, err := r.Do(as(access.Bureau), act.Call{Act: "permit.issue"}, issue); err != nil {
			t.Fatal(err)
		}
		if p, d, n := standing(t, db); p != 1 || d != 1 || n != 0 {
			t.Errorf("after one act: %d permits, %d done, %d refused; want 1, 1, 0", p, d, n)
		}
		cases := []struct {
			name string
			ctx  context.Context
			call act.Call
			do   func(context.Context, *act.Tx) error
			want errs.Code
		}{
			{"another role", as(access.DataUser), act.Call{Act: "permit.issue"}, issue, errs.Forbidden},
			{"an unknown act", as(access.Bureau), act.Call{Act: "permit.forge"}, issue, errs.Forbidden},
			{"forbidden half-way", as(access.Bureau), act.Call{Act: "permit.issue"}, func(ctx context.Context, tx *act.Tx) error {
				return errors.Join(issue(ctx, tx), errs.New(errs.Forbidden, "不行"))
			}, errs.Forbidden},
		}
		for i, c := range cases {
			if _, err := r.Do(c.ctx, c.call, c.do); !errs.Is(err, c.want) {
				t.Errorf("%s: got %v, want %s", c.name, err, c.want)
			}
			if p, d, n := standing(t, db); p != 1 || d != 1 || n != int64(i+1) {
				t.Errorf("%s: %d permits, %d done, %d refused; want 1, 1, %d", c.name, p, d, n, i+1)
			}
		}
		if _, err := r.Do(as(access.Bureau), act.Call{Act: "permit.issue"}, func(ctx context.Context, tx *act.Tx) error {
			return errors.Join(issue(ctx, tx), errors.New("disk"))
		}); errs.CodeOf(err) != errs.Internal {
			t.Errorf("a fault of our own: got %v, want internal", err)
		}
		if p, d, n := standing(t, db); p != 1 || d != 1 || n != 3 {
			t.Errorf("a fault leaves %d permits, %d done, %d refused; want 1, 1, 3", p, d, n)
		}
	})
}

func TestRunner_Key(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *sqldb.DB) {
		r := newRunner(t, db)
		do := func(value, request string) error {
			ctx := act.WithKey(as(access.Bureau), &act.Key{Value: value, Request: request})
			_, err := r.Do(ctx, act.Call{Act: "permit.issue"}, issue)
			return err
		}
		if err := do("k1", "a"); err != nil {
			t.Fatal(err)
		}
		for _, request := range []string{"a", "b"} {
			if err := do("k1", request); !errs.Is(err, errs.Conflict) {
				t.Errorf("the same key for request %q: got %v, want conflict", request, err)
			}
		}
		if p, _, _ := standing(t, db); p != 1 {
			t.Errorf("%d permits, want 1", p)
		}
		replay, found, err := r.FindReplay(context.Background(), "acc_data-bureau", &act.Key{Value: "k1", Request: "a"})
		if err != nil || !found || replay.Seq == 0 || replay.Status != 0 {
			t.Errorf("replay %+v found %v err %v, want the entry and no stored reply", replay, found, err)
		}
	})
}

// Suspending the root of a chain of permits closes everything under it, and lifting it restores exactly that.
func TestPermit_Chain(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *sqldb.DB) {
		r := newRunner(t, db)
		ctx := as(access.Bureau)
		day := workday.Must("2025-09-26")
		var root, leaf, ended access.Permit
		do := func(fn func(ctx context.Context, tx *act.Tx) error) {
			t.Helper()
			if _, err := r.Do(ctx, act.Call{Act: "permit.issue", Occurred: day}, fn); err != nil {
				t.Fatal(err)
			}
		}
		do(func(ctx context.Context, tx *act.Tx) (err error) {
			p := access.Permit{Kind: "admission", Holder: "org_2", Object: "org_2", From: day, Until: day.AddYears(3)}
			if root, err = tx.Issue(ctx, p); err != nil {
				return err
			}
			p.Kind, p.Object, p.Parents = "grant", "scn_1", []string{root.ID}
			if leaf, err = tx.Issue(ctx, p); err != nil {
				return err
			}
			p.Object, p.Until = "scn_2", day
			ended, err = tx.Issue(ctx, p)
			return err
		})
		check := func(when string, id string, on workday.Date, want bool) {
			t.Helper()
			err := db.View(ctx, func(tx *sqldb.Tx) error { return access.Valid(ctx, tx, id, on) })
			if (err == nil) != want {
				t.Errorf("%s: valid is %v, want %v", when, err, want)
			}
		}
		check("issued", leaf.ID, day, true)
		check("the day before", leaf.ID, day.AddDays(-1), false)
		check("the last day", leaf.ID, day.AddYears(3).AddDays(-1), true)
		check("the day it ends", leaf.ID, day.AddYears(3), false)
		check("a term of no day", ended.ID, day, false)
		do(func(ctx context.Context, tx *act.Tx) error { return tx.SetPermit(ctx, root.ID, access.Suspended) })
		check("root suspended", leaf.ID, day, false)
		do(func(ctx context.Context, tx *act.Tx) error { return tx.SetPermit(ctx, root.ID, access.Active) })
		check("root lifted", leaf.ID, day, true)
		check("root lifted, another that had ended", ended.ID, day, false)
		do(func(ctx context.Context, tx *act.Tx) error { return tx.SetPermit(ctx, root.ID, access.Revoked) })
		check("root revoked", leaf.ID, day, false)
		if _, err := r.Do(ctx, act.Call{Act: "permit.issue"}, func(ctx context.Context, tx *act.Tx) error {
			return tx.SetPermit(ctx, root.ID, access.Active)
		}); !errs.Is(err, errs.Conflict) {
			t.Errorf("reviving a revoked permit: got %v, want conflict", err)
		}
	})
}
