package watch_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/party"
	"yunei/internal/flow/grant"
	"yunei/internal/flow/watch"
	"yunei/internal/test/town"
)

// supervised is the law with what the packs of other cities set: half-yearly reports, yearly evaluations that end, routes.
const supervised = `values:
  - {name: evaluation.cycle, kind: report, title: 评估周期, int: 12, unit: month, cite: {article: 七(二)4, quote: 定期}}
  - {name: evaluation.fail, kind: limit, title: 评估不合格, text: end, cite: {article: 七(二)1, quote: 依法依规终止开发授权}}
`

func supervise(t *testing.T, w *town.Town) {
	t.Helper()
	if err := w.Law.Load(with(t, "quanzhou-2024-05-17/rules/supervised.yaml", supervised), "quanzhou-2024-05-17"); err != nil {
		t.Fatal(err)
	}
}

// A report is due for each half-year of a grant: reminded five working days before, overdue on the day after, filed all the same.
func TestService_Report(t *testing.T) {
	town.Each(t, func(t *testing.T, w *town.Town) {
		supervise(t, w)
		g := w.Grants("bank", 0)
		system := access.With(t.Context(), access.System())
		owed := func() []watch.Duty {
			t.Helper()
			if err := w.Watch.Sweep(system); err != nil {
				t.Fatal(err)
			}
			list, err := w.Watch.Duties(w.As("bank"), "")
			if err != nil {
				t.Fatal(err)
			}
			return slices.DeleteFunc(list, func(d watch.Duty) bool { return d.Kind != watch.Use })
		}
		to := func(day string) {
			t.Helper()
			at, _ := time.Parse(time.RFC3339, day+"T01:00:00Z")
			w.Clock.Advance(at.Sub(w.Clock.Now()))
		}
		list := owed()
		if len(list) != 1 || list[0].From != "2025-09-26" || list[0].Until != "2026-03-26" || list[0].Due != "2026-04-24" || list[0].State != watch.DutyComing {
			t.Fatalf("on the first day of the grant the duties are %+v, want one that is due on 2026-04-24", list)
		}
		due := watch.Due{Permit: g.Grant.Permit, Kind: watch.Use, From: list[0].From}
		st := watch.Statement{Text: "用于授信审查", Stated: &watch.Figures{Calls: 7}}
		_, err := w.Watch.FileReport(w.As("bank"), due, st)
		town.WantCode(t, "a report before the period is over", err, errs.Conflict)
		to("2026-04-16")
		if list = owed(); list[0].State != watch.DutyComing {
			t.Errorf("six working days before, the duty is %s, want coming", list[0].State)
		}
		to("2026-04-17")
		if list = owed(); list[0].State != watch.DutyDue || list[0].Report == "" {
			t.Errorf("five working days before, the duty is %+v, want due and reminded", list[0])
		}
		to("2026-04-24")
		if list = owed(); list[0].State != watch.DutyDue {
			t.Errorf("on the last day the duty is %s, want due", list[0].State)
		}
		to("2026-04-25")
		list = owed()
		if list[0].State != watch.DutyOverdue {
			t.Errorf("on the day after, the duty is %s, want overdue", list[0].State)
		}
		if n := factOf(t, w.DB, w.Law, "org.overdue_reports", w.Org("bank")); n != 1 {
			t.Errorf("org.overdue_reports = %v, want 1", n)
		}
		_, err = w.Watch.FileReport(w.As("other"), due, st)
		town.WantCode(t, "another's report", err, errs.NotFound)
		f, err := w.Watch.FileReport(w.As("bank"), due, st)
		if err != nil || !f.Late || !f.Differs() || f.Metered.Calls != 0 {
			t.Fatalf("FileReport = %+v, %v, want it late, and different from no call at all", f, err)
		}
		_, err = w.Watch.ReviewReport(w.As("bank"), f.ID, true, "")
		town.WantCode(t, "reviewing one's own report", err, errs.Forbidden)
		if f, err = w.Watch.ReviewReport(w.As("bureau"), f.ID, false, "次数与平台计量不一致"); err != nil || f.State != watch.DutyReturned {
			t.Errorf("ReviewReport = %s, %v, want returned", f.State, err)
		}
		st.Stated = &watch.Figures{}
		if f, err = w.Watch.FileReport(w.As("bank"), due, st); err != nil || f.Differs() || !f.Late {
			t.Errorf("FileReport again = %+v, %v, want it agreeing, and still late", f, err)
		}
		if f, err = w.Watch.ReviewReport(w.As("bureau"), f.ID, true, ""); err != nil || f.State != watch.DutyAccepted {
			t.Errorf("ReviewReport = %s, %v, want accepted", f.State, err)
		}
		if n := factOf(t, w.DB, w.Law, "org.overdue_reports", w.Org("bank")); n != 0 {
			t.Errorf("org.overdue_reports = %v, want 0", n)
		}
		c, err := w.Watch.Credit(w.As("bank"), w.Org("bank"))
		if err != nil || len(c.Late) != 1 || c.Standing.OverdueReports != 0 {
			t.Errorf("the credit file has %d late reports, %d overdue, %v; want the delay kept on record", len(c.Late), c.Standing.OverdueReports, err)
		}
	})
}

