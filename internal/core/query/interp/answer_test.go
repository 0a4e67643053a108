package interp

import (
	"fmt"
	"strings"
	"testing"

	"yunei/internal/core/query"
)

// visits is SELECT ward, COUNT(*), SUM(cost) FROM visit GROUP BY ward, by hand: at most two rows of a person in a cell,
// at most two cells.
func visits() *query.Model {
	cost := query.Expr{Op: query.OpClamp, Type: whole, Args: []query.Expr{query.Col(1, whole)}, Lits: []query.Value{query.IntValue(0), query.IntValue(100)}}
	scan := &query.Rel{Op: query.RelScan, Columns: []string{"sid", "cost", "ward"}}
	return &query.Model{
		Format: query.Format, Class: query.A, Unit: "person",
		Tables: []query.TableRef{{Name: "visit", Resource: "r", Version: 1, UnitKind: "person", SubjectKey: "sid", MaxRows: 4, Columns: []query.ColumnRef{{Name: "cost", Type: whole}, {Name: "sid", Type: textual}, {Name: "ward", Type: textual}}}},
		Root: &query.Rel{Op: query.RelReduce, In: []*query.Rel{scan}, Groups: 2, Rows: 2,
			Keys: []query.Key{{Expr: query.Col(2, textual), Domain: []query.Value{query.TextValue("N"), query.TextValue("W")}, Null: true}},
			Aggs: []query.Agg{{Func: query.AggRows, Type: whole}, {Func: query.AggSum, Arg: &cost, Type: whole, Lo: 0, Hi: 100, Center: 50}, {Func: query.AggUnits, Type: whole}}},
		Outputs: []query.Output{{Name: "ward", Type: textual, Kind: query.OutKey, Standing: query.Public}, {Name: "n", Type: whole, Kind: query.OutAgg, Standing: query.AggDP}},
	}
}

// table reads rows written as "sid cost ward", "-" for NULL.
func table(t *testing.T, lines string) Data {
	t.Helper()
	rows := Rows{Columns: []string{"sid", "cost", "ward"}}
	for line := range strings.Lines(lines) {
		f := strings.Fields(line)
		row := make([]query.Value, 3)
		for i, typ := range []query.Type{textual, whole, textual} {
			if f[i] == "-" {
				continue
			}
			v, err := query.ParseValue(typ, f[i])
			if err != nil {
				t.Fatal(err)
			}
			row[i] = v
		}
		rows.Rows = append(rows.Rows, row)
	}
	return Data{"visit": rows}
}

func TestProgram_Aggregate(t *testing.T) {
	p, err := Compile(visits())
	if err != nil {
		t.Fatal(err)
	}
	first := func(unit string, cell int) string { return fmt.Sprint(cell) }
	tests := map[string]struct{ rows, want string }{
		"nothing":                {"", "N[0 0 0] W[0 0 0] [0 0 0]"},
		"one person":             {"a 60 N", "N[1 10 1] W[0 0 0] [0 0 0]"},
		"value beyond its bound": {"a 900 N\nb -5 N", "N[2 0 2] W[0 0 0] [0 0 0]"},
		"three rows count two":   {"a 60 N\na 60 N\na 60 N", "N[2 30 1] W[0 0 0] [0 0 0]"},
		"sum beyond two rows":    {"a 100 N\na 100 N\na 100 N", "N[2 100 1] W[0 0 0] [0 0 0]"},
		"three cells count two":  {"a 60 N\na 70 W\na 80 -", "N[1 10 1] W[1 20 1] [0 0 0]"},
		"unknown code is NULL":   {"a 60 X", "N[0 0 0] W[0 0 0] [1 10 1]"},
		"NULL cost adds nothing": {"a - N\na 70 N", "N[2 20 1] W[0 0 0] [0 0 0]"},
		"NULL key is nobody":     {"- 60 N\n- 60 N\n- 60 N", "N[0 0 0] W[0 0 0] [0 0 0]"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			cells, err := p.Aggregate(table(t, tc.rows), first)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, c := range cells {
				got = append(got, c.Keys[0].Text()+fmt.Sprint(c.Vectors))
			}
			if s := strings.Join(got, " "); s != tc.want {
				t.Errorf("got %s, want %s", s, tc.want)
			}
		})
	}
}

