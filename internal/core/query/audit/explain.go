package audit

import "math/big"

// traced is how much work it may be to find the rows that a finding is made of.
const traced = 1 << 33

// supported is the most rows that are combined over the rationals: one needs the cube of it in long numbers.
const supported = 120

// explain finds the factors with which released cells add up to a finding: which rows, modulo the prime; with which factors,
// by fraction-free elimination over the integers (Bareiss 1968); and adds the rows up again to see that nothing else is left.
// A finding that cannot be confirmed still counts.
func (f *Family) explain(s *Solved, among []int) {
	if n := len(among); n*n*(n+len(f.Sizes)) > traced {
		return
	}
	rows := f.support(s, among)
	if len(rows) > supported {
		return
	}
	target := make([]*big.Rat, len(f.Sizes))
	for i, v := range s.vector {
		if v != 0 {
			num, den, ok := rational(v)
			if !ok {
				return
			}
			target[len(f.Sizes)-len(s.vector)+i] = big.NewRat(num, den)
		}
	}
	factors := f.solve(rows, target)
	if factors == nil {
		return
	}
	sum := make([]*big.Rat, len(f.Sizes))
	for i, r := range rows {
		s.From, s.Times = append(s.From, f.Of[r]), append(s.Times, factors[i].RatString())
		for _, a := range f.Rows[r] {
			if sum[a] == nil {
				sum[a] = new(big.Rat)
			}
			sum[a].Add(sum[a], factors[i])
		}
	}
	s.Confirmed = s.isolates(sum)
}

// support lists the rows, among independent ones, that a finding is made of.
func (f *Family) support(s *Solved, among []int) []int {
	n := len(f.Sizes)
	m := make([][]uint64, len(among))
	for i, r := range among { // the identity beside the rows remembers which of them were combined
		m[i] = make([]uint64, n+len(among))
		for _, a := range f.Rows[r] {
			m[i][a] = 1
		}
		m[i][n+i] = 1
	}
	echelon(m, n)
	goal := make([]uint64, n+len(among))
	copy(goal[n-len(s.vector):], s.vector)
	for _, row := range m {
		c := 0
		for c < n && row[c] == 0 {
			c++
		}
		if c < n && goal[c] != 0 {
			subtract(goal[c:], row[c:], neg(mul(goal[c], inverse(row[c]))))
		}
	}
	var out []int
	for i, v := range goal[n:] {
		if v != 0 {
			out = append(out, among[i])
		}
	}
	return out
}

// solve gives y with y*rows = target, on columns that determine it.
func (f *Family) solve(rows []int, target []*big.Rat) []*big.Rat {
	m := make([][]uint64, len(rows))
	for i, r := range rows {
		m[i] = make([]uint64, len(f.Sizes))
		for _, a := range f.Rows[r] {
			m[i][a] = 1
		}
	}
	plain := make([][]uint64, len(rows))
	for i := range m {
		plain[i] = append([]uint64(nil), m[i]...)
	}
	if echelon(m, len(f.Sizes)) < len(rows) {
		return nil
	}
	scale := big.NewInt(1)
	for _, t := range target {
		if t != nil {
			scale.Mul(scale, t.Denom())
		}
	}
	// One equation for each pivot column, one unknown for each row.
	system := make([][]*big.Int, len(rows))
	for i := range m {
		c := 0
		for m[i][c] == 0 {
			c++
		}
		for _, row := range plain {
			system[i] = append(system[i], new(big.Int).SetUint64(row[c]))
		}
		right := new(big.Int)
		if t := target[c]; t != nil {
			right.Mul(t.Num(), new(big.Int).Quo(scale, t.Denom()))
		}
		system[i] = append(system[i], right)
	}
	return bareiss(system, scale)
}

// bareiss solves a square system with one right side, divided by scale at the end. All divisions on the way are exact.
func bareiss(m [][]*big.Int, scale *big.Int) []*big.Rat {
	n := len(m)
	last := big.NewInt(1)
	for k := range n {
		p := k
		for p < n && m[p][k].Sign() == 0 {
			p++
		}
		if p == n {
			return nil
		}
		m[k], m[p] = m[p], m[k]
		for i := k + 1; i < n; i++ {
			for j := k + 1; j <= n; j++ {
				v := new(big.Int).Mul(m[i][j], m[k][k])
				v.Sub(v, new(big.Int).Mul(m[i][k], m[k][j]))
				m[i][j] = v.Quo(v, last)
			}
			m[i][k] = new(big.Int)
		}
		last = m[k][k]
	}
	y := make([]*big.Rat, n)
	for i := n - 1; i >= 0; i-- {
		sum := new(big.Rat).SetInt(m[i][n])
		for j := i + 1; j < n; j++ {
			sum.Sub(sum, new(big.Rat).Mul(y[j], new(big.Rat).SetInt(m[i][j])))
		}
		y[i] = sum.Quo(sum, new(big.Rat).SetInt(m[i][i]))
	}
	for _, v := range y {
		v.Quo(v, new(big.Rat).SetInt(scale))
	}
	return y
}
