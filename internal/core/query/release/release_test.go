package release

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"yunei/internal/core/query"
	"yunei/internal/core/query/duckdb"
	"yunei/internal/core/query/interp"
	"yunei/internal/core/query/noise"
)

var (
	intType  = query.Type{Kind: query.Int}
	textType = query.Type{Kind: query.Text}
)

func col(i int, t query.Type) query.Expr { return query.Expr{Op: query.OpCol, Type: t, Index: i} }

// visits is one table (sid, city, cost) counted and averaged by city.
func visits(groups, rows int, aggs ...query.Agg) *query.Model {
	table := query.TableRef{Name: "visits", Resource: "res", Version: 1, UnitKind: "person", SubjectKey: "sid", Columns: []query.ColumnRef{
		{Name: "sid", Type: textType}, {Name: "city", Type: textType, Null: true}, {Name: "cost", Type: intType, Null: true}}}
	cost := query.Expr{Op: query.OpClamp, Type: intType, Args: []query.Expr{col(2, intType)}, Lits: []query.Value{query.IntValue(-3), query.IntValue(9)}}
	m := &query.Model{Format: query.Format, Class: query.A, Unit: "person", Tables: []query.TableRef{table}}
	m.Root = &query.Rel{Op: query.RelReduce, In: []*query.Rel{{Op: query.RelScan, Columns: []string{"sid", "city", "cost"}}}, Groups: groups, Rows: rows,
		Keys: []query.Key{{Expr: col(1, textType), Null: true, Domain: []query.Value{query.TextValue("east"), query.TextValue("west"), query.TextValue("north")}, Labels: []string{"东", "西", "北"}}},
		Aggs: aggs}
	for i := range m.Root.Aggs {
		if m.Root.Aggs[i].Func == query.AggSum || m.Root.Aggs[i].Func == query.AggCount {
			m.Root.Aggs[i].Arg = &cost
		}
	}
	m.Outputs = []query.Output{{Name: "city", Type: textType, Kind: query.OutKey}}
	for i, a := range aggs {
		m.Outputs = append(m.Outputs, query.Output{Name: fmt.Sprintf("v%d", i), Type: a.Type, Kind: query.OutAgg, Index: i})
	}
	return m
}

var allAggs = []query.Agg{
	{Func: query.AggRows, Type: intType}, {Func: query.AggUnits, Type: intType}, {Func: query.AggCount, Type: intType},
	{Func: query.AggSum, Type: intType, Lo: -3, Hi: 9}, {Func: query.AggSum, Type: intType, Lo: -3, Hi: 9, Center: 3},
}

// TestNeighbors removes every unit from random tiny tables, rows without a key and
// repeated keys included: no vector moves by more than the plan charges for.
func TestNeighbors(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 2))
	worst := map[string]float64{}
	for round := range 400 {
		groups, rows := 1+r.IntN(4), 1+r.IntN(3)
		m := visits(groups, rows, allAggs...)
		p, err := NewPlan(m, Ask{Rho: RhoUnit / 10, K: 10})
		if err != nil {
			t.Fatal(err)
		}
		program, err := interp.Compile(m)
		if err != nil {
			t.Fatal(err)
		}
		table := randomRows(r)
		choose := interp.SaltedChoice(fmt.Sprint(round))
		full := cells(t, program, table, choose)
		for unit := range 5 {
			sid := fmt.Sprint("u", unit)
			var less [][]query.Value
			for _, row := range table {
				if row[0].S != sid {
					less = append(less, row)
				}
			}
			measure(t, &p, full, cells(t, program, less, choose), worst)
		}
		// All rows without a key together are nobody: removing them changes nothing.
		var keyed [][]query.Value
		for _, row := range table {
			if !row[0].IsNull() {
				keyed = append(keyed, row)
			}
		}
		for c, x := range cells(t, program, keyed, choose) {
			if x.Units != full[c].Units {
				t.Fatalf("rows without a key moved cell %d", c)
			}
		}
	}
	for i := range allAggs {
		if worst[fmt.Sprint(i)] < 1 {
			t.Errorf("vector %d reached %.2f of its charge: the test never met its worst case", i, worst[fmt.Sprint(i)])
		}
	}
}

func randomRows(r *rand.Rand) [][]query.Value {
	rows := make([][]query.Value, r.IntN(25))
	for i := range rows {
		rows[i] = []query.Value{query.TextValue(fmt.Sprint("u", r.IntN(5))), query.TextValue([]string{"east", "west", "north", "elsewhere"}[r.IntN(4)]), query.IntValue(r.Int64N(60) - 30)}
		for j := range rows[i] {
			if r.IntN(6) == 0 {
				rows[i][j] = query.Null
			}
		}
	}
	return rows
}

