package wire

import (
	"regexp"
	"strconv"
	"strings"

	"yunei/internal/core/query"
	"yunei/internal/flow/lab"
)

// psql asks the system catalogues when a person lists tables (\d, \dt, \dn, \l) or looks at one (\d name). Its questions
// are recognized by what they ask for and answered from the sheets; the columns follow the names or the order it reads.
var (
	titled   = regexp.MustCompile(`(?i)\bas "([^"]+)"`)
	wanted   = regexp.MustCompile(`c\.relname OPERATOR\(pg_catalog\.~\) '\^\(((?:[^']|'')*)\)\$'`)
	byOID    = regexp.MustCompile(`(?:c\.oid|a\.attrelid) = '(\d+)'`)
	catalogs = regexp.MustCompile(`(?m)^\s*FROM pg_catalog\.(\w+)`)
)

// firstOID is what PostgreSQL numbers a user's first table with.
const firstOID = 16384

// nothing are catalogues that are empty here, so that an answer of no rows is true.
var nothing = regexp.MustCompile(`\bpg_catalog\.(?:pg_policy|pg_statistic_ext|pg_publication|pg_inherits|pg_index|pg_constraint|pg_trigger|pg_rewrite|pg_foreign_table|pg_subscription)\b`)

func (d *desk) psql(text string) *reply {
	from := ""
	for _, m := range catalogs.FindAllStringSubmatch(text, -1) {
		// The column's default stands in a query of its own inside the list.
		if from == "" || from == "pg_attrdef" {
			from = m[1]
		}
	}
	switch {
	case nothing.MatchString(text):
		return &reply{columns: []column{}, tag: "SELECT 0"}
	case from == "pg_database":
		return d.titles(text, []string{d.space}, func(string) string { return "" })
	case from == "pg_namespace":
		return d.titles(text, []string{schema}, func(string) string { return "" })
	case from == "pg_attribute" && byOID.MatchString(text):
		return d.attributes(text)
	case from == "pg_class" && strings.Contains(text, `as "Schema"`):
		return d.relations(text)
	case from == "pg_class" && strings.Contains(text, "c.relchecks") && byOID.MatchString(text):
		return d.relation(text)
	case from == "pg_class" && wanted.MatchString(text):
		return d.find(text)
	}
	return nil
}

// titles answers a list whose columns have titles, one row for each name.
func (d *desk) titles(text string, names []string, more func(name string) string) *reply {
	r := &reply{}
	found := titled.FindAllStringSubmatch(text, -1)
	for _, t := range found {
		r.columns = append(r.columns, column{t[1], query.Type{Kind: query.Text}})
	}
	for _, name := range names {
		var row []query.Value
		for _, t := range found {
			switch t[1] {
			case "Name":
				row = append(row, query.TextValue(name))
			case "Schema":
				row = append(row, query.TextValue(schema))
			case "Type":
				row = append(row, query.TextValue("table"))
			case "Owner":
				row = append(row, query.TextValue("yunei"))
			case "Encoding":
				row = append(row, query.TextValue("UTF8"))
			case "Description":
				row = append(row, query.TextValue(more(name)))
			default:
				row = append(row, query.Null)
			}
		}
		r.rows = append(r.rows, row)
	}
	return r
}

// relations is \dt. Views, sequences and the rest do not occur.
func (d *desk) relations(text string) *reply {
	var names []string
	title := map[string]string{}
	for _, s := range d.matching(text) {
		if strings.Contains(text, "'r'") {
			names = append(names, s.Table.Name)
			title[s.Table.Name] = s.Table.Title
		}
	}
	return d.titles(text, names, func(name string) string { return title[name] })
}

// matching are the sheets a pattern names; psql writes it as a regular expression.
func (d *desk) matching(text string) []lab.Sheet {
	m := wanted.FindStringSubmatch(text)
	if m == nil {
		return d.sheets
	}
	pattern, err := regexp.Compile("^(?:" + strings.ReplaceAll(m[1], "''", "'") + ")$")
	if err != nil {
		return nil
	}
	var out []lab.Sheet
	for _, s := range d.sheets {
		if pattern.MatchString(s.Table.Name) {
			out = append(out, s)
		}
	}
	return out
}

// find numbers the tables of a pattern.
func (d *desk) find(text string) *reply {
	r := columns("oid", "nspname", "relname")
	for _, s := range d.matching(text) {
		for i := range d.sheets {
			if d.sheets[i].Table.Name == s.Table.Name {
				r.rows = append(r.rows, texts(strconv.Itoa(firstOID+i), schema, s.Table.Name))
			}
		}
	}
	return r
}

func columns(names ...string) *reply {
	r := &reply{}
	for _, n := range names {
		r.columns = append(r.columns, column{n, query.Type{Kind: query.Text}})
	}
	return r
}

// numbered is the sheet whose number a question names.
func (d *desk) numbered(text string) (lab.Sheet, bool) {
	m := byOID.FindStringSubmatch(text)
	n, err := strconv.Atoi(m[1])
	if err != nil || n < firstOID || n-firstOID >= len(d.sheets) {
		return lab.Sheet{}, false
	}
	return d.sheets[n-firstOID], true
}

// relation says of a table that it is a plain one, in the fifteen columns psql reads by their order.
func (d *desk) relation(text string) *reply {
	r := columns("relchecks", "relkind", "relhasindex", "relhasrules", "relhastriggers", "relrowsecurity", "relforcerowsecurity", "relhasoids",
		"relispartition", "options", "reltablespace", "reloftype", "relpersistence", "relreplident", "amname")
	if _, ok := d.numbered(text); ok {
		r.rows = append(r.rows, texts("0", "r", "f", "f", "f", "f", "f", "f", "f", "", "0", "", "p", "d", "heap"))
	}
	return r
}

// attributes lists the columns of a table in the order psql reads; \d+ wants four more.
func (d *desk) attributes(text string) *reply {
	r := columns("attname", "format_type", "default", "attnotnull", "attcollation", "attidentity", "attgenerated")
	more := strings.Contains(text, "col_description")
	if more {
		r.columns = append(r.columns, columns("attstorage", "attcompression", "attstattarget", "description").columns...)
	}
	s, ok := d.numbered(text)
	if !ok {
		return r
	}
	for _, c := range s.Table.Columns {
		row := append(texts(c.Name, typeName(c.Type)), query.Null, query.TextValue("f"), query.Null, query.TextValue(""), query.TextValue(""))
		if more {
			row = append(row, query.TextValue("x"), query.TextValue(""), query.Null, query.TextValue(c.Title))
		}
		r.rows = append(r.rows, row)
	}
	return r
}
