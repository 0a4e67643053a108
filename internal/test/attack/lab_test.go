package attack_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"yunei/internal/base/clock"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/query"
	"yunei/internal/core/query/disclose"
	"yunei/internal/core/query/duckdb"
	"yunei/internal/core/query/guard"
	"yunei/internal/core/query/interp"
	"yunei/internal/core/query/noise"
	"yunei/internal/core/query/querytest"
	"yunei/internal/core/query/release"
	"yunei/internal/test/testdb"
)

func TestMain(m *testing.M) {
	duckdb.MaybeWorker()
	os.Exit(m.Run())
}

// effort multiplies the number of trials.
func effort(n int) int {
	if k, err := strconv.Atoi(os.Getenv("YUNEI_ATTACK")); err == nil && k > 1 {
		return n * k
	}
	return n
}

const year = "2026"

// lab is a till with rows behind it: what a tenant meets.
type lab struct {
	t      testing.TB
	db     *sqldb.DB
	ledger *disclose.Ledger
	src    *noise.Source
	city   query.Catalog
	data   interp.Data
	world  string // a budget of its own
	asked  int
	stored map[string]release.Evidence
}

func newLab(t testing.TB, data interp.Data) *lab {
	t.Helper()
	return &lab{t: t, db: testdb.SQLite(t, clock.Real{}), ledger: disclose.New(), src: noise.New(), city: querytest.City(), data: data, stored: map[string]release.Evidence{}}
}

// fresh is another city with other budgets behind the same database.
func (l *lab) fresh(data interp.Data) {
	l.world += "x"
	l.data = data
}

func (l *lab) do(fn func(ctx context.Context, tx *sqldb.Tx) error) error {
	return l.db.Do(l.t.Context(), func(tx *sqldb.Tx) error { return fn(l.t.Context(), tx) })
}

var compiled = map[string]*query.Model{}

// compile is the guard's model of a text that is accepted.
func compile(t testing.TB, class query.Class, text string) *query.Model {
	t.Helper()
	if m := compiled[string(class)+text]; m != nil {
		return m
	}
	m, refusals := guard.Compile(text, class, querytest.City())
	if m == nil {
		t.Fatalf("refused: %+v\n%s", refusals[0], text)
	}
	compiled[string(class)+text] = m
	return m
}

func exactCells(t testing.TB, m *query.Model, data interp.Data) []release.Exact {
	t.Helper()
	p, err := interp.Compile(m)
	if err != nil {
		t.Fatal(err)
	}
	cells, err := p.Aggregate(data, interp.SaltedChoice("salt"))
	if err != nil {
		t.Fatal(err)
	}
	out := make([]release.Exact, len(cells))
	for i, c := range cells {
		out[i] = release.Exact{Index: c.Index, Units: c.Units, Vectors: c.Vectors}
	}
	return out
}

func (l *lab) request(tenant string, m *query.Model, rho release.Rho) disclose.Request {
	l.t.Helper()
	p, err := release.NewPlan(m, release.Ask{Rho: rho, K: 10})
	if err != nil {
		l.t.Fatal(err)
	}
	l.asked++
	r := disclose.NewRequest(fmt.Sprint("rel_", l.asked), m, p)
	r.Tenant, r.Year = tenant, year
	for _, ref := range m.Tables {
		r.Resources = append(r.Resources, disclose.Resource{ID: ref.Resource + l.world, Snapshot: "sha256:" + ref.Name, Class: ref.UnitKind})
	}
	return r
}

// ask is a whole run: reserved first, then computed, noised, settled and kept for equals.
func (l *lab) ask(tenant, text string, rho release.Rho) (answer release.Evidence, table release.Table, charged bool, err error) {
	l.t.Helper()
	m := compile(l.t, query.A, text)
	r := l.request(tenant, m, rho)
	var res disclose.Reservation
	if err = l.do(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		res, err = l.ledger.Reserve(ctx, tx, r)
		return err
	}); err != nil {
		return
	}
	if res.Equal != nil {
		answer = l.stored[res.Equal.ID]
		table, err = release.Lay(m, answer)
		return
	}
	if table, answer, err = release.Collect(m, r.Plan, exactCells(l.t, m, l.data), l.src, release.Options{}); err != nil {
		return
	}
	l.stored[r.ID] = answer
	err = l.do(func(ctx context.Context, tx *sqldb.Tx) error {
		return l.ledger.Spend(ctx, tx, r.ID, disclose.Settlement{Outcome: disclose.Released, Output: r.ID, Digest: table.Digest()})
	})
	return answer, table, true, err
}

// spent is what the year of the card accounts has been charged.
func (l *lab) spent(resource string) release.Rho {
	l.t.Helper()
	var b disclose.Budget
	err := l.db.View(l.t.Context(), func(tx *sqldb.Tx) (err error) {
		b, err = l.ledger.Budget(l.t.Context(), tx, disclose.Scope{Kind: disclose.ResourceYear, ID: resource + l.world, Period: year})
		return err
	})
	if err != nil {
		l.t.Fatal(err)
	}
	return b.Charged
}

// accounts makes rows of the card accounts, all within the policy.
func accounts(r *rand.Rand, n int) interp.Rows {
	table := querytest.CreditDefault()
	rows := interp.Rows{}
	for _, c := range table.Columns {
		rows.Columns = append(rows.Columns, c.Name)
	}
	for i := range n {
		row := make([]query.Value, len(table.Columns))
		for j := range table.Columns {
			c := &table.Columns[j]
			switch {
			case c.Role == query.SubjectKey:
				row[j] = query.TextValue(fmt.Sprintf("s%04d", i))
			case len(c.Domain) > 0:
				v, err := query.ParseValue(c.Type, c.Domain[r.IntN(len(c.Domain))].Value)
				if err != nil {
					panic(err)
				}
				row[j] = v
			default:
				row[j] = query.IntValue(*c.Lo + r.Int64N(*c.Hi-*c.Lo+1))
			}
		}
		rows.Rows = append(rows.Rows, row)
	}
	return rows
}

func cards(rows interp.Rows) interp.Data { return interp.Data{"credit_default": rows} }

func at(rows interp.Rows, column string) int {
	for i, c := range rows.Columns {
		if c == column {
			return i
		}
	}
	panic("no column " + column)
}

func random(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 2026)) }

// phi is the standard normal distribution function.
func phi(x float64) float64 { return 0.5 * math.Erfc(-x/math.Sqrt2) }

// within fails the attack when it was right more often than the bound allows, by more than chance explains: five standard
// deviations, which an attack exactly at its bound passes once in three million runs.
func within(t testing.TB, what string, right, trials int, bound float64) {
	t.Helper()
	rate, slack := float64(right)/float64(trials), 5*math.Sqrt(0.25/float64(trials))
	t.Logf("%s: right in %.1f%% of %d, may reach %.1f%% (fails beyond %.1f%%)", what, 100*rate, trials, 100*bound, 100*(bound+slack))
	if rate > bound+slack {
		t.Errorf("%s: right in %.1f%% of %d trials, more than %.1f%%", what, 100*rate, trials, 100*bound)
	}
}
