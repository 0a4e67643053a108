package render_test

import (
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yunei/internal/core/query"
	"yunei/internal/core/query/duckdb"
	"yunei/internal/core/query/guard"
	"yunei/internal/core/query/interp"
	"yunei/internal/core/query/querytest"
	"yunei/internal/core/query/render"
	"yunei/internal/core/query/snapshot"
)

// engine is DuckDB in its locked child, loaded with the rows of querytest's city.
type engine struct {
	t       *testing.T
	duck    *duckdb.Engine
	catalog query.Catalog
	data    interp.Data
	files   map[string]string
	numbers map[string]string // the same with numbers for subjects, as an exact run supplies them
	seen    map[string]render.Measured
}

func newEngine(t *testing.T, data interp.Data) *engine {
	t.Helper()
	e := &engine{t: t, catalog: querytest.City(), data: data, files: map[string]string{}, numbers: map[string]string{}, seen: map[string]render.Measured{}}
	e.duck = duckdb.New(duckdb.Options{AllowMissingWalls: true, TempDir: t.TempDir(), Log: slog.New(slog.NewTextHandler(os.Stderr, nil))})
	for i := range e.catalog.Tables {
		table := &e.catalog.Tables[i]
		rows := data[table.Name]
		e.seen[table.Name] = measure(table, rows)
		e.files[table.Name] = filepath.Join(t.TempDir(), table.Name+".parquet")
		if err := snapshot.Write(e.files[table.Name], inPolicyOrder(t, table, rows), rows.Rows); err != nil {
			t.Fatal(err)
		}
		e.numbers[table.Name] = e.files[table.Name] + ".numbers"
		supply := snapshot.Supply{Key: table.SubjectKey, As: table.SubjectKey, Pseudonym: numberOf}
		for _, c := range inPolicyOrder(t, table, rows).Columns {
			if c.Name != table.SubjectKey {
				supply.Columns = append(supply.Columns, query.ColumnRef{Name: c.Name, Type: c.Type, Null: true})
			}
		}
		if _, err := snapshot.Copy(e.files[table.Name], e.numbers[table.Name], supply); err != nil {
			t.Fatal(err)
		}
	}
	return e
}

// numberOf is 7 for s0007.
func numberOf(sid string) int64 {
	n, err := strconv.ParseInt(sid[1:], 10, 64)
	if err != nil {
		panic(err)
	}
	return n
}

// Parts reads what the exact statement says of each unit.
func (e *engine) Parts(m *query.Model) ([]interp.Part, error) {
	s, err := render.Exact(m, render.Options{})
	if err != nil {
		return nil, err
	}
	job, err := s.Job(e.numbers, duckdb.Limits{})
	if err != nil {
		return nil, err
	}
	rows, err := e.duck.Run(e.t.Context(), job)
	if err != nil {
		return nil, fmt.Errorf("%w\n%s", err, s.SQL)
	}
	out := make([]interp.Part, len(rows))
	for i, row := range rows {
		out[i] = interp.Part{Cell: int(row[0].N), Unit: fmt.Sprintf("s%04d", row[1].N), Vectors: make([]int64, len(m.Root.Aggs)), Counts: make([]int64, len(m.Root.Aggs))}
		at := 2
		for a := range m.Root.Aggs {
			out[i].Vectors[a] = row[at].N
			if at++; m.Root.Aggs[a].Center != 0 {
				out[i].Counts[a] = row[at].N
				at++
			}
		}
	}
	return out, nil
}

// measure says of rows what their supply would.
func measure(t *query.Table, rows interp.Rows) render.Measured {
	place := func(name string) int { return slices.Index(rows.Columns, name) }
	each, named, m := map[string]int{}, map[string]int{}, render.Measured{Unique: true}
	for _, row := range rows.Rows {
		name := ""
		if t.SubjectKey != "" {
			if row[place(t.SubjectKey)].IsNull() {
				continue
			}
			name = row[place(t.SubjectKey)].S
			each[name]++
			m.Most = max(m.Most, each[name])
		}
		for _, u := range t.Unique {
			name += "/" + row[place(u)].Text()
		}
		named[name]++
		m.Unique = m.Unique && named[name] == 1
	}
	return m
}

// inPolicyOrder is the policy with the columns that the rows have, in their order, all
// of which may be NULL.
func inPolicyOrder(t *testing.T, table *query.Table, rows interp.Rows) *query.Table {
	t.Helper()
	out := *table
	out.Columns = nil
	for _, name := range rows.Columns {
		c, ok := table.Column(name)
		if !ok {
			t.Fatalf("the policy of %s has no column %s", table.Name, name)
		}
		free := *c
		free.Null = true
		out.Columns = append(out.Columns, free)
	}
	return &out
}

// words are the texts that occur in a column: the rows hold some that no code list has.
func (e *engine) words(table, column string) []string {
	rows := e.data[table]
	at := slices.Index(rows.Columns, column)
	seen := map[string]bool{}
	for _, row := range rows.Rows {
		if !row[at].IsNull() {
			seen[row[at].S] = true
		}
	}
	return slices.AppendSeq([]string{}, maps.Keys(seen))
}

