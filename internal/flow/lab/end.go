package lab

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/act"
	"yunei/internal/core/ledger"
	"yunei/internal/core/query"
	"yunei/internal/core/query/disclose"
	"yunei/internal/core/query/duckdb"
	"yunei/internal/core/query/release"
)

// end ends a run. Into a space that was closed meanwhile nothing comes any more, whatever the run found. settle does what one kind of
// run needs beside, told what failed. Why a run failed goes to the log; the tenant learns only that it did.
func (s *Service) end(ctx context.Context, r Run, start int64, stored string, made work, failure error,
	settle func(tx *act.Tx, current *Run, failure error) error) (Run, error) {
	var failed, closed error
	_, err := s.Acts.Do(ctx, act.Call{Act: "lab.run.finish", Start: start}, func(ctx context.Context, tx *act.Tx) error {
		current, err := LoadRun(ctx, tx.Tx, r.ID)
		if err != nil {
			return err
		}
		sp, err := loadSpace(ctx, tx.Tx, r.Space)
		if err != nil {
			return err
		}
		closed = sp.open()
		failed = cmp.Or(failure, closed)
		state, why, left := Done, "", stored
		if failed != nil {
			state, why, left = Failed, "本次运行没有完成", ""
		}
		if closed != nil {
			why = "运行期间开发空间已经关闭, 结果没有保留"
		}
		if err := current.finish(state, why, tx.Now()); err != nil {
			return err
		}
		if err := settle(tx, &current, failed); err != nil {
			return err
		}
		current.Start, current.Result, current.Usage = start, left, &made.usage
		r = current
		if closed == nil {
			if err := s.keepBatches(ctx, tx, current, made); err != nil {
				return err
			}
		}
		if err := putUsage(ctx, tx.Tx, r.ID, r.Space, "run", monthOf(tx.Day()), made.usage); err != nil {
			return err
		}
		return s.saveRun(ctx, tx, current)
	})
	if err != nil || failed == nil {
		return r, err
	}
	slog.ErrorContext(ctx, "run failed", "run", r.ID, "mode", r.Mode, "err", failed)
	if closed != nil {
		return r, closed
	}
	return r, unfinished(failed)
}

// finish ends a noised run and settles its charge.
func (s *Service) finish(ctx context.Context, r Run, start int64, stored string, made work, failure error) (Run, error) {
	return s.end(ctx, r, start, stored, made, failure, func(tx *act.Tx, current *Run, failure error) error {
		switch {
		case failure == nil:
			return s.Budget.Spend(ctx, tx.Tx, r.Charge, disclose.Settlement{Outcome: disclose.Released, Output: stored, Digest: stored})
		case errors.Is(failure, duckdb.ErrNotStarted):
			current.Rho = 0
			return s.Budget.Void(ctx, tx.Tx, r.Charge)
		}
		return s.Budget.Spend(ctx, tx.Tx, r.Charge, disclose.Settlement{Outcome: disclose.Failed})
	})
}

// unfinished is all that a tenant learns of a run that failed: the engine's own sentence, or one of two. What went wrong
// may depend on a row, so it is in no message.
func unfinished(failure error) error {
	if e, ok := failure.(*errs.Error); ok && e.Code == errs.Unavailable {
		return failure
	}
	if errors.Is(failure, duckdb.ErrNotStarted) {
		return errs.New(errs.Unavailable, "计算没有开始, 未读取数据, 不计披露额度; 请稍后重新提交, 仍不能开始请联系平台运营单位")
	}
	return errs.New(errs.Unavailable, "本次运行没有完成, 已计的披露额度不退回; 请稍后重新提交, 仍未完成请联系平台运营单位")
}

func (s *Service) saveRun(ctx context.Context, tx *act.Tx, r Run) error {
	if err := saveRun(ctx, tx.Tx, r); err != nil {
		return fmt.Errorf("save run %s: %w", r.ID, err)
	}
	return tx.Changed(ctx, "run", r.ID, r)
}

// drop removes the copies that were one run's alone.
func (s *Service) drop(r Run) {
	files, err := filepath.Glob(filepath.Join(s.folder(r.Space), r.ID+"-*.parquet"))
	for _, f := range files {
		err = errors.Join(err, os.Remove(f))
	}
	if err != nil {
		slog.Error("supplied copies were not removed", "run", r.ID, "err", err)
	}
}

// Sweep ends runs whose program died: lost, the charge stands.
func (s *Service) Sweep(ctx context.Context) error {
	var lost []Run
	err := s.Acts.View(ctx, func(tx *sqldb.Tx) (err error) {
		if lost, err = runningBefore(ctx, tx, tx.Now().Add(-lostAfter)); err != nil {
			return err
		}
		for i := range lost {
			if lost[i].Start, err = s.startOf(ctx, tx, lost[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	failed := s.sweepSamples(ctx) // one that cannot be ended keeps nobody else's open
	for _, r := range lost {
		if err := s.lose(ctx, r); err != nil && !errs.Is(err, errs.Conflict) {
			failed = errors.Join(failed, err)
		}
	}
	for _, r := range lost {
		failed = errors.Join(failed, s.dropUnrecorded(ctx, r.Space))
	}
	failed = errors.Join(failed, s.sweepSupplies(ctx))
	_, err = s.Scan(ctx)
	return errors.Join(failed, err)
}

// startOf is the ledger number of the act that started a run.
func (s *Service) startOf(ctx context.Context, tx *sqldb.Tx, r Run) (int64, error) {
	started := "lab.run.raw"
	if r.Mode == release.ExactMode {
		started = "lab.run.exact"
	}
	entries, err := s.Acts.Ledger().Entries(ctx, tx, ledger.Filter{Kind: "run", Object: r.ID, Act: started, Limit: 1})
	if err != nil || len(entries) == 0 {
		return 0, err
	}
	return entries[0].Seq, nil
}

func (s *Service) lose(ctx context.Context, r Run) error {
	s.drop(r)
	_, err := s.Acts.Do(ctx, act.Call{Act: "lab.run.finish", Start: r.Start}, func(ctx context.Context, tx *act.Tx) error {
		current, err := LoadRun(ctx, tx.Tx, r.ID)
		if err != nil {
			return err
		}
		if err := current.finish(Lost, "运行中断, 已计的披露额度不退回", tx.Now()); err != nil {
			return err
		}
		if current.Charge != "" { // an exact run is charged to nobody
			if err := s.Budget.Spend(ctx, tx.Tx, r.Charge, disclose.Settlement{Outcome: disclose.Failed}); err != nil {
				return err
			}
		}
		current.Start = r.Start
		return s.saveRun(ctx, tx, current)
	})
	return err
}

// Result reads the stored result of a run and the digest of the bytes it read. The table is laid out for the run's model: an
// equal question, which is served the stored noise again, may call its columns by other names.
func (s *Service) Result(r Run, m *query.Model) (result Result, digest string, err error) {
	body, err := s.blob(r.Result)
	if err != nil {
		return result, "", err
	}
	if err := json.Unmarshal(body, &result); err != nil {
		return result, "", fmt.Errorf("decode result of %s: %w", r.ID, err)
	}
	result.Table, err = release.Lay(m, result.Evidence)
	return result, digestOf(body), err
}
