package grant

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/party"
	"yunei/internal/core/query/disclose"
	"yunei/internal/core/query/release"
	"yunei/internal/flow/catalog"
)

// Terms are what the parties agree on beside the standard text.
type Terms struct {
	From  workday.Date `json:"from"`
	Until workday.Date `json:"until"`
}

// SignAgreement signs as the caller's side. The data user's signature comes first and lays down the text with its
// terms; the operator's completes it.
func (s *Service) SignAgreement(ctx context.Context, declarationID string, terms Terms) (Agreement, error) {
	var a Agreement
	_, err := s.acts.Do(ctx, act.Call{Act: "grant.agreement.sign"}, func(ctx context.Context, tx *act.Tx) error {
		d, err := loadDeclaration(ctx, tx.Tx, declarationID)
		if err != nil {
			return err
		}
		operator := tx.Actor().Has(access.Operator)
		if d.Org != tx.Actor().Org && !operator {
			return errs.New(errs.NotFound, noDeclaration)
		}
		if a, err = s.agreementOf(ctx, tx, d, terms); err != nil {
			return err
		}
		actor := tx.Actor()
		if err := a.sign(PartySignature{Org: actor.Org, Account: actor.Account, Name: actor.Name, At: tx.Now()}, operator); err != nil {
			return err
		}
		if err := s.saveAgreement(ctx, tx, a); err != nil {
			return err
		}
		return tx.Judge(ctx, map[string]string{"org": d.Org, "plan": d.ID, "agreement": a.ID})
	})
	return a, err
}

// agreementOf loads the agreement of a declaration, or drafts it for the data user.
func (s *Service) agreementOf(ctx context.Context, tx *act.Tx, d Declaration, terms Terms) (Agreement, error) {
	if d.Agreement != "" {
		a, err := loadAgreement(ctx, tx.Tx, d.Agreement)
		if given := terms != (Terms{}); err == nil && given && terms != (Terms{From: a.From, Until: a.Until}) {
			err = errs.New(errs.Conflict, "协议载明的期限是 %s 至 %s, 与您填写的不同; 请核对协议文本后再签署", a.From, a.Until)
		}
		return a, err
	}
	switch {
	case d.State != Approved:
		return Agreement{}, errs.New(errs.Conflict, "开发方案尚未审批通过, 不能签订协议; 请等待审批结果")
	case d.Org != tx.Actor().Org:
		return Agreement{}, errs.New(errs.Conflict, "请由数据使用单位先填写期限并签署")
	}
	if err := terms.check(tx.Day()); err != nil {
		return Agreement{}, err
	}
	sc, err := loadScenario(ctx, tx.Tx, d.Scenario)
	if err != nil {
		return Agreement{}, err
	}
	fields, err := s.namedFields(ctx, tx, sc.Plan)
	if err != nil {
		return Agreement{}, err
	}
	text, err := agreementText(tx.Law(), sc, d, terms, fields)
	if err != nil {
		return Agreement{}, err
	}
	a := Agreement{ID: tx.NewID("agr"), Scenario: d.Scenario, Declaration: d.ID, Org: d.Org, Text: text,
		From: terms.From, Until: terms.Until, Budget: sc.Plan.Budget, State: Drafted, Opened: tx.Now()}
	d.Agreement = a.ID
	if err := insertAgreement(ctx, tx.Tx, a); err != nil {
		return a, err
	}
	return a, s.saveDeclaration(ctx, tx, d)
}

func (s *Service) saveAgreement(ctx context.Context, tx *act.Tx, a Agreement) error {
	if err := saveAgreement(ctx, tx.Tx, a); err != nil {
		return fmt.Errorf("save agreement %s: %w", a.ID, err)
	}
	return tx.Changed(ctx, "agreement", a.ID, a)
}

// FileAgreement reports a signed agreement to the bureau (备案, 三(五)).
func (s *Service) FileAgreement(ctx context.Context, id string) (Agreement, error) {
	var a Agreement
	_, err := s.acts.Do(ctx, act.Call{Act: "grant.agreement.file"}, func(ctx context.Context, tx *act.Tx) (err error) {
		if a, err = loadAgreement(ctx, tx.Tx, id); err != nil {
			return err
		}
		if err := tx.Judge(ctx, map[string]string{"org": a.Org, "agreement": a.ID}); err != nil {
			return err
		}
		if a.State != Signed {
			return errs.New(errs.Conflict, "协议须双方签署后才能备案, 请先完成签署")
		}
		now := tx.Now()
		a.State, a.FiledAt = Filed, &now
		return s.saveAgreement(ctx, tx, a)
	})
	return a, err
}

// Start puts the grant of a filed agreement in force: the permit on the scenario, one permit for each approved model,
// and its share of the disclosure budget.
func (s *Service) Start(ctx context.Context, agreementID string) (Grant, error) {
	var g Grant
	_, err := s.acts.Do(ctx, act.Call{Act: "grant.start"}, func(ctx context.Context, tx *act.Tx) error {
		a, err := loadAgreement(ctx, tx.Tx, agreementID)
		if err != nil {
			return err
		}
		if err := tx.Judge(ctx, map[string]string{"org": a.Org, "agreement": a.ID}); err != nil {
			return err
		}
		if a.State != Filed {
			return errs.New(errs.Conflict, "协议尚未备案, 授权不能生效; 请先备案")
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
	org, err := party.Load(ctx, tx.Tx, a.Org)
	if err != nil {
		return Grant{}, err
	}
	p, err := tx.Issue(ctx, access.Permit{Kind: PermitGrant, Holder: a.Org, Object: sc.ID, Fields: fieldsOf(sc.Plan), Purpose: sc.Plan.Purpose,
		From: a.From, Until: a.Until, Parents: []string{org.Permit}, Basis: d.Matter})
	if err != nil {
		return Grant{}, err
	}
	g := Grant{ID: tx.NewID("grt"), Scenario: sc.ID, Declaration: d.ID, Agreement: a.ID, Org: a.Org, Title: sc.Plan.Title,
		Purpose: sc.Plan.Purpose, Models: d.Models, From: a.From, Until: a.Until, Budget: a.Budget, Permit: p.ID, Opened: tx.Now()}
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
	return g, tx.Changed(ctx, "grant", g.ID, g)
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
		permit, err := access.LoadPermit(ctx, tx.Tx, g.Permit)
		if err != nil {
			return err
		}
		if err := mayTurn(permit.State, state); err != nil {
			return err
		}
		if err := tx.SetPermit(ctx, g.Permit, state); err != nil || state != access.Revoked {
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
