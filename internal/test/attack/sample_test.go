package attack_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"yunei/internal/core/query"
	"yunei/internal/core/query/interp"
	"yunei/internal/core/query/noise"
	"yunei/internal/core/query/release"
	"yunei/internal/core/query/synth"
	"yunei/internal/test/town"
)

// Membership in a learned sample (样例数据集): the attacker knows every other person's record, the record of the one it is
// after, and the stored noisy histograms themselves, which is more than rows drawn from them. It adds up the evidence of
// all histograms that the target would be in. The disclosure ledger was charged rho 0.06 for S1 and S2 together, and a
// test of that power is right in at most Phi(sqrt(2 rho)/2) of even cases; criterion: not above it by more than chance in
// three million.
func TestMembership_LearnedSample(t *testing.T) {
	const rounds = 1500
	table := query.Table{Name: "p", Title: "人口", Resource: "res_p", SchemaVersion: 1, UnitKind: "person", SubjectKey: "sid", MaxRowsPerSubject: 1,
		Columns: []query.Column{{Name: "sid", Type: query.Type{Kind: query.Text}, Role: query.SubjectKey, Uses: []query.Use{query.AfterJoin}}}}
	for i := range 4 {
		table.Columns = append(table.Columns, query.Column{Name: fmt.Sprintf("c%d", i), Type: query.Type{Kind: query.Int}, Role: query.Dimension,
			Uses: query.DefaultUses(query.Dimension), Domain: []query.Code{{Value: "0"}, {Value: "1"}, {Value: "2"}}})
	}
	r := rand.New(rand.NewPCG(7, 7))
	row := func(name string, codes ...int64) []query.Value {
		out := []query.Value{query.TextValue(name)}
		for _, c := range codes {
			out = append(out, query.IntValue(c))
		}
		return out
	}
	others := interp.Rows{Columns: []string{"sid", "c0", "c1", "c2", "c3"}}
	for i := range 100 {
		a := r.Int64N(2)
		others.Rows = append(others.Rows, row(fmt.Sprint(i), a, a, r.Int64N(2), a))
	}
	with := interp.Rows{Columns: others.Columns, Rows: append(others.Rows[:100:100], row("target", 2, 2, 2, 2))} // nobody else is like that
	spec, err := synth.NewSpec(table)
	town.Must(t, err)
	one, err := spec.ProfilePlan(10_000_000_000, 10)
	town.Must(t, err)
	two, err := spec.TreePlan(50_000_000_000, 10)
	town.Must(t, err)
	right := 0
	for range rounds {
		in := r.IntN(2) == 1
		data := interp.Data{"p": others}
		if in {
			data["p"] = with
		}
		count := func(_ context.Context, m *query.Model) ([]release.Exact, error) {
			p, err := interp.Compile(m)
			if err != nil {
				return nil, err
			}
			cells, err := p.Aggregate(data, nil)
			out := make([]release.Exact, len(cells))
			for i, c := range cells {
				out[i] = release.Exact{Index: c.Index, Units: c.Units, Vectors: c.Vectors}
			}
			return out, err
		}
		src := noise.New()
		profile, _, err := spec.Profile(t.Context(), one, count, src)
		town.Must(t, err)
		set, _, err := spec.Tree(t.Context(), []*synth.Set{profile}, two, count, src)
		town.Must(t, err)
		// the target's cell is the last of every histogram, and nobody else is in it
		evidence := 0.0
		for _, m := range set.Marginals {
			v, _ := m.Variance.Float64()
			evidence += (float64(m.Noisy[len(m.Noisy)-1]) - 0.5) / v
		}
		if (evidence > 0) == in {
			right++
		}
	}
	rate := float64(right) / rounds
	rho := (one.Rho + two.Rho).Float()
	bound := 0.5 * math.Erfc(-math.Sqrt(2*rho)/2/math.Sqrt2)
	limit := bound + 5*math.Sqrt(0.25/rounds)
	t.Logf("membership guessed right in %.1f%%, bound %.1f%%, limit of the test %.1f%%", 100*rate, 100*bound, 100*limit)
	if rate > limit {
		t.Errorf("membership guessed right in %.3f of %d, above %.3f", rate, rounds, limit)
	}
	if rate < 0.5 {
		t.Errorf("the attacker guesses right in %.3f only: the attack does not work", rate)
	}
}
