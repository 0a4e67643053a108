package grant

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/matter"
	"yunei/internal/core/party"
)

// levelExists reports whether the law of the day knows a level of authorization.
func (s *Service) levelExists(l string, day workday.Date) (bool, error) {
	_, err := s.acts.Law().Procedure(levels[l].kind, day)
	if errs.Is(err, errs.NotFound) {
		return false, nil
	}
	return err == nil, err
}

// Apply files an application for an authorization at one level (资质申请) and starts its review.
func (s *Service) Apply(ctx context.Context, r Request) (Authorization, error) {
	var a Authorization
	if err := r.check(); err != nil {
		return a, err
	}
	_, err := s.acts.Do(ctx, act.Call{Act: "grant.authorization.apply"}, func(ctx context.Context, tx *act.Tx) error {
		if exists, err := s.levelExists(r.Level, tx.Day()); err != nil || !exists {
			return errs.Or(err, noLevel(r.Level))
		}
		org, err := party.Load(ctx, tx.Tx, tx.Actor().Org)
		if err != nil {
			return err
		}
		area, err := s.authorizingArea(ctx, tx, r)
		if err != nil {
			return err
		}
		a = Authorization{ID: tx.NewID("aut"), Level: r.Level, Org: org.ID, Authorizer: r.Authorizer, Area: area, Field: strings.TrimSpace(r.Field), Call: r.Call,
			Recommendation: r.Recommendation, Statement: r.Statement, Documents: r.Documents, State: Applied, Opened: tx.Now()}
		if err := s.mayApply(ctx, tx, a); err != nil {
			return err
		}
		if err := insertAuthorization(ctx, tx.Tx, a); err != nil {
			return err
		}
		m, err := s.matters.SubmitTx(ctx, tx, matter.Application{Kind: levels[a.Level].kind, Title: org.Name, Applicant: a.Org, Area: a.Area, Subject: a.ID, Documents: r.materials()})
		if err != nil {
			return err
		}
		a.Matter = m.ID
		if err := s.saveAuthorization(ctx, tx, a); err != nil {
			return err
		}
		objects := map[string]string{"org": a.Org, "authorization": a.ID, "matter": m.ID}
		if a.Call != "" {
			objects["call"] = a.Call
		}
		return tx.Judge(ctx, objects)
	})
	return a, err
}

// mayApply refuses what no law needs to say: an application beside one in hand, to nobody, on another's recommendation.
func (s *Service) mayApply(ctx context.Context, tx *act.Tx, a Authorization) error {
	if err := tx.Lock(ctx, "authorization "+a.Org); err != nil {
		return err
	}
	earlier, err := listAuthorizations(ctx, tx.Tx, authorizationFilter{org: a.Org, level: a.Level, limit: 100})
	if err != nil {
		return err
	}
	for _, e := range earlier {
		if e.Authorizer == a.Authorizer && (e.State == Applied || e.State == Approved) {
			return errs.New(errs.Conflict, "贵单位的同一申请正在办理, 请在授权列表中查看进度, 不必重复申请")
		}
	}
	if a.Authorizer != "" {
		clerks, err := access.AccountsIn(ctx, tx.Tx, a.Authorizer, access.Department)
		if err != nil {
			return err
		}
		if len(clerks) == 0 {
			return spotted("body.authorizer", "所选单位没有办理授权的人员, 请改选授权部门")
		}
	}
	if a.Recommendation != "" {
		rec, err := loadRecommendation(ctx, tx.Tx, a.Recommendation)
		if err != nil {
			return err
		}
		if rec.Org != a.Org {
			return errs.New(errs.NotFound, noRecommendation)
		}
		if rec.Field != a.Field {
			return spotted("body.field", "申请的领域须与推荐的领域“"+rec.Field+"”一致")
		}
	}
	return nil
}

func (s *Service) saveAuthorization(ctx context.Context, tx *act.Tx, a Authorization) error {
	if err := saveAuthorization(ctx, tx.Tx, a); err != nil {
		return fmt.Errorf("save authorization %s: %w", a.ID, err)
	}
	return tx.Changed(ctx, "authorization", a.ID, a)
}

func (s *Service) authorizationEnded(ctx context.Context, tx *act.Tx, m *matter.Matter) error {
	a, err := loadAuthorization(ctx, tx.Tx, m.Subject)
	if err != nil {
		return err
	}
	a.ended(m.State)
	if err := s.saveAuthorization(ctx, tx, a); err != nil || a.State != Approved {
		return err
	}
	return s.fileResult(ctx, tx, "authorization", a.ID, m)
}

// toAuthorizer addresses the department's steps to the one department applied to: what another department would decide
// counts for nothing (贵州 第九条: 同级政府部门对申请主体提交的材料进行审核).
func (s *Service) toAuthorizer(ctx context.Context, tx *sqldb.Tx, m *matter.Matter, step *matter.Step) ([]string, error) {
	if access.Role(step.Role) != access.Department {
		return nil, nil
	}
	a, err := loadAuthorization(ctx, tx, m.Subject)
	return []string{access.OrgAddress(a.Authorizer, access.Department)}, err
}

