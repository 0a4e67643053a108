package lab

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/act"
	"yunei/internal/core/query"
	"yunei/internal/core/query/duckdb"
	"yunei/internal/core/query/release"
	"yunei/internal/core/query/render"
	"yunei/internal/flow/grant"
	"yunei/internal/flow/statistics"
)

// exactValues is how many numbers an exact statement may give: one row for each unit and cell, all in memory at once.
const exactValues = 1 << 25

// RunExact runs an approved class A version for official statistics (精确统计): the same model, signatures and grant as a noised
// run, and a permit for every resource it reads beside them. What it leaves is exact and stays inside; flow/output decides
// what of it may leave. Nothing is charged, because no budget bounds exact figures.
func (s *Service) RunExact(ctx context.Context, spaceID, versionID string) (Run, error) {
	return s.RunExactWith(ctx, spaceID, versionID, nil)
}

// RunExactWith is RunExact of a model with parameters, with the values chosen for them.
func (s *Service) RunExactWith(ctx context.Context, spaceID, versionID string, chosen map[string]string) (Run, error) {
	if err := s.Acts.Ledger().Ready(); err != nil {
		return Run{}, err
	}
	var j job
	receipt, err := s.Acts.Do(ctx, act.Call{Act: "lab.run.exact"}, func(ctx context.Context, tx *act.Tx) (err error) {
		j, err = s.startExact(ctx, tx, spaceID, versionID, chosen)
		return err
	})
	if err != nil || j.run.State != Running {
		return j.run, err
	}
	ctx = context.WithoutCancel(ctx)
	rows, number, made, failure := s.exactRows(ctx, j)
	return s.finishExact(ctx, j, receipt.Seq, rows, number, made, failure)
}

func (s *Service) startExact(ctx context.Context, tx *act.Tx, spaceID, versionID string, chosen map[string]string) (job, error) {
	sp, sc, v, err := s.atSeat(ctx, tx.Tx, spaceID, versionID)
	if err != nil {
		return job{}, err
	}
	if v.Class != string(query.A) {
		return job{}, errs.New(errs.Invalid, "只有汇总模型 (A 类) 可以出具精确统计")
	}
	f, err := v.Artifact()
	if err != nil {
		return job{}, err
	}
	m, tuple, err := Bind(f, chosen)
	if err != nil {
		return job{}, err
	}
	if len(m.Selects()) > 0 || m.Fit != nil {
		return job{}, errs.New(errs.Invalid, "分组取值域没有公开的模型和拟合的模型不能出具精确统计; 请改用有公开代码表的分组汇总")
	}
	if m.Root.Bins {
		return job{}, errs.New(errs.Invalid, "HIST 与 QUANTILE 只用于加噪汇总; 精确统计请改用 GROUP BY bucket(列, 分段点) 的计数")
	}
	g, permit, err := s.permitted(ctx, tx, sp, v, m)
	if err != nil {
		return job{}, err
	}
	if err := sp.open(); err != nil {
		return job{}, err
	}
	if _, err = s.artifact(ctx, tx.Tx, sc, v); err != nil { // the bytes that f was decoded from
		return job{}, err
	}
	j := job{model: m, tuple: tuple, run: Run{ID: tx.NewID("run"), Grant: g.ID, Params: chosen, Mode: release.ExactMode, Statistic: permit.ID}}
	if _, _, _, err := s.bind(ctx, tx.Tx, &j, sc, sp, v); err != nil {
		return job{}, err
	}
	if err := equalExact(ctx, tx.Tx, &j.run); err != nil {
		return job{}, err
	}
	return j, s.began(ctx, tx, sp, v, j.run)
}

// permitted finds the grant and the permit. The law is asked first, also without a permit: everything it asks of a run on raw
// data, and then what it asks of exact figures beside.
func (s *Service) permitted(ctx context.Context, tx *act.Tx, sp Space, v Version, m *query.Model) (grant.Grant, statistics.Permit, error) {
	g, err := s.granted(ctx, tx, sp, v)
	if err != nil {
		return g, statistics.Permit{}, err
	}
	permit, none := statistics.Covering(ctx, tx.Tx, sp.Org, sp.Scenario, personal(m), tx.Day())
	if errs.CodeOf(none) == errs.Internal {
		return g, permit, none
	}
	objects, extra := map[string]string{"org": sp.Org, "model": v.ID, "grant": g.ID}, map[string]any(nil)
	if none == nil {
		objects["statistics"] = permit.ID
	} else {
		extra = map[string]any{"statistics.in_force": false}
	}
	if err := tx.JudgeAs(ctx, "lab.run.exact", objects, extra); err != nil {
		return g, permit, err
	}
	return g, permit, none
}

