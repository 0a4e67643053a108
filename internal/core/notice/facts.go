package notice

import (
	"context"

	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/regime"
)

// facts tell the law what was decided about the law itself (until when a pack on trial goes on), and what a call asks for.
func facts() []regime.Fact {
	return []regime.Fact{
		{Name: regime.ContinuedFact, Type: regime.Day, Load: func(ctx context.Context, tx *sqldb.Tx, pack string) (any, error) {
			return continuedUntil(ctx, tx, pack)
		}},
		{Name: "notice.kind", Type: regime.String, Load: func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
			n, err := Load(ctx, tx, id)
			return string(n.Kind), err
		}},
		{Name: "notice.publisher", Type: regime.String, Load: func(ctx context.Context, _ *sqldb.Tx, _ string) (any, error) {
			return string(capacity(access.From(ctx))), nil
		}},
		callFact("call.open", regime.Bool, func(n Notice, tx *sqldb.Tx) any { return n.Open(tx.Now()) }),
		callFact("call.from", regime.Day, func(n Notice, _ *sqldb.Tx) any { return workday.DateOf(n.Call.Opens) }),
		callFact("call.until", regime.Day, func(n Notice, _ *sqldb.Tx) any { return workday.DateOf(n.Call.Closes) }),
		callFact("call.closes", regime.String, func(n Notice, _ *sqldb.Tx) any { return n.Call.Closes.In(workday.Zone()).Format("2006-01-02 15:04") }),
		callFact("call.kind", regime.String, func(n Notice, _ *sqldb.Tx) any { return n.Call.For }),
		callFact("call.field", regime.String, func(n Notice, _ *sqldb.Tx) any { return n.Call.Field }),
		callFact("call.publisher", regime.String, func(n Notice, _ *sqldb.Tx) any { return string(n.Call.Publisher) }),
	}
}

func callFact(name string, t regime.Type, get func(Notice, *sqldb.Tx) any) regime.Fact {
	return regime.Fact{Name: name, Type: t, Load: func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
		n, err := LoadCall(ctx, tx, id)
		if err != nil {
			return nil, err
		}
		return get(n, tx), nil
	}}
}
