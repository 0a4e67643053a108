package audit

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/RoaringBitmap/roaring/v2"
)

func solve(t *testing.T, f Family, k int64) []Solved {
	t.Helper()
	found, _, looked := f.Solve(k)
	if !looked {
		t.Fatal("the family was not looked at")
	}
	return found
}

func TestDifferences(t *testing.T) {
	fresh := Released{"new", []*Units{set(0, 100), set(100, 200)}, nil}
	for _, c := range []struct {
		name        string
		other       *Units
		plus, minus int64
	}{
		{"equal", set(0, 100), 0, 0},
		{"nine fewer", set(9, 100), 9, 0},
		{"ten fewer", set(10, 100), 0, 0},
		{"one more", set(0, 101), 0, 1},
		{"nobody in common", set(500, 600), 0, 0},
	} {
		found, _ := Differences(fresh, []Released{{"old", []*Units{c.other}, nil}}, 10)
		switch {
		case c.plus == 0 && c.minus == 0:
			if found != nil {
				t.Errorf("%s: %+v, want nothing", c.name, found)
			}
		case len(found) != 1 || found[0].Plus != c.plus || found[0].Minus != c.minus || found[0].Release != "old":
			t.Errorf("%s: %+v, want +%d -%d", c.name, found, c.plus, c.minus)
		}
	}
	// A total that exceeds one of its cells by few tells about them, inside one release too.
	if found, _ := Differences(Released{"new", []*Units{set(0, 100), set(0, 105)}, nil}, nil, 10); len(found) != 1 || found[0].Minus != 5 {
		t.Errorf("a cell and its total: %+v, want 5", found)
	}
	_, overlaps := Differences(fresh, []Released{{"old", []*Units{set(50, 150)}, nil}}, 10)
	if len(overlaps) != 1 || overlaps[0].Shared != 100 || overlaps[0].Closest != 50 {
		t.Errorf("overlaps %+v, want 100 shared, 50 apart", overlaps)
	}
	own := set(0, 6)
	if found, _ := Differences(fresh.Without(own), []Released{Released{"old", []*Units{set(9, 100)}, nil}.Without(own)}, 10); len(found) != 1 || found[0].Plus != 3 {
		t.Errorf("without one's own units: %+v, want 3", found)
	}
}

// Four answers that each pass every pairwise comparison: (a+b+c) - (b+d) - (c+e) + (d+e) is a.
func TestSolve_Square(t *testing.T) {
	a, b, c, d, e := set(0, 4), set(100, 150), set(200, 260), set(300, 370), set(400, 480)
	releases := []Released{{"1", []*Units{roaring.FastOr(a, b, c)}, nil}, {"2", []*Units{roaring.Or(b, d)}, nil}, {"3", []*Units{roaring.Or(c, e)}, nil}, {"4", []*Units{roaring.Or(d, e)}, nil}}
	if found, _ := Differences(releases[3], releases[:3], 10); found != nil {
		t.Fatalf("pairs already tell: %+v", found)
	}
	if found := solve(t, NewFamily(releases[:3]), 10); found != nil {
		t.Errorf("three of the four tell already: %+v", found)
	}
	f := NewFamily(releases)
	found := solve(t, f, 10)
	if len(found) != 1 || found[0].Units != 4 || !found[0].Confirmed {
		t.Fatalf("solved %+v, want 4 units, confirmed", found)
	}
	want := map[string]string{"1": "1", "2": "-1", "3": "-1", "4": "1"}
	for i, s := range found[0].From {
		if found[0].Times[i] != want[s.Release] {
			t.Errorf("release %s counts %s times, want %s", s.Release, found[0].Times[i], want[s.Release])
		}
	}
}

