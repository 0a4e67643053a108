package synth

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yunei/internal/core/query"
	"yunei/internal/core/query/snapshot"
)

func table() *query.Table {
	lo, hi := int64(-500), int64(100_000)
	return &query.Table{Name: "visits", Resource: "res_1", SchemaVersion: 3, UnitKind: "person", SubjectKey: "sid", MaxRowsPerSubject: 4, Columns: []query.Column{
		{Name: "sid", Type: query.Type{Kind: query.Text}, Role: query.SubjectKey},
		{Name: "city", Type: query.Type{Kind: query.Text}, Null: true, Domain: []query.Code{{Value: "东"}, {Value: "西"}}},
		{Name: "code", Type: query.Type{Kind: query.Int}, Domain: []query.Code{{Value: "1"}, {Value: "2"}, {Value: "9"}}},
		{Name: "cost", Type: query.Number(2), Null: true, Lo: &lo, Hi: &hi, Edges: []int64{5000}},
		{Name: "day", Type: query.Type{Kind: query.Date}},
		{Name: "ok", Type: query.Type{Kind: query.Bool}},
		{Name: "holder", Title: "身份证号", Type: query.Type{Kind: query.Text}},
	}}
}

func TestRows_EdgesOccur(t *testing.T) {
	rows := Rows(table(), 300)
	seen := map[string]map[string]bool{}
	nobody, persons := 0, map[string]int{}
	for _, r := range rows.Rows {
		for j, name := range rows.Columns {
			if seen[name] == nil {
				seen[name] = map[string]bool{}
			}
			text := r[j].Text()
			if r[j].IsNull() {
				text = "NULL"
			}
			seen[name][text] = true
		}
		if r[0].IsNull() {
			nobody++
		} else {
			persons[r[0].S]++
		}
	}
	for column, values := range map[string][]string{
		"city": {"东", "西", "NULL"}, "code": {"1", "2", "9"}, "cost": {"-5.00", "1000.00", "49.99", "50.00", "50.01", "0.00", "NULL"}, "ok": {"true", "false"},
	} {
		for _, v := range values {
			if !seen[column][v] {
				t.Errorf("%s never is %s in 300 rows", column, v)
			}
		}
	}
	if seen["code"]["NULL"] || seen["day"]["NULL"] {
		t.Error("a column that is never NULL is NULL")
	}
	if nobody != 6 {
		t.Errorf("%d rows without a subject, want 6", nobody)
	}
	most := 0
	for _, n := range persons {
		most = max(most, n)
	}
	if most != 4 || len(persons) < 50 {
		t.Errorf("%d persons with at most %d rows, want many with at most the policy's 4", len(persons), most)
	}
}

func TestRows_SameForEveryone(t *testing.T) {
	if d := cmp.Diff(Rows(table(), 200), Rows(table(), 200)); d != "" {
		t.Errorf("two samples differ:\n%s", d)
	}
	next := table()
	next.SchemaVersion = 4
	if cmp.Equal(Rows(table(), 200), Rows(next, 200)) {
		t.Error("a new version of the schema has the old sample")
	}
	wider := table()
	wider.Columns = append(wider.Columns, query.Column{Name: "extra", Type: query.Type{Kind: query.Int}})
	for i, r := range Rows(wider, 200).Rows {
		if d := cmp.Diff(Rows(table(), 200).Rows[i], r[:7]); d != "" {
			t.Fatalf("a new column changed row %d:\n%s", i, d)
		}
	}
}

func TestRows_JoinPartners(t *testing.T) {
	other := table()
	other.Name, other.Resource = "people", "res_2"
	mine := map[string]bool{}
	for _, r := range Rows(table(), 200).Rows {
		mine[r[0].S] = true
	}
	found := 0
	for _, r := range Rows(other, 200).Rows {
		if !r[0].IsNull() && mine[r[0].S] {
			found++
		}
	}
	if found < 100 {
		t.Errorf("%d of 200 rows find a partner in another sample", found)
	}
}

// TestRows_RunLikeASnapshot: same columns, same types, readable the same way.
func TestRows_RunLikeASnapshot(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.parquet")
	if err := snapshot.Write(path, table(), Rows(table(), 120).Rows); err != nil {
		t.Fatal(err)
	}
	var columns []query.ColumnRef
	for _, c := range table().Columns {
		columns = append(columns, query.ColumnRef{Name: c.Name, Type: c.Type})
	}
	rows, err := snapshot.Read(path, columns)
	if err != nil || len(rows.Rows) != 120 {
		t.Errorf("%d rows read back (%v), want 120", len(rows.Rows), err)
	}
}

func TestIDNumber(t *testing.T) {
	// an independent form of the check: the weighted sum with weights 2^(17-i) is 1 modulo 11
	seen := map[string]bool{}
	for i := range 60_000 {
		n := IDNumber(i)
		if len(n) != 18 || !strings.HasPrefix(n, "990000") || seen[n] {
			t.Fatalf("number %d is %s", i, n)
		}
		seen[n] = true
		if _, err := time.Parse("20060102", n[6:14]); err != nil {
			t.Fatalf("%s has no date of birth", n)
		}
		sum := 0
		for j, c := range n {
			d := int(c - '0')
			if c == 'X' {
				d = 10
			}
			sum += d * (1 << (17 - j) % 11)
		}
		if sum%11 != 1 {
			t.Fatalf("%s has the wrong check digit", n)
		}
	}
	for j, r := range Rows(table(), 100).Rows {
		if r[6].S != IDNumber(j) {
			t.Fatalf("row %d has holder %s, want a sample number", j, r[6].S)
		}
	}
}
