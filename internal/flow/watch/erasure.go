package watch

import (
	"context"
	"errors"
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/notice"
	"yunei/internal/flow/consent"
)

const valueErase = "consent.delete.within"

// Erasure states.
const (
	ErasureOpen  = "open"
	ErasureFiled = "filed"
)

// Erasure (删除义务) is what a user owes when a person's consent is over: to delete what it was given under it. It names the document,
// never the person. 泉州 六(一): 信息主体撤销授权的,应及时删除相关数据.
type Erasure struct {
	ID      string       `json:"id"`
	Org     string       `json:"org" doc:"The data user"`
	Consent string       `json:"consent"`
	Ground  string       `json:"ground" enum:"withdrawn,ended,expired"`
	Calls   int64        `json:"calls" doc:"Answers it was given under the document"`
	Due     workday.Date `json:"due,omitempty"`
	Explain string       `json:"explain,omitempty"`
	State   string       `json:"state" enum:"open,filed"`
	Record  string       `json:"record,omitempty" doc:"删除记录: what was deleted, where and how"`
	Paper   string       `json:"paper,omitempty" doc:"Digest of an uploaded proof"`
	By      string       `json:"by,omitempty"`
	Filed   *time.Time   `json:"filed,omitempty"`
	Opened  time.Time    `json:"opened"`
	Overdue bool         `json:"overdue,omitempty"`
}

// consentOver opens, in the act that withdraws or ends a consent, the duty of everyone who was answered under it.
func (s *Service) consentOver(ctx context.Context, tx *act.Tx, c consent.Consent) error {
	ground := "ended"
	if c.State == consent.StateWithdrawn {
		ground = "withdrawn"
	}
	return s.oweTx(ctx, tx, c.ID, ground, workday.DateOf(tx.Now()))
}

func (s *Service) oweTx(ctx context.Context, tx *act.Tx, consentID, ground string, from workday.Date) error {
	users, err := answeredUnder(ctx, tx.Tx, consentID)
	if err != nil {
		return err
	}
	d, err := deadline(tx.Law(), valueErase, from)
	if errs.Is(err, errs.NotFound) {
		d, err = deadline(tx.Law(), valueDelete, from)
	}
	if err != nil && !errs.Is(err, errs.NotFound) {
		return err
	}
	for _, u := range users {
		e := Erasure{ID: tx.NewID("era"), Org: u.org, Consent: consentID, Ground: ground, Calls: u.calls, Due: d.Due, Explain: d.Explain, State: ErasureOpen, Opened: tx.Now()}
		fresh, err := insertErasure(ctx, tx.Tx, e)
		if err != nil {
			return err
		}
		if !fresh {
			continue
		}
		if err := tx.Changed(ctx, "erasure", e.ID, e); err != nil {
			return err
		}
		m := notice.Message{Kind: notice.ErasureOwed, ObjectKind: "erasure", Object: e.ID, Due: e.Due, Params: map[string]string{"consent": consentID, "due": e.Due.String()}}
		if err := notice.Send(ctx, tx, m, access.OrgAddress(u.org, access.DataUser)); err != nil {
			return err
		}
	}
	return nil
}

// consentsOver opens the duties of consents whose last day has passed, which changes with the day only.
func (s *Service) consentsOver(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []string
	var today workday.Date
	err := s.Acts.View(ctx, func(tx *sqldb.Tx) (err error) {
		if today = workday.DateOf(tx.Now()); today == s.owed {
			return nil
		}
		list, err = expiredUnerased(ctx, tx, today)
		return err
	})
	for _, id := range list {
		_, failed := s.Acts.Do(access.With(ctx, access.System()), act.Call{Act: ActOwe}, func(ctx context.Context, tx *act.Tx) error {
			return s.oweTx(ctx, tx, id, "expired", today)
		})
		err = errors.Join(err, failed)
	}
	if err == nil && len(list) == 0 {
		s.owed = today
	}
	return err
}

// FileErasure records that a user deleted what it was given (删除记录).
func (s *Service) FileErasure(ctx context.Context, id, record, paper string) (Erasure, error) {
	var e Erasure
	_, err := s.Acts.Do(ctx, act.Call{Act: ActErased}, func(ctx context.Context, tx *act.Tx) (err error) {
		if e, err = loadErasure(ctx, tx.Tx, id); err == nil && e.Org != tx.Actor().Org {
			err = errs.New(errs.NotFound, noErasure)
		}
		if err != nil {
			return err
		}
		switch {
		case e.State != ErasureOpen:
			return errs.New(errs.Conflict, "删除记录已经提交, 请刷新查看")
		case strings.TrimSpace(record) == "":
			return errs.New(errs.Invalid, "请写明删除了什么、在哪里、怎样删除的, 再提交")
		}
		if err := tx.Judge(ctx, map[string]string{"org": e.Org}); err != nil {
			return err
		}
		now := tx.Now()
		e.State, e.Record, e.Paper, e.By, e.Filed = ErasureFiled, strings.TrimSpace(record), paper, tx.Actor().Account, &now
		if err := saveErasure(ctx, tx.Tx, e); err != nil {
			return err
		}
		if err := notice.Settle(ctx, tx, e.ID, notice.ErasureOwed); err != nil {
			return err
		}
		return tx.Changed(ctx, "erasure", e.ID, e)
	})
	return e, err
}

// Erasures lists what the caller may see, newest first: a user its own, supervisors everyone's.
func (s *Service) Erasures(ctx context.Context, before string, limit int) (list []Erasure, err error) {
	org, _, ok := access.From(ctx).Whose()
	if !ok {
		return nil, nil
	}
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) (err error) {
		if list, err = listErasures(ctx, tx, org, before, limit); err != nil {
			return err
		}
		today := workday.DateOf(tx.Now())
		for i := range list {
			e := &list[i]
			e.Overdue = e.State == ErasureOpen && !e.Due.IsZero() && today.After(e.Due)
		}
		return nil
	})
	return list, err
}
