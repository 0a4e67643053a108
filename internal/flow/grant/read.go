package grant

import (
	"context"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/matter"
	"yunei/internal/core/regime"
)

// agreementText fills the pack's template of the agreement. Without a template there is no agreement to sign.
func agreementText(law *regime.Law, sc Scenario, d Declaration, t Terms) (string, error) {
	text, ok := law.Template("agreement")
	if !ok {
		return "", errs.New(errs.Unavailable, "规则包没有提供协议文本, 请联系数据主管部门补充模板")
	}
	var models []string
	for _, m := range d.Models {
		models = append(models, m.Name+" ("+m.Hash+")")
	}
	return strings.NewReplacer(
		"{scenario}", sc.Plan.Title, "{purpose}", sc.Plan.Purpose, "{from}", t.From.String(), "{until}", t.Until.String(),
		"{models}", strings.Join(models, "、"), "{fields}", strings.Join(fieldsOf(sc.Plan), "、"),
	).Replace(text), nil
}

// overseer sees every organization's files; a data user sees its own.
func overseer(a access.Actor) bool { return a.Has(access.Bureau, access.Operator, access.Auditor) }

func scope(a access.Actor) string {
	if overseer(a) {
		return ""
	}
	if a.Org == "" {
		return "none"
	}
	return a.Org
}

// Scenarios lists what the caller may see, newest first.
func (s *Service) Scenarios(ctx context.Context, before string, limit int) (list []Scenario, err error) {
	err = s.acts.View(ctx, func(tx *sqldb.Tx) (err error) {
		list, err = listScenarios(ctx, tx, scope(access.From(ctx)), before, limit)
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

// Scenario is one scenario as the caller may see it: an expert and a holder see those they were asked about.
func (s *Service) Scenario(ctx context.Context, id string) (p ScenarioPage, err error) {
	err = s.acts.View(ctx, func(tx *sqldb.Tx) error {
		if p.Scenario, err = loadScenario(ctx, tx, id); err != nil {
			return err
		}
		if p.Declarations, err = listDeclarations(ctx, tx, "", id, "", 50); err != nil {
			return err
		}
		actor := access.From(ctx)
		seen, err := sees(ctx, tx, actor, p.Scenario.Org, p.Declarations)
		if err != nil {
			return err
		}
		if !seen {
			return errs.New(errs.NotFound, "没有这个场景, 请核对后重试")
		}
		if p.Grants, err = listGrants(ctx, tx, "", id, "", 50); err != nil {
			return err
		}
		p.Acts, err = s.scenarioOptions(ctx, tx, actor, p.Scenario)
		return err
	})
	return p, err
}

// sees reports whether the actor supervises, owns, or was asked about one of the declarations.
func sees(ctx context.Context, tx *sqldb.Tx, actor access.Actor, org string, declarations []Declaration) (bool, error) {
	if overseer(actor) || actor.Org == org {
		return true, nil
	}
	for _, d := range declarations {
		m, err := matter.Load(ctx, tx, d.Matter)
		if err != nil {
			return false, err
		}
		if matter.MaySee(actor, m) {
			return true, nil
		}
	}
	return false, nil
}

// Sees reports whether the actor may see a model version: its owner, those who supervise, and who was asked to review it.
func Sees(ctx context.Context, tx *sqldb.Tx, actor access.Actor, org, version string) (bool, error) {
	declarations, err := declarationsOf(ctx, tx, version)
	if err != nil {
		return false, err
	}
	return sees(ctx, tx, actor, org, declarations)
}

func (s *Service) scenarioOptions(ctx context.Context, tx *sqldb.Tx, actor access.Actor, sc Scenario) ([]act.Option, error) {
	if actor.Org != sc.Org {
		return nil, nil
	}
	o, err := s.acts.Option(ctx, tx, "grant.scenario.submit", nil, map[string]string{"org": sc.Org, "plan": sc.ID})
	return []act.Option{o}, err
}

// LoadScenario loads a scenario for a later stage.
func LoadScenario(ctx context.Context, tx *sqldb.Tx, id string) (Scenario, error) {
	return loadScenario(ctx, tx, id)
}

// LoadDeclaration loads a declaration for a later stage.
func LoadDeclaration(ctx context.Context, tx *sqldb.Tx, id string) (Declaration, error) {
	return loadDeclaration(ctx, tx, id)
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

// Agreements lists what the caller may see, newest first.
func (s *Service) Agreements(ctx context.Context, before string, limit int) (list []Agreement, err error) {
	err = s.acts.View(ctx, func(tx *sqldb.Tx) (err error) {
		list, err = listAgreements(ctx, tx, scope(access.From(ctx)), before, limit)
		return err
	})
	return list, err
}

// AgreementPage is an agreement with what the caller may do.
type AgreementPage struct {
	Agreement Agreement    `json:"agreement"`
	Acts      []act.Option `json:"acts"`
}

// Agreement is one agreement as the caller may see it.
func (s *Service) Agreement(ctx context.Context, id string) (p AgreementPage, err error) {
	err = s.acts.View(ctx, func(tx *sqldb.Tx) error {
		if p.Agreement, err = loadAgreement(ctx, tx, id); err != nil {
			return err
		}
		actor := access.From(ctx)
		if !overseer(actor) && actor.Org != p.Agreement.Org {
			return errs.New(errs.NotFound, "没有这份协议, 请核对后重试")
		}
		a := p.Agreement
		signed := a.sign(PartySignature{Org: actor.Org}, actor.Has(access.Operator))
		var unsigned, unfiled error
		if p.Agreement.State != Signed {
			unsigned = errs.New(errs.Conflict, "协议须双方签署且尚未备案时才能备案")
		}
		if p.Agreement.State != Filed {
			unfiled = errs.New(errs.Conflict, "协议备案后授权才能生效")
		}
		objects := map[string]string{"org": a.Org, "agreement": a.ID, "plan": a.Declaration}
		for _, o := range []struct {
			name  string
			state error
		}{{"grant.agreement.sign", signed}, {"grant.agreement.file", unsigned}, {"grant.start", unfiled}} {
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
	Grant   Grant        `json:"grant"`
	InForce bool         `json:"in_force"`
	Why     string       `json:"why,omitempty" doc:"Why it is not in force"`
	Acts    []act.Option `json:"acts"`
}

// Grants lists what the caller may see, newest first.
func (s *Service) Grants(ctx context.Context, before string, limit int) (list []Grant, err error) {
	err = s.acts.View(ctx, func(tx *sqldb.Tx) (err error) {
		list, err = listGrants(ctx, tx, scope(access.From(ctx)), "", before, limit)
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
		if !overseer(actor) && actor.Org != p.Grant.Org {
			return errs.New(errs.NotFound, "没有这项授权, 请核对后重试")
		}
		standing := access.Valid(ctx, tx, p.Grant.Permit, workday.DateOf(tx.Now()))
		p.InForce = standing == nil
		if standing != nil {
			p.Why = standing.Error()
		}
		if !actor.Has(access.Bureau, access.Operator) {
			return nil
		}
		for _, name := range []string{"grant.suspend", "grant.lift", "grant.terminate"} {
			o, err := s.acts.Option(ctx, tx, name, nil, map[string]string{"org": p.Grant.Org, "grant": p.Grant.ID})
			if err != nil {
				return err
			}
			p.Acts = append(p.Acts, o)
		}
		return nil
	})
	return p, err
}
