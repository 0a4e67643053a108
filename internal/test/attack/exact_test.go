package attack_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/RoaringBitmap/roaring/v2"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/optimize/convex/lp"

	"yunei/internal/core/query/audit"
)

// statistical are the thresholds of the base pack.
var statistical = audit.Rules{MinUnits: 10, First: 500, FirstTwo: 670, PPercent: 100, NK: 900, Share: 900, Diversity: 2, Closeness: 300, Protect: 100}

// gate is the review of exact releases as far as it compares them: what it admits leaves, and counts from then on.
type gate struct {
	left []audit.Released
}

func (g *gate) admits(name string, cells ...*audit.Units) bool {
	r := audit.Released{ID: name}
	for _, c := range cells {
		if int64(c.GetCardinality()) < statistical.MinUnits {
			return false
		}
	}
	r.Cells = cells
	if found, _ := audit.Differences(r, g.left, statistical.MinUnits); len(found) > 0 {
		return false
	}
	f := audit.NewFamily(append(g.left, r))
	if found, crowd, looked := f.Solve(statistical.MinUnits); !looked || len(found) > 0 || crowd.Numbers > 0 {
		return false
	}
	if narrow, _ := f.Intervals(statistical.MinUnits); len(narrow) > 0 {
		return false
	}
	g.left = append(g.left, r)
	return true
}

// apart reports by least squares in floating point, which has nothing in common with the audit's own arithmetic, how far the admitted
// sets leave the part of a person's indicator that they determine from the whole of it: 0 is told exactly.
func apart(sets []*audit.Units, people int, person uint32) float64 {
	if len(sets) == 0 {
		return 1
	}
	a := mat.NewDense(people, len(sets), nil)
	for j, s := range sets {
		s.Iterate(func(u uint32) bool { a.Set(int(u), j, 1); return true })
	}
	e := mat.NewDense(people, 1, nil)
	e.Set(int(person), 0, 1)
	var svd mat.SVD
	if !svd.Factorize(a, mat.SVDThinU) {
		return math.NaN()
	}
	var u mat.Dense
	svd.UTo(&u)
	rest := 1.0
	for j, s := range svd.Values(nil) {
		if s > 1e-9 {
			rest -= u.At(int(person), j) * u.At(int(person), j)
		}
	}
	return math.Sqrt(max(rest, 0))
}

// Differencing: for each of forty people, two questions about sets that differ by that person and a few padding ones, asked in any
// order and by any tenant. It passes when no person is told; without the audits every one is.
func TestExact_Differencing(t *testing.T) {
	const people, targets = 200, 40
	r := random(41)
	var g gate
	var free []*audit.Units
	for target := range uint32(targets) {
		whole := roaring.BitmapOf(target)
		for p := uint32(targets); p < people; p++ {
			if r.IntN(3) == 0 {
				whole.Add(p)
			}
		}
		less := whole.Clone()
		less.Remove(target)
		pair := []*audit.Units{whole, less}
		r.Shuffle(2, func(i, j int) { pair[i], pair[j] = pair[j], pair[i] })
		for i, s := range pair {
			free = append(free, s)
			g.admits(fmt.Sprint(target, i), s)
		}
	}
	found, bare := 0, 0
	var admitted []*audit.Units
	for _, rel := range g.left {
		admitted = append(admitted, rel.Cells...)
	}
	for target := range uint32(targets) {
		if apart(admitted, people, target) < 1e-6 {
			found++
		}
		if apart(free, people, target) < 1e-6 {
			bare++
		}
	}
	t.Logf("differencing: %d of %d questions answered, %d of %d people told; without the audits %d", len(admitted), 2*targets, found, targets, bare)
	if found > 0 {
		t.Errorf("%d people are told by differences", found)
	}
	if bare != targets || len(admitted) < targets/4 {
		t.Errorf("without the audits %d people are told, %d questions are answered: too weak to prove anything", bare, len(admitted))
	}
}