// StartAuthorization puts an approved authorization in force once its agreement is signed: the permit, and the role its
// holder acts in.
func (s *Service) StartAuthorization(ctx context.Context, id string) (Authorization, error) {
	var a Authorization
	_, err := s.acts.Do(ctx, act.Call{Act: "grant.authorization.start"}, func(ctx context.Context, tx *act.Tx) (err error) {
		if a, err = loadAuthorization(ctx, tx.Tx, id); err != nil {
			return err
		}
		if err := mayDispose(tx.Actor(), a); err != nil {
			return err
		}
		objects := map[string]string{"org": a.Org, "authorization": a.ID}
		if a.Agreement != "" {
			objects["agreement"] = a.Agreement
		}
		if err := tx.Judge(ctx, objects); err != nil {
			return err
		}
		if err := a.mayStart(); err != nil {
			return err
		}
		if a.From, a.Until, err = s.termOf(ctx, tx, a); err != nil {
			return err
		}
		roots, err := admission(ctx, tx.Tx, a.Org)
		if err != nil {
			return err
		}
		p, err := tx.Issue(ctx, access.Permit{Kind: PermitAuthorization, Holder: a.Org, Object: a.Level, Purpose: a.Field,
			From: a.From, Until: a.Until, Parents: roots, Basis: a.Matter})
		if err != nil {
			return err
		}
		a.Permit, a.State = p.ID, Started
		if err := s.saveAuthorization(ctx, tx, a); err != nil {
			return err
		}
		if err := publishAuthorization(ctx, tx, a); err != nil {
			return err
		}
		return promote(ctx, tx, a.Org, levels[a.Level].role)
	})
	return a, err
}

// authorizingArea is where an application is decided: the department's own area, or the one applied to. Each level authorizes its
// own (贵州 第五条: 由各级人民政府数据主管部门统一授权).
func (s *Service) authorizingArea(ctx context.Context, tx *act.Tx, r Request) (access.Area, error) {
	if r.Authorizer != "" {
		return access.AreaOf(ctx, tx.Tx, r.Authorizer)
	}
	return s.decidedIn(ctx, tx, r.Area, "body.area")
}

// decidedIn is the area whose bodies decide what is filed in an area: its own, or the next above that has a bureau.
func (s *Service) decidedIn(ctx context.Context, tx *act.Tx, area access.Area, where string) (access.Area, error) {
	found, ok := tx.Law().Area(string(area))
	if !ok {
		return "", spotted(where, "平台服务的区域中没有 "+string(area)+", 请从列表中选择")
	}
	return access.Competent(ctx, tx.Tx, access.Bureau, access.Area(found.Code))
}

// mayDispose reports whether the actor acts for the body that authorizes.
func mayDispose(actor access.Actor, a Authorization) error {
	switch {
	case a.Authorizer != "" && actor.Has(access.Department) && actor.Org == a.Authorizer, a.Authorizer == "" && actor.Has(access.Bureau) && actor.Area == a.Area:
		return nil
	case !actor.Area.Covers(a.Area):
		return errs.New(errs.NotFound, noAuthorization)
	case a.Authorizer != "" && actor.Has(access.Department):
		return errs.New(errs.NotFound, noAuthorization)
	}
	return errs.New(errs.Forbidden, "授权由作出授权的部门办理, 不在您的职责内; 请转由该部门办理")
}

// termOf is the term of the agreement that the law asks for at this level.
func (s *Service) termOf(ctx context.Context, tx *act.Tx, a Authorization) (from, until workday.Date, err error) {
	if a.Agreement == "" {
		return "", "", errs.New(errs.Conflict, "协议尚未签订, 授权不能生效; 请先签订协议")
	}
	g, err := loadAgreement(ctx, tx.Tx, a.Agreement)
	switch {
	case err != nil:
		return "", "", err
	case g.State == Drafted:
		return "", "", errs.New(errs.Conflict, "协议尚未由各方签署, 授权不能生效; 请先完成签署")
	case !tx.Day().Before(g.Until):
		return "", "", errs.New(errs.Conflict, "协议已于 %s 到期, 授权不能生效; 请重新申请", g.Until)
	}
	return g.From, g.Until, nil
}

// admission is the permit that everything an organization holds descends from; nothing where the law admits nobody first.
func admission(ctx context.Context, tx *sqldb.Tx, org string) ([]string, error) {
	o, err := party.Load(ctx, tx, org)
	if err != nil || o.Permit == "" {
		return nil, err
	}
	return []string{o.Permit}, nil
}

// promote gives the accounts of an organization the role its authorization is for.
func promote(ctx context.Context, tx *act.Tx, org string, role access.Role) error {
	accounts, err := access.AccountsIn(ctx, tx.Tx, org, access.Applicant)
	if err != nil {
		return err
	}
	for _, a := range accounts {
		if slices.Contains(a.Roles, role) {
			continue
		}
		a.Roles = append(a.Roles, role)
		if err := access.SetRoles(ctx, tx.Tx, a); err != nil {
			return err
		}
		if err := tx.Changed(ctx, "account", a.ID, a); err != nil {
			return err
		}
	}
	return nil
}

// authorized finds the organization's authorization of a level that is in force on that day, in the field where there are
// several; ok is false where there is none.
func authorized(ctx context.Context, tx *sqldb.Tx, org, l, field string, day workday.Date) (found Authorization, ok bool, err error) {
	if org == "" {
		return found, false, nil
	}
	list, err := listAuthorizations(ctx, tx, authorizationFilter{org: org, level: l, limit: 100})
	if err != nil {
		return found, false, err
	}
	for _, a := range list {
		if a.Permit == "" {
			continue
		}
		err := access.Valid(ctx, tx, a.Permit, day)
		if errs.CodeOf(err) == errs.Internal {
			return found, false, err
		}
		if err == nil && (!ok || a.Field == field && found.Field != field) {
			found, ok = a, true
		}
	}
	return found, ok, nil
}
