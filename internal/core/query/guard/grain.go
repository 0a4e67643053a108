package guard

import (
	"slices"

	"yunei/internal/core/query"
)

// The cap on cells bounds how many values a recipient tells apart, not how narrow one of them is: seven cuts at points of
// one's own choice pin one person's age. So in classes B and C a value of a person meets constants only at the public
// cut points of its field. Every output is then a function of which public band (or code) each value lies in, and so is
// whatever a stack of outputs tells, however many models there are.

// grain is what is known about how finely a value of classes B and C may still be looked at. Its zero value is settled:
// made of public bands and codes alone, so anything may be computed from it.
type grain struct {
	raw   []*query.Column // as fine as the source: compared only at the cut points that all of these publish
	count bool            // a number of records: compared at round numbers
	bad   bool            // mixed in a way that no cut point describes

	arg string // an aggregate per subject: the encoding of what is summed or counted
	sum bool
}

func (g grain) settled() bool { return len(g.raw) == 0 && !g.count && !g.bad }

// cuts reports whether values at and above n, in units of 10^-scale, may be told from those below.
func (g grain) cuts(n int64, scale int) bool {
	for _, c := range g.raw {
		if scale < c.Type.Scale {
			return false
		}
		at := ceilDiv(n, query.Pow10(scale-c.Type.Scale))
		if g.sum && !c.CutSum(at) || !g.sum && !c.Cut(at) {
			return false
		}
	}
	return !g.bad && (!g.count || RoundCount(ceilDiv(n, query.Pow10(scale))))
}

func ceilDiv(a, b int64) int64 {
	q := a / b
	if a%b > 0 {
		q++
	}
	return q
}

// RoundCount reports whether numbers of records of one person may be cut at n: 1, 2, 3, 5, 10, 20, 50, 100 and so on.
func RoundCount(n int64) bool {
	if n <= 3 || n == 5 {
		return true
	}
	for n%10 == 0 {
		n /= 10
	}
	return n == 1 || n == 2 || n == 5
}

// grains computes what is known about every column of every relation, and judges the conditions it meets on the way.
type grains struct {
	know   *knowledge
	refuse func(e *query.Expr, c *query.Column)
	done   map[*query.Rel][]grain
}

func (g *grains) of(r *query.Rel) []grain {
	if have, ok := g.done[r]; ok {
		return have
	}
	var out []grain
	switch r.Op {
	case query.RelScan:
		for _, c := range g.know.cols(r) {
			out = append(out, fieldGrain(&c))
		}
	case query.RelJoin:
		out = append(slices.Clone(g.of(r.In[0])), g.of(r.In[1])...)
	case query.RelUnitAgg:
		out = append(out, grain{})
		for i := range r.Aggs {
			out = append(out, g.aggregate(&r.Aggs[i], g.of(r.In[0])))
		}
	case query.RelWindow:
		out = slices.Clone(g.of(r.In[0]))
		for i := range r.Wins {
			out = append(out, g.window(&r.Wins[i], g.know.cols(r.In[0]), out[:len(g.of(r.In[0]))]))
		}
	case query.RelProject:
		for i := range r.Exprs {
			out = append(out, g.value(&r.Exprs[i], g.of(r.In[0])))
		}
	case query.RelUnion:
		out = slices.Clone(g.of(r.In[0]))
		for _, in := range r.In[1:] {
			for i, other := range g.of(in) {
				out[i] = out[i].or(other)
			}
		}
	case query.RelFilter:
		out = g.of(r.In[0])
	default: // what is not known here is compared with nothing
		for range g.know.cols(r) {
			out = append(out, grain{bad: true})
		}
	}
	g.done[r] = out
	return out
}

func fieldGrain(c *column) grain {
	if c.key || c.policy == nil || len(c.policy.Domain) > 0 || c.typ.Kind == query.Bool {
		return grain{}
	}
	return grain{raw: []*query.Column{c.policy}}
}

