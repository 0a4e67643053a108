package grant

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
)

func insertAuthorization(ctx context.Context, tx *sqldb.Tx, a Authorization) error {
	body, err := encode(a)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO authorized (id, level, org, authorizer, state, matter, permit, body, opened, area)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		a.ID, a.Level, a.Org, a.Authorizer, a.State, a.Matter, a.Permit, body, a.Opened.UnixMicro(), string(a.Area))
	return err
}

func saveAuthorization(ctx context.Context, tx *sqldb.Tx, a Authorization) error {
	body, err := encode(a)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE authorized SET state = $2, matter = $3, permit = $4, body = $5 WHERE id = $1`, a.ID, a.State, a.Matter, a.Permit, body)
	return err
}

func scanAuthorization(r row) (Authorization, error) {
	var a Authorization
	var id, level, org, authorizer, state, matter, permit, area, body string
	if err := r.Scan(&id, &level, &org, &authorizer, &state, &matter, &permit, &area, &body); err != nil {
		return a, err
	}
	if err := json.Unmarshal([]byte(body), &a); err != nil {
		return a, fmt.Errorf("decode authorization %s: %w", id, err)
	}
	a.ID, a.Level, a.Org, a.Authorizer, a.State, a.Matter, a.Permit, a.Area = id, level, org, authorizer, state, matter, permit, access.Area(area)
	return a, nil
}

const authorizationColumns = `id, level, org, authorizer, state, matter, permit, area, body`

func loadAuthorization(ctx context.Context, tx *sqldb.Tx, id string) (Authorization, error) {
	a, err := scanAuthorization(tx.QueryRow(ctx, `SELECT `+authorizationColumns+` FROM authorized WHERE id = $1`, id))
	return a, missing(err, noAuthorization)
}

// authorizationFilter chooses authorizations; empty fields choose all.
type authorizationFilter struct {
	org, authorizer, level, before string
	area                           access.Area // it and what lies inside it
	limit                          int
}

func listAuthorizations(ctx context.Context, tx *sqldb.Tx, f authorizationFilter) ([]Authorization, error) {
	lo, hi := f.area.Range()
	rows, err := tx.Query(ctx, `SELECT `+authorizationColumns+` FROM authorized
		WHERE (($1 = '' AND $2 = '') OR ($1 <> '' AND org = $1) OR ($2 <> '' AND authorizer = $2))
		AND ($3 = '' OR level = $3) AND ($4 = '' OR id < $4)
		AND area >= $6 AND area < $7 ORDER BY id DESC LIMIT $5`, f.org, f.authorizer, f.level, f.before, f.limit, lo, hi)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (Authorization, error) { return scanAuthorization(r) })
}

func keepDepartment(ctx context.Context, tx *sqldb.Tx, d Department) error {
	body, err := encode(d)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO department (org, body) VALUES ($1, $2) ON CONFLICT (org) DO UPDATE SET body = excluded.body`, d.Org, body)
	return err
}

func loadDepartment(ctx context.Context, tx *sqldb.Tx, org string) (Department, error) {
	d, err := sqldb.Body[Department](tx.QueryRow(ctx, `SELECT body FROM department WHERE org = $1`, org))
	return d, missing(err, noDepartment)
}

func listDepartments(ctx context.Context, tx *sqldb.Tx, after string, limit int) ([]Department, error) {
	return sqldb.Bodies[Department](ctx, tx, `SELECT body FROM department WHERE org > $1 ORDER BY org LIMIT $2`, after, limit)
}

// confirmed is the department's standing confirmation; the zero value where it has none.
func confirmed(ctx context.Context, tx *sqldb.Tx, org string) (Department, error) {
	d, err := sqldb.Body[Department](tx.QueryRow(ctx, `SELECT body FROM department WHERE org = $1`, org))
	if errors.Is(err, sqldb.ErrNoRows) {
		return Department{}, nil
	}
	return d, err
}

func insertRecommendation(ctx context.Context, tx *sqldb.Tx, r Recommendation) error {
	body, err := encode(r)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO recommendation (id, org, department, body) VALUES ($1, $2, $3, $4)`, r.ID, r.Org, r.Department, body)
	return err
}

func loadRecommendation(ctx context.Context, tx *sqldb.Tx, id string) (Recommendation, error) {
	r, err := sqldb.Body[Recommendation](tx.QueryRow(ctx, `SELECT body FROM recommendation WHERE id = $1`, id))
	return r, missing(err, noRecommendation)
}

func listRecommendations(ctx context.Context, tx *sqldb.Tx, actor access.Actor, before string, limit int) ([]Recommendation, error) {
	args := []any{scope(actor), before, limit}
	in := "1 = 1"
	if actor.Overseer() {
		in = access.Inside("department", actor.Area, &args)
	}
	return sqldb.Bodies[Recommendation](ctx, tx, `SELECT body FROM recommendation WHERE ($1 = '' OR org = $1 OR department = $1) AND ($2 = '' OR id < $2)
		AND `+in+` ORDER BY id DESC LIMIT $3`, args...)
}
