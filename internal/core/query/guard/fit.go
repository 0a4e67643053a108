package guard

import (
	"fmt"
	"slices"
	"strings"

	"yunei/internal/core/query"
)

// placeFit reads the header of a fitted model (模型拟合),
//
//	[WITH ...] FIT linear|logistic y ON x1, x2, ... FROM ...
//
// and writes it as the SELECT of y, x1, x2, ... that PostgreSQL's grammar knows: as long, byte for byte in the same
// places.
func placeFit(text string, tokens []token, f *faults) (string, query.FitKind, bool) {
	tokens = slices.DeleteFunc(slices.Clone(tokens), func(t token) bool { return t.kind == commentToken })
	word := func(i int) string {
		if i < 0 || i >= len(tokens) || tokens[i].kind != wordToken && tokens[i].kind != otherToken {
			return ""
		}
		return strings.ToLower(text[tokens[i].start:tokens[i].end])
	}
	depth := 0
	for i := range tokens {
		switch word(i) {
		case "(":
			depth++
		case ")":
			depth--
		case "fit":
			kind := query.FitKind(word(i + 1))
			if depth > 0 || i > 0 && word(i-1) != ")" || kind != query.Linear && kind != query.Logistic {
				continue
			}
			on, nested := -1, 0
			for j := i + 2; j < len(tokens) && on < 0 && (nested > 0 || word(j) != "from"); j++ {
				switch word(j) {
				case "(":
					nested++
				case ")":
					nested--
				case "on":
					if nested == 0 {
						on = j
					}
				}
			}
			if on < 0 {
				f.refuse(Syntax, tokens[i].start, "FIT 之后缺少 ON", "FIT without ON", fitHint)
				return "", "", false
			}
			b := []byte(text)
			header := b[tokens[i].start:tokens[i+1].end]
			copy(header, "SELECT"+strings.Repeat(" ", len(header)-len("SELECT")))
			copy(b[tokens[on].start:tokens[on].end], ", ")
			return string(b), kind, true
		}
	}
	return text, "", true
}

const fitHint = "FIT linear y ON x1, x2 FROM (SELECT sid, AVG(a) AS y, SUM(b) AS x1, COUNT(*) AS x2 FROM t GROUP BY sid) v"

// fitted is one feature of a linear fit: one term, or one for each further value of a list.
type fitted struct {
	at    int
	terms []query.FitTerm
	exprs []query.Expr // what is summed for each term
	needs query.Expr   // what must have a value for the row to count
	group int          // terms of one list are never true together
}

// fit binds FIT: the first item is what is explained, the others are what explains it.
func (b *binder) fit(s *selectNode, kind query.FitKind) *query.Model {
	if b.class != query.A {
		b.refuse(Unimplemented, s.at, "FIT 只用于汇总模型", "FIT is class A", "")
		return nil
	}
	if len(s.group) > 0 || s.having != nil || len(s.order) > 0 || s.limit != nil || s.offset != nil {
		b.refuse(Unimplemented, s.at, "FIT 之后不接 GROUP BY、HAVING、ORDER BY、LIMIT", "FIT takes no GROUP BY, HAVING, ORDER BY, LIMIT", fitHint)
		return nil
	}
	if len(s.items) < 2 || len(s.items)-1 > query.MaxFitTerms {
		b.refuse(TooExpensive, s.at, fmt.Sprintf("自变量须为 1 至 %d 个", query.MaxFitTerms), fmt.Sprintf("1 to %d features", query.MaxFitTerms), fitHint)
		return nil
	}
	blk, sc, ok := b.fromClause(s)
	if !ok || !b.where(s, blk, sc) {
		return nil
	}
	if unitOf(blk) == "" {
		b.refuse(Unimplemented, s.from[0].at, "A 类模型只用于涉及主体的表", "class A is for tables about subjects", "")
		return nil
	}
	var m *query.Model
	if kind == query.Linear {
		m = b.fitLinear(s, blk, sc)
	} else {
		m = b.fitLogistic(s, blk, sc)
	}
	if m == nil || len(b.list) > 0 {
		return nil
	}
	m.Outputs = []query.Output{
		{Name: "term", Title: "项", Type: query.Type{Kind: query.Text}, Kind: query.OutTerm, Standing: query.Public},
		{Name: "coefficient", Title: "系数", Type: query.Number(query.FitPlaces), Kind: query.OutCoef, Standing: query.AggDP},
		{Name: "std_error", Title: "标准误", Type: query.Number(query.FitPlaces), Kind: query.OutStdErr, Standing: query.AggDP},
	}
	return m
}

