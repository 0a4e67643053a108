package output

import (
	"context"
	"fmt"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/query"
	"yunei/internal/core/query/interp"
	"yunei/internal/core/query/release"
	"yunei/internal/flow/grant"
	"yunei/internal/flow/lab"
)

// maxSheets is how many results of one scenario stand beside its synthetic tables, the newest first.
const maxSheets = 100

// Exported are the results of a scenario that the caller's organization has exported and could export again today: none that was
// recalled, none after the grant or the permit for exact figures ended.
func (s *Service) Exported(ctx context.Context, scenario string) (list []Release, err error) {
	org := access.From(ctx).Org
	if org == "" {
		return nil, nil
	}
	err = s.acts.View(ctx, func(tx *sqldb.Tx) error {
		day := workday.DateOf(tx.Now())
		switch _, err := grant.InForce(ctx, tx, org, scenario, day); {
		case errs.CodeOf(err) == errs.Internal:
			return err
		case err != nil:
			return nil
		}
		all, err := exportedReleases(ctx, tx, org)
		if err != nil {
			return err
		}
		for _, r := range all {
			if r.Scenario != scenario {
				continue
			}
			switch err := stillPermitted(ctx, tx, r, day); {
			case errs.CodeOf(err) == errs.Internal:
				return err
			case err == nil:
				list = append(list, r.forApplicant())
			}
			if len(list) == maxSheets {
				break
			}
		}
		return nil
	})
	return list, err
}

// Sheet reads an exported result as a table. It is read from the file that left, so it shows what was decided on and nothing
// else: what is hidden there is missing here, whatever the law says today.
func (s *Service) Sheet(ctx context.Context, r Release) (lab.Sheet, error) {
	var m *query.Model
	err := s.acts.View(ctx, func(tx *sqldb.Tx) (err error) {
		_, _, m, _, err = ran(ctx, tx, r.Run)
		return err
	})
	if err != nil {
		return lab.Sheet{}, err
	}
	file, err := s.file(r.Digest)
	if err != nil {
		return lab.Sheet{}, err
	}
	columns, rows, err := release.ReadCSV(m, r.Mode, file)
	if err != nil {
		return lab.Sheet{}, fmt.Errorf("file of release %s: %w", r.ID, err)
	}
	left := interp.Rows{Rows: rows}
	for _, c := range columns {
		left.Columns = append(left.Columns, c.Name)
	}
	return lab.NewSheet("release_"+strings.ToLower(r.ID[strings.LastIndexByte(r.ID, '_')+1:]), r.Title, columns, left), nil
}
