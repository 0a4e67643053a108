package wire

import (
	"fmt"
	"math/big"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/jackc/pgx/v5/pgtype"

	"yunei/internal/core/query"
)

// reply is what a statement gives: rows, or a command's tag alone.
type reply struct {
	columns []column // nil for a command
	rows    [][]query.Value
	tag     string
	state   byte // of the transaction from then on, 0 as it was
}

type column struct {
	name string
	typ  query.Type
}

func (r *reply) command() string {
	if r.tag != "" {
		return r.tag
	}
	return fmt.Sprintf("SELECT %d", len(r.rows))
}

func (r *reply) description(formats []int16) *pgproto3.RowDescription {
	d := &pgproto3.RowDescription{}
	for i, c := range r.columns {
		f := pgproto3.FieldDescription{Name: []byte(c.name), DataTypeOID: oid(c.typ), DataTypeSize: -1, TypeModifier: -1, Format: format(formats, i)}
		if c.typ.Kind == query.Decimal {
			f.TypeModifier = int32(38<<16|c.typ.Scale) + 4 // numeric(38, scale)
		}
		d.Fields = append(d.Fields, f)
	}
	return d
}

// format is the format of a column: none given means text, one is that of all.
func format(formats []int16, i int) int16 {
	switch {
	case len(formats) == 0:
		return pgtype.TextFormatCode
	case len(formats) == 1:
		return formats[0]
	}
	return formats[i]
}

func oid(t query.Type) uint32 {
	switch t.Kind {
	case query.Int:
		return pgtype.Int8OID
	case query.Decimal:
		return pgtype.NumericOID
	case query.Bool:
		return pgtype.BoolOID
	case query.Date:
		return pgtype.DateOID
	case query.Timestamp:
		return pgtype.TimestamptzOID
	}
	return pgtype.TextOID
}

// goValue is a value as the encoder of its type takes it.
func goValue(v query.Value) any {
	switch v.Kind {
	case "":
		return nil
	case query.Int:
		return v.N
	case query.Decimal:
		return pgtype.Numeric{Int: big.NewInt(v.N), Exp: -int32(v.Scale), Valid: true}
	case query.Bool:
		return v.N == 1
	case query.Date:
		return time.Unix(v.N*86400, 0).UTC()
	case query.Timestamp:
		return time.UnixMicro(v.N).UTC()
	}
	return v.S
}
