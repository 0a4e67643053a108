package notice

import (
	"context"

	"yunei/internal/base/sqldb"
	"yunei/internal/core/regime"
)

// facts tell the law what was decided about the law itself: until when a pack on trial goes on.
func facts() []regime.Fact {
	return []regime.Fact{{Name: regime.ContinuedFact, Type: regime.Day, Load: func(ctx context.Context, tx *sqldb.Tx, pack string) (any, error) {
		return continuedUntil(ctx, tx, pack)
	}}}
}
