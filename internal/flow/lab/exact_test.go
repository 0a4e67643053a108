package lab_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/query/release"
	"yunei/internal/flow/catalog"
	"yunei/internal/flow/lab"
	"yunei/internal/test/town"
)

func inSpace(w *town.Town, space string) (files []string) {
	list, err := os.ReadDir(filepath.Join(w.Lab.Dir, space))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		w.T.Fatal(err)
	}
	for _, f := range list {
		if strings.HasSuffix(f.Name(), ".parquet") {
			files = append(files, f.Name())
		}
	}
	return files
}

// An exact run reads the copies that the space has already and is metered like every run: against the quota while it runs, with
// processor time, rows and bytes when it has ended.
func TestService_RunExact_metered(t *testing.T) {
	town.Each(t, func(t *testing.T, w *town.Town) {
		g := w.Grants("bank", share)
		w.Permits("bank", g)
		noised, err := w.Lab.Run(w.As("bank"), g.Space.ID, g.Table.ID)
		town.Must(t, err)
		before := inSpace(w, g.Space.ID)
		x, err := w.Lab.BeginExact(w.As("bank"), g.Space.ID, g.Table.ID)
		town.Must(t, err)
		record, err := w.Lab.Record(w.As("bank"), g.Space.ID)
		if err != nil || record.Meter.Used.Runs != 2 {
			t.Errorf("while it runs %d runs are counted, %v; want both", record.Meter.Used.Runs, err)
		}
		x.Compute(t.Context())
		r, err := x.Finish(w.As("bank"))
		if err != nil || r.State != lab.Done || r.Charge != "" || r.Usage == nil || r.Usage.Wall <= 0 || r.Usage.Rows != noised.Usage.Rows || r.Usage.Bytes != noised.Usage.Bytes || r.Usage.Rows == 0 {
			t.Fatalf("RunExact = %+v with %+v, %v; want no charge and the noised run's %+v read", r, r.Usage, err, noised.Usage)
		}
		if after := inSpace(w, g.Space.ID); len(before) != 1 || !slices.Equal(after, before) {
			t.Errorf("copies %v, before the exact run %v; want the same one", after, before)
		}
		record, err = w.Lab.Record(w.As("bank"), g.Space.ID)
		if err != nil || record.Meter.Used.Runs != 2 || record.Meter.Used.Rows != 2*noised.Usage.Rows || len(record.Supplies) != 1 || len(record.Supplies[0].Batches) != 1 {
			t.Errorf("metered %+v with %+v, %v; want two runs on one batch", record.Meter.Used, record.Supplies, err)
		}
		table, _, err := w.Lab.ExactResult(r)
		town.Must(t, err)
		people := uint64(0)
		for _, c := range table.Cells {
			people += c.Units.GetCardinality()
		}
		if seen := noised.For(access.Actor{Org: noised.Org, Roles: []access.Role{access.DataUser}}); noised.Result == "" || seen.Result != "" {
			t.Errorf("the tenant reads the digest %q of a result that nobody reviewed", seen.Result)
		}
		if noised.Usage.Rows != catalog.TwoDigits(noised.Usage.Rows) || noised.Usage.Bytes != catalog.TwoDigits(noised.Usage.Bytes) || noised.Usage.Wall%1e6 != 0 || noised.Usage.CPU%1e6 != 0 {
			t.Errorf("the tenant reads %+v: exact rows, bytes or times are answers about raw data", noised.Usage)
		}
		if people != town.Rows {
			t.Errorf("%d people in the exact table, want %d", people, town.Rows)
		}
		w.Fsck()
	})
}

