package collect_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"yunei/internal/base/clock"
	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/blob"
	"yunei/internal/core/query"
	"yunei/internal/core/query/snapshot"
	"yunei/internal/flow/catalog"
	"yunei/internal/flow/collect"
	"yunei/internal/test/house"
	"yunei/internal/test/story/resources"
	"yunei/internal/test/testdb"
)

type fixture struct {
	*house.House
	catalog *catalog.Service
	collect *collect.Service
	blobs   *blob.Store
	temp    string
	holder  context.Context
	bureau  context.Context
	user    context.Context
}

func setup(t testing.TB, db *sqldb.DB) *fixture {
	t.Helper()
	f := &fixture{House: house.New(t, db), temp: t.TempDir(), holder: house.As(t.Context(), "org_finance", access.Holder),
		bureau: house.As(t.Context(), "org_bureau", access.Bureau), user: house.As(t.Context(), "org_bank", access.DataUser)}
	var err error
	if f.blobs, err = blob.Open(t.TempDir(), 0); err != nil {
		t.Fatal(err)
	}
	f.catalog = catalog.New(f.Acts)
	f.collect = collect.New(collect.Deps{DB: db, Acts: f.Acts, Catalog: f.catalog, Blobs: f.blobs, Temp: f.temp,
		Seal: collect.SealerOf(f.Keys)})
	return f
}

func (f *fixture) publish(t testing.TB, c catalog.Content) catalog.Entry {
	t.Helper()
	e, err := f.catalog.Draft(f.holder, c)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = f.catalog.Submit(f.holder, e.ID); err != nil {
		t.Fatal(err)
	}
	if e, err = f.catalog.Publish(f.bureau, e.ID); err != nil {
		t.Fatal(err)
	}
	return e
}

// file is the first n rows of a resource's file.
func file(t *testing.T, r resources.Resource, n int) string {
	t.Helper()
	in, err := r.File()
	if err != nil {
		t.Fatal(err)
	}
	all, err := io.ReadAll(in)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfterN(string(all), "\n", n+2)
	return strings.Join(lines[:n+1], "")
}

func (f *fixture) active(t *testing.T, resource string) (snap collect.Snapshot, err error) {
	t.Helper()
	viewErr := f.DB.View(t.Context(), func(tx *sqldb.Tx) error {
		snap, err = f.collect.ActiveSnapshot(t.Context(), tx, resource)
		return nil
	})
	if viewErr != nil {
		t.Fatal(viewErr)
	}
	return snap, err
}

func (f *fixture) count(t *testing.T, statement string, args ...any) (n int64) {
	t.Helper()
	if err := f.DB.View(t.Context(), func(tx *sqldb.Tx) error { return tx.QueryRow(t.Context(), statement, args...).Scan(&n) }); err != nil {
		t.Fatal(err)
	}
	return n
}

func credit() resources.Resource { return resources.All()[0] }

// TestService_Load_RealData collects the three whole files and reads every one of their rows back.
func TestService_Load_RealData(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *sqldb.DB) {
		f := setup(t, db)
		for _, r := range resources.All() {
			e := f.publish(t, r.Content)
			in, err := r.File()
			if err != nil {
				t.Fatal(err)
			}
			began := time.Now()
			snap, err := f.collect.Load(f.holder, e.ID, e.Table+".csv", in)
			if err != nil {
				t.Fatalf("load %s: %v", e.Table, err)
			}
			t.Logf("%s: %d rows, %d subjects, %d bytes, %v", e.Table, snap.Rows, snap.Subjects, snap.Size, time.Since(began).Round(time.Millisecond))
			want := map[string]int64{"credit_default": 30000, "census_income": 32561, "beijing_pm25": 43824}[e.Table]
			if snap.Rows != want || snap.Unkeyed != 0 || snap.State != collect.Active || snap.Version != 1 {
				t.Errorf("%s: %+v, want %d rows in use as version 1", e.Table, snap, want)
			}
			if r.FirstPerson >= 0 && snap.Subjects != want {
				t.Errorf("%s: %d subjects, want one per row", e.Table, snap.Subjects)
			}
			if got, err := f.active(t, e.ID); err != nil || got.ID != snap.ID || got.Path == "" {
				t.Errorf("active snapshot of %s = %s at %q, %v; want %s", e.Table, got.ID, got.Path, err, snap.ID)
			}
			f.compare(t, r, e, snap)
			if err := f.DB.View(t.Context(), func(tx *sqldb.Tx) error {
				now, err := f.catalog.Load(t.Context(), tx, e.ID)
				if now.Supply.Snapshot != snap.ID || now.Supply.Rows != want {
					t.Errorf("supply of %s = %+v, want snapshot %s with %d rows", e.Table, now.Supply, snap.ID, want)
				}
				return err
			}); err != nil {
				t.Error(err)
			}
		}
	})
}

