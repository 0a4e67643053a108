package watch_test

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/query/disclose"
	"yunei/internal/flow/serve"
	"yunei/internal/flow/watch"
	"yunei/internal/test/town"
	"yunei/regimes"
)

// valid asks whether the grant's permit holds now.
func valid(w *town.Town, permit string) (err error) {
	w.View(func(ctx context.Context, tx *sqldb.Tx) error {
		err = access.Valid(ctx, tx, permit, workday.DateOf(w.Clock.Now()))
		return nil
	})
	return err
}

func direction(permit string) watch.Direction {
	return watch.Direction{Permit: permit, Measure: watch.Rectify, Ground: watch.OnAgreement, Reason: "超出约定的用途使用数据",
		Article: "协议第五条", Evidence: []string{"检查笔录〔2025〕3号"}}
}

// An order on a grant closes that grant at once and nothing else; what was closed opens when it is accepted.
func TestService_Order(t *testing.T) {
	town.Each(t, func(t *testing.T, w *town.Town) {
		g, other := w.Grants("bank", 0), w.Grants("other", 0)
		issue := func(who string, d watch.Direction) watch.Order {
			t.Helper()
			o, err := w.Watch.Issue(w.As(who), d)
			if err != nil {
				t.Fatalf("Issue by %s: %v", who, err)
			}
			return o
		}
		_, err := w.Watch.Issue(w.As("bureau"), watch.Direction{Permit: g.Grant.Permit, Measure: watch.Rectify, Ground: watch.OnInspection, Reason: "听说的"})
		town.WantArticle(t, "an order on hearsay", err, "第七条")
		_, err = w.Watch.Issue(w.As("ecology"), direction(g.Grant.Permit))
		town.WantCode(t, "an order by a department whose data is not used", err, errs.Forbidden)
		_, err = w.Watch.Issue(w.As("other"), direction(g.Grant.Permit))
		town.WantCode(t, "an order by a data user", err, errs.Forbidden)
		if err := valid(w, g.Grant.Permit); err != nil {
			t.Errorf("after refused orders the permit says %v, want it valid", err)
		}

		first := issue("bureau", direction(g.Grant.Permit))
		if first.Due != "2025-10-23" || !strings.Contains(first.Explain, "15 个工作日") {
			t.Errorf("the term is %s (%s), want fifteen working days to 2025-10-23", first.Due, first.Explain)
		}
		second := issue("holder", direction(g.Grant.Permit)) // the department whose data it is
		if err := valid(w, g.Grant.Permit); errs.CodeOf(err) != errs.Forbidden {
			t.Errorf("under an order the permit says %v, want forbidden", err)
		}
		if err := valid(w, other.Grant.Permit); err != nil {
			t.Errorf("another organization's permit says %v, want it valid", err)
		}
		_, err = w.Grant.Lift(w.As("bureau"), g.Grant.ID)
		town.WantArticle(t, "lifting around the order", err, "第七条")

		settle := func(who string, o watch.Order) {
			t.Helper()
			if _, err := w.Watch.Rectified(w.As("bank"), o.ID, "已整改", []string{"整改报告"}); err != nil {
				t.Fatalf("Rectified: %v", err)
			}
			if _, err := w.Watch.Rule(w.As(who), o.ID, watch.Decision{Ruling: watch.Accept, Reason: "核查到位"}); err != nil {
				t.Fatalf("Rule: %v", err)
			}
		}
		_, err = w.Watch.Rule(w.As("ecology"), second.ID, watch.Decision{Ruling: watch.Accept, Reason: "核查到位"})
		town.WantCode(t, "a ruling by another department", err, errs.Forbidden)
		settle("bureau", first)
		if err := valid(w, g.Grant.Permit); errs.CodeOf(err) != errs.Forbidden {
			t.Errorf("with the second order open the permit says %v, want it still closed", err)
		}
		settle("holder", second)
		if err := valid(w, g.Grant.Permit); err != nil {
			t.Errorf("after both orders the permit says %v, want it valid", err)
		}
		_, err = w.Watch.Rule(w.As("bureau"), first.ID, watch.Decision{Ruling: watch.Terminate, Reason: "反悔"})
		town.WantCode(t, "a second ruling", err, errs.Conflict)

		// What somebody else suspended, a settled order leaves suspended.
		if _, err := w.Grant.Suspend(w.As("bureau"), g.Grant.ID); err != nil {
			t.Fatal(err)
		}
		third := issue("bureau", direction(g.Grant.Permit))
		settle("bureau", third)
		if err := valid(w, g.Grant.Permit); errs.CodeOf(err) != errs.Forbidden {
			t.Errorf("what the bureau suspended by itself says %v, want it still suspended", err)
		}
		faults, err := w.Log.Fsck(w.As("auditor"))
		if err != nil || len(faults) > 0 {
			t.Errorf("fsck finds %v, %v", faults, err)
		}
	})
}

