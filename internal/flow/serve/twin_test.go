package serve_test

import (
	"context"
	"testing"
	"time"

	"yunei/internal/base/clock"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/blob"
	"yunei/internal/core/ledger"
	"yunei/internal/core/matter"
	"yunei/internal/core/party"
	"yunei/internal/core/query/disclose"
	"yunei/internal/core/regime"
	"yunei/internal/flow/catalog"
	"yunei/internal/flow/collect"
	"yunei/internal/flow/consent"
	"yunei/internal/flow/serve"
	"yunei/internal/flow/watch"
	"yunei/internal/test/house"
	"yunei/internal/test/testdb"
	"yunei/regimes"
)

// twin is another process of the same deployment: its own connections, law and services over the same database and keys.
func (b *branch) twin(t *testing.T, db *sqldb.DB) *branch {
	t.Helper()
	log := ledger.New(db, b.keys, ledger.Options{MaxLag: time.Hour})
	law := regime.New()
	acts := act.NewRunner(db, log, law)
	blobs, err := blob.Open(b.blobs, 0)
	must(t, err)
	party.New(acts, b.keys, matter.New(acts))
	entries := catalog.New(acts)
	subjects := collect.NewSealer(b.keys.Derive("sid"), b.keys.KID())
	rows := collect.New(collect.Deps{DB: db, Acts: acts, Catalog: entries, Blobs: blobs, Temp: t.TempDir(), Seal: subjects})
	other := *b
	other.db, other.log, other.catalog, other.collect = db, log, entries, rows
	other.consents = consent.New(acts, b.keys, subjects)
	watch.New(watch.Deps{Acts: acts, Consents: other.consents})
	other.Service = serve.New(serve.Deps{DB: db, Acts: acts, Keys: b.keys, Consents: other.consents, Catalog: entries, Collect: rows, Disclose: disclose.New()})
	acts.Define(act.Def{Name: "test.arrange", Roles: []access.Role{access.Operator, access.DataUser}})
	must(t, law.Load(regimes.FS, "quanzhou-2024-05-17"))
	return &other
}

// What is withdrawn, suspended or revoked at one process is closed at the other with the next call: nothing about validity is
// kept in memory.
func TestService_Call_closedAtAnotherProcess(t *testing.T) {
	url := testdb.PostgresURL(t)
	clk := clock.NewSet(opening)
	here := newBranch(t, testdb.Open(t, url, clk), clk, time.Hour)
	there := here.twin(t, testdb.Open(t, url, clk))

	id := here.consentOf(0)
	call := func(at *branch, consentID string) error {
		_, err := at.Call(at.bank(), here.ask(0, nil, func(a *serve.Ask) { a.Consent = consentID }))
		return err
	}
	must(t, call(here, id))
	must(t, call(there, id))

	_, err := here.consents.Withdraw(here.citizen(0), id)
	must(t, err)
	if err := call(there, id); reasonOf(err) != string(consent.Withdrawn) {
		t.Errorf("a call at the other process after withdrawal = %v, want %s", err, consent.Withdrawn)
	}

	there.number = here.number
	fresh := there.consentOf(0)
	must(t, call(here, fresh))
	operator := house.As(t.Context(), "org_operator", access.Operator)
	set := func(state string) {
		there.arrange(operator, func(ctx context.Context, tx *act.Tx) error { return tx.SetPermit(ctx, here.permits.grant, state) })
	}
	set(access.Suspended)
	if err := call(here, fresh); err == nil {
		t.Error("a call after the grant was suspended at the other process was answered, want it refused")
	}
	set(access.Active)
	must(t, call(here, fresh))
	set(access.Revoked)
	if err := call(here, fresh); err == nil {
		t.Error("a call after the grant was revoked at the other process was answered, want it refused")
	}
}
