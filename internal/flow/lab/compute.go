package lab

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"yunei/internal/core/query"
	"yunei/internal/core/query/duckdb"
	"yunei/internal/core/query/noise"
	"yunei/internal/core/query/release"
	"yunei/internal/core/query/render"
	"yunei/internal/core/query/snapshot"
	"yunei/internal/flow/catalog"
)

// work is what a run did beside its result: the copies it read, and what it used.
type work struct {
	copies map[string]held // by resource
	own    bool            // the copies are this run's alone
	usage  Usage
}

// compute supplies the space's copies, runs the rendered model in the locked engine and noises what came back.
func (s *Service) compute(ctx context.Context, j job) (Result, work, error) {
	begun := time.Now()
	files, measured, named, w, done, err := s.copiesFor(ctx, j)
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
	rows, err := s.ask(ctx, statement, files, limits, &w, begun)
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

// ask runs a statement in the locked engine and meters it from when the run began its work.
func (s *Service) ask(ctx context.Context, statement render.Statement, files map[string]string, limits duckdb.Limits, w *work, begun time.Time) ([][]duckdb.Cell, error) {
	task, err := statement.Job(files, limits)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", duckdb.ErrNotStarted, err)
	}
	rows, cpu, err := s.Engine.RunMetered(ctx, task)
	w.usage.spent(cpu, time.Since(begun))
	return rows, err
}

// copiesFor are the copies a run reads. Those of the space serve every run; a model whose groups have a private domain gets its own,
// with tokens in place of that domain's values, which go when the run ends.
func (s *Service) copiesFor(ctx context.Context, j job) (files map[string]string, measured map[string]render.Measured, named *tokens, w work, done func(), err error) {
	files, measured = map[string]string{}, map[string]render.Measured{}
	if len(j.model.Selects()) > 0 {
		if files, measured, named, done, err = s.supply(ctx, j); err != nil {
			return nil, nil, nil, w, nil, err
		}
		w.own, w.copies = true, map[string]held{}
		for i, t := range j.model.Tables {
			h := held{File: filepath.Base(files[t.Name]), Resource: t.Resource, Snapshot: j.sources[i].snapshot, Load: j.sources[i].load, Rows: j.sources[i].rows}
			if info, err := os.Stat(files[t.Name]); err == nil {
				h.Bytes = info.Size()
			}
			w.copies[t.Resource] = h
		}
	} else {
		if w.copies, done, err = s.supplied(ctx, j.run.Space, j.sources); err != nil {
			return nil, nil, nil, w, nil, err
		}
		named = newTokens(j.model, nil)
		for i, t := range j.model.Tables {
			h := w.copies[t.Resource]
			files[t.Name], measured[t.Name] = filepath.Join(s.folder(j.run.Space), h.File), measuredOf(t, j.sources[i].table.Unique, h)
		}
	}
	for _, h := range w.copies {
		w.usage.Rows += catalog.TwoDigits(h.Rows)
		w.usage.Bytes += catalog.TwoDigits(h.Bytes)
	}
	return files, measured, named, w, done, nil
}

// supply (供数) puts the columns that one model reads into the space, for one run, and keeps them there until done is called.
func (s *Service) supply(ctx context.Context, j job) (files map[string]string, measured map[string]render.Measured, named *tokens, done func(), err error) {
	dir, gate := s.folder(j.run.Space), s.gate(j.run.Space)
	gate.Lock()
	own, err := s.spaceKey(ctx, j.run.Space)
	gate.Unlock()
	if err != nil {
		return nil, nil, nil, nil, err
	}
	gate.RLock()
	done = func() { s.drop(j.run); gate.RUnlock() }
	// Another key makes other pseudonyms, for all tables alike: a collision is one in ten million for a million subjects.
	for try := range 3 {
		key := tried(own, try)
		named = newTokens(j.model, key)
		// Destroyed between the two locks, the folder is not there and nothing can be written.
		if files, measured, err = supplyAll(j, dir, key, named); !errors.Is(err, snapshot.ErrCollision) {
			break
		}
	}
	if err != nil {
		done()
		return nil, nil, nil, nil, err
	}
	return files, measured, named, done, nil
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

// keep stores what a run leaves under the digest of its bytes.
func (s *Service) keep(ctx context.Context, left any) (string, error) {
	body, err := json.Marshal(left)
	if err != nil {
		return "", fmt.Errorf("encode result: %w", err)
	}
	ref, err := s.Blobs.Put(ctx, bytes.NewReader(body))
	if err != nil {
		return "", fmt.Errorf("store result: %w", err)
	}
	return ref.Digest, nil
}

func (s *Service) blob(digest string) (body []byte, err error) {
	f, err := s.Blobs.Open(digest)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return io.ReadAll(f)
}
