package release

import (
	"fmt"
	"math"
	"math/big"

	"yunei/internal/core/query"
	"yunei/internal/core/query/duckdb"
	"yunei/internal/core/query/noise"
)

// Exact is one exact cell: its number, its units, its vectors. It never leaves the domain.
type Exact struct {
	Index   int
	Tokens  []int64 // of the keys that are selected privately
	Units   int64
	Vectors []int64
}

// FromEngine reads the rows of a rendered class A statement, believing nothing: an
// unknown cell, a cell twice or a NULL ends the run.
func FromEngine(m *query.Model, rows [][]duckdb.Cell) ([]Exact, error) {
	seen := map[string]bool{}
	out := make([]Exact, 0, len(rows))
	tokens := len(m.Selects())
	for _, row := range rows {
		if len(row) != 2+tokens+len(m.Root.Aggs) {
			return nil, fmt.Errorf("engine gave %d columns for %d aggregates", len(row), len(m.Root.Aggs))
		}
		for _, c := range row {
			if c.Null {
				return nil, fmt.Errorf("engine gave a NULL")
			}
		}
		n, id := row[0].N, fmt.Sprint(row[:1+tokens])
		if n < 0 || n >= int64(m.Cells()) || seen[id] {
			return nil, fmt.Errorf("engine gave cell %d, which is unknown or came twice", n)
		}
		seen[id] = true
		e := Exact{Index: int(n), Units: row[1+tokens].N}
		for _, c := range row[1 : 1+tokens] {
			e.Tokens = append(e.Tokens, c.N)
		}
		for _, c := range row[2+tokens:] {
			e.Vectors = append(e.Vectors, c.N)
		}
		out = append(out, e)
	}
	return out, nil
}

// Field is one value of the released table.
type Field struct {
	Value   query.Value `json:"value"`            // NULL for a mean without a denominator
	Error95 query.Value `json:"error95,omitzero"` // half the width of the 95% interval
	Hidden  bool        `json:"hidden,omitempty"` // shown as *
	IsNull  bool        `json:"isNull,omitempty"` // a key whose value is missing
	Label   string      `json:"label,omitempty"`  // what a coded key value means
}

// Text is the field as it is printed.
func (f *Field) Text() string {
	if f.Hidden {
		return hiddenText
	}
	return f.Value.Text()
}

// Column describes one column of the released table.
type Column struct {
	Name  string           `json:"name"`
	Title string           `json:"title,omitempty"`
	Type  query.Type       `json:"type"`
	Kind  query.OutputKind `json:"kind"`
}

// Row is one cell of the domain as it is shown.
type Row struct {
	Cell   int     `json:"cell"`
	Fields []Field `json:"fields"`
}

// Table is what may leave.
type Table struct {
	Columns []Column `json:"columns"`
	Rows    []Row    `json:"rows"`
	Totals  []Field  `json:"totals"` // sums of the shown cells, column by column; keys and means have none
	Shown   int      `json:"shown"`
	Hidden  int      `json:"hidden"`
	Mode    string   `json:"mode,omitempty" doc:"exact, or empty for a noised table"`
}

// Evidence stays inside: what the output review checks.
type Evidence struct {
	Plan       Plan      `json:"plan"`
	Threshold  int64     `json:"threshold"`
	Structural []int     `json:"structural,omitempty"` // cells that cannot have units, never shown
	Salt       string    `json:"salt,omitempty"`       // of the choice of cells in this run, for a recount
	Noisy      [][]int64 `json:"noisy"`                // per vector and cell, after the noise
	Canary     [][]int64 `json:"canary"`               // per vector: draws of the same sampler on cells of exactly 0
	Picked     []Picked  `json:"picked,omitempty"`     // private domain: the groups that selection let through, one per cell
	Kept       int       `json:"kept,omitempty"`       // and of as many canary draws, how many were kept
}

// canaries is how many extra draws show that noise was at work.
const canaries = 256

// Options of a collection.
type Options struct {
	// Structural lists cells that public knowledge leaves empty, beside those that follow
	// from the model's own conditions.
	Structural []int
	// Salt is what the statement was rendered with, to be recorded.
	Salt string
	// Resolve names the groups of a private domain.
	Resolve Resolve
}

