package output

import (
	"fmt"
	"testing"

	"yunei/internal/core/query"
	"yunei/internal/core/query/disclose"
	"yunei/internal/core/query/guard"
	"yunei/internal/core/query/noise"
	"yunei/internal/core/query/querytest"
	"yunei/internal/core/query/release"
	"yunei/internal/flow/lab"
)

// wideEvidence is a released table near the guard's limit of 10,000 cells, with everything about it in order.
func wideEvidence(b *testing.B) evidence {
	b.Helper()
	t := querytest.CreditDefault()
	t.Units = 1_000_000
	var codes []query.Code
	for i := -2; i <= 8; i++ {
		codes = append(codes, query.Code{Value: fmt.Sprint(i), Label: fmt.Sprintf("逾期%d个月", i)})
	}
	for i := range t.Columns {
		if c := &t.Columns[i]; c.Name == "pay_0" || c.Name == "pay_2" || c.Name == "pay_3" {
			c.Role, c.Domain, c.Uses = query.Dimension, codes, query.DefaultUses(query.Dimension)
		}
	}
	m, refusals := guard.Compile(`SELECT pay_0, pay_2, pay_3, education, COUNT(*) AS n FROM credit_default GROUP BY pay_0, pay_2, pay_3, education`,
		query.A, query.Catalog{Tables: []query.Table{t}})
	if m == nil {
		b.Fatal(refusals)
	}
	plan, err := release.NewPlan(m, release.Ask{Rho: release.RhoUnit / 200, K: 10, Units: t.Units})
	if err != nil {
		b.Fatal(err)
	}
	var exact []release.Exact
	for i := range plan.Cells {
		exact = append(exact, release.Exact{Index: i, Units: 500, Vectors: []int64{500}})
	}
	table, ev, err := release.Collect(m, plan, exact, noise.New(), release.Options{})
	if err != nil {
		b.Fatal(err)
	}
	e := evidence{rules: testRules, run: lab.Run{State: lab.Done, Hash: m.Hash(), Result: "sha256:x"}, version: lab.Version{Hash: m.Hash()}, artifact: m.Hash(), model: m,
		result: lab.Result{Table: table, Evidence: ev}, stored: "sha256:x"}
	e.booked.State, e.booked.Outcome, e.booked.Digest, e.booked.Rho = disclose.Spent, disclose.Released, "sha256:x", plan.Rho
	return e
}

// BenchmarkExamine is every check over 9,317 cells.
func BenchmarkExamine(b *testing.B) {
	e := wideEvidence(b)
	for b.Loop() {
		if checks := examine(e); !passed(checks) {
			b.Fatalf("%+v", checks[len(checks)-1])
		}
	}
	b.ReportMetric(float64(len(e.result.Table.Rows)), "cells")
}
