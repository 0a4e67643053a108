package sqldb

import (
	"context"
	"database/sql"
	"encoding"
	"errors"
	"fmt"
	"math/big"
	"reflect"
	"time"
)

// ErrNoRows is what Scan returns when QueryRow found nothing. It does not doom the transaction.
var ErrNoRows = errors.New("sqldb: no rows")

// Rows is a complete answer.
type Rows struct {
	all [][]any
	at  int
	err error
}

// Next moves to the next row.
func (r *Rows) Next() bool {
	if r.err != nil || r.at >= len(r.all) {
		return false
	}
	r.at++
	return true
}

// Scan copies the current row. Destinations: pointers to strings, integers, bool (from 0 and 1), []byte, time.Time (from
// microseconds), named types of these, an encoding.TextUnmarshaler, a sql.Scanner, or a pointer to a pointer where NULL
// may come.
func (r *Rows) Scan(dest ...any) error {
	if r.at == 0 || r.at > len(r.all) {
		return errors.New("sqldb: Scan without Next")
	}
	row := r.all[r.at-1]
	if len(row) != len(dest) {
		r.err = fmt.Errorf("sqldb: scan %d columns into %d destinations", len(row), len(dest))
		return r.err
	}
	for i := range row {
		if err := assign(dest[i], row[i]); err != nil {
			r.err = fmt.Errorf("sqldb: column %d: %w", i+1, err)
			return r.err
		}
	}
	return nil
}

// Err is the first error of the walk.
func (r *Rows) Err() error { return r.err }

// Close is there for the habit; the answer is already complete.
func (r *Rows) Close() error { return nil }

// Row is the answer of QueryRow.
type Row struct {
	rows *Rows
	err  error
}

// Scan copies the row, or returns ErrNoRows.
func (r *Row) Scan(dest ...any) error {
	if r.err != nil {
		return r.err
	}
	if !r.rows.Next() {
		return ErrNoRows
	}
	return r.rows.Scan(dest...)
}

// Collect turns an answer into a slice. It takes Query's two results as they come:
//
//	rows, err := tx.Query(ctx, q, id)
//	return sqldb.Collect(rows, err, scanEntry)
func Collect[T any](rows *Rows, err error, scan func(*Rows) (T, error)) ([]T, error) {
	if err != nil {
		return nil, err
	}
	out := make([]T, 0, len(rows.all))
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

// List is Query and Collect in one.
func List[T any](ctx context.Context, tx *Tx, scan func(*Rows) (T, error), q string, args ...any) ([]T, error) {
	rows, err := tx.Query(ctx, q, args...)
	return Collect(rows, err, scan)
}

func assign(dest, src any) error {
	switch d := dest.(type) {
	case *any:
		*d = src
		return nil
	case sql.Scanner:
		return d.Scan(src)
	case *time.Time:
		n, err := integer(src)
		if err == nil {
			*d = time.UnixMicro(n).UTC()
		}
		return err
	case *string:
		s, ok := src.(string)
		if !ok {
			return mismatch(src, dest)
		}
		*d = s
		return nil
	case *int64:
		n, err := integer(src)
		*d = n
		return err
	case *[]byte:
		switch s := src.(type) {
		case []byte:
			*d = s
		case string:
			*d = []byte(s)
		case nil:
			*d = nil
		default:
			return mismatch(src, dest)
		}
		return nil
	}
	target := reflect.ValueOf(dest)
	if target.Kind() != reflect.Pointer || target.IsNil() {
		return fmt.Errorf("destination %T is not a pointer", dest)
	}
	elem := target.Elem()
	if elem.Kind() == reflect.Pointer {
		if src == nil {
			elem.SetZero()
			return nil
		}
		fresh := reflect.New(elem.Type().Elem())
		if err := assign(fresh.Interface(), src); err != nil {
			return err
		}
		elem.Set(fresh)
		return nil
	}
	if u, ok := dest.(encoding.TextUnmarshaler); ok {
		s, ok := src.(string)
		if !ok {
			return mismatch(src, dest)
		}
		return u.UnmarshalText([]byte(s))
	}
	return assignKind(elem, dest, src)
}

func assignKind(elem reflect.Value, dest, src any) error {
	switch elem.Kind() {
	case reflect.String:
		s, ok := src.(string)
		if !ok {
			return mismatch(src, dest)
		}
		elem.SetString(s)
	case reflect.Bool:
		n, err := integer(src)
		if err != nil {
			return err
		}
		elem.SetBool(n != 0)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		n, err := integer(src)
		if err != nil {
			return err
		}
		if elem.OverflowInt(n) {
			return fmt.Errorf("%d does not fit into %T", n, dest)
		}
		elem.SetInt(n)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		n, err := integer(src)
		if err != nil {
			return err
		}
		if n < 0 || elem.OverflowUint(uint64(n)) {
			return fmt.Errorf("%d does not fit into %T", n, dest)
		}
		elem.SetUint(uint64(n))
	case reflect.Slice:
		if elem.Type().Elem().Kind() != reflect.Uint8 {
			return mismatch(src, dest)
		}
		switch s := src.(type) {
		case []byte:
			elem.SetBytes(s)
		case string:
			elem.SetBytes([]byte(s))
		default:
			return mismatch(src, dest)
		}
	default:
		return mismatch(src, dest)
	}
	return nil
}

// integer reads a BIGINT; PostgreSQL also answers bool for a comparison, int4 for a literal and numeric for a sum.
func integer(src any) (int64, error) {
	switch s := src.(type) {
	case int64:
		return s, nil
	case bool:
		if s {
			return 1, nil
		}
		return 0, nil
	case *big.Int:
		if !s.IsInt64() {
			return 0, fmt.Errorf("%s does not fit into 64 bits", s)
		}
		return s.Int64(), nil
	}
	return 0, mismatch(src, new(int64))
}

func mismatch(src, dest any) error {
	if src == nil {
		return fmt.Errorf("NULL for a %T", dest)
	}
	return fmt.Errorf("cannot read %T into %T", src, dest)
}
