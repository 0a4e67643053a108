package guard

import (
	"bytes"
	"fmt"
	"slices"

	"yunei/internal/core/query"
)

// MaxCells is how many cells a class A model may have, and maxColumns how many outputs any model.
const (
	MaxCells   = 10_000
	maxColumns = 40
)

// ratioPlaces are the decimal places of an average when the text names none.
const ratioPlaces = 4

// released is what one output of a class A model is made of: a request, or a quotient of two.
type released struct {
	item    itemNode
	key     int // place in the GROUP BY list, -1 if it is none
	num     *aggRequest
	den     *aggRequest
	average bool
	places  int

	hist        *binned
	stat        query.Stat
	moments     []*aggRequest
	plus, minus int64 // middles of the two columns
}

// requests are the aggregates that the output is made of.
func (r *released) requests() []*aggRequest {
	return slices.DeleteFunc(append([]*aggRequest{r.num, r.den}, r.moments...), func(a *aggRequest) bool { return a == nil })
}

// classA binds the outermost query of a class A model.
func (b *binder) classA(s *selectNode) *query.Model {
	blk, sc, ok := b.fromClause(s)
	if !ok {
		return nil
	}
	ok = b.where(s, blk, sc)
	if unitOf(blk) == "" {
		b.refuse(Unimplemented, s.from[0].at, "A 类模型只用于涉及主体的表", "class A is for tables about subjects", "")
		return nil
	}
	if !b.expandHist(s, sc) {
		return nil
	}
	keys, okKeys := b.groupKeys(s, sc)
	if !ok || !okKeys {
		return nil
	}
	outs, ok := b.releasedItems(s, sc, keys)
	if !ok || len(b.list) > 0 {
		return nil
	}
	m := b.layoutA(blk, keys, outs)
	if m == nil || !b.post(s, m) {
		return nil
	}
	return m
}

// groupKeys binds GROUP BY: expressions, or names of output columns.
func (b *binder) groupKeys(s *selectNode, sc *scope) ([]query.Expr, bool) {
	var keys []query.Expr
	for _, g := range s.group {
		if g == nil {
			return nil, false
		}
		node := b.aliased(g, s, sc)
		if _, isKey := b.keyOf(node, sc); isKey {
			b.refuse(KeyExposed, g.at, "", "", "")
			return nil, false
		}
		e, ok := b.expr(node, sc)
		if !ok {
			return nil, false
		}
		e = canonical(e)
		e.At = g.at
		keys = append(keys, e)
	}
	return keys, true
}

// aliased is what a GROUP BY name stands for: a column of FROM if there is one, else an output column of that name.
func (b *binder) aliased(g *exprNode, s *selectNode, sc *scope) *exprNode {
	if g.kind != columnExpr || len(g.name) != 1 {
		return g
	}
	if _, n := b.lookup(g, sc); n > 0 {
		return g
	}
	for _, item := range s.items {
		if item.name == g.name[0] && item.expr != nil {
			return item.expr
		}
	}
	return g
}

func (b *binder) releasedItems(s *selectNode, sc *scope, keys []query.Expr) ([]released, bool) {
	var outs []released
	fine := true
	for _, item := range s.items {
		r, ok := b.releasedItem(item, sc, keys)
		fine = fine && ok
		outs = append(outs, r)
	}
	if !fine {
		return nil, false
	}
	if !slices.ContainsFunc(outs, func(r released) bool { return len(r.requests()) > 0 }) {
		b.refuse(RawOutput, s.items[0].at, "没有汇总列", "no aggregate", "SELECT education, COUNT(*) AS n FROM t GROUP BY education")
		return nil, false
	}
	return outs, true
}

func (b *binder) releasedItem(item itemNode, sc *scope, keys []query.Expr) (released, bool) {
	r := released{item: item, key: -1, places: ratioPlaces}
	e := item.expr
	if e.kind == callExpr && e.text == "round" && len(e.args) == 2 && (isAggregate(e.args[0]) && e.args[0].text == "avg" || statOf(e.args[0]) != "") {
		places, ok := b.places(e, &query.Expr{Op: query.OpLit, Type: e.args[1].value.Type(), Lits: []query.Value{e.args[1].value}})
		if !ok {
			return r, false
		}
		r.places = places
		e = e.args[0]
	}
	switch {
	case isHist(e), isQuantile(e):
		return b.releasedBin(r, e, sc)
	case statOf(e) != "":
		return b.releasedStat(r, e, sc)
	case isAggregate(e):
		return b.releasedAgg(r, e, sc)
	case e.kind == callExpr && e.text == "safe_div" && len(e.args) >= 2 && isAggregate(e.args[0]) && isAggregate(e.args[1]):
		return b.releasedQuotient(r, e, sc)
	}
	if e.kind == columnExpr {
		if _, isKey := b.keyOf(e, sc); isKey {
			b.refuse(KeyExposed, e.at, "", "", "")
			return r, false
		}
	}
	bound, ok := b.expr(e, sc)
	if !ok {
		return r, false
	}
	bound = canonical(bound)
	for i := range keys {
		if sameExpr(&bound, &keys[i]) {
			r.key = i
			return r, true
		}
	}
	b.refuse(RawOutput, e.at, "不在 GROUP BY 中", "not in GROUP BY", "SELECT education, COUNT(*) AS n FROM t GROUP BY education")
	return r, false
}

