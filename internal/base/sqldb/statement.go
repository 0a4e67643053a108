package sqldb

import (
	"database/sql/driver"
	"encoding"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"time"
)

// forbidden are words whose meaning differs between the two databases, with what to write instead.
var forbidden = map[string]string{
	"LIKE":              "matching is case-insensitive on SQLite only; compare, or search the word index",
	"ILIKE":             "PostgreSQL only; compare, or search the word index",
	"GLOB":              "SQLite only",
	"CURRENT_TIMESTAMP": "time comes from tx.Now",
	"CURRENT_DATE":      "time comes from tx.Now",
	"CURRENT_TIME":      "time comes from tx.Now",
	"NOW":               "time comes from tx.Now",
	"DATETIME":          "time comes from tx.Now",
	"STRFTIME":          "time comes from tx.Now",
	"JULIANDAY":         "time comes from tx.Now",
	"UNIXEPOCH":         "time comes from tx.Now",
	"CLOCK_TIMESTAMP":   "time comes from tx.Now",
	"REAL":              "column types are BIGINT, TEXT and BLOB",
	"FLOAT":             "column types are BIGINT, TEXT and BLOB",
	"DOUBLE":            "column types are BIGINT, TEXT and BLOB",
	"NUMERIC":           "column types are BIGINT, TEXT and BLOB",
	"JSON_EXTRACT":      "JSON is text that is never queried",
	"JSONB":             "JSON is text that is never queried",
}

var statements sync.Map // statement text -> *checked

type checked struct {
	sqlite string
	err    error
}

// statement makes the text for a dialect: $n becomes ?n for SQLite (not ?, which binds by order of appearance). A
// statement that would mean two things on the two databases is refused, on both.
func statement(d Dialect, q string) (string, error) {
	c, ok := statements.Load(q)
	if !ok {
		text, err := check(q)
		c, _ = statements.LoadOrStore(q, &checked{text, err})
	}
	st := c.(*checked)
	if st.err != nil {
		return "", st.err
	}
	if d == SQLite {
		return st.sqlite, nil
	}
	return q, nil
}

// Lint reports why a statement, or the text of a migration cut into statements, would be refused: placeholders other
// than $1, words that mean two things, more than one statement.
func Lint(q string) error {
	_, err := check(q)
	return err
}

func check(q string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(q); {
		switch c := q[i]; {
		case c == '\'' || c == '"':
			end := quoted(q, i)
			b.WriteString(q[i:end])
			i = end
		case strings.HasPrefix(q[i:], "--"):
			end := strings.IndexByte(q[i:], '\n')
			if end < 0 {
				end = len(q) - i
			}
			b.WriteString(q[i : i+end])
			i += end
		case c == '$' && i+1 < len(q) && digit(q[i+1]):
			b.WriteByte('?')
			i++
		case c == '?':
			return "", fmt.Errorf("sqldb: placeholders are written $1, not ?: %s", q)
		case c == ';' && strings.TrimSpace(q[i+1:]) != "":
			return "", fmt.Errorf("sqldb: one statement at a time: %s", q)
		case word(c):
			end := i
			for end < len(q) && (word(q[end]) || digit(q[end])) {
				end++
			}
			w := strings.ToUpper(q[i:end])
			if why, ok := forbidden[w]; ok && !(w == "NOW" && !strings.HasPrefix(q[end:], "(")) {
				return "", fmt.Errorf("sqldb: %s in a statement: %s: %s", w, why, q)
			}
			b.WriteString(q[i:end])
			i = end
		default:
			b.WriteByte(c)
			i++
		}
	}
	return b.String(), nil
}

// quoted is the end of the literal or quoted name that begins at i; a doubled quote stays inside.
func quoted(q string, i int) int {
	mark := q[i]
	for j := i + 1; j < len(q); j++ {
		if q[j] != mark {
			continue
		}
		if j+1 < len(q) && q[j+1] == mark {
			j++
			continue
		}
		return j + 1
	}
	return len(q)
}

func digit(c byte) bool { return '0' <= c && c <= '9' }
func word(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c >= 0x80
}

// value narrows an argument to nil, int64, string or []byte, the same for both drivers.
func value(a any) (any, error) {
	switch v := a.(type) {
	case nil, int64, string:
		return v, nil
	case []byte:
		if v == nil {
			return nil, nil
		}
		return v, nil
	case bool:
		return flag(v), nil
	case time.Time:
		return v.UnixMicro(), nil
	case driver.Valuer:
		inner, err := v.Value()
		if err != nil {
			return nil, err
		}
		if _, again := inner.(driver.Valuer); again {
			return nil, fmt.Errorf("%T is not a column type", a)
		}
		return value(inner)
	}
	r := reflect.ValueOf(a)
	if r.Kind() == reflect.Pointer {
		if r.IsNil() {
			return nil, nil
		}
		return value(r.Elem().Interface())
	}
	if m, ok := a.(encoding.TextMarshaler); ok {
		text, err := m.MarshalText()
		return string(text), err
	}
	switch r.Kind() {
	case reflect.String:
		return r.String(), nil
	case reflect.Bool:
		return flag(r.Bool()), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return r.Int(), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		if n := r.Uint(); n <= 1<<63-1 {
			return int64(n), nil
		}
		return nil, fmt.Errorf("%d does not fit into 64 bits", r.Uint())
	}
	return nil, fmt.Errorf("%T is not a column type", a)
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
