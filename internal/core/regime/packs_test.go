package regime_test

import (
	"testing"

	"yunei/internal/core/regime"
	"yunei/regimes"
)

// TestLint holds that every pack in the repository is complete: it loads, its quotes occur, every rule has its cases.
func TestLint(t *testing.T) {
	for _, p := range regime.Lint(regimes.FS) {
		t.Error(p)
	}
}
