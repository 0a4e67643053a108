package watch

import (
	"context"
	"slices"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/regime"
	"yunei/internal/flow/grant"
)

// Values a pack sets for evaluations.
const (
	valueCycle = "evaluation.cycle" // how often each grant and authorization is evaluated
	valueFail  = "evaluation.fail"  // "end": a confirmed failure ends the qualification
)

// Evaluate records what an evaluator concluded (评估). The indicators are counted by the platform in the same act.
func (s *Service) Evaluate(ctx context.Context, in Finding) (Evaluation, error) {
	var e Evaluation
	_, err := s.Acts.Do(ctx, act.Call{Act: ActEvaluate}, func(ctx context.Context, tx *act.Tx) error {
		if err := in.check(tx.Day()); err != nil {
			return err
		}
		permit, org, err := s.target(ctx, tx.Tx, in.Org, in.Permit)
		if err != nil {
			return err
		}
		if permit.ID == "" {
			return errs.New(errs.Conflict, "这个单位尚未入驻, 没有可以评估的资格")
		}
		if !tx.Actor().Has(access.Assessor, access.Mechanism) || org.ID == tx.Actor().Org {
			if err := s.maySupervise(ctx, tx.Tx, tx.Actor(), org, permit); err != nil {
				return err
			}
		}
		e = Evaluation{ID: tx.NewID("evl"), Org: org.ID, Permit: permit.ID, Kind: permit.Kind, From: in.From, Until: in.Until, Result: in.Result, Score: in.Score,
			Reason: strings.TrimSpace(in.Reason), Measures: strings.TrimSpace(in.Measures), Evidence: in.Evidence, Evaluator: tx.Actor().Org, Roles: tx.Actor().Roles,
			Account: tx.Actor().Account, Day: tx.Day(), State: EvalConcluded, Opened: tx.Now()}
		if e.Indicators, err = indicators(ctx, tx.Tx, permit, in.From, in.Until); err != nil {
			return err
		}
		if err := insertEvaluation(ctx, tx.Tx, e); err != nil {
			return err
		}
		if err := tx.Judge(ctx, map[string]string{"org": e.Org, "evaluation": e.ID}); err != nil {
			return err
		}
		return tx.Changed(ctx, "evaluation", e.ID, e)
	})
	return e, err
}

// Confirm makes a conclusion count (确认). Where the pack says so, a failure ends the qualification in this very act:
// 评估结果不合格的,取消授权运营主体资格.
func (s *Service) Confirm(ctx context.Context, id string, agree bool, opinion string) (Evaluation, error) {
	var e Evaluation
	_, err := s.Acts.Do(ctx, act.Call{Act: ActConfirm}, func(ctx context.Context, tx *act.Tx) error {
		was, err := loadEvaluation(ctx, tx.Tx, id)
		if err != nil {
			return err
		}
		permit, org, err := s.target(ctx, tx.Tx, was.Org, was.Permit)
		if err != nil {
			return err
		}
		if err := s.maySupervise(ctx, tx.Tx, tx.Actor(), org, permit); err != nil {
			return err
		}
		if e, err = was.confirm(agree, opinion, tx.Actor().Account, tx.Now()); err != nil {
			return err
		}
		if err := tx.Judge(ctx, map[string]string{"org": e.Org, "evaluation": e.ID}); err != nil {
			return err
		}
		if err := s.fail(ctx, tx, &e, permit); err != nil {
			return err
		}
		if err := saveEvaluation(ctx, tx.Tx, e); err != nil {
			return err
		}
		return tx.Changed(ctx, "evaluation", e.ID, e)
	})
	return e, err
}

// fail ends what a confirmed failure ends.
func (s *Service) fail(ctx context.Context, tx *act.Tx, e *Evaluation, p access.Permit) error {
	if e.State != EvalConfirmed || e.Result != EvalFail || p.State == access.Revoked {
		return nil
	}
	v, err := optional(tx.Law(), valueFail, tx.Day())
	if err != nil || v.Text != "end" {
		return err
	}
	x, err := s.endTx(ctx, tx, ending{permit: p.ID, ground: OnEvaluation, basis: e.ID, reason: "评估结果不合格: " + e.Reason, article: v.Cite.Article})
	e.Exit = x.ID
	return err
}