// Two small groups that are only told together are found by their sum.
func TestSolve_Sum(t *testing.T) {
	big := set(0, 100)
	both := roaring.Or(set(200, 203), set(300, 304))
	f := NewFamily([]Released{{"1", []*Units{roaring.Or(big, both)}, nil}, {"2", []*Units{big}, nil}, {"3", []*Units{roaring.Or(set(200, 203), set(500, 600))}, nil}})
	found := solve(t, f, 10)
	if len(found) != 1 || found[0].Units != 7 || len(found[0].Atoms) != 2 || !found[0].Confirmed {
		t.Errorf("solved %+v, want 7 units in two atoms, confirmed", found)
	}
	if found := solve(t, f, 7); found != nil {
		t.Errorf("solved %+v, want nothing below 7", found)
	}
}

// Random subsets of 40 persons: as many as there are persons tell every one; a few tell nobody.
func TestSolve_Subsets(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	var releases []Released
	for len(releases) < 60 {
		u := roaring.New()
		for p := range uint32(40) {
			if r.IntN(2) == 0 {
				u.Add(p)
			}
		}
		releases = append(releases, Released{string(rune('a' + len(releases))), []*Units{u}, nil})
	}
	few, all := NewFamily(releases[:5]), NewFamily(releases)
	if found := solve(t, few, 1); found != nil {
		t.Errorf("no atom is below one: %+v", found)
	}
	found := solve(t, all, 2)
	if len(found) != 40 || !found[0].Confirmed {
		t.Errorf("%d of 40 persons solved from 60 subsets, first %+v", len(found), found[0])
	}
}

func TestIntervals(t *testing.T) {
	// Of 100 in a cell, 97 are in an overlapping one of 97 and 300 others: nothing solves for the three, but bounds may.
	three, rest, others := set(0, 3), set(10, 107), set(200, 500)
	f := NewFamily([]Released{{"1", []*Units{roaring.Or(three, rest)}, nil}, {"2", []*Units{roaring.Or(rest, others)}, nil}})
	if solve(t, f, 10) != nil {
		t.Fatal("solved already")
	}
	if narrow, looked := f.Intervals(10); !looked || narrow != nil {
		t.Errorf("three may be 0 to 100: %+v, looked %v", narrow, looked)
	}
	// Where the others are only four, the three must be between 3-4 and 3+97: with both ends known the window closes.
	f = NewFamily([]Released{{"1", []*Units{roaring.Or(three, rest)}, nil}, {"2", []*Units{roaring.Or(rest, set(600, 604))}, nil}, {"3", []*Units{roaring.Or(three, set(600, 604))}, nil}})
	if found := solve(t, f, 10); len(found) == 0 {
		t.Errorf("three equations with three unknowns tell all: %+v", found)
	}
	f = NewFamily([]Released{{"1", []*Units{roaring.Or(three, rest)}, nil}, {"3", []*Units{roaring.Or(three, set(600, 604))}, nil}})
	narrow, looked := f.Intervals(10)
	if !looked || len(narrow) != 2 || narrow[0].High > 7+1e-6 {
		t.Errorf("three and four add up to seven: %+v, looked %v", narrow, looked)
	}
}

func TestRational(t *testing.T) {
	for _, want := range [][2]int64{{1, 1}, {-1, 2}, {7, 3}, {-1000, 999}} {
		x := mul(uint64((want[0]+prime)%prime), inverse(uint64(want[1])))
		if n, d, ok := rational(x); !ok || n != want[0] || d != want[1] {
			t.Errorf("rational(%d/%d) = %d/%d, %v", want[0], want[1], n, d, ok)
		}
	}
}

