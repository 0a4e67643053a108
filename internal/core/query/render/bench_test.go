package render

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"yunei/internal/core/query"
	"yunei/internal/core/query/duckdb"
	"yunei/internal/core/query/snapshot"
)

// benchRows are a million visits of people with the given mean number of visits.
func benchRows(b *testing.B, each int) (path string) {
	b.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	rows := make([][]query.Value, 1_000_000)
	for i := range rows {
		rows[i] = []query.Value{
			query.TextValue(fmt.Sprintf("%016x%048x", uint64(i/each)*0x9E3779B97F4A7C15, 0)), query.IntValue(r.Int64N(200) - 50), query.NumberValue(r.Int64N(100000), 2),
			query.TextValue(cities[r.IntN(len(cities))]), {Kind: query.Date, N: 19000 + r.Int64N(700)}, query.BoolValue(r.IntN(2) == 0),
		}
	}
	path = filepath.Join(b.TempDir(), "visits.parquet")
	if err := snapshot.Write(path, visits(), rows); err != nil {
		b.Fatal(err)
	}
	return path
}

const rawSQL = `SELECT CASE city WHEN 'b' THEN 0 WHEN '泉州' THEN 1 WHEN 'it''s' THEN 2 ELSE 3 END AS k1, quarter(DATE '1970-01-01' + "day"::INTEGER) AS k2,
	count(*), count(n), sum(least(greatest(n, -40), 90)) FROM t0 GROUP BY 1, 2`

func measured(one bool) map[string]Measured {
	if !one {
		return nil
	}
	return map[string]Measured{"visits": {Most: 1}}
}

// BenchmarkGuardedVsRaw runs a guarded aggregate and the same aggregate as anyone would
// write it, side by side in the same engine, and reports how many times longer the
// guarded one takes. The start of the child is in both.
func BenchmarkGuardedVsRaw(b *testing.B) {
	for _, c := range []struct {
		name         string
		each, groups int
		one          bool
	}{{"one row per person, measured", 1, 16, true}, {"one row per person", 1, 16, false}, {"ten rows per person", 10, 16, false}, {"ten rows per person, 4 cells each", 10, 4, false}} {
		b.Run(c.name, func(b *testing.B) {
			path := benchRows(b, c.each)
			m := tabulation(c.groups, 12, false)
			m.Root.Aggs = []query.Agg{m.Root.Aggs[0], m.Root.Aggs[2], m.Root.Aggs[3]}
			s, err := Model(m, Options{Salt: "0123456789abcdef", Measured: measured(c.one)})
			if err != nil {
				b.Fatal(err)
			}
			guarded, err := s.Job(map[string]string{"visits": path}, duckdb.Limits{})
			if err != nil {
				b.Fatal(err)
			}
			column := duckdb.Column{Kind: duckdb.Int}
			raw := duckdb.Job{SQL: rawSQL, Inputs: guarded.Inputs, Shape: []duckdb.Column{column, column, column, column, column}}
			e := engine(b)
			var took [2]time.Duration
			for b.Loop() {
				for i, job := range []duckdb.Job{raw, guarded} {
					start := time.Now()
					if _, err := e.Run(b.Context(), job); err != nil {
						b.Fatal(err)
					}
					took[i] += time.Since(start)
				}
			}
			b.ReportMetric(float64(took[1])/float64(took[0]), "guarded/raw")
			b.ReportMetric(float64(took[0].Milliseconds())/float64(b.N), "ms-raw")
			b.ReportMetric(float64(took[1].Milliseconds())/float64(b.N), "ms-guarded")
		})
	}
}
