// Package testdb gives a test a fresh, migrated control database, once on SQLite and once on PostgreSQL.
//
// PostgreSQL is the cluster that YUNEI_TEST_POSTGRES names (scripts/postgres.sh starts a throwaway one). Without it the
// PostgreSQL half says loudly that it was skipped; with YUNEI_TEST_REQUIRE_POSTGRES=1, as in CI, it fails.
package testdb

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/oklog/ulid/v2"

	"yunei/internal/base/clock"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/schema"
)

// Each runs fn as a subtest on every database.
func Each(t *testing.T, fn func(t *testing.T, db *sqldb.DB)) {
	t.Helper()
	EachClock(t, clock.Real{}, fn)
}

// EachClock is Each with the clock that tx.Now reads.
func EachClock(t *testing.T, clk clock.Clock, fn func(t *testing.T, db *sqldb.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { fn(t, SQLite(t, clk)) })
	t.Run("postgres", func(t *testing.T) { fn(t, Postgres(t, clk)) })
}

// SQLite is a fresh file in the test's own folder, for tests to which the database does not matter.
func SQLite(t testing.TB, clk clock.Clock) *sqldb.DB {
	t.Helper()
	return Open(t, "sqlite:"+filepath.Join(t.TempDir(), "yunei.db"), clk)
}

// Open opens and migrates url and closes it with the test.
func Open(t testing.TB, url string, clk clock.Clock) *sqldb.DB {
	t.Helper()
	db, err := sqldb.Open(t.Context(), url, sqldb.Options{Clock: clk})
	if err != nil {
		t.Fatalf("open %s: %v", url, err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close database: %v", err)
		}
	})
	if err := schema.Migrate(t.Context(), db); err != nil {
		t.Fatalf("migrate: %v", err)
	}
	return db
}

// Postgres is a fresh database in the test cluster.
func Postgres(t testing.TB, clk clock.Clock) *sqldb.DB {
	t.Helper()
	return Open(t, PostgresURL(t), clk)
}

// PostgresURL makes a fresh, migrated database, dropped with the test, or skips.
func PostgresURL(t testing.TB) string {
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
	if err != nil {
		t.Fatalf("connect to the test cluster: %v", err)
	}
	t.Cleanup(func() { _ = admin.Close(ctx) })
	template, err := makeTemplate(ctx, admin, server)
	if err != nil {
		t.Fatalf("make the template database: %v", err)
	}
	name := "t_" + strings.ToLower(ulid.Make().String())
	if _, err := admin.Exec(ctx, "CREATE DATABASE "+name+" TEMPLATE "+template); err != nil {
		t.Fatalf("create %s: %v", name, err)
	}
	t.Cleanup(func() {
		if _, err := admin.Exec(ctx, "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Errorf("drop %s: %v", name, err)
		}
	})
	return withDatabase(server, name)
}

// makeTemplate migrates once per shape of the schema; copying that is faster than migrating for every test.
func makeTemplate(ctx context.Context, admin *pgx.Conn, server string) (string, error) {
	steps, err := schema.Migrations(sqldb.Postgres)
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	for _, m := range steps {
		fmt.Fprintln(sum, m.Name, m.Digest)
	}
	name := "yunei_" + hex.EncodeToString(sum.Sum(nil)[:8])
	const lock = 7320116 // any number; it only keeps test programs apart
	if _, err := admin.Exec(ctx, "SELECT pg_advisory_lock($1)", lock); err != nil {
		return "", err
	}
	defer func() { _, _ = admin.Exec(ctx, "SELECT pg_advisory_unlock($1)", lock) }()
	var ready bool
	if err := admin.QueryRow(ctx, "SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)", name).Scan(&ready); err != nil || ready {
		return name, err
	}
	making := name + "_making" // renamed when complete: an interrupted run leaves no half template
	for _, q := range []string{
		"DROP DATABASE IF EXISTS " + making + " WITH (FORCE)",
		"CREATE DATABASE " + making + " TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C' ENCODING 'UTF8'",
	} {
		if _, err := admin.Exec(ctx, q); err != nil {
			return "", err
		}
	}
	db, err := sqldb.Open(ctx, withDatabase(server, making), sqldb.Options{})
	if err != nil {
		return "", err
	}
	err = schema.Migrate(ctx, db)
	_ = db.Close()
	if err != nil {
		return "", err
	}
	_, err = admin.Exec(ctx, "ALTER DATABASE "+making+" RENAME TO "+name)
	return name, err
}

func withDatabase(server, name string) string {
	u, err := url.Parse(server)
	if err != nil {
		panic(err) // pgx has just parsed it
	}
	u.Path = "/" + name
	return u.String()
}
