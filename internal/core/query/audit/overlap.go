package audit

import (
	"cmp"
	"slices"
)

// Released is an exact table as it left: the units of every cell that was shown, and of their totals; and the sums in them that do not
// just count those.
type Released struct {
	ID      string
	Cells   []*Units
	Figures []Figure
}

// Without is the release with units taken out that the recipients know anyway.
func (r Released) Without(own *Units) Released {
	if own == nil || own.IsEmpty() {
		return r
	}
	out := Released{ID: r.ID, Cells: make([]*Units, len(r.Cells))}
	for i, c := range r.Cells {
		out.Cells[i] = c.Clone()
		out.Cells[i].AndNot(own)
	}
	for _, f := range r.Figures {
		out.Figures = append(out.Figures, f.without(own))
	}
	return out
}

// Difference is two released cells that differ by few units: subtracting one from the other tells about those.
type Difference struct {
	Cell    int    `json:"cell"` // of the new release
	Release string `json:"release"`
	Other   int    `json:"other"`
	Plus    int64  `json:"plus"`  // units only in the new cell
	Minus   int64  `json:"minus"` // units only in the other
}

// Overlap is how much of an earlier release a new one repeats.
type Overlap struct {
	Release string `json:"release"`
	Cells   int    `json:"cells"` // pairs of cells with units in common
	Shared  int64  `json:"shared"`
	Closest int64  `json:"closest"` // fewest units by which two overlapping cells differ on either side, 0 left out; -1: none
}

// Differences compares the cells of a new release with each other and with those of every earlier one (差分审计): refused is
// 0 < |A\B| < k or 0 < |B\A| < k. Cells without a common unit need no look: they are as far apart as they are large.
func Differences(fresh Released, earlier []Released, k int64) ([]Difference, []Overlap) {
	ix := indexOf(fresh.Cells)
	var out []Difference
	var overlaps []Overlap
	for _, old := range append([]Released{fresh}, earlier...) {
		self := old.ID == fresh.ID
		o := Overlap{Release: old.ID, Closest: -1}
		for j, cell := range old.Cells {
			n := size(cell)
			for _, i := range ix.common(cell) {
				if self && i >= j {
					continue
				}
				both := ix.shared[i]
				plus, minus := ix.sizes[i]-both, n-both
				o.Cells++
				o.Shared += both
				for _, d := range []int64{plus, minus} {
					if d > 0 && (o.Closest < 0 || d < o.Closest) {
						o.Closest = d
					}
				}
				if plus > 0 && plus < k || minus > 0 && minus < k {
					out = append(out, Difference{Cell: i, Release: old.ID, Other: j, Plus: plus, Minus: minus})
				}
			}
			ix.clear()
		}
		if !self && o.Cells > 0 {
			overlaps = append(overlaps, o)
		}
	}
	return out, overlaps
}

// index lists the cells of each unit, so that a comparison with any other cell is one pass over that cell.
type index struct {
	sizes  []int64
	at     []uint32 // at[u]..at[u+1]: places in cells
	cells  []int32
	shared []int64
	hit    []int
}

func indexOf(cells []*Units) *index {
	ix := &index{sizes: make([]int64, len(cells)), shared: make([]int64, len(cells))}
	top := 0
	for i, c := range cells {
		if ix.sizes[i] = size(c); ix.sizes[i] > 0 {
			top = max(top, int(c.Maximum())+1)
		}
	}
	ix.at = make([]uint32, top+2)
	for _, c := range cells {
		each(c, func(u uint32) { ix.at[u+2]++ })
	}
	for u := 2; u < len(ix.at); u++ {
		ix.at[u] += ix.at[u-1]
	}
	ix.cells = make([]int32, ix.at[len(ix.at)-1])
	for i, c := range cells {
		each(c, func(u uint32) {
			ix.cells[ix.at[u+1]] = int32(i)
			ix.at[u+1]++
		})
	}
	return ix
}

// common counts what a cell has in common with each indexed one, and lists those that have anything.
func (ix *index) common(cell *Units) []int {
	each(cell, func(u uint32) {
		if int(u)+1 >= len(ix.at) {
			return
		}
		for _, i := range ix.cells[ix.at[u]:ix.at[u+1]] {
			if ix.shared[i] == 0 {
				ix.hit = append(ix.hit, int(i))
			}
			ix.shared[i]++
		}
	})
	slices.SortFunc(ix.hit, cmp.Compare[int])
	return ix.hit
}

func (ix *index) clear() {
	for _, i := range ix.hit {
		ix.shared[i] = 0
	}
	ix.hit = ix.hit[:0]
}

func each(u *Units, f func(uint32)) {
	if u == nil {
		return
	}
	it := u.ManyIterator()
	buf := make([]uint32, 512)
	for n := it.NextMany(buf); n > 0; n = it.NextMany(buf) {
		for _, v := range buf[:n] {
			f(v)
		}
	}
}
