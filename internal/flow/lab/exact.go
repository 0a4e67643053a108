package lab

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/act"
	"yunei/internal/core/query"
	"yunei/internal/core/query/duckdb"
	"yunei/internal/core/query/release"
	"yunei/internal/core/query/render"
	"yunei/internal/core/query/snapshot"
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
	rows, used, failure := s.exactRows(ctx, j)
	for {
		r, err := s.finishExact(ctx, j, receipt.Seq, rows, used, failure)
		if !errors.Is(err, errNumbered) {
			return r, err
		}
	}
}

func (s *Service) startExact(ctx context.Context, tx *act.Tx, spaceID, versionID string, chosen map[string]string) (job, error) {
	sp, sc, seat, err := s.seated(ctx, tx.Tx, spaceID)
	if err == nil {
		err = seat.may(ToolRun)
	}
	if err != nil {
		return job{}, err
	}
	v, err := reachable(ctx, tx.Tx, sp.Org, versionID)
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
	j := job{model: m, tuple: tuple, files: map[string]string{}, keys: map[string]string{}}
	j.run = Run{ID: tx.NewID("run"), Space: sp.ID, Org: sp.Org, Scenario: sc.ID, Grant: g.ID, Version: v.ID, Hash: v.Hash, Params: chosen,
		Mode: release.ExactMode, Statistic: permit.ID, Snapshots: map[string]string{}, State: Running, Opened: tx.Now()}
	if err := s.bind(ctx, tx, &j); err != nil {
		return job{}, err
	}
	if err := s.did(ctx, tx, sp, ToolRun, j.run.ID); err != nil {
		return job{}, err
	}
	if err := insertRun(ctx, tx.Tx, j.run); err != nil {
		return job{}, err
	}
	return j, tx.Changed(ctx, "run", j.run.ID, j.run)
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

// bind binds the snapshots. The same question of the same snapshots is not computed twice: its table is there already.
func (s *Service) bind(ctx context.Context, tx *act.Tx, j *job) error {
	for _, t := range j.model.Tables {
		snap, err := s.Collect.ActiveSnapshot(ctx, tx.Tx, t.Resource)
		if err != nil {
			return err
		}
		policy, err := s.Catalog.PolicyTable(ctx, tx.Tx, t.Resource)
		if err != nil {
			return err
		}
		j.files[t.Name], j.run.Snapshots[t.Name] = snap.Path, snap.Digest
		if t.UnitKind != "" {
			j.keys[t.Name] = policy.SubjectKey
		}
	}
	earlier, err := listRuns(ctx, tx.Tx, j.run.Org, "", "", 1000)
	if err != nil {
		return err
	}
	for _, r := range earlier {
		if r.Mode != release.ExactMode || r.State != Done || r.Hash != j.run.Hash || !maps.Equal(r.Snapshots, j.run.Snapshots) || !maps.Equal(r.Params, j.run.Params) {
			continue
		}
		now := tx.Now()
		j.run.Reused, j.run.State, j.run.Result, j.run.Closed = r.ID, Done, r.Result, &now
		return nil
	}
	return nil
}

// exactRows runs the exact statement on copies of the domain's snapshots. Units have numbers of the domain's own here, the same
// in every exact run, because the audits compare the subjects of all of them.
func (s *Service) exactRows(ctx context.Context, j job) (rows [][]duckdb.Cell, used Usage, err error) {
	begun := time.Now()
	dir := s.folder(j.run.Space)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, used, fmt.Errorf("%w: %w", duckdb.ErrNotStarted, err)
	}
	key := s.Keys.Derive("exact/" + j.model.Unit)
	files, measured, err := supplyAll(j, dir, key, newTokens(j.model, key))
	if errors.Is(err, snapshot.ErrCollision) {
		err = fmt.Errorf("%w: numbers of exact tables cannot be chosen anew", err)
	}
	if err != nil {
		return nil, used, fmt.Errorf("%w: %w", duckdb.ErrNotStarted, err)
	}
	statement, err := render.Exact(j.model, render.Options{Measured: measured})
	if err != nil {
		return nil, used, fmt.Errorf("%w: %w", duckdb.ErrNotStarted, err)
	}
	task, err := statement.Job(files, duckdb.Limits{Cells: exactValues})
	if err != nil {
		return nil, used, fmt.Errorf("%w: %w", duckdb.ErrNotStarted, err)
	}
	rows, cpu, err := s.Engine.RunMetered(ctx, task)
	used.CPU, used.Wall = cpu.Microseconds(), time.Since(begun).Microseconds()
	return rows, used, err
}

// errNumbered: another exact run numbered new units meanwhile; the table is collected again.
var errNumbered = errors.New("the list of units has grown")

