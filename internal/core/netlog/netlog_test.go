package netlog_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"yunei/internal/base/clock"
	"yunei/internal/base/workday"
	"yunei/internal/core/netlog"
)

func opened(t *testing.T) (*netlog.Log, *clock.Set, string) {
	t.Helper()
	dir, clk := filepath.Join(t.TempDir(), "netlog"), clock.NewSet(time.Date(2025, 9, 24, 9, 0, 0, 0, workday.Zone()))
	l := netlog.Open(dir, clk)
	t.Cleanup(func() { must(t, l.Close()) })
	return l, clk, dir
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func routes(t *testing.T, l *netlog.Log, day workday.Date) (got []string) {
	t.Helper()
	must(t, l.Read(t.Context(), day, 0, func(number int64, text []byte) error {
		var line netlog.Line
		if int(number) != len(got) {
			t.Errorf("line %d has the number %d", len(got), number)
		}
		got = append(got, "")
		err := json.Unmarshal(text, &line)
		got[len(got)-1] = line.Route
		return err
	}))
	return got
}

// A line stands in the file of the day on which it was answered, in order, whoever wrote at the same time.
func TestLog_Add(t *testing.T) {
	l, clk, _ := opened(t)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for range 50 {
				l.Add(netlog.Line{Route: fmt.Sprintf("/v1/%d", i)})
			}
		})
	}
	wg.Wait()
	clk.Advance(24 * time.Hour)
	l.Add(netlog.Line{Route: "/v1/next"})
	must(t, l.Flush())
	if got := routes(t, l, "2025-09-24"); len(got) != 400 {
		t.Errorf("the first day has %d lines, want 400", len(got))
	}
	if got := routes(t, l, "2025-09-25"); len(got) != 1 || got[0] != "/v1/next" {
		t.Errorf("the second day has %v", got)
	}
}

// What a process that was killed left half written is taken away, and what was whole stays.
func TestLog_Add_afterATornLine(t *testing.T) {
	l, clk, dir := opened(t)
	l.Add(netlog.Line{Route: "/v1/one"})
	must(t, l.Close())
	file := filepath.Join(dir, "2025-09-24.ndjson")
	f, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0)
	must(t, err)
	_, err = f.WriteString(`{"at":"2025-09-24T01:0`)
	must(t, err)
	must(t, f.Close())
	if got := routes(t, l, "2025-09-24"); len(got) != 1 {
		t.Errorf("before the restart %v, want the whole line alone", got)
	}
	again := netlog.Open(dir, clk)
	again.Add(netlog.Line{Route: "/v1/two"})
	must(t, again.Close())
	if got := strings.Join(routes(t, again, "2025-09-24"), " "); got != "/v1/one /v1/two" {
		t.Errorf("got %s", got)
	}
}

// The same where nothing was written any more before midnight: the day is packed up to what is whole, and its unpacked file goes.
func TestLog_Pack_afterATornLine(t *testing.T) {
	l, clk, dir := opened(t)
	l.Add(netlog.Line{Route: "/v1/one"})
	must(t, l.Close())
	file := filepath.Join(dir, "2025-09-24.ndjson")
	text, err := os.ReadFile(file)
	must(t, err)
	torn := append(text, `{"at":"2025-09-24T15:5`...)
	must(t, os.WriteFile(file, torn, 0o600))
	clk.Advance(24 * time.Hour)
	again := netlog.Open(dir, clk)
	d, err := again.Pack("2025-09-24")
	must(t, err)
	must(t, os.WriteFile(file, torn, 0o600)) // as a backup has it that was made before
	must(t, again.Drop(d))
	if again.Unpacked("2025-09-24") {
		t.Error("the unpacked file is still there")
	}
	if got := routes(t, again, "2025-09-24"); d.Lines != 1 || len(got) != 1 {
		t.Errorf("%d lines were packed and %v are read, want one", d.Lines, got)
	}
	must(t, os.WriteFile(file, torn, 0o600))
	must(t, again.Remove("2025-09-24"))
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("a day that was removed left %v, %v", left, err)
	}
}

// hand is a clock that somebody sets.
type hand struct{ at time.Time }

func (h *hand) Now() time.Time { return h.at }

// A clock that is set back over midnight reopens no day that was packed: its lines stand on the day after, also after a restart.
func TestLog_Add_afterTheClockWasSetBack(t *testing.T) {
	dir, clk := t.TempDir(), &hand{time.Date(2025, 9, 24, 9, 0, 0, 0, workday.Zone())}
	l := netlog.Open(dir, clk)
	l.Add(netlog.Line{Route: "/v1/one"})
	clk.at = clk.at.Add(24 * time.Hour)
	_, err := l.Pack("2025-09-24")
	must(t, err)
	clk.at = clk.at.Add(-24 * time.Hour)
	l.Add(netlog.Line{Route: "/v1/two"})
	must(t, l.Close())
	again := netlog.Open(dir, clk)
	again.Add(netlog.Line{Route: "/v1/three"})
	must(t, again.Close())
	if got := strings.Join(routes(t, again, "2025-09-25"), " "); got != "/v1/two /v1/three" {
		t.Errorf("the day after has %s", got)
	}
}

