package querytest

import (
	"fmt"
	"slices"
	"strings"

	"yunei/internal/core/query"
)

// Random writes a text of class A, B or O that is meant to be accepted, the same for the same seed. Some are refused
// all the same: for too many decimal places, or conditions too fine.
func Random(seed uint64) (query.Class, string) {
	w := &writer{generator: generator{newRand(seed)}}
	switch seed % 4 {
	case 0:
		w.numbers, w.conditions = []string{"pm", "hour", "iws", "date_part('minute', seen)", "datediff('month', at, DATE '2024-07-01')"}, []func() string{w.op("pm", 0, 500), w.op("hour", 0, 23), w.any("wind = 'NW'", "wind IS NULL", "wind IN ('SE', 'cv')")}
		return query.O, w.openRows()
	case 1:
		w.credit("")
		w.numbers = []string{"education", "sex", "default_next_month", "CASE WHEN age >= 30 THEN 7 ELSE -2.5 END",
			"CASE WHEN limit_bal < 50000 THEN 40 END", "CASE WHEN pay_0 >= 2 THEN 100 ELSE 0 END"}
		return query.B, w.ownBand()
	}
	return query.A, w.table()
}

// writer knows what may be named in the FROM it has chosen.
type writer struct {
	generator
	from       string
	sid        string
	numbers    []string
	conditions []func() string
	keys       []string
}

func (w *writer) any(list ...string) func() string {
	return func() string { return list[w.IntN(len(list))] }
}

func (w *writer) pick(list []string) string { return list[w.IntN(len(list))] }

func (w *writer) op(column string, lo, hi int) func() string {
	return func() string {
		op := w.pick([]string{"=", "<>", "<", "<=", ">", ">="})
		return fmt.Sprintf("%s %s %d", column, op, lo+w.IntN(hi-lo+1))
	}
}

// edge compares with a public cut point.
func (w *writer) edge(column string, edges ...string) func() string {
	return func() string {
		e := w.pick(edges)
		return w.pick([]string{column + " >= " + e, column + " < " + e, e + " <= " + column, "NOT (" + column + " < " + e + ")"})
	}
}

func (w *writer) credit(as string) {
	w.sid = as + "sid"
	for _, c := range []string{"limit_bal", "age", "pay_0", "pay_3", "bill_amt1", "pay_amt1", "default_next_month", "education"} {
		w.numbers = append(w.numbers, as+c)
	}
	w.conditions = append(w.conditions,
		w.edge(as+"age", "25", "30", "45", "60"), w.edge(as+"limit_bal", "50000", "300000"), w.op(as+"pay_0", -2, 9), w.op(as+"sex", 1, 2), w.op(as+"education", 0, 6),
		w.any(as+"education IN (1, 2, 3)", as+"sex NOT IN (2)", as+"marriage IS NOT NULL", as+"age BETWEEN 25 AND 29"))
	w.keys = append(w.keys, as+"education", as+"sex", as+"default_next_month", "bucket("+as+"age, 30, 45)", "CASE WHEN "+as+"age < 25 THEN 'young' WHEN "+as+"pay_0 >= 2 THEN 'late' ELSE 'other' END")
}

func (w *writer) visit(as string) {
	w.sid = as + "sid"
	for _, c := range []string{"cost", "days", "clamp(" + as + "free, -7, 90)"} {
		if !strings.HasPrefix(c, "clamp") {
			c = as + c
		}
		w.numbers = append(w.numbers, c)
	}
	w.conditions = append(w.conditions, w.edge(as+"days", "7", "14", "30"), w.edge(as+"at", "DATE '2024-01-01'", "DATE '2024-04-01'"),
		w.any(as+"ward = 'N'", as+"ward <> 'W'", as+"ward IS NULL", as+"ward IN ('N', 'E')", as+"ward LIKE 'N%'", as+"cost IS NULL"))
	w.keys = append(w.keys, as+"ward", "date_trunc('quarter', "+as+"at)", "bucket("+as+"days, 7, 30)")
}

