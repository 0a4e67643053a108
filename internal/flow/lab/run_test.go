package lab_test

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/blob"
	"yunei/internal/core/ledger"
	"yunei/internal/core/matter"
	"yunei/internal/core/query/disclose"
	"yunei/internal/core/query/duckdb"
	"yunei/internal/flow/lab"
	"yunei/internal/test/town"
)

const share = 20_000_000_000

func TestService_Run(t *testing.T) {
	town.Each(t, func(t *testing.T, w *town.Town) {
		sc := w.Scenario("bank", share, town.Fields...)
		sp := w.Space("bank", sc)
		v := w.Version("bank", sp, "A", town.Table)
		_, err := w.Lab.Run(w.As("bank"), sp.ID, v.ID)
		town.WantArticle(t, "Run without a grant", err, "六(一)")
		d := w.Declare("bank", sc, v)
		w.Approve(d)
		_, err = w.Lab.Run(w.As("bank"), sp.ID, v.ID)
		town.WantArticle(t, "Run of an approved model without a grant", err, "六(一)")
		_, err = w.Grant.Start(w.As("operator"), w.Agree("bank", d).ID)
		town.Must(t, err)
		if n := charged(t, w); n != 0 {
			t.Fatalf("charged %d before any run, want nothing", n)
		}

		first, err := w.Lab.Run(w.As("bank"), sp.ID, v.ID)
		if err != nil || first.State != lab.Done || first.Result == "" || first.Rho <= 0 {
			t.Fatalf("Run = %+v, %v, want done with a result and a charge", first, err)
		}
		if n := charged(t, w); n != first.Rho {
			t.Errorf("charged %d, want the run's %d", n, first.Rho)
		}
		copies := func() []string {
			list, _ := filepath.Glob(filepath.Join(w.Lab.Dir, sp.ID, "*.parquet"))
			return list
		}
		before := copies()
		if len(before) != 1 {
			t.Errorf("copies in the space: %v, want the one that further runs read too", before)
		}
		again, err := w.Lab.Run(w.As("bank"), sp.ID, v.ID)
		if err != nil || again.Reused != first.ID || again.Result != first.Result || charged(t, w) != first.Rho {
			t.Errorf("the same question again = %+v, %v, charged %d; want the stored result at no charge", again, err, charged(t, w))
		}
		w.Load(town.Rows + 10)
		fresh, err := w.Lab.Run(w.As("bank"), sp.ID, v.ID)
		if err != nil || fresh.Reused != "" || charged(t, w) != 2*first.Rho {
			t.Errorf("on a new snapshot = %+v, %v, charged %d; want a new run under the same signatures, charged again", fresh, err, charged(t, w))
		}
		if after := copies(); len(after) != 1 || after[0] == before[0] {
			t.Errorf("copies after the data changed: %v, want one in the place of %v", after, before)
		}
		record, err := w.Lab.Record(w.As("bank"), sp.ID)
		if err != nil || len(record.Supplies) != 1 || len(record.Supplies[0].Batches) != 2 || record.Supplies[0].Batches[0].Dropped == nil ||
			record.Supplies[0].Batches[1].Rows != town.Rows+10 || record.Supplies[0].Batches[1].Run != fresh.ID {
			t.Errorf("supplies = %+v, %v, want one record with both batches, the first dropped", record.Supplies, err)
		}
		counted := record.Supplies[0]
		counted.Batches[1].Rows = 12_345
		for who, want := range map[access.Role]int64{access.DataUser: 12_000, access.Operator: 12_345} {
			if got := counted.For(access.Actor{Org: sp.Org, Roles: []access.Role{who}}).Batches[1].Rows; got != want {
				t.Errorf("%s reads %d rows of a batch, want %d", who, got, want)
			}
		}
		w.Fsck()
	})
}

