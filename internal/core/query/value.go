package query

import (
	"cmp"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Kind is the kind of a value. The list is closed.
type Kind string

const (
	Int       Kind = "int"
	Decimal   Kind = "decimal"
	Text      Kind = "text"
	Bool      Kind = "bool"
	Date      Kind = "date"
	Timestamp Kind = "timestamp"
)

// MaxScale is the most decimal places a number may have.
const MaxScale = 9

// Type is a kind and, for decimals, the number of decimal places.
type Type struct {
	Kind  Kind `json:"kind"`
	Scale int  `json:"scale,omitempty"`
}

// Number is the type of a fixed-point number with the given places; with none it is an int.
func Number(scale int) Type {
	if scale == 0 {
		return Type{Kind: Int}
	}
	return Type{Kind: Decimal, Scale: scale}
}

// Numeric reports whether values of the type take part in arithmetic.
func (t Type) Numeric() bool { return t.Kind == Int || t.Kind == Decimal }

// Ordered reports whether values of the type are compared by their N.
func (t Type) Ordered() bool { return t.Kind != Text && t.Kind != Bool }

func (t Type) String() string {
	if t.Kind == Decimal {
		return fmt.Sprintf("decimal(%d)", t.Scale)
	}
	return string(t.Kind)
}

// Value is one typed value. The zero Value is NULL.
//
// N is the number in units of 10^-Scale, 0 or 1 for a bool, days since 1970-01-01 for a date, microseconds for a
// timestamp. S is the text of a text.
type Value struct {
	Kind  Kind   `json:"kind,omitempty"`
	Scale int    `json:"scale,omitempty"`
	N     int64  `json:"n,omitempty"`
	S     string `json:"s,omitempty"`
}

// Null is the missing value.
var Null = Value{}

// IntValue is an int.
func IntValue(n int64) Value { return Value{Kind: Int, N: n} }

// NumberValue is n times 10^-scale.
func NumberValue(n int64, scale int) Value {
	return Value{Kind: Number(scale).Kind, Scale: scale, N: n}
}

// TextValue is a text.
func TextValue(s string) Value { return Value{Kind: Text, S: s} }

// BoolValue is a bool.
func BoolValue(b bool) Value {
	v := Value{Kind: Bool}
	if b {
		v.N = 1
	}
	return v
}

// DateValue is the day of t in UTC.
func DateValue(t time.Time) Value {
	return Value{Kind: Date, N: floorDiv(t.UTC().Unix(), 86400)}
}

// IsNull reports whether the value is missing.
func (v Value) IsNull() bool { return v.Kind == "" }

// True reports whether the value is the bool true; NULL is not.
func (v Value) True() bool { return v.Kind == Bool && v.N == 1 }

// Type is the type of the value; of NULL it is the zero Type.
func (v Value) Type() Type { return Type{Kind: v.Kind, Scale: v.Scale} }

// Text is the value as people and files write it: 12.50, 2024-05-17, true. NULL is "".
func (v Value) Text() string {
	switch v.Kind {
	case Int:
		return strconv.FormatInt(v.N, 10)
	case Decimal:
		return decimalText(v.N, v.Scale)
	case Text:
		return v.S
	case Bool:
		return strconv.FormatBool(v.N == 1)
	case Date:
		return time.Unix(v.N*86400, 0).UTC().Format("2006-01-02")
	case Timestamp:
		return time.UnixMicro(v.N).UTC().Format("2006-01-02T15:04:05.000000Z")
	}
	return ""
}

// ParseValue reads text written by Value.Text or a source file back into a value of type t. It accepts fewer decimal
// places than the type has, never more: a digit that would be lost is an error, not a rounding.
func ParseValue(t Type, text string) (Value, error) {
	switch t.Kind {
	case Int, Decimal:
		n, err := parseDecimal(text, t.Scale)
		if err != nil {
			return Null, err
		}
		return NumberValue(n, t.Scale), nil
	case Text:
		return TextValue(text), nil
	case Bool:
		switch text {
		case "true", "1":
			return BoolValue(true), nil
		case "false", "0":
			return BoolValue(false), nil
		}
		return Null, fmt.Errorf("%q is not a bool", text)
	case Date:
		d, err := time.Parse("2006-01-02", text)
		if err != nil {
			return Null, fmt.Errorf("%q is not a date", text)
		}
		return DateValue(d), nil
	case Timestamp:
		for _, layout := range []string{"2006-01-02T15:04:05.999999Z07:00", "2006-01-02 15:04:05"} {
			if at, err := time.Parse(layout, text); err == nil {
				return Value{Kind: Timestamp, N: at.UnixMicro()}, nil
			}
		}
		return Null, fmt.Errorf("%q is not a timestamp", text)
	}
	return Null, fmt.Errorf("unknown type %q", t.Kind)
}

// Compare orders values of one type as PostgreSQL does: by number or by code point, NULL above every value.
func (v Value) Compare(w Value) int {
	switch {
	case v.IsNull() || w.IsNull():
		return cmp.Compare(flag(v.IsNull()), flag(w.IsNull()))
	case v.Kind == Text:
		return strings.Compare(v.S, w.S)
	}
	return cmp.Compare(v.N, w.N)
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Pow10 is 10^n for 0 <= n <= 18.
func Pow10(n int) int64 {
	p := int64(1)
	for range n {
		p *= 10
	}
	return p
}

func decimalText(n int64, scale int) string {
	digits := strconv.FormatUint(magnitude(n), 10)
	if len(digits) <= scale {
		digits = strings.Repeat("0", scale-len(digits)+1) + digits
	}
	if scale > 0 {
		digits = digits[:len(digits)-scale] + "." + digits[len(digits)-scale:]
	}
	if n < 0 {
		return "-" + digits
	}
	return digits
}

func magnitude(n int64) uint64 {
	if n < 0 {
		return uint64(-(n + 1)) + 1
	}
	return uint64(n)
}

func parseDecimal(text string, scale int) (int64, error) {
	bad := fmt.Errorf("%q is not a number with at most %d decimal places", text, scale)
	body, negative := strings.CutPrefix(text, "-")
	whole, fraction, _ := strings.Cut(body, ".")
	if whole == "" && fraction == "" {
		return 0, bad
	}
	fraction = strings.TrimRight(fraction, "0")
	if len(fraction) > scale {
		return 0, bad
	}
	digits := whole + fraction + strings.Repeat("0", scale-len(fraction))
	var n uint64
	for _, c := range []byte(digits) {
		if c < '0' || c > '9' || n > (math.MaxInt64-9)/10 {
			return 0, bad
		}
		n = n*10 + uint64(c-'0')
	}
	if negative {
		return -int64(n), nil
	}
	return int64(n), nil
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}
