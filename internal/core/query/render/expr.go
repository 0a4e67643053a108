package render

import (
	"fmt"
	"strconv"
	"strings"

	"yunei/internal/core/query"
)

// writer collects the parameters of one statement.
type writer struct {
	model  *query.Model
	opt    Options
	params []any
	texts  map[string]string // text literal -> its parameter
	chosen bool              // the salt was used
	tokens map[int][]string  // columns that hold tokens, by table
}

// param binds a text and gives its place; equal texts share one.
func (w *writer) param(s string) string {
	if p, ok := w.texts[s]; ok {
		return p
	}
	w.params = append(w.params, s)
	p := fmt.Sprintf("$%d::VARCHAR", len(w.params))
	w.texts[s] = p
	return p
}

func (w *writer) literal(v query.Value) string {
	switch v.Kind {
	case query.Text:
		return w.param(v.S)
	case query.Bool:
		if v.N == 1 {
			return "true"
		}
		return "false"
	}
	return number(v.N)
}

func number(n int64) string {
	if n < 0 {
		return "(" + strconv.FormatInt(n, 10) + ")"
	}
	return strconv.FormatInt(n, 10)
}

func null(t query.Type) string {
	switch t.Kind {
	case query.Text:
		return "CAST(NULL AS VARCHAR)"
	case query.Bool:
		return "CAST(NULL AS BOOLEAN)"
	}
	return "CAST(NULL AS BIGINT)"
}

// scope is the rows an expression is written over. An operand that its operator needs
// more than once is computed once, as a column of its own: otherwise nested operators
// would double the text at every level.
type scope struct {
	w      *writer
	from   string
	stages [][]string      // further columns, each stage over the one before
	known  map[string]term // what once has already given a column
}

func (w *writer) over(from string) *scope {
	return &scope{w: w, from: from, known: map[string]term{}}
}

// sql is the relation with all helper columns.
func (s *scope) sql() string {
	from := s.from
	for _, stage := range s.stages {
		from = "(SELECT *, " + strings.Join(stage, ", ") + " FROM " + from + ")"
	}
	return from
}

// term is a written expression and the stage from which it can be read.
type term struct {
	sql   string
	stage int
	plain bool // a column or a constant: may be written twice
}

// once gives a term that may be written many times.
func (s *scope) once(t term) term {
	if t.plain {
		return t
	}
	if v, ok := s.known[t.sql]; ok {
		return v
	}
	for len(s.stages) <= t.stage {
		s.stages = append(s.stages, nil)
	}
	v := term{sql: "v" + strconv.Itoa(len(s.known)), stage: t.stage + 1, plain: true}
	s.stages[t.stage] = append(s.stages[t.stage], t.sql+" AS "+v.sql)
	s.known[t.sql] = v
	return v
}

// build writes a format over operands; the result can be read where all operands can.
func build(format string, args ...term) term {
	t, values := term{}, make([]any, len(args))
	for i, a := range args {
		values[i] = a.sql
		t.stage = max(t.stage, a.stage)
	}
	t.sql = fmt.Sprintf(format, values...)
	return t
}

// expr writes an expression. Bools are BOOLEAN, texts VARCHAR, all else BIGINT.
func (s *scope) expr(e *query.Expr) (term, error) {
	args := make([]term, len(e.Args))
	for i := range e.Args {
		a, err := s.expr(&e.Args[i])
		if err != nil {
			return term{}, err
		}
		args[i] = a
	}
	switch e.Op {
	case query.OpCol:
		return term{sql: "c" + strconv.Itoa(e.Index), plain: true}, nil
	case query.OpLit:
		if len(e.Lits) == 0 {
			return term{sql: null(e.Type), plain: true}, nil
		}
		return term{sql: s.w.literal(e.Lits[0]), plain: true}, nil
	case query.OpSubject:
		return term{sql: s.w.param(s.w.opt.Subject), plain: true}, nil
	case query.OpAdd:
		return build("(%s + %s)", args...), nil
	case query.OpSub:
		return build("(%s - %s)", args...), nil
	case query.OpMul:
		return build("(%s * %s)", args...), nil
	case query.OpNeg:
		return build("(- %s)", args...), nil
	case query.OpAbs:
		return build("abs(%s)", args...), nil
	case query.OpMod:
		return build("(%s %% "+number(e.Lits[0].N)+")", args...), nil
	case query.OpDiv:
		return s.div(e, args), nil
	case query.OpRound:
		return s.round(args[0], query.Pow10(e.Args[0].Type.Scale-e.Type.Scale)), nil
	case query.OpFloor, query.OpCeil:
		return s.whole(args[0], query.Pow10(e.Args[0].Type.Scale), e.Op == query.OpCeil), nil
	case query.OpScale:
		return build("(%s * "+number(query.Pow10(e.Type.Scale-e.Args[0].Type.Scale))+")", args...), nil
	case query.OpClamp:
		return s.clamp(args[0], e.Lits[0].N, e.Lits[1].N), nil
	case query.OpLeast:
		return list("least(", args), nil
	case query.OpGreat:
		return list("greatest(", args), nil
	case query.OpCoalesce:
		return list("coalesce(", args), nil
	case query.OpNullIf:
		return list("nullif(", args), nil
	case query.OpBoolTo:
		return build("CAST(%s AS BIGINT)", args...), nil
	case query.OpCase:
		return caseWhen(args), nil
	case query.OpSubstr:
		return build("substring(%s, "+number(e.Lits[0].N)+", "+number(e.Lits[1].N)+")", args...), nil
	case query.OpUpper:
		return build("translate(%s, "+s.w.param(query.SmallLetters)+", "+s.w.param(query.CapitalLetters)+")", args...), nil
	case query.OpLower:
		return build("translate(%s, "+s.w.param(query.CapitalLetters)+", "+s.w.param(query.SmallLetters)+")", args...), nil
	case query.OpTrim:
		return build("trim(%s, "+s.w.param(" ")+")", args...), nil
	case query.OpToNum:
		return s.toNumber(e, args[0]), nil
	case query.OpSqrt:
		return s.sqrt(e, args[0]), nil
	case query.OpLn:
		return s.ln(e, args[0]), nil
	case query.OpExp:
		return s.exp(e, args[0]), nil
	case query.OpTrunc, query.OpPart:
		return s.date(e, args[0])
	case query.OpAge:
		return s.age(args), nil
	case query.OpDateDiff:
		return s.dateDiff(e, args)
	}
	return s.condition(e, args)
}

