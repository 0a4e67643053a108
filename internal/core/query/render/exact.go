package render

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"yunei/internal/core/query"
	"yunei/internal/core/query/duckdb"
)

// Exact renders a class A model for official statistics under a permit (精确统计): without the bounds on what one unit adds and on
// the cells it counts in, because there is no noise that they would limit. Each row is one unit's part of one cell:
//
//	cell, unit, then for every aggregate what the unit adds, and for a centered sum also its number of values
//
// in order of cell and unit. The parts stay in the collector (package release); units are numbers, not subjects.
func Exact(m *query.Model, opt Options) (Statement, error) {
	if err := m.Validate(); err != nil {
		return Statement{}, err
	}
	if m.Class != query.A {
		return Statement{}, fmt.Errorf("a class %s model has no exact table", m.Class)
	}
	if m.Root.Bins {
		return Statement{}, errors.New("an exact table has no histogram: its bins would be cells without an audit")
	}
	if len(m.Selects()) > 0 || m.Fit != nil {
		return Statement{}, errors.New("an exact table needs public domains and figures that are counted: nothing would decide what is shown of others")
	}
	w := &writer{model: m, opt: opt, texts: map[string]string{}}
	sql, shape, err := w.exact(m.Root)
	if err == nil {
		err = closed(sql, m)
	}
	if err != nil {
		return Statement{}, err
	}
	return Statement{SQL: sql, Params: w.params, Shape: shape, tables: m.Tables}, nil
}

func (w *writer) exact(r *query.Rel) (string, []duckdb.Column, error) {
	from, _, err := w.rel(r.In[0])
	if err != nil {
		return "", nil, err
	}
	s := w.over(from)
	cell, err := s.cell(r.Keys)
	if err != nil {
		return "", nil, err
	}
	shape := []duckdb.Column{{Name: "cell", Kind: duckdb.Int}, {Name: "pu", Kind: duckdb.Int}}
	var inner, parts []string
	for i := range r.Aggs {
		a := &r.Aggs[i]
		if a.Arg != nil {
			t, err := s.expr(a.Arg)
			if err != nil {
				return "", nil, err
			}
			inner = append(inner, fmt.Sprintf("%s AS x%d", t.sql, i))
		}
		for _, part := range exactPart(a, i) {
			parts = append(parts, part)
			shape = append(shape, duckdb.Column{Name: part[strings.LastIndexByte(part, ' ')+1:], Kind: duckdb.Int})
		}
	}
	src := fmt.Sprintf("(SELECT c%d AS pu, %s AS cell%s FROM %s)", r.Unit, cell.sql, join(inner), s.sql())
	return fmt.Sprintf("SELECT cell, pu%s FROM %s WHERE pu IS NOT NULL AND cell IS NOT NULL GROUP BY cell, pu ORDER BY cell, pu",
		join(parts), src), shape, nil
}

// exactPart is what one unit adds to one cell.
func exactPart(a *query.Agg, i int) []string {
	n := strconv.Itoa(i)
	switch a.Func {
	case query.AggUnits:
		return []string{"CAST(1 AS BIGINT) AS a" + n}
	case query.AggRows:
		return []string{"count(*) AS a" + n}
	case query.AggCount:
		return []string{"count(x" + n + ") AS a" + n}
	}
	parts := []string{saturated("sum(coalesce(x"+n+" - "+number(a.Center)+", 0))") + " AS a" + n}
	if a.Center != 0 {
		parts = append(parts, "count(x"+n+") AS u"+n)
	}
	return parts
}
