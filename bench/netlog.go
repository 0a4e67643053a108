package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"time"

	"yunei/internal/base/clock"
	"yunei/internal/core/netlog"
	"yunei/internal/gate/api"
)

// logged compares a request that leaves a line in the network log with the same request at the same API without, in one process and
// without a network between, where the line weighs most; and says how fast lines are written down, packed and looked through.
func logged(ctx context.Context, b *bench) error {
	c, err := openCity(ctx, filepath.Join(b.tmp, "logged"))
	if err != nil {
		return err
	}
	defer c.close()
	with, without := c.node.Handler(), api.New(c.node.Services).Handler()
	asking := func(h http.Handler, path string) work {
		return func(ctx context.Context, _, _ int) error {
			r := httptest.NewRequestWithContext(ctx, http.MethodGet, path, nil)
			w := httptest.NewRecorder()
			if h.ServeHTTP(w, r); w.Code != http.StatusOK {
				return fmt.Errorf("GET %s answered %d", path, w.Code)
			}
			return nil
		}
	}
	for _, path := range []string{"/v1/session", "/v1/notices"} {
		for _, workers := range []int{1, callers} {
			guarded := "GET " + path + ", logged"
			if workers > 1 {
				guarded += fmt.Sprintf(", %d at once", workers)
			}
			err := b.measure(ctx, pair{guarded: guarded, bare: "not logged", doGuarded: asking(with, path), doBare: asking(without, path),
				times: b.sized(5000, 1000), workers: workers})
			if err != nil {
				return err
			}
		}
	}
	return b.logFiles(ctx)
}

// logFiles times a day of lines from the request's hand to the search.
func (b *bench) logFiles(ctx context.Context) error {
	const each = 10_000
	clk := clock.NewSet(time.Date(2025, 9, 24, 4, 0, 0, 0, time.UTC))
	l := netlog.Open(filepath.Join(b.tmp, "netlog"), clk)
	line := netlog.Line{Door: netlog.HTTP, Method: http.MethodGet, Route: "/v1/spaces/{id}/models", Status: 200, Out: 812, Took: 1430, Peer: "203.0.113.7",
		Account: "acc_01K5WKR16FY66R5C7W8KGY41GJ", Org: "org_01K5WKR16F4XBVH5AMMAPWGG32"}
	ofOne := func(took time.Duration) float64 { return inMicros(took) / each }
	err := b.take(ctx, part{what: "one line of 10,000, put down and on the disk", unit: "µs", of: ofOne, do: times(func(context.Context) error {
		for range each {
			l.Add(line)
		}
		return l.Flush()
	})})
	if err != nil {
		return err
	}
	day := clk.Now().Format("2006-01-02")
	clk.Advance(24 * time.Hour)
	over, err := l.Over()
	if err != nil || len(over) != 1 {
		return fmt.Errorf("days that are over on %s: %v, %w", day, over, err)
	}
	began := time.Now()
	d, err := l.Pack(over[0])
	if err != nil {
		return err
	}
	packed := time.Since(began)
	began = time.Now()
	found := 0
	err = l.Read(ctx, over[0], 0, func(_ int64, text []byte) error {
		if bytes.Contains(text, []byte(`"status":403`)) {
			found++
		}
		return nil
	})
	b.report.note("A day of %d lines (%d bytes each, alike) was packed to %.1f %% in %s and looked through in %s.",
		d.Lines, d.Size/max(d.Lines, 1), 100*float64(d.Packed)/float64(d.Size), packed.Round(time.Millisecond), time.Since(began).Round(time.Millisecond))
	if found > 0 {
		return fmt.Errorf("%d lines are not as they were written", found)
	}
	return err
}
