package lab

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/act"
	"yunei/internal/core/ledger"
	"yunei/internal/core/party"
	"yunei/internal/core/query"
	"yunei/internal/core/query/disclose"
	"yunei/internal/core/query/duckdb"
	"yunei/internal/core/query/noise"
	"yunei/internal/core/query/release"
	"yunei/internal/core/query/render"
	"yunei/internal/core/query/snapshot"
	"yunei/internal/flow/grant"
)

// lostAfter is how long a run may take before the sweeper calls it lost; the engine's own deadline is far shorter.
const lostAfter = 10 * time.Minute

// Result is what a run leaves inside: the noised table, and the evidence its reviewers check.
type Result struct {
	Table    release.Table    `json:"table"`
	Evidence release.Evidence `json:"evidence"`
}

// job is everything a started run needs outside the transaction.
type job struct {
	run     Run
	model   *query.Model
	tuple   string // the values chosen for the model's parameters
	plan    release.Plan
	files   map[string]string // table -> the domain snapshot's file
	keys    map[string]string // table -> subject key of the domain snapshot
	sources []source          // what the space gets of each resource the model reads
}

// Run runs an approved class A version on raw data: start act, engine, finish act. The charge is reserved before the
// engine is called and stands whatever comes out; a run whose process never started is given back.
func (s *Service) Run(ctx context.Context, spaceID, versionID string) (Run, error) {
	return s.RunWith(ctx, spaceID, versionID, nil)
}

// RunWith is Run of a model with parameters, with the values chosen for them.
func (s *Service) RunWith(ctx context.Context, spaceID, versionID string, chosen map[string]string) (Run, error) {
	if err := s.Acts.Ledger().Ready(); err != nil {
		return Run{}, err
	}
	var j job
	receipt, err := s.Acts.Do(ctx, act.Call{Act: "lab.run.raw"}, func(ctx context.Context, tx *act.Tx) (err error) {
		j, err = s.start(ctx, tx, spaceID, versionID, chosen)
		return err
	})
	if err != nil {
		if e := s.misused(context.WithoutCancel(ctx), spaceID, versionID, err); e != nil {
			slog.ErrorContext(ctx, "a use for another scenario was not reported", "space", spaceID, "version", versionID, "err", e)
		}
		return j.run, err
	}
	if j.run.State != Running {
		return j.run, nil
	}
	// The client may go away; what was started is finished all the same.
	ctx = context.WithoutCancel(ctx)
	result, made, failure := s.compute(ctx, j)
	var stored string
	if failure == nil {
		stored, failure = s.store(ctx, result)
	}
	return s.finish(ctx, j.run, receipt.Seq, stored, made, failure)
}

// start judges, binds the snapshots, checks the artifact and today's policy, and reserves the charge.
func (s *Service) start(ctx context.Context, tx *act.Tx, spaceID, versionID string, chosen map[string]string) (job, error) {
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
	g, err := s.granted(ctx, tx, sp, v)
	if err != nil {
		return job{}, err
	}
	if err := sp.open(); err != nil { // the law, asked before, says more about what ended
		return job{}, err
	}
	if v.Class != string(query.A) {
		return job{}, errs.New(errs.Invalid, "按人查询的模型不整批运行, 请在“实时查询”中部署后调用")
	}
	f, err := s.artifact(ctx, tx.Tx, sc, v)
	if err != nil {
		return job{}, err
	}
	m, tuple, err := Bind(f, chosen)
	if err != nil {
		return job{}, err
	}
	j := job{model: m, tuple: tuple, files: map[string]string{}, keys: map[string]string{}}
	j.run = Run{ID: tx.NewID("run"), Space: sp.ID, Org: sp.Org, Scenario: sc.ID, Grant: g.ID, Version: v.ID, Hash: v.Hash, Params: chosen,
		Snapshots: map[string]string{}, State: Running, Opened: tx.Now()}
	if err := s.reserve(ctx, tx, &j, sc, v); err != nil {
		return job{}, err
	}
	if err := s.did(ctx, tx, sp, ToolRun, j.run.ID); err != nil {
		return job{}, err
	}
	if v.Org != sp.Org {
		if err := s.did(ctx, tx, sp, ToolShelf, v.ID); err != nil {
			return job{}, err
		}
	}
	if err := insertRun(ctx, tx.Tx, j.run); err != nil {
		return job{}, err
	}
	return j, tx.Changed(ctx, "run", j.run.ID, j.run)
}

