package lab

import (
	"context"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/act"
	"yunei/internal/flow/grant"
)

// Values of the pack that bound a space; one that no pack sets bounds nothing.
const (
	valueStorage = "space.quota.storage" // MiB
	valueRuns    = "space.quota.runs"
	valueCompute = "space.quota.compute" // processor seconds
	valueSeats   = "space.quota.seats"
)

// unbounded is a quota where the law sets none.
const unbounded = int64(1) << 50

// Meter is a space's quota and what is used of it.
type Meter struct {
	Quota  Quota     `json:"quota"`
	Used   Statement `json:"used" doc:"This month"`
	Stored int64     `json:"stored" doc:"Bytes of copies held now"`
	Seats  int64     `json:"seats" doc:"People with a seat now"`
}

func (s *Service) meter(ctx context.Context, tx *sqldb.Tx, space string) (m Meter, err error) {
	sp, err := loadSpace(ctx, tx, space)
	if err != nil {
		return m, err
	}
	day := workday.DateOf(tx.Now())
	if m.Quota, err = s.quota(sp, day); err != nil {
		return m, err
	}
	m.Used.Month = monthOf(day)
	list, err := statementsOf(ctx, tx, space, m.Used.Month)
	if err != nil {
		return m, err
	}
	if len(list) > 0 {
		m.Used = list[0]
	}
	running, err := sqldb.Bodies[Run](ctx, tx, `SELECT body FROM run WHERE space = $1 AND state = 'running'`, space)
	if err != nil {
		return m, err
	}
	m.Used.Runs += int64(len(running)) // those that began count before they are metered
	supplies, err := SuppliesOf(ctx, tx, space)
	if err != nil {
		return m, err
	}
	for _, sup := range supplies {
		m.Stored += sup.bytes()
	}
	seats, err := activeSeats(ctx, tx, space)
	m.Seats = int64(len(seats))
	return m, err
}

// quota of a space: its own, else the pack's.
func (s *Service) quota(sp Space, day workday.Date) (Quota, error) {
	if sp.Quota != nil {
		return *sp.Quota, nil
	}
	var q Quota
	for _, v := range []struct {
		name string
		to   *int64
		unit int64
	}{{valueStorage, &q.Storage, 1 << 20}, {valueRuns, &q.Runs, 1}, {valueCompute, &q.Compute, 1}, {valueSeats, &q.Seats, 1}} {
		n, _, err := s.Acts.Law().Int(v.name, day)
		switch {
		case errs.Is(err, errs.NotFound):
			*v.to = unbounded
		case err != nil:
			return q, err
		default:
			*v.to = n * v.unit
		}
	}
	return q, nil
}

// SetQuota gives a space a quota of its own (调整配额).
func (s *Service) SetQuota(ctx context.Context, spaceID string, q Quota) (Space, error) {
	var sp Space
	_, err := s.Acts.Do(ctx, act.Call{Act: "lab.space.quota"}, func(ctx context.Context, tx *act.Tx) (err error) {
		if sp, err = loadSpace(ctx, tx.Tx, spaceID); err != nil {
			return err
		}
		if sp.Org == tx.Actor().Org {
			return errs.New(errs.Forbidden, "不能调整本单位空间的配额, 请由其他单位的人员办理")
		}
		if over, err := grant.Oversees(ctx, tx.Tx, sp.Scenario); err != nil || !over {
			return errs.Or(err, errs.New(errs.NotFound, noSpace))
		}
		if err := tx.Judge(ctx, map[string]string{"org": sp.Org, "space": sp.ID}); err != nil {
			return err
		}
		sp.Quota = &q
		if err := saveSpace(ctx, tx.Tx, sp); err != nil {
			return err
		}
		return tx.Changed(ctx, "space", sp.ID, sp)
	})
	return sp, err
}
