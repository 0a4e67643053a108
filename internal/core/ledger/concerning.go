package ledger

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"yunei/internal/base/sqldb"
)

// chunk is how many ids one statement names.
const chunk = 200

// Concerning lists every entry that changed one of the objects or was made in one of the matters, oldest first.
func (l *Log) Concerning(ctx context.Context, tx *sqldb.Tx, objects, matters []string) ([]Record, error) {
	found := map[int64]Record{}
	for _, by := range []struct {
		ids   []string
		where string
	}{{objects, "seq IN (SELECT seq FROM ledger_object WHERE id IN (%s))"}, {matters, "matter <> '' AND matter IN (%s)"}} {
		for ids := range slices.Chunk(by.ids, chunk) {
			marks, args := make([]string, len(ids)), make([]any, len(ids))
			for i, id := range ids {
				marks[i], args[i] = fmt.Sprintf("$%d", i+1), id
			}
			list, err := sqldb.List(ctx, tx, scanRecord, fmt.Sprintf(`SELECT body, leaf FROM ledger_entry WHERE `+by.where+` ORDER BY seq`, strings.Join(marks, ", ")), args...)
			if err != nil {
				return nil, fmt.Errorf("entries concerning %d objects: %w", len(ids), err)
			}
			for _, r := range list {
				found[r.Seq] = r
			}
		}
	}
	out := make([]Record, 0, len(found))
	for _, r := range found {
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b Record) int { return cmp.Compare(a.Seq, b.Seq) })
	return out, nil
}

// AsOf is an object as it stood at an instant: the bytes that the ledger digested then, nil where it was not there yet or has been
// erased since.
func (l *Log) AsOf(ctx context.Context, tx *sqldb.Tx, kind, id string, at time.Time) (body []byte, err error) {
	err = tx.QueryRow(ctx, `SELECT body FROM object_version WHERE kind = $1 AND id = $2 AND recorded <= $3 ORDER BY version DESC LIMIT 1`, kind, id, at).Scan(&body)
	if errors.Is(err, sqldb.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s %s as of %s: %w", kind, id, at, err)
	}
	return body, nil
}
