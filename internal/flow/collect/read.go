package collect

import (
	"context"
	"fmt"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/query"
	"yunei/internal/core/query/interp"
	"yunei/internal/flow/catalog"
)

func (s *Service) located(snap Snapshot) Snapshot {
	if snap.Digest != "" {
		snap.Path, _ = s.Blobs.Path(snap.Digest)
	}
	return snap
}

// ActiveSnapshot is the snapshot of a resource that is in use, with the path of its Parquet file.
func (s *Service) ActiveSnapshot(ctx context.Context, tx *sqldb.Tx, resourceID string) (Snapshot, error) {
	snap, ok, err := inState(ctx, tx, resourceID, Active)
	if err == nil && !ok {
		err = errs.New(errs.NotFound, "该资源还没有归集数据, 请联系数据提供单位")
	}
	return s.located(snap), err
}

// Rows are one subject's rows in the snapshot in use: sid and the entry's items, in units of their scale. A subject without rows gets
// none, which is no error.
func (s *Service) Rows(ctx context.Context, tx *sqldb.Tx, resourceID, sid string) (interp.Rows, Snapshot, error) {
	e, err := s.Catalog.Load(ctx, tx, resourceID)
	if err != nil {
		return interp.Rows{}, Snapshot{}, err
	}
	snap, err := s.ActiveSnapshot(ctx, tx, resourceID)
	if err != nil {
		return interp.Rows{}, snap, err
	}
	out, types := interp.Rows{Columns: []string{catalog.KeyColumn}}, []query.Type(nil)
	for _, f := range e.Fields {
		if f.Role != query.SubjectKey {
			out.Columns, types = append(out.Columns, f.Name), append(types, f.DataType())
		}
	}
	bodies, err := subjectRows(ctx, tx, snap.ID, sid)
	if err != nil {
		return out, snap, err
	}
	for _, body := range bodies {
		row, err := decode(body, types)
		if err != nil {
			return out, snap, fmt.Errorf("read rows of snapshot %s: %w", snap.ID, err)
		}
		out.Rows = append(out.Rows, append([]query.Value{query.TextValue(sid)}, row...))
	}
	return out, snap, nil
}

// Get is one load or snapshot, for its holder, the bureau and auditors.
func (s *Service) Get(ctx context.Context, id string) (Snapshot, error) {
	var snap Snapshot
	err := s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		found, err := loadSnapshot(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := s.mayLook(ctx, tx, found.Resource); err != nil {
			return err
		}
		snap = found
		return nil
	})
	return s.located(snap), err
}

// List pages through the loads and snapshots of a resource, newest first, for its holder, the bureau and auditors.
func (s *Service) List(ctx context.Context, resourceID, after string, limit int) (page []Snapshot, next string, err error) {
	const maxPage = 100
	if limit <= 0 || limit > maxPage {
		limit = maxPage
	}
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		if err := s.mayLook(ctx, tx, resourceID); err != nil {
			return err
		}
		page, err = listSnapshots(ctx, tx, resourceID, after, limit+1)
		return err
	})
	if len(page) > limit {
		page = page[:limit]
		next = page[limit-1].ID
	}
	return page, next, err
}

// mayLook: exact counts and faults of raw data are for its holder and for the bureau and auditors of its area; for others the resource has no loads.
func (s *Service) mayLook(ctx context.Context, tx *sqldb.Tx, resourceID string) error {
	e, err := s.Catalog.Load(ctx, tx, resourceID)
	if err != nil {
		return err
	}
	a := access.From(ctx)
	if a.Org != "" && a.Org == e.Holder {
		return nil
	}
	area, err := access.AreaOf(ctx, tx, e.Holder)
	if err != nil || !a.Oversees(area, access.Bureau, access.Auditor) {
		return errs.Or(err, errs.New(errs.NotFound, "没有这次归集, 请从资源页面进入"))
	}
	return nil
}
