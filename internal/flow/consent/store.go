package consent

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
)

const columns = `id, sid, digest, terms, state, reason, uses, submitted_by, received, closed, erased`

type scanner interface{ Scan(dest ...any) error }

func insert(ctx context.Context, tx *sqldb.Tx, c Consent, sealed []byte) error {
	terms, err := json.Marshal(c.Terms)
	if err != nil {
		return fmt.Errorf("encode terms: %w", err)
	}
	n, err := tx.Exec(ctx, `INSERT INTO consent (id, sid, number, digest, terms, state, reason, uses, max_uses, from_day, until_day,
		submitted_by, received, closed, erased, sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9, $10, $11, $12, 0, 0, $13)
		ON CONFLICT DO NOTHING`,
		c.ID, c.SID, c.Terms.Number, c.Digest, string(terms), string(c.State), c.Reason, c.Terms.MaxUses, c.Terms.From.String(),
		c.Terms.Until.String(), c.Submitted, c.Received.UnixMicro(), sealed)
	if err != nil {
		return fmt.Errorf("insert consent %s: %w", c.ID, err)
	}
	if n == 0 { // it was looked for in this transaction: only another one at the same instant can have been faster
		return errs.New(errs.Conflict, "同一份授权文件正在提交, 请稍候重试")
	}
	for _, r := range c.Terms.Recipients {
		if _, err := tx.Exec(ctx, `INSERT INTO consent_recipient (consent, org) VALUES ($1, $2) ON CONFLICT DO NOTHING`, c.ID, r.Org); err != nil {
			return fmt.Errorf("insert recipient of consent %s: %w", c.ID, err)
		}
	}
	return nil
}

func scanConsent(row scanner) (Consent, error) {
	var c Consent
	var terms string
	var received, closed, erased int64
	if err := row.Scan(&c.ID, &c.SID, &c.Digest, &terms, &c.State, &c.Reason, &c.Uses, &c.Submitted, &received, &closed, &erased); err != nil {
		return c, err
	}
	c.Received, c.Closed, c.Erased = instant(received), instant(closed), instant(erased)
	return c, json.Unmarshal([]byte(terms), &c.Terms)
}

func errNone() error {
	return errs.New(errs.NotFound, "没有这份授权书, 请核对编号后重试")
}

// Load loads a consent by id.
func Load(ctx context.Context, tx *sqldb.Tx, id string) (Consent, error) {
	c, err := scanConsent(tx.QueryRow(ctx, `SELECT `+columns+` FROM consent WHERE id = $1`, id))
	if errors.Is(err, sqldb.ErrNoRows) {
		return c, errNone()
	}
	if err != nil {
		return c, fmt.Errorf("load consent %s: %w", id, err)
	}
	return c, nil
}

// byNumber finds the person's document with this number.
func byNumber(ctx context.Context, tx *sqldb.Tx, sid, number string) (c Consent, found bool, err error) {
	c, err = scanConsent(tx.QueryRow(ctx, `SELECT `+columns+` FROM consent WHERE sid = $1 AND number = $2`, sid, number))
	if errors.Is(err, sqldb.ErrNoRows) {
		return c, false, nil
	}
	if err != nil {
		return c, false, fmt.Errorf("find consent by number: %w", err)
	}
	return c, true, nil
}

func updateState(ctx context.Context, tx *sqldb.Tx, c Consent) error {
	_, err := tx.Exec(ctx, `UPDATE consent SET state = $2, reason = $3, closed = $4 WHERE id = $1`, c.ID, string(c.State), c.Reason, micros(c.Closed))
	if err != nil {
		return fmt.Errorf("update consent %s: %w", c.ID, err)
	}
	return nil
}

// count takes one use, or none when the last was taken meanwhile. The condition stands in the statement: two calls at
// once cannot both take the last.
func count(ctx context.Context, tx *sqldb.Tx, id string) (taken bool, err error) {
	n, err := tx.Exec(ctx, `UPDATE consent SET uses = uses + 1 WHERE id = $1 AND uses < max_uses AND state = 'valid'`, id)
	if err != nil {
		return false, fmt.Errorf("count use of consent %s: %w", id, err)
	}
	return n == 1, nil
}

func loadSealed(ctx context.Context, tx *sqldb.Tx, id string) ([]byte, error) {
	var sealed []byte
	if err := tx.QueryRow(ctx, `SELECT sealed FROM consent WHERE id = $1`, id).Scan(&sealed); err != nil {
		return nil, fmt.Errorf("load document of consent %s: %w", id, err)
	}
	return sealed, nil
}

func erase(ctx context.Context, tx *sqldb.Tx, c Consent) error {
	_, err := tx.Exec(ctx, `UPDATE consent SET sealed = NULL, erased = $2 WHERE id = $1`, c.ID, c.Erased.UnixMicro())
	if err != nil {
		return fmt.Errorf("erase document of consent %s: %w", c.ID, err)
	}
	return nil
}

func listOf(ctx context.Context, tx *sqldb.Tx, sid, before string, limit int) ([]Consent, error) {
	rows, err := tx.Query(ctx, `SELECT `+columns+` FROM consent WHERE sid = $1 AND ($2 = '' OR id < $2) ORDER BY id DESC LIMIT $3`, sid, before, limit)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (Consent, error) { return scanConsent(r) })
}

func listFor(ctx context.Context, tx *sqldb.Tx, org, before string, limit int) ([]Consent, error) {
	rows, err := tx.Query(ctx, `SELECT c.id, c.sid, c.digest, c.terms, c.state, c.reason, c.uses, c.submitted_by, c.received, c.closed, c.erased
		FROM consent_recipient r JOIN consent c ON c.id = r.consent
		WHERE r.org = $1 AND ($2 = '' OR r.consent < $2) ORDER BY r.consent DESC LIMIT $3`, org, before, limit)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (Consent, error) { return scanConsent(r) })
}

func listOnlyFor(ctx context.Context, tx *sqldb.Tx, org string) ([]Consent, error) {
	rows, err := tx.Query(ctx, `SELECT c.id, c.sid, c.digest, c.terms, c.state, c.reason, c.uses, c.submitted_by, c.received, c.closed, c.erased
		FROM consent_recipient r JOIN consent c ON c.id = r.consent
		WHERE r.org = $1 AND c.erased = 0 AND NOT EXISTS (SELECT 1 FROM consent_recipient o WHERE o.consent = r.consent AND o.org <> $1) ORDER BY r.consent`, org)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (Consent, error) { return scanConsent(r) })
}

func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func instant(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMicro(n).UTC()
}
