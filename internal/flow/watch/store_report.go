package watch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/flow/grant"
)

const filingColumns = `id, org, permit, kind, period, state, body`

func insertFiling(ctx context.Context, tx *sqldb.Tx, f DutyReport) error {
	body, err := encode(f)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO watch_report (id, org, permit, kind, period, state, body, opened) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		f.ID, f.Org, f.Permit, string(f.Kind), f.From.String(), f.State, body, f.Opened.UnixMicro())
	if sqldb.IsUnique(err, "watch_report_duty") || sqldb.IsUnique(err, "watch_report.permit") {
		return errs.New(errs.Conflict, "这一期报告正在报送, 请刷新查看")
	}
	return err
}

func saveFiling(ctx context.Context, tx *sqldb.Tx, f DutyReport) error {
	return saveState(ctx, tx, "watch_report", f.ID, f.State, f)
}

func scanFiling(row scanner) (DutyReport, error) {
	var f DutyReport
	var id, org, permit, kind, period, state, body string
	if err := row.Scan(&id, &org, &permit, &kind, &period, &state, &body); err != nil {
		return f, err
	}
	err := json.Unmarshal([]byte(body), &f)
	f.ID, f.Org, f.Permit, f.Kind, f.From, f.State = id, org, permit, DutyKind(kind), workday.Date(period), state
	return f, err
}

func loadFiling(ctx context.Context, tx *sqldb.Tx, id string) (DutyReport, error) {
	f, err := scanFiling(tx.QueryRow(ctx, `SELECT `+filingColumns+` FROM watch_report WHERE id = $1`, id))
	return f, missing(err, noReport)
}

// filingOf is the record of a duty; fresh when there is none yet.
func filingOf(ctx context.Context, tx *sqldb.Tx, d Duty) (f DutyReport, fresh bool, err error) {
	f, err = scanFiling(tx.QueryRow(ctx, `SELECT `+filingColumns+` FROM watch_report WHERE permit = $1 AND kind = $2 AND period = $3`,
		d.Permit, string(d.Kind), d.From.String()))
	if errors.Is(err, sqldb.ErrNoRows) {
		return f, true, nil
	}
	return f, false, err
}

// filingsOf are the records of one duty under one permit, by the first day of their period.
func filingsOf(ctx context.Context, tx *sqldb.Tx, permit string, kind DutyKind) (map[workday.Date]DutyReport, error) {
	rows, err := tx.Query(ctx, `SELECT `+filingColumns+` FROM watch_report WHERE permit = $1 AND kind = $2 ORDER BY period`, permit, string(kind))
	list, err := sqldb.Collect(rows, err, func(r *sqldb.Rows) (DutyReport, error) { return scanFiling(r) })
	out := map[workday.Date]DutyReport{}
	for _, f := range list {
		out[f.From] = f
	}
	return out, err
}

func listFilings(ctx context.Context, tx *sqldb.Tx, org, before string, limit int) ([]DutyReport, error) {
	args := []any{org, before, limit}
	in := inside(ctx, "org", &args)
	rows, err := tx.Query(ctx, `SELECT `+filingColumns+` FROM watch_report
		WHERE ($1 = '' OR org = $1) AND ($2 = '' OR id < $2) AND `+in+` ORDER BY id DESC LIMIT $3`, args...)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (DutyReport, error) { return scanFiling(r) })
}

// permitsOwing lists the permits of a kind under which reports are owed: begun and not revoked. What is owed for the last period is
// owed after the term as well.
func permitsOwing(ctx context.Context, tx *sqldb.Tx, org, kind string, today workday.Date) ([]access.Permit, error) {
	rows, err := tx.Query(ctx, `SELECT id, holder, object, from_day, until_day FROM permit
		WHERE kind = $1 AND state <> 'revoked' AND from_day <= $2 AND ($3 = '' OR holder = $3) ORDER BY id`, kind, today.String(), org)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (access.Permit, error) {
		p := access.Permit{Kind: kind}
		var from, until string
		err := r.Scan(&p.ID, &p.Holder, &p.Object, &from, &until)
		p.From, p.Until = workday.Date(from), workday.Date(until)
		return p, err
	})
}

// meter counts what the platform saw of a duty's period: under its scenario where the permit is a grant's, else of all.
func meter(ctx context.Context, tx *sqldb.Tx, d Duty) (Figures, error) {
	var f Figures
	scenario := ""
	if d.Subject == grant.PermitGrant {
		scenario = d.Object
	}
	from, until := d.From.Time().UnixMicro(), d.Until.Time().UnixMicro()
	err := errors.Join(
		tx.QueryRow(ctx, `SELECT COUNT(*) FROM call WHERE org = $1 AND ($2 = '' OR scenario = $2) AND at >= $3 AND at < $4`, d.Org, scenario, from, until).Scan(&f.Calls),
		tx.QueryRow(ctx, `SELECT COUNT(*) FROM run r JOIN space s ON s.id = r.space
			WHERE r.org = $1 AND ($2 = '' OR s.scenario = $2) AND r.opened >= $3 AND r.opened < $4`, d.Org, scenario, from, until).Scan(&f.Runs),
		tx.QueryRow(ctx, `SELECT COUNT(*) FROM release_request q JOIN run r ON r.id = q.run JOIN space s ON s.id = r.space
			WHERE q.org = $1 AND ($2 = '' OR s.scenario = $2) AND q.state = 'exported' AND q.opened >= $3 AND q.opened < $4`, d.Org, scenario, from, until).Scan(&f.Exports))
	if err != nil {
		return f, fmt.Errorf("meter %s %s: %w", d.Permit, d.Kind, err)
	}
	return f, nil
}
