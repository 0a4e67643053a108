package schema

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func openSQLite(t *testing.T) *sqldb.DB {
	t.Helper()
	db, err := sqldb.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "s.db"), sqldb.Options{})
	must(t, err)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func TestMigrations_SameNumbersAndNames(t *testing.T) {
	var names [2][]string
	for i, d := range []sqldb.Dialect{sqldb.SQLite, sqldb.Postgres} {
		steps, err := Migrations(d)
		must(t, err)
		for _, m := range steps {
			names[i] = append(names[i], m.Name)
		}
	}
	if diff := cmp.Diff(names[0], names[1]); diff != "" || len(names[0]) == 0 {
		t.Errorf("migrations differ, sqlite -, postgres +:\n%s", diff)
	}
}

func TestMigrations_StandOnce(t *testing.T) {
	pairs, err := fs.Glob(files, "migrations/sqlite/*.sql")
	must(t, err)
	for _, file := range pairs {
		a, err := files.ReadFile(file)
		must(t, err)
		b, err := files.ReadFile(strings.Replace(file, "sqlite", "postgres", 1))
		must(t, err)
		if string(a) == string(b) {
			t.Errorf("%s is the same for PostgreSQL: move it to migrations/ and delete both", file)
		}
	}
}

func TestMigrations_SayOnlyWhatBothUnderstand(t *testing.T) {
	for _, d := range []sqldb.Dialect{sqldb.SQLite, sqldb.Postgres} {
		steps, err := Migrations(d)
		must(t, err)
		for _, m := range steps {
			for stmt := range strings.SplitSeq(comments.ReplaceAllString(m.Text, ""), ";") {
				if err := sqldb.Lint(stmt); err != nil {
					t.Errorf("%s/%s: %v", d, m.Name, err)
				}
				if odd := odd.FindString(stmt); odd != "" {
					t.Errorf("%s/%s: %s: defaults and triggers hide what an act does", d, m.Name, odd)
				}
			}
		}
	}
}

var (
	comments = regexp.MustCompile(`--[^\n]*`)
	odd      = regexp.MustCompile(`(?i)\b(TRIGGER|AUTOINCREMENT|COLLATE|SERIAL|IDENTITY)\b`)
)

// shape is "table.column type null" -> true, and the keys and indexes.
type shape map[string]bool

var types = map[string]string{"BIGINT": "BIGINT", "TEXT": "TEXT", "BLOB": "BLOB", "bigint": "BIGINT", "text": "TEXT", "bytea": "BLOB"}

func (s shape) column(t *testing.T, d sqldb.Dialect, table, column, kind string, notNull bool) {
	same, ok := types[kind]
	if !ok {
		t.Errorf("%s: %s.%s has type %s; only BIGINT, TEXT and BLOB (BYTEA) are used", d, table, column, kind)
	}
	s[fmt.Sprintf("%s.%s %s notnull=%t", table, column, same, notNull)] = true
}

func sqliteShape(t *testing.T, db *sqldb.DB) shape {
	s := shape{}
	must(t, db.View(t.Context(), func(tx *sqldb.Tx) error {
		rows, err := tx.Query(t.Context(), `SELECT m.name, c.name, c.type, c."notnull" FROM sqlite_master AS m, pragma_table_info(m.name) AS c WHERE m.type = 'table' ORDER BY 1, 2`)
		must(t, err)
		for rows.Next() {
			var table, column, kind string
			var notNull bool
			must(t, rows.Scan(&table, &column, &kind, &notNull))
			s.column(t, sqldb.SQLite, table, column, kind, notNull)
		}
		rows, err = tx.Query(t.Context(), `SELECT i.tbl_name, i.name, x."unique" FROM sqlite_master AS i, pragma_index_list(i.tbl_name) AS x
			WHERE i.type = 'index' AND x.name = i.name AND i.sql IS NOT NULL`)
		must(t, err)
		for rows.Next() {
			var table, name string
			var unique bool
			must(t, rows.Scan(&table, &name, &unique))
			s[fmt.Sprintf("index %s on %s unique=%t", name, table, unique)] = true
		}
		return nil
	}))
	return s
}

