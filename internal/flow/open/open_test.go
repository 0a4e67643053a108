package open_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yunei/internal/base/clock"
	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/blob"
	"yunei/internal/flow/catalog"
	"yunei/internal/flow/collect"
	"yunei/internal/flow/open"
	"yunei/internal/test/house"
	"yunei/internal/test/story/resources"
	"yunei/internal/test/testdb"
	"yunei/regimes"
)

type fixture struct {
	t              *testing.T
	catalog        *catalog.Service
	collect        *collect.Service
	open           *open.Service
	holder, bureau context.Context
}

func setup(t *testing.T, db *sqldb.DB) *fixture {
	t.Helper()
	h := house.New(t, db)
	blobs, err := blob.Open(t.TempDir(), 0)
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{t: t, catalog: catalog.New(h.Acts), holder: house.As(t.Context(), "org_environment", access.Holder), bureau: house.As(t.Context(), "org_bureau", access.Bureau)}
	f.collect = collect.New(collect.Deps{DB: db, Acts: h.Acts, Catalog: f.catalog, Blobs: blobs, Temp: t.TempDir(), Seal: collect.NewSealer([]byte("key"), "k1")})
	f.open = open.New(open.Deps{DB: db, Law: h.Law, Catalog: f.catalog, Collect: f.collect})
	// The packs that ship with the program: they refuse nothing that the story does.
	if err := h.Law.Load(regimes.FS, "quanzhou-2024-05-17"); err != nil {
		t.Fatal(err)
	}
	return f
}

func (f *fixture) publish(c catalog.Content) catalog.Entry {
	f.t.Helper()
	e, err := f.catalog.Draft(f.holder, c)
	if err != nil {
		f.t.Fatal(err)
	}
	if _, err = f.catalog.Submit(f.holder, e.ID); err != nil {
		f.t.Fatal(err)
	}
	if e, err = f.catalog.Publish(f.bureau, e.ID); err != nil {
		f.t.Fatal(err)
	}
	return e
}

// load collects the first bytes of a resource's file, whole lines of them; 0 is all.
func (f *fixture) load(e catalog.Entry, r resources.Resource, bytes int) {
	f.t.Helper()
	in, err := r.File()
	if err != nil {
		f.t.Fatal(err)
	}
	if bytes > 0 {
		head := make([]byte, bytes)
		if _, err := io.ReadFull(in, head); err != nil {
			f.t.Fatal(err)
		}
		in = strings.NewReader(string(head[:strings.LastIndexByte(string(head), '\n')+1]))
	}
	if _, err := f.collect.Load(f.holder, e.ID, e.Table+".csv", in); err != nil {
		f.t.Fatal(err)
	}
}

func air() resources.Resource { return resources.All()[2] }

// TestService_RealData takes the air quality of five years as the public does: list, page, rows, chart, download.
func TestService_RealData(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *sqldb.DB) {
		f := setup(t, db)
		e := f.publish(air().Content)
		f.load(e, air(), 0)
		ctx := t.Context() // nobody is signed in
		list, next, err := f.open.List(ctx, "空气", "", 10)
		if err != nil || next != "" || len(list) != 1 || list[0].Table != "beijing_pm25" || list[0].Rows != 43824 {
			t.Fatalf("list = %+v, next %q, %v; want the air quality with 43824 rows", list, next, err)
		}
		r, err := f.open.Get(ctx, "beijing_pm25")
		if err != nil || r.ID != e.ID || len(r.Fields) != 13 || r.Licence == "" || r.Source == "" {
			t.Fatalf("page = %+v, %v; want 13 items with licence and source", r, err)
		}
		rows, err := f.open.Rows(ctx, e.ID, open.Query{Fields: []string{"no", "pm", "temp", "cbwd"}, Where: open.Where{"year": "2010", "month": "1", "day": "2"}, Limit: 2})
		if err != nil {
			t.Fatal(err)
		}
		// The lines of the published file: 25,2010,1,2,0,129,-16,-4,1020,SE,1.79,0,0 and 26,2010,1,2,1,148,-15,-4,1020,SE,2.68,0,0.
		want := [][]string{{"25", "129", "-4", "SE"}, {"26", "148", "-4", "SE"}}
		var got [][]string
		for _, row := range rows.Rows {
			got = append(got, nil)
			for _, v := range row {
				got[len(got)-1] = append(got[len(got)-1], *v)
			}
		}
		if d := cmp.Diff(want, got); d != "" || rows.Next != "26" {
			t.Errorf("rows of 2010-01-02, next %q (-want +got):\n%s", rows.Next, d)
		}
		first, err := f.open.Rows(ctx, e.ID, open.Query{Fields: []string{"pm"}, Limit: 1})
		if err != nil || first.Rows[0][0] != nil {
			t.Errorf("first hour's PM2.5 = %v, %v; want it missing, as published", first.Rows, err)
		}
		days, err := f.open.Series(ctx, e.ID, "pm", open.Day, nil)
		if err != nil || len(days) != 1826 {
			t.Fatalf("%d days, %v; want the 1826 of five years", len(days), err)
		}
		months, err := f.open.Series(ctx, e.ID, "pm", open.Month, open.Where{"year": "2010"})
		if err != nil || len(months) != 12 || months[0].At != "2010-01" {
			t.Fatalf("months of 2010 = %v, %v; want twelve from 2010-01", months, err)
		}
		f.takesTheWholeFile(e)
	})
}