// personal lists the resources about units that a model reads: those that need a permit.
func personal(m *query.Model) []string {
	var out []string
	for _, t := range m.Tables {
		if t.UnitKind != "" {
			out = append(out, t.Resource)
		}
	}
	return out
}

// equalExact looks for the same question of the same snapshots: it is not computed twice, its table is there already.
func equalExact(ctx context.Context, tx *sqldb.Tx, run *Run) error {
	earlier, err := listRuns(ctx, tx, run.Org, "", "", "", 1000)
	if err != nil {
		return err
	}
	for _, r := range earlier {
		if r.Mode != release.ExactMode || r.State != Done || r.Hash != run.Hash || !maps.Equal(r.Snapshots, run.Snapshots) || !maps.Equal(r.Params, run.Params) {
			continue
		}
		now := tx.Now()
		run.Reused, run.ReusedOrg, run.State, run.Result, run.Closed = r.ID, r.Org, Done, r.Result, &now
		return nil
	}
	return nil
}

// exactRows runs the exact statement on the space's copies, like every other run, and finds the domain's own number of each unit in
// it: the same in every exact run, because the audits compare the subjects of all of them.
func (s *Service) exactRows(ctx context.Context, j job) (rows [][]duckdb.Cell, number map[int64]int64, w work, err error) {
	begun := time.Now()
	files, measured, _, w, done, err := s.copiesFor(ctx, j)
	if err != nil {
		return nil, nil, w, fmt.Errorf("%w: %w", duckdb.ErrNotStarted, err)
	}
	defer done()
	statement, err := render.Exact(j.model, render.Options{Measured: measured})
	if err != nil {
		return nil, nil, w, fmt.Errorf("%w: %w", duckdb.ErrNotStarted, err)
	}
	if rows, err = s.ask(ctx, statement, files, duckdb.Limits{Cells: exactValues}, &w, begun); err != nil {
		return nil, nil, w, err
	}
	number, err = s.numbers(ctx, j, w.copies)
	return rows, number, w, err
}

// errNumbered: another exact run numbered new units meanwhile; the table is collected again.
var errNumbered = errors.New("the list of units has grown")

// finishExact ends an exact run. Nothing is charged, but what it used is metered like every other run.
func (s *Service) finishExact(ctx context.Context, j job, start int64, rows [][]duckdb.Cell, number map[int64]int64, made work, failure error) (Run, error) {
	for {
		var stored string
		var units register
		if failure == nil {
			units, stored, failure = s.keepExact(ctx, j, rows, number)
		}
		r, err := s.end(ctx, j.run, start, stored, made, failure, func(tx *act.Tx, _ *Run, failure error) error {
			if failure != nil {
				return nil
			}
			return units.save(ctx, tx.Tx)
		})
		if !errors.Is(err, errNumbered) {
			return r, err
		}
	}
}

// keepExact numbers the units, collects the table and stores both.
func (s *Service) keepExact(ctx context.Context, j job, rows [][]duckdb.Cell, number map[int64]int64) (units register, stored string, err error) {
	if units, err = s.register(ctx, j.model.Unit); err != nil {
		return units, "", err
	}
	table, err := release.CollectExact(j.model, rows, func(pseudonym int64) (uint32, bool) {
		unit, known := number[pseudonym]
		if !known {
			return 0, false
		}
		return units.ordinal(unit), true
	})
	if err != nil {
		return units, "", err
	}
	if stored, err = s.keep(ctx, table); err != nil {
		return units, "", err
	}
	return units, stored, units.put(ctx, s)
}

// ExactResult reads the exact table that a run left inside, and the digest of the bytes it read.
func (s *Service) ExactResult(r Run) (table release.ExactTable, digest string, err error) {
	body, err := s.blob(r.Result)
	if err != nil {
		return table, "", err
	}
	if err := json.Unmarshal(body, &table); err != nil {
		return table, "", fmt.Errorf("decode exact table of %s: %w", r.ID, err)
	}
	return table, digestOf(body), nil
}
