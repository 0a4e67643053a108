package disclose

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"yunei/internal/base/clock"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/query"
	"yunei/internal/test/testdb"
)

func month(year, m int) Period {
	return PeriodOf(time.Date(year, time.Month(m), 15, 0, 0, 0, 0, time.UTC), 1)
}

// asker asks about one subject, with the value's period and who was related since when.
type asker struct {
	name    string
	related map[string]time.Time // until when; the zero time: still
}

func (a asker) ask(t *testing.T, db *sqldb.DB, period Period, m *query.Model) error {
	t.Helper()
	return do(t, db, func(ctx context.Context, tx *sqldb.Tx) error {
		return New().ChargePrecision(ctx, tx, Precision{SID: "sid_1", Recipient: a.name, Model: m,
			Period: func(_, field string) Period {
				if field == "income" {
					return period
				}
				return Period{}
			},
			Related: func(since time.Time) (list []string, err error) {
				for name, until := range a.related {
					if until.IsZero() || !until.Before(since) {
						list = append(list, name)
					}
				}
				return list, nil
			}})
	})
}

func TestPeriodOf(t *testing.T) {
	// 16:00 UTC on 31 March is April in Shanghai
	for months, want := range map[int]string{1: "2026-04/1", 3: "2026-04/3", 12: "2026-01/12", 0: ""} {
		p := PeriodOf(time.Date(2026, 3, 31, 16, 0, 0, 0, time.UTC), months)
		if back, err := parsePeriod(p.String()); p.String() != want || err != nil || back.String() != want {
			t.Errorf("%d months: %q, read back %q (%v), want %q", months, p, back, err, want)
		}
	}
}

// TestPrecision_Period: a value that is replaced each month is told anew, what was told of the one just before still counts
// (a corrected file brings it again), and a change of the declared period never makes anything be forgotten.
func TestPrecision_Period(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *sqldb.DB) {
		bank := asker{name: "bank"}
		for i, step := range []struct {
			period Period
			cut    int64
			fine   bool
		}{
			{month(2026, 3), 10, true}, {month(2026, 3), 20, true}, {month(2026, 3), 30, true}, {month(2026, 3), 40, false},
			{month(2026, 4), 40, false}, {month(2026, 4), 20, true}, // the same bands cost nothing in the next month
			{month(2026, 5), 40, true}, {month(2026, 5), 50, true}, {month(2026, 5), 60, false}, // with 20 of April
			{month(2026, 3), 70, false},                  // an older value is as known as it was
			{Period{}, 70, false}, {Period{}, 10, false}, // declared for life: 10, 20, 30, 40, 50 are all of one value
			{PeriodOf(time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC), 12), 70, false}, // the year holds every month of it
			{PeriodOf(time.Date(2027, 7, 1, 0, 0, 0, 0, time.UTC), 12), 70, true},
		} {
			err := bank.ask(t, db, step.period, asking(fmt.Sprint(step.cut), cuts(4, step.cut)))
			if (err == nil) != step.fine || err != nil && CodeOf(err) != PrecisionExhausted {
				t.Errorf("step %d, %s cut %d: %v", i, step.period, step.cut, err)
			}
		}
	})
}

// TestPrecision_Related: related companies are one asker about one person; who is no longer related has not forgotten what
// both knew of a value for life, and has of a value that was replaced since.
func TestPrecision_Related(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *sqldb.DB) {
		a, b := asker{"a", map[string]time.Time{"b": {}}}, asker{"b", map[string]time.Time{"a": {}}}
		life := Period{}
		for i, step := range []struct {
			who  asker
			cut  int64
			fine bool
		}{{a, 10, true}, {b, 20, true}, {a, 30, true}, {b, 40, false}, {a, 40, false}, {b, 10, true}, {asker{name: "c"}, 40, true}} {
			if err := step.who.ask(t, db, life, asking(fmt.Sprint(step.cut), cuts(4, step.cut))); (err == nil) != step.fine {
				t.Errorf("step %d, %s cut %d: %v", i, step.who.name, step.cut, err)
			}
		}
		ended := asker{"a", map[string]time.Time{"b": time.Date(2026, 3, 10, 0, 0, 0, 0, time.UTC)}}
		if err := ended.ask(t, db, life, asking("40", cuts(4, 40))); CodeOf(err) != PrecisionExhausted {
			t.Errorf("after the relation ended, of the same value: %v, want L106", err)
		}
	})
}

// TestPrecision_RelatedRace: related companies that ask at the same time are told no more together than one would be.
func TestPrecision_RelatedRace(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *sqldb.DB) {
		names := []string{"a", "b", "c"}
		done := make(chan bool)
		for w := range 6 {
			go func() {
				defer func() { done <- true }()
				me := asker{names[w%3], map[string]time.Time{}}
				for _, n := range names {
					if n != me.name {
						me.related[n] = time.Time{}
					}
				}
				for i := range 4 {
					cut := int64(1 + w*4 + i)
					if err := me.ask(t, db, Period{}, asking(fmt.Sprint(cut), cuts(8, cut))); err != nil && CodeOf(err) != PrecisionExhausted {
						t.Error(err)
					}
				}
			}()
		}
		for range 6 {
			<-done
		}
		if n := togetherKnown(t, db, names); n != 8 {
			t.Errorf("three related companies tell %d values apart, want the 8 that one may", n)
		}
	})
}

// togetherKnown is how many values of the income of sid_1 several recipients tell apart when they put together what they know.
func togetherKnown(t *testing.T, db *sqldb.DB, names []string) int {
	t.Helper()
	var k Known
	err := db.View(t.Context(), func(tx *sqldb.Tx) error {
		for _, name := range names {
			_, all, err := New().knownTo(t.Context(), tx, Precision{SID: "sid_1"}, name, "res_1", "income", Period{})
			if err != nil {
				return err
			}
			k.join(all)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return k.Cells()
}

func TestApprove_Related(t *testing.T) {
	db := testdb.SQLite(t, clock.Real{})
	approve := func(who string, related []string, m *query.Model) error {
		return do(t, db, func(ctx context.Context, tx *sqldb.Tx) error { return New().Approve(ctx, tx, who, related, m) })
	}
	if err := approve("a", []string{"b"}, asking("x", cuts(3, 10, 20))); err != nil {
		t.Fatal(err)
	}
	err := approve("b", []string{"a"}, asking("y", cuts(3, 15)))
	if CodeOf(err) != PrecisionExhausted || !strings.Contains(err.Error(), "income") {
		t.Errorf("a related company's model that makes it finer: %v, want L106 that names the field", err)
	}
	if err := approve("c", nil, asking("y", cuts(3, 15))); err != nil {
		t.Errorf("another asker: %v", err)
	}
	var stack []Stack
	if err := db.View(t.Context(), func(tx *sqldb.Tx) (err error) {
		stack, err = New().StackTest(t.Context(), tx, []string{"b", "a"}, asking("y", cuts(3, 15)), asking("z", cuts(3, 20)))
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if i := slices.IndexFunc(stack, func(s Stack) bool { return s.Field == "income" }); len(stack) != 2 || stack[i].Cells != 4 || !stack[i].Finer {
		t.Errorf("stack = %+v, want income in 4 cells of 3", stack)
	}
}
