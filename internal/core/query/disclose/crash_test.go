package disclose

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"yunei/internal/base/clock"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/query"
	"yunei/internal/core/query/release"
	"yunei/internal/test/testdb"
)

// TestLedger_Killed kills, at random instants and many times over, a process that reserves, lets a figure leave and
// settles as fast as it can. Whatever was going on: what it said it reserved is charged, what left was reserved before,
// the cap holds, no event is missing from the chain, and what was under way is swept as lost with its charge.
func TestLedger_Killed(t *testing.T) {
	if url := os.Getenv("DISCLOSE_TEST_VICTIM"); url != "" {
		victim(t, url)
		return
	}
	t.Run("sqlite", func(t *testing.T) {
		path := "sqlite:" + filepath.Join(t.TempDir(), "y.db")
		testdb.Open(t, path, clock.Real{}).Close()
		kills(t, path)
	})
	t.Run("postgres", func(t *testing.T) { kills(t, testdb.PostgresURL(t)) })
}

// perRun is what one run of the victim costs.
const perRun = release.RhoUnit / 200_000

func victim(t *testing.T, url string) {
	db := testdb.Open(t, url, clock.Real{})
	fmt.Println("ready")
	m := counting("a", "b")
	p := plan(t, m, perRun)
	for i := range 1000 {
		id := fmt.Sprintf("rel_%d_%d", os.Getpid(), i)
		r := NewRequest(id, m, p)
		r.Tenant, r.Year, r.Params, r.Resources = "org", "2026", id, []Resource{{ID: "res_1", Snapshot: "s"}}
		if _, err := reserve(t, db, r); err != nil {
			fmt.Println("refused", CodeOf(err))
			return
		}
		fmt.Println("reserved", id)
		fmt.Println("left", id) // the engine answered; the figure is on its way out
		err := do(t, db, func(ctx context.Context, tx *sqldb.Tx) error {
			return New().Spend(ctx, tx, id, Settlement{Outcome: Released, Output: "o", Digest: "d"})
		})
		if err != nil {
			t.Fatal(err)
		}
		fmt.Println("spent", id)
	}
}

func kills(t *testing.T, url string) {
	const rounds = 20
	said := map[string]string{}
	killed := 0
	for range rounds {
		cmd := exec.Command(os.Args[0], "-test.run=^TestLedger_Killed$", "-test.v")
		cmd.Env = append(os.Environ(), "DISCLOSE_TEST_VICTIM="+url)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			word, id, _ := strings.Cut(lines.Text(), " ")
			switch word {
			case "ready":
				// from here on the process is somewhere in the loop
				time.AfterFunc(time.Duration(rand.IntN(120_000))*time.Microsecond, func() { cmd.Process.Kill() })
			case "reserved", "left", "spent":
				said[id] = word
			}
		}
		if err := cmd.Wait(); err != nil && strings.Contains(err.Error(), "killed") {
			killed++
		}
	}
	db := testdb.Open(t, url, clock.Real{})
	states := map[string]int{}
	for id, word := range said {
		var r Release
		err := db.View(t.Context(), func(tx *sqldb.Tx) (err error) { r, err = New().Get(t.Context(), tx, id); return err })
		if err != nil || r.Rho != perRun || r.State == Voided || word == "spent" && r.State != Spent {
			t.Errorf("%s was %s, the ledger has %+v (%v)", id, word, r, err)
		}
		states[r.State]++
	}
	b := budget(t, db, year)
	if b.Charged > b.Cap || b.Charged < release.Rho(len(said))*perRun {
		t.Errorf("charged %s with %d reservations told and a cap of %s", b.Charged, len(said), b.Cap)
	}
	if killed < rounds/2 || len(said) < rounds/2 {
		t.Errorf("%d kills and %d reservations: nothing was tried", killed, len(said))
	}
	if problems := verify(t, db); len(problems) > 0 {
		t.Errorf("ledger does not verify: %v", problems)
	}
	if err := do(t, db, func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := New().Sweep(ctx, tx, tx.Now().Add(time.Hour))
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if after := budget(t, db, year); after.Charged != b.Charged {
		t.Errorf("sweeping changed what is charged from %s to %s", b.Charged, after.Charged)
	}
	if problems := verify(t, db); len(problems) > 0 {
		t.Errorf("swept: %v", problems)
	}
	t.Logf("%d kills, %d runs told of: %v", killed, len(said), states)
}

