package render

import (
	"fmt"
	"slices"
	"strings"

	"yunei/internal/core/query"
)

// ungrouped is a class O model over groups as a projection of its groups, so that quotients are written as any other
// expression is. Its HAVING, ORDER BY and LIMIT are not rendered: they are applied to the answer.
func ungrouped(m *query.Model) *query.Model {
	if m.Root.Op != query.RelGroup {
		return m
	}
	out := *m
	out.Root = &query.Rel{Op: query.RelProject, In: []*query.Rel{m.Root}}
	out.Outputs = slices.Clone(m.Outputs)
	keys := len(m.Root.Exprs)
	agg := func(i int) query.Expr { return query.Col(keys+i, m.Root.Aggs[i].Type) }
	for i := range out.Outputs {
		o := &out.Outputs[i]
		e := query.Col(o.Index, o.Type)
		switch o.Kind {
		case query.OutAgg:
			e = agg(o.Index)
		case query.OutRatio:
			e = query.Expr{Op: query.OpDiv, Type: o.Type, Args: []query.Expr{agg(o.Index), agg(o.Over)}}
		}
		out.Root.Exprs = append(out.Root.Exprs, e)
		o.Kind, o.Index, o.Over = query.OutExpr, i, 0
	}
	return &out
}

// group writes groups of the rows of open tables: the grouping expressions, then the aggregates.
func (w *writer) group(r *query.Rel) (string, int, error) {
	from, _, err := w.rel(r.In[0])
	if err != nil {
		return "", 0, err
	}
	s := w.over(from)
	var out, keys []string
	for i := range r.Exprs {
		t, err := s.expr(&r.Exprs[i])
		if err != nil {
			return "", 0, err
		}
		out = append(out, fmt.Sprintf("%s AS c%d", t.sql, i))
		keys = append(keys, t.sql)
	}
	aggs, err := s.aggregates(r.Aggs, len(keys))
	if err != nil {
		return "", 0, err
	}
	sql := "(SELECT " + strings.Join(append(out, aggs...), ", ") + " FROM " + s.sql()
	if len(keys) > 0 {
		sql += " GROUP BY " + strings.Join(keys, ", ")
	}
	return sql + ")", len(out) + len(aggs), nil
}
