package attack_test

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"yunei/internal/core/query"
	"yunei/internal/core/query/noise"
	"yunei/internal/core/query/release"
)

// groups is a table of free-text groups: one person is in three of them.
func groups(t *testing.T, rho release.Rho) (*query.Model, release.Plan) {
	t.Helper()
	text, whole := query.Type{Kind: query.Text}, query.Type{Kind: query.Int}
	m := &query.Model{Format: query.Format, Class: query.A, Unit: "person",
		Tables: []query.TableRef{{Name: "job", Resource: "res", Version: 1, UnitKind: "person", SubjectKey: "sid", MaxRows: 3,
			Columns: []query.ColumnRef{{Name: "sid", Type: text}, {Name: "employer", Type: text}}}},
		Root: &query.Rel{Op: query.RelReduce, In: []*query.Rel{{Op: query.RelScan, Columns: []string{"sid", "employer"}}}, Groups: 3, Rows: 1,
			Keys: []query.Key{{Expr: query.Col(1, text), Select: true}}, Aggs: []query.Agg{{Func: query.AggUnits, Type: whole}}},
		Outputs: []query.Output{{Name: "employer", Type: text, Kind: query.OutKey}, {Name: "n", Type: whole, Kind: query.OutAgg}}}
	if err := m.Validate(); err != nil {
		t.Fatal(err)
	}
	p, err := release.NewPlan(m, release.Ask{Rho: rho, K: 1})
	if err != nil {
		t.Fatal(err)
	}
	return m, p
}

var employers = []string{"甲", "乙", "丙", "丁"}

func employer(_ int, token int64) (string, bool) { return employers[token], true }

// TestSelection_UniqueValue: a value that only one person has is shown at most with the charged delta, whatever k is set
// to. Pass: not once in thousands of draws, where delta allows one in a hundred million.
func TestSelection_UniqueValue(t *testing.T) {
	m, p := groups(t, release.RhoUnit)
	src := noise.New()
	rounds := effort(3000)
	for range rounds {
		table, e, err := release.Collect(m, p, []release.Exact{{Tokens: []int64{3}, Units: 1, Vectors: []int64{1}}}, src, release.Options{Resolve: employer})
		if err != nil {
			t.Fatal(err)
		}
		if len(table.Rows) > 0 || len(e.Picked) > 0 {
			t.Fatalf("one person's own value left: %+v", table.Rows)
		}
	}
}

// TestSelection_Membership: the attacker knows everybody else, chooses groups at the size where one person changes most,
// and sees both which groups are shown and their noised counts. Pass: the guess rate stays below what the charge
// promises, 1/2 + 1/2 sqrt(rho/2) + delta, within four standard errors.
func TestSelection_Membership(t *testing.T) {
	const rho = release.RhoUnit / 4
	m, p := groups(t, rho)
	half, _, err := p.Shown()
	if err != nil {
		t.Fatal(err)
	}
	src, r := noise.New(), rand.New(rand.NewPCG(1, 2))
	trials, right := effort(6000), 0
	variance, _ := p.Vectors[0].Variance.Float64()
	draw, err := noise.NewSelection(perGroup(p))
	if err != nil {
		t.Fatal(err)
	}
	chance := func(n int64) float64 { f, _ := draw.Probability(n).Float64(); return f }
	for range trials {
		present := r.IntN(2) == 0
		var exact []release.Exact
		for g := range 3 {
			n := half - 1
			if present {
				n++
			}
			exact = append(exact, release.Exact{Tokens: []int64{int64(g)}, Units: n, Vectors: []int64{n}})
		}
		_, e, err := release.Collect(m, p, exact, src, release.Options{Resolve: employer})
		if err != nil {
			t.Fatal(err)
		}
		with, without := float64(half), float64(half-1)
		evidence := float64(3-len(e.Picked)) * (math.Log(1-chance(half)) - math.Log(1-chance(half-1)))
		for c := range e.Picked {
			y := float64(e.Noisy[0][c])
			evidence += math.Log(chance(half)) - math.Log(chance(half-1)) + ((y-without)*(y-without)-(y-with)*(y-with))/(2*variance)
		}
		if evidence > 0 == present {
			right++
		}
	}
	rate, bound := float64(right)/float64(trials), 0.5+0.5*math.Sqrt(p.Rho.Float()/2)+p.Delta().Float()
	spread := 4 * math.Sqrt(0.25/float64(trials))
	t.Logf("guessed %.2f%%, promised at most %.2f%%", 100*rate, 100*bound)
	if rate > bound+spread {
		t.Errorf("guessed %.2f%% of %d, promised at most %.2f%%", 100*rate, trials, 100*bound)
	}
	if rate < 0.55 {
		t.Errorf("guessed only %.2f%%: the attack is weak and shows nothing", 100*rate)
	}
}

// perGroup are epsilon and delta of one group's draw, as anybody can compute them from the plan.
func perGroup(p release.Plan) (epsilon, delta *big.Rat) {
	parts := big.NewRat(int64(p.L0), 1)
	return new(big.Rat).Quo(p.Select.Epsilon, parts), new(big.Rat).Quo(big.NewRat(int64(p.Select.Delta), release.DeltaUnit), parts)
}
