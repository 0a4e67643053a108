package watch

import (
	"context"
	"encoding/json"

	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/netlog"
)

const logDayColumns = `day, lines, lost, size, packed, digest, purge`

func scanLogDay(row scanner) (d LogDay, err error) {
	return d, row.Scan(&d.Day.Day, &d.Lines, &d.Lost, &d.Size, &d.Packed, &d.Digest, &d.Purge)
}

func insertLogDay(ctx context.Context, tx *sqldb.Tx, d netlog.Day) error {
	if _, err := tx.Exec(ctx, `INSERT INTO netlog_day (day, lines, lost, size, packed, digest) VALUES ($1, $2, $3, $4, $5, $6)`,
		d.Day.String(), d.Lines, d.Lost, d.Size, d.Packed, d.Digest); err != nil {
		return err
	}
	for org, lines := range d.Orgs {
		if _, err := tx.Exec(ctx, `INSERT INTO netlog_org (org, day, lines) VALUES ($1, $2, $3)`, org, d.Day.String(), lines); err != nil {
			return err
		}
	}
	return nil
}

func loadLogDay(ctx context.Context, tx *sqldb.Tx, day string) (LogDay, error) {
	d, err := scanLogDay(tx.QueryRow(ctx, `SELECT `+logDayColumns+` FROM netlog_day WHERE day = $1`, day))
	return d, missing(err, noLogDay)
}

// logDays lists days that are over, oldest first, of a span ("" is open); purged ones among them.
func logDays(ctx context.Context, tx *sqldb.Tx, from, to workday.Date) ([]LogDay, error) {
	rows, err := tx.Query(ctx, `SELECT `+logDayColumns+` FROM netlog_day WHERE day >= $1 AND ($2 = '' OR day <= $2) ORDER BY day`, from.String(), to.String())
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (LogDay, error) { return scanLogDay(r) })
}

// listLogDays lists days that are over, newest first.
func listLogDays(ctx context.Context, tx *sqldb.Tx, before string, limit int) ([]LogDay, error) {
	rows, err := tx.Query(ctx, `SELECT `+logDayColumns+` FROM netlog_day WHERE $1 = '' OR day < $1 ORDER BY day DESC LIMIT $2`, before, limit)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (LogDay, error) { return scanLogDay(r) })
}

// logDaysOf are the days that are over on which an organization left lines.
func logDaysOf(ctx context.Context, tx *sqldb.Tx, org string, from, to workday.Date) (map[workday.Date]bool, error) {
	rows, err := tx.Query(ctx, `SELECT day FROM netlog_org WHERE org = $1 AND day >= $2 AND day <= $3`, org, from.String(), to.String())
	list, err := sqldb.Collect(rows, err, func(r *sqldb.Rows) (day workday.Date, err error) { return day, r.Scan(&day) })
	days := map[workday.Date]bool{}
	for _, d := range list {
		days[d] = true
	}
	return days, err
}

// logOrgs are the organizations with lines on the days of a span, each with those days.
func logOrgs(ctx context.Context, tx *sqldb.Tx, from, to workday.Date) (map[string][]workday.Date, error) {
	type row struct {
		org string
		day workday.Date
	}
	rows, err := tx.Query(ctx, `SELECT org, day FROM netlog_org WHERE day >= $1 AND day <= $2 ORDER BY day, org`, from.String(), to.String())
	list, err := sqldb.Collect(rows, err, func(r *sqldb.Rows) (x row, err error) { return x, r.Scan(&x.org, &x.day) })
	orgs := map[string][]workday.Date{}
	for _, x := range list {
		orgs[x.org] = append(orgs[x.org], x.day)
	}
	return orgs, err
}

// exitsOf are all exits of an organization.
func exitsOf(ctx context.Context, tx *sqldb.Tx, org string) ([]Exit, error) {
	rows, err := tx.Query(ctx, `SELECT `+exitColumns+` FROM watch_exit WHERE org = $1 ORDER BY id`, org)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (Exit, error) { return scanExit(r) })
}

func insertLogSearch(ctx context.Context, tx *sqldb.Tx, x LogSearch) error {
	body, err := encode(x)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO netlog_search (id, account, org, body) VALUES ($1, $2, $3, $4)`, x.ID, x.Account, x.Org, body)
	return err
}

func scanLogSearch(row scanner) (x LogSearch, err error) {
	var body string
	if err := row.Scan(&body); err != nil {
		return x, err
	}
	return x, json.Unmarshal([]byte(body), &x)
}

func loadLogSearch(ctx context.Context, tx *sqldb.Tx, id string) (LogSearch, error) {
	x, err := scanLogSearch(tx.QueryRow(ctx, `SELECT body FROM netlog_search WHERE id = $1`, id))
	return x, missing(err, noLogSearch)
}

// listLogSearches lists searches, newest first: everybody's, or ("account") one person's.
func listLogSearches(ctx context.Context, tx *sqldb.Tx, account, before string, limit int) ([]LogSearch, error) {
	rows, err := tx.Query(ctx, `SELECT body FROM netlog_search WHERE ($1 = '' OR account = $1) AND ($2 = '' OR id < $2) ORDER BY id DESC LIMIT $3`, account, before, limit)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (LogSearch, error) { return scanLogSearch(r) })
}

func insertLogPurge(ctx context.Context, tx *sqldb.Tx, p LogPurge) error {
	body, err := encode(p)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO netlog_purge (id, body) VALUES ($1, $2)`, p.ID, body); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE netlog_day SET purge = $1 WHERE day <= $2 AND purge = ''`, p.ID, p.Through.String())
	return err
}

func loadLogPurge(ctx context.Context, tx *sqldb.Tx, id string) (p LogPurge, err error) {
	var body string
	if err := tx.QueryRow(ctx, `SELECT body FROM netlog_purge WHERE id = $1`, id).Scan(&body); err != nil {
		return p, missing(err, noLogDay)
	}
	return p, json.Unmarshal([]byte(body), &p)
}
