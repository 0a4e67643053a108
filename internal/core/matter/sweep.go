package matter

import (
	"context"
	"errors"
	"fmt"

	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/notice"
)

// sweepBatch is how many matters one look of the timer moves on at most; the next look takes the rest.
const sweepBatch = 500

// Sweep lets time do its part: each matter whose day has come gets an act of its own (matter.escalate), and after a change
// of the calendar each matter with a deadline that moved gets one that tells the parties (matter.recount). The platform
// calls it every now and then. A matter that fails holds up no other.
func (s *Service) Sweep(ctx context.Context) error {
	var due, stale []string
	calendar := s.acts.Law().Calendar().Version()
	err := s.acts.View(ctx, func(tx *sqldb.Tx) error {
		rows, err := tx.Query(ctx, `SELECT id FROM matter WHERE wake <> '9999-12-31' AND wake <= $1 ORDER BY wake, id LIMIT $2`,
			workday.DateOf(tx.Now()).String(), sweepBatch)
		if due, err = sqldb.Collect(rows, err, scanID); err != nil {
			return err
		}
		rows, err = tx.Query(ctx, `SELECT id FROM matter WHERE calendar <> '' AND calendar <> $1 ORDER BY calendar, id LIMIT $2`, calendar, sweepBatch)
		stale, err = sqldb.Collect(rows, err, scanID)
		return err
	})
	for _, id := range due {
		if e := s.escalate(ctx, id); e != nil {
			err = errors.Join(err, fmt.Errorf("escalate %s: %w", id, e))
		}
	}
	for _, id := range stale {
		if e := s.recount(ctx, id); e != nil {
			err = errors.Join(err, fmt.Errorf("recount %s: %w", id, e))
		}
	}
	return err
}

func scanID(r *sqldb.Rows) (id string, err error) { return id, r.Scan(&id) }

// escalate is the act of the timer on one matter.
func (s *Service) escalate(ctx context.Context, id string) error {
	_, err := s.acts.Do(ctx, act.Call{Act: "matter.escalate", Matter: id}, func(ctx context.Context, tx *act.Tx) error {
		if err := tx.Lock(ctx, id); err != nil {
			return err
		}
		m, err := Load(ctx, tx.Tx, id)
		if err != nil {
			return err
		}
		for _, h := range m.tick(tx.Now(), s.counter(tx)) {
			if err := s.follow(ctx, tx, m, h); err != nil {
				return err
			}
		}
		kind := s.kinds[m.Kind]
		switch {
		case m.State == Running:
			err = s.open(ctx, tx, kind, m)
		case m.Over() && m.Closed != nil && m.Closed.Equal(tx.Now()):
			if err = closeTasks(ctx, tx, m.ID, "", ""); err == nil && kind.Ended != nil {
				err = kind.Ended(ctx, tx, m)
			}
		}
		if err != nil {
			return err
		}
		return s.save(ctx, tx, m)
	})
	return err
}

// follow lets the inboxes know what time did.
func (s *Service) follow(ctx context.Context, tx *act.Tx, m *Matter, h happening) error {
	switch h.what {
	case "overdue": // 督办: the supervising body is told, and those who hold the step are reminded
		what := notice.Message{Kind: notice.MatterOverdue, Params: map[string]string{"until": h.step.Deadline.Due.String()}}
		if err := s.hurry(ctx, tx, m, h.step, what); err != nil {
			return err
		}
		bureau, err := s.office(ctx, tx.Tx, m, access.Bureau)
		if err != nil {
			return err
		}
		return s.read(ctx, tx, m, bureau, h.step.Title+"超过办理期限 "+h.step.Deadline.Due.String()+", 请督办")
	case "unsupervised":
		bureau, err := s.office(ctx, tx.Tx, m, access.Bureau)
		if err != nil {
			return err
		}
		return s.read(ctx, tx, m, bureau, "督办的环节到期仍未办结")
	case "unanswered":
		return s.read(ctx, tx, m, access.AccountAddress(m.Filer), "逾期没有补正, 视为撤回申请")
	}
	return closeTasks(ctx, tx, m.ID, h.step.ID, "")
}

// recount is the act that counts the deadlines of one matter by a new calendar. Where no day moves, the entry says that it
// was looked at and nobody is told anything.
func (s *Service) recount(ctx context.Context, id string) error {
	_, err := s.acts.Do(ctx, act.Call{Act: "matter.recount", Matter: id}, func(ctx context.Context, tx *act.Tx) error {
		if err := tx.Lock(ctx, id); err != nil {
			return err
		}
		m, err := Load(ctx, tx.Tx, id)
		if err != nil {
			return err
		}
		changed, answer := m.recount(s.counter(tx))
		for _, step := range changed {
			m.event(Event{At: tx.Now(), What: "recounted", Step: step.ID})
			if err := s.redue(ctx, tx, m, step); err != nil {
				return err
			}
			if err := s.tellApplicant(ctx, tx, m, step, "节假日安排公布后重新计算期限: "+step.explained()); err != nil {
				return err
			}
		}
		if answer {
			m.event(Event{At: tx.Now(), What: "recounted"})
			if err := redueTasks(ctx, tx.Tx, m.ID, supplementStep, m.Answer.Due.String(), m.Answer.Explain); err != nil {
				return err
			}
		}
		return s.save(ctx, tx, m)
	})
	return err
}

// explained says how the step's days were counted.
func (s *Step) explained() string {
	if d := s.due(); d != nil {
		return d.Explain
	}
	return s.Lapses.Explain
}
