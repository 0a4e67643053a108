package guard

import (
	"slices"

	"yunei/internal/core/query"
)

// annotate writes into the model what it was approved for: the columns it reads with their uses, and the sources of
// every output.
func annotate(m *query.Model, know *knowledge) {
	rows := rowSources(m.Root.In[0], know)
	keySources := groupSources(m, know)
	for i := range m.Outputs {
		o := &m.Outputs[i]
		o.Sources = outputSources(m, o, know, rows, keySources)
		if m.Class.Own() {
			o.Fields = outputCells(m, o, know.cols(m.Root.In[0]), know.policyOf)
		}
	}
	need := usesNeeded(m, know, rows, keySources)
	relations(m.Root, func(r *query.Rel) {
		if r.Op != query.RelScan {
			return
		}
		ref := &m.Tables[r.Table]
		for _, name := range r.Columns {
			c, _ := know.tables[r.Table].Column(name)
			uses := need[ref.Name+"."+name]
			slices.Sort(uses)
			col := query.ColumnRef{Name: name, Type: c.Type, Null: c.Null, Uses: slices.Compact(uses)}
			if !slices.ContainsFunc(ref.Columns, func(have query.ColumnRef) bool { return have.Name == name }) {
				ref.Columns = append(ref.Columns, col)
			}
		}
	})
	for i := range m.Tables {
		slices.SortFunc(m.Tables[i].Columns, func(a, b query.ColumnRef) int { return compareValues(query.TextValue(a.Name), query.TextValue(b.Name)) })
	}
}

func groupSources(m *query.Model, know *knowledge) []query.Source {
	var out []query.Source
	for i := range m.Root.Keys {
		if m.Root.Bins && i == len(m.Root.Keys)-1 {
			continue
		}
		out = append(out, asKeys(sources(&m.Root.Keys[i].Expr, know.cols(m.Root.In[0]), query.WayKey))...)
	}
	return merged(out)
}

// binSources: what a histogram counts by enters its figures, as what is summed enters a sum.
func binSources(m *query.Model, know *knowledge) []query.Source {
	if !m.Root.Bins {
		return nil
	}
	out := sources(&m.Root.Keys[len(m.Root.Keys)-1].Expr, know.cols(m.Root.In[0]), query.WayValue)
	for i := range out {
		if !joinOnly(&out[i]) {
			out[i].Ways = []query.Way{query.WayValue}
		}
	}
	return out
}

// asKeys: whatever a grouping expression looks at, it groups by.
func asKeys(list []query.Source) []query.Source {
	for i := range list {
		if !joinOnly(&list[i]) {
			list[i].Ways = []query.Way{query.WayKey}
		}
	}
	return list
}

// outputSources: a key comes from its columns; everything else also from what chooses the rows, and in class A from
// what divides them into groups.
func outputSources(m *query.Model, o *query.Output, know *knowledge, rows, keys []query.Source) []query.Source {
	cols := know.cols(m.Root.In[0])
	if o.Kind == query.OutKey {
		return asKeys(sources(&m.Root.Keys[o.Index].Expr, cols, query.WayKey))
	}
	out := slices.Clone(rows)
	if o.Kind == query.OutStep { // the module may use every input for every output
		for i := range m.Root.Exprs {
			out = append(out, sources(&m.Root.Exprs[i], cols, query.WayValue)...)
		}
		return merged(out)
	}
	if o.Kind == query.OutExpr {
		return merged(append(out, sources(&m.Root.Exprs[o.Index], cols, query.WayValue)...))
	}
	out = append(append(out, keys...), binSources(m, know)...)
	aggs := []int{o.Index}
	if m.Fit != nil {
		aggs = nil
		for i := range m.Root.Aggs {
			aggs = append(aggs, i)
		}
	}
	if o.Kind == query.OutStat {
		aggs = o.Parts
	}
	if o.Kind == query.OutRatio {
		aggs = append(aggs, o.Over)
	}
	for _, i := range aggs {
		if arg := m.Root.Aggs[i].Arg; arg != nil {
			out = append(out, sources(arg, cols, query.WayValue)...)
		}
	}
	return merged(out)
}

// usesNeeded derives the permitted uses that the model needs of every column, by "table.column".
func usesNeeded(m *query.Model, know *knowledge, rows, keys []query.Source) map[string][]query.Use {
	need := map[string][]query.Use{}
	subjectKeys := map[string]bool{}
	for _, t := range know.tables {
		if t.Private() {
			id := t.Name + "." + t.SubjectKey
			subjectKeys[id] = true
			need[id] = []query.Use{query.AfterJoin} // joined on, or counted by
		}
	}
	want := func(list []query.Source, use func(query.Way) query.Use) {
		for _, s := range list {
			for _, w := range s.Ways {
				id := s.Table + "." + s.Column
				if subjectKeys[id] {
					need[id] = append(need[id], query.AfterJoin)
				} else {
					need[id] = append(need[id], use(w))
				}
			}
		}
	}
	always := func(u query.Use) func(query.Way) query.Use { return func(query.Way) query.Use { return u } }
	switch m.Class {
	case query.O:
		want(rows, always(query.Plaintext))
	case query.C:
		want(rows, always(query.VerifyOnly))
	case query.B:
		want(rows, always(query.ConsentedScore))
	default:
		want(rows, aggregateUse)
		want(keys, groupUse)
		want(binSources(m, know), aggregateUse)
	}
	for i := range m.Outputs {
		o := &m.Outputs[i]
		switch {
		case m.Class == query.O:
			want(o.Sources, always(query.Plaintext))
		case m.Class == query.C:
			want(o.Sources, always(query.VerifyOnly))
		case m.Step != nil:
			for k := range m.Root.Exprs {
				want(sources(&m.Root.Exprs[k], know.cols(m.Root.In[0]), query.WayValue), always(query.ConsentedScore))
			}
		case m.Class == query.B && m.Root.Exprs[o.Index].Op == query.OpCol:
			want(sources(&m.Root.Exprs[o.Index], know.cols(m.Root.In[0]), query.WayValue), always(query.ConsentedField))
		case m.Class == query.B:
			want(sources(&m.Root.Exprs[o.Index], know.cols(m.Root.In[0]), query.WayValue), always(query.ConsentedScore))
		}
	}
	for i := range m.Root.Aggs {
		if arg := m.Root.Aggs[i].Arg; arg != nil && m.Class != query.O {
			want(sources(arg, know.cols(m.Root.In[0]), query.WayValue), aggregateUse)
		}
	}
	return need
}

func groupUse(w query.Way) query.Use {
	if w == query.WayJoin {
		return query.AfterJoin
	}
	return query.AfterGroupBy
}

func aggregateUse(w query.Way) query.Use {
	switch w {
	case query.WayValue:
		return query.AfterAggregate
	case query.WayJoin:
		return query.AfterJoin
	}
	return query.AfterCompare
}
