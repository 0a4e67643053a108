package render

import (
	"fmt"
	"regexp"
	"strings"

	"yunei/internal/core/query"
)

// The second wall behind the renderer: a finished statement is read word by word, and a
// word that no rendering ever needs is an error before an engine sees it. A mistake
// here or in the guard then ends as a refusal, not as SQL.

// tokens are quoted names, quoted texts, words, parameters, numbers and signs.
var tokens = regexp.MustCompile(`UNION ALL|"(?:[^"]|"")*"|'[^']*'|\$?[A-Za-z_][A-Za-z_0-9]*|\$[0-9]+|[0-9]+|::|//|\|\||<>|<=|>=|[-+*%=<>(),.]|\s+|.`)

// own are the names the renderer makes: columns, helper columns, tables, arguments.
var own = regexp.MustCompile(`^(?:[cvtaxuogw][0-9]+|pu|cell|units|place|l|r|\$[0-9]+|[0-9]+)$`)

var signs = words(`:: // || <> <= >= - + * % = < > ( ) , .`)

var texts = words(`'1970-01-01' 'day' 'week' 'month' 'quarter' 'year' 'dow' 'isodow' 'doy'`)

var keywords = words(`SELECT DISTINCT DESC NULLS FIRST LAST FROM WHERE AND OR NOT IS NULL AS IN CASE WHEN THEN ELSE END CAST GROUP BY HAVING ORDER LEFT JOIN ON OVER PARTITION DATE
	BIGINT INTEGER HUGEINT DOUBLE DECIMAL VARCHAR BOOLEAN true false TRY_CAST`)

// functions are all the functions of the engine that a statement may call.
var functions = words(`count sum min max least greatest coalesce nullif abs substring starts_with date_trunc date_part sha256 chr row_number lag
	round sqrt list_value list_extract translate trim regexp_full_match`)

func words(list string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(list) {
		set[w] = true
	}
	return set
}

// closed reports the first thing in a statement that does not belong there.
func closed(sql string, m *query.Model) error {
	columns := map[string]bool{}
	for _, t := range m.Tables {
		if t.SubjectKey != "" {
			columns[name(t.SubjectKey)] = true
		}
		for _, c := range t.Columns {
			columns[name(c.Name)] = true
		}
	}
	list := tokens.FindAllString(sql, -1)
	for i, t := range list {
		call := i+1 < len(list) && list[i+1] == "("
		switch {
		case strings.TrimSpace(t) == "", t == "UNION ALL", signs[t], texts[t], keywords[t], columns[t], own.MatchString(t) && !call:
		case functions[t] && call:
		default:
			return fmt.Errorf("render: %q has no place in a statement", t)
		}
	}
	return nil
}