// compare holds the collected rows against the published file: of people through the subject store, of air quality in the snapshot.
func (f *fixture) compare(t *testing.T, r resources.Resource, e catalog.Entry, snap collect.Snapshot) {
	t.Helper()
	original, err := resources.Original(e.Table)
	if err != nil {
		t.Fatal(err)
	}
	in := csv.NewReader(original)
	header, _ := in.Read()
	at := map[string]int{}
	for i, h := range header {
		at[h] = i
	}
	same := func(field catalog.Field, v query.Value, raw string) bool {
		if raw == "NA" || raw == "?" {
			return v.IsNull()
		}
		if v.Kind == query.Text {
			return v.S == raw
		}
		n, err := collect.ParseScaled(raw, field.Scale)
		return err == nil && !v.IsNull() && v.N == n
	}
	var fields []catalog.Field
	for _, field := range e.Fields {
		if field.Role != query.SubjectKey {
			fields = append(fields, field)
		}
	}
	if r.FirstPerson < 0 {
		var columns []query.ColumnRef
		for _, field := range fields {
			columns = append(columns, query.ColumnRef{Name: field.Name, Type: field.DataType(), Null: field.Nullable})
		}
		read, err := snapshot.Read(snap.Path, columns)
		if err != nil || int64(len(read.Rows)) != snap.Rows {
			t.Fatalf("%s: read %d rows, %v; want %d", e.Table, len(read.Rows), err, snap.Rows)
		}
		for n, row := range read.Rows {
			record, err := in.Read()
			for i, field := range fields {
				if err != nil || !same(field, row[i], record[at[field.HeaderName()]]) {
					t.Fatalf("%s row %d: %s = %v, %v; want %q", e.Table, n, field.Name, row[i], err, record[at[field.HeaderName()]])
				}
			}
		}
		return
	}
	if err := f.DB.View(t.Context(), func(tx *sqldb.Tx) error {
		for n := 0; n < 30000; n++ {
			record, err := in.Read()
			if err != nil {
				return err
			}
			if n%499 != 0 { // every row was counted; comparing some keeps the test short
				continue
			}
			sid, err := f.collect.SID(collect.KindPerson, r.Number(n))
			if err != nil {
				return err
			}
			rows, _, err := f.collect.Rows(t.Context(), tx, e.ID, sid)
			if err != nil || len(rows.Rows) != 1 || rows.Columns[0] != "sid" || rows.Rows[0][0].S != sid {
				t.Fatalf("%s person %d: %d rows, columns %v, %v; want one row that begins with the sid", e.Table, n, len(rows.Rows), rows.Columns, err)
			}
			for i, field := range fields {
				if !same(field, rows.Rows[0][i+1], record[at[field.HeaderName()]]) {
					t.Fatalf("%s person %d: %s = %v, want %q", e.Table, n, field.Name, rows.Rows[0][i+1], record[at[field.HeaderName()]])
				}
			}
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
}

// TestService_Load_NoNumberIsKept looks for identity numbers in everything the load wrote.
func TestService_Load_NoNumberIsKept(t *testing.T) {
	dir := t.TempDir()
	db := testdb.Open(t, "sqlite:"+dir+"/yunei.db", clock.Real{})
	f := setup(t, db)
	e := f.publish(t, credit().Content)
	snap, err := f.collect.Load(f.holder, e.ID, "a.csv", strings.NewReader(file(t, credit(), 200)))
	if err != nil {
		t.Fatal(err)
	}
	left, _ := os.ReadDir(dir)
	paths := []string{snap.Path}
	for _, file := range left {
		paths = append(paths, dir+"/"+file.Name())
	}
	for _, path := range paths {
		if raw, _ := os.ReadFile(path); bytes.Contains(raw, []byte("990000194001")) {
			t.Errorf("%s holds an identity number", path)
		}
	}
	if left, _ := os.ReadDir(f.temp); len(left) != 0 {
		t.Errorf("temporary files left: %v", left)
	}
}

func TestService_Load_SameFileTwice(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *sqldb.DB) {
		f := setup(t, db)
		e := f.publish(t, credit().Content)
		text := file(t, credit(), 50)
		one, err := f.collect.Load(f.holder, e.ID, "a.csv", strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		two, err := f.collect.Load(f.holder, e.ID, "b.csv", strings.NewReader(text))
		if err != nil || two.ID != one.ID || two.Digest != one.Digest {
			t.Errorf("same file again = %s, %v; want the same snapshot %s", two.ID, err, one.ID)
		}
		if n := f.count(t, `SELECT count(*) FROM snapshot`); n != 1 {
			t.Errorf("%d loads on record, want 1", n)
		}
	})
}

// TestService_Load_Replaces: a newer file takes the place of the older in one step, and the older one's rows are cleaned.
func TestService_Load_Replaces(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *sqldb.DB) {
		f := setup(t, db)
		e := f.publish(t, credit().Content)
		one, err := f.collect.Load(f.holder, e.ID, "a.csv", strings.NewReader(file(t, credit(), 50)))
		if err != nil {
			t.Fatal(err)
		}
		two, err := f.collect.Load(f.holder, e.ID, "b.csv", strings.NewReader(file(t, credit(), 60)))
		if err != nil {
			t.Fatal(err)
		}
		if two.Version != 2 || two.Rows != 60 {
			t.Errorf("second snapshot is version %d with %d rows, want 2 with 60", two.Version, two.Rows)
		}
		if old, err := f.collect.Get(f.holder, one.ID); err != nil || old.State != collect.Superseded {
			t.Errorf("first snapshot is %s, %v; want superseded", old.State, err)
		}
		if _, err := f.collect.Sweep(t.Context(), time.Hour); err != nil {
			t.Fatal(err)
		}
		if n := f.count(t, `SELECT count(*) FROM subject_row WHERE snapshot = $1`, one.ID); n != 0 {
			t.Errorf("%d rows of the first snapshot by subject, want them cleaned", n)
		}
		if !f.blobs.Has(one.Digest) {
			t.Error("the first snapshot's file is gone, want it kept for what was computed on it")
		}
	})
}

