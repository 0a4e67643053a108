package regime

import (
	"errors"
	"fmt"
	"io/fs"
	"reflect"
	"sort"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// Problem is one fault of a pack, as a sentence with the place and, where there is one, the way out.
type Problem struct {
	File    string `json:"file"`
	Line    int    `json:"line,omitempty"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
}

func (p Problem) String() string {
	s := p.File
	if p.Line > 0 {
		s = fmt.Sprintf("%s:%d", s, p.Line)
	}
	s += ": " + p.Message
	if p.Hint != "" {
		s += "; " + p.Hint
	}
	return s
}

// file is a decoded YAML file that still knows its lines.
type file struct {
	name string
	root ast.Node
}

// maxFile bounds one pack file: the longest of ours is under 100 kB.
const maxFile = 4 << 20

// decode reads one YAML file strictly into out: unknown fields are all reported, each with the nearest known one.
func decode(fsys fs.FS, name string, out any) (f *file, problems []Problem) {
	f = &file{name: name}
	text, err := fs.ReadFile(fsys, name)
	if err != nil {
		return f, []Problem{{File: name, Message: err.Error()}}
	}
	return f, f.parse(text, out)
}

func (f *file) parse(text []byte, out any) (problems []Problem) {
	if len(text) > maxFile {
		return []Problem{{File: f.name, Message: fmt.Sprintf("file has %d bytes, at most %d are read", len(text), maxFile)}}
	}
	// The parser is third-party code reading what a person wrote; a panic in it is a fault of that file, not of us.
	defer func() {
		if r := recover(); r != nil {
			problems = append(problems, Problem{File: f.name, Message: fmt.Sprintf("not readable as YAML: %v", r)})
		}
	}()
	parsed, err := parser.ParseBytes(text, 0)
	if err != nil {
		return []Problem{f.yamlProblem(err)}
	}
	if len(parsed.Docs) != 1 || parsed.Docs[0].Body == nil {
		return []Problem{{File: f.name, Line: 1, Message: "file must hold exactly one YAML document"}}
	}
	f.root = parsed.Docs[0].Body
	problems = f.unknown(f.root, reflect.TypeOf(out).Elem(), nil)
	if err := yaml.Unmarshal(text, out); err != nil {
		problems = append(problems, f.yamlProblem(err))
	}
	return problems
}

func (f *file) yamlProblem(err error) Problem {
	p := Problem{File: f.name, Message: err.Error()}
	var y yaml.Error
	if errors.As(err, &y) {
		p.Message = y.GetMessage()
		if t := y.GetToken(); t != nil && t.Position != nil {
			p.Line = t.Position.Line
		}
	}
	p.Message = strings.TrimSpace(strings.SplitN(p.Message, "\n", 2)[0])
	return p
}

// unknown reports every key that the struct does not have.
func (f *file) unknown(n ast.Node, t reflect.Type, problems []Problem) []Problem {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch node := n.(type) {
	case *ast.MappingNode:
		for _, v := range node.Values {
			problems = f.unknownValue(v, t, problems)
		}
	case *ast.MappingValueNode:
		problems = f.unknownValue(node, t, problems)
	case *ast.SequenceNode:
		if t.Kind() == reflect.Slice {
			for _, v := range node.Values {
				problems = f.unknown(v, t.Elem(), problems)
			}
		}
	}
	return problems
}

func (f *file) unknownValue(v *ast.MappingValueNode, t reflect.Type, problems []Problem) []Problem {
	key := v.Key.GetToken().Value
	switch t.Kind() {
	case reflect.Map:
		return f.unknown(v.Value, t.Elem(), problems)
	case reflect.Struct:
		fields := map[string]reflect.Type{}
		var names []string
		for i := range t.NumField() {
			tag := t.Field(i).Tag.Get("yaml")
			if tag != "" {
				fields[tag] = t.Field(i).Type
				names = append(names, tag)
			}
		}
		if ft, ok := fields[key]; ok {
			return f.unknown(v.Value, ft, problems)
		}
		p := Problem{File: f.name, Line: v.Key.GetToken().Position.Line, Message: fmt.Sprintf("unknown field %q", key)}
		if t == reflect.TypeFor[CiteSpec]() && !isASCII(key) {
			p.Hint = "a quote with a comma in it is written in double quotes"
		} else if near := nearest(key, names); near != "" {
			p.Hint = fmt.Sprintf("did you mean %q?", near)
		} else {
			sort.Strings(names)
			p.Hint = "known here: " + strings.Join(names, ", ")
		}
		return append(problems, p)
	}
	return problems
}

// line of the node at a path of keys (string) and indexes (int); the nearest outer node's where it does not exist.
func (f *file) line(path ...any) int {
	n, at := f.root, 0
	for _, key := range path {
		if n == nil {
			break
		}
		if t := n.GetToken(); t != nil && t.Position != nil {
			at = t.Position.Line
		}
		next, line := child(n, key)
		if next == nil {
			return at
		}
		n, at = next, line
	}
	return at
}

func child(n ast.Node, key any) (ast.Node, int) {
	switch node := n.(type) {
	case *ast.MappingNode:
		for _, v := range node.Values {
			if name, ok := key.(string); ok && v.Key.GetToken().Value == name {
				return v.Value, v.Key.GetToken().Position.Line
			}
		}
	case *ast.MappingValueNode:
		if name, ok := key.(string); ok && node.Key.GetToken().Value == name {
			return node.Value, node.Key.GetToken().Position.Line
		}
	case *ast.SequenceNode:
		if i, ok := key.(int); ok && i < len(node.Values) {
			v := node.Values[i]
			return v, firstLine(v)
		}
	}
	return nil, 0
}

// firstLine of a sequence item: a block mapping's own token is a colon, its first key comes before it.
func firstLine(n ast.Node) int {
	switch node := n.(type) {
	case *ast.MappingNode:
		if len(node.Values) > 0 {
			return node.Values[0].Key.GetToken().Position.Line
		}
	case *ast.MappingValueNode:
		return node.Key.GetToken().Position.Line
	}
	return n.GetToken().Position.Line
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// nearest is the known word within two edits (a third of its length for long words) of what was written, or "".
func nearest(word string, known []string) string {
	best, bestDistance := "", max(2, len(word)/3)+1
	for _, k := range known {
		if d := distance(word, k); d < bestDistance {
			best, bestDistance = k, d
		}
	}
	return best
}

// distance is Levenshtein's.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			diagonal, row[j] = row[j], min(row[j]+1, row[j-1]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