// Linear reconstruction: sums of one secret bit over random halves of a hundred people, each rounded to five as it leaves, as many as
// the audits admit. It passes when nobody is told exactly and the best guesses read at most two bits of three, where half are read blindly;
// without the audits, 400 answers give nearly all of them.
func TestExact_Reconstruction(t *testing.T) {
	const people = 100
	worlds := effort(3)
	read, total := 0, 0
	for world := range worlds {
		r := random(300 + uint64(world))
		secret := make([]float64, people)
		for i := range secret {
			secret[i] = float64(r.IntN(2))
		}
		var g gate
		var a, free [][]float64
		var b, answers []float64
		var sets []*audit.Units
		for q := range 400 {
			u := roaring.New()
			row := make([]float64, people)
			for p := range uint32(people) {
				if r.IntN(2) == 0 {
					u.Add(p)
					row[p] = 1
				}
			}
			answer := math.Floor((dot(row, secret)+2)/5) * 5
			free, answers = append(free, row), append(answers, answer)
			if (q < 110 || len(sets) == 0) && g.admits(fmt.Sprint(q), u) {
				a, b, sets = append(a, row), append(b, answer), append(sets, u)
			}
		}
		for p := range uint32(people) {
			if apart(sets, people, p) < 1e-6 {
				t.Errorf("world %d: person %d is told by %d answers", world, p, len(sets))
			}
		}
		got := max(bits(leastSquares(a, b, nil), secret), bits(leastDeviations(a, b), secret))
		bare := bits(leastSquares(free, answers, nil), secret)
		t.Logf("reconstruction, world %d: %d of 110 answers leave, %d bits of %d read; without the audits, 400 answers, %d", world, len(sets), got, people, bare)
		read, total = read+got, total+people
		if bare < 90 {
			t.Errorf("without the audits %d bits are read: too weak to prove anything", bare)
		}
	}
	if read*100 > total*reconstructed {
		t.Errorf("%d of %d bits are read, want at most %d%%", read, total, reconstructed)
	}
}

// reconstructed is how many bits of a hundred the audited answers may give.
const reconstructed = 66

// business is a table whose cells are a few companies of very unequal size.
func business(r *rand.Rand, sizes ...int) (t *audit.Table, shares [][]int64) {
	t = &audit.Table{Sizes: sizes, Sensitive: make([]bool, len(sizes)), Ordered: make([]bool, len(sizes)), Measures: []audit.Kind{{}}}
	n, at := 1, uint32(0)
	for _, s := range sizes {
		n *= s
	}
	for range n {
		u, m := roaring.New(), audit.Measure{}
		var own []int64
		for range 3 + r.IntN(60) {
			v := int64(math.Exp(r.NormFloat64()*1.2+5)) + 1
			own = append(own, v)
			u.Add(at)
			at++
			m.Units++
			m.Total += v
			switch {
			case v > m.First:
				m.First, m.Second = v, m.First
			case v > m.Second:
				m.Second = v
			}
		}
		t.Cells, shares = append(t.Cells, audit.Cell{Units: u, Measures: []audit.Measure{m}}), append(shares, own)
	}
	return t, shares
}

func flags(found []audit.Finding, n int) []bool {
	out := make([]bool, n)
	for _, f := range found {
		out[f.Cell] = true
	}
	return out
}

// recovered is what an attacker who has every shown cell and every margin exactly can say of the hidden cells: least and most by linear
// programs.
func recovered(t *audit.Table, hidden []bool, value func(c int) float64) (low, high map[int]float64) {
	var cells []int
	at := map[int]int{}
	for c, h := range hidden {
		if h {
			at[c] = len(cells)
			cells = append(cells, c)
		}
	}
	var rows [][]float64
	var right []float64
	step := 1
	for k := len(t.Sizes) - 1; k >= 0; k-- {
		n := t.Sizes[k]
		for c := range t.Cells {
			if c/step%n != 0 {
				continue
			}
			row, sum := make([]float64, len(cells)), 0.0
			for v := range n {
				if i, h := at[c+v*step]; h {
					row[i] = 1
					sum += value(c + v*step)
				}
			}
			rows, right = append(rows, row), append(right, sum)
		}
		step *= n
	}
	a, b := independent(rows, right)
	low, high = map[int]float64{}, map[int]float64{}
	for i, c := range cells {
		goal := make([]float64, len(cells))
		if len(b) == len(cells) { // as many equations as unknowns: all is told
			low[c], high[c] = value(c), value(c)
			continue
		}
		goal[i] = 1
		least, _, err := lp.Simplex(goal, a, b, 1e-9, nil)
		goal[i] = -1
		most, _, err2 := lp.Simplex(goal, a, b, 1e-9, nil)
		if err != nil || err2 != nil {
			continue // counted by who asks
		}
		low[c], high[c] = least, -most
	}
	return low, high
}

