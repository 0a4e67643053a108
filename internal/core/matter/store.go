package matter

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
)

func insertMatter(ctx context.Context, tx *sqldb.Tx, m *Matter) error {
	body, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("encode matter: %w", err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO matter (id, kind, applicant, subject, state, body, opened, wake, calendar, area)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		m.ID, m.Kind, m.Applicant, m.Subject, string(m.State), string(body), m.Opened.UnixMicro(), m.wake().String(), m.calendar(), string(m.Area))
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
	_, err = tx.Exec(ctx, `UPDATE matter SET state = $2, body = $3, wake = $4, calendar = $5 WHERE id = $1`,
		m.ID, string(m.State), string(body), m.wake().String(), m.calendar())
	if err != nil {
		return fmt.Errorf("save matter %s: %w", m.ID, err)
	}
	return nil
}

const matterColumns = `id, kind, applicant, subject, state, area, body`

// scanMatter lets the columns win over the body, so that a changed column is a changed matter to fsck.
func scanMatter(row interface{ Scan(...any) error }) (*Matter, error) {
	var m Matter
	var id, kind, applicant, subject, state, area, body string
	if err := row.Scan(&id, &kind, &applicant, &subject, &state, &area, &body); err != nil {
		return nil, err
	}
	if err := json.Unmarshal([]byte(body), &m); err != nil {
		return nil, fmt.Errorf("decode matter %s: %w", id, err)
	}
	m.ID, m.Kind, m.Applicant, m.Subject, m.State, m.Area = id, kind, applicant, subject, State(state), access.Area(area)
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
	Area                     access.Area // it and what lies inside it
	Before                   string      // keyset: ids below this one
	Limit                    int
}

// List lists matters, newest first.
func List(ctx context.Context, tx *sqldb.Tx, f Filter) ([]*Matter, error) {
	lo, hi := f.Area.Range()
	rows, err := tx.Query(ctx, `SELECT `+matterColumns+` FROM matter
		WHERE ($1 = '' OR applicant = $1) AND ($2 = '' OR subject = $2) AND ($3 = '' OR kind = $3) AND ($4 = '' OR id < $4)
		AND area >= $6 AND area < $7 ORDER BY id DESC LIMIT $5`, f.Applicant, f.Subject, f.Kind, f.Before, f.Limit, lo, hi)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (*Matter, error) { return scanMatter(r) })
}

// ListVisible lists what the actor has business with, newest first: for those who oversee, everything in their area and
// inside it; for others what their organization applied for and what was ever addressed to them. Nobody finds what they stood
// aside from.
func ListVisible(ctx context.Context, tx *sqldb.Tx, actor access.Actor, f Filter) (out []*Matter, err error) {
	for limit := f.Limit; ; {
		page, err := listBusiness(ctx, tx, actor, f)
		if err != nil {
			return nil, err
		}
		for _, m := range page {
			if f.Before = m.ID; !m.StoodAside(actor) {
				out = append(out, m)
			}
		}
		if len(page) < limit || len(out) >= limit {
			return out[:min(len(out), limit)], nil
		}
	}
}

func listBusiness(ctx context.Context, tx *sqldb.Tx, actor access.Actor, f Filter) ([]*Matter, error) {
	if actor.Overseer() && actor.Area == "" {
		return List(ctx, tx, f)
	}
	args := []any{actor.Org, f.Kind, f.Subject, f.Before, f.Limit}
	own := ""
	if actor.Overseer() {
		lo, hi := actor.Area.Range()
		args = append(args, lo, hi)
		own = ` OR area >= $6 AND area < $7`
	}
	asked := AskedOf("id", actor, &args)
	if addresses := actor.Addresses(); len(addresses) > 0 {
		asked += ` OR id IN (SELECT matter FROM task WHERE outside = 1 AND state = 'open' AND addressee IN (` + marks(&args, addresses) + `))`
	}
	lo, hi := f.Area.Range()
	args = append(args, lo, hi)
	rows, err := tx.Query(ctx, `SELECT `+matterColumns+` FROM matter
		WHERE ((applicant = $1 AND $1 <> '') OR `+asked+own+`)
		AND area >= $`+strconv.Itoa(len(args)-1)+` AND area < $`+strconv.Itoa(len(args))+`
		AND ($2 = '' OR kind = $2) AND ($3 = '' OR subject = $3) AND ($4 = '' OR id < $4)
		ORDER BY id DESC LIMIT $5`, args...)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (*Matter, error) { return scanMatter(r) })
}

// AskedOf is the condition that a step of the matter in the column was ever addressed to the actor, not as a guest: later stages use it
// in their own lists. It appends its arguments to args.
func AskedOf(column string, actor access.Actor, args *[]any) string {
	addresses := actor.Addresses()
	if len(addresses) == 0 {
		return "1 = 0"
	}
	return column + ` IN (SELECT matter FROM task WHERE step <> '` + supplementStep + `' AND outside = 0 AND addressee IN (` + marks(args, addresses) + `))`
}

// missing answers a row that is not there with a sentence.
func missing(err error, sentence string) error {
	if errors.Is(err, sqldb.ErrNoRows) {
		return errs.New(errs.NotFound, "%s", sentence)
	}
	return err
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
