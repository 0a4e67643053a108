package sqldb_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"yunei/internal/base/clock"
	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/test/testdb"
)

const table = `CREATE TABLE thing (id TEXT PRIMARY KEY NOT NULL, n BIGINT NOT NULL CHECK (n >= 0), note TEXT, UNIQUE (n, note))`

// each gives a database with one table.
func each(t *testing.T, fn func(t *testing.T, db *sqldb.DB)) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, db *sqldb.DB) {
		must(t, db.Do(t.Context(), func(tx *sqldb.Tx) error { return tx.Script(t.Context(), table) }))
		fn(t, db)
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func put(ctx context.Context, tx *sqldb.Tx, id string, n int64) error {
	_, err := tx.Exec(ctx, `INSERT INTO thing (id, n) VALUES ($1, $2)`, id, n)
	return err
}

func count(t *testing.T, db *sqldb.DB) (n int64) {
	t.Helper()
	must(t, db.View(t.Context(), func(tx *sqldb.Tx) error {
		return tx.QueryRow(t.Context(), `SELECT count(*) FROM thing`).Scan(&n)
	}))
	return n
}

type name string
type day struct{ s string }

func (d day) MarshalText() ([]byte, error)     { return []byte(d.s), nil }
func (d *day) UnmarshalText(text []byte) error { d.s = string(text); return nil }

func TestTx_ValuesComeBack(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		must(t, db.Do(ctx, func(tx *sqldb.Tx) error {
			if err := tx.Script(ctx, map[sqldb.Dialect]string{
				sqldb.SQLite:   `CREATE TABLE v (s TEXT, i BIGINT, b BLOB)`,
				sqldb.Postgres: `CREATE TABLE v (s TEXT, i BIGINT, b BYTEA)`,
			}[tx.Dialect()]); err != nil {
				return err
			}
			for _, args := range [][]any{
				{"1 名", int64(1 << 62), []byte{0, 255}}, {name("2"), true, nil}, {day{"2026-09-30"}, 7, []byte{}}, {nil, tx.Now(), nil},
			} {
				if _, err := tx.Exec(ctx, `INSERT INTO v (b, i, s) VALUES ($3, $2, $1)`, args...); err != nil {
					return err
				}
			}
			return nil
		}))
		must(t, db.View(ctx, func(tx *sqldb.Tx) error {
			rows, err := tx.Query(ctx, `SELECT s, i, b FROM v ORDER BY coalesce(s, '3')`)
			if err != nil {
				return err
			}
			var s string
			var n name
			var i int64
			var flag bool
			var b []byte
			var d day
			var maybe *string
			var at time.Time
			for _, dest := range [][]any{{&s, &i, &b}, {&n, &flag, &b}, {&d, new(int), &b}, {&maybe, &at, &b}} {
				if !rows.Next() {
					return errors.New("too few rows")
				}
				if err := rows.Scan(dest...); err != nil {
					return err
				}
			}
			if s != "1 名" || i != 1<<62 || n != "2" || !flag || d.s != "2026-09-30" || maybe != nil || at.IsZero() || at.Nanosecond()%1000 != 0 {
				t.Errorf("got %q %d %q %v %v %v %v", s, i, n, flag, d, maybe, at)
			}
			var sum int64
			if err := tx.QueryRow(ctx, `SELECT coalesce(sum(i), 0) FROM v WHERE i < $1`, 8).Scan(&sum); err != nil || sum != 8 {
				t.Errorf("sum: got %d, %v, want 8", sum, err)
			}
			if err := tx.QueryRow(ctx, `SELECT s FROM v WHERE s = $1`, "none").Scan(&s); !errors.Is(err, sqldb.ErrNoRows) {
				t.Errorf("no row: got %v", err)
			}
			if err := tx.QueryRow(ctx, `SELECT s FROM v WHERE s IS NULL`).Scan(&s); err == nil {
				t.Error("NULL scanned into a string")
			}
			return nil
		}))
	})
}

