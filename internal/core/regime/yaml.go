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

	"yunei/internal/base/workday"
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
		return f, []Problem{{File: name, Message: "读不了这个文件", Hint: "请检查它是否存在、有没有读取权限"}}
	}
	return f, f.parse(text, out)
}

func (f *file) parse(text []byte, out any) (problems []Problem) {
	if len(text) > maxFile {
		return []Problem{{File: f.name, Message: fmt.Sprintf("文件有 %d 字节, 最多读 %d 字节", len(text), maxFile), Hint: "请拆成几个文件"}}
	}
	// The parser is third-party code reading what a person wrote; a panic in it is a fault of that file, not of us.
	defer func() {
		if r := recover(); r != nil {
			problems = append(problems, Problem{File: f.name, Line: 1, Message: notYAML, Hint: notYAMLHint})
		}
	}()
	parsed, err := parser.ParseBytes(text, 0)
	if err != nil {
		return []Problem{f.yamlProblem(err)}
	}
	if len(parsed.Docs) != 1 || parsed.Docs[0].Body == nil {
		return []Problem{{File: f.name, Line: 1, Message: "一个文件须有且只有一份内容", Hint: "请补上内容, 或者删去多余的分隔行 ---"}}
	}
	f.root = parsed.Docs[0].Body
	problems = f.unknown(f.root, reflect.TypeOf(out).Elem(), nil)
	if err := yaml.Unmarshal(text, out); err != nil {
		// An error without a place is about a value that was found above with its line.
		if _, placed := errors.AsType[yaml.Error](err); placed || len(problems) == 0 {
			problems = append(problems, f.yamlProblem(err))
		}
	}
	return problems
}

func (f *file) yamlProblem(err error) Problem {
	p := Problem{File: f.name, Line: 1}
	p.Message, p.Hint = yamlSentence(err)
	if y, ok := errors.AsType[yaml.Error](err); ok {
		if t := y.GetToken(); t != nil && t.Position != nil {
			p.Line = t.Position.Line
		}
	}
	return p
}

// unknown reports every key that the struct does not have, and every day that is none.
func (f *file) unknown(n ast.Node, t reflect.Type, problems []Problem) []Problem {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == reflect.TypeFor[workday.Date]() {
		return f.notADay(n, problems)
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

// notADay reports what cannot be a day; the library would not say in which line it stands.
func (f *file) notADay(n ast.Node, problems []Problem) []Problem {
	switch n.(type) {
	case nil, *ast.NullNode, *ast.AliasNode, *ast.AnchorNode, *ast.TagNode:
		return problems
	}
	text := n.GetToken().Value
	if _, scalar := n.(ast.ScalarNode); scalar && (text == "" || workday.Date(text).Valid()) {
		return problems
	}
	return append(problems, Problem{File: f.name, Line: firstLine(n), Message: fmt.Sprintf("%q 不是有效的日期", n.String()), Hint: "请写成 2006-01-02 的形式"})
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
		p := Problem{File: f.name, Line: v.Key.GetToken().Position.Line, Message: fmt.Sprintf("不认识字段 %q", key)}
		if t == reflect.TypeFor[CiteSpec]() && !isASCII(key) {
			p.Hint = "引文里有逗号的, 请用双引号括起来"
		} else {
			sort.Strings(names)
			p.Hint = meant(key, names, "这里可以写: "+strings.Join(names, ", "))
		}
		return append(problems, p)
	}
	return problems
}

// line of the node at a path of keys (string) and indexes (int); the nearest outer node's where it does not exist.
func (f *file) line(path ...any) int {
	n, at := f.root, 0
	if n != nil {
		at = firstLine(n)
	}
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

// nearest is the known word within two edits (a third of its length for long words) of what was written, or ""; a word of
// which every letter is another is not meant.
func nearest(word string, known []string) string {
	best, bestDistance := "", max(2, len(word)/3)+1
	for _, k := range known {
		if d := distance(word, k); d < bestDistance && d < len(word) {
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
