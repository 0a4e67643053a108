package serve

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// A hit that took 0.4 ms and a miss that took 3.9 ms must look the same from outside.
func TestPace(t *testing.T) {
	tests := []struct {
		pace    Pace
		elapsed time.Duration
		want    time.Duration
	}{
		{DefaultPace, 400 * time.Microsecond, 5 * time.Millisecond},
		{DefaultPace, 3900 * time.Microsecond, 5 * time.Millisecond},
		{DefaultPace, 5 * time.Millisecond, 5 * time.Millisecond},
		{DefaultPace, 5*time.Millisecond + 1, 10 * time.Millisecond},
		{0, 3 * time.Millisecond, 3 * time.Millisecond},
	}
	for _, tt := range tests {
		synctest.Test(t, func(t *testing.T) {
			begun := time.Now()
			time.Sleep(tt.elapsed)
			tt.pace.wait(context.Background(), begun)
			if got := time.Since(begun); got != tt.want {
				t.Errorf("pace %v: an answer ready after %v left after %v, want %v", time.Duration(tt.pace), tt.elapsed, got, tt.want)
			}
		})
	}
}
