package regime

import (
	"context"
	"fmt"
	"strings"

	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
)

// Type is the type of a fact.
type Type string

const (
	Bool       Type = "bool"
	Int        Type = "int"
	String     Type = "string"
	StringList Type = "list"
	Day        Type = "day" // a workday.Date; "" is no day, which is before every day
)

// Fact is something a rule may look at. Its name is dotted and begins with the object it is about:
// org.last_breach is about the object "org" of an act.
type Fact struct {
	Name   string
	Object string // "" means the part of Name before the dot
	Type   Type
	// Load reads the fact of the object with this id, in the act's own transaction. A fact without Load is one
	// only the act itself can know; the act passes it to Judge as an extra.
	Load func(ctx context.Context, tx *sqldb.Tx, id string) (any, error)
}

// FactSpec declares a fact in regimes/vocabulary.yaml, so that a pack can be written, checked and explained
// without the program's stages at hand.
type FactSpec struct {
	Name  string `yaml:"name" need:"1" doc:"对象.词"`
	Type  Type   `yaml:"type" need:"1" enum:"bool,int,string,list,day"`
	Title string `yaml:"title"`
}

// ActSpec declares an act a rule may bind to, and the objects it carries.
type ActSpec struct {
	Name    string   `yaml:"name" need:"1"`
	Title   string   `yaml:"title"`
	Objects []string `yaml:"objects"`
}

// WordSpec is a word with its Chinese title.
type WordSpec struct {
	Name  string `yaml:"name" need:"1"`
	Title string `yaml:"title" need:"1"`
}

// Vocabulary is regimes/vocabulary.yaml: the words a pack may use. Roles are those that may apply and decide.
type Vocabulary struct {
	Roles []WordSpec `yaml:"roles"`
	Acts  []ActSpec  `yaml:"acts"`
	Facts []FactSpec `yaml:"facts"`
}

func objectOf(name string) string {
	object, _, _ := strings.Cut(name, ".")
	return object
}

// normal turns what a loader returned into what CEL compares, and refuses a value of another type.
func normal(name string, t Type, v any) (any, error) {
	switch x := v.(type) {
	case bool:
		if t == Bool {
			return x, nil
		}
	case int:
		if t == Int {
			return int64(x), nil
		}
	case int64:
		if t == Int {
			return x, nil
		}
	case uint64: // YAML's positive integers
		if t == Int {
			return int64(x), nil
		}
	case string:
		if t == String {
			return x, nil
		}
		if t == Day && (x == "" || workday.Date(x).Valid()) {
			return x, nil
		}
	case workday.Date:
		if t == Day && (x == "" || x.Valid()) {
			return string(x), nil
		}
	case []string:
		if t == StringList {
			return append([]string{}, x...), nil
		}
	case []any: // YAML's lists
		if t == StringList {
			list := make([]string, 0, len(x))
			for _, item := range x {
				s, ok := item.(string)
				if !ok {
					return nil, fmt.Errorf("事实 %s 是文字的列表, 其中不能有 %v", name, item)
				}
				list = append(list, s)
			}
			return list, nil
		}
	case nil:
		if t == StringList {
			return []string{}, nil
		}
	}
	return nil, fmt.Errorf("事实 %s 的类型是 %s, 不能是 %v", name, t, v)
}
