package grant

import (
	"context"
	"slices"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/matter"
	"yunei/internal/core/notice"
	"yunei/internal/core/regime"
)

// fact makes a fact of one kind of object.
func fact[T any](load func(context.Context, *sqldb.Tx, string) (T, error), name string, t regime.Type, of func(context.Context, *sqldb.Tx, T) (any, error)) regime.Fact {
	return regime.Fact{Name: name, Type: t, Load: func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
		v, err := load(ctx, tx, id)
		if err != nil {
			return nil, err
		}
		return of(ctx, tx, v)
	}}
}

// plain is a fact that stands in the object itself.
func plain[T any](of func(T) any) func(context.Context, *sqldb.Tx, T) (any, error) {
	return func(_ context.Context, _ *sqldb.Tx, v T) (any, error) { return of(v), nil }
}

// registerLevelFacts tells the law what it may look at of authorizations, of agreements as papers, and of filings.
func (s *Service) registerLevelFacts(law *regime.Law) {
	law.RegisterFact(
		fact(loadAuthorization, "authorization.level", regime.String, plain(func(a Authorization) any { return a.Level })),
		fact(loadAuthorization, "authorization.field", regime.String, plain(func(a Authorization) any { return a.Field })),
		fact(loadAuthorization, "authorization.recommended", regime.Bool, plain(func(a Authorization) any { return a.Recommendation != "" })),
		fact(loadAuthorization, "authorization.documents", regime.StringList, plain(func(a Authorization) any { return matter.DocumentKinds(a.Documents) })),
		fact(loadAuthorization, "authorization.call_open", regime.Bool, func(ctx context.Context, tx *sqldb.Tx, a Authorization) (any, error) {
			n, ok, err := callOf(ctx, tx, a)
			return ok && n.Revoked.IsZero(), err
		}),
		fact(loadAuthorization, "authorization.in_window", regime.Bool, func(ctx context.Context, tx *sqldb.Tx, a Authorization) (any, error) {
			n, ok, err := callOf(ctx, tx, a)
			return ok && !a.Opened.Before(n.Call.Opens) && a.Opened.Before(n.Call.Closes), err
		}),
		fact(loadAuthorization, "authorization.authorizer_confirmed", regime.Bool, func(ctx context.Context, tx *sqldb.Tx, a Authorization) (any, error) {
			d, err := confirmed(ctx, tx, a.Authorizer)
			return d.stands(), err
		}),
		fact(loadAuthorization, "authorization.term_years", regime.Int, func(ctx context.Context, tx *sqldb.Tx, a Authorization) (any, error) {
			g, err := agreementOf(ctx, tx, a)
			years := 0
			for g.Until != "" && g.Until.After(g.From.AddYears(years)) {
				years++ // begun years
			}
			return years, err
		}),
		fact(loadAuthorization, "authorization.agreement_signed", regime.Bool, func(ctx context.Context, tx *sqldb.Tx, a Authorization) (any, error) {
			g, err := agreementOf(ctx, tx, a)
			return g.State != "" && g.State != Drafted, err
		}),
		fact(loadAuthorization, "authorization.held_until", regime.Day, func(ctx context.Context, tx *sqldb.Tx, a Authorization) (any, error) {
			held, _, err := authorized(ctx, tx, a.Org, a.Level, a.Field, workday.DateOf(tx.Now()))
			return held.Until, err
		}),
		fact(loadRecommendation, "recommendation.in_field", regime.Bool, func(ctx context.Context, tx *sqldb.Tx, r Recommendation) (any, error) {
			d, err := confirmed(ctx, tx, r.Department)
			return d.in(r.Field), err
		}),
		orgFact("org.authorized_operator", regime.Bool, func(ctx context.Context, tx *sqldb.Tx, org string) (any, error) {
			_, ok, err := authorized(ctx, tx, org, LevelOperator, "", workday.DateOf(tx.Now()))
			return ok, err
		}),
		orgFact("org.authorized_developer", regime.Bool, func(ctx context.Context, tx *sqldb.Tx, org string) (any, error) {
			_, ok, err := authorized(ctx, tx, org, LevelDeveloper, "", workday.DateOf(tx.Now()))
			return ok, err
		}),
		orgFact("org.department_confirmed", regime.Bool, func(ctx context.Context, tx *sqldb.Tx, org string) (any, error) {
			d, err := confirmed(ctx, tx, org)
			return d.stands(), err
		}),
		orgFact("org.vendor_agreement", regime.Bool, func(ctx context.Context, tx *sqldb.Tx, org string) (any, error) {
			return valid(access.ValidFor(ctx, tx, org, PermitAgreement, AgreementVendor, workday.DateOf(tx.Now())))
		}),
		actorLapsed("matter.decider_lapsed"),
		actorLapsed("agreement.actor_lapsed"),
		actorLapsed("part.actor_lapsed"),
	)
	law.RegisterFact(planFacts(law)...)
	law.RegisterFact(agreementFacts(law)...)
}