// granted finds the grant under which the version runs. The law is asked first, also without one: it says which article is
// missing.
func (s *Service) granted(ctx context.Context, tx *act.Tx, sp Space, v Version) (grant.Grant, error) {
	g, missing := grant.ForModel(ctx, tx.Tx, sp.Org, sp.Scenario, v.ID, tx.Day())
	if errs.CodeOf(missing) == errs.Internal {
		return g, missing
	}
	judged := g
	if missing != nil { // another model's grant on the scenario may be in force
		var err error
		if judged, err = grant.InForce(ctx, tx.Tx, sp.Org, sp.Scenario, tx.Day()); errs.CodeOf(err) == errs.Internal {
			return g, err
		}
	}
	supplied, err := allStanding(ctx, tx.Tx, sp.ID, v)
	if err != nil {
		return g, err
	}
	objects, extra := map[string]string{"org": sp.Org, "model": v.ID, "space": sp.ID}, map[string]any{"run.supplied": supplied}
	if judged.ID != "" {
		objects["grant"] = judged.ID
	} else {
		extra["grant.in_force"] = false
	}
	if err := tx.JudgeAs(ctx, "lab.run.raw", objects, extra); err != nil {
		return g, err
	}
	return g, missing
}

// reachable loads a version that the organization may know: its own, or one on the shelf.
func reachable(ctx context.Context, tx *sqldb.Tx, org, id string) (Version, error) {
	v, err := LoadVersion(ctx, tx, id)
	if err != nil || v.Org == org {
		return v, err
	}
	listed, err := Listed(ctx, tx, v)
	if err == nil && !listed {
		err = errs.New(errs.NotFound, noVersion)
	}
	if err != nil {
		return Version{}, err
	}
	return v, nil
}

// reserve binds the snapshots and charges the release; an equal release of before is served again without a charge.
func (s *Service) reserve(ctx context.Context, tx *act.Tx, j *job, sc grant.Scenario, v Version) error {
	var units int64
	granted, err := s.tables(ctx, tx.Tx, sc)
	if err != nil {
		return err
	}
	resources := []disclose.Resource{}
	for _, t := range j.model.Tables {
		snap, err := s.Collect.ActiveSnapshot(ctx, tx.Tx, t.Resource)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(granted, func(g query.Table) bool { return g.Resource == t.Resource })
		if i < 0 {
			return fmt.Errorf("run %s: its scenario does not ask for %s", j.run.ID, t.Resource)
		}
		j.files[t.Name], j.run.Snapshots[t.Name] = snap.Path, snap.Digest
		j.sources = append(j.sources, sourceOf(granted[i], snap))
		if t.UnitKind == "" { // about nobody: nothing of it is disclosed
			continue
		}
		units = max(units, granted[i].Units)
		j.keys[t.Name] = granted[i].SubjectKey
		resources = append(resources, disclose.Resource{ID: t.Resource, Snapshot: snap.Digest, Class: t.UnitKind})
	}
	k, err := s.minUnits(tx.Day())
	if err != nil {
		return err
	}
	if j.plan, err = release.NewPlan(j.model, release.Ask{Rho: release.Rho(v.Rho), K: k, Units: units}); err != nil {
		return err
	}
	req := disclose.NewRequest(j.run.ID, j.model, j.plan)
	req.Model, req.Tuple = v.Hash, j.tuple
	req.Tenant, req.Group, req.Grant, req.Year = j.run.Org, j.run.Org, j.run.Grant, strconv.Itoa(tx.Day().Year())
	if req.Related, err = party.RelatedTo(ctx, tx.Tx, j.run.Org, tx.Day().Year()); err != nil {
		return err
	}
	req.Resources = resources
	if req.Access, err = s.access(tx.Day()); err != nil {
		return err
	}
	reserved, err := s.Budget.Reserve(ctx, tx.Tx, req)
	if err != nil {
		return err
	}
	j.run.Rho = int64(j.plan.Rho)
	if reserved.Equal == nil {
		j.run.Charge = reserved.ID
		return nil
	}
	earlier, err := LoadRun(ctx, tx.Tx, reserved.Equal.ID)
	if err != nil {
		return err
	}
	if earlier.State != Done || earlier.Result != reserved.Equal.Digest {
		return fmt.Errorf("run %s is %s with result %s, the disclosure ledger released %s", earlier.ID, earlier.State, earlier.Result, reserved.Equal.Digest)
	}
	now := tx.Now()
	j.run.Charge, j.run.Reused, j.run.Rho = reserved.Equal.ID, earlier.ID, earlier.Rho
	j.run.State, j.run.Result, j.run.Closed = Done, earlier.Result, &now
	return nil
}

