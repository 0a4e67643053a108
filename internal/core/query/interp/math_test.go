package interp

import (
	"math"
	"math/rand/v2"
	"testing"

	"yunei/internal/core/query"
)

// TestTables holds the tables against the library, which is right to fifteen digits.
func TestTables(t *testing.T) {
	for i, n := range query.LnTable {
		if want := math.Round(math.Log(float64(i+10)/10) * 1e10); float64(n) != want {
			t.Errorf("ln(%d/10) is %d, want %.0f", i+10, n, want)
		}
	}
	for i, n := range query.ExpTable {
		if want := math.Round(math.Exp(float64(i)/40) * 1e8); float64(n) != want {
			t.Errorf("exp(%d/40) is %d, want %.0f", i, n, want)
		}
	}
}

// TestMath_Error: a root is exact, a logarithm within one unit of its last place, a power within one part in 10^8 or one
// unit.
func TestMath_Error(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	for range 200_000 {
		scale, places := r.IntN(query.MaxScale+1), r.IntN(query.MaxScale+1)
		n := 1 + r.Int64N(1<<(1+r.IntN(61)))
		x := float64(n) / math.Pow10(scale)
		got, null := Ln(n, scale, places)
		if want := math.Log(x) * math.Pow10(places); null || math.Abs(float64(got)-want) > 1 {
			t.Fatalf("ln(%d, %d) to %d places is %d, want %f", n, scale, places, got, want)
		}
		if 2*places >= scale && n < (1<<62)/query.Pow10(2*places-scale) {
			root, _ := Sqrt(n, scale, places)
			if want := math.Sqrt(x) * math.Pow10(places); math.Abs(float64(root)-want) > 0.5+want*1e-15 {
				t.Fatalf("sqrt(%d, %d) to %d places is %d, want %f", n, scale, places, root, want)
			}
		}
		most := query.ExpMost(places) * query.Pow10(scale)
		n = min(r.Int64N(2*most)-most, most)
		want := math.Exp(float64(n)/math.Pow10(scale)) * math.Pow10(places)
		if got := Exp(n, scale, places); math.Abs(float64(got)-want) > 1+want*1e-8 || got >= 1<<62 {
			t.Fatalf("exp(%d, %d) to %d places is %d, want %f", n, scale, places, got, want)
		}
	}
	for n := int64(-3); n <= 0; n++ {
		if _, null := Ln(n, 0, 6); !null {
			t.Errorf("ln(%d) is a number", n)
		}
	}
	if _, null := Sqrt(-1, 0, 0); !null {
		t.Error("sqrt(-1) is a number")
	}
}

func TestAge(t *testing.T) {
	day := func(s string) int64 {
		v, err := query.ParseValue(query.Type{Kind: query.Date}, s)
		if err != nil {
			t.Fatal(err)
		}
		return v.N
	}
	for _, c := range []struct {
		birth, at string
		years     int64
	}{
		{"2008-01-01", "2026-01-01", 18}, {"2008-01-02", "2026-01-01", 17}, {"2008-02-29", "2026-02-28", 17}, {"2008-02-29", "2026-03-01", 18},
		{"2008-02-29", "2028-02-29", 20}, {"2026-01-02", "2026-01-01", -1}, {"1900-12-31", "2026-12-30", 125},
	} {
		if got := Age(day(c.birth), day(c.at)); got != c.years {
			t.Errorf("born %s, at %s: got %d, want %d", c.birth, c.at, got, c.years)
		}
	}
	for at := day("2024-02-20"); at < day("2029-03-10"); at++ {
		for years := int64(0); years < 12; years++ {
			last := LatestBirth(at, years)
			if Age(last, at) < years || Age(last+1, at) >= years {
				t.Fatalf("%s, %d years: latest birth %s", dayTime(at), years, dayTime(last))
			}
		}
	}
}
