package trace_test

import (
	"os"
	"testing"

	"yunei/internal/core/query/duckdb"
)

// The engine's process is this program again.
func TestMain(m *testing.M) {
	duckdb.MaybeWorker()
	os.Exit(m.Run())
}
