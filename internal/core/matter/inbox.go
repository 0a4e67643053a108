package matter

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
)

// Task (待办) is one open or finished piece of work in an inbox.
type Task struct {
	ID        string     `json:"id"`
	Matter    string     `json:"matter"`
	Step      string     `json:"step"`
	Kind      string     `json:"kind"`
	Pack      string     `json:"pack,omitempty"`
	Title     string     `json:"title"`
	StepTitle string     `json:"step_title"`
	Applicant string     `json:"applicant"`
	Addressee string     `json:"addressee"`
	State     string     `json:"state"`
	Due       string     `json:"due,omitempty" doc:"Day it is due; empty where no limit is set"`
	Explain   string     `json:"explain,omitempty" doc:"How the due day was counted, with its article"`
	Opened    time.Time  `json:"opened"`
	Closed    *time.Time `json:"closed,omitempty"`
	Urged     int        `json:"urged,omitempty" doc:"How often it was urged or supervised"`
	Outside   bool       `json:"outside,omitempty" doc:"Somebody of another body was invited: the file is theirs to see while this is open"`
}

const (
	taskOpen = "open"
	taskDone = "done"
	noDue    = "9999-12-31"

	supplementStep = "supplement" // the step of the task that asks the applicant
	readStep       = "read"       // the step of a task that is there to be read
)

func (s *Service) newTask(tx *act.Tx, m *Matter, to string) Task {
	return Task{ID: tx.NewID("tsk"), Matter: m.ID, Kind: m.Kind, Pack: m.Pack, Title: m.Title, Applicant: m.Applicant, Addressee: to, State: taskOpen, Opened: tx.Now()}
}

// task puts a step into an inbox.
func (s *Service) task(ctx context.Context, tx *act.Tx, m *Matter, step *Step, to string) error {
	t := s.newTask(tx, m, to)
	t.Step, t.StepTitle = step.ID, step.Title
	if d := step.due(); d != nil {
		t.Due, t.Explain = d.Due.String(), d.Explain
	}
	return insertTask(ctx, tx.Tx, t)
}

// taskOnce is task unless the inbox holds it already.
func (s *Service) taskOnce(ctx context.Context, tx *act.Tx, m *Matter, step *Step, to string) error {
	var n int
	err := tx.QueryRow(ctx, `SELECT count(*) FROM task WHERE matter = $1 AND step = $2 AND addressee = $3 AND state = 'open'`, m.ID, step.ID, to).Scan(&n)
	if err != nil || n > 0 {
		return err
	}
	return s.task(ctx, tx, m, step, to)
}

// toRead reports whether something on the matter waits in one of the inboxes to be read.
func toRead(ctx context.Context, tx *sqldb.Tx, matter string, inboxes []string) (bool, error) {
	if len(inboxes) == 0 {
		return false, nil
	}
	var n int
	args := []any{matter, readStep}
	in := marks(&args, inboxes)
	err := tx.QueryRow(ctx, `SELECT count(*) FROM task WHERE matter = $1 AND step = $2 AND state = 'open' AND addressee IN (`+in+`)`, args...).Scan(&n)
	return n > 0, err
}

// orgOf is the organization whose work an inbox is; "" for the inbox of a role, which the regime knows one body for.
func orgOf(ctx context.Context, tx *sqldb.Tx, address string) (string, error) {
	if rest, ok := strings.CutPrefix(address, "org:"); ok {
		org, _, _ := strings.Cut(rest, ":")
		return org, nil
	}
	id, ok := strings.CutPrefix(address, access.AccountAddress(""))
	if !ok {
		return "", nil
	}
	a, err := access.LoadAccount(ctx, tx, id)
	if errs.Is(err, errs.NotFound) {
		return "", nil
	}
	return a.Org, err
}

