package trace_test

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/flow/trace"
	"yunei/internal/test/town"
	"yunei/regimes"
)

// reworded is the shipped law with the title of each rule of one pack changed: a later version of it.
func reworded(t *testing.T) fs.FS {
	t.Helper()
	out := fstest.MapFS{}
	town.Must(t, fs.WalkDir(regimes.FS, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(regimes.FS, name)
		if strings.HasPrefix(name, "quanzhou-2024-05-17/rules/") {
			text = regexp.MustCompile(`(?m)^( *title: [^"'{}\n]+)$`).ReplaceAll(text, []byte("${1}改"))
		}
		out[name] = &fstest.MapFile{Data: text}
		return err
	}))
	return out
}

// What a decision's file shows does not change with what happens after: a correction, a new name, a new version of the law. Bytes
// that were changed behind the program's back are not shown, and fsck names them.
func TestService_Decision(t *testing.T) {
	town.Each(t, func(t *testing.T, w *town.Town) {
		s := trace.New(trace.Deps{Acts: w.Acts, Catalog: w.Catalog})
		g := w.Grants("bank", 20_000_000_000)
		draw := func() (trace.Decision, error) {
			d, err := s.Decision(w.As("bureau"), "matter", g.Declaration.Matter)
			d.Sealed = false
			return d, err
		}
		first, err := draw()
		town.Must(t, err)
		var reasons []string
		for _, p := range first.Parts {
			if p.At.IsZero() || p.Account == "" {
				t.Errorf("a participant without time or account: %+v", p)
			}
			if p.Verdict != "" {
				reasons = append(reasons, p.Name+" "+p.Step+" "+p.Opinion)
			}
		}
		if len(reasons) < 3 || len(first.Packs) == 0 {
			t.Fatalf("the file has the opinions %q under %d packs", reasons, len(first.Packs))
		}
		entry, err := s.Decision(w.As("holder"), "entry", w.Card.ID)
		town.Must(t, err)
		if len(entry.Basis) == 0 || entry.Basis[0].Cite.Quote == "" || entry.Entry == nil || entry.Act != "catalog.publish" {
			t.Errorf("the file of the entry is %+v, want the publication with its rules", entry)
		}

		step := first.Matter.Steps[0]
		_, err = w.Matters.Correct(w.As("operator"), first.Object, step.ID, step.Opinions[0].Account, "更正后的意见", "笔误")
		town.Must(t, err)
		town.Must(t, w.Law.Load(reworded(t), "quanzhou-2024-05-17"))
		town.Must(t, w.DB.Do(t.Context(), func(tx *sqldb.Tx) error { return w.Law.Keep(t.Context(), tx) }))
		later, err := draw()
		town.Must(t, err)
		if diff := cmp.Diff(first, later); diff != "" {
			t.Errorf("a correction and a new law changed the file (-then +now):\n%s", diff)
		}
		w.Fsck()

		w.Tamper(`UPDATE account SET name = '另一个人'`)
		w.Tamper(`UPDATE organization SET name = '另一个单位'`)
		if later, err = draw(); err != nil || cmp.Diff(first, later) != "" {
			t.Errorf("other names today changed the file: %v\n%s", err, cmp.Diff(first, later))
		}
		finds := func(what string) {
			t.Helper()
			town.Must(t, w.Log.Seal(t.Context()))
			problems, err := w.Log.Fsck(t.Context())
			town.Must(t, err)
			for _, p := range problems {
				if strings.Contains(p.String(), what) {
					return
				}
			}
			t.Errorf("fsck does not name %s; it has %v", what, problems)
		}
		w.Tamper(`UPDATE regime_text SET body = body || ' '`)
		_, err = draw()
		town.WantCode(t, "a file by a law that was rewritten", err, errs.Conflict)
		finds("quanzhou-2024-05-17")
		w.Tamper(`UPDATE object_version SET salt = $1 WHERE kind = 'matter'`, []byte("another salt"))
		_, err = draw()
		town.WantCode(t, "a file whose record was rewritten", err, errs.Conflict)
		finds(first.Object)
		_, err = s.Decision(w.As("other"), "matter", first.Object)
		if err == nil {
			t.Error("a company that has no part in the matter reads its decision")
		}
	})
}
