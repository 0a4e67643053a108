package standard

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
)

func noReport() error {
	return errs.New(errs.NotFound, "没有这份符合性报告, 请从列表进入")
}

func saveStandard(ctx context.Context, tx *sqldb.Tx, s Standard) error {
	body, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("encode standard %s: %w", s.ID, err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO standard (id, notice, body) VALUES ($1, $2, $3)`, s.ID, s.Notice, string(body))
	return err
}

func insertReport(ctx context.Context, tx *sqldb.Tx, r Report) error {
	body, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("encode report %s: %w", r.ID, err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO conformity (id, series, area, body) VALUES ($1, $2, $3, $4)`, r.ID, r.Series, string(r.Area), string(body))
	return err
}

func scan[T any](r interface{ Scan(...any) error }) (out T, err error) {
	var body string
	if err := r.Scan(&body); err != nil {
		return out, err
	}
	return out, json.Unmarshal([]byte(body), &out)
}

func loadStandard(ctx context.Context, tx *sqldb.Tx, id string) (Standard, error) {
	s, err := scan[Standard](tx.QueryRow(ctx, `SELECT body FROM standard WHERE id = $1`, id))
	if errors.Is(err, sqldb.ErrNoRows) {
		return s, errs.New(errs.NotFound, "没有这个标准版本, 请从列表进入")
	}
	return s, err
}

func standards(ctx context.Context, tx *sqldb.Tx, before string, limit int) ([]Standard, error) {
	return sqldb.List(ctx, tx, func(r *sqldb.Rows) (Standard, error) { return scan[Standard](r) },
		`SELECT body FROM standard WHERE ($1 = '' OR id < $1) ORDER BY id DESC LIMIT $2`, before, int64(limit))
}

func loadReport(ctx context.Context, tx *sqldb.Tx, id string) (Report, error) {
	return found(scan[Report](tx.QueryRow(ctx, `SELECT body FROM conformity WHERE id = $1`, id)))
}

// formerReport is the newest report before r about the same area and against the same version: another version asks other things.
func formerReport(ctx context.Context, tx *sqldb.Tx, r Report) (Report, error) {
	for before := ""; ; {
		f, err := found(scan[Report](tx.QueryRow(ctx, `SELECT body FROM conformity WHERE series = $1 AND area = $2 AND ($3 = '' OR id < $3) ORDER BY id DESC LIMIT 1`, r.Series, string(r.Area), before)))
		if err != nil || f.Standard == r.Standard {
			return f, err
		}
		before = f.ID
	}
}

func found(r Report, err error) (Report, error) {
	if errors.Is(err, sqldb.ErrNoRows) {
		return r, noReport()
	}
	return r, err
}

// reports are those about an area and what lies in it.
func reports(ctx context.Context, tx *sqldb.Tx, area access.Area, before string, limit int) ([]Report, error) {
	lo, hi := area.Range()
	return sqldb.List(ctx, tx, func(r *sqldb.Rows) (Report, error) { return scan[Report](r) },
		`SELECT body FROM conformity WHERE area >= $1 AND area < $2 AND ($3 = '' OR id < $3) ORDER BY id DESC LIMIT $4`, lo, hi, before, int64(limit))
}
