package matter

import (
	"context"

	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/regime"
)

// facts are what the law may look at of a matter.
func facts() []regime.Fact {
	return []regime.Fact{
		{Name: "matter.documents", Type: regime.StringList, Load: func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
			m, err := Load(ctx, tx, id)
			if err != nil {
				return nil, err
			}
			return DocumentKinds(m.Documents), nil
		}},
		{Name: "matter.applicant_is_decider", Type: regime.Bool, Load: func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
			m, err := Load(ctx, tx, id)
			if err != nil {
				return nil, err
			}
			org := access.From(ctx).Org
			return org != "" && org == m.Applicant, nil
		}},
	}
}
