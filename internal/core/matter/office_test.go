package matter_test

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"yunei/internal/base/clock"
	"yunei/internal/base/errs"
	"yunei/internal/base/seal"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/ledger"
	"yunei/internal/core/matter"
	"yunei/internal/core/regime"
	"yunei/internal/test/testdb"
	"yunei/regimes"
)

// The kinds are procedures of the Quanzhou pack; what they are about is nothing but an id here.
const (
	review = "grant.prescenario" // one step of the operator, two working days
	panel  = "grant.scenario"    // operator, experts beside holders, bureau
	two    = "output.release"    // operator, then two people of the bureau
)

// monday is the last Monday before the National Day holidays of 2025.
var monday = time.Date(2025, 9, 29, 2, 0, 0, 0, time.UTC)

// office is where matters are decided.
type office struct {
	*matter.Service
	t     *testing.T
	db    *sqldb.DB
	log   *ledger.Log
	acts  *act.Runner
	clock *clock.Set
	mu    sync.Mutex // an act may run twice, and several at once
	ended []string   // what followed: kind and state
	fail  error      // what Ended answers
	asked map[string][]string
}

func each(t *testing.T, fn func(t *testing.T, o *office)) {
	t.Run("sqlite", func(t *testing.T) {
		clk := clock.NewSet(monday)
		fn(t, newOffice(t, testdb.SQLite(t, clk), clk))
	})
	t.Run("postgres", func(t *testing.T) {
		clk := clock.NewSet(monday)
		fn(t, newOffice(t, testdb.Postgres(t, clk), clk))
	})
}

func newOffice(t *testing.T, db *sqldb.DB, clk *clock.Set) *office {
	t.Helper()
	keys, err := seal.LoadOrCreate(t.TempDir())
	must(t, err)
	o := newOfficeUnder(t, db, clk, keys, "quanzhou-2024-05-17")
	o.experts("x", "y", "z")
	return o
}

// newOfficeUnder is an office under packs named by id or folder. Opened again over the same database and keys it is the program
// started anew.
func newOfficeUnder(t *testing.T, db *sqldb.DB, clk *clock.Set, keys *seal.Keys, packs ...string) *office {
	t.Helper()
	law := regime.New()
	o := &office{t: t, db: db, clock: clk, log: ledger.New(db, keys, ledger.Options{}), asked: map[string][]string{}}
	o.acts = act.NewRunner(db, o.log, law)
	o.Service = matter.New(o.acts)
	o.acts.Define(act.Def{Name: "test.submit", Roles: []access.Role{access.DataUser}})
	for _, name := range []string{review, panel, two} {
		o.Define(matter.Kind{Name: name, Addressed: o.addressed, Signs: o.signs, Ended: o.end,
			Objects: func(m *matter.Matter) map[string]string { return map[string]string{"plan": m.Subject} }})
	}
	for _, fact := range []string{"plan.model_listed", "plan.refiled", "plan.model_unchanged", "plan.inputs_unchanged", "plan.outputs_unchanged"} {
		law.RegisterFact(regime.Fact{Name: fact, Type: regime.Bool, Load: func(_ context.Context, _ *sqldb.Tx, id string) (any, error) { return id == "listed", nil }})
	}
	law.RegisterFact( // who acts is the stages' to know; here the operator's paper is on file
		regime.Fact{Name: "account.roles", Type: regime.StringList, Load: func(context.Context, *sqldb.Tx, string) (any, error) { return []string{}, nil }},
		regime.Fact{Name: "account.designated", Type: regime.Bool, Load: func(context.Context, *sqldb.Tx, string) (any, error) { return true, nil }})
	fsys, ids, err := regimes.Mount(packs...)
	must(t, err)
	must(t, law.Load(fsys, ids...))
	return o
}

// experts opens the accounts of experts of no organization.
func (o *office) experts(names ...string) {
	o.t.Helper()
	must(o.t, o.db.Do(o.t.Context(), func(tx *sqldb.Tx) error {
		for _, who := range names {
			a := access.Account{ID: "acc_" + who, Login: who, Name: who, Roles: []access.Role{access.Expert}, Opened: tx.Now()}
			if err := access.CreateAccount(o.t.Context(), tx, a, "no password fits"); err != nil {
				return err
			}
		}
		return nil
	}))
}

// expel closes an expert's account.
func (o *office) expel(who string) {
	o.t.Helper()
	must(o.t, o.db.Do(o.t.Context(), func(tx *sqldb.Tx) error {
		_, err := tx.Exec(o.t.Context(), `UPDATE account SET closed = 1 WHERE id = $1`, "acc_"+who)
		return err
	}))
}

func (o *office) addressed(_ context.Context, _ *sqldb.Tx, _ *matter.Matter, s *matter.Step) ([]string, error) {
	return o.asked[s.ID], nil
}

func (o *office) signs(_ context.Context, _ *sqldb.Tx, m *matter.Matter, s *matter.Step) (string, bool, error) {
	return "text of " + m.ID, s.ID == "experts", nil
}

