package querytest

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"yunei/internal/core/query"
	"yunei/internal/core/query/duckdb"
	"yunei/internal/core/query/guard"
	"yunei/internal/core/query/interp"
	"yunei/internal/core/query/render"
	"yunei/internal/core/query/snapshot"
)

func TestMain(m *testing.M) {
	duckdb.MaybeWorker()
	os.Exit(m.Run())
}

// jobs is a table whose employers are free text: nobody has published a list of them.
func jobs() query.Table {
	employer := column("employer", "单位", text, query.Dimension)
	employer.Select, employer.Null = true, true
	street := column("street", "街道", text, query.Dimension)
	street.Select = true
	return query.Table{
		Name: "job", Title: "就业登记", Resource: "res_job", SchemaVersion: 1,
		UnitKind: "person", SubjectKey: "sid", MaxRowsPerSubject: 3, Units: 20000,
		Columns: []query.Column{sid(), employer, street,
			coded(column("kind", "类别", text, query.Dimension), codes("F", "全日制", "P", "非全日制")),
			ranged(column("wage", "月薪", money, query.Measure), 0, 5000000)},
	}
}

func jobRows(seed uint64, people int) interp.Rows {
	r := rand.New(rand.NewPCG(seed, 11))
	rows := interp.Rows{Columns: []string{"sid", "employer", "street", "kind", "wage"}}
	names := []string{"甲公司", "乙公司", "丙厂", "  丙厂 ", "Ｄ公司", "D公司", "=HYPERLINK(1)", "卡号 4111111111111111", "", "戊\u202e店"}
	for p := range people {
		for range 1 + r.IntN(3) {
			row := []query.Value{query.TextValue(fmt.Sprintf("s%04d", p)), query.TextValue(names[r.IntN(len(names))]),
				query.TextValue([]string{"东街", "西街", "南街"}[r.IntN(3)]), query.TextValue([]string{"F", "P", "?"}[r.IntN(3)]), query.NumberValue(r.Int64N(6_000_000), 2)}
			if r.IntN(12) == 0 {
				row[1] = query.Null
			}
			rows.Rows = append(rows.Rows, row)
		}
	}
	return rows
}

func token(value string) int64 {
	n := int64(1)
	for _, c := range value {
		n = n*1_000_003 + int64(c)
	}
	return n & (1<<62 - 1)
}

