package lab

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/flow/grant"
)

type row interface{ Scan(dest ...any) error }

func missing(err error, sentence string) error {
	if errors.Is(err, sqldb.ErrNoRows) {
		return errs.New(errs.NotFound, "%s", sentence)
	}
	return err
}

func encode(v any) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("encode: %w", err)
	}
	return string(b), nil
}

func insertSpace(ctx context.Context, tx *sqldb.Tx, s Space) error {
	body, err := encode(s)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO space (id, org, scenario, body, opened) VALUES ($1, $2, $3, $4, $5)`,
		s.ID, s.Org, s.Scenario, body, s.Opened.UnixMicro())
	if sqldb.IsUnique(err, "space_scenario") || sqldb.IsUnique(err, "space.org") {
		return errs.New(errs.Conflict, "这个场景已有开发空间, 请直接进入")
	}
	return err
}

func scanSpace(r row) (Space, error) {
	var s Space
	var id, org, scenario, body string
	if err := r.Scan(&id, &org, &scenario, &body); err != nil {
		return s, err
	}
	err := json.Unmarshal([]byte(body), &s)
	s.ID, s.Org, s.Scenario = id, org, scenario
	return s, err
}

func loadSpace(ctx context.Context, tx *sqldb.Tx, id string) (Space, error) {
	s, err := scanSpace(tx.QueryRow(ctx, `SELECT id, org, scenario, body FROM space WHERE id = $1`, id))
	return s, missing(err, noSpace)
}

// Another tenant's is answered in the words for what never was.
const (
	noSpace   = "没有这个开发空间, 请从“我的场景”进入"
	noModel   = "没有这个模型, 请从开发空间进入"
	noVersion = "没有这个模型版本, 请核对后重试"
	noRun     = "没有这个任务, 请核对后重试"
)

// inArea is the condition that the space in a column serves a scenario of the area.
func inArea(column string, area access.Area, args *[]any) string {
	if area == "" {
		return "1 = 1"
	}
	return column + ` IN (SELECT id FROM space WHERE ` + grant.InArea("scenario", area, args) + `)`
}

// RunInArea is the condition that the run in a column is one under a scenario of the area.
func RunInArea(column string, area access.Area, args *[]any) string {
	if area == "" {
		return "1 = 1"
	}
	return column + ` IN (SELECT id FROM run WHERE ` + inArea("space", area, args) + `)`
}

func listSpaces(ctx context.Context, tx *sqldb.Tx, org string, area access.Area, before string, limit int) ([]Space, error) {
	args := []any{org, before, limit}
	rows, err := tx.Query(ctx, `SELECT id, org, scenario, body FROM space
		WHERE ($1 = '' OR org = $1) AND ($2 = '' OR id < $2) AND `+grant.InArea("scenario", area, &args)+` ORDER BY id DESC LIMIT $3`, args...)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (Space, error) { return scanSpace(r) })
}

func insertModel(ctx context.Context, tx *sqldb.Tx, m Model) error {
	body, err := encode(m)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO model (id, space, org, body, opened) VALUES ($1, $2, $3, $4, $5)`, m.ID, m.Space, m.Org, body, m.Opened.UnixMicro())
	return err
}

