package watch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
)

const columns = `id, org, kind, day, what, evidence, state, reason, account, recorded, revoked`

func insert(ctx context.Context, tx *sqldb.Tx, b Breach) error {
	evidence, err := json.Marshal(b.Evidence)
	if err != nil {
		return fmt.Errorf("encode evidence: %w", err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO breach (`+columns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0)`,
		b.ID, b.Org, string(b.Kind), b.Day.String(), b.What, string(evidence), b.State, b.Reason, b.Account, b.Recorded.UnixMicro())
	if err != nil {
		return fmt.Errorf("insert breach %s: %w", b.ID, err)
	}
	return nil
}

func update(ctx context.Context, tx *sqldb.Tx, b Breach) error {
	_, err := tx.Exec(ctx, `UPDATE breach SET state = $2, reason = $3, revoked = $4 WHERE id = $1`, b.ID, b.State, b.Reason, b.Revoked.UnixMicro())
	if err != nil {
		return fmt.Errorf("update breach %s: %w", b.ID, err)
	}
	return nil
}

type scanner interface{ Scan(dest ...any) error }

func scan(row scanner) (Breach, error) {
	var b Breach
	var evidence string
	var revoked int64
	err := row.Scan(&b.ID, &b.Org, &b.Kind, &b.Day, &b.What, &evidence, &b.State, &b.Reason, &b.Account, &b.Recorded, &revoked)
	if err != nil {
		return b, err
	}
	if revoked != 0 {
		b.Revoked = time.UnixMicro(revoked).UTC()
	}
	return b, json.Unmarshal([]byte(evidence), &b.Evidence)
}

func load(ctx context.Context, tx *sqldb.Tx, id string) (Breach, error) {
	b, err := scan(tx.QueryRow(ctx, `SELECT `+columns+` FROM breach WHERE id = $1`, id))
	if errors.Is(err, sqldb.ErrNoRows) {
		return b, errs.New(errs.NotFound, "没有这条记录, 请核对后重试")
	}
	if err != nil {
		return b, fmt.Errorf("load breach %s: %w", id, err)
	}
	return b, nil
}

func listOf(ctx context.Context, tx *sqldb.Tx, org string) ([]Breach, error) {
	rows, err := tx.Query(ctx, `SELECT `+columns+` FROM breach WHERE org = $1 ORDER BY day DESC, id DESC LIMIT 500`, org)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (Breach, error) { return scan(r) })
}

// lastBreach is the newest day of a standing record, "" when there is none.
func lastBreach(ctx context.Context, tx *sqldb.Tx, org string) (string, error) {
	var day string
	err := tx.QueryRow(ctx, `SELECT day FROM breach WHERE org = $1 AND state = 'standing' ORDER BY day DESC LIMIT 1`, org).Scan(&day)
	if errors.Is(err, sqldb.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("last breach of %s: %w", org, err)
	}
	return day, nil
}
