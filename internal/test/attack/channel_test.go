package attack_test

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"yunei/internal/base/sqldb"
	"yunei/internal/core/query"
	"yunei/internal/core/query/disclose"
	"yunei/internal/core/query/duckdb"
	"yunei/internal/core/query/guard"
	"yunei/internal/core/query/interp"
	"yunei/internal/core/query/querytest"
	"yunei/internal/core/query/release"
	"yunei/internal/core/query/render"
	"yunei/internal/core/query/snapshot"
)

// joined are questions over several tables, with many rows of one person and public tables beside.
var joined = []string{
	"SELECT ward, COUNT(*) AS n, SUM(cost) AS s FROM visit GROUP BY ward",
	"SELECT c.education, COUNT(*) AS n, AVG(v.cost) AS a FROM credit_default c JOIN visit v ON c.sid = v.sid GROUP BY c.education",
	"SELECT c.education, COUNT(v.days) AS n, SUM(v.days) AS s FROM credit_default c LEFT JOIN visit v ON c.sid = v.sid GROUP BY c.education",
	"SELECT p.category, COUNT(*) AS n, SUM(i.qty) AS q FROM item i LEFT JOIN product p ON i.sku = p.sku GROUP BY p.category",
	"SELECT m.land, COUNT(DISTINCT i.sid) AS n, SUM(i.qty * i.price) AS s FROM item i JOIN product p ON i.sku = p.sku JOIN maker m ON p.maker = m.id GROUP BY m.land",
	"SELECT p.channel, AVG(i.price) AS a, COUNT(*) AS n FROM purchase p JOIN item i ON p.sid = i.sid AND p.order_no = i.order_no GROUP BY p.channel",
	"WITH v AS (SELECT sid, COUNT(*) AS n, MAX(cost) AS top FROM visit GROUP BY sid) SELECT c.sex, SUM(v.top) AS s, COUNT(*) AS n FROM credit_default c JOIN v ON c.sid = v.sid GROUP BY c.sex",
	"WITH v AS (SELECT sid, COUNT(*) AS n, SUM(cost) AS s FROM visit GROUP BY sid) SELECT v.n, SUM(v.s) AS s FROM credit_default c LEFT JOIN v ON c.sid = v.sid GROUP BY v.n",
}

// TestNeighbours takes each person out of small tables that break every promise of their policy (keys that name several
// rows, too many rows, values out of bounds, NULLs): no vector moves further than its sensitivity nor in more cells than
// Groups, and all vectors together stay within what zCDP charges for.
func TestNeighbours(t *testing.T) {
	moved, widest := 0, 0.0
	for _, text := range joined {
		m := compile(t, query.A, text)
		for seed := range uint64(effort(3)) {
			data := querytest.People(900+seed, 12)
			for _, name := range []string{"product", "maker"} { // every public key twice
				rows := data[name]
				rows.Rows = append(slices.Clone(rows.Rows), rows.Rows...)
				data[name] = rows
			}
			for person := range 12 {
				d := newDuel(t, text, release.RhoUnit/100, data, without(data, fmt.Sprintf("s%04d", person)))
				share := d.loss() / (2 * d.plan.Rho.Float())
				widest = max(widest, share)
				if share > 1+1e-9 {
					t.Errorf("one person uses %.3f of the charge\n%s", share, text)
				}
				for i := range d.plan.Vectors {
					v, cells := &d.plan.Vectors[i], 0
					for c := range d.with {
						by := value(&d.with[c], v) - value(&d.out[c], v)
						if by != 0 {
							cells++
						}
						if max(by, -by) > v.C || v.Agg >= 0 && v.C != m.Root.Aggs[v.Agg].Sensitivity(m.Root.Rows) {
							t.Errorf("vector %d moves by %d, charged for %d\n%s", i, by, v.C, text)
						}
					}
					if cells > d.plan.L0 {
						t.Errorf("vector %d moves in %d cells, charged for %d\n%s", i, cells, d.plan.L0, text)
					}
					moved += cells
				}
			}
		}
	}
	t.Logf("neighbours: %d cells moved; the most that one person used of a charge is %.1f%%, may reach 100%%", moved, 100*widest)
	if moved < 500 || widest < 0.2 {
		t.Error("nobody moved anything: the rows are too tame")
	}
}

func without(data interp.Data, sid string) interp.Data {
	out := interp.Data{}
	for name, rows := range data {
		key := slices.Index(rows.Columns, "sid")
		kept := interp.Rows{Columns: rows.Columns}
		for _, row := range rows.Rows {
			if key < 0 || row[key].S != sid {
				kept.Rows = append(kept.Rows, row)
			}
		}
		out[name] = kept
	}
	return out
}

