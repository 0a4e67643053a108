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

// KindEnding is the deliberation on ending or revoking an authorization, where the law asks for one. 舟山 二(一)1: 审议给予、终止或撤销
// 市级授权运营等重大事项. What it passes is not carried out by it: the end stays an act of its own, which the law lets happen only after.
const KindEnding = "grant.ending"

// DocEnding is the material that says why.
const DocEnding = "ending-reason"

// ProposeEnding puts the end of a grant or of an authorization before the body that deliberates on it.
func (s *Service) ProposeEnding(ctx context.Context, subject, reason string) (*matter.Matter, error) {
	var m *matter.Matter
	if reason = strings.TrimSpace(reason); reason == "" {
		return nil, spotted("body.reason", "请写明提请终止或者撤销的事由")
	}
	_, err := s.acts.Do(ctx, act.Call{Act: "grant.ending.propose"}, func(ctx context.Context, tx *act.Tx) (err error) {
		if _, err := tx.Law().Procedure(KindEnding, tx.Day()); errs.Is(err, errs.NotFound) {
			return errs.New(errs.NotFound, "现行规则没有终止授权的审议程序, 请直接办理终止")
		}
		permit, org, title, area, err := s.ending(ctx, tx.Tx, subject)
		if err != nil {
			return err
		}
		if permit == "" {
			return errs.New(errs.Conflict, "授权尚未生效, 没有可以终止的授权")
		}
		if err := tx.Lock(ctx, "ending "+permit); err != nil {
			return err
		}
		earlier, err := matter.List(ctx, tx.Tx, matter.Filter{Kind: KindEnding, Subject: permit, Limit: 1})
		if err != nil {
			return err
		}
		if err := mayPropose(tx.Actor(), area, earlier); err != nil {
			return err
		}
		if m, err = s.matters.SubmitTx(ctx, tx, matter.Application{Kind: KindEnding, Title: "终止授权: " + title, Applicant: tx.Actor().Org, Area: area, Subject: permit,
			Documents: []matter.Document{{Kind: DocEnding, Title: "提请终止或者撤销的事由", Text: reason}}}); err != nil {
			return err
		}
		return tx.Judge(ctx, map[string]string{"org": org, "matter": m.ID})
	})
	return m, err
}

// ending finds what would end: the permit of a grant or of an authorization.
func (s *Service) ending(ctx context.Context, tx *sqldb.Tx, subject string) (permit, org, title string, area access.Area, err error) {
	if strings.HasPrefix(subject, "aut_") {
		a, err := loadAuthorization(ctx, tx, subject)
		if err != nil {
			return "", "", "", "", err
		}
		name, err := nameOf(ctx, tx, a.Org)
		return a.Permit, a.Org, name, a.Area, err
	}
	g, err := loadGrant(ctx, tx, subject)
	return g.Permit, g.Org, g.Title, g.Area, err
}

// EndDeliberated reports whether the end of a permit was deliberated on and passed.
func EndDeliberated(ctx context.Context, tx *sqldb.Tx, permit string) (bool, error) {
	list, err := matter.List(ctx, tx, matter.Filter{Kind: KindEnding, Subject: permit, Limit: 1})
	return err == nil && len(list) == 1 && list[0].State == matter.Passed, err
}

func endingFacts() []regime.Fact {
	return []regime.Fact{
		{Name: "grant.end_deliberated", Type: regime.Bool, Load: func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
			g, err := loadGrant(ctx, tx, id)
			if err != nil {
				return nil, err
			}
			return EndDeliberated(ctx, tx, g.Permit)
		}},
		{Name: "org.grants_active", Type: regime.Bool, Load: func(ctx context.Context, tx *sqldb.Tx, org string) (any, error) {
			list, err := listGrants(ctx, tx, org, "", "", 200)
			if err != nil {
				return nil, err
			}
			for _, g := range list {
				p, err := access.LoadPermit(ctx, tx, g.Permit)
				if err != nil {
					return nil, err
				}
				if p.State != access.Revoked && tx.Now().Before(p.Until.Time()) {
					return true, nil
				}
			}
			return false, nil
		}},
	}
}

// endingOption says whether the end of a permit may be put before the mechanism, and in which matter it was. Where the law knows no
// such deliberation there is nothing to offer.
func (s *Service) endingOption(ctx context.Context, tx *sqldb.Tx, permit string, area access.Area, objects map[string]string) ([]act.Option, string, error) {
	if _, err := s.acts.Law().Procedure(KindEnding, workday.DateOf(tx.Now())); errs.Is(err, errs.NotFound) || permit == "" {
		return nil, "", nil
	} else if err != nil {
		return nil, "", err
	}
	earlier, err := matter.List(ctx, tx, matter.Filter{Kind: KindEnding, Subject: permit, Limit: 1})
	if err != nil {
		return nil, "", err
	}
	var put string
	if len(earlier) > 0 {
		put = earlier[0].ID
	}
	actor := access.From(ctx)
	if !actor.Has(access.Bureau) {
		return nil, put, nil
	}
	closed := mayPropose(actor, area, earlier)
	o, err := s.acts.Option(ctx, tx, "grant.ending.propose", closed, objects)
	return []act.Option{o}, put, err
}

// mayPropose reports why an end cannot be put before the mechanism.
func mayPropose(actor access.Actor, area access.Area, earlier []*matter.Matter) error {
	switch {
	case actor.Area != area:
		return errs.New(errs.Forbidden, "终止授权由作出授权的那一级提请本级协调机制审议, 请转由其办理")
	case len(earlier) > 0 && (!earlier[0].Over() || earlier[0].State == matter.Passed):
		return errs.New(errs.Conflict, "这项授权的终止已经提请审议, 请在办件中查看")
	}
	return nil
}