// run renders and runs a model.
func (e *engine) run(m *query.Model, opt render.Options) ([][]duckdb.Cell, []duckdb.Column, error) {
	opt.Words = e.words
	s, err := render.Model(m, opt)
	if err != nil {
		return nil, nil, err
	}
	job, err := s.Job(e.files, duckdb.Limits{})
	if err != nil {
		return nil, nil, err
	}
	rows, err := e.duck.Run(e.t.Context(), job)
	if err != nil {
		err = fmt.Errorf("%w\n%s", err, s.SQL)
	}
	return rows, job.Shape, err
}

// Aggregate fills the cells that no unit falls into, as the interpreter does.
func (e *engine) Aggregate(m *query.Model, salt string) ([]interp.Cell, error) {
	rows, _, err := e.run(m, render.Options{Salt: salt})
	if err != nil {
		return nil, err
	}
	shorter, _, err := e.run(m, render.Options{Salt: salt, Measured: e.seen})
	if err != nil {
		return nil, err
	}
	if diff := cmp.Diff(byCell(rows), byCell(shorter)); diff != "" {
		return nil, fmt.Errorf("what was measured of the snapshots changes the answer (-unknown +measured):\n%s", diff)
	}
	cells := make([]interp.Cell, m.Cells())
	for i := range cells {
		cells[i] = interp.Cell{Index: i, Keys: m.Cell(i), Vectors: make([]int64, len(m.Root.Aggs))}
	}
	for _, row := range rows {
		c := &cells[row[0].N]
		c.Units = row[1].N
		for i := range c.Vectors {
			c.Vectors[i] = row[2+i].N
		}
	}
	return cells, nil
}

func byCell(rows [][]duckdb.Cell) [][]duckdb.Cell {
	return slices.SortedFunc(slices.Values(rows), func(a, b []duckdb.Cell) int { return int(a[0].N - b[0].N) })
}

// Rows reads text back through the shape's words.
func (e *engine) Rows(m *query.Model) ([][]query.Value, error) {
	rows, err := e.values(m, render.Options{})
	if err != nil {
		return nil, err
	}
	return interp.Shown(m.Post, rows)
}

func (e *engine) values(m *query.Model, opt render.Options) ([][]query.Value, error) {
	rows, shape, err := e.run(m, opt)
	if err != nil {
		return nil, err
	}
	out := make([][]query.Value, len(rows))
	for i, row := range rows {
		out[i] = make([]query.Value, len(row))
		for j, c := range row {
			typ := m.Outputs[j].Type
			switch {
			case c.Null:
			case shape[j].Kind == duckdb.Word:
				out[i][j] = query.TextValue(shape[j].Words[c.N])
			default:
				out[i][j] = query.Value{Kind: typ.Kind, Scale: typ.Scale, N: c.N}
			}
		}
	}
	return out, nil
}

// TestCases runs everything the guard accepts through the engine and the interpreter.
func TestCases(t *testing.T) {
	querytest.Run(t, func(t *testing.T, data interp.Data) querytest.Engine { return newEngine(t, data) }, nil)
}

// TestCases_OnePerson does the same for answers about one person. Such answers come
// from the interpreter; the engine is asked so that a model means one thing everywhere.
func TestCases_OnePerson(t *testing.T) {
	cases, err := querytest.Cases()
	if err != nil {
		t.Fatal(err)
	}
	data := querytest.People(3, 40)
	e, ran := newEngine(t, data), 0
	for _, c := range cases {
		if c.Class != query.B || c.Code != "" {
			continue
		}
		ran++
		m, refusals := guard.Compile(c.Text, c.Class, e.catalog)
		if m == nil {
			t.Fatalf("%s:%d: refused: %+v", c.File, c.Line, refusals)
		}
		p, err := interp.Compile(m)
		if err != nil {
			t.Fatal(err)
		}
		for _, sid := range []string{"s0000", "s0007", "s0039", "nobody"} {
			answer, err := p.Subject(sid, own(data, sid))
			if err != nil {
				t.Fatal(err)
			}
			got, err := e.values(m, render.Options{Subject: sid})
			if err != nil {
				t.Fatal(err)
			}
			if (len(got) == 1) != answer.Found || answer.Found && !slices.Equal(got[0], answer.Values) {
				t.Errorf("%s:%d, %s: engine %v, interpreter %+v", c.File, c.Line, sid, got, answer)
			}
		}
	}
	if ran < 5 {
		t.Errorf("only %d models about one person were run", ran)
	}
}

// own are the rows of one subject.
func own(data interp.Data, sid string) interp.Data {
	out := interp.Data{}
	for name, rows := range data {
		at := slices.Index(rows.Columns, "sid")
		kept := interp.Rows{Columns: rows.Columns}
		for _, row := range rows.Rows {
			if at < 0 || row[at].S == sid {
				kept.Rows = append(kept.Rows, row)
			}
		}
		out[name] = kept
	}
	return out
}
