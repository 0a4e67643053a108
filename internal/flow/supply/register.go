package supply

import (
	"context"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/flow/grant"
)

// Provide gives a resource to an authorized operator, inside the domain, under its agreement (贵州 第十三条): from then on the operator
// may process it and supply it, as long as its authorization holds.
func (s *Service) Provide(ctx context.Context, authorizationID, resource string) (Provision, error) {
	var p Provision
	_, err := s.acts.Do(ctx, act.Call{Act: "supply.provide"}, func(ctx context.Context, tx *act.Tx) error {
		a, err := grant.LoadAuthorization(ctx, tx.Tx, authorizationID)
		if err != nil {
			return err
		}
		if actor := tx.Actor(); actor.Area != a.Area {
			if actor.Area.Covers(a.Area) {
				return errs.New(errs.Forbidden, "资源由作出授权的本级数据主管部门提供, 请由该部门办理")
			}
			return errs.New(errs.NotFound, "没有这项授权申请, 请核对后重试")
		}
		if a.Level != grant.LevelOperator || a.Agreement == "" {
			return errs.New(errs.Conflict, "这项授权不是授权运营主体的授权, 或者还没有签订协议, 不能据以提供资源; 请核对后重试")
		}
		e, err := s.published(ctx, tx, resource, nil)
		if err != nil {
			return err
		}
		p = Provision{ID: tx.NewID("prv"), Area: a.Area, Authorization: a.ID, Agreement: a.Agreement, Operator: a.Org, Resource: e.ID, Title: e.Title,
			From: tx.Day(), Until: a.Until, By: tx.Actor().Account, Opened: tx.Now()}
		if err := putProvision(ctx, tx.Tx, p); err != nil {
			return err
		}
		if err := tx.Judge(ctx, map[string]string{"org": a.Org, "authorization": a.ID, "entry": e.ID, "provision": p.ID}); err != nil {
			return err
		}
		if err := access.Valid(ctx, tx.Tx, a.Permit, tx.Day()); err != nil {
			return err
		}
		if have, err := provided(ctx, tx.Tx, a.Org, e.ID, tx.Day()); err != nil || have {
			return orElse(err, errs.New(errs.Conflict, "《%s》已经提供给这个授权运营主体, 请刷新查看", e.Title))
		}
		permit, err := tx.Issue(ctx, access.Permit{Kind: PermitProvision, Holder: a.Org, Object: e.ID, From: p.From, Until: p.Until, Parents: []string{a.Permit}, Basis: a.Agreement})
		if err != nil {
			return err
		}
		p.Permit = permit.ID
		return s.keepProvision(ctx, tx, p)
	})
	if err != nil {
		return Provision{}, err
	}
	return p, nil
}