func (w *writer) resident(as string) {
	w.sid = as + "sid"
	w.numbers = append(w.numbers, as+"income", "age_on("+as+"birthday, DATE '2025-12-31')", "datediff('day', "+as+"birthday, DATE '2024-02-29')",
		"clamp(to_number_or_null("+as+"reading, 2), -50, 9000)", "date_part('doy', "+as+"birthday)")
	w.conditions = append(w.conditions, w.edge(as+"birthday", "DATE '1970-01-01'", "DATE '1990-01-01'", "DATE '2010-01-01'"), w.edge(as+"income", "10000", "50000"),
		w.any("age_on("+as+"birthday, DATE '2025-12-31') >= 56", "age_on("+as+"birthday, DATE '2025-12-31') < 36", as+"region LIKE '3505%'",
			"region_level("+as+"region, 4) = '3505'", "region_level("+as+"region, 2) <> '46'", "region_level("+as+"region, 4) IN ('3502', '4601')"))
	w.keys = append(w.keys, as+"region", "region_level("+as+"region, 2)", "region_level("+as+"region, 4)", "date_trunc('year', "+as+"birthday)",
		"bucket(age_on("+as+"birthday, DATE '2025-12-31'), 16, 36, 56)")
}

// windows is a WITH query of windows over one person's visits.
func (w *writer) windows() string {
	w.visit("")
	order := func() string {
		var keys []string
		for range 1 + w.IntN(2) {
			keys = append(keys, w.pick([]string{"at", "days", "ward", "cost", "days + 1", "-days"})+w.pick([]string{"", " DESC"}))
		}
		return strings.Join(keys, ", ")
	}
	text := "WITH w AS (SELECT sid, cost, days, ward, at, row_number() OVER (PARTITION BY sid ORDER BY " + order() + ") AS nth, SUM(" + w.number(2) + ") OVER (PARTITION BY sid" +
		w.pick([]string{"", " ORDER BY " + order()}) + ") AS total, COUNT(" + w.pick([]string{"*", "cost"}) + ") OVER (PARTITION BY sid ORDER BY " + order() + ") AS known, lag(" + w.number(2) +
		w.pick([]string{"", ", 2"}) + ") OVER (PARTITION BY sid ORDER BY " + order() + ") AS before, datediff('day', lag(at) OVER (PARTITION BY sid ORDER BY " + order() + "), at) AS gap FROM visit" + w.where(1) + ") "
	w.numbers = []string{"nth", "total", "known", "before", "gap", "cost", "days"}
	w.keys = []string{"nth", "ward", "known", "date_trunc('quarter', at)"}
	w.conditions = []func() string{w.op("nth", 0, 4), w.op("known", 0, 4), w.any("before IS NULL", "ward = 'N'"), w.edge("at", "DATE '2024-04-01'")}
	w.from = "w"
	return text
}

// union is a WITH query of the rows of two tables.
func (w *writer) union() string {
	w.visit("")
	kind := w.pick([]string{"UNION ALL", "UNION ALL", "UNION"})
	text := "WITH u AS (SELECT sid, at AS day, " + w.number(2) + " AS x, CASE WHEN ward = 'N' THEN 1 ELSE 2 END AS kind FROM visit" + w.where(2)
	w.numbers, w.conditions = []string{"amount"}, []func() string{w.edge("paid_at", "DATE '2024-01-01'"), w.any("channel = 'S'")}
	text += " " + kind + " SELECT sid, paid_at, " + w.number(2) + ", CASE channel WHEN 'S' THEN 3 ELSE 2 END FROM purchase" + w.where(1) + ") "
	w.sid, w.from = "sid", "u"
	w.numbers, w.keys = []string{"x", "kind"}, []string{"kind", "date_trunc('month', day)"}
	w.conditions = []func() string{w.op("kind", 1, 3), w.any("x IS NULL"), w.edge("day", "DATE '2024-01-01'", "DATE '2024-07-01'")}
	if w.IntN(3) == 0 {
		text = strings.TrimSuffix(text, " ") + ", p AS (SELECT sid, SUM(x) AS x, COUNT(*) AS n FROM u GROUP BY sid) "
		w.numbers, w.keys, w.from = []string{"x", "n"}, []string{"n"}, "p"
		w.conditions = []func() string{w.op("n", 0, 8), w.any("x IS NULL")}
	}
	return text
}

