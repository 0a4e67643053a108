package sqldb_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"yunei/internal/base/clock"
	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/test/testdb"
)

const (
	childEnv  = "YUNEI_SQLDB_TEST_CHILD"
	unlimited = ^uint64(0)
)

func TestMain(m *testing.M) {
	if path := os.Getenv(childEnv); path != "" {
		if err := fill(context.Background(), path); err != nil {
			fmt.Println("child:", err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// fill writes pairs of rows until no byte more fits, and says which pairs were acknowledged and how the rest failed.
func fill(ctx context.Context, path string) error {
	db, err := sqldb.Open(ctx, "sqlite:"+path, sqldb.Options{})
	if err != nil {
		return err
	}
	// Beyond the limit a write fails with EFBIG, as on a full disk with ENOSPC; the signal would end the process first.
	signal.Ignore(syscall.SIGXFSZ)
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 1 << 20, Max: unlimited}); err != nil {
		return err
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	say := func(format string, args ...any) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Printf(format+"\n", args...)
	}
	pair := func(id string, size int) error {
		return db.Do(ctx, func(tx *sqldb.Tx) error {
			for n, half := range []string{"a", "b"} {
				if _, err := tx.Exec(ctx, `INSERT INTO thing (id, n, note) VALUES ($1, $2, $3)`, id+half, n, strings.Repeat(id, size/len(id))); err != nil {
					return err
				}
			}
			return nil
		})
	}
	for c := range 4 {
		wg.Go(func() {
			for i := range 400 {
				id := fmt.Sprintf("c%d-%03d-", c, i)
				if err := pair(id, 3000); err != nil {
					say("failed %s %s", id, err)
					return
				}
				say("acked %s", id)
			}
		})
	}
	wg.Wait()
	// One closure larger than the page cache spills into the WAL in the middle of the transaction.
	if err := pair("huge-", 80<<20); err != nil {
		say("failed huge- %s", err)
	}
	// Someone makes room: the same process goes on.
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: unlimited, Max: unlimited}); err != nil {
		return err
	}
	if err := pair("after-", 10); err != nil {
		return err
	}
	say("acked after-")
	return db.Close()
}

func TestDo_DiskFull(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "yunei.db")
	url := "sqlite:" + path
	db, err := sqldb.Open(t.Context(), url, sqldb.Options{})
	must(t, err)
	must(t, db.Do(t.Context(), func(tx *sqldb.Tx) error { return tx.Script(t.Context(), table) }))
	must(t, db.Close())

	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+path)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("child: %v\n%s", err, out)
	}
	var acked, failed int
	ids := map[string]bool{}
	for line := range strings.SplitSeq(strings.TrimSpace(string(out)), "\n") {
		word, rest, _ := strings.Cut(line, " ")
		id, msg, _ := strings.Cut(rest, " ")
		switch word {
		case "acked":
			acked++
			ids[id] = true
		case "failed":
			failed++
			if !strings.Contains(msg, "磁盘已满或写入失败") || !strings.Contains(msg, string(errs.Unavailable)) {
				t.Errorf("%s: the error does not say that the disk is full: %s", id, msg)
			}
		}
	}
	if acked < 10 || failed != 5 || !ids["after-"] {
		t.Fatalf("acked %d, failed %d, want many and 5:\n%s", acked, failed, out)
	}
	db = testdb.Open(t, url, clock.Real{})
	must(t, db.View(t.Context(), func(tx *sqldb.Tx) error {
		var check string
		must(t, tx.QueryRow(t.Context(), `PRAGMA integrity_check`).Scan(&check))
		if check != "ok" {
			t.Errorf("integrity: %s", check)
		}
		got, err := sqldb.List(t.Context(), tx, func(r *sqldb.Rows) (s string, err error) { return s, r.Scan(&s) }, `SELECT id FROM thing ORDER BY id`)
		must(t, err)
		for i := 0; i < len(got); i += 2 {
			id := strings.TrimSuffix(got[i], "a")
			if i+1 == len(got) || got[i+1] != id+"b" {
				t.Fatalf("half a closure stands: %s", got[i])
			}
			delete(ids, id)
		}
		for id := range ids {
			t.Errorf("%s was acknowledged and is gone", id)
		}
		return nil
	}))
}