// takesTheWholeFile downloads both formats and holds them to their digest and to the published file.
func (f *fixture) takesTheWholeFile(e catalog.Entry) {
	t := f.t
	original, err := resources.Original(e.Table)
	if err != nil {
		t.Fatal(err)
	}
	published, err := csv.NewReader(original).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, format := range []open.Format{open.CSV, open.JSON} {
		began := time.Now()
		d, err := f.open.Download(t.Context(), e.Table, format)
		if err != nil {
			t.Fatal(err)
		}
		var got bytes.Buffer
		n, err := d.WriteTo(&got)
		sum := sha256.Sum256(got.Bytes())
		if err != nil || n != d.Size || d.Digest != "sha256:"+hex.EncodeToString(sum[:]) {
			t.Errorf("%s: %d bytes, %v, digest of them %x; want %d bytes with digest %s", format, n, err, sum, d.Size, d.Digest)
		}
		t.Logf("%s: %s, %d bytes, %v", format, d.Name, n, time.Since(began).Round(time.Millisecond))
		var rows [][]string
		if format == open.CSV {
			if rows, err = csv.NewReader(&got).ReadAll(); err != nil {
				t.Fatal(err)
			}
			rows = rows[1:]
		} else {
			var objects []map[string]any
			in := json.NewDecoder(&got)
			in.UseNumber()
			if err := in.Decode(&objects); err != nil {
				t.Fatal(err)
			}
			for _, o := range objects {
				var row []string
				for _, field := range e.Fields {
					s := ""
					if o[field.Name] != nil {
						s = fmt.Sprint(o[field.Name])
					}
					row = append(row, s)
				}
				rows = append(rows, row)
			}
		}
		if len(rows) != len(published)-1 {
			t.Fatalf("%s: %d rows, want %d", format, len(rows), len(published)-1)
		}
		for i, row := range rows {
			want := strings.ReplaceAll(strings.Join(published[i+1], ","), "NA", "")
			if got := strings.Join(row, ","); got != want {
				t.Fatalf("%s row %d = %s, want %s", format, i, got, want)
			}
		}
	}
	if err := f.open.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if r, err := f.open.Get(t.Context(), e.ID); err != nil || r.Taken != 2 {
		t.Errorf("taken %d times, %v; want 2", r.Taken, err)
	}
}

// TestService_NothingElseLeaves asks for everything that is not open, in every way there is. Each answer is the same as for what does not
// exist.
func TestService_NothingElseLeaves(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *sqldb.DB) {
		f := setup(t, db)
		credit := resources.All()[0]
		closed := f.publish(credit.Content)
		f.load(closed, credit, 4000)
		draft, err := f.catalog.Draft(f.holder, air().Content)
		if err != nil {
			t.Fatal(err)
		}
		conditional := air().Content
		conditional.Table, conditional.Open = "air_conditional", catalog.Channel{Access: catalog.Conditional, Condition: "须申请"}
		for i := range conditional.Fields {
			conditional.Fields[i].Uses = conditional.Fields[i].Uses[1:] // no plain text
		}
		onDemand := f.publish(conditional)
		f.load(onDemand, resources.Resource{Content: air().Content, FirstPerson: -1}, 4000)
		_, want := f.open.Get(t.Context(), "no_such_table")
		for _, name := range []string{closed.ID, closed.Table, draft.ID, draft.Table, onDemand.ID, onDemand.Table, "res_01J00000000000000000000000", "", "../x", "beijing_pm25' OR '1'='1"} {
			ctx := t.Context()
			answers := map[string]error{}
			_, answers["page"] = f.open.Get(ctx, name)
			_, answers["rows"] = f.open.Rows(ctx, name, open.Query{})
			_, answers["series"] = f.open.Series(ctx, name, "pm", open.Day, nil)
			_, answers["csv"] = f.open.Download(ctx, name, open.CSV)
			_, answers["json"] = f.open.Download(ctx, name, open.JSON)
			for how, err := range answers {
				if !errs.Is(err, errs.NotFound) || err.Error() != want.Error() {
					t.Errorf("%s of %q: got %v, want the words for what does not exist: %v", how, name, err, want)
				}
			}
		}
		if list, _, err := f.open.List(t.Context(), "", "", 10); err != nil || len(list) != 0 {
			t.Errorf("list = %+v, %v; want nothing", list, err)
		}
	})
}