// different is a WITH query of the different rows of a person.
func (w *writer) different() string {
	text := "WITH d AS (SELECT DISTINCT sid, ward, date_trunc('month', at) AS m, CASE WHEN at < DATE '2024-07-01' THEN 'a' ELSE 'b' END AS half, " + w.pick([]string{"days", "cost", "NULL"}) + " AS x FROM visit) "
	text = strings.Replace(text, ", NULL AS x", "", 1)
	w.sid, w.from = "sid", "d"
	w.numbers, w.keys = []string{"1"}, []string{"ward", "half", "date_trunc('month', m)"}
	if strings.Contains(text, " AS x") {
		w.numbers = []string{"x"}
	}
	w.conditions = []func() string{w.any("ward IS NULL", "half = 'a'", "ward IN ('N', 'W')"), w.edge("m", "DATE '2024-04-01'")}
	return text
}

// table is a class A text over one table, a join, or a per-person query joined to a table.
func (w *writer) table() string {
	with := ""
	switch w.IntN(8) {
	case 5:
		with = w.windows()
	case 6:
		with = w.union()
	case 7:
		with = w.different()
	case 4:
		w.resident("")
		w.from = "resident"
	case 0:
		w.credit("")
		w.from = "credit_default"
	case 1:
		w.visit("")
		w.from = "visit"
	case 2:
		w.credit("c.")
		w.visit("v.")
		w.from = "credit_default c JOIN visit v ON c.sid = v.sid"
	default:
		w.visit("")
		with = "WITH p AS (SELECT sid, COUNT(*) AS visits, " + w.pick([]string{"SUM", "AVG", "MAX", "MIN"}) + "(" + w.number(2) + ") AS x, COUNT(" + w.number(1) + ") AS known FROM visit" + w.where(2) + " GROUP BY sid) "
		w.numbers, w.conditions, w.keys = nil, nil, nil
		w.credit("c.")
		w.numbers = append(w.numbers, "p.visits", "p.x", "p.known")
		w.keys = append(w.keys, "p.visits")
		w.conditions = append(w.conditions, w.op("p.visits", 0, 4), w.any("p.x IS NULL"))
		w.from = "credit_default c JOIN p ON p.sid = c.sid"
	}
	var items, groups []string
	w.Shuffle(len(w.keys), func(i, j int) { w.keys[i], w.keys[j] = w.keys[j], w.keys[i] })
	for i, k := range w.keys[:w.IntN(min(3, len(w.keys)+1))] {
		items = append(items, fmt.Sprintf("%s AS k%d", k, i))
		groups = append(groups, fmt.Sprintf("k%d", i))
	}
	if column, edges := w.binned(); column != "" && w.IntN(3) == 0 {
		items = append(items, w.pick([]string{"HIST(" + column + ", " + edges + ") AS h", "QUANTILE(" + column + ", 0.5) AS q, QUANTILE(" + column + ", 0.9) AS r"}), "COUNT(*) AS n")
	} else {
		for i := range 1 + w.IntN(3) {
			items = append(items, fmt.Sprintf("%s AS m%d", w.aggregate(), i))
		}
	}
	text := with + "SELECT " + strings.Join(items, ", ") + " FROM " + w.from + w.where(3)
	if len(groups) > 0 {
		text += " GROUP BY " + strings.Join(groups, ", ")
	}
	return text
}

// binned is a column with public cut points and some of them, where the FROM has one by that name alone.
func (w *writer) binned() (column, edges string) {
	switch w.from {
	case "credit_default":
		return "age", "25, 45, 60"
	case "visit":
		return "days", "7, 30"
	case "resident":
		return "birthday", "DATE '1970-01-01', DATE '2000-01-01'"
	}
	return "", ""
}

func (w *writer) aggregate() string {
	switch w.IntN(7) {
	case 0:
		return "COUNT(*)"
	case 1:
		return "COUNT(DISTINCT " + w.sid + ")"
	case 2:
		return "COUNT(" + w.number(1) + ")"
	case 3:
		return "AVG(" + w.number(3) + ")"
	case 4:
		return "ROUND(AVG(" + w.number(2) + "), 2)"
	case 5:
		return "safe_div(SUM(" + w.number(1) + "), COUNT(*), 3)"
	}
	return "SUM(" + w.number(3) + ")"
}