func TestTx_TextSortsByBytes(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		must(t, db.Do(ctx, func(tx *sqldb.Tx) error {
			for i, id := range []string{"b", "B", "a", "_", "中"} {
				if err := put(ctx, tx, id, int64(i)); err != nil {
					return err
				}
			}
			return nil
		}))
		must(t, db.View(ctx, func(tx *sqldb.Tx) error {
			got, err := sqldb.List(ctx, tx, func(r *sqldb.Rows) (s string, err error) { return s, r.Scan(&s) }, `SELECT id FROM thing ORDER BY id`)
			if want := "B_ab中"; strings.Join(got, "") != want {
				t.Errorf("order: got %v, want %s", got, want)
			}
			return err
		}))
	})
}

func TestDo_FailedClosureLeavesNothing(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		refused := errs.New(errs.Unlawful, "不行")
		err := db.Do(ctx, func(tx *sqldb.Tx) error {
			must(t, put(ctx, tx, "a", 1))
			return refused
		})
		if !errors.Is(err, refused) {
			t.Errorf("got %v", err)
		}
		func() {
			defer func() { _ = recover() }()
			_ = db.Do(ctx, func(tx *sqldb.Tx) error {
				must(t, put(ctx, tx, "b", 1))
				panic("boom")
			})
		}()
		// A swallowed failure is a failure: half of the change must not become durable.
		err = db.Do(ctx, func(tx *sqldb.Tx) error {
			must(t, put(ctx, tx, "c", 1))
			_ = put(ctx, tx, "c", 2)
			if err := put(ctx, tx, "d", 3); err == nil {
				t.Error("a statement after a failed one succeeded")
			}
			return nil
		})
		if !sqldb.IsUnique(err, "thing.id") || !sqldb.IsUnique(err, "id") || !sqldb.IsUnique(err, "") || sqldb.IsUnique(err, "thing.n") {
			t.Errorf("unique: got %v", err)
		}
		if n := count(t, db); n != 0 {
			t.Errorf("%d rows stayed, want 0", n)
		}
		must(t, db.Do(ctx, func(tx *sqldb.Tx) error { return put(ctx, tx, "e", 1) }))
		if n := count(t, db); n != 1 {
			t.Errorf("%d rows, want 1", n)
		}
	})
}

func TestDo_ConstraintsAreRecognized(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		do := func(q string) error {
			return db.Do(ctx, func(tx *sqldb.Tx) error { _, err := tx.Exec(ctx, q); return err })
		}
		must(t, do(`INSERT INTO thing (id, n, note) VALUES ('a', 1, 'x')`))
		if err := do(`INSERT INTO thing (id, n, note) VALUES ('b', 1, 'x')`); !sqldb.IsUnique(err, "thing.note") {
			t.Errorf("unique over two columns: got %v", err)
		}
		if err := do(`INSERT INTO thing (id, n) VALUES ('b', -1)`); !sqldb.IsConstraint(err, sqldb.Check) {
			t.Errorf("check: got %v", err)
		}
		if err := do(`INSERT INTO thing (id, n) VALUES (NULL, 1)`); !sqldb.IsConstraint(err, sqldb.NotNull) {
			t.Errorf("not null: got %v", err)
		}
	})
}

func TestView_CannotWriteAndSeesOneSnapshot(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		if err := db.View(ctx, func(tx *sqldb.Tx) error { return put(ctx, tx, "a", 1) }); err == nil {
			t.Error("a view wrote")
		}
		must(t, db.View(ctx, func(tx *sqldb.Tx) error {
			var before, after int64
			must(t, tx.QueryRow(ctx, `SELECT count(*) FROM thing`).Scan(&before))
			must(t, db.Do(ctx, func(tx *sqldb.Tx) error { return put(ctx, tx, "b", 1) }))
			must(t, tx.QueryRow(ctx, `SELECT count(*) FROM thing`).Scan(&after))
			if before != after {
				t.Errorf("the snapshot moved from %d to %d", before, after)
			}
			return nil
		}))
	})
}

