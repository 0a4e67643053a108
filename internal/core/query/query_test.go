package query

import (
	"bytes"
	"strings"
	"testing"
	"testing/quick"
)

// tiny is SELECT ward, COUNT(*) FROM visit GROUP BY ward, by hand.
func tiny() *Model {
	text := Type{Kind: Text}
	return &Model{
		Format: Format, Class: A, Unit: "person",
		Tables: []TableRef{{Name: "visit", Resource: "res", Version: 1, UnitKind: "person", SubjectKey: "sid", MaxRows: 1, Columns: []ColumnRef{{Name: "sid", Type: text}, {Name: "ward", Type: text}}}},
		Root: &Rel{Op: RelReduce, In: []*Rel{{Op: RelScan, Columns: []string{"sid", "ward"}}}, Groups: 1, Rows: 1,
			Keys: []Key{{Expr: Col(1, text), Domain: []Value{TextValue("内科"), TextValue("W <&>")}, Null: true}},
			Aggs: []Agg{{Func: AggRows, Type: Type{Kind: Int}}}},
		Outputs: []Output{{Name: "科室", Type: text, Kind: OutKey, Standing: Public}, {Name: "n", Type: Type{Kind: Int}, Kind: OutAgg, Standing: AggDP}},
	}
}

func TestDecode(t *testing.T) {
	canonical := string(tiny().Canonical())
	tests := map[string]struct {
		data string
		ok   bool
	}{
		"canonical":         {canonical, true},
		"unknown field":     {strings.Replace(canonical, `"format":1`, `"format":1,"also":1`, 1), false},
		"blank":             {strings.Replace(canonical, `"format":1`, `"format": 1`, 1), false},
		"other order":       {strings.Replace(canonical, `"format":1,"class":"A"`, `"class":"A","format":1`, 1), false},
		"field twice":       {strings.Replace(canonical, `"format":1`, `"format":1,"format":1`, 1), false},
		"escaped":           {strings.Replace(canonical, `visit`, `visi\u0074`, 1), false},
		"zero spelled out":  {strings.Replace(canonical, `"groups":1`, `"groups":1,"unit":0`, 1), false},
		"after the end":     {canonical + "{}", false},
		"newline":           {canonical + "\n", false},
		"not UTF-8":         {strings.Replace(canonical, `visit`, "vis\xff", 1), false},
		"does not add up":   {strings.Replace(canonical, `"groups":1`, `"groups":-1`, 1), false},
		"unknown operator":  {strings.Replace(canonical, `"op":"col"`, `"op":"sql"`, 1), false},
		"empty":             {"", false},
		"null":              {"null", false},
		"another format":    {strings.Replace(canonical, `"format":1`, `"format":2`, 1), false},
		"deep":              {strings.Repeat(`{"root":`, 20000), false},
		"a relation of nil": {strings.Replace(canonical, `"in":[{`, `"in":[null,{`, 1), false},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			m, err := Decode([]byte(tc.data))
			if (err == nil) != tc.ok {
				t.Fatalf("got %v, want ok %v", err, tc.ok)
			}
			if tc.ok && !bytes.Equal(m.Canonical(), []byte(tc.data)) {
				t.Errorf("got %s, want %s", m.Canonical(), tc.data)
			}
		})
	}
}

func TestModel_Hash(t *testing.T) {
	const want = "sha256:"
	m := tiny()
	if h := m.Hash(); !strings.HasPrefix(h, want) || len(h) != len(want)+64 {
		t.Errorf("got %q", h)
	}
	renamed := tiny()
	renamed.Outputs[0].Name = "ward"
	if renamed.Hash() == m.Hash() {
		t.Error("a renamed output has the same hash")
	}
	if renamed.Question() != m.Question() {
		t.Error("a renamed output asks another question")
	}
	wider := tiny()
	wider.Root.Rows = 2
	if wider.Question() == m.Question() {
		t.Error("another bound asks the same question")
	}
	placed := tiny()
	placed.Root.Keys[0].Expr.At = 17
	if placed.Hash() != m.Hash() {
		t.Error("the place in the text is part of the model")
	}
}

