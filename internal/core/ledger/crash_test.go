package ledger_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"yunei/internal/base/clock"
	"yunei/internal/base/seal"
	"yunei/internal/base/sqldb"
	"yunei/internal/test/testdb"
)

// childEnv makes the test program act as the server that is about to be killed.
const childEnv = "YUNEI_LEDGER_TEST_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childEnv); dir != "" {
		if err := child(context.Background(), dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func openHouse(ctx context.Context, dir string) (*house, error) {
	db, err := sqldb.Open(ctx, "sqlite:"+filepath.Join(dir, "yunei.db"), sqldb.Options{})
	if err != nil {
		return nil, err
	}
	keys, err := seal.LoadOrCreate(dir)
	if err != nil {
		return nil, err
	}
	h := &house{db: db, keys: keys}
	h.opt.Heads = filepath.Join(dir, "head.json")
	return h, h.open(ctx)
}

// child does acts with several callers and says, one line each, which were acknowledged.
func child(ctx context.Context, dir string) error {
	h, err := openHouse(ctx, dir)
	if err != nil {
		return err
	}
	go h.Run(ctx)
	var mu sync.Mutex
	var wg sync.WaitGroup
	for c := range 6 {
		wg.Go(func() {
			for i := int64(1); ; i++ {
				seq, err := h.set(ctx, fmt.Sprint("t", c), i)
				if err != nil {
					fmt.Fprintln(os.Stderr, err)
					return
				}
				mu.Lock()
				fmt.Printf("%d %d %d\n", seq, c, i)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return nil
}

// An act that was acknowledged survives a kill -9 at any moment, whole: its row, its version and its entry.
func TestLog_KilledInTheMiddle(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db := testdb.Open(t, "sqlite:"+filepath.Join(dir, "yunei.db"), clock.Real{})
	must(t, db.Do(t.Context(), func(tx *sqldb.Tx) error { return tx.Script(t.Context(), things) }))
	must(t, db.Close())
	for round := range 3 {
		acked := kill(t, dir, 150+100*round)
		h, err := openHouse(t.Context(), dir)
		must(t, err)
		must(t, h.Seal(t.Context()))
		h.clean(t)
		for c, last := range acked {
			must(t, h.db.View(t.Context(), func(tx *sqldb.Tx) error {
				x, err := loadThing(t.Context(), tx, c)
				must(t, err)
				if got := x.(thing).N; got < last {
					t.Errorf("round %d: %s is %d after the kill, acknowledged was %d", round, c, got, last)
				}
				return nil
			}))
		}
		if len(acked) == 0 {
			t.Errorf("round %d: nothing was acknowledged", round)
		}
		must(t, h.db.Close())
	}
}

// kill runs a child, kills it after it acknowledged n acts, and returns the last acknowledged value of each thing.
func kill(t *testing.T, dir string, n int) map[string]int64 {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	acked := map[string]int64{}
	lines := bufio.NewScanner(out)
	for i := 0; lines.Scan(); i++ {
		f := strings.Fields(lines.Text())
		if len(f) == 3 {
			v, err := strconv.ParseInt(f[2], 10, 64)
			must(t, err)
			acked["t"+f[1]] = max(acked["t"+f[1]], v)
		}
		if i == n {
			must(t, cmd.Process.Kill())
		}
	}
	_ = cmd.Wait()
	return acked
}
