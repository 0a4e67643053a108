package audit

import (
	"cmp"
	"slices"
)

// Suppress hides further cells (次级保密) until no hidden one can be told from the margins of the table, which are taken for
// known: a yearbook has them. Every hidden cell becomes a corner of a box of hidden cells, so that moving its corners up
// and down in turn leaves every margin as it is (the hypercube method of Repsilber 1994, as in tau-ARGUS). The result is
// what is hidden in all, and the cells for which there is no such box.
func Suppress(t *Table, primary []bool, r Rules) (hidden []bool, bare []int) {
	b := newBoxes(t, r)
	hidden = slices.Clone(primary)
	var order []int
	for c, p := range primary {
		if p {
			order = append(order, c)
		}
	}
	// Large cells need most, and what they take with them often serves the small ones.
	slices.SortStableFunc(order, func(x, y int) int { return cmp.Compare(b.value(0, y), b.value(0, x)) })
	for _, c := range order {
		opposite, found := b.cheapest(c, hidden)
		if len(b.dims) == 0 { // the only cell is its own margin, and both are hidden
			continue
		}
		if !found {
			bare = append(bare, c)
			continue
		}
		for _, corner := range b.corners(c, opposite) {
			hidden[corner] = true
		}
	}
	slices.Sort(bare)
	return hidden, bare
}

// Exposed lists the hidden cells whose interval from the margins is too narrow. In two dimensions the interval is exact (a
// flow); in more it is what a box of hidden cells proves, which errs on the safe side. Primary cells only need
// protection: the others were hidden for their sake.
func Exposed(t *Table, primary, hidden []bool, r Rules) []Finding {
	b := newBoxes(t, r)
	var out []Finding
	var flows []*flow
	if len(b.dims) == 2 {
		for m := range b.values {
			flows = append(flows, newFlow(b, m, hidden))
		}
	}
	for c, p := range primary {
		if !p || len(b.dims) == 0 {
			continue
		}
		if f, exposed := b.exposed(c, hidden, flows); exposed {
			out = append(out, f)
		}
	}
	return out
}

// boxes knows the table's shape without keys of one value, and what each cell must hold to protect another.
type boxes struct {
	table  *Table
	rules  Rules
	dims   []int // sizes
	steps  []int // distance of neighbors
	values [][]int64
	amount []int // the measure of each of values; -1 is the units
}

func newBoxes(t *Table, r Rules) *boxes {
	b := &boxes{table: t, rules: r}
	step := 1
	for k := len(t.Sizes) - 1; k >= 0; k-- {
		if t.Sizes[k] > 1 {
			b.dims, b.steps = append(b.dims, t.Sizes[k]), append(b.steps, step)
		}
		step *= t.Sizes[k]
	}
	b.add(-1, func(c *Cell) int64 { return size(c.Units) })
	for i, k := range t.Measures {
		if !k.Signed {
			b.add(i, func(c *Cell) int64 { return c.Measures[i].Total })
		}
	}
	return b
}

func (b *boxes) add(measure int, of func(*Cell) int64) {
	values := make([]int64, len(b.table.Cells))
	for c := range values {
		values[c] = of(&b.table.Cells[c])
	}
	b.values, b.amount = append(b.values, values), append(b.amount, measure)
}

func (b *boxes) value(m, c int) int64 { return b.values[m][c] }

// needs is how far below and above a hidden value its interval must reach, and how wide it must be.
func (b *boxes) needs(m, c int) (around, width int64) {
	x := b.value(m, c)
	around = x/1000*b.rules.Protect + (x%1000*b.rules.Protect+999)/1000
	if b.amount[m] < 0 {
		width = b.rules.MinUnits
	}
	return around, width
}

// corners of the box between two cells that differ in every dimension: bit d of the index tells whose place in dimension d.
func (b *boxes) corners(c, opposite int) []int {
	out := make([]int, 1<<len(b.dims))
	for mask := range out {
		out[mask] = b.corner(c, opposite, mask)
	}
	return out
}

func (b *boxes) corner(c, opposite, mask int) int {
	at := c
	for d, step := range b.steps {
		if mask>>d&1 == 1 {
			at += (opposite/step%b.dims[d] - c/step%b.dims[d]) * step
		}
	}
	return at
}

// protects reports whether the box alone makes the interval of c wide enough in every value: corners an odd number of steps
// away give what c gains, those an even number away lose with it.
func (b *boxes) protects(c, opposite int) bool {
	for m := range b.values {
		down, up := b.value(m, c), int64(1)<<62
		for mask := 1; mask < 1<<len(b.dims); mask++ {
			v := b.value(m, b.corner(c, opposite, mask))
			if parity(mask) == 1 {
				up = min(up, v)
			} else {
				down = min(down, v)
			}
		}
		if around, width := b.needs(m, c); down < around || up < around || down+up < width {
			return false
		}
	}
	return true
}

func parity(mask int) int {
	p := 0
	for ; mask != 0; mask &= mask - 1 {
		p ^= 1
	}
	return p
}

// cheapest finds the box that hides the fewest further units.
func (b *boxes) cheapest(c int, hidden []bool) (best int, found bool) {
	var cost int64
	b.opposites(c, func(o int) bool {
		var price int64
		for mask := 1; mask < 1<<len(b.dims); mask++ {
			at := b.corner(c, o, mask)
			if b.table.structural(at) {
				return true
			}
			if !hidden[at] {
				price += b.value(0, at) + 1
			}
		}
		if (!found || price < cost) && b.protects(c, o) {
			best, cost, found = o, price, true
		}
		return !found || cost > 0
	})
	return best, found
}

// opposites calls f with every cell that differs from c in every dimension until it returns false.
func (b *boxes) opposites(c int, f func(int) bool) {
	var walk func(d, at int) bool
	walk = func(d, at int) bool {
		if d == len(b.dims) {
			return f(at)
		}
		here := c / b.steps[d] % b.dims[d]
		for v := range b.dims[d] {
			if v != here && !walk(d+1, at+(v-here)*b.steps[d]) {
				return false
			}
		}
		return true
	}
	if len(b.dims) > 0 {
		walk(0, c)
	}
}

// exposed measures one hidden cell.
func (b *boxes) exposed(c int, hidden []bool, flows []*flow) (Finding, bool) {
	if flows == nil {
		covered := false
		b.opposites(c, func(o int) bool {
			for mask := 1; mask < 1<<len(b.dims); mask++ {
				if at := b.corner(c, o, mask); !hidden[at] || b.table.structural(at) {
					return true
				}
			}
			covered = b.protects(c, o)
			return !covered
		})
		around, width := b.needs(0, c)
		return Finding{Cell: c, Measure: -1, Why: Narrow, Limit: max(width, 2*around)}, !covered
	}
	for m, f := range flows {
		around, width := b.needs(m, c)
		down, up := f.interval(c, around+width)
		if down < around || up < around || down+up < width {
			return Finding{c, b.amount[m], Narrow, down + up, max(width, 2*around)}, true
		}
	}
	return Finding{}, false
}

// Narrow: the margins tell a hidden value too closely.
const Narrow = "interval"
