package guard

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"unicode/utf8"

	"github.com/wasilibs/go-pgquery/parser"
)

// crashed is set for good when the grammar's WebAssembly instance trapped: its memory may be damaged, and the library
// puts it back into its pool. checkDepth keeps that from happening; if it happens all the same, nothing more is parsed
// until the process is restarted, because a damaged parser could read a text as something else.
var crashed atomic.Bool

// oneAtATime: the library makes a new instance, at a second and some megabytes each, whenever all others are busy; a
// parse takes less than a millisecond.
var oneAtATime sync.Mutex

// Ready reports whether texts can be parsed.
func Ready() error {
	if crashed.Load() {
		return errors.New("the SQL parser stopped after a fault; restart the process")
	}
	return nil
}

// WarmUp loads the grammar, which takes a second or two the first time.
func WarmUp() { _, _ = grammar("SELECT 1") }

// tree is a JSON object of the parse tree.
type tree = map[string]any

// parse runs PostgreSQL's grammar over a prepared text and returns its statements.
func parse(p prepared, f *faults) ([]any, bool) {
	out, err := grammar(p.sql)
	if err != nil {
		if e, ok := errors.AsType[*parser.Error](err); ok && e.Cursorpos > 0 {
			f.refuse(Syntax, byteOffset(p.sql, e.Cursorpos-1), "", e.Message, "")
		} else {
			f.refuse(Syntax, 0, "", "", "")
		}
		return nil, false
	}
	var root struct {
		Stmts []any `json:"stmts"`
	}
	if err := json.Unmarshal([]byte(out), &root); err != nil {
		f.refuse(TooExpensive, 0, "语法树过大", "parse tree too large", "")
		return nil, false
	}
	return root.Stmts, true
}

func grammar(sql string) (out string, err error) {
	oneAtATime.Lock()
	defer oneAtATime.Unlock()
	if err := Ready(); err != nil {
		return "", err
	}
	defer func() {
		if r := recover(); r != nil {
			crashed.Store(true)
			out, err = "", fmt.Errorf("the SQL parser trapped: %v", r)
		}
	}()
	return parser.ParseToJSON(sql)
}

// byteOffset is where the n-th character of the text begins.
func byteOffset(text string, n int) int {
	at := 0
	for ; n > 0 && at < len(text); n-- {
		_, size := utf8.DecodeRuneInString(text[at:])
		at += size
	}
	return at
}

// node opens {"Kind": {...}}.
func node(v any) (kind string, o tree) {
	outer, ok := v.(tree)
	if !ok {
		return "", nil
	}
	for k, inner := range outer {
		kind = k
		o, _ = inner.(tree)
	}
	return kind, o
}

func list(v any) []any {
	l, _ := v.([]any)
	return l
}

func str(v any) string {
	s, _ := v.(string)
	return s
}

func truth(v any) bool {
	b, _ := v.(bool)
	return b
}

// loc is the byte at which a node begins; the encoding leaves out 0, and -1 means unknown.
func loc(o tree) int {
	n, ok := o["location"].(float64)
	if !ok || n < 0 {
		return 0
	}
	return int(n)
}

// names reads a list of {"String":{"sval":...}}.
func names(v any) ([]string, bool) {
	var out []string
	for _, item := range list(v) {
		kind, o := node(item)
		if kind != "String" {
			return nil, false
		}
		out = append(out, str(o["sval"]))
	}
	return out, true
}

// funcName is the last part of a function's name; pg_catalog in front of it is how the grammar spells its own syntax.
func funcName(parts []string) (name string, ok bool) {
	switch {
	case len(parts) == 1:
		return strings.ToLower(parts[0]), true
	case len(parts) == 2 && parts[0] == "pg_catalog":
		return strings.ToLower(parts[1]), true
	}
	return strings.Join(parts, "."), false
}
