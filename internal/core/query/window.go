package query

import "fmt"

// WinFunc is a function over the rows of one subject (按主体窗口). The list is closed.
type WinFunc string

const (
	WinRow   WinFunc = "row_number" // 1, 2, ... in the order
	WinLag   WinFunc = "lag"        // Arg of the Offset-th row before in the order, NULL where there is none
	WinCount WinFunc = "count"      // rows whose Arg is not NULL, or all rows where there is no Arg
	WinSum   WinFunc = "sum"        // sum of Arg; NULL adds nothing, a sum of nothing is NULL
)

// Win is one column of a window. NULL stands above every value, as in PostgreSQL.
//
// row_number and lag need one order: rows that are equal in Order follow each other by all columns of the input, in
// the order of its schema, ascending; rows that are equal in those as well cannot be told apart. count and sum take the
// rows up to the present one and those equal to it in Order, or all rows where there is no Order.
type Win struct {
	Func   WinFunc  `json:"func"`
	Arg    *Expr    `json:"arg,omitempty"`
	Order  []WinKey `json:"order,omitempty"`
	Offset int      `json:"offset,omitempty"`
	Type   Type     `json:"type"`
}

// WinKey is one expression to order by.
type WinKey struct {
	Expr Expr `json:"expr"`
	Desc bool `json:"desc,omitempty"`
}

// Exprs lists the expressions of the window.
func (w *Win) Exprs() []*Expr {
	var out []*Expr
	if w.Arg != nil {
		out = append(out, w.Arg)
	}
	for i := range w.Order {
		out = append(out, &w.Order[i].Expr)
	}
	return out
}

func (w *Win) validate(in []Type) error {
	whole := Type{Kind: Int}
	ok := false
	switch w.Func {
	case WinRow:
		ok = w.Arg == nil && len(w.Order) > 0 && w.Type == whole && w.Offset == 0
	case WinLag:
		ok = w.Arg != nil && len(w.Order) > 0 && w.Type == w.Arg.Type && w.Offset >= 1
	case WinCount:
		ok = w.Type == whole && w.Offset == 0
	case WinSum:
		ok = w.Arg != nil && w.Type.Numeric() && w.Type == w.Arg.Type && w.Offset == 0
	}
	if !ok {
		return fmt.Errorf("window %q to %s", w.Func, w.Type)
	}
	for _, e := range w.Exprs() {
		if err := e.validate(in); err != nil {
			return err
		}
	}
	return nil
}