// The platform's timer acts on the day after the last day of the term, and what then follows is the pack's.
func TestService_Overdue(t *testing.T) {
	overdue := func(t *testing.T, w *town.Town) (watch.Order, town.Granted) {
		g := w.Grants("bank", 0)
		d := direction(g.Grant.Permit)
		d.Due = "2025-09-30"
		o, err := w.Watch.Issue(w.As("bureau"), d)
		if err != nil {
			t.Fatal(err)
		}
		system := access.With(t.Context(), access.System())
		w.Clock.Advance(4 * 24 * time.Hour) // the last day itself
		if err := w.Watch.Sweep(system); err != nil {
			t.Fatal(err)
		}
		if p, err := w.Watch.Order(w.As("bureau"), o.ID); err != nil || p.Order.State != watch.OrderOpen {
			t.Errorf("on the last day the order is %s, %v, want open", p.Order.State, err)
		}
		w.Clock.Advance(24 * time.Hour)
		if err := w.Watch.Sweep(system); err != nil {
			t.Fatal(err)
		}
		p, err := w.Watch.Order(w.As("bureau"), o.ID)
		if err != nil {
			t.Fatal(err)
		}
		return p.Order, g
	}
	t.Run("asks", func(t *testing.T) {
		w := town.SQLite(t)
		o, g := overdue(t, w)
		if o.State != watch.OrderOverdue || o.Exit != "" {
			t.Errorf("the order is %s with exit %q, want overdue and none: the pack asks the issuer", o.State, o.Exit)
		}
		if err := valid(w, g.Grant.Permit); errs.CodeOf(err) != errs.Forbidden {
			t.Errorf("the permit says %v, want closed", err)
		}
	})
	t.Run("terminates", func(t *testing.T) {
		w := town.SQLite(t)
		if err := w.Law.Load(with(t, "quanzhou-2024-05-17/rules/overdue.yaml", `values:
  - {name: order.overdue, kind: limit, title: 逾期未整改, text: terminate, cite: {article: 七(二)1, quote: 依法依规终止开发授权}}
`), "quanzhou-2024-05-17"); err != nil {
			t.Fatal(err)
		}
		o, g := overdue(t, w)
		if o.State != watch.OrderFailed || o.Exit == "" || o.Opinion == "" {
			t.Errorf("the order is %s with exit %q, want failed with one: the pack ends what is not rectified in time", o.State, o.Exit)
		}
		e, err := w.Watch.Exit(w.As("bank"), o.Exit)
		if err != nil || e.Exit.Ground != watch.OnOrder || e.Exit.Permit != g.Grant.Permit || e.Exit.Issuer != "" {
			t.Errorf("the exit is %+v, %v, want the platform's, on the grant's permit", e.Exit, err)
		}
	})
}