// The unpacked file of another node, of which this folder has no packed one, is not taken for what is on record.
func TestLog_Drop_ofAnotherFolder(t *testing.T) {
	one, clk, dir := opened(t)
	one.Add(netlog.Line{Route: "/v1/one"})
	other, _, otherDir := opened(t)
	other.Add(netlog.Line{Route: "/v1/two"})
	must(t, other.Flush())
	clk.Advance(24 * time.Hour)
	d, err := one.Pack("2025-09-24")
	must(t, err)
	if err := other.Drop(d); err == nil || !other.Unpacked("2025-09-24") {
		t.Errorf("the file of another folder was removed: %v", err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "2025-09-24.ndjson.gz"))
	must(t, err)
	must(t, os.WriteFile(filepath.Join(otherDir, "2025-09-24.ndjson.gz"), append(text, 0), 0o600))
	if err := other.Drop(d); err == nil || !other.Unpacked("2025-09-24") {
		t.Errorf("removed beside a packed file that is another one: %v", err)
	}
}

// Who stops waiting is not read on for.
func TestLog_Read_untilItIsCancelled(t *testing.T) {
	l, _, _ := opened(t)
	const n = 20_000
	for range n {
		l.Add(netlog.Line{Route: "/v1/me"})
	}
	must(t, l.Flush())
	ctx, stop := context.WithCancel(t.Context())
	seen := 0
	err := l.Read(ctx, "2025-09-24", 0, func(int64, []byte) error { seen++; stop(); return nil })
	if !errors.Is(err, context.Canceled) || seen >= n {
		t.Errorf("%d lines, %v", seen, err)
	}
	if err := l.Read(ctx, "2025-09-24", n, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("lines that are passed over: %v", err)
	}
}

// A folder that takes nothing holds up nobody: lines wait, beyond a bound they are counted, and the count stands in the log.
func TestLog_Add_whereNothingCanBeWritten(t *testing.T) {
	l, _, dir := opened(t)
	must(t, os.WriteFile(dir, nil, 0o600)) // a file where the folder should be
	line := netlog.Line{Route: "/v1/" + strings.Repeat("x", 4000)}
	const n = 3000
	for range n {
		l.Add(line)
	}
	if err := l.Flush(); err == nil {
		t.Fatal("nothing failed")
	}
	lost := l.Lost()
	if lost == 0 || lost == n {
		t.Fatalf("%d of %d lines are lost, want some", lost, n)
	}
	must(t, os.Remove(dir))
	must(t, l.Flush())
	must(t, l.Flush())
	var kept, told int64
	must(t, l.Read(t.Context(), "2025-09-24", 0, func(_ int64, text []byte) error {
		var line netlog.Line
		if kept++; json.Unmarshal(text, &line) == nil {
			told += line.Lost
		}
		return nil
	}))
	if told != lost || kept-1+lost != n {
		t.Errorf("%d lines and a loss of %d, want %d and %d", kept-1, told, n-lost, lost)
	}
}

// A packed day reads as before, says what is in it, and can be packed again as long as it was not dropped.
func TestLog_Pack(t *testing.T) {
	l, clk, dir := opened(t)
	for i := range 3 {
		l.Add(netlog.Line{Route: fmt.Sprintf("/v1/%d", i), Org: "org_a"})
	}
	l.Add(netlog.Line{Route: "/", Org: "org_b"})
	if over, err := l.Over(); err != nil || len(over) != 0 {
		t.Errorf("over: %v, %v; the day still runs", over, err)
	}
	clk.Advance(24 * time.Hour)
	must(t, l.Flush())
	over, err := l.Over()
	if must(t, err); len(over) != 1 || over[0] != "2025-09-24" {
		t.Fatalf("over: %v", over)
	}
	d, err := l.Pack(over[0])
	must(t, err)
	if d.Lines != 4 || d.Orgs["org_a"] != 3 || d.Orgs["org_b"] != 1 {
		t.Errorf("got %+v", d)
	}
	if digest, err := l.Digest(over[0]); err != nil || digest != d.Digest {
		t.Errorf("digest %s, %v; want %s", digest, err, d.Digest)
	}
	if again, err := l.Pack(over[0]); err != nil || again.Digest != d.Digest {
		t.Errorf("packed again: %+v, %v", again, err)
	}
	must(t, l.Drop(d))
	if l.Unpacked(over[0]) {
		t.Error("the unpacked file is still there")
	}
	if got := strings.Join(routes(t, l, over[0]), " "); got != "/v1/0 /v1/1 /v1/2 /" {
		t.Errorf("got %s", got)
	}
	must(t, os.WriteFile(filepath.Join(dir, "2025-09-24.ndjson"), []byte("{}\n"), 0o600))
	if err := l.Drop(d); err == nil {
		t.Error("an unpacked file that is another one than was packed was removed")
	}
}

// Run writes without being asked, and Close what is left.
func TestLog_Run(t *testing.T) {
	l, _, _ := opened(t)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); l.Run(ctx) }()
	l.Add(netlog.Line{Route: "/v1/me"})
	for len(routes(t, l, "2025-09-24")) == 0 {
		select {
		case <-t.Context().Done():
			t.Fatal("the line was not written")
		case <-time.After(20 * time.Millisecond):
		}
	}
	stop()
	<-done
	l.Add(netlog.Line{Route: "/v1/last"})
	must(t, l.Close())
	if got := routes(t, l, "2025-09-24"); len(got) != 2 {
		t.Errorf("got %v", got)
	}
}
