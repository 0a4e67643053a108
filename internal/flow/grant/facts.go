package grant

import (
	"context"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/regime"
)

// Kinds of material that this stage adds from what is filled in on line; the pack names the same.
const (
	DocPrescenario   = "prescenario-form"
	DocSolution      = "solution-plan"
	DocDesign        = "modelling-design"
	DocModel         = "model"
	DocThirdParty    = "third-party-cooperation"
	DocTemplate      = "consent-template"
	DocQualification = "qualification"
	DocRenewal       = "renewal-reason"
)

// registerFacts tells the law what it may look at. A plan is a scenario or a declaration: both are 方案.
func (s *Service) registerFacts(law *regime.Law) {
	scenarioFact := func(name string, of func(Scenario) any) {
		law.RegisterFact(regime.Fact{Name: name, Type: regime.Bool, Load: func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
			sc, err := scenarioOfPlan(ctx, tx, id)
			if err != nil {
				return nil, err
			}
			return of(sc), nil
		}})
	}
	scenarioFact("plan.prescenario_passed", func(sc Scenario) any { return sc.State == Sampling })
	scenarioFact("plan.special_business", func(sc Scenario) any { return sc.Plan.Special })
	scenarioFact("plan.qualification_attached", func(sc Scenario) any {
		for _, d := range sc.Plan.Documents {
			if d.Kind == DocQualification && d.Digest != "" {
				return true
			}
		}
		return false
	})
	declarationFact := func(name string, of func(Declaration) bool) {
		law.RegisterFact(regime.Fact{Name: name, Type: regime.Bool, Load: func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
			if strings.HasPrefix(id, "scn_") { // no papers yet
				return false, nil
			}
			d, err := loadDeclaration(ctx, tx, id)
			return of(d), err
		}})
	}
	declarationFact("plan.third_party", func(d Declaration) bool { return d.Papers.through() })
	declarationFact("plan.on_paper", func(d Declaration) bool { return d.Papers.OnPaper() })
	declarationFact("plan.paper_explained", func(d Declaration) bool { return strings.TrimSpace(d.Papers.PaperReason) != "" })
	declarationFact("plan.own_template", func(d Declaration) bool { return d.Papers.ownTemplate() })
	declarationFact("plan.template_given", func(d Declaration) bool { return d.Papers.templateGiven() })
	declarationFact("plan.partner_explained", func(d Declaration) bool { return d.Papers.explained() })
	agreementFact := func(name string, of func(Agreement) any) {
		law.RegisterFact(regime.Fact{Name: name, Type: regime.Bool, Load: func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
			a, err := loadAgreement(ctx, tx, id)
			if err != nil {
				return nil, err
			}
			return of(a), nil
		}})
	}
	agreementFact("agreement.signed", func(a Agreement) any { return a.State != Drafted })
	agreementFact("agreement.filed", func(a Agreement) any { return a.State == Filed })
	law.RegisterFact(
		regime.Fact{Name: "grant.in_force", Type: regime.Bool, Load: func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
			g, err := loadGrant(ctx, tx, id)
			if err != nil {
				return nil, err
			}
			err = access.Valid(ctx, tx, g.Permit, workday.DateOf(tx.Now()))
			if errs.CodeOf(err) == errs.Internal {
				return nil, err
			}
			return err == nil, nil
		}},
		regime.Fact{Name: "grant.purpose", Type: regime.String, Load: func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
			g, err := loadGrant(ctx, tx, id)
			return g.Scenario, err
		}},
	)
}

func scenarioOfPlan(ctx context.Context, tx *sqldb.Tx, id string) (Scenario, error) {
	if strings.HasPrefix(id, "scn_") {
		return loadScenario(ctx, tx, id)
	}
	d, err := loadDeclaration(ctx, tx, id)
	if err != nil {
		return Scenario{}, err
	}
	return loadScenario(ctx, tx, d.Scenario)
}