// band is SELECT CASE WHEN cost >= 50 THEN 'A' ELSE 'B' END FROM visit WHERE sid = :subject, by hand.
func band() *query.Model {
	own := query.Expr{Op: query.OpEq, Type: boolean, Args: []query.Expr{query.Col(0, textual), {Op: query.OpSubject, Type: textual}}}
	high := op(query.OpGe, boolean, query.Col(1, whole), num(50, 0))
	m := visits()
	scan := m.Root.In[0]
	m.Class = query.B
	m.Root = &query.Rel{Op: query.RelProject, In: []*query.Rel{{Op: query.RelFilter, In: []*query.Rel{scan}, Pred: &own}},
		Exprs: []query.Expr{op(query.OpCase, textual, high, query.Lit(query.TextValue("A")), query.Lit(query.TextValue("B"))), query.Col(2, textual)}}
	m.Outputs = []query.Output{
		{Name: "band", Type: textual, Kind: query.OutExpr, Values: []query.Value{query.TextValue("A"), query.TextValue("B")}, Cells: 2},
		{Name: "ward", Type: textual, Kind: query.OutExpr, Index: 1, Values: []query.Value{query.TextValue("N")}, Null: true, Cells: 2},
	}
	return m
}

func TestProgram_Subject(t *testing.T) {
	p, err := Compile(band())
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		rows, want string
		fails      bool
	}{
		"no record":           {rows: "", want: "false [ ]"},
		"only others":         {rows: "b 90 N", want: "false [ ]"},
		"high":                {rows: "a 50 N", want: "true [A N]"},
		"low":                 {rows: "a 49 N", want: "true [B N]"},
		"empty fields":        {rows: "a - -", want: "true [B ]"},
		"beyond its values":   {rows: "a 50 Q", fails: true},
		"two rows for one":    {rows: "a 50 N\na 60 N", fails: true},
		"others do not count": {rows: "b 90 N\na 1 N\nc 90 N", want: "true [B N]"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			a, err := p.Subject("a", table(t, tc.rows))
			if tc.fails != (err != nil) {
				t.Fatalf("got error %v, want failure %v", err, tc.fails)
			}
			if err != nil {
				return
			}
			if len(a.Values) != 2 {
				t.Fatalf("got %d values, want 2 whatever the rows", len(a.Values))
			}
			if got := fmt.Sprintf("%v [%s %s]", a.Found, a.Values[0].Text(), a.Values[1].Text()); got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
}

func TestCompile_RefusesBroken(t *testing.T) {
	breaks := map[string]func(*query.Model){
		"no root":         func(m *query.Model) { m.Root = nil },
		"other class":     func(m *query.Model) { m.Class = query.O },
		"column beyond":   func(m *query.Model) { m.Root.Keys[0].Expr.Index = 9 },
		"unknown column":  func(m *query.Model) { m.Root.In[0].Columns[1] = "salary" },
		"no bounds":       func(m *query.Model) { m.Root.Rows = 0 },
		"unknown op":      func(m *query.Model) { m.Root.Aggs[1].Arg.Op = "exec" },
		"wrong type":      func(m *query.Model) { m.Root.Aggs[1].Type = textual },
		"output beyond":   func(m *query.Model) { m.Outputs[1].Index = 7 },
		"doubled output":  func(m *query.Model) { m.Outputs[1].Name = "ward" },
		"format":          func(m *query.Model) { m.Format = 2 },
		"join sans right": func(m *query.Model) { m.Root.In[0].Op = query.RelJoin },
	}
	for name, breakIt := range breaks {
		t.Run(name, func(t *testing.T) {
			m := visits()
			breakIt(m)
			if _, err := Compile(m); err == nil {
				t.Error("a broken model was compiled")
			}
		})
	}
}
