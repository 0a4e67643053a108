package regime

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/google/cel-go/cel"

	"yunei/internal/base/errs"
)

// sentence.go is how lint speaks: to a lawyer with an editor, in Chinese, what is wrong and then what to do. Names of fields
// stay as they are written in YAML. What the YAML and CEL libraries report in English is said again in our words.

// meant is the way out of an unknown word: the nearest known one, else what may stand there.
func meant(word string, known []string, otherwise string) string {
	if near := nearest(word, known); near != "" {
		return "是否指 " + near
	}
	return otherwise
}

func oneOf(words []string) string { return "应为 " + strings.Join(words, "、") + " 之一" }

// keys in order, so that the nearest of several is always the same.
func keys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

func braced(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = "{" + n + "}"
	}
	return out
}

// sentence is an error for a reader: ours without its code.
func sentence(err error) string {
	if e, ok := errors.AsType[*errs.Error](err); ok {
		return e.Msg
	}
	return err.Error()
}

func faulty(problems []Problem) error {
	return errs.New(errs.Invalid, "规则包有 %d 处问题, 请先运行 yunei regime lint 逐条改正; 第一处是 %s", len(problems), problems[0])
}

const (
	notYAML     = "这里不是合法的 YAML"
	notYAMLHint = "请检查缩进、冒号后的空格, 以及括号和引号是否成对"
)

var (
	quoted     = regexp.MustCompile(`["']([^"']+)["']`)
	position   = regexp.MustCompile(`\[(\d+):\d+\]`)
	undeclared = regexp.MustCompile(`undeclared reference to '([^']+)'`)
	overload   = regexp.MustCompile(`found no matching overload for '([^']+)' applied to '(.+)'`)
	mismatch   = regexp.MustCompile(`expected type '([^']+)' but found '([^']+)'`)
)

// yamlSentence says what the YAML library found, and what to do.
func yamlSentence(err error) (message, hint string) {
	var (
		syntax    *yaml.SyntaxError
		twice     *yaml.DuplicateKeyError
		dst       *yaml.TypeError
		overflow  *yaml.OverflowError
		unfitting *yaml.UnexpectedNodeTypeError
	)
	switch {
	case errors.As(err, &twice):
		return doubled(twice.Message)
	case errors.As(err, &dst):
		return "这里的值类型不对", "应写成" + shape(dst.DstType)
	case errors.As(err, &overflow):
		return fmt.Sprintf("数 %s 太大", overflow.SrcNum), "请核对位数"
	case errors.As(err, &unfitting):
		return "这里的值类型不对", "应写成" + nodeShapes[unfitting.Expected.YAMLName()]
	case errors.As(err, &syntax) && strings.Contains(syntax.Message, "already defined"):
		return doubled(syntax.Message)
	case errors.As(err, &syntax) && strings.Contains(syntax.Message, "boolean"):
		return "这里的值类型不对", "应写成" + nodeShapes["boolean"]
	case errors.As(err, &syntax), !chinese(err.Error()):
		return notYAML, notYAMLHint
	}
	return err.Error(), ""
}

func doubled(message string) (string, string) {
	key, before := "", ""
	if m := quoted.FindStringSubmatch(message); m != nil {
		key = fmt.Sprintf(" %q", m[1])
	}
	if m := position.FindStringSubmatch(message); m != nil {
		before = ", 前一处在第 " + m[1] + " 行"
	}
	return "字段" + key + " 写了两次" + before, "请删去一处"
}

var nodeShapes = map[string]string{"boolean": " true 或 false", "int": "整数", "string": "文字", "mapping": "若干行 \"字段: 值\"", "sequence": "列表, 如 [甲, 乙]"}

func shape(t reflect.Type) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.Bool:
		return nodeShapes["boolean"]
	case reflect.Int, reflect.Int64:
		return nodeShapes["int"]
	case reflect.Slice:
		return nodeShapes["sequence"]
	case reflect.Map, reflect.Struct:
		return nodeShapes["mapping"]
	}
	return nodeShapes["string"]
}

// celSentence turns CEL's report of a condition into one sentence, with the nearest known word for an unknown one.
func celSentence(text string, issues *cel.Issues, known []string) string {
	var parts []string
	for _, e := range issues.Errors() {
		msg := "写法无法理解, 请核对"
		switch m := e.Message; {
		case undeclared.MatchString(m):
			// CEL names only the part before the dot; what was written is in the text.
			name := undeclared.FindStringSubmatch(m)[1]
			if dotted := regexp.MustCompile(`\b` + regexp.QuoteMeta(name) + `(\.\w+)+`).FindString(text); dotted != "" {
				name = dotted
			}
			msg = fmt.Sprintf("不认识 %s, %s", name, meant(name, known, "事实见 vocabulary.yaml, 取值写成 param.名称"))
		case overload.MatchString(m):
			found := overload.FindStringSubmatch(m)
			msg = fmt.Sprintf("运算 %s 不能用于 %s, 请核对各项的类型", strings.Trim(found[1], "_"), found[2])
		case mismatch.MatchString(m):
			found := mismatch.FindStringSubmatch(m)
			msg = fmt.Sprintf("应为 %s 类型, 写的是 %s, 请改正", found[1], found[2])
		case strings.HasPrefix(m, "Syntax error"):
			msg = "写法有误, 请检查括号、引号和运算符"
		}
		parts = append(parts, fmt.Sprintf("第 %d 列: %s", e.Location.Column()+1, msg))
	}
	return "条件" + strings.Join(parts, "; ")
}

// evalSentence says why a condition that compiles cannot be worked out for these facts.
func evalSentence(err error) error {
	for said, ours := range map[string]string{"division by zero": "除数为零", "modulus by zero": "除数为零", "overflow": "得数太大", "cost limit": "计算量太大", "interrupted": "计算被中断"} {
		if strings.Contains(err.Error(), said) {
			return errors.New(ours)
		}
	}
	return err
}

// undeclarable says which name cannot stand in a condition.
func undeclarable(err error) string {
	if m := quoted.FindStringSubmatch(err.Error()); m != nil {
		return "名称 " + m[1] + " 不能用于条件"
	}
	return "有的名称不能用于条件"
}

// chinese reports whether a message was written by us.
func chinese(s string) bool { return utf8.RuneCountInString(s) != len(s) }
