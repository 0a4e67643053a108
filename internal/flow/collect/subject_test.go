package collect

import (
	"errors"
	"testing"

	"yunei/internal/base/errs"
)

func TestNormalPerson(t *testing.T) {
	for _, c := range []struct {
		number string
		want   string
		err    error
	}{
		{"11010519491231002X", "11010519491231002X", nil}, // the specimen printed in GB 11643
		{"11010519491231002x", "11010519491231002X", nil},
		{" 110105 19491231 002X\u3000", "11010519491231002X", nil},
		{"１１０１０５１９４９１２３１００２Ｘ", "11010519491231002X", nil},
		{"110105491231002", "11010519491231002X", nil}, // fifteen digits, issued until 1999
		{"000000200002290037", "000000200002290037", nil},
		{"000000199001010019", "", ErrWrongKey}, // check digit
		{"000000200102290034", "", ErrWrongKey}, // 2001-02-29 does not exist, check digit right
		{"000000199013010015", "", ErrWrongKey}, // month 13
		{"11010519491231002", "", ErrWrongKey},
		{"1101051949123100XX", "", ErrWrongKey},
		{"11010519491231002Y", "", ErrWrongKey},
		{"张三", "", ErrWrongKey},
		{"", "", ErrNoKey}, {"  ", "", ErrNoKey}, {"无", "", ErrNoKey}, {"null", "", ErrNoKey}, {"N/A", "", ErrNoKey}, {"?", "", ErrNoKey},
		{"000000000000000000", "", ErrNoKey}, {"999999", "", ErrNoKey}, {"０００", "", ErrNoKey}, {"XXXXXXXXXXXXXXXXXX", "", ErrNoKey},
	} {
		got, err := NormalPerson(c.number)
		if got != c.want || !errors.Is(err, c.err) {
			t.Errorf("NormalPerson(%q) = %q, %v; want %q, %v", c.number, got, err, c.want, c.err)
		}
	}
}

// TestNormalPerson_OneDigitWrong: GB 11643 finds every single wrong digit, so no slip of one key is another person.
func TestNormalPerson_OneDigitWrong(t *testing.T) {
	const number = "000000198512310042"
	for i := range number {
		for d := byte('0'); d <= '9'; d++ {
			wrong := []byte(number)
			wrong[i] = d
			if got, err := NormalPerson(string(wrong)); d != number[i] && err == nil {
				t.Errorf("NormalPerson(%s) = %s, want it refused", wrong, got)
			}
		}
	}
}

func TestSealer_SID(t *testing.T) {
	a, b := NewSealer([]byte("key a"), "k1"), NewSealer([]byte("key b"), "k2")
	one, err := a.SID(KindPerson, "11010519491231002x")
	if err != nil || len(one) != 64 {
		t.Fatalf("SID = %q, %v; want 64 hexadecimal digits", one, err)
	}
	if same, _ := a.SID(KindPerson, "110105491231002"); same != one {
		t.Errorf("the same person in fifteen digits = %s, want %s", same, one)
	}
	if other, _ := b.SID(KindPerson, "11010519491231002X"); other == one {
		t.Error("another domain's key gives the same sid, want another")
	}
	if other, _ := a.SID(KindPerson, "000000199001010018"); other == one {
		t.Error("another person has the same sid")
	}
	if _, err := a.SID("enterprise", "91000000MA00000157"); !errs.Is(err, errs.Unimplemented) {
		t.Errorf("SID of an enterprise: got %v, want unimplemented", err)
	}
}
