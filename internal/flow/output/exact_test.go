package output_test

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"

	"yunei/internal/base/errs"
	"yunei/internal/core/matter"
	"yunei/internal/core/query/release"
	"yunei/internal/flow/lab"
	"yunei/internal/flow/output"
	"yunei/internal/flow/statistics"
	"yunei/internal/test/town"
)

// permitted is a bank with a grant and a permit for exact figures, and its exact run.
func permitted(w *town.Town) (town.Granted, statistics.Permit, lab.Run) {
	w.T.Helper()
	g := w.Grants("bank", 20_000_000_000)
	p := w.Permits("bank", g)
	run, err := w.Lab.RunExact(w.As("bank"), g.Space.ID, g.Table.ID)
	town.Must(w.T, err)
	return g, p, run
}

func exactly(run lab.Run) output.Ask {
	return output.Ask{Run: run.ID, Purpose: "编制年度统计公报", Recipient: "市统计局", Retention: "长期"}
}

// passWarnings lets two people say why each warning does not stand in the way.
func passWarnings(w *town.Town, r output.Release) {
	w.T.Helper()
	for _, c := range r.Checks {
		if c.Outcome == output.Warn {
			for _, who := range []string{"bureau", "bureau2"} {
				_, err := w.Output.Override(w.As(who), r.ID, c.No, "已与统计口径核对")
				town.Must(w.T, err)
			}
		}
	}
}

// The whole way of an exact table: the applicant sees neither table nor checks, holder and bureau see the evidence, warnings
// need two people, and out comes what was decided on, without an error column.
func TestService_Exact(t *testing.T) {
	town.Each(t, func(t *testing.T, w *town.Town) {
		_, p, run := permitted(w)
		r, err := w.Output.Submit(w.As("bank"), exactly(run))
		if err != nil || r.State != output.InReview || r.Mode != release.ExactMode || r.Checks != nil || r.Digest != "" || r.Code != "" {
			t.Fatalf("Submit = %+v, %v, want in review and no word about the checks", r, err)
		}
		if page, err := w.Output.Get(w.As("bank"), r.ID); err != nil || page.Release.Checks != nil || page.Exact != nil || len(page.Table.Rows) != 0 {
			t.Errorf("the applicant sees %+v, %v; want nothing of the data", page.Release, err)
		}
		page, err := w.Output.Get(w.As("bureau"), r.ID)
		if err != nil || page.Exact == nil || len(page.Exact.Cells) == 0 || len(page.Release.Checks) != 19 {
			t.Fatalf("the bureau sees %d checks, %v; want nineteen with the evidence", len(page.Release.Checks), err)
		}
		if page, err := w.Output.Get(w.As("operator"), r.ID); err != nil || page.Exact != nil {
			t.Errorf("the operator sees exact evidence (%v), %v; want holder and bureau only", page.Exact != nil, err)
		}
		for _, o := range page.Acts {
			if o.Act == "output.export" {
				t.Error("a reviewer has an export button")
			}
		}
		town.Must(t, w.Decide("operator", r.Matter, "check", matter.Pass))
		town.Must(t, w.Decide("bureau", r.Matter, "review", matter.Pass))
		if len(page.Warned) > 0 {
			town.WantCode(t, "approving over a warning", w.Decide("bureau2", r.Matter, "review", matter.Pass), errs.Conflict)
		}
		passWarnings(w, page.Release)
		town.Must(t, w.Decide("bureau2", r.Matter, "review", matter.Pass))
		_, file, err := w.Output.Export(w.As("bank"), r.ID)
		town.Must(t, err)
		if head, _, _ := strings.Cut(string(file), "\n"); head != "education,accounts,rate" {
			t.Errorf("the file begins with %q, want no error columns", head)
		}
		for _, line := range strings.Split(strings.TrimSpace(string(file)), "\n")[1:] {
			if n := strings.Split(line, ",")[1]; n != "*" && n[len(n)-1] != '0' && n[len(n)-1] != '5' {
				t.Errorf("a count of %s leaves, want multiples of five", n)
			}
		}
		// What left is compared with what comes: the same cells again are no difference, and stay listed after a recall.
		if n := w.Count(`SELECT count(*) FROM exact_release`); n != 1 {
			t.Errorf("%d exact releases, want one", n)
		}
		_, err = w.Statistics.End(w.As("bureau"), p.ID, "统计调查已经结束")
		town.Must(t, err)
		if _, _, err := w.Output.Export(w.As("bank"), r.ID); err == nil {
			t.Error("exact figures leave after their permit ended")
		}
		w.Fsck()
	})
}

