package watch

import (
	"context"
	"encoding/json"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
)

const noInspection = "没有这件监督案卷, 请核对后重试"

func saveInspection(ctx context.Context, tx *sqldb.Tx, x Inspection) error {
	body, err := json.Marshal(x)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO inspection (id, lead, kind, state, body) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (id) DO UPDATE SET state = $4, body = $5`, x.ID, x.Lead, string(x.Kind), x.State, string(body)); err != nil {
		return err
	}
	for _, org := range x.bodies() {
		if _, err := tx.Exec(ctx, `INSERT INTO inspection_body (inspection, org) VALUES ($1, $2) ON CONFLICT (inspection, org) DO NOTHING`, x.ID, org); err != nil {
			return err
		}
	}
	return nil
}

func scanInspection(row scanner) (x Inspection, err error) {
	var id, lead, kind, state, body string
	if err := row.Scan(&id, &lead, &kind, &state, &body); err != nil {
		return x, err
	}
	err = json.Unmarshal([]byte(body), &x)
	x.ID, x.Lead, x.Kind, x.State = id, lead, InspectionKind(kind), state
	return x, err
}

func loadInspection(ctx context.Context, tx *sqldb.Tx, id string) (Inspection, error) {
	x, err := scanInspection(tx.QueryRow(ctx, `SELECT id, lead, kind, state, body FROM inspection WHERE id = $1`, id))
	return x, missing(err, noInspection)
}

// listInspections lists what the actor may see, newest first: an overseer those about bodies of their area, everybody those that
// their own body has a part in.
func listInspections(ctx context.Context, tx *sqldb.Tx, kind, before string, limit int) ([]Inspection, error) {
	actor := access.From(ctx)
	args := []any{kind, before, limit, actor.Org}
	in := `org = $4`
	if actor.Overseer() {
		in = `(org = $4 OR ` + access.Inside("org", actor.Area, &args) + `)`
	}
	rows, err := tx.Query(ctx, `SELECT id, lead, kind, state, body FROM inspection WHERE ($1 = '' OR kind = $1) AND ($2 = '' OR id < $2)
		AND id IN (SELECT inspection FROM inspection_body WHERE `+in+`) ORDER BY id DESC LIMIT $3`, args...)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (Inspection, error) { return scanInspection(r) })
}

// ownerOf is the organization that answers for an object: who processed the data, or whose product circulates.
func ownerOf(ctx context.Context, tx *sqldb.Tx, kind, id string) (org string, err error) {
	queries := map[string]string{
		"processing": `SELECT operator FROM supply_processing WHERE id = $1`,
		"run":        `SELECT org FROM run WHERE id = $1`,
		"release":    `SELECT org FROM release_request WHERE id = $1`,
		"deployment": `SELECT org FROM deployment WHERE id = $1`,
	}
	q, known := queries[kind]
	if !known {
		return "", errs.New(errs.Invalid, "请选择所涉的是加工、运行、结果还是数据服务")
	}
	err = tx.QueryRow(ctx, q, id).Scan(&org)
	return org, missing(err, "没有这项加工、运行、结果或者数据服务, 请核对编号")
}

// Paper is an agreement as a supervisor draws it into a file.
type Paper struct {
	ID    string `json:"id"`
	State string `json:"state"`
	Body  string `json:"body" doc:"The agreement as it is kept, as JSON"`
}

func agreementsOf(ctx context.Context, tx *sqldb.Tx, org string) ([]Paper, error) {
	rows, err := tx.Query(ctx, `SELECT id, state, body FROM agreement WHERE org = $1 OR id IN (SELECT agreement FROM agreement_party WHERE org = $1) ORDER BY id LIMIT 200`, org)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (p Paper, err error) { return p, r.Scan(&p.ID, &p.State, &p.Body) })
}
