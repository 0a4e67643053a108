package catalog

import (
	"context"

	"yunei/internal/base/sqldb"
	"yunei/internal/core/query"
	"yunei/internal/core/regime"
)

// facts are what the law, and the standards that a catalog is held against, may look at in an entry.
var facts = []struct {
	name string
	kind regime.Type
	of   func(Entry) any
}{
	{"entry.state", regime.String, func(e Entry) any { return string(e.State) }},
	{"entry.share_type", regime.String, func(e Entry) any { return string(e.Share.Access) }},
	{"entry.open_type", regime.String, func(e Entry) any { return string(e.Open.Access) }},
	{"entry.operate_type", regime.String, func(e Entry) any { return string(e.Operate.Access) }},
	{"entry.update_cycle", regime.String, func(e Entry) any { return string(e.Cycle) }},
	{"entry.grade", regime.String, func(e Entry) any { return e.Grade().National }},
	{"entry.level", regime.Int, func(e Entry) any { return e.Grade().Level }},
	{"entry.personal", regime.Bool, func(e Entry) any { return e.Personal() }},
	{"entry.sensitive", regime.Bool, func(e Entry) any { return e.Grade().Sensitive }},
	{"entry.returned", regime.Bool, func(e Entry) any { return e.Returned }},
	{"entry.has_data", regime.Bool, func(e Entry) any { return e.Supply.Snapshot != "" }},
	{"entry.code", regime.String, func(e Entry) any { return e.Code }},
	{"entry.title", regime.String, func(e Entry) any { return e.Title }},
	{"entry.summary", regime.String, func(e Entry) any { return e.Summary }},
	{"entry.system", regime.String, func(e Entry) any { return e.System }},
	{"entry.office", regime.String, func(e Entry) any { return e.Office }},
	{"entry.licence", regime.String, func(e Entry) any { return e.Licence }},
	{"entry.keywords", regime.StringList, func(e Entry) any { return e.Keywords }},
	{"entry.fields", regime.StringList, func(e Entry) any { return names(e.Fields, func(f Field) string { return f.Name }) }},
	{"entry.field_titles", regime.StringList, func(e Entry) any { return names(e.Fields, func(f Field) string { return f.Title }) }},
	{"entry.time_items", regime.StringList, func(e Entry) any { return e.Time }},
	{"entry.unlabelled_fields", regime.StringList, func(e Entry) any {
		list := []string{}
		for _, f := range e.Fields {
			if f.Role == "" || f.Role == query.Never {
				list = append(list, f.Name)
			}
		}
		return list
	}},
}

func names(fields []Field, of func(Field) string) []string {
	list := []string{}
	for _, f := range fields {
		list = append(list, of(f))
	}
	return list
}

// registerFacts tells the law what it may look at in an entry.
func registerFacts(law *regime.Law) {
	for _, f := range facts {
		law.RegisterFact(regime.Fact{Name: f.name, Object: Kind, Type: f.kind, Load: func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
			e, err := loadEntry(ctx, tx, id)
			if err != nil {
				return nil, err
			}
			return f.of(e), nil
		}})
	}
}

// Facts are an entry's facts by name.
func (e Entry) Facts() map[string]any {
	out := map[string]any{}
	for _, f := range facts {
		out[f.name] = f.of(e)
	}
	return out
}
