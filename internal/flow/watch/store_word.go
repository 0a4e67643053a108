package watch

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
)

const evaluationColumns = `id, org, permit, state, body`

func insertEvaluation(ctx context.Context, tx *sqldb.Tx, e Evaluation) error {
	body, err := encode(e)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO watch_evaluation (id, org, permit, day, state, evaluator, body, opened) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		e.ID, e.Org, e.Permit, e.Day.String(), e.State, e.Evaluator, body, e.Opened.UnixMicro())
	return err
}

func saveEvaluation(ctx context.Context, tx *sqldb.Tx, e Evaluation) error {
	return saveState(ctx, tx, "watch_evaluation", e.ID, e.State, e)
}

func scanEvaluation(row scanner) (Evaluation, error) {
	var e Evaluation
	var id, org, permit, state, body string
	if err := row.Scan(&id, &org, &permit, &state, &body); err != nil {
		return e, err
	}
	err := json.Unmarshal([]byte(body), &e)
	e.ID, e.Org, e.Permit, e.State = id, org, permit, state
	return e, err
}

func loadEvaluation(ctx context.Context, tx *sqldb.Tx, id string) (Evaluation, error) {
	e, err := scanEvaluation(tx.QueryRow(ctx, `SELECT `+evaluationColumns+` FROM watch_evaluation WHERE id = $1`, id))
	return e, missing(err, noEvaluation)
}

// listEvaluations lists what the actor may see: supervisors those of their area, a body those of itself and its own.
func listEvaluations(ctx context.Context, tx *sqldb.Tx, org, before string, limit int) ([]Evaluation, error) {
	args := []any{org, before, limit}
	in := inside(ctx, "org", &args)
	if actor := access.From(ctx); !actor.Overseer() {
		in, args = `(org = $4 OR evaluator = $4)`, append(args, actor.Org)
	}
	rows, err := tx.Query(ctx, `SELECT `+evaluationColumns+` FROM watch_evaluation
		WHERE ($1 = '' OR org = $1) AND ($2 = '' OR id < $2) AND `+in+` ORDER BY id DESC LIMIT $3`, args...)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (Evaluation, error) { return scanEvaluation(r) })
}

// evaluationsAbout are an organization's newest, whoever asks: what the law looks at does not depend on who acts.
func evaluationsAbout(ctx context.Context, tx *sqldb.Tx, org string) ([]Evaluation, error) {
	rows, err := tx.Query(ctx, `SELECT `+evaluationColumns+` FROM watch_evaluation WHERE org = $1 ORDER BY id DESC LIMIT 200`, org)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (Evaluation, error) { return scanEvaluation(r) })
}

func evaluationsOf(ctx context.Context, tx *sqldb.Tx, permit string) ([]Evaluation, error) {
	rows, err := tx.Query(ctx, `SELECT `+evaluationColumns+` FROM watch_evaluation WHERE permit = $1 ORDER BY id`, permit)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (Evaluation, error) { return scanEvaluation(r) })
}

const complaintColumns = `id, number, complainant, account, accused, state, body`

func insertComplaint(ctx context.Context, tx *sqldb.Tx, c Complaint) error {
	body, err := encode(c)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO watch_complaint (id, number, complainant, account, accused, addressee, state, due, body, opened)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		c.ID, c.Number, c.Org, c.Account, c.Accused, string(c.To), c.State, dueText(c.Due), body, c.Opened.UnixMicro())
	if sqldb.IsUnique(err, "watch_complaint_number") || sqldb.IsUnique(err, "watch_complaint.number") {
		return errs.New(errs.Conflict, "另一件投诉正在受理, 请稍候重试")
	}
	return err
}

func saveComplaint(ctx context.Context, tx *sqldb.Tx, c Complaint) error {
	return saveState(ctx, tx, "watch_complaint", c.ID, c.State, c)
}

func scanComplaint(row scanner) (Complaint, error) {
	var c Complaint
	var id, number, complainant, account, accused, state, body string
	if err := row.Scan(&id, &number, &complainant, &account, &accused, &state, &body); err != nil {
		return c, err
	}
	err := json.Unmarshal([]byte(body), &c)
	c.ID, c.Number, c.Org, c.Account, c.Accused, c.State = id, number, complainant, account, accused, state
	return c, err
}

func loadComplaint(ctx context.Context, tx *sqldb.Tx, id string) (Complaint, error) {
	c, err := scanComplaint(tx.QueryRow(ctx, `SELECT `+complaintColumns+` FROM watch_complaint WHERE id = $1`, id))
	return c, missing(err, noComplaint)
}

// listComplaints lists what the actor may see; in SQL it says what seesComplaint says of one.
func listComplaints(ctx context.Context, tx *sqldb.Tx, actor access.Actor, before string, limit int) ([]Complaint, error) {
	args := []any{before, limit, actor.Org, actor.Account}
	mine := []string{`account = $4`, `(complainant = $3 AND $3 <> '')`}
	if actor.Has(access.Bureau, access.Auditor) {
		mine = append(mine, `1 = 1`)
	}
	for _, r := range actor.Roles {
		args = append(args, string(r))
		mine = append(mine, fmt.Sprintf(`addressee = $%d`, len(args)))
	}
	rows, err := tx.Query(ctx, `SELECT `+complaintColumns+` FROM watch_complaint WHERE ($1 = '' OR id < $1)
		AND (CASE WHEN accused = $3 AND $3 <> '' THEN state IN ('`+ComplaintUpheld+`', '`+ComplaintRejected+`') ELSE `+strings.Join(mine, " OR ")+` END)
		ORDER BY id DESC LIMIT $2`, args...)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (Complaint, error) { return scanComplaint(r) })
}

func complaintsAbout(ctx context.Context, tx *sqldb.Tx, org string) ([]Complaint, error) {
	rows, err := tx.Query(ctx, `SELECT `+complaintColumns+` FROM watch_complaint WHERE accused = $1 ORDER BY id DESC LIMIT 500`, org)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (Complaint, error) { return scanComplaint(r) })
}

// nextComplaint is the number of the next complaint of a year, 2025-0001.
func nextComplaint(ctx context.Context, tx *sqldb.Tx, year int) (string, error) {
	if err := tx.Lock(ctx, "complaint number"); err != nil {
		return "", err
	}
	var n int64
	first, last := fmt.Sprintf("%04d-", year), fmt.Sprintf("%04d-~", year)
	err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM watch_complaint WHERE number > $1 AND number < $2`, first, last).Scan(&n)
	return fmt.Sprintf("%04d-%04d", year, n+1), err
}