// A confirmed failure ends the qualification where the pack says so, and stays on record for the next application.
func TestService_Evaluate(t *testing.T) {
	town.Each(t, func(t *testing.T, w *town.Town) {
		supervise(t, w)
		g := w.Grants("bank", 0)
		w.Account("assessor", "org_assessor", access.Assessor)
		finding := watch.Finding{Permit: g.Grant.Permit, From: "2025-09-26", Until: "2026-09-26", Result: watch.EvalFail, Reason: "没有成效", Measures: "评价办法(2025)"}
		e, err := w.Watch.Evaluate(w.As("assessor"), finding)
		if err != nil {
			t.Fatalf("Evaluate: %v", err)
		}
		if err := valid(w, g.Grant.Permit); err != nil {
			t.Errorf("after an outside assessor's word the permit says %v, want it valid until confirmed", err)
		}
		if r := factOf(t, w.DB, w.Law, "org.last_evaluation", w.Org("bank")); r != "" {
			t.Errorf("org.last_evaluation = %v before it is confirmed, want none", r)
		}
		_, err = w.Watch.Confirm(w.As("bank"), e.ID, true, "")
		town.WantCode(t, "confirming one's own", err, errs.Forbidden)
		if e, err = w.Watch.Confirm(w.As("bureau"), e.ID, true, "同意"); err != nil || e.Exit == "" {
			t.Fatalf("Confirm = %+v, %v, want an exit: the pack ends what failed", e, err)
		}
		if err := valid(w, g.Grant.Permit); errs.CodeOf(err) != errs.Forbidden {
			t.Errorf("after the failure the permit says %v, want forbidden", err)
		}
		if r, day := factOf(t, w.DB, w.Law, "org.last_evaluation", w.Org("bank")), factOf(t, w.DB, w.Law, "org.failed_evaluation", w.Org("bank")); r != "fail" || day != workday.Date("2025-09-26") {
			t.Errorf("the facts are %v on %v, want fail on 2025-09-26", r, day)
		}

		own, err := w.Watch.Evaluate(w.As("bureau"), watch.Finding{Org: w.Org("other"), From: "2025-01-01", Until: "2026-01-01", Result: watch.EvalPass, Reason: "良好"})
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.Watch.Confirm(w.As("bureau"), own.ID, true, "")
		town.WantCode(t, "confirming what one concluded", err, errs.Forbidden)
		if own, err = w.Watch.Confirm(w.As("bureau2"), own.ID, true, ""); err != nil || own.State != watch.EvalConfirmed || own.Exit != "" {
			t.Errorf("Confirm by a second person = %+v, %v", own, err)
		}
	})
}