// Collect noises the exact cells and lays out the released table.
func Collect(m *query.Model, p Plan, exact []Exact, src *noise.Source, opt Options) (Table, Evidence, error) {
	if p.Model != m.Hash() {
		return Table{}, Evidence{}, fmt.Errorf("the plan is for model %s, not %s", p.Model, m.Hash())
	}
	if rho, err := p.Recharge(); err != nil || rho != p.Rho {
		return Table{}, Evidence{}, fmt.Errorf("the plan's cost is %s, its mechanism costs %s (%v)", p.Rho, rho, err)
	}
	if !p.fits(m) {
		return Table{}, Evidence{}, fmt.Errorf("the plan does not say what one unit moves in model %s", m.Hash())
	}
	structural, err := Structural(m)
	if err != nil {
		return Table{}, Evidence{}, err
	}
	e := Evidence{Plan: p, Threshold: p.Threshold(), Structural: append(structural, opt.Structural...), Salt: opt.Salt}
	cells := p.Cells
	if p.Select != nil {
		if exact, err = pick(m, &p, &e, exact, src, opt.Resolve); err != nil {
			return Table{}, Evidence{}, err
		}
		cells, e.Threshold = len(exact), int64(p.K)
	}
	for i := range p.Vectors {
		noisy, canary, err := addNoise(cells, &p.Vectors[i], exact, src)
		if err != nil {
			return Table{}, Evidence{}, err
		}
		e.Noisy, e.Canary = append(e.Noisy, noisy), append(e.Canary, canary)
	}
	t, err := layOut(m, &e)
	return t, e, err
}

// addNoise starts every cell of the domain at 0, adds what was counted and then noise.
func addNoise(cells int, v *Vector, exact []Exact, src *noise.Source) (noisy, canary []int64, err error) {
	draw, err := src.Gaussian(v.Variance)
	if err != nil {
		return nil, nil, err
	}
	noisy, canary = make([]int64, cells), make([]int64, canaries)
	for _, x := range exact {
		if x.Index < 0 || x.Index >= cells || v.Agg >= len(x.Vectors) {
			return nil, nil, fmt.Errorf("cell %d does not fit the plan", x.Index)
		}
		noisy[x.Index] = x.Units
		if v.Agg != UnitsVector {
			noisy[x.Index] = x.Vectors[v.Agg]
		}
	}
	for i := range noisy {
		noisy[i] = add(noisy[i], draw())
	}
	for i := range canary {
		canary[i] = draw()
	}
	return noisy, canary, nil
}

// add stops at the ends of int64.
func add(a, b int64) int64 {
	switch s := a + b; {
	case a > 0 && b > 0 && s < 0:
		return math.MaxInt64
	case a < 0 && b < 0 && s >= 0:
		return math.MinInt64
	default:
		return s
	}
}

// Lay lays a stored release out for a model that asks the same question, with its own
// names and order of columns. The noisy numbers are those released before, so it costs
// nothing.
func Lay(m *query.Model, e Evidence) (Table, error) {
	if m.Class != query.A || m.Cells() != e.Plan.Cells || !e.fits(m) || len(e.Noisy) != len(e.Plan.Vectors) || len(e.Noisy) < len(m.Root.Aggs) {
		return Table{}, fmt.Errorf("the stored release does not answer model %s", m.Hash())
	}
	for i := range m.Root.Aggs {
		if v := &e.Plan.Vectors[i]; v.Agg != i || v.C != m.Root.Aggs[i].Sensitivity(m.Root.Rows) || len(e.Noisy[i]) != e.cells() {
			return Table{}, fmt.Errorf("the stored release does not answer model %s", m.Hash())
		}
	}
	return layOut(m, &e)
}

// layOut is post-processing: it sees noisy numbers only.
func layOut(m *query.Model, e *Evidence) (Table, error) {
	if m.Fit != nil {
		return layFit(m, e)
	}
	t := Table{Columns: columnsOf(m)}
	structural := map[int]bool{}
	for _, c := range e.Structural {
		structural[c] = true
	}
	bins := m.Bins()
	for c := 0; c < e.cells(); c += bins {
		some := false
		for b := range bins {
			some = some || !structural[e.public(c+b)]
		}
		if some {
			t.Rows = append(t.Rows, layRow(m, e, c))
		}
	}
	var err error
	if t.Rows, err = postProcess(m.Post, t.Rows); err != nil {
		return Table{}, err
	}
	totals := make([]int64, len(m.Outputs))
	for _, row := range t.Rows {
		if !e.showsRow(m, row.Cell) {
			t.Hidden++
			continue
		}
		t.Shown++
		for i := range m.Outputs {
			if m.Outputs[i].Kind == query.OutAgg {
				totals[i] = add(totals[i], row.Fields[i].Value.N)
			}
		}
	}
	for i := range m.Outputs {
		t.Totals = append(t.Totals, total(m, e, &m.Outputs[i], totals[i], t.Shown))
	}
	return t, nil
}

func columnsOf(m *query.Model) []Column {
	out := make([]Column, len(m.Outputs))
	for i := range m.Outputs {
		o := &m.Outputs[i]
		out[i] = Column{Name: o.Name, Title: o.Title, Type: o.Type, Kind: o.Kind}
	}
	return out
}

// shows reports whether a cell has enough noisy units to be shown. A selected group is shown by having been selected.
func (e *Evidence) shows(c int) bool {
	return e.Plan.Select != nil || e.Noisy[e.Plan.Basis][c] >= e.Threshold
}

