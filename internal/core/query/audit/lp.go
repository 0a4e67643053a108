package audit

import (
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/optimize/convex/lp"
)

// Interval is what the released numbers say about a small atom: it has between Low and High units.
type Interval struct {
	Units int64   `json:"units"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// How large a family may be for its linear programs: beyond, nobody would wait for them, and a person decides.
const (
	lpAtoms = 160
	lpRows  = 60
	lpSmall = 24
)

// Intervals solves, for every atom below k units, for the least and most units it can have given every released number and
// that no atom is negative (Fienberg 1999), and returns those narrower than k. looked is false when the family is too
// large or a program did not end in an answer.
func (f *Family) Intervals(k int64) (narrow []Interval, looked bool) {
	first := f.small(k)
	if first == len(f.Sizes) { // nothing to protect
		return nil, true
	}
	if len(f.Sizes) > lpAtoms || len(f.Sizes)-first > lpSmall {
		return nil, false
	}
	basis := f.basis()
	if len(basis) > lpRows {
		return nil, false
	}
	if len(basis) == len(f.Sizes) { // all is determined, as Solve says
		return nil, true
	}
	a, b := mat.NewDense(len(basis), len(f.Sizes), nil), make([]float64, len(basis))
	for i, r := range basis {
		for _, atom := range f.Rows[r] {
			a.Set(i, int(atom), 1)
			b[i] += float64(f.Sizes[atom])
		}
	}
	looked = true
	for atom := first; atom < len(f.Sizes); atom++ {
		c := make([]float64, len(f.Sizes))
		c[atom] = 1
		low, _, err := lp.Simplex(c, a, b, 1e-9, nil)
		c[atom] = -1
		high, _, err2 := lp.Simplex(c, a, b, 1e-9, nil)
		if err != nil || err2 != nil { // every atom is in a row, so nothing is unbounded
			looked = false
			continue
		}
		if in := (Interval{f.Sizes[atom], low, -high}); in.High-in.Low < float64(k)-1e-6 {
			narrow = append(narrow, in)
		}
	}
	return narrow, looked
}

// basis picks rows that are independent, one more than the programs may have at most.
func (f *Family) basis() []int {
	column := make([]int32, len(f.Sizes))
	for a := range column {
		column[a] = int32(a)
	}
	b := basis{at: make([][]uint64, len(f.Sizes))}
	for r := range f.Rows {
		if b.add(f, []int{r}, column); len(b.rows) > lpRows {
			break
		}
	}
	return b.rows
}
