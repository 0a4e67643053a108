package ledger

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"yunei/internal/base/errs"
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
// erased since. Bytes that do not have the recorded digest any more are refused.
func (l *Log) AsOf(ctx context.Context, tx *sqldb.Tx, kind, id string, at time.Time) ([]byte, error) {
	return version(ctx, tx, kind, id, `recorded <= $3 ORDER BY version DESC LIMIT 1`, at)
}

// After is an object as an entry left it, bound to the digest in that very entry.
func (l *Log) After(ctx context.Context, tx *sqldb.Tx, c Change) ([]byte, error) {
	return version(ctx, tx, c.Kind, c.ID, `digest = $3`, c.After)
}

func version(ctx context.Context, tx *sqldb.Tx, kind, id, which string, arg any) ([]byte, error) {
	var sum string
	var salt, body []byte
	err := tx.QueryRow(ctx, `SELECT digest, salt, body FROM object_version WHERE kind = $1 AND id = $2 AND `+which, kind, id, arg).Scan(&sum, &salt, &body)
	if errors.Is(err, sqldb.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("version of %s %s: %w", kind, id, err)
	}
	if body != nil && digest(salt, body) != sum {
		return nil, errs.New(errs.Conflict, "%s 的历史版本与账本记录的摘要不符, 不能据以认定; 请立即核验账本", id)
	}
	return body, nil
}
