package internal

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"strings"
	"testing"
)

// TestGlossary looks up each word of the glossary's first table in the code: a word nobody uses belongs into the second.
func TestGlossary(t *testing.T) {
	words := map[string]bool{} // names of packages, and of what is declared in them, methods included
	for _, src := range sources(t) {
		if src.inTest {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), src.file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		words[f.Name.Name] = true
		words[path.Base(src.pkg)] = true
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.TypeSpec:
				words[n.Name.Name] = true
			case *ast.FuncDecl:
				words[n.Name.Name] = true
			case *ast.ValueSpec:
				for _, name := range n.Names {
					words[name.Name] = true
				}
			case *ast.Field:
				for _, name := range n.Names {
					words[name.Name] = true
				}
			}
			return true
		})
	}
	raw, err := os.ReadFile("../docs/glossary.md")
	if err != nil {
		t.Fatal(err)
	}
	inTree, _, found := strings.Cut(string(raw), "\n## Kept for later")
	if !found {
		t.Fatal("docs/glossary.md has no part that is kept for later")
	}
	rows := 0
	for line := range strings.Lines(inTree) {
		cells := strings.Split(line, "|")
		if len(cells) < 5 || strings.Contains(line, "---") || strings.TrimSpace(cells[2]) == "code" {
			continue
		}
		rows++
		for word := range strings.SplitSeq(cells[2], "/") {
			if word = strings.TrimSpace(word); !words[word] {
				t.Errorf("the glossary says %q, which no package declares", word)
			}
		}
	}
	if rows < 20 {
		t.Errorf("read only %d rows of the glossary", rows)
	}
}