// An exact table that fails its checks tells the applicant a code and nothing else; the bureau reads why.
func TestService_Exact_blocked(t *testing.T) {
	w := town.SQLite(t)
	_, _, run := permitted(w)
	a := exactly(run)
	a.Recipient = "某咨询公司"
	r, err := w.Output.Submit(w.As("bank"), a)
	if err != nil || r.State != output.Blocked || r.Code != "E118" || r.Checks != nil || r.Matter != "" {
		t.Fatalf("another recipient = %+v, %v, want blocked with E118 alone", r, err)
	}
	list, err := w.Output.List(w.As("bank"), "", 10)
	if err != nil || len(list) != 1 || list[0].Checks != nil {
		t.Errorf("the applicant's list has %+v, %v; want no checks", list, err)
	}
	if page, err := w.Output.Get(w.As("bureau"), r.ID); err != nil || page.Release.Checks[len(page.Release.Checks)-1].No != 18 {
		t.Errorf("the bureau reads %+v, %v; want the check that blocked", page.Release.Checks, err)
	}
	if n := w.Count(`SELECT count(*) FROM exact_release`); n != 0 {
		t.Errorf("%d exact releases after a block, want none", n)
	}
	// Asking again and again is refused before the answers add up.
	for range 9 {
		_, err := w.Output.Submit(w.As("bank"), a)
		town.Must(t, err)
	}
	_, err = w.Output.Submit(w.As("bank"), a)
	if e := town.WantCode(t, "the eleventh in a month", err, errs.Forbidden); len(e.Spots) == 0 || e.Spots[0].Code != "L105" {
		t.Errorf("refused with %+v, want L105", e.Spots)
	}
}

// A warning is passed by two people, each once, each with a reason, and never by the applicant's own.
func TestService_Override(t *testing.T) {
	w := town.SQLite(t)
	_, _, run := permitted(w)
	r, err := w.Output.Submit(w.As("bank"), exactly(run))
	town.Must(t, err)
	page, err := w.Output.Get(w.As("bureau"), r.ID)
	town.Must(t, err)
	if len(page.Warned) == 0 {
		t.Fatal("the scene has no warning to override")
	}
	no := page.Warned[0]
	_, err = w.Output.Override(w.As("bureau"), r.ID, no, " ")
	town.WantCode(t, "without a reason", err, errs.Invalid)
	_, err = w.Output.Override(w.As("bureau"), r.ID, 0, "理由")
	town.WantCode(t, "a check that passed", err, errs.Invalid)
	_, err = w.Output.Override(w.As("bureau"), r.ID, no, "已核对")
	town.Must(t, err)
	_, err = w.Output.Override(w.As("bureau"), r.ID, no, "再核对")
	town.WantCode(t, "the same person twice", err, errs.Conflict)
	_, err = w.Output.Override(w.As("bank"), r.ID, no, "没有问题")
	town.WantCode(t, "the applicant", err, errs.Forbidden)
}

// A recalled result leaves no more, whoever had it, and says why.
func TestService_Recall(t *testing.T) {
	w := town.SQLite(t)
	_, run := ran(w)
	r, err := w.Output.Submit(w.As("bank"), ask(run))
	town.Must(t, err)
	_, err = w.Output.Recall(w.As("bureau"), r.ID, "口径有误")
	town.WantCode(t, "recalling what is in review", err, errs.Conflict)
	w.Review(r.Matter)
	_, _, err = w.Output.Export(w.As("bank"), r.ID)
	town.Must(t, err)
	_, err = w.Output.Recall(w.As("operator"), r.ID, "口径有误")
	town.WantCode(t, "the operator recalls", err, errs.Forbidden)
	back, err := w.Output.Recall(w.As("bureau"), r.ID, "口径有误")
	if err != nil || back.State != output.Recalled || back.Recall.Left != 1 {
		t.Fatalf("Recall = %+v, %v", back, err)
	}
	_, _, err = w.Output.Export(w.As("bank"), r.ID)
	if e := town.WantCode(t, "export after the recall", err, errs.Conflict); !strings.Contains(e.Msg, "口径有误") {
		t.Errorf("refused with %q, want the reason", e.Msg)
	}
	w.Fsck()
}

