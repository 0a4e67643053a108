package audit

import (
	"cmp"
	"encoding/binary"
	"math/big"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
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

// patience is how many multiplications an elimination may take: about two minutes of two processors. They are counted as they are
// made, because what a family needs follows from its rank, which nobody knows before.
const patience = 1 << 36

// explained is how many findings are traced back to the releases that give them; the rest is counted.
const explained = 3

// Solve finds what the releases of the family tell about fewer than k units: vectors of the row space that are supported on
// small atoms with fewer than k units together. Every such vector on one atom or two is found; of those on more, the ones that
// the reduced form shows, because to find the lightest vector of a space is hard. Rows are eliminated modulo a 61-bit prime,
// and the first findings confirmed over the rationals.
//
// Many numbers about few units tell about each of them although none is solved for (Dinur and Nissim 2003): crowd is the group of
// small atoms of which the releases give more independent numbers than one for every k of its units, as no single table can.
//
// looked is false when the family is too large for anybody to wait for it.
func (f *Family) Solve(k int64) (found []Solved, crowd Crowd, looked bool) {
	first := f.small(k)
	if first == len(f.Sizes) || len(f.Rows) == 0 {
		return nil, crowd, true
	}
	low, rows, looked := f.eliminate(first)
	if !looked {
		return nil, crowd, false
	}
	var out []Solved
	for _, row := range append(low, pairs(low, f.Sizes[first:], k)...) {
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
		f.explain(&out[i], rows)
	}
	return out, crowded(low, f.Sizes[first:], k), true
}

// Crowd is a group of units and how many independent numbers are known about it.
type Crowd struct {
	Numbers int64 `json:"numbers"`
	Units   int64 `json:"units"`
}

// crowded finds the group of atoms, tied together by the rows, that has most numbers beyond one for every k units.
func crowded(low [][]uint64, sizes []int64, k int64) (worst Crowd) {
	root := make([]int, len(sizes))
	for a := range root {
		root[a] = a
	}
	find := func(a int) int {
		for root[a] != a {
			root[a] = root[root[a]]
			a = root[a]
		}
		return a
	}
	lead := make([]int, len(low))
	for i, row := range low {
		lead[i] = slices.IndexFunc(row, func(v uint64) bool { return v != 0 })
		for a, v := range row {
			if v != 0 {
				root[find(a)] = find(lead[i])
			}
		}
	}
	groups := make([]Crowd, len(sizes))
	for a, n := range sizes {
		groups[find(a)].Units += n
	}
	for _, a := range lead {
		groups[find(a)].Numbers++
	}
	for _, g := range groups {
		if beyond := g.Numbers*k - g.Units; g.Numbers > 1 && beyond > max(0, worst.Numbers*k-worst.Units) {
			worst = g
		}
	}
	return worst
}

// eliminate returns, in reduced form, the part of the row space that touches atoms from first on only, and independent rows that
// span what matters of it.
func (f *Family) eliminate(first int) (low [][]uint64, rows []int, looked bool) {
	rows, column, width := f.peel(first)
	// Short rows first: what they leave behind is short too.
	slices.SortStableFunc(rows, func(a, b int) int { return cmp.Compare(len(f.Rows[a]), len(f.Rows[b])) })
	b := basis{at: make([][]uint64, width)}
	for batch := range slices.Chunk(rows, 64) {
		if b.add(f, batch, column); b.steps.Load() > patience {
			return nil, nil, false
		}
	}
	large := width - (len(f.Sizes) - first)
	for _, row := range b.at[large:] {
		if row != nil {
			low = append(low, row[large:])
		}
	}
	reduce(low)
	return low, b.rows, true
}

// peel leaves out the rows that can be part of no finding: a large atom that is in one row only would be left over. What is left out
// makes others lonely in turn. Large atoms that no row tells apart any more share a column; column -1 is in no row.
func (f *Family) peel(first int) (rows []int, column []int32, width int) {
	in := make([]int, first)
	of := make([][]int32, first)
	for r, row := range f.Rows {
		for _, a := range row {
			if int(a) < first {
				in[a]++
				of[a] = append(of[a], int32(r))
			}
		}
	}
	var lonely []int
	for a, n := range in {
		if n == 1 {
			lonely = append(lonely, a)
		}
	}
	out := make([]bool, len(f.Rows))
	for len(lonely) > 0 {
		a := lonely[len(lonely)-1]
		lonely = lonely[:len(lonely)-1]
		for _, r := range of[a] {
			if out[r] {
				continue
			}
			out[r] = true
			for _, b := range f.Rows[r] {
				if int(b) < first {
					if in[b]--; in[b] == 1 {
						lonely = append(lonely, int(b))
					}
				}
			}
		}
	}
	marks := make([]mark, first)
	for r, row := range f.Rows {
		if out[r] {
			continue
		}
		rows = append(rows, r)
		for _, a := range row {
			if int(a) < first {
				marks[a].add(labelOf(r))
			}
		}
	}
	column = make([]int32, len(f.Sizes))
	known := map[mark]int32{{}: -1}
	for a := range column {
		if a >= first {
			column[a] = int32(width)
			width++
			continue
		}
		at, seen := known[marks[a]]
		if !seen {
			at = int32(width)
			known[marks[a]] = at
			width++
		}
		column[a] = at
	}
	return rows, column, width
}

// basis is a row space in echelon form: by column, the row that begins there with 1.
type basis struct {
	at    [][]uint64
	rows  []int // of the family, one for each of them
	steps atomic.Int64
}

// add takes rows in, over all processors: each is freed of what the basis had before, and then of the others.
func (b *basis) add(f *Family, rows []int, column []int32) {
	fresh := make([][]uint64, len(rows))
	var next atomic.Int32
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(rows)) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(rows); i = int(next.Add(1)) - 1 {
				row := make([]uint64, len(b.at))
				for _, a := range f.Rows[rows[i]] {
					if c := column[a]; c >= 0 {
						row[c] = 1
					}
				}
				if b.free(row) >= 0 {
					fresh[i] = row
				}
			}
		})
	}
	wg.Wait()
	for i, row := range fresh {
		if row == nil {
			continue
		}
		if c := b.free(row); c >= 0 {
			scale(row[c:], inverse(row[c]))
			b.at[c], b.rows = row, append(b.rows, rows[i])
		}
	}
}

