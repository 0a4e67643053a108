package audit

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/google/go-cmp/cmp"
)

// persons are the proposed thresholds of the design.
var persons = Rules{MinUnits: 10, First: 500, FirstTwo: 670, PPercent: 100, NK: 900, Share: 900, Diversity: 2, Closeness: 300, Protect: 100}

// set is the ordinals from a up to, not including, b.
func set(a, b uint32) *Units {
	u := roaring.New()
	u.AddRange(uint64(a), uint64(b))
	return u
}

// counts makes a table of that many units in each cell, all different.
func counts(sizes []int, n ...int) *Table {
	t := &Table{Sizes: sizes, Sensitive: make([]bool, len(sizes)), Ordered: make([]bool, len(sizes))}
	at := uint32(0)
	for _, v := range n {
		t.Cells = append(t.Cells, Cell{Units: set(at, at+uint32(v))})
		at += uint32(v)
	}
	return t
}

func amounts(t *Table, kind Kind, ms ...Measure) *Table {
	t.Measures = []Kind{kind}
	for i, m := range ms {
		t.Cells[i].Measures = []Measure{m}
	}
	return t
}

func TestPrimary(t *testing.T) {
	even := func(units, total int64) Measure { return Measure{units, total, total / units, total / units} }
	for _, c := range []struct {
		name  string
		table *Table
		want  []string
	}{
		{"ten", counts([]int{1}, 10), nil},
		{"nine", counts([]int{1}, 9), []string{"0 units 9<10"}},
		{"an empty cell tells that there is nobody", counts([]int{2}, 0, 30), []string{"0 units 0<10"}},
		{"few in the numerator", amounts(counts([]int{1}, 100), Kind{}, even(9, 90)), []string{"0 numerator 9<10"}},
		{"few outside of the numerator", amounts(counts([]int{1}, 100), Kind{Indicator: true}, even(91, 91)), []string{"0 complement 9<10"}},
		{"half of the total is one's", amounts(counts([]int{1}, 100), Kind{}, Measure{100, 1000, 500, 10}), nil},
		{"a little more than half", amounts(counts([]int{1}, 100), Kind{}, Measure{100, 1000, 501, 10}), []string{"0 first 501<500"}},
		{"two thirds are two's", amounts(counts([]int{1}, 100), Kind{}, Measure{100, 1000, 400, 271}), []string{"0 first_two 671<670"}},
	} {
		var got []string
		for _, f := range Primary(c.table, persons) {
			got = append(got, fmt.Sprintf("%d %s %d<%d", f.Cell, f.Why, f.Got, f.Limit))
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, d)
		}
	}
	// The p% rule binds where the shares alone do not: 47 and 50 of a hundred leave 3, which is 6% of 50.
	loose := persons
	loose.First, loose.FirstTwo, loose.NK = 1000, 1000, 1000
	f := Primary(amounts(counts([]int{1}, 100), Kind{}, Measure{100, 1000, 500, 470}), loose)
	if len(f) != 1 || f[0].Why != PRule || f[0].Got != 60 {
		t.Errorf("p%% rule = %+v, want 60 of 1000", f)
	}
	loose.PPercent = 60
	if f := Primary(amounts(counts([]int{1}, 100), Kind{}, Measure{100, 1000, 500, 470}), loose); f != nil {
		t.Errorf("at the limit of the p%% rule = %+v, want nothing", f)
	}
	structural := counts([]int{2}, 0, 30)
	structural.Structural = []bool{true, false}
	if f := Primary(structural, persons); f != nil {
		t.Errorf("a structurally empty cell = %+v, want nothing", f)
	}
}

func TestGroup(t *testing.T) {
	sick := func(sizes []int, n ...int) *Table {
		table := counts(sizes, n...)
		table.Sensitive[1] = true
		return table
	}
	for _, c := range []struct {
		name  string
		table *Table
		want  []string
	}{
		{"everybody of a group has it", sick([]int{2, 2}, 0, 50, 40, 60), []string{"0 share", "1 all"}},
		{"91% have it", sick([]int{2, 2}, 9, 91, 40, 60), []string{"1 share"}},
		{"a group unlike the others", sick([]int{2, 2}, 80, 20, 2000, 6000), []string{"0 share", "0 share", "1 closeness"}},
		{"alike", sick([]int{2, 2}, 40, 60, 40, 60), nil},
		{"a place where nearly all of an age live", counts([]int{2, 2}, 950, 50, 500, 60), []string{"1 share"}},
	} {
		shown := make([]bool, len(c.table.Cells))
		for i := range shown {
			shown[i] = true
		}
		var got []string
		for _, f := range Group(c.table, shown, persons) {
			got = append(got, fmt.Sprintf("%d %s", f.Key, f.Why))
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, d)
		}
	}
	rate := amounts(counts([]int{1}, 100), Kind{Indicator: true, Sensitive: true}, Measure{Units: 100, Total: 100, First: 1, Second: 1})
	if f := Group(rate, []bool{true}, persons); len(f) != 1 || f[0].Why != AllOrNone {
		t.Errorf("a rate of 100%% = %+v, want all", f)
	}
	if f := Group(rate, []bool{false}, persons); f != nil {
		t.Errorf("a hidden rate = %+v, want nothing", f)
	}
}