// TestWriteOff: after a loss nothing is left of the year, whatever the restored rows say; a published decision opens the
// difference, and no more.
func TestWriteOff(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *sqldb.DB) {
		if _, err := reserve(t, db, request(t, "rel_1")); err != nil {
			t.Fatal(err)
		}
		write := func() {
			t.Helper()
			if err := do(t, db, func(ctx context.Context, tx *sqldb.Tx) error {
				return New().WriteOff(ctx, tx, []Resource{{ID: "res_1", Class: "person"}, {ID: "res_2", Class: "person"}}, "2026")
			}); err != nil {
				t.Fatal(err)
			}
		}
		write()
		write() // a second time there is nothing left to take
		for _, res := range []string{"res_1", "res_2"} {
			if b := budget(t, db, Scope{ResourceYear, res, "2026"}); b.Left() != 0 || b.Charged != b.Cap {
				t.Errorf("%s: %s of %s charged after the loss", res, b.Charged, b.Cap)
			}
		}
		if _, err := reserve(t, db, request(t, "rel_2")); CodeOf(err) != Exhausted {
			t.Errorf("after the loss: %v, want L101", err)
		}
		if err := do(t, db, func(ctx context.Context, tx *sqldb.Tx) error {
			return New().Decide(ctx, tx, Decision{Scope: year, Cap: DefaultYear + release.RhoUnit/200, Document: "决定, 已公开"})
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := reserve(t, db, request(t, "rel_3")); err != nil {
			t.Errorf("after the decision: %v", err)
		}
		if _, err := reserve(t, db, request(t, "rel_4")); CodeOf(err) != Exhausted {
			t.Errorf("beyond the decision: %v, want L101", err)
		}
		if problems := verify(t, db); len(problems) > 0 {
			t.Errorf("ledger does not verify: %v", problems)
		}
	})
}