func postgresShape(t *testing.T, db *sqldb.DB) shape {
	s := shape{}
	must(t, db.View(t.Context(), func(tx *sqldb.Tx) error {
		rows, err := tx.Query(t.Context(), `SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT), CAST(data_type AS TEXT), is_nullable = 'NO'
			FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2`)
		must(t, err)
		for rows.Next() {
			var table, column, kind string
			var notNull bool
			must(t, rows.Scan(&table, &column, &kind, &notNull))
			s.column(t, sqldb.Postgres, table, column, kind, notNull)
		}
		rows, err = tx.Query(t.Context(), `SELECT CAST(c.relname AS TEXT), CAST(i.relname AS TEXT), x.indisunique FROM pg_index AS x
			JOIN pg_class AS i ON i.oid = x.indexrelid JOIN pg_class AS c ON c.oid = x.indrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace
			WHERE n.nspname = 'public' AND NOT EXISTS (SELECT 1 FROM pg_constraint AS k WHERE k.conindid = i.oid)`)
		must(t, err)
		for rows.Next() {
			var table, name string
			var unique bool
			must(t, rows.Scan(&table, &name, &unique))
			s[fmt.Sprintf("index %s on %s unique=%t", name, table, unique)] = true
		}
		return nil
	}))
	return s
}

func TestMigrations_SameShapeOnBoth(t *testing.T) {
	lite := openSQLite(t)
	must(t, Migrate(t.Context(), lite))
	want := sqliteShape(t, lite) // looks at the types also where there is no PostgreSQL
	pg := openPostgres(t)
	must(t, Migrate(t.Context(), pg))
	if diff := cmp.Diff(want, postgresShape(t, pg)); diff != "" {
		t.Errorf("schemas differ, sqlite -, postgres +:\n%s", diff)
	}
}

// openPostgres makes an empty database by itself: testdb's are migrated already, and import this package.
func openPostgres(t *testing.T) *sqldb.DB {
	t.Helper()
	server := os.Getenv("YUNEI_TEST_POSTGRES")
	if server == "" {
		if os.Getenv("YUNEI_TEST_REQUIRE_POSTGRES") != "" {
			t.Fatal("YUNEI_TEST_REQUIRE_POSTGRES is set, but YUNEI_TEST_POSTGRES names no cluster: run scripts/postgres.sh start")
		}
		t.Skip("NOT TESTED ON POSTGRESQL: set YUNEI_TEST_POSTGRES (scripts/postgres.sh start prints it)")
	}
	ctx := context.Background()
	admin, err := pgx.Connect(ctx, server)
	must(t, err)
	t.Cleanup(func() { _ = admin.Close(ctx) })
	name := fmt.Sprintf("schema_%d", os.Getpid())
	_, err = admin.Exec(ctx, "CREATE DATABASE "+name+" TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C' ENCODING 'UTF8'")
	must(t, err)
	t.Cleanup(func() { _, _ = admin.Exec(ctx, "DROP DATABASE "+name+" WITH (FORCE)") })
	db, err := sqldb.Open(ctx, regexp.MustCompile(`/[^/?]*(\?|$)`).ReplaceAllString(server, "/"+name+"$1"), sqldb.Options{})
	must(t, err)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func TestMigrate_TwiceAndByANewerProgram(t *testing.T) {
	db := openSQLite(t)
	must(t, Migrate(t.Context(), db))
	must(t, Migrate(t.Context(), db))
	change := func(q string) {
		must(t, db.Do(t.Context(), func(tx *sqldb.Tx) error { _, err := tx.Exec(t.Context(), q); return err }))
	}
	change(`INSERT INTO schema_migration (number, name, digest, applied) VALUES (9999, '9999_future', '', 0)`)
	if err := Migrate(t.Context(), db); !errs.Is(err, errs.Conflict) || !strings.Contains(err.Error(), "升级程序") {
		t.Errorf("a newer database: got %v", err)
	}
	change(`DELETE FROM schema_migration WHERE number = 9999`)
	change(`UPDATE schema_migration SET digest = 'other' WHERE number = 1`)
	if err := Migrate(t.Context(), db); !errs.Is(err, errs.Conflict) || !strings.Contains(err.Error(), "0001") {
		t.Errorf("an edited migration: got %v", err)
	}
}

// Every SQL text in the program is linted, also those that no test has run yet.
func TestStatements_MeanOneThing(t *testing.T) {
	begins := regexp.MustCompile(`^\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\s`)
	n := 0
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		for _, other := range []string{"core/query/", "base/sqldb/", "test/testdb/", "test/story/"} { // tenants' SQL, refused texts included, and the databases' own settings
			if strings.Contains(filepath.ToSlash(path), other) {
				return nil
			}
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return nil // the compiler says so better
		}
		ast.Inspect(file, func(node ast.Node) bool {
			lit, ok := node.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			text, err := strconv.Unquote(lit.Value)
			if err != nil || !begins.MatchString(text) {
				return true
			}
			n++
			if err := sqldb.Lint(text); err != nil {
				t.Errorf("%s: %v", path, err)
			}
			if strings.Contains(text, "SELECT *") {
				t.Errorf("%s: name every column: %s", path, text)
			}
			return true
		})
		return nil
	})
	if err != nil || n < 10 {
		t.Errorf("linted %d statements, %v", n, err)
	}
}
