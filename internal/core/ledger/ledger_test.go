package ledger_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"yunei/internal/base/clock"
	"yunei/internal/base/errs"
	"yunei/internal/base/seal"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/ledger"
	"yunei/internal/core/ledger/proof"
	"yunei/internal/test/testdb"
)

// house is a database with one business table, its ledger, and acts that set a thing's value.
type house struct {
	*ledger.Log
	db   *sqldb.DB
	keys *seal.Keys
	opt  ledger.Options
}

const things = `CREATE TABLE thing (id TEXT PRIMARY KEY NOT NULL, n BIGINT NOT NULL)`

func each(t *testing.T, fn func(t *testing.T, h *house)) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, db *sqldb.DB) {
		must(t, db.Do(t.Context(), func(tx *sqldb.Tx) error { return tx.Script(t.Context(), things) }))
		keys, err := seal.LoadOrCreate(t.TempDir())
		must(t, err)
		h := &house{db: db, keys: keys, opt: ledger.Options{Heads: filepath.Join(t.TempDir(), "head.json")}}
		must(t, h.open(t.Context()))
		fn(t, h)
	})
}

func (h *house) open(ctx context.Context) (err error) {
	h.Log, err = ledger.Open(ctx, h.db, h.keys, h.opt)
	h.Register("thing", loadThing)
	return err
}

type thing struct {
	ID string `json:"id"`
	N  int64  `json:"n"`
}

func loadThing(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
	x := thing{ID: id}
	return x, tx.QueryRow(ctx, `SELECT n FROM thing WHERE id = $1`, id).Scan(&x.N)
}

// set is an act: it changes a row and adds its entry in one transaction.
func (h *house) set(ctx context.Context, id string, n int64) (seq int64, err error) {
	err = h.db.Do(ctx, func(tx *sqldb.Tx) error {
		if err := tx.Lock(ctx, "thing/"+id); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `INSERT INTO thing (id, n) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET n = excluded.n`, id, n)
		if err != nil {
			return err
		}
		c, err := h.Version(ctx, tx, "thing", id, thing{id, n})
		if err != nil {
			return err
		}
		seq, err = h.Add(ctx, tx, ledger.Entry{Occurred: "2026-09-30", Actor: "acc_1", Org: "org_1", Act: "thing.set", Outcome: ledger.Done,
			Changes: []ledger.Change{c}, Matter: "mat_" + id, Regimes: []string{"demo@sha256:00"}, Verdicts: []ledger.Verdict{{Rule: "demo/r1", Outcome: "pass"}}})
		return err
	})
	return seq, err
}

func (h *house) clean(t *testing.T) {
	t.Helper()
	problems, err := h.Fsck(t.Context())
	must(t, err)
	for _, p := range problems {
		t.Errorf("fsck of a sound ledger: %s", p)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestLog_ReceiptsVerifyOffline(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		var seqs []int64
		for i := range 11 {
			seq, err := h.set(ctx, fmt.Sprint("t", i%3), int64(i))
			must(t, err)
			seqs = append(seqs, seq)
			if i%4 == 0 {
				must(t, h.Seal(ctx))
			}
		}
		if _, err := h.Proof(ctx, seqs[10]); !errs.Is(err, errs.Unavailable) {
			t.Errorf("receipt before the seal: got %v, want unavailable", err)
		}
		must(t, h.Seal(ctx))
		head, err := h.Checkpoint(ctx)
		must(t, err)
		trust := proof.Trust{Key: head.Key, SM3Key: head.SM3Key}
		for i, seq := range seqs {
			rc, err := h.Proof(ctx, seq)
			must(t, err)
			raw, err := json.Marshal(rc)
			must(t, err)
			r := proof.VerifyFile(raw, trust)
			if !r.OK() || r.Entry.Seq != seq || rc.Index != uint64(i) || rc.Size != 11 {
				t.Errorf("receipt of %d: %+v", seq, r)
			}
		}
		if _, err := h.Proof(ctx, 9999); !errs.Is(err, errs.NotFound) {
			t.Errorf("receipt of nothing: got %v", err)
		}
		h.clean(t)
	})
}

// Rows that commit late must not be passed over: this is what sealing by "seq > last" loses on PostgreSQL.
func TestLog_SealingUnderConcurrencyLosesNothing(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx, stop := context.WithCancel(t.Context())
		var sealer sync.WaitGroup
		sealer.Go(func() { h.Run(ctx) })
		const writers, each = 8, 30
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				for i := range each {
					if _, err := h.set(t.Context(), fmt.Sprint("t", (w+i)%5), int64(i)); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		stop()
		sealer.Wait()
		must(t, h.Seal(t.Context()))
		head, err := h.Checkpoint(t.Context())
		must(t, err)
		if head.Size != writers*each {
			t.Errorf("%d entries sealed, want %d", head.Size, writers*each)
		}
		h.clean(t)
	})
}

