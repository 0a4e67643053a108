package sqldb

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"yunei/internal/base/errs"
)

// attempts bounds the repetition of a closure that loses against its neighbours; with the pauses below it is some seconds.
const attempts = 40

// connections is the pool's size unless the URL says pool_max_conns; the driver's own choice is four.
const connections = 24

type postgresDB struct{ pool *pgxpool.Pool }

func openPostgres(ctx context.Context, url string, _ Options) (*postgresDB, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, errs.New(errs.Invalid, "PostgreSQL 地址写法不对, 请核对 --db: %w", err)
	}
	cfg.ConnConfig.RuntimeParams["timezone"] = "UTC"
	cfg.ConnConfig.RuntimeParams["application_name"] = "yunei"
	if !strings.Contains(url, "pool_max_conns") {
		cfg.MaxConns = connections
	}
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("open postgres: %w", err)
	}
	if err := checkPostgres(ctx, pool); err != nil {
		pool.Close()
		return nil, err
	}
	return &postgresDB{pool}, nil
}

// checkPostgres reads back what would let the database forget acknowledged changes or sort names its own way.
func checkPostgres(ctx context.Context, pool *pgxpool.Pool) error {
	var collate, encoding, fsync, commit string
	err := pool.QueryRow(ctx, `SELECT datcollate, pg_encoding_to_char(encoding), current_setting('fsync'), current_setting('synchronous_commit')
		FROM pg_database WHERE datname = current_database()`).Scan(&collate, &encoding, &fsync, &commit)
	if err != nil {
		return errs.New(errs.Unavailable, "连接不上 PostgreSQL, 请核对地址、账号和网络: %w", err)
	}
	if collate != "C" && collate != "POSIX" || encoding != "UTF8" {
		return errs.New(errs.Unavailable, "PostgreSQL 数据库的排序规则须为 C、编码须为 UTF8 (现为 %s、%s), 请用 CREATE DATABASE … TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C' ENCODING 'UTF8' 重建", collate, encoding)
	}
	if fsync != "on" || commit == "off" {
		return errs.New(errs.Unavailable, "PostgreSQL 的 fsync 与 synchronous_commit 不能关闭 (现为 %s、%s), 否则断电会丢失已办结的事项; 请改回后重新启动", fsync, commit)
	}
	return nil
}

func (p *postgresDB) close() error {
	p.pool.Close()
	return nil
}

// errLockBusy asks for another attempt that waits for its locks before the transaction takes its snapshot; waiting
// inside would wake up with an old snapshot and fail to serialize, again and again.
var errLockBusy = errors.New("sqldb: lock is busy")