// with is the shipped law with one more file.
func with(t *testing.T, path, text string) fs.FS {
	t.Helper()
	out := fstest.MapFS{path: {Data: []byte(text)}}
	err := fs.WalkDir(regimes.FS, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := fs.ReadFile(regimes.FS, p)
		out[p] = &fstest.MapFile{Data: raw}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// The end of a grant closes it at once, gives back its share of the budget, and leaves nothing of the party's inside.
func TestService_Exit(t *testing.T) {
	town.Each(t, func(t *testing.T, w *town.Town) {
		g := w.Grants("bank", 200_000_000)
		if _, err := w.Serve.Deploy(w.As("bank"), g.Band.ID, 0, ""); err != nil {
			t.Fatal(err)
		}
		left := filepath.Join(w.Lab.Dir, g.Space.ID)
		if err := os.MkdirAll(left, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(left, "run_1-card.parquet"), []byte("rows"), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := w.Watch.End(w.As("operator"), watch.Ending{Permit: g.Grant.Permit, Ground: watch.OnBreach, Reason: "违法"})
		town.WantCode(t, "the operator ending a grant", err, errs.Forbidden)
		e, err := w.Watch.End(w.As("bureau"), watch.Ending{Permit: g.Grant.Permit, Ground: watch.OnBreach, Reason: "不合法、不合规", Article: "七(二)1"})
		if err != nil {
			t.Fatalf("End: %v", err)
		}
		if err := valid(w, g.Grant.Permit); errs.CodeOf(err) != errs.Forbidden {
			t.Errorf("the ended grant's permit says %v, want forbidden", err)
		}
		if e.Due != "2025-10-23" || e.LogsUntil != "2026-03-26" {
			t.Errorf("delete by %s, logs until %s; want 2025-10-23 and 2026-03-26", e.Due, e.LogsUntil)
		}
		w.View(func(ctx context.Context, tx *sqldb.Tx) error {
			b, err := w.Budget.Budget(ctx, tx, disclose.GrantScope(g.Grant.ID, w.Card.ID, "2025"))
			if b.Left() != 0 {
				t.Errorf("the ended grant may still spend %d of its share, want nothing", b.Left())
			}
			return err
		})
		kinds := map[string]int{}
		for _, k := range e.Tasks {
			kinds[k.What]++
		}
		if kinds[watch.HeldDeployment] != 1 || kinds[watch.HeldSpace] != 1 || kinds[watch.HeldAnswers] != 1 {
			t.Errorf("the tasks are %v, want the deployment, the space and the kept answers", kinds)
		}
		_, err = w.Watch.Delete(w.As("bank"), e.ID)
		town.WantCode(t, "a party deleting its own traces", err, errs.Forbidden)
		_, err = w.Watch.Certify(w.As("bureau"), e.ID)
		town.WantCode(t, "a certificate before the deletion", err, errs.Conflict)

		w.Clock.Advance(40 * 24 * time.Hour)
		if p, err := w.Watch.Exit(w.As("auditor"), e.ID); err != nil || !p.Overdue {
			t.Errorf("undeleted after its day: overdue %v, %v; want overdue", p.Overdue, err)
		}
		if e, err = w.Watch.Delete(w.As("operator"), e.ID); err != nil || e.State != watch.ExitDeleted {
			t.Fatalf("Delete = %s, %v", e.State, err)
		}
		if _, err := os.Stat(left); !os.IsNotExist(err) {
			t.Errorf("the space's copies are still there: %v", err)
		}
		w.View(func(ctx context.Context, tx *sqldb.Tx) error {
			open, err := serve.OpenUnder(ctx, tx, w.Org("bank"), "")
			if len(open) != 0 {
				t.Errorf("%d deployments are still open", len(open))
			}
			return err
		})
		_, err = w.Watch.Certify(w.As("operator"), e.ID)
		town.WantCode(t, "a certificate by who deleted", err, errs.Forbidden)
		if e, err = w.Watch.Certify(w.As("bureau"), e.ID); err != nil || !strings.HasPrefix(e.Certificate, "sha256:") {
			t.Errorf("Certify = %q, %v", e.Certificate, err)
		}
		_, err = w.Watch.End(w.As("bureau"), watch.Ending{Permit: g.Grant.Permit, Ground: watch.OnBreach, Reason: "再次"})
		town.WantCode(t, "a second end", err, errs.Conflict)
		faults, err := w.Log.Fsck(w.As("auditor"))
		if err != nil || len(faults) > 0 {
			t.Errorf("fsck finds %v, %v", faults, err)
		}
	})
}

// What another stage ended, or what was over by its term, is cleaned up after as well, once.
func TestService_Sweep_Exits(t *testing.T) {
	town.Each(t, func(t *testing.T, w *town.Town) {
		g, other := w.Grants("bank", 0), w.Grants("other", 0)
		if _, err := w.Grant.Terminate(w.As("bureau"), g.Grant.ID); err != nil {
			t.Fatal(err)
		}
		system := access.With(t.Context(), access.System())
		exits := func(who string) []watch.Exit {
			t.Helper()
			for range 2 {
				if err := w.Watch.Sweep(system); err != nil {
					t.Fatal(err)
				}
			}
			list, err := w.Watch.Exits(w.As(who), "", "", 50)
			if err != nil {
				t.Fatal(err)
			}
			return list
		}
		if list := exits("bank"); len(list) != 1 || list[0].Ground != watch.OnEnd || list[0].Permit != g.Grant.Permit {
			t.Errorf("after a terminated grant there are exits %+v, want one of it", list)
		}
		if list := exits("other"); len(list) != 0 {
			t.Errorf("a grant in force has exits %+v", list)
		}
		w.Clock.Advance(366 * 24 * time.Hour)
		list := exits("other")
		if len(list) != 1 || list[0].Ground != watch.OnExpiry || workday.DateOf(list[0].Closed) != other.Grant.Until {
			t.Errorf("after the term there are exits %+v, want one that closed on %s", list, other.Grant.Until)
		}
	})
}

// Logs outlive what they are about: no statement of the program deletes from the ledger, the calls, the permits or the runs.
// 网络日志留存时长不少于6个月,保存时间不少于5年.
func TestLogs_AreNeverDeleted(t *testing.T) {
	deletes := regexp.MustCompile(`(?is)^\s*DELETE\s+FROM\s+(call|ledger_entry|object_version|permit|run|release_request|matter|breach|watch_\w+|disclosure_\w+)\b`)
	n := 0
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return nil // the compiler says so better
		}
		ast.Inspect(file, func(node ast.Node) bool {
			lit, ok := node.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			text, err := strconv.Unquote(lit.Value)
			if err == nil && strings.HasPrefix(strings.TrimSpace(text), "DELETE") {
				n++
				if deletes.MatchString(text) {
					t.Errorf("%s deletes logs: %s", path, text)
				}
			}
			return true
		})
		return nil
	})
	if err != nil || n == 0 {
		t.Errorf("looked at %d deleting statements, %v", n, err)
	}
}
