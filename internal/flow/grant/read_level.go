package grant

import (
	"context"
	"errors"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
)

func mayReadAuthorization(actor access.Actor, a Authorization) bool {
	return actor.OverseerOf(a.Area) || actor.Oversees(a.Area, access.Upper) || actor.Org != "" && (actor.Org == a.Org || actor.Org == a.Authorizer)
}

// Authorizations lists what the caller may see, newest first: its own, and for a department those it decides on.
func (s *Service) Authorizations(ctx context.Context, level, before string, limit int) (list []Authorization, err error) {
	err = s.acts.View(ctx, func(tx *sqldb.Tx) error {
		actor := access.From(ctx)
		f := authorizationFilter{org: scope(actor), authorizer: scope(actor), area: actor.Area, level: level, before: before, limit: limit}
		switch {
		case actor.Has(access.Upper):
			f.org, f.authorizer = "", ""
		case !actor.Overseer():
			f.area = ""
		}
		list, err = listAuthorizations(ctx, tx, f)
		return err
	})
	return list, err
}

// AuthorizationPage is an authorization with its standing and what the caller may do.
type AuthorizationPage struct {
	Authorization Authorization `json:"authorization"`
	InForce       bool          `json:"in_force"`
	Why           string        `json:"why,omitempty" doc:"Why it is not in force"`
	Filings       []Filing      `json:"filings,omitempty"`
	Ending        string        `json:"ending,omitempty" doc:"The matter in which its end was put before the mechanism"`
	Acts          []act.Option  `json:"acts"`
}

// Authorization is one authorization as the caller may see it.
func (s *Service) Authorization(ctx context.Context, id string) (p AuthorizationPage, err error) {
	err = s.acts.View(ctx, func(tx *sqldb.Tx) error {
		a, err := loadAuthorization(ctx, tx, id)
		if err != nil {
			return err
		}
		actor := access.From(ctx)
		if !mayReadAuthorization(actor, a) {
			return errs.New(errs.NotFound, noAuthorization)
		}
		p.Authorization, p.Acts = a, []act.Option{}
		if a.Permit != "" {
			standing := access.Valid(ctx, tx, a.Permit, workday.DateOf(tx.Now()))
			p.InForce = standing == nil
			if e, ok := errors.AsType[*errs.Error](standing); ok {
				p.Why = e.Msg
			} else if standing != nil {
				return standing
			}
		}
		if p.Filings, err = filingsOf(ctx, tx, a.ID); err != nil {
			return err
		}
		objects := map[string]string{"org": a.Org, "authorization": a.ID}
		sign := a.mayStart()
		if a.Agreement != "" {
			g, err := loadAgreement(ctx, tx, a.Agreement)
			if err != nil {
				return err
			}
			objects["agreement"] = g.ID
			if _, sign = g.side(actor, ""); a.State != Approved {
				sign = a.mayStart()
			}
		} else if sign == nil && actor.Org != a.Org {
			sign = errs.New(errs.Conflict, "请由申请单位先填写期限并签署")
		}
		start := a.mayStart()
		if start == nil {
			start = mayDispose(actor, a)
		}
		for _, o := range []struct {
			name  string
			state error
		}{{"grant.agreement.sign", sign}, {"grant.authorization.start", start}} {
			option, err := s.acts.Option(ctx, tx, o.name, o.state, objects)
			if err != nil {
				return err
			}
			p.Acts = append(p.Acts, option)
		}
		ending, matterID, err := s.endingOption(ctx, tx, a.Permit, a.Area, objects)
		p.Acts, p.Ending = append(p.Acts, ending...), matterID
		return err
	})
	return p, err
}

// Departments lists the departments that the bureau has confirmed, with those it no longer does; anyone may know them.
func (s *Service) Departments(ctx context.Context, after string, limit int) (list []Department, err error) {
	err = s.acts.View(ctx, func(tx *sqldb.Tx) error {
		list, err = listDepartments(ctx, tx, after, limit)
		return err
	})
	return list, err
}

// Recommendations lists what the caller may see, newest first: those it made and those about it.
func (s *Service) Recommendations(ctx context.Context, before string, limit int) (list []Recommendation, err error) {
	err = s.acts.View(ctx, func(tx *sqldb.Tx) error {
		list, err = listRecommendations(ctx, tx, access.From(ctx), before, limit)
		return err
	})
	return list, err
}

// message is the sentence of an error of ours.
func message(err error) string {
	if e, ok := errors.AsType[*errs.Error](err); ok {
		return e.Msg
	}
	return err.Error()
}

// AreaOf is the area whose bodies gave a permit: that of its grant or authorization. granted is false for a permit that is
// neither, such as an admission.
func AreaOf(ctx context.Context, tx *sqldb.Tx, permit string) (area access.Area, granted bool, err error) {
	err = tx.QueryRow(ctx, `SELECT area FROM grants WHERE permit = $1 UNION ALL SELECT area FROM authorized WHERE permit = $1`, permit).Scan(&area)
	if errors.Is(err, sqldb.ErrNoRows) {
		return "", false, nil
	}
	return area, err == nil, err
}
