package serve

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/flow/grant"
)

const deploymentColumns = `id, org, grant_id, permit, version, scenario, title, partner, model_hash, model, sensitive, daily, state, opened, module, trains`

func insertDeployment(ctx context.Context, tx *sqldb.Tx, d Deployment) error {
	sensitive, err := json.Marshal(d.Sensitive)
	if err != nil {
		return fmt.Errorf("encode sensitive fields: %w", err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO deployment (`+deploymentColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
		d.ID, d.Org, d.Grant, d.Permit, d.Version, d.Scenario, d.Title, d.Partner, d.Hash, d.model, string(sensitive), d.Daily, d.State, d.Opened.UnixMicro(), base64.StdEncoding.EncodeToString(d.module), d.Trains)
	if err != nil {
		return fmt.Errorf("insert deployment %s: %w", d.ID, err)
	}
	return nil
}

func setDeploymentState(ctx context.Context, tx *sqldb.Tx, id, state string) error {
	if _, err := tx.Exec(ctx, `UPDATE deployment SET state = $2 WHERE id = $1`, id, state); err != nil {
		return fmt.Errorf("update deployment %s: %w", id, err)
	}
	return nil
}

type scanner interface{ Scan(dest ...any) error }

func scanDeployment(row scanner) (Deployment, error) {
	var d Deployment
	var sensitive, module string
	err := row.Scan(&d.ID, &d.Org, &d.Grant, &d.Permit, &d.Version, &d.Scenario, &d.Title, &d.Partner, &d.Hash, &d.model, &sensitive, &d.Daily, &d.State, &d.Opened, &module, &d.Trains)
	if err != nil {
		return d, err
	}
	if module != "" {
		if d.module, err = base64.StdEncoding.DecodeString(module); err != nil {
			return d, fmt.Errorf("module of deployment %s: %w", d.ID, err)
		}
	}
	return d, json.Unmarshal([]byte(sensitive), &d.Sensitive)
}

func errNoDeployment() error {
	return errs.New(errs.NotFound, "没有这个数据服务, 请核对编号或先部署模型")
}

func loadDeployment(ctx context.Context, tx *sqldb.Tx, id string) (Deployment, error) {
	d, err := scanDeployment(tx.QueryRow(ctx, `SELECT `+deploymentColumns+` FROM deployment WHERE id = $1`, id))
	if errors.Is(err, sqldb.ErrNoRows) {
		return d, errNoDeployment()
	}
	if err != nil {
		return d, fmt.Errorf("load deployment %s: %w", id, err)
	}
	return d, nil
}

func listDeployments(ctx context.Context, tx *sqldb.Tx, org string, area access.Area, before string, limit int) ([]Deployment, error) {
	args := []any{org, before, limit}
	rows, err := tx.Query(ctx, `SELECT `+deploymentColumns+` FROM deployment WHERE ($1 = '' OR org = $1) AND ($2 = '' OR id < $2) AND `+
		grant.InArea("scenario", area, &args)+` ORDER BY id DESC LIMIT $3`, args...)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (Deployment, error) { return scanDeployment(r) })
}

func openDeployments(ctx context.Context, tx *sqldb.Tx, org, scenario string) ([]Deployment, error) {
	rows, err := tx.Query(ctx, `SELECT `+deploymentColumns+` FROM deployment
		WHERE org = $1 AND ($2 = '' OR scenario = $2) AND state = 'open' ORDER BY id`, org, scenario)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (Deployment, error) { return scanDeployment(r) })
}

// takeDaily counts one call against the day's quota; false when it is used up.
func takeDaily(ctx context.Context, tx *sqldb.Tx, d Deployment, day workday.Date) (bool, error) {
	if d.Daily == 0 {
		return true, nil
	}
	n, err := tx.Exec(ctx, `INSERT INTO deployment_day (deployment, day, used) VALUES ($1, $2, 1)
		ON CONFLICT (deployment, day) DO UPDATE SET used = deployment_day.used + 1 WHERE deployment_day.used < $3`, d.ID, day.String(), d.Daily)
	if err != nil {
		return false, fmt.Errorf("count call of deployment %s: %w", d.ID, err)
	}
	return n == 1, nil
}

const callColumns = `id, org, account, deployment, scenario, request, body_digest, consent, use_no, sid, fields, outputs, snapshots, answer_digest, at, params`

func insertCall(ctx context.Context, tx *sqldb.Tx, c Call, salt, replay []byte) error {
	var encoded [4]string
	for i, v := range []any{c.Fields, c.Outputs, c.Snapshots, c.Params} {
		b, err := json.Marshal(v)
		if err != nil {
			return fmt.Errorf("encode call: %w", err)
		}
		encoded[i] = string(b)
	}
	_, err := tx.Exec(ctx, `INSERT INTO call (`+callColumns+`, salt, replay)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`,
		c.ID, c.Org, c.Account, c.Deployment, c.Scenario, c.Request, c.Body, c.Consent, c.Use, c.SID,
		encoded[0], encoded[1], encoded[2], c.Answer, c.At.UnixMicro(), encoded[3], salt, replay)
	if err != nil {
		return fmt.Errorf("insert call %s: %w", c.ID, err)
	}
	return nil
}

func scanCall(row scanner) (Call, error) {
	var c Call
	var fields, outputs, snapshots, params string
	err := row.Scan(&c.ID, &c.Org, &c.Account, &c.Deployment, &c.Scenario, &c.Request, &c.Body, &c.Consent, &c.Use, &c.SID,
		&fields, &outputs, &snapshots, &c.Answer, &c.At, &params)
	if err != nil {
		return c, err
	}
	if params != "" {
		if err := json.Unmarshal([]byte(params), &c.Params); err != nil {
			return c, err
		}
	}
	return c, errors.Join(json.Unmarshal([]byte(fields), &c.Fields), json.Unmarshal([]byte(outputs), &c.Outputs),
		json.Unmarshal([]byte(snapshots), &c.Snapshots))
}

func loadCall(ctx context.Context, tx *sqldb.Tx, id string) (Call, error) {
	c, err := scanCall(tx.QueryRow(ctx, `SELECT `+callColumns+` FROM call WHERE id = $1`, id))
	if errors.Is(err, sqldb.ErrNoRows) {
		return c, errs.New(errs.NotFound, "没有这次调用, 请核对后重试")
	}
	if err != nil {
		return c, fmt.Errorf("load call %s: %w", id, err)
	}
	return c, nil
}

func callByRequest(ctx context.Context, tx *sqldb.Tx, org, request string) (c Call, found bool, err error) {
	c, err = scanCall(tx.QueryRow(ctx, `SELECT `+callColumns+` FROM call WHERE org = $1 AND request = $2`, org, request))
	if errors.Is(err, sqldb.ErrNoRows) {
		return c, false, nil
	}
	if err != nil {
		return c, false, fmt.Errorf("find call by request: %w", err)
	}
	return c, true, nil
}

func loadReplay(ctx context.Context, tx *sqldb.Tx, id string) ([]byte, error) {
	var replay []byte
	if err := tx.QueryRow(ctx, `SELECT replay FROM call WHERE id = $1`, id).Scan(&replay); err != nil {
		return nil, fmt.Errorf("load kept answer of call %s: %w", id, err)
	}
	return replay, nil
}

// dropReplays deletes kept answers from before an instant, of one organization or ("") of all.
func dropReplays(ctx context.Context, tx *sqldb.Tx, org string, before time.Time) error {
	q, args := `UPDATE call SET replay = NULL WHERE replay IS NOT NULL AND at < $1`, []any{before.UnixMicro()}
	if org != "" {
		q, args = q+` AND org = $2`, append(args, org)
	}
	if _, err := tx.Exec(ctx, q, args...); err != nil {
		return fmt.Errorf("drop kept answers: %w", err)
	}
	return nil
}

// replaysBefore reports whether an answer from before an instant is still kept.
func replaysBefore(ctx context.Context, tx *sqldb.Tx, before time.Time) (bool, error) {
	var n int64
	err := tx.QueryRow(ctx, `SELECT count(*) FROM call WHERE replay IS NOT NULL AND at < $1`, before.UnixMicro()).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("count kept answers: %w", err)
	}
	return n > 0, nil
}

func dropReplaysUnder(ctx context.Context, tx *sqldb.Tx, consent string) error {
	if _, err := tx.Exec(ctx, `UPDATE call SET replay = NULL WHERE consent = $1 AND replay IS NOT NULL`, consent); err != nil {
		return fmt.Errorf("drop kept answers of consent %s: %w", consent, err)
	}
	return nil
}

// Seen is one call as the person whose data was asked for sees it.
type Seen struct {
	ID           string            `json:"id"`
	At           time.Time         `json:"at"`
	Org          string            `json:"org"`
	Organization string            `json:"organization" doc:"Name of who asked"`
	Scenario     string            `json:"scenario"`
	Title        string            `json:"title" doc:"What was asked, as deployed"`
	Consent      string            `json:"consent"`
	Number       string            `json:"number" doc:"授权书编号"`
	Use          int64             `json:"use"`
	Fields       []string          `json:"fields" doc:"Titles of the fields used"`
	Params       map[string]string `json:"params,omitempty" doc:"What the asker chose for the model's parameters"`
	Outputs      []string          `json:"outputs" doc:"What was given, in the words of the document; never the values"`
}

type seenRow struct {
	call  Call
	seen  Seen
	terms string
}

const seenColumns = `k.id, k.org, k.account, k.deployment, k.scenario, k.request, k.body_digest, k.consent, k.use_no, k.sid, k.fields, k.outputs,
	k.snapshots, k.answer_digest, k.at, k.params, o.name, d.title, c.number, c.terms`

const seenFrom = ` FROM call k JOIN organization o ON o.id = k.org JOIN deployment d ON d.id = k.deployment JOIN consent c ON c.id = k.consent `

func listSeen(ctx context.Context, tx *sqldb.Tx, sid, before string, limit int) ([]seenRow, error) {
	rows, err := tx.Query(ctx, `SELECT `+seenColumns+seenFrom+`WHERE k.sid = $1 AND ($2 = '' OR k.id < $2) ORDER BY k.id DESC LIMIT $3`, sid, before, limit)
	return sqldb.Collect(rows, err, scanSeen)
}

func listCalls(ctx context.Context, tx *sqldb.Tx, org string, area access.Area, before string, limit int) ([]seenRow, error) {
	args := []any{org, before, limit}
	rows, err := tx.Query(ctx, `SELECT `+seenColumns+seenFrom+`WHERE ($1 = '' OR k.org = $1) AND ($2 = '' OR k.id < $2) AND `+
		grant.InArea("k.scenario", area, &args)+` ORDER BY k.id DESC LIMIT $3`, args...)
	return sqldb.Collect(rows, err, scanSeen)
}

func listUnder(ctx context.Context, tx *sqldb.Tx, consent, before string, limit int) ([]seenRow, error) {
	rows, err := tx.Query(ctx, `SELECT `+seenColumns+seenFrom+`WHERE k.consent = $1 AND ($2 = '' OR k.id < $2) ORDER BY k.id DESC LIMIT $3`, consent, before, limit)
	return sqldb.Collect(rows, err, scanSeen)
}

func scanSeen(r *sqldb.Rows) (seenRow, error) {
	var s seenRow
	var err error
	s.call, err = scanCall(tail{r, []any{&s.seen.Organization, &s.seen.Title, &s.seen.Number, &s.terms}})
	c := s.call
	s.seen.ID, s.seen.At, s.seen.Org, s.seen.Scenario, s.seen.Consent, s.seen.Use, s.seen.Params = c.ID, c.At, c.Org, c.Scenario, c.Consent, c.Use, c.Params
	return s, err
}

// tail lets a scan function read the first columns of a wider row.
type tail struct {
	row  scanner
	more []any
}

func (t tail) Scan(dest ...any) error { return t.row.Scan(append(dest, t.more...)...) }
