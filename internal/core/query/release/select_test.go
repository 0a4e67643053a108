package release

import (
	"encoding/json"
	"math"
	"math/big"
	"reflect"
	"strings"
	"testing"

	"yunei/internal/core/query"
	"yunei/internal/core/query/noise"
)

// towns counts visits by a city nobody has published a list of.
func towns(groups int) *query.Model {
	m := visits(groups, 2, query.Agg{Func: query.AggUnits, Type: intType}, query.Agg{Func: query.AggSum, Type: intType, Lo: -3, Hi: 9})
	m.Root.Keys = []query.Key{{Expr: col(1, textType), Select: true}}
	return m
}

var townNames = map[int64]string{1: "甲镇", 2: "乙镇", 3: "丙镇", 4: "丁镇"}

func townName(_ int, token int64) (string, bool) { s, ok := townNames[token]; return s, ok }

func townPlan(t *testing.T, m *query.Model, rho Rho) Plan {
	t.Helper()
	if err := m.Validate(); err != nil {
		t.Fatal(err)
	}
	p, err := NewPlan(m, Ask{Rho: rho, K: 10, Units: 20000})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func town(token, units int64) Exact {
	return Exact{Tokens: []int64{token}, Units: units, Vectors: []int64{units, 4 * units}}
}

// TestSelect: large groups come with their names in order, small ones leave nothing behind, and what the release costs
// is what its log says.
func TestSelect(t *testing.T) {
	m := towns(2)
	p := townPlan(t, m, RhoUnit/2)
	half, nearly, err := p.Shown()
	if err != nil || half <= 10 || nearly <= half {
		t.Fatalf("shown from %d and %d units: %v", half, nearly, err)
	}
	if rho, err := p.Recharge(); err != nil || rho != p.Rho || p.Rho > RhoUnit/2 || p.Rho < RhoUnit/2-RhoUnit/1000 || p.Delta() != SelectDelta {
		t.Errorf("charged %s and %d, the log says %s (%v)", p.Rho, p.Delta(), rho, err)
	}
	exact := []Exact{town(3, 10*nearly), town(1, 10*nearly), town(4, 9), town(2, 1)}
	for range 30 {
		table, e, err := Collect(m, p, exact, noise.New(), Options{Resolve: townName})
		if err != nil {
			t.Fatal(err)
		}
		if len(table.Rows) != 2 || table.Rows[0].Fields[0].Text() != "丙镇" || table.Rows[1].Fields[0].Text() != "甲镇" || table.Hidden != 0 {
			t.Fatalf("shown: %+v", table.Rows)
		}
		body, err := json.Marshal(e)
		if err != nil || strings.Contains(string(body), "丁") || strings.Contains(string(body), "乙") {
			t.Errorf("the evidence knows groups that were not shown: %s (%v)", body, err)
		}
		if err := e.CheckNoise(); err != nil {
			t.Error(err)
		}
		var stored Evidence
		if err := json.Unmarshal(body, &stored); err != nil {
			t.Fatal(err)
		}
		again, err := Lay(m, stored)
		if err != nil || !reflect.DeepEqual(again, table) {
			t.Errorf("a stored release is laid out as %+v (%v)", again, err)
		}
	}
}

// TestSelect_Rates: a group is shown as often as the mechanism says of its units beyond k-1.
func TestSelect_Rates(t *testing.T) {
	const rounds = 3000
	m := towns(1)
	p := townPlan(t, m, RhoUnit/2)
	draw, err := p.Select.draw(p.L0)
	if err != nil {
		t.Fatal(err)
	}
	half, _, _ := p.Shown()
	for _, units := range []int64{9, half - 3, half, half + 2} {
		shown := 0
		for range rounds {
			table, _, err := Collect(m, p, []Exact{town(1, units)}, noise.New(), Options{Resolve: townName})
			if err != nil {
				t.Fatal(err)
			}
			shown += len(table.Rows)
		}
		want, _ := draw.Probability(units - 9).Float64()
		if spread := 5 * math.Sqrt(want*(1-want)*rounds); math.Abs(float64(shown)-want*rounds) > spread {
			t.Errorf("%d units: shown %d of %d times, want %.0f within %.0f", units, shown, rounds, want*rounds, spread)
		}
	}
}

// TestSelect_Hostile: plans and groups that are not what was charged for end the run.
func TestSelect_Hostile(t *testing.T) {
	m := towns(2)
	good := townPlan(t, m, RhoUnit/2)
	_, nearly, _ := good.Shown()
	exact := []Exact{town(1, 10*nearly)}
	for name, change := range map[string]func(p *Plan, x *Exact, r *Resolve){
		"no selection":       func(p *Plan, _ *Exact, _ *Resolve) { p.Select = nil },
		"cheaper selection":  func(p *Plan, _ *Exact, _ *Resolve) { p.Select.Epsilon = big.NewRat(8, 1) },
		"fewer groups":       func(p *Plan, _ *Exact, _ *Resolve) { p.L0 = 1 },
		"unknown group":      func(_ *Plan, x *Exact, _ *Resolve) { x.Tokens[0] = 77 },
		"no names":           func(_ *Plan, _ *Exact, r *Resolve) { *r = nil },
		"a name to compute":  func(_ *Plan, _ *Exact, r *Resolve) { *r = func(int, int64) (string, bool) { return "=1+1", true } },
		"no chance to fail":  func(p *Plan, _ *Exact, _ *Resolve) { p.Select.Delta = 0 },
		"a name not trimmed": func(_ *Plan, _ *Exact, r *Resolve) { *r = func(int, int64) (string, bool) { return " 甲", true } },
	} {
		p, x, resolve := good, exact[0], Resolve(townName)
		s := *good.Select
		p.Select, x.Tokens = &s, []int64{1}
		change(&p, &x, &resolve)
		if _, _, err := Collect(m, p, []Exact{x}, noise.New(), Options{Resolve: resolve}); err == nil {
			t.Errorf("%s: collected", name)
		}
	}
	if _, err := NewPlan(m, Ask{Rho: 1, K: 10}); err == nil {
		t.Error("a budget of nothing selects groups")
	}
}

// TestSelectionCharge: epsilon^2/2, rounded up, is never above the share it came from.
func TestSelectionCharge(t *testing.T) {
	for _, share := range []Rho{1_000_000, 2_500_000_000, 68_300_000_000, RhoUnit} {
		s, err := newSelection(share)
		if err != nil {
			t.Fatal(err)
		}
		e, _ := s.Epsilon.Float64()
		if s.Rho > share || math.Abs(e*e/2-share.Float()) > 1e-5*math.Sqrt(share.Float()) || math.Abs(s.Rho.Float()-e*e/2) > 2e-12 {
			t.Errorf("share %s: epsilon %v costs %s", share, e, s.Rho)
		}
	}
}

// BenchmarkSelect selects among a thousand groups of a private domain and noises those that are shown.
func BenchmarkSelect(b *testing.B) {
	m := towns(2)
	p, err := NewPlan(m, Ask{Rho: RhoUnit / 2, K: 10, Units: 20000})
	if err != nil {
		b.Fatal(err)
	}
	var exact []Exact
	for range 1000 {
		exact = append(exact, town(1, 100))
	}
	for b.Loop() {
		if _, _, err := Collect(m, p, exact, noise.New(), Options{Resolve: townName}); err != nil {
			b.Fatal(err)
		}
	}
}