func orgFact(name string, t regime.Type, load func(ctx context.Context, tx *sqldb.Tx, org string) (any, error)) regime.Fact {
	return regime.Fact{Name: name, Type: t, Load: load}
}

// actorLapsed is whether the acting organization was authorized and is no longer: an operator decides on others' applications and
// signs with them, so that what stands against its own permit has to be asked of the one who acts (贵州 第七条: 及时关闭授权运营主体的
// 运营权限). Whoever never was authorized, as a public body, is not meant.
func actorLapsed(name string) regime.Fact {
	return regime.Fact{Name: name, Type: regime.Bool, Load: func(ctx context.Context, tx *sqldb.Tx, _ string) (any, error) {
		org, lapsed := access.From(ctx).Org, false
		if org == "" {
			return false, nil
		}
		list, err := listAuthorizations(ctx, tx, authorizationFilter{org: org, limit: 500})
		if err != nil {
			return nil, err
		}
		for _, a := range list {
			if a.Permit == "" {
				continue
			}
			err := access.Valid(ctx, tx, a.Permit, workday.DateOf(tx.Now()))
			if err == nil || errs.CodeOf(err) == errs.Internal {
				return false, err
			}
			lapsed = true
		}
		return lapsed, nil
	}}
}

// valid turns the answer about a permit into a fact.
func valid(_ access.Permit, err error) (any, error) {
	if errs.CodeOf(err) == errs.Internal {
		return nil, err
	}
	return err == nil, nil
}

// callOf is the call an authorization answers; ok is false where it names none that is for it.
func callOf(ctx context.Context, tx *sqldb.Tx, a Authorization) (notice.Notice, bool, error) {
	if a.Call == "" {
		return notice.Notice{}, false, nil
	}
	n, err := notice.LoadCall(ctx, tx, a.Call)
	if errs.Is(err, errs.NotFound) {
		return n, false, nil
	}
	return n, err == nil && a.answers(n), err
}

func agreementOf(ctx context.Context, tx *sqldb.Tx, a Authorization) (Agreement, error) {
	if a.Agreement == "" {
		return Agreement{}, nil
	}
	return loadAgreement(ctx, tx, a.Agreement)
}

// planFacts are about what a scenario states; a declaration answers with its scenario's.
func planFacts(law *regime.Law) []regime.Fact {
	return []regime.Fact{
		fact(scenarioOfPlan, "plan.field", regime.String, plain(func(sc Scenario) any { return sc.Plan.Field })),
		fact(scenarioOfPlan, "plan.field_listed", regime.Bool, func(_ context.Context, tx *sqldb.Tx, sc Scenario) (any, error) {
			return listed(law, tx, sc.Plan.Field)
		}),
		fact(scenarioOfPlan, "plan.called", regime.Bool, plain(func(sc Scenario) any { return sc.Plan.Call != "" })),
		fact(scenarioOfPlan, "plan.call_limit", regime.Int, func(ctx context.Context, tx *sqldb.Tx, sc Scenario) (any, error) {
			if sc.Plan.Call == "" {
				return 0, nil
			}
			n, err := notice.LoadCall(ctx, tx, sc.Plan.Call)
			if err != nil {
				return nil, err
			}
			return n.Call.Limit, nil
		}),
		fact(scenarioOfPlan, "plan.call_taken", regime.Int, func(ctx context.Context, tx *sqldb.Tx, sc Scenario) (any, error) {
			sent, err := sentUnder(ctx, tx, sc.Plan.Call)
			return len(slices.DeleteFunc(sent, func(id string) bool { return id == sc.ID })), err
		}),
		{Name: "call.publisher_confirmed", Type: regime.Bool, Load: func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
			n, err := notice.LoadCall(ctx, tx, id)
			if err != nil {
				return nil, err
			}
			d, err := confirmed(ctx, tx, n.Org)
			return d.stands(), err
		}},
		{Name: "call.field_listed", Type: regime.Bool, Load: func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
			n, err := notice.LoadCall(ctx, tx, id)
			if err != nil {
				return nil, err
			}
			return listed(law, tx, n.Call.Field)
		}},
		fact(scenarioOfPlan, "plan.need_raw", regime.Bool, plain(func(sc Scenario) any { return sc.Plan.Raw != "" })),
		fact(scenarioOfPlan, "plan.parts", regime.StringList, plain(func(sc Scenario) any { return sc.Plan.parts() })),
		fact(scenarioOfPlan, "plan.ahead", regime.Bool, plain(func(sc Scenario) any { return sc.Plan.Ahead })),
		fact(scenarioOfPlan, "plan.named_buyer", regime.Bool, plain(func(sc Scenario) any { return sc.Plan.Buyer != "" })),
		fact(scenarioOfPlan, "plan.revises", regime.Bool, plain(func(sc Scenario) any { return sc.Revises != "" })),
		fact(scenarioOfPlan, "plan.developer_authorized", regime.Bool, func(ctx context.Context, tx *sqldb.Tx, sc Scenario) (any, error) {
			if sc.Authorization == "" {
				return false, nil
			}
			a, err := loadAuthorization(ctx, tx, sc.Authorization)
			if err != nil {
				return nil, err
			}
			return valid(access.Permit{}, access.Valid(ctx, tx, a.Permit, workday.DateOf(tx.Now())))
		}),
		{Name: "plan.filed", Type: regime.Bool, Load: filedWith(access.Bureau)},
		{Name: "plan.filed_upward", Type: regime.Bool, Load: filedWith(access.Upper)},
	}
}

