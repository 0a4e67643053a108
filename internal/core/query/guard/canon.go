package guard

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"unicode/utf8"

	"yunei/internal/core/query"
	"yunei/internal/core/query/interp"
)

// canonical rewrites an expression into the one spelling of its meaning that equal questions share: constants are
// computed, comparisons with constants become >= and <, BETWEEN and its two comparisons meet, conditions are flattened,
// freed of repetition and sorted, IN lists are sorted. What it does not recognise stays a different question.
// Every step keeps the value for every row, NULLs included.
func canonical(e query.Expr) query.Expr {
	args := make([]query.Expr, len(e.Args))
	for i := range e.Args {
		args[i] = canonical(e.Args[i])
	}
	if len(args) > 0 {
		e.Args = args
	}
	switch e.Op {
	case query.OpAdd, query.OpMul:
		slices.SortStableFunc(e.Args, compareExprs)
	case query.OpEq, query.OpNe, query.OpLt, query.OpLe, query.OpGt, query.OpGe:
		e = orient(e)
	case query.OpNot:
		e = negate(e)
	case query.OpIn:
		e = sortIn(e)
	case query.OpAnd, query.OpOr:
		return junction(e)
	}
	return fold(e)
}

// fold computes an expression of constants only.
func fold(e query.Expr) query.Expr {
	if e.Op == query.OpLit || e.Op == query.OpCol || e.Op == query.OpSubject || e.Op == query.OpCase {
		return e
	}
	for i := range e.Args {
		if _, isConst := e.Args[i].Const(); !isConst {
			return e
		}
	}
	if e.Type.Numeric() && !rangeOf(&e, nil).ok {
		return e
	}
	v, err := interp.Eval(&e)
	if err != nil {
		return e
	}
	if v.IsNull() {
		return query.Expr{Op: query.OpLit, Type: e.Type, At: e.At}
	}
	return query.Expr{Op: query.OpLit, Type: e.Type, Lits: []query.Value{v}, At: e.At}
}

// encoding is the text of a part of a model, which holds no maps, floats or functions and so cannot fail to encode.
func encoding[T query.Expr | query.Agg | query.Win | query.Rel](part *T) []byte {
	b, err := json.Marshal(part)
	if err != nil {
		panic(fmt.Sprintf("guard: a %T cannot fail to encode: %v", part, err))
	}
	return b
}

func compareExprs(a, b query.Expr) int { return bytes.Compare(encoding(&a), encoding(&b)) }

func sameExpr(a, b *query.Expr) bool { return bytes.Equal(encoding(a), encoding(b)) }

var mirrored = map[query.Op]query.Op{query.OpEq: query.OpEq, query.OpNe: query.OpNe, query.OpLt: query.OpGt, query.OpLe: query.OpGe, query.OpGt: query.OpLt, query.OpGe: query.OpLe}

// orient puts the constant on the right and turns > and <= on whole steps into >= and <.
func orient(e query.Expr) query.Expr {
	_, left := e.Args[0].Const()
	_, right := e.Args[1].Const()
	if left && !right || left == right && compareExprs(e.Args[0], e.Args[1]) > 0 {
		e.Op, e.Args = mirrored[e.Op], []query.Expr{e.Args[1], e.Args[0]}
		right = left
	}
	v, _ := e.Args[1].Const()
	if right && !v.IsNull() && v.Kind == query.Text {
		return prefixTest(e, v)
	}
	if !right || v.IsNull() || !v.Type().Ordered() || v.N >= limit {
		return e
	}
	if e.Op == query.OpGt || e.Op == query.OpLe {
		e.Op = map[query.Op]query.Op{query.OpGt: query.OpGe, query.OpLe: query.OpLt}[e.Op]
		v.N++
		e.Args = []query.Expr{e.Args[0], {Op: query.OpLit, Type: e.Args[1].Type, Lits: []query.Value{v}, At: e.Args[1].At}}
	}
	return e
}

// prefixTest writes substr(x, 1, n) = a text of n characters as what it is, so that region_level(c, 4) = '3505' and
// c LIKE '3505%' are one question.
func prefixTest(e query.Expr, v query.Value) query.Expr {
	x := &e.Args[0]
	if e.Op != query.OpEq && e.Op != query.OpNe || x.Op != query.OpSubstr || x.Lits[0].N != 1 || int(x.Lits[1].N) != utf8.RuneCountInString(v.S) || v.S == "" {
		return e
	}
	out := query.Expr{Op: query.OpPrefix, Type: e.Type, Args: x.Args, Lits: []query.Value{v}, At: e.At}
	if e.Op == query.OpNe {
		out = query.Expr{Op: query.OpNot, Type: e.Type, Args: []query.Expr{out}, At: e.At}
	}
	return out
}

