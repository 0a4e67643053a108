package release

import (
	"fmt"
	"math"
	"math/big"

	"yunei/internal/base/errs"
	"yunei/internal/core/query"
	"yunei/internal/core/query/noise"
)

// Mechanism is the only one there is.
const Mechanism = "discrete_gaussian"

// UnitsVector is the Agg of a vector that the model does not have: the units of each
// cell, released so that the threshold has something to look at.
const UnitsVector = -1

// Ask is what is wanted of one release.
type Ask struct {
	Rho   Rho   // the most it may cost
	K     int   // fewest units a shown cell should have (最小单元数)
	Units int64 // units of the resource from public metadata, 0 when unknown
}

// Vector is one released vector and its noise.
type Vector struct {
	Agg      int      `json:"agg"` // index into the model's aggregates, or UnitsVector
	C        int64    `json:"c"`   // the most one unit moves one cell, in units of 10^-Scale
	Scale    int      `json:"scale"`
	Variance *big.Rat `json:"variance"` // in units of 10^(-2*Scale)
	Rho      Rho      `json:"rho"`
}

// Sigma is the standard deviation of the noise, for display.
func (v *Vector) Sigma() float64 {
	f, _ := v.Variance.Float64()
	return math.Sqrt(f)
}

// Plan is a release before it runs. It is computed from the model and public metadata
// only, so it can be shown to whoever applies, and it is what is reserved in the ledger.
type Plan struct {
	Model     string   `json:"model"` // hash of the model
	Mechanism string   `json:"mechanism"`
	Rho       Rho      `json:"rho"` // the sum of the vectors' charges
	L0        int      `json:"l0"`  // cells in which one unit counts
	K         int      `json:"k"`
	Cells     int      `json:"cells"`
	Basis     int      `json:"basis"` // the vector the threshold looks at, one per unit
	Vectors   []Vector `json:"vectors"`

	Select *Selection `json:"select,omitempty"` // which groups of a private domain are shown; nil where the domain is public
}

// l0 is in how many cells one unit counts.
func l0(m *query.Model) int {
	if len(m.Selects()) > 0 {
		return m.Root.Groups
	}
	return min(m.Root.Groups, m.Cells())
}

// defaultUnits stands in for an unknown number of units: more than there are people here.
const defaultUnits = 2_000_000_000

// NewPlan spreads the budget over the vectors of a class A model in equal parts.
func NewPlan(m *query.Model, ask Ask) (Plan, error) {
	if m.Class != query.A {
		return Plan{}, errs.New(errs.Invalid, "只有汇总模型 (A 类) 需要披露额度。请选择汇总模型后再试。")
	}
	if ask.Rho <= 0 || ask.K < 1 {
		return Plan{}, errs.New(errs.Invalid, "披露额度须大于 0，最小单元数须不小于 1。请重新填写。")
	}
	r := m.Root
	p := Plan{Model: m.Hash(), Mechanism: Mechanism, L0: l0(m), K: ask.K, Cells: m.Cells(), Basis: -1}
	for i := range r.Aggs {
		a := &r.Aggs[i]
		c := a.Sensitivity(r.Rows)
		if c == 0 {
			return Plan{}, errs.New(errs.Invalid, "求和列的上下界都是 0，结果没有意义。请放宽该列的上下界。")
		}
		p.Vectors = append(p.Vectors, Vector{Agg: i, C: c, Scale: a.Type.Scale})
		// A vector in which a unit is at most one serves as a count of units: it never
		// exceeds theirs, so a threshold on it errs on the safe side.
		if c == 1 && a.Func != query.AggSum && p.Basis < 0 {
			p.Basis = i
		}
	}
	if p.Basis < 0 {
		p.Basis = len(p.Vectors)
		p.Vectors = append(p.Vectors, Vector{Agg: UnitsVector, C: 1})
	}
	if len(m.Selects()) > 0 {
		// Half of the budget says which groups there are, half what is in them.
		var err error
		if p.Select, err = newSelection(ask.Rho / 2); err != nil {
			return Plan{}, err
		}
		if _, _, err := p.Shown(); err != nil {
			return Plan{}, errs.New(errs.Invalid, "披露额度太小，每人可计入的分组又多，遴选不出分组。请增加额度或减少每人的行数。")
		}
		p.Rho, ask.Rho = p.Select.Rho, ask.Rho-p.Select.Rho
	}
	share := ask.Rho / Rho(len(p.Vectors))
	if share == 0 {
		return Plan{}, errs.New(errs.Invalid, "披露额度太小，不够分给 %d 列结果。请增加额度或减少结果列。", len(p.Vectors))
	}
	units := ask.Units
	if units <= 0 {
		units = defaultUnits
	}
	for i := range p.Vectors {
		v := &p.Vectors[i]
		// Public numbers of units are rounded, so twice as many must still fit.
		if v.C > (1<<62)/(2*units) {
			return Plan{}, errs.New(errs.Invalid, "求和列的上下界过宽，合计可能超出可计算范围。请用 clamp 收窄上下界。")
		}
		v.Variance = variance(p.L0, v.C, share)
		if v.Variance.Num().BitLen()-v.Variance.Denom().BitLen() > 2*noise.MaxSigmaBits-1 {
			return Plan{}, errs.New(errs.Invalid, "求和列的上下界过宽而额度太小，噪声会淹没结果。请收窄上下界或增加额度。")
		}
		var err error
		if v.Rho, err = charge(p.L0, v.C, v.Variance); err != nil {
			return Plan{}, fmt.Errorf("plan release: %w", err)
		}
		p.Rho += v.Rho
	}
	return p, nil
}