// A run that fails after it began keeps its charge and says nothing of why; one whose process never started gives it back.
func TestService_Run_fails(t *testing.T) {
	town.Each(t, func(t *testing.T, w *town.Town) {
		g := w.Grants("bank", share)
		const secret = "engine gave cell 17 of 张三"
		for _, c := range []struct {
			name    string
			failure error
			charged bool
		}{
			{"the engine fails", errors.New(secret), true},
			{"the process never starts", fmt.Errorf("%w: %s", duckdb.ErrNotStarted, secret), false},
		} {
			before := charged(t, w)
			r, err := w.Lab.Begin(w.As("bank"), g.Space.ID, g.Table.ID)
			town.Must(t, err)
			if n := charged(t, w); n != before+r.Rho {
				t.Errorf("%s: charged %d at the start, want %d", c.name, n, before+r.Rho)
			}
			ended, err := w.Lab.End(w.As("bank"), r, "", c.failure)
			e := town.WantCode(t, c.name, err, errs.Unavailable)
			if strings.Contains(e.Msg+ended.Why, "张三") || strings.Contains(e.Error(), secret) {
				t.Errorf("%s: the tenant reads %q, %q: the cause must not leave", c.name, e.Error(), ended.Why)
			}
			if stands := strings.Contains(e.Msg, "不退回"); stands != c.charged {
				t.Errorf("%s: the tenant reads %q; charge stands is %v", c.name, e.Msg, c.charged)
			}
			want := before
			if c.charged {
				want += r.Rho
			}
			if n := charged(t, w); n != want || ended.State != lab.Failed {
				t.Errorf("%s: charged %d, run %s; want %d, failed", c.name, n, ended.State, want)
			}
			if _, err := w.Lab.End(w.As("bank"), r, "", c.failure); !errs.Is(err, errs.Conflict) {
				t.Errorf("%s: ending it twice = %v, want conflict", c.name, err)
			}
		}
		w.Fsck()
	})
}

// A full disk before the engine gives the charge back; after it, where the result cannot be kept, the charge stands.
// Either way the run is over, nothing is left in the space, and the question can be asked again.
func TestService_Run_disk(t *testing.T) {
	w := town.SQLite(t)
	g := w.Grants("bank", share)
	blobs, dir := w.Lab.Blobs, w.Lab.Dir
	full, err := blob.Open(t.TempDir(), 1) // takes files of one byte
	town.Must(t, err)
	file := filepath.Join(t.TempDir(), "no-folder")
	town.Must(t, os.WriteFile(file, nil, 0o600))
	for _, c := range []struct {
		name    string
		set     func()
		charged int64
	}{
		{"no room for the copies", func() { w.Lab.Dir = file }, 0},
		{"no room for the result", func() { w.Lab.Blobs = full }, g.Table.Rho},
	} {
		before := charged(t, w)
		c.set()
		r, err := w.Lab.Run(w.As("bank"), g.Space.ID, g.Table.ID)
		w.Lab.Blobs, w.Lab.Dir = blobs, dir
		e := town.WantCode(t, c.name, err, errs.Unavailable)
		if !strings.Contains(e.Msg, "请") || strings.Contains(e.Msg, file) {
			t.Errorf("%s: the tenant reads %q, want what to do and no path", c.name, e.Msg)
		}
		if got := charged(t, w) - before; got != c.charged || load(w, r.ID).State != lab.Failed {
			t.Errorf("%s: charged %d, run %s; want %d, failed", c.name, got, load(w, r.ID).State, c.charged)
		}
		if left, _ := filepath.Glob(filepath.Join(dir, g.Space.ID, "*.part")); len(left) > 0 {
			t.Errorf("%s: halves of copies left in the space: %v", c.name, left)
		}
	}
	if r, err := w.Lab.Run(w.As("bank"), g.Space.ID, g.Table.ID); err != nil || r.State != lab.Done {
		t.Errorf("with room again = %+v, %v, want done", r, err)
	}
	w.Fsck()
}