// number is an expression of bounded numbers, nested at most deep.
func (w *writer) number(deep int) string {
	if deep == 0 || w.IntN(4) == 0 {
		if w.IntN(4) == 0 {
			return w.pick([]string{"0", "1", "-3", "2.5", "0.01", "100"})
		}
		return w.pick(w.numbers)
	}
	a, b := w.number(deep-1), w.number(deep-1)
	switch w.IntN(18) {
	case 14:
		return fmt.Sprintf("sqrt(greatest(%s, 0), %d)", a, 1+w.IntN(3))
	case 15:
		return fmt.Sprintf("ln(greatest(%s, 1), %d)", a, w.IntN(5))
	case 16:
		return fmt.Sprintf("exp(clamp(%s, -9, 9), %d)", a, w.IntN(5))
	case 17:
		return fmt.Sprintf("ln(%s)", w.pick(w.numbers))
	case 0:
		return "(" + a + " + " + b + ")"
	case 1:
		return "(" + a + " - " + b + ")"
	case 2:
		return "(" + a + " * " + w.pick([]string{"2", "0.5", "-1"}) + ")"
	case 3:
		return fmt.Sprintf("safe_div(%s, %s, %d)", a, b, w.IntN(4))
	case 4:
		return "abs(" + a + ")"
	case 5:
		return fmt.Sprintf("round(%s, %d)", a, w.IntN(2))
	case 6:
		return w.pick([]string{"floor", "ceil"}) + "(" + a + ")"
	case 7:
		return fmt.Sprintf("mod(floor(%s), %d)", a, 2+w.IntN(9))
	case 8:
		return w.pick([]string{"least", "greatest"}) + "(" + a + ", " + b + ")"
	case 9:
		return "coalesce(" + a + ", " + b + ")"
	case 10:
		return "clamp(" + a + ", -50, 5000)"
	case 11:
		return "-" + w.pick(w.numbers)
	case 12:
		return "CASE WHEN " + w.condition() + " THEN " + a + " END"
	}
	return "CASE WHEN " + w.condition() + " THEN " + a + " ELSE " + b + " END"
}

func (w *writer) condition() string { return w.conditions[w.IntN(len(w.conditions))]() }

func (w *writer) where(most int) string {
	n := w.IntN(most + 1)
	if n == 0 {
		return ""
	}
	text := w.condition()
	for range n - 1 {
		text = "(" + text + ")" + w.pick([]string{" AND ", " AND ", " OR "}) + w.condition()
	}
	if w.IntN(4) == 0 {
		text = "NOT (" + text + ")"
	}
	return " WHERE " + text
}

// ownBand is a class B text: bands of random numbers.
func (w *writer) ownBand() string {
	var items []string
	for i := range 1 + w.IntN(2) {
		whens := ""
		for j := range 1 + w.IntN(3) {
			whens += fmt.Sprintf(" WHEN %s %s %d THEN '%c'", w.number(2), w.pick([]string{">=", "<", "="}), w.IntN(300)-50, 'a'+j)
		}
		items = append(items, fmt.Sprintf("CASE%s ELSE 'z' END AS b%d", whens, i))
	}
	return "SELECT " + strings.Join(items, ", ") + " FROM credit_default WHERE sid = :subject"
}

func (w *writer) openRows() string {
	items := []string{"at", "wind"}
	for i := range 1 + w.IntN(3) {
		items = append(items, fmt.Sprintf("%s AS n%d", w.number(3), i))
	}
	if w.IntN(2) == 0 {
		items = append(items, "substr(wind, 1, 1) AS w", "date_trunc('month', at) AS month", "date_part('day', at) AS d",
			w.pick([]string{"upper", "lower", "trim"})+"(wind) AS u", "date_trunc('"+w.pick(query.TruncUnits)+"', seen) AS s", "date_part('"+w.pick(append(query.PartUnits, query.ClockUnits...))+"', seen) AS p")
	}
	return "SELECT " + strings.Join(slices.Compact(items), ", ") + " FROM air" + w.where(3)
}