// indicators are counted from the platform's own records.
func indicators(ctx context.Context, tx *sqldb.Tx, p access.Permit, from, until workday.Date) (i Indicators, err error) {
	d := Duty{Org: p.Holder, Permit: p.ID, Subject: p.Kind, Object: p.Object, From: from, Until: until}
	if i.Figures, err = meter(ctx, tx, d); err != nil {
		return i, err
	}
	within := func(day workday.Date) bool { return !day.Before(from) && day.Before(until) }
	breaches, err := listOf(ctx, tx, p.Holder)
	if err != nil {
		return i, err
	}
	for _, b := range breaches {
		if b.State == Standing && within(b.Day) {
			i.Breaches++
		}
	}
	orders, err := listOrders(ctx, tx, p.Holder, "", "", 500)
	if err != nil {
		return i, err
	}
	for _, o := range orders {
		if o.State != OrderRevoked && within(o.Issued) {
			i.Orders++
		}
	}
	filings, err := listFilings(ctx, tx, p.Holder, "", 500)
	if err != nil {
		return i, err
	}
	for _, f := range filings {
		if f.Late && within(f.Due) {
			i.Overdue++
		}
	}
	complaints, err := complaintsAbout(ctx, tx, p.Holder)
	for _, c := range complaints {
		if c.State == ComplaintUpheld && within(workday.DateOf(c.Opened)) {
			i.Complaints++
		}
	}
	return i, err
}

// Evaluations lists what the caller may see, newest first: of itself and by itself, or all for those who supervise.
func (s *Service) Evaluations(ctx context.Context, org, before string, limit int) (list []Evaluation, err error) {
	actor := access.From(ctx)
	if actor.Org == "" && !actor.Overseer() {
		return nil, nil
	}
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) (err error) {
		list, err = listEvaluations(ctx, tx, org, before, limit)
		return err
	})
	return list, err
}

// EvaluationPage is an evaluation with what the caller may do about it.
type EvaluationPage struct {
	Evaluation Evaluation   `json:"evaluation"`
	Acts       []act.Option `json:"acts"`
}

// Evaluation is one evaluation as the caller may see it.
func (s *Service) Evaluation(ctx context.Context, id string) (p EvaluationPage, err error) {
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		e, err := loadEvaluation(ctx, tx, id)
		if err != nil {
			return err
		}
		actor := access.From(ctx)
		if ok, err := oversees(ctx, tx, actor, e.Org); err != nil || !ok && (actor.Org == "" || actor.Org != e.Org && actor.Org != e.Evaluator) {
			return errs.Or(err, errs.New(errs.NotFound, noEvaluation))
		}
		p = EvaluationPage{Evaluation: e, Acts: []act.Option{}}
		if actor.Org == e.Org {
			return nil
		}
		_, state := e.confirm(true, "", actor.Account, tx.Now())
		o, err := s.Acts.Option(ctx, tx, ActConfirm, state, map[string]string{"org": e.Org, "evaluation": e.ID})
		p.Acts = append(p.Acts, o)
		return err
	})
	return p, err
}

// Pending (待评估) is an evaluation that is due: of each grant and authorization in force, once in the cycle the pack sets.
type Pending struct {
	Org     string       `json:"org"`
	Permit  string       `json:"permit"`
	Kind    string       `json:"kind"`
	Object  string       `json:"object"`
	From    workday.Date `json:"from"`
	Until   workday.Date `json:"until"`
	Due     workday.Date `json:"due"`
	Explain string       `json:"explain"`
	Overdue bool         `json:"overdue"`
}

// Pendings lists the evaluations that are due, for those who supervise.
func (s *Service) Pendings(ctx context.Context) (list []Pending, err error) {
	if !access.From(ctx).Has(access.Bureau, access.Auditor, access.Department, access.Mechanism, access.Assessor) {
		return nil, nil
	}
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) (err error) {
		list, err = pendings(ctx, tx, s.Acts.Law(), workday.DateOf(tx.Now()))
		return err
	})
	return list, err
}

func pendings(ctx context.Context, tx *sqldb.Tx, law *regime.Law, today workday.Date) ([]Pending, error) {
	cycle, err := optional(law, valueCycle, today)
	if err != nil || months(cycle) == 0 {
		return nil, err
	}
	within, err := optional(law, "evaluation.within", today)
	if err != nil {
		return nil, err
	}
	var out []Pending
	for _, kind := range []string{grant.PermitGrant, "authorization"} {
		permits, err := permitsOwing(ctx, tx, "", kind, today)
		if err != nil {
			return nil, err
		}
		for _, p := range permits {
			done, err := evaluationsOf(ctx, tx, p.ID)
			if err != nil {
				return nil, err
			}
			for _, t := range periods(p.From, p.Until, today, months(cycle), false) {
				if t[1].After(today) || slices.ContainsFunc(done, func(e Evaluation) bool { return e.State != EvalRejected && e.From < t[1] && t[0] < e.Until }) {
					continue
				}
				w := Pending{Org: p.Holder, Permit: p.ID, Kind: kind, Object: p.Object, From: t[0], Until: t[1], Due: t[1].AddDays(-1)}
				if within.Int > 0 {
					d := count(law, within, w.Due)
					w.Due, w.Explain = d.Due, d.Explain+"; "
				}
				w.Explain += "评估周期依据 《" + cycle.Cite.Law + "》" + cycle.Cite.Article
				w.Overdue = today.After(w.Due)
				out = append(out, w)
			}
		}
	}
	return out, nil
}
