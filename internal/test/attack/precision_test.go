package attack_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"yunei/internal/base/sqldb"
	"yunei/internal/core/query"
	"yunei/internal/core/query/disclose"
	"yunei/internal/core/query/guard"
	"yunei/internal/core/query/interp"
	"yunei/internal/core/query/querytest"
)

// answers is everything a model can say about somebody with the given value of a field, by running it.
func answers(t testing.TB, p *interp.Program, rows interp.Rows) string {
	t.Helper()
	a, err := p.Subject("s0000", cards(rows))
	if err != nil {
		t.Fatal(err)
	}
	out := fmt.Sprint(a.Found)
	for _, v := range a.Values {
		out += "|" + v.Text()
	}
	return out
}

func program(t testing.TB, m *query.Model) *interp.Program {
	t.Helper()
	p, err := interp.Compile(m)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// told is how many values of a field the answers to all models tell apart, the other fields held still.
func told(t testing.TB, models []*interp.Program, rows interp.Rows, column string, values []int64) int {
	t.Helper()
	seen := map[string]bool{}
	one := interp.Rows{Columns: rows.Columns, Rows: [][]query.Value{slices.Clone(rows.Rows[0])}}
	for _, v := range values {
		one.Rows[0][at(rows, column)] = query.IntValue(v)
		all := make([]string, len(models))
		for i, p := range models {
			all[i] = answers(t, p, one)
		}
		seen[strings.Join(all, "\n")] = true
	}
	return len(seen)
}

func span(lo, hi int64) []int64 {
	var out []int64
	for v := lo; v <= hi; v++ {
		out = append(out, v)
	}
	return out
}

// spellings are ways to ask whether one person's age reaches a number; each gives the models that its author would submit.
var spellings = map[string]string{
	"plain": "age >= %d", "scaled": "age * 2 >= 2 * %d", "moved": "age - 3 >= %d - 3", "negated": "NOT (age < %d)", "mixed": "age + 0 * pay_0 >= %d",
	"least": "least(age, %[1]d) = %[1]d", "clamped": "clamp(age, 18, %[1]d) >= %[1]d", "equal": "NOT coalesce(nullif(greatest(age, %[1]d), %[1]d) IS NULL, false) OR age >= %[1]d",
	"divided": "floor(safe_div(age, %[1]d, 0)) >= 1", "rounded": "round(age, 0) >= %d", "case": "CASE WHEN sex = 1 THEN age ELSE age END >= %d",
	"filled": "coalesce(CASE WHEN sex IN (1, 2) THEN age END, 0) >= %d", "listed": "age IN (%[1]d, %[1]d + 1, %[1]d + 2) OR age >= %[1]d",
	"crossed": "age + limit_bal >= limit_bal + %d", "sliding": "age BETWEEN %[1]d AND %[1]d + 4",
}

// TestBinarySearch asks about one person's age by yes and no, at every number and in every spelling, approving whatever
// the guard lets through: what is left in the end is a public band of the field, never narrower.
func TestBinarySearch(t *testing.T) {
	l := newLab(t, nil)
	policy := querytest.CreditDefault()
	field, _ := policy.Column("age")
	for round := range 5 {
		l.world += "x"
		rows := accounts(random(20+uint64(round)), 1)
		age := rows.Rows[0][at(rows, "age")].N
		low, high := int64(18), int64(100) // the public band of the age
		for _, cut := range field.Edges {
			if cut <= age {
				low = cut
			} else if cut <= high {
				high = cut - 1
			}
		}
		possible := span(18, 100)
		models, answered, stopped := 0, 0, 0
		order := slices.Sorted(maps.Keys(spellings))
		if round%2 == 0 {
			slices.Reverse(order) // what is asked first takes the cells
		}
		for _, name := range order {
			put := spellings[name]
			for n := int64(18); n <= 100; n++ {
				m, refusals := guard.Compile("SELECT "+fmt.Sprintf(put, n)+" AS old FROM credit_default WHERE sid = :subject", query.C, querytest.City())
				if m == nil {
					for _, r := range refusals {
						if r.Code == guard.Syntax {
							t.Fatalf("%s: %+v", put, r)
						}
					}
					continue
				}
				models++
				err := l.do(func(ctx context.Context, tx *sqldb.Tx) error {
					return l.ledger.ChargePrecision(ctx, tx, disclose.Precision{SID: "s0000" + l.world, Recipient: "bank", Model: m})
				})
				if disclose.CodeOf(err) == disclose.PrecisionExhausted {
					stopped++
					continue
				}
				if err != nil {
					t.Fatal(err)
				}
				answered++
				p := program(t, m)
				truth := answers(t, p, rows)
				one := interp.Rows{Columns: rows.Columns, Rows: [][]query.Value{slices.Clone(rows.Rows[0])}}
				possible = slices.DeleteFunc(possible, func(v int64) bool {
					one.Rows[0][at(rows, "age")] = query.IntValue(v)
					return answers(t, p, one) != truth
				})
			}
		}
		t.Logf("binary search: %d models approved, %d answered, %d stopped; ages %d to %d are left (really %d, public band %d to %d)",
			models, answered, stopped, possible[0], possible[len(possible)-1], age, low, high)
		if possible[0] > low || possible[len(possible)-1] < high || len(possible) < int(high-low+1) {
			t.Errorf("what is left is narrower than the public band")
		}
		if models == 0 || answered == 0 {
			t.Error("nothing was asked")
		}
	}
}

// asker writes questions about age and education of one person in every spelling it knows.
type asker struct{ *rand.Rand }

func (a asker) number() string {
	if a.IntN(2) == 0 {
		return "age"
	}
	return []string{"age", "age * 2", "age - 40", "-age", "abs(age - 50)", "mod(age, 7)", "floor(safe_div(age, 3, 2))", "round(age * 0.1, 0)", "least(age, 60)", "greatest(age, 30)", "age + education",
		"nullif(age, 44)", "clamp(age, 30, 50)", "CASE WHEN sex = 1 THEN age ELSE 30 END"}[a.IntN(14)]
}

func (a asker) condition() string {
	switch a.IntN(5) {
	case 0:
		return fmt.Sprintf("education IN (%d, %d)", a.IntN(4), 4+a.IntN(3))
	case 1:
		return fmt.Sprintf("age BETWEEN %d AND %d", 25+5*a.IntN(4), 44+5*a.IntN(4))
	case 2:
		return fmt.Sprintf("%s = %d", []string{a.number(), "education", "mod(education, 3)"}[a.IntN(3)], a.IntN(6))
	}
	n := a.IntN(100) - 20
	if a.IntN(4) > 0 {
		n = 25 + 5*a.IntN(8) // a public cut point
	}
	return fmt.Sprintf("%s %s %d", a.number(), []string{">=", "<", ">", "<="}[a.IntN(4)], n)
}

func (a asker) output() string {
	switch a.IntN(4) {
	case 0:
		return fmt.Sprintf("CASE WHEN %s THEN 'a' WHEN %s THEN 'b' ELSE 'c' END", a.condition(), a.condition())
	case 1:
		return fmt.Sprintf("(%s) AND NOT (%s)", a.condition(), a.condition())
	case 2:
		return fmt.Sprintf("coalesce(CASE WHEN %s THEN %d END, %d)", a.condition(), a.IntN(3), a.IntN(3))
	}
	return a.condition()
}

// TestStacking approves models of all kinds for one recipient, and answers them for one person, until nothing more is
// let through: everything together tells no field finer than its policy.
func TestStacking(t *testing.T) {
	l := newLab(t, nil)
	most, approved, answered, refused := 0, 0, 0, 0
	for round := range effort(12) {
		a := asker{random(500 + uint64(round))}
		recipient, sid := fmt.Sprint("bank_", round), fmt.Sprint("sid_", round)
		var stacked, asked []*interp.Program
		for range 40 {
			text := "SELECT " + a.output() + " AS x"
			if a.IntN(3) == 0 {
				text += ", " + a.output() + " AS y"
			}
			m, _ := guard.Compile(text+" FROM credit_default WHERE sid = :subject", query.B, querytest.City())
			if m == nil {
				continue
			}
			switch err := l.do(func(ctx context.Context, tx *sqldb.Tx) error { return l.ledger.Approve(ctx, tx, recipient, nil, m) }); {
			case err == nil:
				stacked = append(stacked, program(t, m))
			case disclose.CodeOf(err) != disclose.PrecisionExhausted:
				t.Fatal(err)
			default:
				refused++
			}
			switch err := l.do(func(ctx context.Context, tx *sqldb.Tx) error {
				return l.ledger.ChargePrecision(ctx, tx, disclose.Precision{SID: sid, Recipient: recipient, Model: m})
			}); {
			case err == nil:
				asked = append(asked, program(t, m))
			case disclose.CodeOf(err) != disclose.PrecisionExhausted:
				t.Fatal(err)
			}
		}
		approved, answered = approved+len(stacked), answered+len(asked)
		for _, models := range [][]*interp.Program{stacked, asked} {
			for _, field := range []struct {
				name   string
				values []int64
				cells  int
			}{{"age", span(18, 100), 8}, {"education", span(0, 6), 7}} {
				for range 3 { // the other fields somewhere else
					n := told(t, models, accounts(a.Rand, 1), field.name, field.values)
					most = max(most, n)
					if n > field.cells {
						t.Errorf("round %d: %d models tell %d values of %s apart, the policy allows %d", round, len(models), n, field.name, field.cells)
					}
				}
			}
		}
	}
	t.Logf("stacking: %d approved, %d answered, %d refused; at most %d values of a field told apart, may reach 8", approved, answered, refused, most)
	if refused == 0 || most < 4 {
		t.Error("the ledger never had to stop anybody")
	}
}
