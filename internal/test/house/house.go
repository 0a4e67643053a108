// Package house builds the lower floors for a stage's tests: a fresh database with keys, ledger and law, and people to act.
package house

import (
	"context"
	"testing"

	"yunei/internal/base/seal"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/ledger"
	"yunei/internal/core/regime"
)

// House is what every stage is built on. The law has no packs: it refuses nothing.
type House struct {
	DB   *sqldb.DB
	Keys *seal.Keys
	Log  *ledger.Log
	Law  *regime.Law
	Acts *act.Runner
}

// New builds a house over a migrated database.
func New(t testing.TB, db *sqldb.DB) *House {
	t.Helper()
	keys, err := seal.LoadOrCreate(t.TempDir())
	if err != nil {
		t.Fatalf("make keys: %v", err)
	}
	log, err := ledger.Open(t.Context(), db, keys, ledger.Options{})
	if err != nil {
		t.Fatalf("open ledger: %v", err)
	}
	law := regime.New()
	return &House{DB: db, Keys: keys, Log: log, Law: law, Acts: act.NewRunner(db, log, law)}
}

// As is a context in which a clerk of an organization acts in the given roles.
func As(ctx context.Context, org string, roles ...access.Role) context.Context {
	return access.With(ctx, access.Actor{Account: "acc_" + org, Name: org + "经办", Org: org, Roles: roles})
}
