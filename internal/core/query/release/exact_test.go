package release

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yunei/internal/core/query"
	"yunei/internal/core/query/audit"
	"yunei/internal/core/query/duckdb"
)

func parts(rows ...[]int64) [][]duckdb.Cell {
	out := make([][]duckdb.Cell, len(rows))
	for i, row := range rows {
		for _, n := range row {
			out[i] = append(out[i], duckdb.Cell{N: n})
		}
	}
	return out
}

func same32(u int64) (uint32, bool) { return uint32(u), u < 100 }

func TestCollectExact(t *testing.T) {
	m := visits(4, 3, allAggs...)
	// cell, unit, rows, units, count, sum, sum around 3, its count
	got, err := CollectExact(m, parts([]int64{0, 5, 2, 1, 2, -4, -10, 2}, []int64{0, 9, 1, 1, 1, 7, 4, 1}, []int64{2, 5, 1, 1, 0, 0, 0, 0}), same32)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Cells) != 2 || got.Cells[0].Units.GetCardinality() != 2 || !got.Cells[0].Units.Contains(9) {
		t.Fatalf("cells %+v", got.Cells)
	}
	if d := cmp.Diff([]int64{3, 2, 3, 3, -6}, got.Cells[0].Vectors); d != "" {
		t.Errorf("vectors (-want +got):\n%s", d)
	}
	want := []audit.Measure{{Units: 2, Total: 3, First: 2, Second: 1}, {Units: 2, Total: 2, First: 1, Second: 1}, {Units: 2, Total: 3, First: 2, Second: 1},
		{Units: 2, Total: 11, First: 7, Second: 4}, {Units: 2, Total: 11, First: 7, Second: 4}}
	if d := cmp.Diff(want, got.Cells[0].Measures); d != "" {
		t.Errorf("contributions, the centered sum's as the sum's (-want +got):\n%s", d)
	}
	if d := cmp.Diff([][]int64{{2, 1}, {1, 1}, {2, 1}, {-4, 7}, {-4, 7}}, got.Cells[0].Parts); d != "" {
		t.Errorf("what each unit adds, in order of units (-want +got):\n%s", d)
	}
	body, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	var back ExactTable
	if err := json.Unmarshal(body, &back); err != nil || !back.Cells[0].Units.Equals(got.Cells[0].Units) || cmp.Diff(back.Cells[0].Parts, got.Cells[0].Parts) != "" || back.Model != m.Hash() {
		t.Errorf("read back: %v, %+v", err, back)
	}
	for name, rows := range map[string][][]duckdb.Cell{
		"out of order":    parts([]int64{1, 5, 1, 1, 1, 1, 1, 1}, []int64{0, 5, 1, 1, 1, 1, 1, 1}),
		"a unit twice":    parts([]int64{1, 5, 1, 1, 1, 1, 1, 1}, []int64{1, 5, 1, 1, 1, 1, 1, 1}),
		"unknown unit":    parts([]int64{1, 100, 1, 1, 1, 1, 1, 1}),
		"unknown cell":    parts([]int64{4, 5, 1, 1, 1, 1, 1, 1}),
		"short row":       parts([]int64{0, 5, 1}),
		"too large":       parts([]int64{0, 1, 1, 1, 1, 1 << 62, 0, 0}, []int64{0, 2, 1, 1, 1, 1 << 62, 0, 0}),
		"a NULL":          {{{N: 0}, {N: 1}, {Null: true}, {}, {}, {}, {}, {}}},
		"the same number": nil,
	} {
		ordinal := same32
		if rows == nil {
			rows, ordinal = parts([]int64{0, 1, 1, 1, 1, 1, 1, 1}, []int64{0, 2, 1, 1, 1, 1, 1, 1}), func(int64) (uint32, bool) { return 7, true }
		}
		if _, err := CollectExact(m, rows, ordinal); err == nil {
			t.Errorf("%s: collected, want an error", name)
		}
	}
}

func TestLayExact(t *testing.T) {
	m := visits(4, 3, query.Agg{Func: query.AggUnits, Type: intType}, query.Agg{Func: query.AggSum, Type: intType, Lo: 0, Hi: 9})
	m.Outputs = append(m.Outputs, query.Output{Name: "mean", Type: query.Number(2), Kind: query.OutRatio, Index: 1, Over: 0})
	x := ExactTable{Cells: []ExactCell{{Index: 0, Vectors: []int64{23, 100}}, {Index: 1, Vectors: []int64{18, 7}}, {Index: 2, Vectors: []int64{9, 50}}}}
	table, err := LayExact(m, &x, []bool{false, false, true, true}, 5)
	if err != nil {
		t.Fatal(err)
	}
	want := "city,v0,v1,mean\n东,25,100,4.00\n西,20,7,0.35\n北,*,*,*\n,*,*,*\n"
	got := strings.NewReplacer("east", "东", "west", "西", "north", "北").Replace(string(table.CSV()))
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("table (-want +got):\n%s", d)
	}
	if table.Totals[1].Value.N != 45 || table.Totals[2].Value.N != 107 || table.Shown != 2 || table.Hidden != 2 {
		t.Errorf("totals %+v, shown %d, hidden %d: want the sums of what is shown", table.Totals, table.Shown, table.Hidden)
	}
	plain, err := LayExact(m, &x, make([]bool, 4), 1)
	if err != nil || plain.Rows[0].Fields[1].Value.N != 23 {
		t.Errorf("with a base of 1: %+v, %v", plain.Rows, err)
	}
}