func hiddenOf(findings []Finding, n int) []bool {
	out := make([]bool, n)
	for _, f := range findings {
		out[f.Cell] = true
	}
	return out
}

// What is left hidden must not be told by the margins. The oracle counts every table with the same margins and the same
// shown cells.
func TestSuppress_AgainstEveryTable(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 9))
	rules := persons
	rules.MinUnits = 4
	hid := 0
	for trial := range 300 {
		n := make([]int, 9)
		for i := range n {
			n[i] = r.IntN(8)
			if r.IntN(3) > 0 {
				n[i] += 3
			}
		}
		table := counts([]int{3, 3}, n...)
		primary := hiddenOf(Primary(table, rules), 9)
		hidden, bare := Suppress(table, primary, rules)
		exposed := Exposed(table, primary, hidden, rules)
		if len(bare) == 0 && len(exposed) > 0 {
			t.Fatalf("trial %d: boxes for all of %v, and yet exposed: %+v", trial, n, exposed)
		}
		bad := map[int]bool{}
		for _, f := range exposed {
			bad[f.Cell] = true
		}
		lo, hi := everyTable(n, hidden)
		for c := range n {
			if !primary[c] {
				continue
			}
			hid++
			around := int((int64(n[c])*rules.Protect + 999) / 1000)
			narrow := n[c]-lo[c] < around || hi[c]-n[c] < around || hi[c]-lo[c] < int(rules.MinUnits)
			if narrow != bad[c] {
				t.Fatalf("trial %d: cell %d of %v is in [%d, %d], exposed %v, want %v (hidden %v)", trial, c, n, lo[c], hi[c], bad[c], narrow, hidden)
			}
		}
	}
	if hid < 300 {
		t.Errorf("%d hidden cells: too few to prove anything", hid)
	}
}

// everyTable tries every 3x3 table with the margins of n that agrees where nothing is hidden.
func everyTable(n []int, hidden []bool) (lo, hi []int) {
	lo, hi = append([]int(nil), n...), append([]int(nil), n...)
	var row, col [3]int
	for c, v := range n {
		row[c/3] += v
		col[c%3] += v
	}
	x := make([]int, 9)
	var try func(c int)
	try = func(c int) {
		if c == 9 {
			for i := range 3 {
				if x[i]+x[3+i]+x[6+i] != col[i] {
					return
				}
			}
			for i, v := range x {
				lo[i], hi[i] = min(lo[i], v), max(hi[i], v)
			}
			return
		}
		used := 0
		for j := c - c%3; j < c; j++ {
			used += x[j]
		}
		from, to := 0, row[c/3]-used
		if c%3 == 2 {
			from = to
		}
		if !hidden[c] {
			if n[c] < from || n[c] > to {
				return
			}
			from, to = n[c], n[c]
		}
		for v := from; v <= to; v++ {
			x[c] = v
			try(c + 1)
		}
	}
	try(0)
	return lo, hi
}

func TestSuppress_Dimensions(t *testing.T) {
	line := counts([]int{4}, 3, 50, 20, 60)
	hidden, bare := Suppress(line, hiddenOf(Primary(line, persons), 4), persons)
	if d := cmp.Diff([]bool{true, false, true, false}, hidden); d != "" || bare != nil {
		t.Errorf("a line (-want +got):\n%s, bare %v", d, bare)
	}
	cube := counts([]int{2, 2, 2}, 3, 20, 30, 40, 50, 60, 70, 80)
	primary := hiddenOf(Primary(cube, persons), 8)
	hidden, bare = Suppress(cube, primary, persons)
	if bare != nil || Exposed(cube, primary, hidden, persons) != nil {
		t.Errorf("a cube: hidden %v, bare %v", hidden, bare)
	}
	if f := Exposed(cube, primary, primary, persons); len(f) != 1 {
		t.Errorf("only the small cell hidden: exposed %+v, want it", f)
	}
	lone := counts([]int{2, 1}, 3, 5)
	if _, bare := Suppress(lone, []bool{true, false}, persons); len(bare) != 1 {
		t.Errorf("nothing can protect 3 beside 5 at a width of 10 and more: bare %v", bare)
	}
}
