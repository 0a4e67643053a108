package collect

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"

	"yunei/internal/core/query"
	"yunei/internal/core/query/snapshot"
)

// TestParquet_RoundTrip writes a table and reads it back: sid first, sorted, numbers in units of the scale, missing values missing.
func TestParquet_RoundTrip(t *testing.T) {
	text := peopleHeader + row(2, "张三,1,1.5,2024-02-29,true") + row(1, "李四,2,NA,,0") + "无,王五,1,0,,\n"
	tab, err := checkText(t, people(), text)
	if err != nil {
		t.Fatal(err)
	}
	var one, two bytes.Buffer
	if err := tab.writeParquet(&one); err != nil {
		t.Fatal(err)
	}
	tab.writeParquet(&two)
	if !bytes.Equal(one.Bytes(), two.Bytes()) {
		t.Error("the same rows gave different bytes, want the same snapshot")
	}
	file, err := parquet.OpenFile(bytes.NewReader(one.Bytes()), int64(one.Len()))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range file.Schema().Fields() {
		names = append(names, f.Name())
	}
	if d := cmp.Diff([]string{"sid", "name", "sex", "income", "since", "active"}, names); d != "" {
		t.Errorf("columns (-want +got):\n%s", d)
	}
	path := filepath.Join(t.TempDir(), "snapshot")
	if err := os.WriteFile(path, one.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	entry := people()
	var columns []query.ColumnRef
	for _, f := range entry.Fields[1:] {
		columns = append(columns, query.ColumnRef{Name: f.Name, Type: f.DataType(), Null: f.Nullable})
	}
	read, err := snapshot.Read(path, columns)
	if err != nil {
		t.Fatal(err)
	}
	got := read.Rows
	subjects := int64(0)
	number := func(string) int64 { subjects++; return subjects }
	if seen, err := snapshot.Copy(path, path+".copy", snapshot.Supply{Key: "sid", As: "sid", Pseudonym: number}); seen.Most != 1 || err != nil {
		t.Errorf("most rows of a subject = %d, %v; want 1", seen.Most, err)
	}
	zhang := []query.Value{query.TextValue("张三"), query.IntValue(1), query.NumberValue(150, 2), {Kind: query.Date, N: 19782}, query.BoolValue(true)}
	li := []query.Value{query.TextValue("李四"), query.IntValue(2), query.Null, query.Null, query.BoolValue(false)}
	wang := []query.Value{query.TextValue("王五"), query.IntValue(1), query.NumberValue(0, 2), query.Null, query.Null}
	want := [][]query.Value{zhang, li, wang}
	if s, _ := NewSealer([]byte("key"), "k1").SID(KindPerson, InventedNumber(1)); s < tab.sid[0] {
		want = [][]query.Value{li, zhang, wang}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("rows (-want +got):\n%s", d)
	}
	var sids []string
	rows := file.RowGroups()[0].Rows()
	defer rows.Close()
	buf := make([]parquet.Row, 3)
	rows.ReadRows(buf)
	for _, r := range buf {
		sids = append(sids, string(r[0].ByteArray()))
	}
	if !slices.IsSorted(sids[:2]) || len(sids[0]) != 64 || !buf[2][0].IsNull() {
		t.Errorf("sid column = %v, want two sorted pseudonyms and then a missing one", sids)
	}
}
