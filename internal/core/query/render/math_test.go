package render

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"yunei/internal/core/query"
)

// TestMath: roots, logarithms and powers of numbers of every length are the interpreter's to the last digit.
func TestMath(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 1))
	table := visits()
	rows := make([][]query.Value, 20_000)
	for i := range rows {
		n := r.Int64N(1<<(1+r.IntN(61))) * []int64{1, 1, 1, -1}[r.IntN(4)]
		rows[i] = []query.Value{query.TextValue(fmt.Sprint(i)), query.IntValue(n), query.NumberValue(n%1e9, 2), query.Null, query.Null, query.Null}
	}
	m := &query.Model{Format: query.Format, Class: query.O, Tables: []query.TableRef{ref(table)},
		Root: &query.Rel{Op: query.RelProject, In: []*query.Rel{{Op: query.RelScan, Columns: names(table)}}}}
	add := func(op query.Op, from query.Type, index, places int, lo, hi int64) {
		x := query.Expr{Op: query.OpClamp, Type: from, Args: []query.Expr{query.Col(index, from)}, Lits: []query.Value{query.NumberValue(lo, from.Scale), query.NumberValue(hi, from.Scale)}}
		m.Root.Exprs = append(m.Root.Exprs, query.Expr{Op: op, Type: query.Number(places), Args: []query.Expr{x}})
		i := len(m.Outputs)
		m.Outputs = append(m.Outputs, query.Output{Name: fmt.Sprintf("o%d", i), Type: query.Number(places), Kind: query.OutExpr, Index: i})
	}
	for places := range query.MaxScale + 1 {
		most := int64(1<<62-1) / query.Pow10(2*places)
		add(query.OpLn, intType, 1, places, -5, 1<<62-1)
		add(query.OpSqrt, intType, 1, places, -5, most)
		add(query.OpExp, query.Number(2), 2, places, -5000, query.ExpMost(places)*100)
	}
	compareRows(t, 0, m, table, rows)
}