// listed tells whether a field is one of those that the pack names.
func listed(law *regime.Law, tx *sqldb.Tx, field string) (bool, error) {
	list, _, err := words(law, "scenario.fields", workday.DateOf(tx.Now()))
	return slices.ContainsFunc(list, func(w word) bool { return field == w.id || field == w.title }), err
}

// filedWith tells whether an object was filed with an authority.
func filedWith(to access.Role) func(context.Context, *sqldb.Tx, string) (any, error) {
	return func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
		f, found, err := findFiling(ctx, tx, id, string(to))
		return found && f.State != FilingDue, err
	}
}

// agreementFacts are about an agreement as a paper.
func agreementFacts(law *regime.Law) []regime.Fact {
	return []regime.Fact{
		fact(loadAgreement, "agreement.kind", regime.String, plain(func(a Agreement) any { return a.kind() })),
		fact(loadAgreement, "agreement.from", regime.Day, plain(func(a Agreement) any { return a.From })),
		fact(loadAgreement, "agreement.until", regime.Day, plain(func(a Agreement) any { return a.Until })),
		fact(loadAgreement, "agreement.term_days", regime.Int, plain(func(a Agreement) any { return a.Until.Sub(a.From) })),
		fact(loadAgreement, "agreement.exception", regime.Bool, plain(func(a Agreement) any { return a.Exception != "" })),
		fact(loadAgreement, "agreement.paid", regime.Bool, plain(func(a Agreement) any { return a.Paid })),
		fact(loadAgreement, "agreement.parties", regime.StringList, plain(func(a Agreement) any {
			var out []string
			for _, p := range a.parties() {
				out = append(out, p.Role)
			}
			return out
		})),
		fact(loadAgreement, "agreement.clauses", regime.StringList, plain(func(a Agreement) any {
			var out []string
			for _, c := range a.Clauses {
				if !c.Needs {
					out = append(out, c.ID)
				}
			}
			return out
		})),
		fact(loadAgreement, "agreement.parties_signed", regime.Bool, plain(func(a Agreement) any { return a.State != Drafted })),
		fact(loadAgreement, "agreement.sealed", regime.Bool, plain(func(a Agreement) any {
			return slices.ContainsFunc(a.Signatures, func(s PartySignature) bool { return s.Seal != "" })
		})),
		{Name: "agreement.filed_upward", Type: regime.Bool, Load: filedWith(access.Upper)},
		fact(loadAgreement, "agreement.determined", regime.Bool, func(ctx context.Context, tx *sqldb.Tx, a Agreement) (any, error) {
			return determined(ctx, tx, a)
		}),
		fact(loadAgreement, "agreement.result_filed_upward", regime.Bool, func(ctx context.Context, tx *sqldb.Tx, a Agreement) (any, error) {
			return filedWith(access.Upper)(ctx, tx, a.subject())
		}),
		fact(loadAgreement, "agreement.authorizer_confirmed", regime.Bool, func(ctx context.Context, tx *sqldb.Tx, a Agreement) (any, error) {
			i := slices.IndexFunc(a.parties(), func(p Party) bool { return p.Role == string(access.Department) })
			if i < 0 {
				return false, nil
			}
			d, err := confirmed(ctx, tx, a.parties()[i].Org)
			return d.stands(), err
		}),
	}
}

// determined tells whether the government decided in the matter that the agreement follows from (舟山 三(四): 报本级政府确定).
func determined(ctx context.Context, tx *sqldb.Tx, a Agreement) (bool, error) {
	id := ""
	switch {
	case a.Declaration != "":
		d, err := loadDeclaration(ctx, tx, a.Declaration)
		if err != nil {
			return false, err
		}
		id = d.Matter
	case a.Authorization != "":
		au, err := loadAuthorization(ctx, tx, a.Authorization)
		if err != nil {
			return false, err
		}
		id = au.Matter
	default:
		return false, nil
	}
	m, err := matter.Load(ctx, tx, id)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(m.Steps, func(s matter.Step) bool {
		return s.Role == string(access.Government) && s.State == matter.StepDone
	}), nil
}
