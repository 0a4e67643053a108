package audit

import (
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
)

// Figure is a released sum and what each unit adds to it. A condition may stand inside a sum (SUM of a CASE) as well as in WHERE: the
// cell's units are then the same, and only the parts tell whose they are.
type Figure struct {
	Units *Units
	Parts []int64 // in order of units, none of them 0
}

// NewFigures makes figures of one measure in several cells from what each unit adds there, in order of units: without those that add
// nothing, and divided by what all have in common, so that counting twos is counting.
func NewFigures(units []*Units, parts [][]int64) []Figure {
	var common, sign int64
	out := make([]Figure, len(units))
	for i := range units {
		f := Figure{Units: roaring.New()}
		n := 0
		each(units[i], func(u uint32) {
			if p := parts[i][n]; p != 0 {
				f.Units.Add(u)
				f.Parts = append(f.Parts, p)
				common = divisor(common, p)
				sign += signOf(p)
			}
			n++
		})
		out[i] = f
	}
	if sign < 0 {
		common = -common
	}
	for i := range out {
		for j := range out[i].Parts {
			out[i].Parts[j] /= common
		}
	}
	return out
}

func divisor(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return max(a, -a)
}

func signOf(n int64) int64 {
	if n < 0 {
		return -1
	}
	return 1
}

// Sum is the figure of cells that share nobody, such as a total of shown cells.
func Sum(list []Figure) Figure {
	type share struct {
		unit uint32
		part int64
	}
	var all []share
	for _, f := range list {
		n := 0
		each(f.Units, func(u uint32) {
			all = append(all, share{u, f.Parts[n]})
			n++
		})
	}
	slices.SortFunc(all, func(a, b share) int { return int(int64(a.unit) - int64(b.unit)) })
	out := Figure{Units: roaring.New()}
	for _, s := range all {
		out.Units.Add(s.unit)
		out.Parts = append(out.Parts, s.part)
	}
	return out
}

// Counts reports whether the figure counts exactly these units: then their set says all of it.
func (f Figure) Counts(units *Units) bool {
	return f.Units.Equals(units) && !slices.ContainsFunc(f.Parts, func(p int64) bool { return p != 1 })
}

func (f Figure) without(own *Units) Figure {
	out := Figure{Units: f.Units.Clone()}
	out.Units.AndNot(own)
	n := 0
	each(f.Units, func(u uint32) {
		if !own.Contains(u) {
			out.Parts = append(out.Parts, f.Parts[n])
		}
		n++
	})
	return out
}

// shares numbers what a unit adds: one unit that adds as much to two figures is one share of both, so that what is true of sets of
// units and their sizes is true of sets of shares and their sums.
type shares map[[2]int64]uint32

func (s shares) of(unit uint32, part int64) uint32 {
	key := [2]int64{int64(unit), part}
	n, known := s[key]
	if !known {
		n = uint32(len(s))
		s[key] = n
	}
	return n
}

// released is a release as sets of shares: its cells, whose units count once each, and its figures.
func (s shares) released(r Released) Released {
	out := Released{ID: r.ID}
	for _, c := range r.Cells {
		set := roaring.New()
		each(c, func(u uint32) { set.Add(s.of(u, 1)) })
		out.Cells = append(out.Cells, set)
	}
	for _, f := range r.Figures {
		set, n := roaring.New(), 0
		each(f.Units, func(u uint32) {
			set.Add(s.of(u, f.Parts[n]))
			n++
		})
		out.Cells = append(out.Cells, set)
	}
	return out
}

// Shares are releases as sets of shares, for the linear audit of their sums; nil where no release has figures beside its cells.
func Shares(releases []Released) []Released {
	if !slices.ContainsFunc(releases, func(r Released) bool { return len(r.Figures) > 0 }) {
		return nil
	}
	s := shares{}
	out := make([]Released, len(releases))
	for i, r := range releases {
		out[i] = s.released(r)
	}
	return out
}

// SumDifferences finds sums, and counts, to which all but fewer than k units add the same, or the same times a factor: their difference
// is what those few add.
func SumDifferences(fresh Released, earlier []Released, k int64) []Difference {
	var out []Difference
	now := fresh.sums()
	for _, r := range append([]Released{fresh}, earlier...) {
		for j, old := range r.sums() {
			for i, f := range now {
				if r.ID == fresh.ID && i >= j || f.Parts == nil && old.Parts == nil { // twice, or compared as sets of units
					continue
				}
				both := int64(f.Units.AndCardinality(old.Units))
				plus, minus := size(f.Units)-both, size(old.Units)-both
				if both == 0 || plus+minus >= k {
					continue
				}
				if few := plus + minus + both - f.alike(old); few > 0 && few < k {
					out = append(out, Difference{Cell: i, Release: r.ID, Other: j, Plus: plus, Minus: minus})
				}
			}
		}
	}
	return out
}

// sums are the figures of a release and the counts of its cells.
func (r Released) sums() []Figure {
	out := make([]Figure, 0, len(r.Cells)+len(r.Figures))
	for _, c := range r.Cells {
		out = append(out, Figure{Units: c})
	}
	return append(out, r.Figures...)
}

// alike counts the units that add to both figures in the ratio in which most do.
func (f Figure) alike(o Figure) (most int64) {
	ratios := map[[2]int64]int64{}
	mine, theirs := f.Units.ToArray(), o.Units.ToArray()
	for i, j := 0, 0; i < len(mine) && j < len(theirs); {
		switch {
		case mine[i] < theirs[j]:
			i++
		case mine[i] > theirs[j]:
			j++
		default:
			a, b := f.part(i), o.part(j)
			d := divisor(a, b)
			if b < 0 {
				d = -d
			}
			ratio := [2]int64{a / d, b / d}
			ratios[ratio]++
			most = max(most, ratios[ratio])
			i, j = i+1, j+1
		}
	}
	return most
}

// part is what the n-th unit adds; a count has no parts.
func (f Figure) part(n int) int64 {
	if f.Parts == nil {
		return 1
	}
	return f.Parts[n]
}
