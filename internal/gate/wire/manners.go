package wire

import (
	"regexp"
	"strings"

	"yunei/internal/core/query"
)

// settings are the session settings that a program may ask for; none of them changes what is answered.
var settings = map[string]string{
	"server_version": version, "server_version_num": "150000", "server_encoding": "UTF8", "client_encoding": "UTF8", "standard_conforming_strings": "on",
	"transaction isolation level": "read committed", "transaction_isolation": "read committed", "default_transaction_read_only": "on",
	"transaction_read_only": "on", "search_path": schema, "timezone": "UTC", "datestyle": "ISO, YMD", "max_identifier_length": "63",
}

var (
	setting = regexp.MustCompile(`^(?:set|reset)\s[^;']*(?:'[^']*')?[^;']*$`)
	show    = regexp.MustCompile(`^show\s+([a-z_ ]+)$`)
	listens = regexp.MustCompile(`^(?:discard all|deallocate (?:all|"?\w+"?)|listen \w+|unlisten \*)$`)
)

// manners answers what a driver says about its own session, nil for anything else. The texts are a closed list; nothing
// in them is kept or carried out.
func (c *conn) manners(text string) *reply {
	for strings.HasPrefix(strings.TrimSpace(text), "--") { // drivers ask for a sign of life with a comment
		_, text, _ = strings.Cut(strings.TrimSpace(text), "\n")
	}
	s := strings.ToLower(strings.Join(strings.Fields(strings.TrimRight(strings.TrimSpace(text), "; \n\t")), " "))
	first, _, _ := strings.Cut(s, " ")
	switch {
	case s == "":
		return &reply{}
	case first == "begin" || strings.HasPrefix(s, "start transaction"):
		return &reply{tag: "BEGIN", state: 'T'}
	case s == "commit" || s == "end" || s == "commit transaction":
		if c.state == 'E' {
			return &reply{tag: "ROLLBACK", state: 'I'}
		}
		return &reply{tag: "COMMIT", state: 'I'}
	case s == "rollback" || s == "abort" || s == "rollback transaction":
		return &reply{tag: "ROLLBACK", state: 'I'}
	case c.state == 'E':
		return nil
	case setting.MatchString(s):
		return &reply{tag: strings.ToUpper(first)}
	case listens.MatchString(s):
		return &reply{tag: strings.ToUpper(first)}
	}
	if m := show.FindStringSubmatch(s); m != nil {
		if value, ok := settings[m[1]]; ok {
			return single(strings.ReplaceAll(m[1], " ", "_"), value)
		}
		return nil
	}
	return c.constant(strings.ReplaceAll(s, "pg_catalog.", ""))
}

// constant answers the questions about the server that programs begin with.
func (c *conn) constant(s string) *reply {
	switch s {
	case "select version()":
		return single("version", "PostgreSQL "+version+" (Yunei)")
	case "select current_schema()", "select current_schema":
		return single("current_schema", schema)
	case "select current_database()":
		return single("current_database", c.space)
	case "select current_user", "select session_user":
		return single("current_user", c.login)
	case "select 1":
		return &reply{columns: []column{{"?column?", query.Type{Kind: query.Int}}}, rows: [][]query.Value{{query.IntValue(1)}}}
	}
	return nil
}

func single(name, value string) *reply {
	return &reply{columns: []column{{name, query.Type{Kind: query.Text}}}, rows: [][]query.Value{texts(value)}}
}