// TestService_ClosedItem: an item that is closed inside an open resource is in no answer and cannot be asked about.
func TestService_ClosedItem(t *testing.T) {
	f := setup(t, testdb.SQLite(t, clock.Real{}))
	entry := air().Content
	for i := range entry.Fields {
		if entry.Fields[i].Name == "cbwd" {
			entry.Fields[i].Open = &catalog.Channel{Access: catalog.No, Reason: "涉及设备位置", Basis: "《中华人民共和国气象法》"}
			entry.Fields[i].Operate = &catalog.Channel{Access: catalog.Conditional, Condition: "须申请"}
			entry.Fields[i].Uses = nil
		}
	}
	e := f.publish(entry)
	f.load(e, air(), 4000)
	ctx := t.Context()
	d, err := f.open.Download(ctx, e.ID, open.CSV)
	if err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	d.WriteTo(&got)
	if strings.Contains(got.String(), "cbwd") || strings.Contains(got.String(), "NW") {
		t.Error("the download holds the closed item")
	}
	_, absent := f.open.Rows(ctx, e.ID, open.Query{Fields: []string{"nothing"}})
	_, closed := f.open.Rows(ctx, e.ID, open.Query{Fields: []string{"cbwd"}})
	if !errs.Is(closed, errs.Invalid) || strings.ReplaceAll(closed.Error(), "cbwd", "nothing") != absent.Error() {
		t.Errorf("asked for the closed item: got %v, want the words for what does not exist: %v", closed, absent)
	}
	if _, err := f.open.Rows(ctx, e.ID, open.Query{Where: open.Where{"cbwd": "NW"}}); !errs.Is(err, errs.Invalid) {
		t.Errorf("filtered by the closed item: got %v, want invalid", err)
	}
}

func TestService_BadRequests(t *testing.T) {
	f := setup(t, testdb.SQLite(t, clock.Real{}))
	e := f.publish(air().Content)
	ctx := t.Context()
	if _, err := f.open.Rows(ctx, e.ID, open.Query{}); !errs.Is(err, errs.NotFound) || !strings.Contains(err.Error(), "还没有归集数据") {
		t.Errorf("rows before any data: got %v, want not_found that says why", err)
	}
	f.load(e, air(), 4000)
	for name, ask := range map[string]func() error{
		"a filter on a measure":    func() error { _, err := f.open.Rows(ctx, e.ID, open.Query{Where: open.Where{"pm": "1"}}); return err },
		"a filter of another type": func() error { _, err := f.open.Rows(ctx, e.ID, open.Query{Where: open.Where{"year": "x"}}); return err },
		"a cursor of its own":      func() error { _, err := f.open.Rows(ctx, e.ID, open.Query{After: "-1"}); return err },
		"a chart of a dimension":   func() error { _, err := f.open.Series(ctx, e.ID, "year", open.Day, nil); return err },
		"a chart by the second":    func() error { _, err := f.open.Series(ctx, e.ID, "pm", "second", nil); return err },
		"another format":           func() error { _, err := f.open.Download(ctx, e.ID, "xlsx"); return err },
	} {
		if err := ask(); !errs.Is(err, errs.Invalid) {
			t.Errorf("%s: got %v, want invalid", name, err)
		}
	}
	if rows, err := f.open.Rows(ctx, e.ID, open.Query{After: "500"}); err != nil || len(rows.Rows) != 0 || rows.Next != "" {
		t.Errorf("rows after the last = %v, %v; want an empty last page", rows, err)
	}
}
