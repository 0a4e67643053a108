package wire

import (
	"io"
	"testing"

	"yunei/internal/base/errs"
)

func TestStatus(t *testing.T) {
	for err, want := range map[error]int{errs.New(errs.Invalid, "x"): 400, errs.New(errs.Forbidden, "x"): 403, errs.New(errs.Internal, "x"): 500, io.EOF: 500} {
		if got := status(err); got != want {
			t.Errorf("%v: %d, want %d", err, got, want)
		}
	}
}