func (o *office) end(_ context.Context, _ *act.Tx, m *matter.Matter) error {
	if o.fail != nil {
		return o.fail
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.ended = append(o.ended, m.Kind+" "+string(m.State))
	return nil
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// as is somebody of an organization.
func (o *office) as(who, org string, roles ...access.Role) context.Context {
	return access.With(o.t.Context(), access.Actor{Account: "acc_" + who, Name: who, Org: org, Roles: roles})
}

func (o *office) bank() context.Context     { return o.as("bank", "org_bank", access.DataUser) }
func (o *office) operator() context.Context { return o.as("operator", "org_operator", access.Operator) }
func (o *office) bureau(n int) context.Context {
	return o.as(fmt.Sprintf("bureau%d", n), "org_bureau", access.Bureau)
}

func (o *office) submit(kind, subject string) (*matter.Matter, error) {
	var m *matter.Matter
	_, err := o.acts.Do(o.bank(), act.Call{Act: "test.submit"}, func(ctx context.Context, tx *act.Tx) (err error) {
		m, err = o.SubmitTx(ctx, tx, matter.Application{Kind: kind, Title: subject, Applicant: "org_bank", Subject: subject,
			Documents: []matter.Document{{Kind: "solution-plan", Title: "方案", Text: "第一稿"}, {Kind: "model", Title: "模型", Text: "一"}}})
		return err
	})
	return m, err
}

func (o *office) filed(kind, subject string) *matter.Matter {
	o.t.Helper()
	m, err := o.submit(kind, subject)
	must(o.t, err)
	return m
}

func (o *office) load(id string) (m *matter.Matter) {
	o.t.Helper()
	must(o.t, o.db.View(o.t.Context(), func(tx *sqldb.Tx) (err error) {
		m, err = matter.Load(o.t.Context(), tx, id)
		return err
	}))
	return m
}

// say gives an opinion with every check answered.
func (o *office) say(ctx context.Context, id, step string, v matter.Verdict) (*matter.Matter, error) {
	d := matter.Decision{Verdict: v, Reason: "理由充分", Checks: map[string]bool{}}
	if s, err := o.load(id).Step(step); err == nil {
		for _, c := range s.Checks {
			d.Checks[c.ID] = v == matter.Pass
		}
		d.NoConflict = s.Draw != nil
	}
	return o.Decide(ctx, id, step, d)
}

// inbox is what somebody finds: step and subject of every open task, the most urgent first.
func (o *office) inbox(ctx context.Context) (out []string) {
	o.t.Helper()
	must(o.t, o.db.View(ctx, func(tx *sqldb.Tx) error {
		after := ""
		for {
			page, err := matter.Tasks(ctx, tx, access.From(ctx).Addresses(), after, 2)
			if err != nil {
				return err
			}
			for _, task := range page {
				out = append(out, task.Step+" "+task.Title)
				after = task.Cursor()
			}
			if len(page) < 2 {
				return nil
			}
		}
	}))
	return out
}

func (o *office) wantInbox(who string, ctx context.Context, want ...string) {
	o.t.Helper()
	if got := o.inbox(ctx); !slices.Equal(got, want) {
		o.t.Errorf("inbox of %s = %q, want %q", who, got, want)
	}
}

func wantCode(t *testing.T, what string, err error, code errs.Code) *errs.Error {
	t.Helper()
	if !errs.Is(err, code) {
		t.Fatalf("%s = %v, want %s", what, err, code)
	}
	e, _ := errors.AsType[*errs.Error](err)
	return e
}

func (o *office) fsck() {
	o.t.Helper()
	must(o.t, o.log.Seal(o.t.Context()))
	problems, err := o.log.Fsck(o.t.Context())
	must(o.t, err)
	if len(problems) > 0 {
		o.t.Errorf("fsck = %v, want no problem", problems)
	}
}

// signed is an expert's passing opinion over the matter's text, under a key registered for the occasion.
func (o *office) signed(who string, m *matter.Matter) error {
	o.t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	must(o.t, err)
	key := access.SigningKey{ID: "key_" + who, Account: "acc_" + who, Alg: "ed25519", Public: base64.StdEncoding.EncodeToString(public), Opened: o.clock.Now()}
	must(o.t, o.db.Do(o.t.Context(), func(tx *sqldb.Tx) error { return access.InsertKey(o.t.Context(), tx, key) }))
	text := "text of " + m.ID
	d := matter.Decision{Verdict: matter.Pass, Reason: "理由充分", Checks: map[string]bool{}, NoConflict: true,
		Signature: &matter.Signature{Key: key.ID, Signed: text, Value: base64.StdEncoding.EncodeToString(ed25519.Sign(private, []byte(text)))}}
	step, err := m.Step("experts")
	must(o.t, err)
	for _, c := range step.Checks {
		d.Checks[c.ID] = true
	}
	_, err = o.Decide(o.as(who, "", access.Expert), m.ID, "experts", d)
	return err
}