// item binds one expression of the header.
func (b *binder) item(i itemNode, sc *scope) (query.Expr, bool) {
	if _, isKey := b.keyOf(i.expr, sc); isKey {
		b.refuse(KeyExposed, i.at, "", "", "")
		return query.Expr{}, false
	}
	e, ok := b.expr(i.expr, sc)
	if !ok {
		return e, false
	}
	e = canonical(e)
	e.At = i.expr.at
	return e, true
}

// fitScale are the decimals of a feature after it is moved and stretched onto [-1, 1]: a ten-thousandth of its half width,
// whatever it is measured in.
const fitScale = 4

// stretched is (x - middle) / half as a number that is proven to lie in [-1, 1].
func (b *binder) stretched(name string, e query.Expr) (query.FitTerm, query.Expr, bool) {
	t := query.FitTerm{Name: name, Scale: e.Type.Scale}
	moved := canonical(clamped(e, b.cols, true))
	rng := rangeOf(&moved, b.cols)
	if !rng.ok || rng.hi == rng.lo {
		b.refuse(Unbounded, e.At, "", "", "clamp(x, 0, 100000)")
		return t, e, false
	}
	t.Middle = rng.lo + (rng.hi-rng.lo)/2
	t.Half = rng.hi - t.Middle
	number := func(n int64) query.Expr { return query.Lit(query.NumberValue(n, e.Type.Scale)) }
	if t.Middle != 0 {
		moved = query.Expr{Op: query.OpSub, Type: e.Type, Args: []query.Expr{moved, number(t.Middle)}, At: e.At}
	}
	typ := query.Number(fitScale)
	one := query.Pow10(fitScale)
	out := canonical(query.Expr{Op: query.OpClamp, Type: typ, At: e.At,
		Args: []query.Expr{{Op: query.OpDiv, Type: typ, Args: []query.Expr{moved, number(t.Half)}, At: e.At}},
		Lits: []query.Value{query.NumberValue(-one, fitScale), query.NumberValue(one, fitScale)}})
	out.At = e.At
	return t, out, true
}

// feature decides what a feature is: a number, or a list of values whose first is what the others are compared with.
func (b *binder) feature(i itemNode, e query.Expr, group int) (fitted, bool) {
	name := itemName(i)
	out := fitted{at: e.At, needs: e, group: group}
	key := query.Key{}
	listed := false
	switch {
	case e.Type.Kind == query.Bool:
		out.terms = []query.FitTerm{{Name: name}}
		out.exprs = []query.Expr{{Op: query.OpBoolTo, Type: query.Type{Kind: query.Int}, Args: []query.Expr{e}, At: e.At}}
		return out, true
	case e.Op == query.OpCol && b.cols[e.Index].policy != nil && len(b.cols[e.Index].policy.Domain) > 0:
		listed = (e.Type.Kind == query.Text || len(b.cols[e.Index].policy.Domain) > 2) && columnDomain(&key, &b.cols[e.Index])
	case e.Op == query.OpCase && e.Type.Kind == query.Text:
		key.Expr = e
		listed = caseDomain(&key, b.cols)
	}
	if !listed {
		if !e.Type.Numeric() {
			b.refuse(WrongType, e.At, "自变量须为数字、是否，或有公开代码表、分段", "a feature is a number, a yes or no, or a list of public values", "bucket(age, 30, 40, 50)")
			return out, false
		}
		t, x, ok := b.stretched(name, e)
		out.terms, out.exprs = []query.FitTerm{t}, []query.Expr{x}
		return out, ok
	}
	for at, v := range key.Domain[1:] {
		out.terms = append(out.terms, query.FitTerm{Name: name + "=" + labelOf(&key, at+1)})
		out.exprs = append(out.exprs, indicator(e, v))
	}
	return out, true
}

func labelOf(k *query.Key, at int) string {
	if at < len(k.Labels) && k.Labels[at] != "" {
		return k.Labels[at]
	}
	return k.Domain[at].Text()
}

// indicator is 1 where an expression is the value, else 0. A CASE says itself where that is.
func indicator(e query.Expr, v query.Value) query.Expr {
	whole := query.Type{Kind: query.Int}
	if e.Op != query.OpCase {
		same := query.Expr{Op: query.OpEq, Type: boolType, Args: []query.Expr{e, query.Lit(v)}, At: e.At}
		return canonical(query.Expr{Op: query.OpBoolTo, Type: whole, Args: []query.Expr{same}, At: e.At})
	}
	out := query.Expr{Op: query.OpCase, Type: whole, Args: slices.Clone(e.Args), At: e.At}
	for i := range out.Args {
		if i%2 == 0 && i != len(out.Args)-1 {
			continue
		}
		n := int64(0)
		if is, constant := out.Args[i].Const(); constant && is == v {
			n = 1
		}
		out.Args[i] = query.Lit(query.IntValue(n))
	}
	return canonical(out)
}