// independent leaves out the equations that follow from others.
func independent(rows [][]float64, right []float64) (*mat.Dense, []float64) {
	var kept, reduced [][]float64
	var b []float64
	for i, row := range rows {
		rest := append([]float64(nil), row...)
		for _, k := range reduced {
			c := 0
			for math.Abs(k[c]) < 1e-9 {
				c++
			}
			if f := rest[c] / k[c]; f != 0 {
				for j := range rest {
					rest[j] -= f * k[j]
				}
			}
		}
		for _, v := range rest {
			if math.Abs(v) > 1e-9 {
				kept, reduced, b = append(kept, row), append(reduced, rest), append(b, right[i])
				break
			}
		}
	}
	a := mat.NewDense(len(kept), len(rows[0]), nil)
	for i, row := range kept {
		a.SetRow(i, row)
	}
	return a, b
}

// Secondary suppression: of tables in two and three dimensions an attacker who knows all margins solves for the cells that were hidden
// for their own sake, also those a reviewer struck. It passes when every one of them may be a tenth more and a tenth less than
// it is; with the primary cells hidden alone, many are told exactly.
func TestExact_Suppression(t *testing.T) {
	r := random(51)
	looked, exact, primaries := 0, 0, 0
	for round := range effort(25) {
		sizes := [][]int{{4, 5}, {3, 7}, {2, 3, 4}}[round%3]
		table, _ := business(r, sizes...)
		first := flags(audit.Primary(table, statistical), len(table.Cells))
		struck := r.IntN(len(table.Cells))
		first[struck] = true
		hidden, bare := audit.Suppress(table, first, statistical)
		if len(bare) > 0 || len(audit.Exposed(table, first, hidden, statistical)) > 0 {
			continue // blocked: nothing leaves
		}
		looked++
		for _, of := range []func(c int) float64{
			func(c int) float64 { return float64(table.Cells[c].Measures[0].Total) },
			func(c int) float64 { return float64(table.Cells[c].Units.GetCardinality()) },
		} {
			low, high := recovered(table, hidden, of)
			alone, aloneHigh := recovered(table, first, of)
			for c, p := range first {
				if !p {
					continue
				}
				primaries++
				x := of(c)
				if _, solved := low[c]; !solved {
					t.Fatalf("round %d: no program for cell %d", round, c)
				}
				if low[c] > 0.9*x+1e-6*x || high[c] < 1.1*x-1e-6*x {
					t.Errorf("round %d, cell %d holds %g and must be between %g and %g: told too closely", round, c, x, low[c], high[c])
				}
				if h, solved := aloneHigh[c]; solved && h-alone[c] < 1e-6*x {
					exact++
				}
			}
		}
	}
	t.Logf("suppression: %d tables left, %d hidden values; with primary suppression alone %d of them are told exactly", looked, primaries, exact)
	if looked < 8 || exact*20 < primaries {
		t.Errorf("%d tables left and %d of %d values are told without secondary suppression: too weak to prove anything", looked, exact, primaries)
	}
}

