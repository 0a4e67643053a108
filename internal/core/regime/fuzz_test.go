package regime_test

import (
	"bytes"
	"io/fs"
	"path"
	"testing"
	"testing/fstest"

	"yunei/internal/base/errs"
	"yunei/internal/core/regime"
	"yunei/regimes"
)

// parts are the files of a pack that a person writes, by what decodes them.
var parts = []string{"p/pack.yaml", "p/articles/1.md", "p/procedures/apply.yaml", "p/rules/age.yaml", "p/cases/age.yaml", "p/coverage.yaml", "vocabulary.yaml"}

// FuzzPack feeds any file of a pack with anything: lint answers with problems, never a panic; what it lets pass loads, and every
// procedure that was loaded can be asked for. Packs come from people, and a server is started with them.
func FuzzPack(f *testing.F) {
	for i, name := range parts {
		f.Add(uint8(i), []byte(small[name]))
	}
	for _, text := range upper {
		f.Add(uint8(2), []byte(text))
		f.Add(uint8(3), []byte(text))
	}
	shipped, err := fs.Glob(regimes.FS, "*/procedures/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range shipped {
		text, err := fs.ReadFile(regimes.FS, name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(uint8(2), text)
	}
	f.Add(uint8(2), []byte("kind: x\nadds: true\nsteps: [{id: all, after: [all], publicity: {for: 99999999999wd}}]"))
	f.Add(uint8(0), []byte("with: [p, p, ../p]\ntrial: {until: 0000-00-00}"))
	f.Fuzz(func(t *testing.T, which uint8, text []byte) {
		if bytes.Count(text, []byte("*")) > 50 {
			t.Skip("alias bombs are bounded by the size of a file a lawyer writes")
		}
		fsys := both(t)
		name := parts[int(which)%len(parts)]
		fsys[name] = &fstest.MapFile{Data: text}
		problems := regime.Lint(fsys)
		law := regime.New()
		err := law.Load(fsys, "p", "n")
		if err != nil && len(problems) == 0 {
			t.Errorf("lint finds nothing in %s, but loading says %v", name, err)
		}
		if err != nil {
			return
		}
		for _, kind := range law.Kinds("2025-02-03") {
			// A value that the procedure names may have other days than the procedure.
			if _, err := law.Procedure(kind, "2025-02-03"); err != nil && !errs.Is(err, errs.NotFound) {
				t.Errorf("%s loads, but its procedure %s cannot be asked for: %v", name, kind, err)
			}
		}
		law.Matrix()
		_, _ = regime.Diff(fsys, path.Dir("p/x"), fsys, "n")
	})
}
