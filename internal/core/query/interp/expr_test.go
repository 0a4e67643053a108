package interp

import (
	"testing"
	"testing/quick"

	"yunei/internal/core/query"
)

func num(n int64, scale int) query.Expr { return query.Lit(query.NumberValue(n, scale)) }

func op(o query.Op, t query.Type, args ...query.Expr) query.Expr {
	return query.Expr{Op: o, Type: t, Args: args}
}

func with(e query.Expr, lits ...query.Value) query.Expr { e.Lits = lits; return e }

func unit(e query.Expr, u string) query.Expr { e.Unit = u; return e }

var (
	whole   = query.Number(0)
	cents   = query.Number(2)
	boolean = query.Type{Kind: query.Bool}
	textual = query.Type{Kind: query.Text}
	day     = query.Type{Kind: query.Date}
	yes, no = query.Lit(query.BoolValue(true)), query.Lit(query.BoolValue(false))
	unknown = query.NullOf(boolean)
	missing = query.NullOf(whole)
)

func date(s string) query.Expr {
	v, err := query.ParseValue(day, s)
	if err != nil {
		panic(err)
	}
	return query.Lit(v)
}

// TestEval spells out what the operators mean where systems differ. An engine must agree with every line.
func TestEval(t *testing.T) {
	word := func(s string) query.Expr { return query.Lit(query.TextValue(s)) }
	tests := map[string]struct {
		e    query.Expr
		want string // "" is NULL
	}{
		"half up":                   {op(query.OpRound, whole, num(250, 2)), "3"},
		"half away below zero":      {op(query.OpRound, whole, num(-250, 2)), "-3"},
		"just under half":           {op(query.OpRound, whole, num(249, 2)), "2"},
		"round to one place":        {op(query.OpRound, query.Number(1), num(-125, 2)), "-1.3"},
		"floor below zero":          {op(query.OpFloor, whole, num(-1, 2)), "-1"},
		"ceil below zero":           {op(query.OpCeil, whole, num(-199, 2)), "-1"},
		"ceil":                      {op(query.OpCeil, whole, num(101, 2)), "2"},
		"divide":                    {op(query.OpDiv, cents, num(2, 0), num(3, 0)), "0.67"},
		"divide below zero":         {op(query.OpDiv, cents, num(-1, 0), num(8, 0)), "-0.13"},
		"divide by below zero":      {op(query.OpDiv, cents, num(1, 0), num(-8, 0)), "-0.13"},
		"divide by zero":            {op(query.OpDiv, cents, num(1, 0), num(0, 0)), ""},
		"divide mixed scales":       {op(query.OpDiv, whole, num(999, 2), num(2, 0)), "5"},
		"divide fine by coarse":     {op(query.OpDiv, whole, num(1000000000, 9), num(4, 1)), "3"},
		"divide large":              {op(query.OpDiv, query.Number(9), num(4000000000000000000, 9), num(3, 0)), "1333333333.333333333"},
		"mod has the dividend sign": {with(op(query.OpMod, whole, num(-7, 0)), query.IntValue(3)), "-1"},
		"multiply adds scales":      {op(query.OpMul, query.Number(3), num(15, 1), num(-25, 2)), "-0.375"},
		"scale":                     {op(query.OpScale, cents, num(5, 0)), "5.00"},
		"clamp keeps NULL":          {with(op(query.OpClamp, whole, missing), query.IntValue(0), query.IntValue(9)), ""},
		"clamp":                     {with(op(query.OpClamp, whole, num(12, 0)), query.IntValue(0), query.IntValue(9)), "9"},
		"least passes over NULL":    {op(query.OpLeast, whole, missing, num(3, 0)), "3"},
		"greatest of NULLs":         {op(query.OpGreat, whole, missing, missing), ""},
		"add NULL":                  {op(query.OpAdd, whole, missing, num(3, 0)), ""},
		"equal NULL":                {op(query.OpEq, boolean, missing, missing), ""},
		"false AND NULL":            {op(query.OpAnd, boolean, unknown, no), "false"},
		"true AND NULL":             {op(query.OpAnd, boolean, yes, unknown), ""},
		"true OR NULL":              {op(query.OpOr, boolean, unknown, yes), "true"},
		"false OR NULL":             {op(query.OpOr, boolean, no, unknown), ""},
		"NOT NULL":                  {op(query.OpNot, boolean, unknown), ""},
		"IS NULL":                   {op(query.OpIsNull, boolean, missing), "true"},
		"NULL IN":                   {with(op(query.OpIn, boolean, missing), query.IntValue(1)), ""},
		"IN":                        {with(op(query.OpIn, boolean, num(2, 0)), query.IntValue(1), query.IntValue(2)), "true"},
		"CASE takes no NULL":        {op(query.OpCase, textual, unknown, word("a"), yes, word("b"), word("c")), "b"},
		"CASE else":                 {op(query.OpCase, textual, no, word("a"), query.NullOf(textual)), ""},
		"coalesce":                  {op(query.OpCoalesce, whole, missing, num(4, 0)), "4"},
		"nullif":                    {op(query.OpNullIf, whole, num(4, 0), num(4, 0)), ""},
		"nullif of NULL":            {op(query.OpNullIf, whole, num(4, 0), missing), "4"},
		"substr counts code points": {with(op(query.OpSubstr, textual, word("泉州市鲤城区")), query.IntValue(3), query.IntValue(2)), "市鲤"},
		"substr past the end":       {with(op(query.OpSubstr, textual, word("泉州")), query.IntValue(2), query.IntValue(9)), "州"},
		"substr beyond":             {with(op(query.OpSubstr, textual, word("泉州")), query.IntValue(9), query.IntValue(1)), "empty"},
		"prefix":                    {with(op(query.OpPrefix, boolean, word("350502")), query.TextValue("3505")), "true"},
		"month":                     {unit(op(query.OpTrunc, day, date("2024-02-29")), "month"), "2024-02-01"},
		"quarter":                   {unit(op(query.OpTrunc, day, date("2024-12-31")), "quarter"), "2024-10-01"},
		"year before 1970":          {unit(op(query.OpTrunc, day, date("1969-07-20")), "year"), "1969-01-01"},
		"day of a date":             {unit(op(query.OpPart, whole, date("1969-07-20")), "day"), "20"},
		"quarter of a date":         {unit(op(query.OpPart, whole, date("2024-03-31")), "quarter"), "1"},
		"text order is bytes":       {op(query.OpEq, boolean, word("a"), word("A")), "false"},
		"bool as number":            {op(query.OpBoolTo, whole, yes), "1"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := Eval(&tc.e)
			if err != nil {
				t.Fatal(err)
			}
			shown := got.Text()
			if !got.IsNull() && shown == "" {
				shown = "empty"
			}
			if shown != tc.want {
				t.Errorf("got %q, want %q", shown, tc.want)
			}
		})
	}
}

// TestDivide compares the division with one in 128 bits done the long way round.
func TestDivide(t *testing.T) {
	check := func(x, y int32, up, down uint8) bool {
		if y == 0 {
			return true
		}
		u, d := query.Pow10(int(up%5)), query.Pow10(int(down%5))
		a, b := int64(x)*u, int64(y)*d
		want := a / b
		if r := a % b; 2*max(r, -r) >= max(b, -b) {
			if (a < 0) != (b < 0) {
				want--
			} else {
				want++
			}
		}
		return divide(int64(x), u, int64(y), d) == want
	}
	if err := quick.Check(check, nil); err != nil {
		t.Error(err)
	}
}

func TestCompile_UnknownOperator(t *testing.T) {
	if _, err := Eval(&query.Expr{Op: "exec", Type: whole}); err == nil {
		t.Error("an unknown operator was run")
	}
}