// Recharge recomputes the cost from the mechanism log alone: what a reviewer compares
// with the ledger.
func (p *Plan) Recharge() (Rho, error) {
	var sum Rho
	if p.Select != nil {
		if p.Select.Epsilon == nil || p.Select.Epsilon.Sign() <= 0 || p.Select.Delta <= 0 {
			return 0, fmt.Errorf("a selection without epsilon or delta")
		}
		sum = selectionCharge(p.Select.Epsilon)
	}
	for i := range p.Vectors {
		rho, err := charge(p.L0, p.Vectors[i].C, p.Vectors[i].Variance)
		if err != nil {
			return 0, err
		}
		sum += rho
	}
	return sum, nil
}

// fits reports whether the plan says of the model what one unit can move: a charge is true of these numbers only, and a
// plan that was stored may have been changed.
func (p *Plan) fits(m *query.Model) bool {
	aggs := m.Root.Aggs
	if p.L0 != l0(m) || (p.Select != nil) != (len(m.Selects()) > 0) || p.Cells != m.Cells() || p.Basis < 0 || p.Basis >= len(p.Vectors) || p.Vectors[p.Basis].C != 1 {
		return false
	}
	for i := range p.Vectors {
		v := &p.Vectors[i]
		switch {
		case i < len(aggs) && (v.Agg != i || v.C != aggs[i].Sensitivity(m.Root.Rows) || v.Scale != aggs[i].Type.Scale):
			return false
		case i >= len(aggs) && (i > len(aggs) || v.Agg != UnitsVector || v.C != 1 || v.Scale != 0):
			return false
		}
	}
	return len(p.Vectors) >= len(aggs)
}

// Threshold is the least noisy number of units at which a cell is shown: the regime's k
// is met wrongly in at most one case in a thousand (k - 1 + 3.1 sigma, rounded up).
func (p *Plan) Threshold() int64 {
	v := p.Vectors[p.Basis].Variance
	// the least t with 100*t^2*den >= 961*num
	num := new(big.Int).Mul(big.NewInt(961), v.Num())
	square := ceilDiv(num, new(big.Int).Mul(big.NewInt(100), v.Denom()))
	t := new(big.Int).Sqrt(square)
	if new(big.Int).Mul(t, t).Cmp(square) < 0 {
		t.Add(t, big.NewInt(1))
	}
	return int64(p.K-1) + t.Int64()
}

// Preview is what an applicant sees before anyone writes a row: errors to expect, from
// public metadata only.
type Preview struct {
	Plan      Plan            `json:"plan"`
	Threshold int64           `json:"threshold"`    // noisy units a cell needs to be shown
	PerCell   int64           `json:"unitsPerCell"` // units an average cell would have, 0 when unknown
	Hidden    bool            `json:"hidden"`       // an average cell would not be shown
	HalfShown int64           `json:"halfShown,omitempty" doc:"Private domain: units at which a group is shown every second time"`
	MostShown int64           `json:"mostShown,omitempty" doc:"Private domain: units at which a group is shown in 999 of 1000 cases"`
	Columns   []PreviewColumn `json:"columns"`
}

// PreviewColumn is the error of one output.
type PreviewColumn struct {
	Name    string `json:"name"`
	Error95 string `json:"error95"` // half the width of the 95% interval; "" where it depends on the cell
}

// NewPreview plans a release and states its accuracy.
func NewPreview(m *query.Model, ask Ask) (Preview, error) {
	p, err := NewPlan(m, ask)
	if err != nil {
		return Preview{}, err
	}
	v := Preview{Plan: p, Threshold: p.Threshold()}
	if p.Select != nil {
		if v.HalfShown, v.MostShown, err = p.Shown(); err != nil {
			return Preview{}, err
		}
		v.Threshold = int64(p.K)
	}
	if ask.Units > 0 && p.Select == nil {
		v.PerCell = ask.Units * int64(p.L0) / int64(p.Cells)
		v.Hidden = v.PerCell < v.Threshold
	}
	if m.Fit != nil {
		v.Hidden, v.Columns = false, fitPreview(m, &p, ask.Units)
		return v, nil
	}
	for i := range m.Outputs {
		o := &m.Outputs[i]
		column := PreviewColumn{Name: o.Name}
		switch o.Kind {
		case query.OutAgg, query.OutBin:
			bins := 1
			if o.Kind == query.OutAgg {
				bins = m.Bins()
			}
			column.Error95 = halfOf(&p.Vectors[o.Index], bins).Text()
		case query.OutRatio:
			if v.PerCell > 0 {
				column.Error95 = ratioError(&p, o, m, 0, max(v.PerCell, v.Threshold)).Text()
			}
		default:
			continue
		}
		v.Columns = append(v.Columns, column)
	}
	return v, nil
}

// half95 is 1.96 sigma, rounded up.
func half95(v *Vector) query.Value { return halfOf(v, 1) }

// halfOf is the same of a sum of cells.
func halfOf(v *Vector, cells int) query.Value {
	return query.NumberValue(int64(math.Ceil(1.96*v.Sigma()*math.Sqrt(float64(cells)))), v.Scale)
}
