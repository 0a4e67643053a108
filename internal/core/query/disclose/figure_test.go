package disclose

import (
	"math"
	"strings"
	"testing"

	"yunei/internal/core/query/release"
)

// TestFigure holds the figures that officials are shown: the reference's for continuous noise, and what discreteness adds.
func TestFigure(t *testing.T) {
	for _, c := range []struct {
		rho                     string
		membership, low, attrib float64
		level                   Level
	}{{"0.0244", 54.41, 56.22, 58.76, Low}, {"0.1366", 60.43, 64.58, 70.15, Medium}, {"0.7328", 74.15, 82.03, 90.25, High}} {
		rho, err := release.ParseRho(c.rho)
		if err != nil {
			t.Fatal(err)
		}
		f := NewFigure(rho, 0)
		mu := math.Sqrt(2 * rho.Float())
		if f.Membership < phi(mu/2) || f.AttributeLow < phi(mu/math.Sqrt2) || f.Attribute < phi(mu) {
			t.Errorf("rho %s: the figure is below that of continuous noise", c.rho)
		}
		for name, pair := range map[string][2]float64{"membership": {f.Membership, c.membership}, "attribute from": {f.AttributeLow, c.low}, "attribute to": {f.Attribute, c.attrib}} {
			if math.Abs(100*pair[0]-pair[1]) > 0.006 {
				t.Errorf("rho %s: %s is guessed in %.2f%%, want %.1f%%", c.rho, name, 100*pair[0], pair[1])
			}
		}
		if f.Level != c.level || !strings.HasPrefix(f.Sentence, string(c.level)) {
			t.Errorf("rho %s: level %s (%s), want %s", c.rho, f.Level, f.Sentence, c.level)
		}
		if s := NewFigure(rho, release.SelectDelta); s.Membership < f.Membership || math.Abs(s.Membership-0.5-0.5*math.Sqrt(rho.Float()/2)) > 1e-7 {
			t.Errorf("rho %s with a selection: %.3f%%", c.rho, 100*s.Membership)
		}
	}
	if f := NewFigure(0, 0); f.Membership != 0.5 {
		t.Errorf("nothing released gives a guess rate of %v", f.Membership)
	}
}

// lattice is the exact discrete Gaussian of a variance, up to float rounding.
func lattice(variance float64) (mass []float64, reach int) {
	reach = int(14*math.Sqrt(variance)) + 30
	mass = make([]float64, 2*reach+1)
	sum := 0.0
	for i := range mass {
		y := float64(i - reach)
		mass[i] = math.Exp(-y * y / (2 * variance))
		sum += mass[i]
	}
	for i := range mass {
		mass[i] /= sum
	}
	return mass, reach
}

// TestFigure_BoundsEveryVector: the trade between both kinds of error, at every threshold and for every distance C that
// one person moves a count, is no better for the attacker than that of the Gaussian behind the figure. A Gaussian's trade
// is convex, so what holds at the thresholds holds between them.
func TestFigure_BoundsEveryVector(t *testing.T) {
	last := 0.0
	for _, rho := range []float64{1e-4, 1e-3, 5e-3, 0.0244, 0.06, 0.1366, 0.3, 0.7328, 1.5, 3} {
		mu := 2 * quantile(0.5+noiseless(rho)/2)
		if ratio := mu * mu / (2 * rho); ratio < last-1e-9 || ratio < 1 {
			t.Errorf("rho %v: the bound grows by %v per rho, less than for a smaller rho (%v)", rho, ratio, last)
		} else {
			last = ratio // so the whole spent on one vector is the worst of all splits
		}
		for _, c := range []int{1, 2, 3, 5, 8} {
			mass, reach := lattice(float64(c*c) / (2 * rho))
			if c == 1 && math.Abs(mass[reach]-noiseless(rho)) > 1e-12 {
				t.Errorf("rho %v: no noise with probability %v, the series says %v", rho, mass[reach], noiseless(rho))
			}
			below := make([]float64, len(mass)+1) // P(noise < i - reach)
			for i, p := range mass {
				below[i+1] = below[i] + p
			}
			for i := c; i < len(below); i++ {
				// say "present" from i on: without the person wrong with 1-F(i), with the person with F(i-c)
				alpha, beta := 1-below[i], below[i-c]
				if alpha < 1e-10 || beta < 1e-10 {
					continue
				}
				if edge := quantile(1-alpha) - quantile(beta); edge > mu+1e-6 {
					t.Errorf("rho %v, C %d, threshold %d: worth %v, the figure allows %v", rho, c, i-reach, edge, mu)
				}
			}
		}
	}
}
