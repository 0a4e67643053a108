package watch

import (
	"context"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/party"
	"yunei/internal/core/regime"
)

// CreditFile (信用档案) is everything that stands in an organization's record, from the records themselves: nothing is copied into it,
// so that a revoked or repaired record is revoked or repaired here too.
type CreditFile struct {
	Org         string       `json:"org"`
	Name        string       `json:"name"`
	Breaches    []Breach     `json:"breaches"`
	Orders      []Order      `json:"orders"`
	Exits       []Exit       `json:"exits"`
	Reports     []Duty       `json:"reports" doc:"Reports that are overdue, or were returned"`
	Late        []DutyReport `json:"late" doc:"Reports that were filed late"`
	Evaluations []Evaluation `json:"evaluations" doc:"Confirmed ones, newest first"`
	Complaints  []Complaint  `json:"complaints" doc:"Those that were upheld"`
	Standing    Standings    `json:"standing"`
	Acts        []act.Option `json:"acts" doc:"What the caller may do; 'on' names the measure"`
}

// Standings are the figures that rules look at.
type Standings struct {
	LastBreach       workday.Date `json:"last_breach,omitempty"`
	OpenOrders       int          `json:"open_orders"`
	OverdueReports   int          `json:"overdue_reports"`
	LastEvaluation   string       `json:"last_evaluation,omitempty" enum:"pass,fail"`
	FailedEvaluation workday.Date `json:"failed_evaluation,omitempty"`
	UpheldComplaints int          `json:"upheld_complaints"`
}

// Credit is an organization's credit file: for the organization itself and for those who supervise.
func (s *Service) Credit(ctx context.Context, org string) (f CreditFile, err error) {
	actor := access.From(ctx)
	if actor.Org != org && !actor.Overseer() && !actor.Has(access.Department, access.Mechanism, access.Expert) {
		return f, errs.New(errs.NotFound, noOrg)
	}
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		if ok, err := oversees(ctx, tx, actor, org); err != nil || !ok && actor.Overseer() && actor.Org != org {
			return errs.Or(err, errs.New(errs.NotFound, noOrg))
		}
		f, err = s.credit(ctx, tx, actor, org)
		return err
	})
	return f, err
}

func (s *Service) credit(ctx context.Context, tx *sqldb.Tx, actor access.Actor, org string) (CreditFile, error) {
	f := CreditFile{Org: org, Reports: []Duty{}, Late: []DutyReport{}, Evaluations: []Evaluation{}, Complaints: []Complaint{}, Acts: []act.Option{}}
	o, err := party.Load(ctx, tx, org)
	if err != nil {
		return f, err
	}
	f.Name = o.Name
	if f.Breaches, err = listOf(ctx, tx, org); err != nil {
		return f, err
	}
	if f.Orders, err = listOrders(ctx, tx, org, "", "", 200); err != nil {
		return f, err
	}
	if f.Exits, err = listExits(ctx, tx, org, "", "", 200); err != nil {
		return f, err
	}
	today := workday.DateOf(tx.Now())
	owed, err := duties(ctx, tx, s.Acts.Law(), org, today)
	if err != nil {
		return f, err
	}
	for _, d := range owed {
		if d.State == DutyOverdue || d.State == DutyReturned {
			f.Reports = append(f.Reports, d)
		}
	}
	filings, err := listFilings(ctx, tx, org, "", 200)
	if err != nil {
		return f, err
	}
	for _, x := range filings {
		if x.Late && x.Rounds > 0 {
			f.Late = append(f.Late, x)
		}
	}
	evaluations, err := evaluationsAbout(ctx, tx, org)
	if err != nil {
		return f, err
	}
	for _, e := range evaluations {
		if e.State == EvalConfirmed {
			f.Evaluations = append(f.Evaluations, e)
		}
	}
	complaints, err := complaintsAbout(ctx, tx, org)
	if err != nil {
		return f, err
	}
	for _, c := range complaints {
		if c.State == ComplaintUpheld {
			f.Complaints = append(f.Complaints, hide(actor, c))
		}
	}
	f.Standing = f.standings()
	f.Acts, err = s.measures(ctx, tx, actor, o)
	return f, err
}

func (f CreditFile) standings() Standings {
	s := Standings{UpheldComplaints: len(f.Complaints)}
	for _, b := range f.Breaches {
		if b.State == Standing {
			s.LastBreach = max(s.LastBreach, b.Day)
		}
	}
	for _, o := range f.Orders {
		if o.running() {
			s.OpenOrders++
		}
	}
	for _, d := range f.Reports {
		if d.State == DutyOverdue {
			s.OverdueReports++
		}
	}
	s.LastEvaluation, s.FailedEvaluation = lastEvaluation(f.Evaluations)
	return s
}

// lastEvaluation is the newest confirmed result, and the day of the newest failure.
func lastEvaluation(newestFirst []Evaluation) (result string, failed workday.Date) {
	for _, e := range newestFirst {
		if e.State != EvalConfirmed {
			continue
		}
		if result == "" {
			result = e.Result
		}
		if e.Result == EvalFail {
			failed = max(failed, e.Day)
		}
	}
	return result, failed
}

