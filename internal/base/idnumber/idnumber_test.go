package idnumber

import "testing"

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		digits string
		want   byte
	}{
		{"11010519491231002", 'X'}, // the standard's own examples
		{"44052418800101001", '4'},
		{"1101051949123100", 0},
		{"1101051949123100X", 0},
		{"", 0},
	} {
		if got := Check(c.digits); got != c.want {
			t.Errorf("Check(%q) = %q, want %q", c.digits, got, c.want)
		}
	}
}

func TestValid(t *testing.T) {
	for number, want := range map[string]bool{
		"11010519491231002X": true, "11010519491231002x": false, "110105194912310021": false,
		"ABCDEF20000101ABC\x00": false, "11010519491231002": false, "": false,
	} {
		if got := Valid(number); got != want {
			t.Errorf("Valid(%q) = %v, want %v", number, got, want)
		}
	}
}
