package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/mattn/go-sqlite3"

	"yunei/internal/base/errs"
)

// sqliteDB is one SQLite file: a writer goroutine with its own connection, and a pool of readers.
type sqliteDB struct {
	path    string
	slow    time.Duration
	lock    *os.File // nil when read only
	write   *sql.DB  // one connection, used by the writer and by the closure it waits for
	conn    *sql.Conn
	readers *sql.DB
	queue   chan *request
	quit    chan struct{}
	stopped chan struct{}
}

func openSQLite(ctx context.Context, path string, opt Options) (*sqliteDB, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	s := &sqliteDB{path: path, slow: opt.Slow}
	if opt.ReadOnly {
		if _, err := os.Stat(path); err != nil {
			return nil, errs.New(errs.NotFound, "没有找到数据库文件 %s, 请核对数据目录: %w", path, err)
		}
		s.readers, err = openPool(ctx, path, readerParams("ro"))
		return s, err
	}
	if s.lock, err = lockFile(path + ".lock"); err != nil {
		return nil, err
	}
	if err := s.openWriter(ctx); err != nil {
		_ = s.lock.Close()
		return nil, err
	}
	s.queue = make(chan *request)
	s.quit = make(chan struct{})
	s.stopped = make(chan struct{})
	go s.writer()
	return s, nil
}

func (s *sqliteDB) openWriter(ctx context.Context) (err error) {
	params := url.Values{
		"mode": {"rwc"}, "_journal_mode": {"WAL"}, "_synchronous": {"FULL"}, "_foreign_keys": {"1"},
		"_busy_timeout": {"10000"}, "_stmt_cache_size": {"200"}, "_cache_size": {"-65536"},
	}
	if s.write, err = openPool(ctx, s.path, params); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = s.write.Close()
		}
	}()
	s.write.SetMaxOpenConns(1)
	if s.conn, err = s.write.Conn(ctx); err != nil {
		return fmt.Errorf("open %s: %w", s.path, err)
	}
	if err := s.checkSettings(ctx); err != nil {
		return err
	}
	s.readers, err = openPool(ctx, s.path, readerParams("rw"))
	return err
}

// checkSettings reads the settings back: a file system without shared memory silently refuses WAL, and a database that
// may forget acknowledged changes must not open.
func (s *sqliteDB) checkSettings(ctx context.Context) error {
	var mode string
	var sync int
	if err := s.conn.QueryRowContext(ctx, "PRAGMA journal_mode").Scan(&mode); err != nil {
		return fmt.Errorf("open %s: %w", s.path, err)
	}
	if err := s.conn.QueryRowContext(ctx, "PRAGMA synchronous").Scan(&sync); err != nil {
		return fmt.Errorf("open %s: %w", s.path, err)
	}
	if mode != "wal" || sync != 2 {
		return errs.New(errs.Unavailable, "数据库文件 %s 所在的文件系统不支持安全写入 (journal_mode=%s, synchronous=%d), 请换到本地磁盘", s.path, mode, sync)
	}
	return nil
}

// readerParams: a reader beside the writer opens mode=rw, since it must be able to recover the WAL index, and may still not write.
func readerParams(mode string) url.Values {
	return url.Values{
		"mode": {mode}, "_query_only": {"1"}, "_busy_timeout": {"10000"}, "_stmt_cache_size": {"200"}, "_cache_size": {"-16384"},
	}
}

func openPool(ctx context.Context, path string, params url.Values) (*sql.DB, error) {
	dsn := (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: params.Encode()}).String()
	pool, err := sql.Open("sqlite3", dsn)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	n := max(4, 2*runtime.NumCPU())
	pool.SetMaxOpenConns(n)
	pool.SetMaxIdleConns(n)
	if err := pool.PingContext(ctx); err != nil {
		_ = pool.Close()
		return nil, errs.New(errs.Unavailable, "打不开数据库文件 %s, 请检查路径和权限: %w", path, err)
	}
	return pool, nil
}

func (s *sqliteDB) close() error {
	if s.lock == nil {
		return s.readers.Close()
	}
	close(s.quit)
	<-s.stopped
	return errors.Join(s.readers.Close(), s.conn.Close(), s.write.Close(), s.lock.Close())
}

func (s *sqliteDB) view(ctx context.Context, db *DB, fn func(tx *Tx) error) error {
	t, err := s.readers.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return fmt.Errorf("sqldb: begin view: %w", err)
	}
	defer func() { _ = t.Rollback() }()
	tx := &Tx{dialect: SQLite, now: db.now(), conn: &sqliteReader{t}}
	err = fn(tx)
	return tx.outcome(err)
}

type sqliteReader struct{ tx *sql.Tx }

func (r *sqliteReader) exec(ctx context.Context, q string, args []any) (int64, error) {
	res, err := r.tx.ExecContext(ctx, q, args...)
	if err != nil {
		return 0, translateSQLite(err)
	}
	return res.RowsAffected()
}

func (r *sqliteReader) query(ctx context.Context, q string, args []any) ([][]any, error) {
	rows, err := r.tx.QueryContext(ctx, q, args...)
	return readAll(rows, err)
}

func (r *sqliteReader) script(ctx context.Context, text string) error {
	_, err := r.exec(ctx, text, nil)
	return err
}

func (r *sqliteReader) lock(context.Context, string) error { return nil }

func readAll(rows *sql.Rows, err error) ([][]any, error) {
	if err != nil {
		return nil, translateSQLite(err)
	}
	defer func() { _ = rows.Close() }()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	var all [][]any
	cells := make([]any, len(columns))
	for i := range cells {
		cells[i] = new(any)
	}
	for rows.Next() {
		if err := rows.Scan(cells...); err != nil {
			return nil, err
		}
		row := make([]any, len(columns))
		for i, c := range cells {
			row[i] = *c.(*any)
		}
		all = append(all, row)
	}
	return all, translateSQLite(rows.Err())
}

// standing reports whether the writer's transaction still exists: SQLite rolls a whole transaction back by itself on a
// full disk and some other errors, and statements after that would commit one by one.
func (s *sqliteDB) standing() bool {
	standing := false
	_ = s.conn.Raw(func(c any) error {
		standing = !c.(*sqlite3.SQLiteConn).AutoCommit()
		return nil
	})
	return standing
}

// fatal: after a failed fsync nobody knows what reached the disk, so the process must not go on writing.
func fatal(err error) bool {
	e, ok := errors.AsType[sqlite3.Error](err)
	return ok && (e.ExtendedCode == sqlite3.ErrIoErrFsync || e.Code == sqlite3.ErrCorrupt || e.Code == sqlite3.ErrNotADB) ||
		errors.Is(err, driver.ErrBadConn)
}

func full(err error) bool {
	e, ok := errors.AsType[sqlite3.Error](err)
	return ok && (e.Code == sqlite3.ErrFull || e.Code == sqlite3.ErrIoErr)
}

func unwritten(err error) error {
	if full(err) {
		return &errs.Error{Code: errs.Unavailable, Msg: "磁盘已满或写入失败, 本次办理未生效; 请腾出数据目录所在磁盘的空间后重试", Err: err}
	}
	return broken(err)
}

func warnSlow(at uintptr, took time.Duration) {
	frame, _ := runtime.CallersFrames([]uintptr{at}).Next()
	slog.Warn("a database closure was slow: everyone else waited for it", "took", took, "at", fmt.Sprintf("%s:%d", filepath.Base(frame.File), frame.Line))
}
