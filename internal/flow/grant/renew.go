package grant

import (
	"context"
	"fmt"
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/matter"
)

// Renewal (续签) asks to go on with a grant beyond its term. Once it passed, a new agreement is signed on the same declaration, and
// a new grant starts with it; the old one ends on its day.
type Renewal struct {
	ID          string       `json:"id"`
	Grant       string       `json:"grant"`
	Declaration string       `json:"declaration"`
	Org         string       `json:"org"`
	Until       workday.Date `json:"until" doc:"How long the renewed agreement may run"`
	Reason      string       `json:"reason"`
	State       string       `json:"state" enum:"applied,approved,refused,withdrawn"`
	Matter      string       `json:"matter"`
	Opened      time.Time    `json:"opened"`
}

// Renew files the renewal of a grant and starts its review; a law without a procedure for it knows no renewal.
func (s *Service) Renew(ctx context.Context, grantID string, until workday.Date, reason string) (Renewal, error) {
	var r Renewal
	if reason = strings.TrimSpace(reason); reason == "" {
		return r, spotted("body.reason", "请填写续签理由")
	}
	_, err := s.acts.Do(ctx, act.Call{Act: "grant.renewal.submit"}, func(ctx context.Context, tx *act.Tx) error {
		g, err := loadGrant(ctx, tx.Tx, grantID)
		if err == nil && g.Org != tx.Actor().Org {
			err = errs.New(errs.NotFound, noGrant)
		}
		if err != nil {
			return err
		}
		if err := tx.Lock(ctx, "renewal "+g.ID); err != nil {
			return err
		}
		if _, err := tx.Law().Procedure(KindRenewal, tx.Day()); errs.Is(err, errs.NotFound) {
			return errs.New(errs.NotFound, "现行规则没有续签程序; 期满后需要继续使用的, 请重新申报")
		}
		if !until.After(g.Until) {
			return spotted("body.until", fmt.Sprintf("续签后的到期日应晚于现协议的到期日 %s, 请重新填写", g.Until))
		}
		earlier, err := listRenewals(ctx, tx.Tx, g.ID)
		if err != nil {
			return err
		}
		if err := mayRenew(earlier); err != nil {
			return err
		}
		r = Renewal{ID: tx.NewID("rnw"), Grant: g.ID, Declaration: g.Declaration, Org: g.Org, Until: until, Reason: reason, State: Applied, Opened: tx.Now()}
		if err := insertRenewal(ctx, tx.Tx, r); err != nil {
			return err
		}
		m, err := s.matters.SubmitTx(ctx, tx, matter.Application{Kind: KindRenewal, Title: g.Title, Applicant: r.Org, Area: g.Area, Subject: r.ID,
			Documents: []matter.Document{{Kind: DocRenewal, Title: "续签理由", Text: reason}}})
		if err != nil {
			return err
		}
		r.Matter = m.ID
		if err := s.saveRenewal(ctx, tx, r); err != nil {
			return err
		}
		return tx.Judge(ctx, map[string]string{"org": r.Org, "grant": g.ID, "matter": m.ID})
	})
	return r, err
}

func (s *Service) saveRenewal(ctx context.Context, tx *act.Tx, r Renewal) error {
	if err := saveRenewal(ctx, tx.Tx, r); err != nil {
		return fmt.Errorf("save renewal %s: %w", r.ID, err)
	}
	return tx.Changed(ctx, "renewal", r.ID, r)
}

// renewalEnded opens the declaration to its next agreement.
func (s *Service) renewalEnded(ctx context.Context, tx *act.Tx, m *matter.Matter) error {
	r, err := loadRenewal(ctx, tx.Tx, m.Subject)
	if err != nil {
		return err
	}
	switch m.State {
	case matter.Passed:
		r.State = Approved
	case matter.Refused:
		r.State = Refused
	default:
		r.State = Withdrawn
	}
	if err := s.saveRenewal(ctx, tx, r); err != nil || r.State != Approved {
		return err
	}
	d, err := loadDeclaration(ctx, tx.Tx, r.Declaration)
	if err != nil {
		return err
	}
	d.Agreement, d.Renewal, d.Renewed = "", r.ID, d.Renewed+1
	return s.saveDeclaration(ctx, tx, d)
}

// withinRenewal keeps a renewed agreement to what was agreed to in its review.
func withinRenewal(ctx context.Context, tx *sqldb.Tx, d Declaration, t Terms) error {
	if d.Renewal == "" {
		return nil
	}
	r, err := loadRenewal(ctx, tx, d.Renewal)
	if err == nil && t.Until.After(r.Until) {
		err = errs.New(errs.Conflict, "续签审核同意的到期日是 %s, 协议不能超过这一天; 请重新填写", r.Until)
	}
	return err
}

// onward adds what may follow a grant: its renewal by who holds it, and its end put before the mechanism.
func (s *Service) onward(ctx context.Context, tx *sqldb.Tx, p *GrantPage) (err error) {
	g, objects := p.Grant, map[string]string{"org": p.Grant.Org, "grant": p.Grant.ID}
	ending, put, err := s.endingOption(ctx, tx, g.Permit, g.Area, objects)
	if err != nil {
		return err
	}
	p.Acts, p.Ending = append(p.Acts, ending...), put
	_, err = s.acts.Law().Procedure(KindRenewal, workday.DateOf(tx.Now()))
	if errs.Is(err, errs.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	p.Renewable = true
	if p.Renewals, err = listRenewals(ctx, tx, g.ID); err != nil || access.From(ctx).Org != g.Org {
		return err
	}
	o, err := s.acts.Option(ctx, tx, "grant.renewal.submit", mayRenew(p.Renewals), objects)
	p.Acts = append(p.Acts, o)
	return err
}

// mayRenew reports why a grant cannot be asked to go on.
func mayRenew(earlier []Renewal) error {
	for _, e := range earlier {
		if e.State == Applied || e.State == Approved {
			return errs.New(errs.Conflict, "这项授权的续签申请正在办理或者已经通过, 请在办件中查看, 不必重复申请")
		}
	}
	return nil
}