// work is what a run did beside its result: the copies it read, and what it used.
type work struct {
	copies map[string]held // by resource
	own    bool            // the copies are this run's alone
	usage  Usage
}

// compute supplies the space's copies, runs the rendered model in the locked engine and noises what came back.
func (s *Service) compute(ctx context.Context, j job) (Result, work, error) {
	begun := time.Now()
	files, measured, named, w, done, err := s.copiesFor(j)
	if err != nil {
		return Result{}, work{}, fmt.Errorf("%w: %w", duckdb.ErrNotStarted, err)
	}
	defer done()
	opt, limits := render.Options{Measured: measured, Least: j.plan.K}, duckdb.Limits{}
	if j.plan.Select != nil {
		limits.Cells = groupCells
	}
	if render.NeedsSalt(j.model) {
		opt.Salt = rand.Text()
	}
	statement, err := render.Model(j.model, opt)
	if err != nil {
		return Result{}, w, fmt.Errorf("%w: %w", duckdb.ErrNotStarted, err)
	}
	task, err := statement.Job(files, limits)
	if err != nil {
		return Result{}, w, fmt.Errorf("%w: %w", duckdb.ErrNotStarted, err)
	}
	rows, cpu, err := s.Engine.RunMetered(ctx, task)
	w.usage.CPU, w.usage.Wall = cpu.Microseconds(), time.Since(begun).Microseconds()
	if err != nil {
		return Result{}, w, err
	}
	exact, err := release.FromEngine(j.model, rows)
	if err != nil {
		return Result{}, w, err
	}
	structural, err := release.Structural(j.model)
	if err != nil {
		return Result{}, w, err
	}
	if !statement.Chosen {
		opt.Salt = ""
	}
	table, evidence, err := release.Collect(j.model, j.plan, exact, noise.New(), release.Options{Structural: structural, Salt: opt.Salt, Resolve: named.resolve})
	return Result{Table: table, Evidence: evidence}, w, err
}

// copiesFor are the copies a run reads. Those of the space serve every run; a model whose groups have a private domain gets its own,
// with tokens in place of that domain's values, which go when the run ends.
func (s *Service) copiesFor(j job) (files map[string]string, measured map[string]render.Measured, named *tokens, w work, done func(), err error) {
	files, measured = map[string]string{}, map[string]render.Measured{}
	if len(j.model.Selects()) > 0 {
		if files, measured, named, err = s.supply(j); err != nil {
			s.drop(j.run)
			return nil, nil, nil, w, nil, err
		}
		w.own = true
		w.copies = map[string]held{}
		for i, t := range j.model.Tables {
			h := held{File: filepath.Base(files[t.Name]), Resource: t.Resource, Snapshot: j.sources[i].snapshot, Load: j.sources[i].load, Rows: j.sources[i].rows}
			if info, err := os.Stat(files[t.Name]); err == nil {
				h.Bytes = info.Size()
			}
			w.copies[t.Resource] = h
		}
		gate := s.gate(j.run.Space)
		gate.RLock()
		done = func() { s.drop(j.run); gate.RUnlock() }
	} else {
		if w.copies, done, err = s.supplied(j.run.Space, j.sources); err != nil {
			return nil, nil, nil, w, nil, err
		}
		named = newTokens(j.model, nil)
		for i, t := range j.model.Tables {
			h := w.copies[t.Resource]
			files[t.Name], measured[t.Name] = filepath.Join(s.folder(j.run.Space), h.File), measuredOf(t, j.sources[i].table.Unique, h)
		}
	}
	for _, h := range w.copies {
		w.usage.Rows += h.Rows
		w.usage.Bytes += h.Bytes
	}
	return files, measured, named, w, done, nil
}

