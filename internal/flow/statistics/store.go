package statistics

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/flow/grant"
)

// noPermit answers for another organization's permit and for one that never was, in the same words.
const noPermit = "没有这项精确统计许可, 请核对后重试"

const columns = `id, org, scenario, state, matter, body`

func insert(ctx context.Context, tx *sqldb.Tx, p Permit) error {
	body, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("encode permit: %w", err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO statistics_permit (id, org, scenario, state, matter, body, opened) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		p.ID, p.Org, p.Scenario, p.State, p.Matter, string(body), p.Opened.UnixMicro())
	return err
}

func save(ctx context.Context, tx *sqldb.Tx, p Permit) error {
	body, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("encode permit: %w", err)
	}
	_, err = tx.Exec(ctx, `UPDATE statistics_permit SET state = $2, matter = $3, body = $4 WHERE id = $1`, p.ID, p.State, p.Matter, string(body))
	return err
}

func scan(row interface{ Scan(...any) error }) (Permit, error) {
	var p Permit
	var id, org, scenario, state, matter, body string
	if err := row.Scan(&id, &org, &scenario, &state, &matter, &body); err != nil {
		return p, err
	}
	if err := json.Unmarshal([]byte(body), &p); err != nil {
		return p, fmt.Errorf("decode permit %s: %w", id, err)
	}
	p.ID, p.Org, p.Scenario, p.State, p.Matter = id, org, scenario, state, matter
	return p, nil
}

func load(ctx context.Context, tx *sqldb.Tx, id string) (Permit, error) {
	p, err := scan(tx.QueryRow(ctx, `SELECT `+columns+` FROM statistics_permit WHERE id = $1`, id))
	if errors.Is(err, sqldb.ErrNoRows) {
		return p, errs.New(errs.NotFound, noPermit)
	}
	return p, err
}

func list(ctx context.Context, tx *sqldb.Tx, org string, area access.Area, before string, limit int) ([]Permit, error) {
	args := []any{org, before, limit}
	rows, err := tx.Query(ctx, `SELECT `+columns+` FROM statistics_permit
		WHERE ($1 = '' OR org = $1) AND ($2 = '' OR id < $2) AND `+grant.InArea("scenario", area, &args)+` ORDER BY id DESC LIMIT $3`, args...)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (Permit, error) { return scan(r) })
}

func ofScenario(ctx context.Context, tx *sqldb.Tx, org, scenario string) ([]Permit, error) {
	rows, err := tx.Query(ctx, `SELECT `+columns+` FROM statistics_permit WHERE org = $1 AND scenario = $2 ORDER BY id DESC LIMIT 100`, org, scenario)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (Permit, error) { return scan(r) })
}
