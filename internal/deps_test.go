package internal

import (
	"flag"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite golden files")

// deps asks the go command for the packages linked into a command on the platform we ship for, whatever platform
// the test runs on.
func deps(t *testing.T, format, command string) []string {
	t.Helper()
	cmd := exec.Command("go", "list", "-deps", "-tags", "sqlite_fts5", "-f", format, command)
	cmd.Dir = ".."
	cmd.Env = append(os.Environ(), "GOOS=linux", "GOARCH=amd64", "CGO_ENABLED=1")
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s", cmd, err, stderr.String())
	}
	lines := strings.Fields(string(out))
	slices.Sort(lines)
	return slices.Compact(lines)
}

// TestDeps pins the modules linked into the program: a new one is reviewed like code, with a paragraph in its commit
// that says what it saves and who keeps it alive.
func TestDeps(t *testing.T) {
	const golden = "deps.golden.txt"
	got := strings.Join(deps(t, `{{with .Module}}{{if not .Main}}{{.Path}}{{end}}{{end}}`, "./cmd/yunei"), "\n") + "\n"
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("modules linked into cmd/yunei changed (-%s +got); if it is meant: go test ./internal -run TestDeps -update\n%s", golden, diff)
	}
}

// TestVerifierStandsAlone: who checks a receipt with cmd/verify trusts none of the server's code.
func TestVerifierStandsAlone(t *testing.T) {
	for _, dep := range deps(t, `{{.ImportPath}}`, "./cmd/verify") {
		server := strings.HasPrefix(dep, module+"/internal/") && !strings.HasPrefix(dep, module+"/internal/base/")
		if server && dep != module+"/internal/core/ledger/proof" || dep == module+"/internal/base/sqldb" {
			t.Errorf("cmd/verify links %s", dep)
		}
		for _, driver := range []string{"github.com/mattn/", "github.com/jackc/", "github.com/duckdb/"} {
			if strings.HasPrefix(dep, driver) {
				t.Errorf("cmd/verify links %s", dep)
			}
		}
	}
}
