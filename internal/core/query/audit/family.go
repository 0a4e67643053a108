package audit

import (
	"cmp"
	"slices"
)

// Family is a set of exact releases about one kind of unit, seen as linear equations: an atom is the units that are in
// exactly the same released cells, a row is a released cell and sums the atoms in it. Whoever holds all the releases
// knows every combination of the rows.
type Family struct {
	Sizes []int64   // units of each atom, largest first
	Rows  [][]int32 // the atoms of each released cell, ascending
	Of    []Source  // where each row comes from
}

// Source is one released cell.
type Source struct {
	Release string `json:"release"`
	Cell    int    `json:"cell"`
}

// NewFamily finds the atoms of releases. Equal cells are one row: repeating an answer tells nothing new.
func NewFamily(releases []Released) Family {
	var f Family
	var cells []*Units
	top := 0
	for _, r := range releases {
		for i, c := range r.Cells {
			if size(c) > 0 {
				cells, f.Of = append(cells, c), append(f.Of, Source{r.ID, i})
				top = max(top, int(c.Maximum())+1)
			}
		}
	}
	marks := make([]mark, top)
	for i, c := range cells {
		label := labelOf(i)
		each(c, func(u uint32) { marks[u].add(label) })
	}
	atomOf := map[mark]int32{}
	member := make([]int32, top)
	for u, m := range marks {
		member[u] = -1
		if m == (mark{}) {
			continue
		}
		a, known := atomOf[m]
		if !known {
			a = int32(len(f.Sizes))
			atomOf[m], f.Sizes = a, append(f.Sizes, 0)
		}
		member[u] = a
		f.Sizes[a]++
	}
	f.order(member)
	f.rows(cells, member)
	return f
}

// order numbers atoms from the largest: elimination then leaves what it can say about the small ones alone in its last rows.
func (f *Family) order(member []int32) {
	by := make([]int32, len(f.Sizes))
	for i := range by {
		by[i] = int32(i)
	}
	slices.SortStableFunc(by, func(a, b int32) int { return cmp.Compare(f.Sizes[b], f.Sizes[a]) })
	place, sizes := make([]int32, len(by)), make([]int64, len(by))
	for i, a := range by {
		place[a], sizes[i] = int32(i), f.Sizes[a]
	}
	f.Sizes = sizes
	for u, a := range member {
		if a >= 0 {
			member[u] = place[a]
		}
	}
}

func (f *Family) rows(cells []*Units, member []int32) {
	last := make([]int, len(f.Sizes))
	seen := map[mark]bool{}
	var kept []Source
	for i, c := range cells {
		var row []int32
		var key mark
		each(c, func(u uint32) {
			if a := member[u]; last[a] != i+1 {
				last[a] = i + 1
				row = append(row, a)
				key.add(labelOf(int(a)))
			}
		})
		if seen[key] {
			continue
		}
		seen[key] = true
		slices.Sort(row)
		f.Rows, kept = append(f.Rows, row), append(kept, f.Of[i])
	}
	f.Of = kept
}

// small is the first atom with fewer than k units; all after it are small too.
func (f *Family) small(k int64) int {
	at, _ := slices.BinarySearchFunc(f.Sizes, k, func(n, k int64) int { return cmp.Compare(k, n+1) })
	return at
}

// mark names a set of cells by the sum of their labels: 128 bits, so that two sets with one mark do not occur.
type mark [2]uint64

func (m *mark) add(l mark) { m[0], m[1] = m[0]+l[0], m[1]+l[1] }

func labelOf(i int) mark { return mark{mix(2 * uint64(i)), mix(2*uint64(i) + 1)} }

// mix is splitmix64 (Steele, Lea and Flood 2014).
func mix(x uint64) uint64 {
	x = (x + 1) * 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