func insertTask(ctx context.Context, tx *sqldb.Tx, t Task) error {
	due := t.Due
	if due == "" {
		due = noDue
	}
	org, err := orgOf(ctx, tx, t.Addressee)
	if err != nil {
		return err
	}
	body, err := json.Marshal(t)
	if err != nil {
		return fmt.Errorf("encode task: %w", err)
	}
	outside := 0
	if t.Outside {
		outside = 1
	}
	_, err = tx.Exec(ctx, `INSERT INTO task (id, matter, step, kind, title, applicant, addressee, state, due, opened, closed, body, pack, org, closer, urged, outside)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11, $12, $13, '', 0, $14)`,
		t.ID, t.Matter, t.Step, t.Kind, t.Title, t.Applicant, t.Addressee, taskOpen, due, t.Opened.UnixMicro(), string(body), t.Pack, org, outside)
	if err != nil {
		return fmt.Errorf("insert task %s: %w", t.ID, err)
	}
	return nil
}

// closeTasks closes the open tasks of a step, or (step empty) of the whole matter but for what is there to be read;
// addressee empty means everyone's. What the actor did is theirs to find again.
func closeTasks(ctx context.Context, tx *act.Tx, matter, step, addressee string) error {
	args := []any{matter, step, addressee, taskDone, tx.Now().UnixMicro(), tx.Actor().Account, readStep}
	mine := marks(&args, append([]string{addressee}, tx.Actor().Addresses()...))
	_, err := tx.Exec(ctx, `UPDATE task SET state = $4, closed = $5, closer = CASE WHEN addressee IN (`+mine+`) THEN $6 ELSE '' END
		WHERE matter = $1 AND (step = $2 OR ($2 = '' AND step <> $7)) AND ($3 = '' OR addressee = $3) AND state = 'open'`, args...)
	if err != nil {
		return fmt.Errorf("close tasks of %s: %w", matter, err)
	}
	return nil
}

// takeAway closes every task that somebody had in a matter and takes it out of all their lists: it stays as little as what a guest has
// answered (outside), and among the things done of nobody.
func takeAway(ctx context.Context, tx *act.Tx, matter, addressee string) error {
	_, err := tx.Exec(ctx, `UPDATE task SET closed = CASE WHEN state = 'open' THEN $3 ELSE closed END, state = $4, closer = '', outside = 1
		WHERE matter = $1 AND addressee = $2`, matter, addressee, tx.Now().UnixMicro(), taskDone)
	if err != nil {
		return fmt.Errorf("take tasks of %s away: %w", matter, err)
	}
	return nil
}

// redueTasks gives the open tasks of a step another day.
func redueTasks(ctx context.Context, tx *sqldb.Tx, matter, step, due, explain string) error {
	rows, err := tx.Query(ctx, `SELECT `+taskColumns+` FROM task WHERE matter = $1 AND step = $2 AND state = 'open'`, matter, step)
	open, err := sqldb.Collect(rows, err, func(r *sqldb.Rows) (Task, error) { return scanTask(r) })
	if err != nil {
		return err
	}
	for _, t := range open {
		t.Due, t.Explain = due, explain
		body, err := json.Marshal(t)
		if err != nil {
			return fmt.Errorf("encode task: %w", err)
		}
		if _, err := tx.Exec(ctx, `UPDATE task SET due = $2, body = $3 WHERE id = $1`, t.ID, due, string(body)); err != nil {
			return fmt.Errorf("redue task %s: %w", t.ID, err)
		}
	}
	return nil
}

// urgeTasks marks the open tasks of a step, or of all, as urged once more.
func urgeTasks(ctx context.Context, tx *sqldb.Tx, matter, step string) error {
	_, err := tx.Exec(ctx, `UPDATE task SET urged = urged + 1 WHERE matter = $1 AND ($2 = '' OR step = $2) AND step <> $3 AND state = 'open'`, matter, step, readStep)
	return err
}

// heldTasks are the open tasks of a step, or of all, without what is there to be read.
func heldTasks(ctx context.Context, tx *sqldb.Tx, matter, step string) ([]Task, error) {
	return sqldb.List(ctx, tx, func(r *sqldb.Rows) (Task, error) { return scanTask(r) }, `SELECT `+taskColumns+` FROM task
		WHERE matter = $1 AND ($2 = '' OR step = $2) AND step <> $3 AND state = 'open' ORDER BY id`, matter, step, readStep)
}