// Write skew: two closures that each look at the other's row and write their own. One at a time, only one may write.
func TestDo_IsSerializable(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		for round := range int64(5) {
			var wg sync.WaitGroup
			for _, who := range []string{"a", "b"} {
				wg.Go(func() {
					err := db.Do(ctx, func(tx *sqldb.Tx) error {
						var n int64
						if err := tx.QueryRow(ctx, `SELECT count(*) FROM thing WHERE n = $1`, round).Scan(&n); err != nil || n > 0 {
							return err
						}
						return put(ctx, tx, fmt.Sprint(who, round), round)
					})
					if err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			if n := count(t, db); n != round+1 {
				t.Fatalf("round %d: %d rows, want %d", round, n, round+1)
			}
		}
	})
}

func TestDo_ConcurrentWritersLoseNothing(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		must(t, db.Do(ctx, func(tx *sqldb.Tx) error { return put(ctx, tx, "counter", 0) }))
		const callers, each = 8, 25
		var wg sync.WaitGroup
		for c := range callers {
			wg.Go(func() {
				for i := range each {
					err := db.Do(ctx, func(tx *sqldb.Tx) error {
						if err := tx.Lock(ctx, "counter"); err != nil {
							return err
						}
						var n int64
						if err := tx.QueryRow(ctx, `SELECT n FROM thing WHERE id = 'counter'`).Scan(&n); err != nil {
							return err
						}
						if _, err := tx.Exec(ctx, `UPDATE thing SET n = $1 WHERE id = 'counter'`, n+1); err != nil {
							return err
						}
						if i%5 == 4 { // a failing neighbor in the same batch
							return errs.New(errs.Conflict, "换个时间")
						}
						return put(ctx, tx, fmt.Sprintf("%d-%d", c, i), 1)
					})
					if err != nil && !errs.Is(err, errs.Conflict) {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		var n int64
		must(t, db.View(ctx, func(tx *sqldb.Tx) error {
			return tx.QueryRow(ctx, `SELECT n FROM thing WHERE id = 'counter'`).Scan(&n)
		}))
		if want := int64(callers * each * 4 / 5); n != want || count(t, db) != want+1 {
			t.Errorf("counter %d, rows %d, want %d and %d", n, count(t, db), want, want+1)
		}
	})
}

// A cancelled context would make SQLite roll back everyone's batch if statements ran under it.
func TestDo_CancelHurtsNobodyElse(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		entered, leave := make(chan bool), make(chan bool)
		var wg sync.WaitGroup
		wg.Go(func() { // holds the writer, so that the others share a batch
			must(t, db.Do(ctx, func(tx *sqldb.Tx) error {
				close(entered)
				<-leave
				return put(ctx, tx, "first", 1)
			}))
		})
		<-entered
		for i := range 5 {
			wg.Go(func() {
				if err := db.Do(ctx, func(tx *sqldb.Tx) error { return put(ctx, tx, fmt.Sprint("other", i), 1) }); err != nil {
					t.Errorf("a neighbor: %v", err)
				}
			})
		}
		time.Sleep(10 * time.Millisecond) // the others come first into the batch that is to survive
		mine, cancel := context.WithCancel(ctx)
		wg.Go(func() {
			err := db.Do(mine, func(tx *sqldb.Tx) error {
				if err := put(ctx, tx, "mine", 1); err != nil {
					return err
				}
				cancel()
				return put(mine, tx, "mine-too", 1)
			})
			if !errors.Is(err, context.Canceled) {
				t.Errorf("cancelled: got %v", err)
			}
		})
		wg.Go(func() { // cancelled in the middle of a statement
			hasty, cancel := context.WithTimeout(ctx, 60*time.Millisecond)
			defer cancel()
			err := db.Do(hasty, func(tx *sqldb.Tx) error {
				if err := put(hasty, tx, "hasty", 1); err != nil {
					return err
				}
				const long = `WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 1000000)
					INSERT INTO thing (id, n) SELECT 'none', n FROM r WHERE n < 0`
				if _, err := tx.Exec(hasty, long); err != nil {
					return err
				}
				return put(hasty, tx, "hasty-too", 1)
			})
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("cancelled in a statement: got %v", err)
			}
		})
		time.Sleep(20 * time.Millisecond) // until they wait
		close(leave)
		wg.Wait()
		if n := count(t, db); n != 6 {
			t.Errorf("%d rows, want the 6 of those who were not cancelled", n)
		}
	})
}

func TestDo_CancelWhileWaiting(t *testing.T) {
	t.Parallel()
	db := testdb.SQLite(t, clock.Real{})
	entered, leave := make(chan bool), make(chan bool)
	done := make(chan error)
	go func() {
		done <- db.Do(t.Context(), func(*sqldb.Tx) error { close(entered); <-leave; return nil })
	}()
	<-entered
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	err := db.Do(ctx, func(*sqldb.Tx) error { t.Error("ran"); return nil })
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	close(leave)
	must(t, <-done)
}

func TestTx_UselessAfterwards(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB) {
		var kept *sqldb.Tx
		must(t, db.Do(t.Context(), func(tx *sqldb.Tx) error { kept = tx; return nil }))
		if err := put(t.Context(), kept, "late", 1); err == nil || count(t, db) != 0 {
			t.Errorf("a statement after the closure: got %v and %d rows", err, count(t, db))
		}
	})
}

