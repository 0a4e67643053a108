package release

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"

	"github.com/RoaringBitmap/roaring/v2"

	"yunei/internal/core/query"
	"yunei/internal/core/query/audit"
	"yunei/internal/core/query/duckdb"
)

// ExactMode is the mechanism of a table without noise.
const ExactMode = "exact"

// ExactTable is what a run for official statistics leaves inside the domain (精确统计): nothing of it leaves before the output
// review has hidden what tells too much. It costs no part of a disclosure budget, because no budget bounds it.
type ExactTable struct {
	Model string      `json:"model"` // hash
	Cells []ExactCell `json:"cells"` // cells with units, in order
}

// ExactCell is one cell, with what the audits look at. Sums are those of the model's vectors.
type ExactCell struct {
	Index    int
	Units    *audit.Units // ordinals, the same for a subject in every exact table
	Vectors  []int64
	Measures []audit.Measure
	Parts    [][]int64 // per measure what each unit adds, in order of units

	parts map[uint32][]int64 // while they are collected, which is in the engine's order
}

type storedCell struct {
	Index    int             `json:"index"`
	Units    []byte          `json:"units"`
	Vectors  []int64         `json:"vectors"`
	Measures []audit.Measure `json:"measures"`
	Parts    [][]int64       `json:"parts,omitempty"`
}

