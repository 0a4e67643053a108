package audit

// GroupFinding is one line of a table that tells what a whole group has (群体披露).
type GroupFinding struct {
	Key   int    `json:"key"`
	Cell  int    `json:"cell"` // the cell, or the first of its line
	Why   string `json:"why"`
	Got   int64  `json:"got"`
	Limit int64  `json:"limit"`
	// Sensitive: the key is a sensitive attribute, so the finding tells it of people.
	Sensitive bool `json:"sensitive"`
}

// Why a line tells too much about a group.
const (
	Dominates = "share"     // one cell is nearly the whole line
	AllOrNone = "all"       // everybody or nobody in the group has it
	TooAlike  = "diversity" // too few values occur
	TooFar    = "closeness" // the group is unlike everybody else
)

// Group looks at every line of a table: the cells that differ in one key only. Lines in which nothing is shown are passed over.
func Group(t *Table, shown []bool, r Rules) []GroupFinding {
	var out []GroupFinding
	for key, n := range t.Sizes {
		if n < 2 {
			continue
		}
		all := marginal(t, key)
		t.lines(key, func(first, step int) {
			if f, found := r.line(t, shown, key, first, step, all); found {
				out = append(out, f)
			}
		})
	}
	return append(out, r.rates(t, shown)...)
}

// rates finds indicators of a sensitive attribute that are 0% or 100% in a cell that is shown.
func (r Rules) rates(t *Table, shown []bool) []GroupFinding {
	var out []GroupFinding
	for c := range t.Cells {
		if !shown[c] {
			continue
		}
		n := size(t.Cells[c].Units)
		for i, k := range t.Measures {
			if got := t.Cells[c].Measures[i].Units; k.Indicator && k.Sensitive && (got == 0 || got == n) {
				out = append(out, GroupFinding{Key: -1, Cell: c, Why: AllOrNone, Got: thousandths(got, n), Sensitive: true})
			}
		}
	}
	return out
}

// lines calls f with the first cell of every line along a key, and the step to the next.
func (t *Table) lines(key int, f func(first, step int)) {
	step := 1
	for _, n := range t.Sizes[key+1:] {
		step *= n
	}
	n := t.Sizes[key]
	for c := range t.Cells {
		if c/step%n == 0 {
			f(c, step)
		}
	}
}

// marginal counts everybody by one key.
func marginal(t *Table, key int) []int64 {
	out := make([]int64, t.Sizes[key])
	t.lines(key, func(first, step int) {
		for v := range out {
			out[v] += size(t.Cells[first+v*step].Units)
		}
	})
	return out
}

func (r Rules) line(t *Table, shown []bool, key, first, step int, all []int64) (GroupFinding, bool) {
	counts := make([]int64, t.Sizes[key])
	var total int64
	possible, present, visible, top := 0, int64(0), false, 0
	for v := range counts {
		c := first + v*step
		counts[v] = size(t.Cells[c].Units)
		total += counts[v]
		visible = visible || shown[c]
		if !t.structural(c) {
			possible++
		}
		if counts[v] > 0 {
			present++
		}
		if counts[v] > counts[top] {
			top = v
		}
	}
	f := GroupFinding{Key: key, Cell: first + top*step, Sensitive: t.Sensitive[key]}
	if !visible || total == 0 || possible < 2 {
		return f, false
	}
	switch {
	case counts[top] == total && f.Sensitive:
		f.Why, f.Got, f.Limit = AllOrNone, 1000, r.Share
	case shown[f.Cell] && more(counts[top], total, r.Share):
		f.Why, f.Got, f.Limit = Dominates, thousandths(counts[top], total), r.Share
	case f.Sensitive && present < r.Diversity:
		f.Why, f.Got, f.Limit = TooAlike, present, r.Diversity
	case f.Sensitive:
		if d := distance(counts, all, t.Ordered[key]); d > r.Closeness {
			f.Why, f.Got, f.Limit = TooFar, d, r.Closeness
		}
	}
	return f, f.Why != ""
}

// distance is the earth mover's distance of two distributions in thousandths, rounded up: on ordered values by their places,
// on others all equally far apart (Li, Li and Venkatasubramanian 2007).
func distance(a, b []int64, ordered bool) int64 {
	var na, nb float64
	for i := range a {
		na, nb = na+float64(a[i]), nb+float64(b[i])
	}
	var sum, run float64
	for i := range a {
		d := float64(a[i])/na - float64(b[i])/nb
		if ordered {
			run += d
			sum += abs(run)
		} else {
			sum += abs(d) / 2
		}
	}
	if ordered {
		sum /= float64(len(a) - 1)
	}
	return int64(sum*1000 + 1 - 1e-9)
}

func abs(x float64) float64 {
	if x < 0 {
		return -x
	}
	return x
}