// Whatever releases tell about one atom or two is found, in random families too small to hide anything from a plain count of ranks.
func TestSolve_Complete(t *testing.T) {
	const k = 10
	r := rand.New(rand.NewPCG(7, 7))
	told := 0
	for range 300 {
		// Twelve groups of 1 to 30 units, and cells that are unions of some of them.
		var groups []*Units
		for g := range uint32(12) {
			groups = append(groups, set(g*100, g*100+1+uint32(r.IntN(30))))
		}
		var releases []Released
		for range 4 + r.IntN(6) {
			u := roaring.New()
			for _, g := range groups {
				if r.IntN(3) == 0 {
					u.Or(g)
				}
			}
			releases = append(releases, Released{string(rune('a' + len(releases))), []*Units{u}, nil})
		}
		f := NewFamily(releases)
		found, _, looked := f.Solve(k)
		if !looked {
			t.Fatal("the family was not looked at")
		}
		want := tells(&f, k)
		if want {
			told++
		}
		if want && len(found) == 0 {
			t.Fatalf("the rows %v of atoms %v tell about fewer than %d; nothing was found", f.Rows, f.Sizes, k)
		}
		for _, s := range found[:min(len(found), explained)] {
			if !s.Confirmed {
				t.Fatalf("the rows %v of atoms %v: %+v is not confirmed", f.Rows, f.Sizes, s)
			}
		}
	}
	if told < 30 {
		t.Errorf("only %d of 300 families tell anything: the test shows little", told)
	}
}

// tells asks of every atom and every pair whether the row space meets it: ranks add up unless it does.
func tells(f *Family, k int64) bool {
	rank := func(more ...int) int {
		m := make([][]uint64, 0, len(f.Rows)+len(more))
		for _, row := range f.Rows {
			dense := make([]uint64, len(f.Sizes))
			for _, a := range row {
				dense[a] = 1
			}
			m = append(m, dense)
		}
		for _, a := range more {
			unit := make([]uint64, len(f.Sizes))
			unit[a] = 1
			m = append(m, unit)
		}
		return echelon(m, len(f.Sizes))
	}
	whole := rank()
	for a := range f.Sizes {
		if f.Sizes[a] < k && rank(a) == whole {
			return true
		}
		for b := range a {
			if f.Sizes[a]+f.Sizes[b] < k && rank(a, b) < whole+2 {
				return true
			}
		}
	}
	return false
}

// Two rows with the same rest tell how many more one group has than the other, though neither is told.
func TestSolve_Pair(t *testing.T) {
	a, b, rest := set(0, 4), set(100, 103), set(200, 204)
	more := set(300, 309)
	both := roaring.FastOr(rest, more)
	f := NewFamily([]Released{{"1", []*Units{roaring.Or(a, both)}, nil}, {"2", []*Units{roaring.Or(b, both)}, nil}, {"3", []*Units{roaring.Or(rest, set(400, 410))}, nil}})
	found := solve(t, f, 10)
	if len(found) != 1 || found[0].Units != 7 || !found[0].Confirmed || len(found[0].From) != 2 {
		t.Errorf("solved %+v, want the two groups of 4 and 3 against each other", found)
	}
}

// Twelve numbers about a hundred persons isolate nobody, and are two more than a table of them could have.
func TestSolve_Crowd(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	var releases []Released
	for len(releases) < 12 {
		u := roaring.New()
		for p := range uint32(100) {
			if r.IntN(2) == 0 {
				u.Add(p)
			}
		}
		releases = append(releases, Released{fmt.Sprint(len(releases)), []*Units{u}, nil})
	}
	for n, want := range map[int]Crowd{10: {}, 12: {Numbers: 12, Units: 100}} {
		f := NewFamily(releases[:n])
		if found, crowd, looked := f.Solve(10); !looked || found != nil || crowd != want {
			t.Errorf("%d numbers: %+v, found %+v; want %+v and nothing solved", n, crowd, found, want)
		}
	}
	// Crossing tables whose cells are large enough have fewer numbers than their units allow.
	var rows, columns []*Units
	for i := range uint32(10) {
		row, column := roaring.New(), roaring.New()
		for j := range uint32(10) {
			row.AddRange(uint64(i*100+j*10), uint64(i*100+j*10+5))
			column.AddRange(uint64(j*100+i*10), uint64(j*100+i*10+5))
		}
		rows, columns = append(rows, row), append(columns, column)
	}
	f := NewFamily([]Released{{"rows", rows, nil}, {"columns", columns, nil}})
	if found, crowd, _ := f.Solve(10); found != nil || crowd != (Crowd{}) {
		t.Errorf("two tables of fifty in each cell: %+v, %+v; want nothing", found, crowd)
	}
}
