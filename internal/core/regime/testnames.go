package regime

import (
	"io/fs"
	"path"
	"regexp"
	"strings"

	"yunei/internal/base/errs"
)

// Evidence is what a source tree can show for an obligation, as coverage.yaml names it: core/party.TestService_QR a Go test
// (path below internal, or below the root), http/notice#What it shows a conversation, script/serve a script.
type Evidence struct{ names map[string]bool }

var (
	testFunction = regexp.MustCompile(`(?m)^func (Test\w+)\(`)
)

// ReadEvidence lists the tests of the source tree at root.
func ReadEvidence(root fs.FS) (Evidence, error) {
	e := Evidence{names: map[string]bool{}}
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir():
			if base := path.Base(name); name != "." && (base == "node_modules" || strings.HasPrefix(base, ".")) {
				return fs.SkipDir
			}
			return nil
		case strings.HasSuffix(name, "_test.go"):
			return e.goTests(root, name)
		case strings.HasPrefix(name, "test/http/") && strings.HasSuffix(name, ".txt"):
			return e.conversations(root, name)
		case strings.HasPrefix(name, "test/script/") && strings.HasSuffix(name, ".txt"):
			e.names["script/"+strings.TrimSuffix(path.Base(name), ".txt")] = true
		}
		return nil
	})
	if err != nil {
		return e, errs.New(errs.Invalid, "读取测试失败, 请核对源代码目录: %w", err)
	}
	return e, nil
}

func (e Evidence) goTests(root fs.FS, name string) error {
	text, err := fs.ReadFile(root, name)
	if err != nil {
		return err
	}
	dir := strings.TrimPrefix(path.Dir(name), "internal/")
	for _, m := range testFunction.FindAllSubmatch(text, -1) {
		e.names[dir+"."+string(m[1])] = true
	}
	return nil
}

// conversations takes the first line of every comment that stands above a request, and every heading.
func (e Evidence) conversations(root fs.FS, name string) error {
	text, err := fs.ReadFile(root, name)
	if err != nil {
		return err
	}
	file := strings.TrimSuffix(strings.TrimPrefix(name, "test/"), ".txt")
	e.names[file] = true
	for _, block := range strings.Split(string(text), "\n\n") {
		first, _, _ := strings.Cut(strings.TrimSpace(block), "\n")
		if title, ok := strings.CutPrefix(first, "# "); ok {
			e.names[file+"#"+plain(title)] = true
		}
	}
	return nil
}

func plain(title string) string { return strings.TrimRight(strings.TrimSpace(title), ".:。：") }

// has reports whether a named test exists; what follows a slash after a test function is one of its subtests.
func (e Evidence) has(name string) bool {
	if file, title, conversation := strings.Cut(name, "#"); conversation {
		return e.names[strings.TrimSuffix(file, ".txt")+"#"+plain(title)]
	}
	if i := strings.Index(name, ".Test"); i >= 0 {
		function, _, _ := strings.Cut(name[i:], "/")
		return e.names[name[:i]+function]
	}
	return e.names[strings.TrimSuffix(name, ".txt")]
}

// near is a name like the one that does not exist.
func (e Evidence) near(name string) string {
	file, _, conversation := strings.Cut(name, "#")
	var known []string
	for k := range e.names {
		if strings.Contains(k, "#") == conversation && (!conversation || strings.HasPrefix(k, strings.TrimSuffix(file, ".txt")+"#")) {
			known = append(known, k)
		}
	}
	return nearest(name, known)
}

// LintTests reports every test that coverage.yaml names and the source tree does not have.
func LintTests(fsys fs.FS, e Evidence, names ...string) []Problem {
	src, err := readSource(fsys, names)
	if err != nil {
		return []Problem{{File: ".", Message: sentence(err)}}
	}
	problems := []Problem{}
	for _, p := range src.packs {
		if p.coverage == nil {
			continue
		}
		l := &linter{src: src, pack: p}
		for i, o := range p.coverage.spec.Obligations {
			for j, name := range o.Tests {
				if e.has(name) {
					continue
				}
				hint := "请写 Go 测试 (core/party.TestX)、对话 (http/文件#标题) 或脚本 (script/文件)"
				if near := e.near(name); near != "" {
					hint = "是否指 " + near
				}
				l.add(p.coverage.file, []any{"obligations", i, "tests", j}, hint, "义务 %s 的 tests 中 %q 不存在", o.ID, name)
			}
		}
		problems = append(problems, l.problems...)
	}
	sortProblems(problems)
	return problems
}
