package disclose

import (
	"context"
	"fmt"
	"strings"

	"yunei/internal/base/sqldb"
	"yunei/internal/core/query/release"
)

// ResourceMonth is the scope of the rows of one month of a series (按月系列), whoever asks and whenever: its unit is
// one person in one month. It stands beside the year and the lifetime, which bound what all months together tell of one
// person, and never in their place.
const ResourceMonth = "resource-month"

// MonthScope is one month (2025-03) of a resource, by the column that says in which month a row is; an empty month
// stands for every month that has nothing of its own.
func MonthScope(resource, column, month string) Scope {
	return Scope{ResourceMonth, resource + "/" + column, month}
}

// ofMonth adds up what was charged to the resource for releases that may have read rows of the month: all but those that
// were proved to lie within another month of the same column. What was released before a resource became a series counts.
func ofMonth(ctx context.Context, tx *sqldb.Tx, s Scope, is, state string) (release.Rho, release.Delta, error) {
	resource, _, _ := strings.Cut(s.ID, "/")
	var n, delta int64
	err := tx.QueryRow(ctx, `SELECT CAST(COALESCE(SUM(c.rho), 0) AS BIGINT), CAST(COALESCE(SUM(c.delta), 0) AS BIGINT) FROM disclosure_charge c
		JOIN disclosure_release r ON r.id = c.release
		WHERE c.scope = $1 AND c.id = $2 AND r.state `+is+` $3
		AND NOT EXISTS (SELECT 1 FROM disclosure_charge m WHERE m.release = c.release AND m.scope = $4 AND m.id = $5 AND m.period <> $6)`,
		ResourceLifetime, resource, state, ResourceMonth, s.ID, s.Period).Scan(&n, &delta)
	if err != nil {
		return 0, 0, fmt.Errorf("sum charges of %s: %w", s, err)
	}
	return release.Rho(n), release.Delta(delta), nil
}

// Months lists the budgets of a series' months that were charged or decided on, the newest first, and of every other month.
func (l *Ledger) Months(ctx context.Context, tx *sqldb.Tx, resource, column string) ([]Budget, error) {
	s := MonthScope(resource, column, "")
	months, err := sqldb.List(ctx, tx, func(rows *sqldb.Rows) (m string, err error) { return m, rows.Scan(&m) },
		`SELECT period FROM disclosure_charge WHERE scope = $1 AND id = $2
		UNION SELECT period FROM disclosure_budget WHERE scope = $1 AND id = $2 UNION SELECT '' ORDER BY period DESC`, s.Kind, s.ID)
	if err != nil {
		return nil, fmt.Errorf("list months of %s: %w", resource, err)
	}
	out := make([]Budget, len(months))
	for i, m := range months {
		s.Period = m
		if out[i], err = l.Budget(ctx, tx, s); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// months are the budgets of months that a request must be covered by: the one it lies within, or all of them.
func (l *Ledger) months(ctx context.Context, tx *sqldb.Tx, r *Request) ([]Budget, error) {
	var out []Budget
	for _, res := range r.Resources {
		if res.Series == "" || res.Month != "" {
			continue // no series, or one of the request's scopes
		}
		list, err := l.Months(ctx, tx, res.ID, res.Series)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return out, nil
}

// fullest is the budget of months that has least left; ok is false where there is none.
func fullest(list []Budget) (out Budget, ok bool) {
	for i, b := range list {
		if i == 0 || b.Left() < out.Left() {
			out = b
		}
	}
	return out, len(list) > 0
}
