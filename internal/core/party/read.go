package party

import (
	"context"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
)

// Organization shows one organization. Everyone signed in may see who takes part.
func (s *Service) Organization(ctx context.Context, id string) (o Organization, err error) {
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		o, err = Load(ctx, tx, id)
		return err
	})
	return o, err
}

// Admission shows one application to its organization and to those who decide and supervise.
func (s *Service) Admission(ctx context.Context, id string) (a Admission, err error) {
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		if a, err = LoadAdmission(ctx, tx, id); err != nil {
			return err
		}
		actor := access.From(ctx)
		if actor.Org == a.Org && actor.Org != "" {
			return nil
		}
		if !actor.Overseer() || reaches(ctx, tx, actor, a.Org) != nil {
			a = Admission{}
			return errs.New(errs.NotFound, "没有这件入驻申请, 请核对后重试")
		}
		return nil
	})
	return a, err
}

// Admissions lists applications after a cursor: all of them for those who decide and supervise, else the actor's own.
func (s *Service) Admissions(ctx context.Context, after string, limit int) (list []Admission, err error) {
	actor := access.From(ctx)
	org, area := actor.Org, access.Area("")
	switch {
	case actor.Overseer():
		org, area = "", actor.Area
	case org == "":
		return nil, nil
	}
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		list, err = listAdmissions(ctx, tx, org, area, after, limit)
		return err
	})
	return list, err
}

// Changes lists the filed changes of an organization, newest first.
func (s *Service) Changes(ctx context.Context, orgID string) (list []Change, err error) {
	err = s.viewFile(ctx, orgID, func(tx *sqldb.Tx) error {
		list, err = listChanges(ctx, tx, orgID)
		return err
	})
	return list, err
}

// decides reports whether the actor verifies what organizations file.
func decides(a access.Actor) bool { return a.Overseer() || a.Has(access.Department) }

// viewFile reads in an organization's file: its own, or anyone's for those who decide and supervise.
func (s *Service) viewFile(ctx context.Context, orgID string, fn func(tx *sqldb.Tx) error) error {
	return s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		if actor := access.From(ctx); !decides(actor) && actor.Org != orgID {
			return errs.New(errs.NotFound, "没有这个单位, 请核对后重试")
		}
		if _, err := Load(ctx, tx, orgID); err != nil {
			return err
		}
		if err := reaches(ctx, tx, access.From(ctx), orgID); err != nil {
			return err
		}
		return fn(tx)
	})
}