// A reviewer hides a cell: less leaves, the totals follow, and what is exported is what was decided on then.
func TestService_Redact(t *testing.T) {
	w := town.SQLite(t)
	_, run := ran(w)
	r, err := w.Output.Submit(w.As("bank"), ask(run))
	town.Must(t, err)
	page, err := w.Output.Get(w.As("bureau"), r.ID)
	town.Must(t, err)
	cell := -1
	for _, row := range page.Table.Rows {
		if !row.Fields[1].Hidden {
			cell = row.Cell
		}
	}
	_, err = w.Output.Redact(w.As("bank"), r.ID, []int{cell}, "不公布")
	town.WantCode(t, "the applicant redacts", err, errs.Forbidden)
	_, err = w.Output.Redact(w.As("bureau"), r.ID, []int{999}, "不公布")
	town.WantCode(t, "a cell that is not there", err, errs.Invalid)
	preview, err := w.Output.Preview(w.As("bureau"), r.ID, []int{cell})
	if err != nil || !preview.Passed || preview.Hidden != page.Table.Hidden+1 || preview.Shown != page.Table.Shown-1 || len(preview.Also) != 0 {
		t.Errorf("preview = %+v, %v, want one more hidden", preview, err)
	}
	_, err = w.Output.Preview(w.As("bank"), r.ID, []int{cell})
	town.WantCode(t, "the applicant previews", err, errs.Forbidden)
	less, err := w.Output.Redact(w.As("bureau"), r.ID, []int{cell}, "该组与舆情事件有关")
	if err != nil || less.Digest == r.Digest || less.State != output.InReview {
		t.Fatalf("Redact = %+v, %v, want another file in review", less, err)
	}
	after, err := w.Output.Get(w.As("bureau"), r.ID)
	if err != nil || len(after.People) != 1 || after.Table.Hidden != page.Table.Hidden+1 || after.Table.Totals[1].Value.N >= page.Table.Totals[1].Value.N {
		t.Errorf("after: %d hidden, total %v, %v; before: %d, %v", after.Table.Hidden, after.Table.Totals[1].Value, err, page.Table.Hidden, page.Table.Totals[1].Value)
	}
	w.Review(r.Matter)
	body, err := w.Output.Package(w.As("bank"), r.ID)
	town.Must(t, err)
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	town.Must(t, err)
	files := map[string]string{}
	for _, f := range z.File {
		rc, err := f.Open()
		town.Must(t, err)
		text, err := io.ReadAll(rc)
		town.Must(t, err)
		files[f.Name] = string(text)
	}
	if !strings.Contains(files["provenance.json"], less.Digest) || !strings.Contains(files["provenance.json"], run.Hash) || strings.Count(files["data.csv"], "*") == 0 {
		t.Errorf("the package has %v, want the redacted table and where it comes from", files)
	}
}

// A draft is the applicant's own until it is submitted or given up.
func TestService_Draft(t *testing.T) {
	w := town.SQLite(t)
	_, run := ran(w)
	d, err := w.Output.Draft(w.As("bank"), ask(run))
	if err != nil || d.State != output.Draft || d.Matter != "" {
		t.Fatalf("Draft = %+v, %v", d, err)
	}
	_, err = w.Output.SubmitDraft(w.As("other"), d.ID)
	town.WantCode(t, "another's draft", err, errs.NotFound)
	r, err := w.Output.SubmitDraft(w.As("bank"), d.ID)
	if err != nil || r.ID != d.ID || r.State != output.InReview {
		t.Fatalf("submitted = %+v, %v, want the same application in review", r, err)
	}
	_, err = w.Output.Cancel(w.As("bank"), d.ID)
	town.WantCode(t, "giving up what was submitted", err, errs.Conflict)
	second, err := w.Output.Draft(w.As("bank"), ask(run))
	town.Must(t, err)
	if c, err := w.Output.Cancel(w.As("bank"), second.ID); err != nil || c.State != output.Cancelled {
		t.Errorf("Cancel = %+v, %v", c, err)
	}
}
