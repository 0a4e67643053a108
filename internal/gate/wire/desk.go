package wire

import (
	"cmp"
	"context"
	"log/slog"
	"maps"
	"slices"

	"yunei/internal/base/errs"
	"yunei/internal/core/query"
	"yunei/internal/core/query/guard"
	"yunei/internal/core/query/interp"
	"yunei/internal/flow/lab"
)

// desk is what a space has to read at this moment.
type desk struct {
	space   string
	sheets  []lab.Sheet // in order of name
	catalog query.Catalog
	data    interp.Data
}

// desk gathers the sheets of the space: synthetic tables, results that have left, and what tells programs of both.
func (c *conn) desk(ctx context.Context) (*desk, error) {
	scenario, sheets, err := c.server.Lab.Sheets(ctx, c.space)
	if err != nil {
		return nil, err
	}
	if c.left, err = c.exported(ctx, scenario); err != nil {
		return nil, err
	}
	d := &desk{space: c.space, sheets: slices.AppendSeq(sheets, maps.Values(c.left)), data: interp.Data{}}
	slices.SortFunc(d.sheets, func(a, b lab.Sheet) int { return cmp.Compare(a.Table.Name, b.Table.Name) })
	for _, s := range append(d.information(), d.sheets...) {
		d.catalog.Tables = append(d.catalog.Tables, s.Table)
		d.data[s.Table.Name] = s.Rows
	}
	return d, nil
}

// exported are the results that have left, by release and digest. Those that the connection has read already are not read again. One
// that cannot be read as it left is left out: it must not take the others with it.
func (c *conn) exported(ctx context.Context, scenario string) (map[string]lab.Sheet, error) {
	list, err := c.server.Output.Exported(ctx, scenario)
	if err != nil {
		return nil, err
	}
	out := map[string]lab.Sheet{}
	for _, r := range list {
		key := r.ID + " " + r.Digest
		sheet, known := c.left[key]
		if !known {
			if sheet, err = c.server.Output.Sheet(ctx, r); err != nil {
				slog.ErrorContext(ctx, "wire: a released result is left out", "release", r.ID, "err", err)
				continue
			}
		}
		out[key] = sheet
	}
	return out, nil
}

// answer puts a text to the guard as a question about open tables and interprets what it let through.
func (d *desk) answer(text string) (*reply, error) {
	if r := d.psql(text); r != nil {
		return r, nil
	}
	m, refusals := guard.Compile(text, query.O, d.catalog)
	if m == nil {
		return nil, &errs.Error{Code: errs.Invalid, Msg: "语句没有通过检查, 请按所列各处改写", Spots: guard.Spots(refusals)}
	}
	program, err := interp.Compile(m)
	if err != nil {
		return nil, err
	}
	r := &reply{columns: make([]column, len(m.Outputs))}
	for i, o := range m.Outputs {
		r.columns[i] = column{o.Name, o.Type}
	}
	r.rows, err = program.Rows(d.data)
	return r, err
}

// Names of SQL's own tables about tables.
const (
	schema = "public"
	info   = "information_schema"
)

// information is SQL's information schema of the sheets, as tables like any other.
func (d *desk) information() []lab.Sheet {
	var tables, columns [][]query.Value
	for _, s := range d.sheets {
		tables = append(tables, texts(d.space, schema, s.Table.Name, "BASE TABLE"))
		for i, c := range s.Table.Columns {
			columns = append(columns, append(texts(d.space, schema, s.Table.Name, c.Name, typeName(c.Type), "YES"), query.IntValue(int64(i+1))))
		}
	}
	number := query.Type{Kind: query.Int}
	table := func(name string, rows [][]query.Value, names ...string) lab.Sheet {
		list := make([]query.Column, len(names))
		for i, n := range names {
			list[i] = query.Column{Name: n, Type: query.Type{Kind: query.Text}}
			if n == "ordinal_position" {
				list[i].Type = number
			}
		}
		return lab.NewSheet(info+"."+name, "", list, interp.Rows{Columns: names, Rows: rows})
	}
	return []lab.Sheet{
		table("schemata", [][]query.Value{texts(d.space, schema), texts(d.space, info)}, "catalog_name", "schema_name"),
		table("tables", tables, "table_catalog", "table_schema", "table_name", "table_type"),
		table("columns", columns, "table_catalog", "table_schema", "table_name", "column_name", "data_type", "is_nullable", "ordinal_position"),
	}
}

func texts(words ...string) []query.Value {
	out := make([]query.Value, len(words))
	for i, w := range words {
		out[i] = query.TextValue(w)
	}
	return out
}

// typeName is PostgreSQL's name of a type.
func typeName(t query.Type) string {
	return map[query.Kind]string{query.Int: "bigint", query.Decimal: "numeric", query.Text: "text", query.Bool: "boolean",
		query.Date: "date", query.Timestamp: "timestamp with time zone"}[t.Kind]
}
