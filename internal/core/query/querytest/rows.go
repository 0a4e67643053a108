package querytest

import (
	"fmt"
	"math/rand/v2"

	"yunei/internal/core/query"
	"yunei/internal/core/query/interp"
)

// People makes synthetic rows for every table of the city, the same for the same seed. They hold what real files hold
// and worse: NULLs, NULL subject keys, values outside the policy's bounds and code lists, more rows per person than the
// policy promises, people in one table and not in the other.
func People(seed uint64, n int) interp.Data {
	g := &generator{newRand(seed)}
	data := interp.Data{}
	city := City()
	for i := range city.Tables {
		t := &city.Tables[i]
		rows := interp.Rows{}
		for _, c := range t.Columns {
			rows.Columns = append(rows.Columns, c.Name)
		}
		for person := range n {
			for range g.rowsOf(t) {
				rows.Rows = append(rows.Rows, g.row(t, person))
			}
		}
		data[t.Name] = rows
	}
	return data
}

func newRand(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 7)) }

type generator struct{ *rand.Rand }

func (g *generator) rowsOf(t *query.Table) int {
	switch {
	case t.MaxRowsPerSubject > 1:
		return g.IntN(t.MaxRowsPerSubject + 3)
	case g.IntN(10) == 0:
		return 0
	}
	return 1
}

func (g *generator) row(t *query.Table, person int) []query.Value {
	out := make([]query.Value, len(t.Columns))
	for i := range t.Columns {
		c := &t.Columns[i]
		switch {
		case c.Role == query.SubjectKey && g.IntN(20) > 0:
			out[i] = query.TextValue(fmt.Sprintf("s%04d", person))
		case c.Role == query.SubjectKey:
		case c.Null && g.IntN(5) == 0:
		default:
			out[i] = g.value(c)
		}
	}
	return out
}

func (g *generator) value(c *query.Column) query.Value {
	if len(c.Domain) > 0 {
		if g.IntN(15) == 0 {
			return query.Value{Kind: c.Type.Kind, Scale: c.Type.Scale, N: outside(c.Type, 77), S: outsideText(c.Type)}
		}
		v, err := query.ParseValue(c.Type, c.Domain[g.IntN(len(c.Domain))].Value)
		if err != nil {
			panic(err)
		}
		return v
	}
	if c.Type.Kind == query.Text {
		return query.TextValue([]string{"张三", "李四", "Ａ字", "", "x' OR '1'='1", " -3.5", "0012.50", "-7", "123456789012.5"}[g.IntN(9)])
	}
	lo, hi := int64(-1000), int64(1000)
	if c.Lo != nil {
		lo, hi = *c.Lo, *c.Hi
	}
	n := lo + g.Int64N(hi-lo+1)
	switch g.IntN(12) {
	case 0:
		n = hi + 1 + g.Int64N(100)
	case 1:
		n = lo - 1 - g.Int64N(100)
	case 2:
		if len(c.Edges) > 0 {
			n = c.Edges[g.IntN(len(c.Edges))]
		}
	}
	if c.Type.Kind == query.Date {
		n = min(max(n, lo-40), hi+40)
	}
	return query.Value{Kind: c.Type.Kind, Scale: c.Type.Scale, N: n}
}

func outside(t query.Type, n int64) int64 {
	if t.Kind == query.Text {
		return 0
	}
	return n
}

func outsideText(t query.Type) string {
	if t.Kind == query.Text {
		return "?"
	}
	return ""
}
