package notice

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
)

const (
	noDue          = "9999-12-31"
	messageColumns = `id, addressee, mark, state, due, body`

	// An inbox is looked through this far back for what was not read; the count on the bell stops at unreadCap.
	lookBack   = 1000
	unreadCap  = 100
	readAtOnce = 500
)

// insertMessage stores a message; false where the addressee has one with the same mark.
func insertMessage(ctx context.Context, tx *sqldb.Tx, m Message) (bool, error) {
	body, err := json.Marshal(m)
	if err != nil {
		return false, fmt.Errorf("encode message: %w", err)
	}
	mark, due := m.Mark, m.Due.String()
	if mark == "" {
		mark = m.ID
	}
	if due == "" {
		due = noDue
	}
	n, err := tx.Exec(ctx, `INSERT INTO message (id, addressee, mark, kind, object_kind, object, state, due, body, opened)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (addressee, mark) DO NOTHING`,
		m.ID, m.To, mark, string(m.Kind), m.ObjectKind, m.Object, m.State, due, string(body), m.Sent.UnixMicro())
	if err != nil {
		return false, fmt.Errorf("insert message %s: %w", m.ID, err)
	}
	return n == 1, nil
}

func settleMessage(ctx context.Context, tx *sqldb.Tx, m Message) error {
	body, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("encode message: %w", err)
	}
	if _, err = tx.Exec(ctx, `UPDATE message SET state = $2, body = $3 WHERE id = $1`, m.ID, m.State, string(body)); err != nil {
		return fmt.Errorf("settle message %s: %w", m.ID, err)
	}
	return nil
}

// scanMessage lets the columns win over the body, so that a changed column is a changed message to fsck.
func scanMessage(row interface{ Scan(...any) error }, more ...any) (m Message, err error) {
	var id, to, mark, state, due, body string
	if err = row.Scan(append([]any{&id, &to, &mark, &state, &due, &body}, more...)...); err != nil {
		return m, err
	}
	if err = json.Unmarshal([]byte(body), &m); err != nil {
		return m, fmt.Errorf("decode message %s: %w", id, err)
	}
	m.ID, m.To, m.State = id, to, state
	if m.Mark = mark; mark == id {
		m.Mark = ""
	}
	return m, nil
}

func loadMessage(ctx context.Context, tx *sqldb.Tx, id string) (Message, error) {
	m, err := scanMessage(tx.QueryRow(ctx, `SELECT `+messageColumns+` FROM message WHERE id = $1`, id))
	if errors.Is(err, sqldb.ErrNoRows) {
		return m, errs.New(errs.NotFound, "没有这条消息, 请刷新查看")
	}
	return m, err
}

func owedAbout(ctx context.Context, tx *sqldb.Tx, object string) ([]Message, error) {
	return sqldb.List(ctx, tx, func(r *sqldb.Rows) (Message, error) { return scanMessage(r) },
		`SELECT `+messageColumns+` FROM message WHERE object = $1 AND state = $2 ORDER BY id`, object, Owed)
}

// marked reports whether an addressee has a message with this mark.
func marked(ctx context.Context, tx *sqldb.Tx, to, mark string) (bool, error) {
	var n int
	err := tx.QueryRow(ctx, `SELECT count(*) FROM message WHERE addressee = $1 AND mark = $2`, to, mark).Scan(&n)
	return n > 0, err
}

// inboxes joins the newest (or, for what is owed, the nearest) messages of each of the actor's inboxes, each found along an
// index and none looked through further than limit.
func inboxes(args *[]any, actor access.Actor, v MessageView, limit int) string {
	put := func(value any) string {
		*args = append(*args, value)
		return "$" + strconv.Itoa(len(*args))
	}
	where, order := "", "id DESC"
	switch {
	case v.Name == "owed":
		due, id, _ := strings.Cut(v.After, "~")
		where, order = ` AND state = `+put(Owed)+` AND (due, id) > (`+put(due)+`, `+put(id)+`)`, "due, id"
	case v.After != "":
		where = ` AND id < ` + put(v.After)
	}
	n := put(limit)
	var parts []string
	for i, to := range reads(actor) {
		parts = append(parts, `SELECT `+messageColumns+` FROM (SELECT `+messageColumns+` FROM message WHERE addressee = `+put(to)+where+
			` ORDER BY `+order+` LIMIT `+n+`) AS t`+strconv.Itoa(i))
	}
	return strings.Join(parts, ` UNION ALL `)
}

// reads are the inboxes whose messages the actor reads.
func reads(actor access.Actor) []string {
	if actor.Org == "" {
		return actor.Addresses()
	}
	return append(actor.Addresses(), access.WholeOrg(actor.Org))
}

func listMessages(ctx context.Context, tx *sqldb.Tx, actor access.Actor, v MessageView) ([]Received, error) {
	if !actor.SignedIn() {
		return nil, nil
	}
	args := []any{actor.Account, v.Limit}
	limit, unread, order := v.Limit, "", "m.id DESC"
	switch v.Name {
	case "owed":
		order = "m.due, m.id"
	case "unread":
		limit, unread = lookBack, ` WHERE r.at IS NULL`
	}
	return sqldb.List(ctx, tx, func(r *sqldb.Rows) (got Received, err error) {
		var at int64
		if got.Message, err = scanMessage(r, &at); at != 0 {
			got.Read = time.UnixMicro(at).UTC()
		}
		return got, err
	}, `SELECT m.id, m.addressee, m.mark, m.state, m.due, m.body, COALESCE(r.at, 0) FROM (`+inboxes(&args, actor, v, limit)+`) AS m
		LEFT JOIN message_read r ON r.account = $1 AND r.message = m.id`+unread+` ORDER BY `+order+` LIMIT $2`, args...)
}

func countMessages(ctx context.Context, tx *sqldb.Tx, actor access.Actor) (c MessageCount, err error) {
	c.Cap = unreadCap
	unread, err := listMessages(ctx, tx, actor, MessageView{Name: "unread", Limit: unreadCap})
	if err != nil {
		return c, err
	}
	owed, err := listMessages(ctx, tx, actor, MessageView{Name: "owed", Limit: unreadCap})
	c.Unread, c.Owed = len(unread), len(owed)
	return c, err
}

// hasMessage refuses a message that lies in none of the actor's inboxes, in the words for one that does not exist.
func hasMessage(ctx context.Context, tx *sqldb.Tx, actor access.Actor, id string) error {
	m, err := loadMessage(ctx, tx, id)
	if err != nil {
		return err
	}
	if slices.Contains(reads(actor), m.To) {
		return nil
	}
	return errs.New(errs.NotFound, "没有这条消息, 请刷新查看")
}

func markRead(ctx context.Context, tx *sqldb.Tx, account, id string) error {
	_, err := tx.Exec(ctx, `INSERT INTO message_read (account, message, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, account, id, tx.Now().UnixMicro())
	return err
}

// Cursor is where a list of a view continues after this message.
func (m Message) Cursor(view string) string {
	if view == "owed" {
		return m.Due.String() + "~" + m.ID
	}
	return m.ID
}