var opposite = map[query.Op]query.Op{query.OpEq: query.OpNe, query.OpNe: query.OpEq, query.OpLt: query.OpGe, query.OpGe: query.OpLt, query.OpGt: query.OpLe, query.OpLe: query.OpGt}

// negate pushes NOT inward; three-valued logic allows all of these steps.
func negate(e query.Expr) query.Expr {
	inner := e.Args[0]
	switch inner.Op {
	case query.OpNot:
		return inner.Args[0]
	case query.OpEq, query.OpNe, query.OpLt, query.OpLe, query.OpGt, query.OpGe:
		inner.Op = opposite[inner.Op]
		return orient(inner)
	case query.OpAnd, query.OpOr:
		out := query.Expr{Op: query.OpAnd, Type: inner.Type, At: e.At}
		if inner.Op == query.OpAnd {
			out.Op = query.OpOr
		}
		for i := range inner.Args {
			out.Args = append(out.Args, canonical(query.Expr{Op: query.OpNot, Type: inner.Type, Args: []query.Expr{inner.Args[i]}, At: inner.Args[i].At}))
		}
		return canonical(out)
	}
	return e
}

func compareValues(a, b query.Value) int {
	return cmp.Or(cmp.Compare(a.N, b.N), cmp.Compare(a.S, b.S))
}

// sortIn sorts the list and frees it of repetition; a list of one is an equality.
func sortIn(e query.Expr) query.Expr {
	lits := slices.Clone(e.Lits)
	slices.SortFunc(lits, compareValues)
	e.Lits = slices.Compact(lits)
	if len(e.Lits) == 1 {
		return query.Expr{Op: query.OpEq, Type: e.Type, Args: []query.Expr{e.Args[0], query.Lit(e.Lits[0])}, At: e.At}
	}
	return e
}

// junction flattens AND and OR, drops what decides nothing, lets one constant that decides everything win, merges
// bounds and equalities on the same expression, and sorts.
func junction(e query.Expr) query.Expr {
	and := e.Op == query.OpAnd
	var parts []query.Expr
	for _, a := range e.Args {
		v, isConst := a.Const()
		switch {
		case a.Op == e.Op:
			parts = append(parts, a.Args...)
		case isConst && !v.IsNull() && v.True() == and:
		case isConst && !v.IsNull():
			return a
		default:
			parts = append(parts, a)
		}
	}
	if and {
		parts = mergeBounds(parts)
	} else {
		parts = mergeEqualities(parts)
	}
	slices.SortStableFunc(parts, compareExprs)
	parts = slices.CompactFunc(parts, func(a, b query.Expr) bool { return sameExpr(&a, &b) })
	switch len(parts) {
	case 0:
		return query.Expr{Op: query.OpLit, Type: e.Type, Lits: []query.Value{query.BoolValue(and)}, At: e.At}
	case 1:
		return parts[0]
	}
	e.Args = parts
	return e
}

// mergeBounds keeps the strictest of several lower or several upper bounds on one expression.
func mergeBounds(parts []query.Expr) []query.Expr {
	var out []query.Expr
next:
	for _, p := range parts {
		if p.Op == query.OpGe || p.Op == query.OpLt {
			v, isConst := p.Args[1].Const()
			for i := range out {
				w, other := query.Null, false
				if out[i].Op == p.Op {
					w, other = out[i].Args[1].Const()
				}
				if isConst && other && !v.IsNull() && !w.IsNull() && sameExpr(&out[i].Args[0], &p.Args[0]) {
					if p.Op == query.OpGe && v.N > w.N || p.Op == query.OpLt && v.N < w.N {
						out[i] = p
					}
					continue next
				}
			}
		}
		out = append(out, p)
	}
	return out
}

// mergeEqualities turns x = a OR x = b OR x IN (c) into x IN (a, b, c).
func mergeEqualities(parts []query.Expr) []query.Expr {
	var out []query.Expr
next:
	for _, p := range parts {
		lits := equalTo(&p)
		if lits != nil {
			for i := range out {
				if have := equalTo(&out[i]); have != nil && sameExpr(&out[i].Args[0], &p.Args[0]) {
					out[i] = sortIn(query.Expr{Op: query.OpIn, Type: p.Type, Args: p.Args[:1], Lits: append(slices.Clone(have), lits...), At: out[i].At})
					continue next
				}
			}
		}
		out = append(out, p)
	}
	return out
}

// equalTo lists the constants an equality or IN compares with.
func equalTo(e *query.Expr) []query.Value {
	switch e.Op {
	case query.OpIn:
		return e.Lits
	case query.OpEq:
		if v, isConst := e.Args[1].Const(); isConst && !v.IsNull() {
			return []query.Value{v}
		}
	}
	return nil
}
