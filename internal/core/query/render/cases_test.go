package render_test

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yunei/internal/core/query"
	"yunei/internal/core/query/duckdb"
	"yunei/internal/core/query/guard"
	"yunei/internal/core/query/interp"
	"yunei/internal/core/query/querytest"
	"yunei/internal/core/query/render"
	"yunei/internal/core/query/synth"
)

// city is the small city of querytest with sample data, for engine and interpreter.
type city struct {
	engine  *duckdb.Engine
	catalog query.Catalog
	data    interp.Data
	files   map[string]string
}

func newCity(t *testing.T) *city {
	t.Helper()
	c := &city{catalog: querytest.City(), data: interp.Data{}, files: map[string]string{}}
	c.engine = duckdb.New(duckdb.Options{AllowMissingWalls: true, TempDir: t.TempDir(), Log: slog.New(slog.NewTextHandler(os.Stderr, nil))})
	for i := range c.catalog.Tables {
		table := &c.catalog.Tables[i]
		c.data[table.Name] = synth.Rows(table, 400)
		c.files[table.Name] = filepath.Join(t.TempDir(), table.Name+".parquet")
		if err := synth.Write(c.files[table.Name], table, 400); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// words are the code lists of the catalogue.
func (c *city) words(table, column string) []string {
	t, _ := c.catalog.Table(table)
	col, ok := t.Column(column)
	if !ok {
		return nil
	}
	var out []string
	for _, code := range col.Domain {
		out = append(out, code.Value)
	}
	return out
}

// ask renders and runs a model, and reads text back through the shape's words.
func (c *city) ask(t *testing.T, m *query.Model, opt render.Options) [][]string {
	t.Helper()
	opt.Words = c.words
	s, err := render.Model(m, opt)
	if err != nil {
		t.Fatal(err)
	}
	job, err := s.Job(c.files, duckdb.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := c.engine.Run(t.Context(), job)
	if err != nil {
		t.Fatalf("%v\n%s", err, s.SQL)
	}
	out := [][]string{}
	for _, row := range rows {
		line := make([]string, len(row))
		for i, cell := range row {
			switch {
			case cell.Null:
				line[i] = "NULL"
			case job.Shape[i].Kind == duckdb.Word:
				line[i] = job.Shape[i].Words[cell.N]
			default:
				line[i] = fmt.Sprint(cell.N)
			}
		}
		out = append(out, line)
	}
	return out
}

func plain(v query.Value) string {
	switch {
	case v.IsNull():
		return "NULL"
	case v.Kind == query.Text:
		return v.S
	}
	return fmt.Sprint(v.N)
}

// TestCases runs everything the guard accepts in querytest through the engine and the
// interpreter: they must agree cell by cell, person by person, row by row.
func TestCases(t *testing.T) {
	cases, err := querytest.Cases()
	if err != nil {
		t.Fatal(err)
	}
	c, ran := newCity(t), 0
	for _, q := range cases {
		if q.Code != "" {
			continue
		}
		ran++
		t.Run(fmt.Sprintf("%s:%d", filepath.Base(q.File), q.Line), func(t *testing.T) {
			m, refusals := guard.Compile(q.Text, q.Class, c.catalog)
			if m == nil {
				t.Fatalf("refused: %+v", refusals)
			}
			p, err := interp.Compile(m)
			if err != nil {
				t.Fatal(err)
			}
			switch m.Class {
			case query.A:
				c.compareCells(t, m, p)
			case query.B:
				c.compareSubjects(t, m, p)
			case query.O:
				c.compareRows(t, m, p)
			}
		})
	}
	if ran < 30 {
		t.Errorf("only %d accepted cases were run", ran)
	}
}

func (c *city) compareCells(t *testing.T, m *query.Model, p *interp.Program) {
	t.Helper()
	const salt = "0123456789abcdef"
	cells, err := p.Aggregate(c.data, interp.SaltedChoice(salt))
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{}
	for _, x := range cells {
		if x.Units > 0 {
			line := []string{fmt.Sprint(x.Index), fmt.Sprint(x.Units)}
			for _, v := range x.Vectors {
				line = append(line, fmt.Sprint(v))
			}
			want = append(want, line)
		}
	}
	got := c.ask(t, m, render.Options{Salt: salt})
	slices.SortFunc(want, slices.Compare)
	slices.SortFunc(got, slices.Compare)
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("cells (-interpreter +engine):\n%s", d)
	}
}

// compareSubjects asks about a few persons, one of whom nobody knows.
func (c *city) compareSubjects(t *testing.T, m *query.Model, p *interp.Program) {
	t.Helper()
	for _, i := range []int{0, 1, 5, 77, 1 << 20} {
		sid := synth.SID("person", i)
		own := interp.Data{}
		for name, rows := range c.data {
			mine := interp.Rows{Columns: rows.Columns}
			for _, r := range rows.Rows {
				if r[0].S == sid {
					mine.Rows = append(mine.Rows, r)
				}
			}
			own[name] = mine
		}
		answer, err := p.Subject(sid, own)
		if err != nil {
			t.Fatal(err)
		}
		want := [][]string{}
		if answer.Found {
			var line []string
			for _, v := range answer.Values {
				line = append(line, plain(v))
			}
			want = append(want, line)
		}
		if d := cmp.Diff(want, c.ask(t, m, render.Options{Subject: sid})); d != "" {
			t.Errorf("person %d (-interpreter +engine):\n%s", i, d)
		}
	}
}

func (c *city) compareRows(t *testing.T, m *query.Model, p *interp.Program) {
	t.Helper()
	rows, err := p.Rows(c.data)
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{}
	for _, r := range rows {
		var line []string
		for _, v := range r {
			line = append(line, plain(v))
		}
		want = append(want, line)
	}
	if d := cmp.Diff(want, c.ask(t, m, render.Options{})); d != "" {
		t.Errorf("rows (-interpreter +engine):\n%s", d)
	}
}
