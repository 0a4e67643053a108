package render

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yunei/internal/core/query"
	"yunei/internal/core/query/duckdb"
	"yunei/internal/core/query/interp"
	"yunei/internal/core/query/snapshot"
)

func TestMain(m *testing.M) {
	duckdb.MaybeWorker()
	os.Exit(m.Run())
}

func engine(t testing.TB) *duckdb.Engine {
	return duckdb.New(duckdb.Options{AllowMissingWalls: true, TempDir: t.TempDir(), Log: slog.New(slog.NewTextHandler(os.Stderr, nil))})
}

var (
	intType  = query.Type{Kind: query.Int}
	textType = query.Type{Kind: query.Text}
	boolType = query.Type{Kind: query.Bool}
	dateType = query.Type{Kind: query.Date}
)

func visits() *query.Table {
	return &query.Table{Name: "visits", UnitKind: "person", SubjectKey: "sid", Columns: []query.Column{
		{Name: "sid", Type: textType, Role: query.SubjectKey},
		{Name: "n", Type: intType, Null: true},
		{Name: "cost", Type: query.Number(2), Null: true},
		{Name: "city", Type: textType, Null: true},
		{Name: "day", Type: dateType, Null: true},
		{Name: "ok", Type: boolType, Null: true},
	}}
}

func ref(t *query.Table) query.TableRef {
	r := query.TableRef{Name: t.Name, Resource: "res", Version: 1, UnitKind: t.UnitKind, SubjectKey: t.SubjectKey}
	for _, c := range t.Columns {
		r.Columns = append(r.Columns, query.ColumnRef{Name: c.Name, Type: c.Type, Null: c.Null})
	}
	return r
}

func names(t *query.Table) []string {
	var out []string
	for _, c := range t.Columns {
		out = append(out, c.Name)
	}
	return out
}

var cities = []string{"泉州", "it's", "", "a%b", "b", "'; DROP TABLE t0; --", "x\x1fy", "12.50", "-7", "0012.5", "1234567890123", "１２", " ÄbC ", "1.", "-", "3\n"}

// someRows always include rows without a key, repeated keys and the edges of numbers.
func someRows(r *rand.Rand, n, units int) [][]query.Value {
	rows := make([][]query.Value, n)
	edge := []int64{0, 1, -1, 49, 50, 51, -49, -50, -51, 99, 100, -150, 1_000_000_007, -1_000_000_007}
	pick := func() int64 {
		if r.IntN(2) == 0 {
			return edge[r.IntN(len(edge))]
		}
		return r.Int64N(4000) - 2000
	}
	for i := range rows {
		rows[i] = []query.Value{
			query.TextValue(fmt.Sprintf("%016x", r.IntN(units))), query.IntValue(pick()), query.NumberValue(pick(), 2),
			query.TextValue(cities[r.IntN(len(cities))]), {Kind: query.Date, N: r.Int64N(60000) - 20000}, query.BoolValue(r.IntN(2) == 0),
		}
		for j := range rows[i] {
			if r.IntN(8) == 0 {
				rows[i][j] = query.Null
			}
		}
	}
	return rows
}

// gen writes random expressions over the columns of visits. Numbers stay small enough
// that no operator leaves 62 bits, as the guard proves for real models.
type gen struct{ *rand.Rand }

func (g gen) col(t query.Type) query.Expr {
	for i, c := range visits().Columns {
		if c.Type == t && i > 0 {
			return query.Expr{Op: query.OpCol, Type: t, Index: i}
		}
	}
	panic(t)
}

func (g gen) lit(t query.Type) query.Expr {
	if g.IntN(12) == 0 {
		return query.Expr{Op: query.OpLit, Type: t}
	}
	return query.Expr{Op: query.OpLit, Type: t, Lits: []query.Value{g.value(t)}}
}

