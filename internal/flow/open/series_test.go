package open

import (
	"math/big"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yunei/internal/core/query"
	"yunei/internal/flow/catalog"
)

func TestSeries(t *testing.T) {
	measure := catalog.Field{Name: "x", Type: query.Decimal, Scale: 1, Role: query.Measure}
	e := catalog.Entry{Content: catalog.Content{Time: []string{"y", "m"}, Fields: []catalog.Field{{Name: "y", Type: query.Int}, {Name: "m", Type: query.Int}, measure}}}
	row := func(y, m int64, x query.Value) []query.Value {
		return []query.Value{query.IntValue(y), query.IntValue(m), x}
	}
	n := func(v int64) query.Value { return query.NumberValue(v, 1) }
	rows := [][]query.Value{row(2011, 1, n(10)), row(2010, 2, n(-5)), row(2010, 2, n(-5)), row(2010, 2, n(-4)), row(2010, 2, query.Null), row(2010, 11, query.Null)}
	got, err := series(e, []string{"y", "m", "x"}, rows, measure, Month)
	want := []Point{
		{At: "2010-02", Mean: "-0.47", Lo: "-0.5", Hi: "-0.4", N: 3, Missing: 1}, // -1.4 / 3 = -0.4667
		{At: "2010-11", Missing: 1},
		{At: "2011-01", Mean: "1", Lo: "1", Hi: "1", N: 1},
	}
	if d := cmp.Diff(want, got); d != "" || err != nil {
		t.Errorf("series, %v (-want +got):\n%s", err, d)
	}
	if years, err := series(e, []string{"y", "m", "x"}, rows, measure, Year); err != nil || len(years) != 2 || years[0].At != "2010" {
		t.Errorf("years = %v, %v; want 2010 and 2011", years, err)
	}
	if _, err := series(e, []string{"y", "m", "x"}, rows, measure, Day); err == nil {
		t.Error("days of a resource that knows months only: got points, want an error")
	}
	day := catalog.Entry{Content: catalog.Content{Time: []string{"d"}, Fields: []catalog.Field{{Name: "d", Type: query.Date}, measure}}}
	got, _ = series(day, []string{"d", "x"}, [][]query.Value{{{Kind: query.Date, N: 19782}, n(10)}}, measure, Day)
	if len(got) != 1 || got[0].At != "2024-02-29" {
		t.Errorf("series by date = %v, want 2024-02-29", got)
	}
}

func TestMean(t *testing.T) {
	for _, c := range []struct {
		sum   int64
		n     int64
		scale int
		want  int64
	}{{1, 8, 0, 13}, {-1, 8, 0, -13}, {3, 8, 0, 38}, {0, 5, 3, 0}, {5, 1000, 0, 1}, {4, 1000, 0, 0}, {1500, 1, 3, 150}, {-1005, 1, 3, -101}} {
		if got := mean(big.NewInt(c.sum), c.n, c.scale); got != c.want {
			t.Errorf("mean of sum %d, n %d, scale %d = %d hundredths, want %d", c.sum, c.n, c.scale, got, c.want)
		}
	}
}
