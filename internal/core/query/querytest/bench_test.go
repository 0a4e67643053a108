package querytest

import (
	"fmt"
	"strings"
	"testing"

	"yunei/internal/core/query"
	"yunei/internal/core/query/guard"
	"yunei/internal/core/query/interp"
)

func story(b *testing.B, file string) Case {
	b.Helper()
	cases, err := Cases()
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range cases {
		if strings.HasSuffix(c.File, file) {
			return c
		}
	}
	b.Fatalf("no case in %s", file)
	return Case{}
}

// BenchmarkCompile is text to model with all checks.
func BenchmarkCompile(b *testing.B) {
	guard.WarmUp()
	for _, file := range []string{"class_a.txt", "class_b.txt"} {
		c := story(b, file)
		b.Run(string(c.Class), func(b *testing.B) {
			for b.Loop() {
				if m, refusals := guard.Compile(c.Text, c.Class, City()); m == nil {
					b.Fatal(refusals)
				}
			}
		})
	}
}

// BenchmarkRefuse is the answer to a text that is too deep.
func BenchmarkRefuse(b *testing.B) {
	text := "SELECT " + strings.Repeat("(", 20000)
	for b.Loop() {
		guard.Compile(text, query.A, City())
	}
}

// BenchmarkSubject is one answer about one subject: the story's band, and ten columns over ten rows.
func BenchmarkSubject(b *testing.B) {
	c := story(b, "class_b.txt")
	b.Run("band", func(b *testing.B) { benchSubject(b, c.Text, City(), 1) })
	wide := Visit()
	wide.MaxRowsPerSubject = 10
	var items, outs []string
	for i := range 10 {
		wide.Columns = append(wide.Columns, stepped(ranged(column(fmt.Sprintf("m%d", i), "", whole, query.Measure), 0, 1000), 100))
		items = append(items, fmt.Sprintf("SUM(m%d) AS s%d", i, i))
		outs = append(outs, fmt.Sprintf("CASE WHEN s%d >= 6000 THEN 'A' WHEN s%d >= 3000 THEN 'B' ELSE 'C' END AS o%d", i, i, i))
	}
	text := "WITH v AS (SELECT sid, " + strings.Join(items, ", ") + " FROM visit GROUP BY sid) SELECT " + strings.Join(outs, ", ") + " FROM v WHERE sid = :subject"
	b.Run("10x10", func(b *testing.B) { benchSubject(b, text, query.Catalog{Tables: []query.Table{wide}}, 10) })
}

func benchSubject(b *testing.B, text string, cat query.Catalog, rows int) {
	m, refusals := guard.Compile(text, query.B, cat)
	if m == nil {
		b.Fatal(refusals)
	}
	program, err := interp.Compile(m)
	if err != nil {
		b.Fatal(err)
	}
	data := interp.Data{}
	g := &generator{newRand(3)}
	for i := range cat.Tables {
		t := &cat.Tables[i]
		r := interp.Rows{}
		for _, c := range t.Columns {
			r.Columns = append(r.Columns, c.Name)
		}
		for range rows {
			row := g.row(t, 1)
			row[0] = query.TextValue("s0001")
			r.Rows = append(r.Rows, row)
		}
		data[t.Name] = r
	}
	for b.Loop() {
		if _, err := program.Subject("s0001", data); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "subjects/s")
}

// BenchmarkCanonical is the encoding and hash of a model.
func BenchmarkCanonical(b *testing.B) {
	c := story(b, "class_a.txt")
	m, _ := guard.Compile(c.Text, c.Class, City())
	for b.Loop() {
		_ = m.Hash()
	}
}