// The same person has one number in the exact tables of every space, though no two spaces have a pseudonym in common.
func TestService_RunExact_numbers(t *testing.T) {
	w := town.SQLite(t)
	var tables []release.ExactTable
	for _, who := range []string{"bank", "other"} {
		g := w.Grants(who, share)
		w.Permits(who, g)
		r, err := w.Lab.RunExact(w.As(who), g.Space.ID, g.Table.ID)
		town.Must(t, err)
		table, _, err := w.Lab.ExactResult(r)
		town.Must(t, err)
		tables = append(tables, table)
	}
	for i, c := range tables[0].Cells {
		if !c.Units.Equals(tables[1].Cells[i].Units) {
			t.Errorf("cell %d has %d units in one space, %d in the other, and they are not the same", c.Index, c.Units.GetCardinality(), tables[1].Cells[i].Units.GetCardinality())
		}
	}
	if n := w.Count(`SELECT total FROM exact_units WHERE kind = 'person'`); n != town.Rows {
		t.Errorf("%d numbers were given, want one for each of %d people", n, town.Rows)
	}
}

// Nothing exact comes into a space that was closed: not before the engine reads, not after it has read, and closing waits for the
// copies that are being read.
func TestService_RunExact_closing(t *testing.T) {
	town.Each(t, func(t *testing.T, w *town.Town) {
		g := w.Grants("bank", share)
		w.Permits("bank", g)
		begin := func() *lab.Exact {
			t.Helper()
			x, err := w.Lab.BeginExact(w.As("bank"), g.Space.ID, g.Table.ID)
			town.Must(t, err)
			return x
		}
		early, late, reading := begin(), begin(), begin()
		late.Compute(t.Context())
		done, err := reading.Hold(t.Context())
		town.Must(t, err)
		w.Arrange(func(ctx context.Context, tx *act.Tx) error { return w.Lab.CloseTx(ctx, tx, g.Space.ID, "授权终止") })
		destroyed := make(chan error)
		go func() {
			_, err := w.Lab.Destroy(w.As("operator"), g.Space.ID)
			destroyed <- err
		}()
		time.Sleep(50 * time.Millisecond) // enough for one that does not wait to be seen
		if files := inSpace(w, g.Space.ID); len(files) != 1 {
			t.Errorf("%v is there while it is read, want the copy", files)
		}
		done()
		town.Must(t, <-destroyed)

		early.Compute(t.Context())
		for what, x := range map[string]*lab.Exact{"computed after the closing": early, "ended after the closing": late} {
			r, err := x.Finish(w.As("bank"))
			e := town.WantCode(t, what, err, errs.Forbidden)
			if r.State != lab.Failed || r.Result != "" || !strings.Contains(e.Msg, "已经关闭") || !strings.Contains(r.Why, "已经关闭") {
				t.Errorf("%s: %+v, %v; want failed, without a result", what, r, err)
			}
		}
		if _, err := os.Stat(filepath.Join(w.Lab.Dir, g.Space.ID)); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("the folder of the closed space: %v, want none", err)
		}
		if n := w.Count(`SELECT count(*) FROM exact_units`); n != 0 {
			t.Error("a run that left nothing gave numbers")
		}
		_, err = w.Lab.BeginExact(w.As("bank"), g.Space.ID, g.Table.ID)
		town.WantCode(t, "starting after the closing", err, errs.Forbidden)
		w.Fsck()
	})
}

// A noised run whose space closes meanwhile leaves nothing either, and its charge stands.
func TestService_Run_closing(t *testing.T) {
	w := town.SQLite(t)
	g := w.Grants("bank", share)
	r, err := w.Lab.Begin(w.As("bank"), g.Space.ID, g.Table.ID)
	town.Must(t, err)
	w.Arrange(func(ctx context.Context, tx *act.Tx) error { return w.Lab.CloseTx(ctx, tx, g.Space.ID, "授权终止") })
	ended, err := w.Lab.End(w.As("bank"), r, "sha256:00", nil)
	town.WantCode(t, "ended after the closing", err, errs.Forbidden)
	if ended.State != lab.Failed || ended.Result != "" || charged(t, w) != r.Rho {
		t.Errorf("ended = %+v, charged %d; want failed without a result, charged %d", ended, charged(t, w), r.Rho)
	}
	w.Fsck()
}
