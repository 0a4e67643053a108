package attack_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"yunei/internal/core/query"
	"yunei/internal/core/query/disclose"
	"yunei/internal/core/query/guard"
	"yunei/internal/core/query/interp"
	"yunei/internal/core/query/querytest"
	"yunei/internal/core/query/release"
)

// duel is one question about two cities that differ by one person.
type duel struct {
	model     *query.Model
	plan      release.Plan
	with, out []release.Exact
}

func newDuel(t testing.TB, text string, rho release.Rho, with, out interp.Data) duel {
	t.Helper()
	m := compile(t, query.A, text)
	p, err := release.NewPlan(m, release.Ask{Rho: rho, K: 10})
	if err != nil {
		t.Fatal(err)
	}
	return duel{m, p, exactCells(t, m, with), exactCells(t, m, out)}
}

func value(x *release.Exact, v *release.Vector) int64 {
	if v.Agg == release.UnitsVector {
		return x.Units
	}
	return x.Vectors[v.Agg]
}

// loss is the squared distance of the two cities in standard deviations of the noise. zCDP promises that it is at most
// twice the charge.
func (d *duel) loss() float64 {
	sum := 0.0
	for i := range d.plan.Vectors {
		v := &d.plan.Vectors[i]
		variance, _ := v.Variance.Float64()
		for c := range d.with {
			by := float64(value(&d.with[c], v) - value(&d.out[c], v))
			sum += by * by / variance
		}
	}
	return sum
}

// evidence is the logarithm of how much likelier the noisy figures are with the person than without.
func (d *duel) evidence(t testing.TB, l *lab, present bool) float64 {
	t.Helper()
	exact := d.out
	if present {
		exact = d.with
	}
	_, e, err := release.Collect(d.model, d.plan, exact, l.src, release.Options{})
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for i := range d.plan.Vectors {
		v := &d.plan.Vectors[i]
		variance, _ := v.Variance.Float64()
		for c := range d.with {
			y, a, b := float64(e.Noisy[i][c]), float64(value(&d.with[c], v)), float64(value(&d.out[c], v))
			sum += ((y-b)*(y-b) - (y-a)*(y-a)) / (2 * variance)
		}
	}
	return sum
}

// play guesses whether the person is there, as well as anybody can.
func play(t testing.TB, l *lab, r *rand.Rand, duels []duel, trials int) int {
	t.Helper()
	right := 0
	for range trials {
		present, sum := r.IntN(2) == 0, 0.0
		for i := range duels {
			sum += duels[i].evidence(t, l, present)
		}
		if sum > 0 == present {
			right++
		}
	}
	return right
}

// crowd is a city in which one person, the first, stands out: oldest, richest, in default.
func crowd(seed uint64, n int) (with, without interp.Data) {
	rows := accounts(random(seed), n)
	for column, n := range map[string]int64{"age": 100, "limit_bal": 1_000_000, "pay_amt1": 2_000_000, "bill_amt1": 2_000_000, "education": 4, "sex": 2, "pay_0": 9, "default_next_month": 1} {
		rows.Rows[0][at(rows, column)] = query.IntValue(n)
	}
	rest := rows
	rest.Rows = rows.Rows[1:]
	return cards(rows), cards(rest)
}