const taskColumns = `id, state, due, addressee, closed, urged, body`

func scanTask(row interface{ Scan(...any) error }) (Task, error) {
	var t Task
	var id, state, due, addressee, body string
	var closed, urged int64
	if err := row.Scan(&id, &state, &due, &addressee, &closed, &urged, &body); err != nil {
		return t, err
	}
	if err := json.Unmarshal([]byte(body), &t); err != nil {
		return t, fmt.Errorf("decode task %s: %w", id, err)
	}
	t.ID, t.State, t.Due, t.Addressee, t.Urged = id, state, due, addressee, int(urged)
	if due == noDue {
		t.Due = ""
	}
	if closed != 0 {
		at := time.UnixMicro(closed).UTC()
		t.Closed = &at
	}
	return t, nil
}

// Views of an inbox.
const (
	ViewMine         = "mine"
	ViewOrganization = "organization"
	ViewOverdue      = "overdue"
	ViewDone         = "done"
)

// View chooses tasks.
type View struct {
	Name  string // mine when empty
	Kind  string
	Pack  string
	After string // cursor
	Limit int
}

// Tasks lists the open tasks in any of the inboxes, the most urgent first; after is the cursor Task.Cursor gives.
func Tasks(ctx context.Context, tx *sqldb.Tx, addresses []string, after string, limit int) ([]Task, error) {
	return openTasks(ctx, tx, "addressee", addresses, View{After: after, Limit: limit}, "")
}

// Inbox lists what an actor has to do, or did, by a view.
func Inbox(ctx context.Context, tx *sqldb.Tx, actor access.Actor, v View) ([]Task, error) {
	actor, err := Standing(ctx, tx, actor)
	if err != nil || !actor.SignedIn() {
		return nil, err
	}
	switch v.Name {
	case ViewOrganization:
		if actor.Org == "" {
			return nil, nil
		}
		return openTasks(ctx, tx, "org", []string{actor.Org}, v, "")
	case ViewDone:
		return doneTasks(ctx, tx, actor.Account, v)
	case ViewOverdue:
		return openTasks(ctx, tx, "addressee", actor.Addresses(), v, workday.DateOf(tx.Now()).String())
	}
	return openTasks(ctx, tx, "addressee", actor.Addresses(), v, "")
}

// openTasks reads the first tasks of each inbox along an index and merges them: an inbox of a million tasks costs as much
// as one of ten.
func openTasks(ctx context.Context, tx *sqldb.Tx, column string, inboxes []string, v View, before string) ([]Task, error) {
	if len(inboxes) == 0 {
		return nil, nil
	}
	due, id, _ := strings.Cut(v.After, "~")
	args := []any{due, id, v.Limit}
	also := narrow(&args, v, before)
	parts := make([]string, len(inboxes))
	for i, to := range inboxes {
		args = append(args, to)
		parts[i] = `SELECT ` + taskColumns + ` FROM (SELECT ` + taskColumns + ` FROM task WHERE ` + column + ` = $` + strconv.Itoa(len(args)) +
			` AND state = 'open'` + also + ` AND (due, id) > ($1, $2) ORDER BY due, id LIMIT $3) AS t` + strconv.Itoa(i)
	}
	rows, err := tx.Query(ctx, strings.Join(parts, ` UNION ALL `)+` ORDER BY due, id LIMIT $3`, args...)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (Task, error) { return scanTask(r) })
}

// narrow is the condition of a view on kind, pack and day, each along an index of its own.
func narrow(args *[]any, v View, before string) (also string) {
	for _, f := range []struct{ sql, value string }{{"kind = ", v.Kind}, {"pack = ", v.Pack}, {"due < ", before}} {
		if f.value != "" {
			*args = append(*args, f.value)
			also += " AND " + f.sql + "$" + strconv.Itoa(len(*args))
		}
	}
	return also
}

