package collect

import (
	"errors"
	"math"
	"strconv"
	"strings"
)

// Reasons why a text is not a number of the wanted scale.
var (
	ErrNotANumber = errors.New("not a number")
	ErrTooFine    = errors.New("more digits after the point than the scale has")
	ErrTooLarge   = errors.New("number out of range")
)

// ParseScaled reads a decimal number exactly, as an integer in units of 10^-scale: "1.5" at scale 2 is 150. It accepts an exponent,
// because spreadsheets write 500000 as 5.00E+05; it never rounds.
func ParseScaled(text string, scale int) (int64, error) {
	s := text
	negative := false
	if s != "" && (s[0] == '-' || s[0] == '+') {
		negative = s[0] == '-'
		s = s[1:]
	}
	mantissa, exp := s, 0
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		n, err := strconv.Atoi(s[i+1:])
		if err != nil || n > 40 || n < -40 {
			return 0, ErrNotANumber
		}
		mantissa, exp = s[:i], n
	}
	whole, frac, point := strings.Cut(mantissa, ".")
	digits := whole + frac
	if digits == "" || (point && (whole == "" || frac == "")) || strings.Trim(digits, "0123456789") != "" {
		return 0, ErrNotANumber
	}
	// The value is digits * 10^(shift - scale) in units of the scale.
	shift := exp - len(frac) + scale
	if shift < 0 {
		cut := max(len(digits)+shift, 0)
		if strings.Trim(digits[cut:], "0") != "" {
			return 0, ErrTooFine
		}
		digits = digits[:cut]
	} else if strings.Trim(digits, "0") != "" {
		digits += strings.Repeat("0", shift)
	}
	digits = strings.TrimLeft(digits, "0")
	if digits == "" {
		return 0, nil
	}
	n, err := strconv.ParseUint(digits, 10, 64)
	if err != nil || n > math.MaxInt64 {
		return 0, ErrTooLarge
	}
	if negative {
		return -int64(n), nil
	}
	return int64(n), nil
}

// FormatScaled writes an integer in units of 10^-scale as a decimal number, without zeros at the end that say nothing.
func FormatScaled(n int64, scale int) string {
	s := strconv.FormatInt(n, 10)
	if scale <= 0 {
		return s
	}
	sign := ""
	if s[0] == '-' {
		sign, s = "-", s[1:]
	}
	if len(s) <= scale {
		s = strings.Repeat("0", scale-len(s)+1) + s
	}
	whole, frac := s[:len(s)-scale], strings.TrimRight(s[len(s)-scale:], "0")
	if frac == "" {
		return sign + whole
	}
	return sign + whole + "." + frac
}
