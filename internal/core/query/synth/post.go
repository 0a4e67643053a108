package synth

import (
	"math"
	"slices"
)

// What follows sees noised numbers only, so it costs nothing.

// histogram is the nearest histogram without negative cells that has the noisy total (projection onto the simplex).
func histogram(m *Marginal) []float64 {
	x := make([]float64, len(m.Noisy))
	total := 0.0
	for i, n := range m.Noisy {
		x[i] = float64(n)
		total += x[i]
	}
	return project(x, math.Max(total, 1))
}

// project moves x to the nearest point with no negative part and the given sum.
func project(x []float64, total float64) []float64 {
	sorted := slices.Clone(x)
	slices.SortFunc(sorted, func(a, b float64) int {
		if a > b {
			return -1
		}
		return 1
	})
	shift, running := 0.0, 0.0
	for i, v := range sorted {
		running += v
		if t := (running - total) / float64(i+1); v > t {
			shift = t
		}
	}
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = math.Max(v-shift, 0)
	}
	return out
}

// certain is the standard deviations of noise above k at which a bin counts as one of k subjects: the noise lifts one
// rare bin in three million that far. Tables have hundreds of rare bins, and one let through spoils every set that is
// learned from the profile.
const certain = 5

// shares is the distribution of one node. A bin that may hold fewer than k subjects is left out.
func (s *Spec) shares(m *Marginal, k int) []float64 {
	x := histogram(m)
	f, _ := m.Variance.Float64()
	least := float64(k-1)*float64(s.most(m.Nodes...)) + certain*math.Sqrt(f)
	for i := range x {
		if x[i] < least {
			x[i] = 0
		}
	}
	if sum(x) == 0 { // too few for any bin to stand out: nothing is known of the column
		for i := range x {
			x[i] = 1
		}
	}
	return normal(x)
}

func normal(x []float64) []float64 {
	total := sum(x)
	out := make([]float64, len(x))
	for i := range x {
		out[i] = x[i] / total
	}
	return out
}

// fitRounds is enough for the margins of a table to agree within a thousandth.
const fitRounds = 50

// conditionals are the distributions of the second node of a pair, given each bin of the first: the measured table,
// moved to fit the histograms of both (iterative proportional fitting). rows is nil where the first node's histogram is
// not one of the same rows. A bin seen in little more than noise takes the second node's own distribution.
func conditionals(m *Marginal, first, second, rows []float64) [][]float64 {
	table := histogram(m)
	for i := range table { // what the histograms leave out is in no pair
		if second[i%len(second)] == 0 || first[i/len(second)] == 0 {
			table[i] = 0
		}
	}
	f, _ := m.Variance.Float64()
	total := math.Max(sum(table), 1)
	// A trace of independence keeps a bin that the noise swallowed.
	for i := range table {
		table[i] = table[i]/total + 1e-6*first[i/len(second)]*second[i%len(second)]
	}
	for range fitRounds {
		scaleColumns(table, second)
		if rows != nil {
			scaleRows(table, rows)
		}
	}
	out := make([][]float64, len(first))
	prior := math.Sqrt(f) / total
	for a := range out {
		row := slices.Clone(table[a*len(second) : (a+1)*len(second)])
		for b := range row {
			row[b] += prior * second[b]
		}
		out[a] = normal(row)
	}
	return out
}

func scaleRows(table, want []float64) {
	width := len(table) / len(want)
	for a, w := range want {
		row := table[a*width : (a+1)*width]
		if have := sum(row); have > 0 {
			for b := range row {
				row[b] *= w / have
			}
		}
	}
}

func scaleColumns(table, want []float64) {
	for b, w := range want {
		have := 0.0
		for i := b; i < len(table); i += len(want) {
			have += table[i]
		}
		if have > 0 {
			for i := b; i < len(table); i += len(want) {
				table[i] *= w / have
			}
		}
	}
}
