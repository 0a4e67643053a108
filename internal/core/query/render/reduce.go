package render

import (
	"fmt"
	"strconv"
	"strings"

	"yunei/internal/core/query"
)

// reduce writes the root of a class A model.
func (w *writer) reduce(r *query.Rel) (string, error) {
	from, _, err := w.rel(r.In[0])
	if err != nil {
		return "", err
	}
	s := w.over(from)
	cell, err := s.cell(r.Keys)
	if err != nil {
		return "", err
	}
	args := make([]string, len(r.Aggs))
	for i := range r.Aggs {
		if r.Aggs[i].Arg == nil {
			continue
		}
		t, err := s.expr(r.Aggs[i].Arg)
		if err != nil {
			return "", err
		}
		args[i] = t.sql
	}
	tokens := make([]string, 0, len(w.tokens))
	for _, k := range w.model.Selects() {
		t, err := s.expr(&r.Keys[k].Expr)
		if err != nil {
			return "", err
		}
		tokens = append(tokens, t.sql)
	}
	most := w.most(r.In[0])
	if most == 1 {
		return w.direct(r, s, cell, tokens, args), nil
	}
	// Nobody is in more cells than they have rows.
	w.chosen = NeedsSalt(w.model) && (most == 0 || most > r.Groups)
	return w.bounded(r, s, cell, tokens, args), nil
}

// least leaves out groups that selection would never show: what comes back is bounded by the number of units, not by
// the number of different values that records hold.
func (w *writer) least(tokens []string) string {
	if len(tokens) == 0 || w.opt.Least <= 1 {
		return ""
	}
	return fmt.Sprintf(" HAVING count(*) >= %d", w.opt.Least)
}

// cell packs the keys of a row into the number of its cell, NULL for a row that is in
// no cell. One small integer groups about twice as fast as the keys themselves.
func (s *scope) cell(keys []query.Key) (term, error) {
	packed, first := term{sql: "CAST(0 AS INTEGER)", plain: true}, true
	for i := range keys {
		k := &keys[i]
		if k.Select {
			continue
		}
		at, err := s.position(k)
		if err != nil {
			return term{}, err
		}
		if first {
			packed, first = at, false
			continue
		}
		packed = build("(%s * "+strconv.Itoa(k.Size())+" + %s)", packed, at)
	}
	return s.once(packed), nil
}

// position is where a row's key stands in its public domain. NULL and whatever is not
// in the domain stand last, or nowhere.
func (s *scope) position(k *query.Key) (term, error) {
	x, err := s.expr(&k.Expr)
	if err != nil {
		return term{}, err
	}
	x = s.once(x)
	otherwise := "CAST(NULL AS INTEGER)"
	if k.Null {
		otherwise = strconv.Itoa(len(k.Domain))
	}
	if first, ok := consecutive(k.Domain); ok {
		return build(fmt.Sprintf("CASE WHEN %%s >= %s AND %%s <= %s THEN CAST(%%s - %s AS INTEGER) ELSE %s END",
			number(first), number(first+int64(len(k.Domain))-1), number(first), otherwise), x, x, x), nil
	}
	var b strings.Builder
	b.WriteString("CASE " + x.sql)
	for i, v := range k.Domain {
		fmt.Fprintf(&b, " WHEN %s THEN %d", s.w.literal(v), i)
	}
	b.WriteString(" ELSE " + otherwise + " END")
	return term{sql: b.String(), stage: x.stage}, nil
}

// consecutive reports whether a domain is first, first+1, first+2, ...
func consecutive(domain []query.Value) (first int64, ok bool) {
	if len(domain) == 0 || !domain[0].Type().Ordered() {
		return 0, false
	}
	first = domain[0].N
	for i, v := range domain {
		if v.N != first+int64(i) {
			return 0, false
		}
	}
	return first, true
}

// most is how many rows one unit has at most in a relation, by construction or by what was measured; 0 is unknown.
func (w *writer) most(r *query.Rel) int {
	switch r.Op {
	case query.RelFilter, query.RelProject, query.RelWindow, query.RelDistinct:
		return w.most(r.In[0])
	case query.RelUnion:
		sum := 0
		for _, in := range r.In {
			n := w.most(in)
			if n == 0 || n > query.MaxBound {
				return 0
			}
			sum += n
		}
		return sum
	case query.RelUnitAgg:
		return 1
	case query.RelScan:
		t := &w.model.Tables[r.Table]
		if t.SubjectKey == "" {
			return 0
		}
		return w.opt.Measured[t.Name].Most
	case query.RelJoin:
		left := w.most(r.In[0])
		if w.oneMatch(r) {
			return left
		}
		// A product beyond any bound of cells is as good as unknown.
		if right := w.most(r.In[1]); left <= query.MaxBound && right <= query.MaxBound {
			return left * right
		}
	}
	return 0
}

// oneMatch reports whether a row on the left of a join meets one row on the right at most, because the snapshot was seen
// to have no two rows with the same values in the compared columns.
func (w *writer) oneMatch(r *query.Rel) bool {
	below := r.In[1]
	for below.Op == query.RelFilter {
		below = below.In[0]
	}
	if below.Op != query.RelScan {
		return false
	}
	t := &w.model.Tables[below.Table]
	compared := map[string]bool{"": true} // a table about nobody has no subject key
	for _, p := range r.Pairs() {
		compared[below.Columns[p.Right]] = true
	}
	for _, name := range t.Unique {
		if !compared[name] {
			return false
		}
	}
	return len(t.Unique) > 0 && compared[t.SubjectKey] && w.opt.Measured[t.Name].Unique
}

