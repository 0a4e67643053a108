package catalog

import (
	"context"

	"yunei/internal/base/sqldb"
	"yunei/internal/core/query"
	"yunei/internal/core/regime"
)

// registerFacts tells the law what it may look at in an entry.
func registerFacts(law *regime.Law) {
	fact := func(name string, t regime.Type, of func(Entry) any) {
		law.RegisterFact(regime.Fact{Name: name, Object: Kind, Type: t, Load: func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
			e, err := loadEntry(ctx, tx, id)
			if err != nil {
				return nil, err
			}
			return of(e), nil
		}})
	}
	fact("entry.state", regime.String, func(e Entry) any { return string(e.State) })
	fact("entry.share_type", regime.String, func(e Entry) any { return string(e.Share.Access) })
	fact("entry.open_type", regime.String, func(e Entry) any { return string(e.Open.Access) })
	fact("entry.operate_type", regime.String, func(e Entry) any { return string(e.Operate.Access) })
	fact("entry.update_cycle", regime.String, func(e Entry) any { return string(e.Cycle) })
	fact("entry.grade", regime.String, func(e Entry) any { return e.Grade().National })
	fact("entry.level", regime.Int, func(e Entry) any { return e.Grade().Level })
	fact("entry.personal", regime.Bool, func(e Entry) any { return e.Personal() })
	fact("entry.sensitive", regime.Bool, func(e Entry) any { return e.Grade().Sensitive })
	fact("entry.returned", regime.Bool, func(e Entry) any { return e.Returned })
	fact("entry.has_data", regime.Bool, func(e Entry) any { return e.Supply.Snapshot != "" })
	fact("entry.unlabelled_fields", regime.StringList, func(e Entry) any {
		list := []string{}
		for _, f := range e.Fields {
			if f.Role == "" || f.Role == query.Never {
				list = append(list, f.Name)
			}
		}
		return list
	})
}