// TestMembership spends the whole year of a resource on one person. The likelihood ratio is the best there is, so the
// rate is also seen to come near the bound: the attack is not weak.
func TestMembership(t *testing.T) {
	with, without := crowd(1, 60)
	l, r := newLab(t, with), random(2)
	full := disclose.NewFigure(disclose.DefaultYear, 0)
	trials := effort(2000)
	for name, text := range map[string]string{
		"one count":            "SELECT COUNT(*) AS n FROM credit_default",
		"count and sum":        "SELECT COUNT(*) AS n, SUM(pay_amt1) AS s FROM credit_default",
		"means by education":   "SELECT education, AVG(limit_bal) AS a, AVG(age) AS b FROM credit_default GROUP BY education",
		"a measure that picks": "SELECT SUM(clamp(age - 99, 0, 1)) AS n FROM credit_default",
	} {
		t.Run(name, func(t *testing.T) {
			d := newDuel(t, text, disclose.DefaultYear, with, without)
			if loss := d.loss(); loss > 2*d.plan.Rho.Float()*(1+1e-9) {
				t.Errorf("one person moves the figures by %.4f, the charge pays for %.4f", loss, 2*d.plan.Rho.Float())
			}
			within(t, "membership, a year on one person", play(t, l, r, []duel{d}, trials), trials, full.Membership)
		})
	}
	d := newDuel(t, "SELECT COUNT(*) AS n FROM credit_default", disclose.DefaultYear, with, without)
	// Of noise in whole numbers half of what falls on 0 is won besides the half: a little more than the figure, which is
	// that of continuous noise. Pinsker's inequality bounds both for any mechanism of this charge.
	variance, _ := d.plan.Vectors[0].Variance.Float64()
	all := 0.0
	for y := -100.0; y <= 100; y++ {
		all += math.Exp(-y * y / (2 * variance))
	}
	exact, ceiling := 0.5+0.5/all, 0.5+0.5*math.Sqrt(d.plan.Rho.Float()/2)
	t.Logf("one count at a year's charge: exactly %.2f%%, shown %.2f%%, proven for any mechanism %.2f%%", 100*exact, 100*full.Membership, 100*ceiling)
	if exact > full.Membership+0.002 || exact > ceiling {
		t.Errorf("the exact rate %.4f is beyond the figure %.4f", exact, full.Membership)
	}
	if right := play(t, l, r, []duel{d}, trials); float64(right) < float64(trials)*(full.Membership-0.06) {
		t.Errorf("the best attack is right in %d of %d only: the noise is not what it is said to be", right, trials)
	}
}

// TestAttribute replaces one person's row by another: the bound is the one shown for attributes.
func TestAttribute(t *testing.T) {
	with, _ := crowd(3, 60)
	rows := with["credit_default"]
	other := rows
	other.Rows = slices.Clone(rows.Rows)
	other.Rows[0] = slices.Clone(rows.Rows[1])
	other.Rows[0][0] = rows.Rows[0][0]
	for column, n := range map[string]int64{"age": 18, "limit_bal": 0, "education": 1, "pay_amt1": 0} {
		other.Rows[0][at(rows, column)] = query.IntValue(n)
	}
	l, r, trials := newLab(t, with), random(4), effort(2000)
	figure := disclose.NewFigure(disclose.DefaultYear, 0)
	for _, text := range []string{
		"SELECT COUNT(*) AS n FROM credit_default WHERE education = 4",
		"SELECT education, COUNT(*) AS n FROM credit_default GROUP BY education",
		"SELECT AVG(age) AS a FROM credit_default",
	} {
		d := newDuel(t, text, disclose.DefaultYear, with, cards(other))
		if loss := d.loss(); loss > 8*d.plan.Rho.Float()*(1+1e-9) {
			t.Errorf("a changed row moves the figures by %.4f, at most %.4f is paid for", loss, 8*d.plan.Rho.Float())
		}
		within(t, "attribute: "+text, play(t, l, r, []duel{d}, trials), trials, figure.Attribute)
	}
}

