package catalog

import (
	"slices"

	"yunei/internal/core/query"
)

// PolicyTable is the entry as models see it: items by role, bounds, domain and use; the item that names the subject stands as
// KeyColumn. What is not said is forbidden, so an unlabelled item has the role never and no use.
func (e Entry) PolicyTable() query.Table {
	t := query.Table{Name: e.Table, Title: e.Title, Resource: e.ID, SchemaVersion: e.Version, UnitKind: string(e.Unit),
		MaxRowsPerSubject: e.MaxRows, Units: TwoDigits(e.Supply.Subjects), Unique: e.Unique, Series: e.Series, Open: e.State == Published && e.Open.Access == Unconditional}
	for _, f := range e.Fields {
		t.Columns = append(t.Columns, e.column(f))
		if f.Role == query.SubjectKey {
			t.SubjectKey = KeyColumn
		}
	}
	// A private table's key comes first, as in its snapshots.
	if i := slices.IndexFunc(t.Columns, func(c query.Column) bool { return c.Role == query.SubjectKey }); i > 0 {
		key := t.Columns[i]
		t.Columns = slices.Insert(slices.Delete(t.Columns, i, i+1), 0, key)
	}
	return t
}

func (e Entry) column(f Field) query.Column {
	c := query.Column{Name: f.Name, Title: f.Title, Type: f.DataType(), Null: f.Nullable, Role: f.EffectiveRole(), Grade: f.Grade, Domain: f.Codes, Select: f.Select, Cells: f.Cells, Period: periods[f.Period]}
	if c.Role == query.Never {
		return query.Column{Name: f.Name, Title: f.Title, Type: c.Type, Null: c.Null, Role: query.Never, Grade: f.Grade}
	}
	if c.Role == query.SubjectKey {
		c.Name, c.Type, c.Title = KeyColumn, query.Type{Kind: query.Text}, "主体标识 (由"+f.Title+"生成)"
	}
	c.Uses = slices.Clone(f.Uses)
	if lo, hi, ok := f.Bounds(); ok {
		c.Lo, c.Hi = &lo, &hi
	}
	for _, edge := range f.Edges {
		if v, err := query.ParseValue(f.DataType(), edge); err == nil {
			c.Edges = append(c.Edges, v.N)
		}
	}
	c.Step, _ = f.step()
	return c
}

// step is the item's least distance of cut points, of dates in days; 0 when there is none.
func (f Field) step() (int64, bool) {
	t := f.DataType()
	if t.Kind == query.Date {
		t = query.Number(0)
	}
	v, err := query.ParseValue(t, f.Step)
	if err != nil || !t.Numeric() || v.N <= 0 {
		return 0, f.Step == ""
	}
	return v.N, true
}
