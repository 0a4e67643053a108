package notice

import (
	"context"
	"maps"
	"strings"
	"unicode/utf8"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/regime"
)

// The acts of this package.
const (
	ActPublish  = "notice.publish"
	ActCall     = "notice.call"
	ActContinue = "notice.continue"
	ActRevoke   = "notice.revoke"
	ActSend     = "message.send"
	ActSeen     = "message.read"
)

// Service does the acts of publishing.
type Service struct{ acts *act.Runner }

// New makes the service and makes its acts, its fact and its ledger kind known.
func New(acts *act.Runner) *Service {
	acts.Define(
		act.Def{Name: ActPublish, Roles: publishers},
		act.Def{Name: ActCall, Roles: publishers},
		act.Def{Name: ActContinue, Roles: []access.Role{access.Bureau}},
		act.Def{Name: ActRevoke, Roles: publishers},
		act.Def{Name: ActSend, Roles: []access.Role{access.Platform}},
		act.Def{Name: ActSeen, Roles: access.Roles()},
	)
	acts.Ledger().Register("notice", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return Load(ctx, tx, id) })
	acts.Ledger().Register("message", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return loadMessage(ctx, tx, id) })
	acts.Law().RegisterFact(facts()...)
	acts.OnRefused(alert)
	return &Service{acts: acts}
}

// publishers are the bodies that decide something and make it public in their own name. Which of them may publish what is
// the packs' to narrow (facts notice.kind, notice.publisher, call.kind, call.publisher).
var publishers = []access.Role{access.Bureau, access.Department, access.Government, access.Mechanism, access.Local, access.Upper}

// capacity is the role in which an actor publishes.
func capacity(a access.Actor) access.Role {
	for _, r := range publishers {
		if a.Has(r) {
			return r
		}
	}
	return ""
}

// Publish makes a text public (公示、公告). How much of a data set may be disclosed is decided by the bureau alone.
func (s *Service) Publish(ctx context.Context, d Draft) (Notice, error) {
	n, err := d.notice()
	if err != nil {
		return Notice{}, err
	}
	_, err = s.acts.Do(ctx, act.Call{Act: ActPublish}, func(ctx context.Context, tx *act.Tx) error {
		if n.Kind == Budget && !tx.Actor().Has(access.Bureau) {
			return errs.New(errs.Forbidden, "披露额度由数据主管部门决定并公布, 请联系数据主管部门办理")
		}
		n, err = s.PublishTx(ctx, tx, n)
		return err
	})
	return n, err
}

// PublishTx is Publish inside another act, such as a step that is a period in public.
func (s *Service) PublishTx(ctx context.Context, tx *act.Tx, n Notice) (Notice, error) {
	return Tell(ctx, tx, n)
}

// Tell publishes inside another act, for who has no Service at hand, such as a finding that is circulated. The notice is the
// acting body's unless it names another.
func Tell(ctx context.Context, tx *act.Tx, n Notice) (Notice, error) {
	if err := number(ctx, tx, &n); err != nil {
		return n, err
	}
	return publish(ctx, tx, ActPublish, n, nil)
}

// Call publishes a call for applications (征集通告). While it is open, applications may name it.
func (s *Service) Call(ctx context.Context, d CallDraft) (Notice, error) {
	var n Notice
	_, err := s.acts.Do(ctx, act.Call{Act: ActCall}, func(ctx context.Context, tx *act.Tx) (err error) {
		if n, err = d.notice(tx.Now(), capacity(tx.Actor())); err != nil {
			return err
		}
		if _, err := tx.Law().Procedure(n.Call.For, tx.Day()); err != nil {
			return spotted("for", "现行规则没有 "+n.Call.For+" 这类申请的办理程序, 不能为它征集; 请从规则所列的种类中选择")
		}
		n, err = publish(ctx, tx, ActCall, n, func(id string) map[string]string { return map[string]string{"call": id} })
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
		n, err = publish(ctx, tx, ActContinue, n, func(string) map[string]string { return map[string]string{"pack": d.Pack} })
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

// publish stores a notice and asks the law about it; more names what it is about besides itself.
func publish(ctx context.Context, tx *act.Tx, name string, n Notice, more func(id string) map[string]string) (Notice, error) {
	n.ID, n.Published = tx.NewID("ntc"), tx.Now()
	if n.Org == "" {
		n.Org, n.Area = tx.Actor().Org, tx.Actor().Area
	}
	if err := insert(ctx, tx.Tx, n); err != nil {
		return n, err
	}
	about := map[string]string{"notice": n.ID}
	if more != nil {
		maps.Copy(about, more(n.ID))
	}
	if err := tx.JudgeAs(ctx, name, about, nil); err != nil {
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
		if p.Notice, err = Load(ctx, tx, id); err != nil || capacity(access.From(ctx)) == "" {
			return err
		}
		o, err := s.acts.Option(ctx, tx, ActRevoke, p.Notice.mayRevoke(access.From(ctx).Org), map[string]string{"notice": id})
		p.Acts = append(p.Acts, o)
		return err
	})
	return p, err
}

// List shows notices to anyone, newest first.
func (s *Service) List(ctx context.Context, f Filter) (list []Notice, err error) {
	err = s.acts.View(ctx, func(tx *sqldb.Tx) error {
		list, err = listNotices(ctx, tx, f)
		return err
	})
	return list, err
}