func orElse(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

func (s *Service) keepProvision(ctx context.Context, tx *act.Tx, p Provision) error {
	if err := putProvision(ctx, tx.Tx, p); err != nil {
		return err
	}
	return tx.Changed(ctx, "data-provision", p.ID, p)
}

// EndProvision takes a resource back from an operator: nothing of it is supplied any more. What was supplied stands until it is
// withdrawn.
func (s *Service) EndProvision(ctx context.Context, id, why string) (Provision, error) {
	var p Provision
	_, err := s.acts.Do(ctx, act.Call{Act: "supply.provide.end"}, func(ctx context.Context, tx *act.Tx) (err error) {
		if p, err = loadProvision(ctx, tx.Tx, id); err == nil && tx.Actor().Area != p.Area {
			err = errs.New(errs.NotFound, noProvision)
		}
		if err != nil {
			return err
		}
		if why = strings.TrimSpace(why); why == "" {
			return errs.New(errs.Invalid, "请写明收回资源的理由")
		}
		if p.Ended != nil {
			return errs.New(errs.Conflict, "这项资源已经收回, 请刷新查看")
		}
		if err := tx.Judge(ctx, map[string]string{"org": p.Operator, "authorization": p.Authorization, "entry": p.Resource, "provision": p.ID}); err != nil {
			return err
		}
		if err := tx.SetPermit(ctx, p.Permit, access.Revoked); err != nil {
			return err
		}
		now := tx.Now()
		p.Ended, p.Why = &now, why
		return s.keepProvision(ctx, tx, p)
	})
	return p, err
}

// Process records what the operator did to a resource before it supplies it (贵州 第二十九条: 授权运营主体对数据加工处理后,提供给开发利用
// 主体). A new record takes the place of the one before.
func (s *Service) Process(ctx context.Context, resource string, t Treated) (Processing, error) {
	var p Processing
	t.Cleaned, t.Masked = strings.TrimSpace(t.Cleaned), strings.TrimSpace(t.Masked)
	_, err := s.acts.Do(ctx, act.Call{Act: "supply.process"}, func(ctx context.Context, tx *act.Tx) error {
		if t.Cleaned == "" || t.Masked == "" || len(t.Fields) == 0 {
			return errs.New(errs.Invalid, "请选择加工后提供的数据项, 并写明清洗和脱敏的做法; 没有做的写“无需”并说明原因")
		}
		e, err := s.published(ctx, tx, resource, t.Fields)
		if err != nil {
			return err
		}
		snap, err := s.Collect.ActiveSnapshot(ctx, tx.Tx, e.ID)
		if err != nil {
			return err
		}
		have, err := provided(ctx, tx.Tx, tx.Actor().Org, e.ID, tx.Day())
		if err != nil {
			return err
		}
		if err := tx.JudgeAs(ctx, "supply.process", map[string]string{"org": tx.Actor().Org, "entry": e.ID}, map[string]any{"supply.provided": have}); err != nil {
			return err
		}
		if was, ok, err := processed(ctx, tx.Tx, tx.Actor().Org, e.ID); err != nil {
			return err
		} else if ok {
			if err := s.endProcessing(ctx, tx, &was, "已有新的加工处理记录"); err != nil {
				return err
			}
		}
		area, err := access.AreaOf(ctx, tx.Tx, tx.Actor().Org)
		if err != nil {
			return err
		}
		p = Processing{ID: tx.NewID("prc"), Area: area, Operator: tx.Actor().Org, Resource: e.ID, Title: e.Title, Version: e.Version, Snapshot: snap.Digest, Treated: t,
			State: Stands, By: tx.Actor().Account, Opened: tx.Now()}
		return s.keepProcessing(ctx, tx, p)
	})
	if err != nil {
		return Processing{}, err
	}
	return p, nil
}

func (s *Service) keepProcessing(ctx context.Context, tx *act.Tx, p Processing) error {
	if err := putProcessing(ctx, tx.Tx, p); err != nil {
		return err
	}
	return tx.Changed(ctx, "data-processing", p.ID, p)
}

func (s *Service) endProcessing(ctx context.Context, tx *act.Tx, p *Processing, why string) error {
	now := tx.Now()
	p.State, p.Ended, p.Why = Ended, &now, why
	return s.keepProcessing(ctx, tx, *p)
}

// EndProcessing takes a record of processing back: until there is another, nothing of the resource goes by the ordinary route.
func (s *Service) EndProcessing(ctx context.Context, id, why string) (Processing, error) {
	var p Processing
	_, err := s.acts.Do(ctx, act.Call{Act: "supply.process.end"}, func(ctx context.Context, tx *act.Tx) (err error) {
		if p, err = loadProcessing(ctx, tx.Tx, id); err == nil && p.Operator != tx.Actor().Org {
			err = errs.New(errs.NotFound, noProcessing)
		}
		if err != nil {
			return err
		}
		if why = strings.TrimSpace(why); why == "" {
			return errs.New(errs.Invalid, "请写明废止加工处理记录的理由")
		}
		if p.State != Stands {
			return errs.New(errs.Conflict, "这条加工处理记录已经废止, 请刷新查看")
		}
		if err := tx.Judge(ctx, map[string]string{"org": p.Operator, "entry": p.Resource}); err != nil {
			return err
		}
		return s.endProcessing(ctx, tx, &p, why)
	})
	if err != nil {
		return Processing{}, err
	}
	return p, nil
}

// Ask files what a scenario needs and no resource in operation gives (贵州 第十四条: 提出数据需求清单).
func (s *Service) Ask(ctx context.Context, scenarioID, what, why string) (Demand, error) {
	var d Demand
	_, err := s.acts.Do(ctx, act.Call{Act: "supply.demand"}, func(ctx context.Context, tx *act.Tx) error {
		sc, err := grant.LoadScenario(ctx, tx.Tx, scenarioID)
		if err == nil && sc.Org != tx.Actor().Org {
			err = errs.New(errs.NotFound, noScenario)
		}
		if err != nil {
			return err
		}
		d = Demand{ID: tx.NewID("dem"), Area: sc.Area, Scenario: sc.ID, Org: sc.Org, What: strings.TrimSpace(what), Why: strings.TrimSpace(why), State: Asked, Opened: tx.Now()}
		if d.What == "" || d.Why == "" {
			return errs.New(errs.Invalid, "请写明需要什么数据和为什么需要")
		}
		if sc.State != grant.Sampling && sc.State != grant.Predeclared {
			return errs.New(errs.Conflict, "这个场景没有在办或者通过, 不能提出数据需求; 请重新提出场景")
		}
		if err := tx.Judge(ctx, map[string]string{"org": d.Org, "plan": sc.ID}); err != nil {
			return err
		}
		return s.keepDemand(ctx, tx, d)
	})
	if err != nil {
		return Demand{}, err
	}
	return d, nil
}

func (s *Service) keepDemand(ctx context.Context, tx *act.Tx, d Demand) error {
	if err := putDemand(ctx, tx.Tx, d); err != nil {
		return err
	}
	return tx.Changed(ctx, "data-demand", d.ID, d)
}

// Answer names the published resource that a demand was met with; its items belong to the scenario's need from then on.
func (s *Service) Answer(ctx context.Context, id, resource string, fields []string) (Demand, error) {
	var d Demand
	_, err := s.acts.Do(ctx, act.Call{Act: "supply.demand.answer"}, func(ctx context.Context, tx *act.Tx) (err error) {
		if d, err = loadDemand(ctx, tx.Tx, id); err == nil && !tx.Actor().Area.Covers(d.Area) {
			err = errs.New(errs.NotFound, noDemand)
		}
		if err != nil {
			return err
		}
		if d.State != Asked {
			return errs.New(errs.Conflict, "这项需求已经答复, 请刷新查看")
		}
		e, err := s.published(ctx, tx, resource, fields)
		if err != nil {
			return err
		}
		if err := tx.Judge(ctx, map[string]string{"org": d.Org, "plan": d.Scenario, "entry": e.ID}); err != nil {
			return err
		}
		if _, err := s.Grant.WidenTx(ctx, tx, d.Scenario, grant.Need{Resource: e.ID, Fields: fields, Why: d.Why}); err != nil {
			return err
		}
		now := tx.Now()
		d.State, d.Resource, d.Title, d.Fields, d.By, d.Closed = Answered, e.ID, e.Title, fields, tx.Actor().Account, &now
		return s.keepDemand(ctx, tx, d)
	})
	if err != nil {
		return Demand{}, err
	}
	return d, nil
}
