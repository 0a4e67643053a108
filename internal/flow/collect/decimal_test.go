package collect

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestParseScaled(t *testing.T) {
	for _, c := range []struct {
		text  string
		scale int
		want  int64
		err   error
	}{
		{"0", 0, 0, nil}, {"-0", 0, 0, nil}, {"42", 0, 42, nil}, {"+42", 0, 42, nil}, {"-42", 2, -4200, nil}, {"007", 0, 7, nil},
		{"1.5", 2, 150, nil}, {"1.50", 1, 15, nil}, {"1.0", 0, 1, nil}, {"14.66666667", 8, 1466666667, nil}, {"249.85", 2, 24985, nil},
		{"5.00E+05", 0, 500000, nil}, {"1e5", 2, 10000000, nil}, {"1.5e-1", 2, 15, nil}, {"2E-3", 2, 0, ErrTooFine}, {"0e40", 0, 0, nil},
		{"9223372036854775807", 0, math.MaxInt64, nil}, {"9223372036854775808", 0, 0, ErrTooLarge}, {"1e19", 0, 0, ErrTooLarge}, {"1e30", 0, 0, ErrTooLarge},
		{"1.5", 0, 0, ErrTooFine}, {"0.125", 2, 0, ErrTooFine},
		{"", 0, 0, ErrNotANumber}, {"-", 0, 0, ErrNotANumber}, {".5", 1, 0, ErrNotANumber}, {"5.", 1, 0, ErrNotANumber}, {"1,000", 0, 0, ErrNotANumber},
		{"1 000", 0, 0, ErrNotANumber}, {"0x10", 0, 0, ErrNotANumber}, {"1e", 0, 0, ErrNotANumber}, {"1e99", 0, 0, ErrNotANumber}, {"NaN", 0, 0, ErrNotANumber}, {"--1", 0, 0, ErrNotANumber}, {"１２", 0, 0, ErrNotANumber},
	} {
		got, err := ParseScaled(c.text, c.scale)
		if got != c.want || !errors.Is(err, c.err) {
			t.Errorf("ParseScaled(%q, %d) = %d, %v; want %d, %v", c.text, c.scale, got, err, c.want, c.err)
		}
	}
}

func TestFormatScaled(t *testing.T) {
	for _, c := range []struct {
		n     int64
		scale int
		want  string
	}{{0, 0, "0"}, {0, 2, "0"}, {150, 2, "1.5"}, {-5, 2, "-0.05"}, {-1100000000, 8, "-11"}, {10195, 1, "1019.5"}, {math.MinInt64 + 1, 0, "-9223372036854775807"}} {
		if got := FormatScaled(c.n, c.scale); got != c.want {
			t.Errorf("FormatScaled(%d, %d) = %q, want %q", c.n, c.scale, got, c.want)
		}
	}
}

// TestScaled_RoundTrip: what is shown can be read back to the same number.
func TestScaled_RoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(math.MinInt64+1, math.MaxInt64).Draw(t, "n")
		scale := rapid.IntRange(0, 9).Draw(t, "scale")
		text := FormatScaled(n, scale)
		if got, err := ParseScaled(text, scale); got != n || err != nil {
			t.Fatalf("ParseScaled(FormatScaled(%d, %d) = %q) = %d, %v", n, scale, text, got, err)
		}
	})
}
