package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"yunei/internal/base/clock"
	"yunei/internal/base/seal"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/ledger"
)

// yunei is the command as the operator types it, in the data folder of cfg.
func yunei(t *testing.T, cfg *Config, args ...string) (string, error) {
	t.Helper()
	root := rootCommand()
	var out bytes.Buffer
	root.SetOut(&out)
	root.SetErr(&out)
	root.SetArgs(append(args, "--data", cfg.Data, "--heads", cfg.Heads))
	err := root.ExecuteContext(t.Context())
	return out.String(), err
}

func mustYunei(t *testing.T, cfg *Config, args ...string) string {
	t.Helper()
	out, err := yunei(t, cfg, args...)
	if err != nil {
		t.Fatalf("yunei %q: %v\n%s", args, err, out)
	}
	return out
}

// work is a server that lives just long enough to leave n entries and seal them.
func work(t *testing.T, cfg *Config, n int) error {
	t.Helper()
	ctx := t.Context()
	db, err := openMigrated(ctx, cfg, clock.Real{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	keys, err := seal.LoadOrCreate(filepath.Join(cfg.Data, "keys"))
	if err != nil {
		t.Fatal(err)
	}
	log, err := ledger.Open(ctx, db, keys, ledger.Options{Heads: cfg.Heads})
	if err != nil {
		return err
	}
	for range n {
		err := db.Do(ctx, func(tx *sqldb.Tx) error {
			_, err := log.Add(ctx, tx, ledger.Entry{Act: "test.act", Outcome: ledger.Done, Occurred: "2026-11-21"})
			return err
		})
		if err != nil {
			return err
		}
	}
	return log.Seal(ctx)
}

// TestLedger_Verify: an auditor checks the database or a file, and finds a changed byte.
func TestLedger_Verify(t *testing.T) {
	cfg := settings(t, "var")
	if err := work(t, cfg, 5); err != nil {
		t.Fatal(err)
	}
	mustYunei(t, cfg, "ledger", "verify")
	file := filepath.Join(t.TempDir(), "all.jsonl")
	mustYunei(t, cfg, "ledger", "export", file)
	mustYunei(t, cfg, "ledger", "verify", file)

	tampered := filepath.Join(t.TempDir(), "tampered.jsonl")
	write(t, tampered, strings.Replace(read(t, file), "2026-11-21", "2026-11-22", 1))
	if out, err := yunei(t, cfg, "ledger", "verify", tampered); err == nil {
		t.Errorf("a changed entry passed:\n%s", out)
	}
	if out, err := yunei(t, cfg, "ledger", "export", file); err == nil {
		t.Errorf("an export overwrote another:\n%s", out)
	}
}

// TestLedger_Recover is the whole way from a lost disk to a log that goes on: an older backup is restored, the published
// head refuses it, two bodies sign what was lost, and the log goes on and verifies.
func TestLedger_Recover(t *testing.T) {
	cfg := settings(t, "var")
	if err := work(t, cfg, 3); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	name := func(s string) string { return filepath.Join(dir, s) }
	mustYunei(t, cfg, "backup", name("backup.tar"))
	if err := work(t, cfg, 2); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(cfg.Data); err != nil {
		t.Fatal(err)
	}
	mustYunei(t, cfg, "restore", name("backup.tar"))

	if err := work(t, cfg, 1); err == nil {
		t.Fatal("a database behind its published head took an entry")
	}
	if out, err := yunei(t, cfg, "doctor"); err == nil || !strings.Contains(out, "落后于已发布的检查点") {
		t.Errorf("doctor after restoring an older backup: %v\n%s", err, out)
	}

	witness := strings.TrimSpace(mustYunei(t, cfg, "ledger", "recover", "witness", "--name", "upper.bureau", name("upper.key")))
	mustYunei(t, cfg, "ledger", "recover", "state", "--reason", "磁盘损坏", name("loss.txt"))
	if out, err := yunei(t, cfg, "ledger", "recover", "apply", "--witness", witness, name("loss.txt")); err == nil {
		t.Errorf("recovered with one signature:\n%s", out)
	}
	mustYunei(t, cfg, "ledger", "recover", "cosign", "--key", name("upper.key"), name("loss.txt"), name("signed.txt"))
	mustYunei(t, cfg, "ledger", "recover", "apply", "--witness", witness, name("signed.txt"))

	if err := work(t, cfg, 1); err != nil {
		t.Errorf("after the recovery: %v", err)
	}
	mustYunei(t, cfg, "ledger", "verify")
	if out, err := yunei(t, cfg, "ledger", "recover", "state", "--reason", "again", name("again.txt")); err == nil {
		t.Errorf("stated a loss where nothing is lost:\n%s", out)
	}
}
