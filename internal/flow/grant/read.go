package grant

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/matter"
)

// scope is whose objects a list shows; nobody's where nothing is the actor's: an id has a prefix.
func scope(a access.Actor) string {
	if org, _, ok := a.Whose(); ok {
		return org
	}
	return "none"
}

// Scenarios lists what the caller may see, newest first.
func (s *Service) Scenarios(ctx context.Context, before string, limit int) (list []Scenario, err error) {
	err = s.acts.View(ctx, func(tx *sqldb.Tx) (err error) {
		actor := access.From(ctx)
		if actor.Overseer() {
			list, err = listScenarios(ctx, tx, actor.Area, before, limit)
		} else {
			list, err = listScenariosOf(ctx, tx, actor, before, limit)
		}
		return err
	})
	return list, err
}

// ScenarioPage is a scenario with what hangs on it and what the caller may do.
type ScenarioPage struct {
	Scenario     Scenario      `json:"scenario"`
	Declarations []Declaration `json:"declarations"`
	Grants       []Grant       `json:"grants"`
	Acts         []act.Option  `json:"acts"`
}

// Scenario is one scenario as the caller may see it: an expert and a holder see those whose pre-declaration or
// declarations they were asked about, and of these only the ones they were asked about.
func (s *Service) Scenario(ctx context.Context, id string) (p ScenarioPage, err error) {
	err = s.acts.View(ctx, func(tx *sqldb.Tx) error {
		sc, err := loadScenario(ctx, tx, id)
		if err != nil {
			return err
		}
		actor := access.From(ctx)
		declarations, err := listDeclarations(ctx, tx, "", id, "", 50)
		if err != nil {
			return err
		}
		predeclared, err := matter.Load(ctx, tx, sc.Matter)
		if err != nil {
			return err
		}
		if predeclared.StoodAside(actor) {
			return errs.New(errs.NotFound, noScenario)
		}
		if !actor.OverseerOf(sc.Area) && (actor.Org == "" || actor.Org != sc.Org) {
			if declarations, err = asked(ctx, tx, actor, declarations); err != nil {
				return err
			}
			if len(declarations) == 0 && !matter.Asked(actor, predeclared) {
				return errs.New(errs.NotFound, noScenario)
			}
			p.Scenario, p.Declarations = sc, declarations
			return nil
		}
		p.Scenario, p.Declarations = sc, declarations
		if p.Grants, err = listGrants(ctx, tx, "", id, "", 50); err != nil {
			return err
		}
		p.Acts, err = s.scenarioOptions(ctx, tx, actor, sc)
		return err
	})
	return p, err
}

// asked keeps the declarations about which the actor was asked.
func asked(ctx context.Context, tx *sqldb.Tx, actor access.Actor, list []Declaration) ([]Declaration, error) {
	var out []Declaration
	for _, d := range list {
		m, err := matter.Load(ctx, tx, d.Matter)
		if err != nil {
			return nil, err
		}
		if matter.Asked(actor, m) {
			out = append(out, d)
		}
	}
	return out, nil
}

// Asked reports whether the actor was asked about a declaration that carries the model version. Having declared a listed
// model of somebody else is not being asked about it.
func Asked(ctx context.Context, tx *sqldb.Tx, actor access.Actor, version string) (bool, error) {
	declarations, err := declarationsOf(ctx, tx, version)
	if err != nil {
		return false, err
	}
	list, err := asked(ctx, tx, actor, declarations)
	return len(list) > 0, err
}

func (s *Service) scenarioOptions(ctx context.Context, tx *sqldb.Tx, actor access.Actor, sc Scenario) ([]act.Option, error) {
	if actor.Org != sc.Org {
		if !actor.Has(access.Bureau) || sc.Area == "" || actor.Area == sc.Area {
			return nil, nil
		}
		o, err := s.acts.Option(ctx, tx, "grant.scenario.promote", sc.mayPromote(), map[string]string{"org": sc.Org, "plan": sc.ID})
		return []act.Option{o}, err
	}
	o, err := s.acts.Option(ctx, tx, "grant.scenario.submit", nil, map[string]string{"org": sc.Org, "plan": sc.ID})
	return []act.Option{o}, err
}

// InArea is the condition that the scenario in a column is decided in an area or below it; it appends its arguments.
func InArea(column string, area access.Area, args *[]any) string {
	if area == "" {
		return "1 = 1"
	}
	lo, hi := area.Range()
	*args = append(*args, lo, hi)
	return fmt.Sprintf(`%s IN (SELECT id FROM scenario WHERE area >= $%d AND area < $%d)`, column, len(*args)-1, len(*args))
}

