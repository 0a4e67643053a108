package querytest

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"yunei/internal/core/query"
	"yunei/internal/core/query/guard"
	"yunei/internal/core/query/interp"
)

// series is the city with visits as a series by their date, whose months are public cut points.
func series() query.Catalog {
	city := City()
	for i := range city.Tables {
		if city.Tables[i].Name == "visit" {
			city.Tables[i].Series = "at"
			at, _ := city.Tables[i].Column("at")
			at.Edges = []int64{19723, 19754, 19783, 19787, 19814, 19815, 19844} // 2024: firsts of months, 03-05 and 04-02
		}
	}
	return city
}

// TestMonth_Data: what the guard says reads one month only answers the same whatever the other months hold, for everybody and
// so for each subject; so each month is a unit of its own, and its charge is all that it costs. What might look beyond
// the month is not said to read one.
func TestMonth_Data(t *testing.T) {
	city := series()
	visit, _ := city.Table("visit")
	for _, c := range []struct{ text, month string }{
		{"SELECT COUNT(*) AS n FROM visit WHERE at >= DATE '2024-03-01' AND at < DATE '2024-04-01'", "2024-03"},
		{"SELECT COUNT(*) AS n FROM visit WHERE at BETWEEN DATE '2024-03-05' AND DATE '2024-03-31'", "2024-03"},
		{"SELECT COUNT(*) AS n FROM visit WHERE NOT (at < DATE '2024-03-05' OR at >= DATE '2024-04-01') AND days >= 7", "2024-03"},
		{"SELECT ward, SUM(cost) AS s, COUNT(*) AS n FROM visit WHERE at >= DATE '2024-03-05' AND at < DATE '2024-04-01' GROUP BY ward", "2024-03"},
		{"WITH v AS (SELECT sid, SUM(days) AS d FROM visit WHERE at >= DATE '2024-02-01' AND at < DATE '2024-03-01' GROUP BY sid) SELECT SUM(clamp(d, 0, 90)) AS n FROM v", "2024-02"},
		{"SELECT c.sex, COUNT(*) AS n FROM credit_default c JOIN visit v ON c.sid = v.sid WHERE v.at >= DATE '2024-02-01' AND v.at < DATE '2024-03-01' GROUP BY c.sex", "2024-02"},
		{"SELECT c.sex, COUNT(*) AS n FROM credit_default c LEFT JOIN visit v ON c.sid = v.sid WHERE v.at >= DATE '2024-02-01' AND v.at < DATE '2024-03-01' GROUP BY c.sex", "2024-02"},

		{"SELECT COUNT(*) AS n FROM visit", ""},
		{"SELECT COUNT(*) AS n FROM visit WHERE at >= DATE '2024-03-01' AND at <= DATE '2024-04-01'", ""},
		{"SELECT COUNT(*) AS n FROM visit WHERE at >= DATE '2024-03-01'", ""},
		{"SELECT COUNT(*) AS n FROM visit WHERE at < DATE '2024-03-01' OR days >= 7", ""},
		{"SELECT COUNT(*) AS n FROM visit WHERE NOT (at >= DATE '2024-03-01' AND at < DATE '2024-04-01')", ""},
		// A window counts over all months before the condition.
		{"WITH v AS (SELECT sid, at, ROW_NUMBER() OVER (PARTITION BY sid ORDER BY at) AS r FROM visit) SELECT COUNT(*) AS n FROM v WHERE at >= DATE '2024-03-01' AND at < DATE '2024-04-01' AND r = 1", ""},
		// A second scan sees the other months.
		{"WITH a AS (SELECT sid FROM visit WHERE at >= DATE '2024-03-01' AND at < DATE '2024-04-01'), b AS (SELECT sid, COUNT(*) AS k FROM visit GROUP BY sid) SELECT COUNT(*) AS n FROM a JOIN b ON a.sid = b.sid WHERE b.k >= 2", ""},
		// Only one branch is held to the month.
		{"WITH u AS (SELECT sid, days FROM visit WHERE at >= DATE '2024-03-01' AND at < DATE '2024-04-01' UNION ALL SELECT sid, days FROM visit) SELECT COUNT(*) AS n FROM u", ""},
	} {
		m, refusals := guard.Compile(c.text, query.A, city)
		if m == nil {
			t.Errorf("%s: %+v", c.text, refusals)
			continue
		}
		if got := guard.Month(m, visit); got != c.month {
			t.Errorf("%s\n\treads %q, want %q", c.text, got, c.month)
		}
		if c.month == "" {
			continue
		}
		program, err := interp.Compile(m)
		if err != nil {
			t.Fatal(err)
		}
		counted := int64(0)
		for seed := range uint64(20) {
			data := days(People(500+seed, 60), seed)
			cells := aggregate(t, program, data)
			if other := aggregate(t, program, elsewhere(data, c.month)); !reflect.DeepEqual(cells, other) {
				t.Errorf("%s\n\tdepends on rows of other months than %s", c.text, c.month)
			}
			for _, cell := range cells {
				counted += cell.Units
			}
		}
		if counted == 0 {
			t.Errorf("%s\n\tcounted nobody, which shows nothing", c.text)
		}
	}
}

// days moves every date into three months, so that each month has rows.
func days(data interp.Data, seed uint64) interp.Data {
	r, rows := newRand(seed), data["visit"]
	for _, row := range rows.Rows {
		if at := &row[column0(rows, "at")]; !at.IsNull() {
			at.N = 19723 + 31 + r.Int64N(60) // 2024-02-01 to 2024-03-31
			if r.IntN(3) == 0 {
				at.N = 19787 // 2024-03-05
			}
		}
	}
	return data
}

func column0(rows interp.Rows, name string) int {
	for i, c := range rows.Columns {
		if c == name {
			return i
		}
	}
	panic(name)
}

// elsewhere takes the visits of all other months away.
func elsewhere(data interp.Data, month string) interp.Data {
	out := interp.Data{}
	for name, rows := range data {
		out[name] = rows
	}
	rows := data["visit"]
	kept := interp.Rows{Columns: rows.Columns}
	for _, row := range rows.Rows {
		at := row[column0(rows, "at")]
		if !at.IsNull() && time.Unix(at.N*86400, 0).UTC().Format("2006-01") == month {
			kept.Rows = append(kept.Rows, row)
		}
	}
	out["visit"] = kept
	return out
}

// TestMonth_Evidence: the unit stands in the evidence that experts read, and no model is told that it is a person's.
func TestMonth_Evidence(t *testing.T) {
	for where, want := range map[string]string{
		"WHERE at >= DATE '2024-03-01' AND at < DATE '2024-04-01'": "单位为每人每月（at），本模型只涉及 2024-03",
		"WHERE at >= DATE '2024-03-01'":                            "计入每一个月份的额度",
	} {
		review := guard.Inspect("SELECT COUNT(*) AS n FROM visit "+where, query.A, series())
		for _, check := range review.Checks {
			if text := strings.Join(check.Evidence, "\n"); check.ID == "SC04" && !strings.Contains(text, want) {
				t.Errorf("%s: SC04 says %q, want %q", where, text, want)
			}
		}
	}
}
