package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"

	"yunei/data"
	"yunei/internal/core/query"
	"yunei/internal/core/query/duckdb"
	"yunei/internal/core/query/guard"
	"yunei/internal/core/query/noise"
	"yunei/internal/core/query/release"
	"yunei/internal/core/query/render"
	"yunei/internal/core/query/snapshot"
)

// copies of the 30,000 accounts make a county of a million; each copy's persons are other persons.
const copies = 34

const model = `SELECT education, bucket(age, 30, 40, 50, 60) AS band, COUNT(*) AS accounts, AVG(defaulted) AS rate
FROM credit GROUP BY education, bucket(age, 30, 40, 50, 60)`

// raw is the same question as an analyst with the file would write it.
const raw = `SELECT education, CASE WHEN age < 30 THEN 0 WHEN age < 40 THEN 1 WHEN age < 50 THEN 2 WHEN age < 60 THEN 3 ELSE 4 END AS band,
count(*) AS accounts, sum(defaulted)::BIGINT AS defaults FROM t0 GROUP BY 1, 2`

// aggregates compares a guarded table (compiled, rendered, run behind the walls, noised, thresholded) with the raw
// statement in the same engine behind the same walls, over the same file: once with one row per person, once with twelve,
// where the guard must bound each person first.
func aggregates(ctx context.Context, tmp string) ([]pair, func(), error) {
	engine := duckdb.New(duckdb.Options{AllowMissingWalls: true})
	var pairs []pair
	for _, perPerson := range []int{1, 12} {
		table := accounts(perPerson)
		file := filepath.Join(tmp, fmt.Sprintf("credit-%d.parquet", perPerson))
		rows, err := countyRows(perPerson)
		if err != nil {
			return nil, nil, err
		}
		if err := snapshot.Write(file, &table, rows); err != nil {
			return nil, nil, err
		}
		guarded := func(ctx context.Context, _, _ int) error {
			return guardedTable(ctx, engine, table, file, perPerson == 1)
		}
		bare := func(ctx context.Context, _, _ int) error {
			column := func(name string) duckdb.Column { return duckdb.Column{Name: name, Kind: duckdb.Int} }
			cells, err := engine.Run(ctx, duckdb.Job{SQL: raw, Inputs: map[string]string{"t0": file},
				Shape: []duckdb.Column{column("education"), column("band"), column("accounts"), column("defaults")}})
			if err == nil && len(cells) == 0 {
				err = errors.New("the raw statement gave nothing")
			}
			return err
		}
		pairs = append(pairs, pair{
			guarded:   fmt.Sprintf("guarded aggregate, 1 million rows, %d per person", perPerson),
			bare:      "same question as raw SQL, same engine and walls",
			doGuarded: guarded, doBare: bare, times: 3,
		})
	}
	return pairs, func() {}, nil
}

// guardedTable is the whole way from text to a table that may leave.
func guardedTable(ctx context.Context, engine *duckdb.Engine, table query.Table, file string, oneRow bool) error {
	m, refusals := guard.Compile(model, query.A, query.Catalog{Tables: []query.Table{table}})
	if m == nil {
		return fmt.Errorf("the guard refused: %+v", refusals)
	}
	rho, err := release.ParseRho("0.005")
	if err != nil {
		return err
	}
	plan, err := release.NewPlan(m, release.Ask{Rho: rho, K: 10, Units: table.Units})
	if err != nil {
		return err
	}
	options := render.Options{OneRow: map[string]bool{table.Name: oneRow}}
	if render.NeedsSalt(m) {
		options.Salt = "0123456789abcdef0123456789abcdef"
	}
	statement, err := render.Model(m, options)
	if err != nil {
		return err
	}
	job, err := statement.Job(map[string]string{table.Name: file}, duckdb.Limits{})
	if err != nil {
		return err
	}
	cells, err := engine.Run(ctx, job)
	if err != nil {
		return err
	}
	exact, err := release.FromEngine(m, cells)
	if err != nil {
		return err
	}
	released, _, err := release.Collect(m, plan, exact, noise.New(), release.Options{Salt: options.Salt})
	if err == nil && len(released.Rows) == 0 {
		err = errors.New("the release is empty")
	}
	return err
}

func accounts(perPerson int) query.Table {
	number := query.Type{Kind: query.Int}
	bound := func(n int64) *int64 { return &n }
	var education []query.Code
	for i := range 7 {
		education = append(education, query.Code{Value: strconv.Itoa(i)})
	}
	return query.Table{
		Name: "credit", Resource: "res_bench", SchemaVersion: 1, UnitKind: "person", SubjectKey: "sid",
		MaxRowsPerSubject: perPerson, Units: 1_000_000 / int64(perPerson),
		Columns: []query.Column{
			{Name: "sid", Type: query.Type{Kind: query.Text}, Role: query.SubjectKey, Uses: query.DefaultUses(query.SubjectKey)},
			{Name: "education", Type: number, Role: query.Dimension, Domain: education, Uses: query.DefaultUses(query.Dimension)},
			{Name: "age", Type: number, Role: query.Dimension, Lo: bound(18), Hi: bound(100), Edges: []int64{30, 40, 50, 60}, Uses: query.DefaultUses(query.Dimension)},
			{Name: "defaulted", Type: number, Role: query.Measure, Lo: bound(0), Hi: bound(1), Uses: query.DefaultUses(query.Measure)},
		},
	}
}

// countyRows are the real accounts, copied; only the persons are made up.
func countyRows(perPerson int) ([][]query.Value, error) {
	file, err := data.Open("credit_default.csv")
	if err != nil {
		return nil, err
	}
	records, err := csv.NewReader(file).ReadAll()
	if err != nil {
		return nil, err
	}
	at := map[string]int{}
	for i, name := range records[0] {
		at[name] = i
	}
	rows := make([][]query.Value, 0, copies*(len(records)-1))
	for range copies {
		for _, record := range records[1:] {
			row := []query.Value{query.TextValue(fmt.Sprintf("%064x", uint64(len(rows)/perPerson)*0x9e3779b97f4a7c15))}
			for _, name := range []string{"EDUCATION", "AGE", "default.payment.next.month"} {
				n, err := strconv.ParseInt(record[at[name]], 10, 64)
				if err != nil {
					return nil, fmt.Errorf("%s: %w", name, err)
				}
				row = append(row, query.IntValue(n))
			}
			rows = append(rows, row)
		}
	}
	return rows, nil
}
