package interp

import (
	"fmt"
	"math/bits"
	"slices"
	"strings"

	"yunei/internal/core/query"
)

// cell is a value inside a run: a number or a text, by the type its expression has.
type cell struct {
	n    int64
	s    string
	null bool
}

// frame is what an expression sees: one row and the subject asked about.
type frame struct {
	row     []cell
	subject string
}

// number and text are compiled expressions; which of the two an expression is follows from its type. Bools are the
// numbers 0 and 1.
type (
	number func(*frame) (n int64, null bool)
	text   func(*frame) (s string, null bool)
)

// compiled is one expression ready to run.
type compiled struct {
	typ  query.Type
	num  number
	text text
}

func (c *compiled) run(f *frame) cell {
	if c.num != nil {
		n, null := c.num(f)
		return cell{n: n, null: null}
	}
	s, null := c.text(f)
	return cell{s: s, null: null}
}

func (c *compiled) value(f *frame) query.Value { return c.run(f).value(c.typ) }

func (c cell) value(t query.Type) query.Value {
	if c.null {
		return query.Null
	}
	return query.Value{Kind: t.Kind, Scale: t.Scale, N: c.n, S: c.s}
}

func cellOf(v query.Value) cell { return cell{n: v.N, s: v.S, null: v.IsNull()} }

// Func is one compiled expression.
type Func struct{ expr *compiled }

// NewFunc compiles an expression.
func NewFunc(e *query.Expr) (*Func, error) {
	c, err := compile(e)
	return &Func{c}, err
}

// Eval computes the expression over one row, given in the order of its columns.
func (f *Func) Eval(row []query.Value) query.Value {
	fr := frame{row: make([]cell, len(row))}
	for i, v := range row {
		fr.row[i] = cellOf(v)
	}
	return f.expr.value(&fr)
}

// Eval computes an expression that names no column.
func Eval(e *query.Expr) (query.Value, error) {
	f, err := NewFunc(e)
	if err != nil {
		return query.Null, err
	}
	return f.Eval(nil), nil
}

func compile(e *query.Expr) (*compiled, error) {
	args := make([]*compiled, len(e.Args))
	for i := range e.Args {
		a, err := compile(&e.Args[i])
		if err != nil {
			return nil, err
		}
		args[i] = a
	}
	c := &compiled{typ: e.Type}
	if e.Type.Kind == query.Text {
		c.text = compileText(e, args)
	} else {
		c.num = compileNumber(e, args)
	}
	if c.text == nil && c.num == nil {
		return nil, fmt.Errorf("operator %q of type %s is not known to the interpreter", e.Op, e.Type)
	}
	return c, nil
}

func compileText(e *query.Expr, args []*compiled) text {
	switch e.Op {
	case query.OpCol:
		i := e.Index
		return func(f *frame) (string, bool) { return f.row[i].s, f.row[i].null }
	case query.OpLit:
		if len(e.Lits) == 0 {
			return func(*frame) (string, bool) { return "", true }
		}
		s := e.Lits[0].S
		return func(*frame) (string, bool) { return s, false }
	case query.OpSubject:
		return func(f *frame) (string, bool) { return f.subject, false }
	case query.OpCase:
		return caseText(args)
	case query.OpCoalesce:
		return func(f *frame) (string, bool) {
			for _, a := range args {
				if s, null := a.text(f); !null {
					return s, false
				}
			}
			return "", true
		}
	case query.OpNullIf:
		return func(f *frame) (string, bool) {
			a, null := args[0].text(f)
			b, other := args[1].text(f)
			return a, null || !other && a == b
		}
	case query.OpSubstr, query.OpUpper, query.OpLower, query.OpTrim:
		own := *e
		return func(f *frame) (string, bool) {
			s, null := args[0].text(f)
			return own.OfText(s), null
		}
	}
	return nil
}

func caseText(args []*compiled) text {
	return func(f *frame) (string, bool) {
		last := len(args) - 1
		for i := 0; i < last; i += 2 {
			if n, null := args[i].num(f); !null && n == 1 {
				return args[i+1].text(f)
			}
		}
		return args[last].text(f)
	}
}

