package query

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// A private grouping domain (分组遴选): a column such as a street or an employer, whose values are themselves taken from
// people's records. Which of them are shown is decided by a private selection over the number of units, and the values
// never pass through the engine: what a space is supplied with holds numbers in their place (tokens), which are as random
// as a keyed digest and depend on nothing but the value. So the choice of the cells in which one unit counts does not
// move when somebody else's value comes or goes, and the engine's protocol knows no text of a record.

// MaxGroupValue is the most characters of a value that may be shown.
const MaxGroupValue = 64

// GroupValue is the one spelling under which a value of a private domain is counted and shown. What cannot be shown is
// no value at all: its rows are in no group. The decision looks at nothing but the value itself.
func GroupValue(s string) (string, bool) {
	if !utf8.ValidString(s) {
		return "", false
	}
	s = strings.Join(strings.Fields(norm.NFKC.String(s)), " ")
	if s == "" || utf8.RuneCountInString(s) > MaxGroupValue || strings.ContainsRune("=+-@", rune(s[0])) {
		return "", false // a spreadsheet would compute what begins like that
	}
	digits := 0
	for _, r := range s {
		if !unicode.In(r, unicode.Han, unicode.L, unicode.N, unicode.P, unicode.Zs) || unicode.In(r, unicode.Co) {
			return "", false
		}
		if !unicode.IsDigit(r) {
			digits = 0
		} else if digits++; digits >= 6 {
			return "", false // a number of a person, a telephone or an account
		}
	}
	return s, true
}

// Selects lists the keys whose values are selected privately.
func (m *Model) Selects() []int {
	var out []int
	if m.Root == nil || m.Root.Op != RelReduce {
		return nil
	}
	for i := range m.Root.Keys {
		if m.Root.Keys[i].Select {
			out = append(out, i)
		}
	}
	return out
}

// Origin is the scanned column that a column of a relation is, untouched.
func (m *Model) Origin(r *Rel, col int) (table int, column string, ok bool) {
	switch r.Op {
	case RelScan:
		if col >= 0 && col < len(r.Columns) {
			return r.Table, r.Columns[col], true
		}
	case RelFilter:
		return m.Origin(r.In[0], col)
	case RelJoin:
		left, err := m.Schema(r.In[0])
		if err != nil {
			return 0, "", false
		}
		if col < len(left) {
			return m.Origin(r.In[0], col)
		}
		return m.Origin(r.In[1], col-len(left))
	case RelProject:
		if col >= 0 && col < len(r.Exprs) && r.Exprs[col].Op == OpCol {
			return m.Origin(r.In[0], r.Exprs[col].Index)
		}
	}
	return 0, "", false
}

// SelectColumns are the columns of private domains that the model groups by: table index to column names.
func (m *Model) SelectColumns() map[int][]string {
	out := map[int][]string{}
	for _, k := range m.Selects() {
		if t, c, ok := m.Origin(m.Root.In[0], m.Root.Keys[k].Expr.Index); ok {
			out[t] = append(out[t], c)
		}
	}
	return out
}

func (k *Key) validateSelect() error {
	if k.Expr.Op != OpCol || k.Expr.Type.Kind != Text || len(k.Domain) > 0 || len(k.Labels) > 0 || k.Null {
		return fmt.Errorf("a key that is selected is a plain text column without a domain")
	}
	return nil
}

// validateSelected: a column that the engine sees as numbers is grouped by and used in no other way.
func (m *Model) validateSelected() error {
	if len(m.Selects()) == 0 {
		return nil
	}
	token := map[string]bool{}
	for _, k := range m.Selects() {
		t, c, ok := m.Origin(m.Root.In[0], m.Root.Keys[k].Expr.Index)
		if !ok || m.Tables[t].UnitKind == "" {
			return fmt.Errorf("key %d is selected but is no column of a private table", k)
		}
		token[fmt.Sprint(t, c)] = true
	}
	var bad error
	check := func(e *Expr, in *Rel) {
		e.Walk(func(x *Expr) bool {
			if x.Op == OpCol {
				if t, c, ok := m.Origin(in, x.Index); ok && token[fmt.Sprint(t, c)] {
					bad = fmt.Errorf("column %s is selected privately and used in another way", c)
				}
			}
			return true
		})
	}
	var visit func(r *Rel)
	visit = func(r *Rel) {
		switch r.Op {
		case RelScan, RelFilter, RelJoin, RelProject, RelUnitAgg, RelReduce:
		default:
			bad = fmt.Errorf("%s beside a key that is selected", r.Op)
		}
		for _, in := range r.In {
			visit(in)
		}
		if r.Pred != nil {
			check(r.Pred, r.In[0])
		}
		for i := range r.Exprs {
			if r.Exprs[i].Op != OpCol {
				check(&r.Exprs[i], r.In[0])
			}
		}
		for i := range r.Aggs {
			if r.Aggs[i].Arg != nil {
				check(r.Aggs[i].Arg, r.In[0])
			}
		}
		for i := range r.Keys {
			if !r.Keys[i].Select {
				check(&r.Keys[i].Expr, r.In[0])
			}
		}
		if r.Op == RelJoin {
			for _, p := range r.Pairs() {
				left, right := Col(p.Left, Type{}), Col(p.Right, Type{})
				check(&left, r.In[0])
				check(&right, r.In[1])
			}
		}
	}
	visit(m.Root)
	return bad
}