// brittle are questions that would fail on the right row, were their operators not total.
var brittle = []string{
	"SELECT SUM(safe_div(limit_bal, bill_amt1, 2)) AS s FROM credit_default",
	"SELECT SUM(limit_bal * pay_0) AS s, COUNT(*) AS n FROM credit_default",
	"SELECT AVG(abs(bill_amt1) - pay_amt1) AS a FROM credit_default",
	"SELECT SUM(mod(bill_amt1, 7) + round(age * 0.37, 1)) AS s FROM credit_default",
	"SELECT education, SUM(-bill_amt2) AS s FROM credit_default GROUP BY education",
	"SELECT bucket(age, 30, 45) AS band, SUM(floor(limit_bal * 0.5)) AS s FROM credit_default GROUP BY bucket(age, 30, 45)",
	"SELECT COUNT(CASE WHEN pay_0 IS NULL THEN 1 END) AS n, SUM(coalesce(nullif(pay_2, 3), 1)) AS s FROM credit_default WHERE NOT (education IN (1, 2))",
}

// poisoned is a city whose first person's numbers are all n, or all missing.
func poisoned(n int64, missing bool) interp.Rows {
	rows := accounts(random(40), 30)
	for i := range rows.Columns {
		if rows.Rows[0][i].Kind != query.Int {
			continue
		}
		rows.Rows[0][i] = query.IntValue(n)
		if missing {
			rows.Rows[0][i] = query.Null
		}
	}
	return rows
}

var poisons = []int64{0, -1, 1, math.MaxInt64, math.MinInt64, 1 << 62, -(1 << 62)}