func (g gen) value(t query.Type) query.Value {
	switch t.Kind {
	case query.Text:
		return query.TextValue(cities[g.IntN(len(cities))])
	case query.Bool:
		return query.BoolValue(g.IntN(2) == 0)
	case query.Date:
		return query.Value{Kind: query.Date, N: g.Int64N(60000) - 20000}
	}
	return query.NumberValue([]int64{0, 1, -1, 7, 50, -50, 333, -100, 1_234_567_890}[g.IntN(9)], t.Scale)
}

func (g gen) expr(t query.Type, depth int) query.Expr {
	if depth == 0 {
		if g.IntN(3) == 0 || t.Numeric() && t.Scale != 0 && t.Scale != 2 {
			return g.lit(t)
		}
		return g.col(t)
	}
	e := func(op query.Op, args ...query.Expr) query.Expr { return query.Expr{Op: op, Type: t, Args: args} }
	sub := func(t query.Type) query.Expr { return g.expr(t, depth-1) }
	any4 := func() query.Type { return []query.Type{intType, query.Number(2), textType, dateType}[g.IntN(4)] }
	switch g.IntN(4) {
	case 0:
		return e(query.OpCase, sub(boolType), sub(t), sub(boolType), sub(t), sub(t))
	case 1:
		return e([]query.Op{query.OpCoalesce, query.OpNullIf}[g.IntN(2)], sub(t), sub(t))
	}
	switch t.Kind {
	case query.Text:
		if g.IntN(2) == 0 {
			return e([]query.Op{query.OpUpper, query.OpLower, query.OpTrim}[g.IntN(3)], sub(t))
		}
		s := e(query.OpSubstr, sub(t))
		s.Lits = []query.Value{query.IntValue(int64(1 + g.IntN(3))), query.IntValue(int64(g.IntN(4)))}
		return s
	case query.Date:
		if g.IntN(2) == 0 {
			return e([]query.Op{query.OpLeast, query.OpGreat}[g.IntN(2)], sub(t), sub(t))
		}
		s := e(query.OpTrunc, sub(t))
		s.Unit = query.TruncUnits[g.IntN(len(query.TruncUnits))]
		return s
	case query.Bool:
		return g.condition(sub, any4())
	}
	return g.number(t, sub)
}

func (g gen) condition(sub func(query.Type) query.Expr, over query.Type) query.Expr {
	e := func(op query.Op, args ...query.Expr) query.Expr {
		return query.Expr{Op: op, Type: boolType, Args: args}
	}
	switch g.IntN(6) {
	case 0:
		return e([]query.Op{query.OpAnd, query.OpOr}[g.IntN(2)], sub(boolType), sub(boolType), sub(boolType))
	case 1:
		return e(query.OpNot, sub(boolType))
	case 2:
		return e(query.OpIsNull, sub(over))
	case 3:
		in := e(query.OpIn, sub(over))
		in.Lits = []query.Value{g.value(over), g.value(over), g.value(over)}
		return in
	case 4:
		p := e(query.OpPrefix, sub(textType))
		p.Lits = []query.Value{g.value(textType)}
		return p
	}
	ops := []query.Op{query.OpEq, query.OpNe, query.OpLt, query.OpLe, query.OpGt, query.OpGe}
	if over.Kind == query.Text {
		ops = ops[:2]
	}
	return e(ops[g.IntN(len(ops))], sub(over), sub(over))
}

