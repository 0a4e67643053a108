package ledger_test

import (
	"context"
	"testing"
)

// A walk beside a running server reads one snapshot; what is sealed and published meanwhile is newer, and no fault.
func TestFsck_BesideTheSealer(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() {
			defer close(done)
			for n := int64(0); ctx.Err() == nil; n++ {
				if _, err := h.set(t.Context(), "x", n); err != nil {
					done <- err
					return
				}
				if err := h.Seal(t.Context()); err != nil {
					done <- err
					return
				}
			}
		}()
		for range 40 {
			problems, err := h.Fsck(t.Context())
			if err != nil || len(problems) > 0 {
				t.Errorf("beside the sealer: %v, %v; want no problem", problems, err)
				break
			}
		}
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}
