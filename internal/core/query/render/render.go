package render

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"yunei/internal/core/query"
	"yunei/internal/core/query/duckdb"
)

// Options of one rendering.
type Options struct {
	// Salt keys the choice of the cells in which a unit counts. Random for each job and
	// recorded; needed when NeedsSalt says so.
	Salt string
	// Measured says, table by table (by its name in the model), what was seen of the bound snapshot. What is not known is
	// bounded: the statement then groups by unit first, and chooses cells.
	Measured map[string]Measured
	// Words are the texts that may leave through a text column of class O; a row that holds
	// another ends the run.
	Words func(table, column string) []string
	// Subject is the sid asked about (class B).
	Subject string
	// Least is the fewest units of a group whose values are selected privately. Smaller ones are never shown, so they
	// need not come back. The bound files hold tokens in such a column (query.Model.SelectColumns).
	Least int
}

// Measured is what was seen of one snapshot while it was supplied.
type Measured struct {
	Most   int  // most rows of one subject
	Unique bool // the columns that TableRef.Unique names do name one row (of one subject)
}

// Statement is a rendered model.
type Statement struct {
	SQL    string
	Params []any
	Shape  []duckdb.Column
	Chosen bool // some cells of a unit were left out, by the salt
	tables []query.TableRef
}

// Job binds the statement to snapshots: Parquet files by the model's table names.
func (s Statement) Job(files map[string]string, limits duckdb.Limits) (duckdb.Job, error) {
	inputs := make(map[string]string, len(s.tables))
	for i, t := range s.tables {
		path, ok := files[t.Name]
		if !ok {
			return duckdb.Job{}, fmt.Errorf("no snapshot is bound for table %s", t.Name)
		}
		inputs[input(i)] = path
	}
	return duckdb.Job{SQL: s.SQL, Params: s.Params, Inputs: inputs, Shape: s.Shape, Limits: limits}, nil
}

func input(table int) string { return "t" + strconv.Itoa(table) }

// NeedsSalt reports whether the model has more cells than a unit may count in, so that
// some must be chosen.
func NeedsSalt(m *query.Model) bool {
	return m.Class == query.A && (m.Cells() > m.Root.Groups || len(m.Selects()) > 0)
}

// Model renders a model. The first column of a class A statement is the cell, then one column with the token of each
// key that is selected privately, then the units, then one column for each aggregate.
func Model(m *query.Model, opt Options) (Statement, error) {
	if err := m.Validate(); err != nil {
		return Statement{}, err
	}
	if NeedsSalt(m) && opt.Salt == "" {
		return Statement{}, errors.New("the choice of cells needs a salt")
	}
	m = ungrouped(m)
	w := &writer{model: m, opt: opt, texts: map[string]string{}, tokens: m.SelectColumns()}
	var sql string
	var shape []duckdb.Column
	var err error
	if m.Class == query.A {
		sql, err = w.reduce(m.Root)
		shape = append(shape, duckdb.Column{Name: "cell", Kind: duckdb.Int})
		for i := range m.Selects() {
			shape = append(shape, duckdb.Column{Name: "g" + strconv.Itoa(i), Kind: duckdb.Int})
		}
		shape = append(shape, duckdb.Column{Name: "units", Kind: duckdb.Int})
		for i := range m.Root.Aggs {
			shape = append(shape, duckdb.Column{Name: "a" + strconv.Itoa(i), Kind: duckdb.Int})
		}
	} else {
		sql, shape, err = w.rows(m)
	}
	if err == nil {
		err = closed(sql, m)
	}
	if err != nil {
		return Statement{}, err
	}
	return Statement{SQL: sql, Params: w.params, Shape: shape, Chosen: w.chosen, tables: m.Tables}, nil
}

// name quotes a name from the catalogue.
func name(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

// rel writes a relation below the root with columns c0, c1, ... and gives its width.
func (w *writer) rel(r *query.Rel) (sql string, width int, err error) {
	switch r.Op {
	case query.RelScan:
		return w.scan(r)
	case query.RelFilter:
		from, n, err := w.rel(r.In[0])
		if err != nil {
			return "", 0, err
		}
		s := w.over(from)
		pred, err := s.expr(r.Pred)
		if err != nil {
			return "", 0, err
		}
		return "(SELECT " + columns("", 0, n, 0) + " FROM " + s.sql() + " WHERE " + pred.sql + ")", n, nil
	case query.RelProject:
		return w.project(r)
	case query.RelJoin:
		left, n, err := w.rel(r.In[0])
		if err != nil {
			return "", 0, err
		}
		right, k, err := w.rel(r.In[1])
		if err != nil {
			return "", 0, err
		}
		kind, on := "JOIN", make([]string, 0, 1+len(r.More))
		if r.Outer {
			kind = "LEFT JOIN"
		}
		for _, p := range r.Pairs() {
			on = append(on, fmt.Sprintf("l.c%d = r.c%d", p.Left, p.Right))
		}
		return fmt.Sprintf("(SELECT %s, %s FROM %s AS l %s %s AS r ON %s)",
			columns("l.", 0, n, 0), columns("r.", 0, k, n), left, kind, right, strings.Join(on, " AND ")), n + k, nil
	case query.RelUnitAgg:
		return w.unitAgg(r)
	case query.RelWindow:
		return w.window(r)
	case query.RelUnion:
		return w.union(r)
	case query.RelDistinct:
		from, n, err := w.rel(r.In[0])
		return "(SELECT DISTINCT " + columns("", 0, n, 0) + " FROM " + from + ")", n, err
	case query.RelGroup:
		return w.group(r)
	}
	return "", 0, fmt.Errorf("relation %q cannot be rendered", r.Op)
}

// columns lists prefix.c<from> AS c<from+shift>, ...
func columns(prefix string, from, n, shift int) string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("%sc%d AS c%d", prefix, from+i, from+i+shift)
	}
	return strings.Join(out, ", ")
}

