package guard

import (
	"math"
	"time"

	"yunei/internal/core/query"
)

// Month is the only month (2025-03) of a series' rows that a model's answer depends on; "" where it may depend on rows of
// several, or cannot be seen not to. The proof is a condition on the series' own column that stands above the one scan of
// the table with nothing between but filters, joins and renamed columns: what is computed over a subject's rows before it
// (windows, sums, DISTINCT) would look at the other months, and a second scan of the table could.
func Month(m *query.Model, t *query.Table) string {
	table, scans := -1, 0
	relations(m.Root, func(r *query.Rel) {
		if r.Op == query.RelScan && m.Tables[r.Table].Resource == t.Resource {
			table = r.Table
			scans++
		}
	})
	if t.Series == "" || scans != 1 {
		return ""
	}
	month := ""
	relations(m.Root, func(r *query.Rel) {
		if r.Op != query.RelFilter || month != "" {
			return
		}
		types, err := m.Schema(r.In[0])
		if err != nil {
			return
		}
		cols, at := make([]query.Expr, len(types)), query.Expr{}
		for i := range cols {
			cols[i] = query.Col(i, types[i])
			if from, name, ok := m.Origin(r.In[0], i); ok && from == table && name == t.Series {
				at = base(t.Series, types[i])
				cols[i] = at
			}
		}
		if at.Unit != "" {
			month = within(canonical(over(*r.Pred, cols)), at)
		}
	})
	return month
}

// within is the month in which a condition holds a date or an instant, "" where it is no single one.
func within(pred, at query.Expr) string {
	c := counted{on: map[string]constraint{}, opaque: map[string]string{}}
	c.add(pred)
	on, ok := c.on[string(encoding(&at))]
	if !ok || on.lo == math.MinInt64 || on.hi == math.MaxInt64 || on.lo >= on.hi {
		return ""
	}
	first, last := monthOf(on.lo, at.Type), monthOf(on.hi-1, at.Type)
	if first != last {
		return ""
	}
	return first
}

// monthOf names the month of a day or an instant.
func monthOf(n int64, t query.Type) string {
	if t.Kind == query.Timestamp {
		return time.UnixMicro(n).UTC().Format("2006-01")
	}
	return time.Unix(0, 0).UTC().AddDate(0, 0, int(n)).Format("2006-01")
}
