package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
)

// pair is one thing done in two ways. Each way is called with a number that grows, and does its thing once.
type pair struct {
	guarded, bare string
	doGuarded     func(ctx context.Context, worker, n int) error
	doBare        func(ctx context.Context, worker, n int) error
	before        func() // sets the scene, when not nil
	times         int    // how often per round and worker
	workers       int    // how many do it at once; 1 when zero
}

// measure takes both ways in turns, so that what else the machine does falls on both, and compares round by round.
func (p pair) measure(ctx context.Context, rounds int) (string, error) {
	if p.workers == 0 {
		p.workers = 1
	}
	if p.before != nil {
		p.before()
	}
	var guarded, bare []time.Duration
	var ratios []float64
	for round := -1; round < rounds; round++ { // the first warms up and does not count
		b, err := p.time(ctx, p.doBare, round)
		if err != nil {
			return "", fmt.Errorf("bare: %w", err)
		}
		g, err := p.time(ctx, p.doGuarded, round)
		if err != nil {
			return "", fmt.Errorf("guarded: %w", err)
		}
		if round >= 0 {
			guarded, bare, ratios = append(guarded, g), append(bare, b), append(ratios, float64(g)/float64(b))
		}
	}
	slices.Sort(ratios)
	return fmt.Sprintf("| %s | %s | %s | %s | %.2f | %.2f to %.2f |", p.guarded, p.bare, short(median(guarded)), short(median(bare)),
		median(ratios), ratios[0], ratios[len(ratios)-1]), nil
}

// time is the wall time of one round divided by how often the thing was done.
func (p pair) time(ctx context.Context, do func(ctx context.Context, worker, n int) error, round int) (time.Duration, error) {
	began := time.Now()
	g, ctx := errgroup.WithContext(ctx)
	for worker := range p.workers {
		g.Go(func() error {
			for i := range p.times {
				if err := do(ctx, worker, (round+1)*p.times+i); err != nil {
					return err
				}
			}
			return nil
		})
	}
	err := g.Wait()
	return time.Since(began) / time.Duration(p.times*p.workers), err
}

func median[T ~int64 | ~float64](values []T) T {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

func short(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return fmt.Sprintf("%.0f µs", float64(d)/1e3)
	case d < time.Second:
		return fmt.Sprintf("%.2f ms", float64(d)/1e6)
	}
	return fmt.Sprintf("%.2f s", d.Seconds())
}
