package trace_test

import (
	"strings"
	"testing"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/workday"
	"yunei/internal/flow/output"
	"yunei/internal/flow/trace"
	"yunei/internal/test/town"
)

// A chain that holds has no gap; whatever is taken out of it, put beside it or moved in time is told, and where.
func TestService_Gaps(t *testing.T) {
	town.Each(t, func(t *testing.T, w *town.Town) {
		s := trace.New(trace.Deps{Acts: w.Acts, Catalog: w.Catalog})
		g := w.Grants("bank", 20_000_000_000)
		run, err := w.Lab.Run(w.As("bank"), g.Space.ID, g.Table.ID)
		town.Must(t, err)
		rel, err := w.Output.Submit(w.As("bank"), output.Ask{Run: run.ID, Purpose: "授信审查统计", Recipient: "风险管理部", Retention: "一年"})
		town.Must(t, err)
		w.Review(rel.Matter)
		_, _, err = w.Output.Export(w.As("bank"), rel.ID)
		town.Must(t, err)
		d, err := w.Serve.Deploy(w.As("bank"), g.Band.ID, 0, "")
		town.Must(t, err)

		all := trace.Filter{Limit: 1000}
		gaps := func() []trace.Gap {
			t.Helper()
			life, err := s.Lifecycle(w.As("bureau"), w.Card.ID, all)
			town.Must(t, err)
			return life.Gaps
		}
		if got := gaps(); len(got) > 0 {
			t.Fatalf("a whole chain has the gaps %+v", got)
		}
		for what, read := range map[string]func() (trace.Chain, error){
			"release": func() (trace.Chain, error) { return s.Release(w.As("bank"), rel.ID, all) },
			"service": func() (trace.Chain, error) { return s.Deployment(w.As("bank"), d.ID, all) },
		} {
			c, err := read()
			town.Must(t, err)
			if len(c.Gaps) > 0 || c.Total == 0 {
				t.Errorf("trace of the %s has %d steps and the gaps %+v", what, c.Total, c.Gaps)
			}
		}
		_, err = s.Release(w.As("other"), rel.ID, all)
		town.WantCode(t, "trace by a stranger", err, errs.NotFound)
		_, err = s.Lifecycle(w.As("bank"), w.Card.ID, all)
		town.WantCode(t, "life of a resource for who uses it", err, errs.Forbidden)

		// Each breaks something else and stays broken: a gap found earlier is still there, one more is.
		for _, c := range []struct {
			what, sql, why string
			args           []any
		}{
			{"an export that nobody entered", `UPDATE release_request SET body = $1 WHERE id = $2`, "记有 2 次导出, 账本里有 1 次",
				[]any{strings.Replace(w.Body("release_request", rel.ID), `"exports":1`, `"exports":2`, 1), rel.ID}},
			{"a run beside the ledger", `INSERT INTO run (id, space, org, version, state, body, opened) SELECT 'run_forged', space, org, version, state, $1, opened FROM run WHERE id = $2`,
				"账本里没有它的任何条目", []any{strings.Replace(w.Body("run", run.ID), run.ID, "run_forged", 1), run.ID}},
			{"a run before its grant", `UPDATE run SET body = $1 WHERE id = 'run_forged'`, "使用数据时授权无效: 当时没有这项许可",
				[]any{strings.Replace(strings.Replace(w.Body("run", run.ID), run.ID, "run_forged", 1), run.Opened.Format("2006-01-02T15"), run.Opened.Add(-24*time.Hour).Format("2006-01-02T15"), 1)}},
			{"a collection taken away", `DELETE FROM snapshot WHERE resource = $1`, "没有找到所用数据的归集批次", []any{w.Card.ID}},
			{"a supply taken away", `DELETE FROM space_supply WHERE resource = $1`, "没有找到所用数据的供数记录", []any{w.Card.ID}},
			{"a grant taken away", `DELETE FROM grants WHERE id = $1`, "没有找到它所依据的授权", []any{g.Grant.ID}},
		} {
			w.Tamper(c.sql, c.args...)
			found := false
			for _, gap := range gaps() {
				found = found || strings.Contains(gap.Why, c.why)
			}
			if !found {
				t.Errorf("%s: no gap says %q; there are %+v", c.what, c.why, gaps())
			}
		}
	})
}

