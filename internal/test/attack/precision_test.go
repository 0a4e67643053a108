package attack_test

import (
	"context"
	"fmt"
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

// TestBinarySearch halves the ages of one person by yes and no until the ledger stops. Eight cells are seven cuts: about
// one person alone, cut where the last answer points, they can be as narrow as 83 ages are after seven halvings. The cells
// bound how many values are told apart, not how narrow one is; each cut is a model of its own to be approved.
func TestBinarySearch(t *testing.T) {
	l := newLab(t, nil)
	rows := accounts(random(20), 1)
	age := rows.Rows[0][at(rows, "age")].N
	for name, put := range map[string]string{"plain": "age >= %d", "scaled": "age * 2 >= 2 * %d", "moved": "age - 3 >= %d - 3", "negated": "NOT (age < %d)", "mixed": "age + 0 * pay_0 >= %d"} {
		t.Run(name, func(t *testing.T) {
			l.world += "x"
			lo, hi, asked := int64(18), int64(100), 0
			for lo < hi {
				mid := (lo + hi + 1) / 2
				m, refusals := guard.Compile("SELECT "+fmt.Sprintf(put, mid)+" AS old FROM credit_default WHERE sid = :subject", query.C, querytest.City())
				if m == nil {
					t.Fatalf("refused: %+v", refusals[0])
				}
				err := l.do(func(ctx context.Context, tx *sqldb.Tx) error {
					return l.ledger.ChargePrecision(ctx, tx, disclose.Precision{SID: "s0000" + l.world, Recipient: "bank", Model: m})
				})
				if disclose.CodeOf(err) == disclose.PrecisionExhausted {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
				asked++
				if strings.HasSuffix(answers(t, program(t, m), rows), "|true") {
					lo = mid
				} else {
					hi = mid - 1
				}
			}
			t.Logf("binary search, %s: %d answers leave ages %d to %d (really %d); at most 7 cuts", name, asked, lo, hi, age)
			if asked > 7 {
				t.Errorf("%d questions were answered, the field has 8 cells", asked)
			}
			if lo > age || hi < age {
				t.Errorf("the search went wrong: %d to %d, really %d", lo, hi, age)
			}
		})
	}
}

// asker writes questions about age and education of one person in every spelling it knows.
type asker struct{ *rand.Rand }

func (a asker) number() string {
	return []string{"age", "age * 2", "age - 40", "-age", "abs(age - 50)", "mod(age, 7)", "floor(safe_div(age, 3, 2))", "round(age * 0.1, 0)", "least(age, 60)", "greatest(age, 30)", "age + education",
		"nullif(age, 44)", "clamp(age, 30, 50)", "CASE WHEN sex = 1 THEN age ELSE 30 END"}[a.IntN(14)]
}

func (a asker) condition() string {
	switch a.IntN(5) {
	case 0:
		return fmt.Sprintf("education IN (%d, %d)", a.IntN(4), 4+a.IntN(3))
	case 1:
		return fmt.Sprintf("age BETWEEN %d AND %d", 20+a.IntN(40), 60+a.IntN(30))
	case 2:
		return fmt.Sprintf("%s = %d", a.number(), a.IntN(60))
	}
	return fmt.Sprintf("%s %s %d", a.number(), []string{">=", "<", ">", "<="}[a.IntN(4)], a.IntN(100)-20)
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
			switch err := l.do(func(ctx context.Context, tx *sqldb.Tx) error { return l.ledger.Approve(ctx, tx, recipient, m) }); {
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
