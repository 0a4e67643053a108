package guard

import (
	"bytes"
	"slices"

	"yunei/internal/core/query"
)

// windowFuncs are the functions that may stand before OVER.
var windowFuncs = words(`row_number sum count lag`)

// defaultFrame is the frame that a window has when the text names none: rows up to the present one and its equals.
const defaultFrame = 1058

// window reads OVER (PARTITION BY ... ORDER BY ...).
func (c *converter) window(o tree, at int) *windowNode {
	if !c.closed("WindowDef", o, at, "partitionClause", "orderClause", "frameOptions", "startOffset", "endOffset") {
		return nil
	}
	if n, _ := o["frameOptions"].(float64); n != defaultFrame {
		c.refuse(WindowNotOwn, at, "窗口范围 ROWS / RANGE", "frame of a window", windowHint)
		return nil
	}
	w := &windowNode{}
	for _, p := range list(o["partitionClause"]) {
		e := c.expr(p)
		if e == nil {
			return nil
		}
		w.partition = append(w.partition, e)
	}
	var ok bool
	w.order, ok = c.ordering(o["orderClause"], at)
	if !ok {
		return nil
	}
	return w
}

const windowHint = "WITH v AS (SELECT sid, cost, row_number() OVER (PARTITION BY sid ORDER BY at DESC) AS nth FROM visit) SELECT AVG(cost) AS latest FROM v WHERE nth = 1"

// windowed binds a query whose columns hold windows as a leaf of its own: the rows of the query, with more columns.
func (b *binder) windowed(s *selectNode, blk *block, sc *scope) ([]scopeColumn, *block, bool) {
	l := &leaf{inner: blk, rows: b.blockRows(blk), key: -1, through: map[int]int{}}
	for _, in := range blk.leaves {
		if in.key >= 0 && len(in.on) == 0 {
			l.table = in.table
			l.key = b.carried(l, query.Col(in.key, b.cols[in.key].typ)).Index
			break
		}
	}
	if l.key < 0 {
		b.refuse(WindowNotOwn, s.items[0].at, "窗口只用于涉及主体的表", "windows are for tables about subjects", windowHint)
		return nil, nil, false
	}
	b.window = func(call *exprNode) (query.Expr, bool) { return b.windowCall(call, sc, l) }
	defer func() { b.window = nil }()
	var columns []scopeColumn
	for _, item := range s.items {
		if item.expr == nil {
			return nil, nil, false
		}
		e, ok := b.keyOrExpr(item.expr, sc)
		if !ok {
			return nil, nil, false
		}
		columns = append(columns, scopeColumn{itemName(item), b.carried(l, e)})
	}
	return columns, &block{leaves: []*leaf{l}}, true
}

// hasWindow reports whether an item asks for a window anywhere in it.
func hasWindow(items []itemNode) bool {
	found := false
	for _, i := range items {
		i.expr.walk(func(e *exprNode) { found = found || e.over != nil })
	}
	return found
}

// carried is an expression over the rows below a window as one over the window's own columns.
func (b *binder) carried(l *leaf, e query.Expr) query.Expr {
	if e.Op == query.OpCol {
		if b.at[e.Index] == l {
			return e
		}
		for outer, inner := range l.through {
			if inner == e.Index {
				return query.Expr{Op: query.OpCol, Type: e.Type, Index: outer, At: e.At}
			}
		}
		out := b.addCol(l, b.cols[e.Index])
		l.through[out.Index] = e.Index
		out.At = e.At
		return out
	}
	args := make([]query.Expr, len(e.Args))
	for i := range e.Args {
		args[i] = b.carried(l, e.Args[i])
	}
	if len(args) > 0 {
		e.Args = args
	}
	return e
}

