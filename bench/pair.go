package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
)

// work does a thing once; n grows from call to call of one worker.
type work func(ctx context.Context, worker, n int) error

// pair is one thing done in two ways.
type pair struct {
	guarded, bare     string
	doGuarded, doBare work
	doFloor           work    // what both ways contain, measured in the same rounds, for the ratio without it; may be nil
	before            func()  // sets the scene, when not nil
	times             int     // how often per round and worker
	workers           int     // how many do it at once; 1 when zero
	target            float64 // what the design asks of the ratio (without the floor, where there is one); 0: nothing
}

// round is one turn of one way.
type round struct {
	each time.Duration   // wall time divided by how often the thing was done
	took []time.Duration // every single time
}

// measure takes both ways in turns (A B A B), so that what else the machine does falls on both, and compares round by
// round. The first round warms up and does not count.
func (b *bench) measure(ctx context.Context, p pair) error {
	p.workers = max(p.workers, 1)
	if p.before != nil {
		p.before()
	}
	var bare, guarded, floor []round
	began := time.Now()
	for n := range b.rounds + 1 {
		if n > minRounds && time.Since(began) > b.patience() {
			break
		}
		for _, way := range []struct {
			name string
			do   work
			into *[]round
		}{{"bare", p.doBare, &bare}, {"guarded", p.doGuarded, &guarded}, {"floor", p.doFloor, &floor}} {
			if way.do == nil {
				continue
			}
			r, err := p.turn(ctx, way.do, n)
			if err != nil {
				return fmt.Errorf("%s (%s): %w", p.guarded, way.name, err)
			}
			if n > 0 {
				*way.into = append(*way.into, r)
			}
		}
	}
	b.report.addRatio(newRatio(p, guarded, bare, floor))
	return nil
}

func (p pair) turn(ctx context.Context, do work, n int) (round, error) {
	took := make([][]time.Duration, p.workers)
	began := time.Now()
	g, ctx := errgroup.WithContext(ctx)
	for worker := range p.workers {
		g.Go(func() error {
			for i := range p.times {
				start := time.Now()
				if err := do(ctx, worker, n*p.times+i); err != nil {
					return err
				}
				took[worker] = append(took[worker], time.Since(start))
			}
			return nil
		})
	}
	err := g.Wait()
	return round{time.Since(began) / time.Duration(p.times*p.workers), slices.Concat(took...)}, err
}

// ratio is what one pair gave.
type ratio struct {
	Group   string  `json:"group"`
	Guarded string  `json:"guarded"`
	Bare    string  `json:"bare"`
	Workers int     `json:"at_once"`
	Rounds  int     `json:"rounds"`
	Each    int     `json:"per_round"`
	Ratio   spread  `json:"ratio"`
	P50     float64 `json:"ratio_of_p50"` // what else runs on the machine moves it least
	Net     *spread `json:"ratio_without_floor,omitempty"`
	Floor   float64 `json:"floor_us,omitempty"`
	Of      side    `json:"guarded_times"`
	To      side    `json:"bare_times"`
	Target  float64 `json:"target,omitempty"`
}

// spread is a median with the least and the greatest.
type spread struct {
	Median float64 `json:"median"`
	Min    float64 `json:"min"`
	Max    float64 `json:"max"`
}

// side is how long one way took, in microseconds, and how often a second it was done.
type side struct {
	Each      float64 `json:"each_us"`
	PerSecond float64 `json:"per_second"`
	P50       float64 `json:"p50_us"`
	P99       float64 `json:"p99_us"`
}

func newRatio(p pair, guarded, bare, floor []round) ratio {
	r := ratio{Guarded: p.guarded, Bare: p.bare, Workers: p.workers, Rounds: len(guarded), Each: p.times * p.workers,
		Of: sideOf(guarded), To: sideOf(bare), Target: p.target}
	var ratios, net []float64
	for i := range guarded {
		ratios = append(ratios, float64(guarded[i].each)/float64(bare[i].each))
		// Where the bare way took hardly longer than the floor, a quotient of two small differences says nothing.
		if len(floor) > 0 && bare[i].each-floor[i].each > floor[i].each/2 {
			net = append(net, float64(guarded[i].each-floor[i].each)/float64(bare[i].each-floor[i].each))
		}
	}
	r.Ratio, r.P50 = spreadOf(ratios), r.Of.P50/r.To.P50
	if len(floor) > 0 {
		r.Floor = sideOf(floor).Each
		if len(net) == len(ratios) {
			s := spreadOf(net)
			r.Net = &s
		}
	}
	return r
}

func sideOf(rounds []round) side {
	var each, all []float64
	for _, r := range rounds {
		each = append(each, float64(r.each)/1e3)
		for _, t := range r.took {
			all = append(all, float64(t)/1e3)
		}
	}
	s := side{Each: quantile(each, 0.5), P50: quantile(all, 0.5), P99: quantile(all, 0.99)}
	s.PerSecond = 1e6 / s.Each
	return s
}

func spreadOf(values []float64) spread {
	return spread{quantile(values, 0.5), slices.Min(values), slices.Max(values)}
}

func quantile(values []float64, q float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]
}
