package grant

import (
	"context"
	"strconv"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/query/disclose"
	"yunei/internal/core/query/release"
	"yunei/internal/flow/catalog"
)

// Start puts the grant of a signed agreement in force: the permit on the scenario, one permit for each approved model, and
// its share of the disclosure budget. That filing comes first is the law's to say.
func (s *Service) Start(ctx context.Context, agreementID string) (Grant, error) {
	var g Grant
	_, err := s.acts.Do(ctx, act.Call{Act: "grant.start"}, func(ctx context.Context, tx *act.Tx) error {
		a, err := loadAgreement(ctx, tx.Tx, agreementID)
		if err != nil {
			return err
		}
		actor := tx.Actor()
		if !actor.Has(access.Operator, access.Bureau) && !a.of(actor.Org) {
			return errs.New(errs.NotFound, noAgreement)
		}
		if a.Declaration == "" {
			return errs.New(errs.Conflict, "这份协议不是就场景申报签订的, 没有可以生效的场景授权; 请从场景的协议办理")
		}
		if err := tx.Judge(ctx, map[string]string{"org": a.Org, "agreement": a.ID}); err != nil {
			return err
		}
		if a.State == Drafted {
			return errs.New(errs.Conflict, "协议尚未由各方签署, 授权不能生效; 请先完成签署")
		}
		if !tx.Day().Before(a.Until) {
			return errs.New(errs.Conflict, "协议已于 %s 到期, 授权不能生效; 请重新申报并签订协议", a.Until)
		}
		g, err = s.startTx(ctx, tx, a)
		return err
	})
	return g, err
}

func (s *Service) startTx(ctx context.Context, tx *act.Tx, a Agreement) (Grant, error) {
	d, err := loadDeclaration(ctx, tx.Tx, a.Declaration)
	if err != nil {
		return Grant{}, err
	}
	sc, err := loadScenario(ctx, tx.Tx, a.Scenario)
	if err != nil {
		return Grant{}, err
	}
	parents, err := s.grantParents(ctx, tx, sc, a.kind())
	if err != nil {
		return Grant{}, err
	}
	p, err := tx.Issue(ctx, access.Permit{Kind: PermitGrant, Holder: a.Org, Object: sc.ID, Fields: fieldsOf(sc.Plan), Purpose: sc.Plan.Purpose,
		From: a.From, Until: a.Until, Parents: parents, Basis: d.Matter})
	if err != nil {
		return Grant{}, err
	}
	g := Grant{ID: tx.NewID("grt"), Scenario: sc.ID, Declaration: d.ID, Agreement: a.ID, Org: a.Org, Title: sc.Plan.Title,
		Purpose: sc.Plan.Purpose, Area: a.Area, Models: d.Models, From: a.From, Until: a.Until, Budget: a.Budget, Permit: p.ID, Opened: tx.Now()}
	for _, m := range d.Models {
		_, err := tx.Issue(ctx, access.Permit{Kind: PermitModel, Holder: a.Org, Object: m.Version, Fields: p.Fields, Purpose: sc.ID,
			From: a.From, Until: a.Until, Parents: []string{p.ID}, Basis: d.Matter})
		if err != nil {
			return g, err
		}
	}
	if err := insertGrant(ctx, tx.Tx, g); err != nil {
		return g, err
	}
	if err := s.allot(ctx, tx, sc, g); err != nil {
		return g, err
	}
	if err := tx.Changed(ctx, "grant", g.ID, g); err != nil {
		return g, err
	}
	return g, publishGrant(ctx, tx, g, access.Active)
}

// allot sets the grant's share of the yearly disclosure budget of every resource about people, for each year of its
// term, so that nobody who holds a grant finds the till empty.
func (s *Service) allot(ctx context.Context, tx *act.Tx, sc Scenario, g Grant) error {
	return s.shares(ctx, tx, sc, g, func(resource, year string) error {
		return s.budget.Allot(ctx, tx.Tx, disclose.Share{Grant: g.ID, Resource: resource, Year: year, Rho: release.Rho(g.Budget), Document: g.Agreement})
	})
}