func (b *binder) releasedAgg(r released, e *exprNode, sc *scope) (released, bool) {
	if e.text == "min" || e.text == "max" {
		b.refuse(ExactExtreme, e.at, e.text, e.text, "")
		return r, false
	}
	req, avg, ok := b.aggregateCall(e, sc)
	if !ok {
		return r, false
	}
	r.num, r.average = &req, avg
	if avg {
		r.den = b.counting(req.arg, req.at)
	}
	return r, true
}

// counting is the request for the rows in which an argument is not NULL.
func (b *binder) counting(arg *query.Expr, at int) *aggRequest {
	if nullable(arg, b.cols) {
		return &aggRequest{fn: query.AggCount, arg: arg, at: at}
	}
	return &aggRequest{fn: query.AggRows, at: at}
}

func (b *binder) releasedQuotient(r released, e *exprNode, sc *scope) (released, bool) {
	num, avg, ok := b.aggregateCall(e.args[0], sc)
	den, avgDen, okDen := b.aggregateCall(e.args[1], sc)
	if !ok || !okDen {
		return r, false
	}
	if avg || avgDen || num.fn == query.AggMin || num.fn == query.AggMax || den.fn == query.AggMin || den.fn == query.AggMax {
		b.refuse(Unimplemented, e.at, "只接受 COUNT 与 SUM 之商", "quotients of COUNT and SUM only", "safe_div(SUM(x), COUNT(*), 4)")
		return r, false
	}
	r.num, r.den = &num, &den
	r.places = defaultPlaces
	if len(e.args) == 3 {
		arg := e.args[2]
		places, ok := b.places(e, &query.Expr{Op: query.OpLit, Type: arg.value.Type(), Lits: []query.Value{arg.value}})
		if !ok || arg.kind != literalExpr {
			return r, false
		}
		r.places = places
	}
	return r, true
}

// vectors are the aggregates of a reduce, each once and in canonical order.
type vectors struct {
	aggs  []query.Agg
	codes [][]byte
}

func (v *vectors) add(a query.Agg) {
	code := encoding(&a)
	i, found := slices.BinarySearchFunc(v.codes, code, bytes.Compare)
	if !found {
		v.aggs = slices.Insert(v.aggs, i, a)
		v.codes = slices.Insert(v.codes, i, code)
	}
}

func (v *vectors) find(a query.Agg) int {
	i, _ := slices.BinarySearchFunc(v.codes, encoding(&a), bytes.Compare)
	return i
}

// layoutA makes the model: one reduce over the block, keys and vectors in canonical order.
func (b *binder) layoutA(blk *block, keys []query.Expr, outs []released) *query.Model {
	l := &layout{b: b}
	var over []*query.Expr
	for i := range keys {
		over = append(over, &keys[i])
	}
	for i := range outs {
		for _, r := range outs[i].requests() {
			if r.arg != nil {
				over = append(over, r.arg)
			}
		}
	}
	bins, ok := b.oneHistogram(outs)
	if !ok {
		return nil
	}
	if bins != nil {
		over = append(over, bins)
	}
	p := l.block(blk, over)
	root := &query.Rel{Op: query.RelReduce, In: []*query.Rel{p.rel}, Unit: p.keyAt()}
	order, ok := b.placeKeys(root, p, keys)
	if !ok || !b.placeBins(root, p, bins) {
		return nil
	}
	if p.rows == 0 {
		b.refuse(TooExpensive, 0, "每个主体的行数没有上限", "rows per subject are not bounded", "")
		return nil
	}
	m := &query.Model{Format: query.Format, Class: query.A, Unit: unitOf(blk), Root: root}
	root.Rows = p.rows
	root.Groups = min(p.rows, m.Cells())
	if len(m.Selects()) > 0 {
		root.Groups = p.rows
	}
	b.placeVectors(root, p, outs)
	for i := range outs {
		m.Outputs = append(m.Outputs, outputA(root, p, &outs[i], order))
	}
	l.finish(m)
	return m
}

