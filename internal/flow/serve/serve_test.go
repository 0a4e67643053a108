package serve_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"yunei/internal/base/clock"
	"yunei/internal/base/errs"
	"yunei/internal/base/seal"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/netlog"
	"yunei/internal/core/query"
	"yunei/internal/core/query/disclose"
	"yunei/internal/flow/collect"
	"yunei/internal/flow/consent"
	"yunei/internal/flow/serve"
	"yunei/internal/test/house"
	"yunei/internal/test/testdb"
)

func TestService_Call(t *testing.T) {
	each(t, func(t *testing.T, b *branch) {
		// The first rows of the published table: limits 20000, 120000, 90000; months of arrears 2, -1, 0.
		for n, want := range []string{"C", "B", "B"} {
			got, err := b.Call(b.bank(), b.ask(n, b.signed(n, b.document(n))))
			if err != nil {
				t.Fatalf("Call about person %d: %v", n, err)
			}
			if value(t, got) != want || got.Use != 1 || got.Receipt == 0 || got.Snapshots[b.entry.ID] == "" {
				t.Errorf("answer about person %d = %+v (%s), want %s, use 1, a receipt and the version of the data", n, got, value(t, got), want)
			}
		}
		t.Run("the person sees who asked", func(t *testing.T) {
			list, err := b.OnMe(b.citizen(0), "", 50)
			if err != nil || len(list) != 1 {
				t.Fatalf("OnMe = %+v, %v, want one call", list, err)
			}
			got := list[0]
			if got.Organization != "示例银行" || got.Scenario != scenario || !slices.Contains(got.Fields, b.entry.Title+": 授信额度") ||
				!slices.Equal(got.Outputs, []string{"信用等级（A、B、C）"}) || got.Number == "" {
				t.Errorf("OnMe = %+v, want bank, scenario, fields and outputs in words, and the document", got)
			}
			if list, err := b.OnMe(b.citizen(7), "", 50); err != nil || len(list) != 0 {
				t.Errorf("OnMe of another person = %+v, %v, want none", list, err)
			}
		})
	})
}

// The network log names the service that was called, never what a caller writes in its place.
func TestService_Call_networkLog(t *testing.T) {
	each(t, func(t *testing.T, b *branch) {
		known, made := b.ask(0, nil), b.ask(0, nil)
		made.Deployment = "13800138000"
		for _, c := range []struct {
			ask  serve.Ask
			want string
		}{{known, known.Deployment}, {made, ""}} {
			var line netlog.Line
			if _, err := b.Call(netlog.With(b.bank(), &line), c.ask); err == nil || line.System != c.want {
				t.Errorf("%s: %v; the line names %q, want %q", c.ask.Deployment, err, line.System, c.want)
			}
		}
	})
}

