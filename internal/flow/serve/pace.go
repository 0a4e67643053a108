package serve

import (
	"context"
	"time"
)

// Pace lets answers leave on ticks only: the time a lookup took (a hit, no record, an empty field) shows as a whole number
// of steps, which in practice is the same for all. 0 is no pacing.
type Pace time.Duration

// DefaultPace is the step of a deployment that sets none.
const DefaultPace = Pace(5 * time.Millisecond)

// rest is how long after elapsed the next tick comes. A call that ends exactly on a tick leaves on it.
func (p Pace) rest(elapsed time.Duration) time.Duration {
	if p <= 0 || elapsed < 0 {
		return 0
	}
	step := time.Duration(p)
	if over := elapsed % step; over != 0 {
		return step - over
	}
	return 0
}

// wait holds an answer back until the next tick since begun. A caller who went away is not waited for.
func (p Pace) wait(ctx context.Context, begun time.Time) {
	d := p.rest(time.Since(begun))
	if d == 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
