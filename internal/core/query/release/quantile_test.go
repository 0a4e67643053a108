package release_test

import (
	"math/rand/v2"
	"sort"
	"testing"

	"yunei/internal/core/query"
	"yunei/internal/core/query/guard"
	"yunei/internal/core/query/interp"
	"yunei/internal/core/query/noise"
	"yunei/internal/core/query/querytest"
	"yunei/internal/core/query/release"
)

// released runs a class A text of querytest's city over rows and releases it.
func released(t *testing.T, text string, data interp.Data, rho string) (*query.Model, release.Table) {
	t.Helper()
	m, refusals := guard.Compile(text, query.A, querytest.City())
	if m == nil {
		t.Fatalf("refused: %+v", refusals)
	}
	p, err := interp.Compile(m)
	if err != nil {
		t.Fatal(err)
	}
	cells, err := p.Aggregate(data, interp.SaltedChoice("salt"))
	if err != nil {
		t.Fatal(err)
	}
	var exact []release.Exact
	for _, c := range cells {
		exact = append(exact, release.Exact{Index: c.Index, Units: c.Units, Vectors: c.Vectors})
	}
	cost, err := release.ParseRho(rho)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := release.NewPlan(m, release.Ask{Rho: cost, K: 5, Units: 30000})
	if err != nil {
		t.Fatal(err)
	}
	table, _, err := release.Collect(m, plan, exact, noise.New(), release.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return m, table
}

func ages(n int, seed uint64) (interp.Data, []int64) {
	r := rand.New(rand.NewPCG(seed, 3))
	rows := interp.Rows{Columns: []string{"sid", "age", "sex"}}
	var all []int64
	for i := range n {
		age := min(max(int64(38+9*r.NormFloat64()), 18), 100)
		all = append(all, age)
		rows.Rows = append(rows.Rows, []query.Value{query.TextValue(string(rune('a'+i%26)) + string(rune(i))), query.IntValue(age), query.IntValue(1)})
	}
	sort.Slice(all, func(i, j int) bool { return all[i] < all[j] })
	return interp.Data{"credit_default": rows}, all
}

// TestQuantile: in 200 releases the interval holds the true quantile at least as often as it says, and the figure is
// within the width of its bin.
func TestQuantile(t *testing.T) {
	data, all := ages(3000, 1)
	const runs = 200
	for i, q := range []float64{0.1, 0.5, 0.9} {
		truth := all[int(q*float64(len(all)))]
		held := 0
		for range runs {
			m, table := released(t, []string{"SELECT QUANTILE(age, 0.1) AS q FROM credit_default", "SELECT QUANTILE(age, 0.5) AS q, COUNT(*) AS n FROM credit_default",
				"SELECT QUANTILE(age, 0.9) AS q FROM credit_default"}[i], data, "0.0005")
			if len(table.Rows) != 1 || m.Bins() != 9 {
				t.Fatalf("%d rows of %d bins", len(table.Rows), m.Bins())
			}
			f := table.Rows[0].Fields[0]
			if d := f.Value.N - truth; d > 5 || d < -5 {
				t.Errorf("quantile %g is %s, want about %d", q, f.Text(), truth)
			}
			if d := f.Value.N - truth; max(d, -d) <= f.Error95.N {
				held++
			}
		}
		if held < runs*95/100 {
			t.Errorf("quantile %g: the interval held %d of %d times", q, held, runs)
		}
	}
}

// TestHist: one row per group, one column per bin, a count that is the sum of the bins.
func TestHist(t *testing.T) {
	data, all := ages(3000, 2)
	_, table := released(t, "SELECT sex, HIST(age, 30, 45, 60) AS h, COUNT(*) AS n FROM credit_default GROUP BY sex ORDER BY sex", data, "0.01")
	var names []string
	for _, c := range table.Columns {
		names = append(names, c.Name)
	}
	if len(names) != 6 || names[1] != "h <30" || names[2] != "h 30~44" || names[4] != "h >=60" {
		t.Fatalf("columns %q", names)
	}
	row := table.Rows[0].Fields
	want := []int64{0, 0, 0, 0}
	for _, age := range all {
		i := 0
		for _, edge := range []int64{30, 45, 60} {
			if age >= edge {
				i++
			}
		}
		want[i]++
	}
	for i, n := range want {
		if d := row[1+i].Value.N - n; n > 200 && (row[1+i].Hidden || max(d, -d) > 2*row[1+i].Error95.N) {
			t.Errorf("bin %s: got %s, want about %d", names[1+i], row[1+i].Text(), n)
		}
	}
	if d := row[5].Value.N - 3000; row[5].Hidden || max(d, -d) > 2*row[5].Error95.N {
		t.Errorf("the count is %s, want about 3000 within %s", row[5].Text(), row[5].Error95.Text())
	}
	if nobody := table.Rows[1].Fields; !nobody[1].Hidden || !nobody[5].Hidden {
		t.Errorf("a group without units is shown: %+v", nobody)
	}
}
