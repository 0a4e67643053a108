package watch

import (
	"context"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/party"
)

// The acts of this package.
const (
	ActRecord = "watch.breach"
	ActRevoke = "watch.breach.revoke"
)

// Service keeps the credit file.
type Service struct{ Acts *act.Runner }

// New defines the acts and registers the objects and facts of this package.
func New(acts *act.Runner) *Service {
	acts.Define(
		act.Def{Name: ActRecord, Roles: []access.Role{access.Bureau, access.Operator}},
		act.Def{Name: ActRevoke, Roles: []access.Role{access.Bureau, access.Operator}},
	)
	acts.Ledger().Register("breach", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return load(ctx, tx, id) })
	acts.Law().RegisterFact(Facts()...)
	return &Service{Acts: acts}
}

// Report is what is recorded of a breach.
type Report struct {
	Org      string       `json:"org"`
	Kind     Kind         `json:"kind" enum:"environment,safety,intellectual,trust,other"`
	Day      workday.Date `json:"day"`
	What     string       `json:"what"`
	Evidence []string     `json:"evidence"`
}

// Record puts a breach into an organization's credit file.
func (s *Service) Record(ctx context.Context, r Report) (Breach, error) {
	var b Breach
	_, err := s.Acts.Do(ctx, act.Call{Act: ActRecord}, func(ctx context.Context, tx *act.Tx) error {
		b = Breach{ID: tx.NewID("brc"), Org: r.Org, Kind: r.Kind, Day: r.Day, What: r.What, Evidence: r.Evidence,
			State: Standing, Account: tx.Actor().Account, Recorded: tx.Now()}
		if err := b.check(tx.Day()); err != nil {
			return err
		}
		o, err := party.Load(ctx, tx.Tx, r.Org)
		if err != nil {
			return err
		}
		if o.ID == tx.Actor().Org {
			return errs.New(errs.Forbidden, "不能办理本单位的信用记录, 请由其他单位的人员办理")
		}
		if err := insert(ctx, tx.Tx, b); err != nil {
			return err
		}
		if err := tx.Judge(ctx, map[string]string{"org": o.ID}); err != nil {
			return err
		}
		return tx.Changed(ctx, "breach", b.ID, b)
	})
	return b, err
}

// Revoke withdraws a record that was wrong, with the reason.
func (s *Service) Revoke(ctx context.Context, id, reason string) (Breach, error) {
	var b Breach
	_, err := s.Acts.Do(ctx, act.Call{Act: ActRevoke}, func(ctx context.Context, tx *act.Tx) error {
		was, err := load(ctx, tx.Tx, id)
		if err != nil {
			return err
		}
		if was.Org == tx.Actor().Org {
			return errs.New(errs.Forbidden, "不能办理本单位的信用记录, 请由其他单位的人员办理")
		}
		if b, err = was.revoke(reason, tx.Now()); err != nil {
			return err
		}
		if err := update(ctx, tx.Tx, b); err != nil {
			return err
		}
		if err := tx.Judge(ctx, map[string]string{"org": b.Org}); err != nil {
			return err
		}
		return tx.Changed(ctx, "breach", b.ID, b)
	})
	return b, err
}

// File is an organization's credit file, newest breach first: for the organization itself and for those who supervise.
func (s *Service) File(ctx context.Context, org string) (list []Breach, err error) {
	if a := access.From(ctx); a.Org != org && !a.Has(access.Bureau, access.Operator, access.Auditor) {
		return nil, errs.New(errs.NotFound, "没有这个单位, 请核对后重试")
	}
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		list, err = listOf(ctx, tx, org)
		return err
	})
	return list, err
}