// supply (供数) puts the columns that one model reads into the space, for one run.
func (s *Service) supply(j job) (files map[string]string, measured map[string]render.Measured, named *tokens, err error) {
	dir := s.folder(j.run.Space)
	gate := s.gate(j.run.Space)
	gate.Lock()
	own, err := s.spaceKey(j.run.Space)
	gate.Unlock()
	if err != nil {
		return nil, nil, nil, err
	}
	// Another key makes other pseudonyms, for all tables alike: a collision is one in ten million for a million subjects.
	for try := range 3 {
		key := tried(own, try)
		named = newTokens(j.model, key)
		if files, measured, err = supplyAll(j, dir, key, named); !errors.Is(err, snapshot.ErrCollision) {
			break
		}
	}
	return files, measured, named, err
}

// groupCells is how many cells a selection may come back with: more than a hundred million people's groups of ten.
const groupCells = 1 << 26

func supplyAll(j job, dir string, key []byte, named *tokens) (map[string]string, map[string]render.Measured, error) {
	files, measured := map[string]string{}, map[string]render.Measured{}
	for i, t := range j.model.Tables {
		supply := snapshot.Supply{Key: j.keys[t.Name], As: t.SubjectKey, Unique: t.Unique, Pseudonym: pseudonym(key), Tokens: named.of(i)}
		for _, c := range t.Columns {
			if c.Name != t.SubjectKey {
				supply.Columns = append(supply.Columns, query.ColumnRef{Name: c.Name, Type: c.Type, Null: c.Null})
			}
		}
		path := filepath.Join(dir, j.run.ID+"-"+t.Name+".parquet")
		seen, err := snapshot.Copy(j.files[t.Name], path, supply)
		if err != nil {
			return nil, nil, fmt.Errorf("supply %s: %w", t.Name, err)
		}
		files[t.Name], measured[t.Name] = path, render.Measured{Most: seen.Most, Unique: seen.Unique}
	}
	if named.collided {
		return nil, nil, snapshot.ErrCollision
	}
	return files, measured, nil
}

// store keeps the result under the digest of its bytes.
func (s *Service) store(ctx context.Context, r Result) (string, error) {
	body, err := json.Marshal(r)
	if err != nil {
		return "", fmt.Errorf("encode result: %w", err)
	}
	ref, err := s.Blobs.Put(ctx, bytes.NewReader(body))
	if err != nil {
		return "", fmt.Errorf("store result: %w", err)
	}
	return ref.Digest, nil
}

// finish settles the charge and ends the run. Why a run failed goes to the log; the tenant learns only that it did.
func (s *Service) finish(ctx context.Context, r Run, start int64, stored string, made work, failure error) (Run, error) {
	_, err := s.Acts.Do(ctx, act.Call{Act: "lab.run.finish", Start: start}, func(ctx context.Context, tx *act.Tx) error {
		current, err := LoadRun(ctx, tx.Tx, r.ID)
		if err != nil {
			return err
		}
		settlement := disclose.Settlement{Outcome: disclose.Released, Output: stored, Digest: stored}
		state, why := Done, ""
		if failure != nil {
			settlement, state, why = disclose.Settlement{Outcome: disclose.Failed}, Failed, "本次运行没有完成"
		}
		if err := current.finish(state, why, tx.Now()); err != nil {
			return err
		}
		if errors.Is(failure, duckdb.ErrNotStarted) {
			err = s.Budget.Void(ctx, tx.Tx, r.Charge)
			current.Rho = 0
		} else {
			err = s.Budget.Spend(ctx, tx.Tx, r.Charge, settlement)
		}
		if err != nil {
			return err
		}
		current.Start, current.Result, current.Usage = start, stored, &made.usage
		r = current
		if err := s.keepBatches(ctx, tx, current, made); err != nil {
			return err
		}
		if err := putUsage(ctx, tx.Tx, r.ID, r.Space, "run", monthOf(tx.Day()), made.usage); err != nil {
			return err
		}
		return s.saveRun(ctx, tx, current)
	})
	if err != nil {
		return r, err
	}
	if failure != nil {
		slog.ErrorContext(ctx, "run failed", "run", r.ID, "err", failure)
		return r, unfinished(failure)
	}
	return r, nil
}

