package serve_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"yunei/internal/base/clock"
	"yunei/internal/base/errs"
	"yunei/internal/base/seal"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/blob"
	"yunei/internal/core/ledger"
	"yunei/internal/core/matter"
	"yunei/internal/core/party"
	"yunei/internal/core/query"
	"yunei/internal/core/query/disclose"
	"yunei/internal/core/regime"
	"yunei/internal/flow/catalog"
	"yunei/internal/flow/collect"
	"yunei/internal/flow/consent"
	"yunei/internal/flow/grant"
	"yunei/internal/flow/serve"
	"yunei/internal/flow/watch"
	"yunei/internal/test/house"
	"yunei/internal/test/story/resources"
	"yunei/internal/test/testdb"
	"yunei/regimes"
)

const scenario = "scn_loan"

// branch is a bank with an approved credit band model over the first rows of the real card table, under the Quanzhou
// pack. The grant's permits are issued by hand: how they come about is tested where they do.
type branch struct {
	*serve.Service
	t        testing.TB
	db       *sqldb.DB
	clock    *clock.Set
	log      *ledger.Log
	keys     *seal.Keys
	blobs    string
	anchor   *seal.Anchor
	party    *party.Service
	consents *consent.Service
	watch    *watch.Service
	catalog  *catalog.Service
	collect  *collect.Service
	entry    catalog.Entry
	model    *query.Model
	org      string
	permits  struct{ admission, grant, model string }
	deployed serve.Deployment
	number   int
}

func each(t *testing.T, fn func(t *testing.T, b *branch)) {
	t.Run("sqlite", func(t *testing.T) {
		clk := clock.NewSet(opening)
		fn(t, newBranch(t, testdb.SQLite(t, clk), clk, time.Hour))
	})
	t.Run("postgres", func(t *testing.T) {
		clk := clock.NewSet(opening)
		fn(t, newBranch(t, testdb.Postgres(t, clk), clk, time.Hour))
	})
}

var opening = time.Date(2025, 6, 3, 2, 0, 0, 0, time.UTC)

