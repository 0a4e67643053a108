package release

import (
	"fmt"
	"math/big"
)

// ChoiceVector is the Agg of a vector that stands for one draw of the exponential mechanism with the scale Sigma: it
// costs what a Gaussian of that deviation costs.
const ChoiceVector = -2

// NewVector is a released vector that one unit moves by at most c altogether (in Euclidean length), with the least
// noise whose charge does not exceed rho.
func NewVector(agg int, c int64, rho Rho) (Vector, error) {
	if c < 1 || rho < 1 {
		return Vector{}, fmt.Errorf("a vector of sensitivity %d at a cost of %s", c, rho)
	}
	v := Vector{Agg: agg, C: c, Variance: variance(1, c, rho)}
	if agg == ChoiceVector {
		// The scale of a choice is a whole number.
		t := new(big.Int).Sqrt(ceilDiv(v.Variance.Num(), v.Variance.Denom()))
		for t.Cmp(big.NewInt(1)) < 0 || new(big.Rat).SetInt(new(big.Int).Mul(t, t)).Cmp(v.Variance) < 0 {
			t.Add(t, big.NewInt(1))
		}
		v.Variance = new(big.Rat).SetInt(t.Mul(t, t))
	}
	var err error
	v.Rho, err = charge(1, c, v.Variance)
	return v, err
}

// PlanOf adds up vectors that are not those of a model's own table: of a question of several tables, known by its hash.
func PlanOf(hash string, k, cells int, vectors ...Vector) Plan {
	p := Plan{Model: hash, Mechanism: Mechanism, L0: 1, K: k, Cells: cells, Vectors: vectors}
	for i := range vectors {
		p.Rho += vectors[i].Rho
	}
	return p
}
