package connect

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
)

const (
	noConnection = "没有这项接入, 请核对后重试"
	noChannel    = "没有这条通道, 请核对后重试"
)

type scanner interface{ Scan(...any) error }

const columns = `id, org, state, digest, body`

func save(ctx context.Context, tx *sqldb.Tx, c Connection) error {
	body, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("encode connection %s: %w", c.ID, err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO connection (id, org, state, digest, body) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (id) DO UPDATE SET state = $3, digest = $4, body = $5`, c.ID, c.Org, c.State, c.digest, string(body))
	return err
}

func scan(row scanner) (c Connection, err error) {
	var id, org, state, digest, body string
	if err := row.Scan(&id, &org, &state, &digest, &body); err != nil {
		return c, err
	}
	err = json.Unmarshal([]byte(body), &c)
	c.ID, c.Org, c.State, c.digest = id, org, state, digest
	return c, err
}

func load(ctx context.Context, tx *sqldb.Tx, id string) (Connection, error) {
	c, err := scan(tx.QueryRow(ctx, `SELECT `+columns+` FROM connection WHERE id = $1`, id))
	return c, missing(err, noConnection)
}

func byDigest(ctx context.Context, tx *sqldb.Tx, digest string) (Connection, error) {
	c, err := scan(tx.QueryRow(ctx, `SELECT `+columns+` FROM connection WHERE digest = $1`, digest))
	return c, missing(err, noConnection)
}

// list gives what the actor may see, newest first: those of their area, or of their own organization.
func list(ctx context.Context, tx *sqldb.Tx, before string, limit int) ([]Connection, error) {
	args := []any{before, limit}
	in := visible(access.From(ctx), &args)
	rows, err := tx.Query(ctx, `SELECT `+columns+` FROM connection WHERE ($1 = '' OR id < $1) AND `+in+` ORDER BY id DESC LIMIT $2`, args...)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (Connection, error) { return scan(r) })
}

func connectedAfter(ctx context.Context, tx *sqldb.Tx, after string, limit int) ([]Connection, error) {
	rows, err := tx.Query(ctx, `SELECT `+columns+` FROM connection WHERE state = '`+Connected+`' AND id > $1 ORDER BY id LIMIT $2`, after, limit)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (Connection, error) { return scan(r) })
}

func visible(actor access.Actor, args *[]any) string {
	if oversees(actor) {
		return access.Inside("org", actor.Area, args)
	}
	*args = append(*args, actor.Org)
	return fmt.Sprintf("org = $%d", len(*args))
}

// Use is how much a connection used one capability in a month.
type Use struct {
	Month      string `json:"month" doc:"2006-01"`
	Capability string `json:"capability"`
	Answered   int64  `json:"answered"`
	Refused    int64  `json:"refused"`
}

func meter(ctx context.Context, tx *sqldb.Tx, connection, month, capability string, answered, refused int64) error {
	_, err := tx.Exec(ctx, `INSERT INTO connection_use (connection, month, capability, answered, refused) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (connection, month, capability) DO UPDATE SET answered = connection_use.answered + $4, refused = connection_use.refused + $5`,
		connection, month, capability, answered, refused)
	return err
}

func uses(ctx context.Context, tx *sqldb.Tx, connection string) ([]Use, error) {
	rows, err := tx.Query(ctx, `SELECT month, capability, answered, refused FROM connection_use WHERE connection = $1 ORDER BY month DESC, capability`, connection)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (u Use, err error) {
		return u, r.Scan(&u.Month, &u.Capability, &u.Answered, &u.Refused)
	})
}

func saveChannel(ctx context.Context, tx *sqldb.Tx, c Channel) error {
	body, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("encode channel %s: %w", c.ID, err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO channel (id, org, state, body) VALUES ($1, $2, $3, $4)
		ON CONFLICT (id) DO UPDATE SET state = $3, body = $4`, c.ID, c.Org, c.State, string(body))
	return err
}

func scanChannel(row scanner) (c Channel, err error) {
	var id, org, state, body string
	if err := row.Scan(&id, &org, &state, &body); err != nil {
		return c, err
	}
	err = json.Unmarshal([]byte(body), &c)
	c.ID, c.Org, c.State = id, org, state
	return c, err
}

func loadChannel(ctx context.Context, tx *sqldb.Tx, id string) (Channel, error) {
	c, err := scanChannel(tx.QueryRow(ctx, `SELECT id, org, state, body FROM channel WHERE id = $1`, id))
	return c, missing(err, noChannel)
}

func channelsOf(ctx context.Context, tx *sqldb.Tx, org string) ([]Channel, error) {
	rows, err := tx.Query(ctx, `SELECT id, org, state, body FROM channel WHERE org = $1 ORDER BY id`, org)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (Channel, error) { return scanChannel(r) })
}

func listChannels(ctx context.Context, tx *sqldb.Tx, before string, limit int) ([]Channel, error) {
	args := []any{before, limit}
	in := visible(access.From(ctx), &args)
	rows, err := tx.Query(ctx, `SELECT id, org, state, body FROM channel WHERE ($1 = '' OR id < $1) AND `+in+` ORDER BY id DESC LIMIT $2`, args...)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (Channel, error) { return scanChannel(r) })
}

func missing(err error, words string) error {
	if errors.Is(err, sqldb.ErrNoRows) {
		return errs.New(errs.NotFound, "%s", words)
	}
	return err
}
