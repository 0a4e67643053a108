package watch

import (
	"context"
	"fmt"
	"time"

	"yunei/internal/base/sqldb"
	"yunei/internal/flow/grant"
	"yunei/internal/flow/lab"
	"yunei/internal/flow/output"
)

// grantsUnder lists the grants that end with an exit: the one whose permit ended, or all of an organization that left.
func grantsUnder(ctx context.Context, tx *sqldb.Tx, e Exit) ([]grant.Grant, error) {
	if e.Kind == grant.PermitGrant {
		return sqldb.Bodies[grant.Grant](ctx, tx, `SELECT body FROM grants WHERE permit = $1 AND org = $2 ORDER BY id`, e.Permit, e.Org)
	}
	return sqldb.Bodies[grant.Grant](ctx, tx, `SELECT body FROM grants WHERE org = $1 ORDER BY id`, e.Org)
}

func spacesOf(ctx context.Context, tx *sqldb.Tx, org, scenario string) ([]string, error) {
	rows, err := tx.Query(ctx, `SELECT id FROM space WHERE org = $1 AND ($2 = '' OR scenario = $2) ORDER BY id`, org, scenario)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (id string, err error) { return id, r.Scan(&id) })
}

// resultsOf lists the runs of a scenario that left a result.
func resultsOf(ctx context.Context, tx *sqldb.Tx, org, scenario string) ([]lab.Run, error) {
	return sqldb.Bodies[lab.Run](ctx, tx, `SELECT r.body FROM run r JOIN space s ON s.id = r.space
		WHERE r.org = $1 AND ($2 = '' OR s.scenario = $2) AND r.state = 'done' ORDER BY r.id`, org, scenario)
}

func releasesOf(ctx context.Context, tx *sqldb.Tx, org, scenario string) ([]output.Release, error) {
	return sqldb.Bodies[output.Release](ctx, tx, `SELECT q.body FROM release_request q JOIN run r ON r.id = q.run JOIN space s ON s.id = r.space
		WHERE q.org = $1 AND ($2 = '' OR s.scenario = $2) ORDER BY q.id`, org, scenario)
}

func releasesBeside(ctx context.Context, tx *sqldb.Tx, org string) ([]output.Release, error) {
	return sqldb.Bodies[output.Release](ctx, tx, `SELECT body FROM release_request WHERE org <> $1 ORDER BY id`, org)
}

// callsUnder lists the calls of an organization under a scenario or ("") all, without the person's pseudonym: the document says
// whom they were about.
func callsUnder(ctx context.Context, tx *sqldb.Tx, org, scenario, before string, limit int) ([]Trace, error) {
	rows, err := tx.Query(ctx, `SELECT k.id, k.account, k.consent, k.at, COALESCE(w.state, ''), COALESCE(w.due, '') FROM call k
		LEFT JOIN watch_erasure w ON w.org = k.org AND w.consent = k.consent
		WHERE k.org = $1 AND ($2 = '' OR k.scenario = $2) AND ($3 = '' OR k.id < $3) ORDER BY k.id DESC LIMIT $4`, org, scenario, before, limit)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (Trace, error) {
		t := Trace{Kind: "call"}
		var at int64
		var erasure, due string
		err := r.Scan(&t.ID, &t.Account, &t.Consent, &at, &erasure, &due)
		t.At, t.Handling = time.UnixMicro(at).UTC(), "答复已交付, 平台内不再保存"
		switch erasure {
		case ErasureOpen:
			t.Handling += "; 授权已经终止, 当事单位应于 " + due + " 前删除"
		case ErasureFiled:
			t.Handling += "; 当事单位已提交删除记录"
		}
		return t, err
	})
}

// authorizedBy reports whether one of the permits is an authorization that the body gave (授权部门).
func authorizedBy(ctx context.Context, tx *sqldb.Tx, org string, permits []string) (bool, error) {
	for _, id := range permits {
		var n int64
		if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM authorized WHERE authorizer = $1 AND permit = $2`, org, id).Scan(&n); err != nil {
			return false, fmt.Errorf("authorizer of %s: %w", id, err)
		}
		if n > 0 && id != "" {
			return true, nil
		}
	}
	return false, nil
}
