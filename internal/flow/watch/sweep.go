package watch

import (
	"context"
	"errors"
	"fmt"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/act"
)

// Sweep is the platform's own hand (定时任务): it marks what is overdue, opens the exit of what ended by itself or by another
// stage's decision, and reminds of reports. Each is an act of its own; one that fails does not keep the others from being done.
func (s *Service) Sweep(ctx context.Context) error {
	var late []Order
	var ended, expired []string
	err := s.Acts.View(ctx, func(tx *sqldb.Tx) (err error) {
		today := workday.DateOf(tx.Now())
		if late, err = ordersPast(ctx, tx, today); err != nil {
			return err
		}
		if ended, err = endedWithoutExit(ctx, tx); err != nil {
			return err
		}
		expired, err = expiredWithoutExit(ctx, tx, today)
		return err
	})
	if err != nil {
		return err
	}
	var failed error
	try := func(what string, err error) {
		if err != nil && !errs.Is(err, errs.Conflict) { // done meanwhile by somebody else
			failed = errors.Join(failed, fmt.Errorf("%s: %w", what, err))
		}
	}
	for _, o := range late {
		try("expire order "+o.ID, s.expire(ctx, o.ID))
	}
	for _, id := range ended {
		try("exit after "+id, s.follow(ctx, ending{permit: id, ground: OnEnd, reason: "许可已经终止, 办理退出"}))
	}
	for _, id := range expired {
		try("exit after "+id, s.follow(ctx, ending{permit: id, ground: OnExpiry, reason: "期限届满, 没有续期, 办理退出"}))
	}
	return errors.Join(failed, s.closeLog(ctx), s.scrubAll(ctx), s.alertAll(ctx), s.consentsOver(ctx), s.remindAll(ctx))
}

// remindAll reminds of reports and records what is overdue. Both change with the day only, so it looks once a day.
func (s *Service) remindAll(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []Duty
	var today workday.Date
	err := s.Acts.View(ctx, func(tx *sqldb.Tx) (err error) {
		if today = workday.DateOf(tx.Now()); today == s.swept {
			return nil
		}
		list, err = duties(ctx, tx, s.Acts.Law(), "", today)
		return err
	})
	if err != nil {
		return err
	}
	var failed error
	for _, d := range list {
		if d.State != DutyDue && d.State != DutyOverdue {
			continue
		}
		if err := s.remind(ctx, d); err != nil && !errs.Is(err, errs.Conflict) {
			failed = errors.Join(failed, fmt.Errorf("remind of %s %s %s: %w", d.Permit, d.Kind, d.From, err))
		}
	}
	if failed == nil {
		s.swept = today
	}
	return failed
}

// follow opens the exit of a permit that is over already.
func (s *Service) follow(ctx context.Context, en ending) error {
	var e Exit
	_, err := s.Acts.Do(ctx, act.Call{Act: ActTerminate}, func(ctx context.Context, tx *act.Tx) (err error) {
		e, err = s.endTx(ctx, tx, en)
		return err
	})
	if err == nil {
		s.scrub(ctx, e)
	}
	return err
}
