package noise

import (
	"fmt"
	"math"
	"math/big"
	"testing"
)

// gaussianMass is the exact distribution (up to float rounding) on [-reach, reach].
func gaussianMass(v float64, reach int) []float64 {
	return mass(reach, func(y float64) float64 { return math.Exp(-y * y / (2 * v)) })
}

func laplaceMass(t float64, reach int) []float64 {
	return mass(reach, func(y float64) float64 { return math.Exp(-math.Abs(y) / t) })
}

func mass(reach int, f func(float64) float64) []float64 {
	m, sum := make([]float64, 2*reach+1), 0.0
	for i := range m {
		m[i] = f(float64(i - reach))
		sum += m[i]
	}
	for i := range m {
		m[i] /= sum
	}
	return m
}

// chiSquare pools the tails until every bin expects at least ten draws and
// returns the statistic in standard deviations of its own distribution.
func chiSquare(draws []int64, m []float64) (z float64) {
	reach, n := len(m)/2, float64(len(draws))
	seen := make([]float64, len(m))
	for _, d := range draws {
		seen[max(0, min(len(m)-1, int(d)+reach))]++
	}
	var stat, expect, got float64
	bins := 0
	for i := range m {
		expect += m[i] * n
		got += seen[i]
		if expect >= 10 {
			stat += (got - expect) * (got - expect) / expect
			bins, expect, got = bins+1, 0, 0
		}
	}
	if expect > 0 {
		stat += (got - expect) * (got - expect) / expect
	}
	// Wilson and Hilferty: the cube root of a chi-square is close to normal.
	df := float64(bins - 1)
	return (math.Cbrt(stat/df) - (1 - 2/(9*df))) / math.Sqrt(2/(9*df))
}

// TestDistribution compares draws with the exact distribution. A correct sampler
// exceeds five standard deviations of the chi-square about once in a million runs.
func TestDistribution(t *testing.T) {
	const n = 200_000
	for _, v := range []Fraction{{1, 3}, {1, 1}, {7, 2}, {100, 1}, {2500, 1}, {1 << 20, 1 << 10}} {
		t.Run("gaussian "+v.String(), func(t *testing.T) {
			t.Parallel()
			s, draws := New(), make([]int64, n)
			for i := range draws {
				draws[i] = s.DiscreteGaussian(v)
			}
			m := gaussianMass(v.Float(), int(12*math.Sqrt(v.Float()))+8)
			checkDraws(t, draws, m)
		})
	}
	for _, sc := range []Fraction{{1, 2}, {1, 1}, {5, 2}, {20, 1}, {1000, 30}} {
		t.Run("laplace "+sc.String(), func(t *testing.T) {
			t.Parallel()
			s, draws := New(), make([]int64, n)
			for i := range draws {
				draws[i] = s.DiscreteLaplace(sc)
			}
			m := laplaceMass(sc.Float(), int(40*sc.Float())+8)
			checkDraws(t, draws, m)
		})
	}
}

func checkDraws(t *testing.T, draws []int64, m []float64) {
	t.Helper()
	if z := chiSquare(draws, m); math.Abs(z) > 5 {
		t.Errorf("chi-square is %.1f standard deviations off, want within 5", z)
	}
	var want, fourth, got, mean float64
	for i, p := range m {
		y := float64(i - len(m)/2)
		want += p * y * y
		fourth += p * y * y * y * y
	}
	for _, d := range draws {
		got += float64(d) * float64(d)
		mean += float64(d)
	}
	n := float64(len(draws))
	got, mean = got/n, mean/n
	if sd := math.Sqrt((fourth - want*want) / n); math.Abs(got-want) > 5*sd {
		t.Errorf("variance %.4f, want %.4f within %.4f", got, want, 5*sd)
	}
	if sd := math.Sqrt(want / n); math.Abs(mean) > 5*sd {
		t.Errorf("mean %.4f, want 0 within %.4f", mean, 5*sd)
	}
}

// TestCoin throws coins whose fractions sit in each of the paths: words, two
// words, big integers.
func TestCoin(t *testing.T) {
	const n = 100_000
	s := New()
	third := wide{0x5555555555555555, 0x5555555555555555}
	whole := wide{0xffffffffffffffff, 0xffffffffffffffff}
	for _, c := range []struct {
		name string
		toss func() bool
		want float64
	}{
		{"2/7", func() bool { return s.coin(wide{0, 2}, wide{0, 7}) }, 2.0 / 7},
		{"third of 128 bits", func() bool { return s.coin(third, whole) }, 1.0 / 3},
		{"big 5/8", func() bool { return s.coinBig(big.NewInt(5), big.NewInt(8)) }, 5.0 / 8},
		{"one in 3", func() bool { return s.oneIn(3) }, 1.0 / 3},
		{"one in 70000 shown as 1-p", func() bool { return !s.oneIn(70000) }, 1 - 1.0/70000},
		{"exp(-1)", s.expMinusOne, math.Exp(-1)},
		{"exp(-2/5)", func() bool { return s.expMinus(wide{0, 2}, wide{0, 5}) }, math.Exp(-.4)},
		{"exp(-7/3)", func() bool { return s.expMinus(wide{0, 7}, wide{0, 3}) }, math.Exp(-7.0 / 3)},
		{"exp(-1/3) of 128 bits", func() bool { return s.expMinus(third, whole) }, math.Exp(-1.0 / 3)},
		{"exp(-7/3) big", func() bool { return s.expMinusLarge(big.NewInt(7), big.NewInt(3)) }, math.Exp(-7.0 / 3)},
	} {
		hits := 0
		for range n {
			if c.toss() {
				hits++
			}
		}
		got, sd := float64(hits)/n, math.Sqrt(c.want*(1-c.want)/n)
		if math.Abs(got-c.want) > 5*sd {
			t.Errorf("%s: %.4f of the throws came true, want %.4f within %.4f", c.name, got, c.want, 5*sd)
		}
	}
}

