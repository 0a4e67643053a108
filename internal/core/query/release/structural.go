package release

import (
	"fmt"
	"slices"

	"yunei/internal/core/query"
	"yunei/internal/core/query/interp"
)

// Structural lists the cells that the model's own conditions leave empty: WHERE region
// = '东' GROUP BY region has units in one cell only, whatever the data. They follow
// from the query, so leaving them out of the table tells nothing.
//
// A condition counts when it can be decided from the keys of a cell alone. A key whose
// value is missing decides nothing: NULL also stands for values outside the domain.
func Structural(m *query.Model) ([]int, error) {
	keys := make([]query.Expr, len(m.Root.Keys))
	for i := range keys {
		keys[i] = m.Root.Keys[i].Expr
	}
	var decided []query.Expr
	for r := m.Root.In[0]; len(r.In) == 1; r = r.In[0] {
		switch r.Op {
		case query.RelFilter:
			for _, c := range conjuncts(*r.Pred) {
				if e, ok := overKeys(c, keys); ok {
					decided = append(decided, e)
				}
			}
		case query.RelProject:
			for i := range keys {
				keys[i] = substitute(keys[i], r.Exprs)
			}
		default:
			return empty(m, decided)
		}
	}
	return empty(m, decided)
}

func conjuncts(e query.Expr) []query.Expr {
	if e.Op != query.OpAnd {
		return []query.Expr{e}
	}
	var out []query.Expr
	for _, a := range e.Args {
		out = append(out, conjuncts(a)...)
	}
	return out
}

// overKeys rewrites an expression to columns of the keys, if it reads nothing else.
func overKeys(e query.Expr, keys []query.Expr) (query.Expr, bool) {
	for i, k := range keys {
		if same(e, k) {
			return query.Expr{Op: query.OpCol, Type: k.Type, Index: i}, true
		}
	}
	if e.Op == query.OpCol || e.Op == query.OpSubject {
		return e, false
	}
	e.Args = slices.Clone(e.Args)
	for i := range e.Args {
		var ok bool
		if e.Args[i], ok = overKeys(e.Args[i], keys); !ok {
			return e, false
		}
	}
	return e, true
}

func same(a, b query.Expr) bool {
	if a.Op != b.Op || a.Type != b.Type || a.Index != b.Index || a.Unit != b.Unit || len(a.Args) != len(b.Args) || !slices.Equal(a.Lits, b.Lits) {
		return false
	}
	for i := range a.Args {
		if !same(a.Args[i], b.Args[i]) {
			return false
		}
	}
	return true
}

// substitute replaces columns by what a projection computes for them.
func substitute(e query.Expr, by []query.Expr) query.Expr {
	if e.Op == query.OpCol {
		if e.Index < len(by) {
			return by[e.Index]
		}
		return e
	}
	e.Args = slices.Clone(e.Args)
	for i := range e.Args {
		e.Args[i] = substitute(e.Args[i], by)
	}
	return e
}

// empty runs the decidable conditions over the keys of every cell.
func empty(m *query.Model, conditions []query.Expr) ([]int, error) {
	if len(conditions) == 0 {
		return nil, nil
	}
	table := query.TableRef{Name: "cells"}
	columns := make([]string, len(m.Root.Keys))
	for i := range m.Root.Keys {
		columns[i] = fmt.Sprintf("k%d", i)
		table.Columns = append(table.Columns, query.ColumnRef{Name: columns[i], Type: m.Root.Keys[i].Expr.Type, Null: true})
	}
	rows := make([][]query.Value, m.Cells())
	for c := range rows {
		rows[c] = m.Cell(c)
	}
	check := &query.Model{Format: query.Format, Class: query.O, Tables: []query.TableRef{table},
		Root: &query.Rel{Op: query.RelProject, In: []*query.Rel{{Op: query.RelScan, Columns: columns}}, Exprs: conditions}}
	for i := range conditions {
		check.Outputs = append(check.Outputs, query.Output{Name: fmt.Sprintf("c%d", i), Type: conditions[i].Type, Kind: query.OutExpr, Index: i})
	}
	p, err := interp.Compile(check)
	if err != nil {
		return nil, fmt.Errorf("structural cells: %w", err)
	}
	answers, err := p.Rows(interp.Data{"cells": {Columns: columns, Rows: rows}})
	if err != nil {
		return nil, fmt.Errorf("structural cells: %w", err)
	}
	var out []int
	for c, answer := range answers {
		for i, v := range answer {
			if !v.True() && known(conditions[i], rows[c]) {
				out = append(out, c)
				break
			}
		}
	}
	return out, nil
}

// known reports whether every key the condition reads has a value.
func known(e query.Expr, keys []query.Value) bool {
	if e.Op == query.OpCol {
		return !keys[e.Index].IsNull()
	}
	for _, a := range e.Args {
		if !known(a, keys) {
			return false
		}
	}
	return true
}
