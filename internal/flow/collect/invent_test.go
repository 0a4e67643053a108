package collect

import (
	"io"
	"strings"
	"testing"
)

func TestInventedNumber(t *testing.T) {
	seen := map[string]int{}
	for n := range 140_000 {
		number := InventedNumber(n)
		if m, twice := seen[number]; twice {
			t.Fatalf("persons %d and %d share the number %s", m, n, number)
		}
		seen[number] = n
		if normal, err := NormalPerson(number); err != nil || normal != number || !strings.HasPrefix(number, "990000") {
			t.Fatalf("InventedNumber(%d) = %s: normal form %s, %v; want a valid number of division 990000", n, number, normal, err)
		}
	}
	if got := InventedNumber(0); got != "990000194001010014" {
		t.Errorf("InventedNumber(0) = %s, want 990000194001010014 for ever", got)
	}
}

func TestWithInventedNumbers(t *testing.T) {
	got, err := io.ReadAll(WithInventedNumbers(strings.NewReader("a,b\r\n1,NA\r\n2,?"), "id_number", 7))
	if want := "id_number,a,b\r\n" + InventedNumber(7) + ",1,NA\r\n" + InventedNumber(8) + ",2,?"; string(got) != want || err != nil {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
	if _, err := io.ReadAll(WithInventedNumbers(strings.NewReader("a\n\"x\ny\"\n"), "id", 0)); err == nil {
		t.Error("a quoted row got a number, want an error: it could span lines")
	}
}
