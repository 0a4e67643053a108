package release

import (
	"fmt"
	"slices"

	"yunei/internal/core/query"
	"yunei/internal/core/query/interp"
)

// postProcess applies HAVING, ORDER BY, OFFSET and LIMIT to a laid-out table. It looks at what is shown and at nothing
// else: a hidden value is as good as missing.
func postProcess(p *query.Post, rows []Row) ([]Row, error) {
	if p == nil {
		return rows, nil
	}
	if p.Having != nil {
		f, err := interp.NewFunc(p.Having)
		if err != nil {
			return nil, fmt.Errorf("having: %w", err)
		}
		rows = slices.DeleteFunc(rows, func(r Row) bool { return !f.Eval(values(r)).True() })
	}
	slices.SortStableFunc(rows, func(a, b Row) int {
		for _, o := range p.Order {
			if c := compareFields(&a.Fields[o.Output], &b.Fields[o.Output], o.Desc); c != 0 {
				return c
			}
		}
		return 0
	})
	rows = rows[min(p.Offset, len(rows)):]
	if p.Limit != nil {
		rows = rows[:min(*p.Limit, len(rows))]
	}
	return rows, nil
}

func values(r Row) []query.Value {
	out := make([]query.Value, len(r.Fields))
	for i := range r.Fields {
		if f := &r.Fields[i]; !f.Hidden {
			out[i] = f.Value
		}
	}
	return out
}

// compareFields orders as PostgreSQL does, a missing value above every other; what is hidden stands last either way.
func compareFields(a, b *Field, desc bool) int {
	if a.Hidden || b.Hidden {
		return flag(a.Hidden) - flag(b.Hidden)
	}
	c := a.Value.Compare(b.Value)
	if desc {
		return -c
	}
	return c
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}