func TestModel_Cell(t *testing.T) {
	m := tiny()
	m.Root.Keys = append(m.Root.Keys, Key{Expr: Col(0, Type{Kind: Int}), Domain: []Value{IntValue(7), IntValue(8)}})
	if m.Cells() != 6 {
		t.Fatalf("got %d cells, want 6", m.Cells())
	}
	var got []string
	for i := range m.Cells() {
		v := m.Cell(i)
		got = append(got, v[0].Text()+"/"+v[1].Text())
	}
	if s, want := strings.Join(got, " "), "内科/7 内科/8 W <&>/7 W <&>/8 /7 /8"; s != want {
		t.Errorf("got %s, want %s", s, want)
	}
	m.Root.Keys = nil
	if m.Cells() != 1 || len(m.Cell(0)) != 0 {
		t.Errorf("a model without keys has %d cells", m.Cells())
	}
}

func TestAgg_Sensitivity(t *testing.T) {
	tests := map[string]struct {
		agg  Agg
		rows int
		want int64
	}{
		"rows":              {Agg{Func: AggRows}, 4, 4},
		"units":             {Agg{Func: AggUnits}, 4, 1},
		"sum":               {Agg{Func: AggSum, Lo: 0, Hi: 100}, 1, 100},
		"sum of four rows":  {Agg{Func: AggSum, Lo: -5, Hi: 100}, 4, 400},
		"below zero":        {Agg{Func: AggSum, Lo: -300, Hi: 100}, 1, 300},
		"around the middle": {Agg{Func: AggSum, Lo: 0, Hi: 100, Center: 50}, 2, 100},
		"far from zero":     {Agg{Func: AggSum, Lo: 900, Hi: 1000, Center: 950}, 1, 50},
		"far, not moved":    {Agg{Func: AggSum, Lo: 900, Hi: 1000}, 1, 1000},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := tc.agg.Sensitivity(tc.rows); got != tc.want {
				t.Errorf("got %d, want %d", got, tc.want)
			}
		})
	}
}

func TestParseValue(t *testing.T) {
	tests := []struct {
		t    Type
		text string
		want string // "error"
	}{
		{Number(0), "12", "12"}, {Number(0), "-0", "0"}, {Number(0), "12.0", "12"}, {Number(0), "12.5", "error"}, {Number(0), "", "error"},
		{Number(0), "1e3", "error"}, {Number(0), "９", "error"}, {Number(0), "+5", "error"}, {Number(0), "--5", "error"}, {Number(0), "99999999999999999999", "error"},
		{Number(2), "12.5", "12.50"}, {Number(2), ".5", "0.50"}, {Number(2), "-0.05", "-0.05"}, {Number(2), "1.005", "error"}, {Number(2), "1.2.3", "error"},
		{Type{Kind: Bool}, "1", "true"}, {Type{Kind: Bool}, "yes", "error"},
		{Type{Kind: Date}, "2024-02-29", "2024-02-29"}, {Type{Kind: Date}, "2023-02-29", "error"}, {Type{Kind: Date}, "1969-12-31", "1969-12-31"},
		{Type{Kind: Timestamp}, "2024-05-17 08:00:00", "2024-05-17T08:00:00.000000Z"}, {Type{Kind: Timestamp}, "2024-05-17T08:00:00.5+08:00", "2024-05-17T00:00:00.500000Z"},
		{Type{Kind: "money"}, "1", "error"},
	}
	for _, tc := range tests {
		v, err := ParseValue(tc.t, tc.text)
		got := v.Text()
		if err != nil {
			got = "error"
		}
		if got != tc.want {
			t.Errorf("%s as %s: got %q, want %q", tc.text, tc.t, got, tc.want)
		}
	}
}

func TestValue_RoundTrip(t *testing.T) {
	check := func(n int64, scale uint8) bool {
		v := NumberValue(n/10, int(scale%(MaxScale+1)))
		again, err := ParseValue(v.Type(), v.Text())
		return err == nil && again == v
	}
	if err := quick.Check(check, nil); err != nil {
		t.Error(err)
	}
}

func TestColumn_CellCap(t *testing.T) {
	two := []Code{{Value: "0"}, {Value: "1"}}
	tests := map[string]struct {
		c    Column
		want int
	}{
		"nothing said":    {Column{}, 8},
		"declared":        {Column{Cells: 20}, 20},
		"small domain":    {Column{Domain: two}, 2},
		"with NULL":       {Column{Domain: two, Null: true}, 3},
		"declared wins":   {Column{Domain: two, Cells: 1}, 1},
		"no use is never": {Column{Role: Never, Uses: []Use{AfterCompare}}, 8},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := tc.c.CellCap(); got != tc.want {
				t.Errorf("got %d, want %d", got, tc.want)
			}
			if tc.c.Allows(AfterCompare) {
				t.Error("an unlabelled column allows a use")
			}
		})
	}
}
