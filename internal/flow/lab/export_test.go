package lab

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"yunei/internal/core/act"
	"yunei/internal/core/query"
	"yunei/internal/core/query/duckdb"
	"yunei/internal/core/query/interp"
)

// LostAfter is how long a run may take.
const LostAfter = lostAfter

// Begin starts a run and leaves it there, as a program that is killed does.
func (s *Service) Begin(ctx context.Context, space, version string) (Run, error) {
	var j job
	_, err := s.Acts.Do(ctx, act.Call{Act: "lab.run.raw"}, func(ctx context.Context, tx *act.Tx) (err error) {
		j, err = s.start(ctx, tx, space, version, nil)
		return err
	})
	return j.run, err
}

// End ends a started run with a failure, or with none and the digest of a stored result.
func (s *Service) End(ctx context.Context, r Run, stored string, failure error) (Run, error) {
	return s.finish(ctx, r, 1, stored, work{}, failure)
}

// Exact is an exact run in pieces, so that something can happen between them.
type Exact struct {
	s       *Service
	job     job
	start   int64
	rows    [][]duckdb.Cell
	number  map[int64]int64
	made    work
	failure error
}

// BeginExact starts an exact run.
func (s *Service) BeginExact(ctx context.Context, space, version string) (*Exact, error) {
	x := &Exact{s: s}
	receipt, err := s.Acts.Do(ctx, act.Call{Act: "lab.run.exact"}, func(ctx context.Context, tx *act.Tx) (err error) {
		x.job, err = s.startExact(ctx, tx, space, version, nil)
		return err
	})
	x.start = receipt.Seq
	return x, err
}

// Compute asks the engine.
func (x *Exact) Compute(ctx context.Context) {
	x.rows, x.number, x.made, x.failure = x.s.exactRows(ctx, x.job)
}

// Finish ends it.
func (x *Exact) Finish(ctx context.Context) (Run, error) {
	return x.s.finishExact(ctx, x.job, x.start, x.rows, x.number, x.made, x.failure)
}

// Hold keeps the copies of a run where they are until done is called.
func (x *Exact) Hold(ctx context.Context) (done func(), err error) {
	_, _, _, _, done, err = x.s.copiesFor(ctx, x.job)
	return done, err
}

// BeginSample starts a set and leaves it there.
func (s *Service) BeginSample(ctx context.Context, level string, resources []string) (SampleSet, error) {
	var l learning
	_, err := s.Acts.Do(ctx, act.Call{Act: "lab.sample.release"}, func(ctx context.Context, tx *act.Tx) (err error) {
		l, err = s.startSample(ctx, tx, level, resources, "供建模")
		return err
	})
	return l.set, err
}

// Same compares the engines on a model after its synthetic data was changed for the interpreter alone.
func (s *Service) Same(ctx context.Context, m *query.Model, cat query.Catalog, dir string, change func(interp.Data)) (bool, error) {
	d, err := s.domainOf(m, cat, dir)
	if err != nil {
		return false, err
	}
	change(d.data)
	if m.Class.Own() {
		same, _, err := s.samePeople(ctx, m, d)
		return same, err
	}
	plain, fast, _, err := s.sameCells(ctx, m, d)
	return plain && fast, err
}

// Copies makes the copies of a supply and leaves its record as it is, as a program does that is killed before it records them.
func (s *Service) Copies(ctx context.Context, list []Supply) error {
	_, err := s.mount(ctx, list)
	return err
}

// The stages of a run at which a process may die, in order.
const (
	StageCharged = "charged"
	StageEngine  = "engine"
	StageNoised  = "noised"
	StageStored  = "stored"
	StageDone    = "done"
)

// Stages lists them.
var Stages = []string{StageCharged, StageEngine, StageNoised, StageStored, StageDone}

// RunTo is Run with somebody looking in at one stage. While the engine is at work he comes as soon as its process is seen.
func (s *Service) RunTo(ctx context.Context, space, version, stage string, look func(run string)) error {
	at := func(now string, r Run) {
		if now == stage {
			look(r.ID)
		}
	}
	var j job
	receipt, err := s.Acts.Do(ctx, act.Call{Act: "lab.run.raw"}, func(ctx context.Context, tx *act.Tx) (err error) {
		j, err = s.start(ctx, tx, space, version, nil)
		return err
	})
	if err != nil {
		return err
	}
	at(StageCharged, j.run)
	if stage == StageEngine {
		go func() {
			for !hasChild() {
				time.Sleep(time.Millisecond)
			}
			look(j.run.ID)
		}()
	}
	result, made, failure := s.compute(ctx, j)
	if failure != nil {
		return failure
	}
	at(StageEngine, j.run) // the engine was quicker than the look
	at(StageNoised, j.run)
	stored, err := s.keep(ctx, result)
	if err != nil {
		return err
	}
	at(StageStored, j.run)
	if j.run, err = s.finish(ctx, j.run, receipt.Seq, stored, made, failure); err != nil {
		return err
	}
	at(StageDone, j.run)
	return nil
}

// hasChild reports whether this process has started another.
func hasChild() bool {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, name := range stats {
		body, err := os.ReadFile(name)
		if err != nil {
			continue
		}
		_, rest, _ := strings.Cut(string(body), ") ")
		if fields := strings.Fields(rest); len(fields) > 1 && fields[1] == strconv.Itoa(os.Getpid()) {
			return true
		}
	}
	return false
}