func compileNumber(e *query.Expr, args []*compiled) number {
	switch e.Op {
	case query.OpCol:
		i := e.Index
		return func(f *frame) (int64, bool) { return f.row[i].n, f.row[i].null }
	case query.OpLit:
		if len(e.Lits) == 0 {
			return func(*frame) (int64, bool) { return 0, true }
		}
		n := e.Lits[0].N
		return func(*frame) (int64, bool) { return n, false }
	case query.OpAdd, query.OpSub, query.OpMul, query.OpDiv, query.OpNullIf:
		return infix(e, args)
	case query.OpNeg, query.OpAbs, query.OpMod, query.OpRound, query.OpFloor, query.OpCeil, query.OpScale, query.OpClamp, query.OpBoolTo, query.OpTrunc, query.OpPart:
		return unary(e, args[0].num)
	case query.OpSqrt, query.OpLn, query.OpExp:
		return transcendental(e, args[0].num)
	case query.OpAge, query.OpDateDiff:
		return between(e, args[0].num, args[1].num)
	case query.OpToNum:
		a, places := args[0].text, e.Type.Scale
		return func(f *frame) (int64, bool) {
			s, null := a(f)
			n, ok := toNumber(s, places)
			return n, null || !ok
		}
	case query.OpLeast, query.OpGreat:
		return extreme(e.Op == query.OpLeast, args)
	case query.OpEq, query.OpNe, query.OpLt, query.OpLe, query.OpGt, query.OpGe:
		return compare(e.Op, args[0], args[1])
	case query.OpAnd, query.OpOr:
		return junction(e.Op == query.OpAnd, args)
	case query.OpNot:
		a := args[0].num
		return func(f *frame) (int64, bool) { n, null := a(f); return 1 - n, null }
	case query.OpIsNull:
		a := args[0]
		return func(f *frame) (int64, bool) { return flag(a.run(f).null), false }
	case query.OpIn:
		return member(e, args[0])
	case query.OpPrefix:
		a, prefix := args[0].text, e.Lits[0].S
		return func(f *frame) (int64, bool) { s, null := a(f); return flag(strings.HasPrefix(s, prefix)), null }
	case query.OpCase:
		return caseNumber(args)
	case query.OpCoalesce:
		return func(f *frame) (int64, bool) {
			for _, a := range args {
				if n, null := a.num(f); !null {
					return n, false
				}
			}
			return 0, true
		}
	}
	return nil
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

func infix(e *query.Expr, args []*compiled) number {
	a, b := args[0].num, args[1].num
	two := func(f func(x, y int64) (int64, bool)) number {
		return func(fr *frame) (int64, bool) {
			x, nx := a(fr)
			y, ny := b(fr)
			if nx || ny {
				return 0, true
			}
			return f(x, y)
		}
	}
	switch e.Op {
	case query.OpAdd:
		return two(func(x, y int64) (int64, bool) { return x + y, false })
	case query.OpSub:
		return two(func(x, y int64) (int64, bool) { return x - y, false })
	case query.OpMul:
		return two(func(x, y int64) (int64, bool) { return x * y, false })
	case query.OpDiv:
		shift := e.Type.Scale + args[1].typ.Scale - args[0].typ.Scale
		up, down := query.Pow10(max(shift, 0)), query.Pow10(max(-shift, 0))
		return two(func(x, y int64) (int64, bool) {
			if y == 0 {
				return 0, true
			}
			return divide(x, up, y, down), false
		})
	}
	return func(fr *frame) (int64, bool) {
		x, nx := a(fr)
		y, ny := b(fr)
		return x, nx || !ny && x == y
	}
}

// divide is x*up / (y*down) rounded half away from zero, with intermediates of 128 bits. y, up and down are not 0.
func divide(x, up, y, down int64) int64 {
	negative := (x < 0) != (y < 0)
	hi, lo := bits.Mul64(magnitude(x), uint64(up))
	over, den := bits.Mul64(magnitude(y), uint64(down))
	if over != 0 {
		return 0 // the divisor exceeds 2^64 while the dividend is below 2^63
	}
	if hi >= den {
		return saturated(negative)
	}
	q, rem := bits.Div64(hi, lo, den)
	if rem >= den-rem {
		q++
	}
	if q > 1<<63-1 {
		return saturated(negative)
	}
	if negative {
		return -int64(q)
	}
	return int64(q)
}

func saturated(negative bool) int64 {
	if negative {
		return -1 << 63
	}
	return 1<<63 - 1
}

func magnitude(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}

func unary(e *query.Expr, a number) number {
	one := func(f func(x int64) int64) number {
		return func(fr *frame) (int64, bool) {
			x, null := a(fr)
			if null {
				return 0, true
			}
			return f(x), false
		}
	}
	from := e.Args[0].Type.Scale
	switch e.Op {
	case query.OpNeg:
		return one(func(x int64) int64 { return -x })
	case query.OpAbs:
		return one(func(x int64) int64 { return max(x, -x) })
	case query.OpMod:
		m := e.Lits[0].N
		return one(func(x int64) int64 { return x % m })
	case query.OpRound:
		unit := query.Pow10(from - e.Type.Scale)
		return one(func(x int64) int64 { return divide(x, 1, unit, 1) })
	case query.OpFloor, query.OpCeil:
		unit, up := query.Pow10(from), e.Op == query.OpCeil
		return one(func(x int64) int64 { return wholes(x, unit, up) })
	case query.OpScale:
		unit := query.Pow10(e.Type.Scale - from)
		return one(func(x int64) int64 { return x * unit })
	case query.OpClamp:
		lo, hi := e.Lits[0].N, e.Lits[1].N
		return one(func(x int64) int64 { return min(max(x, lo), hi) })
	case query.OpBoolTo:
		return one(func(x int64) int64 { return x })
	}
	return one(dateFunc(e))
}

func wholes(x, unit int64, up bool) int64 {
	q, rem := x/unit, x%unit
	if up && rem > 0 {
		q++
	}
	if !up && rem < 0 {
		q--
	}
	return q
}

func extreme(least bool, args []*compiled) number {
	return func(f *frame) (int64, bool) {
		var best int64
		none := true
		for _, a := range args {
			n, null := a.num(f)
			if null {
				continue
			}
			if none || least && n < best || !least && n > best {
				best, none = n, false
			}
		}
		return best, none
	}
}

func compare(op query.Op, a, b *compiled) number {
	holds := func(order int) bool {
		switch op {
		case query.OpEq:
			return order == 0
		case query.OpNe:
			return order != 0
		case query.OpLt:
			return order < 0
		case query.OpLe:
			return order <= 0
		case query.OpGt:
			return order > 0
		}
		return order >= 0
	}
	if a.text != nil {
		return func(f *frame) (int64, bool) {
			x, nx := a.text(f)
			y, ny := b.text(f)
			return flag(holds(strings.Compare(x, y))), nx || ny
		}
	}
	return func(f *frame) (int64, bool) {
		x, nx := a.num(f)
		y, ny := b.num(f)
		order := 0
		if x < y {
			order = -1
		} else if x > y {
			order = 1
		}
		return flag(holds(order)), nx || ny
	}
}

// junction is AND or OR of three-valued logic: one false (true) decides, else one NULL makes NULL.
func junction(and bool, args []*compiled) number {
	decides := flag(!and)
	return func(f *frame) (int64, bool) {
		unknown := false
		for _, a := range args {
			n, null := a.num(f)
			if null {
				unknown = true
			} else if n == decides {
				return decides, false
			}
		}
		return 1 - decides, unknown
	}
}

func member(e *query.Expr, a *compiled) number {
	if a.text != nil {
		list := make([]string, len(e.Lits))
		for i, v := range e.Lits {
			list[i] = v.S
		}
		return func(f *frame) (int64, bool) { s, null := a.text(f); return flag(slices.Contains(list, s)), null }
	}
	list := make([]int64, len(e.Lits))
	for i, v := range e.Lits {
		list[i] = v.N
	}
	return func(f *frame) (int64, bool) { n, null := a.num(f); return flag(slices.Contains(list, n)), null }
}

func caseNumber(args []*compiled) number {
	return func(f *frame) (int64, bool) {
		last := len(args) - 1
		for i := 0; i < last; i += 2 {
			if n, null := args[i].num(f); !null && n == 1 {
				return args[i+1].num(f)
			}
		}
		return args[last].num(f)
	}
}
