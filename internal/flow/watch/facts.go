package watch

import (
	"context"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/party"
	"yunei/internal/core/regime"
	"yunei/internal/flow/grant"
)

// Facts are what a rule may look at: an organization's record, an order, an exit, what is on its credit file. What is owed depends
// on the law itself.
func Facts(law *regime.Law) []regime.Fact {
	return append(creditFacts(law), []regime.Fact{
		{Name: "org.last_breach", Type: regime.Day, Load: func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return lastBreach(ctx, tx, id) }},
		{Name: "org.order_open", Type: regime.Bool, Load: func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
			list, err := runningOrders(ctx, tx, id)
			return len(list) > 0, err
		}},
		{Name: "org.closed_by_order", Type: regime.Bool, Load: func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
			o, err := party.Load(ctx, tx, id)
			if err != nil || o.Permit == "" {
				return false, err
			}
			return closedByOrder(ctx, tx, o.Permit)
		}},
		{Name: "grant.closed_by_order", Type: regime.Bool, Load: func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
			permit, err := permitOfGrant(ctx, tx, id)
			if err != nil {
				return nil, err
			}
			return closedByOrder(ctx, tx, permit)
		}},
		orderFact("order.measure", regime.String, func(o Order) any { return string(o.Measure) }),
		orderFact("order.ground", regime.String, func(o Order) any { return string(o.Ground) }),
		orderFact("order.subject", regime.String, func(o Order) any { return o.Kind }),
		orderFact("order.days", regime.Int, func(o Order) any {
			if o.Due.IsZero() {
				return 0
			}
			return o.Due.Sub(o.Issued)
		}),
		orderFact("order.due", regime.Day, func(o Order) any { return o.Due }),
		orderFact("order.reported", regime.Bool, func(o Order) any { return len(o.Reports) > 0 }),
		orderFact("order.article", regime.String, func(o Order) any { return o.Article }),
		orderFact("order.issuer_roles", regime.StringList, func(o Order) any {
			return slugs(o.Roles)
		}),
		{Name: "order.verified", Type: regime.Bool, Load: func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
			o, err := loadOrder(ctx, tx, id)
			if err != nil {
				return nil, err
			}
			return verified(ctx, tx, o)
		}},
		{Name: "order.ruling", Type: regime.String},
		exitFact("exit.deleted", regime.Bool, func(e Exit) any { return e.State != ExitDeleting }),
		exitFact("exit.logs_until", regime.Day, func(e Exit) any { return e.LogsUntil }),
		exitFact("exit.ground", regime.String, func(e Exit) any { return string(e.Ground) }),
		{Name: "exit.end_deliberated", Type: regime.Bool, Load: func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
			e, err := loadExit(ctx, tx, id)
			if err != nil {
				return nil, err
			}
			return grant.EndDeliberated(ctx, tx, e.Permit)
		}},
		exitFact("exit.subject", regime.String, func(e Exit) any { return e.Kind }),
	}...)
}

func orderFact(name string, t regime.Type, of func(Order) any) regime.Fact {
	return regime.Fact{Name: name, Type: t, Load: func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
		o, err := loadOrder(ctx, tx, id)
		return of(o), err
	}}
}

func exitFact(name string, t regime.Type, of func(Exit) any) regime.Fact {
	return regime.Fact{Name: name, Type: t, Load: func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
		e, err := loadExit(ctx, tx, id)
		return of(e), err
	}}
}

func closedByOrder(ctx context.Context, tx *sqldb.Tx, permit string) (bool, error) {
	list, err := ordersOn(ctx, tx, permit)
	for _, o := range list {
		if o.Closed {
			return true, err
		}
	}
	return false, err
}

// verified reports whether an order rests on something that was established: a record of this file that stands, or evidence of
// its own. A complaint that nobody looked into is none.
func verified(ctx context.Context, tx *sqldb.Tx, o Order) (bool, error) {
	var stands bool
	var err error
	switch o.Ground {
	case OnBreach:
		var b Breach
		b, err = load(ctx, tx, o.Basis)
		stands = b.Org == o.Org && b.State == Standing
	case OnComplaint:
		var c Complaint
		c, err = loadComplaint(ctx, tx, o.Basis)
		stands = c.Accused == o.Org && c.State == ComplaintUpheld
	case OnEvaluation:
		var e Evaluation
		e, err = loadEvaluation(ctx, tx, o.Basis)
		stands = e.Org == o.Org && e.State == EvalConfirmed && e.Result == EvalFail
	default:
		return len(o.Evidence) > 0, nil
	}
	if errs.Is(err, errs.NotFound) {
		return false, nil
	}
	return stands && err == nil, err
}

// permitOfGrant is the permit a grant stands on.
func permitOfGrant(ctx context.Context, tx *sqldb.Tx, id string) (permit string, err error) {
	err = tx.QueryRow(ctx, `SELECT permit FROM grants WHERE id = $1`, id).Scan(&permit)
	return permit, missing(err, "没有这项授权, 请核对后重试")
}
