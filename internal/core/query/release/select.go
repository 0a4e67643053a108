package release

import (
	"cmp"
	"fmt"
	"math"
	"math/big"
	"slices"

	"yunei/internal/base/errs"
	"yunei/internal/core/query"
	"yunei/internal/core/query/noise"
)

// Delta is a chance, in units of 10^-15, that the promise of a release does not hold; noise alone has none. Rounded up.
type Delta int64

// DeltaUnit is a whole.
const DeltaUnit = 1_000_000_000_000_000

// SelectDelta is the chance that one selection of groups costs.
const SelectDelta Delta = 10_000_000 // 10^-8

// Float is for display.
func (d Delta) Float() float64 { return float64(d) / DeltaUnit }

// Selection is the part of a plan that decides which groups of a private domain are shown. Whoever is in L0 groups
// moves each of them by one unit, so each group's draw has the L0-th part of epsilon and of delta; all together they
// are (epsilon, delta)-private for one unit, and so delta-approximately (epsilon^2/2)-zCDP.
type Selection struct {
	Epsilon *big.Rat `json:"epsilon"`
	Delta   Delta    `json:"delta"`
	Rho     Rho      `json:"rho"`
}

// selectBits is the grid of epsilon.
const selectBits = 20

// newSelection is the largest epsilon on the grid that a share of the budget pays for.
func newSelection(share Rho) (*Selection, error) {
	n := new(big.Int).Lsh(big.NewInt(2*int64(share)), 2*selectBits)
	n.Quo(n, big.NewInt(RhoUnit)).Sqrt(n)
	if n.Sign() == 0 {
		return nil, errs.New(errs.Invalid, "披露额度太小，不够遴选分组。请增加额度。")
	}
	s := &Selection{Epsilon: new(big.Rat).SetFrac(n, new(big.Int).Lsh(big.NewInt(1), selectBits)), Delta: SelectDelta}
	s.Rho = selectionCharge(s.Epsilon)
	return s, nil
}

// selectionCharge is ceil(10^12 * epsilon^2 / 2).
func selectionCharge(epsilon *big.Rat) Rho {
	cost := new(big.Rat).Mul(epsilon, epsilon)
	cost.Mul(cost, big.NewRat(RhoUnit, 2))
	return Rho(ceilDiv(cost.Num(), cost.Denom()).Int64())
}

// draw makes the table of one group's draw.
func (s *Selection) draw(l0 int) (*noise.Selection, error) {
	if s.Epsilon == nil || s.Epsilon.Sign() <= 0 || s.Delta <= 0 {
		return nil, fmt.Errorf("a selection without epsilon or delta")
	}
	parts := big.NewRat(int64(l0), 1)
	return noise.NewSelection(new(big.Rat).Quo(s.Epsilon, parts), new(big.Rat).Quo(big.NewRat(int64(s.Delta), DeltaUnit), parts))
}

// Shown are the units at which a group is shown every second time, and nearly always.
func (p *Plan) Shown() (half, nearly int64, err error) {
	s, err := p.Select.draw(p.L0)
	if err != nil {
		return 0, 0, err
	}
	least := int64(p.K - 1)
	return least + s.Least(big.NewRat(1, 2)), least + s.Least(big.NewRat(999, 1000)), nil
}

// Delta is the chance that the plan's promise does not hold.
func (p *Plan) Delta() Delta {
	if p.Select == nil {
		return 0
	}
	return p.Select.Delta
}

// Picked is one group that selection let through.
type Picked struct {
	Cell   int      `json:"cell"` // of the keys with a public domain
	Values []string `json:"values"`
}

// Resolve gives the text that a token of a selected key stands for: key counts the model's selected keys.
type Resolve func(key int, token int64) (string, bool)

// pick draws for every group that came back. The draw looks at the units beyond k-1, so what is shown has k at least.
func pick(m *query.Model, p *Plan, e *Evidence, exact []Exact, src *noise.Source, resolve Resolve) ([]Exact, error) {
	if resolve == nil {
		return nil, fmt.Errorf("groups are to be selected, but nobody knows their names")
	}
	draw, err := p.Select.draw(p.L0)
	if err != nil {
		return nil, err
	}
	type group struct {
		Picked
		exact Exact
	}
	var kept []group
	for _, x := range exact {
		if !src.Keep(draw, x.Units-int64(p.K-1)) {
			continue
		}
		g := group{Picked{Cell: x.Index, Values: make([]string, len(x.Tokens))}, x}
		for i, token := range x.Tokens {
			value, known := resolve(i, token)
			if canonical, fine := query.GroupValue(value); !known || !fine || canonical != value {
				return nil, fmt.Errorf("the engine gave a group that no record has")
			}
			g.Values[i] = value
		}
		kept = append(kept, g)
	}
	// In the order of what is shown: the order in which groups came says something about the tokens' key.
	slices.SortFunc(kept, func(a, b group) int { return cmp.Or(cmp.Compare(a.Cell, b.Cell), slices.Compare(a.Values, b.Values)) })
	out := make([]Exact, len(kept))
	e.Picked = make([]Picked, len(kept))
	for i, g := range kept {
		e.Picked[i] = g.Picked
		out[i] = g.exact
		out[i].Index = i
	}
	half := draw.Least(big.NewRat(1, 2))
	for range canaries {
		if src.Keep(draw, half) {
			e.Kept++
		}
	}
	return out, nil
}

// checkSelection looks at the canaries of the selection: draws for groups of the size that is shown every second time.
func (e *Evidence) checkSelection() error {
	s := e.Plan.Select
	if s == nil {
		return nil
	}
	draw, err := s.draw(e.Plan.L0)
	if err != nil {
		return err
	}
	p, _ := draw.Probability(draw.Least(big.NewRat(1, 2))).Float64()
	if want, spread := p*canaries, 5*math.Sqrt(p*(1-p)*canaries); math.Abs(float64(e.Kept)-want) > spread {
		return fmt.Errorf("selection: %d of %d canaries were kept, want %.0f within %.0f", e.Kept, canaries, want, spread)
	}
	return nil
}

// keysOf are the key values of a cell of the released table.
func (e *Evidence) keysOf(m *query.Model, c int) []query.Value {
	if e.Plan.Select == nil {
		return m.Cell(c)
	}
	keys := m.Cell(e.Picked[c].Cell)
	for i, k := range m.Selects() {
		keys[k] = query.TextValue(e.Picked[c].Values[i])
	}
	return keys
}

// cells is how many cells the released table has, and public gives the place of one among the public keys.
func (e *Evidence) cells() int {
	if e.Plan.Select != nil {
		return len(e.Picked)
	}
	return e.Plan.Cells
}

func (e *Evidence) public(c int) int {
	if e.Plan.Select != nil {
		return e.Picked[c].Cell
	}
	return c
}

// fits reports whether the stored groups have the model's keys.
func (e *Evidence) fits(m *query.Model) bool {
	selects := len(m.Selects())
	if (e.Plan.Select != nil) != (selects > 0) {
		return false
	}
	for _, p := range e.Picked {
		if len(p.Values) != selects || p.Cell < 0 || p.Cell >= m.Cells() {
			return false
		}
	}
	return true
}