// A program that is killed between start and finish leaves a run that the sweeper calls lost: the charge stands, the
// entry cites the start, the copies are gone, and the question may be asked anew.
func TestService_Sweep(t *testing.T) {
	town.Each(t, func(t *testing.T, w *town.Town) {
		g := w.Grants("bank", share)
		r, err := w.Lab.Begin(w.As("bank"), g.Space.ID, g.Table.ID)
		town.Must(t, err)
		dir := filepath.Join(w.Lab.Dir, g.Space.ID)
		town.Must(t, os.MkdirAll(dir, 0o700))
		half, stray := filepath.Join(dir, "half.parquet.part"), filepath.Join(dir, "stray.parquet")
		for _, file := range []string{half, stray} {
			town.Must(t, os.WriteFile(file, []byte("rows"), 0o600))
		}

		_, err = w.Lab.Run(w.As("bank"), g.Space.ID, g.Table.ID)
		if disclose.CodeOf(err) != disclose.Equal || charged(t, w) != r.Rho {
			t.Errorf("the same question while one is running = %v, charged %d; want %s and one charge of %d", err, charged(t, w), disclose.Equal, r.Rho)
		}
		system := access.With(t.Context(), access.System())
		town.Must(t, w.Lab.Sweep(system))
		if got := load(w, r.ID); got.State != lab.Running {
			t.Fatalf("swept at once: %s, want running", got.State)
		}
		w.Clock.Advance(lab.LostAfter + time.Minute)
		town.Must(t, w.Lab.Sweep(system))
		town.Must(t, w.Lab.Sweep(system))
		got := load(w, r.ID)
		if got.State != lab.Lost || got.Closed == nil || got.Start == 0 || charged(t, w) != r.Rho {
			t.Errorf("after the sweep: %+v, charged %d; want lost with its start, and the charge of %d", got, charged(t, w), r.Rho)
		}
		if info, err := os.Stat(stray); err != nil || info.Mode().Perm() != 0 {
			t.Errorf("a file that no supply accounts for: %v, %v, want locked", info, err)
		}
		if found, err := w.Lab.Findings(w.As("operator"), "", 10); err != nil || len(found) != 1 || found[0].Kind != lab.FindingUnknown || found[0].What != "stray.parquet" {
			t.Errorf("findings = %+v, %v, want the stray file once", found, err)
		}
		w.View(func(ctx context.Context, tx *sqldb.Tx) error {
			list, err := w.Log.Entries(ctx, tx, ledger.Filter{Act: "lab.run.finish"})
			if err != nil || len(list) != 1 {
				t.Errorf("entries of finishes = %d, %v, want one", len(list), err)
				return err
			}
			start, err := w.Log.Entry(ctx, tx, list[0].Start)
			if err != nil || start.Act != "lab.run.raw" || len(start.Changes) == 0 || start.Changes[0].ID != r.ID {
				t.Errorf("the finish cites %+v, %v, want the start of %s", start, err, r.ID)
			}
			return nil
		})
		if _, err := w.Lab.End(w.As("bank"), r, "", nil); !errs.Is(err, errs.Conflict) {
			t.Errorf("the lost run comes back = %v, want conflict", err)
		}
		anew, err := w.Lab.Run(w.As("bank"), g.Space.ID, g.Table.ID)
		if _, err := os.Stat(half); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("half a copy after the next supply: %v, want gone", err)
		}
		if err != nil || anew.State != lab.Done || anew.Reused != "" || charged(t, w) != 2*r.Rho {
			t.Errorf("asking anew = %+v, %v, charged %d; want a run of its own", anew, err, charged(t, w))
		}
		w.Fsck()
	})
}

func load(w *town.Town, id string) (r lab.Run) {
	w.T.Helper()
	w.View(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		r, err = lab.LoadRun(ctx, tx, id)
		return err
	})
	return r
}

// The same question several times at once is one charge: who comes later is served the result, or told that it is under way.
func TestService_Run_atOnce(t *testing.T) {
	town.Each(t, func(t *testing.T, w *town.Town) {
		g := w.Grants("bank", share)
		const clerks = 3
		runs, results := make([]lab.Run, clerks), make([]error, clerks)
		var wg sync.WaitGroup
		for i := range clerks {
			wg.Go(func() { runs[i], results[i] = w.Lab.Run(w.As("bank"), g.Space.ID, g.Table.ID) })
		}
		wg.Wait()
		own := 0
		for i, err := range results {
			switch {
			case err == nil && runs[i].Reused == "":
				own++
			case err != nil && disclose.CodeOf(err) != disclose.Equal:
				t.Errorf("run %d = %v, want done, served again, or %s", i, err, disclose.Equal)
			}
		}
		if own != 1 || charged(t, w) != g.Table.Rho {
			t.Errorf("%d runs of their own, charged %d; want one, charged %d", own, charged(t, w), g.Table.Rho)
		}
		w.Fsck()
	})
}

