package interp

import (
	"cmp"
	"slices"
	"strings"

	"yunei/internal/core/query"
)

type compiledWin struct {
	win   *query.Win
	arg   *compiled // nil where there is none
	order []*compiled
}

func buildWin(w *query.Win) (compiledWin, error) {
	c := compiledWin{win: w}
	var err error
	if w.Arg != nil {
		if c.arg, err = compile(w.Arg); err != nil {
			return c, err
		}
	}
	for i := range w.Order {
		e, err := compile(&w.Order[i].Expr)
		if err != nil {
			return c, err
		}
		c.order = append(c.order, e)
	}
	return c, nil
}

// window adds the columns to the rows, which stay in their order; a row without a subject is dropped.
func (n *node) window(data Data, subject string) ([][]cell, error) {
	rows, err := n.in[0].run(data, subject)
	if err != nil {
		return nil, err
	}
	width := n.in[0].width
	units := map[string][]int{}
	out := make([][]cell, 0, len(rows))
	for _, row := range rows {
		if key := row[n.rel.Unit]; !key.null {
			units[key.s] = append(units[key.s], len(out))
			out = append(out, append(append(make([]cell, 0, n.width), row...), make([]cell, len(n.wins))...))
		}
	}
	f := frame{subject: subject}
	for i := range n.wins {
		for _, own := range units {
			n.wins[i].compute(out, own, width, width+i, &f)
		}
	}
	return out, nil
}

// placed is a row of one subject with what it is ordered by.
type placed struct {
	row  int
	keys []cell
}

func (w *compiledWin) compute(rows [][]cell, own []int, width, to int, f *frame) {
	places := make([]placed, len(own))
	for i, at := range own {
		f.row = rows[at]
		places[i] = placed{at, make([]cell, len(w.order))}
		for k, e := range w.order {
			places[i].keys[k] = e.run(f)
		}
	}
	slices.SortStableFunc(places, func(a, b placed) int {
		return cmp.Or(w.compare(a, b), slices.CompareFunc(rows[a.row][:width], rows[b.row][:width], compareCells))
	})
	switch w.win.Func {
	case query.WinRow:
		for i, p := range places {
			rows[p.row][to] = cell{n: int64(i + 1)}
		}
	case query.WinLag:
		for i, p := range places {
			rows[p.row][to] = cell{null: true}
			if i >= w.win.Offset {
				f.row = rows[places[i-w.win.Offset].row]
				rows[p.row][to] = w.arg.run(f)
			}
		}
	default:
		w.running(rows, places, to, f)
	}
}

// running sums or counts up to each row and its equals.
func (w *compiledWin) running(rows [][]cell, places []placed, to int, f *frame) {
	acc := cell{null: w.win.Func == query.WinSum}
	for i := 0; i < len(places); {
		end := i
		for ; end < len(places) && w.compare(places[i], places[end]) == 0; end++ {
			v := cell{n: 1}
			if w.arg != nil {
				f.row = rows[places[end].row]
				v = w.arg.run(f)
			}
			switch {
			case v.null:
			case w.win.Func == query.WinCount:
				acc.n++
			default:
				acc = cell{n: acc.n + v.n}
			}
		}
		for ; i < end; i++ {
			rows[places[i].row][to] = acc
		}
	}
}

func (w *compiledWin) compare(a, b placed) int {
	for i := range a.keys {
		c := compareCells(a.keys[i], b.keys[i])
		if w.win.Order[i].Desc {
			c = -c
		}
		if c != 0 {
			return c
		}
	}
	return 0
}

// compareCells orders NULL above every value.
func compareCells(a, b cell) int {
	if a.null || b.null {
		return int(flag(a.null) - flag(b.null))
	}
	return cmp.Or(cmp.Compare(a.n, b.n), strings.Compare(a.s, b.s))
}

func (n *node) union(data Data, subject string) ([][]cell, error) {
	var out [][]cell
	for _, in := range n.in {
		rows, err := in.run(data, subject)
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
	}
	return out, nil
}

func (n *node) distinct(data Data, subject string) ([][]cell, error) {
	rows, err := n.in[0].run(data, subject)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	return slices.DeleteFunc(rows, func(row []cell) bool {
		var b []byte
		for _, c := range row {
			b = c.encode(b)
		}
		was := seen[string(b)]
		seen[string(b)] = true
		return was
	}), nil
}
