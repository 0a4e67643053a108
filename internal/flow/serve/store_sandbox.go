package serve

import (
	"context"
	"errors"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
)

const noTestKey = "没有这个测试密钥, 请刷新后重试"

// errNoTestKey answers whoever calls with a key that is none, in the same words whatever is wrong with it.
func errNoTestKey() error {
	return errs.New(errs.Unauthenticated, "测试密钥无效、已停用或者不属于这个数据服务, 请在“数据服务”页面核对或者重新生成")
}

func insertTestKey(ctx context.Context, tx *sqldb.Tx, k TestKey, digest string) error {
	_, err := tx.Exec(ctx, `INSERT INTO test_key (id, digest, deployment, org, account, label, until, opened, closed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0)`,
		k.ID, digest, k.Deployment, k.Org, k.Account, k.Label, k.Until.UnixMicro(), k.Opened.UnixMicro())
	return err
}

func closeTestKey(ctx context.Context, tx *sqldb.Tx, k TestKey) error {
	_, err := tx.Exec(ctx, `UPDATE test_key SET closed = $2 WHERE id = $1`, k.ID, k.Closed.UnixMicro())
	return err
}

const testKeyColumns = `id, deployment, org, account, label, until, opened, closed`

func scanTestKey(row scanner) (k TestKey, err error) {
	var until, opened, closed int64
	err = row.Scan(&k.ID, &k.Deployment, &k.Org, &k.Account, &k.Label, &until, &opened, &closed)
	k.Until, k.Opened = time.UnixMicro(until).UTC(), time.UnixMicro(opened).UTC()
	if closed > 0 {
		at := time.UnixMicro(closed).UTC()
		k.Closed = &at
	}
	return k, err
}

func loadTestKey(ctx context.Context, tx *sqldb.Tx, id string) (TestKey, error) {
	k, err := scanTestKey(tx.QueryRow(ctx, `SELECT `+testKeyColumns+` FROM test_key WHERE id = $1`, id))
	if errors.Is(err, sqldb.ErrNoRows) {
		return k, errs.New(errs.NotFound, noTestKey)
	}
	return k, err
}

// validTestKey finds an open key by its secret's digest; it ends with its account.
func validTestKey(ctx context.Context, tx *sqldb.Tx, digest string) (TestKey, error) {
	k, err := scanTestKey(tx.QueryRow(ctx, `SELECT `+testKeyColumns+` FROM test_key WHERE digest = $1 AND closed = 0 AND until > $2
		AND account IN (SELECT id FROM account WHERE closed = 0)`, digest, tx.Now().UnixMicro()))
	if errors.Is(err, sqldb.ErrNoRows) {
		return TestKey{}, errNoTestKey()
	}
	return k, err
}

func testKeysOf(ctx context.Context, tx *sqldb.Tx, deployment string) ([]TestKey, error) {
	rows, err := tx.Query(ctx, `SELECT `+testKeyColumns+` FROM test_key WHERE deployment = $1 ORDER BY id DESC LIMIT 200`, deployment)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (TestKey, error) { return scanTestKey(r) })
}

// countTest counts one use of a key.
func countTest(ctx context.Context, tx *sqldb.Tx, key string, answered bool) error {
	n := int64(0)
	if answered {
		n = 1
	}
	_, err := tx.Exec(ctx, `INSERT INTO test_use (test_key, month, answered, refused) VALUES ($1, $2, $3, $4)
		ON CONFLICT (test_key, month) DO UPDATE SET answered = test_use.answered + $3, refused = test_use.refused + $4`,
		key, workday.DateOf(tx.Now()).String()[:7], n, 1-n)
	return err
}

func testUses(ctx context.Context, tx *sqldb.Tx, key string) ([]TestUse, error) {
	out, err := sqldb.List(ctx, tx, func(r *sqldb.Rows) (u TestUse, err error) { return u, r.Scan(&u.Month, &u.Answered, &u.Refused) },
		`SELECT month, answered, refused FROM test_use WHERE test_key = $1 ORDER BY month DESC`, key)
	if out == nil {
		out = []TestUse{}
	}
	return out, err
}
