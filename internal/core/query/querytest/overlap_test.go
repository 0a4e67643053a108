package querytest

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"yunei/internal/core/query"
	"yunei/internal/core/query/guard"
	"yunei/internal/core/query/interp"
)

func compiledA(t *testing.T, text string) *query.Model {
	t.Helper()
	m, refusals := guard.Compile(text, query.A, City())
	if m == nil {
		t.Fatalf("%s: %+v", text, refusals)
	}
	return m
}

// TestMeet: how two questions lie to one another follows from their conditions, however they are spelled.
func TestMeet(t *testing.T) {
	count := func(where string) string {
		if where != "" {
			where = " WHERE " + where
		}
		return "SELECT COUNT(*) AS n FROM credit_default" + where
	}
	for _, c := range []struct {
		a, b   string
		want   guard.Overlap
		differ string
	}{
		{count("age >= 30"), count("age >= 30"), guard.SameRows, ""},
		{count("age >= 30 AND age < 60"), count("age BETWEEN 30 AND 59"), guard.SameRows, ""},
		{count("age >= 40"), count("age >= 30"), guard.Narrower, "age"},
		{count("age >= 30"), count("age >= 40"), guard.Wider, "age"},
		{count("age >= 30 AND education = '1'"), count("age >= 30"), guard.Narrower, "education"},
		{count("age < 30"), count("age >= 40"), guard.Apart, "age"},
		{count("education = '1'"), count("education IN ('2', '3')"), guard.Apart, "education"},
		{count("education IN ('1', '2')"), count("education IN ('2', '1', '3')"), guard.Narrower, "education"},
		{count("education = '1'"), count("education <> '2'"), guard.Narrower, "education"},
		{count("education = '1'"), count("age >= 30"), guard.Crossing, "age education"},
		{count("age >= 30 OR education = '1'"), count("age >= 30"), guard.Crossing, "age education"},
		{count(""), count("NOT (age >= 30)"), guard.Wider, "age"},
		{"WITH p AS (SELECT sid, age FROM credit_default WHERE age >= 40) SELECT COUNT(*) AS n FROM p", count("age >= 30"), guard.Narrower, "age"},
		{"SELECT education, SUM(pay_0) AS s FROM credit_default WHERE age >= 30 GROUP BY education", count("age >= 30"), guard.SameRows, ""},
	} {
		m := guard.Meet(compiledA(t, c.a), compiledA(t, c.b))
		differ := strings.ReplaceAll(strings.Join(m.Differ, " "), "res_credit.", "")
		if m.Overlap != c.want || differ != c.differ {
			t.Errorf("%s\n%s\n\tmeet as %s on %v, want %s on %s", c.a, c.b, m.Overlap, m.Differ, c.want, c.differ)
		}
	}
}

// TestMeet_Data holds the algebra against data: what it says is narrower never counts more, what it says is apart shares
// nobody, on any rows.
func TestMeet_Data(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 9))
	atoms := []string{"age >= 30", "age >= 40", "age < 50", "age < 30", "education = '1'", "education IN ('1', '2')", "education <> '3'", "education IN ('3', '4')", "NOT (age >= 40)"}
	data := People(5, 400)
	where := func() string {
		var list []string
		for range 1 + r.IntN(3) {
			list = append(list, atoms[r.IntN(len(atoms))])
		}
		return strings.Join(list, " AND ")
	}
	units := func(where string) int64 {
		p, err := interp.Compile(compiledA(t, "SELECT COUNT(*) AS n FROM credit_default WHERE "+where))
		if err != nil {
			t.Fatal(err)
		}
		cells, err := p.Aggregate(data, interp.SaltedChoice("s"))
		if err != nil {
			t.Fatal(err)
		}
		return cells[0].Units
	}
	seen := map[guard.Overlap]int{}
	for range 300 {
		a, b := where(), where()
		m := guard.Meet(compiledA(t, "SELECT COUNT(*) AS n FROM credit_default WHERE "+a), compiledA(t, "SELECT COUNT(*) AS n FROM credit_default WHERE "+b))
		seen[m.Overlap]++
		both := units(fmt.Sprintf("%s AND %s", a, b))
		if m.Overlap == guard.Narrower && both != units(a) || m.Overlap == guard.Wider && both != units(b) || m.Overlap == guard.Apart && both != 0 ||
			m.Overlap == guard.SameRows && (both != units(a) || both != units(b)) {
			t.Errorf("%s | %s: said to be %s, %d rows in both", a, b, m.Overlap, both)
		}
	}
	for _, o := range []guard.Overlap{guard.Narrower, guard.Wider, guard.SameRows, guard.Crossing, guard.Apart} {
		if seen[o] == 0 {
			t.Errorf("no pair was %s: %v", o, seen)
		}
	}
}
