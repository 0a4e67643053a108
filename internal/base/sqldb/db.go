package sqldb

import (
	"context"
	"strings"
	"sync"
	"time"

	"yunei/internal/base/clock"
	"yunei/internal/base/errs"
)

// Dialect is which of the two databases this is; only DDL and tests should need to ask.
type Dialect string

const (
	SQLite   Dialect = "sqlite"
	Postgres Dialect = "postgres"
)

// Options has a working zero value.
type Options struct {
	Clock    clock.Clock   // clock.Real when nil
	ReadOnly bool          // only View works; takes no lock, so it works beside a running server
	Slow     time.Duration // a closure that takes longer is logged; 50 ms when zero
}

// DB is an open control database. It is safe for concurrent use.
type DB struct {
	backend backend
	dialect Dialect
	opt     Options
	closing sync.Once
	closed  error
}

// backend is the seam between SQLite and PostgreSQL.
type backend interface {
	do(ctx context.Context, db *DB, how isolation, fn func(tx *Tx) error) error
	view(ctx context.Context, db *DB, fn func(tx *Tx) error) error
	close() error
}

type isolation int

const (
	serializable isolation = iota
	committed
)

// Open opens "sqlite:/path/file.db" or "postgres://…". It refuses a database whose settings could lose acknowledged
// changes, and a SQLite file that another process has open for writing.
func Open(ctx context.Context, url string, opt Options) (*DB, error) {
	if opt.Clock == nil {
		opt.Clock = clock.Real{}
	}
	if opt.Slow == 0 {
		opt.Slow = 50 * time.Millisecond
	}
	db := &DB{opt: opt}
	var err error
	if path, ok := strings.CutPrefix(url, "sqlite:"); ok {
		db.dialect = SQLite
		db.backend, err = openSQLite(ctx, path, opt)
	} else if strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://") {
		db.dialect = Postgres
		db.backend, err = openPostgres(ctx, url, opt)
	} else {
		err = errs.New(errs.Invalid, "数据库地址须以 sqlite: 或 postgres:// 开头, 请改正启动参数 --db")
	}
	if err != nil {
		return nil, err
	}
	return db, nil
}

// Close waits for the closures under way and closes every connection.
// Closing twice does no harm.
func (db *DB) Close() error {
	db.closing.Do(func() { db.closed = db.backend.close() })
	return db.closed
}

// Dialect says which database this is.
func (db *DB) Dialect() Dialect { return db.dialect }

// Do runs fn in one read-write transaction and returns when it is durable or undone. See the package comment for what
// fn may do and what it may rely on.
func (db *DB) Do(ctx context.Context, fn func(tx *Tx) error) error {
	if db.opt.ReadOnly {
		return errs.New(errs.Forbidden, "数据库以只读方式打开, 不能办理; 请在服务进程中操作")
	}
	return db.backend.do(ctx, db, serializable, fn)
}

// DoCommitted is Do in which, on PostgreSQL, each statement sees what was committed before that statement rather than
// before the transaction. It is for a follower that holds a lock and must not abort, or be aborted by, everyone who
// writes: the ledger's sealer. Guards that must hold across rows belong in Do.
func (db *DB) DoCommitted(ctx context.Context, fn func(tx *Tx) error) error {
	if db.opt.ReadOnly {
		return errs.New(errs.Forbidden, "数据库以只读方式打开, 不能办理; 请在服务进程中操作")
	}
	return db.backend.do(ctx, db, committed, fn)
}

// View runs fn on one snapshot; statements that write fail.
func (db *DB) View(ctx context.Context, fn func(tx *Tx) error) error {
	return db.backend.view(ctx, db, fn)
}

func (db *DB) now() time.Time { return db.opt.Clock.Now().UTC().Truncate(time.Microsecond) }
