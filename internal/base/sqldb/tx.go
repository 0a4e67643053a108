package sqldb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"yunei/internal/base/errs"
)

// Tx is one transaction. It belongs to the closure it was given to and must not outlive it.
type Tx struct {
	dialect Dialect
	now     time.Time
	conn    conn
	err     error // the first failing statement: it dooms the transaction
	over    bool
}

// conn is what a backend does for a transaction. Errors come back already translated (translate in errors.go).
type conn interface {
	exec(ctx context.Context, q string, args []any) (int64, error)
	query(ctx context.Context, q string, args []any) ([][]any, error)
	script(ctx context.Context, text string) error
	lock(ctx context.Context, key string) error
}

var errOver = errors.New("sqldb: transaction used after its closure returned")

// Now is the one instant of this transaction, in UTC and microseconds: what the act's record calls recorded (登记时刻).
func (tx *Tx) Now() time.Time { return tx.now }

// Dialect says which database this is, for the rare query that must differ.
func (tx *Tx) Dialect() Dialect { return tx.dialect }

// Exec runs a statement and returns the number of rows it changed.
func (tx *Tx) Exec(ctx context.Context, q string, args ...any) (int64, error) {
	q, vals, err := tx.ready(ctx, q, args)
	if err != nil {
		return 0, err
	}
	n, err := tx.conn.exec(ctx, q, vals)
	return n, tx.doom(err)
}

// Query reads the whole answer at once, so that rows can neither leak nor block the next statement; page through what
// may be large.
func (tx *Tx) Query(ctx context.Context, q string, args ...any) (*Rows, error) {
	q, vals, err := tx.ready(ctx, q, args)
	if err != nil {
		return nil, err
	}
	all, err := tx.conn.query(ctx, q, vals)
	if err := tx.doom(err); err != nil {
		return nil, err
	}
	return &Rows{all: all}, nil
}

// QueryRow reads the first row; Scan returns ErrNoRows if there is none.
func (tx *Tx) QueryRow(ctx context.Context, q string, args ...any) *Row {
	rows, err := tx.Query(ctx, q, args...)
	return &Row{rows: rows, err: err}
}

// Lock makes closures that name the same key run one after another until the end of the transaction. SQLite has one
// writer, so there it does nothing. It orders work; it is not needed for safety, Do is serializable anyway.
func (tx *Tx) Lock(ctx context.Context, key string) error {
	if err := tx.alive(ctx); err != nil {
		return err
	}
	return tx.doom(tx.conn.lock(ctx, key))
}

// Script runs several statements without arguments: a migration.
func (tx *Tx) Script(ctx context.Context, text string) error {
	if err := tx.alive(ctx); err != nil {
		return err
	}
	return tx.doom(tx.conn.script(ctx, text))
}

func (tx *Tx) ready(ctx context.Context, q string, args []any) (string, []any, error) {
	if err := tx.alive(ctx); err != nil {
		return "", nil, err
	}
	q, err := statement(tx.dialect, q)
	if err != nil {
		return "", nil, tx.doom(err)
	}
	vals := make([]any, len(args))
	for i, a := range args {
		v, err := value(a)
		if err != nil {
			return "", nil, tx.doom(fmt.Errorf("sqldb: argument $%d: %w", i+1, err))
		}
		vals[i] = v
	}
	return q, vals, nil
}

func (tx *Tx) alive(ctx context.Context) error {
	if tx.over {
		return errOver
	}
	if tx.err != nil {
		return tx.err
	}
	if err := ctx.Err(); err != nil {
		return tx.doom(err)
	}
	return nil
}

func (tx *Tx) doom(err error) error {
	if err != nil && tx.err == nil {
		tx.err = err
	}
	return err
}

// outcome is what became of a closure: its own error, or the failed statement it swallowed.
func (tx *Tx) outcome(err error) error {
	tx.over = true
	if err == nil {
		return tx.err
	}
	return err
}

func broken(err error) error {
	return &errs.Error{Code: errs.Unavailable, Msg: "数据库没有写成, 本次办理未生效; 请稍后重试, 仍不行请联系系统管理员", Err: err}
}
