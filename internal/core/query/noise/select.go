package noise

import (
	"fmt"
	"math/big"
)

// Selection decides which groups of a private domain are shown (分组遴选): Keep(n) for a group of n units is true with the
// greatest probability that any (epsilon, delta)-differentially private mechanism could give it (Desfontaines, Voss,
// Gipson and Mandayam, "Differentially private partition selection", 2022, the truncated geometric mechanism):
//
//	p(0) = 0
//	p(n) = min(e^eps p(n-1) + delta, 1 - e^-eps (1 - p(n-1) - delta), 1)
//
// The probabilities are kept as multiples of 2^-128, rounded down, with e^eps from below: both recursions bound p(n)
// from above by what p(n-1) is, so a smaller p(n) keeps them true, and the table is monotone. A coin is then thrown
// exactly against the table's entry.
type Selection struct {
	p []*big.Int // numerators over 2^selectionBits, from n = 0 to the first that is 1
}

const selectionBits = 128

// maxSelection bounds the table; an epsilon that needs a longer one asks for groups larger than any city's street.
const maxSelection = 1 << 20

// NewSelection makes the table. One unit is in one group; who is in L0 groups divides epsilon and delta by L0 first.
func NewSelection(epsilon, delta *big.Rat) (*Selection, error) {
	one := new(big.Int).Lsh(big.NewInt(1), selectionBits)
	if epsilon.Sign() <= 0 || epsilon.Cmp(big.NewRat(16, 1)) > 0 {
		return nil, fmt.Errorf("noise: epsilon %v is not in (0, 16]", epsilon)
	}
	d := floorBits(delta)
	if d.Sign() <= 0 || delta.Cmp(big.NewRat(1, 2)) > 0 {
		return nil, fmt.Errorf("noise: delta %v is not in [2^-%d, 1/2]", delta, selectionBits)
	}
	e := expBelow(epsilon) // of e^eps, times 2^selectionBits
	// e^-eps from above, times 2^selectionBits
	inverse := new(big.Int).Lsh(one, selectionBits)
	inverse, _ = inverse.Add(inverse, e).Sub(inverse, big.NewInt(1)).QuoRem(inverse, e, new(big.Int))
	s := &Selection{p: []*big.Int{new(big.Int)}}
	for last := s.p[0]; last.Cmp(one) < 0; last = s.p[len(s.p)-1] {
		if len(s.p) > maxSelection {
			return nil, fmt.Errorf("noise: epsilon %v is too small to show groups of fewer than %d units", epsilon, maxSelection)
		}
		up := new(big.Int).Mul(e, last)
		up.Rsh(up, selectionBits).Add(up, d)
		down := new(big.Int).Sub(one, last)
		if down.Sub(down, d); down.Sign() < 0 {
			down.SetInt64(0)
		}
		down.Mul(down, inverse)
		// rounded up, because it is taken away
		down.Add(down, new(big.Int).Sub(one, big.NewInt(1))).Rsh(down, selectionBits)
		down.Sub(one, down)
		next := up
		if down.Cmp(next) < 0 {
			next = down
		}
		if next.Cmp(one) > 0 {
			next = one
		}
		s.p = append(s.p, next)
	}
	return s, nil
}

// Probability is the chance that a group of n units is shown.
func (s *Selection) Probability(n int64) *big.Rat {
	return new(big.Rat).SetFrac(s.at(n), new(big.Int).Lsh(big.NewInt(1), selectionBits))
}

// Least is the fewest units at which a group is shown with at least the given probability.
func (s *Selection) Least(probability *big.Rat) int64 {
	for n := range s.p {
		if s.Probability(int64(n)).Cmp(probability) >= 0 {
			return int64(n)
		}
	}
	return int64(len(s.p) - 1)
}

func (s *Selection) at(n int64) *big.Int {
	if n < 0 {
		n = 0
	}
	return s.p[min(n, int64(len(s.p)-1))]
}

// Keep throws the coin for a group of n units.
func (s *Source) Keep(sel *Selection, n int64) bool {
	p := sel.at(n)
	if p.Sign() == 0 {
		return false
	}
	return s.coinBig(p, new(big.Int).Lsh(big.NewInt(1), selectionBits))
}

func floorBits(r *big.Rat) *big.Int {
	n := new(big.Int).Lsh(r.Num(), selectionBits)
	return n.Quo(n, r.Denom())
}

// expBelow is e^x * 2^selectionBits from below, for 0 < x <= 16: the terms of the series, each rounded down.
func expBelow(x *big.Rat) *big.Int {
	const guard = 64
	sum, term := new(big.Int), new(big.Int).Lsh(big.NewInt(1), selectionBits+guard)
	for k := int64(1); term.Sign() > 0; k++ {
		sum.Add(sum, term)
		term.Mul(term, x.Num()).Quo(term, new(big.Int).Mul(x.Denom(), big.NewInt(k)))
	}
	return sum.Rsh(sum, guard)
}