// TestTracker isolates one person with padding questions. Without noise each tracker is right always.
func TestTracker(t *testing.T) {
	with, without := crowd(5, 80)
	const all, person = "SELECT COUNT(*) AS n FROM credit_default", "age >= 60 AND education = 4 AND pay_0 = 9 AND default_next_month = 1"
	// nobody else is like the first
	for _, data := range []interp.Data{with, without} {
		for i, row := range data["credit_default"].Rows {
			if row[0].S != "s0000" {
				data["credit_default"].Rows[i][at(data["credit_default"], "pay_0")] = query.IntValue(int64(i % 9))
			}
		}
	}
	for name, tc := range map[string]struct {
		texts []string
		signs []int64
	}{
		"general":    {[]string{all + " WHERE (" + person + ") OR sex = 1", all + " WHERE (" + person + ") OR sex <> 1", all}, []int64{1, 1, -1}},
		"individual": {[]string{all + " WHERE age >= 60", all + " WHERE age >= 60 AND NOT (education = 4 AND pay_0 = 9 AND default_next_month = 1)"}, []int64{1, -1}},
	} {
		t.Run(name, func(t *testing.T) {
			l, r, trials := newLab(t, with), random(6), effort(2000)
			rho := disclose.DefaultYear / release.Rho(len(tc.texts))
			var duels []duel
			exact, padding := int64(0), int64(0)
			for i, text := range tc.texts {
				if _, _, charged, err := l.ask("org_1", text, rho); err != nil || !charged {
					t.Fatalf("charged %v, %v", charged, err)
				}
				d := newDuel(t, text, rho, with, without)
				duels = append(duels, d)
				exact += tc.signs[i] * d.with[0].Vectors[0]
				padding += tc.signs[i] * d.out[0].Vectors[0]
			}
			if exact-padding != 1 {
				t.Fatalf("the tracker finds %d with the person and %d without: it is no tracker", exact, padding)
			}
			if _, _, _, err := l.ask("org_2", all+" WHERE sex = 1", rho); disclose.CodeOf(err) != disclose.Exhausted {
				t.Errorf("after the budget: got %v, want L101", err)
			}
			spent := disclose.NewFigure(l.spent("res_credit"), 0)
			within(t, "tracker, likelihood", play(t, l, r, duels, trials), trials, spent.Membership)
			right := 0
			for range trials {
				present, sum := r.IntN(2) == 0, int64(0)
				for i := range duels {
					from := duels[i].out
					if present {
						from = duels[i].with
					}
					_, e, err := release.Collect(duels[i].model, duels[i].plan, from, l.src, release.Options{})
					if err != nil {
						t.Fatal(err)
					}
					sum += tc.signs[i] * e.Noisy[0][0]
				}
				if (2*sum > exact+padding) == present {
					right++
				}
			}
			within(t, "tracker, arithmetic", right, trials, spent.Membership)
		})
	}
}

// TestDifferencing takes two questions that differ by one person. Off the public cut points they are refused; on them
// the difference is as noisy as its parts.
func TestDifferencing(t *testing.T) {
	const all = "SELECT COUNT(*) AS n FROM credit_default WHERE "
	for _, condition := range []string{"age >= 37", "age > 30", "age = 36", "age <> 36", "age BETWEEN 36 AND 36", "NOT age < 36", "limit_bal >= 123456", "limit_bal = 50000",
		"age + 0 >= 36", "age * 2 >= 72", "abs(age - 36) < 1", "mod(age, 7) = 1", "sid = 's0000'", "sid IN ('s0000', 's0001')", "sid <> 's0000'", "nullif(age, 36) IS NULL",
		"CASE WHEN age >= 36 THEN 1 ELSE 0 END = 1", "coalesce(nullif(age, 36), 0) = 0", "safe_div(1, age - 36) IS NULL", "least(age, 36) = 36"} {
		m, refusals := guard.Compile(all+condition, query.A, querytest.City())
		if m != nil || len(refusals) == 0 || refusals[0].Code == guard.Syntax {
			t.Errorf("%s: accepted or no reason: %+v", condition, refusals)
		}
	}
	with, without := crowd(7, 80)
	l, r, trials := newLab(t, with), random(8), effort(2000)
	rho := disclose.DefaultYear / 2
	duels := []duel{
		newDuel(t, all+"age >= 55", rho, with, without),
		newDuel(t, all+"age >= 55 AND education <> 4", rho, with, without),
	}
	if a, b := duels[0], duels[1]; a.with[0].Vectors[0]-a.out[0].Vectors[0] != 1 || b.with[0].Vectors[0] != b.out[0].Vectors[0] {
		t.Fatal("the two questions do not differ by the person")
	}
	within(t, "differencing", play(t, l, r, duels, trials), trials, disclose.NewFigure(2*rho, 0).Membership)
}

