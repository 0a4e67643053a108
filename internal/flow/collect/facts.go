package collect

import (
	"context"

	"yunei/internal/base/sqldb"
	"yunei/internal/core/regime"
)

// registerFacts tells the law what it may look at in a snapshot.
func registerFacts(law *regime.Law) {
	fact := func(name string, t regime.Type, of func(Snapshot) any) {
		law.RegisterFact(regime.Fact{Name: name, Object: Kind, Type: t, Load: func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
			s, err := loadSnapshot(ctx, tx, id)
			if err != nil {
				return nil, err
			}
			return of(s), nil
		}})
	}
	fact("snapshot.rows", regime.Int, func(s Snapshot) any { return s.Rows })
	fact("snapshot.subjects", regime.Int, func(s Snapshot) any { return s.Subjects })
	fact("snapshot.unkeyed", regime.Int, func(s Snapshot) any { return s.Unkeyed })
}
