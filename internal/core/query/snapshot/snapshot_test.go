package snapshot

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yunei/internal/core/query"
)

func table() *query.Table {
	return &query.Table{Name: "visits", UnitKind: "person", SubjectKey: "sid", Columns: []query.Column{
		{Name: "sid", Type: query.Type{Kind: query.Text}, Role: query.SubjectKey},
		{Name: "cost", Type: query.Number(2), Null: true},
		{Name: "city", Type: query.Type{Kind: query.Text}, Null: true},
		{Name: "day", Type: query.Type{Kind: query.Date}},
		{Name: "ok", Type: query.Type{Kind: query.Bool}, Null: true},
	}}
}

func row(sid string, cost int64, city string) []query.Value {
	r := []query.Value{query.Null, query.NumberValue(cost, 2), query.TextValue(city), {Kind: query.Date, N: 19000}, query.BoolValue(cost > 0)}
	if sid != "" {
		r[0] = query.TextValue(sid)
	}
	if city == "" {
		r[2] = query.Null
	}
	return r
}

func refs(t *query.Table) []query.ColumnRef {
	out := make([]query.ColumnRef, len(t.Columns))
	for i, c := range t.Columns {
		out[i] = query.ColumnRef{Name: c.Name, Type: c.Type, Null: c.Null}
	}
	return out
}

func TestWrite_ReadsBackSorted(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.parquet")
	in := [][]query.Value{row("b", 100, "泉州"), row("a", -5, "it's"), row("", 7, ""), row("b", 0, "")}
	if err := Write(path, table(), in); err != nil {
		t.Fatal(err)
	}
	got, err := Read(path, refs(table()))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([][]query.Value{in[2], in[1], in[0], in[3]}, got.Rows); d != "" {
		t.Errorf("rows (-want +got):\n%s", d)
	}
	seen, err := Copy(path, path+".copy", Supply{Key: "sid", As: "sid", Pseudonym: func(sid string) int64 { return int64(sid[0]) }})
	if err != nil || seen.Most != 2 {
		t.Errorf("most rows of a subject = %d, %v, want 2: the row without a sid is nobody's", seen.Most, err)
	}
}

func TestCopy_HidesSids(t *testing.T) {
	dir := t.TempDir()
	src, dst := filepath.Join(dir, "s.parquet"), filepath.Join(dir, "d.parquet")
	if err := Write(src, table(), [][]query.Value{row("a", 1, "x"), row("b", 2, "y"), row("b", 3, "z"), row("", 4, "w")}); err != nil {
		t.Fatal(err)
	}
	swap := map[string]int64{"a": 22, "b": -1}
	granted := []query.ColumnRef{{Name: "cost", Type: query.Number(2), Null: true}}
	supply := Supply{Key: "sid", As: "pid", Columns: granted, Unique: []string{"cost"}, Pseudonym: func(sid string) int64 { return swap[sid] }}
	seen, err := Copy(src, dst, supply)
	if err != nil || seen != (Copied{Rows: 3, Most: 2, Unique: true}) {
		t.Errorf("copied %+v, %v: want 3 rows (one is nobody's), at most 2 of one subject, told apart by cost", seen, err)
	}
	got, err := Read(dst, append([]query.ColumnRef{{Name: "pid", Type: query.Type{Kind: query.Int}}}, granted...))
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, r := range got.Rows {
		lines = append(lines, r[0].Text()+"="+r[1].Text())
	}
	if d := cmp.Diff("-1=0.02 -1=0.03 22=0.01", strings.Join(lines, " ")); d != "" {
		t.Errorf("supplied rows (-want +got):\n%s", d)
	}
	for _, hidden := range []string{"sid", "city"} {
		if _, err := Read(dst, []query.ColumnRef{{Name: hidden}}); err == nil {
			t.Errorf("the copy still has column %s", hidden)
		}
	}
	supply.Pseudonym = func(string) int64 { return 7 }
	if _, err := Copy(src, dst, supply); !errors.Is(err, ErrCollision) {
		t.Errorf("two subjects under one pseudonym = %v, want refused", err)
	}
}

// A table about nobody is copied as it is; whether its keys name a row is measured, not believed.
func TestCopy_Public(t *testing.T) {
	dir := t.TempDir()
	src, dst := filepath.Join(dir, "s.parquet"), filepath.Join(dir, "d.parquet")
	product := &query.Table{Name: "product", Columns: []query.Column{{Name: "sku", Type: query.Type{Kind: query.Int}}, {Name: "maker", Type: query.Type{Kind: query.Int}}}}
	rows := [][]query.Value{{query.IntValue(1), query.IntValue(5)}, {query.IntValue(2), query.IntValue(5)}}
	if err := Write(src, product, rows); err != nil {
		t.Fatal(err)
	}
	for column, unique := range map[string]bool{"sku": true, "maker": false} {
		seen, err := Copy(src, dst, Supply{Columns: refs(product), Unique: []string{column}})
		if err != nil || seen.Rows != 2 || seen.Unique != unique {
			t.Errorf("unique by %s: %+v, %v, want %v", column, seen, err, unique)
		}
	}
}

func TestWrite_Refuses(t *testing.T) {
	for name, r := range map[string][]query.Value{
		"short row":        row("a", 1, "x")[:3],
		"wrong type":       {query.TextValue("a"), query.TextValue("1"), query.Null, {Kind: query.Date}, query.Null},
		"NULL in a day":    {query.TextValue("a"), query.Null, query.Null, query.Null, query.Null},
		"other precision":  {query.TextValue("a"), query.NumberValue(1, 3), query.Null, {Kind: query.Date}, query.Null},
		"key is no string": {query.IntValue(5), query.Null, query.Null, {Kind: query.Date}, query.Null},
	} {
		if err := Write(filepath.Join(t.TempDir(), "s.parquet"), table(), [][]query.Value{r}); err == nil {
			t.Errorf("%s: written, want an error", name)
		}
	}
}
