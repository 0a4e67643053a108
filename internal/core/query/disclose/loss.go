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
// way on.
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
	return nil
}