// Several nodes on one database: any may seal, each keeps the newest head on its own second path, and after a crash
// between commit and publication the next start catches up.
func TestLog_SeveralNodes(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		other := &house{db: h.db, keys: h.keys, opt: ledger.Options{Heads: filepath.Join(t.TempDir(), "other.json")}}
		must(t, other.open(ctx))
		var wg sync.WaitGroup
		for _, n := range []*house{h, other} {
			for w := range 3 {
				wg.Go(func() {
					for i := range 10 {
						if _, err := n.set(ctx, fmt.Sprint("t", w), int64(i)); err != nil {
							t.Error(err)
						}
						if err := n.Seal(ctx); err != nil {
							t.Error(err)
						}
					}
				})
			}
		}
		wg.Wait()
		must(t, h.Seal(ctx))
		must(t, other.Seal(ctx))
		a, err := os.ReadFile(h.opt.Heads)
		must(t, err)
		b, err := os.ReadFile(other.opt.Heads)
		must(t, err)
		if string(a) != string(b) || !strings.Contains(string(a), `\n60\n`) {
			t.Errorf("published heads: %s and %s, want both of 60", a, b)
		}
		h.clean(t)

		must(t, os.WriteFile(other.opt.Heads, a, 0o600))
		_, err = h.set(ctx, "t0", 100)
		must(t, err)
		must(t, h.Seal(ctx))
		must(t, other.open(ctx))
		if b, err = os.ReadFile(other.opt.Heads); err != nil || !strings.Contains(string(b), `\n61\n`) {
			t.Errorf("after the start: %s, %v, want a head of 61", b, err)
		}
	})
}

func TestLog_NoEntryWithoutItsAct(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		refused := errs.New(errs.Unlawful, "不行")
		err := h.db.Do(ctx, func(tx *sqldb.Tx) error {
			if _, err := h.Add(ctx, tx, ledger.Entry{Act: "thing.set", Outcome: ledger.Done}); err != nil {
				return err
			}
			return refused
		})
		if !errors.Is(err, refused) {
			t.Fatal(err)
		}
		must(t, h.Seal(ctx))
		if _, err := h.Checkpoint(ctx); !errs.Is(err, errs.NotFound) {
			t.Errorf("an undone act was sealed: %v", err)
		}
		h.clean(t)
	})
}

func TestLog_EntryTooLarge(t *testing.T) {
	t.Parallel()
	db := testdb.SQLite(t, clock.Real{})
	keys, err := seal.LoadOrCreate(t.TempDir())
	must(t, err)
	l := ledger.New(db, keys, ledger.Options{})
	err = db.Do(t.Context(), func(tx *sqldb.Tx) error {
		_, err := l.Add(t.Context(), tx, ledger.Entry{Note: strings.Repeat("长", proof.MaxLeaf/3)})
		return err
	})
	if !errs.Is(err, errs.TooLarge) {
		t.Errorf("got %v, want too_large", err)
	}
}

// A restored backup: the database is behind the head that was published. It refuses, says why, and goes on only after a
// loss statement with two signatures.
func TestLog_BehindItsPublishedHead(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		for i := range 3 {
			_, err := h.set(ctx, "a", int64(i))
			must(t, err)
		}
		must(t, h.Seal(ctx))
		backup := dump(t, h.db)
		_, err := h.StateLoss(ctx, "试一试")
		if !errs.Is(err, errs.Conflict) {
			t.Errorf("loss without a loss: got %v, want conflict", err)
		}
		lost, err := h.set(ctx, "a", 10)
		must(t, err)
		must(t, h.Seal(ctx))
		lostReceipt, err := h.Proof(ctx, lost)
		must(t, err)
		restore(t, h.db, backup)

		err = h.open(ctx)
		if !errs.Is(err, errs.Unavailable) || !strings.Contains(err.Error(), "yunei ledger recover") || !strings.Contains(err.Error(), "只有 3 条") {
			t.Fatalf("start behind the head: got %v", err)
		}
		if _, err := h.set(ctx, "a", 11); !errs.Is(err, errs.Unavailable) {
			t.Errorf("act behind the head: got %v, want unavailable", err)
		}
		if h.Ready() == nil {
			t.Error("ready behind the head")
		}

		statement, err := h.StateLoss(ctx, "磁盘损坏, 由昨夜备份恢复")
		must(t, err)
		skey, vkey, err := ledger.Witness("province.example/witness")
		must(t, err)
		_, stranger, err := ledger.Witness("province.example/witness")
		must(t, err)
		own := h.keys.LogKey("yunei.local/" + h.keys.KID())
		for name, try := range map[string][2]string{"one signature": {statement, vkey}, "own key twice": {statement, own}} {
			if err := h.Recover(ctx, try[0], try[1]); !errs.Is(err, errs.Forbidden) {
				t.Errorf("%s: got %v, want forbidden", name, err)
			}
		}
		signed, err := ledger.Cosign(statement, skey)
		must(t, err)
		if err := h.Recover(ctx, signed, stranger); !errs.Is(err, errs.Forbidden) {
			t.Errorf("a stranger's key: got %v, want forbidden", err)
		}
		if err := h.Recover(ctx, strings.Replace(signed, `"good_size":3`, `"good_size":2`, 1), vkey); err == nil {
			t.Error("an altered statement was taken")
		}
		must(t, h.Recover(ctx, signed, vkey))
		if err := h.Recover(ctx, signed, vkey); !errs.Is(err, errs.Conflict) {
			t.Errorf("a second time: got %v, want conflict", err)
		}

		seq, err := h.set(ctx, "a", 12)
		must(t, err)
		must(t, h.Seal(ctx))
		must(t, h.open(ctx))
		h.clean(t)
		rc, err := h.Proof(ctx, seq)
		must(t, err)
		if r := rc.Verify(proof.Trust{}); !r.OK() || !strings.HasSuffix(strings.SplitN(rc.Checkpoint, "\n", 2)[0], "/epoch-2") {
			t.Errorf("receipt after the recovery: %+v, %s", r, rc.Checkpoint)
		}
		if r := lostReceipt.Verify(proof.Trust{}); !r.OK() {
			t.Errorf("the receipt of a lost entry no longer proves what was lost: %+v", r)
		}
		must(t, h.db.View(ctx, func(tx *sqldb.Tx) error {
			found, err := h.Entries(ctx, tx, ledger.Filter{Act: ledger.ActRecover})
			if err != nil || len(found) != 1 || *found[0].Leaf != 3 || !strings.Contains(found[0].Note, "由昨夜备份恢复") {
				t.Errorf("first entry of the new origin: %+v, %v", found, err)
			}
			return nil
		}))
	})
}