// direct is the statement when every unit has one row and so one cell: nothing to
// group by unit and nothing to choose, only values to clamp.
func (w *writer) direct(r *query.Rel, s *scope, cell term, tokens, args []string) string {
	var values []string
	shown, group, known := "", "", ""
	for i, t := range tokens {
		shown += fmt.Sprintf(", %s AS g%d", t, i)
		group += ", " + t
		known += " AND " + t + " IS NOT NULL"
	}
	for i := range r.Aggs {
		a := &r.Aggs[i]
		values = append(values, total(a, one(a, args[i]), i))
	}
	return fmt.Sprintf("SELECT %s AS cell%s, count(*) AS units%s FROM %s WHERE c%d IS NOT NULL AND %s IS NOT NULL%s GROUP BY %s%s%s",
		cell.sql, shown, join(values), s.sql(), r.Unit, cell.sql, known, cell.sql, group, w.least(tokens))
}

// one is what a single row adds to a vector.
func one(a *query.Agg, arg string) string {
	switch a.Func {
	case query.AggCount:
		return "CAST(" + arg + " IS NOT NULL AS BIGINT)"
	case query.AggSum:
		// NULL adds nothing; least and greatest would pass over it. A row is within [Lo, Hi] by the guard's proof; the clamp is the promise.
		lo, hi := a.SumBounds(1)
		return fmt.Sprintf("least(greatest(coalesce(%s - %s, 0), %s), %s)", arg, number(a.Center), number(lo), number(hi))
	}
	return ""
}

// total adds up a vector over units.
func total(a *query.Agg, value string, i int) string {
	if value == "" {
		return fmt.Sprintf("count(*) AS a%d", i)
	}
	if a.Func == query.AggSum {
		return fmt.Sprintf("%s AS a%d", saturated("sum("+value+")"), i)
	}
	return fmt.Sprintf("CAST(sum(%s) AS BIGINT) AS a%d", value, i)
}

func join(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return ", " + strings.Join(values, ", ")
}

// bounded is the general statement: one row per unit and cell, clamped; at most Groups
// cells per unit; then the cells.
func (w *writer) bounded(r *query.Rel, s *scope, cell term, tokens, args []string) string {
	var inner, perUnit, totals []string
	groups, known, ranked := "", "", ""
	for i, t := range tokens {
		inner = append(inner, fmt.Sprintf("%s AS g%d", t, i))
		groups += fmt.Sprintf(", g%d", i)
		known += fmt.Sprintf(" AND g%d IS NOT NULL", i)
		ranked += fmt.Sprintf(" || chr(31) || CAST(g%d AS VARCHAR)", i)
	}
	for i := range r.Aggs {
		a := &r.Aggs[i]
		if args[i] != "" {
			inner = append(inner, fmt.Sprintf("%s AS x%d", args[i], i))
		}
		perUnit = append(perUnit, unitPart(a, i, r.Rows))
		totals = append(totals, total(a, fmt.Sprintf("u%d", i), i))
	}
	src := fmt.Sprintf("(SELECT c%d AS pu, %s AS cell%s FROM %s)", r.Unit, cell.sql, join(inner), s.sql())
	units := fmt.Sprintf("(SELECT pu, cell%s%s FROM %s WHERE pu IS NOT NULL AND cell IS NOT NULL%s GROUP BY pu, cell%s)", groups, join(perUnit), src, known, groups)
	if w.chosen {
		// chr(31) keeps unit and cell apart; the order depends on the key and on nothing a
		// row holds.
		units = fmt.Sprintf("(SELECT * FROM (SELECT *, row_number() OVER (PARTITION BY pu ORDER BY sha256(%s || CAST(pu AS VARCHAR) || chr(31) || CAST(cell AS VARCHAR)%s)) AS place FROM %s) WHERE place <= %d)",
			w.param(w.opt.Salt), ranked, units, r.Groups)
	}
	return fmt.Sprintf("SELECT cell%s, count(*) AS units%s FROM %s GROUP BY cell%s%s", groups, join(totals), units, groups, w.least(tokens))
}

// unitPart is what one unit adds to one cell of a vector.
func unitPart(a *query.Agg, i, rows int) string {
	switch a.Func {
	case query.AggUnits:
		return fmt.Sprintf("CAST(1 AS BIGINT) AS u%d", i)
	case query.AggRows:
		return fmt.Sprintf("least(count(*), %d) AS u%d", rows, i)
	case query.AggCount:
		return fmt.Sprintf("least(count(x%d), %d) AS u%d", i, rows, i)
	}
	lo, hi := a.SumBounds(rows)
	sum := fmt.Sprintf("sum(x%d - %s)", i, number(a.Center))
	return fmt.Sprintf("CAST(least(greatest(coalesce(%s, 0), %s), %s) AS BIGINT) AS u%d", sum, number(lo), number(hi), i)
}
