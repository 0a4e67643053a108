package output

import (
	"testing"

	"yunei/internal/core/query"
	"yunei/internal/core/query/guard"
	"yunei/internal/core/query/noise"
	"yunei/internal/core/query/release"
	"yunei/internal/flow/catalog"
	"yunei/internal/test/story/resources"
)

// fitted is the evidence of an honest fit over a number of accounts.
func fitted(t *testing.T, accounts int64) evidence {
	t.Helper()
	e := sound(t)
	entry := catalog.Entry{ID: "cat_card", Content: resources.CreditDefault(), State: catalog.Published, Version: 1}
	m, refusals := guard.Compile(`FIT logistic default_next_month ON bucket(age, 30, 40, 50) AS age, sex FROM credit_default`,
		query.A, query.Catalog{Tables: []query.Table{entry.PolicyTable()}})
	if len(refusals) > 0 {
		t.Fatalf("compile: %+v", refusals)
	}
	plan, err := release.NewPlan(m, release.Ask{Rho: 5_000_000_000, K: 10})
	if err != nil {
		t.Fatal(err)
	}
	var exact []release.Exact
	for i := range m.Cells() {
		x := release.Exact{Index: i, Units: accounts / int64(m.Cells()), Vectors: make([]int64, 2)}
		x.Vectors[m.Fit.Count], x.Vectors[m.Fit.Positive] = x.Units, x.Units*int64(2+i%5)/10
		exact = append(exact, x)
	}
	table, proof, err := release.Collect(m, plan, exact, noise.New(), release.Options{})
	if err != nil {
		t.Fatal(err)
	}
	e.model, e.result.Table, e.result.Evidence, e.booked.Rho = m, table, proof, plan.Rho
	e.run.Hash, e.version.Hash, e.artifact = m.Hash(), m.Hash(), m.Hash()
	return e
}

// A fit over many rows passes all checks, also the ninth; one over few is blocked there, on the noisy number of rows.
func TestExamine_Fit(t *testing.T) {
	many := examine(fitted(t, 30_000))
	if !passed(many) || len(many) != 12 {
		t.Errorf("a fit over 30,000 accounts: %+v", many)
	}
	few := fitted(t, 30_000)
	for c := range few.result.Evidence.Noisy[few.model.Fit.Count] {
		few.result.Evidence.Noisy[few.model.Fit.Count][c] = 3
	}
	if c := models(few); c.Outcome != Block {
		t.Errorf("a fit over 24 accounts: %+v", c)
	}
	lost := fitted(t, 30_000)
	lost.result.Table.Rows[1].Fields[1] = release.Field{}
	if c := models(lost); c.Outcome != Block || len(c.Places) != 1 {
		t.Errorf("a fit without a coefficient: %+v", c)
	}
}