func cells(t *testing.T, p *interp.Program, rows [][]query.Value, choose interp.Choice) []interp.Cell {
	t.Helper()
	out, err := p.Aggregate(interp.Data{"visits": {Columns: []string{"sid", "city", "cost"}, Rows: rows}}, choose)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// measure compares |a-b|^2 of every vector with L0*C^2, from which the charge follows.
func measure(t *testing.T, p *Plan, a, b []interp.Cell, worst map[string]float64) {
	t.Helper()
	for i, v := range p.Vectors {
		moved, squares := 0, int64(0)
		for c := range a {
			d := a[c].Units - b[c].Units
			if v.Agg != UnitsVector {
				d = a[c].Vectors[v.Agg] - b[c].Vectors[v.Agg]
			}
			if d != 0 {
				moved++
			}
			if d > v.C || d < -v.C {
				t.Fatalf("vector %d: one unit moved a cell by %d, C is %d", i, d, v.C)
			}
			squares += d * d
		}
		if limit := int64(p.L0) * v.C * v.C; squares > limit || moved > p.L0 {
			t.Fatalf("vector %d: one unit moved %d cells by %d together, the charge covers %d cells and %d", i, moved, squares, p.L0, limit)
		} else {
			worst[fmt.Sprint(i)] = max(worst[fmt.Sprint(i)], float64(squares)/float64(limit))
		}
	}
}

func TestNewPlan_NeverCostsMoreThanAsked(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	for range 20000 {
		l0, c, rho := 1+r.IntN(50), 1+r.Int64N(1<<(1+r.IntN(40))), Rho(1+r.Int64N(1<<(1+r.IntN(41))))
		v := variance(l0, c, rho)
		got, err := charge(l0, c, v)
		if err != nil || got > rho {
			t.Fatalf("l0=%d c=%d rho=%d: variance %v costs %d (%v)", l0, c, rho, v, got, err)
		}
		// and the grid wastes little: the exact charge is within a part in 10^6, or a unit of
		// the grid where the variance is tiny
		if exact, _ := v.Float64(); exact > 1 && float64(got) < float64(rho)*(1-1.0/500)-1 {
			t.Fatalf("l0=%d c=%d rho=%d: variance %v costs only %d", l0, c, rho, v, got)
		}
	}
}

// TestNewPlan_Table is the design's own figure: 620 cells at rho 0.005 mean sigma 10.
func TestNewPlan_Table(t *testing.T) {
	m := visits(1, 1, query.Agg{Func: query.AggRows, Type: intType})
	p, err := NewPlan(m, Ask{Rho: RhoUnit / 200, K: 10})
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Vectors[0].Variance; got.Cmp(big.NewRat(100, 1)) != 0 || p.Rho != RhoUnit/200 || p.Threshold() != 40 || p.Basis != 0 || len(p.Vectors) != 1 {
		t.Errorf("variance %v, cost %s, threshold %d, basis %d, %d vectors; want 100, 0.005, 40, 0, 1", got, p.Rho, p.Threshold(), p.Basis, len(p.Vectors))
	}
	two := visits(4, 2, query.Agg{Func: query.AggSum, Type: intType, Lo: 0, Hi: 9})
	p, err = NewPlan(two, Ask{Rho: RhoUnit / 100, K: 10})
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Vectors) != 2 || p.Vectors[1].Agg != UnitsVector || p.Basis != 1 || p.L0 != 4 || p.Vectors[0].C != 18 {
		t.Errorf("plan %+v, want a units vector of its own, L0 4, C 18", p)
	}
}

func TestNewPlan_Refuses(t *testing.T) {
	wide := visits(1, 1, query.Agg{Func: query.AggSum, Type: intType, Lo: 0, Hi: 1 << 60})
	for name, f := range map[string]func() error{
		"no budget":             func() error { _, err := NewPlan(visits(1, 1, allAggs[0]), Ask{K: 10}); return err },
		"no k":                  func() error { _, err := NewPlan(visits(1, 1, allAggs[0]), Ask{Rho: 1000}); return err },
		"less than a unit each": func() error { _, err := NewPlan(visits(1, 1, allAggs...), Ask{Rho: 4, K: 10}); return err },
		"sums may overflow":     func() error { _, err := NewPlan(wide, Ask{Rho: RhoUnit, K: 10}); return err },
		"sums of nothing": func() error {
			_, err := NewPlan(visits(1, 1, query.Agg{Func: query.AggSum, Type: intType}), Ask{Rho: RhoUnit, K: 10})
			return err
		},
	} {
		if err := f(); err == nil {
			t.Errorf("%s: planned", name)
		}
	}
}