// Dominance: the second largest company of a shown cell takes its own figure off the total to estimate the largest. It passes when none
// comes within a tenth; in the table as it was, some do.
func TestExact_Dominance(t *testing.T) {
	r := random(61)
	shown, close, bare := 0, 0, 0
	for range effort(40) {
		table, shares := business(r, 4, 5)
		hidden := flags(audit.Primary(table, statistical), len(table.Cells))
		for c := range table.Cells {
			m := &table.Cells[c].Measures[0]
			estimate := float64(m.Total - m.Second)
			told := estimate < 1.1*float64(m.First)
			if told {
				bare++
			}
			if hidden[c] {
				continue
			}
			if shown++; told || len(shares[c]) < int(statistical.MinUnits) {
				close++
			}
		}
	}
	t.Logf("dominance: %d cells shown, %d tell a company to a tenth; without the rules %d", shown, close, bare)
	if close > 0 {
		t.Errorf("%d shown cells tell their largest company to a tenth", close)
	}
	if bare == 0 || shown == 0 {
		t.Error("too weak to prove anything")
	}
}

// Sums: the condition stands inside the sum, so that every cell has the same units. For each of forty people two sums of an amount
// that differ by that person, times any factor; then three sums of which a combination isolates three people. It passes when each pair
// is stopped and sums about crowds are not; compared by their cells alone they all pass.
func TestExact_Sums(t *testing.T) {
	const people, targets, k = 200, 40, 10
	r := random(43)
	everybody := roaring.New()
	everybody.AddRange(0, people)
	sum := func(factor int64, has func(u uint32) bool) []audit.Figure {
		parts := make([]int64, people)
		for u := range parts {
			if has(uint32(u)) {
				parts[u] = factor * int64(1000+7*u)
			}
		}
		return audit.NewFigures([]*audit.Units{everybody}, [][]int64{parts})
	}
	table := func(id string, f []audit.Figure) audit.Released {
		return audit.Released{ID: id, Cells: []*audit.Units{everybody}, Figures: f}
	}
	stopped, bare := 0, 0
	for target := range uint32(targets) {
		in := map[uint32]bool{}
		for u := uint32(targets); u < people; u++ {
			in[u] = r.IntN(2) == 0
		}
		with := table("with", sum(1+r.Int64N(9), func(u uint32) bool { return in[u] || u == target }))
		less := table("less", sum(-1-r.Int64N(9), func(u uint32) bool { return in[u] }))
		if found, _ := audit.Differences(with, []audit.Released{less}, k); len(found) > 0 {
			bare++
		}
		one := table("one", append(sum(1, func(u uint32) bool { return in[u] || u == target }), sum(2, func(u uint32) bool { return in[u] })...))
		if len(audit.SumDifferences(with, []audit.Released{less}, k)) > 0 && len(audit.SumDifferences(one, nil, k)) > 0 {
			stopped++
		}
	}
	if stopped != targets || bare != 0 {
		t.Errorf("%d of %d pairs of sums are stopped, %d by their cells alone", stopped, targets, bare)
	}
	half := func(u uint32) bool { return u < 100 }
	a := table("a", sum(1, func(u uint32) bool { return u < 103 }))
	b := table("b", sum(1, func(u uint32) bool { return u < 60 }))
	c := table("c", sum(3, func(u uint32) bool { return u >= 60 && u < 100 }))
	for i, list := range [][]audit.Released{{a, b, c}, {a, table("half", sum(1, half))}} {
		f := audit.NewFamily(audit.Shares(list))
		if found, _, looked := f.Solve(k); !looked || len(found) == 0 {
			t.Errorf("family %d: three people's amount is not seen in %d rows", i, len(f.Rows))
		}
	}
	if found := audit.SumDifferences(table("half", sum(1, half)), []audit.Released{table("all", sum(1, func(uint32) bool { return true })), b, c}, k); len(found) > 0 {
		t.Errorf("sums that differ by crowds are stopped: %+v", found)
	}
	f := audit.NewFamily(audit.Shares([]audit.Released{table("half", sum(1, half)), table("all", sum(1, func(uint32) bool { return true })), b}))
	if found, crowd, looked := f.Solve(k); !looked || len(found) > 0 || crowd.Numbers > 0 {
		t.Errorf("sums about crowds: solved %+v, crowd %+v", found, crowd)
	}
	t.Logf("sums: %d of %d pairs that isolate one person stopped, compared as cells %d", stopped, targets, bare)
}
