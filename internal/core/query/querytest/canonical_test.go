package querytest

import (
	"testing"

	"yunei/internal/core/query"
	"yunei/internal/core/query/guard"
)

// TestCanonical holds that spellings of one question are one question, and that different questions are not.
func TestCanonical(t *testing.T) {
	const count = "SELECT COUNT(*) AS n FROM credit_default WHERE "
	tests := map[string]struct {
		a, b string
		same bool
	}{
		"commuted AND":         {count + "sex = 1 AND age >= 30", count + "age >= 30 AND sex = 1", true},
		"mirrored":             {count + "age >= 30", count + "30 <= age", true},
		"BETWEEN":              {count + "age BETWEEN 30 AND 39", count + "age >= 30 AND age < 40", true},
		"NOT BETWEEN":          {count + "age NOT BETWEEN 30 AND 39", count + "age < 30 OR age >= 40", true},
		"greater than":         {count + "age > 29", count + "age >= 30", true},
		"decimal bound":        {count + "age > 29.5", count + "age >= 30", true},
		"IN order":             {count + "sex IN (2, 1)", count + "sex IN (1, 2, 1)", true},
		"IN and OR":            {count + "sex IN (1, 2)", count + "sex = 2 OR sex = 1", true},
		"IN of one":            {count + "sex IN (1)", count + "sex = 1", true},
		"NOT IN of one":        {count + "sex NOT IN (1)", count + "sex <> 1", true},
		"De Morgan":            {count + "NOT (sex = 1 OR age >= 30)", count + "sex <> 1 AND age < 30", true},
		"double NOT":           {count + "NOT NOT sex = 1", count + "sex = 1", true},
		"repetition":           {count + "sex = 1 AND sex = 1", count + "sex = 1", true},
		"tautology":            {count + "1 = 1 AND sex = 1", count + "sex = 1", true},
		"nothing but true":     {count + "1 = 1", "SELECT COUNT(*) AS n FROM credit_default", true},
		"wider bound":          {count + "age >= 30 AND age >= 25", count + "age >= 30", true},
		"computed constant":    {count + "age >= 15 * 2", count + "age >= 30", true},
		"text constant":        {count + "age >= '30'", count + "age >= 30", true},
		"alias of table":       {"SELECT COUNT(*) AS n FROM credit_default c WHERE c.sex = 1", count + "sex = 1", true},
		"comment and case":     {"select count ( * ) as n /* people */ from credit_default where SEX=1", count + "sex = 1", true},
		"subquery":             {"SELECT COUNT(*) AS n FROM (SELECT sex AS s FROM credit_default) x WHERE s = 1", count + "sex = 1", true},
		"WITH":                 {"WITH x AS (SELECT sid, age FROM credit_default WHERE sex = 1) SELECT COUNT(*) AS n FROM x", count + "sex = 1", true},
		"order of keys":        {"SELECT sex, education, COUNT(*) AS n FROM credit_default GROUP BY sex, education", "SELECT education, sex, COUNT(*) AS n FROM credit_default GROUP BY education, sex", true},
		"order of aggregates":  {"SELECT SUM(pay_0) AS a, COUNT(*) AS b FROM credit_default", "SELECT COUNT(*) AS x, SUM(pay_0) AS y FROM credit_default", true},
		"bucket and CASE":      {"SELECT bucket(age, 30) AS a, COUNT(*) AS n FROM credit_default GROUP BY a", "SELECT CASE WHEN age < 30 THEN '<30' WHEN age >= 30 THEN '>=30' END AS b, COUNT(*) AS n FROM credit_default GROUP BY b", true},
		"CASE x WHEN":          {"SELECT SUM(CASE sex WHEN 1 THEN 1 ELSE 0 END) AS s FROM credit_default", "SELECT SUM(CASE WHEN sex = 1 THEN 1 ELSE 0 END) AS s FROM credit_default", true},
		"commuted sum":         {"SELECT SUM(pay_amt1 + pay_amt2) AS s FROM credit_default", "SELECT SUM(pay_amt2 + pay_amt1) AS s FROM credit_default", true},
		"commuted join":        {"SELECT COUNT(*) AS n FROM credit_default c JOIN visit v ON c.sid = v.sid", "SELECT COUNT(*) AS n FROM visit JOIN credit_default USING (sid)", true},
		"COUNT of not null":    {"SELECT COUNT(age) AS n FROM credit_default", "SELECT COUNT(*) AS n FROM credit_default", true},
		"AVG beside COUNT":     {"SELECT AVG(default_next_month) AS r FROM credit_default", "SELECT COUNT(*) AS n, AVG(default_next_month) AS r FROM credit_default", true},
		"default clamp":        {"SELECT SUM(age) AS s FROM credit_default", "SELECT SUM(clamp(age, 18, 100)) AS s FROM credit_default", true},
		"other bound":          {count + "age >= 30", count + "age >= 35", false},
		"other constant":       {count + "sex = 1", count + "sex = 2", false},
		"other column":         {count + "pay_0 = 1", count + "pay_2 = 1", false},
		"one more condition":   {count + "sex = 1 AND age >= 30", count + "sex = 1", false},
		"AND is not OR":        {count + "sex = 1 AND age >= 30", count + "sex = 1 OR age >= 30", false},
		"COUNT of nullable":    {"SELECT COUNT(cost) AS n FROM visit", "SELECT COUNT(*) AS n FROM visit", false},
		"people are not rows":  {"SELECT COUNT(DISTINCT sid) AS n FROM visit", "SELECT COUNT(*) AS n FROM visit", false},
		"SUM beside AVG":       {"SELECT SUM(age) AS s, AVG(age) AS a FROM credit_default", "SELECT AVG(age) AS a FROM credit_default", false},
		"subtraction is order": {"SELECT SUM(pay_amt1 - pay_amt2) AS s FROM credit_default", "SELECT SUM(pay_amt2 - pay_amt1) AS s FROM credit_default", false},
		"inner filter":         {"WITH v AS (SELECT sid, COUNT(*) AS n FROM visit WHERE ward = 'N' GROUP BY sid) SELECT COUNT(*) AS c FROM v", "WITH v AS (SELECT sid, COUNT(*) AS n FROM visit GROUP BY sid) SELECT COUNT(*) AS c FROM v", false},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			a, b := compiled(t, tc.a), compiled(t, tc.b)
			if got := a.Question() == b.Question(); got != tc.same {
				t.Errorf("same question: got %v, want %v\n%s\n%s\n%s\n%s", got, tc.same, tc.a, a.Canonical(), tc.b, b.Canonical())
			}
		})
	}
}

func compiled(t testing.TB, text string) *query.Model {
	t.Helper()
	m, refusals := guard.Compile(text, query.A, City())
	if m == nil {
		t.Fatalf("refused: %+v\n%s", refusals, text)
	}
	return m
}
