package watch_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/core/access"
	"yunei/internal/core/notice"
	"yunei/internal/core/query/duckdb"
	"yunei/internal/flow/lab"
	"yunei/internal/flow/watch"
	"yunei/internal/test/town"
)

func TestMain(m *testing.M) {
	duckdb.MaybeWorker()
	os.Exit(m.Run())
}

// With the grant the space closes at once: its key and copies are gone before anybody does anything, the record lists each with its
// result, what turns up later is locked and told, and whose data it was acknowledges the report.
func TestService_End_space(t *testing.T) {
	town.Each(t, func(t *testing.T, w *town.Town) {
		g := w.Grants("bank", 20_000_000_000)
		_, err := w.Lab.Run(w.As("bank"), g.Space.ID, g.Table.ID)
		town.Must(t, err)
		dir := filepath.Join(w.Lab.Dir, g.Space.ID)
		copies, _ := filepath.Glob(filepath.Join(dir, "*.parquet"))
		kept, err := os.ReadFile(copies[0])
		town.Must(t, err)

		e, err := w.Watch.End(w.As("bureau"), watch.Ending{Permit: g.Grant.Permit, Ground: watch.OnBreach, Reason: "不合法、不合规", Article: "七(二)1"})
		town.Must(t, err)
		if _, err := os.Stat(dir); !os.IsNotExist(err) {
			t.Errorf("the space's folder after the end: %v, want gone with key and copies", err)
		}
		for what, state := range map[string]string{watch.HeldSpace: watch.TaskDone, watch.HeldKey: watch.TaskDone, watch.HeldCopy: watch.TaskDone, watch.HeldBackup: watch.TaskKept, watch.HeldAnswers: watch.TaskOpen} {
			if !slices.ContainsFunc(e.Tasks, func(t watch.Task) bool {
				return t.What == what && t.State == state && (state == watch.TaskOpen || t.Method != "")
			}) {
				t.Errorf("tasks = %+v, want %s %s with its result", e.Tasks, what, state)
			}
		}
		_, err = w.Lab.Try(w.As("bank"), g.Space.ID, "A", town.Table, "")
		town.WantCode(t, "work in a closed space", err, errs.Forbidden)
		record, err := w.Lab.Record(w.As("bank"), g.Space.ID)
		if err != nil || record.Space.State != lab.SpaceClosed || record.Supplies[0].Batches[0].Result == "" || record.Supplies[0].State != lab.SupplyEnded {
			t.Errorf("the closed space's record = %+v, %v", record, err)
		}

		// HN-23-6: a copy that turns up after the end.
		town.Must(t, os.MkdirAll(dir, 0o700))
		town.Must(t, os.WriteFile(copies[0], kept, 0o600))
		found, err := w.Lab.Scan(access.With(t.Context(), access.System()))
		if err != nil || len(found) != 1 || found[0].Kind != lab.FindingLeftover || found[0].What != filepath.Base(copies[0]) {
			t.Fatalf("the scan found %+v, %v; want the copy", found, err)
		}
		if info, err := os.Stat(copies[0]); err != nil || info.Mode().Perm() != 0 {
			t.Errorf("the copy that turned up: %v, %v, want locked", info, err)
		}
		for _, who := range []string{"holder", "bank", "bureau"} {
			if n := told(t, w, who, notice.SpaceFinding); n != 1 {
				t.Errorf("%s was told %d times of the finding, want once", who, n)
			}
		}

		// HN-24-2: the rest is overdue, and those concerned are told once.
		w.Clock.Advance(40 * 24 * time.Hour)
		for range 2 {
			town.Must(t, w.Watch.Sweep(access.With(t.Context(), access.System())))
		}
		for _, who := range []string{"holder", "bank", "bureau"} {
			if n := told(t, w, who, notice.DeletionOverdue); n != 1 {
				t.Errorf("%s was told %d times that the deletion is overdue, want once", who, n)
			}
		}
		_, err = w.Watch.Acknowledge(w.As("holder"), e.ID)
		town.WantCode(t, "a receipt before the certificate", err, errs.Conflict)
		_, err = w.Watch.Delete(w.As("operator"), e.ID)
		town.Must(t, err)
		_, err = w.Watch.Certify(w.As("bureau"), e.ID)
		town.Must(t, err)

		// HN-24-5: whose data it was is told, reads the record and acknowledges.
		if n := told(t, w, "holder", notice.DataDestroyed); n != 1 {
			t.Errorf("the provider was told %d times of the destruction, want once", n)
		}
		if list, err := w.Watch.Exits(w.As("holder"), "", "", 10); err != nil || len(list) != 1 {
			t.Errorf("the provider's list = %v, %v, want the exit", list, err)
		}
		if page, err := w.Watch.Exit(w.As("holder"), e.ID); err != nil || page.Text == "" {
			t.Errorf("the provider reads %+v, %v, want the certificate", page, err)
		}
		if got, err := w.Watch.Acknowledge(w.As("holder"), e.ID); err != nil || len(got.Receipts) != 1 {
			t.Errorf("the receipt = %+v, %v", got.Receipts, err)
		}
		_, err = w.Watch.Acknowledge(w.As("ecology"), e.ID)
		town.WantCode(t, "another provider's receipt", err, errs.NotFound)
		w.Fsck()
	})
}

// told counts the messages of one kind in somebody's inbox.
func told(t *testing.T, w *town.Town, who string, kind notice.MessageKind) (n int) {
	t.Helper()
	list, err := w.Matters.Notices.Messages(w.As(who), notice.MessageView{Limit: 100})
	town.Must(t, err)
	for _, m := range list {
		if m.Kind == kind {
			n++
		}
	}
	return n
}
