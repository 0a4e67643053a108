package main

import (
	"context"
	"errors"
	"fmt"

	"yunei/internal/core/query"
	"yunei/internal/core/query/guard"
	"yunei/internal/core/query/noise"
	"yunei/internal/core/query/release"
)

// wideRates is a table near the guard's limit of 10,000 cells: 11 x 11 x 11 x 7. Of 30,000 people the guard refuses it
// (too few in a cell), so the policy is asked as if for wideUnits.
const wideRates = `SELECT pay_0, pay_2, pay_3, education, COUNT(*) AS accounts, AVG(default_next_month) AS default_rate
FROM credit_default GROUP BY pay_0, pay_2, pay_3, education`

const wideUnits = 1_000_000

// wideRelease is such a table before its noise.
type wideRelease struct {
	model *query.Model
	plan  release.Plan
	exact []release.Exact
}

func (c *city) wideRelease(ctx context.Context) (*wideRelease, error) {
	policy, _, err := c.resource(ctx, "credit_default")
	if err != nil {
		return nil, err
	}
	policy.Units = wideUnits
	w := &wideRelease{}
	var refusals []guard.Refusal
	if w.model, refusals = guard.Compile(wideRates, query.A, query.Catalog{Tables: []query.Table{policy}}); w.model == nil {
		return nil, fmt.Errorf("the guard refused: %+v", refusals)
	}
	rho, err := release.ParseRho("0.005")
	if err != nil {
		return nil, err
	}
	if w.plan, err = release.NewPlan(w.model, release.Ask{Rho: rho, K: 10, Units: policy.Units}); err != nil {
		return nil, err
	}
	for i := range w.plan.Cells {
		w.exact = append(w.exact, release.Exact{Index: i, Units: 500, Vectors: []int64{500, 100}})
	}
	return w, nil
}

func (w *wideRelease) collect() error {
	table, _, err := release.Collect(w.model, w.plan, w.exact, noise.New(), release.Options{})
	if err == nil && table.Shown == 0 {
		err = errors.New("the release shows nothing")
	}
	return err
}
