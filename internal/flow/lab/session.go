package lab

import (
	"context"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
)

// Entered is a session with what its screen is marked with.
type Entered struct {
	Session   Session `json:"session"`
	Watermark string  `json:"watermark" doc:"Stands over the workbench with the time: whose screen it is"`
}

// Enter opens a session (进入空间), or goes on with the one that is open.
func (s *Service) Enter(ctx context.Context, spaceID string) (Entered, error) {
	var out Entered
	_, err := s.Acts.Do(ctx, act.Call{Act: "lab.session.open"}, func(ctx context.Context, tx *act.Tx) error {
		sp, _, err := s.tenantSpace(ctx, tx.Tx, spaceID)
		if err != nil {
			return err
		}
		out.Session, err = s.session(ctx, tx, sp)
		return err
	})
	out.Watermark = watermark(access.From(ctx))
	return out, err
}

func watermark(a access.Actor) string { return a.Name + " " + a.Account }

// Leave closes the caller's session in a space (离开空间).
func (s *Service) Leave(ctx context.Context, spaceID string) (Session, error) {
	var left Session
	_, err := s.Acts.Do(ctx, act.Call{Act: "lab.session.close"}, func(ctx context.Context, tx *act.Tx) error {
		open, err := openSessions(ctx, tx.Tx, spaceID, tx.Actor().Account)
		if err != nil {
			return err
		}
		if len(open) == 0 {
			return errs.New(errs.Conflict, "没有打开的会话, 请刷新查看")
		}
		if err := s.leave(ctx, tx, Space{ID: spaceID}, tx.Actor().Account); err != nil {
			return err
		}
		left = open[0].Session
		now := tx.Now()
		left.Closed = &now
		return nil
	})
	return left, err
}

// session is the caller's open session in a space inside an act; one in which nothing was done for a while is closed, and a new one
// begins.
func (s *Service) session(ctx context.Context, tx *act.Tx, sp Space) (Session, error) {
	account := tx.Actor().Account
	if err := tx.Lock(ctx, "space-session:"+sp.ID+":"+account); err != nil {
		return Session{}, err
	}
	open, err := openSessions(ctx, tx.Tx, sp.ID, account)
	if err != nil {
		return Session{}, err
	}
	for _, o := range open {
		if tx.Now().Sub(o.seen) < idleAfter {
			return o.Session, nil
		}
		closed := o.seen
		o.Closed = &closed
		if err := s.saveSession(ctx, tx, o.Session, o); err != nil {
			return Session{}, err
		}
	}
	// Whatever opens it, a session is begun under the law of entering.
	if err := tx.JudgeAs(ctx, "lab.session.open", map[string]string{"org": sp.Org, "plan": sp.Scenario}, nil); err != nil {
		return Session{}, err
	}
	v := Session{ID: tx.NewID("ses"), Space: sp.ID, Account: account, Opened: tx.Now()}
	return v, s.saveSession(ctx, tx, v, seenSession{Session: v, seen: tx.Now()})
}

func (s *Service) saveSession(ctx context.Context, tx *act.Tx, v Session, was seenSession) error {
	if err := putSession(ctx, tx.Tx, v, was.seen); err != nil {
		return err
	}
	return tx.Changed(ctx, "space-session", v.ID, v)
}

// leave closes the open sessions of an account in a space, or ("") everyone's.
func (s *Service) leave(ctx context.Context, tx *act.Tx, sp Space, account string) error {
	open, err := openSessions(ctx, tx.Tx, sp.ID, account)
	if err != nil {
		return err
	}
	for _, o := range open {
		now := tx.Now()
		o.Closed = &now
		if err := s.saveSession(ctx, tx, o.Session, o); err != nil {
			return err
		}
	}
	return nil
}

// did notes in an act what was done in the caller's session.
func (s *Service) did(ctx context.Context, tx *act.Tx, sp Space, what, object string) error {
	v, err := s.session(ctx, tx, sp)
	if err != nil {
		return err
	}
	return note(ctx, tx.Tx, v, what, object)
}

// looked notes what changes nothing and is no act of its own, such as a check of a text. Where the caller has no session yet, it
// opens one.
func (s *Service) looked(ctx context.Context, spaceID, what, object string) error {
	account := access.From(ctx).Account
	done := false
	err := s.DB.Do(ctx, func(tx *sqldb.Tx) error {
		done = false
		open, err := openSessions(ctx, tx, spaceID, account)
		if err != nil || len(open) == 0 || tx.Now().Sub(open[0].seen) >= idleAfter {
			return err
		}
		done = true
		return note(ctx, tx, open[0].Session, what, object)
	})
	if err != nil || done {
		return err
	}
	entered, err := s.Enter(ctx, spaceID)
	if err != nil {
		return err
	}
	return s.DB.Do(ctx, func(tx *sqldb.Tx) error { return note(ctx, tx, entered.Session, what, object) })
}