// An evaluation is due for each year of a grant that nobody evaluated.
func TestService_Pendings(t *testing.T) {
	w := town.SQLite(t)
	supervise(t, w)
	g := w.Grants("bank", 0)
	w.Clock.Advance(370 * 24 * time.Hour)
	list, err := w.Watch.Pendings(w.As("bureau"))
	if err != nil || len(list) != 1 || list[0].Permit != g.Grant.Permit || list[0].Due != "2026-11-24" || list[0].Overdue {
		t.Fatalf("Pendings = %+v, %v, want the grant's first year, due on 2026-11-24", list, err)
	}
	if _, err := w.Watch.Evaluate(w.As("bureau"), watch.Finding{Permit: g.Grant.Permit, From: list[0].From, Until: list[0].Until, Result: watch.EvalPass, Reason: "良好"}); err != nil {
		t.Fatal(err)
	}
	if list, err = w.Watch.Pendings(w.As("bureau")); err != nil || len(list) != 0 {
		t.Errorf("after the evaluation Pendings = %+v, %v, want none", list, err)
	}
}

// A complaint about the operator goes where the pack says; the operator neither sees nor closes it before it is answered.
func TestService_Complain(t *testing.T) {
	town.Each(t, func(t *testing.T, w *town.Town) {
		supervise(t, w)
		uscc, err := party.MakeUSCC("91990000MA990009")
		if err != nil {
			t.Fatal(err)
		}
		o, err := w.Party.Register(access.With(t.Context(), access.System()), party.Registration{Name: "示例运营公司", USCC: uscc, Roles: []access.Role{access.Operator},
			Registered: "2010-01-04", InProvince: true, Representative: "林晓", RepresentativeID: "990000198003070019", Contact: "陈明", Phone: "0595-00000000"})
		if err != nil {
			t.Fatal(err)
		}
		operator := o.ID
		w.Account("runner", operator, access.Operator)
		w.Account("mayor", "org_government", access.Government)
		g := watch.Grievance{Accused: operator, Topic: "fees", Text: "平台乱收费", To: access.Operator}
		_, err = w.Watch.Complain(w.As("bank"), g)
		town.WantCode(t, "a complaint about the operator to the operator", err, errs.Invalid)
		g.To = access.Government
		c, err := w.Watch.Complain(w.As("bank"), g)
		if err != nil || c.Number != "2025-0001" || c.Due != "2025-10-23" {
			t.Fatalf("Complain = %+v, %v, want number 2025-0001 with fifteen working days", c, err)
		}
		_, err = w.Watch.Complaint(w.As("runner"), c.ID)
		town.WantCode(t, "the accused looking at an open complaint", err, errs.NotFound)
		_, err = w.Watch.Answer(w.As("runner"), c.ID, false, "没有的事", nil)
		town.WantCode(t, "the accused closing it", err, errs.NotFound)
		_, err = w.Watch.Answer(w.As("bureau"), c.ID, false, "不成立", nil)
		town.WantCode(t, "another body than the one it went to", err, errs.Forbidden)
		_, err = w.Watch.Answer(w.As("mayor"), c.ID, true, "查实", nil)
		town.WantCode(t, "upheld without proof", err, errs.Invalid)
		_, err = w.Watch.Issue(w.As("bureau"), watch.Direction{Org: operator, Measure: watch.Circulate, Ground: watch.OnComplaint, Basis: c.ID, Reason: "乱收费"})
		town.WantArticle(t, "an order on a complaint that nobody looked into", err, "第七条")
		w.Clock.Advance(60 * 24 * time.Hour)
		if p, err := w.Watch.Complaint(w.As("bank"), c.ID); err != nil || !p.Overdue {
			t.Errorf("unanswered after its term: overdue %v, %v", p.Overdue, err)
		}
		if c, err = w.Watch.Answer(w.As("mayor"), c.ID, true, "查实, 已责令退还", []string{"核查笔录"}); err != nil || !c.Late {
			t.Fatalf("Answer = %+v, %v, want it upheld, late", c, err)
		}
		if n := factOf(t, w.DB, w.Law, "org.complaints_upheld", operator); n != 1 {
			t.Errorf("org.complaints_upheld = %v, want 1", n)
		}
		if p, err := w.Watch.Complaint(w.As("runner"), c.ID); err != nil || p.Complaint.Org != "" {
			t.Errorf("the accused sees %+v, %v; want the outcome without who complained", p.Complaint, err)
		}
		order, err := w.Watch.Issue(w.As("bureau"), watch.Direction{Org: operator, Measure: watch.Circulate, Ground: watch.OnComplaint, Basis: c.ID, Reason: "乱收费", Due: "2025-12-31"})
		if err != nil || order.State != watch.OrderOpen {
			t.Errorf("an order on the upheld complaint = %s, %v, want open until rectified", order.State, err)
		}
	})
}