// windowCall binds one window and gives its column.
func (b *binder) windowCall(e *exprNode, sc *scope, l *leaf) (query.Expr, bool) {
	refuse := func(zh, en string) (query.Expr, bool) {
		b.refuse(WindowNotOwn, e.at, zh, en, windowHint)
		return query.Expr{}, false
	}
	if !windowFuncs[e.text] || e.distinct {
		return refuse("窗口函数只有 row_number、sum、count、lag", "the windows are row_number, sum, count and lag")
	}
	if len(e.over.partition) != 1 {
		return refuse("PARTITION BY 须为主体标识一列", "PARTITION BY is the subject key alone")
	}
	if _, isKey := b.keyOf(e.over.partition[0], sc); !isKey {
		return refuse("PARTITION BY 不是主体标识", "PARTITION BY is not the subject key")
	}
	hook := b.window
	b.window = nil // no window inside a window
	defer func() { b.window = hook }()
	w := query.Win{Func: query.WinFunc(e.text), Type: query.Number(0)}
	for _, o := range e.over.order {
		by, ok := b.expr(o.expr, sc)
		if !ok {
			return by, false
		}
		by = canonical(clamped(by, b.cols, by.Op != query.OpCol))
		w.Order = append(w.Order, query.WinKey{Expr: by, Desc: o.desc})
	}
	if len(w.Order) == 0 && (w.Func == query.WinRow || w.Func == query.WinLag) {
		return refuse(e.text+" 须有 ORDER BY", e.text+" needs ORDER BY")
	}
	if !b.windowArgs(e, sc, &w) {
		return query.Expr{}, false
	}
	return b.windowColumn(l, w), true
}

func (b *binder) windowArgs(e *exprNode, sc *scope, w *query.Win) bool {
	most, least := 1, 1
	switch {
	case w.Func == query.WinRow || e.star:
		most, least = 0, 0
	case w.Func == query.WinLag:
		most = 2
	}
	if len(e.args) < least || len(e.args) > most || e.star && w.Func != query.WinCount {
		b.refuse(WrongType, e.at, e.text+" 的参数个数不对", "wrong number of arguments of "+e.text, windowHint)
		return false
	}
	if len(e.args) == 0 {
		return true
	}
	arg, ok := b.expr(e.args[0], sc)
	if !ok {
		return false
	}
	arg = canonical(clamped(arg, b.cols, w.Func != query.WinCount))
	if arg.At == 0 {
		arg.At = e.args[0].at
	}
	w.Arg = &arg
	switch w.Func {
	case query.WinCount:
		if !nullable(&arg, b.cols) {
			w.Arg = nil
		}
	case query.WinLag:
		w.Type, w.Offset = arg.Type, 1
		if len(e.args) == 2 {
			n := e.args[1].value
			if e.args[1].kind != literalExpr || n.Kind != query.Int || n.N < 1 || n.N > maxRows {
				b.refuse(WrongType, e.args[1].at, "lag 的第二个参数须为正整数", "the second argument of lag is a positive whole number", "lag(cost, 1)")
				return false
			}
			w.Offset = int(n.N)
		}
	case query.WinSum:
		w.Type = arg.Type
		if !arg.Type.Numeric() {
			b.refuse(WrongType, e.args[0].at, "sum 需要数字", "sum takes a number", "")
			return false
		}
		if !rangeOf(&arg, b.cols).ok {
			b.refuse(Unbounded, e.args[0].at, "", "", "")
			return false
		}
	}
	return true
}

// windowColumn adds a window to its leaf, once.
func (b *binder) windowColumn(l *leaf, w query.Win) query.Expr {
	code, n := string(encoding(&w)), 0
	for i, at := range b.at {
		if _, carried := l.through[i]; at != l || carried {
			continue
		}
		if string(encoding(&l.wins[n])) == code {
			return query.Col(i, b.cols[i].typ)
		}
		n++
	}
	l.wins = append(l.wins, w)
	return b.addCol(l, ranked(&w, b.cols, l.table, l.rows, nil))
}