func exact(v ...[]int64) []Exact {
	var out []Exact
	for i, x := range v {
		out = append(out, Exact{Index: i, Units: x[0], Vectors: x[1:]})
	}
	return out
}

func TestCollect(t *testing.T) {
	m := visits(1, 1, query.Agg{Func: query.AggRows, Type: intType}, query.Agg{Func: query.AggCount, Type: intType}, query.Agg{Func: query.AggSum, Type: intType, Lo: -3, Hi: 9, Center: 3})
	m.Outputs = append(m.Outputs[:2], query.Output{Name: "mean", Title: "均值", Type: query.Number(2), Kind: query.OutRatio, Index: 2, Over: 1, Plus: 3})
	p, err := NewPlan(m, Ask{Rho: 3 * RhoUnit / 2, K: 10})
	if err != nil {
		t.Fatal(err)
	}
	// sigma 1, 1 and 6: east has 100000 units with mean 4, west 5 units, north none, NULL 40000 with mean 9
	cells := exact([]int64{100000, 100000, 100000, 100000}, []int64{5, 5, 5, 0}, []int64{0, 0, 0, 0}, []int64{40000, 40000, 40000, 240000})
	table, e, err := Collect(m, p, cells, noise.New(), Options{Structural: []int{2}})
	if err != nil {
		t.Fatal(err)
	}
	csv := string(table.CSV())
	lines := strings.Split(strings.TrimSpace(csv), "\n")
	if len(lines) != 4 || lines[0] != "city,v0,v0_error95,mean,mean_error95" {
		t.Fatalf("table:\n%s", csv)
	}
	if lines[2] != "west,*,,*," {
		t.Errorf("five units are shown: %s", lines[2])
	}
	_, rows, err := ReadCSV(m, "", []byte(csv))
	if err != nil || len(rows) != 3 || rows[0][1] != table.Rows[0].Fields[1].Value || rows[0][4] != table.Rows[0].Fields[2].Error95 ||
		rows[1][0] != query.TextValue("west") || !rows[1][1].IsNull() || !rows[1][4].IsNull() || !rows[2][0].IsNull() {
		t.Errorf("the file reads back as %v, %v", rows, err)
	}
	for what, file := range map[string]string{"an exact file": strings.Replace(csv, ",v0_error95", "", 1), "other names": "X" + csv, "no number": csv + "west,x,,,\n", "nothing": ""} {
		if _, _, err := ReadCSV(m, "", []byte(file)); err == nil {
			t.Errorf("%s was read", what)
		}
	}
	if strings.Contains(csv, "north") {
		t.Errorf("a structural zero is shown:\n%s", csv)
	}
	if mean := table.Rows[0].Fields[2].Value.Text(); mean != "4.00" {
		t.Errorf("mean of east is %s, want 4.00", mean)
	}
	if mean := table.Rows[2].Fields[2].Value; mean.N > 900 {
		t.Errorf("mean of NULL is %s, beyond the public bound 9", mean.Text())
	}
	if f := table.Rows[0].Fields[0]; f.Label != "东" {
		t.Errorf("label %q, want 东", f.Label)
	}
	if sum := table.Rows[0].Fields[1].Value.N + table.Rows[2].Fields[1].Value.N; table.Totals[1].Value.N != sum {
		t.Errorf("total %d, want the sum of the shown cells %d", table.Totals[1].Value.N, sum)
	}
	if table.Shown != 2 || table.Hidden != 1 {
		t.Errorf("%d shown, %d hidden, want 2 and 1", table.Shown, table.Hidden)
	}
	if err := e.CheckNoise(); err != nil {
		t.Error(err)
	}
	if rho, err := e.Plan.Recharge(); err != nil || rho != p.Rho {
		t.Errorf("recomputed cost %s (%v), want %s", rho, err, p.Rho)
	}
}