// namedFields are the plan's fields as the catalog names them: an agreement is read by people.
func (s *Service) namedFields(ctx context.Context, tx *act.Tx, p Plan) (string, error) {
	var resources []string
	for _, n := range p.Needs {
		entry, err := s.catalog.Load(ctx, tx.Tx, n.Resource)
		if err != nil {
			return "", err
		}
		var titles []string
		for _, name := range n.Fields {
			title := name
			if f, ok := entry.Field(name); ok {
				title = f.Title + " (" + name + ")"
			}
			titles = append(titles, title)
		}
		resources = append(resources, "《"+entry.Title+"》的"+strings.Join(titles, "、"))
	}
	return strings.Join(resources, "; "), nil
}

// shares goes through the resource-years of which the grant has a share, this year and later.
func (s *Service) shares(ctx context.Context, tx *act.Tx, sc Scenario, g Grant, each func(resource, year string) error) error {
	if g.Budget == 0 {
		return nil
	}
	for _, n := range sc.Plan.Needs {
		entry, err := s.catalog.Load(ctx, tx.Tx, n.Resource)
		if err != nil {
			return err
		}
		if entry.Unit == catalog.NoUnit {
			continue
		}
		for year := max(g.From.Year(), tx.Day().Year()); year <= g.Until.AddDays(-1).Year(); year++ {
			if err := each(n.Resource, strconv.Itoa(year)); err != nil {
				return err
			}
		}
	}
	return nil
}

// Suspend (暂停), Lift (恢复) and Terminate (终止) change the grant's one permit; everything that rests on it follows at
// its next use.
func (s *Service) Suspend(ctx context.Context, id string) (Grant, error) {
	return s.setPermit(ctx, "grant.suspend", id, access.Suspended)
}

// Lift ends a suspension.
func (s *Service) Lift(ctx context.Context, id string) (Grant, error) {
	return s.setPermit(ctx, "grant.lift", id, access.Active)
}

// Terminate ends a grant for good; what it has not spent of its shares goes back to the resources.
func (s *Service) Terminate(ctx context.Context, id string) (Grant, error) {
	return s.setPermit(ctx, "grant.terminate", id, access.Revoked)
}

func (s *Service) setPermit(ctx context.Context, name, id, state string) (Grant, error) {
	var g Grant
	_, err := s.acts.Do(ctx, act.Call{Act: name}, func(ctx context.Context, tx *act.Tx) (err error) {
		if g, err = loadGrant(ctx, tx.Tx, id); err != nil {
			return err
		}
		if err := tx.Judge(ctx, map[string]string{"org": g.Org, "grant": g.ID}); err != nil {
			return err
		}
		if err := ownLevel(tx.Actor(), g); err != nil {
			return err
		}
		permit, err := access.LoadPermit(ctx, tx.Tx, g.Permit)
		if err != nil {
			return err
		}
		if err := mayTurn(permit.State, state); err != nil {
			return err
		}
		if err := tx.SetPermit(ctx, g.Permit, state); err != nil {
			return err
		}
		if err := publishGrant(ctx, tx, g, state); err != nil || state != access.Revoked {
			return err
		}
		sc, err := loadScenario(ctx, tx.Tx, g.Scenario)
		if err != nil {
			return err
		}
		return s.shares(ctx, tx, sc, g, func(resource, year string) error {
			return s.budget.EndShare(ctx, tx.Tx, g.ID, resource, year, "授权 "+g.ID+" 终止")
		})
	})
	return g, err
}

// ownLevel: what one level granted, its own bodies suspend and end; a bureau above orders them to.
func ownLevel(actor access.Actor, g Grant) error {
	switch {
	case !actor.Area.Covers(g.Area):
		return errs.New(errs.NotFound, noGrant)
	case actor.Has(access.Bureau) && !actor.Has(access.Operator) && actor.Area != g.Area:
		return errs.New(errs.Forbidden, "授权由作出授权的本级主管部门暂停、恢复或者终止; 上级可以作出监督决定, 不能代为办理")
	}
	return nil
}

// mayTurn reports whether a grant whose permit stands so can be suspended, lifted or terminated.
func mayTurn(from, to string) error {
	switch {
	case from == access.Revoked:
		return errs.New(errs.Conflict, "授权已经终止, 不能再改变; 需要继续使用的请重新申报")
	case from == to && to == access.Suspended:
		return errs.New(errs.Conflict, "授权已经暂停, 请刷新查看")
	case from == to:
		return errs.New(errs.Conflict, "授权没有被暂停, 无须恢复; 请刷新查看")
	}
	return nil
}
