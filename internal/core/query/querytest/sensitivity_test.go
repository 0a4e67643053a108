package querytest

import (
	"fmt"
	"slices"
	"testing"

	"yunei/internal/core/query"
	"yunei/internal/core/query/guard"
	"yunei/internal/core/query/interp"
)

// TestSensitivity takes every person out of small tables in turn: no vector may move in more cells than Groups, nor in
// any cell by more than Sensitivity, whatever the rows hold. This is what the charge to the ledger rests on.
func TestSensitivity(t *testing.T) {
	cases, err := Cases()
	if err != nil {
		t.Fatal(err)
	}
	moved := 0
	for _, c := range cases {
		if c.Class != query.A || c.Code != "" {
			continue
		}
		m, refusals := guard.Compile(c.Text, c.Class, City())
		if m == nil {
			t.Fatalf("%s:%d: %+v", c.File, c.Line, refusals)
		}
		program, err := interp.Compile(m)
		if err != nil {
			t.Fatal(err)
		}
		for seed := range uint64(6) {
			data := People(100+seed, 9)
			all := aggregate(t, program, data)
			for person := range 9 {
				moved += checkMove(t, m, all, aggregate(t, program, without(data, fmt.Sprintf("s%04d", person))), c)
			}
		}
	}
	for seed := range uint64(200) {
		class, text := Random(1000 + seed)
		m, _ := guard.Compile(text, class, City())
		if m == nil || class != query.A {
			continue
		}
		program, err := interp.Compile(m)
		if err != nil {
			t.Fatal(err)
		}
		data := People(300+seed, 9)
		all := aggregate(t, program, data)
		for person := range 9 {
			moved += checkMove(t, m, all, aggregate(t, program, without(data, fmt.Sprintf("s%04d", person))), Case{File: text})
		}
	}
	if moved < 1000 {
		t.Errorf("only %d cells moved; the rows are too tame to show anything", moved)
	}
}

func aggregate(t *testing.T, p *interp.Program, data interp.Data) []interp.Cell {
	t.Helper()
	cells, err := p.Aggregate(data, interp.SaltedChoice("salt"))
	if err != nil {
		t.Fatal(err)
	}
	return cells
}

func without(data interp.Data, sid string) interp.Data {
	out := interp.Data{}
	for name, rows := range data {
		at := slices.Index(rows.Columns, "sid")
		kept := interp.Rows{Columns: rows.Columns}
		for _, row := range rows.Rows {
			if at < 0 || row[at].S != sid {
				kept.Rows = append(kept.Rows, row)
			}
		}
		out[name] = kept
	}
	return out
}

func checkMove(t *testing.T, m *query.Model, a, b []interp.Cell, c Case) int {
	t.Helper()
	moved := 0
	for v := range m.Root.Aggs {
		agg := &m.Root.Aggs[v]
		cells := 0
		for i := range a {
			d := a[i].Vectors[v] - b[i].Vectors[v]
			if d == 0 {
				continue
			}
			cells++
			if max(d, -d) > agg.Sensitivity(m.Root.Rows) {
				t.Errorf("%s:%d: one person moved cell %d of %s by %d, charged for %d", c.File, c.Line, i, agg.Func, d, agg.Sensitivity(m.Root.Rows))
			}
		}
		if cells > m.Root.Groups {
			t.Errorf("%s:%d: one person moved %d cells of %s, charged for %d", c.File, c.Line, cells, agg.Func, m.Root.Groups)
		}
		moved += cells
	}
	return moved
}
