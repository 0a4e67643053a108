package internal

import (
	"go/parser"
	"go/token"
	"path"
	"strings"
	"testing"
)

// TestPackageDocs holds that each package says what it is for: a new colleague reads the comment alone.
func TestPackageDocs(t *testing.T) {
	type doc struct {
		name, text string
		file       string
		count      int
	}
	docs := map[string]*doc{}
	for _, src := range sources(t) {
		if src.inTest {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), src.file, nil, parser.PackageClauseOnly|parser.ParseComments)
		if err != nil {
			t.Error(err)
			continue
		}
		d := docs[src.pkg]
		if d == nil {
			d = &doc{name: f.Name.Name, file: src.file}
			docs[src.pkg] = d
		}
		if text := f.Doc.Text(); text != "" {
			d.text, d.file = text, src.file
			d.count++
		}
	}
	for pkg, d := range docs {
		want := "Package " + d.name + " "
		if d.name == "main" {
			want = "Command " + path.Base(pkg) + " "
		}
		switch {
		case d.count == 0:
			t.Errorf("%s: no file has a package comment", pkg)
		case d.count > 1:
			t.Errorf("%s: %d files have a package comment; go doc would join them", pkg, d.count)
		case !strings.HasPrefix(d.text, want):
			t.Errorf("%s: the package comment begins %.40q, want %q", d.file, d.text, want)
		case len(strings.Fields(d.text)) < 8:
			t.Errorf("%s: the package comment says too little: %q", d.file, strings.TrimSpace(d.text))
		}
	}
}
