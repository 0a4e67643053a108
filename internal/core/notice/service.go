package notice

import (
	"context"
	"strings"
	"unicode/utf8"

	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/regime"
)

// The acts of this package.
const (
	ActPublish  = "notice.publish"
	ActContinue = "notice.continue"
	ActRevoke   = "notice.revoke"
)

// Service does the acts of publishing.
type Service struct{ acts *act.Runner }

// New makes the service and makes its acts, its fact and its ledger kind known.
func New(acts *act.Runner) *Service {
	acts.Define(
		act.Def{Name: ActPublish, Roles: []access.Role{access.Bureau}},
		act.Def{Name: ActContinue, Roles: []access.Role{access.Bureau}},
		act.Def{Name: ActRevoke, Roles: []access.Role{access.Bureau}},
	)
	acts.Ledger().Register("notice", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return Load(ctx, tx, id) })
	acts.Law().RegisterFact(facts()...)
	return &Service{acts: acts}
}

// Publish makes a text public (公示、公告).
func (s *Service) Publish(ctx context.Context, d Draft) (Notice, error) {
	n, err := d.notice()
	if err != nil {
		return Notice{}, err
	}
	_, err = s.acts.Do(ctx, act.Call{Act: ActPublish}, func(ctx context.Context, tx *act.Tx) error {
		n, err = publish(ctx, tx, n, nil)
		return err
	})
	return n, err
}

// Continue records and publishes the decision that a pack on trial goes on (延续执行). From then on the acts that the end of
// the trial period closes are open again, until the decision's own last day.
func (s *Service) Continue(ctx context.Context, d Decision) (Notice, error) {
	var n Notice
	_, err := s.acts.Do(ctx, act.Call{Act: ActContinue}, func(ctx context.Context, tx *act.Tx) error {
		pack, err := onTrial(tx.Law(), d.Pack)
		if err != nil {
			return err
		}
		end, err := continuedUntil(ctx, tx.Tx, d.Pack)
		if err != nil {
			return err
		}
		if n, err = d.notice(pack.Title, max(end, pack.TrialUntil)); err != nil {
			return err
		}
		n, err = publish(ctx, tx, n, map[string]string{"pack": d.Pack})
		return err
	})
	return n, err
}

// onTrial finds a loaded pack that has a trial period.
func onTrial(law *regime.Law, id string) (regime.PackInfo, error) {
	for _, p := range law.Packs() {
		if p.ID != id {
			continue
		}
		if p.TrialUntil.IsZero() {
			return p, spotted("pack", p.Title+"没有试行期, 无需延续")
		}
		return p, nil
	}
	return regime.PackInfo{}, spotted("pack", "本平台没有启用规则包 "+id+", 请从已启用的规则包中选择")
}

func publish(ctx context.Context, tx *act.Tx, n Notice, objects map[string]string) (Notice, error) {
	n.ID, n.Org, n.Published = tx.NewID("ntc"), tx.Actor().Org, tx.Now()
	if err := insert(ctx, tx.Tx, n); err != nil {
		return n, err
	}
	about := map[string]string{"notice": n.ID}
	for kind, id := range objects {
		about[kind] = id
	}
	if err := tx.Judge(ctx, about); err != nil {
		return n, err
	}
	return n, tx.Changed(ctx, "notice", n.ID, n)
}

// Revoke withdraws a notice (撤销). It stays readable with the reason; a revoked continuation no longer counts.
func (s *Service) Revoke(ctx context.Context, id, reason string) (Notice, error) {
	reason = strings.TrimSpace(reason)
	if utf8.RuneCountInString(reason) < 2 {
		return Notice{}, spotted("reason", "撤销公告须写明理由, 请补充后再提交")
	}
	var n Notice
	_, err := s.acts.Do(ctx, act.Call{Act: ActRevoke}, func(ctx context.Context, tx *act.Tx) (err error) {
		if n, err = Load(ctx, tx.Tx, id); err != nil {
			return err
		}
		if err = n.mayRevoke(tx.Actor().Org); err != nil {
			return err
		}
		n.Revoked, n.Revocation = tx.Now(), reason
		if err = saveRevoked(ctx, tx.Tx, n); err != nil {
			return err
		}
		if err = tx.Judge(ctx, map[string]string{"notice": n.ID}); err != nil {
			return err
		}
		return tx.Changed(ctx, "notice", n.ID, n)
	})
	return n, err
}

// Page is a notice with what the caller may do with it.
type Page struct {
	Notice Notice       `json:"notice"`
	Acts   []act.Option `json:"acts"`
}

// Get shows one notice to anyone.
func (s *Service) Get(ctx context.Context, id string) (p Page, err error) {
	p.Acts = []act.Option{}
	err = s.acts.View(ctx, func(tx *sqldb.Tx) error {
		if p.Notice, err = Load(ctx, tx, id); err != nil || !access.From(ctx).Has(access.Bureau) {
			return err
		}
		o, err := s.acts.Option(ctx, tx, ActRevoke, p.Notice.mayRevoke(access.From(ctx).Org), map[string]string{"notice": id})
		p.Acts = append(p.Acts, o)
		return err
	})
	return p, err
}

// List shows notices to anyone, newest first; before is the id of the last one of the page before.
func (s *Service) List(ctx context.Context, before string, limit int) (list []Notice, err error) {
	err = s.acts.View(ctx, func(tx *sqldb.Tx) error {
		list, err = listNotices(ctx, tx, before, limit)
		return err
	})
	return list, err
}
