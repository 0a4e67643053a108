package watch

import (
	"context"
	"sync"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/blob"
	"yunei/internal/core/netlog"
	"yunei/internal/core/party"
	"yunei/internal/core/query/disclose"
	"yunei/internal/flow/catalog"
	"yunei/internal/flow/consent"
	"yunei/internal/flow/lab"
	"yunei/internal/flow/serve"
)

// The acts of this package.
const (
	ActRecord    = "watch.breach"
	ActRevoke    = "watch.breach.revoke"
	ActRepair    = "watch.breach.repair"
	ActIssue     = "watch.order.issue"
	ActReceive   = "watch.order.receive"
	ActRectified = "watch.order.report"
	ActRule      = "watch.order.decide"
	ActExpire    = "watch.order.expire"
	ActTerminate = "watch.terminate"
	ActDelete    = "watch.exit.delete"
	ActCertify   = "watch.exit.certify"
	ActReopen    = "watch.exit.reopen"
	ActReceipt   = "watch.exit.receive"
	ActOverdue   = "watch.exit.overdue"
	ActOwe       = "watch.erasure.open"
	ActErased    = "watch.erasure.file"
	ActFile      = "watch.report.file"
	ActReview    = "watch.report.review"
	ActRemind    = "watch.report.remind"
	ActEvaluate  = "watch.evaluate"
	ActConfirm   = "watch.evaluate.confirm"
	ActComplain  = "watch.complain"
	ActAnswer    = "watch.complaint.decide"
	ActUnsay     = "watch.complaint.withdraw"
)

// Service supervises: it keeps the credit file, gives orders, ends what must end and sees to what is left behind.
type Service struct {
	Deps

	mu    sync.Mutex
	swept workday.Date // the legal day whose reports were looked through
	owed  workday.Date // and whose consents
}

// Deps are what New needs.
type Deps struct {
	Acts     *act.Runner
	Catalog  *catalog.Service
	Consents *consent.Service
	Lab      *lab.Service
	Serve    *serve.Service
	Budget   *disclose.Ledger
	Blobs    *blob.Store
	Netlog   *netlog.Log
}

// New defines the acts and registers the objects and facts of this package.
func New(d Deps) *Service {
	supervisors := []access.Role{access.Bureau, access.Operator, access.Department, access.Holder, access.Upper, access.Regulator}
	parties := []access.Role{access.DataUser, access.Authorized, access.Provider, access.Operator, access.Holder, access.Applicant,
		access.Bureau, access.Local, access.Government, access.Department}
	d.Acts.Define(
		act.Def{Name: ActRecord, Roles: []access.Role{access.Bureau, access.Operator}},
		act.Def{Name: ActRevoke, Roles: []access.Role{access.Bureau, access.Operator}},
		act.Def{Name: ActRepair, Roles: []access.Role{access.Bureau}},
		act.Def{Name: ActIssue, Roles: supervisors},
		act.Def{Name: ActReceive, Roles: parties},
		act.Def{Name: ActRectified, Roles: parties},
		act.Def{Name: ActRule, Roles: supervisors},
		act.Def{Name: ActExpire, Roles: []access.Role{access.Platform}},
		act.Def{Name: ActTerminate, Roles: append([]access.Role{access.Platform}, supervisors...)},
		act.Def{Name: ActDelete, Roles: []access.Role{access.Bureau, access.Operator, access.Platform}},
		act.Def{Name: ActReceipt, Roles: []access.Role{access.Holder}},
		act.Def{Name: ActOverdue, Roles: []access.Role{access.Platform}},
		act.Def{Name: ActOwe, Roles: []access.Role{access.Platform}},
		act.Def{Name: ActErased, Roles: []access.Role{access.DataUser}},
		act.Def{Name: ActCertify, Roles: []access.Role{access.Bureau, access.Operator}},
		act.Def{Name: ActReopen, Roles: []access.Role{access.Bureau, access.Operator}},
		act.Def{Name: ActFile, Roles: parties},
		act.Def{Name: ActReview, Roles: append([]access.Role{access.Government}, supervisors...)},
		act.Def{Name: ActRemind, Roles: []access.Role{access.Platform}},
		act.Def{Name: ActEvaluate, Roles: []access.Role{access.Bureau, access.Department, access.Mechanism, access.Assessor}},
		act.Def{Name: ActConfirm, Roles: []access.Role{access.Bureau, access.Department}},
		act.Def{Name: ActComplain, Roles: access.Roles()},
		act.Def{Name: ActAnswer, Roles: []access.Role{access.Bureau, access.Operator, access.Government, access.Department, access.Holder, access.Auditor, access.Local, access.Upper}},
		act.Def{Name: ActUnsay, Roles: access.Roles()},
	)
	log := d.Acts.Ledger()
	log.Register("breach", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return load(ctx, tx, id) })
	log.Register("order", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return loadOrder(ctx, tx, id) })
	log.Register("exit", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return loadExit(ctx, tx, id) })
	log.Register("erasure", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return loadErasure(ctx, tx, id) })
	log.Register("report", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return loadFiling(ctx, tx, id) })
	log.Register("evaluation", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return loadEvaluation(ctx, tx, id) })
	log.Register("complaint", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return loadComplaint(ctx, tx, id) })
	d.Acts.Law().RegisterFact(Facts(d.Acts.Law())...)
	d.Acts.Law().RegisterFact(inspectionFacts()...)
	s := &Service{Deps: d}
	s.defineInspections(supervisors, parties)
	s.defineLog()
	if d.Consents != nil {
		d.Consents.OnClose(s.consentOver)
	}
	return s
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
		if !tx.Actor().Area.Covers(o.Area) {
			return errs.New(errs.NotFound, noOrg)
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
	if a := access.From(ctx); a.Org != org && !a.Overseer() {
		return nil, errs.New(errs.NotFound, "没有这个单位, 请核对后重试")
	}
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		if actor := access.From(ctx); actor.Org != org {
			if ok, err := oversees(ctx, tx, actor, org); err != nil || !ok {
				return errs.Or(err, errs.New(errs.NotFound, noOrg))
			}
		}
		list, err = listOf(ctx, tx, org)
		return err
	})
	return list, err
}
