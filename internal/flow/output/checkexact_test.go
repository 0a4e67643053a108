package output

import (
	"fmt"
	"slices"
	"testing"

	"github.com/RoaringBitmap/roaring/v2"

	"yunei/internal/base/errs"
	"yunei/internal/core/query"
	"yunei/internal/core/query/audit"
	"yunei/internal/core/query/guard"
	"yunei/internal/core/query/release"
	"yunei/internal/flow/catalog"
	"yunei/internal/flow/lab"
	"yunei/internal/flow/statistics"
	"yunei/internal/test/story/resources"
)

// people are so many units from a number on.
func people(from, n uint32) *audit.Units {
	u := roaring.New()
	u.AddRange(uint64(from), uint64(from+n))
	return u
}

func ones(n int) []int64 { return slices.Repeat([]int64{1}, n) }

// scene is an exact table of accounts by education and sex; each cell has so many people, of whom every tenth defaults.
type scene struct {
	e     evidence
	table release.ExactTable
}

func newScene(t *testing.T, sensitive map[string]bool, n func(cell int) uint32) *scene {
	t.Helper()
	entry := catalog.Entry{ID: "cat_card", Content: resources.CreditDefault(), State: catalog.Published, Version: 1}
	m, refusals := guard.Compile(`SELECT education, sex, COUNT(*) AS accounts, SUM(default_next_month) AS defaults FROM credit_default GROUP BY education, sex`,
		query.A, query.Catalog{Tables: []query.Table{entry.PolicyTable()}})
	if len(refusals) > 0 {
		t.Fatalf("compile: %+v", refusals)
	}
	s := &scene{}
	at := uint32(0)
	for c := range m.Cells() {
		k := n(c)
		if k > 0 {
			half := int64(k) / 2
			s.table.Cells = append(s.table.Cells, release.ExactCell{Index: c, Units: people(at, k), Vectors: []int64{int64(k), half},
				Measures: []audit.Measure{{Units: int64(k), Total: int64(k), First: 1, Second: 1}, {Units: half, Total: half, First: 1, Second: 1}}})
		}
		at += 1000
	}
	s.e = evidence{rules: testRules, artifact: m.Hash(), model: m, run: lab.Run{ID: "run_1", Mode: release.ExactMode, State: lab.Done, Hash: m.Hash(), Result: "sha256:01", Scenario: "scn_1"},
		version: lab.Version{ID: "ver_1", Hash: m.Hash()}, stored: "sha256:01", ask: Ask{Recipient: "市统计局"}, stated: statistics.Permit{Ask: statistics.Ask{Recipient: "市统计局"}}}
	s.e.sensitive = sensitive
	s.protect(t)
	return s
}

func (s *scene) protect(t *testing.T) {
	t.Helper()
	var err error
	if s.e.exact, err = protect(s.e.model, &s.table, s.e.rules, s.e.sensitive, nil, nil); err != nil {
		t.Fatal(err)
	}
	s.e.exact.name = "run_1"
	if s.e.result.Table, err = release.LayExact(s.e.model, &s.table, s.e.exact.hidden, s.e.rules.base); err != nil {
		t.Fatal(err)
	}
}

func last(checks []Check) Check { return checks[len(checks)-1] }

// Nineteen checks on exact evidence, each of which blocks for its own reasons.
func TestExamine_Exact(t *testing.T) {
	plenty := func(c int) uint32 { return 100 + 10*uint32(c) }
	s := newScene(t, nil, plenty)
	checks := examine(s.e)
	for i, c := range checks {
		if c.No != i || c.Outcome != Pass || c.Detail == "" || c.Source == "" {
			t.Errorf("check %d = %+v, want number %d, passed with what was found", i, c, i)
		}
	}
	if len(checks) != 19 {
		t.Fatalf("%d checks, the last %+v; want 19", len(checks), last(checks))
	}
	for _, c := range []struct {
		no      int
		outcome Outcome
		name    string
		spoil   func(s *scene)
	}{
		{4, Block, "the permit ended", func(s *scene) { s.e.permit = errs.New(errs.Forbidden, "许可已终止") }},
		{10, Block, "a hidden cell that nothing protects", func(s *scene) {
			s.e.exact.hidden[0], s.e.exact.shown[0] = true, false
			s.e.exact.primary = append(s.e.exact.primary, audit.Finding{Cell: 0, Measure: -1, Why: audit.TooFew})
		}},
		{11, Block, "a count that is not rounded", func(s *scene) { s.e.result.Table.Rows[0].Fields[2].Value.N++; s.e.result.Table.Totals[2].Value.N++ }},
		{12, Block, "another tenant's release with nine people fewer", func(s *scene) {
			s.e.exact.earlier = []audit.Released{{ID: "rel_1", Cells: []*audit.Units{people(9, 91)}}}
		}},
		{13, Block, "releases of which a combination isolates four people", func(s *scene) {
			// (4 + b + c) - (b + d) - (c + e) + (d + e), where the new cell is the first
			b, c, d, e := people(4, 46), people(50, 50), people(70_000, 70), people(80_000, 80)
			s.e.exact.earlier = []audit.Released{{ID: "rel_1", Cells: []*audit.Units{roaring.Or(b, d)}}, {ID: "rel_2", Cells: []*audit.Units{roaring.Or(c, e)}},
				{ID: "rel_3", Cells: []*audit.Units{roaring.Or(d, e)}}}
		}},
		{12, Block, "a sum whose condition leaves out four people whom another release counts", func(s *scene) {
			whole := people(0, 100)
			s.e.exact.cells[0].Parts = [][]int64{ones(100), append(make([]int64, 50), ones(50)...)}
			less := append(make([]int64, 54), ones(46)...)
			s.e.exact.earlier = []audit.Released{{ID: "rel_1", Cells: []*audit.Units{whole}, Figures: audit.NewFigures([]*audit.Units{whole}, [][]int64{less})}}
		}},
		{18, Block, "another recipient", func(s *scene) { s.e.ask.Recipient = "某公司" }},
	} {
		s := newScene(t, nil, plenty)
		c.spoil(s)
		if got := last(examine(s.e)); got.No != c.no || got.Outcome != c.outcome {
			t.Errorf("%s: stopped at %+v, want check %d", c.name, got, c.no)
		}
	}
}

