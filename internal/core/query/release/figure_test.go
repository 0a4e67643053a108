package release

import (
	"math"
	"testing"

	"yunei/internal/core/query"
)

// The figures of a small table by their definitions: x = 1, 2, 4, 8 and y = 2, 3, 5, 4, moved by 4 and 3.
func TestStatistic(t *testing.T) {
	x, y := []float64{1, 2, 4, 8}, []float64{2, 3, 5, 4}
	const middleX, middleY = 4.0, 3.0
	p := make([]float64, 6)
	for i := range x {
		a, b := x[i]-middleX, y[i]-middleY
		for j, v := range []float64{1, a, b, a * a, b * b, a * b} {
			p[j] += v
		}
	}
	one := []float64{p[0], p[1], p[3]}
	for stat, want := range map[query.Stat]float64{
		query.VarPop: 7.1875, query.VarSamp: 28.75 / 3, query.StdPop: math.Sqrt(7.1875), query.StdSamp: math.Sqrt(28.75 / 3),
		query.CovarPop: 1.875, query.CovarSamp: 7.5 / 3, query.Corr: 7.5 / math.Sqrt(28.75*5), query.R2: 7.5 * 7.5 / (28.75 * 5),
		query.Slope: 1.5, query.Intercept: 3.75 - 1.5*3.5,
	} {
		parts := p
		if stat.Parts() == 3 {
			parts = one
		}
		if got, ok := statistic(stat, parts, middleX, middleY); !ok || math.Abs(got-want) > 1e-9 {
			t.Errorf("%s = %v, %v, want %v", stat, got, ok, want)
		}
	}
	for stat, parts := range map[query.Stat][]float64{
		query.VarPop: {0, 0, 5}, query.VarSamp: {1, 0, 5}, query.Corr: {9, 0, 0, -1, 4, 1}, query.Slope: {9, 0, 0, 4, 0, 1},
	} {
		if got, ok := statistic(stat, parts, 0, 0); ok {
			t.Errorf("%s of %v = %v, want not defined", stat, parts, got)
		}
	}
}
