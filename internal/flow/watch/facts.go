package watch

import (
	"context"

	"yunei/internal/base/sqldb"
	"yunei/internal/core/regime"
)

// Facts are what a rule may look at: the day of an organization's last standing breach, no day if there is none.
func Facts() []regime.Fact {
	return []regime.Fact{{
		Name: "org.last_breach", Object: "org", Type: regime.Day,
		Load: func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return lastBreach(ctx, tx, id) },
	}}
}