// 一场景一授权: what was granted for one scenario does not run in another, be it the same bank's.
func TestService_Run_scenario(t *testing.T) {
	w := town.SQLite(t)
	g := w.Grants("bank", share)
	sc := w.Scenario("bank", share, town.Fields...)
	sp := w.Space("bank", sc)
	_, err := w.Lab.Run(w.As("bank"), sp.ID, g.Table.ID)
	town.WantArticle(t, "a scenario without a grant", err, "六(一)")
	d := w.Declare("bank", sc, g.Band)
	w.Approve(d)
	second, err := w.Grant.Start(w.As("operator"), w.Agree("bank", d).ID)
	town.Must(t, err)
	_, err = w.Lab.Run(w.As("bank"), sp.ID, g.Table.ID)
	town.WantCode(t, "a model that this scenario's grant is not for", err, errs.Forbidden)
	_, err = w.Lab.Run(w.As("bank"), g.Space.ID, g.Band.ID)
	town.WantArticle(t, "a one-person model in bulk", err, "六(一)")
	if _, err := w.Lab.Run(w.As("bank"), g.Space.ID, g.Table.ID); err != nil {
		t.Errorf("the table in its own scenario = %v, want done", err)
	}
	_, err = w.Grant.Suspend(w.As("bureau"), g.Grant.ID)
	town.Must(t, err)
	_, err = w.Lab.Run(w.As("bank"), g.Space.ID, g.Table.ID)
	town.WantArticle(t, "Run under a suspended grant", err, "六(一)")
	if _, err := w.Grant.Suspend(w.As("bureau"), second.ID); err != nil {
		t.Errorf("the other grant stands by itself: %v", err)
	}
}

// A stricter policy than on the day of approval refuses; when it is as before, the same artifact runs again.
func TestService_Run_stricter(t *testing.T) {
	w := town.SQLite(t)
	g := w.Grants("bank", share)
	before := charged(t, w)
	w.Tamper(`UPDATE catalog_entry SET operate_access = 'no' WHERE id = $1`, w.Card.ID)
	_, err := w.Lab.Run(w.As("bank"), g.Space.ID, g.Table.ID)
	town.WantCode(t, "Run after the resource was taken out of authorized operation", err, errs.Conflict)
	if n := charged(t, w); n != before {
		t.Errorf("a refused run charged %d, want nothing", n-before)
	}
	w.Tamper(`UPDATE catalog_entry SET operate_access = 'conditional' WHERE id = $1`, w.Card.ID)
	if _, err := w.Lab.Run(w.As("bank"), g.Space.ID, g.Table.ID); err != nil {
		t.Errorf("Run under the policy as it was = %v, want done", err)
	}
}

