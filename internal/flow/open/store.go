package open

import (
	"context"
	"errors"

	"yunei/internal/base/sqldb"
)

func addUses(ctx context.Context, tx *sqldb.Tx, resource, day, kind string, n int64) error {
	_, err := tx.Exec(ctx, `INSERT INTO open_use (resource, day, kind, uses) VALUES ($1, $2, $3, $4)
		ON CONFLICT (resource, day, kind) DO UPDATE SET uses = open_use.uses + $4`, resource, day, kind, n)
	return err
}

// taken is how often a resource was downloaded.
func taken(ctx context.Context, tx *sqldb.Tx, resource string) (int64, error) {
	var n *int64
	err := tx.QueryRow(ctx, `SELECT sum(uses) FROM open_use WHERE resource = $1 AND kind IN ('csv', 'json')`, resource).Scan(&n)
	if n == nil || errors.Is(err, sqldb.ErrNoRows) {
		return 0, nil
	}
	return *n, err
}