func TestTx_RefusesWhatMeansTwoThings(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB) {
		for _, q := range []string{
			`SELECT id FROM thing WHERE id LIKE 'a'`, `SELECT now()`, `SELECT CURRENT_TIMESTAMP`, `SELECT id FROM thing WHERE n = ?`,
			`DELETE FROM thing; DELETE FROM thing`, `SELECT CAST(n AS REAL) FROM thing`,
		} {
			err := db.Do(t.Context(), func(tx *sqldb.Tx) error { _, err := tx.Exec(t.Context(), q); return err })
			if err == nil || !strings.HasPrefix(err.Error(), "sqldb: ") {
				t.Errorf("%s: got %v", q, err)
			}
		}
		must(t, db.Do(t.Context(), func(tx *sqldb.Tx) error {
			_, err := tx.Exec(t.Context(), `INSERT INTO thing (id, n, note) VALUES ($1, 1, 'like ? now() $9 ''--''') -- LIKE $7`, "a")
			return err
		}))
		for _, arg := range []any{1.5, struct{}{}, []string{"a"}, uint64(1 << 63)} {
			if err := db.Do(t.Context(), func(tx *sqldb.Tx) error {
				_, err := tx.Exec(t.Context(), `DELETE FROM thing WHERE n = $1`, arg)
				return err
			}); err == nil {
				t.Errorf("argument %T was taken", arg)
			}
		}
	})
}

func TestOpen_OneFolderOneProcess(t *testing.T) {
	t.Parallel()
	url := "sqlite:" + filepath.Join(t.TempDir(), "with space?&#.db")
	db := testdb.Open(t, url, clock.Real{})
	_, err := sqldb.Open(t.Context(), url, sqldb.Options{})
	if !errs.Is(err, errs.Conflict) || !strings.Contains(err.Error(), "另一个进程") {
		t.Errorf("second opener: got %v", err)
	}
	must(t, db.Do(t.Context(), func(tx *sqldb.Tx) error { return tx.Script(t.Context(), table) }))
	look, err := sqldb.Open(t.Context(), url, sqldb.Options{ReadOnly: true})
	must(t, err)
	defer look.Close()
	if n := count(t, look); n != 0 {
		t.Errorf("read only: %d rows", n)
	}
	if err := look.Do(t.Context(), func(*sqldb.Tx) error { return nil }); !errs.Is(err, errs.Forbidden) {
		t.Errorf("read only Do: got %v", err)
	}
	if _, err := sqldb.Open(t.Context(), "mysql://x", sqldb.Options{}); !errs.Is(err, errs.Invalid) {
		t.Errorf("mysql: got %v", err)
	}
}
