package matter

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
)

// Task (待办) is one open or finished piece of work in an inbox.
type Task struct {
	ID        string    `json:"id"`
	Matter    string    `json:"matter"`
	Step      string    `json:"step"`
	Kind      string    `json:"kind"`
	Title     string    `json:"title"`
	StepTitle string    `json:"step_title"`
	Applicant string    `json:"applicant"`
	Addressee string    `json:"addressee"`
	State     string    `json:"state"`
	Due       string    `json:"due,omitempty" doc:"Day it is due; empty where no limit is set"`
	Explain   string    `json:"explain,omitempty" doc:"How the due day was counted, with its article"`
	Opened    time.Time `json:"opened"`
}

const (
	taskOpen = "open"
	taskDone = "done"
	noDue    = "9999-12-31"

	supplementStep = "supplement" // the step of the task that asks the applicant
)

func insertMatter(ctx context.Context, tx *sqldb.Tx, m *Matter) error {
	body, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("encode matter: %w", err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO matter (id, kind, applicant, subject, state, body, opened) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		m.ID, m.Kind, m.Applicant, m.Subject, string(m.State), string(body), m.Opened.UnixMicro())
	if err != nil {
		return fmt.Errorf("insert matter %s: %w", m.ID, err)
	}
	return nil
}

func saveMatter(ctx context.Context, tx *sqldb.Tx, m *Matter) error {
	body, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("encode matter: %w", err)
	}
	_, err = tx.Exec(ctx, `UPDATE matter SET state = $2, body = $3 WHERE id = $1`, m.ID, string(m.State), string(body))
	if err != nil {
		return fmt.Errorf("save matter %s: %w", m.ID, err)
	}
	return nil
}

const matterColumns = `id, kind, applicant, subject, state, body`

// scanMatter lets the columns win over the body, so that a changed column is a changed matter to fsck.
func scanMatter(row interface{ Scan(...any) error }) (*Matter, error) {
	var m Matter
	var id, kind, applicant, subject, state, body string
	if err := row.Scan(&id, &kind, &applicant, &subject, &state, &body); err != nil {
		return nil, err
	}
	if err := json.Unmarshal([]byte(body), &m); err != nil {
		return nil, fmt.Errorf("decode matter %s: %w", id, err)
	}
	m.ID, m.Kind, m.Applicant, m.Subject, m.State = id, kind, applicant, subject, State(state)
	return &m, nil
}

// Load loads a matter by id.
func Load(ctx context.Context, tx *sqldb.Tx, id string) (*Matter, error) {
	m, err := scanMatter(tx.QueryRow(ctx, `SELECT `+matterColumns+` FROM matter WHERE id = $1`, id))
	if errors.Is(err, sqldb.ErrNoRows) {
		return nil, noMatter()
	}
	if err != nil {
		return nil, fmt.Errorf("load matter %s: %w", id, err)
	}
	return m, nil
}

// noMatter answers for a matter that is none of the caller's business and for one that never was, in the same words.
func noMatter() error { return errs.New(errs.NotFound, "没有这个办件, 请核对后重试") }

// Filter chooses matters; empty fields choose all.
type Filter struct {
	Applicant, Subject, Kind string
	Before                   string // keyset: ids below this one
	Limit                    int
}

// List lists matters, newest first.
func List(ctx context.Context, tx *sqldb.Tx, f Filter) ([]*Matter, error) {
	rows, err := tx.Query(ctx, `SELECT `+matterColumns+` FROM matter
		WHERE ($1 = '' OR applicant = $1) AND ($2 = '' OR subject = $2) AND ($3 = '' OR kind = $3) AND ($4 = '' OR id < $4)
		ORDER BY id DESC LIMIT $5`, f.Applicant, f.Subject, f.Kind, f.Before, f.Limit)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (*Matter, error) { return scanMatter(r) })
}

