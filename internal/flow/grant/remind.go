package grant

import (
	"context"
	"slices"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/notice"
)

// Values a pack sets for the reminder before a term ends: how many days before, by what ends. Without one nobody is reminded.
var valueRemind = map[string]string{
	PermitAuthorization: "authorization.remind",
	PermitGrant:         "grant.remind",
}

// ending is a term that is about to end.
type ending struct {
	kind, id, org, authorizer string
	until                     workday.Date
}

// Sweep is the timer of this stage: whoever holds what ends within the days that the pack names is told, and so is who
// authorized it, once for each end. 贵州 第七条: 授权期限届满后,授权运营主体应按程序重新认定.
func (s *Service) Sweep(ctx context.Context) error {
	var due []notice.Reminder
	err := s.acts.View(ctx, func(tx *sqldb.Tx) error {
		today := workday.DateOf(tx.Now())
		for kind, name := range valueRemind {
			days, _, err := s.acts.Law().Int(name, today)
			if errs.Is(err, errs.NotFound) {
				continue
			}
			if err != nil {
				return err
			}
			list, err := endingSoon(ctx, tx, kind, today, today.AddDays(int(days)))
			if err != nil {
				return err
			}
			for _, e := range list {
				to := []string{access.WholeOrg(e.org), access.RoleAddress(access.Bureau)}
				if e.authorizer != "" {
					to = append(to, access.WholeOrg(e.authorizer))
				}
				due = append(due, notice.Reminder{To: slices.Compact(to), Message: notice.Message{Kind: notice.TermEnding, ObjectKind: e.kind, Object: e.id,
					Params: map[string]string{"until": e.until.String(), "org": e.org}, Mark: "ending:" + e.id + ":" + e.until.String()}})
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return notice.Remind(ctx, s.acts, due)
}

// endingSoon are the permits of a kind that are in force and end after today and not after the last day.
func endingSoon(ctx context.Context, tx *sqldb.Tx, kind string, today, last workday.Date) ([]ending, error) {
	query := `SELECT g.id, g.org, '', p.until_day FROM permit p JOIN grants g ON g.permit = p.id`
	if kind == PermitAuthorization {
		query = `SELECT a.id, a.org, a.authorizer, p.until_day FROM permit p JOIN authorized a ON a.permit = p.id`
	}
	return sqldb.List(ctx, tx, func(r *sqldb.Rows) (ending, error) {
		e := ending{kind: kind}
		return e, r.Scan(&e.id, &e.org, &e.authorizer, &e.until)
	}, query+` WHERE p.kind = $1 AND p.until_day > $2 AND p.until_day <= $3 AND p.state <> $4 ORDER BY p.id`,
		kind, today.String(), last.String(), access.Revoked)
}
