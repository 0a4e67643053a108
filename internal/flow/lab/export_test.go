package lab

import (
	"context"

	"yunei/internal/core/act"
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

// BeginSample starts a set and leaves it there.
func (s *Service) BeginSample(ctx context.Context, level string, resources []string) (SampleSet, error) {
	var l learning
	_, err := s.Acts.Do(ctx, act.Call{Act: "lab.sample.release"}, func(ctx context.Context, tx *act.Tx) (err error) {
		l, err = s.startSample(ctx, tx, level, resources, "供建模")
		return err
	})
	return l.set, err
}