// Answers that were given while the grant was not in force are counted, whatever the rows say of themselves.
func TestService_CallsWithoutGrant(t *testing.T) {
	town.Each(t, func(t *testing.T, w *town.Town) {
		s := trace.New(trace.Deps{Acts: w.Acts, Catalog: w.Catalog})
		g := w.Grants("bank", 20_000_000_000)
		d, err := w.Serve.Deploy(w.As("bank"), g.Band.ID, 0, "")
		town.Must(t, err)
		w.Clock.Advance(time.Hour)
		_, err = w.Grant.Suspend(w.As("bureau"), g.Grant.ID)
		town.Must(t, err)
		at := w.Clock.Now().Add(time.Minute)
		w.Clock.Advance(time.Hour)
		w.Tamper(`INSERT INTO call (id, org, account, deployment, scenario, request, body_digest, consent, use_no, sid, fields, outputs, snapshots, answer_digest, at)
			VALUES ('call_forged', $1, 'acc', $2, $3, 'r', '', 'cns_none', 1, 's', '[]', '[]', '{}', '', $4)`, w.Org("bank"), d.ID, g.Scenario.ID, at.UnixMicro())
		c, err := s.Lifecycle(w.As("holder"), w.Card.ID, trace.Filter{Limit: 1000, Stage: trace.Use})
		town.Must(t, err)
		var told []string
		for _, gap := range c.Gaps {
			told = append(told, gap.Why)
		}
		for _, want := range []string{"有 1 次查询没有找到本人授权书", "有 1 次查询在账本里没有条目", "有 1 次查询发生在授权无效时: 当时许可已暂停"} {
			if !strings.Contains(strings.Join(told, "\n"), want) {
				t.Errorf("no gap says %q; there are %q", want, told)
			}
		}
		if c.Total != 1 || c.Steps[0].Count != 1 || c.Steps[0].Act != "serve.call" {
			t.Errorf("uses %+v, want the day of the call", c.Steps)
		}
	})
}

// Every access stands with who, what, when, why and on which basis; an altered one is found.
func TestService_Uses(t *testing.T) {
	town.Each(t, func(t *testing.T, w *town.Town) {
		s := trace.New(trace.Deps{Acts: w.Acts, Catalog: w.Catalog})
		g := w.Grants("bank", 20_000_000_000)
		run, err := w.Lab.Run(w.As("bank"), g.Space.ID, g.Table.ID)
		town.Must(t, err)
		day := workday.DateOf(w.Clock.Now())
		f := trace.Filter{From: day, Until: day, Limit: 100}
		u, err := s.Uses(w.As("holder"), w.Card.ID, f)
		town.Must(t, err)
		seen := map[string]trace.Access{}
		for _, a := range u.List {
			if a.At.IsZero() || a.Seq == 0 || a.Purpose == "" || a.What == "" || len(a.Basis) == 0 || a.Person == "" {
				t.Errorf("an access that does not say who, what, when, why, on which basis: %+v", a)
			}
			seen[a.Act] = a
		}
		if a := seen["lab.run.raw"]; a.Object != run.ID || a.Purpose != g.Scenario.Plan.Purpose || a.Basis[0].ID != g.Grant.ID || a.Org != w.Org("bank") {
			t.Errorf("the run is recorded as %+v", a)
		}
		if seen["collect.activate"].Seq == 0 {
			t.Errorf("the collection is not in the record: %+v", u.List)
		}
		f.From, f.Until = day.AddDays(-9), day.AddDays(-1)
		if u, err = s.Uses(w.As("holder"), w.Card.ID, f); err != nil || len(u.List) > 0 {
			t.Errorf("before that day: %+v, %v; want nothing", u.List, err)
		}
		w.Fsck()
		w.Tamper(`UPDATE run SET org = $1 WHERE id = $2`, w.Org("other"), run.ID)
		town.Must(t, w.Log.Seal(t.Context()))
		problems, err := w.Log.Fsck(t.Context())
		town.Must(t, err)
		if len(problems) != 1 || !strings.Contains(problems[0].String(), run.ID) {
			t.Errorf("fsck of an altered run says %v, want that run", problems)
		}
	})
}