// What is too small is hidden with enough beside it; a table of which nothing is left does not go on.
func TestProtect(t *testing.T) {
	s := newScene(t, nil, func(c int) uint32 {
		if c == 3 {
			return 4
		}
		return 100 + 10*uint32(c)
	})
	hidden := 0
	for _, h := range s.e.exact.hidden {
		if h {
			hidden++
		}
	}
	if !s.e.exact.hidden[3] || hidden != 4 || last(examine(s.e)).No != 18 {
		t.Errorf("hidden %d cells, cell 3 %v, last check %+v; want a box of four and all checks", hidden, s.e.exact.hidden[3], last(examine(s.e)))
	}
	for _, row := range s.e.result.Table.Rows {
		if s.e.exact.hidden[row.Cell] != row.Fields[2].Hidden {
			t.Errorf("cell %d is hidden %v and shown %v", row.Cell, s.e.exact.hidden[row.Cell], !row.Fields[2].Hidden)
		}
	}
	none := newScene(t, nil, func(int) uint32 { return 6 })
	if got := last(examine(none.e)); got.No != 5 || got.Outcome != Block {
		t.Errorf("six people in every cell: %+v, want stopped at check 5", got)
	}
	// Of a sensitive attribute a line that is nearly one value blocks; of another it warns.
	lopsided := func(c int) uint32 {
		if c%3 == 0 {
			return 3000
		}
		return 100
	}
	if got := examine(newScene(t, map[string]bool{"credit_default.sex": true}, lopsided).e); last(got).No != 7 || last(got).Outcome != Block {
		t.Errorf("a sensitive attribute that nearly all share: %+v, want blocked by check 7", last(got))
	}
	warned := newScene(t, nil, lopsided)
	r := Release{Checks: examine(warned.e)}
	if fmt.Sprint(r.unheeded(2)) != "[7]" || !passed(r.Checks) {
		t.Errorf("another attribute: warnings %v, passed %v; want 7 to be passed by two", r.unheeded(2), passed(r.Checks))
	}
	r.Overrides = []Override{{Check: 7, Account: "a"}, {Check: 7, Account: "a"}}
	if len(r.unheeded(2)) != 1 {
		t.Error("one person twice counts as two")
	}
	r.Overrides[1].Account = "b"
	if len(r.unheeded(2)) != 0 {
		t.Error("two people do not count")
	}
}

// In a noised table the last digits of many cells are even; digits that carry a message are not.
func TestAnomaly(t *testing.T) {
	e := sound(t)
	table := &e.result.Table
	row := table.Rows[0]
	table.Rows = nil
	for i := range 300 {
		r := release.Row{Cell: i, Fields: append([]release.Field(nil), row.Fields...)}
		r.Fields[1].Value.N = int64(i*37) + 1000
		table.Rows = append(table.Rows, r)
	}
	if c := anomaly(e); c.Outcome != Pass {
		t.Errorf("even digits = %+v, want passed", c)
	}
	for i := range table.Rows {
		table.Rows[i].Fields[1].Value.N = int64(i*370) + 1007
	}
	if c := anomaly(e); c.Outcome != Warn {
		t.Errorf("only sevens = %+v, want a warning", c)
	}
	e = sound(t)
	before := e.result.Table
	before.Totals = append([]release.Field(nil), before.Totals...)
	e.before = &before
	if c := anomaly(e); c.Outcome != Pass {
		t.Errorf("the totals of the run before = %+v, want passed", c)
	}
	before.Totals[1].Value.N *= 3
	if c := anomaly(e); c.Outcome != Warn {
		t.Errorf("a third of the totals before = %+v, want a warning", c)
	}
}
