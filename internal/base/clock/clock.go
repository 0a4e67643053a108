// Package clock is where time comes from outside a transaction: the machine's, or one a demonstration sets.
package clock

import (
	"sync"
	"time"
)

// Clock tells the time. Inside an act use tx.Now: one act has one recorded time.
type Clock interface{ Now() time.Time }

// Real is the machine's clock, in UTC and microseconds, the precision the databases keep.
type Real struct{}

func (Real) Now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// Set is a clock for demonstrations and tests: it starts at a given instant, runs on by itself and can be moved forward.
type Set struct {
	mu     sync.Mutex
	offset time.Duration
}

// NewSet starts a clock at t.
func NewSet(t time.Time) *Set { return &Set{offset: time.Until(t)} }

func (c *Set) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().UTC().Add(c.offset).Truncate(time.Microsecond)
}

// Advance moves the clock by d; it never runs backward, so a negative d is ignored.
func (c *Set) Advance(d time.Duration) {
	if d <= 0 {
		return
	}
	c.mu.Lock()
	c.offset += d
	c.mu.Unlock()
}