// TestCollect_EveryCellIsNoised: an empty cell gets the same noise as a full one.
func TestCollect_EveryCellIsNoised(t *testing.T) {
	m := visits(1, 1, query.Agg{Func: query.AggRows, Type: intType})
	p, err := NewPlan(m, Ask{Rho: RhoUnit / 200, K: 10})
	if err != nil {
		t.Fatal(err)
	}
	moved := [4]int{}
	sum, n := 0.0, 2000
	for range n {
		_, e, err := Collect(m, p, exact([]int64{1000, 1000}), noise.New(), Options{})
		if err != nil {
			t.Fatal(err)
		}
		for c, y := range e.Noisy[0] {
			if c == 0 {
				y -= 1000
			}
			if y != 0 {
				moved[c]++
			}
			sum += float64(y * y)
		}
	}
	if got, sd := sum/float64(4*n), 100*math.Sqrt(2/float64(4*n)); math.Abs(got-100) > 5*sd {
		t.Errorf("variance %.1f, want 100 within %.1f", got, 5*sd)
	}
	for c, k := range moved {
		if k < n*9/10 {
			t.Errorf("cell %d moved in %d of %d runs", c, k, n)
		}
	}
}

func TestCollect_RefusesAnotherPlan(t *testing.T) {
	m := visits(1, 1, query.Agg{Func: query.AggRows, Type: intType})
	p, _ := NewPlan(m, Ask{Rho: RhoUnit / 200, K: 10})
	cheap := p
	cheap.Rho /= 2
	if _, _, err := Collect(m, cheap, nil, noise.New(), Options{}); err == nil {
		t.Error("a plan that understates its cost was run")
	}
	if _, _, err := Collect(visits(1, 2, query.Agg{Func: query.AggRows, Type: intType}), p, nil, noise.New(), Options{}); err == nil {
		t.Error("a plan of another model was run")
	}
}

