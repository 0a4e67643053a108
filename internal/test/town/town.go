// Package town sets up the stage on which grants, the lab and output are tested: every service under the Quanzhou pack on a
// clock that can be moved, the bodies that the law names, two admitted banks, and the first rows of the real card table.
package town

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"yunei/internal/base/clock"
	"yunei/internal/base/seal"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/blob"
	"yunei/internal/core/ledger"
	"yunei/internal/core/matter"
	"yunei/internal/core/netlog"
	"yunei/internal/core/notice"
	"yunei/internal/core/party"
	"yunei/internal/core/query/disclose"
	"yunei/internal/core/query/duckdb"
	"yunei/internal/core/regime"
	"yunei/internal/flow/catalog"
	"yunei/internal/flow/collect"
	"yunei/internal/flow/consent"
	"yunei/internal/flow/grant"
	"yunei/internal/flow/lab"
	"yunei/internal/flow/output"
	"yunei/internal/flow/serve"
	"yunei/internal/flow/statistics"
	"yunei/internal/flow/supply"
	"yunei/internal/flow/watch"
	"yunei/internal/test/story/resources"
	"yunei/internal/test/testdb"
	"yunei/regimes"
)

// Opening is when every test begins: the Friday before the National Day holidays of 2025, at nine.
var Opening = time.Date(2025, 9, 26, 1, 0, 0, 0, time.UTC)

// Rows is how many people are in the card table.
const Rows = 600

// Town is the stage.
type Town struct {
	T          testing.TB
	DB         *sqldb.DB
	Clock      *clock.Set
	Log        *ledger.Log
	Law        *regime.Law
	Acts       *act.Runner
	Matters    *matter.Service
	Party      *party.Service
	Catalog    *catalog.Service
	Collect    *collect.Service
	Grant      *grant.Service
	Lab        *lab.Service
	Supply     *supply.Service
	Output     *output.Service
	Statistics *statistics.Service
	Serve      *serve.Service
	Watch      *watch.Service
	Consents   *consent.Service
	Keys       *seal.Keys
	Budget     *disclose.Ledger
	Blobs      *blob.Store
	Netlog     *netlog.Log
	Dir        string        // the data folder
	Card       catalog.Entry // the published card table
	actors     map[string]access.Actor
}

// Each runs fn on every database, with a town of its own.
func Each(t *testing.T, fn func(t *testing.T, w *Town)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		clk := clock.NewSet(Opening)
		fn(t, New(t, testdb.SQLite(t, clk), clk))
	})
	t.Run("postgres", func(t *testing.T) {
		clk := clock.NewSet(Opening)
		fn(t, New(t, testdb.Postgres(t, clk), clk))
	})
}

// SQLite is a town for tests to which the database does not matter.
func SQLite(t testing.TB) *Town {
	t.Helper()
	clk := clock.NewSet(Opening)
	return New(t, testdb.SQLite(t, clk), clk)
}

// New builds a town over a fresh database.
func New(t testing.TB, db *sqldb.DB, clk *clock.Set) *Town {
	t.Helper()
	w := build(t, db, clk, t.TempDir())
	w.people()
	w.supply()
	w.Admit("bank", "示例银行", "91990000MA990006")
	w.Admit("other", "另一家银行", "91990000MA990007")
	return w
}

// At is a town in a data folder that outlives the process: a new one where the folder is empty, else the one that is there.
func At(t testing.TB, dir string) *Town {
	t.Helper()
	clk := clock.NewSet(Opening)
	db := testdb.Open(t, "sqlite:"+filepath.Join(dir, "yunei.db"), clk)
	w := build(t, db, clk, dir)
	if w.Count(`SELECT count(*) FROM account`) == 0 {
		w.people()
		w.supply()
		w.Admit("bank", "示例银行", "91990000MA990006")
		return w
	}
	w.View(func(ctx context.Context, tx *sqldb.Tx) error {
		for _, r := range access.Roles() {
			list, err := access.AccountsIn(ctx, tx, "", r)
			if err != nil {
				return err
			}
			for _, a := range list {
				w.actors[a.Login] = a.Actor()
			}
		}
		var err error
		w.Card, err = w.Catalog.LoadByTable(ctx, tx, "credit_default")
		return err
	})
	return w
}

