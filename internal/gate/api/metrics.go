package api

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"yunei/internal/core/netlog"
)

var requests = promauto.NewHistogramVec(prometheus.HistogramOpts{
	Name: "yunei_http_request_seconds", Help: "Time to answer, by route and status.",
	Buckets: []float64{.001, .005, .01, .05, .1, .5, 1, 5, 30},
}, []string{"method", "route", "status"})

// observe counts a request under its method and the template it matched; what a caller makes up must not become a label.
func observe(method, route string, status int, took time.Duration) {
	requests.WithLabelValues(netlog.Method(method), route, strconv.Itoa(status)).Observe(took.Seconds())
}
