package watch_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/netlog"
	"yunei/internal/flow/watch"
	"yunei/internal/test/town"
)

func sweep(t *testing.T, w *town.Town) {
	t.Helper()
	town.Must(t, w.Watch.Sweep(access.With(t.Context(), access.System())))
}

func audited(t *testing.T, w *town.Town) (found []string) {
	t.Helper()
	problems, err := w.Log.Fsck(t.Context())
	town.Must(t, err)
	for _, p := range problems {
		found = append(found, p.String())
	}
	return found
}

// lines adds some on the day that runs, and goes on to the next.
func lines(w *town.Town, org string, n int) workday.Date {
	day := workday.DateOf(w.Clock.Now())
	for i := range n {
		if i%10_000 == 0 {
			town.Must(w.T, w.Netlog.Flush())
		}
		w.Netlog.Add(netlog.Line{Door: netlog.HTTP, Method: "GET", Route: "/v1/spaces", Status: 200, Org: org, Peer: "203.0.113.7"})
	}
	w.Clock.Advance(24 * time.Hour)
	return day
}

// The digest of a day that is over stands in the ledger: a file that was changed, and one that is gone, are found by fsck.
func TestService_Log_changed(t *testing.T) {
	town.Each(t, func(t *testing.T, w *town.Town) {
		one, two := lines(w, "org_bank", 3), lines(w, "org_bank", 2)
		sweep(t, w)
		if found := audited(t, w); len(found) != 0 {
			t.Fatalf("untouched: %v", found)
		}
		file := func(day workday.Date) string { return filepath.Join(w.Dir, "netlog", day.String()+".ndjson.gz") }
		text, err := os.ReadFile(file(one))
		town.Must(t, err)
		text[len(text)-1] ^= 1
		town.Must(t, os.WriteFile(file(one), text, 0o600))
		town.Must(t, os.Remove(file(two)))
		found := audited(t, w)
		if len(found) != 2 || !strings.Contains(found[0], one.String()+": the file has digest") || !strings.Contains(found[1], two.String()+": the file is gone") {
			t.Errorf("got %v", found)
		}
	})
}

// What stops between packing and dropping, or between the act of a purge and the files, is finished by the next sweep.
func TestService_Log_interrupted(t *testing.T) {
	w := town.SQLite(t)
	day := lines(w, "org_bank", 3)
	town.Must(t, w.Netlog.Flush())
	raw, packed := filepath.Join(w.Dir, "netlog", day.String()+".ndjson"), filepath.Join(w.Dir, "netlog", day.String()+".ndjson.gz")
	text, err := os.ReadFile(raw)
	town.Must(t, err)
	_, err = w.Netlog.Pack(day) // and the process dies
	town.Must(t, err)
	sweep(t, w)
	town.Must(t, os.WriteFile(raw, text, 0o600)) // the act was done, the file not dropped
	sweep(t, w)
	if _, err := os.Stat(raw); err == nil {
		t.Error("the unpacked file of a day on record is still there")
	}
	kept, err := os.ReadFile(packed)
	town.Must(t, err)
	w.Clock.Advance(200 * 24 * time.Hour)
	_, err = w.Watch.PurgeLog(w.As("bureau"), day, "留存期满")
	town.Must(t, err)
	town.Must(t, os.WriteFile(packed, kept, 0o600)) // the purge is on record, the file came back
	sweep(t, w)
	if _, err := os.Stat(packed); err == nil {
		t.Error("the file of a purged day is still there")
	}
	if found := audited(t, w); len(found) != 0 {
		t.Errorf("got %v", found)
	}
}

// A file that is taken away under a purge that did not take it is found.
func TestService_Log_purgeOnPaperOnly(t *testing.T) {
	w := town.SQLite(t)
	one, two := lines(w, "org_bank", 1), lines(w, "org_bank", 1)
	sweep(t, w)
	w.Clock.Advance(200 * 24 * time.Hour)
	p, err := w.Watch.PurgeLog(w.As("bureau"), one, "留存期满")
	town.Must(t, err)
	w.Tamper(`UPDATE netlog_day SET purge = $1 WHERE day = $2`, p.ID, two.String())
	if found := audited(t, w); len(found) != 1 || !strings.Contains(found[0], two.String()+": purged by "+p.ID+", which took no such day") {
		t.Errorf("got %v", found)
	}
}

// A day that is closed or purged while its log is audited is as it should be.
func TestService_Log_auditedMeanwhile(t *testing.T) {
	town.Each(t, func(t *testing.T, w *town.Town) {
		one := lines(w, "org_bank", 1)
		sweep(t, w)
		w.Clock.Advance(200 * 24 * time.Hour)
		town.Must(t, w.DB.View(t.Context(), func(tx *sqldb.Tx) error {
			town.Must(t, tx.QueryRow(t.Context(), `SELECT COUNT(*) FROM netlog_day`).Scan(new(int))) // the snapshot is of now
			_, err := w.Watch.PurgeLog(w.As("bureau"), one, "留存期满")
			town.Must(t, err)
			two := lines(w, "org_bank", 1)
			sweep(t, w)
			if _, err := os.Stat(filepath.Join(w.Dir, "netlog", two.String()+".ndjson.gz")); err != nil {
				t.Error(err)
			}
			if found, err := watch.AuditLog(w.Watch, t.Context(), tx); err != nil || len(found) != 0 {
				t.Errorf("found %v, %v", found, err)
			}
			return nil
		}))
	})
}

