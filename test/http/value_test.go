package http_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// decode keeps numbers as they were written: an id of the ledger is no floating-point number.
func decode(raw string) (any, error) {
	d := json.NewDecoder(strings.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	return v, nil
}

// find walks a path: a.0.b, a[key=value].b; "." is the value itself.
func find(v any, path string) (any, bool) {
	for path != "" && path != "." {
		var part string
		if strings.HasPrefix(path, "[") {
			end := strings.IndexByte(path, ']')
			if end < 0 {
				return nil, false
			}
			part, path = path[1:end], strings.TrimPrefix(path[end+1:], ".")
			key, want, _ := strings.Cut(part, "=")
			var found bool
			if v, found = pick(v, key, want); !found {
				return nil, false
			}
			continue
		}
		end := strings.IndexAny(path, ".[")
		if end < 0 {
			part, path = path, ""
		} else {
			part, path = path[:end], strings.TrimPrefix(path[end:], ".")
		}
		switch x := v.(type) {
		case map[string]any:
			var found bool
			if v, found = x[part]; !found {
				return nil, false
			}
		case []any:
			i, err := strconv.Atoi(part)
			if err != nil || i < 0 || i >= len(x) {
				return nil, false
			}
			v = x[i]
		default:
			return nil, false
		}
	}
	return v, true
}

func pick(v any, key, want string) (any, bool) {
	list, _ := v.([]any)
	for _, item := range list {
		if m, ok := item.(map[string]any); ok && fmt.Sprint(m[key]) == want {
			return item, true
		}
	}
	return nil, false
}

// compare says "" or what is wrong with got.
func compare(got any, op, want string) string {
	if op == "~" {
		text, isText := got.(string)
		re, err := regexp.Compile(want)
		if err != nil {
			return err.Error()
		}
		if !isText || !re.MatchString(text) {
			return fmt.Sprintf("got %s, want a text that matches %s", encode(got), want)
		}
		return ""
	}
	if op == "len" {
		if n := length(got); strconv.Itoa(n) != want {
			return fmt.Sprintf("got %d, want %s: %s", n, want, encode(got))
		}
		return ""
	}
	w, err := decode(want)
	if err != nil {
		return fmt.Sprintf("%s is not JSON: %v", want, err)
	}
	ok := false
	switch op {
	case "==":
		ok = reflect.DeepEqual(got, w)
	case "!=":
		ok = !reflect.DeepEqual(got, w)
	case "has":
		ok = has(got, w)
	}
	if !ok {
		return fmt.Sprintf("got %s, want %s %s", encode(got), op, want)
	}
	return ""
}

// has: a text contains a text; a list has an element, and an object the members, that want asks for.
func has(got, want any) bool {
	switch g := got.(type) {
	case string:
		w, ok := want.(string)
		return ok && strings.Contains(g, w)
	case []any:
		for _, item := range g {
			if within(item, want) {
				return true
			}
		}
		return false
	}
	return within(got, want)
}

func within(got, want any) bool {
	w, isObject := want.(map[string]any)
	g, ok := got.(map[string]any)
	if !isObject || !ok {
		return reflect.DeepEqual(got, want)
	}
	for key, value := range w {
		if x, there := g[key]; !there || !within(x, value) {
			return false
		}
	}
	return true
}

func length(v any) int {
	switch x := v.(type) {
	case []any:
		return len(x)
	case map[string]any:
		return len(x)
	case string:
		return utf8.RuneCountInString(x)
	}
	return -1
}

func encode(v any) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return fmt.Sprint(v)
	}
	return strings.TrimSpace(b.String())
}
