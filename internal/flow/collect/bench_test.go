package collect_test

import (
	"io"
	"strings"
	"testing"

	"yunei/internal/base/clock"
	"yunei/internal/test/testdb"
)

// BenchmarkService_Load collects 30,000 people with 24 items each; the rate is in rows.
func BenchmarkService_Load(b *testing.B) {
	in, err := credit().File()
	if err != nil {
		b.Fatal(err)
	}
	text, err := io.ReadAll(in)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		b.StopTimer()
		f := setup(b, testdb.SQLite(b, clock.Real{}))
		e := f.publish(b, credit().Content)
		b.StartTimer()
		if _, err := f.collect.Load(f.holder, e.ID, "a.csv", strings.NewReader(string(text))); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(30000*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
