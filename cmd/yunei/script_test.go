package main

import (
	"os"
	"strings"
	"testing"

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
		Dir: "../../test/script",
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
