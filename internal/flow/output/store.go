package output

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/query/release"
	"yunei/internal/flow/lab"
)

func insertRelease(ctx context.Context, tx *sqldb.Tx, r Release) error {
	body, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("encode release: %w", err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO release_request (id, run, org, state, matter, body, opened) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		r.ID, r.Run, r.Org, r.State, r.Matter, string(body), r.Opened.UnixMicro())
	return err
}

func saveRelease(ctx context.Context, tx *sqldb.Tx, r Release) error {
	body, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("encode release: %w", err)
	}
	_, err = tx.Exec(ctx, `UPDATE release_request SET state = $2, matter = $3, body = $4 WHERE id = $1`, r.ID, r.State, r.Matter, string(body))
	return err
}

// noRelease answers for another organization's release and for one that never was, in the same words.
const noRelease = "没有这件出域申请, 请核对后重试"

const releaseColumns = `id, run, org, state, matter, body`

func scanRelease(row interface{ Scan(...any) error }) (Release, error) {
	var r Release
	var id, run, org, state, matter, body string
	if err := row.Scan(&id, &run, &org, &state, &matter, &body); err != nil {
		return r, err
	}
	if err := json.Unmarshal([]byte(body), &r); err != nil {
		return r, fmt.Errorf("decode release %s: %w", id, err)
	}
	r.ID, r.Run, r.Org, r.State, r.Matter = id, run, org, state, matter
	return r, nil
}

func loadRelease(ctx context.Context, tx *sqldb.Tx, id string) (Release, error) {
	r, err := scanRelease(tx.QueryRow(ctx, `SELECT `+releaseColumns+` FROM release_request WHERE id = $1`, id))
	if errors.Is(err, sqldb.ErrNoRows) {
		return r, errs.New(errs.NotFound, noRelease)
	}
	return r, err
}

func listReleases(ctx context.Context, tx *sqldb.Tx, org string, area access.Area, run, before string, limit int) ([]Release, error) {
	args := []any{org, run, before, limit}
	rows, err := tx.Query(ctx, `SELECT `+releaseColumns+` FROM release_request
		WHERE ($1 = '' OR org = $1) AND ($2 = '' OR run = $2) AND ($3 = '' OR id < $3) AND `+lab.RunInArea("run", area, &args)+` ORDER BY id DESC LIMIT $4`, args...)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (Release, error) { return scanRelease(r) })
}

func exportedReleases(ctx context.Context, tx *sqldb.Tx, org string) ([]Release, error) {
	rows, err := tx.Query(ctx, `SELECT `+releaseColumns+` FROM release_request WHERE org = $1 AND state = $2 ORDER BY id DESC`, org, Exported)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (Release, error) { return scanRelease(r) })
}

func insertExact(ctx context.Context, tx *sqldb.Tx, id, kind, cells string) error {
	_, err := tx.Exec(ctx, `INSERT INTO exact_release (id, kind, cells, opened) VALUES ($1, $2, $3, $4)`, id, kind, cells, tx.Now().UnixMicro())
	return err
}

func replaceExact(ctx context.Context, tx *sqldb.Tx, id, cells string) error {
	_, err := tx.Exec(ctx, `UPDATE exact_release SET cells = $2 WHERE id = $1`, id, cells)
	return err
}

func deleteExact(ctx context.Context, tx *sqldb.Tx, id string) error {
	_, err := tx.Exec(ctx, `DELETE FROM exact_release WHERE id = $1`, id)
	return err
}

// exactTried counts the exact releases that an organization asked for since an instant, whatever became of them.
func exactTried(ctx context.Context, tx *sqldb.Tx, org string, since time.Time) (int64, error) {
	list, err := listReleases(ctx, tx, org, "", "", "", 1000)
	var n int64
	for _, r := range list {
		if r.Mode == release.ExactMode && r.State != Draft && r.Opened.After(since) {
			n++
		}
	}
	return n, err
}