// ranked is what is known about a window over the rows of one subject, of which there are at most rows (0: unknown).
func ranked(w *query.Win, in []column, t *query.Table, rows int, filters []query.Source) column {
	c := column{table: t, typ: w.Type, from: filters}
	for i := range w.Order {
		c.from = append(slices.Clone(c.from), sources(&w.Order[i].Expr, in, query.WayBranch)...)
	}
	if w.Arg != nil {
		c.from = append(slices.Clone(c.from), sources(w.Arg, in, query.WayValue)...)
	}
	c.from = merged(c.from)
	most := int64(rows)
	if rows == 0 {
		most = 1 << 40
	}
	switch w.Func {
	case query.WinRow:
		c.rng, c.count = interval{1, most, true}, true
	case query.WinCount:
		c.rng, c.count = interval{0, most, true}, true
	case query.WinSum:
		r := rangeOf(w.Arg, in)
		c.rng = r.times(interval{1, most, rows > 0 && r.ok})
		if c.rng.ok {
			c.rng = c.rng.union(r)
		}
		c.null, c.edges = nullable(w.Arg, in), valueEdges(w.Arg, in)
	default:
		c.rng, c.null, c.edges = rangeOf(w.Arg, in), true, valueEdges(w.Arg, in)
		if _, computed := surgical(w.Arg); computed {
			c.edges = noEdge
		}
	}
	c.proved, c.count = c.rng.ok, c.count || w.Arg != nil && ofRecords(w.Arg, in)
	return c
}

// dissolved is a block in which a window leaf of which no window is used stands as the rows below it, as if the text had
// none. through says which column each of the leaf's own was below.
func (l *layout) dissolved(blk *block, used map[int]bool) (out *block, through map[int]int) {
	out, through = &block{preds: slices.Clone(blk.preds)}, map[int]int{}
	for _, lf := range blk.leaves {
		if lf.through == nil || lf.on != nil || l.windowUsed(lf, used) {
			out.leaves = append(out.leaves, lf)
			continue
		}
		inner, below := l.dissolved(lf.inner, used)
		out.leaves = append(out.leaves, inner.leaves...)
		out.preds = append(out.preds, inner.preds...)
		for outer, in := range lf.through {
			if deeper, ok := below[in]; ok {
				in = deeper
			}
			through[outer] = in
		}
	}
	for _, lf := range out.leaves {
		for i, p := range lf.on {
			if in, ok := through[p.Right]; ok {
				lf.on[i].Right = in
			}
		}
	}
	return out, through
}

func (l *layout) windowUsed(lf *leaf, used map[int]bool) bool {
	for i, at := range l.b.at {
		if _, carried := lf.through[i]; at == lf && !carried && used[i] {
			return true
		}
	}
	return false
}

// windowed lays out a window leaf; windows that nothing uses are not computed.
func (l *layout) windowed(lf *leaf, used map[int]bool) placed {
	type computed struct {
		from int
		win  query.Win
		code []byte
	}
	var wins []computed
	var over []*query.Expr
	var carried []query.Expr
	n := 0
	for i, at := range l.b.at {
		if at != lf {
			continue
		}
		if inner, ok := lf.through[i]; ok {
			if used[i] || i == lf.key {
				carried = append(carried, query.Col(inner, l.b.cols[inner].typ))
			}
			continue
		}
		if used[i] || lf.on != nil {
			wins = append(wins, computed{from: i, win: lf.wins[n]})
			over = append(over, lf.wins[n].Exprs()...)
		}
		n++
	}
	p := l.block(lf.inner, append(over, pointers(carried)...))
	out := placed{rel: p.rel, cols: slices.Clone(p.cols), where: map[int]int{}, rows: lf.rows}
	for outer, inner := range lf.through {
		if at, ok := p.where[inner]; ok {
			out.where[outer] = at
			out.cols[at] = l.b.cols[outer]
		}
	}
	for i := range wins {
		w := &wins[i].win
		w.Order = slices.Clone(w.Order)
		for k := range w.Order {
			w.Order[k].Expr = p.place(w.Order[k].Expr)
		}
		if w.Arg != nil {
			arg := p.place(*w.Arg)
			w.Arg = &arg
		}
		wins[i].code = encoding(w)
	}
	slices.SortStableFunc(wins, func(a, b computed) int { return bytes.Compare(a.code, b.code) })
	out.rel = &query.Rel{Op: query.RelWindow, In: []*query.Rel{p.rel}, Unit: p.keyAt()}
	for _, c := range wins {
		out.where[c.from] = len(out.cols)
		out.cols = append(out.cols, l.b.cols[c.from])
		out.rel.Wins = append(out.rel.Wins, c.win)
	}
	return out
}
