package lab

import (
	"context"

	"yunei/internal/base/sqldb"
	"yunei/internal/core/act"
	"yunei/internal/core/query"
	"yunei/internal/core/query/interp"
	"yunei/internal/core/query/synth"
)

// Sheet (明表) is a table in which nobody is: synthetic rows, or a result that has left by output review. Whoever may see it
// may ask it anything.
type Sheet struct {
	Table query.Table
	Rows  interp.Rows
}

// Connect records that a program of the tenant connects to a space. By law it is what trying on samples is.
func (s *Service) Connect(ctx context.Context, spaceID string) error {
	_, err := s.Acts.Do(ctx, act.Call{Act: "lab.run.sample"}, func(ctx context.Context, tx *act.Tx) error {
		_, sc, err := s.tenantSpace(ctx, tx.Tx, spaceID)
		if err != nil {
			return err
		}
		return tx.Judge(ctx, map[string]string{"org": sc.Org, "plan": sc.ID})
	})
	return err
}

// Sheets are the synthetic tables of a space in which the caller may work today, of the best level there is and with the
// space's watermark, and the scenario it serves.
func (s *Service) Sheets(ctx context.Context, spaceID string) (scenario string, list []Sheet, err error) {
	var tables []query.Table
	var made interp.Data
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		_, sc, err := s.tenantSpace(ctx, tx, spaceID)
		if err != nil {
			return err
		}
		scenario = sc.ID
		if tables, err = s.tables(ctx, tx, sc); err != nil {
			return err
		}
		made, _, err = s.made(ctx, tx, tables, synth.LevelS2, synth.DefaultRows)
		return err
	})
	if err != nil {
		return "", nil, err
	}
	for i := range tables {
		rows := made[tables[i].Name]
		s.watermark(spaceID, &tables[i], rows)
		list = append(list, NewSheet(tables[i].Name, tables[i].Title, tables[i].Columns, rows))
	}
	return scenario, list, nil
}

// NewSheet makes a sheet of rows. Types, titles and bounds come from the columns, bounds also from the rows themselves;
// grades, uses and code lists are those of real data and do not apply.
func NewSheet(name, title string, columns []query.Column, rows interp.Rows) Sheet {
	t := query.Table{Name: name, Title: title, Resource: name, SchemaVersion: 1, Open: true}
	for j, c := range columns {
		open := query.Column{Name: c.Name, Title: c.Title, Type: c.Type, Null: true, Role: query.Dimension,
			Grade: query.Grade{National: query.Ordinary, Level: 1}, Uses: []query.Use{query.Plaintext}}
		if c.Type.Ordered() {
			open.Lo, open.Hi = extent(rows.Rows, j)
		}
		t.Columns = append(t.Columns, open)
	}
	return Sheet{Table: t, Rows: rows}
}

// extent is the least and greatest value of a column, 0 and 0 where there is none.
func extent(rows [][]query.Value, j int) (lo, hi *int64) {
	lo, hi = new(int64), new(int64)
	first := true
	for _, row := range rows {
		v := row[j]
		switch {
		case v.IsNull():
		case first:
			*lo, *hi, first = v.N, v.N, false
		default:
			*lo, *hi = min(*lo, v.N), max(*hi, v.N)
		}
	}
	return lo, hi
}