// A purge that is on record stands, also where a file resists: its removal is the next sweep's.
func TestService_PurgeLog_whereAFileStays(t *testing.T) {
	w := town.SQLite(t)
	day := lines(w, "org_bank", 1)
	sweep(t, w)
	w.Clock.Advance(200 * 24 * time.Hour)
	file := filepath.Join(w.Dir, "netlog", day.String()+".ndjson.gz")
	town.Must(t, os.Remove(file))
	town.Must(t, os.MkdirAll(filepath.Join(file, "x"), 0o700)) // no file, so it is not removed as one
	if p, err := w.Watch.PurgeLog(w.As("bureau"), day, "留存期满"); err != nil || !slices.Equal(p.Days, []workday.Date{day}) {
		t.Errorf("got %+v, %v", p, err)
	}
	town.Must(t, os.Remove(filepath.Join(file, "x")))
	sweep(t, w)
	if _, err := os.Stat(file); err == nil {
		t.Error("the next sweep left it")
	}
}

// A day that was cut inside a line late in the evening is closed all the same, and a purge leaves neither of its files.
func TestService_Log_torn(t *testing.T) {
	w := town.SQLite(t)
	day := lines(w, "org_bank", 2)
	town.Must(t, w.Netlog.Flush())
	raw := filepath.Join(w.Dir, "netlog", day.String()+".ndjson")
	text, err := os.ReadFile(raw)
	town.Must(t, err)
	torn := append(text, `{"at":"`...)
	town.Must(t, os.WriteFile(raw, torn, 0o600))
	sweep(t, w)
	if w.Netlog.Unpacked(day) {
		t.Error("the unpacked file is still there")
	}
	town.Must(t, os.WriteFile(raw, append(torn, "\n"...), 0o600)) // not what was packed: Drop leaves it
	w.Clock.Advance(200 * 24 * time.Hour)
	_, err = w.Watch.PurgeLog(w.As("bureau"), day, "留存期满")
	town.Must(t, err)
	if left, err := os.ReadDir(filepath.Dir(raw)); err != nil || len(left) != 0 {
		t.Errorf("left: %v, %v", left, err)
	}
	sweep(t, w)
}

// A long span comes page by page: each looks at a bounded number of lines and says how far it came, hits or not, and together
// they show every line once.
func TestService_LogLines_pages(t *testing.T) {
	w := town.SQLite(t)
	first := lines(w, "org_other", 60_000)
	lines(w, "org_bank", 5)
	last := lines(w, "org_other", 1)
	sweep(t, w)
	ctx := w.As("auditor")
	const since = workday.Date("1900-01-01") // the days before the first are not walked through
	before := first.Sub(since)
	x, err := w.Watch.SearchLog(ctx, watch.LogQuery{Reason: "核查", From: since, To: last, Status: "2"})
	town.Must(t, err)
	seen, pages, cursor, done := 0, 0, "", -1
	for {
		p, err := w.Watch.LogLines(ctx, x.ID, cursor, 1<<20)
		town.Must(t, err)
		seen, pages = seen+len(p.Items), pages+1
		if p.Done < done || p.Done < before || p.Days != before+3 {
			t.Errorf("page %d stands at day %d of %d after %d", pages, p.Done, p.Days, done)
		}
		if done = p.Done; p.Next == "" {
			break
		}
		cursor = p.Next
	}
	if seen != 60_006 || pages != 2 || done != before+3 {
		t.Errorf("%d lines on %d pages, %d days; want 60006, 2, %d", seen, pages, done, before+3)
	}
	// Days on which an organization left no line are not looked at.
	x, err = w.Watch.SearchLog(ctx, watch.LogQuery{Reason: "核查", From: first, To: last, Org: w.Org("bank")})
	town.Must(t, err)
	if p, err := w.Watch.LogLines(ctx, x.ID, "", 100); err != nil || p.Next != "" {
		t.Errorf("got %+v, %v; want one page", p, err)
	}
}

// Nobody else searches: neither the operator of the platform, nor a user, nor the public.
func TestService_SearchLog_closed(t *testing.T) {
	w := town.SQLite(t)
	q := watch.LogQuery{Reason: "核查", From: "2025-09-01", To: "2025-09-01"}
	for _, ctx := range []context.Context{w.As("operator"), w.As("holder"), w.As("bank"), t.Context()} {
		if _, err := w.Watch.SearchLog(ctx, q); !slices.Contains([]errs.Code{errs.Forbidden, errs.Unauthenticated}, errs.CodeOf(err)) {
			t.Errorf("%v searched: %v", access.From(ctx).Roles, err)
		}
	}
}
