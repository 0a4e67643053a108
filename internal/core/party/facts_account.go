package party

import (
	"context"
	"slices"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/regime"
)

// accountFacts are what a rule may look at of the person who acts, and of all who have access for an organization.
func accountFacts(law *regime.Law) []regime.Fact {
	return []regime.Fact{
		accountFact("account.trained", regime.Bool, func(ctx context.Context, tx *sqldb.Tx, a access.Account) (any, error) { return trained(ctx, tx, a) }),
		accountFact("account.confidential", regime.Bool, func(ctx context.Context, tx *sqldb.Tx, a access.Account) (any, error) {
			return confidential(ctx, tx, a)
		}),
		accountFact("account.roles", regime.StringList, func(_ context.Context, _ *sqldb.Tx, a access.Account) (any, error) { return roleNames(a.Roles), nil }),
		accountFact("account.org_roles", regime.StringList, func(ctx context.Context, tx *sqldb.Tx, a access.Account) (any, error) {
			if a.Org == "" {
				return []string{}, nil
			}
			o, err := Load(ctx, tx, a.Org)
			return roleNames(o.Roles), err
		}),
		accountFact("account.platform_access", regime.Bool, func(_ context.Context, _ *sqldb.Tx, a access.Account) (any, error) { return hasAccess(a), nil }),
		{Name: "org.staff_filed", Type: regime.Bool, Load: func(ctx context.Context, tx *sqldb.Tx, org string) (any, error) {
			return serving(ctx, tx, org, "public-data")
		}},
		{Name: "org.responsible_named", Type: regime.Bool, Load: func(ctx context.Context, tx *sqldb.Tx, org string) (any, error) {
			return serving(ctx, tx, org, "data-security")
		}},
		{Name: "org.file_complete", Type: regime.Bool, Load: func(ctx context.Context, tx *sqldb.Tx, org string) (any, error) {
			list, err := orgGaps(ctx, tx, law, org)
			return len(list) == 0, err
		}},
		{Name: "org.file_gaps", Type: regime.String, Load: func(ctx context.Context, tx *sqldb.Tx, org string) (any, error) {
			list, err := orgGaps(ctx, tx, law, org)
			titles := make([]string, len(list))
			for i, g := range list {
				titles[i] = g.Title
			}
			return strings.Join(titles, "、"), err
		}},
		providerFact("provider.evaluated", func(p Provider) bool { return p.State != ProviderApplied && p.State != ProviderRefused }),
		providerFact("provider.reported", func(p Provider) bool { return p.Reported != nil }),
		providerFact("provider.listed", func(p Provider) bool { return p.State == ProviderListed }),
		{Name: "org.provider_listed", Type: regime.Bool, Load: func(ctx context.Context, tx *sqldb.Tx, org string) (any, error) {
			list, err := providers.of(ctx, tx, org)
			return slices.ContainsFunc(list, func(p Provider) bool { return p.State == ProviderListed }), err
		}},
		everyAccount("org.trained", trained),
		everyAccount("org.confidential", confidential),
		{Name: "org.last_training", Type: regime.Day, Load: func(ctx context.Context, tx *sqldb.Tx, org string) (any, error) {
			list, err := trainings.of(ctx, tx, org)
			var day workday.Date
			for _, t := range list {
				day = max(day, t.Day)
			}
			return day, err
		}},
	}
}

func orgGaps(ctx context.Context, tx *sqldb.Tx, law *regime.Law, org string) ([]Gap, error) {
	o, err := Load(ctx, tx, org)
	if err != nil {
		return nil, err
	}
	found, err := gapsOf(ctx, tx, law, []Organization{o}, workday.DateOf(tx.Now()))
	return found[org], err
}

// hasAccess reports whether an account can do more than apply for admission.
func hasAccess(a access.Account) bool {
	return slices.ContainsFunc(a.Roles, func(r access.Role) bool { return r != access.Applicant })
}

func trained(ctx context.Context, tx *sqldb.Tx, a access.Account) (bool, error) {
	list, err := trainings.byAccount(ctx, tx, a.ID)
	today := workday.DateOf(tx.Now())
	return slices.ContainsFunc(list, func(t training) bool { return t.counts(today) }), err
}

func confidential(ctx context.Context, tx *sqldb.Tx, a access.Account) (bool, error) {
	list, err := undertakings.byAccount(ctx, tx, a.ID)
	today := workday.DateOf(tx.Now())
	return slices.ContainsFunc(list, func(u Undertaking) bool { return u.counts(today) }), err
}

// accountFact is a fact of an account. Who acts without one (a legal representative by a code) was neither trained nor signed.
func accountFact(name string, t regime.Type, get func(context.Context, *sqldb.Tx, access.Account) (any, error)) regime.Fact {
	return regime.Fact{Name: name, Type: t, Load: func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
		a, err := access.LoadAccount(ctx, tx, id)
		if err != nil && !errs.Is(err, errs.NotFound) {
			return nil, err
		}
		return get(ctx, tx, a)
	}}
}

// everyAccount holds when each open account with access has it, and there is one.
func everyAccount(name string, has func(context.Context, *sqldb.Tx, access.Account) (bool, error)) regime.Fact {
	return regime.Fact{Name: name, Type: regime.Bool, Load: func(ctx context.Context, tx *sqldb.Tx, org string) (any, error) {
		list, err := access.AccountsOf(ctx, tx, org)
		if err != nil {
			return nil, err
		}
		some := false
		for _, a := range list {
			if a.Closed || !hasAccess(a) {
				continue
			}
			ok, err := has(ctx, tx, a)
			if err != nil || !ok {
				return false, err
			}
			some = true
		}
		return some, nil
	}}
}

func providerFact(name string, get func(Provider) bool) regime.Fact {
	return regime.Fact{Name: name, Type: regime.Bool, Load: func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
		p, err := providers.load(ctx, tx, id)
		return get(p), err
	}}
}