// build makes the services over a data folder.
func build(t testing.TB, db *sqldb.DB, clk *clock.Set, dir string) *Town {
	t.Helper()
	keys, err := seal.LoadOrCreate(filepath.Join(dir, "keys"))
	Must(t, err)
	blobs, err := blob.Open(filepath.Join(dir, "blobs"), 0)
	Must(t, err)
	for _, sub := range []string{"incoming", "spaces"} {
		Must(t, os.MkdirAll(filepath.Join(dir, sub), 0o700))
	}
	// Nothing seals unless a test does; the lag that would hold answers back is another test's matter.
	w := &Town{T: t, DB: db, Clock: clk, Log: ledger.New(db, keys, ledger.Options{MaxLag: 24 * time.Hour}), Law: regime.New(),
		Budget: disclose.New(), Blobs: blobs, Dir: dir, Netlog: netlog.Open(filepath.Join(dir, "netlog"), clk), Keys: keys, actors: map[string]access.Actor{}}
	w.Acts = act.NewRunner(db, w.Log, w.Law)
	w.Matters = matter.New(w.Acts)
	w.Matters.Notices = notice.New(w.Acts)
	w.Party = party.New(w.Acts, keys, w.Matters)
	w.Catalog = catalog.New(w.Acts)
	w.Collect = collect.New(collect.Deps{DB: db, Acts: w.Acts, Catalog: w.Catalog, Blobs: blobs, Temp: filepath.Join(dir, "incoming"), Seal: collect.SealerOf(keys)})
	w.Grant = grant.New(w.Acts, w.Matters, w.Catalog, w.Budget)
	w.Statistics = statistics.New(w.Acts, w.Matters, w.Catalog)
	w.Lab = lab.New(lab.Deps{DB: db, Acts: w.Acts, Keys: keys, Catalog: w.Catalog, Collect: w.Collect, Grant: w.Grant, Budget: w.Budget,
		Engine: duckdb.New(duckdb.Options{AllowMissingWalls: true}), Blobs: blobs, Dir: filepath.Join(dir, "spaces")})
	w.Supply = supply.New(supply.Deps{Acts: w.Acts, Matters: w.Matters, Catalog: w.Catalog, Collect: w.Collect, Grant: w.Grant, Lab: w.Lab})
	w.Output = output.New(w.Acts, w.Matters, w.Lab, blobs)
	w.Consents = consent.New(w.Acts, keys, collect.SealerOf(keys))
	w.Serve = serve.New(serve.Deps{DB: db, Acts: w.Acts, Keys: keys, Consents: w.Consents, Catalog: w.Catalog, Collect: w.Collect, Disclose: w.Budget, Lab: w.Lab})
	w.Watch = watch.New(watch.Deps{Acts: w.Acts, Catalog: w.Catalog, Consents: w.Consents, Lab: w.Lab, Serve: w.Serve, Budget: w.Budget, Blobs: blobs, Netlog: w.Netlog})
	w.Acts.Define(act.Def{Name: "test.arrange", Roles: []access.Role{access.Platform}})
	Must(t, w.Law.Load(regimes.FS, "quanzhou-2024-05-17"))
	w.Log.Also(ledger.Audit{Name: "regime", Look: regime.VerifyKept})
	Must(t, db.Do(t.Context(), func(tx *sqldb.Tx) error { return w.Law.Keep(t.Context(), tx) }))
	return w
}