func (g gen) number(t query.Type, sub func(query.Type) query.Expr) query.Expr {
	small := func(t query.Type) query.Expr { // keeps products and sums within 62 bits
		return query.Expr{Op: query.OpClamp, Type: t, Args: []query.Expr{sub(t)}, Lits: []query.Value{query.NumberValue(-2_000_000_000, t.Scale), query.NumberValue(1_999_999_999, t.Scale)}}
	}
	e := func(op query.Op, args ...query.Expr) query.Expr { return query.Expr{Op: op, Type: t, Args: args} }
	switch g.IntN(13) {
	case 9, 10:
		return g.transcendental(t, sub)
	case 11:
		return e(query.OpToNum, sub(textType))
	case 12:
		if t.Kind == query.Int {
			d := e([]query.Op{query.OpAge, query.OpDateDiff}[g.IntN(2)], sub(dateType), sub(dateType))
			if d.Op == query.OpDateDiff {
				d.Unit = query.DiffUnits[g.IntN(len(query.DiffUnits))]
			}
			return d
		}
	case 0:
		return e([]query.Op{query.OpAdd, query.OpSub}[g.IntN(2)], small(t), small(t))
	case 1:
		return e([]query.Op{query.OpNeg, query.OpAbs}[g.IntN(2)], small(t))
	case 2:
		return e([]query.Op{query.OpLeast, query.OpGreat}[g.IntN(2)], sub(t), sub(t))
	case 3:
		return e(query.OpDiv, small([]query.Type{intType, query.Number(2)}[g.IntN(2)]), small([]query.Type{intType, query.Number(2)}[g.IntN(2)]))
	case 4, 5:
		if t.Kind == query.Int {
			switch g.IntN(4) {
			case 0:
				m := e(query.OpMod, small(t))
				m.Lits = []query.Value{query.IntValue(7)}
				return m
			case 1:
				return e([]query.Op{query.OpFloor, query.OpCeil, query.OpRound}[g.IntN(3)], small(query.Number(2)))
			case 2:
				p := e(query.OpPart, sub(dateType))
				p.Unit = query.PartUnits[g.IntN(len(query.PartUnits))]
				return p
			}
			return e(query.OpBoolTo, sub(boolType))
		}
		return e(query.OpScale, small(intType))
	case 6:
		if t.Scale == 2 {
			return e(query.OpMul, small(query.Number(2)), small(intType))
		}
		return e(query.OpMul, small(intType), small(intType))
	}
	return small(t)
}

// transcendental is sqrt, ln or exp of a number within what the guard lets through.
func (g gen) transcendental(t query.Type, sub func(query.Type) query.Expr) query.Expr {
	from := []query.Type{intType, query.Number(2)}[g.IntN(2)]
	op := []query.Op{query.OpSqrt, query.OpLn, query.OpExp}[g.IntN(3)]
	if 2*t.Scale < from.Scale && op == query.OpSqrt {
		from = intType
	}
	hi := int64(1_999_999_999)
	if op == query.OpExp {
		hi = query.ExpMost(t.Scale) * query.Pow10(from.Scale)
	}
	lits := []query.Value{query.NumberValue(-2_000_000_000, from.Scale), query.NumberValue(hi, from.Scale)}
	within := query.Expr{Op: query.OpClamp, Type: from, Args: []query.Expr{sub(from)}, Lits: lits}
	return query.Expr{Op: op, Type: t, Args: []query.Expr{within}}
}

// TestExpressions runs random expressions through the engine and the interpreter.
func TestExpressions(t *testing.T) {
	r := rand.New(rand.NewPCG(2026, 11))
	rounds := 12
	if testing.Short() {
		rounds = 2
	}
	for round := range rounds {
		table := visits()
		rows := someRows(r, 200, 60)
		m := &query.Model{Format: query.Format, Class: query.O, Tables: []query.TableRef{ref(table)},
			Root: &query.Rel{Op: query.RelProject, In: []*query.Rel{{Op: query.RelScan, Columns: names(table)}}}}
		for i := range 30 {
			typ := []query.Type{intType, query.Number(2), boolType, dateType}[i%4]
			e := gen{r}.expr(typ, 1+i%4)
			if i%10 == 9 { // text, seen through a comparison
				typ = boolType
				e = query.Expr{Op: query.OpEq, Type: boolType, Args: []query.Expr{gen{r}.expr(textType, 2), gen{r}.lit(textType)}}
			}
			m.Root.Exprs = append(m.Root.Exprs, e)
			m.Outputs = append(m.Outputs, query.Output{Name: fmt.Sprintf("o%d", i), Type: typ, Kind: query.OutExpr, Index: i})
		}
		compareRows(t, round, m, table, rows)
	}
}

