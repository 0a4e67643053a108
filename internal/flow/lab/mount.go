package lab

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
	"yunei/internal/flow/grant"
)

// Order is what is supplied into a space by an act of the operator.
type Order struct {
	Space     string
	Grant     grant.Grant
	Items     []Ordered
	Route     string
	Approval  string
	Part      string
	Reference string
	Until     workday.Date
}

// Ordered is one resource of an order: the items of it, and why it is needed raw.
type Ordered struct {
	Resource string
	Fields   []string
	Reason   string
}

// SupplyTx records what is about to be supplied, each resource under a permit of its own below the grant. Mount then copies it.
func (s *Service) SupplyTx(ctx context.Context, tx *act.Tx, o Order) ([]Supply, error) {
	sp, err := loadSpace(ctx, tx.Tx, o.Space)
	if err == nil {
		err = sp.open()
	}
	if err != nil {
		return nil, err
	}
	if err := tx.Lock(ctx, "supply "+sp.ID); err != nil {
		return nil, err
	}
	var out []Supply
	for _, item := range o.Items {
		sup, err := s.order(ctx, tx, sp, o, item)
		if err != nil {
			return nil, err
		}
		out = append(out, sup)
	}
	return out, nil
}

func (s *Service) order(ctx context.Context, tx *act.Tx, sp Space, o Order, item Ordered) (Supply, error) {
	e, err := s.Catalog.Load(ctx, tx.Tx, item.Resource)
	if err != nil {
		return Supply{}, err
	}
	if _, err := s.Collect.ActiveSnapshot(ctx, tx.Tx, item.Resource); err != nil {
		return Supply{}, err
	}
	earlier, err := suppliesIn(ctx, tx.Tx, sp.ID, item.Resource)
	if err != nil {
		return Supply{}, err
	}
	for _, was := range earlier {
		switch {
		case was.Route == RouteGrant: // from before the law asked for an act
			now := tx.Now()
			was.State, was.Ended, was.Why = SupplyEnded, &now, "改由供数操作供给"
			if err := s.saveSupply(ctx, tx, was); err != nil {
				return Supply{}, err
			}
		default:
			return Supply{}, errs.New(errs.Conflict, "《%s》已经供给到这个空间, 请勿重复供给; 需要变更数据项的, 请先撤回原供给", e.Title)
		}
	}
	var fields []string
	for _, f := range item.Fields {
		fields = append(fields, item.Resource+"."+f)
	}
	p, err := tx.Issue(ctx, access.Permit{Kind: PermitSupply, Holder: sp.Org, Object: item.Resource, Fields: fields, Purpose: sp.Scenario,
		From: tx.Day(), Until: o.Until, Parents: []string{o.Grant.Permit}, Basis: o.Approval})
	if err != nil {
		return Supply{}, err
	}
	sup := Supply{ID: tx.NewID("sup"), Space: sp.ID, Org: sp.Org, Scenario: sp.Scenario, Resource: item.Resource, Title: e.Title, Provider: e.Holder,
		Fields: item.Fields, Route: o.Route, Reason: item.Reason, Grant: o.Grant.ID, Agreement: o.Grant.Agreement, Approval: o.Approval, Part: o.Part,
		Reference: o.Reference, By: tx.Actor().Account, ByOrg: tx.Actor().Org, Permit: p.ID, Until: o.Until.String(),
		State: SupplyRunning, Batches: []Batch{}, Opened: tx.Now()}
	return sup, s.saveSupply(ctx, tx, sup)
}

