package statistics

import (
	"context"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/regime"
)

// registerFacts tells the law what it may look at of a permit.
func (s *Service) registerFacts() {
	s.acts.Law().RegisterFact(
		regime.Fact{Name: "statistics.in_force", Type: regime.Bool, Load: func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
			p, err := load(ctx, tx, id)
			if err != nil {
				return nil, err
			}
			err = Holds(ctx, tx, p, workday.DateOf(tx.Now()))
			if errs.CodeOf(err) == errs.Internal {
				return nil, err
			}
			return err == nil, nil
		}},
		regime.Fact{Name: "statistics.ground_stated", Type: regime.Bool, Load: func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
			p, err := load(ctx, tx, id)
			return p.Ground != "" && p.Recipient != "" && p.Purpose != "" && !p.Until.IsZero(), err
		}},
	)
}
