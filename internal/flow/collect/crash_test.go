package collect_test

import (
	"context"
	"database/sql"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"yunei/internal/base/clock"
	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/blob"
	"yunei/internal/flow/catalog"
	"yunei/internal/flow/collect"
	"yunei/internal/test/testdb"
)

// child runs this test again in a process of its own, with its data in dir.
func child(t *testing.T, dir, what string) *exec.Cmd {
	t.Helper()
	c := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	c.Env = append(os.Environ(), "COLLECT_TEST_CHILD="+what, "COLLECT_TEST_DIR="+dir)
	return c
}

// at builds the fixture over a folder, so that a second process can go on with what a first one left.
func at(t *testing.T, dir string) *fixture {
	t.Helper()
	f := setup(t, testdb.Open(t, "sqlite:"+filepath.Join(dir, "yunei.db"), clock.Real{}))
	var err error
	if f.blobs, err = blob.Open(filepath.Join(dir, "blobs"), 0); err != nil {
		t.Fatal(err)
	}
	f.collect.Blobs = f.blobs
	return f
}

func (f *fixture) theEntry(t *testing.T) (e catalog.Entry) {
	t.Helper()
	if err := f.DB.View(t.Context(), func(tx *sqldb.Tx) (err error) {
		e, err = f.catalog.LoadByTable(t.Context(), tx, "credit_default")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return e
}

func blobsIn(t *testing.T, dir string) (n int) {
	t.Helper()
	filepath.WalkDir(filepath.Join(dir, "blobs"), func(_ string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			n++
		}
		return nil
	})
	return n
}

// TestService_Load_Killed kills a process with SIGKILL in the middle of a load. The next process finds the load lost, the snapshot that
// was in use before still in use, nothing of the new one, and can load the file.
func TestService_Load_Killed(t *testing.T) {
	if dir := os.Getenv("COLLECT_TEST_DIR"); dir != "" {
		f := at(t, dir)
		in, _ := credit().File()
		f.collect.Load(f.holder, f.theEntry(t).ID, "killed.csv", in)
		t.Fatal("the load ended before the process was killed")
	}
	dir := t.TempDir()
	url := "sqlite:" + filepath.Join(dir, "yunei.db")
	var before collect.Snapshot
	t.Run("before", func(t *testing.T) {
		f := at(t, dir)
		e := f.publish(t, credit().Content)
		var err error
		if before, err = f.collect.Load(f.holder, e.ID, "before.csv", strings.NewReader(file(t, credit(), 50))); err != nil {
			t.Fatal(err)
		}
	})
	c := child(t, dir, "load")
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	staged := func() (n int64) {
		db, err := sqldb.Open(t.Context(), url, sqldb.Options{ReadOnly: true})
		if err != nil {
			return 0
		}
		defer db.Close()
		db.View(t.Context(), func(tx *sqldb.Tx) error {
			return tx.QueryRow(t.Context(), `SELECT count(*) FROM subject_row WHERE snapshot <> $1`, before.ID).Scan(&n)
		})
		return n
	}
	for deadline := time.Now().Add(60 * time.Second); staged() < 1000; {
		if time.Now().After(deadline) {
			c.Process.Kill()
			t.Fatal("the child never staged rows")
		}
		time.Sleep(5 * time.Millisecond)
	}
	c.Process.Kill()
	c.Wait()
	f := at(t, dir)
	if n := f.count(t, `SELECT count(*) FROM snapshot WHERE state = 'loading'`); n != 1 {
		t.Fatalf("%d loads under way after the kill, want the one that was killed", n)
	}
	e := f.theEntry(t)
	if now, err := f.active(t, e.ID); err != nil || now.ID != before.ID {
		t.Errorf("in use after the kill = %s, %v; want %s", now.ID, err, before.ID)
	}
	if _, err := f.collect.Load(f.holder, e.ID, "again.csv", strings.NewReader(file(t, credit(), 60))); !errs.Is(err, errs.Conflict) {
		t.Errorf("load before the sweep: got %v, want conflict", err)
	}
	if lost, err := f.collect.Sweep(t.Context(), time.Hour); lost != 0 || err != nil {
		t.Errorf("sweep of a load that may still live = %d, %v; want none lost", lost, err)
	}
	if lost, err := f.collect.Sweep(t.Context(), 0); lost != 1 || err != nil {
		t.Fatalf("sweep = %d, %v; want one lost", lost, err)
	}
	if n := f.count(t, `SELECT count(*) FROM subject_row`); n != 50 {
		t.Errorf("%d rows by subject after the sweep, want the 50 in use", n)
	}
	if n := blobsIn(t, dir); n != 1 {
		t.Errorf("%d files after the sweep, want the one in use", n)
	}
	in, _ := credit().File()
	snap, err := f.collect.Load(f.holder, e.ID, "again.csv", in)
	if err != nil || snap.Rows != 30000 || snap.Version != 2 {
		t.Errorf("load after the sweep = version %d, %d rows, %v; want version 2 with 30000", snap.Version, snap.Rows, err)
	}
}

// TestService_Load_DiskFull lets the disk fill up while the snapshot is written: files of the child may not grow past 2.5 MiB from the moment
// the submitted file has been taken.
func TestService_Load_DiskFull(t *testing.T) {
	dir := os.Getenv("COLLECT_TEST_DIR")
	if dir == "" {
		dir = t.TempDir()
		if out, err := child(t, dir, "full").CombinedOutput(); err != nil {
			t.Fatalf("child: %v\n%s", err, out)
		}
		return
	}
	signal.Ignore(syscall.SIGXFSZ)
	f := at(t, dir)
	e := f.publish(t, credit().Content)
	before, err := f.collect.Load(f.holder, e.ID, "before.csv", strings.NewReader(file(t, credit(), 50)))
	if err != nil {
		t.Fatal(err)
	}
	// The write-ahead log is brought in first: the database is not what fills the disk here.
	raw, err := sql.Open("sqlite3", filepath.Join(dir, "yunei.db"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := raw.Exec("PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		t.Fatal(err)
	}
	raw.Close()
	in, _ := credit().File()
	_, err = f.collect.Load(f.holder, e.ID, "full.csv", &filling{in})
	if !errs.Is(err, errs.Unavailable) || !strings.Contains(err.Error(), "存储空间不足") {
		t.Fatalf("load on a full disk: got %v, want unavailable that says so", err)
	}
	if now, err := f.active(t, e.ID); err != nil || now.ID != before.ID {
		t.Errorf("in use after the full disk = %s, %v; want still %s", now.ID, err, before.ID)
	}
	page, _, err := f.collect.List(f.holder, e.ID, "", 10)
	if err != nil || len(page) != 2 || page[0].State != collect.Failed || !strings.Contains(page[0].Reason, "存储空间不足") {
		t.Errorf("loads = %+v, %v; want the last one failed for want of space", page, err)
	}
	if n := blobsIn(t, dir); n != 1 {
		t.Errorf("%d files in the store, want the one in use", n)
	}
}

type filling struct{ io.Reader }

func (f *filling) Read(p []byte) (int, error) {
	n, err := f.Reader.Read(p)
	if err == io.EOF {
		limit := &syscall.Rlimit{Cur: 5 << 19, Max: 5 << 19}
		if lerr := syscall.Setrlimit(syscall.RLIMIT_FSIZE, limit); lerr != nil {
			return n, lerr
		}
	}
	return n, err
}

// TestService_Load_CallerGone: a caller who goes away in the middle leaves a failed load, and nothing else.
func TestService_Load_CallerGone(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *sqldb.DB) {
		f := setup(t, db)
		e := f.publish(t, credit().Content)
		in, _ := credit().File()
		ctx, cancel := context.WithCancel(f.holder)
		go func() {
			for f.DB.View(t.Context(), func(tx *sqldb.Tx) error {
				var n int64
				if err := tx.QueryRow(t.Context(), `SELECT count(*) FROM subject_row`).Scan(&n); err != nil || n > 0 {
					cancel()
					return context.Canceled
				}
				return nil
			}) == nil {
				time.Sleep(time.Millisecond)
			}
		}()
		if _, err := f.collect.Load(ctx, e.ID, "gone.csv", in); err == nil {
			t.Fatal("load of a caller who has gone was acknowledged")
		}
		page, _, err := f.collect.List(f.holder, e.ID, "", 10)
		if err != nil || len(page) != 1 || page[0].State != collect.Failed {
			t.Errorf("loads = %+v, %v; want one that failed", page, err)
		}
		if n := f.count(t, `SELECT count(*) FROM subject_row`); n != 0 {
			t.Errorf("%d rows by subject left, want none", n)
		}
		if _, err := f.active(t, e.ID); !errs.Is(err, errs.NotFound) {
			t.Errorf("snapshot in use: got %v, want none", err)
		}
	})
}
