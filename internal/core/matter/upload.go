package matter

import (
	"context"
	"fmt"

	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
)

// Brought notes that the caller uploaded a file (上传). A digest says which bytes are meant and nothing about whose they are: the
// store holds collected data and results before review under digests that runs and releases show.
func Brought(ctx context.Context, tx *sqldb.Tx, digest string, size int64) error {
	actor := access.From(ctx)
	_, err := tx.Exec(ctx, `INSERT INTO upload (digest, account, org, size, opened) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (digest, account) DO NOTHING`,
		digest, actor.Account, actor.Org, size, tx.Now().UnixMicro())
	if err != nil {
		return fmt.Errorf("note upload %s: %w", digest, err)
	}
	return nil
}

// bringers are those who uploaded a file.
type bringers struct{ accounts, orgs map[string]bool }

func bringersOf(ctx context.Context, tx *sqldb.Tx, digest string) (bringers, error) {
	b := bringers{map[string]bool{}, map[string]bool{}}
	rows, err := tx.Query(ctx, `SELECT account, org FROM upload WHERE digest = $1`, digest)
	if err != nil {
		return b, fmt.Errorf("who uploaded %s: %w", digest, err)
	}
	for rows.Next() {
		var account, org string
		if err := rows.Scan(&account, &org); err != nil {
			return b, err
		}
		b.accounts[account] = true
		b.orgs[org] = org != ""
	}
	return b, rows.Err()
}

// has reports whether one of the accounts, or somebody of the organization, uploaded the file.
func (b bringers) has(org string, accounts ...string) bool {
	for _, a := range accounts {
		if b.accounts[a] {
			return true
		}
	}
	return b.orgs[org]
}
