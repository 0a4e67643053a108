package sqldb

import (
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/mattn/go-sqlite3"
)

// Violation is which promise of the schema a statement would have broken.
type Violation string

const (
	Unique     Violation = "unique"
	ForeignKey Violation = "foreign key"
	NotNull    Violation = "not null"
	Check      Violation = "check"
)

// ConstraintError is a statement refused by the schema, the same on both databases.
type ConstraintError struct {
	Kind    Violation
	Table   string   // "" when the database does not say
	Columns []string // of the violated constraint, where the database says
	Name    string   // of the constraint; PostgreSQL, and SQLite for CHECK
	Err     error
}

func (e *ConstraintError) Error() string {
	return fmt.Sprintf("sqldb: %s violated: %s(%s) %s: %v", e.Kind, e.Table, strings.Join(e.Columns, ","), e.Name, e.Err)
}

func (e *ConstraintError) Unwrap() error { return e.Err }

// IsUnique reports whether err says that a row with this key exists. which is a "table.column" or a "column" (both work
// on both databases), the name of a constraint (PostgreSQL only), or "" for any.
func IsUnique(err error, which string) bool {
	e, ok := errors.AsType[*ConstraintError](err)
	if !ok || e.Kind != Unique {
		return false
	}
	if which == "" || which == e.Name {
		return true
	}
	for _, c := range e.Columns {
		if which == c || which == e.Table+"."+c {
			return true
		}
	}
	return false
}

// IsConstraint reports whether err is a violation of this kind.
func IsConstraint(err error, kind Violation) bool {
	e, ok := errors.AsType[*ConstraintError](err)
	return ok && e.Kind == kind
}

func translateSQLite(err error) error {
	e, ok := errors.AsType[sqlite3.Error](err)
	if !ok || e.Code != sqlite3.ErrConstraint {
		return err
	}
	out := &ConstraintError{Err: err}
	switch e.ExtendedCode {
	case sqlite3.ErrConstraintUnique, sqlite3.ErrConstraintPrimaryKey, sqlite3.ErrConstraintRowID:
		out.Kind = Unique
	case sqlite3.ErrConstraintForeignKey:
		out.Kind = ForeignKey
	case sqlite3.ErrConstraintNotNull:
		out.Kind = NotNull
	case sqlite3.ErrConstraintCheck:
		out.Kind = Check
	default:
		return err
	}
	// The code says what was violated; only the text after the colon says where: "table.a, table.b".
	if _, where, ok := strings.Cut(e.Error(), "failed: "); ok {
		for name := range strings.SplitSeq(where, ", ") {
			table, column, dotted := strings.Cut(name, ".")
			if !dotted {
				out.Name = name
				continue
			}
			out.Table = table
			out.Columns = append(out.Columns, column)
		}
	}
	return out
}

func translatePostgres(err error) error {
	e, ok := errors.AsType[*pgconn.PgError](err)
	if !ok {
		return err
	}
	out := &ConstraintError{Table: e.TableName, Name: e.ConstraintName, Err: err}
	switch e.Code {
	case "23505":
		out.Kind = Unique
	case "23503":
		out.Kind = ForeignKey
	case "23502":
		out.Kind, out.Columns = NotNull, []string{e.ColumnName}
	case "23514":
		out.Kind = Check
	default:
		return err
	}
	if out.Kind == Unique { // "Key (a, b)=(1, 2) already exists.", in any language
		if _, rest, ok := strings.Cut(e.Detail, "("); ok {
			if columns, _, ok := strings.Cut(rest, ")=("); ok {
				out.Columns = strings.Split(columns, ", ")
			}
		}
	}
	return out
}
