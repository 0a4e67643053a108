package supply

import (
	"context"
	"slices"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/matter"
	"yunei/internal/core/regime"
	"yunei/internal/flow/grant"
)

// registerFacts tells the law what it may look at of an application, of a part, and of what is supplied.
func (s *Service) registerFacts() {
	ofApplication := func(name string, of func(ctx context.Context, tx *sqldb.Tx, a Application) (any, error)) regime.Fact {
		return regime.Fact{Name: name, Type: regime.Bool, Load: func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
			a, err := loadApplication(ctx, tx, id)
			if err != nil {
				return nil, err
			}
			return of(ctx, tx, a)
		}}
	}
	ofPart := func(name string, t regime.Type, of func(ctx context.Context, tx *sqldb.Tx, p Part) (any, error)) regime.Fact {
		return regime.Fact{Name: name, Type: t, Load: func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
			p, err := loadPart(ctx, tx, id)
			if err != nil {
				return nil, err
			}
			return of(ctx, tx, p)
		}}
	}
	s.acts.Law().RegisterFact(
		ofApplication("application.within_need", func(ctx context.Context, tx *sqldb.Tx, a Application) (any, error) {
			sc, err := grant.LoadScenario(ctx, tx, a.Scenario)
			return !slices.ContainsFunc(a.Items, func(i Item) bool { return !needed(sc, i) }), err
		}),
		ofApplication("application.raw_explained", func(_ context.Context, _ *sqldb.Tx, a Application) (any, error) {
			return !slices.ContainsFunc(a.Items, func(i Item) bool { return i.Raw && strings.TrimSpace(i.Reason) == "" }), nil
		}),
		ofPart("part.route", regime.String, func(_ context.Context, _ *sqldb.Tx, p Part) (any, error) { return p.Route, nil }),
		ofPart("part.returned", regime.Bool, func(_ context.Context, _ *sqldb.Tx, p Part) (any, error) { return p.Returned, nil }),
		ofPart("part.approved", regime.Bool, func(_ context.Context, _ *sqldb.Tx, p Part) (any, error) { return p.State == Approved, nil }),
		ofPart("part.reference", regime.String, func(_ context.Context, _ *sqldb.Tx, p Part) (any, error) { return p.reference(), nil }),
		ofPart("part.agreed", regime.Bool, func(ctx context.Context, tx *sqldb.Tx, p Part) (any, error) {
			m, err := matter.Load(ctx, tx, p.Matter)
			if err != nil {
				return nil, err
			}
			return agreed(m), nil
		}),
		regime.Fact{Name: "provision.covered", Type: regime.Bool, Load: func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
			p, err := loadProvision(ctx, tx, id)
			if err != nil {
				return nil, err
			}
			a, err := grant.LoadAgreement(ctx, tx, p.Agreement)
			return slices.Contains(a.Resources, p.Resource), err
		}},
		regime.Fact{Name: "provision.in_force", Type: regime.Bool, Load: func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
			p, err := loadProvision(ctx, tx, id)
			if err != nil {
				return nil, err
			}
			a, err := grant.LoadAuthorization(ctx, tx, p.Authorization)
			if err != nil || a.Permit == "" {
				return false, err
			}
			return holds(access.Valid(ctx, tx, a.Permit, workday.DateOf(tx.Now())))
		}},
		// Known only to the act that is judged.
		regime.Fact{Name: "supply.in_domain", Type: regime.Bool},
		regime.Fact{Name: "supply.provided", Type: regime.Bool},
		regime.Fact{Name: "supply.processed", Type: regime.Bool},
	)
}

// needed reports whether the scenario's need covers an item.
func needed(sc grant.Scenario, i Item) bool {
	n, ok := sc.Need(i.Resource)
	return ok && !slices.ContainsFunc(i.Fields, func(f string) bool { return !slices.Contains(n.Fields, f) })
}

// holds turns the answer about a permit into a fact.
func holds(err error) (bool, error) {
	if errs.CodeOf(err) == errs.Internal {
		return false, err
	}
	return err == nil, nil
}
