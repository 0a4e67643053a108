package open

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yunei/internal/base/errs"
	"yunei/internal/core/query"
	"yunei/internal/core/query/guard"
	"yunei/internal/core/query/interp"
	"yunei/internal/flow/catalog"
)

// small is an open resource with one item of each kind that can be asked by.
func small() data {
	free := catalog.Channel{Access: catalog.Unconditional}
	item := func(name string, kind query.Kind, role query.Role) catalog.Field {
		return catalog.Field{Name: name, Title: name, Type: kind, Role: role, Nullable: true, Grade: query.Grade{National: query.Ordinary, Level: 1},
			Uses: append([]query.Use{query.Plaintext}, query.DefaultUses(role)...)}
	}
	place := item("place", query.Text, query.Dimension)
	place.Codes = []query.Code{{Value: "a"}, {Value: "b'c"}}
	day, n, x := item("day", query.Date, query.Dimension), item("n", query.Int, query.Dimension), item("x", query.Decimal, query.Measure)
	x.Scale, x.Lo, x.Hi = 2, "-1000", "1000"
	n.Lo, n.Hi = "-100", "100"
	e := catalog.Entry{ID: "res_1", State: catalog.Published, Version: 1, Content: catalog.Content{Title: "小表", Table: "small", Share: free, Open: free, Operate: free,
		Fields: []catalog.Field{place, day, n, x}}}
	date := func(d int64) query.Value { return query.Value{Kind: query.Date, N: d} }
	rows := [][]query.Value{
		{query.TextValue("a"), date(19782), query.IntValue(1), query.NumberValue(150, 2)},
		{query.TextValue("b'c"), date(19782), query.IntValue(-1), query.NumberValue(-5, 2)},
		{query.Null, query.Null, query.Null, query.Null},
		{query.TextValue("a"), date(19783), query.IntValue(1), query.Null},
	}
	return data{entry: e, fields: e.OpenFields(), table: &table{columns: []string{"place", "day", "n", "x"}, rows: rows}}
}

// TestQuestion_SameRows: what the guard would run and what is answered are the same rows, whatever is asked.
func TestQuestion_SameRows(t *testing.T) {
	d := small()
	for _, c := range []struct {
		fields []string
		where  Where
		want   int
	}{
		{nil, nil, 4},
		{[]string{"x", "place"}, Where{"place": "a"}, 2},
		{nil, Where{"place": "b'c"}, 1},
		{[]string{"n"}, Where{"place": "a' OR '1'='1"}, 0},
		{[]string{"day"}, Where{"day": "2024-02-29", "n": "-1"}, 1},
		{nil, Where{"place": "a", "day": "2024-03-01", "n": "1"}, 1},
	} {
		places, err := d.places(c.fields)
		if err != nil {
			t.Fatal(err)
		}
		conditions, err := d.conditions(c.where)
		if err != nil {
			t.Fatal(err)
		}
		if err := d.permitted(t.Context(), places, conditions); err != nil {
			t.Errorf("%s: refused: %v", d.question(places, conditions), err)
			continue
		}
		got := [][]query.Value{}
		for _, row := range d.table.rows {
			if matches(conditions, row) {
				var cells []query.Value
				for _, p := range places {
					cells = append(cells, row[p])
				}
				got = append(got, cells)
			}
		}
		m, refusals := guard.Compile(d.question(places, conditions), query.O, query.Catalog{Tables: []query.Table{d.entry.PolicyTable()}})
		if len(refusals) > 0 {
			t.Fatal(refusals)
		}
		program, err := interp.Compile(m)
		if err != nil {
			t.Fatal(err)
		}
		want, err := program.Rows(interp.Data{"small": {Columns: d.table.columns, Rows: d.table.rows}})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" || len(got) != c.want {
			t.Errorf("%s: %d rows, want %d (-interpreter +answer):\n%s", d.question(places, conditions), len(got), c.want, diff)
		}
	}
}

// TestPermitted_ErrNoPlaintext: an item whose policy does not allow plain text stays inside, even where its channel says open.
func TestPermitted_ErrNoPlaintext(t *testing.T) {
	d := small()
	d.entry.Fields = slices.Clone(d.entry.Fields)
	d.entry.Fields[3].Uses = []query.Use{query.AfterAggregate}
	if err := d.permitted(t.Context(), []int{0, 1}, nil); err != nil {
		t.Errorf("items with plain text: refused: %v", err)
	}
	if err := d.permitted(t.Context(), []int{0, 3}, nil); !errs.Is(err, errs.Forbidden) {
		t.Errorf("an item without plain text: got %v, want forbidden", err)
	}
}
