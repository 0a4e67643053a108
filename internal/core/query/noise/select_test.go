package noise

import (
	"math"
	"math/big"
	"testing"
)

func rat(t *testing.T, s string) *big.Rat {
	t.Helper()
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		t.Fatal(s)
	}
	return r
}

func selection(t *testing.T, epsilon, delta string, l0 int64) *Selection {
	t.Helper()
	per := func(s string) *big.Rat { return new(big.Rat).Quo(rat(t, s), big.NewRat(l0, 1)) }
	s, err := NewSelection(per(epsilon), per(delta))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestSelectionThresholds are the reference figures: no mechanism shows a smaller group more often.
func TestSelectionThresholds(t *testing.T) {
	for _, c := range []struct {
		epsilon      string
		half, nearly int64
	}{{"1", 19, 25}, {"0.5", 35, 47}} {
		s := selection(t, c.epsilon, "1e-8", 1)
		if half, nearly := s.Least(rat(t, "0.5")), s.Least(rat(t, "0.999")); half != c.half || nearly != c.nearly {
			t.Errorf("epsilon %s: 50%% at %d and 99.9%% at %d units, want %d and %d", c.epsilon, half, nearly, c.half, c.nearly)
		}
	}
	// In three groups at a time the optimum must stay below Laplace's 57.5 and Gauss' 54.5.
	if half := selection(t, "1", "1e-8", 3).Least(rat(t, "0.5")); half != 54 {
		t.Errorf("L0 = 3: 50%% at %d units", half)
	}
	if s := selection(t, "1", "1e-8", 1); s.Probability(0).Sign() != 0 || s.Probability(-3).Sign() != 0 || s.Probability(1).Cmp(rat(t, "1e-8")) > 0 {
		t.Errorf("an empty group or one of a single unit is shown too often: %v, %v", s.Probability(0), s.Probability(1))
	}
}

// TestSelectionIsPrivate holds every neighbor pair of the table against the definition, with e^eps from below by more
// digits than the table uses: what holds there holds for e^eps itself.
func TestSelectionIsPrivate(t *testing.T) {
	one := big.NewRat(1, 1)
	for _, c := range []struct{ epsilon, delta string }{{"1", "1e-8"}, {"0.1", "1e-9"}, {"0.013", "1e-10"}, {"4", "1e-6"}, {"0.7", "0.2"}} {
		s, eps, delta := selection(t, c.epsilon, c.delta, 1), rat(t, c.epsilon), rat(t, c.delta)
		e := new(big.Rat).SetFrac(expBelow(eps), new(big.Int).Lsh(big.NewInt(1), selectionBits))
		holds := func(p, q *big.Rat) bool { // p <= e^eps q + delta
			return p.Cmp(new(big.Rat).Add(new(big.Rat).Mul(e, q), delta)) <= 0
		}
		not := func(p *big.Rat) *big.Rat { return new(big.Rat).Sub(one, p) }
		for n := int64(1); n < int64(len(s.p)); n++ {
			p, q := s.Probability(n), s.Probability(n-1)
			if p.Cmp(q) < 0 || !holds(p, q) || !holds(not(q), not(p)) || !holds(q, p) || !holds(not(p), not(q)) {
				t.Fatalf("epsilon %s delta %s: p(%d) = %v after %v", c.epsilon, c.delta, n, p, q)
			}
		}
		if s.Probability(int64(len(s.p))).Cmp(one) != 0 {
			t.Errorf("epsilon %s: a large group is not certain", c.epsilon)
		}
	}
	for _, bad := range [][2]string{{"0", "1e-8"}, {"-1", "1e-8"}, {"17", "1e-8"}, {"1", "0"}, {"1", "0.6"}, {"1e-9", "1e-8"}} {
		if _, err := NewSelection(rat(t, bad[0]), rat(t, bad[1])); err == nil {
			t.Errorf("epsilon %s delta %s was accepted", bad[0], bad[1])
		}
	}
}

// TestSelectionDraws compares draws with the table, each size of group by itself: the sum of squared deviations is a
// chi-square with as many degrees as sizes. A correct sampler passes five standard deviations about once in a million.
func TestSelectionDraws(t *testing.T) {
	const draws = 40_000
	src, s := New(), selection(t, "1", "1e-4", 1)
	stat, sizes := 0.0, 0.0
	for n := int64(-1); n < 30; n++ {
		kept := 0.0
		for range draws {
			if src.Keep(s, n) {
				kept++
			}
		}
		p, _ := s.Probability(n).Float64()
		if p == 0 || p == 1 {
			if kept != p*draws {
				t.Errorf("%d units: kept %v of %d, the probability is %v", n, kept, draws, p)
			}
			continue
		}
		if spread := draws * p * (1 - p); spread >= 10 {
			stat += (kept - draws*p) * (kept - draws*p) / spread
			sizes++
		}
	}
	if z := (math.Cbrt(stat/sizes) - (1 - 2/(9*sizes))) / math.Sqrt(2/(9*sizes)); z > 5 || sizes < 10 {
		t.Errorf("chi-square %.1f over %v sizes: %.1f standard deviations", stat, sizes, z)
	}
}