// TestService_Load_Failed: a file that does not fit leaves the one in use as it was, and why it was refused can be read.
func TestService_Load_Failed(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *sqldb.DB) {
		f := setup(t, db)
		e := f.publish(t, credit().Content)
		good, err := f.collect.Load(f.holder, e.ID, "good.csv", strings.NewReader(file(t, credit(), 50)))
		if err != nil {
			t.Fatal(err)
		}
		bad := strings.Replace(file(t, credit(), 60), ",20000,2,2,1,24,", ",20000,2,9,1,24,", 1)
		_, err = f.collect.Load(f.holder, e.ID, "bad.csv", strings.NewReader(bad))
		var fault *errs.Error
		if !errors.As(err, &fault) || fault.Code != errs.Invalid || len(fault.Spots) != 1 || fault.Spots[0].Where != "第 2 行, 列 EDUCATION" {
			t.Fatalf("bad file: got %v, want one fault at line 2, EDUCATION", err)
		}
		if now, err := f.active(t, e.ID); err != nil || now.ID != good.ID {
			t.Errorf("in use after a refused file = %s, %v; want still %s", now.ID, err, good.ID)
		}
		page, _, err := f.collect.List(f.bureau, e.ID, "", 10)
		if err != nil || len(page) != 2 || page[0].State != collect.Failed || len(page[0].Problems) != 1 {
			t.Errorf("loads as the bureau sees them = %+v, %v; want the failed one first, with its problem", page, err)
		}
		if _, _, err := f.collect.List(f.user, e.ID, "", 10); !errs.Is(err, errs.NotFound) {
			t.Errorf("loads as a data user sees them: got %v, want not_found", err)
		}
		if n := f.count(t, `SELECT count(*) FROM subject_row`); n != 50 {
			t.Errorf("%d rows by subject, want the 50 in use", n)
		}
	})
}