// unitOf is the kind of unit a block is about.
func unitOf(blk *block) string {
	for _, l := range blk.leaves {
		if l.table.Private() {
			return l.table.UnitKind
		}
	}
	return ""
}

// placeKeys fills the keys of the reduce in canonical order and says where each key of the text went.
func (b *binder) placeKeys(root *query.Rel, p placed, keys []query.Expr) ([]int, bool) {
	type keyed struct {
		from int
		key  query.Key
		code []byte
	}
	var list []keyed
	cells := 1
	for i := range keys {
		e := p.place(keys[i])
		e.At = keys[i].At
		key, ok := b.publicKey(e, p.cols)
		if !ok {
			return nil, false
		}
		cells *= key.Size()
		if cells > MaxCells {
			b.refuse(TooExpensive, e.At, fmt.Sprintf("超过 %d 个单元格", MaxCells), fmt.Sprintf("more than %d cells", MaxCells), "")
			return nil, false
		}
		list = append(list, keyed{i, key, encoding(&key.Expr)})
	}
	slices.SortStableFunc(list, func(a, b keyed) int { return bytes.Compare(a.code, b.code) })
	order := make([]int, len(keys))
	for i, k := range list {
		if i > 0 && bytes.Equal(k.code, list[i-1].code) {
			order[k.from] = len(root.Keys) - 1
			continue
		}
		order[k.from] = len(root.Keys)
		root.Keys = append(root.Keys, k.key)
	}
	return order, true
}

// placeVectors decides which vectors are released. An average releases the sum of distances from the middle of its
// bounds, which one person can move least; where the plain sum is asked for as well, the average is made from that.
func (b *binder) placeVectors(root *query.Rel, p placed, outs []released) {
	var v vectors
	sums := map[string]bool{}
	for i := range outs {
		if o := &outs[i]; o.num != nil && !o.average && o.num.fn == query.AggSum {
			sums[string(encoding(o.num.arg))] = true
		}
		if o := &outs[i]; o.den != nil && o.den.fn == query.AggSum {
			sums[string(encoding(o.den.arg))] = true
		}
	}
	for i := range outs {
		o := &outs[i]
		if o.average && sums[string(encoding(o.num.arg))] {
			o.average = false
		}
		if o.num != nil {
			v.add(o.vector(o.num, p))
		}
		if o.den != nil {
			v.add(placedAgg(o.den, p, false))
		}
		for _, r := range o.moments {
			v.add(placedAgg(r, p, false))
		}
	}
	root.Aggs = v.aggs
}

func (o *released) vector(r *aggRequest, p placed) query.Agg { return placedAgg(r, p, o.average) }

func placedAgg(r *aggRequest, p placed, centered bool) query.Agg {
	moved := *r
	if r.arg != nil {
		arg := p.place(*r.arg)
		moved.arg = &arg
	}
	a := moved.agg(p.cols)
	if centered {
		a.Center = a.Lo + (a.Hi-a.Lo)/2
	}
	return a
}

func outputA(root *query.Rel, p placed, r *released, order []int) query.Output {
	o := query.Output{Name: itemName(r.item), Standing: query.AggDP}
	v := vectors{aggs: root.Aggs}
	for i := range root.Aggs {
		v.codes = append(v.codes, encoding(&root.Aggs[i]))
	}
	if r.key >= 0 {
		key := &root.Keys[order[r.key]]
		o.Kind, o.Index, o.Type, o.Standing = query.OutKey, order[r.key], key.Expr.Type, query.Public
		if key.Expr.Op == query.OpCol && p.cols[key.Expr.Index].policy != nil {
			o.Title = p.cols[key.Expr.Index].policy.Title
		}
		return o
	}
	if r.stat != "" {
		o.Kind, o.Stat, o.Type, o.Plus, o.Minus = query.OutStat, r.stat, query.Number(r.places), r.plus, r.minus
		for _, part := range r.moments {
			o.Parts = append(o.Parts, v.find(placedAgg(part, p, false)))
		}
		return o
	}
	num := r.vector(r.num, p)
	o.Kind, o.Index, o.Type = query.OutAgg, v.find(num), num.Type
	if h := r.hist; h != nil {
		o.Kind, o.Bin, o.Type = query.OutBin, h.bin, h.typ
		if h.quantile > 0 {
			o.Kind, o.Quantile, o.Grid = query.OutQuantile, h.quantile, h.grid
		}
	}
	if r.den != nil {
		o.Kind, o.Over, o.Plus, o.Type = query.OutRatio, v.find(placedAgg(r.den, p, false)), num.Center, query.Number(r.places)
	}
	return o
}
