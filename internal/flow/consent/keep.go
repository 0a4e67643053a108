package consent

import (
	"context"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/regime"
)

// over is the day on which a consent ended: when it was closed, else its last day.
func (c Consent) over() Day {
	if !c.Closed.IsZero() {
		return workday.DateOf(c.Closed)
	}
	return c.Terms.Until
}

// KeptUntil is the last day on which the record of a consent must be kept (授权记录留存) under the law of a day, or "" where none asks.
func KeptUntil(law *regime.Law, c Consent, day Day) (Day, error) {
	years, _, err := law.Int("consent.keep", day)
	if errs.Is(err, errs.NotFound) {
		return "", nil
	}
	return c.over().AddYears(int(years)), err
}

// kept is the fact consent.keep_until.
func kept(law *regime.Law) func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
	return func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
		c, err := Load(ctx, tx, id)
		if err != nil {
			return nil, err
		}
		return KeptUntil(law, c, workday.DateOf(tx.Now()))
	}
}

func dayOf(tx *sqldb.Tx) Day { return workday.DateOf(tx.Now()) }