// Every refusal has its code, its sentence and an article, and leaves an entry; none reads a row.
func TestService_Call_refused(t *testing.T) {
	other := func(n int) func(*serve.Ask) { return func(a *serve.Ask) { a.Subject = collect.InventedNumber(n) } }
	tests := []struct {
		name    string
		ask     func(b *branch) serve.Ask
		code    string
		article string
	}{
		{"without a document", func(b *branch) serve.Ask { return b.ask(0, nil) }, "consent.missing", "四(二)"},
		{"expired", func(b *branch) serve.Ask {
			return b.ask(0, b.signed(0, b.document(0, func(d *consent.Document) { d.From, d.Until = "2025-05-01", "2025-06-02" })))
		}, "consent.expired", "四(二)"},
		{"forged: one byte changed", func(b *branch) serve.Ask {
			s := b.signed(0, b.document(0))
			s.Document = strings.Replace(s.Document, `"max_uses":10`, `"max_uses":11`, 1)
			return b.ask(0, s)
		}, "consent.signature", "四(二)"},
		{"forged: signed by somebody else", func(b *branch) serve.Ask { return b.ask(0, b.signed(1, b.document(0))) }, "consent.signer", "四(二)"},
		{"another person's document", func(b *branch) serve.Ask { return b.ask(1, b.signed(1, b.document(1)), other(0)) }, "consent.subject", "四(二)"},
		{"for another bank", func(b *branch) serve.Ask {
			return b.ask(0, b.signed(0, b.document(0, func(d *consent.Document) { d.Recipients[0].Org = "org_other" })))
		}, "consent.recipient", "四(二)"},
		{"document for another scenario", func(b *branch) serve.Ask {
			return b.ask(0, b.signed(0, b.document(0, func(d *consent.Document) { d.Purpose.Scenario = "scn_rent" })))
		}, "consent.purpose", "四(二)"},
		{"call out of the scenario", func(b *branch) serve.Ask {
			return b.ask(0, b.signed(0, b.document(0)), func(a *serve.Ask) { a.Scenario = "scn_rent" })
		}, "call.purpose", "七(二)4"},
		{"a field not consented", func(b *branch) serve.Ask {
			return b.ask(0, b.signed(0, b.document(0, func(d *consent.Document) {
				d.Data[0].Fields, d.Separate = d.Data[0].Fields[:1], d.Separate[:1]
			})))
		}, "consent.fields", "四(二)"},
		{"sensitive fields not ticked", func(b *branch) serve.Ask {
			return b.ask(0, b.signed(0, b.document(0, func(d *consent.Document) { d.Separate = nil })))
		}, "consent.separate", "四(二)"},
		{"withdrawn", func(b *branch) serve.Ask {
			id := b.consentOf(0)
			_, err := b.consents.Withdraw(b.citizen(0), id)
			must(b.t, err)
			return b.ask(0, nil, func(a *serve.Ask) { a.Consent = id })
		}, "consent.withdrawn", "四(二)"},
		{"used up", func(b *branch) serve.Ask {
			id := b.consentOf(0, func(d *consent.Document) { d.MaxUses = 1 })
			_, err := b.Call(b.bank(), b.ask(0, nil, func(a *serve.Ask) { a.Consent = id }))
			must(b.t, err)
			return b.ask(0, nil, func(a *serve.Ask) { a.Consent = id })
		}, "consent.used_up", "四(二)"},
		{"organization suspended", func(b *branch) serve.Ask {
			a := b.ask(0, b.signed(0, b.document(0)))
			must(b.t, b.party.Suspend(house.As(b.t.Context(), "org_operator", access.Operator), b.org, "数据泄露"))
			return a
		}, "call.permit", "六(一)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			clk := clock.NewSet(opening)
			b := newBranch(t, testdb.SQLite(t, clk), clk, time.Hour)
			ask := tt.ask(b)
			before := b.answered()
			got, err := b.Call(b.bank(), ask)
			e, _ := errors.AsType[*errs.Error](err)
			if e == nil || e.Code != errs.Unlawful || reasonOf(err) != tt.code {
				t.Fatalf("Call = %+v, %v (%s), want unlawful with %s", got, err, reasonOf(err), tt.code)
			}
			if got.Outputs != nil || b.answered() != before {
				t.Errorf("a refused call left an answer: %+v", got)
			}
			if !slices.ContainsFunc(e.Cites, func(c errs.Cite) bool { return c.Article == tt.article && c.Quote != "" }) {
				t.Errorf("cites = %+v, want article %s", e.Cites, tt.article)
			}
			if !strings.Contains(e.Msg, "请") || !strings.Contains(e.Msg, "未调取任何数据") {
				t.Errorf("sentence %q does not say that no data left and what to do", e.Msg)
			}
			if n := b.count(`SELECT count(*) FROM ledger_entry WHERE act = 'serve.call' AND outcome = 'refused'`); n != 1 {
				t.Errorf("refused entries = %d, want 1", n)
			}
		})
	}
}

func (b *branch) count(q string, args ...any) (n int64) {
	b.t.Helper()
	must(b.t, b.db.View(b.t.Context(), func(tx *sqldb.Tx) error { return tx.QueryRow(b.t.Context(), q, args...).Scan(&n) }))
	return n
}

func (b *branch) answered() int64 { return b.count(`SELECT count(*) FROM call`) }

