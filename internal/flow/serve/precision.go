package serve

import (
	"context"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/act"
	"yunei/internal/core/party"
	"yunei/internal/core/query"
	"yunei/internal/core/query/disclose"
)

// chargePrecision counts what the answer will let the recipient tell apart about the subject, beyond which it is refused (L106).
// It depends on the questions asked so far and never on values, so it comes before the rows and its refusal may be told.
func (s *Service) chargePrecision(ctx context.Context, tx *act.Tx, sid string, d Deployment, p *program) error {
	ask := disclose.Precision{SID: sid, Recipient: d.Org, Model: p.model}
	// Related companies are one asker: for a value for life, whoever ever was one with the recipient.
	ask.Related = func(since time.Time) ([]string, error) { return party.RelatedSince(ctx, tx.Tx, d.Org, since) }
	periods, err := s.periods(ctx, tx.Tx, p.model)
	if err != nil {
		return err
	}
	ask.Period = func(resource, field string) disclose.Period { return periods[resource+"."+field] }
	return s.disclose.ChargePrecision(ctx, tx.Tx, ask)
}

// periods are the value periods of the fields whose values change, by today's catalog. A value belongs to the period in
// which the snapshot that holds it was put into use, and stays in it as long as that snapshot is.
func (s *Service) periods(ctx context.Context, tx *sqldb.Tx, m *query.Model) (map[string]disclose.Period, error) {
	out := map[string]disclose.Period{}
	for _, t := range m.Tables {
		policy, err := s.catalog.PolicyTable(ctx, tx, t.Resource)
		if err != nil {
			return nil, err
		}
		for _, c := range policy.Columns {
			if c.Period == 0 {
				continue
			}
			snap, err := s.collect.ActiveSnapshot(ctx, tx, t.Resource)
			if errs.Is(err, errs.NotFound) {
				break
			}
			if err != nil {
				return nil, err
			}
			out[t.Resource+"."+c.Name] = disclose.PeriodOf(snap.Finished, c.Period)
		}
	}
	return out, nil
}
