package supply

import (
	"context"
	"slices"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/flow/grant"
	"yunei/internal/flow/lab"
)

// Delivery is where an approved part is supplied to, and until when.
type Delivery struct {
	Space string       `json:"space" maxLength:"200" doc:"The space of the part's scenario; any other place is refused"`
	Until workday.Date `json:"until,omitempty" doc:"First day on which the supply holds no more; the grant's end where it is empty"`
}

// Supply (供数) supplies an approved part into the space of its scenario. It is an errand: the first act judges and records, then the
// copies are made, and the second act says how it went.
func (s *Service) Supply(ctx context.Context, partID string, d Delivery) ([]lab.Supply, error) {
	if err := s.acts.Ledger().Ready(); err != nil {
		return nil, err
	}
	var list []lab.Supply
	receipt, err := s.acts.Do(ctx, act.Call{Act: "supply.mount"}, func(ctx context.Context, tx *act.Tx) error {
		p, err := loadPart(ctx, tx.Tx, partID)
		if err != nil {
			return err
		}
		if err := s.handles(ctx, tx.Tx, p); err != nil {
			return err
		}
		g, missing := grant.InForce(ctx, tx.Tx, p.Org, p.Scenario, tx.Day())
		if errs.CodeOf(missing) == errs.Internal {
			return missing
		}
		inDomain, err := s.judge(ctx, tx, p, g, d)
		if err != nil {
			return err
		}
		switch {
		case p.State != Approved:
			return errs.New(errs.Conflict, "这部分申请尚未审核同意, 不能供给; 请等待办理结果")
		case missing != nil:
			return missing
		case !inDomain:
			return errs.New(errs.Invalid, "只能供给到本场景已开通的开发空间, 请选择该空间; 尚未开通的请先由申请单位开通")
		}
		o, err := order(ctx, tx, p, g, d)
		if err != nil {
			return err
		}
		list, err = s.Lab.SupplyTx(ctx, tx, o)
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.Lab.Mount(ctx, list, receipt.Seq)
}

// judge asks the law about each resource of a part.
func (s *Service) judge(ctx context.Context, tx *act.Tx, p Part, g grant.Grant, d Delivery) (inDomain bool, err error) {
	space, open, err := lab.OpenSpaceOf(ctx, tx.Tx, p.Org, p.Scenario)
	if err != nil {
		return false, err
	}
	inDomain = open && d.Space == space
	for _, i := range p.Items {
		objects, extra, err := s.question(ctx, tx.Tx, p, g, i, inDomain, tx.Day())
		if err != nil {
			return false, err
		}
		if err := tx.JudgeAs(ctx, "supply.mount", objects, extra); err != nil {
			return false, err
		}
	}
	return inDomain, nil
}

// question is what the law is asked about one resource of a part; what cannot be known without a grant is said to be missing.
func (s *Service) question(ctx context.Context, tx *sqldb.Tx, p Part, g grant.Grant, i Item, inDomain bool, day workday.Date) (map[string]string, map[string]any, error) {
	objects := map[string]string{"org": p.Org, "plan": p.Scenario, "part": p.ID, "entry": i.Resource}
	extra := map[string]any{"supply.in_domain": inDomain}
	if g.ID != "" {
		objects["grant"] = g.ID
	} else {
		extra["grant.in_force"] = false
	}
	operator := access.From(ctx).Org
	var err error
	if extra["supply.provided"], err = provided(ctx, tx, operator, i.Resource, day); err != nil {
		return nil, nil, err
	}
	extra["supply.processed"], err = s.treated(ctx, tx, operator, i)
	return objects, extra, err
}

// order is a part under a grant: within the fields the grant covers and no longer than it runs.
func order(ctx context.Context, tx *act.Tx, p Part, g grant.Grant, d Delivery) (lab.Order, error) {
	permit, err := access.LoadPermit(ctx, tx.Tx, g.Permit)
	if err != nil {
		return lab.Order{}, err
	}
	o := lab.Order{Space: d.Space, Grant: g, Route: p.Route, Approval: p.Matter, Part: p.ID, Reference: p.reference(), Until: g.Until}
	for _, i := range p.Items {
		for _, f := range i.Fields {
			if !permit.Covers([]string{i.Resource + "." + f}) {
				return o, errs.New(errs.Conflict, "协议和授权没有包括《%s》的数据项 %s, 不能供给; 请先就新的数据项签订协议", i.Title, f)
			}
		}
		o.Items = append(o.Items, lab.Ordered{Resource: i.Resource, Fields: i.Fields, Reason: i.Reason})
	}
	if d.Until != "" {
		if !tx.Day().Before(d.Until) || d.Until.After(g.Until) {
			return o, errs.New(errs.Invalid, "供给期限须在今天之后, 不晚于授权到期日 %s; 请修改", g.Until)
		}
		o.Until = d.Until
	}
	return o, nil
}

// provided reports whether an operator was given a resource under an agreement that is in force.
func provided(ctx context.Context, tx *sqldb.Tx, operator, resource string, day workday.Date) (bool, error) {
	_, err := access.ValidFor(ctx, tx, operator, PermitProvision, resource, day)
	return holds(err)
}

// treated reports whether the operator processed every field of an item, in the version of the entry that is published.
func (s *Service) treated(ctx context.Context, tx *sqldb.Tx, operator string, i Item) (bool, error) {
	t, ok, err := processed(ctx, tx, operator, i.Resource)
	if err != nil || !ok {
		return false, err
	}
	e, err := s.Catalog.Load(ctx, tx, i.Resource)
	return err == nil && e.Version == t.Version && !slices.ContainsFunc(i.Fields, func(f string) bool { return !slices.Contains(t.Fields, f) }), err
}

// handles reports whether the actor supplies this part: the operator it went to, or whoever runs the platform where the law has no
// authorized operator.
func (s *Service) handles(ctx context.Context, tx *sqldb.Tx, p Part) error {
	a, err := loadApplication(ctx, tx, p.Application)
	if err != nil {
		return err
	}
	actor := access.From(ctx)
	if a.Operator != "" && actor.Org == a.Operator || actor.OverseerOf(a.Area) {
		return nil
	}
	return errs.New(errs.NotFound, noPart)
}

// Withdraw (撤回供给) ends a supply and removes its copies: by whoever supplied it, the body whose data it is, or the bureau.
func (s *Service) Withdraw(ctx context.Context, supplyID, why string) (lab.Supply, error) {
	var sup lab.Supply
	why = strings.TrimSpace(why)
	_, err := s.acts.Do(ctx, act.Call{Act: "supply.withdraw"}, func(ctx context.Context, tx *act.Tx) (err error) {
		if sup, err = lab.LoadSupply(ctx, tx.Tx, supplyID); err != nil {
			return err
		}
		sc, err := grant.LoadScenario(ctx, tx.Tx, sup.Scenario)
		if err != nil {
			return err
		}
		actor := tx.Actor()
		bureau := actor.Has(access.Bureau) && actor.Area.Covers(sc.Area)
		if !bureau && (actor.Org == "" || actor.Org != sup.ByOrg && actor.Org != sup.Provider) {
			return errs.New(errs.NotFound, noSupply)
		}
		if why == "" {
			return errs.New(errs.Invalid, "请写明撤回供给的理由")
		}
		if sup.Part == "" {
			return errs.New(errs.Conflict, "这项数据随授权使用, 没有单独供给; 需要停止使用的, 请暂停或者终止授权")
		}
		if err := tx.Judge(ctx, map[string]string{"org": sup.Org, "plan": sup.Scenario, "part": sup.Part, "entry": sup.Resource}); err != nil {
			return err
		}
		sup, err = s.Lab.EndSupplyTx(ctx, tx, sup.ID, why)
		return err
	})
	if err != nil {
		return lab.Supply{}, err
	}
	return s.Lab.Drop(access.With(ctx, access.System()), sup.ID)
}