func TestLog_OtherHistoryThanPublished(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		empty := dump(t, h.db)
		_, err := h.set(ctx, "a", 1)
		must(t, err)
		must(t, h.Seal(ctx))
		head, err := h.Checkpoint(ctx)
		must(t, err)
		restore(t, h.db, empty)
		heads := h.opt.Heads
		h.opt.Heads = "" // an operator who rewrites history cannot reach the second path
		must(t, h.open(ctx))
		_, err = h.set(ctx, "a", 2)
		must(t, err)
		must(t, h.Seal(ctx))
		other, err := h.Checkpoint(ctx)
		must(t, err)
		if head.Size != other.Size || head.Checkpoint == other.Checkpoint {
			t.Fatalf("no fork: %v %v", head, other)
		}
		h.clean(t)
		h.opt.Heads = heads
		if err := h.open(ctx); !errs.Is(err, errs.Unavailable) || !strings.Contains(err.Error(), "被改动过") {
			t.Errorf("start with another history: got %v", err)
		}
	})
}

func TestLog_ReadyFollowsTheSeal(t *testing.T) {
	t.Parallel()
	db := testdb.SQLite(t, clock.Real{})
	must(t, db.Do(t.Context(), func(tx *sqldb.Tx) error { return tx.Script(t.Context(), things) }))
	keys, err := seal.LoadOrCreate(t.TempDir())
	must(t, err)
	h := &house{db: db, keys: keys, opt: ledger.Options{MaxLag: 30 * time.Millisecond}}
	must(t, h.open(t.Context()))
	must(t, h.Ready())
	_, err = h.set(t.Context(), "a", 1)
	must(t, err)
	must(t, h.Ready())
	time.Sleep(40 * time.Millisecond)
	if err := h.Ready(); !errs.Is(err, errs.Unavailable) {
		t.Errorf("unsealed for too long: got %v, want unavailable", err)
	}
	must(t, h.Seal(t.Context()))
	must(t, h.Ready())

	h.opt.Heads = filepath.Join(t.TempDir(), "missing", "head.json") // the second path is gone
	h.Log = ledger.New(db, keys, h.opt)
	_, err = h.set(t.Context(), "a", 2)
	must(t, err)
	if err := h.Seal(t.Context()); !errs.Is(err, errs.Unavailable) {
		t.Errorf("seal without its second path: got %v", err)
	}
	time.Sleep(40 * time.Millisecond)
	if h.Ready() == nil || h.Seal(t.Context()) == nil {
		t.Error("ready although the head could not be published")
	}
	must(t, os.Mkdir(filepath.Dir(h.opt.Heads), 0o700)) // the disk is back
	must(t, h.Seal(t.Context()))
	must(t, h.Ready())
	if _, err := os.Stat(h.opt.Heads); err != nil {
		t.Errorf("the head that was owed: %v", err)
	}
}

func TestLog_ForgetLeavesTheProof(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		seq, err := h.set(ctx, "a", 1)
		must(t, err)
		must(t, h.Seal(ctx))
		must(t, h.db.Do(ctx, func(tx *sqldb.Tx) error {
			if _, err := tx.Exec(ctx, `DELETE FROM thing`); err != nil {
				return err
			}
			return h.Forget(ctx, tx, "thing", "a")
		}))
		h.clean(t)
		rc, err := h.Proof(ctx, seq)
		must(t, err)
		if r := rc.Verify(proof.Trust{}); !r.OK() {
			t.Errorf("%+v", r)
		}
	})
}