// TestReserve_Related: related companies are one asker. What one of them spent, the other has not left; and both at once,
// however they race, never spend more together than one alone could.
func TestReserve_Related(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *sqldb.DB) {
		if err := do(t, db, func(ctx context.Context, tx *sqldb.Tx) error {
			for _, g := range []string{"org_a", "org_b"} {
				if err := New().Decide(ctx, tx, Decision{Scope: Scope{Group, g + "/res_1", "2026"}, Cap: 10 * release.RhoUnit / 200, Document: "决定"}); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		var granted atomic.Int64
		var wg sync.WaitGroup
		for i := range 32 {
			wg.Go(func() {
				r := request(t, fmt.Sprint("rel_", i))
				names := []string{"org_a", "org_b"}
				r.Tenant, r.Group, r.Related = names[i%2], names[i%2], []string{names[1-i%2]}
				switch _, err := reserve(t, db, r); {
				case err == nil:
					granted.Add(1)
				case CodeOf(err) != Exhausted:
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if granted.Load() != 10 {
			t.Errorf("two related companies were granted %d, want the 10 that one would be", granted.Load())
		}
		alone := request(t, "rel_alone")
		alone.Tenant, alone.Group = "org_c", "org_c"
		if _, err := reserve(t, db, alone); err != nil {
			t.Errorf("a third company, related to neither: %v", err)
		}
		if problems := verify(t, db); len(problems) > 0 {
			t.Errorf("ledger does not verify: %v", problems)
		}
	})
}

// TestPrecision_Killed kills a process that answers ever finer questions about one person, and starts it anew, until nothing
// is answered any more. Whatever it said it answered is counted: together the answers stay within the field's cap, also
// those of a related company on the other side of a kill.
func TestPrecision_Killed(t *testing.T) {
	if url := os.Getenv("DISCLOSE_TEST_TELLER"); url != "" {
		teller(t, url)
		return
	}
	t.Run("sqlite", func(t *testing.T) {
		path := "sqlite:" + filepath.Join(t.TempDir(), "y.db")
		testdb.Open(t, path, clock.Real{}).Close()
		tellings(t, path)
	})
	t.Run("postgres", func(t *testing.T) { tellings(t, testdb.PostgresURL(t)) })
}

// tellerCap is more than what one life of the teller answers before it is killed.
const tellerCap = 400

func teller(t *testing.T, url string) {
	db := testdb.Open(t, url, clock.Real{})
	fmt.Println("ready")
	me := asker{os.Getenv("DISCLOSE_TEST_WHO"), map[string]time.Time{"a": {}, "b": {}}}
	delete(me.related, me.name)
	for turn := bufio.NewScanner(os.Stdin); turn.Scan(); { // one question for each line, so that no kill comes too late
		cut := rand.Int64N(1 << 40)
		if err := me.ask(t, db, Period{}, asking(fmt.Sprint(cut), cuts(tellerCap, cut))); err != nil {
			fmt.Println("refused", CodeOf(err))
			return
		}
		fmt.Println("answered", cut)
	}
}

func tellings(t *testing.T, url string) {
	told, killed, refused := map[string]bool{}, 0, ""
	for life := 0; refused == "" && life < 60; life++ {
		cmd := exec.Command(os.Args[0], "-test.run=^TestPrecision_Killed$", "-test.v")
		cmd.Env = append(os.Environ(), "DISCLOSE_TEST_TELLER="+url, "DISCLOSE_TEST_WHO="+[]string{"a", "b"}[life%2])
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		turn, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		answers, enough := 0, 1+rand.IntN(40)
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			switch word, what, _ := strings.Cut(lines.Text(), " "); word {
			case "ready":
				fmt.Fprintln(turn)
			case "answered":
				told[what] = true
				fmt.Fprintln(turn)
				if answers++; answers == enough { // it is at the next one
					cmd.Process.Kill()
				}
			case "refused":
				refused = what
			}
		}
		if err := cmd.Wait(); err != nil && strings.Contains(err.Error(), "killed") {
			killed++
		}
	}
	db := testdb.Open(t, url, clock.Real{})
	known := togetherKnown(t, db, []string{"a", "b"})
	if len(told)+1 > known || known > tellerCap {
		t.Errorf("%d answers were told, the ledger knows of %d values, the cap is %d", len(told), known, tellerCap)
	}
	if refused != string(PrecisionExhausted) || killed < 3 {
		t.Errorf("refused with %q after %d kills: nothing was tried", refused, killed)
	}
	t.Logf("%d kills, %d answers told, %d values known", killed, len(told), known)
}

// TestWriteOff_Precision: after a loss whatever was approved counts as told about everybody. Approved models go on answering,
// a new one that would fit beside what is known to have been told is held to the cap with what may have been.
func TestWriteOff_Precision(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *sqldb.DB) {
		a, b, c := asking("a", cuts(4, 10)), asking("b", cuts(4, 20, 30)), asking("c", cuts(4, 40))
		must := func(fn func(ctx context.Context, tx *sqldb.Tx) error) {
			t.Helper()
			if err := do(t, db, fn); err != nil {
				t.Fatal(err)
			}
		}
		for _, m := range []*query.Model{a, b} {
			must(func(ctx context.Context, tx *sqldb.Tx) error { return New().Approve(ctx, tx, "bank", nil, m) })
		}
		for range 2 { // a second loss presumes nothing more
			must(func(ctx context.Context, tx *sqldb.Tx) error { return New().WriteOff(ctx, tx, nil, "2026") })
		}
		// What was approved before is no longer asked at approval of anything; the answers stay told.
		for _, m := range []*query.Model{a, b} {
			must(func(ctx context.Context, tx *sqldb.Tx) error { return New().Withdraw(ctx, tx, "bank", m) })
		}
		if err := ask(t, db, "sid_1", "bank", c); CodeOf(err) != PrecisionExhausted {
			t.Errorf("a new cut beside three that may be known: %v, want L106", err)
		}
		for _, m := range []*query.Model{a, b, a} {
			if err := ask(t, db, "sid_1", "bank", m); err != nil {
				t.Errorf("a model approved before the loss: %v", err)
			}
		}
		if err := ask(t, db, "sid_1", "other", c); err != nil {
			t.Errorf("another recipient: %v", err)
		}
		if problems := verify(t, db); len(problems) > 0 {
			t.Errorf("ledger does not verify: %v", problems)
		}
	})
}