func (w *writer) scan(r *query.Rel) (string, int, error) {
	t := &w.model.Tables[r.Table]
	out := make([]string, len(r.Columns))
	where := ""
	for i, column := range r.Columns {
		c, ok := t.Column(column)
		if !ok {
			return "", 0, fmt.Errorf("table %s has no column %s", t.Name, column)
		}
		sql := stored(c, column)
		if slices.Contains(w.tokens[r.Table], column) {
			sql = "CAST(" + name(column) + " AS BIGINT)"
		}
		out[i] = sql + " AS c" + strconv.Itoa(i)
	}
	if t.SubjectKey != "" {
		where = " WHERE " + name(t.SubjectKey) + " IS NOT NULL"
	}
	return "(SELECT " + strings.Join(out, ", ") + " FROM " + input(r.Table) + where + ")", len(out), nil
}

// stored turns a snapshot column into the renderer's three types: in the file all but
// text is INT64.
func stored(c *query.ColumnRef, column string) string {
	switch c.Type.Kind {
	case query.Text:
		return name(column)
	case query.Bool:
		return "(" + name(column) + " = 1)"
	}
	return "CAST(" + name(column) + " AS BIGINT)"
}

func (w *writer) project(r *query.Rel) (string, int, error) {
	from, _, err := w.rel(r.In[0])
	if err != nil {
		return "", 0, err
	}
	s := w.over(from)
	out := make([]string, len(r.Exprs))
	for i := range r.Exprs {
		t, err := s.expr(&r.Exprs[i])
		if err != nil {
			return "", 0, err
		}
		out[i] = t.sql + " AS c" + strconv.Itoa(i)
	}
	return "(SELECT " + strings.Join(out, ", ") + " FROM " + s.sql() + ")", len(out), nil
}

// unitAgg groups by unit; still one row per unit, still private.
func (w *writer) unitAgg(r *query.Rel) (string, int, error) {
	from, _, err := w.rel(r.In[0])
	if err != nil {
		return "", 0, err
	}
	s := w.over(from)
	unit := "c" + strconv.Itoa(r.Unit)
	aggs, err := s.aggregates(r.Aggs, 1)
	if err != nil {
		return "", 0, err
	}
	out := append([]string{unit + " AS c0"}, aggs...)
	return "(SELECT " + strings.Join(out, ", ") + " FROM " + s.sql() + " WHERE " + unit + " IS NOT NULL GROUP BY " + unit + ")", len(out), nil
}

// aggregates writes aggregates over gathered rows as columns from c<from> on.
func (s *scope) aggregates(list []query.Agg, from int) ([]string, error) {
	var out []string
	for i := range list {
		a := &list[i]
		arg := term{}
		if a.Arg != nil {
			var err error
			if arg, err = s.expr(a.Arg); err != nil {
				return nil, err
			}
		}
		sql, ok := map[query.AggFunc]string{
			query.AggRows: "count(*)", query.AggUnits: "CAST(1 AS BIGINT)", query.AggCount: "count(" + arg.sql + ")",
			query.AggSum: saturated("sum(" + arg.sql + ")"), query.AggMin: "min(" + arg.sql + ")", query.AggMax: "max(" + arg.sql + ")",
		}[a.Func]
		if !ok {
			return nil, fmt.Errorf("aggregate %q cannot be rendered", a.Func)
		}
		out = append(out, fmt.Sprintf("%s AS c%d", sql, from+i))
	}
	return out, nil
}

// saturated brings a sum of 128 bits back to 64 without ever failing. The guard proves
// that the limit is never reached; were the proof wrong, one unit could still not make
// the run fail, and stopping at a limit adds no sensitivity.
func saturated(sum string) string {
	const limit = "4611686018427387904" // 2^62
	return "CAST(CASE WHEN " + sum + " < -" + limit + " THEN -" + limit + " WHEN " + sum + " > " + limit + " THEN " + limit + " ELSE " + sum + " END AS BIGINT)"
}

// rows writes the root of a class B or O model.
func (w *writer) rows(m *query.Model) (string, []duckdb.Column, error) {
	from, _, err := w.project(m.Root)
	if err != nil {
		return "", nil, err
	}
	out := make([]string, len(m.Outputs))
	shape := make([]duckdb.Column, len(m.Outputs))
	for i := range m.Outputs {
		o := &m.Outputs[i]
		out[i] = fmt.Sprintf("c%d AS o%d", o.Index, i)
		shape[i] = duckdb.Column{Name: o.Name, Kind: duckdb.Int}
		if o.Type.Kind == query.Text {
			words, err := w.words(m, o)
			if err != nil {
				return "", nil, err
			}
			shape[i].Kind, shape[i].Words = duckdb.Word, words
		}
	}
	return "SELECT " + strings.Join(out, ", ") + " FROM " + from, shape, nil
}
