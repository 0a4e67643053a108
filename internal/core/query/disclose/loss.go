package disclose

import (
	"context"
	"fmt"

	"yunei/internal/base/sqldb"
	"yunei/internal/core/query/release"
)

// WriteOff charges what is left of the year to every resource, once after a loss: when a database was restored from an
// older backup, releases may have left of which no row tells. They cannot have been more than the year had left, so that
// much counts as released, of the year and of the lifetime; a new decision on the cap, which is published, is the only
// way on. Answers about single people are presumed given.
func (l *Ledger) WriteOff(ctx context.Context, tx *sqldb.Tx, resources []Resource, year string) error {
	for _, res := range resources {
		scope := Scope{ResourceYear, res.ID, year}
		if err := tx.Lock(ctx, scope.lock()); err != nil {
			return err
		}
		b, err := l.Budget(ctx, tx, scope)
		if err != nil {
			return err
		}
		if b.Left() == 0 {
			continue
		}
		r := &Request{ID: fmt.Sprintf("loss_%s_%d", res.ID, tx.Now().UnixMicro()), Year: year, Resources: []Resource{res}, Plan: release.Plan{Rho: b.Left()}}
		if err := l.insert(ctx, tx, r, r.scopes()); err != nil {
			return err
		}
		if err := l.settle(ctx, tx, r.ID, Spent, "lost", Settlement{Outcome: Lost}); err != nil {
			return err
		}
	}
	return l.presume(ctx, tx)
}

// presume writes the same loss into the precision ledger: whatever was approved for a recipient may have been answered about
// anybody in the lost part. What is approved together stays within every field's cap (Approve), so approved models go on
// answering; what is approved later is held to the cap with all of them told.
func (l *Ledger) presume(ctx context.Context, tx *sqldb.Tx) error {
	n, err := tx.Exec(ctx, `INSERT INTO precision_loss (recipient, resource, field, model, output, body)
		SELECT recipient, resource, field, model, output, body FROM precision_template WHERE 1 = 1 ON CONFLICT (recipient, resource, field, model, output) DO NOTHING`)
	if err != nil {
		return fmt.Errorf("presume approved outputs told: %w", err)
	}
	if n == 0 {
		return nil
	}
	return l.event(ctx, tx, "presume", "", n)
}

// presumed adds what may have been told to the recipient about anybody when answers were lost.
func presumed(ctx context.Context, tx *sqldb.Tx, recipient, resource, field string, k *Known) error {
	rows, err := tx.Query(ctx, `SELECT model, output, body FROM precision_loss WHERE recipient = $1 AND resource = $2 AND field = $3 ORDER BY model, output`,
		recipient, resource, field)
	if err != nil {
		return fmt.Errorf("read what may have been told: %w", err)
	}
	_, err = k.addOutputs(rows)
	return err
}