var comparisons = map[query.Op]string{query.OpEq: "=", query.OpNe: "<>", query.OpLt: "<", query.OpLe: "<=", query.OpGt: ">", query.OpGe: ">="}

func (s *scope) condition(e *query.Expr, args []term) (term, error) {
	switch e.Op {
	case query.OpEq, query.OpNe, query.OpLt, query.OpLe, query.OpGt, query.OpGe:
		return build("(%s "+comparisons[e.Op]+" %s)", args...), nil
	case query.OpAnd:
		return chain(" AND ", args), nil
	case query.OpOr:
		return chain(" OR ", args), nil
	case query.OpNot:
		return build("(NOT %s)", args...), nil
	case query.OpIsNull:
		return build("(%s IS NULL)", args...), nil
	case query.OpIn:
		items := make([]string, len(e.Lits))
		for i, v := range e.Lits {
			items[i] = s.w.literal(v)
		}
		t := args[0]
		t.sql, t.plain = "("+t.sql+" IN ("+strings.Join(items, ", ")+"))", false
		return t, nil
	case query.OpPrefix:
		t := args[0]
		t.sql, t.plain = "starts_with("+t.sql+", "+s.w.literal(e.Lits[0])+")", false
		return t, nil
	}
	return term{}, fmt.Errorf("operator %q cannot be rendered", e.Op)
}

func list(head string, args []term) term {
	t := chain(", ", args)
	t.sql = head + t.sql[1:]
	return t
}

func chain(between string, args []term) term {
	return build("("+strings.TrimSuffix(strings.Repeat("%s"+between, len(args)), between)+")", args...)
}

func caseWhen(args []term) term {
	var b strings.Builder
	b.WriteString("CASE")
	for range (len(args) - 1) / 2 {
		b.WriteString(" WHEN %s THEN %s")
	}
	b.WriteString(" ELSE %s END")
	return build(b.String(), args...)
}

// clamp keeps NULL, which least and greatest would lose.
func (s *scope) clamp(x term, lo, hi int64) term {
	x = s.once(x)
	return build(fmt.Sprintf("CASE WHEN %%s < %s THEN %s WHEN %%s > %s THEN %s ELSE %%s END", number(lo), number(lo), number(hi), number(hi)), x, x, x)
}

// round is x / unit, half away from zero. unit is a power of ten.
func (s *scope) round(x term, unit int64) term {
	if unit == 1 {
		return x
	}
	x = s.once(x)
	return build(fmt.Sprintf("CASE WHEN %%s >= 0 THEN (%%s + %d) // %d ELSE - ((%d - %%s) // %d) END", unit/2, unit, unit/2, unit), x, x, x)
}

// whole is the floor or ceiling of x / unit.
func (s *scope) whole(x term, unit int64, up bool) term {
	if unit == 1 {
		return x
	}
	x = s.once(x)
	if up {
		return build(fmt.Sprintf("CASE WHEN %%s >= 0 THEN (%%s + %d) // %d ELSE - ((- %%s) // %d) END", unit-1, unit, unit), x, x, x)
	}
	return build(fmt.Sprintf("CASE WHEN %%s >= 0 THEN %%s // %d ELSE - ((%d - %%s) // %d) END", unit, unit-1, unit), x, x, x)
}

// div is x / y to the scale of the result, half away from zero, NULL where y is 0. In
// 128 bits: 2 * 2^63 * 10^18 is below 2^124.
func (s *scope) div(e *query.Expr, args []term) term {
	shift := e.Type.Scale + e.Args[1].Type.Scale - e.Args[0].Type.Scale
	up, down := query.Pow10(max(shift, 0)), query.Pow10(max(-shift, 0))
	num := s.once(build(fmt.Sprintf("(abs(CAST(%%s AS HUGEINT)) * %d)", up), args[0]))
	den := s.once(build(fmt.Sprintf("(abs(CAST(%%s AS HUGEINT)) * %d)", down), args[1]))
	x, y := s.once(args[0]), s.once(args[1])
	// least passes over NULL, so NULL is kept out of it.
	q := s.once(build("CASE WHEN %s IS NULL OR %s IS NULL OR %s = 0 THEN NULL ELSE least((2 * %s + %s) // (2 * %s), 9223372036854775807) END",
		num, den, den, num, den, den))
	return build("CAST(CASE WHEN (%s < 0) <> (%s < 0) THEN - %s ELSE %s END AS BIGINT)", x, y, q, q)
}