func insertTask(ctx context.Context, tx *sqldb.Tx, t Task) error {
	due := t.Due
	if due == "" {
		due = noDue
	}
	body, err := json.Marshal(t)
	if err != nil {
		return fmt.Errorf("encode task: %w", err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO task (id, matter, step, kind, title, applicant, addressee, state, due, opened, closed, body)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11)`,
		t.ID, t.Matter, t.Step, t.Kind, t.Title, t.Applicant, t.Addressee, taskOpen, due, t.Opened.UnixMicro(), string(body))
	if err != nil {
		return fmt.Errorf("insert task %s: %w", t.ID, err)
	}
	return nil
}

// closeTasks closes the open tasks of a step, or (step empty) of the whole matter; addressee empty means everyone's.
func closeTasks(ctx context.Context, tx *sqldb.Tx, matter, step, addressee string) error {
	_, err := tx.Exec(ctx, `UPDATE task SET state = $4, closed = $5
		WHERE matter = $1 AND ($2 = '' OR step = $2) AND ($3 = '' OR addressee = $3) AND state = 'open'`,
		matter, step, addressee, taskDone, tx.Now().UnixMicro())
	if err != nil {
		return fmt.Errorf("close tasks of %s: %w", matter, err)
	}
	return nil
}

// Tasks lists the open tasks in any of the inboxes, the most urgent first; after is the cursor Task.Cursor gives.
func Tasks(ctx context.Context, tx *sqldb.Tx, addresses []string, after string, limit int) ([]Task, error) {
	if len(addresses) == 0 {
		return nil, nil
	}
	due, id, _ := strings.Cut(after, "~")
	args := []any{due, id, limit}
	marks := marks(&args, addresses)
	rows, err := tx.Query(ctx, `SELECT id, state, due, addressee, body FROM task
		WHERE addressee IN (`+marks+`) AND state = 'open' AND (due > $1 OR (due = $1 AND id > $2))
		ORDER BY due, id LIMIT $3`, args...)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (Task, error) { return scanTask(r) })
}

func scanTask(row interface{ Scan(...any) error }) (Task, error) {
	var t Task
	var id, state, due, addressee, body string
	if err := row.Scan(&id, &state, &due, &addressee, &body); err != nil {
		return t, err
	}
	if err := json.Unmarshal([]byte(body), &t); err != nil {
		return t, fmt.Errorf("decode task %s: %w", id, err)
	}
	t.ID, t.State, t.Due, t.Addressee = id, state, due, addressee
	if due == noDue {
		t.Due = ""
	}
	return t, nil
}

// Cursor is where a list continues after this task.
func (t Task) Cursor() string {
	if t.Due == "" {
		return noDue + "~" + t.ID
	}
	return t.Due + "~" + t.ID
}

// ListVisible lists what the actor has business with, newest first: everything for bureau, operator and auditor; for
// others what their organization applied for and what was ever addressed to them.
func ListVisible(ctx context.Context, tx *sqldb.Tx, actor access.Actor, f Filter) ([]*Matter, error) {
	if actor.Has(access.Bureau, access.Operator, access.Auditor) {
		return List(ctx, tx, f)
	}
	args := []any{actor.Org, f.Kind, f.Subject, f.Before, f.Limit}
	asked := AskedOf("id", actor, &args)
	rows, err := tx.Query(ctx, `SELECT `+matterColumns+` FROM matter
		WHERE ((applicant = $1 AND $1 <> '') OR `+asked+`)
		AND ($2 = '' OR kind = $2) AND ($3 = '' OR subject = $3) AND ($4 = '' OR id < $4)
		ORDER BY id DESC LIMIT $5`, args...)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (*Matter, error) { return scanMatter(r) })
}

// AskedOf is the condition that a step of the matter in the column was ever addressed to the actor: later stages use it in
// their own lists. It appends its arguments to args.
func AskedOf(column string, actor access.Actor, args *[]any) string {
	addresses := actor.Addresses()
	if len(addresses) == 0 {
		return "1 = 0"
	}
	return column + ` IN (SELECT matter FROM task WHERE step <> '` + supplementStep + `' AND addressee IN (` + marks(args, addresses) + `))`
}

// marks appends the values to args and returns their placeholders.
func marks(args *[]any, values []string) string {
	out := make([]string, len(values))
	for i, v := range values {
		*args = append(*args, v)
		out[i] = fmt.Sprintf("$%d", len(*args))
	}
	return strings.Join(out, ", ")
}
