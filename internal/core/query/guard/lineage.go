package guard

import (
	"cmp"
	"slices"
	"strings"

	"yunei/internal/core/query"
)

// sources lists the catalogued columns an expression depends on and how each flows into it: as a value, or by deciding
// between values.
func sources(e *query.Expr, cols []column, way query.Way) []query.Source {
	if e.Op == query.OpCol {
		c := &cols[e.Index]
		if len(c.from) > 0 {
			return withWay(c.from, way)
		}
		return withWay(c.origins(), way)
	}
	var out []query.Source
	for i := range e.Args {
		w := way
		if decides(e, i) {
			w = query.WayBranch
		}
		out = append(out, sources(&e.Args[i], cols, w)...)
	}
	return merged(out)
}

// origins are the catalogued columns that a column comes from.
func (c *column) origins() []query.Source {
	if len(c.from) > 0 || c.policy == nil {
		return c.from
	}
	return []query.Source{{Table: c.table.Name, Column: c.policy.Name}}
}

// decides reports whether argument i of e chooses a value instead of entering it.
func decides(e *query.Expr, i int) bool {
	switch e.Op {
	case query.OpEq, query.OpNe, query.OpLt, query.OpLe, query.OpGt, query.OpGe, query.OpIn, query.OpIsNull, query.OpPrefix, query.OpAnd, query.OpOr, query.OpNot:
		return true
	case query.OpCase:
		return i%2 == 0 && i != len(e.Args)-1
	case query.OpNullIf:
		return i == 1
	}
	return false
}

// joinOnly reports whether a column is nothing but joined on.
func joinOnly(s *query.Source) bool { return len(s.Ways) == 1 && s.Ways[0] == query.WayJoin }

// withWay adds a way to sources that already flowed through an aggregate per subject.
func withWay(from []query.Source, way query.Way) []query.Source {
	out := make([]query.Source, len(from))
	for i, s := range from {
		if !joinOnly(&s) {
			s.Ways = append(slices.Clone(s.Ways), way)
		}
		out[i] = s
	}
	return merged(out)
}

// merged makes one source of each column, in order of name, each way once.
func merged(list []query.Source) []query.Source {
	var out []query.Source
	for _, s := range list {
		i := slices.IndexFunc(out, func(o query.Source) bool { return o.Table == s.Table && o.Column == s.Column })
		if i < 0 {
			s.Ways = slices.Clone(s.Ways)
			out = append(out, s)
			continue
		}
		out[i].Ways = append(out[i].Ways, s.Ways...)
	}
	for i := range out {
		slices.Sort(out[i].Ways)
		out[i].Ways = slices.Compact(out[i].Ways)
	}
	slices.SortFunc(out, func(a, b query.Source) int {
		return cmp.Or(strings.Compare(a.Table, b.Table), strings.Compare(a.Column, b.Column))
	})
	return out
}

// rowSources lists what decides which rows a relation has: conditions, and join keys.
func rowSources(r *query.Rel, know *knowledge) []query.Source {
	var out []query.Source
	for _, in := range r.In {
		out = append(out, rowSources(in, know)...)
	}
	switch r.Op {
	case query.RelFilter:
		out = append(out, sources(r.Pred, know.cols(r.In[0]), query.WayFilter)...)
		for i := range out {
			out[i].Ways = filterWays(out[i].Ways)
		}
	case query.RelDistinct: // equal rows are one: every column decides
		for _, c := range know.cols(r) {
			if !c.key {
				out = append(out, withWay(c.origins(), query.WayFilter)...)
			}
		}
	case query.RelJoin:
		for _, p := range r.Pairs() {
			for _, c := range []column{know.cols(r.In[0])[p.Left], know.cols(r.In[1])[p.Right]} {
				way := query.WayJoin
				if c.key {
					way = query.WayKey
				}
				if c.policy != nil {
					out = append(out, query.Source{Table: c.table.Name, Column: c.policy.Name, Ways: []query.Way{way}})
				}
			}
		}
	}
	return merged(out)
}

// filterWays: inside a condition everything filters.
func filterWays(ways []query.Way) []query.Way {
	out := slices.Clone(ways)
	for i, w := range out {
		if w == query.WayBranch || w == query.WayValue {
			out[i] = query.WayFilter
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
