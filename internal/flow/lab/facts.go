package lab

import (
	"context"
	"strings"

	"yunei/internal/base/sqldb"
	"yunei/internal/core/regime"
	"yunei/internal/flow/grant"
)

// registerFacts tells the law what it may look at: of a model, and of the models that a plan declares.
func (s *Service) registerFacts() {
	s.Acts.Law().RegisterFact(
		regime.Fact{Name: "model.approved", Type: regime.Bool, Load: func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
			return Approved(ctx, tx, id)
		}},
		regime.Fact{Name: "model.raw_column", Type: regime.Bool, Load: func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
			v, err := LoadVersion(ctx, tx, id)
			if err != nil {
				return nil, err
			}
			return v.rawColumn()
		}},
		// Known only to the act that is judged.
		regime.Fact{Name: "run.supplied", Type: regime.Bool},
		regime.Fact{Name: "use.by_procedure", Type: regime.Bool},
		regime.Fact{Name: "use.procedure", Type: regime.String},
		regime.Fact{Name: "use.rule", Type: regime.String},
		regime.Fact{Name: "seat.party", Type: regime.Bool},
		regime.Fact{Name: "cost.booked", Type: regime.Bool},
		s.spaceFact("space.runs_left", func(q Quota, u Statement, _, _ int64) int64 { return q.Runs - u.Runs }),
		s.spaceFact("space.compute_left", func(q Quota, u Statement, _, _ int64) int64 { return q.Compute - u.CPU/1e6 }),
		s.spaceFact("space.storage_left", func(q Quota, _ Statement, stored, _ int64) int64 { return q.Storage - stored }),
		s.spaceFact("space.seats_left", func(q Quota, _ Statement, _, seats int64) int64 { return q.Seats - seats }),
		regime.Fact{Name: "plan.model_listed", Type: regime.Bool, Load: s.ofPlan(func(ctx context.Context, tx *sqldb.Tx, d grant.Declaration, v Version) (bool, error) {
			ok, err := approvedBefore(ctx, tx, d, v)
			return ok && v.Shared, err
		})},
		regime.Fact{Name: "plan.refiled", Type: regime.Bool, Load: s.ofPlan(func(ctx context.Context, tx *sqldb.Tx, d grant.Declaration, v Version) (bool, error) {
			ok, err := approvedBefore(ctx, tx, d, v)
			return ok && v.Org == d.Org, err
		})},
		regime.Fact{Name: "plan.model_unchanged", Type: regime.Bool, Load: s.ofPlan(unchanged)},
		regime.Fact{Name: "plan.inputs_unchanged", Type: regime.Bool, Load: s.ofPlan(unchanged)},
		regime.Fact{Name: "plan.outputs_unchanged", Type: regime.Bool, Load: s.ofPlan(unchanged)},
	)
}

// approvedBefore reports whether the version passed in another declaration (三(四) a listed model, 三(六) the same plan
// filed again).
func approvedBefore(ctx context.Context, tx *sqldb.Tx, d grant.Declaration, v Version) (bool, error) {
	list, err := grant.DeclarationsOf(ctx, tx, v.ID)
	if err != nil {
		return false, err
	}
	for _, other := range list {
		if other.ID != d.ID && other.State == grant.Approved {
			return true, nil
		}
	}
	return false, nil
}

// unchanged holds when the declared hash is the version's: the representation fixes what is read and what comes out, so
// there is nothing that could have changed. A policy that changed since shows at the run, which checks again.
func unchanged(_ context.Context, _ *sqldb.Tx, d grant.Declaration, v Version) (bool, error) {
	for _, m := range d.Models {
		if m.Version == v.ID {
			return m.Hash == v.Hash, nil
		}
	}
	return false, nil
}

// ofPlan is true when it is true of every model of the declaration; a scenario declares none yet.
func (s *Service) ofPlan(of func(context.Context, *sqldb.Tx, grant.Declaration, Version) (bool, error)) func(context.Context, *sqldb.Tx, string) (any, error) {
	return func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
		if strings.HasPrefix(id, "scn_") {
			return false, nil
		}
		d, err := grant.LoadDeclaration(ctx, tx, id)
		if err != nil {
			return nil, err
		}
		for _, m := range d.Models {
			v, err := LoadVersion(ctx, tx, m.Version)
			if err != nil {
				return nil, err
			}
			if ok, err := of(ctx, tx, d, v); err != nil || !ok {
				return false, err
			}
		}
		return len(d.Models) > 0, nil
	}
}

// spaceFact is what is left of a space's quota this month.
func (s *Service) spaceFact(name string, left func(q Quota, used Statement, stored, seats int64) int64) regime.Fact {
	return regime.Fact{Name: name, Type: regime.Int, Load: func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
		m, err := s.meter(ctx, tx, id)
		return left(m.Quota, m.Used, m.Stored, m.Seats), err
	}}
}
