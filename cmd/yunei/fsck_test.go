package main

import (
	"context"
	"strings"
	"testing"

	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/gate/node"
)

// TestLedger_Fsck: one byte of a business row that no act changed is found, beside a running program.
func TestLedger_Fsck(t *testing.T) {
	cfg := settings(t, "var")
	if err := cfg.prepare(); err != nil {
		t.Fatal(err)
	}
	n, err := node.Open(t.Context(), node.Options{Data: cfg.Data, DB: cfg.DB, Heads: cfg.Heads})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { n.Close() })
	n.Acts.Define(act.Def{Name: "test.issue", Roles: []access.Role{access.Bureau}})
	ctx := access.With(t.Context(), access.Actor{Account: "acc_test", Roles: []access.Role{access.Bureau}})
	day, err := workday.Parse("2027-01-01")
	if err != nil {
		t.Fatal(err)
	}
	_, err = n.Acts.Do(ctx, act.Call{Act: "test.issue"}, func(ctx context.Context, tx *act.Tx) error {
		_, err := tx.Issue(ctx, access.Permit{Kind: "grant", Holder: "org_a", Object: "obj_a", From: tx.Day(), Until: day, Basis: "test"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := n.Log.Seal(ctx); err != nil {
		t.Fatal(err)
	}
	mustYunei(t, cfg, "ledger", "fsck")

	err = n.DB.Do(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE permit SET until_day = '2037-01-01' WHERE until_day = '2027-01-01'`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	out, err := yunei(t, cfg, "ledger", "fsck")
	if err == nil || !strings.Contains(out, "permit prm_") {
		t.Errorf("a permit made ten years longer behind the ledger's back: got %v and\n%s\nwant the permit named", err, out)
	}
	if out, err := yunei(t, cfg, "ledger", "verify"); err != nil {
		t.Errorf("the entries themselves are untouched, but verify says %v\n%s", err, out)
	}
}