// finishExact numbers the units, collects and stores the table, and ends the run. Why a run failed goes to the log.
func (s *Service) finishExact(ctx context.Context, j job, start int64, rows [][]duckdb.Cell, used Usage, failure error) (Run, error) {
	s.drop(j.run)
	var stored string
	var units register
	if failure == nil {
		units, stored, failure = s.keepExact(ctx, j, rows)
	}
	r := j.run
	_, err := s.Acts.Do(ctx, act.Call{Act: "lab.run.finish", Start: start}, func(ctx context.Context, tx *act.Tx) error {
		current, err := LoadRun(ctx, tx.Tx, r.ID)
		if err != nil {
			return err
		}
		state, why := Done, ""
		if failure != nil {
			state, why = Failed, "本次运行没有完成"
		} else if err := units.save(ctx, tx.Tx); err != nil {
			return err
		}
		if err := current.finish(state, why, tx.Now()); err != nil {
			return err
		}
		current.Start, current.Result, current.Usage = start, stored, &used
		r = current
		if err := putUsage(ctx, tx.Tx, r.ID, r.Space, "run", monthOf(tx.Day()), used); err != nil {
			return err
		}
		return s.saveRun(ctx, tx, current)
	})
	if err != nil {
		return r, err
	}
	if failure != nil {
		slog.ErrorContext(ctx, "exact run failed", "run", r.ID, "err", failure)
		return r, unfinished(failure)
	}
	return r, nil
}

func (s *Service) keepExact(ctx context.Context, j job, rows [][]duckdb.Cell) (units register, stored string, err error) {
	if units, err = s.register(ctx, j.model.Unit); err != nil {
		return units, "", err
	}
	table, err := release.CollectExact(j.model, rows, units.ordinal)
	if err != nil {
		return units, "", err
	}
	body, err := json.Marshal(table)
	if err != nil {
		return units, "", fmt.Errorf("encode exact table: %w", err)
	}
	ref, err := s.Blobs.Put(ctx, bytes.NewReader(body))
	if err != nil {
		return units, "", fmt.Errorf("store exact table: %w", err)
	}
	return units, ref.Digest, units.put(ctx, s)
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

func (s *Service) blob(digest string) (body []byte, err error) {
	f, err := s.Blobs.Open(digest)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return io.ReadAll(f)
}

// register numbers the units of one kind from 0 on in the order in which exact runs first met them: a file of their pseudonyms,
// eight bytes each. A number once given never changes.
type register struct {
	kind   string
	was    string // digest it was read from
	known  int    // units in it then
	number map[int64]uint32
	list   []int64
	digest string
}

func (s *Service) register(ctx context.Context, kind string) (register, error) {
	u := register{kind: kind, number: map[int64]uint32{}}
	err := s.Acts.View(ctx, func(tx *sqldb.Tx) (err error) {
		u.was, err = unitsOf(ctx, tx, kind)
		return err
	})
	if err != nil || u.was == "" {
		return u, err
	}
	body, err := s.blob(u.was)
	if err != nil {
		return u, fmt.Errorf("read the units of kind %s: %w", kind, err)
	}
	for ; len(body) >= 8; body = body[8:] {
		u.ordinal(int64(binary.BigEndian.Uint64(body)))
	}
	u.known = len(u.list)
	return u, nil
}

// ordinal is the number of a unit; a new one gets the next.
func (u *register) ordinal(unit int64) uint32 {
	n, known := u.number[unit]
	if !known {
		n = uint32(len(u.list))
		u.number[unit], u.list = n, append(u.list, unit)
	}
	return n
}

// put stores the list if it has grown.
func (u *register) put(ctx context.Context, s *Service) error {
	u.digest = u.was
	if len(u.list) == u.known {
		return nil
	}
	body := make([]byte, 0, 8*len(u.list))
	for _, unit := range u.list {
		body = binary.BigEndian.AppendUint64(body, uint64(unit))
	}
	ref, err := s.Blobs.Put(ctx, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("store the units of kind %s: %w", u.kind, err)
	}
	u.digest = ref.Digest
	return nil
}

// save makes the list the current one, unless another run was faster.
func (u *register) save(ctx context.Context, tx *sqldb.Tx) error {
	if err := tx.Lock(ctx, "exact units "+u.kind); err != nil {
		return err
	}
	now, err := unitsOf(ctx, tx, u.kind)
	if err != nil {
		return err
	}
	if now != u.was {
		return errNumbered
	}
	if u.digest == u.was {
		return nil
	}
	_, err = tx.Exec(ctx, `INSERT INTO exact_units (kind, digest, total) VALUES ($1, $2, $3)
		ON CONFLICT (kind) DO UPDATE SET digest = excluded.digest, total = excluded.total`, u.kind, u.digest, int64(len(u.list)))
	return err
}

// unitsOf is the digest of the current list, "" before the first exact run.
func unitsOf(ctx context.Context, tx *sqldb.Tx, kind string) (digest string, err error) {
	err = tx.QueryRow(ctx, `SELECT digest FROM exact_units WHERE kind = $1`, kind).Scan(&digest)
	if errors.Is(err, sqldb.ErrNoRows) {
		return "", nil
	}
	return digest, err
}
