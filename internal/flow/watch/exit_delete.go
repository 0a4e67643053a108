package watch

import (
	"context"
	"fmt"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/flow/consent"
)

// Delete does what is left of an exit's deletion tasks. Files go before the act that records it, so that no entry claims what did
// not happen; an interrupted deletion is simply done again.
func (s *Service) Delete(ctx context.Context, id string) (Exit, error) {
	var e Exit
	var refused bool
	err := s.Acts.View(ctx, func(tx *sqldb.Tx) (err error) {
		if e, err = loadExit(ctx, tx, id); err != nil {
			return err
		}
		if err := s.mayClean(ctx, e); err != nil {
			return err
		}
		j, err := s.Acts.Law().Judge(ctx, tx, ActDelete, workday.DateOf(tx.Now()), map[string]string{"org": e.Org, "exit": e.ID}, nil)
		refused = j.Refused
		return err
	})
	if err != nil {
		return Exit{}, err
	}
	removed := map[string]string{}
	if !refused { // what the law forbids touches no file; the act below says so and leaves the refusal
		if removed, err = s.removeFiles(ctx, e); err != nil {
			return Exit{}, err
		}
	}
	_, err = s.Acts.Do(ctx, act.Call{Act: ActDelete}, func(ctx context.Context, tx *act.Tx) error {
		if e, err = loadExit(ctx, tx.Tx, id); err != nil {
			return err
		}
		if err := s.mayClean(ctx, e); err != nil {
			return err
		}
		if err := tx.Judge(ctx, map[string]string{"org": e.Org, "exit": e.ID}); err != nil {
			return err
		}
		for _, t := range e.Tasks {
			if t.State != TaskOpen {
				continue
			}
			if t.What == HeldKey || t.What == HeldCopy {
				continue // settled with their space
			}
			if t.What == HeldSpace {
				if err := s.Lab.DestroyedTx(ctx, tx, t.Object); err != nil {
					return err
				}
				e = e.destroyed(t.Object, tx.Actor().Account, tx.Now())
				continue
			}
			method := removed[t.What+" "+t.Object]
			if method == "" {
				if method, err = s.removeRows(ctx, tx, e, t); err != nil {
					return err
				}
			}
			e = e.done(t.What, t.Object, TaskDone, method, tx.Actor().Account, tx.Now())
		}
		return s.saveExit(ctx, tx, e)
	})
	if err != nil {
		return Exit{}, err
	}
	return e, nil
}

func (s *Service) mayClean(ctx context.Context, e Exit) error {
	actor := access.From(ctx)
	switch {
	case !actor.Has(access.Bureau, access.Operator):
		return errs.New(errs.Forbidden, "删除由数据主管部门或者平台运营单位办理")
	case actor.Org == e.Org:
		return errs.New(errs.Forbidden, "不能办理本单位的退出, 请由其他单位的人员办理")
	case e.State != ExitDeleting:
		return errs.New(errs.Conflict, "没有剩下的删除任务, 请刷新查看")
	}
	return nil
}

// removeRows deletes what lies in the database, each by the act's own rule of its stage.
func (s *Service) removeRows(ctx context.Context, tx *act.Tx, e Exit, t Task) (string, error) {
	switch t.What {
	case HeldDeployment:
		_, err := s.Serve.CloseTx(ctx, tx, t.Object)
		if errs.Is(err, errs.Conflict) {
			err = nil // closed meanwhile
		}
		return "停用", err
	case HeldAnswers:
		return "清除暂存的答复", s.Serve.ForgetTx(ctx, tx, t.Object)
	case HeldConsent:
		c, err := consent.Load(ctx, tx.Tx, t.Object)
		if err != nil {
			return "", err
		}
		if c.State == consent.StateValid || c.State == consent.StateSuspended {
			if c, err = s.Consents.EndTx(ctx, tx, c.ID, "被授权单位已经退出"); err != nil {
				return "", err
			}
		}
		// The record of a consent is kept as the law asks; what was got under it goes with the exit's other tasks.
		until, err := consent.KeptUntil(tx.Law(), c, tx.Day())
		if err != nil {
			return "", err
		}
		if c.Erased.IsZero() && until >= tx.Day() {
			return "授权已终止; 授权记录依法留存至 " + until.String(), nil
		}
		if c.Erased.IsZero() {
			_, err = s.Consents.EraseTx(ctx, tx, c.ID)
		}
		return "删除密文, 只留摘要", err
	}
	return "", fmt.Errorf("exit %s: nothing deletes %s %s", e.ID, t.What, t.Object)
}

// removeFiles deletes what lies on disk. A file that somebody else's release also names stays, and its task says so.
func (s *Service) removeFiles(ctx context.Context, e Exit) (map[string]string, error) {
	done := map[string]string{}
	for _, t := range e.Tasks {
		if t.State != TaskOpen {
			continue
		}
		switch t.What {
		case HeldSpace:
			if _, err := s.Lab.Destroy(ctx, t.Object); err != nil {
				return nil, fmt.Errorf("remove copies of space %s: %w", t.Object, err)
			}
		case HeldRelease:
			shared, err := s.namedElsewhere(ctx, e.Org, t.Digest)
			if err != nil {
				return nil, err
			}
			if shared {
				done[t.What+" "+t.Object] = "另一单位的出域结果与之相同, 只取消本单位的读取"
				continue
			}
			if err := s.Blobs.Delete(t.Digest); err != nil {
				return nil, err
			}
			done[t.What+" "+t.Object] = "删除文件"
		}
	}
	return done, nil
}

func (s *Service) namedElsewhere(ctx context.Context, org, digest string) (shared bool, err error) {
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		others, err := releasesBeside(ctx, tx, org)
		for _, r := range others {
			shared = shared || r.Digest == digest
		}
		return err
	})
	return shared, err
}
