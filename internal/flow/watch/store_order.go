package watch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
)

// What is none of the caller's business is answered in the words for what never was.
const (
	noOrder      = "没有这件决定, 请核对后重试"
	noExit       = "没有这件退出, 请核对后重试"
	noReport     = "没有这份报告, 请核对后重试"
	noEvaluation = "没有这次评估, 请核对后重试"
	noComplaint  = "没有这件投诉, 请核对后重试"
	noOrg        = "没有这个单位, 请核对后重试"
)

// noDue sorts after every day.
const noDue = "9999-12-31"

func dueText(d workday.Date) string {
	if d.IsZero() {
		return noDue
	}
	return d.String()
}

func encode(v any) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("encode: %w", err)
	}
	return string(b), nil
}

// saveState writes an object of which nothing but its state is found by a column.
func saveState(ctx context.Context, tx *sqldb.Tx, table, id, state string, v any) error {
	body, err := encode(v)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE `+table+` SET state = $2, body = $3 WHERE id = $1`, id, state, body)
	return err
}

func missing(err error, sentence string) error {
	if errors.Is(err, sqldb.ErrNoRows) {
		return errs.New(errs.NotFound, "%s", sentence)
	}
	return err
}

const orderColumns = `id, org, permit, issuer, state, body`

func insertOrder(ctx context.Context, tx *sqldb.Tx, o Order) error {
	body, err := encode(o)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO watch_order (id, org, permit, issuer, state, due, body, opened) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		o.ID, o.Org, o.Permit, o.Issuer, o.State, dueText(o.Due), body, o.Opened.UnixMicro())
	return err
}

func saveOrder(ctx context.Context, tx *sqldb.Tx, o Order) error {
	body, err := encode(o)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE watch_order SET state = $2, due = $3, body = $4 WHERE id = $1`, o.ID, o.State, dueText(o.Due), body)
	return err
}

// scanOrder lets the columns win over the body, so that a changed column is a changed order to fsck.
func scanOrder(row scanner) (Order, error) {
	var o Order
	var id, org, permit, issuer, state, body string
	if err := row.Scan(&id, &org, &permit, &issuer, &state, &body); err != nil {
		return o, err
	}
	err := json.Unmarshal([]byte(body), &o)
	o.ID, o.Org, o.Permit, o.Issuer, o.State = id, org, permit, issuer, state
	return o, err
}

func loadOrder(ctx context.Context, tx *sqldb.Tx, id string) (Order, error) {
	o, err := scanOrder(tx.QueryRow(ctx, `SELECT `+orderColumns+` FROM watch_order WHERE id = $1`, id))
	return o, missing(err, noOrder)
}

// listOrders lists orders on an organization, or given by a body, or (both empty) all of them, newest first.
func listOrders(ctx context.Context, tx *sqldb.Tx, org, issuer, before string, limit int) ([]Order, error) {
	args := []any{org, issuer, before, limit}
	in := inside(ctx, "org", &args)
	rows, err := tx.Query(ctx, `SELECT `+orderColumns+` FROM watch_order
		WHERE (($1 = '' AND $2 = '') OR org = $1 OR (issuer = $2 AND $2 <> '')) AND ($3 = '' OR id < $3) AND `+in+` ORDER BY id DESC LIMIT $4`, args...)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (Order, error) { return scanOrder(r) })
}

// ordersOn lists what still runs on a permit.
func ordersOn(ctx context.Context, tx *sqldb.Tx, permit string) ([]Order, error) {
	rows, err := tx.Query(ctx, `SELECT `+orderColumns+` FROM watch_order
		WHERE permit = $1 AND state IN ('open', 'reported', 'overdue') ORDER BY id`, permit)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (Order, error) { return scanOrder(r) })
}

// runningOrders lists what still runs against an organization.
func runningOrders(ctx context.Context, tx *sqldb.Tx, org string) ([]Order, error) {
	rows, err := tx.Query(ctx, `SELECT `+orderColumns+` FROM watch_order
		WHERE org = $1 AND state IN ('open', 'reported', 'overdue') ORDER BY id`, org)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (Order, error) { return scanOrder(r) })
}

