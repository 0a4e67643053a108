package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"yunei/internal/base/seal"
	"yunei/internal/core/query"
	"yunei/internal/core/query/duckdb"
	"yunei/internal/core/query/guard"
	"yunei/internal/core/query/noise"
	"yunei/internal/core/query/release"
	"yunei/internal/core/query/render"
	"yunei/internal/core/query/snapshot"
	"yunei/internal/test/story"
)

// rawRates is story.DefaultRates as an analyst who holds the file would write it. The mean is left as sum and count: no
// number with a point leaves the engine.
const rawRates = `SELECT education, CASE WHEN age < 30 THEN 0 WHEN age < 40 THEN 1 WHEN age < 50 THEN 2 ELSE 3 END AS band,
count(*) AS accounts, CAST(sum(default_next_month) AS BIGINT) AS defaults FROM t0 GROUP BY 1, 2`

// scanTarget is what the design allows a guarded scan over its raw form.
const scanTarget = 3.0

// tabulation is the story's table over one file, ready to be asked both ways.
type tabulation struct {
	engine *duckdb.Engine
	policy query.Table
	model  *query.Model
	plan   release.Plan
	domain string        // the snapshot in the domain
	file   string        // its copy in a space, as a run gets it
	took   time.Duration // to make the copy
	seen   snapshot.Copied
	key    []byte // of the space's pseudonyms
}

func newTabulation(dir string, policy query.Table, domain string) (*tabulation, error) {
	m, refusals := guard.Compile(story.DefaultRates, query.A, query.Catalog{Tables: []query.Table{policy}})
	if m == nil {
		return nil, fmt.Errorf("the guard refused: %+v", refusals)
	}
	rho, err := release.ParseRho("0.005")
	if err != nil {
		return nil, err
	}
	plan, err := release.NewPlan(m, release.Ask{Rho: rho, K: 10, Units: policy.Units})
	if err != nil {
		return nil, err
	}
	t := &tabulation{engine: duckdb.New(duckdb.Options{AllowMissingWalls: true}), policy: policy, model: m, plan: plan,
		domain: domain, file: filepath.Join(dir, "space.parquet"), key: []byte("the pseudonyms of one space")}
	began := time.Now()
	t.seen, err = t.supply(t.file)
	t.took = time.Since(began)
	return t, err
}

// supply puts the columns of the model into the space, under the space's own pseudonyms.
func (t *tabulation) supply(path string) (snapshot.Copied, error) {
	ref := t.model.Tables[0]
	var columns []query.ColumnRef
	for _, c := range ref.Columns {
		if c.Name != ref.SubjectKey {
			columns = append(columns, c)
		}
	}
	pseudonym := func(sid string) int64 { return int64(binary.BigEndian.Uint64(seal.MAC(t.key, []byte(sid)))) }
	return snapshot.Copy(t.domain, path, snapshot.Supply{Key: t.policy.SubjectKey, As: ref.SubjectKey, Columns: columns, Pseudonym: pseudonym})
}

func (t *tabulation) statement(ctx context.Context, file string) ([][]duckdb.Cell, error) {
	options := render.Options{Measured: map[string]render.Measured{t.model.Tables[0].Name: {Most: t.seen.Most}}}
	if render.NeedsSalt(t.model) {
		options.Salt = "0123456789abcdef0123456789abcdef"
	}
	statement, err := render.Model(t.model, options)
	if err != nil {
		return nil, err
	}
	job, err := statement.Job(map[string]string{t.model.Tables[0].Name: file}, duckdb.Limits{})
	if err != nil {
		return nil, err
	}
	return t.engine.Run(ctx, job)
}

// guarded is the rendered model in the engine: what is left of the raw statement when everybody's part is bounded.
func (t *tabulation) guarded(ctx context.Context, _, _ int) error {
	cells, err := t.statement(ctx, t.file)
	if err == nil && len(cells) == 0 {
		err = errors.New("the rendered statement gave nothing")
	}
	return err
}

// run is the whole way of a run: supply of the space, statement, noise, threshold, table, and the copy removed.
func (t *tabulation) run(ctx context.Context, _, _ int) error {
	path := t.file + ".run"
	defer os.Remove(path)
	if _, err := t.supply(path); err != nil {
		return err
	}
	cells, err := t.statement(ctx, path)
	if err != nil {
		return err
	}
	exact, err := release.FromEngine(t.model, cells)
	if err != nil {
		return err
	}
	table, _, err := release.Collect(t.model, t.plan, exact, noise.New(), release.Options{})
	if err == nil && table.Shown == 0 {
		err = errors.New("the release shows nothing")
	}
	return err
}

func (t *tabulation) raw(file string) work {
	column := func(name string) duckdb.Column { return duckdb.Column{Name: name, Kind: duckdb.Int} }
	job := duckdb.Job{SQL: rawRates, Inputs: map[string]string{"t0": file},
		Shape: []duckdb.Column{column("education"), column("band"), column("accounts"), column("defaults")}}
	return func(ctx context.Context, _, _ int) error {
		cells, err := t.engine.Run(ctx, job)
		if err == nil && len(cells) == 0 {
			err = errors.New("the raw statement gave nothing")
		}
		return err
	}
}

// nothing is a child that starts, puts up its walls and answers one number: it is in both ways.
func (t *tabulation) nothing(ctx context.Context, _, _ int) error {
	_, err := t.engine.Run(ctx, duckdb.Job{SQL: "SELECT 1 AS one", Shape: []duckdb.Column{{Name: "one", Kind: duckdb.Int}}})
	return err
}

// aggregates compares the story's table (default rates by education and age band) with the raw statement in the same
// engine behind the same walls: over the real 30,000 accounts, and over a made-up county of a million rows.
func aggregates(ctx context.Context, b *bench) error {
	c, err := b.theCity(ctx)
	if err != nil {
		return err
	}
	if missing := duckdb.Missing(duckdb.Walls()); len(missing) > 0 {
		b.report.note("This machine lacks walls around the engine (%v): both ways run without them.", missing)
	}
	policy, snap, err := c.resource(ctx, "credit_default")
	if err != nil {
		return err
	}
	t, err := newTabulation(b.tmp, policy, snap.Path)
	if err != nil {
		return err
	}
	name := fmt.Sprintf("%d real accounts", snap.Rows)
	if err := b.compare(ctx, t, name, b.sized(10, 4)); err != nil {
		return err
	}
	err = b.measure(ctx, pair{guarded: "whole run with supply and noise, " + name, bare: "raw statement on the snapshot",
		doGuarded: t.run, doBare: t.raw(t.domain), times: b.sized(3, 1)})
	if err != nil {
		return err
	}
	for _, k := range []county{
		{"1 row per person", 1, true},
		{"12 rows per person, all in one cell", 12, true},
		{"12 rows per person, each in another cell", 12, false},
	} {
		t, rows, err := k.build(b, policy, snap.Path)
		if err != nil {
			return err
		}
		debug.FreeOSMemory()
		size := fmt.Sprintf("%.2f million rows, %s", float64(rows)/1e6, k.name)
		b.report.note("%s: supplied to the space, once, in %s.", size, t.took.Round(10*time.Millisecond))
		if err := b.compare(ctx, t, size, b.sized(3, 1)); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) compare(ctx context.Context, t *tabulation, name string, times int) error {
	return b.measure(ctx, pair{guarded: "guarded statement, " + name, bare: "raw statement on the same file",
		doGuarded: t.guarded, doBare: t.raw(t.file), doFloor: t.nothing, times: times, target: scanTarget})
}