// TestLay: an equal question under other names shows the same noisy numbers.
func TestLay(t *testing.T) {
	m := visits(1, 1, query.Agg{Func: query.AggRows, Type: intType})
	p, _ := NewPlan(m, Ask{Rho: RhoUnit / 200, K: 10})
	table, e, err := Collect(m, p, exact([]int64{1000, 1000}), noise.New(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	same := visits(1, 1, query.Agg{Func: query.AggRows, Type: intType})
	same.Outputs[0], same.Outputs[1] = same.Outputs[1], same.Outputs[0]
	same.Outputs[0].Name = "people"
	if same.Question() != m.Question() {
		t.Fatal("the questions differ")
	}
	again, err := Lay(same, e)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := again.Rows[0].Fields[0].Value, table.Rows[0].Fields[1].Value; got != want || again.Columns[0].Name != "people" {
		t.Errorf("laid out again: %v under %q, want %v", got, again.Columns[0].Name, want)
	}
	if _, err := Lay(visits(1, 3, query.Agg{Func: query.AggRows, Type: intType}), e); err == nil {
		t.Error("a release was laid out for another question")
	}
}

func TestStructural(t *testing.T) {
	boolType := query.Type{Kind: query.Bool}
	city := col(1, textType)
	in := query.Expr{Op: query.OpIn, Type: boolType, Args: []query.Expr{city}, Lits: []query.Value{query.TextValue("east"), query.TextValue("north")}}
	cheap := query.Expr{Op: query.OpLt, Type: boolType, Args: []query.Expr{col(2, intType), {Op: query.OpLit, Type: intType, Lits: []query.Value{query.IntValue(5)}}}}
	filter := func(m *query.Model, e query.Expr) *query.Model {
		m.Root.In[0] = &query.Rel{Op: query.RelFilter, In: []*query.Rel{m.Root.In[0]}, Pred: &e}
		return m
	}
	and := func(args ...query.Expr) query.Expr { return query.Expr{Op: query.OpAnd, Type: boolType, Args: args} }
	or := func(args ...query.Expr) query.Expr { return query.Expr{Op: query.OpOr, Type: boolType, Args: args} }
	not := func(e query.Expr) query.Expr {
		return query.Expr{Op: query.OpNot, Type: boolType, Args: []query.Expr{e}}
	}
	isNull := query.Expr{Op: query.OpIsNull, Type: boolType, Args: []query.Expr{city}}
	for _, c := range []struct {
		name string
		pred query.Expr
		want string
	}{
		{"on the key", in, "[1]"}, // west; what is NULL may be a value outside the domain
		{"on the key, among others", and(cheap, not(in)), "[0 2]"},
		{"on another column", cheap, "[]"},
		{"undecided by the key", or(in, cheap), "[]"},
		{"only the missing", isNull, "[0 1 2]"},
	} {
		m := filter(visits(1, 1, query.Agg{Func: query.AggRows, Type: intType}), c.pred)
		got, err := Structural(m)
		if err != nil || fmt.Sprint(got) != c.want {
			t.Errorf("%s: cells %v (%v), want %s", c.name, got, err, c.want)
		}
		// below a projection that moves the columns the same holds
		p := filter(visits(1, 1, query.Agg{Func: query.AggRows, Type: intType}), c.pred)
		p.Root.In[0] = &query.Rel{Op: query.RelProject, In: []*query.Rel{p.Root.In[0]}, Exprs: []query.Expr{col(0, textType), col(1, textType), col(2, intType)}}
		if got, err := Structural(p); err != nil || fmt.Sprint(got) != c.want {
			t.Errorf("%s, below a projection: cells %v (%v), want %s", c.name, got, err, c.want)
		}
	}
}

func TestFromEngine_Hostile(t *testing.T) {
	m := visits(1, 1, query.Agg{Func: query.AggRows, Type: intType})
	c := func(n ...int64) []duckdb.Cell {
		var out []duckdb.Cell
		for _, x := range n {
			out = append(out, duckdb.Cell{N: x})
		}
		return out
	}
	if got, err := FromEngine(m, [][]duckdb.Cell{c(3, 7, 7)}); err != nil || got[0].Index != 3 {
		t.Errorf("got %v, %v, want cell 3", got, err)
	}
	for name, rows := range map[string][][]duckdb.Cell{
		"unknown cell": {c(4, 1, 1)}, "negative cell": {c(-1, 1, 1)}, "cell twice": {c(1, 1, 1), c(1, 2, 2)},
		"short row": {c(1, 1)}, "NULL": {{{N: 1}, {Null: true}, {N: 1}}},
	} {
		if _, err := FromEngine(m, rows); err == nil {
			t.Errorf("%s was believed", name)
		}
	}
}

func TestEvidence_CheckNoise(t *testing.T) {
	m := visits(1, 1, query.Agg{Func: query.AggRows, Type: intType})
	p, _ := NewPlan(m, Ask{Rho: RhoUnit / 200, K: 10})
	_, e, err := Collect(m, p, nil, noise.New(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(){
		"no noise": func() { clear(e.Canary[0]) },
		"half noise": func() {
			for i := range e.Canary[0] {
				e.Canary[0][i] /= 2
			}
		},
		"none kept": func() { e.Canary = nil },
	} {
		_, e, _ = Collect(m, p, nil, noise.New(), Options{})
		spoil()
		if err := e.CheckNoise(); err == nil {
			t.Errorf("%s passed the canary check", name)
		}
	}
}

func TestPreview(t *testing.T) {
	m := visits(1, 1, query.Agg{Func: query.AggRows, Type: intType})
	v, err := NewPreview(m, Ask{Rho: RhoUnit / 200, K: 10, Units: 30000})
	if err != nil {
		t.Fatal(err)
	}
	if v.PerCell != 7500 || v.Hidden || v.Threshold != 40 || len(v.Columns) != 1 || v.Columns[0].Error95 != "20" {
		t.Errorf("preview %+v, want 7500 units per cell and an error of 20", v)
	}
	if v, _ := NewPreview(m, Ask{Rho: RhoUnit / 200, K: 10, Units: 100}); !v.Hidden {
		t.Error("25 units per cell are promised to be shown")
	}
}

func TestRho(t *testing.T) {
	for in, want := range map[string]Rho{"0.005": 5_000_000_000, "0": 0, "1": RhoUnit, "0.1366": 136_600_000_000, "0.000000000001": 1} {
		got, err := ParseRho(in)
		if err != nil || got != want || got.String() != in {
			t.Errorf("ParseRho(%q) = %d (%s), %v, want %d", in, got, got, err, want)
		}
	}
	for _, in := range []string{"", "-1", "1e3", "0x1p2", "1/2", "0.0000000000001", "99999999999999", "额"} {
		if got, err := ParseRho(in); err == nil {
			t.Errorf("ParseRho(%q) = %s, want an error", in, got)
		}
	}
}

func BenchmarkCollect(b *testing.B) {
	m := visits(1, 1, query.Agg{Func: query.AggRows, Type: intType})
	for i := range 1000 {
		m.Root.Keys[0].Domain = append(m.Root.Keys[0].Domain, query.TextValue(fmt.Sprint(i)))
	}
	m.Root.Keys[0].Labels = nil
	p, err := NewPlan(m, Ask{Rho: RhoUnit / 200, K: 10})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, _, err := Collect(m, p, nil, noise.New(), Options{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)*1000/float64(p.Cells), "us/1000cells")
}
