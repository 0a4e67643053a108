package noise

import (
	"fmt"
	"math"
	"math/big"
	"math/bits"
)

// Fraction is a positive rational: a variance or a scale.
type Fraction struct {
	Num uint64 `json:"num"`
	Den uint64 `json:"den"`
}

func (f Fraction) String() string {
	if f.Den == 1 {
		return fmt.Sprint(f.Num)
	}
	return fmt.Sprintf("%d/%d", f.Num, f.Den)
}

// Float is the value for display and for the display rule, never for a draw.
func (f Fraction) Float() float64 { return float64(f.Num) / float64(f.Den) }

func (f Fraction) check(what string) {
	if f.Num == 0 || f.Den == 0 {
		panic("noise: " + what + " must be positive, got " + f.String())
	}
}

// DiscreteLaplace draws y with probability proportional to exp(-|y|/scale)
// (algorithm 2 of the paper). A draw beyond int64, which needs more than 2^20
// coins of exp(-1) in a row to come true, is returned as the nearest int64.
func (s *Source) DiscreteLaplace(scale Fraction) int64 {
	scale.check("scale")
	for {
		y, over := s.magnitude(scale.Num, scale.Den)
		if over {
			y = math.MaxInt64
		}
		negative := s.bit()
		if negative && y == 0 {
			continue // zero would otherwise be drawn twice as often
		}
		if negative {
			return -int64(y)
		}
		return int64(y)
	}
}

// magnitude draws |y| for a discrete Laplace of scale t/d before the sign.
func (s *Source) magnitude(t, d uint64) (y uint64, over bool) {
	var u uint64
	for {
		u = s.below(t)
		if s.expMinus(wide{0, u}, wide{0, t}) {
			break
		}
	}
	v := uint64(0)
	for s.expMinusOne() {
		v++
	}
	x := mul64(t, v)
	lo, carry := bits.Add64(x.lo, u, 0)
	x = wide{x.hi + carry, lo}
	if x.hi >= d {
		return 0, true
	}
	q, _ := bits.Div64(x.hi, x.lo, d)
	return q, q > math.MaxInt64
}

// DiscreteGaussian draws y with probability proportional to
// exp(-y^2/(2*variance)) (algorithm 3 of the paper). Released with sensitivity C
// in each of L0 cells it satisfies (L0*C^2/(2*variance))-zCDP exactly.
func (s *Source) DiscreteGaussian(variance Fraction) int64 {
	variance.check("variance")
	t := floorSqrt(variance.Num/variance.Den) + 1 // floor(sigma) + 1
	for {
		y := s.DiscreteLaplace(Fraction{t, 1})
		if s.acceptGaussian(y, t, variance) {
			return y
		}
	}
}

// MaxSigmaBits bounds the standard deviation a Gaussian sampler accepts, so that a draw
// does not reach the ends of int64.
const MaxSigmaBits = 54

// Gaussian prepares draws of the discrete Gaussian with a variance of any size below
// 2^(2*MaxSigmaBits), as DiscreteGaussian for what fits 64 bits.
func (s *Source) Gaussian(variance *big.Rat) (draw func() int64, err error) {
	if variance.Sign() <= 0 {
		return nil, fmt.Errorf("noise: variance %v is not positive", variance)
	}
	n, d := variance.Num(), variance.Denom()
	whole := new(big.Int).Quo(n, d)
	if whole.BitLen() > 2*MaxSigmaBits {
		return nil, fmt.Errorf("noise: variance %v is too large", variance)
	}
	if n.IsUint64() && d.IsUint64() {
		v := Fraction{n.Uint64(), d.Uint64()}
		return func() int64 { return s.DiscreteGaussian(v) }, nil
	}
	t := whole.Sqrt(whole).Uint64() + 1
	return func() int64 {
		for {
			y := s.DiscreteLaplace(Fraction{t, 1})
			if s.acceptBig(y, t, n, d) {
				return y
			}
		}
	}, nil
}

// acceptGaussian is true with probability exp(-(|y| - v/t)^2 / (2v)), v = n/d,
// which over the common denominator is exp(-(|y|*d*t - n)^2 / (2*n*d*t^2)).
func (s *Source) acceptGaussian(y int64, t uint64, v Fraction) bool {
	a := uint64(y)
	if y < 0 {
		a = -a
	}
	dt := mul64(v.Den, t)
	if dt.hi == 0 {
		x := mul64(a, dt.lo)
		if x.hi == 0 {
			diff := x.lo - v.Num
			if x.lo < v.Num {
				diff = v.Num - x.lo
			}
			den, ok := mul64(v.Num, 2).times(dt.lo)
			if ok {
				den, ok = den.times(t)
			}
			if ok {
				return s.expMinus(mul64(diff, diff), den)
			}
		}
	}
	return s.acceptBig(y, t, new(big.Int).SetUint64(v.Num), new(big.Int).SetUint64(v.Den))
}

func (s *Source) acceptBig(y int64, t uint64, n, d *big.Int) bool {
	tb, num := new(big.Int).SetUint64(t), big.NewInt(y)
	num.Abs(num)
	num.Mul(num, d).Mul(num, tb).Sub(num, n)
	num.Mul(num, num)
	den := new(big.Int).Lsh(n, 1)
	den.Mul(den, d).Mul(den, tb).Mul(den, tb)
	return s.expMinusLarge(num, den)
}

// floorSqrt is the largest r with r*r <= n.
func floorSqrt(n uint64) uint64 {
	r := uint64(math.Sqrt(float64(n)))
	// The float is a guess; the integers decide.
	for r > 0 && (r > math.MaxUint32 || r*r > n) {
		r--
	}
	for r < math.MaxUint32 && (r+1)*(r+1) <= n {
		r++
	}
	return r
}

// Choose draws an index with probability proportional to exp(score/scale): the exponential mechanism without a
// float. A candidate is drawn uniformly and kept with probability exp(-(best-score)/scale), so that no more
// candidates are tried on average than there are. With scores that one unit moves by at most C each it is
// (2C/scale)-differentially private and costs C^2/(2*scale^2) of zCDP (bounded range, Cesar and Rogers 2021).
func (s *Source) Choose(scores []int64, scale uint64) int {
	Fraction{scale, 1}.check("scale")
	best := big.NewInt(scores[0])
	for _, q := range scores[1:] {
		if x := big.NewInt(q); x.Cmp(best) > 0 {
			best = x
		}
	}
	over := new(big.Int).SetUint64(scale)
	for {
		i := int(s.below(uint64(len(scores))))
		below := big.NewInt(scores[i])
		if s.expMinusLarge(below.Sub(best, below), over) {
			return i
		}
	}
}