// Must ends the test on an error that nobody expected.
func Must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// people opens the accounts of the law's own bodies, and of three experts with their signing keys.
func (w *Town) people() {
	w.T.Helper()
	for who, a := range map[string]access.Actor{
		"bureau":   {Org: "org_bureau", Roles: []access.Role{access.Bureau}},
		"bureau2":  {Org: "org_bureau", Roles: []access.Role{access.Bureau}},
		"operator": {Org: "org_operator", Roles: []access.Role{access.Operator}},
		"holder":   {Org: "org_finance", Roles: []access.Role{access.Holder}},
		"holder2":  {Org: "org_finance", Roles: []access.Role{access.Holder}},
		"ecology":  {Org: "org_ecology", Roles: []access.Role{access.Holder}},
		"auditor":  {Org: "org_audit", Roles: []access.Role{access.Auditor}},
		"expert1":  {Roles: []access.Role{access.Expert}},
		"expert2":  {Roles: []access.Role{access.Expert}},
		"expert3":  {Roles: []access.Role{access.Expert}},
	} {
		w.Account(who, a.Org, a.Roles...)
	}
	// The operator runs the platform by a paper on file; the bodies of a town are ids alone, so that it is put there directly.
	w.Tamper(`INSERT INTO designation (id, org, account, state, body) VALUES ($1, $2, '', 'stands', $3)`, "dsg_town", "org_operator",
		`{"id":"dsg_town","org":"org_operator","kind":"operator","from":"2020-01-01","state":"stands"}`)
}

// Account opens a login without a password and, for an expert, registers a key.
func (w *Town) Account(who, org string, roles ...access.Role) {
	w.T.Helper()
	w.Arrange(func(ctx context.Context, tx *act.Tx) error {
		a := access.Account{ID: tx.NewID("acc"), Login: who, Name: who, Org: org, Roles: roles, Opened: tx.Now()}
		w.actors[who] = a.Actor()
		if err := access.CreateAccount(ctx, tx.Tx, a, "no password fits"); err != nil {
			return err
		}
		return tx.Changed(ctx, "account", a.ID, a)
	})
	if w.actors[who].Has(access.Expert) {
		_, err := w.Party.RegisterKey(w.As(who), base64.StdEncoding.EncodeToString(Key(who).Public().(ed25519.PublicKey)))
		Must(w.T, err)
		_, err = w.Party.ConfirmExpert(access.With(w.T.Context(), access.System()), party.ExpertDraft{Account: w.actors[who].Account, Fields: []string{"金融"}, Document: "专家组〔2025〕1号"})
		Must(w.T, err)
	}
}

// Stand puts somebody's organization into an area.
func (w *Town) Stand(who string, area access.Area) {
	w.T.Helper()
	w.Arrange(func(ctx context.Context, tx *act.Tx) error { return access.SetArea(ctx, tx.Tx, w.Org(who), area) })
	for name, a := range w.actors {
		if a.Org != "" && a.Org == w.Org(who) {
			a.Area = area
			w.actors[name] = a
		}
	}
}

// Arrange changes something that has no act of its own in the test.
func (w *Town) Arrange(fn func(ctx context.Context, tx *act.Tx) error) {
	w.T.Helper()
	_, err := w.Acts.Do(access.With(w.T.Context(), access.System()), act.Call{Act: "test.arrange"}, fn)
	Must(w.T, err)
}

// As is the context in which somebody acts.
func (w *Town) As(who string) context.Context {
	w.T.Helper()
	a, ok := w.actors[who]
	if !ok {
		w.T.Fatalf("nobody in town is called %s", who)
	}
	return access.With(w.T.Context(), a)
}

// Org is somebody's organization.
func (w *Town) Org(who string) string { return access.From(w.As(who)).Org }

// Key is the private key with which somebody signs.
func Key(who string) ed25519.PrivateKey {
	sum := sha256.Sum256([]byte(who))
	return ed25519.NewKeyFromSeed(sum[:])
}

// supply publishes the card table and collects its first rows.
func (w *Town) supply() {
	w.T.Helper()
	e, err := w.Catalog.Draft(w.As("holder"), resources.CreditDefault())
	Must(w.T, err)
	_, err = w.Catalog.Submit(w.As("holder"), e.ID)
	Must(w.T, err)
	w.Card, err = w.Catalog.Publish(w.As("bureau"), e.ID)
	Must(w.T, err)
	w.Load(Rows)
}

// Load collects the first rows of the card table: a new snapshot.
func (w *Town) Load(rows int) {
	w.T.Helper()
	in, err := resources.All()[0].File()
	Must(w.T, err)
	all, err := io.ReadAll(in)
	Must(w.T, err)
	lines := strings.SplitAfterN(string(all), "\n", rows+2)
	_, err = w.Collect.Load(w.As("holder"), w.Card.ID, "credit_default.csv", strings.NewReader(strings.Join(lines[:rows+1], "")))
	Must(w.T, err)
}