// TestErrorChannel: whether a run fails must say nothing about anybody. Interpreter and engine answer every question over
// every poisoned city, and alike.
func TestErrorChannel(t *testing.T) {
	l := newLab(t, nil)
	table := querytest.CreditDefault()
	for i := range table.Columns {
		table.Columns[i].Null = true
	}
	engine := duckdb.New(duckdb.Options{AllowMissingWalls: true, TempDir: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
	runs, onEngine := 0, 0
	for i := range len(poisons) + 1 {
		rows := poisoned(0, true)
		if i < len(poisons) {
			rows = poisoned(poisons[i], false)
		}
		file := filepath.Join(t.TempDir(), "credit.parquet")
		if err := snapshot.Write(file, &table, rows.Rows); err != nil {
			t.Fatal(err)
		}
		for k, text := range brittle {
			m := compile(t, query.A, text)
			p, err := release.NewPlan(m, release.Ask{Rho: release.RhoUnit / 100, K: 10})
			if err != nil {
				t.Fatal(err)
			}
			exact := exactCells(t, m, cards(rows))
			if _, _, err := release.Collect(m, p, exact, l.src, release.Options{}); err != nil {
				t.Errorf("poison %d: %v\n%s", i, err, text)
			}
			runs++
			if (i+k)%4 != 0 && effort(1) == 1 {
				continue // a child process each: one in four is enough every day
			}
			onEngine++
			s, err := render.Model(m, render.Options{Salt: "salt"})
			if err != nil {
				t.Fatal(err)
			}
			job, err := s.Job(map[string]string{"credit_default": file}, duckdb.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			got, err := engine.Run(t.Context(), job)
			if err != nil {
				t.Errorf("poison %d fails the engine: %v\n%s", i, err, text)
				continue
			}
			cells, err := release.FromEngine(m, got)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range cells {
				if want := exact[c.Index]; c.Units != want.Units || !slices.Equal(c.Vectors, want.Vectors) {
					t.Errorf("poison %d: engine %+v, interpreter %+v\n%s", i, c, want, text)
				}
			}
		}
	}
	t.Logf("error channel: %d runs over %d cities, %d on the engine, none failed", runs, len(poisons)+1, onEngine)
}

// TestPostProcessing: HAVING, ORDER BY and LIMIT are the same question at the same charge; they see what is shown only.
func TestPostProcessing(t *testing.T) {
	rows := accounts(random(50), 900)
	l := newLab(t, cards(rows))
	const plain = "SELECT education, COUNT(*) AS n, AVG(limit_bal) AS a FROM credit_default GROUP BY education"
	base, table, _, err := l.ask("org_1", plain, release.RhoUnit/50)
	if err != nil {
		t.Fatal(err)
	}
	shown := map[string]string{}
	for _, row := range table.Rows {
		shown[row.Fields[0].Text()] = row.Fields[1].Text() + " " + row.Fields[2].Text()
	}
	for _, post := range []string{" HAVING COUNT(*) >= 100", " HAVING n < 1", " HAVING AVG(limit_bal) >= 500000 OR education = 3", " ORDER BY n DESC", " ORDER BY a LIMIT 2", " ORDER BY education OFFSET 3", " LIMIT 0", " HAVING NOT (n >= 130) ORDER BY a DESC LIMIT 1"} {
		m := compile(t, query.A, plain+post)
		if m.Question() != compile(t, query.A, plain).Question() {
			t.Errorf("%s is another question", post)
		}
		_, cut, charged, err := l.ask("org_2", plain+post, release.RhoUnit/50)
		if err != nil || charged {
			t.Errorf("%s: charged %v, %v", post, charged, err)
		}
		for _, row := range cut.Rows {
			if have := row.Fields[1].Text() + " " + row.Fields[2].Text(); shown[row.Fields[0].Text()] != have {
				t.Errorf("%s shows %s, the release %s", post, have, shown[row.Fields[0].Text()])
			}
		}
		// the same noisy figures over another city lay out alike: no exact cell has a say
		again, err := release.Lay(m, base)
		if err != nil || again.Digest() != cut.Digest() {
			t.Errorf("%s: laid out differently: %v", post, err)
		}
	}
	if got := l.spent("res_credit"); got != base.Plan.Rho {
		t.Errorf("nine tables cost %s, one costs %s", got, base.Plan.Rho)
	}
	t.Logf("post-processing: 8 cuts and orders, 0 charges beyond the first")
}

// TestRaces reserves from many sides at once. No scope is overspent, equal questions are charged once, the chain holds.
func TestRaces(t *testing.T) {
	l := newLab(t, nil)
	var texts []string
	for age := range 8 {
		for sex := range 6 {
			texts = append(texts, fmt.Sprintf("SELECT COUNT(*) AS n FROM credit_default WHERE age >= %d AND pay_0 >= %d", 25+5*age, sex))
		}
	}
	var requests []disclose.Request
	for i, text := range texts {
		m := compile(t, query.A, text)
		for copy := range 2 { // each question from two tenants
			r := l.request(fmt.Sprint("org_", copy), m, release.Rho(5_000_000_000+1_000_000_000*int64(i%3)))
			requests = append(requests, r)
		}
	}
	random(60).Shuffle(len(requests), func(i, j int) { requests[i], requests[j] = requests[j], requests[i] })
	var mu sync.Mutex
	granted := map[string]int{}
	refusals := map[disclose.Code]int{}
	var wg sync.WaitGroup
	for _, r := range requests {
		wg.Go(func() {
			err := l.do(func(ctx context.Context, tx *sqldb.Tx) error { _, err := l.ledger.Reserve(ctx, tx, r); return err })
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				granted[r.Key()]++
			} else {
				refusals[disclose.CodeOf(err)]++
			}
		})
	}
	wg.Wait()
	var sum release.Rho
	for _, r := range requests {
		sum += r.Plan.Rho * release.Rho(min(granted[r.Key()], 1))
		if granted[r.Key()] > 1 {
			t.Errorf("one question was charged %d times", granted[r.Key()])
			granted[r.Key()] = 1
		}
		granted[r.Key()] = 0
	}
	spent := l.spent("res_credit")
	if spent > disclose.DefaultYear || spent != sum {
		t.Errorf("charged %s, granted %s, cap %s", spent, sum, disclose.DefaultYear)
	}
	if refusals[disclose.Exhausted] == 0 || refusals[""] > 0 {
		t.Errorf("refusals: %v", refusals)
	}
	if disclose.DefaultYear-spent >= 7_000_000_000 {
		t.Errorf("only %s was granted while requests of 0.007 were refused", spent)
	}
	var problems []string
	if err := l.db.View(t.Context(), func(tx *sqldb.Tx) (err error) { problems, err = l.ledger.Verify(t.Context(), tx); return err }); err != nil || len(problems) > 0 {
		t.Errorf("the chain: %v %v", problems, err)
	}
	t.Logf("races: %d reservations at once, charged %s of %s, refused %v", len(requests), spent, disclose.DefaultYear, refusals)
}

// TestRefusalsAreBlind: the guard, the plan and the ledger decide without rows. The same texts over an empty city, a full
// one and a poisoned one have the same outcome, word for word.
func TestRefusalsAreBlind(t *testing.T) {
	outcomes := map[string]string{}
	for i, data := range []interp.Data{cards(interp.Rows{Columns: accounts(random(1), 1).Columns}), cards(accounts(random(70), 200)), cards(poisoned(math.MaxInt64, false))} {
		l := newLab(t, data)
		var list []string
		for _, text := range append(slices.Clone(brittle), "SELECT COUNT(*) AS n FROM credit_default WHERE age >= 37", "SELECT MAX(age) AS a FROM credit_default") {
			if m, refusals := guard.Compile(text, query.A, l.city); m == nil {
				list = append(list, fmt.Sprint(refusals))
				continue
			}
			_, table, charged, err := l.ask("org_1", text, disclose.DefaultYear/5)
			list = append(list, fmt.Sprint(charged, err, len(table.Rows), table.Columns))
		}
		outcomes[strings.Join(list, "\n")] = fmt.Sprint(i)
	}
	if len(outcomes) != 1 {
		t.Errorf("%d different outcomes over three cities", len(outcomes))
	}
}