// complete lets only rows count in which everything has a value.
func (b *binder) complete(blk *block, needs []query.Expr) bool {
	for _, e := range needs {
		if !nullable(&e, b.cols) {
			continue
		}
		fine := true
		e.Walk(func(x *query.Expr) bool {
			if x.Op == query.OpCol && b.cols[x.Index].null {
				missing := query.Expr{Op: query.OpIsNull, Type: boolType, Args: []query.Expr{*x}, At: x.At}
				blk.preds = append(blk.preds, query.Expr{Op: query.OpNot, Type: boolType, Args: []query.Expr{missing}, At: x.At})
			}
			fine = fine && x.Op != query.OpDiv && x.Op != query.OpNullIf && (x.Op != query.OpLit || len(x.Lits) > 0)
			return true
		})
		if !fine {
			b.refuse(Unimplemented, e.At, "该项可能没有值，请用 coalesce 给出缺省值", "this can be NULL; give it a value with coalesce", "coalesce(safe_div(a, b), 0)")
			return false
		}
	}
	return true
}

// oneRow: a fit counts each subject once.
func (b *binder) oneRow(p placed, at int) bool {
	if p.rows != 1 {
		b.refuse(TooExpensive, at, "每个主体须只有一行，请先按主体汇总", "one row per subject; aggregate per subject first", fitHint)
		return false
	}
	return true
}

func (b *binder) fitLinear(s *selectNode, blk *block, sc *scope) *query.Model {
	var features []fitted
	var needs []query.Expr
	for i, it := range s.items {
		e, ok := b.item(it, sc)
		if !ok {
			return nil
		}
		needs = append(needs, e)
		if i > 0 {
			f, ok := b.feature(it, e, i)
			if !ok {
				return nil
			}
			features = append(features, f)
			continue
		}
		if e.Type.Kind == query.Bool {
			e = query.Expr{Op: query.OpBoolTo, Type: query.Type{Kind: query.Int}, Args: []query.Expr{e}, At: e.At}
		}
		if !e.Type.Numeric() {
			b.refuse(WrongType, e.At, "因变量须为数字", "what is explained is a number", fitHint)
			return nil
		}
		t, x, ok := b.stretched(itemName(it), e)
		if !ok {
			return nil
		}
		features = append(features, fitted{at: e.At, terms: []query.FitTerm{t}, exprs: []query.Expr{x}})
	}
	if !b.complete(blk, needs) {
		return nil
	}
	fit := &query.Fit{Kind: query.Linear, Y: features[0].terms[0]}
	var exprs []query.Expr
	var group []int
	for _, f := range features[1:] {
		fit.Terms = append(fit.Terms, f.terms...)
		exprs = append(exprs, f.exprs...)
		for range f.exprs {
			group = append(group, f.group)
		}
	}
	if len(exprs) > query.MaxFitTerms {
		b.refuse(TooExpensive, s.at, fmt.Sprintf("%d 项系数，上限 %d", len(exprs), query.MaxFitTerms), fmt.Sprintf("%d coefficients, at most %d", len(exprs), query.MaxFitTerms), "")
		return nil
	}
	exprs, group = append(exprs, features[0].exprs[0]), append(group, 0)
	// The sums of products over (1, exprs...); indicators are their own squares, and two of one list are never both 1.
	requests := []*aggRequest{{fn: query.AggRows, at: s.at}}
	for i := range exprs {
		requests = append(requests, &aggRequest{fn: query.AggSum, arg: &exprs[i], at: exprs[i].At})
	}
	for i := range exprs {
		for j := i; j < len(exprs); j++ {
			x, y := exprs[i], exprs[j]
			indicators := x.Type.Scale == 0 && y.Type.Scale == 0
			switch {
			case indicators && i == j:
				requests = append(requests, requests[1+i])
			case indicators && group[i] == group[j]:
				requests = append(requests, nil)
			default:
				product := canonical(query.Expr{Op: query.OpMul, Type: query.Number(x.Type.Scale + y.Type.Scale), Args: []query.Expr{x, y}, At: y.At})
				requests = append(requests, &aggRequest{fn: query.AggSum, arg: &product, at: y.At})
			}
		}
	}
	root, p, l := b.fitRoot(blk, nil, requests)
	if !b.oneRow(p, s.at) {
		return nil
	}
	var v vectors
	for _, r := range requests {
		if r != nil {
			v.add(placedAgg(r, p, false))
		}
	}
	root.Aggs = v.aggs
	for _, r := range requests {
		at := -1
		if r != nil {
			at = v.find(placedAgg(r, p, false))
		}
		fit.Moments = append(fit.Moments, at)
	}
	return b.fitModel(l, root, blk, fit)
}