// Register registers an organization and opens its clerk's account under the given name.
func (w *Town) Register(who, name, first16 string, roles ...access.Role) {
	w.T.Helper()
	uscc, err := party.MakeUSCC(first16)
	Must(w.T, err)
	o, err := w.Party.Register(access.With(w.T.Context(), access.System()), party.Registration{Name: name, USCC: uscc, Registered: "2010-01-04", InProvince: true,
		Representative: "林晓", RepresentativeID: collect.InventedNumber(900_000), Contact: "陈明", Phone: "0595-00000000"})
	Must(w.T, err)
	w.Account(who, o.ID, roles...)
	w.Undertake(who)
}

// Undertake signs the confidentiality undertaking as somebody.
func (w *Town) Undertake(who string) {
	w.T.Helper()
	own, err := w.Party.OwnUndertaking(w.As(who))
	Must(w.T, err)
	k, err := w.Party.RegisterKey(w.As(who), base64.StdEncoding.EncodeToString(Key("undertaking of "+who).Public().(ed25519.PublicKey)))
	Must(w.T, err)
	_, err = w.Party.Undertake(w.As(who), party.PersonalSignature{Key: k.ID, Signature: base64.StdEncoding.EncodeToString(ed25519.Sign(Key("undertaking of "+who), []byte(own.Text)))})
	Must(w.T, err)
}

// Admit registers an organization and takes it through admission on paper.
func (w *Town) Admit(who, name, first16 string) {
	w.T.Helper()
	w.Register(who, name, first16, access.Applicant)
	var docs []party.Document
	for _, kind := range []string{party.BusinessLicense, party.RepresentativeProof, party.OrganizationProfile, party.PledgePaper} {
		docs = append(docs, party.Document{Kind: kind, Name: kind, Blob: "sha256:" + kind})
	}
	a, err := w.Party.Apply(w.As(who), party.Paper, docs)
	Must(w.T, err)
	Must(w.T, w.Decide("operator", w.MatterAbout(a.ID).ID, "verify", matter.Pass))
	actor := w.actors[who]
	actor.Roles = append(actor.Roles, access.DataUser)
	w.actors[who] = actor
}

// View reads.
func (w *Town) View(fn func(ctx context.Context, tx *sqldb.Tx) error) {
	w.T.Helper()
	Must(w.T, w.DB.View(w.T.Context(), func(tx *sqldb.Tx) error { return fn(w.T.Context(), tx) }))
}

// Count runs a counting query.
func (w *Town) Count(q string, args ...any) (n int64) {
	w.T.Helper()
	w.View(func(ctx context.Context, tx *sqldb.Tx) error { return tx.QueryRow(ctx, q, args...).Scan(&n) })
	return n
}

// Body is the JSON of a row, to be tampered with.
func (w *Town) Body(table, id string) (body string) {
	w.T.Helper()
	w.View(func(ctx context.Context, tx *sqldb.Tx) error {
		return tx.QueryRow(ctx, `SELECT body FROM `+table+` WHERE id = $1`, id).Scan(&body)
	})
	return body
}

// Tamper changes rows behind the program's back.
func (w *Town) Tamper(q string, args ...any) {
	w.T.Helper()
	Must(w.T, w.DB.Do(w.T.Context(), func(tx *sqldb.Tx) error {
		_, err := tx.Exec(w.T.Context(), q, args...)
		return err
	}))
}

// Fsck fails the test when a row is not what the ledger recorded.
func (w *Town) Fsck() {
	w.T.Helper()
	Must(w.T, w.Log.Seal(w.T.Context()))
	problems, err := w.Log.Fsck(w.T.Context())
	Must(w.T, err)
	if len(problems) > 0 {
		w.T.Errorf("fsck = %v, want no problem", problems)
	}
	w.View(func(ctx context.Context, tx *sqldb.Tx) error {
		found, err := w.Budget.Verify(ctx, tx)
		if len(found) > 0 {
			w.T.Errorf("disclosure ledger: %v, want no problem", found)
		}
		return err
	})
}