// A row that says so is not enough: what the experts signed is verified at every run, whatever was changed in the database.
func TestService_Run_signatures(t *testing.T) {
	w := town.SQLite(t)
	g := w.Grants("bank", share)
	other := w.Version("bank", g.Space, "A", `SELECT education, COUNT(*) AS n FROM credit_default GROUP BY education`)
	d2 := w.Declare("bank", g.Scenario, other)
	w.Approve(d2)
	w.Clock.Advance(time.Minute)
	renewed, err := w.Party.RegisterKey(w.As("expert1"), base64.StdEncoding.EncodeToString(town.Key("stolen").Public().(ed25519.PublicKey)))
	town.Must(t, err)
	bankKey, err := w.Party.RegisterKey(w.As("bank"), base64.StdEncoding.EncodeToString(town.Key("bank").Public().(ed25519.PublicKey)))
	town.Must(t, err)
	text := g.Declaration.SignText()
	forged := func(key string, by string) *matter.Signature {
		return &matter.Signature{Key: key, Signed: text, Value: base64.StdEncoding.EncodeToString(ed25519.Sign(town.Key(by), []byte(text)))}
	}
	for _, c := range []struct {
		name  string
		spoil func(m *matter.Matter, experts *matter.Step)
	}{
		{"the quorum in the row is lowered and nobody signed", func(_ *matter.Matter, s *matter.Step) { s.Need, s.Opinions = 0, nil }},
		{"one expert counts twice", func(_ *matter.Matter, s *matter.Step) { s.Opinions[1] = s.Opinions[0] }},
		{"a signature of another declaration", func(_ *matter.Matter, s *matter.Step) {
			other, _ := w.Matter(d2.Matter).Step("experts")
			s.Opinions = other.Opinions
		}},
		{"the applicant signs as an expert", func(_ *matter.Matter, s *matter.Step) {
			s.Opinions[0].Account, s.Opinions[0].Signature = access.From(w.As("bank")).Account, forged(bankKey.ID, "bank")
		}},
		{"a key of somebody else's", func(_ *matter.Matter, s *matter.Step) { s.Opinions[0].Signature = forged(bankKey.ID, "bank") }},
		{"a key registered later that did not sign", func(_ *matter.Matter, s *matter.Step) { s.Opinions[0].Signature.Key = renewed.ID }},
		{"a key that does not exist", func(_ *matter.Matter, s *matter.Step) { s.Opinions[0].Signature.Key = "key_none" }},
		{"an opinion that did not pass", func(_ *matter.Matter, s *matter.Step) { s.Opinions[0].Verdict = matter.Refuse }},
		{"the matter was refused", func(m *matter.Matter, _ *matter.Step) { m.State = matter.Refused }},
		{"the matter is another declaration's", func(m *matter.Matter, _ *matter.Step) { m.Subject = d2.ID }},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := w.Matter(g.Declaration.Matter)
			was, err := json.Marshal(m)
			town.Must(t, err)
			step, err := m.Step("experts")
			town.Must(t, err)
			c.spoil(m, step)
			now, err := json.Marshal(m)
			town.Must(t, err)
			write := `UPDATE matter SET state = $2, subject = $3, body = $4 WHERE id = $1`
			w.Tamper(write, m.ID, string(m.State), m.Subject, string(now))
			defer w.Tamper(write, m.ID, string(matter.Passed), g.Declaration.ID, string(was))
			_, err = w.Lab.Run(w.As("bank"), g.Space.ID, g.Table.ID)
			town.WantCode(t, "Run", err, errs.Forbidden)
		})
	}
	t.Run("the signed representation is exchanged", func(t *testing.T) {
		for what, q := range map[string]string{
			"hash and representation": `UPDATE model_version SET hash = (SELECT hash FROM model_version WHERE id = $2),
				body = (SELECT body FROM model_version WHERE id = $2) WHERE id = $1`,
			"the representation alone": `UPDATE model_version SET body = (SELECT body FROM model_version WHERE id = $2) WHERE id = $1`,
		} {
			var hash, body string
			w.View(func(ctx context.Context, tx *sqldb.Tx) error {
				return tx.QueryRow(ctx, `SELECT hash, body FROM model_version WHERE id = $1`, g.Table.ID).Scan(&hash, &body)
			})
			w.Tamper(q, g.Table.ID, other.ID)
			if r, err := w.Lab.Run(w.As("bank"), g.Space.ID, g.Table.ID); err == nil {
				t.Errorf("%s exchanged: Run = %+v, want refused", what, r)
			}
			w.Tamper(`UPDATE model_version SET hash = $2, body = $3 WHERE id = $1`, g.Table.ID, hash, body)
		}
	})
	if n := charged(t, w); n != 0 {
		t.Errorf("charged %d, want nothing", n)
	}
	if _, err := w.Lab.Run(w.As("bank"), g.Space.ID, g.Table.ID); err != nil {
		t.Errorf("Run with everything as it was = %v, want done", err)
	}
}

// A run that its grant's share of the year does not cover is refused with L101, and leaves nothing.
func TestService_Run_exhausted(t *testing.T) {
	town.Each(t, func(t *testing.T, w *town.Town) {
		for who, budget := range map[string]int64{"bank": 0, "other": 1_000_000_000} {
			g := w.Grants(who, budget)
			_, err := w.Lab.Run(w.As(who), g.Space.ID, g.Table.ID)
			if disclose.CodeOf(err) != disclose.Exhausted {
				t.Errorf("a run of %d under a share of %d = %v, want %s", g.Table.Rho, budget, err, disclose.Exhausted)
			}
		}
		if n := w.Count(`SELECT count(*) FROM run`); n != 0 || charged(t, w) != 0 {
			t.Errorf("%d runs, charged %d; want none: nothing half-done", n, charged(t, w))
		}
		w.Fsck()
	})
}