// newBranch opens a branch whose ledger seal may lag by maxLag; nothing seals it unless a test does.
func newBranch(t testing.TB, db *sqldb.DB, clk *clock.Set, maxLag time.Duration) *branch {
	t.Helper()
	keys, err := seal.LoadOrCreate(t.TempDir())
	must(t, err)
	files := t.TempDir()
	blobs, err := blob.Open(files, 0)
	must(t, err)
	b := &branch{t: t, blobs: files, db: db, clock: clk, keys: keys, anchor: keys.Anchor(), log: ledger.New(db, keys, ledger.Options{MaxLag: maxLag})}
	law := regime.New()
	acts := act.NewRunner(db, b.log, law)
	matters := matter.New(acts)
	b.party = party.New(acts, keys, matters)
	b.catalog = catalog.New(acts)
	subjects := collect.NewSealer(keys.Derive("sid"), keys.KID())
	b.collect = collect.New(collect.Deps{DB: db, Acts: acts, Catalog: b.catalog, Blobs: blobs, Temp: t.TempDir(), Seal: subjects})
	b.consents = consent.New(acts, keys, subjects)
	b.watch = watch.New(watch.Deps{Acts: acts, Consents: b.consents})
	b.Service = serve.New(serve.Deps{DB: db, Acts: acts, Keys: keys, Consents: b.consents, Catalog: b.catalog, Collect: b.collect, Disclose: disclose.New()})
	acts.Define(act.Def{Name: "test.arrange", Roles: []access.Role{access.Operator, access.DataUser}})
	must(t, law.Load(regimes.FS, "quanzhou-2024-05-17"))
	b.loadData()
	b.org = b.admit()
	b.model = band(b.entry)
	b.approve()
	return b
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// loadData publishes the card table's entry and collects its first two hundred rows.
func (b *branch) loadData() {
	card := resources.All()[0]
	holder, bureau := house.As(b.t.Context(), "org_finance", access.Holder), house.As(b.t.Context(), "org_bureau", access.Bureau)
	e, err := b.catalog.Draft(holder, card.Content)
	must(b.t, err)
	_, err = b.catalog.Submit(holder, e.ID)
	must(b.t, err)
	b.entry, err = b.catalog.Publish(bureau, e.ID)
	must(b.t, err)
	in, err := card.File()
	must(b.t, err)
	all, err := io.ReadAll(in)
	must(b.t, err)
	lines := strings.SplitAfterN(string(all), "\n", people+2)
	_, err = b.collect.Load(holder, b.entry.ID, "credit_default.csv", strings.NewReader(strings.Join(lines[:people+1], "")))
	must(b.t, err)
}

// people is how many persons are in the data: numbers 0 to people-1. Person stranger is not.
const (
	people   = 200
	stranger = 12345
)

func (b *branch) admit() string {
	uscc, err := party.MakeUSCC("91990000MA990000")
	must(b.t, err)
	applicant := house.As(b.t.Context(), "", access.Applicant)
	o, err := b.party.Register(applicant, party.Registration{Name: "示例银行", USCC: uscc, Registered: "2010-01-04", InProvince: true,
		Representative: "林晓", RepresentativeID: collect.InventedNumber(stranger + 1), Contact: "陈明", Phone: "0595-00000000"})
	must(b.t, err)
	var docs []party.Document
	for _, kind := range []string{party.BusinessLicense, party.RepresentativeProof, party.OrganizationProfile, party.PledgePaper} {
		docs = append(docs, party.Document{Kind: kind, Name: kind, Blob: "sha256:" + kind})
	}
	a, err := b.party.Apply(house.As(b.t.Context(), o.ID, access.Applicant), party.Paper, docs)
	must(b.t, err)
	b.arrange(house.As(b.t.Context(), "org_operator", access.Operator), func(ctx context.Context, tx *act.Tx) error {
		o, err = b.party.AdmitTx(ctx, tx, a.ID)
		return err
	})
	b.permits.admission = o.Permit
	return o.ID
}

func (b *branch) arrange(ctx context.Context, fn func(ctx context.Context, tx *act.Tx) error) {
	b.t.Helper()
	_, err := b.Acts.Do(ctx, act.Call{Act: "test.arrange"}, fn)
	must(b.t, err)
}

// approve issues what a started grant leaves and deploys the model.
func (b *branch) approve() {
	operator := house.As(b.t.Context(), "org_operator", access.Operator)
	fields := []string{b.field("limit_bal"), b.field("pay_0")}
	b.arrange(operator, func(ctx context.Context, tx *act.Tx) error {
		g, err := tx.Issue(ctx, access.Permit{Kind: grant.PermitGrant, Holder: b.org, Object: scenario, Fields: fields, Purpose: "审核个人经营贷款申请",
			From: tx.Day(), Until: "2025-12-31", Parents: []string{b.permits.admission}})
		if err != nil {
			return err
		}
		m, err := tx.Issue(ctx, access.Permit{Kind: grant.PermitModel, Holder: b.org, Object: "ver_band", Fields: fields, Purpose: scenario,
			From: tx.Day(), Until: "2025-12-31", Parents: []string{g.ID}})
		b.permits.grant, b.permits.model = g.ID, m.ID
		return err
	})
	b.deployed = b.deploy(0)
}

func (b *branch) deploy(daily int64) (d serve.Deployment) {
	b.arrange(b.bank(), func(ctx context.Context, tx *act.Tx) (err error) {
		d, err = b.DeployTx(ctx, tx, serve.Approved{Grant: "grt_loan", Version: "ver_band", Title: "个人信用等级", IR: b.model.Canonical(),
			Hash: b.model.Hash(), Daily: daily})
		return err
	})
	return d
}

func (b *branch) field(name string) string { return consent.FieldKey(b.entry.ID, name) }

func (b *branch) bank() context.Context {
	return house.As(b.t.Context(), b.org, access.DataUser)
}

func (b *branch) citizen(n int) context.Context {
	sid, err := b.consents.SubjectID(collect.InventedNumber(n))
	must(b.t, err)
	return access.With(b.t.Context(), access.Actor{Account: fmt.Sprintf("acc_citizen_%d", n), SID: sid, Roles: []access.Role{access.Subject}})
}

// document is what person n signs for the bank's loan check.
func (b *branch) document(n int, spoil ...func(*consent.Document)) consent.Document {
	b.number++
	d := consent.Document{
		Terms: consent.Terms{
			Template: "personal-credit@1", Number: fmt.Sprintf("SQ-2025-%06d", b.number),
			Recipients: []consent.Recipient{{Org: b.org, Name: "示例银行", USCC: "91000000MA00000157", Role: consent.RoleUser}},
			Purpose:    consent.Purpose{Scenario: scenario, Text: "审核个人经营贷款申请", Use: "贷款审批"},
			Data: []consent.Source{{Resource: b.entry.ID, Name: b.entry.Title, Provider: "示例金融局", Fields: []consent.Field{
				{Name: "limit_bal", Title: "授信额度"}, {Name: "pay_0", Title: "9月还款状态"}}}},
			Manner: []string{"评分"}, Outputs: []consent.Output{{Name: "band", Text: "信用等级（A、B、C）"}},
			From: "2025-06-01", Until: "2025-06-30", MaxUses: 10, Retention: "办结后 30 日内删除",
			Separate: []string{b.field("limit_bal"), b.field("pay_0")}, SignedAt: b.clock.Now(),
		},
		Subject: consent.Person{Name: fmt.Sprintf("居民%d", n), IDNumber: collect.InventedNumber(n)},
	}
	for _, f := range spoil {
		f(&d)
	}
	return d
}

// signed is the document as person n's own device signs it.
func (b *branch) signed(n int, d consent.Document) *consent.Signed {
	b.t.Helper()
	d, err := d.Seal()
	must(b.t, err)
	raw, err := d.Canonical()
	must(b.t, err)
	cert, key, err := b.anchor.IssuePerson(fmt.Sprintf("居民%d", n), collect.InventedNumber(n), b.clock.Now().Add(-24*time.Hour))
	must(b.t, err)
	sig, err := seal.SignAs(key, raw)
	must(b.t, err)
	return &consent.Signed{Document: string(raw), Certificate: string(cert), Signature: sig}
}

// ask is a call about person n under a document; each has a request id of its own.
func (b *branch) ask(n int, doc *consent.Signed, spoil ...func(*serve.Ask)) serve.Ask {
	b.number++
	a := serve.Ask{Deployment: b.deployed.ID, Request: fmt.Sprintf("request-%06d", b.number), Subject: collect.InventedNumber(n),
		Scenario: scenario, Document: doc}
	for _, f := range spoil {
		f(&a)
	}
	return a
}

// consentOf hands person n's document in and gives its id.
func (b *branch) consentOf(n int, spoil ...func(*consent.Document)) string {
	b.t.Helper()
	c, err := b.consents.Submit(b.bank(), *b.signed(n, b.document(n, spoil...)))
	must(b.t, err)
	return c.ID
}

func value(t testing.TB, a serve.Answer) string {
	t.Helper()
	if len(a.Outputs) != 1 || a.Outputs[0].Name != "band" {
		t.Fatalf("outputs = %+v, want the band alone", a.Outputs)
	}
	if a.Outputs[0].Value == nil {
		return "null"
	}
	return *a.Outputs[0].Value
}

func reasonOf(err error) string {
	if e, ok := errors.AsType[*errs.Error](err); ok && len(e.Spots) > 0 {
		return e.Spots[0].Code
	}
	return ""
}

// band is the bank's model: A for no arrears and a limit from 200000, C for two months of arrears or more, else B.
func band(e catalog.Entry) *query.Model {
	table := e.PolicyTable()
	text, number, flag := query.Type{Kind: query.Text}, query.Type{Kind: query.Int}, query.Type{Kind: query.Bool}
	col := func(i int, t query.Type) query.Expr { return query.Expr{Op: query.OpCol, Type: t, Index: i} }
	lit := func(v query.Value) query.Expr {
		return query.Expr{Op: query.OpLit, Type: v.Type(), Lits: []query.Value{v}}
	}
	is := func(op query.Op, a, b query.Expr) query.Expr {
		return query.Expr{Op: op, Type: flag, Args: []query.Expr{a, b}}
	}
	limit, pay := col(1, number), col(2, number)
	good := query.Expr{Op: query.OpAnd, Type: flag, Args: []query.Expr{is(query.OpLe, pay, lit(query.IntValue(0))), is(query.OpGe, limit, lit(query.IntValue(200000)))}}
	expr := query.Expr{Op: query.OpCase, Type: text, Args: []query.Expr{
		good, lit(query.TextValue("A")), is(query.OpGe, pay, lit(query.IntValue(2))), lit(query.TextValue("C")), lit(query.TextValue("B"))}}
	own := is(query.OpEq, col(0, text), query.Expr{Op: query.OpSubject, Type: text})
	columns := []query.ColumnRef{{Name: "sid", Type: text}, {Name: "limit_bal", Type: number}, {Name: "pay_0", Type: number}}
	return &query.Model{
		Format: query.Format, Class: query.B, Unit: table.UnitKind,
		Tables: []query.TableRef{{Name: table.Name, Resource: table.Resource, Version: table.SchemaVersion, UnitKind: table.UnitKind,
			SubjectKey: table.SubjectKey, MaxRows: 1, Columns: columns}},
		Root: &query.Rel{Op: query.RelProject, Exprs: []query.Expr{expr}, In: []*query.Rel{{Op: query.RelFilter, Pred: &own,
			In: []*query.Rel{{Op: query.RelScan, Columns: []string{"sid", "limit_bal", "pay_0"}}}}}},
		Outputs: []query.Output{{Name: "band", Title: "信用等级", Type: text, Kind: query.OutExpr, Standing: query.SubjectOwn,
			Values: []query.Value{query.TextValue("A"), query.TextValue("B"), query.TextValue("C")}, Cells: 3,
			Fields: []query.FieldCells{{Table: table.Name, Column: "limit_bal", Cells: 3, Cap: 8}, {Table: table.Name, Column: "pay_0", Cells: 3, Cap: 4}}}},
	}
}