func compareRows(t *testing.T, round int, m *query.Model, table *query.Table, rows [][]query.Value) {
	t.Helper()
	s, err := Model(m, Options{})
	if err != nil {
		t.Fatal(err)
	}
	got := run(t, s, map[string]*query.Table{table.Name: table}, map[string][][]query.Value{table.Name: rows})
	p, err := interp.Compile(m)
	if err != nil {
		t.Fatal(err)
	}
	want, err := p.Rows(sorted(t, table, rows))
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != len(want) {
		t.Fatalf("round %d: engine gives %d rows, interpreter %d", round, len(got), len(want))
	}
	for i := range want {
		for j, v := range want[i] {
			c := got[i][j]
			if c.Null != v.IsNull() || !c.Null && c.N != v.N {
				t.Fatalf("round %d, row %d, %+v:\nengine %+v, interpreter %v", round, i, m.Root.Exprs[j], c, v)
			}
		}
	}
}

// sorted gives the interpreter the rows as the file has them.
func sorted(t *testing.T, table *query.Table, rows [][]query.Value) interp.Data {
	t.Helper()
	path := filepath.Join(t.TempDir(), "s.parquet")
	if err := snapshot.Write(path, table, rows); err != nil {
		t.Fatal(err)
	}
	data, err := snapshot.Read(path, ref(table).Columns)
	if err != nil {
		t.Fatal(err)
	}
	return interp.Data{table.Name: data}
}