// or is what is known of a column that holds values of both kinds.
func (g grain) or(other grain) grain {
	out := grain{raw: slices.Clone(g.raw), count: g.count || other.count, bad: g.bad || other.bad}
	for _, c := range other.raw {
		if !slices.Contains(out.raw, c) {
			out.raw = append(out.raw, c)
		}
	}
	if out.sum = g.sum || other.sum; g.arg == other.arg && g.sum == other.sum {
		out.arg = g.arg
	}
	return out
}

// window: the place of a record among a person's own is a number of records, whatever they are ordered by; which of two
// values is greater meets no constant. A sum or earlier value is what it would be of all records.
func (g *grains) window(w *query.Win, in []column, cols []grain) grain {
	for i := range w.Order {
		g.value(&w.Order[i].Expr, cols)
	}
	switch w.Func {
	case query.WinSum:
		rng := rangeOf(w.Arg, in)
		return g.aggregate(&query.Agg{Func: query.AggSum, Arg: w.Arg, Lo: rng.lo, Hi: rng.hi}, cols)
	case query.WinLag:
		return g.aggregate(&query.Agg{Func: query.AggMax, Arg: w.Arg}, cols)
	}
	return g.aggregate(&query.Agg{Func: query.AggCount, Arg: w.Arg}, cols)
}

// aggregate: the least, greatest or sum of one row is the row's own value, so it is cut no finer than that.
func (g *grains) aggregate(a *query.Agg, cols []grain) grain {
	var arg grain
	code := ""
	if a.Arg != nil {
		arg, code = g.value(a.Arg, cols), string(encoding(a.Arg))
	}
	switch a.Func {
	case query.AggSum:
		if arg.settled() && (a.Lo < 0 || a.Hi > 1 || a.Arg.Type.Scale > 0) {
			return grain{bad: true}
		}
		arg.count = arg.settled()
		arg.arg, arg.sum = code, true
		return arg
	case query.AggMin, query.AggMax:
		return arg
	}
	return grain{count: true, bad: arg.bad, arg: code}
}

// value judges an expression and says how finely its result may be looked at.
func (g *grains) value(e *query.Expr, cols []grain) grain {
	switch e.Op {
	case query.OpCol:
		return cols[e.Index]
	case query.OpLit, query.OpSubject:
		return grain{}
	case query.OpIsNull:
		return grain{bad: g.value(&e.Args[0], cols).bad}
	case query.OpEq, query.OpNe, query.OpLt, query.OpLe, query.OpGt, query.OpGe, query.OpIn, query.OpPrefix:
		return g.comparison(e, cols)
	case query.OpNullIf:
		g.comparison(&query.Expr{Op: query.OpEq, Args: e.Args, At: e.At}, cols)
		return g.value(&e.Args[0], cols)
	case query.OpClamp, query.OpScale:
		out := g.value(&e.Args[0], cols)
		out.arg = ""
		return out
	case query.OpCase, query.OpCoalesce, query.OpLeast, query.OpGreat:
		return g.choice(e, cols)
	case query.OpDiv:
		// An average: the sum over its own number of terms, which for one record is the record's value.
		a, b := g.value(&e.Args[0], cols), g.value(&e.Args[1], cols)
		if len(a.raw) > 0 && a.sum && b.count && !b.sum && a.arg == b.arg && a.arg != "" {
			return grain{raw: a.raw}
		}
	}
	var out grain
	for i := range e.Args {
		if x := g.value(&e.Args[i], cols); !x.settled() {
			out = grain{bad: true}
			g.refuse(e, x.column())
		}
	}
	return out
}

func (g grain) column() *query.Column {
	if len(g.raw) == 0 {
		return nil
	}
	return g.raw[0]
}

