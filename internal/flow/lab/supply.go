package lab

import (
	"context"
	"slices"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/query"
	"yunei/internal/flow/collect"
	"yunei/internal/flow/grant"
)

// sourceOf is what a space gets of a snapshot: the granted items, without those that no model may read.
func sourceOf(t query.Table, snap collect.Snapshot) source {
	t.Columns = slices.DeleteFunc(slices.Clone(t.Columns), func(c query.Column) bool { return c.Role == query.Never || c.Role == "" })
	return source{table: t, snapshot: snap.Digest, load: snap.ID, rows: snap.Rows - snap.Unkeyed, path: snap.Path}
}

// sourceIn is the source for a space: of a resource that the operator supplied, only the items that were supplied.
func sourceIn(ctx context.Context, tx *sqldb.Tx, space string, t query.Table, snap collect.Snapshot) (source, error) {
	sup, ok, err := standing(ctx, tx, space, t.Resource)
	if ok && sup.Route != RouteGrant {
		t = only(t, sup.Fields)
	}
	return sourceOf(t, snap), err
}

// only keeps the named items of a table, and its key.
func only(t query.Table, fields []string) query.Table {
	t.Columns = slices.DeleteFunc(slices.Clone(t.Columns), func(c query.Column) bool {
		return c.Name != t.SubjectKey && !slices.Contains(fields, c.Name)
	})
	return t
}

// allStanding reports whether every item a version reads has been supplied into the space by an act that holds today.
func allStanding(ctx context.Context, tx *sqldb.Tx, space string, v Version, day workday.Date) (bool, error) {
	for _, input := range v.Inputs {
		resource, field, _ := strings.Cut(input, ".")
		sup, ok, err := standing(ctx, tx, space, resource)
		if err != nil || !ok || sup.Route == RouteGrant || !slices.Contains(sup.Fields, field) {
			return false, err
		}
		if err := access.Valid(ctx, tx, sup.Permit, day); err != nil {
			if errs.CodeOf(err) == errs.Internal {
				return false, err
			}
			return false, nil
		}
	}
	return len(v.Inputs) > 0, nil
}

// keepBatches writes into the supply records which copies a run read: those it was first to need are new batches, and those
// whose place they took are gone. Where the law asks for no act of supply, the first batch opens the record, under the grant.
func (s *Service) keepBatches(ctx context.Context, tx *act.Tx, r Run, made work) error {
	resources := make([]string, 0, len(made.copies))
	for resource := range made.copies {
		resources = append(resources, resource)
	}
	slices.Sort(resources)
	for _, resource := range resources {
		sup, ok, err := standing(ctx, tx.Tx, r.Space, resource)
		if err != nil {
			return err
		}
		if !ok {
			if sup, err = s.underGrant(ctx, tx, r, resource); err != nil {
				return err
			}
		}
		if made.own {
			now := tx.Now()
			b := made.copies[resource].batch()
			b.At, b.Run, b.Dropped, b.Result = now, r.ID, &now, "只供这一次运行, 运行结束即删除"
			sup.Batches = append(sup.Batches, b)
			if err := s.saveSupply(ctx, tx, sup); err != nil {
				return err
			}
			continue
		}
		if err := s.keepBatch(ctx, tx, sup, made.copies[resource], r.ID, !ok); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) keepBatch(ctx context.Context, tx *act.Tx, sup Supply, h held, run string, fresh bool) error {
	known := slices.ContainsFunc(sup.Batches, func(b Batch) bool { return b.File == h.File && b.Dropped == nil })
	if known && !fresh {
		return nil
	}
	sup, _ = sup.drop(func(b Batch) bool { return b.File != h.File }, "数据已经更新, 旧批次的副本已删除", tx.Now())
	if !known {
		b := h.batch()
		b.At, b.Run = tx.Now(), run
		sup.Batches = append(sup.Batches, b)
	}
	return s.saveSupply(ctx, tx, sup)
}

// underGrant is the supply that a run makes by itself.
func (s *Service) underGrant(ctx context.Context, tx *act.Tx, r Run, resource string) (Supply, error) {
	g, err := grant.LoadGrant(ctx, tx.Tx, r.Grant)
	if err != nil {
		return Supply{}, err
	}
	sc, err := grant.LoadScenario(ctx, tx.Tx, r.Scenario)
	if err != nil {
		return Supply{}, err
	}
	d, err := grant.LoadDeclaration(ctx, tx.Tx, g.Declaration)
	if err != nil {
		return Supply{}, err
	}
	e, err := s.Catalog.Load(ctx, tx.Tx, resource)
	if err != nil {
		return Supply{}, err
	}
	need, _ := sc.Need(resource)
	return Supply{ID: tx.NewID("sup"), Space: r.Space, Org: r.Org, Scenario: r.Scenario, Resource: resource, Title: e.Title, Provider: e.Holder,
		Fields: need.Fields, Route: RouteGrant, Grant: g.ID, Agreement: g.Agreement, Approval: d.Matter, By: "platform",
		State: SupplyStanding, Batches: []Batch{}, Opened: tx.Now()}, nil
}

func (s *Service) saveSupply(ctx context.Context, tx *act.Tx, sup Supply) error {
	if err := putSupply(ctx, tx.Tx, sup); err != nil {
		return err
	}
	return tx.Changed(ctx, "space-supply", sup.ID, sup)
}
