package interp

import (
	"math"
	"strings"

	"yunei/internal/core/query"
)

// Sqrt is the square root of n*10^-scale to the given places, half up, and null below zero. 2*places is scale at least.
// The float only proposes: it is off by less than one below 2^62.
func Sqrt(n int64, scale, places int) (root int64, null bool) {
	v := n * query.Pow10(2*places-scale)
	if n < 0 || v < 0 {
		return 0, true
	}
	r := int64(math.Round(math.Sqrt(float64(v))))
	switch {
	case v > r*r+r:
		r++
	case v <= r*r-r:
		r--
	}
	return r, false
}

// Ln is the natural logarithm of n*10^-scale to the given places, off by one unit of the last at most; null where n is
// not positive. n is m*10^(digits-18) with m of 18 digits; the first two digits of m choose a logarithm from the table,
// and 2*artanh(z) = ln(1 + rest/first two) is its series to the fifth power.
func Ln(n int64, scale, places int) (ln int64, null bool) {
	if n <= 0 {
		return 0, true
	}
	m, digits := n, int64(18)
	for ; m < query.Pow10(17); digits-- {
		m *= 10
	}
	if m >= query.Pow10(18) {
		m, digits = m/10, 19
	}
	i := m / query.Pow10(16)
	rest := m % query.Pow10(16)
	z := rest * 100 / ((2*i*query.Pow10(16) + rest) / query.Pow10(8))
	z2 := z * z / lnUnit
	z3 := z2 * z / lnUnit
	z5 := z2 * z3 / lnUnit
	v := query.LnTable[i-10] + 2*z + 2*z3/3 + 2*z5/5 + (digits-1-int64(scale))*query.Ln10
	return divide(v, 1, query.Pow10(10-places), 1), false
}

// lnUnit is one in the units of 10^-10 that Ln and Exp calculate with.
const lnUnit = 10_000_000_000

// Exp is e to the power n*10^-scale to the given places, to one part in 10^8 or one unit of the last place. Above
// query.ExpMost, which the guard proves is not reached, it stays where it is.
func Exp(n int64, scale, places int) int64 {
	unit := query.Pow10(15 - scale)
	below := int64(1+places) * query.Ln10Exp // e^-below is a tenth of one unit of the last place
	n = min(max(n, -(below/unit)), query.ExpMost(places)*query.Pow10(scale))
	y := n*unit + below
	k, rest := y/query.Ln10Exp, y%query.Ln10Exp
	u := rest % query.ExpStep / 100_000
	u2 := u * u / lnUnit
	u3 := u2 * u / lnUnit
	u4 := u2 * u2 / lnUnit
	mantissa := query.ExpTable[rest/query.ExpStep] * ((lnUnit + u + u2/2 + u3/6 + u4/24) / 10)
	d := query.Pow10(int(18 - k))
	return (mantissa + d/2) / d
}

func transcendental(e *query.Expr, a number) number {
	scale, places := e.Args[0].Type.Scale, e.Type.Scale
	of := Sqrt
	switch e.Op {
	case query.OpLn:
		of = Ln
	case query.OpExp:
		of = func(n int64, scale, places int) (int64, bool) { return Exp(n, scale, places), false }
	}
	return func(f *frame) (int64, bool) {
		x, null := a(f)
		if null {
			return 0, true
		}
		return of(x, scale, places)
	}
}

// toNumber reads -?[0-9]{1,12}(\.[0-9]{1,places})? and nothing else.
func toNumber(s string, places int) (n int64, ok bool) {
	body, negative := strings.CutPrefix(s, "-")
	whole, fraction, point := strings.Cut(body, ".")
	if len(whole) < 1 || len(whole) > query.WholeDigits || len(fraction) > places || point && fraction == "" {
		return 0, false
	}
	for _, c := range []byte(whole + fraction) {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	n *= query.Pow10(places - len(fraction))
	if negative {
		n = -n
	}
	return n, true
}
