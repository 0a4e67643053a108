package attack_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"yunei/internal/core/query/disclose"
	"yunei/internal/core/query/interp"
	"yunei/internal/core/query/release"
)

// subset is a question about about half of the people, as the guard lets one be asked: three lists of codes.
type subset struct {
	columns [3]string
	lists   [3][]int64
}

func newSubset(r *rand.Rand) subset {
	var s subset
	all := []string{"pay_0", "pay_2", "pay_3", "pay_4", "pay_5", "pay_6"}
	r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	for i := range s.columns {
		s.columns[i] = all[i]
		for len(s.lists[i]) < 2 {
			s.lists[i] = nil
			for v := int64(-2); v <= 9; v++ {
				if r.IntN(5) == 0 {
					s.lists[i] = append(s.lists[i], v)
				}
			}
		}
	}
	return s
}

func (s *subset) text() string {
	parts := make([]string, len(s.columns))
	for i, c := range s.columns {
		parts[i] = c + " IN (" + strings.Trim(strings.ReplaceAll(fmt.Sprint(s.lists[i]), " ", ", "), "[]") + ")"
	}
	return "SELECT COUNT(*) AS n FROM credit_default WHERE default_next_month = 1 AND (" + strings.Join(parts, " OR ") + ")"
}

// members says who is in the subset: the attacker knows everything but the secret.
func (s *subset) members(rows interp.Rows) []float64 {
	out := make([]float64, len(rows.Rows))
	for k, c := range s.columns {
		column := at(rows, c)
		for i, row := range rows.Rows {
			if slices.Contains(s.lists[k], row[column].N) {
				out[i] = 1
			}
		}
	}
	return out
}

// TestReconstruction asks for the defaults in random subsets until the ledger stops, and solves for everybody's.
// Whoever knows everybody else reads one bit in Phi(mu/2) of all cases, mu^2 twice the budget: that bounds the average.
func TestReconstruction(t *testing.T) {
	const people, rho = 100, release.RhoUnit / 200 // sigma 10
	l := newLab(t, nil)
	worlds := effort(6)
	squares, deviations, total := 0, 0, 0
	var answered int
	for world := range worlds {
		r := random(100 + uint64(world))
		rows := accounts(r, people)
		l.fresh(cards(rows))
		secret := make([]float64, people)
		for i := range secret {
			secret[i] = float64(rows.Rows[i][at(rows, "default_next_month")].N)
		}
		var a [][]float64
		var b []float64
		for {
			s := newSubset(r)
			e, _, charged, err := l.ask(fmt.Sprint("org_", len(b)%5), s.text(), rho)
			if disclose.CodeOf(err) == disclose.Exhausted {
				break
			}
			if err != nil || !charged {
				t.Fatalf("charged %v, %v", charged, err)
			}
			members := s.members(rows)
			a, b = append(a, members), append(b, float64(e.Noisy[0][0]))
			if world == 0 && len(b) == 1 {
				if got := exactCells(t, compile(t, "A", s.text()), l.data)[0].Vectors[0]; float64(got) != dot(members, secret) {
					t.Fatalf("the attacker counts %v, the city %d", dot(members, secret), got)
				}
			}
		}
		answered = len(b)
		squares += bits(leastSquares(a, b, nil), secret)
		deviations += bits(leastDeviations(a, b), secret)
		total += people

		if world > 0 {
			continue
		}
		// the same without a ledger: the attack itself is sound
		draw, err := l.src.Gaussian(l.stored["rel_1"].Plan.Vectors[0].Variance)
		if err != nil {
			t.Fatal(err)
		}
		for len(b) < 6400 {
			s := newSubset(r)
			members := s.members(rows)
			a, b = append(a, members), append(b, dot(members, secret)+float64(draw()))
		}
		free, linear := bits(leastSquares(a, b, nil), secret), bits(leastDeviations(a, b), secret)
		t.Logf("without a ledger, 6400 answers: least squares reads %d of 100, least deviations %d", free, linear)
		if free < 75 || linear < 70 {
			t.Errorf("the attack reads %d and %d bits without a ledger: too weak to prove anything", free, linear)
		}
	}
	if answered != 27 {
		t.Errorf("the year gave %d answers, want 27", answered)
	}
	bound := phi(math.Sqrt(2*disclose.DefaultYear.Float()) / 2)
	within(t, "reconstruction by least squares", squares, total, bound)
	within(t, "reconstruction by least deviations", deviations, total, bound)
}

func dot(x, y []float64) float64 {
	sum := 0.0
	for i := range x {
		sum += x[i] * y[i]
	}
	return sum
}

func bits(x, secret []float64) int {
	n := 0
	for i, v := range x {
		if (v > 0.5) == (secret[i] > 0.5) {
			n++
		}
	}
	return n
}

// leastSquares solves around one half, with a little regularization so that few answers have a solution too.
func leastSquares(a [][]float64, b, weight []float64) []float64 {
	n := len(a[0])
	g := make([][]float64, n)
	for i := range g {
		g[i] = make([]float64, n+1)
		g[i][i] = 1
	}
	for k, row := range a {
		w, rest := 1.0, b[k]
		if weight != nil {
			w = weight[k]
		}
		for _, v := range row {
			rest -= v / 2
		}
		for i, v := range row {
			if v == 0 {
				continue
			}
			for j, u := range row {
				g[i][j] += w * u
			}
			g[i][n] += w * rest
		}
	}
	for i := range n { // positive definite: no pivoting needed
		for k := i + 1; k < n; k++ {
			f := g[k][i] / g[i][i]
			for j := i; j <= n; j++ {
				g[k][j] -= f * g[i][j]
			}
		}
	}
	x := make([]float64, n)
	for i := n - 1; i >= 0; i-- {
		x[i] = g[i][n]
		for j := i + 1; j < n; j++ {
			x[i] -= g[i][j] * x[j]
		}
		x[i] /= g[i][i]
	}
	for i := range x {
		x[i] += 0.5
	}
	return x
}

// leastDeviations is the linear program of LP decoding, the least sum of absolute errors over [0, 1], by reweighting.
func leastDeviations(a [][]float64, b []float64) []float64 {
	weight := make([]float64, len(b))
	for k := range weight {
		weight[k] = 1
	}
	var x []float64
	for range 12 {
		x = leastSquares(a, b, weight)
		for i := range x {
			x[i] = min(max(x[i], 0), 1)
		}
		for k := range a {
			weight[k] = 10 / max(math.Abs(b[k]-dot(a[k], x)), 0.5)
		}
	}
	return x
}
