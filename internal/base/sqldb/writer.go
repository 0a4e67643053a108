package sqldb

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync/atomic"
	"time"

	"yunei/internal/base/errs"
)

// One batch is one commit, that is one fsync. The bounds keep a quiet caller from waiting for a busy one.
const (
	batchSize = 256
	batchTime = 20 * time.Millisecond
	stuck     = 10 * time.Second // a closure this slow probably waits for its own database: a nested Do
)

var errAborted = errors.New("sqldb: the closure did not return")

// request is one closure on its way through the writer. The closure runs on its caller's goroutine: the writer gives
// the turn (start), waits for the closure's verdict (done), and after the commit tells what became of it (result).
type request struct {
	state  atomic.Int32
	start  chan error
	done   chan error
	result chan error
	pc     uintptr
}

const (
	waiting int32 = iota
	running
	abandoned
)

func (s *sqliteDB) do(ctx context.Context, db *DB, _ isolation, fn func(tx *Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	r := &request{start: make(chan error, 1), done: make(chan error, 1), result: make(chan error, 1)}
	var pcs [1]uintptr
	runtime.Callers(3, pcs[:])
	r.pc = pcs[0]
	select {
	case s.queue <- r:
	case <-ctx.Done():
		return ctx.Err()
	case <-s.quit:
		return errs.New(errs.Unavailable, "服务正在停止, 请稍后重试")
	}
	select {
	case err := <-r.start:
		if err != nil {
			return err
		}
	case <-ctx.Done():
		if r.state.CompareAndSwap(waiting, abandoned) {
			return ctx.Err()
		}
		if err := <-r.start; err != nil {
			return err
		}
	}
	err := s.turn(db, r, fn)
	if result := <-r.result; result != nil && err == nil {
		return result
	}
	return err
}

// turn runs the closure and hands the turn back, also when it panics or ends its goroutine (a failing test does).
func (s *sqliteDB) turn(db *DB, r *request, fn func(tx *Tx) error) error {
	verdict := errAborted
	tx := &Tx{dialect: SQLite, now: db.now(), conn: &sqliteWriter{s: s}}
	defer func() {
		tx.over = true
		r.done <- verdict
	}()
	verdict = tx.outcome(fn(tx))
	return verdict
}

// writer is the only goroutine that begins and ends transactions.
func (s *sqliteDB) writer() {
	defer close(s.stopped)
	var dead error
	for {
		var r *request
		select {
		case r = <-s.queue:
		case <-s.quit:
			return
		}
		if dead != nil {
			if r.state.CompareAndSwap(waiting, running) {
				r.start <- dead
			}
			continue
		}
		if err := s.batch(r); fatal(err) {
			dead = &errs.Error{Code: errs.Unavailable, Msg: "数据库写入已停止: 磁盘报告写入失败, 无法确认数据是否落盘; 请检查磁盘并重新启动服务", Err: err}
		}
	}
}

// batch runs closures one after another, each in a savepoint, until no more are waiting, and commits them together.
// When the transaction itself is lost, all of them are told so: none of them has happened.
func (s *sqliteDB) batch(first *request) error {
	ctx := context.Background()
	if _, err := s.conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		if first.state.CompareAndSwap(waiting, running) {
			first.start <- unwritten(err)
		}
		return err
	}
	var members []*request
	var lost error
	began := time.Now()
	for r := first; r != nil && lost == nil; {
		if r.state.CompareAndSwap(waiting, running) {
			ok, err := s.member(ctx, r)
			lost = err
			if ok {
				members = append(members, r)
			}
		}
		r = nil
		if lost == nil && len(members) < batchSize && time.Since(began) < batchTime {
			select {
			case r = <-s.queue:
			default:
			}
		}
	}
	if lost == nil {
		_, lost = s.conn.ExecContext(ctx, "COMMIT")
	}
	var answer error
	if lost != nil {
		if s.standing() {
			_, err := s.conn.ExecContext(ctx, "ROLLBACK")
			lost = errors.Join(lost, err)
		}
		answer = unwritten(lost)
	}
	for _, r := range members {
		r.result <- answer
	}
	return lost
}

// member gives one closure its turn inside a savepoint. ok says that its work stands in the batch and it waits for the
// commit; a closure that failed has been undone and answered. err says that the whole transaction is gone.
func (s *sqliteDB) member(ctx context.Context, r *request) (ok bool, err error) {
	if _, err := s.conn.ExecContext(ctx, "SAVEPOINT act"); err != nil {
		r.start <- unwritten(err)
		return false, err
	}
	began := time.Now()
	r.start <- nil
	verdict := s.await(r)
	if took := time.Since(began); took > s.slow {
		warnSlow(r.pc, took)
	}
	if !s.standing() {
		r.result <- nil // its own error says what happened
		return false, fmt.Errorf("transaction lost in a statement: %w", orAborted(verdict))
	}
	if verdict == nil {
		if _, err := s.conn.ExecContext(ctx, "RELEASE act"); err != nil {
			r.result <- unwritten(err)
			return false, err
		}
		return true, nil
	}
	if _, err := s.conn.ExecContext(ctx, "ROLLBACK TO act; RELEASE act"); err != nil {
		r.result <- nil
		return false, err
	}
	r.result <- nil
	return false, nil
}

func (s *sqliteDB) await(r *request) error {
	alarm := time.NewTimer(stuck)
	defer alarm.Stop()
	for {
		select {
		case verdict := <-r.done:
			return verdict
		case <-alarm.C:
			warnSlow(r.pc, stuck)
		}
	}
}

func orAborted(err error) error {
	if err == nil {
		return errAborted
	}
	return err
}

// sqliteWriter runs a closure's statements on the writer's connection. Never under the caller's context: a context that
// is cancelled in the middle of a statement makes SQLite roll back the whole transaction, everyone's batch.
type sqliteWriter struct{ s *sqliteDB }

func (w *sqliteWriter) exec(ctx context.Context, q string, args []any) (int64, error) {
	res, err := w.s.conn.ExecContext(context.WithoutCancel(ctx), q, args...)
	if err != nil {
		return 0, w.failed(err)
	}
	return res.RowsAffected()
}

func (w *sqliteWriter) query(ctx context.Context, q string, args []any) ([][]any, error) {
	rows, err := w.s.conn.QueryContext(context.WithoutCancel(ctx), q, args...)
	all, err := readAll(rows, err)
	if err != nil {
		return nil, w.failed(err)
	}
	return all, nil
}

func (w *sqliteWriter) script(ctx context.Context, text string) error {
	_, err := w.exec(ctx, text, nil)
	return err
}

func (w *sqliteWriter) lock(context.Context, string) error { return nil }

func (w *sqliteWriter) failed(err error) error {
	if full(err) || !w.s.standing() {
		return unwritten(err)
	}
	return translateSQLite(err)
}
