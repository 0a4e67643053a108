package noise

import (
	"crypto/rand"
	"encoding/binary"
	"io"
	"math/big"
	"math/bits"
)

// Source throws exact coins from cryptographic randomness. It is not safe for
// concurrent use: one release, one source.
type Source struct {
	r   io.Reader
	buf [4096]byte
	pos int
}

// New returns a source fed by the operating system's generator.
func New() *Source { return newFrom(rand.Reader) }

func newFrom(r io.Reader) *Source {
	s := &Source{r: r}
	s.pos = len(s.buf)
	return s
}

// take hands out n random bytes and wipes what was handed out before.
func (s *Source) take(n int) []byte {
	if s.pos+n > len(s.buf) {
		if _, err := io.ReadFull(s.r, s.buf[:]); err != nil {
			// Without randomness no figure may leave; there is nothing to fall back to.
			panic("noise: no randomness: " + err.Error())
		}
		s.pos = 0
	}
	b := s.buf[s.pos : s.pos+n]
	s.pos += n
	return b
}

func (s *Source) uint64() uint64 {
	b := s.take(8)
	u := binary.LittleEndian.Uint64(b)
	clear(b)
	return u
}

func (s *Source) uint16() uint32 {
	b := s.take(2)
	u := uint32(binary.LittleEndian.Uint16(b))
	clear(b)
	return u
}

func (s *Source) bit() bool {
	b := s.take(1)
	u := b[0]
	b[0] = 0
	return u&1 == 1
}

// below draws uniformly from {0, ..., n-1} by rejection.
func (s *Source) below(n uint64) uint64 {
	if n < 2 {
		return 0
	}
	mask := ^uint64(0) >> bits.LeadingZeros64(n-1)
	for {
		if u := s.uint64() & mask; u < n {
			return u
		}
	}
}

// wide is an unsigned integer of 128 bits.
type wide struct{ hi, lo uint64 }

func (w wide) big() *big.Int {
	b := new(big.Int).SetUint64(w.hi)
	return b.Lsh(b, 64).Or(b, new(big.Int).SetUint64(w.lo))
}

func (w wide) less(o wide) bool { return w.hi < o.hi || w.hi == o.hi && w.lo < o.lo }

func (w wide) isZero() bool { return w.hi == 0 && w.lo == 0 }

func mul64(a, b uint64) wide {
	hi, lo := bits.Mul64(a, b)
	return wide{hi, lo}
}

// times multiplies by k and reports whether the product still fits.
func (w wide) times(k uint64) (wide, bool) {
	h1, lo := bits.Mul64(w.lo, k)
	h2, mid := bits.Mul64(w.hi, k)
	hi, carry := bits.Add64(mid, h1, 0)
	return wide{hi, lo}, h2 == 0 && carry == 0
}

// coin is true with probability exactly p/q, for 0 <= p <= q.
//
// A uniform real U is revealed 64 bits at a time: with u its first 64 bits,
// U < p/q is certain when (u+1)*q <= p*2^64 and impossible when u*q >= p*2^64.
func (s *Source) coin(p, q wide) bool {
	if p.isZero() {
		return false
	}
	if !p.less(q) {
		return true
	}
	u := s.uint64()
	// u*q in 192 bits, against p shifted left by 64 bits.
	h1, l0 := bits.Mul64(q.lo, u)
	h2, m := bits.Mul64(q.hi, u)
	l1, carry := bits.Add64(m, h1, 0)
	l2, _ := bits.Add64(h2, 0, carry)
	if !less192(l2, l1, l0, p.hi, p.lo, 0) {
		return false
	}
	n0, c0 := bits.Add64(l0, q.lo, 0)
	n1, c1 := bits.Add64(l1, q.hi, c0)
	n2, _ := bits.Add64(l2, 0, c1)
	if !less192(p.hi, p.lo, 0, n2, n1, n0) {
		return true
	}
	// Undecided by the first 64 bits: U is below p/q iff the rest of U, itself
	// uniform, is below (p*2^64 - u*q)/q.
	rest := p.big()
	rest.Lsh(rest, 64)
	rest.Sub(rest, new(big.Int).Mul(q.big(), new(big.Int).SetUint64(u)))
	return s.coinBig(rest, q.big())
}

func less192(a2, a1, a0, b2, b1, b0 uint64) bool {
	if a2 != b2 {
		return a2 < b2
	}
	if a1 != b1 {
		return a1 < b1
	}
	return a0 < b0
}

// coinBig is coin for fractions of any size.
func (s *Source) coinBig(p, q *big.Int) bool {
	if p.Cmp(q) >= 0 {
		return true
	}
	p = new(big.Int).Set(p)
	digit, step := new(big.Int), new(big.Int)
	for {
		if p.Sign() == 0 {
			return false
		}
		u := s.uint64()
		p.Lsh(p, 64)
		digit.QuoRem(p, q, p) // the next 64 bits of p/q; the remainder stays in p
		switch step.SetUint64(u).Cmp(digit) {
		case -1:
			return true
		case 1:
			return false
		}
	}
}

// oneIn is true with probability 1/k. It is the inner coin of exp(-1), thrown
// several times for every draw, so it looks at 16 bits first.
func (s *Source) oneIn(k uint64) bool {
	if k <= 1 {
		return true
	}
	if k >= 1<<16 {
		return s.coin(wide{0, 1}, wide{0, k})
	}
	u := uint64(s.uint16())
	if (u+1)*k <= 1<<16 {
		return true
	}
	if u*k >= 1<<16 {
		return false
	}
	return s.coin(wide{0, 1<<16 - u*k}, wide{0, k})
}

// expMinusOne is true with probability exp(-1).
func (s *Source) expMinusOne() bool {
	k := uint64(1)
	for s.oneIn(k) {
		k++
	}
	return k&1 == 1
}

// expMinus is true with probability exp(-p/q) (algorithm 1 of the paper).
func (s *Source) expMinus(p, q wide) bool {
	// exp(-1) comes true once in 2.7 throws, so this loop ends after a few turns
	// whatever the size of the exponent.
	for q.less(p) {
		if !s.expMinusOne() {
			return false
		}
		lo, borrow := bits.Sub64(p.lo, q.lo, 0)
		p = wide{p.hi - q.hi - borrow, lo}
	}
	k := uint64(1)
	for {
		qk, fits := q.times(k)
		if !fits {
			return s.expSeriesBig(p.big(), q.big(), k)
		}
		if !s.coin(p, qk) {
			return k&1 == 1
		}
		k++
	}
}

// expMinusLarge splits p/q into whole exponents and the rest.
func (s *Source) expMinusLarge(p, q *big.Int) bool {
	whole, rest := new(big.Int).QuoRem(p, q, new(big.Int))
	for one := big.NewInt(1); whole.Sign() > 0; whole.Sub(whole, one) {
		if !s.expMinusOne() {
			return false
		}
	}
	return s.expSeriesBig(rest, q, 1)
}

// expSeriesBig continues the alternating series of exp(-p/q), p <= q, at term k.
func (s *Source) expSeriesBig(p, q *big.Int, k uint64) bool {
	qk := new(big.Int)
	for {
		qk.Mul(q, new(big.Int).SetUint64(k))
		if !s.coinBig(p, qk) {
			return k&1 == 1
		}
		k++
	}
}
