package workday_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"yunei/internal/base/workday"
)

var update = flag.Bool("update", false, "rewrite golden files")

// published is the calendar the program ships.
func published(t testing.TB) *workday.Calendar {
	t.Helper()
	c, err := workday.Load(os.DirFS(filepath.Join("..", "..", "..", "regimes", "calendars")))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCalendar_Add(t *testing.T) {
	c := published(t)
	tests := []struct {
		name string
		from workday.Date
		n    int
		want workday.Date
		prov bool
	}{
		{"the day itself is not counted", "2025-09-23", 1, "2025-09-24", false},
		{"over a weekend", "2025-09-19", 1, "2025-09-22", false},
		{"a make-up Sunday is worked", "2025-09-26", 2, "2025-09-29", false},
		{"over the National Day week of 2025", "2025-09-30", 2, "2025-10-10", false},
		{"over the National Day week of 2026", "2026-09-30", 2, "2026-10-09", false},
		{"onto a make-up Saturday", "2020-09-27", 5, "2020-10-10", false},
		{"over the Spring Festival that was extended", "2020-01-23", 1, "2020-02-03", false},
		{"from a holiday", "2025-10-01", 1, "2025-10-09", false},
		{"across New Year 2023, which begins in December", "2022-12-30", 1, "2023-01-03", false},
		{"none is the day itself, worked or not", "2025-10-01", 0, "2025-10-01", false},
		{"backward", "2025-10-09", -1, "2025-09-30", false},
		{"into a year without a notice", "2026-12-31", 1, "2027-01-01", true},
		{"no day stays no day", "", 3, "", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, provisional := c.Add(test.from, test.n)
			if got != test.want || provisional != test.prov {
				t.Errorf("Add(%s, %d) = %s, provisional %v; want %s, %v", test.from, test.n, got, provisional, test.want, test.prov)
			}
		})
	}
}

// The last day that can be written and a span of millennia are answered; beyond 100 years of days no more is counted.
func TestCalendar_Between_Bounds(t *testing.T) {
	c := published(t)
	for _, tt := range []struct {
		from, to workday.Date
		want     int
	}{
		{"9999-12-30", "9999-12-31", 1},
		{"9999-12-31", "9999-12-31", 0},
		{"9999-12-31", "9999-12-30", -1},
		{"1800-01-01", workday.Date("1800-01-01").AddDays(36500), 26072},
		{"1800-01-01", "9999-12-31", 26072},
		{"9999-12-31", "1800-01-01", -26072},
	} {
		if got := c.Between(tt.from, tt.to); got != tt.want {
			t.Errorf("Between(%s, %s) = %d, want %d", tt.from, tt.to, got, tt.want)
		}
	}
}

func TestCalendar_NothingPublished(t *testing.T) {
	var none *workday.Calendar
	due, provisional := none.Add("2025-09-30", 2)
	if due != "2025-10-02" || !provisional {
		t.Errorf("without a calendar got %s, %v; want Monday to Friday and provisional", due, provisional)
	}
}

// TestDeadline_Explain holds the sentences officials read.
func TestDeadline_Explain(t *testing.T) {
	c := published(t)
	basis := "《泉州市公共数据资源开发服务管理细则(试行)》三(七)"
	var b strings.Builder
	for _, in := range []struct {
		from    workday.Date
		n       int
		working bool
		basis   string
	}{
		{"2026-09-30", 2, true, basis},
		{"2020-09-27", 5, true, basis},
		{"2025-09-23", 2, true, basis},
		{"2025-09-26", 2, true, basis},
		{"2025-09-29", 2, true, basis},
		{"2026-09-23", 10, true, basis},
		{"2025-09-24", 2, true, ""},
		{"2025-09-30", 10, false, basis},
		{"2026-12-30", 3, true, basis},
		{"2026-09-30", 0, true, basis},
	} {
		b.WriteString(c.Deadline(in.from, in.n, in.working, in.basis).Explain + "\n")
	}
	golden := filepath.Join("testdata", "explain.golden.txt")
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("explanations changed (-want +got):\n%s", diff)
	}
}

func TestDeadline_Missed(t *testing.T) {
	d := published(t).Deadline("2025-09-29", 2, true, "")
	for day, want := range map[workday.Date]bool{"2025-09-30": false, "2025-10-09": false, "2025-10-10": true} {
		if got := d.Missed(day); got != want {
			t.Errorf("due %s, Missed(%s) = %v, want %v", d.Due, day, got, want)
		}
	}
}

func anyDay(t *rapid.T) workday.Date {
	return workday.Date("2019-06-01").AddDays(rapid.IntRange(0, 3500).Draw(t, "offset"))
}

