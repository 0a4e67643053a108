package disclose

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"yunei/internal/base/sqldb"
)

// Access is how often one approved model may be run: a second wall beside the charge, against a model whose approval was
// wrong. Releases that are served again without a charge are not counted, runs that never started neither.
type Access struct {
	Runs   int64 // per model and the snapshots it reads; 0: not limited
	Tuples int64 // different choices of the model's parameters per calendar month; 0: not limited
}

// snapshots names what a request reads.
func (r *Request) snapshots() string {
	sum := sha256.Sum256([]byte(mustJSON(r.read())))
	return hex.EncodeToString(sum[:])
}

// admit counts one more run of the model, of everybody together, and refuses with L105 beyond what is allowed.
func (l *Ledger) admit(ctx context.Context, tx *sqldb.Tx, r *Request) error {
	if err := tx.Lock(ctx, "access "+r.Model); err != nil {
		return err
	}
	if r.Access.Runs > 0 {
		var runs int64
		err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM disclosure_release WHERE model = $1 AND snapshots = $2 AND state <> $3`, r.Model, r.snapshots(), Voided).Scan(&runs)
		if err != nil {
			return fmt.Errorf("count runs of %s: %w", r.Model, err)
		}
		if runs >= r.Access.Runs {
			return refuse(TooManyRuns, "model", fmt.Sprintf("本期数据上已运行 %d 次, 上限 %d 次", runs, r.Access.Runs))
		}
	}
	if r.Access.Tuples == 0 {
		return nil
	}
	now := tx.Now().In(legal)
	month := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, legal)
	var tuples, again int64
	err := tx.QueryRow(ctx, `SELECT COUNT(DISTINCT tuple), COUNT(DISTINCT CASE WHEN tuple = $3 THEN tuple END) FROM disclosure_release
		WHERE model = $1 AND reserved >= $2 AND state <> $4`, r.Model, month.UnixMicro(), r.Tuple, Voided).Scan(&tuples, &again)
	if err != nil {
		return fmt.Errorf("count choices of %s: %w", r.Model, err)
	}
	if again == 0 && tuples >= r.Access.Tuples {
		return refuse(TooManyRuns, "params", fmt.Sprintf("本月已用 %d 组参数, 上限 %d 组", tuples, r.Access.Tuples))
	}
	return nil
}
