package main

import (
	"context"
	"fmt"
	"time"
)

// cost is how long one part takes, or how much of it is done in a second.
type cost struct {
	Group  string `json:"group"`
	What   string `json:"what"`
	Unit   string `json:"unit"`
	Value  spread `json:"value"`
	Rounds int    `json:"rounds"`
	Each   int    `json:"per_round"`
	Target string `json:"target,omitempty"`
}

// part is one thing to be timed alone. do does it count times.
type part struct {
	what, unit string
	of         func(each time.Duration) float64 // from the time of one to the value shown
	target     string
	do         func(ctx context.Context, count int) error
	once       bool // too long to be done more than once in a round
}

func inMillis(each time.Duration) float64 { return float64(each) / 1e6 }
func inMicros(each time.Duration) float64 { return float64(each) / 1e3 }

// perSecond is for a thing that handles n pieces at a time.
func perSecond(n int) func(time.Duration) float64 {
	return func(each time.Duration) float64 { return float64(n) / each.Seconds() }
}

// times repeats a thing that needs no count.
func times(do func(ctx context.Context) error) func(context.Context, int) error {
	return func(ctx context.Context, count int) error {
		for range count {
			if err := do(ctx); err != nil {
				return err
			}
		}
		return nil
	}
}

// take measures a part: as many at a time as fill a round, and the median of the rounds.
func (b *bench) take(ctx context.Context, p part) error {
	full := time.Duration(b.sized(60, 15)) * time.Millisecond
	count := 1
	for !p.once {
		began := time.Now()
		if err := p.do(ctx, count); err != nil {
			return fmt.Errorf("%s: %w", p.what, err)
		}
		took := time.Since(began)
		if took >= full/2 {
			count = max(1, int(float64(count)*float64(full)/float64(took)))
			break
		}
		count *= 2
	}
	var values []float64
	began := time.Now()
	for n := range b.sized(15, 5) {
		if n >= minRounds && time.Since(began) > b.patience()/2 {
			break
		}
		start := time.Now()
		if err := p.do(ctx, count); err != nil {
			return fmt.Errorf("%s: %w", p.what, err)
		}
		values = append(values, p.of(time.Since(start)/time.Duration(count)))
	}
	b.report.addCost(cost{What: p.what, Unit: p.unit, Value: spreadOf(values), Rounds: len(values), Each: count, Target: p.target})
	return nil
}