// A repaired record no longer stands against an organization, and stays in the file.
func TestService_Repair(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		bureau := access.With(t.Context(), access.Actor{Account: "acc_b", Org: "org_bureau", Roles: []access.Role{access.Bureau}})
		b, err := o.Record(bureau, o.report("2024-02-01"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := o.Repair(bureau, b.ID, "已整改", nil); errs.CodeOf(err) != errs.Invalid {
			t.Errorf("Repair without a decision = %v, want invalid", err)
		}
		if b, err = o.Repair(bureau, b.ID, "已整改", []string{"信用修复决定〔2025〕1号"}); err != nil || b.State != watch.Repaired {
			t.Fatalf("Repair = %+v, %v", b, err)
		}
		if got := o.lastBreach(t); got != "" {
			t.Errorf("org.last_breach after the repair = %v, want no day", got)
		}
		if _, err := o.Revoke(bureau, b.ID, "再撤销"); errs.CodeOf(err) != errs.Conflict {
			t.Errorf("Revoke after the repair = %v, want conflict", err)
		}
	})
}

// A department orders whom it authorized (授权部门按照协议约定要求其整改), and nobody else.
func TestService_Order_Department(t *testing.T) {
	w := town.SQLite(t)
	w.Account("industry", "org_industry", access.Department)
	w.Account("health", "org_health", access.Department)
	var permit access.Permit
	w.Arrange(func(ctx context.Context, tx *act.Tx) (err error) {
		permit, err = tx.Issue(ctx, access.Permit{Kind: grant.PermitAuthorization, Holder: w.Org("bank"), Object: "developer", From: "2025-01-01", Until: "2027-01-01"})
		if err == nil {
			_, err = tx.Exec(ctx, `INSERT INTO authorized (id, level, org, authorizer, state, matter, permit, body, opened) VALUES ($1, 'developer', $2, 'org_industry', 'in_force', '', $3, '{}', 0)`,
				"atz_1", w.Org("bank"), permit.ID)
		}
		return err
	})
	_, err := w.Watch.Issue(w.As("health"), direction(permit.ID))
	town.WantCode(t, "an order by another department", err, errs.Forbidden)
	o, err := w.Watch.Issue(w.As("industry"), direction(permit.ID))
	if err != nil || !o.Closed {
		t.Fatalf("Issue by the authorizing department = %+v, %v", o, err)
	}
	if err := valid(w, permit.ID); errs.CodeOf(err) != errs.Forbidden {
		t.Errorf("under the order the authorization's permit says %v, want forbidden", err)
	}
	o, err = w.Watch.Rule(w.As("industry"), o.ID, watch.Decision{Ruling: watch.Terminate, Reason: "未按照要求整改"})
	if err != nil || o.Exit == "" {
		t.Errorf("Rule = %+v, %v, want an exit", o, err)
	}
}
