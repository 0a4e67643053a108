package main

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/schema"
)

// settings are those of a data folder of their own, the head on a second path.
func settings(t *testing.T, name string) *Config {
	t.Helper()
	dir := t.TempDir()
	cfg := &Config{Data: filepath.Join(dir, "a city", name), Heads: filepath.Join(dir, "second disk", name+".json")}
	if err := cfg.complete(); err != nil {
		t.Fatal(err)
	}
	return cfg
}

// city is a data folder with an open, migrated database, as beside a running server.
func city(t *testing.T) (*Config, *sqldb.DB) {
	t.Helper()
	cfg := settings(t, "var")
	for name, text := range map[string]string{
		filepath.Join(cfg.Data, "keys", "root.key"):       "key",
		filepath.Join(cfg.Data, "blobs", "ab", "abcd"):    "file",
		filepath.Join(cfg.Data, "blobs", "tmp", "draft1"): "unfinished",
		cfg.Heads: "head 1",
	} {
		write(t, name, text)
	}
	db, err := sqldb.Open(t.Context(), cfg.DB, sqldb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if err := schema.Migrate(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	return cfg, db
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o700), os.WriteFile(name, []byte(text), 0o600)); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func migrations(t *testing.T, db *sqldb.DB) (n int) {
	t.Helper()
	err := db.View(t.Context(), func(tx *sqldb.Tx) error {
		return tx.QueryRow(t.Context(), `SELECT COUNT(*) FROM schema_migration`).Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestBackupAndRestore(t *testing.T) {
	cfg, db := city(t)
	name := filepath.Join(t.TempDir(), "yunei.tar")
	if _, err := backup(t.Context(), cfg, name); err != nil {
		t.Fatal(err)
	}

	t.Run("OK", func(t *testing.T) {
		to := settings(t, "restored")
		if _, err := restore(t.Context(), to, name); err != nil {
			t.Fatal(err)
		}
		for file, want := range map[string]string{
			filepath.Join(to.Data, "keys", "root.key"):    "key",
			filepath.Join(to.Data, "blobs", "ab", "abcd"): "file",
			to.Heads: "head 1",
		} {
			if got := read(t, file); got != want {
				t.Errorf("%s: got %q, want %q", file, got, want)
			}
		}
		if _, err := os.Stat(filepath.Join(to.Data, "blobs", "tmp")); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("an unfinished file was backed up: %v", err)
		}
		again, err := sqldb.Open(t.Context(), to.DB, sqldb.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer again.Close()
		if got, want := migrations(t, again), migrations(t, db); got != want || got == 0 {
			t.Errorf("restored database has %d migrations, want %d", got, want)
		}
	})

	t.Run("OK_NewerHeadStays", func(t *testing.T) {
		to := settings(t, "restored")
		write(t, to.Heads, "head 2")
		if _, err := restore(t.Context(), to, name); err != nil {
			t.Fatal(err)
		}
		if got := read(t, to.Heads); got != "head 2" {
			t.Errorf("got %q, want the published head 2: an older backup must not hide it", got)
		}
	})

	t.Run("ErrBackupOverwrites", func(t *testing.T) {
		if _, err := backup(t.Context(), cfg, name); !errs.Is(err, errs.Conflict) {
			t.Errorf("got %v, want a conflict", err)
		}
	})

	t.Run("ErrNotEmpty", func(t *testing.T) {
		if _, err := restore(t.Context(), cfg, name); !errs.Is(err, errs.Conflict) {
			t.Errorf("restore over a living data folder: got %v, want a conflict", err)
		}
	})
}

// TestRestore_Damaged changes a good backup in each way a disk or a person may, and wants nothing restored.
func TestRestore_Damaged(t *testing.T) {
	cfg, _ := city(t)
	name := filepath.Join(t.TempDir(), "yunei.tar")
	if _, err := backup(t.Context(), cfg, name); err != nil {
		t.Fatal(err)
	}
	good := read(t, name)
	for _, c := range []struct {
		name   string
		change func() string
		want   string
	}{
		{"byte changed", func() string { return strings.Replace(good, "file\x00", "fire\x00", 1) }, "摘要"},
		{"cut off", func() string { return good[:len(good)/2] }, "不完整"},
		{"not a tar", func() string { return "hello" }, "不完整"},
		{"file added", func() string { return rewrite(t, good, func(*tar.Header) bool { return true }, "files/zz") }, "不在清单"},
		{"file taken away", func() string {
			return rewrite(t, good, func(h *tar.Header) bool { return h.Name != "keys/root.key" }, "")
		}, "keys/root.key"},
		{"way out of the folder", func() string { return rewrite(t, good, func(*tar.Header) bool { return true }, "../escaped") }, "../escaped"},
	} {
		t.Run(c.name, func(t *testing.T) {
			to := settings(t, "restored")
			bad := filepath.Join(t.TempDir(), "bad.tar")
			write(t, bad, c.change())
			_, err := restore(t.Context(), to, bad)
			if !errs.Is(err, errs.Invalid) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want invalid that says %q", err, c.want)
			}
			if left, _ := os.ReadDir(filepath.Dir(to.Data)); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

// rewrite copies the entries to keep and puts one more before the manifest.
func rewrite(t *testing.T, text string, keep func(*tar.Header) bool, extra string) string {
	t.Helper()
	var out bytes.Buffer
	to := tar.NewWriter(&out)
	put := func(h *tar.Header, body []byte) {
		if err := to.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := to.Write(body); err != nil {
			t.Fatal(err)
		}
	}
	for from := tar.NewReader(strings.NewReader(text)); ; {
		h, err := from.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(from)
		if err != nil {
			t.Fatal(err)
		}
		if h.Name == manifestName && extra != "" {
			put(&tar.Header{Name: extra, Mode: 0o600, Size: 5}, []byte("extra"))
		}
		if keep(h) {
			put(h, body)
		}
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}
