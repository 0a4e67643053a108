package trace

import (
	"context"
	"encoding/json"
	"time"

	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
)

// The texts by which the stages' own rows are found.
const (
	everyScenario  = `SELECT body FROM scenario ORDER BY id`
	everyVersion   = `SELECT body FROM model_version ORDER BY id`
	declarationsOf = `SELECT body FROM declaration WHERE scenario = $1 ORDER BY id`
	agreementsOf   = `SELECT body FROM agreement WHERE scenario = $1 ORDER BY id`
	grantsOf       = `SELECT body FROM grants WHERE scenario = $1 ORDER BY id`
	partsOf        = `SELECT p.body FROM supply_part p JOIN supply_application a ON a.id = p.application WHERE a.scenario = $1 ORDER BY p.id`
	appliedFor     = `SELECT body FROM supply_application WHERE scenario = $1 ORDER BY id`
	suppliesOf     = `SELECT body FROM space_supply WHERE resource = $1 ORDER BY id`
	suppliesInto   = `SELECT body FROM space_supply WHERE space = $1 ORDER BY id`
	provisionsOf   = `SELECT body FROM supply_provision WHERE resource = $1 ORDER BY id`
	processingsOf  = `SELECT body FROM supply_processing WHERE resource = $1 ORDER BY id`
	runsOf         = `SELECT body FROM run WHERE version = $1 ORDER BY id`
	releasesOf     = `SELECT body FROM release_request WHERE run = $1 ORDER BY id`
	samplesOf      = `SELECT s.body FROM sample_set s JOIN sample_member m ON m.sample = s.id WHERE m.resource = $1 ORDER BY s.id`
	versionsOf     = `SELECT body FROM model_version WHERE model = $1 AND number <= $2 ORDER BY number`
	statisticsBy   = `SELECT body FROM statistics_permit WHERE id = $1`
	releaseBy      = `SELECT body FROM release_request WHERE id = $1`
	exitsOf        = `SELECT body FROM watch_exit WHERE org = $1 ORDER BY id`
)

// service is a deployment, as far as a chain needs it.
type service struct{ ID, Org, Grant, Permit, Version, Scenario, Title string }

const serviceColumns = `id, org, grant_id, permit, version, scenario, title`

func services(ctx context.Context, tx *sqldb.Tx, where, id string) ([]service, error) {
	return sqldb.List(ctx, tx, func(r *sqldb.Rows) (d service, err error) {
		return d, r.Scan(&d.ID, &d.Org, &d.Grant, &d.Permit, &d.Version, &d.Scenario, &d.Title)
	}, `SELECT `+serviceColumns+` FROM deployment WHERE `+where+` = $1 ORDER BY id`, id)
}

// load is a collection, as far as a chain needs it.
type load struct {
	ID, State, Digest, Name string
	Started                 time.Time
}

func loadsOf(ctx context.Context, tx *sqldb.Tx, resource string) ([]load, error) {
	return sqldb.List(ctx, tx, func(r *sqldb.Rows) (l load, err error) {
		var started int64
		err = r.Scan(&l.ID, &l.State, &l.Digest, &l.Name, &started)
		l.Started = time.UnixMicro(started).UTC()
		return l, err
	}, `SELECT id, state, digest, name, started FROM snapshot WHERE resource = $1 ORDER BY id`, resource)
}

// callDay is what one service answered on one day of legal time.
type callDay struct {
	first           time.Time
	n, undocumented int64
	entry           int64 // ledger number of the first
	unentered       int64 // that the ledger does not have
}

const dayMicros = int64(24 * time.Hour / time.Microsecond)

// callDays counts the calls of a service by day, and those whose document is not there.
func callDays(ctx context.Context, tx *sqldb.Tx, deployment string) ([]callDay, error) {
	_, east := time.Time{}.In(workday.Zone()).Zone()
	return sqldb.List(ctx, tx, func(r *sqldb.Rows) (d callDay, err error) {
		var first int64
		err = r.Scan(&first, &d.n, &d.undocumented, &d.entry, &d.unentered)
		d.first = time.UnixMicro(first).UTC()
		return d, err
	}, `SELECT MIN(k.at), COUNT(*), CAST(SUM(CASE WHEN c.id IS NULL THEN 1 ELSE 0 END) AS BIGINT), COALESCE(MIN(o.seq), 0),
			CAST(SUM(CASE WHEN o.seq IS NULL THEN 1 ELSE 0 END) AS BIGINT)
		FROM call k LEFT JOIN consent c ON c.id = k.consent LEFT JOIN ledger_object o ON o.id = k.id AND o.kind = 'call'
		WHERE k.deployment = $1 GROUP BY (k.at + $2) / $3 ORDER BY 1`, deployment, int64(east)*int64(time.Second/time.Microsecond), dayMicros)
}

// callsBetween counts the calls of a service in a stretch of time.
func callsBetween(ctx context.Context, tx *sqldb.Tx, deployment string, from, until time.Time) (n int64, err error) {
	err = tx.QueryRow(ctx, `SELECT COUNT(*) FROM call WHERE deployment = $1 AND at >= $2 AND at < $3`, deployment, from.UnixMicro(), until.UnixMicro()).Scan(&n)
	return n, err
}

// openDay is how often open data was taken on a day.
type openDay struct {
	day  string
	uses int64
}

func openDays(ctx context.Context, tx *sqldb.Tx, resource string) ([]openDay, error) {
	return sqldb.List(ctx, tx, func(r *sqldb.Rows) (d openDay, err error) { return d, r.Scan(&d.day, &d.uses) },
		`SELECT day, CAST(SUM(uses) AS BIGINT) FROM open_use WHERE resource = $1 AND kind IN ('csv', 'json') GROUP BY day ORDER BY day`, resource)
}

// past is a version of an object with the instant since which it stood.
type past[T any] struct {
	at   time.Time
	body T
}

// bodiesAt lists the versions that the ledger keeps of an object.
func bodiesAt[T any](ctx context.Context, tx *sqldb.Tx, kind, id string) ([]past[T], error) {
	return sqldb.List(ctx, tx, func(r *sqldb.Rows) (p past[T], err error) {
		var body []byte
		if err := r.Scan(&p.at, &body); err != nil || body == nil {
			return p, err
		}
		return p, json.Unmarshal(body, &p.body)
	}, `SELECT recorded, body FROM object_version WHERE kind = $1 AND id = $2 ORDER BY version`, kind, id)
}

// answered is one call of a service. About whom it was is not asked.
type answered struct {
	id, account, consent string
	at                   time.Time
	seq                  int64
}

func callsOf(ctx context.Context, tx *sqldb.Tx, deployment string, from, until time.Time) ([]answered, error) {
	return sqldb.List(ctx, tx, func(r *sqldb.Rows) (a answered, err error) {
		var at int64
		err = r.Scan(&a.id, &a.account, &a.consent, &at, &a.seq)
		a.at = time.UnixMicro(at).UTC()
		return a, err
	}, `SELECT k.id, k.account, k.consent, k.at, COALESCE(MIN(o.seq), 0) FROM call k LEFT JOIN ledger_object o ON o.id = k.id AND o.kind = 'call'
		WHERE k.deployment = $1 AND k.at >= $2 AND k.at < $3 GROUP BY k.id, k.account, k.consent, k.at ORDER BY k.at`, deployment, from.UnixMicro(), until.UnixMicro())
}