// Mount copies what was ordered into the space and settles each record: it stands, with its first batch, or it failed and its permit
// is taken back.
func (s *Service) Mount(ctx context.Context, list []Supply, start int64) ([]Supply, error) {
	ctx = context.WithoutCancel(ctx)
	copies, failure := s.mount(ctx, list)
	_, err := s.Acts.Do(ctx, act.Call{Act: "lab.supply.finish", Start: start}, func(ctx context.Context, tx *act.Tx) error {
		for i := range list {
			sup, err := LoadSupply(ctx, tx.Tx, list[i].ID)
			if err != nil {
				return err
			}
			if sup.State != SupplyRunning {
				return errs.New(errs.Conflict, "供数已经结束, 请刷新查看")
			}
			sup.Start = start
			if failure != nil {
				err = s.failed(ctx, tx, &sup)
			} else {
				b := copies[sup.Resource].batch()
				b.At = tx.Now()
				sup.State, sup.Batches = SupplyStanding, []Batch{b}
				err = s.saveSupply(ctx, tx, sup)
			}
			if err != nil {
				return err
			}
			list[i] = sup
		}
		return nil
	})
	if err != nil || failure != nil { // too late, or none of it holds: nothing of it stays
		for _, sup := range list {
			if gone := s.removeCopies(ctx, sup); gone != nil {
				slog.ErrorContext(ctx, "copies of a failed supply stay", "space", sup.Space, "err", gone)
			}
		}
	}
	if err == nil && failure != nil {
		slog.ErrorContext(ctx, "supply failed", "space", list[0].Space, "err", failure)
		err = errs.New(errs.Unavailable, "供数没有完成, 没有数据进入空间; 请稍后重试, 仍未完成请联系平台运营单位")
	}
	return list, err
}

func (s *Service) failed(ctx context.Context, tx *act.Tx, sup *Supply) error {
	now := tx.Now()
	sup.State, sup.Ended, sup.Why = SupplyFailed, &now, "供数没有完成"
	if err := tx.SetPermit(ctx, sup.Permit, access.Revoked); err != nil {
		return err
	}
	return s.saveSupply(ctx, tx, *sup)
}

