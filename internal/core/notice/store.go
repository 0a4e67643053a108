package notice

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
)

const columns = `id, kind, title, text, document, pack, until, org, published, revoked, revocation, subject, detail, area`

// detail is what only some kinds have.
type detail struct {
	Call    *Call    `json:"call,omitempty"`
	Edition *Edition `json:"edition,omitempty"`
}

func insert(ctx context.Context, tx *sqldb.Tx, n Notice) error {
	var more string
	if n.Call != nil || n.Edition != nil {
		body, err := json.Marshal(detail{n.Call, n.Edition})
		if err != nil {
			return fmt.Errorf("encode notice %s: %w", n.ID, err)
		}
		more = string(body)
	}
	_, err := tx.Exec(ctx, `INSERT INTO notice (`+columns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, '', $10, $11, $12)`,
		n.ID, string(n.Kind), n.Title, n.Text, n.Document, n.Pack, n.Until.String(), n.Org, n.Published.UnixMicro(), n.Subject, more, string(n.Area))
	if err != nil {
		return fmt.Errorf("insert notice %s: %w", n.ID, err)
	}
	return nil
}

func saveRevoked(ctx context.Context, tx *sqldb.Tx, n Notice) error {
	_, err := tx.Exec(ctx, `UPDATE notice SET revoked = $2, revocation = $3 WHERE id = $1`, n.ID, n.Revoked.UnixMicro(), n.Revocation)
	if err != nil {
		return fmt.Errorf("revoke notice %s: %w", n.ID, err)
	}
	return nil
}

func scan(row interface{ Scan(...any) error }) (Notice, error) {
	var n Notice
	var revoked int64
	var more string
	err := row.Scan(&n.ID, &n.Kind, &n.Title, &n.Text, &n.Document, &n.Pack, &n.Until, &n.Org, &n.Published, &revoked, &n.Revocation,
		&n.Subject, &more, &n.Area)
	if revoked != 0 {
		n.Revoked = time.UnixMicro(revoked).UTC()
	}
	if err != nil || more == "" {
		return n, err
	}
	var d detail
	err = json.Unmarshal([]byte(more), &d)
	n.Call, n.Edition = d.Call, d.Edition
	return n, err
}

// Load loads a notice by id.
func Load(ctx context.Context, tx *sqldb.Tx, id string) (Notice, error) {
	n, err := scan(tx.QueryRow(ctx, `SELECT `+columns+` FROM notice WHERE id = $1`, id))
	if errors.Is(err, sqldb.ErrNoRows) {
		return n, errs.New(errs.NotFound, "没有这件公告, 请核对后重试")
	}
	if err != nil {
		return n, fmt.Errorf("load notice %s: %w", id, err)
	}
	return n, nil
}

// LoadCall loads a call for applications; another notice is answered like one that does not exist.
func LoadCall(ctx context.Context, tx *sqldb.Tx, id string) (Notice, error) {
	n, err := Load(ctx, tx, id)
	if err == nil && n.Call == nil || errs.Is(err, errs.NotFound) {
		err = errs.New(errs.NotFound, "没有这件征集通告, 请从已发布的通告中选择")
	}
	return n, err
}

// Filter says which notices to list, newest first.
type Filter struct {
	Kind    Kind
	Subject string
	Area    *access.Area // only those that hold in this area: its own and those of the areas it lies in
	Of      *access.Area // only this area's own
	Before  string
	Limit   int
}

// above are the areas that an area lies in, itself among them.
func above(area access.Area) []string {
	out := []string{""}
	for ; area != ""; area = area.Up() {
		out = append(out, string(area))
	}
	return out
}

func listNotices(ctx context.Context, tx *sqldb.Tx, f Filter) ([]Notice, error) {
	args := []any{f.Before, string(f.Kind), f.Subject, f.Limit}
	in := ""
	areas := []string{}
	switch {
	case f.Of != nil:
		areas = []string{string(*f.Of)}
	case f.Area != nil:
		areas = above(*f.Area)
	}
	for i, a := range areas {
		args = append(args, a)
		in += []string{" AND area IN (", ", "}[min(i, 1)] + "$" + strconv.Itoa(len(args))
	}
	if in != "" {
		in += ")"
	}
	rows, err := tx.Query(ctx, `SELECT `+columns+` FROM notice
		WHERE ($1 = '' OR id < $1) AND ($2 = '' OR kind = $2) AND ($3 = '' OR subject = $3)`+in+` ORDER BY id DESC LIMIT $4`, args...)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (Notice, error) { return scan(r) })
}

// continuedUntil is the latest day to which a continuation that stands takes a pack; no day where there is none.
func continuedUntil(ctx context.Context, tx *sqldb.Tx, pack string) (workday.Date, error) {
	var day workday.Date
	err := tx.QueryRow(ctx, `SELECT COALESCE(MAX(until), '') FROM notice WHERE pack = $1 AND kind = $2 AND revoked = 0`, pack, string(Continuation)).Scan(&day)
	if err != nil {
		return "", fmt.Errorf("load continuation of pack %s: %w", pack, err)
	}
	return day, nil
}
