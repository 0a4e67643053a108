package audit

import (
	"math/big"
	"runtime"
	"sync"
)

// Solved is a combination of released cells that gives fewer than k units (线性审计).
type Solved struct {
	Units     int64    `json:"units"`           // how many it isolates
	Atoms     []int32  `json:"-"`               // which atoms
	From      []Source `json:"from,omitempty"`  // the cells that are combined
	Times     []string `json:"times,omitempty"` // with which factor each
	Confirmed bool     `json:"confirmed"`       // computed again over the rationals
	vector    []uint64 // over the small atoms, modulo the prime
}

// patience is how many steps an elimination may have: about two minutes of one processor.
const patience = 1 << 36

// explained is how many findings are traced back to the releases that give them; the rest is counted.
const explained = 3

// Solve finds what the releases of the family tell about fewer than k units: vectors of the row space that are supported on
// small atoms with fewer than k units together. Rows are eliminated modulo a 61-bit prime, and the first findings
// confirmed over the rationals.
//
// looked is false when the family is too large for anybody to wait for it.
func (f *Family) Solve(k int64) (found []Solved, looked bool) {
	first := f.small(k)
	if first == len(f.Sizes) || len(f.Rows) == 0 {
		return nil, true
	}
	if rows := min(len(f.Rows), len(f.Sizes)); rows*rows*len(f.Sizes) > patience {
		return nil, false
	}
	low := f.eliminate(first)
	var out []Solved
	for _, row := range low {
		s := Solved{vector: row}
		for a, v := range row {
			if v != 0 {
				s.Atoms = append(s.Atoms, int32(first+a))
				s.Units += f.Sizes[first+a]
			}
		}
		if s.Units > 0 && s.Units < k {
			out = append(out, s)
		}
	}
	for i := range out[:min(len(out), explained)] {
		f.explain(&out[i])
	}
	return out, true
}

// eliminate brings the rows into echelon form and returns, in reduced form, the part of their space that touches atoms from
// first on only.
func (f *Family) eliminate(first int) [][]uint64 {
	m := f.dense()
	rank := echelon(m, 0, len(f.Sizes), func(pivot, _ int) bool { return pivot < first })
	low := make([][]uint64, 0, len(m)-rank)
	for _, row := range m[rank:] {
		low = append(low, row[first:])
	}
	n := echelon(low, 0, len(f.Sizes)-first, nil)
	low = low[:n]
	reduce(low)
	return low
}

func (f *Family) dense() [][]uint64 {
	m := make([][]uint64, len(f.Rows))
	back := make([]uint64, len(f.Rows)*len(f.Sizes))
	for i, row := range f.Rows {
		m[i], back = back[:len(f.Sizes):len(f.Sizes)], back[len(f.Sizes):]
		for _, a := range row {
			m[i][a] = 1
		}
	}
	return m
}

// echelon eliminates columns from the left, over all processors, and returns the rank. goOn is asked before each column.
func echelon(m [][]uint64, from, width int, goOn func(column, rank int) bool) int {
	rank := from
	for c := 0; c < width && rank < len(m); c++ {
		if goOn != nil && !goOn(c, rank) {
			break
		}
		p := rank
		for p < len(m) && m[p][c] == 0 {
			p++
		}
		if p == len(m) {
			continue
		}
		m[rank], m[p] = m[p], m[rank]
		takeOut(m[rank], c, m[rank+1:])
		rank++
	}
	return rank
}

// takeOut takes the pivot row out of the rows below.
func takeOut(pivot []uint64, c int, rows [][]uint64) {
	inv := inverse(pivot[c])
	work := func(rows [][]uint64) {
		for _, row := range rows {
			if row[c] != 0 {
				subtract(row[c:], pivot[c:], neg(mul(row[c], inv)))
			}
		}
	}
	workers := runtime.GOMAXPROCS(0)
	if len(rows)*(len(pivot)-c) < 1<<16 || workers == 1 {
		work(rows)
		return
	}
	var wg sync.WaitGroup
	part := (len(rows) + workers - 1) / workers
	for len(rows) > 0 {
		n := min(part, len(rows))
		mine := rows[:n]
		rows = rows[n:]
		wg.Go(func() { work(mine) })
	}
	wg.Wait()
}

// subtract adds factor times the pivot.
func subtract(row, pivot []uint64, factor uint64) {
	for i, v := range pivot {
		if v != 0 {
			row[i] = mulAdd(v, factor, row[i])
		}
	}
}

// reduce clears above the pivots of an echelon form and makes them 1.
func reduce(m [][]uint64) {
	for i := len(m) - 1; i >= 0; i-- {
		c := 0
		for m[i][c] == 0 {
			c++
		}
		inv := inverse(m[i][c])
		for j := c; j < len(m[i]); j++ {
			m[i][j] = mul(m[i][j], inv)
		}
		for _, above := range m[:i] {
			if above[c] != 0 {
				subtract(above[c:], m[i][c:], neg(above[c]))
			}
		}
	}
}

// isolates reports whether a sum of rows is nothing outside of the finding's atoms, and something on them.
func (s *Solved) isolates(sum []*big.Rat) bool {
	at := 0
	for a, v := range sum {
		zero := v == nil || v.Sign() == 0
		if at < len(s.Atoms) && int32(a) == s.Atoms[at] {
			if at++; zero {
				return false
			}
		} else if !zero {
			return false
		}
	}
	return at == len(s.Atoms)
}