// free takes the basis out of a row and returns where what is left of it begins, -1 for nothing.
func (b *basis) free(row []uint64) (begins int) {
	begins = -1
	var steps int64
	for c, v := range row {
		switch {
		case v == 0:
		case b.at[c] != nil:
			subtract(row[c:], b.at[c][c:], neg(v))
			steps += int64(len(row) - c)
		case begins < 0:
			begins = c
		}
	}
	b.steps.Add(steps)
	return begins
}

// pairs finds the combinations of two reduced rows that leave their two first atoms alone, with fewer than k units together.
func pairs(low [][]uint64, sizes []int64, k int64) (out [][]uint64) {
	same := map[string][]int{}
	lead, factor := make([]int, len(low)), make([]uint64, len(low))
	for i, row := range low {
		for row[lead[i]] == 0 {
			lead[i]++
		}
		var key []byte
		for c := lead[i] + 1; c < len(row); c++ {
			if row[c] == 0 {
				continue
			}
			if factor[i] == 0 {
				factor[i] = row[c]
			}
			key = binary.BigEndian.AppendUint64(key, uint64(c))
			key = binary.BigEndian.AppendUint64(key, mul(row[c], inverse(factor[i])))
		}
		if key != nil {
			same[string(key)] = append(same[string(key)], i)
		}
	}
	for i, next := range following(same, len(low)) {
		// Atoms are in order of size, so the next is as small as any other that comes before.
		if next < 0 || sizes[lead[i]]+sizes[lead[next]] >= k {
			continue
		}
		v := make([]uint64, len(low[i]))
		v[lead[i]], v[lead[next]] = 1, neg(mul(factor[i], inverse(factor[next])))
		out = append(out, v)
	}
	return out
}

// following gives for each member the next of its group, -1 for the last.
func following(groups map[string][]int, n int) []int {
	out := slices.Repeat([]int{-1}, n)
	for _, g := range groups {
		for at := 1; at < len(g); at++ {
			out[g[at-1]] = g[at]
		}
	}
	return out
}

// echelon eliminates columns from the left and returns the rank.
func echelon(m [][]uint64, width int) int {
	rank := 0
	for c := 0; c < width && rank < len(m); c++ {
		p := rank
		for p < len(m) && m[p][c] == 0 {
			p++
		}
		if p == len(m) {
			continue
		}
		m[rank], m[p] = m[p], m[rank]
		inv := inverse(m[rank][c])
		for _, row := range m[rank+1:] {
			if row[c] != 0 {
				subtract(row[c:], m[rank][c:], neg(mul(row[c], inv)))
			}
		}
		rank++
	}
	return rank
}

// subtract adds factor times the pivot.
func subtract(row, pivot []uint64, factor uint64) {
	row = row[:len(pivot)]
	for i, v := range pivot {
		if v != 0 {
			row[i] = mulAdd(v, factor, row[i])
		}
	}
}

func scale(row []uint64, factor uint64) {
	for i, v := range row {
		row[i] = mul(v, factor)
	}
}

// reduce clears above the pivots of an echelon form and makes them 1.
func reduce(m [][]uint64) {
	for i := len(m) - 1; i >= 0; i-- {
		c := 0
		for m[i][c] == 0 {
			c++
		}
		scale(m[i][c:], inverse(m[i][c]))
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
