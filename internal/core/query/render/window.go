package render

import (
	"fmt"
	"strconv"
	"strings"

	"yunei/internal/core/query"
)

// window writes the columns first as they are, then brought to 64 bits.
func (w *writer) window(r *query.Rel) (string, int, error) {
	from, n, err := w.rel(r.In[0])
	if err != nil {
		return "", 0, err
	}
	s := w.over(from)
	unit := "c" + strconv.Itoa(r.Unit)
	var raw, out []string
	for i := range r.Wins {
		sql, err := s.win(&r.Wins[i], unit, n)
		if err != nil {
			return "", 0, err
		}
		column := "w" + strconv.Itoa(i)
		raw = append(raw, sql+" AS "+column)
		if r.Wins[i].Func == query.WinSum {
			column = saturated(column)
		}
		out = append(out, fmt.Sprintf("%s AS c%d", column, n+i))
	}
	return fmt.Sprintf("(SELECT %s, %s FROM (SELECT *, %s FROM %s WHERE %s IS NOT NULL))",
		columns("", 0, n, 0), strings.Join(out, ", "), strings.Join(raw, ", "), s.sql(), unit), n + len(r.Wins), nil
}

func (s *scope) win(w *query.Win, unit string, width int) (string, error) {
	call := "row_number()"
	if w.Arg != nil {
		arg, err := s.expr(w.Arg)
		if err != nil {
			return "", err
		}
		call = fmt.Sprintf("%s(%s)", w.Func, s.once(arg).sql)
		if w.Func == query.WinLag {
			call = fmt.Sprintf("lag(%s, %d)", s.once(arg).sql, w.Offset)
		}
	} else if w.Func == query.WinCount {
		call = "count(*)"
	}
	var order []string
	for i := range w.Order {
		by, err := s.expr(&w.Order[i].Expr)
		if err != nil {
			return "", err
		}
		direction := " NULLS LAST"
		if w.Order[i].Desc {
			direction = " DESC NULLS FIRST"
		}
		order = append(order, s.once(by).sql+direction)
	}
	if w.Func == query.WinRow || w.Func == query.WinLag {
		for i := range width {
			order = append(order, fmt.Sprintf("c%d NULLS LAST", i))
		}
	}
	over := "PARTITION BY " + unit
	if len(order) > 0 {
		over += " ORDER BY " + strings.Join(order, ", ")
	}
	return call + " OVER (" + over + ")", nil
}

func (w *writer) union(r *query.Rel) (string, int, error) {
	var parts []string
	width := 0
	for _, in := range r.In {
		from, n, err := w.rel(in)
		if err != nil {
			return "", 0, err
		}
		width = n
		parts = append(parts, "SELECT "+columns("", 0, n, 0)+" FROM "+from)
	}
	return "(" + strings.Join(parts, " UNION ALL ") + ")", width, nil
}