func (s *Service) mount(ctx context.Context, list []Supply) (copies map[string]held, err error) {
	var sources []source
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		sources = nil
		sc, err := grant.LoadScenario(ctx, tx, list[0].Scenario)
		if err != nil {
			return err
		}
		tables, err := s.tables(ctx, tx, sc)
		if err != nil {
			return err
		}
		for _, t := range tables {
			i := slices.IndexFunc(list, func(sup Supply) bool { return sup.Resource == t.Resource })
			if i < 0 {
				continue
			}
			snap, err := s.Collect.ActiveSnapshot(ctx, tx, t.Resource)
			if err != nil {
				return err
			}
			sources = append(sources, sourceOf(only(t, list[i].Fields), snap))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	copies, done, err := s.supplied(ctx, list[0].Space, sources)
	if err != nil {
		return nil, err
	}
	done()
	return copies, nil
}

// EndSupplyTx ends a supply: its permit is taken back, so that nothing reads it from now on. Drop removes the copies.
func (s *Service) EndSupplyTx(ctx context.Context, tx *act.Tx, id, why string) (Supply, error) {
	sup, err := LoadSupply(ctx, tx.Tx, id)
	if err != nil {
		return sup, err
	}
	if sup.State != SupplyStanding || sup.Permit == "" {
		return sup, errs.New(errs.Conflict, "这项供给现在没有生效, 不必撤回; 请刷新查看")
	}
	if err := tx.SetPermit(ctx, sup.Permit, access.Revoked); err != nil {
		return sup, err
	}
	now := tx.Now()
	sup.State, sup.Ended, sup.Why = SupplyEnded, &now, why
	return sup, s.saveSupply(ctx, tx, sup)
}

// Drop removes the copies of a supply that has ended and records that they are gone.
func (s *Service) Drop(ctx context.Context, id string) (Supply, error) {
	ctx = context.WithoutCancel(ctx)
	var sup Supply
	err := s.Acts.View(ctx, func(tx *sqldb.Tx) (err error) {
		sup, err = LoadSupply(ctx, tx, id)
		return err
	})
	if err == nil {
		err = s.removeCopies(ctx, sup)
	}
	if err != nil {
		return sup, err
	}
	_, err = s.Acts.Do(ctx, act.Call{Act: "lab.supply.drop", Start: sup.Start}, func(ctx context.Context, tx *act.Tx) error {
		if sup, err = LoadSupply(ctx, tx.Tx, id); err != nil {
			return err
		}
		dropped, changed := sup.drop(func(Batch) bool { return true }, "供给已经结束, 副本文件删除", tx.Now())
		if sup = dropped; !changed {
			return nil
		}
		return s.saveSupply(ctx, tx, sup)
	})
	return sup, err
}

// removeCopies removes what lies in the space of a supply's resource and no other supply holds, recorded or not: a program that ended
// between copying and recording leaves a copy that no batch names.
func (s *Service) removeCopies(ctx context.Context, sup Supply) error {
	gate := s.gate(sup.Space)
	gate.Lock()
	defer gate.Unlock()
	keep := map[string]bool{}
	err := s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		others, err := suppliesIn(ctx, tx, sup.Space, sup.Resource)
		for _, o := range others {
			for _, b := range o.Batches {
				keep[b.File] = keep[b.File] || o.ID != sup.ID && b.Dropped == nil
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	there, err := inFolder(s.folder(sup.Space))
	for _, h := range there {
		if h.Resource == sup.Resource && !keep[h.File] {
			err = errors.Join(err, removeCopy(s.folder(sup.Space), h))
		}
	}
	return errors.Join(err, removeHalves(s.folder(sup.Space)))
}

// sweepSupplies ends what is past its term, gives up what never finished, and removes copies that an ended supply left.
func (s *Service) sweepSupplies(ctx context.Context) error {
	var over, lost, left []Supply
	err := s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		over, lost, left = nil, nil, nil
		list, err := sqldb.Bodies[Supply](ctx, tx, `SELECT body FROM space_supply WHERE state IN ('standing', 'supplying') AND supplier <> '' ORDER BY id`)
		if err != nil {
			return err
		}
		today := workday.DateOf(tx.Now())
		for _, sup := range list {
			switch {
			case sup.State == SupplyRunning && sup.Opened.Before(tx.Now().Add(-lostAfter)):
				lost = append(lost, sup)
			case sup.State == SupplyStanding && sup.Until <= today.String():
				over = append(over, sup)
			}
		}
		ended, err := sqldb.Bodies[Supply](ctx, tx, `SELECT body FROM space_supply WHERE state = 'ended' AND supplier <> '' AND held = 1 ORDER BY id`)
		if err != nil {
			return err
		}
		for _, sup := range ended {
			sp, err := loadSpace(ctx, tx, sup.Space)
			if err != nil {
				return err
			}
			if sp.State != SpaceClosed { // a closed space is destroyed as a whole, and certified
				left = append(left, sup)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, sup := range over {
		_, err := s.Acts.Do(ctx, act.Call{Act: "lab.supply.drop", Start: sup.Start}, func(ctx context.Context, tx *act.Tx) error {
			_, err := s.EndSupplyTx(ctx, tx, sup.ID, "供给期限届满")
			return err
		})
		if err != nil {
			return err
		}
		left = append(left, sup)
	}
	for _, sup := range lost {
		if err := s.giveUp(ctx, sup); err != nil && !errs.Is(err, errs.Conflict) {
			return err
		}
	}
	for _, sup := range left {
		if _, err := s.Drop(ctx, sup.ID); err != nil {
			return err
		}
	}
	return nil
}

// giveUp ends a supply that never finished. Its copies go first: if the program ends here, the next sweep finds it again.
func (s *Service) giveUp(ctx context.Context, sup Supply) error {
	if err := s.removeCopies(ctx, sup); err != nil {
		return err
	}
	_, err := s.Acts.Do(ctx, act.Call{Act: "lab.supply.finish", Start: sup.Start}, func(ctx context.Context, tx *act.Tx) error {
		now, err := LoadSupply(ctx, tx.Tx, sup.ID)
		if err == nil && now.State != SupplyRunning {
			err = errs.New(errs.Conflict, "供数已经结束, 请刷新查看")
		}
		if err != nil {
			return err
		}
		return s.failed(ctx, tx, &now)
	})
	return err
}

// Supplies lists supply records, newest first: overseers see all, the others those of their own spaces, of their data, and those
// that they supplied.
func (s *Service) Supplies(ctx context.Context, before string, limit int) (list []Supply, err error) {
	org, area, ok := access.From(ctx).Whose()
	if !ok {
		return nil, nil
	}
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) (err error) {
		args := []any{org, before, limit}
		list, err = sqldb.Bodies[Supply](ctx, tx, `SELECT body FROM space_supply WHERE ($1 = '' OR org = $1 OR provider = $1 OR supplier = $1)
			AND ($2 = '' OR id < $2) AND `+inArea("space", area, &args)+` ORDER BY id DESC LIMIT $3`, args...)
		return err
	})
	return list, err
}

// OpenSpaceOf finds the space of a scenario, where one is open.
func OpenSpaceOf(ctx context.Context, tx *sqldb.Tx, org, scenario string) (string, bool, error) {
	sp, found, err := spaceOf(ctx, tx, org, scenario)
	return sp.ID, found && sp.State != SpaceClosed, err
}
