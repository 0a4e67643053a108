package release

import (
	"math"

	"yunei/internal/core/query"
)

// A histogram is noised bin by bin, and everything below is computed from the noised bins of one row (a group): it costs
// nothing and tells nothing more.

// row lists the noisy bins of a vector, of which the first is cell c.
func (e *Evidence) row(m *query.Model, vector, c int) []int64 {
	return e.Noisy[vector][c : c+m.Bins()]
}

// showsRow reports whether a row has enough noisy units. A unit stands in several bins at most as often as it is counted
// at all, so the units are as many as the sum of the bins divided by that; its noise adds up over the bins.
func (e *Evidence) showsRow(m *query.Model, c int) bool {
	bins := m.Bins()
	if bins == 1 {
		return e.shows(c)
	}
	sum := 0.0
	for _, n := range e.row(m, e.Plan.Basis, c) {
		sum += float64(n)
	}
	each := float64(min(e.Plan.L0, bins))
	return sum >= each*float64(e.Plan.K-1)+3.1*e.Plan.Vectors[e.Plan.Basis].Sigma()*math.Sqrt(float64(bins))
}

// binSum is a count over all bins of a row.
func binSum(m *query.Model, e *Evidence, o *query.Output, c int) Field {
	sum := int64(0)
	for _, n := range e.row(m, o.Index, c) {
		sum = add(sum, n)
	}
	return Field{Value: query.IntValue(max(sum, 0)), Error95: halfOf(&e.Plan.Vectors[o.Index], m.Bins())}
}

// quantile finds the bin in which the rows below reach the part asked for and goes as far into it as the part goes. A
// row without a value is in no bin. The interval holds every bin in which the quantile may lie: the noise of the rows
// below and above is that of the sum sum_below (1-q)*n - sum_above q*n, and inside a bin nothing is known.
func quantile(m *query.Model, e *Evidence, o *query.Output, c int) Field {
	bins := len(o.Grid) - 1
	counts := e.row(m, o.Index, c)[:bins]
	sigma := e.Plan.Vectors[o.Index].Sigma()
	q := float64(o.Quantile) / query.QuantileUnit
	total := 0.0
	for _, n := range counts {
		total += float64(max(n, 0))
	}
	if total <= 0 {
		return Field{}
	}
	at := func(n float64) query.Value {
		return query.Value{Kind: o.Type.Kind, Scale: o.Type.Scale, N: int64(math.Round(n))}
	}
	value, found := float64(o.Grid[bins]), false
	below, balance, rest := 0.0, 0.0, 0.0
	for _, n := range counts {
		rest += float64(n)
	}
	lo, hi := bins-1, bins-1
	least, most := false, false
	for j, n := range counts {
		x := float64(max(n, 0))
		if !found && x > 0 && below+x >= q*total {
			from, to := float64(o.Grid[j]), float64(o.Grid[j+1])
			value, found = from+(to-from)*(q*total-below)/x, true
		}
		below += x
		rest -= float64(n)
		balance += float64(n)
		spread := 1.96 * sigma * math.Sqrt((1-q)*(1-q)*float64(j+1)+q*q*float64(bins-j-1))
		if d := (1-q)*balance - q*rest; !least && d >= -spread {
			lo, least = j, true
		}
		if d := (1-q)*balance - q*rest; !most && d >= spread {
			hi, most = j, true
		}
	}
	half := math.Ceil(max(value-float64(o.Grid[lo]), float64(o.Grid[hi+1])-value))
	return Field{Value: at(value), Error95: query.NumberValue(int64(max(half, 0)), o.Type.Scale)}
}