// ordersPast lists the open orders whose term is over.
func ordersPast(ctx context.Context, tx *sqldb.Tx, today workday.Date) ([]Order, error) {
	rows, err := tx.Query(ctx, `SELECT `+orderColumns+` FROM watch_order WHERE state = 'open' AND due < $1 ORDER BY due, id LIMIT 200`, today.String())
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (Order, error) { return scanOrder(r) })
}

const exitColumns = `id, org, permit, state, body`

func insertExit(ctx context.Context, tx *sqldb.Tx, e Exit) error {
	body, err := encode(e)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO watch_exit (id, org, permit, state, due, body, opened) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		e.ID, e.Org, e.Permit, e.State, dueText(e.Due), body, e.Opened.UnixMicro())
	if sqldb.IsUnique(err, "watch_exit_permit") || sqldb.IsUnique(err, "watch_exit.permit") {
		return errs.New(errs.Conflict, "这项许可已经终止并办理退出, 请刷新查看")
	}
	return err
}

func saveExit(ctx context.Context, tx *sqldb.Tx, e Exit) error {
	return saveState(ctx, tx, "watch_exit", e.ID, e.State, e)
}

func scanExit(row scanner) (Exit, error) {
	var e Exit
	var id, org, permit, state, body string
	if err := row.Scan(&id, &org, &permit, &state, &body); err != nil {
		return e, err
	}
	err := json.Unmarshal([]byte(body), &e)
	e.ID, e.Org, e.Permit, e.State = id, org, permit, state
	return e, err
}

func loadExit(ctx context.Context, tx *sqldb.Tx, id string) (Exit, error) {
	e, err := scanExit(tx.QueryRow(ctx, `SELECT `+exitColumns+` FROM watch_exit WHERE id = $1`, id))
	return e, missing(err, noExit)
}

// listExits lists exits of an organization or ("") all; a provider's are those of whoever had its data in a space.
func listExits(ctx context.Context, tx *sqldb.Tx, org, provider, before string, limit int) ([]Exit, error) {
	args := []any{org, provider, before, limit}
	in := inside(ctx, "org", &args)
	rows, err := tx.Query(ctx, `SELECT `+exitColumns+` FROM watch_exit
		WHERE ($1 = '' OR org = $1 OR $2 <> '' AND org IN (SELECT org FROM space_supply WHERE provider = $2)) AND ($3 = '' OR id < $3) AND `+in+`
		ORDER BY id DESC LIMIT $4`, args...)
	list, err := sqldb.Collect(rows, err, func(r *sqldb.Rows) (Exit, error) { return scanExit(r) })
	if provider == "" {
		return list, err
	}
	return slices.DeleteFunc(list, func(e Exit) bool { return e.Org != org && !slices.Contains(e.Providers, provider) }), err
}

// endedWithoutExit lists the permits that were revoked and after which nobody cleaned up yet.
func endedWithoutExit(ctx context.Context, tx *sqldb.Tx) ([]string, error) {
	rows, err := tx.Query(ctx, `SELECT p.id FROM permit p WHERE p.state = 'revoked' AND p.kind IN ('admission', 'grant', 'authorization')
		AND NOT EXISTS (SELECT 1 FROM watch_exit e WHERE e.permit = p.id) ORDER BY p.id LIMIT 50`)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (id string, err error) { return id, r.Scan(&id) })
}

// expiredWithoutExit lists those whose term is over and that the holder has no other of.
func expiredWithoutExit(ctx context.Context, tx *sqldb.Tx, today workday.Date) ([]string, error) {
	rows, err := tx.Query(ctx, `SELECT p.id FROM permit p WHERE p.kind IN ('admission', 'grant', 'authorization') AND p.until_day <= $1 AND p.state <> 'revoked'
		AND NOT EXISTS (SELECT 1 FROM watch_exit e WHERE e.permit = p.id)
		AND NOT EXISTS (SELECT 1 FROM permit n WHERE n.holder = p.holder AND n.kind = p.kind AND n.object = p.object AND n.state <> 'revoked' AND n.until_day > $1)
		ORDER BY p.id LIMIT 50`, today.String())
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (id string, err error) { return id, r.Scan(&id) })
}