// doneTasks are what somebody did, the newest first.
func doneTasks(ctx context.Context, tx *sqldb.Tx, account string, v View) ([]Task, error) {
	closed, id, found := strings.Cut(v.After, "~")
	last, err := strconv.ParseInt(closed, 10, 64)
	if !found || err != nil {
		last, id = 1<<62, ""
	}
	args := []any{account, last, id, v.Limit}
	also := narrow(&args, v, "")
	rows, err := tx.Query(ctx, `SELECT `+taskColumns+` FROM task WHERE closer = $1 AND closer <> ''`+also+` AND (closed, id) < ($2, $3)
		ORDER BY closed DESC, id DESC LIMIT $4`, args...)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (Task, error) { return scanTask(r) })
}

// Cursor is where a list continues after this task.
func (t Task) Cursor() string {
	switch {
	case t.Closed != nil:
		return strconv.FormatInt(t.Closed.UnixMicro(), 10) + "~" + t.ID
	case t.Due == "":
		return noDue + "~" + t.ID
	}
	return t.Due + "~" + t.ID
}

// CountCap is where counting an inbox stops: beyond it the exact number helps nobody and costs a scan.
const CountCap = 1000

// Counts are how many tasks lie in each view, up to CountCap.
type Counts struct {
	Mine         int        `json:"mine"`
	Organization int        `json:"organization"`
	Overdue      int        `json:"overdue"`
	Laws         []LawCount `json:"laws" doc:"Mine by pack and kind"`
	Cap          int        `json:"cap" doc:"A number that reaches this means: as many or more"`
}

// LawCount is how many of one's tasks one procedure brings.
type LawCount struct {
	Pack  string `json:"pack"`
	Kind  string `json:"kind"`
	Count int    `json:"count"`
}

// Count counts an actor's inboxes.
func Count(ctx context.Context, tx *sqldb.Tx, actor access.Actor) (c Counts, err error) {
	c.Cap, c.Laws = CountCap, []LawCount{}
	if actor, err = Standing(ctx, tx, actor); err != nil || !actor.SignedIn() {
		return c, err
	}
	today := workday.DateOf(tx.Now()).String()
	mine := actor.Addresses()
	if c.Mine, err = countOpen(ctx, tx, "addressee", mine, ""); err != nil {
		return c, err
	}
	if c.Overdue, err = countOpen(ctx, tx, "addressee", mine, today); err != nil {
		return c, err
	}
	if actor.Org != "" {
		if c.Organization, err = countOpen(ctx, tx, "org", []string{actor.Org}, ""); err != nil {
			return c, err
		}
	}
	args := []any{CountCap}
	rows, err := tx.Query(ctx, `SELECT pack, kind, count(*) FROM (`+capped(&args, "addressee", mine, "pack, kind", "")+`) AS a GROUP BY pack, kind ORDER BY pack, kind`, args...)
	found, err := sqldb.Collect(rows, err, func(r *sqldb.Rows) (l LawCount, err error) { return l, r.Scan(&l.Pack, &l.Kind, &l.Count) })
	c.Laws = append(c.Laws, found...)
	return c, err
}

func countOpen(ctx context.Context, tx *sqldb.Tx, column string, inboxes []string, before string) (n int, err error) {
	args := []any{CountCap}
	err = tx.QueryRow(ctx, `SELECT count(*) FROM (`+capped(&args, column, inboxes, "id", before)+`) AS a`, args...).Scan(&n)
	return min(n, CountCap), err
}

// capped are the first tasks of each inbox, no more than CountCap of each.
func capped(args *[]any, column string, inboxes []string, columns, before string) string {
	also := narrow(args, View{}, before)
	parts := make([]string, len(inboxes))
	for i, to := range inboxes {
		*args = append(*args, to)
		parts[i] = `SELECT ` + columns + ` FROM (SELECT ` + columns + ` FROM task WHERE ` + column + ` = $` + strconv.Itoa(len(*args)) + ` AND state = 'open'` + also + ` LIMIT $1) AS t` + strconv.Itoa(i)
	}
	return strings.Join(parts, ` UNION ALL `)
}