// choice is one of several values, or a constant bound on one: cut where all of them may be.
func (g *grains) choice(e *query.Expr, cols []grain) grain {
	var out grain
	for i := range e.Args {
		x := g.value(&e.Args[i], cols)
		if decides(e, i) {
			continue
		}
		for _, c := range x.raw {
			if !slices.Contains(out.raw, c) {
				out.raw = append(out.raw, c)
			}
		}
		out.count, out.bad = out.count || x.count, out.bad || x.bad
	}
	if len(out.raw) > 1 && (e.Op == query.OpLeast || e.Op == query.OpGreat) {
		out.bad = true // the lesser of two persons' values is neither's
		g.refuse(e, out.raw[0])
	}
	return out
}

// comparison lets a raw value meet constants at its public cut points and nothing else.
func (g *grains) comparison(e *query.Expr, cols []grain) grain {
	x, settled := grain{}, true
	for i := range e.Args {
		arg := g.value(&e.Args[i], cols)
		settled = settled && arg.settled()
		if i == 0 {
			x = arg
		}
	}
	if settled {
		return grain{}
	}
	lits, constant := compared(e)
	fine := constant && !x.bad
	for _, v := range lits {
		n := v.N
		switch e.Op {
		case query.OpGe, query.OpLt:
			fine = fine && g.public(x, n, v)
		case query.OpGt, query.OpLe:
			fine = fine && g.public(x, n+1, v)
		default:
			fine = fine && g.public(x, n, v) && g.public(x, n+1, v)
		}
	}
	if !fine {
		g.refuse(e, x.column())
	}
	return grain{}
}

func (g *grains) public(x grain, n int64, v query.Value) bool {
	return v.Kind != query.Text && n < limit && x.cuts(n, v.Scale)
}

// publicBands: what classes B and C tell, and which of a person's records they look at, depends on public bands and codes
// of the fields alone.
func (in *inspection) publicBands() {
	m := in.model
	failed := map[*query.Expr]bool{}
	g := &grains{know: in.know, done: map[*query.Rel][]grain{}}
	g.refuse = func(e *query.Expr, c *query.Column) {
		if failed[e] {
			return
		}
		failed[e] = true
		name, hint := "按主体汇总的次数", "n >= 3"
		if c != nil {
			name, hint = c.Name, bandHint(c)
		}
		in.fail(IsolatingValue, e.At, name+" 只能在公开分段点上与常量比较", name+" may be compared with constants at its public cut points only", hint)
	}
	relations(m.Root, func(r *query.Rel) {
		if r.Pred != nil && !isOwn(r.Pred, in.know.cols(r.In[0])) {
			g.value(r.Pred, g.of(r.In[0]))
		}
	})
	cols := g.of(m.Root.In[0])
	for i := range m.Root.Exprs {
		e := &m.Root.Exprs[i]
		if out := g.value(e, cols); !out.settled() {
			g.refuse(e, out.column())
		}
	}
	in.bandsRead()
}

// bandsRead prints the public bands of every field the model reads: the finest that any stack of models can tell.
func (in *inspection) bandsRead() {
	for i, t := range in.model.Tables {
		for _, ref := range t.Columns {
			c, _ := in.know.tables[i].Column(ref.Name)
			switch n, ok := c.Bands(); {
			case c.Role == query.SubjectKey:
			case len(c.Domain) > 0:
				in.note("%s：公开代码 %d 种", "%s: %d public codes", c.Name, c.DomainSize())
			case ok:
				in.note("%s：公开分段 %d 段，任何模型叠加都不会更细", "%s: %d public bands; no stack of models gets finer", c.Name, n)
			default:
				in.note("%s：没有公开分段点，只能看是否为空", "%s: no public cut points; only whether it is empty can be told", c.Name)
			}
		}
	}
}

// bandHint writes a comparison that would be allowed.
func bandHint(c *query.Column) string {
	cuts := c.Cuts(1)
	if len(cuts) == 0 {
		return c.Name + " IS NOT NULL"
	}
	first := query.Value{Kind: c.Type.Kind, Scale: c.Type.Scale, N: cuts[0]}
	if c.Type.Kind == query.Date {
		return c.Name + " >= DATE '" + first.Text() + "'"
	}
	return c.Name + " >= " + first.Text()
}