// unfinished is all that a tenant learns of a run that failed: the engine's own sentence, or one of two. What went wrong
// may depend on a row, so it is in no message.
func unfinished(failure error) error {
	if e, ok := failure.(*errs.Error); ok && e.Code == errs.Unavailable {
		return failure
	}
	if errors.Is(failure, duckdb.ErrNotStarted) {
		return errs.New(errs.Unavailable, "计算没有开始, 未读取数据, 不计披露额度; 请稍后重新提交, 仍不能开始请联系平台运营单位")
	}
	return errs.New(errs.Unavailable, "本次运行没有完成, 已计的披露额度不退回; 请稍后重新提交, 仍未完成请联系平台运营单位")
}

func (s *Service) saveRun(ctx context.Context, tx *act.Tx, r Run) error {
	if err := saveRun(ctx, tx.Tx, r); err != nil {
		return fmt.Errorf("save run %s: %w", r.ID, err)
	}
	return tx.Changed(ctx, "run", r.ID, r)
}

// drop removes the copies that were one run's alone.
func (s *Service) drop(r Run) {
	files, err := filepath.Glob(filepath.Join(s.folder(r.Space), r.ID+"-*.parquet"))
	for _, f := range files {
		err = errors.Join(err, os.Remove(f))
	}
	if err != nil {
		slog.Error("supplied copies were not removed", "run", r.ID, "err", err)
	}
}

// Sweep ends runs whose program died: lost, the charge stands.
func (s *Service) Sweep(ctx context.Context) error {
	var lost []Run
	err := s.Acts.View(ctx, func(tx *sqldb.Tx) (err error) {
		if lost, err = runningBefore(ctx, tx, tx.Now().Add(-lostAfter)); err != nil {
			return err
		}
		for i := range lost {
			if lost[i].Start, err = s.startOf(ctx, tx, lost[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	failed := s.sweepSamples(ctx) // one that cannot be ended keeps nobody else's open
	for _, r := range lost {
		if err := s.lose(ctx, r); err != nil && !errs.Is(err, errs.Conflict) {
			failed = errors.Join(failed, err)
		}
	}
	_, err = s.Scan(ctx)
	return errors.Join(failed, err)
}

// startOf is the ledger number of the act that started a run.
func (s *Service) startOf(ctx context.Context, tx *sqldb.Tx, r Run) (int64, error) {
	started := "lab.run.raw"
	if r.Mode == release.ExactMode {
		started = "lab.run.exact"
	}
	entries, err := s.Acts.Ledger().Entries(ctx, tx, ledger.Filter{Kind: "run", Object: r.ID, Act: started, Limit: 1})
	if err != nil || len(entries) == 0 {
		return 0, err
	}
	return entries[0].Seq, nil
}

func (s *Service) lose(ctx context.Context, r Run) error {
	s.drop(r)
	_, err := s.Acts.Do(ctx, act.Call{Act: "lab.run.finish", Start: r.Start}, func(ctx context.Context, tx *act.Tx) error {
		current, err := LoadRun(ctx, tx.Tx, r.ID)
		if err != nil {
			return err
		}
		if err := current.finish(Lost, "运行中断, 已计的披露额度不退回", tx.Now()); err != nil {
			return err
		}
		if current.Charge != "" { // an exact run is charged to nobody
			if err := s.Budget.Spend(ctx, tx.Tx, r.Charge, disclose.Settlement{Outcome: disclose.Failed}); err != nil {
				return err
			}
		}
		current.Start = r.Start
		return s.saveRun(ctx, tx, current)
	})
	return err
}

// Result reads the stored result of a run and the digest of the bytes it read. The table is laid out for the run's model: an
// equal question, which is served the stored noise again, may call its columns by other names.
func (s *Service) Result(r Run, m *query.Model) (result Result, digest string, err error) {
	f, err := s.Blobs.Open(r.Result)
	if err != nil {
		return result, "", err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	body, err := io.ReadAll(f)
	if err != nil {
		return result, "", err
	}
	if err := json.Unmarshal(body, &result); err != nil {
		return result, "", fmt.Errorf("decode result of %s: %w", r.ID, err)
	}
	result.Table, err = release.Lay(m, result.Evidence)
	return result, digestOf(body), err
}