// MarshalJSON writes the set in its portable binary form.
func (c ExactCell) MarshalJSON() ([]byte, error) {
	units, err := c.Units.ToBytes()
	if err != nil {
		return nil, err
	}
	return json.Marshal(storedCell{c.Index, units, c.Vectors, c.Measures, c.Parts})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (c *ExactCell) UnmarshalJSON(b []byte) error {
	var s storedCell
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	*c = ExactCell{Index: s.Index, Units: roaring.New(), Vectors: s.Vectors, Measures: s.Measures, Parts: s.Parts}
	return c.Units.UnmarshalBinary(s.Units)
}

// CollectExact reads the rows of an exact statement, believing nothing: an unknown cell, parts out of order or a NULL ends
// the run, and so does a total that does not fit. ordinal numbers a unit, where it is one.
func CollectExact(m *query.Model, rows [][]duckdb.Cell, ordinal func(unit int64) (uint32, bool)) (ExactTable, error) {
	t := ExactTable{Model: m.Hash()}
	lastCell, lastUnit := int64(-1), int64(0)
	for _, row := range rows {
		p, err := readPart(m, row)
		if err != nil {
			return ExactTable{}, err
		}
		if p.cell < lastCell || p.cell == lastCell && p.unit <= lastUnit || p.cell >= int64(m.Cells()) {
			return ExactTable{}, fmt.Errorf("engine gave cell %d, which is unknown or out of order", p.cell)
		}
		if p.cell != lastCell {
			t.Cells = append(t.Cells, ExactCell{Index: int(p.cell), Units: roaring.New(), Vectors: make([]int64, len(m.Root.Aggs)), Measures: make([]audit.Measure, len(m.Root.Aggs)),
				parts: map[uint32][]int64{}})
		}
		lastCell, lastUnit = p.cell, p.unit
		n, known := ordinal(p.unit)
		if !known {
			return ExactTable{}, fmt.Errorf("engine gave a unit of cell %d that it was not given", p.cell)
		}
		if err := t.Cells[len(t.Cells)-1].add(&p, n); err != nil {
			return ExactTable{}, err
		}
	}
	for i := range t.Cells {
		t.Cells[i].order()
		t.Cells[i].Units.RunOptimize()
	}
	return t, nil
}

// part is what one unit adds to one cell: per aggregate the vector's part, and the contribution itself.
type part struct {
	cell, unit      int64
	vectors, amount []int64
}

func readPart(m *query.Model, row []duckdb.Cell) (part, error) {
	width := 2
	for i := range m.Root.Aggs {
		if width++; m.Root.Aggs[i].Center != 0 {
			width++
		}
	}
	if len(row) != width {
		return part{}, fmt.Errorf("engine gave %d columns, want %d", len(row), width)
	}
	for _, c := range row {
		if c.Null {
			return part{}, fmt.Errorf("engine gave a NULL")
		}
	}
	p := part{cell: row[0].N, unit: row[1].N}
	at := 2
	for i := range m.Root.Aggs {
		v := row[at].N
		amount := v
		if at++; m.Root.Aggs[i].Center != 0 {
			whole := new(big.Int).Mul(big.NewInt(m.Root.Aggs[i].Center), big.NewInt(row[at].N))
			if whole.Add(whole, big.NewInt(v)); !whole.IsInt64() {
				return part{}, errTooLarge
			}
			amount = whole.Int64()
			at++
		}
		p.vectors, p.amount = append(p.vectors, v), append(p.amount, amount)
	}
	return p, nil
}

var errTooLarge = fmt.Errorf("a total does not fit into 64 bits")

func (c *ExactCell) add(p *part, ordinal uint32) error {
	if !c.Units.CheckedAdd(ordinal) {
		return fmt.Errorf("two units of cell %d have one ordinal", c.Index)
	}
	c.parts[ordinal] = p.amount
	for i := range c.Vectors {
		var fits bool
		if c.Vectors[i], fits = sum(c.Vectors[i], p.vectors[i]); !fits {
			return errTooLarge
		}
		m, a := &c.Measures[i], p.amount[i]
		if a == math.MinInt64 {
			return errTooLarge
		}
		if a = max(a, -a); a == 0 {
			continue
		}
		m.Units++
		if m.Total, fits = sum(m.Total, a); !fits {
			return errTooLarge
		}
		switch {
		case a > m.First:
			m.First, m.Second = a, m.First
		case a > m.Second:
			m.Second = a
		}
	}
	return nil
}

// order puts what units add into the order of the units.
func (c *ExactCell) order() {
	c.Parts = make([][]int64, len(c.Measures))
	c.Units.Iterate(func(u uint32) bool {
		for i, a := range c.parts[u] {
			c.Parts[i] = append(c.Parts[i], a)
		}
		return true
	})
	c.parts = nil
}

func sum(a, b int64) (int64, bool) {
	s := a + b
	return s, (s > a) == (b > 0) || b == 0
}

// AuditTable is the exact table as the audits see it: every cell of the domain. sensitive names the columns, as table.column,
// that are sensitive personal information.
func (t *ExactTable) AuditTable(m *query.Model, sensitive map[string]bool) (*audit.Table, error) {
	structural, err := Structural(m)
	if err != nil {
		return nil, err
	}
	a := &audit.Table{Cells: make([]audit.Cell, m.Cells()), Structural: make([]bool, m.Cells())}
	for i := range m.Root.Keys {
		k := &m.Root.Keys[i]
		a.Sizes = append(a.Sizes, k.Size())
		a.Ordered = append(a.Ordered, k.Expr.Type.Ordered())
		a.Sensitive = append(a.Sensitive, outputOf(m, query.OutKey, i, sensitive))
	}
	for i := range m.Root.Aggs {
		g := &m.Root.Aggs[i]
		// A sum between 0 and 1 of one row a unit counts those that have it.
		indicator := g.Func == query.AggSum && g.Lo == 0 && g.Hi == 1 && g.Type.Scale == 0
		a.Measures = append(a.Measures, audit.Kind{Indicator: indicator, Signed: g.Func == query.AggSum && g.Lo < 0,
			Sensitive: outputOf(m, query.OutAgg, i, sensitive)})
	}
	for _, c := range structural {
		a.Structural[c] = true
	}
	for c := range a.Cells {
		a.Cells[c] = audit.Cell{Units: roaring.New(), Measures: make([]audit.Measure, len(m.Root.Aggs))}
	}
	for _, c := range t.Cells {
		a.Cells[c.Index] = audit.Cell{Units: c.Units, Measures: c.Measures}
	}
	return a, nil
}

// outputOf reports whether an output that shows key or aggregate i rests on a sensitive column.
func outputOf(m *query.Model, kind query.OutputKind, i int, sensitive map[string]bool) bool {
	for o := range m.Outputs {
		out := &m.Outputs[o]
		shows := out.Kind == kind && out.Index == i
		if kind == query.OutAgg && out.Kind == query.OutRatio {
			shows = shows || out.Index == i || out.Over == i
		}
		if kind == query.OutAgg && out.Kind == query.OutStat {
			for _, p := range out.Parts {
				shows = shows || p == i
			}
		}
		for _, s := range out.Sources {
			if shows && sensitive[s.Table+"."+s.Column] {
				return true
			}
		}
	}
	return false
}

// LayExact lays an exact table out without the hidden cells. Counts are brought to a multiple of base, the nearest one: the same
// units give the same number however often they are asked, so asking again averages nothing out. Means and other figures
// are computed from the numbers as they are shown, and totals are sums of shown cells, so that neither tells more.
func LayExact(m *query.Model, t *ExactTable, hidden []bool, base int64) (Table, error) {
	structural, err := Structural(m)
	if err != nil {
		return Table{}, err
	}
	n := m.Cells()
	e := Evidence{Plan: Plan{Cells: n, Basis: len(m.Root.Aggs)}, Structural: structural}
	for i := range m.Root.Aggs {
		e.Plan.Vectors = append(e.Plan.Vectors, Vector{Agg: i, Scale: m.Root.Aggs[i].Type.Scale, Variance: new(big.Rat)})
		e.Noisy = append(e.Noisy, make([]int64, n))
	}
	e.Plan.Vectors = append(e.Plan.Vectors, Vector{Agg: UnitsVector, Variance: new(big.Rat)})
	visible := make([]int64, n)
	for c := range visible {
		visible[c] = -1 // below the threshold of 0
		if !hidden[c] {
			visible[c] = 0
		}
	}
	e.Noisy = append(e.Noisy, visible)
	for _, c := range t.Cells {
		for i, v := range c.Vectors {
			if a := &m.Root.Aggs[i]; a.Func != query.AggSum || a.Lo == 0 && a.Hi == 1 {
				v = nearest(v, base)
			}
			e.Noisy[i][c.Index] = v
		}
	}
	out, err := layOut(m, &e)
	if err != nil {
		return Table{}, err
	}
	out.Mode = ExactMode
	for _, row := range append(out.Rows, Row{Fields: out.Totals}) {
		for i := range row.Fields {
			row.Fields[i].Error95 = query.Null
		}
	}
	return out, nil
}

// nearest is the multiple of base nearest to a count; half goes up.
func nearest(v, base int64) int64 {
	if base < 2 {
		return v
	}
	return (v + base/2) / base * base
}
