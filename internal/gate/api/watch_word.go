package api

import (
	"context"

	"yunei/internal/flow/watch"
)

func (a *API) registerReports() {
	const tag = "watch"
	get(a, "/v1/duties", "duties", tag, "应报送的报告", func(ctx context.Context, in *struct {
		Org string `query:"org" maxLength:"64"`
	}) (Page[watch.Duty], error) {
		list, err := a.s.Watch.Duties(ctx, in.Org)
		return paged(list, len(list)+1, func(d watch.Duty) string { return d.Permit }), err
	})
	get(a, "/v1/reports", "reports", tag, "报告", func(ctx context.Context, in *struct{ OfOrg }) (Page[watch.DutyReport], error) {
		list, err := a.s.Watch.Filings(ctx, in.Org, in.Cursor, in.Limit)
		return paged(list, in.Limit, func(f watch.DutyReport) string { return f.ID }), err
	})
	post(a, "/v1/reports", "file-report", tag, "报送报告", func(ctx context.Context, in *struct {
		Body struct {
			watch.Due
			watch.Statement
		}
	}) (watch.DutyReportPage, error) {
		f, err := a.s.Watch.FileReport(ctx, in.Body.Due, in.Body.Statement)
		return a.filingAfter(ctx, f, err)
	})
	get(a, "/v1/reports/{id}", "report", tag, "报告详情", func(ctx context.Context, in *ByID) (watch.DutyReportPage, error) {
		return a.s.Watch.DutyReport(ctx, in.ID)
	})
	post(a, "/v1/reports/{id}/review", "review-report", tag, "审阅报告", func(ctx context.Context, in *struct {
		ByID
		Body struct {
			Accept  bool   `json:"accept"`
			Opinion string `json:"opinion,omitempty" maxLength:"5000"`
		}
	}) (watch.DutyReportPage, error) {
		f, err := a.s.Watch.ReviewReport(ctx, in.ID, in.Body.Accept, in.Body.Opinion)
		return a.filingAfter(ctx, f, err)
	})
}

func (a *API) filingAfter(ctx context.Context, f watch.DutyReport, err error) (watch.DutyReportPage, error) {
	if err != nil {
		return watch.DutyReportPage{}, err
	}
	return a.s.Watch.DutyReport(ctx, f.ID)
}

func (a *API) registerEvaluations() {
	const tag = "watch"
	get(a, "/v1/evaluations", "evaluations", tag, "评估", func(ctx context.Context, in *struct{ OfOrg }) (Page[watch.Evaluation], error) {
		list, err := a.s.Watch.Evaluations(ctx, in.Org, in.Cursor, in.Limit)
		return paged(list, in.Limit, func(e watch.Evaluation) string { return e.ID }), err
	})
	get(a, "/v1/evaluations/pending", "pending-evaluations", tag, "待评估", func(ctx context.Context, _ *none) (Page[watch.Pending], error) {
		list, err := a.s.Watch.Pendings(ctx)
		return paged(list, len(list)+1, func(p watch.Pending) string { return p.Permit }), err
	})
	post(a, "/v1/evaluations", "evaluate", tag, "作出评估结论", func(ctx context.Context, in *struct{ Body watch.Finding }) (watch.EvaluationPage, error) {
		e, err := a.s.Watch.Evaluate(ctx, in.Body)
		return a.evaluationAfter(ctx, e, err)
	})
	get(a, "/v1/evaluations/{id}", "evaluation", tag, "评估详情", func(ctx context.Context, in *ByID) (watch.EvaluationPage, error) {
		return a.s.Watch.Evaluation(ctx, in.ID)
	})
	post(a, "/v1/evaluations/{id}/confirm", "confirm-evaluation", tag, "确认评估结论", func(ctx context.Context, in *struct {
		ByID
		Body struct {
			Agree   bool   `json:"agree"`
			Opinion string `json:"opinion,omitempty" maxLength:"5000"`
		}
	}) (watch.EvaluationPage, error) {
		e, err := a.s.Watch.Confirm(ctx, in.ID, in.Body.Agree, in.Body.Opinion)
		return a.evaluationAfter(ctx, e, err)
	})
}

func (a *API) evaluationAfter(ctx context.Context, e watch.Evaluation, err error) (watch.EvaluationPage, error) {
	if err != nil {
		return watch.EvaluationPage{}, err
	}
	return a.s.Watch.Evaluation(ctx, e.ID)
}

func (a *API) registerComplaints() {
	const tag = "watch"
	get(a, "/v1/complaints", "complaints", tag, "投诉", func(ctx context.Context, in *struct{ Paging }) (Page[watch.Complaint], error) {
		list, err := a.s.Watch.Complaints(ctx, in.Cursor, in.Limit)
		return paged(list, in.Limit, func(c watch.Complaint) string { return c.ID }), err
	})
	post(a, "/v1/complaints", "complain", tag, "投诉", func(ctx context.Context, in *struct{ Body watch.Grievance }) (watch.ComplaintPage, error) {
		c, err := a.s.Watch.Complain(ctx, in.Body)
		return a.complaintAfter(ctx, c, err)
	})
	get(a, "/v1/complaints/{id}", "complaint", tag, "投诉详情", func(ctx context.Context, in *ByID) (watch.ComplaintPage, error) {
		return a.s.Watch.Complaint(ctx, in.ID)
	})
	post(a, "/v1/complaints/{id}/decide", "answer-complaint", tag, "核实并答复投诉", func(ctx context.Context, in *struct {
		ByID
		Body struct {
			Upheld bool     `json:"upheld"`
			Reply  string   `json:"reply" minLength:"2" maxLength:"5000"`
			Proof  []string `json:"proof,omitempty" maxItems:"20"`
		}
	}) (watch.ComplaintPage, error) {
		c, err := a.s.Watch.Answer(ctx, in.ID, in.Body.Upheld, in.Body.Reply, in.Body.Proof)
		return a.complaintAfter(ctx, c, err)
	})
	post(a, "/v1/complaints/{id}/withdraw", "withdraw-complaint", tag, "撤回投诉", func(ctx context.Context, in *ByID) (watch.ComplaintPage, error) {
		c, err := a.s.Watch.Unsay(ctx, in.ID)
		return a.complaintAfter(ctx, c, err)
	})
}

func (a *API) complaintAfter(ctx context.Context, c watch.Complaint, err error) (watch.ComplaintPage, error) {
	if err != nil {
		return watch.ComplaintPage{}, err
	}
	return a.s.Watch.Complaint(ctx, c.ID)
}