// measures are what the caller may order against an organization, each judged by the pack: the console asks nobody else.
func (s *Service) measures(ctx context.Context, tx *sqldb.Tx, actor access.Actor, o party.Organization) ([]act.Option, error) {
	out := []act.Option{}
	if !actor.Has(access.Bureau, access.Operator) || actor.Org == o.ID {
		return out, nil
	}
	for _, m := range measures {
		if m == Delist {
			continue // it is ordered on one model's permit, not on an organization
		}
		j, err := s.Acts.Law().Preview(ctx, tx, ActIssue, workday.DateOf(tx.Now()), map[string]string{"org": o.ID}, map[string]any{
			"order.measure": string(m), "order.subject": party.PermitKind, "order.issuer_roles": slugs(actor.Roles)})
		if err != nil {
			return nil, err
		}
		option := act.Option{Act: ActIssue, On: string(m), Allowed: !j.Refused}
		if e, ok := j.Err().(*errs.Error); ok {
			option.Reason, option.Cites = e.Msg, e.Cites
		}
		out = append(out, option)
	}
	var state error
	if o.Permit == "" {
		state = errs.New(errs.Conflict, "这个单位尚未入驻, 没有可以终止的许可")
	}
	option, err := s.Acts.Option(ctx, tx, ActTerminate, state, map[string]string{"org": o.ID})
	return append(out, option), err
}

// Repair (信用修复) takes a standing breach off the record because it was made good: with the decision that says so. The record stays
// in the file as repaired.
func (s *Service) Repair(ctx context.Context, id, reason string, evidence []string) (Breach, error) {
	var b Breach
	_, err := s.Acts.Do(ctx, act.Call{Act: ActRepair}, func(ctx context.Context, tx *act.Tx) error {
		was, err := load(ctx, tx.Tx, id)
		if err != nil {
			return err
		}
		if was.Org == tx.Actor().Org {
			return errs.New(errs.Forbidden, "不能办理本单位的信用记录, 请由其他单位的人员办理")
		}
		if b, err = was.repair(reason, evidence, tx.Now()); err != nil {
			return err
		}
		if err := update(ctx, tx.Tx, b); err != nil {
			return err
		}
		if err := tx.JudgeAs(ctx, ActRepair, map[string]string{"org": b.Org}, map[string]any{"breach.age_days": tx.Day().Sub(b.Day)}); err != nil {
			return err
		}
		return tx.Changed(ctx, "breach", b.ID, b)
	})
	return b, err
}

func slugs(roles []access.Role) []string {
	out := []string{}
	for _, r := range roles {
		out = append(out, string(r))
	}
	return out
}

// creditFacts are what a rule may look at in an organization's record: it counts when the organization applies again.
func creditFacts(law *regime.Law) []regime.Fact {
	newest := func(ctx context.Context, tx *sqldb.Tx, id string) (string, workday.Date, error) {
		list, err := evaluationsAbout(ctx, tx, id)
		result, failed := lastEvaluation(list)
		return result, failed, err
	}
	return []regime.Fact{
		{Name: "org.last_evaluation", Type: regime.String, Load: func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
			result, _, err := newest(ctx, tx, id)
			return result, err
		}},
		{Name: "org.failed_evaluation", Type: regime.Day, Load: func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
			_, failed, err := newest(ctx, tx, id)
			return failed, err
		}},
		{Name: "org.overdue_reports", Type: regime.Int, Load: func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
			list, err := duties(ctx, tx, law, id, workday.DateOf(tx.Now()))
			n := 0
			for _, d := range list {
				if d.State == DutyOverdue {
					n++
				}
			}
			return n, err
		}},
		{Name: "org.complaints_upheld", Type: regime.Int, Load: func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
			list, err := complaintsAbout(ctx, tx, id)
			n := 0
			for _, c := range list {
				if c.State == ComplaintUpheld {
					n++
				}
			}
			return n, err
		}},
		{Name: "breach.age_days", Type: regime.Int},
		filingFact("report.kind", regime.String, func(f DutyReport) any { return string(f.Kind) }),
		filingFact("report.late", regime.Bool, func(f DutyReport) any { return f.Late }),
		filingFact("report.differs", regime.Bool, func(f DutyReport) any { return f.Differs() }),
		filingFact("report.documents", regime.StringList, func(f DutyReport) any {
			kinds := []string{}
			for _, d := range f.Documents {
				kinds = append(kinds, d.Kind)
			}
			return kinds
		}),
		evaluationFact("evaluation.result", regime.String, func(e Evaluation) any { return e.Result }),
		evaluationFact("evaluation.subject", regime.String, func(e Evaluation) any { return e.Kind }),
		evaluationFact("evaluation.evaluator_roles", regime.StringList, func(e Evaluation) any { return slugs(e.Roles) }),
		complaintFact("complaint.about_role", func(c Complaint) any { return string(c.Role) }),
		complaintFact("complaint.to", func(c Complaint) any { return string(c.To) }),
		complaintFact("complaint.topic", func(c Complaint) any { return c.Topic }),
	}
}

func filingFact(name string, t regime.Type, of func(DutyReport) any) regime.Fact {
	return regime.Fact{Name: name, Type: t, Load: func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
		f, err := loadFiling(ctx, tx, id)
		return of(f), err
	}}
}

func evaluationFact(name string, t regime.Type, of func(Evaluation) any) regime.Fact {
	return regime.Fact{Name: name, Type: t, Load: func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
		e, err := loadEvaluation(ctx, tx, id)
		return of(e), err
	}}
}

func complaintFact(name string, of func(Complaint) any) regime.Fact {
	return regime.Fact{Name: name, Type: regime.String, Load: func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
		c, err := loadComplaint(ctx, tx, id)
		return of(c), err
	}}
}