// fitRoot lays out the block with one reduce over it.
func (b *binder) fitRoot(blk *block, keys []query.Expr, requests []*aggRequest) (*query.Rel, placed, *layout) {
	l := &layout{b: b}
	var over []*query.Expr
	for i := range keys {
		over = append(over, &keys[i])
	}
	for _, r := range requests {
		if r != nil && r.arg != nil {
			over = append(over, r.arg)
		}
	}
	p := l.block(blk, over)
	return &query.Rel{Op: query.RelReduce, In: []*query.Rel{p.rel}, Unit: p.keyAt(), Groups: 1, Rows: 1}, p, l
}

func (b *binder) fitModel(l *layout, root *query.Rel, blk *block, fit *query.Fit) *query.Model {
	m := &query.Model{Format: query.Format, Class: query.A, Unit: unitOf(blk), Root: root, Fit: fit}
	l.finish(m)
	return m
}

// fitLogistic counts rows, and rows where y is true, by the values of the features: with them a logistic regression has
// seen everything there is to see.
func (b *binder) fitLogistic(s *selectNode, blk *block, sc *scope) *query.Model {
	y, ok := b.item(s.items[0], sc)
	if !ok {
		return nil
	}
	needs := []query.Expr{y}
	if y.Type.Kind == query.Bool {
		y = query.Expr{Op: query.OpBoolTo, Type: query.Type{Kind: query.Int}, Args: []query.Expr{y}, At: y.At}
	}
	y = canonical(clamped(y, b.cols, true))
	y.At = s.items[0].expr.at
	if rng := rangeOf(&y, b.cols); y.Type.Kind != query.Int || !rng.ok || rng.lo < 0 || rng.hi > 1 {
		b.refuse(WrongType, y.At, "因变量须为是否，或取值 0、1 的整数", "what is explained is true or false, or 0 or 1", "FIT logistic (x >= 1) AS y ON bucket(age, 30, 40) AS band FROM t")
		return nil
	}
	if !b.complete(blk, needs) {
		return nil
	}
	var keys []query.Expr
	for _, it := range s.items[1:] {
		e, ok := b.item(it, sc)
		if !ok {
			return nil
		}
		keys = append(keys, e)
	}
	requests := []*aggRequest{{fn: query.AggRows, at: s.at}, {fn: query.AggSum, arg: &y, at: y.At}}
	root, p, l := b.fitRoot(blk, keys, requests)
	if !b.oneRow(p, s.at) {
		return nil
	}
	order, ok := b.placeKeys(root, p, keys)
	if !ok {
		return nil
	}
	fit := &query.Fit{Kind: query.Logistic, Y: query.FitTerm{Name: itemName(s.items[0])}}
	for i, it := range s.items[1:] {
		k := &root.Keys[order[i]]
		k.Null = false // only complete rows count
		if k.Select {
			b.refuse(NoPublicDomain, keys[i].At, "", "", "bucket(age, 30, 40, 50)")
			return nil
		}
		coded := k.Expr.Op == query.OpCol && p.cols[k.Expr.Index].policy != nil && len(p.cols[k.Expr.Index].policy.Domain) > 2
		if k.Expr.Type.Numeric() && !coded {
			fit.Terms = append(fit.Terms, query.FitTerm{Name: itemName(it), Key: order[i], Value: -1})
			continue
		}
		if k.Expr.Type.Kind == query.Bool {
			fit.Terms = append(fit.Terms, query.FitTerm{Name: itemName(it), Key: order[i], Value: 1})
			continue
		}
		for at := 1; at < len(k.Domain); at++ {
			fit.Terms = append(fit.Terms, query.FitTerm{Name: itemName(it) + "=" + labelOf(k, at), Key: order[i], Value: at})
		}
	}
	if len(fit.Terms) == 0 || len(fit.Terms) > query.MaxFitTerms {
		b.refuse(TooExpensive, s.at, fmt.Sprintf("%d 项系数，上限 %d", len(fit.Terms), query.MaxFitTerms), fmt.Sprintf("%d coefficients, at most %d", len(fit.Terms), query.MaxFitTerms), "")
		return nil
	}
	var v vectors
	count, positive := placedAgg(requests[0], p, false), placedAgg(requests[1], p, false)
	v.add(count)
	v.add(positive)
	root.Aggs = v.aggs
	fit.Count, fit.Positive = v.find(count), v.find(positive)
	return b.fitModel(l, root, blk, fit)
}