// ScenarioArea is the area whose bodies decide on a scenario, and so on everything that happens under it.
func ScenarioArea(ctx context.Context, tx *sqldb.Tx, scenario string) (access.Area, error) {
	sc, err := loadScenario(ctx, tx, scenario)
	return sc.Area, err
}

// Oversees reports whether the caller supervises what happens under a scenario.
func Oversees(ctx context.Context, tx *sqldb.Tx, scenario string) (bool, error) {
	actor := access.From(ctx)
	if !actor.Overseer() || actor.Area == "" {
		return actor.Overseer(), nil
	}
	area, err := ScenarioArea(ctx, tx, scenario)
	return actor.OverseerOf(area), err
}

// LoadScenario loads a scenario for a later stage.
func LoadScenario(ctx context.Context, tx *sqldb.Tx, id string) (Scenario, error) {
	return loadScenario(ctx, tx, id)
}

// LoadAuthorization loads an authorization for a later stage.
func LoadAuthorization(ctx context.Context, tx *sqldb.Tx, id string) (Authorization, error) {
	return loadAuthorization(ctx, tx, id)
}

// LoadAgreement loads an agreement for a later stage.
func LoadAgreement(ctx context.Context, tx *sqldb.Tx, id string) (Agreement, error) {
	return loadAgreement(ctx, tx, id)
}

// Party reports whether an organization is a party of the agreement.
func (a Agreement) Party(org string) bool { return a.of(org) }

// LoadDeclaration loads a declaration for a later stage.
func LoadDeclaration(ctx context.Context, tx *sqldb.Tx, id string) (Declaration, error) {
	return loadDeclaration(ctx, tx, id)
}

// LoadGrant loads a grant for a later stage.
func LoadGrant(ctx context.Context, tx *sqldb.Tx, id string) (Grant, error) {
	return loadGrant(ctx, tx, id)
}

// DeclarationsOf lists the declarations that carry a model version, oldest first, for a later stage.
func DeclarationsOf(ctx context.Context, tx *sqldb.Tx, version string) ([]Declaration, error) {
	return declarationsOf(ctx, tx, version)
}

// InForce finds the organization's grant on a scenario that is valid on that day.
func InForce(ctx context.Context, tx *sqldb.Tx, org, scenario string, day workday.Date) (Grant, error) {
	grants, err := listGrants(ctx, tx, org, scenario, "", 50)
	if err != nil {
		return Grant{}, err
	}
	first := error(errs.New(errs.Forbidden, "本场景没有生效的授权, 请先签订协议并备案"))
	for i, g := range grants {
		err := access.Valid(ctx, tx, g.Permit, day)
		if err == nil {
			return g, nil
		}
		if errs.CodeOf(err) == errs.Internal {
			return Grant{}, err
		}
		if i == 0 {
			first = err
		}
	}
	return Grant{}, first
}

// ForModel finds the organization's grant in force on a scenario that is for this model version: a version granted for
// one scenario does not run in another (一场景一授权).
func ForModel(ctx context.Context, tx *sqldb.Tx, org, scenario, version string, day workday.Date) (Grant, error) {
	grants, err := listGrants(ctx, tx, org, scenario, "", 50)
	if err != nil {
		return Grant{}, err
	}
	permits, err := access.PermitsOf(ctx, tx, org, PermitModel, version)
	if err != nil {
		return Grant{}, err
	}
	first := error(errs.New(errs.Forbidden, "本场景生效的授权不包含这个模型版本, 请重新申报并签订协议"))
	for i, g := range grants {
		p := slices.IndexFunc(permits, func(p access.Permit) bool { return slices.Contains(p.Parents, g.Permit) })
		if !g.Declares(version) || p < 0 {
			continue
		}
		err := access.Valid(ctx, tx, permits[p].ID, day)
		if err == nil {
			return g, nil
		}
		if errs.CodeOf(err) == errs.Internal {
			return Grant{}, err
		}
		if i == 0 {
			first = err
		}
	}
	return Grant{}, first
}

// Agreements lists what the caller may see, newest first.
func (s *Service) Agreements(ctx context.Context, before string, limit int) (list []Agreement, err error) {
	err = s.acts.View(ctx, func(tx *sqldb.Tx) (err error) {
		list, err = listAgreements(ctx, tx, access.From(ctx), before, limit)
		return err
	})
	return list, err
}

// AgreementPage is an agreement with what the caller may do.
type AgreementPage struct {
	Agreement Agreement    `json:"agreement"`
	Filings   []Filing     `json:"filings,omitempty"`
	Acts      []act.Option `json:"acts"`
}

