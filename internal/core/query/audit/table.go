package audit

import "github.com/RoaringBitmap/roaring/v2"

// Units is a set of unit ordinals, which are the same for a subject in every exact release.
type Units = roaring.Bitmap

// Measure says what one released figure of a cell is made of. Amounts are absolute.
type Measure struct {
	Units  int64 `json:"units"` // units that add anything: the numerator of a rate
	Total  int64 `json:"total"`
	First  int64 `json:"first"`
	Second int64 `json:"second"`
}

// Cell is one cell as it is inside the domain.
type Cell struct {
	Units    *Units
	Measures []Measure
}

// Kind tells how a measure is read.
type Kind struct {
	Indicator bool // each unit adds 0 or 1: the complement is a count as well
	Sensitive bool // says something that is sensitive personal information
	Signed    bool // contributions below zero occur, so a margin bounds nothing
}

// Table is every cell of a table's public domain, the last key fastest.
type Table struct {
	Sizes      []int  // values of each key
	Sensitive  []bool // keys that are a sensitive attribute
	Ordered    []bool // keys whose values are in an order that means something
	Measures   []Kind
	Cells      []Cell
	Structural []bool // cells that public knowledge leaves empty; nil means none
}

// Rules are the thresholds. Shares are in thousandths.
type Rules struct {
	MinUnits  int64 `json:"min_units"`
	First     int64 `json:"first"`     // the most that the largest contribution may be of a total
	FirstTwo  int64 `json:"first_two"` // the same for the two largest
	PPercent  int64 `json:"p_percent"` // what is left without the two largest, of the largest: at least
	NK        int64 `json:"nk"`        // the (2, k) rule: the two largest of a total, once more with a share of its own
	Share     int64 `json:"share"`     // the most that one cell may be of its line
	Diversity int64 `json:"diversity"` // fewest values of a sensitive attribute in a group
	Closeness int64 `json:"closeness"` // largest distance between a group's distribution and everybody's
	Protect   int64 `json:"protect"`   // how far around a hidden value its interval must reach
}

func (t *Table) structural(c int) bool { return t.Structural != nil && t.Structural[c] }

func size(u *Units) int64 {
	if u == nil {
		return 0
	}
	return int64(u.GetCardinality())
}

// Finding is one thing a check found about one cell.
type Finding struct {
	Cell    int    `json:"cell"`
	Measure int    `json:"measure"` // -1: the units themselves
	Why     string `json:"why"`
	Got     int64  `json:"got"` // a number of units, or thousandths
	Limit   int64  `json:"limit"`
}

// Why a cell is not fit to be shown.
const (
	TooFew     = "units"
	Numerator  = "numerator"
	Complement = "complement"
	FirstRule  = "first"
	TwoRule    = "first_two"
	PRule      = "p_percent"
	NKRule     = "nk"
)

// Primary lists the cells that must not be shown by themselves (初级保密单元格). An empty cell tells that nobody is in it, so
// it counts as too few unless it is structural.
func Primary(t *Table, r Rules) []Finding {
	var out []Finding
	for c := range t.Cells {
		if !t.structural(c) {
			out = append(out, r.cell(t, c)...)
		}
	}
	return out
}

func (r Rules) cell(t *Table, c int) []Finding {
	cell := &t.Cells[c]
	n := size(cell.Units)
	if n < r.MinUnits {
		return []Finding{{c, -1, TooFew, n, r.MinUnits}}
	}
	var out []Finding
	for i := range cell.Measures {
		m := &cell.Measures[i]
		switch {
		case m.Units < r.MinUnits:
			out = append(out, Finding{c, i, Numerator, m.Units, r.MinUnits})
		case t.Measures[i].Indicator && n-m.Units < r.MinUnits:
			out = append(out, Finding{c, i, Complement, n - m.Units, r.MinUnits})
		default:
			if why, got, limit := r.dominated(m); why != "" {
				out = append(out, Finding{c, i, why, got, limit})
			}
		}
	}
	return out
}

// dominated applies the dominance rules to a total of absolute contributions.
func (r Rules) dominated(m *Measure) (why string, got, limit int64) {
	two := m.First + m.Second
	switch {
	case m.Total <= 0:
		return "", 0, 0
	case more(m.First, m.Total, r.First):
		return FirstRule, thousandths(m.First, m.Total), r.First
	case more(two, m.Total, r.FirstTwo):
		return TwoRule, thousandths(two, m.Total), r.FirstTwo
	case more(two, m.Total, r.NK):
		return NKRule, thousandths(two, m.Total), r.NK
	case !more(m.Total-two, m.First, r.PPercent-1) && thousandths(m.Total-two, m.First) < r.PPercent:
		return PRule, thousandths(m.Total-two, m.First), r.PPercent
	}
	return "", 0, 0
}

// more reports part/whole > share/1000 without overflow for anything below 2^62.
func more(part, whole, share int64) bool {
	return compareShares(part, whole, share) > 0
}
