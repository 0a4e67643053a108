package output

import (
	"fmt"
	"testing"

	"yunei/internal/core/query"
	"yunei/internal/core/query/audit"
	"yunei/internal/core/query/disclose"
	"yunei/internal/core/query/guard"
	"yunei/internal/core/query/noise"
	"yunei/internal/core/query/querytest"
	"yunei/internal/core/query/release"
	"yunei/internal/flow/lab"
	"yunei/internal/flow/statistics"
)

// wideModel is a table near the guard's limit of 10,000 cells: 11 x 11 x 11 x 7.
func wideModel(b *testing.B) (*query.Model, query.Table) {
	b.Helper()
	t := querytest.CreditDefault()
	t.Units = 5_000_000
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
	return m, t
}

// BenchmarkExamine_exact is what an exact table of 9,317 cells and 4.6 million people waits for: suppression, the layout and all nineteen
// checks, beside nine tables of other people.
func BenchmarkExamine_exact(b *testing.B) {
	m, t := wideModel(b)
	table := release.ExactTable{Model: m.Hash()}
	at := uint32(0)
	for c := range m.Cells() {
		n := 400 + uint32(c*7919%197)
		if c%300 == 17 {
			n = uint32(c/300) % 12 // some have to be hidden
		}
		if n > 0 {
			table.Cells = append(table.Cells, release.ExactCell{Index: c, Units: people(at, n), Vectors: []int64{int64(n)},
				Measures: []audit.Measure{{Units: int64(n), Total: int64(n), First: 1, Second: 1}}})
		}
		at += n
	}
	var earlier []audit.Released
	for r := range uint32(9) {
		old := audit.Released{ID: fmt.Sprint("rel_", r)}
		for c := range uint32(1000) {
			old.Cells = append(old.Cells, people(at+c*300, 300))
		}
		at += 300_000
		earlier = append(earlier, old)
	}
	e := evidence{rules: testRules, units: t.Units, artifact: m.Hash(), model: m, run: lab.Run{ID: "run_1", Mode: release.ExactMode, State: lab.Done, Hash: m.Hash(), Result: "sha256:01", Scenario: "scn_1"},
		version: lab.Version{ID: "ver_1", Hash: m.Hash()}, stored: "sha256:01", ask: Ask{Recipient: "市统计局"}, stated: statistics.Permit{Ask: statistics.Ask{Recipient: "市统计局"}}}
	for b.Loop() {
		var err error
		if e.exact, err = protect(m, &table, e.rules, nil, nil, nil); err != nil {
			b.Fatal(err)
		}
		e.exact.name, e.exact.earlier = "run_1", earlier
		if e.result.Table, err = release.LayExact(m, &table, e.exact.hidden, e.rules.base); err != nil {
			b.Fatal(err)
		}
		if checks := examine(e); !passed(checks) || len(checks) != 19 {
			b.Fatalf("%+v", checks[len(checks)-1])
		}
	}
	b.ReportMetric(float64(m.Cells()), "cells")
}

// wideEvidence is a released table near the guard's limit of 10,000 cells, with everything about it in order.
func wideEvidence(b *testing.B) evidence {
	b.Helper()
	m, t := wideModel(b)
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