func TestService_Load_ErrNotTheHolder(t *testing.T) {
	f := setup(t, testdb.SQLite(t, clock.Real{}))
	e := f.publish(t, credit().Content)
	text := file(t, credit(), 5)
	for _, c := range []struct {
		name string
		ctx  context.Context
		want errs.Code
	}{
		{"another holder", house.As(t.Context(), "org_health", access.Holder), errs.Forbidden},
		{"the bureau", f.bureau, errs.Forbidden},
		{"a data user", f.user, errs.Forbidden},
		{"the public", t.Context(), errs.Unauthenticated},
	} {
		if _, err := f.collect.Load(c.ctx, e.ID, "a.csv", strings.NewReader(text)); !errs.Is(err, c.want) {
			t.Errorf("load by %s: got %v, want %s", c.name, err, c.want)
		}
	}
	if n := f.count(t, `SELECT count(*) FROM ledger_entry WHERE act = 'collect.load' AND outcome = 'refused'`); n != 3 {
		t.Errorf("%d refusals on record, want those of the three who were signed in", n)
	}
	draft, _ := f.catalog.Draft(f.holder, resources.CensusIncome())
	if _, err := f.collect.Load(f.holder, draft.ID, "a.csv", strings.NewReader(text)); !errs.Is(err, errs.NotFound) {
		t.Errorf("load into a draft: got %v, want not_found", err)
	}
}

// TestService_Fsck changes single values in the database behind the ledger's back: each is found, in an entry, in a snapshot and in a row
// of a subject.
func TestService_Fsck(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *sqldb.DB) {
		f := setup(t, db)
		e := f.publish(t, credit().Content)
		for _, n := range []int{40, 50} {
			if _, err := f.collect.Load(f.holder, e.ID, "a.csv", strings.NewReader(file(t, credit(), n))); err != nil {
				t.Fatal(err)
			}
		}
		f.collect.Load(f.holder, e.ID, "bad.csv", strings.NewReader("x\n"))
		if err := f.Log.Seal(t.Context()); err != nil {
			t.Fatal(err)
		}
		problems := func() int {
			t.Helper()
			found, err := f.Log.Fsck(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return len(found)
		}
		if n := problems(); n != 0 {
			found, _ := f.Log.Fsck(t.Context())
			t.Fatalf("%d problems in an untouched database, want none: %v", n, found)
		}
		for _, c := range []struct{ spoil, mend string }{
			{`UPDATE catalog_entry SET open_access = 'unconditional'`, `UPDATE catalog_entry SET open_access = 'no'`},
			{`UPDATE catalog_entry SET holder = 'org_other'`, `UPDATE catalog_entry SET holder = 'org_finance'`},
			{`UPDATE snapshot SET row_count = row_count + 1`, `UPDATE snapshot SET row_count = row_count - 1`},
			{`UPDATE subject_row SET body = replace(body, '20000,', '20001,')`, `UPDATE subject_row SET body = replace(body, '20001,', '20000,')`},
		} {
			f.exec(t, c.spoil)
			if n := problems(); n == 0 {
				t.Errorf("after %s: no problem found", c.spoil)
			}
			f.exec(t, c.mend)
			if n := problems(); n != 0 {
				t.Errorf("after %s: %d problems, want none again", c.mend, n)
			}
		}
	})
}

func (f *fixture) exec(t *testing.T, statement string) {
	t.Helper()
	if err := f.DB.Do(t.Context(), func(tx *sqldb.Tx) error { _, err := tx.Exec(t.Context(), statement); return err }); err != nil {
		t.Fatal(err)
	}
}

// TestService_Load_TwoAtOnce: of two files at the same time one is collected or both one after the other, never half of each.
func TestService_Load_TwoAtOnce(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *sqldb.DB) {
		f := setup(t, db)
		e := f.publish(t, credit().Content)
		texts := []string{file(t, credit(), 300), file(t, credit(), 310), file(t, credit(), 320)}
		failed := make([]error, len(texts))
		var wg sync.WaitGroup
		for i, text := range texts {
			wg.Go(func() { _, failed[i] = f.collect.Load(f.holder, e.ID, "a.csv", strings.NewReader(text)) })
		}
		wg.Wait()
		done := 0
		for _, err := range failed {
			if err == nil {
				done++
			} else if !errs.Is(err, errs.Conflict) {
				t.Errorf("a load at the same time: got %v, want conflict or success", err)
			}
		}
		snap, err := f.active(t, e.ID)
		if done == 0 || err != nil {
			t.Fatalf("%d loads done, %v; want at least one in use", done, err)
		}
		if n := f.count(t, `SELECT count(*) FROM snapshot WHERE state = 'active'`); n != 1 {
			t.Errorf("%d snapshots in use, want 1", n)
		}
		if n := f.count(t, `SELECT count(*) FROM subject_row WHERE snapshot = $1`, snap.ID); n != snap.Rows {
			t.Errorf("%d rows by subject of the one in use, want %d", n, snap.Rows)
		}
	})
}
