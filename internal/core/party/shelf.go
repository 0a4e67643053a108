package party

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
)

// A shelf keeps one kind of paper in the organizations' files (单位档案): qualifications, training, undertakings… Each has a
// table of its own and all have the same columns: what a paper is found by, and the paper as JSON.
type shelf[T paper] struct {
	kind    string // in the ledger
	table   string
	missing string // what is said of a paper that does not exist
}

type paper interface{ tab() tab }

// tab is what a paper is found by.
type tab struct {
	ID      string `json:"id"`
	Org     string `json:"org"`
	Account string `json:"account,omitempty"`
	State   string `json:"state"`
}

// sheet is a paper with its tab as stored, so that a changed column is a changed object to fsck.
type sheet[T paper] struct {
	Tab  tab `json:"tab"`
	Body T   `json:"body"`
}

func (s shelf[T]) register(acts *act.Runner) {
	acts.Ledger().Register(s.kind, func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return s.sheet(ctx, tx, id) })
}

// put stores a paper, new or changed, and puts it into the entry.
func (s shelf[T]) put(ctx context.Context, tx *act.Tx, p T) error {
	body, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("encode %s: %w", s.kind, err)
	}
	t := p.tab()
	_, err = tx.Exec(ctx, `INSERT INTO `+s.table+` (id, org, account, state, body) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (id) DO UPDATE SET org = $2, account = $3, state = $4, body = $5`, t.ID, t.Org, t.Account, t.State, string(body))
	if err != nil {
		return fmt.Errorf("save %s %s: %w", s.kind, t.ID, err)
	}
	return tx.Changed(ctx, s.kind, t.ID, sheet[T]{t, p})
}

const tabColumns = `id, org, account, state, body`

func (s shelf[T]) sheet(ctx context.Context, tx *sqldb.Tx, id string) (sheet[T], error) {
	got, err := s.scan(tx.QueryRow(ctx, `SELECT `+tabColumns+` FROM `+s.table+` WHERE id = $1`, id))
	if errors.Is(err, sqldb.ErrNoRows) {
		return got, errs.New(errs.NotFound, "%s", s.missing)
	}
	if err != nil {
		return got, fmt.Errorf("load %s %s: %w", s.kind, id, err)
	}
	return got, nil
}

func (s shelf[T]) load(ctx context.Context, tx *sqldb.Tx, id string) (T, error) {
	got, err := s.sheet(ctx, tx, id)
	return got.Body, err
}

func (s shelf[T]) scan(row scanner) (sheet[T], error) {
	var got sheet[T]
	var body string
	if err := row.Scan(&got.Tab.ID, &got.Tab.Org, &got.Tab.Account, &got.Tab.State, &body); err != nil {
		return got, err
	}
	return got, json.Unmarshal([]byte(body), &got.Body)
}

// of gives the papers of one organization, newest first.
func (s shelf[T]) of(ctx context.Context, tx *sqldb.Tx, org string) ([]T, error) {
	return s.collect(tx.Query(ctx, `SELECT `+tabColumns+` FROM `+s.table+` WHERE org = $1 ORDER BY id DESC`, org))
}

// byAccount gives the papers of one account, newest first.
func (s shelf[T]) byAccount(ctx context.Context, tx *sqldb.Tx, account string) ([]T, error) {
	return s.collect(tx.Query(ctx, `SELECT `+tabColumns+` FROM `+s.table+` WHERE account = $1 ORDER BY id DESC`, account))
}

// page gives papers of every organization that the actor oversees, in one state unless it is empty, newest first.
func (s shelf[T]) page(ctx context.Context, tx *sqldb.Tx, state, before string, limit int) ([]T, error) {
	args := []any{state, before, limit}
	in := access.Inside("org", access.From(ctx).Area, &args)
	return s.collect(tx.Query(ctx, `SELECT `+tabColumns+` FROM `+s.table+`
		WHERE ($1 = '' OR state = $1) AND ($2 = '' OR id < $2) AND `+in+` ORDER BY id DESC LIMIT $3`, args...))
}

func (s shelf[T]) collect(rows *sqldb.Rows, err error) ([]T, error) {
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (T, error) {
		got, err := s.scan(r)
		return got.Body, err
	})
}
