// Package sqldb is the control database: one SQL text for SQLite (the embedded default) and PostgreSQL (several nodes).
//
// Statements are written with $1 placeholders and use three column types only: BIGINT, TEXT, BLOB (BYTEA in the
// PostgreSQL migrations). Instants are microseconds, days are TEXT, flags are 0 or 1, JSON is text that is never queried.
//
// Invariants a caller may rely on, the same on both databases:
//
//   - Do is atomic and serializable: as if the closures ran one after another. When it returns nil, the change is durable.
//   - The closure may run twice, so it does SQL and nothing else: no network, no files, no nested Do. It has 50 ms.
//   - The first failing statement dooms its closure: later statements repeat the error and Do returns it, even if the
//     closure swallowed it. (PostgreSQL works so by itself; SQLite would go on with half a change.) Where a conflict is
//     expected write ON CONFLICT DO NOTHING and look at the number of rows.
//   - A cancelled context undoes its own closure only, never its neighbours', and never after the closure has returned.
//   - View sees one snapshot and cannot write.
//
// SQLite has one writer goroutine that commits several closures together (group commit), a savepoint each, with
// synchronous=FULL: with NORMAL a power cut loses acknowledged rows. Closures run on their caller's goroutine while the
// writer waits, so a panic unwinds where it belongs. One data folder belongs to one process (a lock file holds that);
// commands that only look open it with Options.ReadOnly.
//
// PostgreSQL runs closures SERIALIZABLE and repeats them on a serialization failure. The database must have been
// created with LC_COLLATE 'C', or lists would be sorted, and paged, differently from SQLite's.
//
// The package knows no law and no business; it recognizes driver errors by code, never by message text.
package sqldb
