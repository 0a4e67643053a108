package audit

import "math/bits"

// prime is the Mersenne prime 2^61 - 1: a rational that is zero modulo it without being zero has a numerator no table makes.
const prime = 1<<61 - 1

func mul(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return fold(hi, lo)
}

// mulAdd is a*b + c.
func mulAdd(a, b, c uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	lo, carry := bits.Add64(lo, c, 0)
	return fold(hi+carry, lo)
}

func fold(hi, lo uint64) uint64 {
	s := lo&prime + (lo>>61 | hi<<3)
	s = s&prime + s>>61
	if s >= prime {
		s -= prime
	}
	return s
}

func neg(a uint64) uint64 {
	if a == 0 {
		return 0
	}
	return prime - a
}

// inverse is a^(prime-2).
func inverse(a uint64) uint64 {
	out := uint64(1)
	for e := uint64(prime - 2); e > 0; e >>= 1 {
		if e&1 == 1 {
			out = mul(out, a)
		}
		a = mul(a, a)
	}
	return out
}

// rational finds the fraction with numerator and denominator below 2^30 that is x modulo the prime.
func rational(x uint64) (num, den int64, ok bool) {
	r0, r1 := int64(prime), int64(x)
	t0, t1 := int64(0), int64(1)
	for r1 >= 1<<30 {
		q := r0 / r1
		r0, r1 = r1, r0-q*r1
		t0, t1 = t1, t0-q*t1
	}
	if t1 < 0 {
		r1, t1 = -r1, -t1
	}
	return r1, t1, t1 != 0 && t1 < 1<<30
}
