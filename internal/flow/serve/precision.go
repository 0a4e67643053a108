package serve

import (
	"context"

	"yunei/internal/core/act"
	"yunei/internal/core/query/disclose"
)

// chargePrecision counts what the answer will let the recipient tell apart about the subject, beyond which it is refused (L106).
// It depends on the questions asked so far and never on values, so it comes before the rows and its refusal may be told.
func (s *Service) chargePrecision(ctx context.Context, tx *act.Tx, sid string, d Deployment, p *program) error {
	return s.disclose.ChargePrecision(ctx, tx.Tx, disclose.Precision{SID: sid, Recipient: d.Org, Model: p.model})
}