func saveModel(ctx context.Context, tx *sqldb.Tx, m Model) error {
	body, err := encode(m)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE model SET body = $2 WHERE id = $1`, m.ID, body)
	return err
}

func scanModel(r row) (Model, error) {
	var m Model
	var id, space, org, body string
	if err := r.Scan(&id, &space, &org, &body); err != nil {
		return m, err
	}
	err := json.Unmarshal([]byte(body), &m)
	m.ID, m.Space, m.Org = id, space, org
	return m, err
}

func loadModel(ctx context.Context, tx *sqldb.Tx, id string) (Model, error) {
	m, err := scanModel(tx.QueryRow(ctx, `SELECT id, space, org, body FROM model WHERE id = $1`, id))
	return m, missing(err, noModel)
}

func listModels(ctx context.Context, tx *sqldb.Tx, space string) ([]Model, error) {
	rows, err := tx.Query(ctx, `SELECT id, space, org, body FROM model WHERE space = $1 ORDER BY id`, space)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (Model, error) { return scanModel(r) })
}

func nextNumber(ctx context.Context, tx *sqldb.Tx, model string) (int, error) {
	var n int64
	err := tx.QueryRow(ctx, `SELECT COALESCE(MAX(number), 0) + 1 FROM model_version WHERE model = $1`, model).Scan(&n)
	return int(n), err
}

func insertVersion(ctx context.Context, tx *sqldb.Tx, v Version) error {
	body, err := encode(v)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO model_version (id, model, org, hash, number, shared, body, opened) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		v.ID, v.Model, v.Org, v.Hash, int64(v.Number), flag(v.Shared), body, v.Opened.UnixMicro())
	return err
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

const versionColumns = `id, model, org, hash, number, shared, body`

func scanVersion(r row) (Version, error) {
	var v Version
	var id, model, org, hash, body string
	var number, shared int64
	if err := r.Scan(&id, &model, &org, &hash, &number, &shared, &body); err != nil {
		return v, err
	}
	err := json.Unmarshal([]byte(body), &v)
	v.ID, v.Model, v.Org, v.Hash, v.Number, v.Shared = id, model, org, hash, int(number), shared == 1
	return v, err
}

// LoadVersion loads a model version; output and serve run it.
func LoadVersion(ctx context.Context, tx *sqldb.Tx, id string) (Version, error) {
	v, err := scanVersion(tx.QueryRow(ctx, `SELECT `+versionColumns+` FROM model_version WHERE id = $1`, id))
	return v, missing(err, noVersion)
}

// listVersions lists an organization's versions, or everyone's in an area.
func listVersions(ctx context.Context, tx *sqldb.Tx, org string, area access.Area, model, before string, limit int) ([]Version, error) {
	args, in := []any{org, model, before, limit}, "1 = 1"
	if area != "" {
		in = `model IN (SELECT id FROM model WHERE ` + inArea("space", area, &args) + `)`
	}
	rows, err := tx.Query(ctx, `SELECT `+versionColumns+` FROM model_version
		WHERE ($1 = '' OR org = $1) AND ($2 = '' OR model = $2) AND ($3 = '' OR id < $3) AND `+in+`
		ORDER BY id DESC LIMIT $4`, args...)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (Version, error) { return scanVersion(r) })
}

// listShelf lists what is on the shelf (上架): offered by its owner and approved in some declaration.
func listShelf(ctx context.Context, tx *sqldb.Tx, before string, limit int) ([]Version, error) {
	rows, err := tx.Query(ctx, `SELECT `+versionColumns+` FROM model_version
		WHERE shared = 1 AND `+grant.ApprovedIn("id")+` AND ($1 = '' OR id < $1) ORDER BY id DESC LIMIT $2`, before, limit)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (Version, error) { return scanVersion(r) })
}

func insertRun(ctx context.Context, tx *sqldb.Tx, r Run) error {
	body, err := encode(r)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO run (id, space, org, version, state, body, opened) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		r.ID, r.Space, r.Org, r.Version, r.State, body, r.Opened.UnixMicro())
	return err
}

func saveRun(ctx context.Context, tx *sqldb.Tx, r Run) error {
	body, err := encode(r)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE run SET state = $2, body = $3 WHERE id = $1`, r.ID, r.State, body)
	return err
}

const runColumns = `id, space, org, version, state, body`

func scanRun(r row) (Run, error) {
	var u Run
	var id, space, org, version, state, body string
	if err := r.Scan(&id, &space, &org, &version, &state, &body); err != nil {
		return u, err
	}
	err := json.Unmarshal([]byte(body), &u)
	u.ID, u.Space, u.Org, u.Version, u.State = id, space, org, version, state
	return u, err
}

// NoRun answers for a run of another organization and for one that never was.
func NoRun() error { return errs.New(errs.NotFound, noRun) }

// LoadRun loads a run; output reviews what it left.
func LoadRun(ctx context.Context, tx *sqldb.Tx, id string) (Run, error) {
	r, err := scanRun(tx.QueryRow(ctx, `SELECT `+runColumns+` FROM run WHERE id = $1`, id))
	return r, missing(err, noRun)
}

func listRuns(ctx context.Context, tx *sqldb.Tx, org string, area access.Area, space, before string, limit int) ([]Run, error) {
	args := []any{org, space, before, limit}
	rows, err := tx.Query(ctx, `SELECT `+runColumns+` FROM run
		WHERE ($1 = '' OR org = $1) AND ($2 = '' OR space = $2) AND ($3 = '' OR id < $3) AND `+inArea("space", area, &args)+` ORDER BY id DESC LIMIT $4`, args...)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (Run, error) { return scanRun(r) })
}

// runningBefore lists the runs that started before an instant and have not finished.
func runningBefore(ctx context.Context, tx *sqldb.Tx, at time.Time) ([]Run, error) {
	rows, err := tx.Query(ctx, `SELECT `+runColumns+` FROM run WHERE state = $1 AND opened < $2 ORDER BY opened LIMIT 100`, Running, at.UnixMicro())
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (Run, error) { return scanRun(r) })
}
