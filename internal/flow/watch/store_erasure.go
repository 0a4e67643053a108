package watch

import (
	"context"
	"encoding/json"
	"fmt"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
)

const noErasure = "没有这项删除义务, 请核对后重试"

func insertErasure(ctx context.Context, tx *sqldb.Tx, e Erasure) (fresh bool, err error) {
	body, err := json.Marshal(e)
	if err != nil {
		return false, fmt.Errorf("encode erasure: %w", err)
	}
	n, err := tx.Exec(ctx, `INSERT INTO watch_erasure (id, org, consent, state, due, body, opened) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (org, consent) DO NOTHING`, e.ID, e.Org, e.Consent, e.State, e.Due.String(), string(body), e.Opened.UnixMicro())
	return n == 1, err
}

func saveErasure(ctx context.Context, tx *sqldb.Tx, e Erasure) error {
	body, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("encode erasure: %w", err)
	}
	_, err = tx.Exec(ctx, `UPDATE watch_erasure SET state = $2, body = $3 WHERE id = $1`, e.ID, e.State, string(body))
	return err
}

func loadErasure(ctx context.Context, tx *sqldb.Tx, id string) (Erasure, error) {
	list, err := sqldb.Bodies[Erasure](ctx, tx, `SELECT body FROM watch_erasure WHERE id = $1`, id)
	if err == nil && len(list) == 0 {
		err = errs.New(errs.NotFound, noErasure)
	}
	if err != nil {
		return Erasure{}, err
	}
	return list[0], nil
}

func listErasures(ctx context.Context, tx *sqldb.Tx, org, before string, limit int) ([]Erasure, error) {
	args := []any{org, before, limit}
	in := inside(ctx, "org", &args)
	return sqldb.Bodies[Erasure](ctx, tx, `SELECT body FROM watch_erasure WHERE ($1 = '' OR org = $1) AND ($2 = '' OR id < $2) AND `+in+` ORDER BY id DESC LIMIT $3`, args...)
}

type answered struct {
	org   string
	calls int64
}

// answeredUnder lists who was given answers under a document, and how many.
func answeredUnder(ctx context.Context, tx *sqldb.Tx, consent string) ([]answered, error) {
	return sqldb.List(ctx, tx, func(r *sqldb.Rows) (a answered, err error) { return a, r.Scan(&a.org, &a.calls) },
		`SELECT org, COUNT(*) FROM call WHERE consent = $1 GROUP BY org ORDER BY org`, consent)
}

// expiredUnerased lists documents whose last day has passed, under which somebody was answered who owes no deletion yet.
func expiredUnerased(ctx context.Context, tx *sqldb.Tx, today workday.Date) ([]string, error) {
	return sqldb.List(ctx, tx, func(r *sqldb.Rows) (id string, err error) { return id, r.Scan(&id) },
		`SELECT c.id FROM consent c WHERE c.until_day < $1 AND EXISTS (SELECT 1 FROM call k WHERE k.consent = c.id
			AND NOT EXISTS (SELECT 1 FROM watch_erasure e WHERE e.consent = c.id AND e.org = k.org)) ORDER BY c.id LIMIT 200`, today.String())
}

func exitsIn(ctx context.Context, tx *sqldb.Tx, state string) ([]Exit, error) {
	rows, err := tx.Query(ctx, `SELECT `+exitColumns+` FROM watch_exit WHERE state = $1 ORDER BY id`, state)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (Exit, error) { return scanExit(r) })
}