func layRow(m *query.Model, e *Evidence, c int) Row {
	row := Row{Cell: c}
	keys := e.keysOf(m, c)
	for i := range m.Outputs {
		f := field(m, e, &m.Outputs[i], c, keys)
		switch kind := m.Outputs[i].Kind; {
		case kind == query.OutBin && !e.shows(c+m.Outputs[i].Bin), kind != query.OutBin && kind != query.OutKey && !e.showsRow(m, c):
			f = Field{Hidden: true}
		}
		row.Fields = append(row.Fields, f)
	}
	return row
}

func total(m *query.Model, e *Evidence, o *query.Output, sum int64, shown int) Field {
	if o.Kind != query.OutAgg {
		return Field{}
	}
	v := &e.Plan.Vectors[o.Index]
	half := int64(math.Ceil(1.96 * v.Sigma() * math.Sqrt(float64(shown*m.Bins()))))
	return Field{Value: query.NumberValue(sum, v.Scale), Error95: query.NumberValue(half, v.Scale)}
}

func field(m *query.Model, e *Evidence, o *query.Output, c int, keys []query.Value) Field {
	switch o.Kind {
	case query.OutKey:
		f := Field{Value: keys[o.Index], IsNull: keys[o.Index].IsNull()}
		if k := &m.Root.Keys[o.Index]; len(k.Labels) > 0 {
			if at := place(m, o.Index, e.public(c)); at < len(k.Labels) {
				f.Label = k.Labels[at]
			}
		}
		return f
	case query.OutBin:
		return Field{Value: query.IntValue(max(e.Noisy[o.Index][c+o.Bin], 0)), Error95: half95(&e.Plan.Vectors[o.Index])}
	case query.OutQuantile:
		return quantile(m, e, o, c)
	case query.OutAgg:
		if m.Root.Bins {
			return binSum(m, e, o, c)
		}
		v := &e.Plan.Vectors[o.Index]
		n := e.Noisy[o.Index][c]
		if m.Root.Aggs[o.Index].Func != query.AggSum {
			n = max(n, 0) // a count below nothing helps nobody
		}
		return Field{Value: query.NumberValue(n, v.Scale), Error95: half95(v)}
	}
	if o.Kind == query.OutStat {
		return figure(m, e, o, c)
	}
	return ratio(m, e, o, c)
}

// place is where cell c stands in the domain of one key; the last key runs fastest.
func place(m *query.Model, key, c int) int {
	for k := len(m.Root.Keys) - 1; k > key; k-- {
		c /= m.Root.Keys[k].Size()
	}
	return c % m.Root.Keys[key].Size()
}

// ratio is a mean from two noisy vectors, brought back into the bounds the policy
// publishes: post-processing, so it costs nothing.
func ratio(m *query.Model, e *Evidence, o *query.Output, c int) Field {
	sum, n := e.Noisy[o.Index][c], e.Noisy[o.Over][c]
	if n <= 0 {
		return Field{}
	}
	a := &m.Root.Aggs[o.Index]
	top := new(big.Int).Mul(big.NewInt(o.Plus), big.NewInt(n))
	top.Add(top, big.NewInt(sum))
	value := scaled(top, big.NewInt(n), a.Type.Scale, o.Type.Scale)
	if a.Func == query.AggSum {
		one := big.NewInt(1)
		lo := scaled(big.NewInt(a.Lo-a.Center+o.Plus), one, a.Type.Scale, o.Type.Scale)
		hi := scaled(big.NewInt(a.Hi-a.Center+o.Plus), one, a.Type.Scale, o.Type.Scale)
		value = min(max(value, lo), hi)
	}
	mean := float64(sum) / float64(n)
	return Field{Value: query.NumberValue(value, o.Type.Scale), Error95: ratioError(&e.Plan, o, m, mean, n)}
}

// scaled is num/den*10^(to-from), half away from zero.
func scaled(num, den *big.Int, from, to int) int64 {
	num, den = new(big.Int).Set(num), new(big.Int).Set(den)
	if to >= from {
		num.Mul(num, big.NewInt(query.Pow10(to-from)))
	} else {
		den.Mul(den, big.NewInt(query.Pow10(from-to)))
	}
	negative := num.Sign() < 0
	num.Abs(num).Lsh(num, 1).Add(num, den)
	num.Quo(num, den.Lsh(den, 1))
	if !num.IsInt64() {
		return math.MaxInt64
	}
	if negative {
		return -num.Int64()
	}
	return num.Int64()
}

// ratioError is half the 95% interval of sum/n around a mean, by the delta method:
// sqrt(var(sum) + mean^2 var(n)) / n.
func ratioError(p *Plan, o *query.Output, m *query.Model, mean float64, n int64) query.Value {
	s, d := p.Vectors[o.Index].Sigma(), p.Vectors[o.Over].Sigma()
	half := 1.96 * math.Sqrt(s*s+mean*mean*d*d) / float64(n)
	half *= math.Pow10(o.Type.Scale - m.Root.Aggs[o.Index].Type.Scale)
	return query.NumberValue(int64(math.Ceil(half)), o.Type.Scale)
}