// Nobody learns from a refusal, a failure or the shape of an answer whether a person is in the data.
func TestService_Call_tellsNothingAboutPresence(t *testing.T) {
	each(t, func(t *testing.T, b *branch) {
		refusals := map[string]func(n int) serve.Ask{
			"no document":  func(n int) serve.Ask { return b.ask(n, nil) },
			"another's":    func(n int) serve.Ask { return b.ask(n, b.signed(5, b.document(5))) },
			"out of scope": func(n int) serve.Ask { return b.ask(n, nil, func(a *serve.Ask) { a.Scenario = "scn_rent" }) },
			"unknown id":   func(n int) serve.Ask { return b.ask(n, nil, func(a *serve.Ask) { a.Consent = "cns_none" }) },
		}
		for name, ask := range refusals {
			_, in := b.Call(b.bank(), ask(0))
			_, out := b.Call(b.bank(), ask(stranger))
			x, _ := errors.AsType[*errs.Error](in)
			y, _ := errors.AsType[*errs.Error](out)
			if x == nil || y == nil || x.Msg != y.Msg || x.Code != y.Code || fmt.Sprint(x.Spots, x.Cites) != fmt.Sprint(y.Spots, y.Cites) {
				t.Errorf("%s: person in the data is refused with %v, one who is not with %v: they must be the same", name, in, out)
			}
		}
		in, err := b.Call(b.bank(), b.ask(0, b.signed(0, b.document(0))))
		must(t, err)
		out, err := b.Call(b.bank(), b.ask(stranger, b.signed(stranger, b.document(stranger))))
		if err != nil {
			t.Fatalf("Call about a person without a record = %v, want an answer of the same shape", err)
		}
		if value(t, out) != "null" {
			t.Errorf("answer about a person without a record = %s, want null", value(t, out))
		}
		if x, y := keys(t, in), keys(t, out); x != y {
			t.Errorf("members of a hit are %s, of a miss %s: they must be the same", x, y)
		}
		if x, y := b.count(`SELECT count(*) FROM call WHERE sid = $1`, access.From(b.citizen(0)).SID), b.count(`SELECT count(*) FROM call WHERE sid = $1`, access.From(b.citizen(stranger)).SID); x != 1 || y != 1 {
			t.Errorf("calls kept: %d about a hit, %d about a miss, want 1 and 1", x, y)
		}
	})
}