// TestAveraging asks one question in many words, by many tenants: all get the same figures and one charge stands. With
// other amounts of noise it is another release, and charged.
func TestAveraging(t *testing.T) {
	with, _ := crowd(9, 400)
	l := newLab(t, with)
	texts := strings.Split(`SELECT education, COUNT(*) AS n FROM credit_default WHERE age >= 30 AND sex = 1 GROUP BY education
SELECT COUNT(*) AS total, education AS level FROM credit_default WHERE sex = 1 AND age >= 30 GROUP BY education
SELECT x.education, COUNT(*) AS n FROM credit_default AS x WHERE 30 <= x.age AND 1 = x.sex GROUP BY x.education
SELECT education, COUNT(*) AS n FROM credit_default WHERE NOT (age < 30) AND NOT (sex <> 1) GROUP BY education
SELECT education, COUNT(*) AS n FROM credit_default WHERE age >= 30 AND sex IN (1) AND 1 = 1 GROUP BY education
SELECT education AS e, COUNT(*) AS n FROM credit_default WHERE age >= 30 AND sex = 1 AND sex = 1 GROUP BY e
WITH v AS (SELECT sid, education, age, sex FROM credit_default) SELECT education, COUNT(*) AS n FROM v WHERE age >= 30 AND sex = 1 GROUP BY education
SELECT education, COUNT(*) AS n FROM (SELECT education, sid, age FROM credit_default WHERE sex = 1) q WHERE age >= 30 GROUP BY education
SELECT education, COUNT(*) AS n FROM credit_default WHERE age >= 30 AND sex = 1 GROUP BY education HAVING COUNT(*) >= 10
SELECT education, COUNT(*) AS n FROM credit_default WHERE age >= 30 AND sex = 1 GROUP BY education ORDER BY n DESC LIMIT 3
/* again */ select EDUCATION, count(*) as N from CREDIT_DEFAULT where (AGE >= 30) and (SEX = 1) group by EDUCATION`, "\n")
	var first release.Evidence
	charges := 0
	for round := range 20 {
		for i, text := range texts {
			e, _, charged, err := l.ask([]string{"org_1", "org_2", "org_3"}[(round+i)%3], text, release.RhoUnit/1000)
			if err != nil {
				t.Fatalf("%v\n%s", err, text)
			}
			if charged {
				charges++
				if charges > 1 {
					t.Errorf("charged anew: %s", text)
				}
			}
			if first.Noisy == nil {
				first = e
			}
			if !slices.EqualFunc(first.Noisy, e.Noisy, slices.Equal) {
				t.Errorf("other figures for: %s", text)
			}
		}
	}
	if got := l.spent("res_credit"); got != release.RhoUnit/1000 {
		t.Errorf("%d answers cost %s, want one charge of 0.001", 20*len(texts), got)
	}
	t.Logf("averaging: %d answers to %d spellings, %d distinct, %d charge", 20*len(texts), len(texts), 1, charges)

	// the best average over all the noise that the year pays for
	l.fresh(with)
	precision, answers := 0.0, 0
	for i := range release.Rho(10_000) {
		e, _, charged, err := l.ask("org_1", "SELECT COUNT(*) AS n FROM credit_default WHERE default_next_month = 1", release.RhoUnit/200+i*100_000_000)
		if disclose.CodeOf(err) == disclose.Exhausted {
			break
		}
		if err != nil || !charged {
			t.Fatalf("charged %v, %v", charged, err)
		}
		variance, _ := e.Plan.Vectors[0].Variance.Float64()
		precision += 1 / variance
		answers++
	}
	if limit := 2 * disclose.DefaultYear.Float(); precision > limit {
		t.Errorf("%d averaged answers have a standard error of %.3f, the year pays for %.3f", answers, 1/math.Sqrt(precision), 1/math.Sqrt(limit))
	}
	t.Logf("averaging with other noise each time: %d answers, standard error %.3f, may reach %.3f", answers, 1/math.Sqrt(precision), 1/math.Sqrt(2*disclose.DefaultYear.Float()))
}
