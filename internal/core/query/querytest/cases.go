package querytest

import (
	"embed"
	"fmt"
	"io/fs"
	"strings"

	"yunei/internal/core/query"
	"yunei/internal/core/query/step"
)

//go:embed testdata/*.txt testdata/steps/*.txt
var testdata embed.FS

// Case is one text of testdata and what becomes of it.
type Case struct {
	File  string
	Line  int
	Class query.Class
	Text  string
	Code  string // "" for allow
	At    int    // byte the refusal begins at, -1 when the case does not say

	Module []byte // of a text with a step
}

// Cases reads testdata.
func Cases() ([]Case, error) { return read("testdata/*.txt") }

// StepCases reads the texts with a WebAssembly step.
func StepCases() ([]Case, error) { return read("testdata/steps/*.txt") }

func read(pattern string) ([]Case, error) {
	var out []Case
	files, err := fs.Glob(testdata, pattern)
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		body, err := testdata.ReadFile(file)
		if err != nil {
			return nil, err
		}
		cases, err := parseCases(file, string(body))
		if err != nil {
			return nil, err
		}
		out = append(out, cases...)
	}
	return out, nil
}

func parseCases(file, body string) ([]Case, error) {
	var out []Case
	var current *Case
	var lines []string
	modules := map[string]*strings.Builder{}
	var module *strings.Builder
	for n, line := range strings.Split(body, "\n") {
		switch {
		case strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "== class "):
			class, with, _ := strings.Cut(strings.TrimPrefix(line, "== class "), " with ")
			current = &Case{File: file, Line: n + 1, Class: query.Class(class), At: -1}
			lines, module = nil, nil
			if with != "" {
				text, ok := modules[with]
				if !ok {
					return nil, fmt.Errorf("%s:%d: no module %q", file, n+1, with)
				}
				var err error
				if current.Module, err = step.Assemble(text.String()); err != nil {
					return nil, fmt.Errorf("%s:%d: module %s: %w", file, n+1, with, err)
				}
			}
		case strings.HasPrefix(line, "== module "):
			module = &strings.Builder{}
			modules[strings.TrimPrefix(line, "== module ")] = module
		case module != nil:
			module.WriteString(line + "\n")
		case strings.HasPrefix(line, "-> "):
			if current == nil {
				return nil, fmt.Errorf("%s:%d: outcome without a case", file, n+1)
			}
			current.Text = strings.TrimSpace(strings.Join(lines, "\n"))
			if err := current.outcome(strings.TrimPrefix(line, "-> ")); err != nil {
				return nil, fmt.Errorf("%s:%d: %w", file, n+1, err)
			}
			out = append(out, *current)
			current = nil
		default:
			lines = append(lines, line)
		}
	}
	return out, nil
}

func (c *Case) outcome(s string) error {
	if s == "allow" {
		return nil
	}
	rest, ok := strings.CutPrefix(s, "refuse ")
	if !ok {
		return fmt.Errorf("outcome %q", s)
	}
	code, where, placed := strings.Cut(rest, " at ")
	c.Code = code
	if !placed {
		return nil
	}
	words, nth, numbered := strings.Cut(where, " #")
	n := 1
	if numbered {
		if _, err := fmt.Sscan(nth, &n); err != nil {
			return err
		}
	}
	at := -1
	for range n {
		i := strings.Index(c.Text[at+1:], words)
		if i < 0 {
			return fmt.Errorf("%q does not occur %d times", words, n)
		}
		at += 1 + i
	}
	c.At = at
	return nil
}
