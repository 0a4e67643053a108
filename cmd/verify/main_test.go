package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"yunei/internal/base/clock"
	"yunei/internal/base/seal"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/ledger"
	"yunei/internal/test/testdb"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestVerify(t *testing.T) {
	ctx, db := t.Context(), testdb.SQLite(t, clock.NewSet(time.Date(2026, 9, 30, 1, 0, 0, 0, time.UTC)))
	keys, err := seal.LoadOrCreate(t.TempDir())
	must(t, err)
	log := ledger.New(db, keys, ledger.Options{})
	for range 5 {
		must(t, db.Do(ctx, func(tx *sqldb.Tx) error {
			c, err := log.Version(ctx, tx, "grant", "grt_1", map[string]string{"state": "open"})
			if err != nil {
				return err
			}
			_, err = log.Add(ctx, tx, ledger.Entry{Occurred: "2026-09-30", Act: "grant.approve", Outcome: ledger.Done, Org: "org_bureau", Changes: []ledger.Change{c}})
			return err
		}))
	}
	must(t, log.Seal(ctx))
	head, err := log.Checkpoint(ctx)
	must(t, err)
	dir := t.TempDir()
	file := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		must(t, os.WriteFile(path, data, 0o600))
		return path
	}
	rc, err := log.Proof(ctx, 3)
	must(t, err)
	raw, err := json.MarshalIndent(rc, "", "  ")
	must(t, err)
	receipt := file("receipt.json", raw)
	var all, part bytes.Buffer
	must(t, log.Export(ctx, &all, 0, 0))
	must(t, log.Export(ctx, &part, 2, 4))
	whole, stretch := file("all.jsonl", all.Bytes()), file("part.jsonl", part.Bytes())
	forged := file("forged.jsonl", bytes.Replace(all.Bytes(), []byte("org_bureau"), []byte("org_dureau"), 1))

	for _, c := range []struct {
		name string
		args []string
		code int
		want []string
	}{
		{"receipt", []string{"-key", head.Key, "-sm3-key", head.SM3Key, receipt}, 0, []string{"grant.approve", "发生日 2026-09-30", "结论: 验证通过, 共 1 条"}},
		{"whole log", []string{whole}, 0, []string{"请与公布的公钥核对", "共 5 条"}},
		{"stretch", []string{stretch}, 0, []string{"第 2 至 4 片叶", "共 2 条"}},
		{"several", []string{receipt, stretch, forged}, 1, []string{"验证通过", "[不通过] 重算树根 (SM3)", "请勿采信"}},
		{"another key", []string{"-key", head.Key + "x", receipt}, 1, []string{"公钥与已知的不同"}},
		{"no such file", []string{filepath.Join(dir, "none")}, 2, []string{"请核对文件名"}},
		{"nothing asked", nil, 2, []string{"用法"}},
		{"standard input", []string{"-"}, 0, []string{"共 5 条"}},
	} {
		var out bytes.Buffer
		code := run(c.args, bytes.NewReader(all.Bytes()), &out, &out)
		if code != c.code {
			t.Errorf("%s: exit %d, want %d:\n%s", c.name, code, c.code, out.String())
		}
		for _, want := range c.want {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%s: no %q in:\n%s", c.name, want, out.String())
			}
		}
	}
}

// Whoever doubts the operator must be able to build this without the operator's databases and without C.
func TestVerify_ContainsNoServer(t *testing.T) {
	cmd := exec.Command("go", "list", "-deps", ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := cmd.Output()
	must(t, err)
	allowed := map[string]bool{"yunei/cmd/verify": true, "yunei/internal/core/ledger/proof": true, "yunei/internal/base/merkle": true,
		"yunei/internal/base/seal": true, "yunei/internal/base/errs": true}
	for dep := range strings.FieldsSeq(string(out)) {
		if strings.HasPrefix(dep, "yunei/") && !allowed[dep] {
			t.Errorf("cmd/verify links %s", dep)
		}
		if strings.Contains(dep, "sqlite") || strings.Contains(dep, "pgx") || dep == "net/http" {
			t.Errorf("cmd/verify links %s", dep)
		}
	}
}