func TestCalendar_Properties(t *testing.T) {
	c := published(t)
	rapid.Check(t, func(t *rapid.T) {
		from := anyDay(t)
		n, m := rapid.IntRange(1, 60).Draw(t, "n"), rapid.IntRange(1, 60).Draw(t, "m")
		due, _ := c.Add(from, n)
		if !c.Day(due).Working() {
			t.Fatalf("Add(%s, %d) = %s, which is not worked", from, n, due)
		}
		if got := c.Between(from, due); got != n {
			t.Fatalf("Between(%s, Add(%d) = %s) = %d", from, n, due, got)
		}
		later, _ := c.Add(due, m)
		if direct, _ := c.Add(from, n+m); later != direct {
			t.Fatalf("%s + %d + %d working days = %s, but + %d = %s", from, n, m, later, n+m, direct)
		}
		if back, _ := c.Add(due, -n); back > from {
			t.Fatalf("%s + %d - %d = %s, later than it began", from, n, n, back)
		}
		next, _ := c.Add(from.AddDays(1), n)
		if next < due {
			t.Fatalf("starting a day later ends earlier: %s gives %s, %s gives %s", from, due, from.AddDays(1), next)
		}
	})
}

func TestDate_Properties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := anyDay(t)
		n := rapid.IntRange(-2000, 2000).Draw(t, "n")
		if got := d.AddDays(n).Sub(d); got != n {
			t.Fatalf("(%s + %d days) - %s = %d", d, n, d, got)
		}
		if back := workday.DateOf(d.Time()); back != d {
			t.Fatalf("DateOf(%s.Time()) = %s", d, back)
		}
		if last := workday.DateOf(d.End().Add(-time.Microsecond)); last != d {
			t.Fatalf("the last microsecond of %s is on %s", d, last)
		}
		if next := workday.DateOf(d.End()); next != d.AddDays(1) {
			t.Fatalf("%s ends on %s", d, next)
		}
		y := rapid.IntRange(-5, 5).Draw(t, "years")
		if moved := d.AddYears(y); moved.Year() != d.Year()+y {
			t.Fatalf("%s + %d years = %s", d, y, moved)
		}
	})
}

func TestDate(t *testing.T) {
	if got := workday.DateOf(time.Date(2025, 9, 25, 16, 0, 0, 0, time.UTC)); got != "2025-09-26" {
		t.Errorf("16:00 UTC is midnight in Shanghai, got %s", got)
	}
	if got := workday.Date("2024-02-29").AddYears(3); got != "2027-02-28" {
		t.Errorf("2024-02-29 + 3 years = %s, want 2027-02-28", got)
	}
	if got := workday.Date("2024-01-31").AddMonths(1); got != "2024-02-29" {
		t.Errorf("2024-01-31 + 1 month = %s, want 2024-02-29", got)
	}
	for _, bad := range []string{"2025-02-30", "2025-9-1", "20250901", "2025-09-01 ", "二〇二五年", "2025-09-01T00:00:00"} {
		if d, err := workday.Parse(bad); err == nil {
			t.Errorf("Parse(%q) = %s, want an error", bad, d)
		}
		var d workday.Date
		if err := d.UnmarshalText([]byte(bad)); err == nil {
			t.Errorf("UnmarshalText(%q) = %s, want an error", bad, d)
		}
	}
}

// TestLoad_Published holds what every shipped calendar must say.
func TestLoad_Published(t *testing.T) {
	c := published(t)
	years := c.Years()
	if len(years) != 7 || years[0].Year != 2020 || years[6].Year != 2026 {
		t.Fatalf("published years %v, want 2020 to 2026", years)
	}
	for _, y := range years {
		if !strings.Contains(y.Notice.Title, "部分节假日安排的通知") || !strings.HasPrefix(y.Notice.Number, "国办发明电") {
			t.Errorf("%d: notice %q %q does not name the State Council's", y.Year, y.Notice.Title, y.Notice.Number)
		}
		if y.Notice.Date.Year() != y.Year-1 {
			t.Errorf("%d: notice of %s was not published the year before", y.Year, y.Notice.Date)
		}
	}
	if !strings.HasPrefix(c.Version(), "sha256:") {
		t.Errorf("version %q", c.Version())
	}
}

func TestLoad_Err(t *testing.T) {
	const head = "year: 2025\nnotice: {title: 通知, date: 2024-11-12}\n"
	tests := map[string]struct{ file, text, want string }{
		"ErrUnknownField":  {"2025.yaml", head + "hollidays: []\n", "hollidays"},
		"ErrWrongYear":     {"2024.yaml", head, "2025"},
		"ErrNoNotice":      {"2025.yaml", "year: 2025\n", "notice"},
		"ErrTwice":         {"2025.yaml", head + "holidays:\n  - {name: 甲, from: 2025-10-01, to: 2025-10-03}\n  - {name: 乙, from: 2025-10-03, to: 2025-10-04}\n", "2025-10-03"},
		"ErrWorkedWeekday": {"2025.yaml", head + "work:\n  - {day: 2025-10-15, for: 甲}\n", "2025-10-15"},
		"ErrBackward":      {"2025.yaml", head + "holidays:\n  - {name: 甲, from: 2025-10-03, to: 2025-10-01}\n", "甲"},
		"ErrOtherYear":     {"2025.yaml", head + "holidays:\n  - {name: 甲, from: 2026-10-01, to: 2026-10-01}\n", "2026-10-01"},
		"ErrNoSuchDay":     {"2025.yaml", head + "holidays:\n  - {name: 甲, from: 2025-02-30, to: 2025-02-30}\n", "2025-02-30"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := workday.Load(fstest.MapFS{test.file: {Data: []byte(test.text)}})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want an error that names %q", err, test.want)
			}
		})
	}
}
