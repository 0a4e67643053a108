package release

import (
	"fmt"
	"math/big"
	"strings"
)

// Rho is an amount of zero-concentrated differential privacy in units of 10^-12, the
// currency of the disclosure ledger (披露额度). Costs are rounded up, never down.
type Rho int64

// RhoUnit is one whole rho.
const RhoUnit = 1_000_000_000_000

// ParseRho reads a decimal such as 0.005. More than twelve places are an error.
func ParseRho(s string) (Rho, error) {
	r, ok := new(big.Rat).SetString(s)
	if !ok || strings.ContainsAny(s, "/eEpP_xX") {
		return 0, fmt.Errorf("%q is not a decimal number", s)
	}
	r.Mul(r, big.NewRat(RhoUnit, 1))
	if !r.IsInt() || !r.Num().IsInt64() || r.Sign() < 0 {
		return 0, fmt.Errorf("%q has more than twelve decimal places or is out of range", s)
	}
	return Rho(r.Num().Int64()), nil
}

func (r Rho) String() string {
	whole, rest := r/RhoUnit, r%RhoUnit
	sign := ""
	if r < 0 {
		sign, whole, rest = "-", -whole, -rest
	}
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%s%d.%012d", sign, whole, rest), "0"), ".")
}

// Float is for display.
func (r Rho) Float() float64 { return float64(r) / RhoUnit }

// charge is the cost of one vector: ceil(10^12 * l0 * c^2 / (2*variance)).
func charge(l0 int, c int64, variance *big.Rat) (Rho, error) {
	if variance.Sign() <= 0 {
		return 0, fmt.Errorf("variance %v is not positive", variance)
	}
	num := new(big.Int).Mul(big.NewInt(c), big.NewInt(c))
	num.Mul(num, big.NewInt(int64(l0))).Mul(num, big.NewInt(RhoUnit)).Mul(num, variance.Denom())
	den := new(big.Int).Lsh(variance.Num(), 1)
	cost := ceilDiv(num, den)
	if !cost.IsInt64() {
		return 0, fmt.Errorf("a cost of %v does not fit the ledger", cost)
	}
	return Rho(cost.Int64()), nil
}

// variance is the least variance, on a grid, whose charge does not exceed rho. The grid
// keeps the fractions short: 2^-10 below 2^40, whole numbers below 2^63, and above that
// multiples of a power of two that lose less than one part in 2^62.
func variance(l0 int, c int64, rho Rho) *big.Rat {
	num := new(big.Int).Mul(big.NewInt(c), big.NewInt(c))
	num.Mul(num, big.NewInt(int64(l0))).Mul(num, big.NewInt(RhoUnit))
	den := big.NewInt(2 * int64(rho))
	bits := num.BitLen() - den.BitLen()
	switch {
	case bits < 40:
		return new(big.Rat).SetFrac(ceilDiv(num.Lsh(num, 10), den), big.NewInt(1<<10))
	case bits < 62:
		return new(big.Rat).SetInt(ceilDiv(num, den))
	}
	shift := uint(bits - 61)
	v := ceilDiv(num, den.Lsh(den, shift))
	return new(big.Rat).SetInt(v.Lsh(v, shift))
}

func ceilDiv(a, b *big.Int) *big.Int {
	q, r := new(big.Int).QuoRem(a, b, new(big.Int))
	if r.Sign() > 0 {
		q.Add(q, big.NewInt(1))
	}
	return q
}