// engineGroups supplies the rows with tokens and asks DuckDB.
func engineGroups(t *testing.T, m *query.Model, rows interp.Rows, salt string, opt render.Options) []interp.Group {
	t.Helper()
	dir := t.TempDir()
	table := jobs()
	for i := range table.Columns {
		table.Columns[i].Null = true
	}
	raw, copied := filepath.Join(dir, "raw.parquet"), filepath.Join(dir, "copy.parquet")
	if err := snapshot.Write(raw, &table, rows.Rows); err != nil {
		t.Fatal(err)
	}
	names := map[int64]string{}
	supply := snapshot.Supply{Key: "sid", As: "sid", Pseudonym: token, Tokens: map[string]func(string) (int64, bool){}}
	for _, c := range m.Tables[0].Columns {
		if c.Name != "sid" {
			supply.Columns = append(supply.Columns, c)
		}
	}
	for _, c := range m.SelectColumns()[0] {
		supply.Tokens[c] = func(s string) (int64, bool) {
			value, ok := query.GroupValue(s)
			names[token(value)] = value
			return token(value), ok
		}
	}
	seen, err := snapshot.Copy(raw, copied, supply)
	if err != nil {
		t.Fatal(err)
	}
	if opt.Measured != nil {
		opt.Measured = map[string]render.Measured{"job": {Most: seen.Most, Unique: seen.Unique}}
	}
	opt.Salt = salt
	statement, err := render.Model(m, opt)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(statement.SQL, "公司") {
		t.Fatalf("a value stands in the statement: %s", statement.SQL)
	}
	job, err := statement.Job(map[string]string{"job": copied}, duckdb.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := duckdb.New(duckdb.Options{AllowMissingWalls: true, TempDir: dir}).Run(t.Context(), job)
	if err != nil {
		t.Fatalf("%v\n%s", err, statement.SQL)
	}
	n := len(m.Selects())
	var out []interp.Group
	for _, row := range got {
		g := interp.Group{Cell: int(row[0].N), Units: row[1+n].N, Vectors: []int64{}}
		for _, c := range row[1 : 1+n] {
			g.Values = append(g.Values, names[c.N])
		}
		for _, c := range row[2+n:] {
			g.Vectors = append(g.Vectors, c.N)
		}
		out = append(out, g)
	}
	slices.SortFunc(out, func(a, b interp.Group) int {
		return cmp.Or(cmp.Compare(a.Cell, b.Cell), slices.Compare(a.Values, b.Values))
	})
	return out
}

var selectTexts = []string{
	"SELECT employer, COUNT(*) AS n FROM job GROUP BY employer",
	"SELECT employer, kind, COUNT(DISTINCT sid) AS n, SUM(wage) AS pay, AVG(wage) AS mean FROM job GROUP BY employer, kind",
	"SELECT kind, street, employer, COUNT(*) AS n FROM job WHERE kind = 'F' GROUP BY 3 + 0, street, employer, kind",
	"SELECT e AS employer, COUNT(*) AS n FROM (SELECT sid, employer AS e, wage FROM job) x GROUP BY e",
	"SELECT street, employer, COUNT(*) AS n FROM job GROUP BY street, employer",
}

// TestSelectedGroups: the engine, which sees tokens, and the interpreter, which sees texts, count the same groups.
func TestSelectedGroups(t *testing.T) {
	cat := query.Catalog{Tables: []query.Table{jobs()}}
	ran := 0
	for _, text := range selectTexts {
		m, refusals := guard.Compile(text, query.A, cat)
		if m == nil {
			if !strings.Contains(text, "3 + 0") {
				t.Errorf("%s: %+v", text, refusals)
			}
			continue
		}
		ran++
		again, err := query.Decode(m.Canonical())
		if err != nil || again.Hash() != m.Hash() {
			t.Fatalf("%s: %v", text, err)
		}
		program, err := interp.Compile(m)
		if err != nil {
			t.Fatal(err)
		}
		rows := jobRows(5, 300)
		// The interpreter counts by what a person is called, the engine by a pseudonym: let both be the same number.
		named := interp.Rows{Columns: rows.Columns}
		for _, r := range rows.Rows {
			r = slices.Clone(r)
			r[0] = query.TextValue(fmt.Sprint(token(r[0].S)))
			named.Rows = append(named.Rows, r)
		}
		want, err := program.Groups(interp.Data{"job": named}, "5a17", token)
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range want {
			for _, v := range g.Values {
				if strings.ContainsAny(v, "=\u202e") || strings.Contains(v, "4111") || v == "" || strings.TrimSpace(v) != v {
					t.Errorf("%s: %q is shown", text, v)
				}
			}
		}
		for _, opt := range []render.Options{{}, {Measured: map[string]render.Measured{}}} {
			if diff := gocmp.Diff(want, engineGroups(t, m, rows, "5a17", opt)); diff != "" {
				t.Errorf("%s (-interpreter +engine):\n%s", text, diff)
			}
		}
		few := slices.DeleteFunc(slices.Clone(want), func(g interp.Group) bool { return g.Units < 30 })
		if diff := gocmp.Diff(few, engineGroups(t, m, rows, "5a17", render.Options{Least: 30})); diff != "" {
			t.Errorf("%s, groups of 30 and more:\n%s", text, diff)
		}
	}
	if ran < 4 {
		t.Errorf("%d texts ran", ran)
	}
}

// TestSelectedSensitivity takes every person out in turn: nobody moves more than Groups groups, none by more than one
// unit, and nobody else's choice of groups moves.
func TestSelectedSensitivity(t *testing.T) {
	cat := query.Catalog{Tables: []query.Table{jobs()}}
	m, refusals := guard.Compile(selectTexts[1], query.A, cat)
	if m == nil {
		t.Fatal(refusals)
	}
	moved := 0
	for _, groups := range []int{1, 2, 3} {
		m.Root.Groups = groups
		program, err := interp.Compile(m)
		if err != nil {
			t.Fatal(err)
		}
		for seed := range uint64(20) {
			rows := jobRows(100+seed, 9)
			count := func(data interp.Data) map[string]interp.Group {
				out := map[string]interp.Group{}
				list, err := program.Groups(data, "salt", token)
				if err != nil {
					t.Fatal(err)
				}
				for _, g := range list {
					out[fmt.Sprint(g.Cell, g.Values)] = g
				}
				return out
			}
			all := count(interp.Data{"job": rows})
			for p := range 9 {
				less := count(without(interp.Data{"job": rows}, fmt.Sprintf("s%04d", p)))
				changed := 0
				for id, g := range all {
					l, there := less[id]
					if !there {
						l = interp.Group{Vectors: make([]int64, len(g.Vectors))}
					}
					if g.Units != l.Units {
						changed++
					}
					if d := g.Units - l.Units; d < 0 || d > 1 {
						t.Fatalf("one person moved group %s by %d units", id, d)
					}
					for i := range g.Vectors {
						if d := g.Vectors[i] - l.Vectors[i]; max(d, -d) > m.Root.Aggs[i].Sensitivity(m.Root.Rows) || d != 0 && g.Units == l.Units {
							t.Fatalf("one person moved vector %d of group %s by %d", i, id, d)
						}
					}
				}
				for id := range less {
					if _, there := all[id]; !there {
						t.Fatalf("taking a person out made group %s", id)
					}
				}
				if changed > groups {
					t.Fatalf("one person moved %d groups, charged for %d", changed, groups)
				}
				moved += changed
			}
		}
	}
	if moved < 300 {
		t.Errorf("only %d groups moved", moved)
	}
}

// TestSelectedRefusals: a column of a private domain is grouped by where its policy says so, and used in no other way.
func TestSelectedRefusals(t *testing.T) {
	free := jobs()
	for i := range free.Columns {
		free.Columns[i].Select = false
	}
	for _, c := range []struct {
		cat  query.Table
		text string
		code guard.Code
	}{
		{free, selectTexts[0], guard.NoPublicDomain},
		{jobs(), "SELECT employer, COUNT(*) AS n FROM job WHERE employer LIKE '甲%' GROUP BY employer", guard.NoPublicDomain},
		{jobs(), "SELECT employer, COUNT(employer) AS n FROM job GROUP BY employer", guard.NoPublicDomain},
		{jobs(), "SELECT substr(employer, 1, 2) AS e, COUNT(*) AS n FROM job GROUP BY e", guard.SubsetPick},
		{jobs(), "SELECT COUNT(*) AS n FROM job WHERE employer = '甲公司'", guard.IsolatingValue},
	} {
		m, refusals := guard.Compile(c.text, query.A, query.Catalog{Tables: []query.Table{c.cat}})
		if m != nil || refusals[0].Code != c.code {
			t.Errorf("%s: %+v, want %s", c.text, refusals, c.code)
		}
	}
}