// Agreement is one agreement as the caller may see it.
func (s *Service) Agreement(ctx context.Context, id string) (p AgreementPage, err error) {
	err = s.acts.View(ctx, func(tx *sqldb.Tx) error {
		if p.Agreement, err = loadAgreement(ctx, tx, id); err != nil {
			return err
		}
		actor := access.From(ctx)
		a := p.Agreement
		if err := seen(ctx, tx, actor, a, nil, noAgreement); err != nil {
			p.Agreement = Agreement{}
			return err
		}
		name, err := callName(ctx, tx, actor, a)
		if err != nil {
			return err
		}
		_, signed := a.side(actor, name)
		var unsigned error
		if a.State != Signed {
			unsigned = errs.New(errs.Conflict, "双方签署完毕且尚未备案的协议才能备案, 请刷新查看")
		}
		objects := map[string]string{"org": a.Org, "agreement": a.ID}
		if a.Declaration != "" {
			objects["plan"] = a.Declaration
		}
		if a.Authorization != "" {
			objects["authorization"] = a.Authorization
		}
		if p.Filings, err = filingsOf(ctx, tx, a.ID); err != nil {
			return err
		}
		for _, o := range []struct {
			name  string
			state error
		}{{"grant.agreement.sign", signed}, {"grant.agreement.file", unsigned}, {"grant.start", nil}} { // the law itself says that filing comes first
			if o.name == "grant.start" && a.Declaration == "" {
				continue
			}
			option, err := s.acts.Option(ctx, tx, o.name, o.state, objects)
			if err != nil {
				return err
			}
			p.Acts = append(p.Acts, option)
		}
		return nil
	})
	return p, err
}

// GrantPage is a grant with its standing and what the caller may do.
type GrantPage struct {
	Grant     Grant        `json:"grant"`
	InForce   bool         `json:"in_force"`
	Why       string       `json:"why,omitempty" doc:"Why it is not in force"`
	Renewals  []Renewal    `json:"renewals,omitempty" doc:"Asked for so far, newest first"`
	Renewable bool         `json:"renewable" doc:"The law in force knows a renewal; where it does not, one applies anew"`
	Ending    string       `json:"ending,omitempty" doc:"The matter in which its end was put before the mechanism"`
	Acts      []act.Option `json:"acts"`
}

// Grants lists what the caller may see, newest first.
func (s *Service) Grants(ctx context.Context, before string, limit int) (list []Grant, err error) {
	err = s.acts.View(ctx, func(tx *sqldb.Tx) (err error) {
		if org := scope(access.From(ctx)); org != "" {
			list, err = listGrantsOf(ctx, tx, org, before, limit)
		} else {
			list, err = listGrantsIn(ctx, tx, access.From(ctx).Area, before, limit)
		}
		return err
	})
	return list, err
}

// Grant is one grant as the caller may see it.
func (s *Service) Grant(ctx context.Context, id string) (p GrantPage, err error) {
	err = s.acts.View(ctx, func(tx *sqldb.Tx) error {
		if p.Grant, err = loadGrant(ctx, tx, id); err != nil {
			return err
		}
		actor := access.From(ctx)
		if !actor.OverseerOf(p.Grant.Area) && actor.Org != p.Grant.Org {
			a, err := loadAgreement(ctx, tx, p.Grant.Agreement)
			if err == nil && !a.of(actor.Org) {
				err = errs.New(errs.NotFound, noGrant)
			}
			if err != nil {
				p.Grant = Grant{}
				return err
			}
		}
		standing := access.Valid(ctx, tx, p.Grant.Permit, workday.DateOf(tx.Now()))
		p.InForce = standing == nil
		if e, ok := errors.AsType[*errs.Error](standing); ok {
			p.Why = e.Msg
		} else if standing != nil {
			return standing
		}
		if err := s.onward(ctx, tx, &p); err != nil || !actor.Has(access.Bureau, access.Operator) {
			return err
		}
		permit, err := access.LoadPermit(ctx, tx, p.Grant.Permit)
		if err != nil {
			return err
		}
		for _, t := range []struct{ name, to string }{{"grant.suspend", access.Suspended}, {"grant.lift", access.Active}, {"grant.terminate", access.Revoked}} {
			o, err := s.acts.Option(ctx, tx, t.name, errs.Or(ownLevel(actor, p.Grant), mayTurn(permit.State, t.to)), map[string]string{"org": p.Grant.Org, "grant": p.Grant.ID})
			if err != nil {
				return err
			}
			p.Acts = append(p.Acts, o)
		}
		return nil
	})
	return p, err
}
