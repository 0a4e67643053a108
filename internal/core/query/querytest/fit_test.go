package querytest

import (
	"strings"
	"testing"

	"yunei/internal/core/query"
	"yunei/internal/core/query/guard"
)

const perPerson = "(SELECT sid, SUM(cost) AS cost, COUNT(*) AS visits, MAX(days) AS days FROM visit GROUP BY sid) v"

// TestFit: what FIT accepts, and how many coefficients and noised vectors it comes to.
func TestFit(t *testing.T) {
	for _, c := range []struct {
		text           string
		terms, vectors int
	}{
		{"FIT linear bill_amt1 ON age, limit_bal FROM credit_default", 2, 10},
		{"fit Linear bill_amt1 on age FROM credit_default WHERE age >= 30", 1, 6},
		{"/* score */ FIT linear limit_bal ON sex, education FROM credit_default -- sex is 1 or 2", 7, 0},
		{"FIT linear cost ON visits, days FROM " + perPerson, 2, 10},
		{"WITH v AS (SELECT sid, SUM(cost) AS cost, COUNT(*) AS visits FROM visit GROUP BY sid)\nFIT linear v.cost ON v.visits, c.age FROM v JOIN credit_default c ON v.sid = c.sid", 2, 10},
		{"FIT linear (default_next_month = 1) AS bad ON age >= 30 AS grown, limit_bal FROM credit_default", 2, 0},
		{"FIT logistic default_next_month ON bucket(age, 30, 40, 50) AS age, sex FROM credit_default", 4, 2},
		{"FIT logistic (limit_bal >= 200000) AS rich ON CASE WHEN age < 40 THEN 'y' ELSE 'o' END AS age FROM credit_default", 1, 2},
	} {
		r := guard.Inspect(c.text, query.A, City())
		if !r.Accepted {
			t.Errorf("%s: %+v", c.text, r.Refusals)
			continue
		}
		m := r.Model
		if len(m.Fit.Terms) != c.terms || c.vectors > 0 && len(m.Root.Aggs) != c.vectors {
			t.Errorf("%s: %d terms, %d vectors; want %d and %d", c.text, len(m.Fit.Terms), len(m.Root.Aggs), c.terms, c.vectors)
		}
		again, err := query.Decode(m.Canonical())
		if err != nil || again.Hash() != m.Hash() || !strings.Contains(r.Summary, "系数") {
			t.Errorf("%s: %v, %s", c.text, err, r.Summary)
		}
		if _, refusals := guard.Recheck(again, City()); len(refusals) > 0 {
			t.Errorf("%s: %+v", c.text, refusals)
		}
	}
	// The same moments, asked for as a table, are one question: its noise is served again.
	fit, _ := guard.Compile("FIT linear bill_amt1 ON age FROM credit_default", query.A, City())
	twin, _ := guard.Compile("FIT linear bill_amt1 AS other ON age AS x FROM credit_default", query.A, City())
	if fit.Question() != twin.Question() || fit.Hash() == twin.Hash() {
		t.Errorf("a fit under other names is another question, or the same artifact")
	}
}

// TestFit_Refused: each refusal has its code, and stands at what is wrong.
func TestFit_Refused(t *testing.T) {
	for _, c := range []struct {
		text, at string
		code     guard.Code
	}{
		{"FIT linear bill_amt1 FROM credit_default", "FIT", guard.Syntax},
		{"FIT linear bill_amt1 ON sid FROM credit_default", "sid", guard.KeyExposed},
		{"FIT linear cost ON days FROM visit", "FIT", guard.TooExpensive},
		{"FIT linear bill_amt1 ON age FROM credit_default GROUP BY sex", "FIT", guard.Unimplemented},
		{"FIT linear bill_amt1 ON age FROM credit_default ORDER BY 1", "", guard.NameColumns},
		{"FIT linear free ON days FROM (SELECT sid, MAX(free) AS free, MAX(days) AS days FROM visit GROUP BY sid) v", "", guard.Unbounded},
		{"FIT logistic bill_amt1 ON sex FROM credit_default", "bill_amt1", guard.WrongType},
		{"FIT logistic default_next_month ON age FROM credit_default", "age", guard.NoPublicDomain},
		{"FIT linear cost ON safe_div(days, visits) AS r FROM " + perPerson, "safe_div", guard.Unimplemented},
		{"FIT linear pm ON iws FROM air", "", guard.Unimplemented},
		{"FIT forest bill_amt1 ON age FROM credit_default", "", guard.Syntax},
		{"SELECT 1; FIT linear bill_amt1 ON age FROM credit_default", "", guard.Syntax},
		{"FIT linear bill_amt1 ON age, age FROM credit_default", "age FROM", guard.NameColumns},
	} {
		m, refusals := guard.Compile(c.text, query.A, City())
		if m != nil || len(refusals) == 0 {
			t.Errorf("%s: accepted", c.text)
			continue
		}
		if r := refusals[0]; r.Code != c.code || c.at != "" && !strings.HasPrefix(c.text[r.Start:], c.at) {
			t.Errorf("%s: %+v, want %s at %q", c.text, r, c.code, c.at)
		}
	}
	for _, class := range []query.Class{query.B, query.C, query.O} {
		if m, _ := guard.Compile("FIT linear bill_amt1 ON age FROM credit_default", class, City()); m != nil {
			t.Errorf("a class %s model was fitted", class)
		}
	}
}