// fixed replays bytes, then zeros.
type fixed []byte

func (f *fixed) Read(p []byte) (int, error) {
	clear(p)
	n := copy(p, *f)
	*f = (*f)[n:]
	return len(p), nil
}

// TestCoin_Undecided feeds the one 64-bit word that leaves 1/3 open: the rest of
// the bits must decide, exactly.
func TestCoin_Undecided(t *testing.T) {
	open := []byte{0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55} // floor(2^64/3)
	for _, c := range []struct {
		next byte
		want bool
	}{{0x00, true}, {0xff, false}} {
		f := append(fixed(nil), open...)
		for range 8 {
			f = append(f, c.next)
		}
		if got := newFrom(&f).coin(wide{0, 1}, wide{0, 3}); got != c.want {
			t.Errorf("bits 0x5555555555555555 then 0x%02x…: got %v, want %v", c.next, got, c.want)
		}
	}
}

// TestBig checks that variances too large for machine words still have the right spread.
func TestBig(t *testing.T) {
	for _, v := range []Fraction{{1 << 62, 1}, {1<<63 + 12345, 1 << 20}, {1 << 45, 1 << 10}} {
		s, sum := New(), 0.0
		const n = 4000
		for range n {
			y := float64(s.DiscreteGaussian(v))
			sum += y * y / v.Float()
		}
		if got := sum / n; math.Abs(got-1) > 5*math.Sqrt(2.0/n) {
			t.Errorf("variance %v: measured/wanted = %.3f, want 1 within %.3f", v, got, 5*math.Sqrt(2.0/n))
		}
	}
}

// TestGaussian_AnySize takes the same checks across the border of 64 bits.
func TestGaussian_AnySize(t *testing.T) {
	for _, v := range []string{"100", "25/2", "1267650600228229401496703205376", "1267650600228229401496703205377/3"} {
		variance, _ := new(big.Rat).SetString(v)
		want, _ := variance.Float64()
		draw, err := New().Gaussian(variance)
		if err != nil {
			t.Fatal(err)
		}
		const n = 4000
		sum := 0.0
		for range n {
			y := float64(draw())
			sum += y * y / want
		}
		if got := sum / n; math.Abs(got-1) > 5*math.Sqrt(2.0/n) {
			t.Errorf("variance %s: measured/wanted = %.3f, want 1 within %.3f", v, got, 5*math.Sqrt(2.0/n))
		}
	}
	for _, v := range []*big.Rat{new(big.Rat), big.NewRat(-1, 2), new(big.Rat).SetInt(new(big.Int).Lsh(big.NewInt(1), 2*MaxSigmaBits))} {
		if _, err := New().Gaussian(v); err == nil {
			t.Errorf("variance %v was accepted", v)
		}
	}
}

func TestFloorSqrt(t *testing.T) {
	for _, n := range []uint64{0, 1, 2, 3, 4, 24, 25, 26, 1<<32 - 1, 1 << 32, 1<<62 - 1, 1 << 62, math.MaxUint64} {
		want := new(big.Int).Sqrt(new(big.Int).SetUint64(n)).Uint64()
		if got := floorSqrt(n); got != want {
			t.Errorf("floorSqrt(%d) = %d, want %d", n, got, want)
		}
	}
}

func TestZeroVariancePanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("variance 0 gave a noiseless figure, want a panic")
		}
	}()
	New().DiscreteGaussian(Fraction{0, 1})
}

func BenchmarkDiscreteGaussian(b *testing.B) {
	for _, v := range []Fraction{{100, 1}, {36_000_000_000_000, 1}, {72_345_678, 1 << 10}} {
		b.Run(fmt.Sprint(v), func(b *testing.B) {
			s := New()
			for b.Loop() {
				s.DiscreteGaussian(v)
			}
		})
	}
}

func BenchmarkDiscreteLaplace(b *testing.B) {
	s := New()
	for b.Loop() {
		s.DiscreteLaplace(Fraction{20, 1})
	}
}
