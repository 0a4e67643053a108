package blob

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"
	"time"

	"yunei/internal/base/errs"
)

// SHA-256 of "abc", FIPS 180-4.
const abc = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

func open(t *testing.T, limit int64) *Store {
	t.Helper()
	s, err := Open(t.TempDir(), limit)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// files lists every file below the store, finished or not.
func files(t *testing.T, s *Store) []string {
	t.Helper()
	var out []string
	filepath.WalkDir(s.dir, func(path string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			out = append(out, path)
		}
		return nil
	})
	return out
}

func TestStore_Put(t *testing.T) {
	s := open(t, 0)
	for range 2 { // the same bytes twice are one file
		ref, err := s.Put(t.Context(), strings.NewReader("abc"))
		if err != nil || ref != (Ref{abc, 3}) {
			t.Fatalf("Put(abc) = %v, %v; want %s of 3 bytes", ref, err, abc)
		}
	}
	if got := files(t, s); len(got) != 1 {
		t.Errorf("files after putting the same bytes twice = %v, want one", got)
	}
	f, err := s.Open(abc)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if b, _ := io.ReadAll(f); string(b) != "abc" {
		t.Errorf("stored bytes = %q, want abc", b)
	}
	if err := s.Verify(t.Context(), abc); err != nil {
		t.Errorf("Verify of an untouched file: %v", err)
	}
}

func TestStore_NothingHalfDone(t *testing.T) {
	boom := errors.New("boom")
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for _, c := range []struct {
		name string
		ctx  context.Context
		r    io.Reader
		want func(error) bool
	}{
		{"ErrTooLarge", t.Context(), bytes.NewReader(make([]byte, 11)), func(err error) bool { return errs.Is(err, errs.TooLarge) }},
		{"ErrReader", t.Context(), io.MultiReader(strings.NewReader("abc"), iotest.ErrReader(boom)), func(err error) bool { return errors.Is(err, boom) }},
		{"ErrCallerGone", gone, strings.NewReader("abc"), func(err error) bool { return errors.Is(err, context.Canceled) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := open(t, 10)
			if _, err := s.Put(c.ctx, c.r); !c.want(err) {
				t.Errorf("Put: got error %v", err)
			}
			if got := files(t, s); len(got) != 0 {
				t.Errorf("files left behind: %v, want none", got)
			}
		})
	}
}

// TestStore_DiskFull runs the store in a child whose files may not grow past 64 KiB, the nearest thing to a full disk that needs no root.
func TestStore_DiskFull(t *testing.T) {
	if dir := os.Getenv("BLOB_TEST_FULL"); dir != "" {
		signal.Ignore(syscall.SIGXFSZ)
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 64 << 10, Max: 64 << 10}); err != nil {
			t.Fatal(err)
		}
		s, err := Open(dir, 0)
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.Put(t.Context(), bytes.NewReader(make([]byte, 1<<20)))
		if !errs.Is(err, errs.Unavailable) || !strings.Contains(err.Error(), "存储空间不足") {
			t.Fatalf("Put on a full disk: got %v, want unavailable with what to do", err)
		}
		if got := files(t, s); len(got) != 0 {
			t.Fatalf("files left behind: %v, want none", got)
		}
		if _, err := s.Put(t.Context(), strings.NewReader("abc")); err != nil {
			t.Fatalf("a small file after the big one failed: %v, want it stored", err)
		}
		return
	}
	child := exec.Command(os.Args[0], "-test.run=^TestStore_DiskFull$")
	child.Env = append(os.Environ(), "BLOB_TEST_FULL="+t.TempDir())
	if out, err := child.CombinedOutput(); err != nil {
		t.Fatalf("child: %v\n%s", err, out)
	}
}

func TestStore_Verify_ErrChanged(t *testing.T) {
	s := open(t, 0)
	s.Put(t.Context(), strings.NewReader("abc"))
	path, _ := s.Path(abc)
	os.Chmod(path, 0o600)
	os.WriteFile(path, []byte("abd"), 0o600)
	if err := s.Verify(t.Context(), abc); err == nil || !strings.Contains(err.Error(), "was changed") {
		t.Errorf("Verify of a changed file: got %v, want an error", err)
	}
}

func TestStore_Path_ErrNotADigest(t *testing.T) {
	s := open(t, 0)
	for _, d := range []string{"", "abc", "sha256:", "sha256:../../etc/passwd", strings.ToUpper(abc), abc + "0", "sm3:" + abc[7:]} {
		if p, err := s.Path(d); !errs.Is(err, errs.Invalid) {
			t.Errorf("Path(%q) = %q, %v; want invalid", d, p, err)
		}
	}
	if _, err := s.Open(abc); !errs.Is(err, errs.NotFound) {
		t.Errorf("Open of a file that is not there: got %v, want not_found", err)
	}
}

func TestStore_DeleteAndSweep(t *testing.T) {
	s := open(t, 0)
	a, _ := s.Put(t.Context(), strings.NewReader("a"))
	b, _ := s.Put(t.Context(), strings.NewReader("b"))
	c, _ := s.Put(t.Context(), strings.NewReader("c"))
	for range 2 {
		if err := s.Delete(c.Digest); err != nil {
			t.Fatalf("Delete: %v", err)
		}
	}
	if n, err := s.Sweep(time.Hour, func(string) bool { return false }); n != 0 || err != nil {
		t.Errorf("Sweep of young files = %d, %v; want none deleted", n, err)
	}
	if n, err := s.Sweep(0, func(d string) bool { return d == a.Digest }); n != 1 || err != nil {
		t.Errorf("Sweep = %d, %v; want one deleted", n, err)
	}
	if !s.Has(a.Digest) || s.Has(b.Digest) || s.Has(c.Digest) {
		t.Errorf("left after sweep: a %v, b %v, c %v; want only a", s.Has(a.Digest), s.Has(b.Digest), s.Has(c.Digest))
	}
}
