package querytest

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yunei/internal/core/query"
	"yunei/internal/core/query/guard"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestReview_Golden pins what an expert reads of the story's two models.
func TestReview_Golden(t *testing.T) {
	for _, file := range []string{"class_a", "class_b"} {
		cases, err := Cases()
		if err != nil {
			t.Fatal(err)
		}
		c := cases[slices.IndexFunc(cases, func(c Case) bool { return strings.HasSuffix(c.File, file+".txt") })]
		r := guard.Inspect(c.Text, c.Class, City())
		if !r.Accepted {
			t.Fatalf("refused: %+v", r.Refusals)
		}
		got, err := json.MarshalIndent(r, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		golden := filepath.Join("testdata", "golden", file+".json")
		if *update {
			if err := os.WriteFile(golden, append(got, '\n'), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(strings.TrimSpace(string(want)), string(got)); diff != "" {
			t.Errorf("%s changed; if that is meant, run go test -update (-want +got):\n%s", golden, diff)
		}
	}
}

func TestInspect_Places(t *testing.T) {
	tests := map[string]struct {
		text string
		want []string // code and the words underlined, in order
	}{
		"bytes, not characters": {`SELECT education AS "学历", MAX(age) AS "最大年龄" FROM credit_default GROUP BY education`, []string{"G009 MAX"}},
		"after a parameter":     {`SELECT COUNT(*) AS n FROM credit_default WHERE :subject = sid`, []string{"G003 sid"}},
		"one person named":      {`SELECT COUNT(*) AS n FROM credit_default WHERE sid = '0a1b'`, []string{"G003 sid", "G004 '0a1b'"}},
		"one of a list":         {`SELECT COUNT(*) AS n FROM credit_default WHERE sid IN ('0a', '1b')`, []string{"G003 sid", "G004 '0a'", "G004 '1b'"}},
		"every fault at once":   {`SELECT sid, MAX(age) AS m, SUM(nothing) AS s FROM credit_default`, []string{"G003 sid", "G009 MAX", "unknown_name nothing"}},
		"faults of grammar":     {`SELECT a / b AS x, random() AS y, (SELECT 1) AS z FROM t`, []string{"G010 /", "G012 random", "G007 ("}},
		"several checks":        {`SELECT COUNT(*) AS n FROM credit_default WHERE age = 37 AND mod(pay_0, 2) = 1`, []string{"G004 age", "G013 mod"}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			_, refusals := guard.Compile(tc.text, query.A, City())
			var got []string
			for _, r := range refusals {
				got = append(got, string(r.Code)+" "+tc.text[r.Start:r.End])
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestRecheck changes the policy after a model was signed: stricter refuses, looser changes nothing.
func TestRecheck(t *testing.T) {
	col := func(c *query.Catalog, table, name string) *query.Column {
		tab, _ := c.Table(table)
		out, ok := tab.Column(name)
		if !ok {
			t.Fatalf("no column %s", name)
		}
		return out
	}
	tests := map[string]struct {
		change func(*query.Catalog)
		want   guard.Code // "" for accepted
	}{
		"nothing changed": {func(*query.Catalog) {}, ""},
		"more edges":      {func(c *query.Catalog) { e := col(c, "credit_default", "age"); e.Edges = append(e.Edges, 65) }, ""},
		"more people":     {func(c *query.Catalog) { c.Tables[0].Units *= 2 }, ""},
		"one more column": {func(c *query.Catalog) {
			c.Tables[0].Columns = append(c.Tables[0].Columns, column("new", "", whole, query.Measure))
		}, ""},
		"edge withdrawn":       {func(c *query.Catalog) { col(c, "credit_default", "age").Edges = []int64{30, 40} }, guard.IsolatingValue},
		"use withdrawn":        {func(c *query.Catalog) { col(c, "credit_default", "education").Uses = nil }, guard.NoPublicDomain},
		"column withdrawn":     {func(c *query.Catalog) { col(c, "credit_default", "education").Role = query.Never }, guard.NoPublicDomain},
		"code withdrawn":       {func(c *query.Catalog) { e := col(c, "credit_default", "education"); e.Domain = e.Domain[:3] }, guard.NoPublicDomain},
		"graded core":          {func(c *query.Catalog) { col(c, "credit_default", "education").Grade.National = query.Core }, guard.GradeTooHigh},
		"fewer people":         {func(c *query.Catalog) { c.Tables[0].Units = 200 }, guard.TooSpecific},
		"new schema version":   {func(c *query.Catalog) { c.Tables[0].SchemaVersion = 2 }, guard.UnknownName},
		"another resource":     {func(c *query.Catalog) { c.Tables[0].Resource = "res_other" }, guard.UnknownName},
		"table out of reach":   {func(c *query.Catalog) { c.Tables = c.Tables[1:] }, guard.UnknownName},
		"NULLs where none was": {func(c *query.Catalog) { col(c, "credit_default", "education").Null = true }, guard.UnknownName},
		"rows not bounded":     {func(c *query.Catalog) { c.Tables[0].MaxRowsPerSubject = 0 }, guard.TooExpensive},
	}
	m := compiled(t, "SELECT education, bucket(age, 30, 35) AS a, COUNT(*) AS n FROM credit_default GROUP BY education, a")
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			cat := City()
			tc.change(&cat)
			_, refusals := guard.Recheck(m, cat)
			switch {
			case tc.want == "" && len(refusals) > 0:
				t.Errorf("refused: %+v", refusals)
			case tc.want != "" && (len(refusals) == 0 || refusals[0].Code != tc.want):
				t.Errorf("got %+v, want %s", refusals, tc.want)
			}
		})
	}
}

// TestRecheck_Claims: an artefact that claims less than it tells is refused, whoever wrote it.
func TestRecheck_Claims(t *testing.T) {
	text := "SELECT CASE WHEN age < 30 THEN 'a' WHEN age < 40 THEN 'b' ELSE 'c' END AS band FROM credit_default WHERE sid = :subject"
	forge := map[string]func(*query.Model){
		"a value left out": func(m *query.Model) { m.Outputs[0].Values = m.Outputs[0].Values[:2] },
		"fewer cells":      func(m *query.Model) { m.Outputs[0].Cells = 1 },
		"called public":    func(m *query.Model) { m.Outputs[0].Standing = query.Public },
		"no own rows":      func(m *query.Model) { m.Root.In[0] = m.Root.In[0].In[0] },
		"the key put out":  func(m *query.Model) { m.Root.Exprs[0] = query.Col(0, query.Type{Kind: query.Text}) },
		"others' rows":     func(m *query.Model) { p := m.Root.In[0].Pred; p.Args[0] = p.Args[1] },
		"raw expression":   func(m *query.Model) { m.Root.Exprs[0] = m.Root.Exprs[0].Args[0].Args[0] },
	}
	for name, f := range forge {
		t.Run(name, func(t *testing.T) {
			m, refusals := guard.Compile(text, query.B, City())
			if m == nil {
				t.Fatalf("%+v", refusals)
			}
			f(m)
			if _, refusals := guard.Recheck(m, City()); len(refusals) == 0 {
				t.Error("accepted")
			}
		})
	}
}

// TestRecheck_Closed: open data that was closed since is read no more.
func TestRecheck_Closed(t *testing.T) {
	m, refusals := guard.Compile("SELECT pm FROM air", query.O, City())
	if m == nil {
		t.Fatalf("%+v", refusals)
	}
	cat := City()
	air, _ := cat.Table("air")
	air.Open = false
	if _, refusals := guard.Recheck(m, cat); len(refusals) != 1 || refusals[0].Code != guard.GradeTooHigh {
		t.Errorf("got %+v, want one refusal for its grade", refusals)
	}
}

// TestRecheck_Uses: a use that the artefact does not name is needed all the same.
func TestRecheck_Uses(t *testing.T) {
	m := compiled(t, "SELECT education, COUNT(*) AS n FROM credit_default GROUP BY education")
	for i := range m.Tables[0].Columns {
		m.Tables[0].Columns[i].Uses = nil
	}
	cat := City()
	c, _ := cat.Tables[0].Column("education")
	c.Uses = []query.Use{query.AfterCompare}
	if _, refusals := guard.Recheck(m, cat); len(refusals) == 0 {
		t.Error("accepted")
	}
}

// TestVocabulary: in a long code list, no single code may be asked for, and no prefix that means one code.
func TestVocabulary(t *testing.T) {
	cat := City()
	visit, _ := cat.Table("visit")
	ward, _ := visit.Column("ward")
	ward.Domain = nil
	for i := range 300 {
		ward.Domain = append(ward.Domain, query.Code{Value: strconv.Itoa(350000 + i)})
	}
	for condition, want := range map[string]bool{"ward = '350007'": false, "ward IN ('350007', '350008')": false, "ward <> '350007'": false,
		"starts_with(ward, '350007')": false, "starts_with(ward, '35000')": true, "ward IS NOT NULL": true} {
		m, refusals := guard.Compile("SELECT COUNT(*) AS n FROM visit WHERE "+condition, query.A, cat)
		if (m != nil) != want {
			t.Errorf("%s: got %+v, want accepted %v", condition, refusals, want)
		}
		if m == nil && refusals[0].Code != guard.IsolatingValue {
			t.Errorf("%s: got %s", condition, refusals[0].Code)
		}
	}
}

// TestHints: an example of what is allowed is allowed.
func TestHints(t *testing.T) {
	for code, r := range guard.Codes() {
		if strings.HasPrefix(r.Hint, "SELECT") && !strings.Contains(r.Hint, "...") {
			m, refusals := guard.Compile(strings.Replace(r.Hint, `AS "学历"`, `AS "学历", COUNT(*) AS n FROM credit_default GROUP BY education`, 1), query.A, City())
			if m == nil {
				t.Errorf("%s: the hint is refused: %+v\n%s", code, refusals, r.Hint)
			}
		}
	}
}

func TestCompile_Concurrent(t *testing.T) {
	want := compiled(t, "SELECT COUNT(*) AS n FROM credit_default WHERE age >= 30").Hash()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 20 {
				m, refusals := guard.Compile("SELECT COUNT(*) AS n FROM credit_default WHERE 30 <= age", query.A, City())
				if m == nil || m.Hash() != want {
					t.Errorf("got %v, want %s", refusals, want)
				}
			}
		})
	}
	wg.Wait()
}
