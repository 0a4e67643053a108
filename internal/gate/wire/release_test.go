package wire_test

import (
	"encoding/csv"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"yunei/internal/flow/lab"
	"yunei/internal/flow/output"
	"yunei/internal/test/town"
)

func submitted(w *town.Town, run lab.Run, recipient string) output.Release {
	w.T.Helper()
	r, err := w.Output.Submit(w.As("bank"), output.Ask{Run: run.ID, Purpose: "编制年度统计公报", Recipient: recipient, Retention: "一年"})
	town.Must(w.T, err)
	return r
}

// left exports a release and gives its file, without the head.
func left(w *town.Town, r output.Release) [][]string {
	w.T.Helper()
	_, file, err := w.Output.Export(w.As("bank"), r.ID)
	town.Must(w.T, err)
	lines, err := csv.NewReader(strings.NewReader(string(file))).ReadAll()
	town.Must(w.T, err)
	return lines[1:]
}

func table(r output.Release) string {
	return "release_" + strings.ToLower(r.ID[strings.LastIndexByte(r.ID, '_')+1:])
}

// figures reads the groups of a released table with their counts, nil for what is not shown.
func figures(t *testing.T, c *pgx.Conn, name string) (map[string]*string, error) {
	t.Helper()
	rows, err := c.Query(t.Context(), "SELECT education, accounts FROM "+name, pgx.QueryExecModeSimpleProtocol)
	if err != nil {
		return nil, err
	}
	out := map[string]*string{}
	var education string
	var accounts *string
	_, err = pgx.ForEachRow(rows, []any{&education, &accounts}, func() error {
		out[education] = accounts
		return nil
	})
	return out, err
}

// wantFile compares what is read over the wire with the file that left, cell by cell.
func wantFile(t *testing.T, got map[string]*string, lines [][]string) (shown, hidden int) {
	t.Helper()
	if len(got) != len(lines) || len(lines) == 0 {
		t.Errorf("%d groups, the file has %d", len(got), len(lines))
	}
	for _, line := range lines {
		switch n := got[line[0]]; {
		case line[1] == "*":
			if hidden++; n != nil {
				t.Errorf("group %s shows %s over the wire, the file hides it", line[0], *n)
			}
		case n == nil || *n != line[1]:
			t.Errorf("group %s shows %v over the wire, the file has %s", line[0], n, line[1])
		default:
			shown++
		}
	}
	return shown, hidden
}

// What has left by output review is a table of its own, with what a reviewer hid missing as it is in the file; what has not left, or
// was recalled, is none.
func TestServer_Releases(t *testing.T) {
	town.Each(t, func(t *testing.T, w *town.Town) {
		g := w.Grants("bank", 20_000_000_000)
		run, err := w.Lab.Run(w.As("bank"), g.Space.ID, g.Table.ID)
		town.Must(t, err)
		r := submitted(w, run, "本行风险管理部")
		page, err := w.Output.Get(w.As("bureau"), r.ID)
		town.Must(t, err)
		cell := -1
		for _, row := range page.Table.Rows {
			if !row.Fields[1].Hidden {
				cell = row.Cell
			}
		}
		_, err = w.Output.Redact(w.As("bureau"), r.ID, []int{cell}, "该组与舆情事件有关")
		town.Must(t, err)
		w.Review(r.Matter)
		address := serve(w, nil)
		name, key := login(w, "bank")
		c := connect(t, address(name, key, g.Space.ID, ""))
		_, err = figures(t, c, table(r))
		wantState(t, "before it was exported", err, "42P01")
		lines := left(w, r)
		for range 2 { // read from the file, then as it was read before
			got, err := figures(t, c, table(r))
			town.Must(t, err)
			if shown, hidden := wantFile(t, got, lines); shown == 0 || hidden <= page.Table.Hidden {
				t.Errorf("%d groups are shown and %d hidden, before the redaction %d; want one more hidden", shown, hidden, page.Table.Hidden)
			}
		}
		var margins int64
		town.Must(t, c.QueryRow(t.Context(), "SELECT COUNT(*) AS n FROM "+table(r)+" WHERE accounts IS NOT NULL AND accounts_error95 IS NULL").Scan(&margins))
		if margins != 0 {
			t.Errorf("%d noised figures have no error beside them", margins)
		}
		_, err = w.Output.Recall(w.As("bureau"), r.ID, "口径有误")
		town.Must(t, err)
		_, err = figures(t, c, table(r))
		wantState(t, "after the recall", err, "42P01")
	})
}

// Exact figures are read as they left: hidden and rounded, without an error column, until their permit ends. A file that was changed
// on the disk is left out and takes no other table with it.
func TestServer_Exact(t *testing.T) {
	w := town.SQLite(t)
	g := w.Grants("bank", 20_000_000_000)
	p := w.Permits("bank", g)
	run, err := w.Lab.RunExact(w.As("bank"), g.Space.ID, g.Table.ID)
	town.Must(t, err)
	r := submitted(w, run, "市统计局")
	page, err := w.Output.Get(w.As("bureau"), r.ID)
	town.Must(t, err)
	for _, no := range page.Warned {
		for _, who := range []string{"bureau", "bureau2"} {
			_, err := w.Output.Override(w.As(who), r.ID, no, "已与统计口径核对")
			town.Must(t, err)
		}
	}
	w.Review(r.Matter)
	lines := left(w, r)
	address := serve(w, nil)
	name, key := login(w, "bank")
	c := connect(t, address(name, key, g.Space.ID, ""))
	got, err := figures(t, c, table(r))
	town.Must(t, err)
	if shown, _ := wantFile(t, got, lines); shown == 0 {
		t.Error("no exact figure is shown")
	}
	_, err = c.Exec(t.Context(), "SELECT accounts_error95 FROM "+table(r))
	wantState(t, "an error of an exact figure", err, "42P01")

	path, err := w.Blobs.Path(page.Release.Digest)
	town.Must(t, err)
	body, err := os.ReadFile(path)
	town.Must(t, err)
	town.Must(t, os.Chmod(path, 0o600))
	town.Must(t, os.WriteFile(path, append(body, "9,9,9\n"...), 0o600))
	fresh := connect(t, address(name, key, g.Space.ID, ""))
	_, err = figures(t, fresh, table(r))
	wantState(t, "a changed file", err, "42P01")
	_, err = fresh.Exec(t.Context(), "SELECT education FROM credit_default")
	town.Must(t, err)
	town.Must(t, os.WriteFile(path, body, 0o600))

	_, err = w.Statistics.End(w.As("bureau"), p.ID, "统计调查已经结束")
	town.Must(t, err)
	_, err = figures(t, c, table(r))
	wantState(t, "after the permit ended", err, "42P01")
}
