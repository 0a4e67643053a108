// Package snapshot is the file format of a data snapshot (数据快照): one immutable
// Parquet file that the engine, the interpreter and the sample generator all agree on.
//
//   - A table about units has its subject key first, text, NULL where a row has no
//     valid key; rows are sorted by it, so that one unit's rows lie together. In a
//     space's copy it is the space's own number for the unit.
//   - The other columns follow in the order of the policy, under the catalogue's names.
//   - Text is UTF-8. Everything else is INT64: numbers in units of 10^-scale, dates in
//     days and timestamps in microseconds since 1970-01-01 UTC, bools 0 and 1. There is
//     no floating-point column.
//
// The package neither checks data nor knows who may read it.
package snapshot

import (
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/parquet-go/parquet-go"

	"yunei/internal/core/query"
	"yunei/internal/core/query/interp"
)

// rowGroup is how many rows a row group holds.
const rowGroup = 100_000

// Write writes rows of a table to a file. The rows carry all columns of the policy in
// its order; they are sorted by subject key here.
func Write(path string, table *query.Table, rows [][]query.Value) error {
	columns := make([]query.ColumnRef, len(table.Columns))
	key := -1
	for i, c := range table.Columns {
		columns[i] = query.ColumnRef{Name: c.Name, Type: c.Type, Null: c.Null}
		if c.Name == table.SubjectKey && table.SubjectKey != "" {
			key, columns[i].Null = i, true
		}
	}
	if key > 0 {
		return fmt.Errorf("snapshot of %s: the subject key is column %d, want the first", table.Name, key)
	}
	return write(path, columns, rows, key == 0)
}

func write(path string, columns []query.ColumnRef, rows [][]query.Value, keyed bool) error {
	if keyed {
		rows = slices.Clone(rows)
		slices.SortStableFunc(rows, func(a, b []query.Value) int { return strings.Compare(a[0].S, b[0].S) })
	}
	return Stream(path, columns, func(row func([]query.Value) error) error {
		for i, r := range rows {
			if err := row(r); err != nil {
				return fmt.Errorf("row %d: %w", i, err)
			}
		}
		return nil
	})
}

// Stream writes the rows that produce hands to row, in their order; row keeps none of them.
func Stream(path string, columns []query.ColumnRef, produce func(row func([]query.Value) error) error) (err error) {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	w := parquet.NewWriter(file, schemaOf(columns), parquet.Compression(&parquet.Zstd), parquet.MaxRowsPerRowGroup(rowGroup), parquet.CreatedBy("yunei", "1", "snapshot"))
	batch := make([]parquet.Row, 512)
	n := 0
	flush := func() error {
		_, err := w.WriteRows(batch[:n])
		n = 0
		return err
	}
	err = produce(func(row []query.Value) error {
		out, err := encode(columns, row, batch[n][:0])
		if err != nil {
			return err
		}
		batch[n] = out
		if n++; n == len(batch) {
			return flush()
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := flush(); err != nil {
		return err
	}
	return w.Close()
}

// schemaOf goes by way of a struct type because parquet.Group sorts columns by name.
func schemaOf(columns []query.ColumnRef) *parquet.Schema {
	fields := make([]reflect.StructField, len(columns))
	for i, c := range columns {
		t := reflect.TypeFor[int64]()
		if c.Type.Kind == query.Text {
			t = reflect.TypeFor[string]()
		}
		tag := c.Name
		if c.Null {
			tag += ",optional"
		}
		fields[i] = reflect.StructField{Name: "F" + strconv.Itoa(i), Type: t, Tag: reflect.StructTag(`parquet:"` + tag + `"`)}
	}
	return parquet.SchemaOf(reflect.New(reflect.StructOf(fields)).Interface())
}

func encode(columns []query.ColumnRef, row []query.Value, out parquet.Row) (parquet.Row, error) {
	if len(row) != len(columns) {
		return nil, fmt.Errorf("%d values for %d columns", len(row), len(columns))
	}
	for i, v := range row {
		c := &columns[i]
		value, level := parquet.NullValue(), 0
		switch {
		case v.IsNull() && !c.Null:
			return nil, fmt.Errorf("column %s is never NULL", c.Name)
		case v.IsNull():
		case v.Type() != c.Type:
			return nil, fmt.Errorf("column %s is %s, not %s", c.Name, c.Type, v.Type())
		case v.Kind == query.Text:
			value = parquet.ByteArrayValue([]byte(v.S))
		default:
			value = parquet.Int64Value(v.N)
		}
		if c.Null && !v.IsNull() {
			level = 1
		}
		out = append(out, value.Level(0, level, i))
	}
	return out, nil
}

// Read reads the named columns of a snapshot, whose types the caller knows from the
// policy, as rows of the interpreter.
func Read(path string, columns []query.ColumnRef) (interp.Rows, error) {
	rows := interp.Rows{Columns: make([]string, len(columns))}
	for i, c := range columns {
		rows.Columns[i] = c.Name
	}
	err := Each(path, columns, func(row []query.Value) error {
		rows.Rows = append(rows.Rows, slices.Clone(row))
		return nil
	})
	return rows, err
}

// Each calls fn for every row with a buffer that the next row reuses.
func Each(path string, columns []query.ColumnRef, fn func([]query.Value) error) (err error) {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	parts, err := parquet.OpenFile(file, info.Size())
	if err != nil {
		return err
	}
	places := make([]int, len(columns))
	for i, c := range columns {
		leaf, ok := parts.Schema().Lookup(c.Name)
		if !ok {
			return fmt.Errorf("the snapshot has no column %s", c.Name)
		}
		places[i] = leaf.ColumnIndex
	}
	for _, group := range parts.RowGroups() {
		if err := eachOf(group, columns, places, fn); err != nil {
			return err
		}
	}
	return nil
}

func eachOf(group parquet.RowGroup, columns []query.ColumnRef, places []int, fn func([]query.Value) error) (err error) {
	rows := group.Rows()
	defer func() { err = errors.Join(err, rows.Close()) }()
	buf := make([]parquet.Row, 256)
	out := make([]query.Value, len(columns))
	for {
		n, err := rows.ReadRows(buf)
		for _, row := range buf[:n] {
			for i, place := range places {
				t := columns[i].Type
				switch v := row[place]; {
				case v.IsNull():
					out[i] = query.Null
				case t.Kind == query.Text:
					out[i] = query.TextValue(string(v.ByteArray()))
				default:
					out[i] = query.Value{Kind: t.Kind, Scale: t.Scale, N: v.Int64()}
				}
			}
			if err := fn(out); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
