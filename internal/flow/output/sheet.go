package output

import (
	"context"
	"strings"

	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/query"
	"yunei/internal/core/query/interp"
	"yunei/internal/core/query/release"
	"yunei/internal/flow/lab"
)

// maxSheets is how many results of one scenario stand beside its synthetic tables, the newest first.
const maxSheets = 100

// Sheets are the results of a scenario that the caller's organization has exported. What is hidden in one is missing here
// too, and each figure has its 95% error beside it.
func (s *Service) Sheets(ctx context.Context, scenario string) ([]lab.Sheet, error) {
	var found []evidence
	var list []Release
	err := s.acts.View(ctx, func(tx *sqldb.Tx) error {
		all, err := listReleases(ctx, tx, access.From(ctx).Org, "", "", maxSheets)
		if err != nil || access.From(ctx).Org == "" {
			return err
		}
		for _, r := range all {
			if r.State != Exported || r.Scenario != scenario {
				continue
			}
			e, err := s.load(ctx, tx, r.Run)
			if err != nil {
				return err
			}
			list, found = append(list, r), append(found, e)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var out []lab.Sheet
	for i, e := range found {
		result, _, err := s.lab.Result(e.run, e.model)
		if err != nil {
			return nil, err
		}
		out = append(out, sheet(list[i], &result.Table))
	}
	return out, nil
}

// sheet lays a released table out as rows of values.
func sheet(r Release, t *release.Table) lab.Sheet {
	var columns []query.Column
	var rows interp.Rows
	add := func(name, title string, typ query.Type) {
		columns = append(columns, query.Column{Name: name, Title: title, Type: typ})
		rows.Columns = append(rows.Columns, name)
	}
	for _, c := range t.Columns {
		add(c.Name, c.Title, c.Type)
		if t.Noised(c) {
			add(c.Name+"_error95", "", c.Type)
		}
	}
	for _, row := range t.Rows {
		var values []query.Value
		for j := range row.Fields {
			f := &row.Fields[j]
			value, margin := f.Value, f.Error95
			if f.Hidden || f.IsNull {
				value, margin = query.Null, query.Null
			}
			values = append(values, value)
			if t.Noised(t.Columns[j]) {
				values = append(values, margin)
			}
		}
		rows.Rows = append(rows.Rows, values)
	}
	return lab.NewSheet("release_"+strings.ToLower(r.ID[strings.LastIndexByte(r.ID, '_')+1:]), r.Title, columns, rows)
}
