package matter

import (
	"context"
	"encoding/json"
	"fmt"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
)

func insertTransition(ctx context.Context, tx *sqldb.Tx, t Transition) error {
	body, err := json.Marshal(t)
	if err != nil {
		return fmt.Errorf("encode transition: %w", err)
	}
	if _, err = tx.Exec(ctx, `INSERT INTO transition (id, state, area, body) VALUES ($1, $2, $3, $4)`, t.ID, t.State, string(t.Area), string(body)); err != nil {
		return fmt.Errorf("insert transition %s: %w", t.ID, err)
	}
	return nil
}

func saveTransition(ctx context.Context, tx *sqldb.Tx, t Transition) error {
	body, err := json.Marshal(t)
	if err != nil {
		return fmt.Errorf("encode transition: %w", err)
	}
	if _, err = tx.Exec(ctx, `UPDATE transition SET state = $2, body = $3 WHERE id = $1`, t.ID, t.State, string(body)); err != nil {
		return fmt.Errorf("save transition %s: %w", t.ID, err)
	}
	return nil
}

func scanTransition(row interface{ Scan(...any) error }) (t Transition, err error) {
	var id, state, area, body string
	if err := row.Scan(&id, &state, &area, &body); err != nil {
		return t, err
	}
	if err := json.Unmarshal([]byte(body), &t); err != nil {
		return t, fmt.Errorf("decode transition %s: %w", id, err)
	}
	t.ID, t.State, t.Area = id, state, access.Area(area)
	return t, nil
}

func loadTransition(ctx context.Context, tx *sqldb.Tx, id string) (Transition, error) {
	t, err := scanTransition(tx.QueryRow(ctx, `SELECT id, state, area, body FROM transition WHERE id = $1`, id))
	return t, missing(err, noTransitionWords)
}

const noTransitionWords = "没有这项过渡适用, 请核对后重试"

func noTransition() error { return errs.New(errs.NotFound, noTransitionWords) }

// Transitions lists them, newest first, for those who oversee the area.
func (s *Service) Transitions(ctx context.Context, before string, limit int) (list []Transition, err error) {
	actor := access.From(ctx)
	if !actor.Overseer() {
		return []Transition{}, nil
	}
	lo, hi := actor.Area.Range()
	err = s.acts.View(ctx, func(tx *sqldb.Tx) error {
		rows, err := tx.Query(ctx, `SELECT id, state, area, body FROM transition WHERE area >= $1 AND area < $2 AND ($3 = '' OR id < $3) ORDER BY id DESC LIMIT $4`,
			lo, hi, before, limit)
		list, err = sqldb.Collect(rows, err, func(r *sqldb.Rows) (Transition, error) { return scanTransition(r) })
		return err
	})
	return list, err
}

// Transition is one of them, with the acts open to the caller and, while it is proposed, what it would do today.
func (s *Service) Transition(ctx context.Context, id string) (t Transition, p *Preview, acts []act.Option, err error) {
	actor := access.From(ctx)
	err = s.acts.View(ctx, func(tx *sqldb.Tx) error {
		if t, err = loadTransition(ctx, tx, id); err != nil {
			return err
		}
		if !actor.OverseerOf(t.Area) {
			return noTransition()
		}
		if t.State != Proposed {
			acts = []act.Option{}
			return nil
		}
		now, _, err := s.preview(ctx, tx, t.Area, t.names(), t.ID, func(ctx context.Context, id string) (*Matter, error) { return Load(ctx, tx, id) })
		if errs.Is(err, errs.NotFound) || errs.Is(err, errs.Unlawful) {
			now = Preview{} // nothing differs any more, or the law forbids it now: the act says so
		} else if err != nil {
			return err
		} else {
			p = &now
		}
		acts, err = s.transitionOptions(ctx, tx, t, now)
		return err
	})
	return t, p, acts, err
}

// transitionOptions are the acts on a proposal for the caller, by what it would do today.
func (s *Service) transitionOptions(ctx context.Context, tx *sqldb.Tx, t Transition, p Preview) (out []act.Option, err error) {
	actor := access.From(ctx)
	for _, name := range []string{"matter.transition.confirm", "matter.transition.drop"} {
		state := t.open(actor)
		if state == nil && name == "matter.transition.confirm" {
			if state = t.bySecond(actor); state == nil {
				state = t.overtaken(p)
			}
		}
		o, err := s.acts.Option(ctx, tx, name, state, map[string]string{"transition": t.ID})
		if err != nil {
			return nil, err
		}
		out = append(out, o)
	}
	return out, nil
}
