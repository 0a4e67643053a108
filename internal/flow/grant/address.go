package grant

import (
	"context"
	"slices"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/matter"
	"yunei/internal/core/party"
)

// addressed sends a step about a scenario to the bodies it concerns.
func (s *Service) addressed(ctx context.Context, tx *sqldb.Tx, m *matter.Matter, step *matter.Step) ([]string, error) {
	sc, err := scenarioOfPlan(ctx, tx, m.Subject)
	if err != nil {
		return nil, err
	}
	return s.Addressed(ctx, tx, sc, step.Role, m.Applicant)
}

// Addressed are the inboxes of a step about a scenario: those whose data it asks for, the one department that authorized its
// developer (贵州 第十三条: 由该开发利用主体授权部门进行审核), the authorized operator it applies to, the buyer it names. For every
// other role it is nil: the law knows one body for it.
func (s *Service) Addressed(ctx context.Context, tx *sqldb.Tx, sc Scenario, role, applicant string) ([]string, error) {
	switch access.Role(role) {
	case access.Holder:
		return s.Holders(ctx, tx, sc.ID, applicant)
	case access.Department:
		if sc.Authorization == "" {
			return nil, nil
		}
		a, err := loadAuthorization(ctx, tx, sc.Authorization)
		return []string{access.OrgAddress(a.Authorizer, access.Department)}, err
	case access.Authorized:
		a, err := s.operatorOf(ctx, tx, sc, workday.DateOf(tx.Now()))
		if err != nil || a.Org == "" {
			return nil, err
		}
		return []string{access.OrgAddress(a.Org, access.Authorized)}, nil
	}
	return nil, nil
}

// Holders are the inboxes of those whose data a scenario asks for. The applicant is not asked about its own, on which it could
// not decide.
func (s *Service) Holders(ctx context.Context, tx *sqldb.Tx, scenario, applicant string) ([]string, error) {
	sc, err := loadScenario(ctx, tx, scenario)
	if err != nil {
		return nil, err
	}
	to, seen := []string{}, map[string]bool{}
	for _, n := range sc.Plan.Needs {
		entry, err := s.catalog.Load(ctx, tx, n.Resource)
		if err != nil {
			return nil, err
		}
		if !seen[entry.Holder] && entry.Holder != applicant {
			seen[entry.Holder] = true
			to = append(to, access.OrgAddress(entry.Holder, access.Holder))
		}
	}
	return to, nil
}

// operatorOf is the authorized operator of a scenario: the one it names, else the one for its field, else the only one. The zero
// value where the law has no such level.
func (s *Service) operatorOf(ctx context.Context, tx *sqldb.Tx, sc Scenario, day workday.Date) (Authorization, error) {
	if exists, err := s.levelExists(LevelOperator, day); err != nil || !exists {
		return Authorization{}, err
	}
	list, err := listAuthorizations(ctx, tx, authorizationFilter{level: LevelOperator, limit: 500})
	if err != nil {
		return Authorization{}, err
	}
	var all, inField []Authorization
	for _, a := range list {
		if a.Permit == "" || sc.Plan.Operator != "" && a.Org != sc.Plan.Operator || !a.Area.Covers(sc.Area) {
			continue
		}
		err := access.Valid(ctx, tx, a.Permit, day)
		if errs.CodeOf(err) == errs.Internal {
			return Authorization{}, err
		}
		if err != nil {
			continue
		}
		if all = append(all, a); a.Field != "" && a.Field == sc.Plan.Field {
			inField = append(inField, a)
		}
	}
	if own := slices.DeleteFunc(slices.Clone(all), func(a Authorization) bool { return a.Area != sc.Area }); len(own) > 0 && len(own) < len(all) {
		all = own // the operator of the scenario's own level before those above
		inField = slices.DeleteFunc(inField, func(a Authorization) bool { return a.Area != sc.Area })
	}
	switch {
	case len(all) == 1:
		return all[0], nil
	case len(inField) == 1:
		return inField[0], nil
	case len(all) == 0:
		return Authorization{}, errs.New(errs.Conflict, "现在没有生效的授权运营主体可以办理, 请联系数据主管部门")
	}
	return Authorization{}, errs.New(errs.Conflict, "有多个授权运营主体, 请在场景中选择向哪一个申请")
}

// OperatorOf is the organization of a scenario's authorized operator; "" where the law has no such level.
func (s *Service) OperatorOf(ctx context.Context, tx *sqldb.Tx, sc Scenario, day workday.Date) (string, error) {
	a, err := s.operatorOf(ctx, tx, sc, day)
	return a.Org, err
}

// parents are the permits that everything under a scenario descends from: the admission, the authorization of its developer where
// the law has that level, and the agreement that comes before any development where it asks for one. Ending one of them closes
// the space and the grant at once.
func (s *Service) parents(ctx context.Context, tx *act.Tx, sc Scenario) ([]string, error) {
	parents, err := admission(ctx, tx.Tx, sc.Org)
	if err != nil {
		return nil, err
	}
	if sc.Plan.Ahead {
		listed, err := party.ListedProvider(ctx, tx.Tx, sc.Org, tx.Day())
		return append(parents, listed), err
	}
	exists, err := s.levelExists(LevelDeveloper, tx.Day())
	if err != nil {
		return nil, err
	}
	if exists {
		if sc.Authorization == "" {
			return nil, errs.New(errs.Forbidden, "贵单位没有生效的开发利用授权, 不能办理; 请先申请成为开发利用主体")
		}
		a, err := loadAuthorization(ctx, tx.Tx, sc.Authorization)
		if err == nil {
			err = access.Valid(ctx, tx.Tx, a.Permit, tx.Day())
		}
		if err != nil {
			return nil, err
		}
		parents = append(parents, a.Permit)
	}
	vendor, _, err := partiesOf(tx.Law(), AgreementVendor, tx.Day())
	if err != nil || len(vendor) == 0 {
		return parents, err
	}
	p, err := access.ValidFor(ctx, tx.Tx, sc.Org, PermitAgreement, AgreementVendor, tx.Day())
	if errs.Is(err, errs.NotFound) {
		err = errs.New(errs.Forbidden, "贵单位尚未签订开发前的协议, 不能办理; 请先签订协议")
	}
	return append(parents, p.ID), err
}

// grantParents are those of a grant: beside the scenario's, the authorization of the operator that supplies the data.
func (s *Service) grantParents(ctx context.Context, tx *act.Tx, sc Scenario, kind string) ([]string, error) {
	parents, err := s.parents(ctx, tx, sc)
	if err != nil || kind != AgreementSupply {
		return parents, err
	}
	operator, err := s.operatorOf(ctx, tx.Tx, sc, tx.Day())
	if err == nil && operator.Permit != "" {
		parents = append(parents, operator.Permit)
	}
	return parents, err
}

// AuthorizerOf is the body that authorized a scenario's developer: its department, where the law has that level; else "", the one
// bureau of the level.
func (s *Service) AuthorizerOf(ctx context.Context, tx *sqldb.Tx, sc Scenario) (string, error) {
	if sc.Authorization == "" {
		return "", nil
	}
	a, err := loadAuthorization(ctx, tx, sc.Authorization)
	return a.Authorizer, err
}

// OtherScenario finds a scenario, other than this one, for which a model version was granted to the organization.
func (s *Service) OtherScenario(ctx context.Context, tx *sqldb.Tx, org, scenario, version string) (string, bool, error) {
	permits, err := access.PermitsOf(ctx, tx, org, PermitModel, version)
	for _, p := range permits {
		if p.Purpose != scenario {
			return p.Purpose, true, nil
		}
	}
	return "", false, err
}