func run(t testing.TB, s Statement, tables map[string]*query.Table, rows map[string][][]query.Value) [][]duckdb.Cell {
	t.Helper()
	files := map[string]string{}
	for name, table := range tables {
		files[name] = filepath.Join(t.TempDir(), name+".parquet")
		if err := snapshot.Write(files[name], table, rows[name]); err != nil {
			t.Fatal(err)
		}
	}
	job, err := s.Job(files, duckdb.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := engine(t).Run(t.Context(), job)
	if err != nil {
		t.Fatalf("%v\n%s", err, s.SQL)
	}
	return got
}

// tabulation is a class A model over visits with two keys and all kinds of vectors.
func tabulation(groups, rows int, perUnit bool) *query.Model {
	table := visits()
	scan := &query.Rel{Op: query.RelScan, Columns: names(table)}
	filter := &query.Rel{Op: query.RelFilter, In: []*query.Rel{scan}, Pred: &query.Expr{Op: query.OpIsNull, Type: boolType, Args: []query.Expr{{Op: query.OpCol, Type: dateType, Index: 4}}}}
	filter.Pred = &query.Expr{Op: query.OpNot, Type: boolType, Args: []query.Expr{*filter.Pred}}
	n := query.Expr{Op: query.OpCol, Type: intType, Index: 1}
	clamp := query.Expr{Op: query.OpClamp, Type: intType, Args: []query.Expr{n}, Lits: []query.Value{query.IntValue(-40), query.IntValue(90)}}
	quarter := query.Expr{Op: query.OpPart, Type: intType, Unit: "quarter", Args: []query.Expr{{Op: query.OpCol, Type: dateType, Index: 4}}}
	city := query.Expr{Op: query.OpCol, Type: textType, Index: 3}
	in := filter
	if perUnit {
		// one row per person: greatest n, and how many rows
		raw, part, name := n, clamp, city
		in = &query.Rel{Op: query.RelUnitAgg, In: []*query.Rel{filter}, Unit: 0, Aggs: []query.Agg{
			{Func: query.AggMax, Arg: &raw, Type: intType}, {Func: query.AggRows, Type: intType},
			{Func: query.AggMin, Arg: &name, Type: textType}, {Func: query.AggSum, Arg: &part, Type: intType, Lo: -40, Hi: 90}}}
		clamp.Args = []query.Expr{{Op: query.OpCol, Type: intType, Index: 1}}
		n.Index = 4
		quarter = query.Expr{Op: query.OpClamp, Type: intType, Args: []query.Expr{{Op: query.OpCol, Type: intType, Index: 2}}, Lits: []query.Value{query.IntValue(1), query.IntValue(4)}}
	}
	root := &query.Rel{Op: query.RelReduce, In: []*query.Rel{in}, Unit: 0, Groups: groups, Rows: rows,
		Keys: []query.Key{
			{Expr: city, Null: true, Domain: []query.Value{query.TextValue("b"), query.TextValue("泉州"), query.TextValue("it's")}},
			{Expr: quarter, Domain: []query.Value{query.IntValue(1), query.IntValue(2), query.IntValue(3), query.IntValue(4)}},
		},
		Aggs: []query.Agg{{Func: query.AggRows, Type: intType}, {Func: query.AggUnits, Type: intType}, {Func: query.AggCount, Arg: &n, Type: intType},
			{Func: query.AggSum, Arg: &clamp, Type: intType, Lo: -40, Hi: 90}, {Func: query.AggSum, Arg: &clamp, Type: intType, Lo: -40, Hi: 90, Center: 25}},
	}
	m := &query.Model{Format: query.Format, Class: query.A, Unit: "person", Tables: []query.TableRef{ref(table)}, Root: root}
	m.Outputs = []query.Output{{Name: "city", Type: textType, Kind: query.OutKey}, {Name: "rows", Type: intType, Kind: query.OutAgg}}
	return m
}

func TestTabulations(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	for _, c := range []struct {
		groups, rows int
		perUnit      bool
	}{{16, 1, false}, {16, 3, false}, {1, 1, false}, {2, 3, false}, {16, 1, true}, {1, 1, true}} {
		t.Run(fmt.Sprintf("groups=%d rows=%d perUnit=%v", c.groups, c.rows, c.perUnit), func(t *testing.T) {
			m := tabulation(c.groups, c.rows, c.perUnit)
			const salt = "0123456789abcdef"
			s, err := Model(m, Options{Salt: salt})
			if err != nil {
				t.Fatal(err)
			}
			rows := someRows(r, 2000, 300)
			got := run(t, s, map[string]*query.Table{"visits": visits()}, map[string][][]query.Value{"visits": rows})
			compareCells(t, m, rows, got, salt)
			if hashes := strings.Contains(s.SQL, "sha256"); hashes != (c.groups < 16 && !c.perUnit) {
				t.Errorf("the choice of cells is rendered: %v, want only where it bounds something", hashes)
			}
		})
	}
}

// TestTabulations_OneRow: when the manifest says one row per unit, leaving out the
// grouping by unit changes nothing.
func TestTabulations_OneRow(t *testing.T) {
	m := tabulation(16, 1, false)
	s, err := Model(m, Options{Measured: measured(true)})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(s.SQL, "pu") {
		t.Errorf("still groups by unit: %s", s.SQL)
	}
	rows := someRows(rand.New(rand.NewPCG(1, 1)), 500, 1<<30)
	compareCells(t, m, rows, run(t, s, map[string]*query.Table{"visits": visits()}, map[string][][]query.Value{"visits": rows}), "")
}

func compareCells(t *testing.T, m *query.Model, rows [][]query.Value, got [][]duckdb.Cell, salt string) {
	t.Helper()
	p, err := interp.Compile(m)
	if err != nil {
		t.Fatal(err)
	}
	cells, err := p.Aggregate(interp.Data{"visits": {Columns: names(visits()), Rows: rows}}, interp.SaltedChoice(salt))
	if err != nil {
		t.Fatal(err)
	}
	want := map[int64][]int64{}
	for _, c := range cells {
		if c.Units > 0 {
			want[int64(c.Index)] = append([]int64{c.Units}, c.Vectors...)
		}
	}
	have := map[int64][]int64{}
	for _, row := range got {
		for _, c := range row[1:] {
			have[row[0].N] = append(have[row[0].N], c.N)
		}
	}
	if d := cmp.Diff(want, have); d != "" {
		t.Errorf("cells (-interpreter +engine):\n%s", d)
	}
	if len(want) < 3 {
		t.Errorf("only %d cells have units: the test proves little", len(want))
	}
}

// TestModel_NoTenantText: whatever is in a literal, not a byte of it is in the statement.
func TestModel_NoTenantText(t *testing.T) {
	m := tabulation(16, 1, false)
	m.Root.Keys[0].Domain = []query.Value{query.TextValue("x'; COPY t0 TO '/tmp/x'; --"), query.TextValue("隐")}
	s, err := Model(m, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"COPY", "隐", ";", "--"} {
		if strings.Contains(s.SQL, bad) {
			t.Errorf("%q is in the statement: %s", bad, s.SQL)
		}
	}
	if len(s.Params) != 2 {
		t.Errorf("%d parameters, want 2: %v", len(s.Params), s.Params)
	}
}

// TestClosed: the second wall lets through what the renderer writes and nothing else.
func TestClosed(t *testing.T) {
	m := tabulation(16, 1, false)
	for _, bad := range []string{
		`SELECT c0 FROM read_parquet('/x')`, `SELECT c0 FROM "other"`, `SELECT getvariable(c0) FROM t0`, `SELECT c0 FROM t0; SELECT 1`,
		`SELECT 'text' FROM t0`, `SELECT c0 FROM t0 -- x`, `SELECT c0 /* x */ FROM t0`, `COPY t0 TO c0`, `SELECT count FROM t0`, `SELECT t0(c0) FROM t0`,
		`SELECT E'x' FROM t0`, `SELECT c0 FROM t0 UNION SELECT c1 FROM t0`, `SELECT c0::JSON FROM t0`, `SELECT 名 FROM t0`,
	} {
		if err := closed(bad, m); err == nil {
			t.Errorf("%s passed", bad)
		}
	}
	if err := closed(`SELECT count(*) AS a0, "city" FROM t0 WHERE c1 <> $1::VARCHAR`, m); err != nil {
		t.Error(err)
	}
}

func TestModel_Refuses(t *testing.T) {
	if _, err := Model(tabulation(1, 1, false), Options{}); err == nil {
		t.Error("a choice of cells was rendered without a salt")
	}
	bad := tabulation(16, 1, false)
	bad.Root.In[0].Pred.Op = "regexp"
	if _, err := Model(bad, Options{}); err == nil {
		t.Error("an unknown operator was rendered")
	}
}

// TestModel_SizeStaysLinear: operators that need an operand three times must not triple
// the text at each level.
func TestModel_SizeStaysLinear(t *testing.T) {
	e := query.Expr{Op: query.OpCol, Type: intType, Index: 1}
	for range 60 {
		e = query.Expr{Op: query.OpClamp, Type: intType, Args: []query.Expr{e}, Lits: []query.Value{query.IntValue(-5), query.IntValue(5)}}
	}
	table := visits()
	m := &query.Model{Format: query.Format, Class: query.O, Tables: []query.TableRef{ref(table)},
		Root:    &query.Rel{Op: query.RelProject, In: []*query.Rel{{Op: query.RelScan, Columns: names(table)}}, Exprs: []query.Expr{e}},
		Outputs: []query.Output{{Name: "o", Type: intType, Kind: query.OutExpr}}}
	s, err := Model(m, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(s.SQL) > 60*200 {
		t.Errorf("60 nested clamps take %d bytes", len(s.SQL))
	}
	compareRows(t, 0, m, table, someRows(rand.New(rand.NewPCG(3, 3)), 20, 5))
}
