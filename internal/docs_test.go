package internal

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	mdLink    = regexp.MustCompile(`\]\(([^)#\s]+)(#[^)\s]*)?\)`)
	mdFence   = regexp.MustCompile("(?ms)^```.*?^```")
	bareTodo  = regexp.MustCompile(`\b(TODO|FIXME|XXX|HACK)\b`)
	makeWords = regexp.MustCompile("`make ([a-z]+)`")
)

// TestDocs_Links holds that what a document points at inside the repository is there, make targets included.
func TestDocs_Links(t *testing.T) {
	makefile, err := os.ReadFile("../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	err = filepath.WalkDir("..", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == "var" || d.Name() == ".git" || d.Name() == "articles") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(p, ".md") {
			return nil
		}
		raw, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		checked++
		text := mdFence.ReplaceAllString(string(raw), "")
		for _, m := range mdLink.FindAllStringSubmatch(text, -1) {
			if strings.Contains(m[1], "://") || strings.HasPrefix(m[1], "mailto:") {
				continue
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(p), filepath.FromSlash(m[1]))); err != nil {
				t.Errorf("%s links to %s, which is not there", p, m[1])
			}
		}
		for _, m := range makeWords.FindAllStringSubmatch(text, -1) {
			if !strings.Contains("\n"+string(makefile), "\n"+m[1]+":") {
				t.Errorf("%s names `make %s`, which the Makefile does not have", p, m[1])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if checked == 0 {
		t.Error("no document was checked")
	}
}

// TestNoNakedTodos: what is left undone stands in docs/roadmap.md, where somebody reads it.
func TestNoNakedTodos(t *testing.T) {
	for _, src := range sources(t) {
		if src.pkg == "internal" {
			continue
		}
		raw, err := os.ReadFile(src.file)
		if err != nil {
			t.Fatal(err)
		}
		if m := bareTodo.Find(raw); m != nil {
			t.Errorf("%s says %s; write it in docs/roadmap.md instead", src.file, m)
		}
	}
}
