package watch

import (
	"context"
	"errors"
	"log/slog"
	"slices"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/notice"
	"yunei/internal/flow/lab"
)

// heldInSpaces lists, space by space, what is destroyed when it closes: the key, every copy, what runs left; and says of the backups
// that there is nothing in them. A space under which another grant is in force stays.
func (s *Service) heldInSpaces(ctx context.Context, tx *sqldb.Tx, e Exit) ([]Task, error) {
	var tasks []Task
	spaces, err := spacesOf(ctx, tx, e.Org, e.scenario())
	if err != nil {
		return nil, err
	}
	for _, id := range spaces {
		sp, over, err := lab.Ending(ctx, tx, id)
		if err != nil {
			return nil, err
		}
		if !over || sp.State == lab.SpaceClosed {
			continue
		}
		supplies, err := lab.SuppliesOf(ctx, tx, id)
		if err != nil {
			return nil, err
		}
		tasks = append(tasks, Task{What: HeldSpace, Object: id, State: TaskOpen}, Task{What: HeldKey, Object: id, State: TaskOpen})
		for _, sup := range supplies {
			for _, b := range sup.Batches {
				if b.Dropped == nil {
					tasks = append(tasks, Task{What: HeldCopy, Object: id + "/" + sup.Resource + "/" + b.File, Digest: b.Snapshot, State: TaskOpen})
				}
			}
		}
		tasks = append(tasks, Task{What: HeldBackup, Object: id, State: TaskKept, At: &e.Opened, Method: "平台备份不含开发空间的密钥和副本, 没有需要删除的"})
	}
	return tasks, nil
}

// providersOf are those whose data was supplied into the spaces that close.
func providersOf(ctx context.Context, tx *sqldb.Tx, e Exit) ([]string, error) {
	var out []string
	for _, space := range e.spaces() {
		supplies, err := lab.SuppliesOf(ctx, tx, space)
		if err != nil {
			return nil, err
		}
		for _, sup := range supplies {
			if len(sup.Batches) > 0 && !slices.Contains(out, sup.Provider) {
				out = append(out, sup.Provider)
			}
		}
	}
	slices.Sort(out)
	return out, nil
}

func holders(e Exit) []string {
	var to []string
	for _, org := range e.Providers {
		to = append(to, access.OrgAddress(org, access.Holder))
	}
	return to
}

// scrub destroys at once what lies in the spaces of an exit; the rest of its tasks are a person's. What fails is tried again by the
// timer, so it only goes to the log.
func (s *Service) scrub(ctx context.Context, e Exit) Exit {
	spaces := e.spaces()
	if len(spaces) == 0 {
		return e
	}
	ctx = access.With(context.WithoutCancel(ctx), access.System())
	for _, space := range spaces {
		if _, err := s.Lab.Destroy(ctx, space); err != nil {
			slog.ErrorContext(ctx, "a closed space was not destroyed", "space", space, "exit", e.ID, "err", err)
			return e
		}
	}
	done := e
	_, err := s.Acts.Do(ctx, act.Call{Act: ActDelete}, func(ctx context.Context, tx *act.Tx) error {
		var err error
		if done, err = loadExit(ctx, tx.Tx, e.ID); err != nil {
			return err
		}
		for _, space := range spaces {
			if err := s.Lab.DestroyedTx(ctx, tx, space); err != nil {
				return err
			}
			done = done.destroyed(space, tx.Actor().Account, tx.Now())
		}
		return s.saveExit(ctx, tx, done)
	})
	if err != nil {
		slog.ErrorContext(ctx, "the destruction of a space was not recorded", "exit", e.ID, "err", err)
		return e
	}
	return done
}

func (s *Service) scrubAll(ctx context.Context) error {
	list, err := s.deleting(ctx)
	for _, e := range list {
		s.scrub(ctx, e)
	}
	return err
}

func (s *Service) deleting(ctx context.Context) (list []Exit, err error) {
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) (err error) {
		list, err = exitsIn(ctx, tx, ExitDeleting)
		return err
	})
	return list, err
}

// alertAll tells bureau, party and providers of a deletion that is overdue (逾期), once: 海南 第二十四条, 贵州 第七条.
func (s *Service) alertAll(ctx context.Context) error {
	list, err := s.deleting(ctx)
	for _, e := range list {
		if e.Alerted != nil {
			continue
		}
		_, failed := s.Acts.Do(access.With(ctx, access.System()), act.Call{Act: ActOverdue}, func(ctx context.Context, tx *act.Tx) error {
			e, err := loadExit(ctx, tx.Tx, e.ID)
			if err != nil {
				return err
			}
			if e.Alerted != nil || !e.overdue(workday.DateOf(tx.Now())) {
				return errs.New(errs.Conflict, "没有逾期, 无须提醒")
			}
			now := tx.Now()
			e.Alerted = &now
			to := append([]string{access.WholeOrg(e.Org), access.RoleAddress(access.Bureau)}, holders(e)...)
			m := notice.Message{Kind: notice.DeletionOverdue, ObjectKind: "exit", Object: e.ID, Params: map[string]string{"org": e.Org, "due": e.Due.String()}}
			if err := notice.Send(ctx, tx, m, to...); err != nil {
				return err
			}
			return s.saveExit(ctx, tx, e)
		})
		if !errs.Is(failed, errs.Conflict) {
			err = errors.Join(err, failed)
		}
	}
	return err
}

// Acknowledge is a provider's receipt for the report of a destruction (销毁情况回执).
func (s *Service) Acknowledge(ctx context.Context, id string) (Exit, error) {
	var e Exit
	_, err := s.Acts.Do(ctx, act.Call{Act: ActReceipt}, func(ctx context.Context, tx *act.Tx) error {
		was, err := loadExit(ctx, tx.Tx, id)
		if err != nil {
			return err
		}
		if e, err = was.receive(Receipt{Org: tx.Actor().Org, Account: tx.Actor().Account, At: tx.Now()}); err != nil {
			return err
		}
		if err := tx.Judge(ctx, map[string]string{"org": e.Org, "exit": e.ID}); err != nil {
			return err
		}
		return s.saveExit(ctx, tx, e)
	})
	return e, err
}