// keys are the names of everything in an answer.
func keys(t *testing.T, a serve.Answer) string {
	t.Helper()
	raw, err := json.Marshal(a)
	must(t, err)
	var m map[string]any
	must(t, json.Unmarshal(raw, &m))
	var names []string
	for k := range m {
		names = append(names, k)
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

func TestService_Call_again(t *testing.T) {
	each(t, func(t *testing.T, b *branch) {
		id := b.consentOf(0, func(d *consent.Document) { d.MaxUses = 1 })
		ask := b.ask(0, nil, func(a *serve.Ask) { a.Consent = id })
		first, err := b.Call(b.bank(), ask)
		must(t, err)
		again, err := b.Call(b.bank(), ask)
		if err != nil {
			t.Fatalf("the same request again = %v, want the same answer", err)
		}
		if again.Call != first.Call || value(t, again) != value(t, first) || !again.Replayed || again.Use != 1 {
			t.Errorf("the same request again = %+v, want the kept answer of %+v", again, first)
		}
		if n := b.answered(); n != 1 {
			t.Errorf("calls counted = %d, want 1", n)
		}
		t.Run("another body", func(t *testing.T) {
			changed := ask
			changed.Subject = collect.InventedNumber(1)
			if _, err := b.Call(b.bank(), changed); errs.CodeOf(err) != errs.Conflict {
				t.Errorf("the same id with another body = %v, want conflict", err)
			}
		})
		t.Run("another bank's id is its own", func(t *testing.T) {
			if _, err := b.Call(house.As(t.Context(), "org_other", access.DataUser), ask); errs.CodeOf(err) != errs.NotFound {
				t.Errorf("the same id from another organization = %v, want not_found for the deployment", err)
			}
		})
		t.Run("after eleven minutes", func(t *testing.T) {
			b.clock.Advance(11 * time.Minute)
			if _, err := b.Call(b.bank(), ask); errs.CodeOf(err) != errs.Conflict {
				t.Errorf("the same request after eleven minutes = %v, want conflict", err)
			}
		})
	})
}

// A kept answer must not outlive the consent, in words and in the database.
func TestService_Call_againAfterWithdrawal(t *testing.T) {
	each(t, func(t *testing.T, b *branch) {
		id := b.consentOf(0)
		ask := b.ask(0, nil, func(a *serve.Ask) { a.Consent = id })
		_, err := b.Call(b.bank(), ask)
		must(t, err)
		began := time.Now()
		_, err = b.consents.Withdraw(b.citizen(0), id)
		must(t, err)
		if _, err := b.Call(b.bank(), ask); reasonOf(err) != string(consent.Withdrawn) {
			t.Errorf("the same request after withdrawal = %v, want %s", err, consent.Withdrawn)
		}
		if _, err := b.Call(b.bank(), b.ask(0, nil, func(a *serve.Ask) { a.Consent = id })); reasonOf(err) != string(consent.Withdrawn) {
			t.Errorf("a new request after withdrawal = %v, want %s", err, consent.Withdrawn)
		}
		if d := time.Since(began); d > time.Second {
			t.Errorf("withdrawal took effect after %v, want within a second", d)
		}
		if n := b.count(`SELECT count(*) FROM call WHERE replay IS NOT NULL`); n != 0 {
			t.Errorf("kept answers = %d, want none", n)
		}
	})
}

// Where no further call comes, the sweeper takes the kept answer; without one it does nothing and leaves no entry.
func TestService_Sweep(t *testing.T) {
	each(t, func(t *testing.T, b *branch) {
		_, err := b.Call(b.bank(), b.ask(0, b.signed(0, b.document(0))))
		must(t, err)
		system := access.With(t.Context(), access.System())
		must(t, b.Sweep(system))
		if n := b.count(`SELECT count(*) FROM call WHERE replay IS NOT NULL`); n != 1 {
			t.Errorf("kept answers within ten minutes = %d, want 1", n)
		}
		b.clock.Advance(11 * time.Minute)
		must(t, b.Sweep(system))
		must(t, b.Sweep(system))
		kept, entries := b.count(`SELECT count(*) FROM call WHERE replay IS NOT NULL`), b.count(`SELECT count(*) FROM ledger_entry WHERE act = 'serve.purge'`)
		if kept != 0 || entries != 1 {
			t.Errorf("after eleven minutes: kept answers %d, entries %d, want 0 and 1", kept, entries)
		}
	})
}

// Two calls at once with a document for one use: one is answered.
func TestService_Call_oneUse(t *testing.T) {
	each(t, func(t *testing.T, b *branch) {
		id := b.consentOf(0, func(d *consent.Document) { d.MaxUses = 1 })
		const callers = 8
		asks := make([]serve.Ask, callers)
		for i := range asks {
			asks[i] = b.ask(0, nil, func(a *serve.Ask) { a.Consent = id })
		}
		results := make([]error, callers)
		var wg sync.WaitGroup
		for i := range asks {
			wg.Go(func() { _, results[i] = b.Call(b.bank(), asks[i]) })
		}
		wg.Wait()
		passed := 0
		for _, err := range results {
			switch {
			case err == nil:
				passed++
			case reasonOf(err) != string(consent.UsedUp):
				t.Errorf("a losing call = %v, want %s", err, consent.UsedUp)
			}
		}
		if passed != 1 || b.answered() != 1 {
			t.Errorf("answered = %d, calls kept = %d, want 1", passed, b.answered())
		}
	})
}

// The same request sent twice at once is one call.
func TestService_Call_sameRequestAtOnce(t *testing.T) {
	each(t, func(t *testing.T, b *branch) {
		id := b.consentOf(0, func(d *consent.Document) { d.MaxUses = 1 })
		ask := b.ask(0, nil, func(a *serve.Ask) { a.Consent = id })
		const callers = 4
		answers, results := make([]serve.Answer, callers), make([]error, callers)
		var wg sync.WaitGroup
		for i := range callers {
			wg.Go(func() { answers[i], results[i] = b.Call(b.bank(), ask) })
		}
		wg.Wait()
		for i, err := range results {
			if err != nil || answers[i].Call != answers[0].Call {
				t.Errorf("answer %d = %+v, %v, want the one call", i, answers[i], err)
			}
		}
		if n := b.answered(); n != 1 {
			t.Errorf("calls = %d, want 1", n)
		}
	})
}

// A document that arrives with two calls at once is stored once and carries both.
func TestService_Call_sameDocumentAtOnce(t *testing.T) {
	each(t, func(t *testing.T, b *branch) {
		doc := b.signed(0, b.document(0))
		const callers = 6
		asks, results := make([]serve.Ask, callers), make([]error, callers)
		for i := range asks {
			asks[i] = b.ask(0, doc)
		}
		var wg sync.WaitGroup
		for i := range asks {
			wg.Go(func() { _, results[i] = b.Call(b.bank(), asks[i]) })
		}
		wg.Wait()
		for i, err := range results {
			if err != nil {
				t.Errorf("call %d = %v, want answered", i, err)
			}
		}
		if docs, calls := b.count(`SELECT count(*) FROM consent`), b.answered(); docs != 1 || calls != callers {
			t.Errorf("documents %d, calls %d, want 1 and %d", docs, calls, callers)
		}
	})
}

// 六(二): a second model that tells more of the same fields is refused when it is deployed, and at the call where that was passed by.
func TestService_stacking(t *testing.T) {
	each(t, func(t *testing.T, b *branch) {
		finer := band(b.entry)
		finer.Root.Exprs[0].Args[2].Args[1].Lits[0] = query.IntValue(1) // C from one month of arrears on
		_, err := b.Acts.Do(b.bank(), act.Call{Act: "test.arrange"}, func(ctx context.Context, tx *act.Tx) error {
			_, err := b.DeployTx(ctx, tx, serve.Approved{Grant: "grt_loan", Version: "ver_band", Title: "x", IR: finer.Canonical(), Hash: finer.Hash()})
			return err
		})
		if disclose.CodeOf(err) != disclose.PrecisionExhausted {
			t.Fatalf("deploying a second model over the same fields = %v, want %s", err, disclose.PrecisionExhausted)
		}
		id := b.consentOf(0)
		ask := func() serve.Ask { return b.ask(0, nil, func(a *serve.Ask) { a.Consent = id }) }
		for range 2 { // the same question again tells nothing new
			_, err := b.Call(b.bank(), ask())
			must(t, err)
		}
		must(t, b.db.Do(t.Context(), func(tx *sqldb.Tx) error {
			_, err := tx.Exec(t.Context(), `UPDATE deployment SET model = $1, model_hash = $2`, finer.Canonical(), finer.Hash())
			return err
		}))
		_, err = b.Call(b.bank(), ask())
		if reasonOf(err) != string(disclose.PrecisionExhausted) {
			t.Errorf("a finer question about the same person = %v, want %s", err, disclose.PrecisionExhausted)
		}
		if n := b.count(`SELECT uses FROM consent WHERE id = $1`, id); n != 2 {
			t.Errorf("uses = %d, want 2: nothing half-done", n)
		}
	})
}

func TestService_Call_daily(t *testing.T) {
	each(t, func(t *testing.T, b *branch) {
		b.deployed = b.deploy(1)
		id := b.consentOf(0)
		ask := func() serve.Ask { return b.ask(0, nil, func(a *serve.Ask) { a.Consent = id }) }
		_, err := b.Call(b.bank(), ask())
		must(t, err)
		if _, err := b.Call(b.bank(), ask()); reasonOf(err) != string(serve.ReasonQuota) {
			t.Errorf("second call of a day of one = %v, want %s", err, serve.ReasonQuota)
		}
		if n := b.count(`SELECT uses FROM consent WHERE id = $1`, id); n != 1 {
			t.Errorf("uses after a call refused for quota = %d, want 1: nothing half-done", n)
		}
		b.clock.Advance(24 * time.Hour)
		if _, err := b.Call(b.bank(), ask()); err != nil {
			t.Errorf("a call the next day = %v, want answered", err)
		}
	})
}

func TestService_DeployTx(t *testing.T) {
	each(t, func(t *testing.T, b *branch) {
		deploy := func(spoil func(*serve.Approved)) error {
			a := serve.Approved{Grant: "grt_loan", Version: "ver_band", Title: "x", IR: b.model.Canonical(), Hash: b.model.Hash()}
			spoil(&a)
			_, err := b.Acts.Do(b.bank(), act.Call{Act: "test.arrange"}, func(ctx context.Context, tx *act.Tx) error {
				_, err := b.DeployTx(ctx, tx, a)
				return err
			})
			return err
		}
		if err := deploy(func(a *serve.Approved) { a.Version = "ver_other" }); errs.CodeOf(err) != errs.NotFound {
			t.Errorf("a version without a permit = %v, want not_found", err)
		}
		wider := band(b.entry)
		wider.Tables[0].Columns = append(wider.Tables[0].Columns, wider.Tables[0].Columns[1])
		wider.Tables[0].Columns[3].Name = "sex"
		if err := deploy(func(a *serve.Approved) { a.IR, a.Hash = wider.Canonical(), wider.Hash() }); errs.CodeOf(err) != errs.Forbidden {
			t.Errorf("a model that reads more than was granted = %v, want forbidden", err)
		}
		if err := deploy(func(a *serve.Approved) { a.IR = wider.Canonical() }); errs.CodeOf(err) != errs.Conflict {
			t.Errorf("other bytes under the signed hash = %v, want conflict", err)
		}
		if want := []string{b.field("limit_bal"), b.field("pay_0")}; !slices.Equal(b.deployed.Sensitive, want) {
			t.Errorf("sensitive fields = %v, want %v", b.deployed.Sensitive, want)
		}
		if _, err := b.Close(b.bank(), b.deployed.ID); err != nil {
			t.Fatalf("Close: %v", err)
		}
		if _, err := b.Call(b.bank(), b.ask(0, b.signed(0, b.document(0)))); errs.CodeOf(err) != errs.Forbidden {
			t.Errorf("a call to a closed deployment = %v, want forbidden", err)
		}
	})
}

// The database and the ledger hold who asked about whom, and never the answer or an identity number in the clear.
func TestService_Call_keepsNoAnswer(t *testing.T) {
	clk := clock.NewSet(opening)
	b := newBranch(t, testdb.SQLite(t, clk), clk, time.Hour)
	got, err := b.Call(b.bank(), b.ask(0, b.signed(0, b.document(0))))
	must(t, err)
	for _, q := range []string{`SELECT body FROM ledger_entry`, `SELECT body FROM object_version`, `SELECT replay FROM call`, `SELECT answer_digest FROM call`} {
		must(t, b.db.View(t.Context(), func(tx *sqldb.Tx) error {
			rows, err := tx.Query(t.Context(), q)
			if err != nil {
				return err
			}
			for rows.Next() {
				var raw []byte
				if err := rows.Scan(&raw); err != nil {
					return err
				}
				if bytes.Contains(raw, []byte(collect.InventedNumber(0))) || bytes.Contains(raw, []byte(`"value":"`+value(t, got)+`"`)) {
					t.Errorf("%s holds the number or the answer: %s", q, raw)
				}
			}
			return rows.Err()
		}))
	}
	var salt []byte
	var digest string
	must(t, b.db.View(t.Context(), func(tx *sqldb.Tx) error {
		return tx.QueryRow(t.Context(), `SELECT salt, answer_digest FROM call WHERE id = $1`, got.Call).Scan(&salt, &digest)
	}))
	// Who holds the answer and the salt can prove that this answer left, and nobody else can guess it.
	got.Receipt = 0
	raw, err := json.Marshal(got)
	must(t, err)
	if want := fmt.Sprintf("%x", seal.MAC(salt, raw)); digest != want {
		t.Errorf("answer digest = %s, want %s", digest, want)
	}
}

// Every row this stage writes is what the ledger recorded; a changed byte in one is found.
func TestService_fsck(t *testing.T) {
	each(t, func(t *testing.T, b *branch) {
		id := b.consentOf(0)
		_, err := b.Call(b.bank(), b.ask(0, nil, func(a *serve.Ask) { a.Consent = id }))
		must(t, err)
		_, err = b.Call(b.bank(), b.ask(1, b.signed(1, b.document(1))))
		must(t, err)
		_, err = b.consents.Withdraw(b.citizen(0), id)
		must(t, err)
		must(t, b.log.Seal(t.Context()))
		problems, err := b.log.Fsck(t.Context())
		must(t, err)
		if len(problems) != 0 {
			t.Fatalf("problems = %v, want none", problems)
		}
		for _, q := range []string{
			`UPDATE call SET org = 'org_other'`,
			`UPDATE consent SET state = 'valid' WHERE state = 'withdrawn'`,
			`UPDATE deployment SET scenario = 'scn_rent'`,
			`UPDATE organization SET rep_digest = 'x'`,
		} {
			must(t, b.db.Do(t.Context(), func(tx *sqldb.Tx) error {
				_, err := tx.Exec(t.Context(), q)
				return err
			}))
			found, err := b.log.Fsck(t.Context())
			must(t, err)
			if len(found) <= len(problems) {
				t.Errorf("after %s: problems = %v, want a new one", q, found)
			}
			problems = found
		}
	})
}

// The platform's own seal is hard: while it lags, no answer leaves.
func TestService_Call_sealLags(t *testing.T) {
	clk := clock.NewSet(opening)
	b := newBranch(t, testdb.SQLite(t, clk), clk, time.Nanosecond)
	id := b.consentOf(0)
	ask := b.ask(0, nil, func(a *serve.Ask) { a.Consent = id })
	if _, err := b.Call(b.bank(), ask); errs.CodeOf(err) != errs.Unavailable {
		t.Errorf("Call while entries wait for their seal = %v, want unavailable", err)
	}
	if n := b.answered(); n != 0 {
		t.Errorf("calls kept = %d, want 0", n)
	}
	must(t, b.log.Seal(t.Context()))
	if _, err := b.Call(b.bank(), ask); err != nil {
		t.Errorf("Call after sealing = %v, want answered", err)
	}
}
