package node

import (
	"context"
	"errors"
	"path/filepath"

	"yunei/internal/base/clock"
	"yunei/internal/base/seal"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/ledger"
)

// Inspect opens the ledger read only, with the loaders of every stage, so that fsck can compare current rows beside a
// running server. Nothing is made, swept or migrated, and no act can be done.
func Inspect(ctx context.Context, o Options) (*ledger.Log, func() error, error) {
	n := &Node{}
	n.Clock = clock.Real{}
	var err error
	if n.DB, err = sqldb.Open(ctx, o.DB, sqldb.Options{ReadOnly: true}); err != nil {
		return nil, nil, err
	}
	if n.Keys, err = seal.LoadOrCreate(filepath.Join(o.Data, "keys")); err != nil {
		return nil, nil, errors.Join(err, n.DB.Close())
	}
	n.Log = ledger.New(n.DB, n.Keys, ledger.Options{Heads: o.Heads})
	n.build(o)
	return n.Log, n.DB.Close, nil
}