func (p *postgresDB) do(ctx context.Context, db *DB, how isolation, fn func(tx *Tx) error) error {
	var keys []int64
	for attempt := 1; ; attempt++ {
		retry, err := p.attempt(ctx, db, how, &keys, fn)
		if err == nil {
			return nil
		}
		if !retry || ctx.Err() != nil {
			return err
		}
		if attempt == attempts {
			return errs.New(errs.Unavailable, "同时办理的人太多, 本次办理未生效, 请稍后重试: %w", err)
		}
		select {
		case <-time.After(time.Duration(rand.Int64N(int64(min(attempt, 20)) * int64(4*time.Millisecond)))):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (p *postgresDB) attempt(ctx context.Context, db *DB, how isolation, keys *[]int64, fn func(tx *Tx) error) (retry bool, err error) {
	c, err := p.pool.Acquire(ctx)
	if err != nil {
		return false, broken(err)
	}
	defer c.Release()
	if len(*keys) > 0 {
		unlock, err := lockSession(ctx, c.Conn(), *keys)
		if err != nil {
			return false, broken(err)
		}
		defer unlock()
	}
	level := pgx.Serializable
	if how == committed {
		level = pgx.ReadCommitted
	}
	t, err := c.BeginTx(ctx, pgx.TxOptions{IsoLevel: level})
	if err != nil {
		return false, broken(err)
	}
	settled := false
	defer func() { // also when the closure panics
		if !settled {
			undo(ctx, c.Conn(), t)
		}
	}()
	pc := &postgresConn{tx: t}
	tx := &Tx{dialect: Postgres, now: db.now(), conn: pc}
	if err := tx.outcome(fn(tx)); err != nil {
		*keys = merge(*keys, pc.keys)
		// The failure of a statement is what counts, even if the closure wrapped it in words of its own.
		return retryable(err) || tx.err != nil && retryable(tx.err), err
	}
	// From here the caller's context no longer matters: a commit that was sent may have happened.
	settled = true
	if err := t.Commit(context.WithoutCancel(ctx)); err != nil {
		*keys = merge(*keys, pc.keys)
		return retryable(err), translatePostgres(commitFailed(err))
	}
	return false, nil
}

func commitFailed(err error) error {
	if _, ok := errors.AsType[*pgconn.PgError](err); ok {
		return err
	}
	return &errs.Error{Code: errs.Unavailable, Msg: "与数据库的连接在提交时中断, 办理结果未知; 请刷新页面查看是否已办结", Err: err}
}

func undo(ctx context.Context, c *pgx.Conn, t pgx.Tx) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := t.Rollback(ctx); err != nil && !errors.Is(err, pgx.ErrTxClosed) {
		_ = c.Close(ctx)
	}
}

// lockSession takes the locks that an earlier attempt asked for, in order, before the transaction begins.
func lockSession(ctx context.Context, c *pgx.Conn, keys []int64) (unlock func(), err error) {
	unlock = func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		if c.IsClosed() {
			return
		}
		if _, err := c.Exec(ctx, "SELECT pg_advisory_unlock_all()"); err != nil {
			_ = c.Close(ctx)
		}
	}
	for _, k := range keys {
		if _, err := c.Exec(ctx, "SELECT pg_advisory_lock($1)", k); err != nil {
			unlock()
			return nil, err
		}
	}
	return unlock, nil
}

func merge(have, more []int64) []int64 {
	all := append(slices.Clone(have), more...)
	slices.Sort(all)
	return slices.Compact(all)
}

func retryable(err error) bool {
	if errors.Is(err, errLockBusy) {
		return true
	}
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (e.Code == "40001" || e.Code == "40P01")
}

func (p *postgresDB) view(ctx context.Context, db *DB, fn func(tx *Tx) error) error {
	c, err := p.pool.Acquire(ctx)
	if err != nil {
		return broken(err)
	}
	defer c.Release()
	t, err := c.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return broken(err)
	}
	defer undo(ctx, c.Conn(), t)
	tx := &Tx{dialect: Postgres, now: db.now(), conn: &postgresConn{tx: t}}
	return tx.outcome(fn(tx))
}

type postgresConn struct {
	tx   pgx.Tx
	keys []int64
}

func (c *postgresConn) exec(ctx context.Context, q string, args []any) (int64, error) {
	tag, err := c.tx.Exec(ctx, q, args...)
	return tag.RowsAffected(), translatePostgres(err)
}

func (c *postgresConn) query(ctx context.Context, q string, args []any) ([][]any, error) {
	rows, err := c.tx.Query(ctx, q, args...)
	if err != nil {
		return nil, translatePostgres(err)
	}
	defer rows.Close()
	var all [][]any
	for rows.Next() {
		row, err := rows.Values()
		if err != nil {
			return nil, translatePostgres(err)
		}
		for i, v := range row {
			if row[i], err = narrow(v); err != nil {
				return nil, err
			}
		}
		all = append(all, row)
	}
	return all, translatePostgres(rows.Err())
}

// narrow turns PostgreSQL's answers into what SQLite would have answered.
func narrow(v any) (any, error) {
	switch n := v.(type) {
	case nil, int64, string, []byte, bool:
		return v, nil
	case int32:
		return int64(n), nil
	case int16:
		return int64(n), nil
	case pgtype.Numeric: // sum() of BIGINT
		if !n.Valid {
			return nil, nil
		}
		if n.NaN || n.InfinityModifier != pgtype.Finite {
			return nil, fmt.Errorf("sqldb: not a number")
		}
		i := new(big.Int).Set(n.Int)
		ten := big.NewInt(10)
		for range n.Exp {
			i.Mul(i, ten)
		}
		if n.Exp < 0 {
			return nil, fmt.Errorf("sqldb: a fraction where an integer is expected: use integer arithmetic")
		}
		if i.IsInt64() {
			return i.Int64(), nil
		}
		return i, nil
	}
	return nil, fmt.Errorf("sqldb: %T is not a column type", v)
}

func (c *postgresConn) script(ctx context.Context, text string) error {
	_, err := c.exec(ctx, text, nil)
	return err
}

func (c *postgresConn) lock(ctx context.Context, key string) error {
	sum := sha256.Sum256([]byte(key))
	k := int64(binary.BigEndian.Uint64(sum[:8]))
	c.keys = append(c.keys, k)
	var got bool
	if err := c.tx.QueryRow(ctx, "SELECT pg_try_advisory_xact_lock($1)", k).Scan(&got); err != nil {
		return translatePostgres(err)
	}
	if !got {
		return errLockBusy
	}
	return nil
}
