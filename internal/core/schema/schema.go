// Package schema is the shape of the control database: numbered migrations, the same numbers, names, tables and columns
// for SQLite and PostgreSQL, forward only. A migration both read alike stands in migrations/ once; where their words
// differ it stands in migrations/sqlite/ and migrations/postgres/.
//
// A migration that has run anywhere is never edited: Migrate remembers the digest of what it ran and refuses a database
// whose past differs from this program's. What a migration may say is held by the lint test beside it: three column
// types, no LIKE, no SQL clock.
package schema

import (
	"cmp"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
)

//go:embed migrations
var files embed.FS

// Migration is one step, with the text of one dialect.
type Migration struct {
	Number int64
	Name   string // 0001_ledger
	Text   string
	Digest string
}

// Migrations are the steps of a dialect in order of number: those with one text for both, and its own of those with two.
func Migrations(d sqldb.Dialect) ([]Migration, error) {
	var out []Migration
	for _, dir := range []string{"migrations", path.Join("migrations", string(d))} {
		found, err := fs.Glob(files, dir+"/*.sql")
		if err != nil {
			return nil, err
		}
		for _, file := range found {
			m, err := read(file)
			if err != nil {
				return nil, err
			}
			out = append(out, m)
		}
	}
	slices.SortFunc(out, func(a, b Migration) int { return cmp.Compare(a.Number, b.Number) })
	for i, m := range out[1:] {
		if m.Number == out[i].Number {
			return nil, fmt.Errorf("schema: two migrations have number %04d", m.Number)
		}
	}
	return out, nil
}

func read(file string) (Migration, error) {
	name := strings.TrimSuffix(path.Base(file), ".sql")
	digits, _, _ := strings.Cut(name, "_")
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return Migration{}, fmt.Errorf("schema: %s is not NNNN_name.sql", file)
	}
	text, err := files.ReadFile(file)
	if err != nil {
		return Migration{}, err
	}
	sum := sha256.Sum256(text)
	return Migration{Number: n, Name: name, Text: string(text), Digest: hex.EncodeToString(sum[:])}, nil
}

const createRecord = `CREATE TABLE IF NOT EXISTS schema_migration (
	number BIGINT PRIMARY KEY NOT NULL, name TEXT NOT NULL, digest TEXT NOT NULL, applied BIGINT NOT NULL)`

// Migrate brings the database to this program's shape: each missing step in a transaction of its own. Several nodes may
// call it at once. A database that is newer than the program is refused.
func Migrate(ctx context.Context, db *sqldb.DB) error {
	steps, err := Migrations(db.Dialect())
	if err != nil {
		return err
	}
	applied, err := begin(ctx, db)
	if err != nil {
		return err
	}
	known := map[int64]bool{}
	for _, m := range steps {
		known[m.Number] = true
		if digest, ok := applied[m.Number]; ok {
			if digest != m.Digest {
				return errs.New(errs.Conflict, "数据库的第 %04d 号结构变更与本程序不同, 请使用建库时的程序版本, 或从备份恢复后升级", m.Number)
			}
			continue
		}
		if err := apply(ctx, db, m); err != nil {
			return fmt.Errorf("migrate to %s: %w", m.Name, err)
		}
	}
	for n := range applied {
		if !known[n] {
			return errs.New(errs.Conflict, "数据库比本程序新 (有第 %04d 号结构变更), 请升级程序", n)
		}
	}
	return nil
}

func begin(ctx context.Context, db *sqldb.DB) (map[int64]string, error) {
	applied := map[int64]string{}
	err := db.Do(ctx, func(tx *sqldb.Tx) error {
		clear(applied)
		if err := tx.Lock(ctx, "schema"); err != nil {
			return err
		}
		if err := tx.Script(ctx, createRecord); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `SELECT number, digest FROM schema_migration ORDER BY number`)
		if err != nil {
			return err
		}
		for rows.Next() {
			var n int64
			var digest string
			if err := rows.Scan(&n, &digest); err != nil {
				return err
			}
			applied[n] = digest
		}
		return rows.Err()
	})
	return applied, err
}

func apply(ctx context.Context, db *sqldb.DB, m Migration) error {
	return db.Do(ctx, func(tx *sqldb.Tx) error {
		if err := tx.Lock(ctx, "schema"); err != nil {
			return err
		}
		// Another node may have been faster.
		n, err := tx.Exec(ctx, `INSERT INTO schema_migration (number, name, digest, applied) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
			m.Number, m.Name, m.Digest, tx.Now())
		if err != nil || n == 0 {
			return err
		}
		return tx.Script(ctx, m.Text)
	})
}
