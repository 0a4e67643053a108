package api

import (
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Whoever makes up methods makes no histogram of each.
func TestObserve(t *testing.T) {
	count := func() int {
		list := make(chan prometheus.Metric, 1000)
		requests.Collect(list)
		return len(list)
	}
	known := count()
	for _, method := range []string{"MADE", "UP", "13800138000"} {
		observe(method, "/v1/observed", 404, time.Millisecond)
	}
	if n := count() - known; n != 1 {
		t.Errorf("three words made %d histograms, want one", n)
	}
}
