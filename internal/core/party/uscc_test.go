package party

import (
	"testing"

	"pgregory.net/rapid"
)

func TestCheckUSCC(t *testing.T) {
	tests := []struct {
		name, code string
		ok         bool
	}{
		{"China Mobile's published code", "911100007109250324", true},
		{"Bank of China's published code", "911000001000013428", true},
		{"one digit changed", "911100007109250334", false},
		{"check character changed", "911100007109250325", false},
		{"too short", "91110000710925032", false},
		{"letter I", "9111000071092503I4", false},
		{"letter in the division", "91A100007109250324", false},
		{"empty", "", false},
		{"full width is not normal form", "９11100007109250324", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := CheckUSCC(tt.code); (err == nil) != tt.ok {
				t.Errorf("CheckUSCC(%q) = %v, want ok %v", tt.code, err, tt.ok)
			}
		})
	}
}

func TestNormalUSCC(t *testing.T) {
	if got, want := NormalUSCC(" ９１1100007109250３24 "), "911100007109250324"; got != want {
		t.Errorf("NormalUSCC = %q, want %q", got, want)
	}
	if got, want := NormalUSCC("91350100m000100y43"), "91350100M000100Y43"; got != want {
		t.Errorf("NormalUSCC = %q, want %q", got, want)
	}
}

// A clerk who mistypes one character must be told: both standards catch every single substitution.
func TestCheckUSCC_catchesEverySubstitution(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		body := rapid.StringOfN(rapid.SampledFrom([]rune(usccAlphabet)), 8, 8, -1).Draw(t, "body")
		code, err := MakeUSCC("91990000" + body)
		if err != nil {
			t.Fatal(err)
		}
		if err := CheckUSCC(code); err != nil {
			t.Fatalf("CheckUSCC(%q) = %v, want nil for a code MakeUSCC made", code, err)
		}
		at := rapid.IntRange(0, 17).Draw(t, "at")
		other := rapid.SampledFrom([]byte(usccAlphabet)).Draw(t, "other")
		if code[at] == other {
			return
		}
		wrong := code[:at] + string(other) + code[at+1:]
		if CheckUSCC(wrong) == nil {
			t.Fatalf("CheckUSCC(%q) = nil, want refused: position %d of %q was changed", wrong, at+1, code)
		}
	})
}
