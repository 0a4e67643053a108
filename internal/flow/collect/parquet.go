package collect

import (
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"strconv"

	"github.com/parquet-go/parquet-go"

	"yunei/internal/core/query"
	"yunei/internal/flow/catalog"
)

// rowGroup is how many rows a row group holds.
const rowGroup = 100_000

// schemaOf is the Parquet schema of a snapshot: sid first where there is a subject, then the items in the entry's order. A struct type
// is built because parquet.Group would sort the columns by name.
func schemaOf(keyed bool, columns []*column) *parquet.Schema {
	var fields []reflect.StructField
	add := func(name string, t reflect.Type, optional bool) {
		tag := name
		if optional {
			tag += ",optional"
		}
		fields = append(fields, reflect.StructField{Name: "F" + strconv.Itoa(len(fields)), Type: t, Tag: reflect.StructTag(`parquet:"` + tag + `"`)})
	}
	if keyed {
		add(catalog.KeyColumn, reflect.TypeFor[string](), true)
	}
	for _, c := range columns {
		t := reflect.TypeFor[int64]()
		if c.text() {
			t = reflect.TypeFor[string]()
		}
		add(c.field.Name, t, c.field.Nullable)
	}
	return parquet.SchemaOf(reflect.New(reflect.StructOf(fields)).Interface())
}

// writeParquet writes the table in sid order, in the format that core/query/snapshot reads. The same rows give the same bytes.
func (t *table) writeParquet(w io.Writer) error {
	schema := schemaOf(t.sid != nil, t.columns)
	pw := parquet.NewWriter(w, schema, parquet.Compression(&parquet.Zstd), parquet.MaxRowsPerRowGroup(rowGroup), parquet.CreatedBy("yunei", "1", "snapshot"))
	const batch = 512
	rows := make([]parquet.Row, 0, batch)
	for i, row := range t.order {
		rows = append(rows, t.parquetRow(int(row)))
		if len(rows) == batch || i == len(t.order)-1 {
			if _, err := pw.WriteRows(rows); err != nil {
				return fmt.Errorf("write snapshot: %w", err)
			}
			rows = rows[:0]
		}
	}
	if err := pw.Close(); err != nil {
		return fmt.Errorf("write snapshot: %w", err)
	}
	return nil
}

func (t *table) parquetRow(row int) parquet.Row {
	out := make(parquet.Row, 0, len(t.columns)+1)
	put := func(v parquet.Value, optional bool) {
		level := 0
		if optional && !v.IsNull() {
			level = 1
		}
		out = append(out, v.Level(0, level, len(out)))
	}
	if t.sid != nil {
		if t.sid[row] == "" {
			put(parquet.NullValue(), true)
		} else {
			put(parquet.ByteArrayValue([]byte(t.sid[row])), true)
		}
	}
	for _, c := range t.columns {
		switch {
		case c.null[row]:
			put(parquet.NullValue(), c.field.Nullable)
		case c.text():
			put(parquet.ByteArrayValue([]byte(c.s[row])), c.field.Nullable)
		default:
			put(parquet.Int64Value(c.n[row]), c.field.Nullable)
		}
	}
	return out
}

// body is one row as the control database keeps it: a JSON array in the order of the items, numbers in units of the scale.
func (t *table) body(row int) (string, error) {
	out := make([]any, len(t.columns))
	for i, c := range t.columns {
		switch {
		case c.null[row]:
		case c.text():
			out[i] = c.s[row]
		default:
			out[i] = c.n[row]
		}
	}
	b, err := json.Marshal(out)
	return string(b), err
}

// decode reads a row that body wrote.
func decode(body string, types []query.Type) ([]query.Value, error) {
	var cells []json.RawMessage
	if err := json.Unmarshal([]byte(body), &cells); err != nil {
		return nil, err
	}
	if len(cells) != len(types) {
		return nil, fmt.Errorf("row has %d values, the entry %d items", len(cells), len(types))
	}
	out := make([]query.Value, len(types))
	for i, cell := range cells {
		if string(cell) == "null" {
			continue
		}
		v := query.Value{Kind: types[i].Kind, Scale: types[i].Scale}
		target := any(&v.N)
		if v.Kind == query.Text {
			target = &v.S
		}
		if err := json.Unmarshal(cell, target); err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}
