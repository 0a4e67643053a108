package main

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"yunei/internal/core/query/duckdb"
)

func TestMain(m *testing.M) {
	duckdb.MaybeWorker()
	testscript.Main(m, map[string]func(){"yunei": main})
}

// TestScripts runs the command as its users do; each script under test/script says what it shows.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:  "../../test/script",
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){"waitfor": waitFor},
		Setup: func(env *testscript.Env) error {
			// Settings of the person who runs the tests must not reach the program under test.
			for _, setting := range os.Environ() {
				if name, _, _ := strings.Cut(setting, "="); strings.HasPrefix(name, "YUNEI_") {
					env.Setenv(name, "")
				}
			}
			return nil
		},
	})
}

// waitFor waits until a file is there: what a script started in the background has begun its work.
func waitFor(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: waitfor file")
	}
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if _, err := os.Stat(ts.MkAbs(args[0])); err == nil {
			return
		}
	}
	ts.Fatalf("%s did not appear in 30 s", args[0])
}
