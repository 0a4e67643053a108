package disclose

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"yunei/internal/base/sqldb"
	"yunei/internal/core/query/release"
)

// Account is a scope as those see it who decide on it.
type Account struct {
	Budget
	Reserved release.Rho // of what is charged: held by runs that have not ended
}

// Account reads one scope with what its running releases hold.
func (l *Ledger) Account(ctx context.Context, tx *sqldb.Tx, s Scope) (Account, error) {
	b, err := l.Budget(ctx, tx, s)
	a := Account{Budget: b}
	if err != nil {
		return a, err
	}
	a.Reserved, _, err = summed(ctx, tx, s, "=", Reserved)
	return a, err
}

// Years lists the years in which a resource was charged or has a cap of its own, oldest first.
func (l *Ledger) Years(ctx context.Context, tx *sqldb.Tx, resource string) ([]string, error) {
	rows, err := tx.Query(ctx, `SELECT period FROM disclosure_charge WHERE scope = $1 AND id = $2
		UNION SELECT period FROM disclosure_budget WHERE scope = $1 AND id = $2 AND period <> '' ORDER BY 1`, ResourceYear, resource)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (year string, err error) { return year, r.Scan(&year) })
}

// Decided is a decision with its day.
type Decided struct {
	Decision
	At time.Time
}

// Decisions lists what was decided on a scope, newest first.
func (l *Ledger) Decisions(ctx context.Context, tx *sqldb.Tx, s Scope) ([]Decided, error) {
	rows, err := tx.Query(ctx, `SELECT at, body FROM disclosure_event WHERE kind = 'decide' AND subject = $1 ORDER BY seq DESC`, s.String())
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (d Decided, err error) {
		var at int64
		var body string
		if err := r.Scan(&at, &body); err != nil {
			return d, err
		}
		if err := json.Unmarshal([]byte(body), &d.Decision); err != nil {
			return d, fmt.Errorf("decode decision on %s: %w", s, err)
		}
		d.At = time.UnixMicro(at).UTC()
		return d, nil
	})
}
