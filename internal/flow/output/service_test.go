package output_test

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"strings"
	"sync"
	"testing"

	"yunei/internal/base/errs"
	"yunei/internal/core/access"
	"yunei/internal/core/matter"
	"yunei/internal/core/query/duckdb"
	"yunei/internal/flow/lab"
	"yunei/internal/flow/output"
	"yunei/internal/test/town"
)

func TestMain(m *testing.M) {
	duckdb.MaybeWorker()
	os.Exit(m.Run())
}

func ask(run lab.Run) output.Ask {
	return output.Ask{Run: run.ID, Purpose: "检验产品定价的合理性", Recipient: "本行风险管理部", Retention: "一年"}
}

// ran is a bank with a grant in force and a finished run.
func ran(w *town.Town) (town.Granted, lab.Run) {
	w.T.Helper()
	g := w.Grants("bank", 20_000_000_000)
	r, err := w.Lab.Run(w.As("bank"), g.Space.ID, g.Table.ID)
	town.Must(w.T, err)
	return g, r
}

// The whole way: checks, the operator, two different people of the bureau, and out comes byte for byte what was decided on.
func TestService(t *testing.T) {
	town.Each(t, func(t *testing.T, w *town.Town) {
		_, run := ran(w)
		r, err := w.Output.Submit(w.As("bank"), ask(run))
		if err != nil || r.State != output.InReview || len(r.Checks) != 12 {
			t.Fatalf("Submit = %+v, %v, want in review after twelve checks", r, err)
		}
		shown := func(who string) int {
			t.Helper()
			p, err := w.Output.Get(w.As(who), r.ID)
			town.Must(t, err)
			return len(p.Table.Rows)
		}
		if shown("bureau") == 0 || shown("operator") == 0 || shown("bank") != 0 {
			t.Errorf("in review the bureau sees %d rows, the operator %d, the applicant %d; want none for the applicant", shown("bureau"), shown("operator"), shown("bank"))
		}
		_, err = w.Output.Submit(w.As("bank"), ask(run))
		town.WantCode(t, "asking twice for the same result", err, errs.Conflict)
		_, _, err = w.Output.Export(w.As("bank"), r.ID)
		town.WantCode(t, "exporting before the review", err, errs.Conflict)

		town.WantCode(t, "the bureau before the operator", w.Decide("bureau", r.Matter, "review", matter.Pass), errs.Conflict)
		town.Must(t, w.Decide("operator", r.Matter, "check", matter.Pass))
		town.Must(t, w.Decide("bureau", r.Matter, "review", matter.Pass))
		town.WantCode(t, "the same person twice", w.Decide("bureau", r.Matter, "review", matter.Pass), errs.Conflict)
		_, _, err = w.Output.Export(w.As("bank"), r.ID)
		town.WantCode(t, "exporting after one of two", err, errs.Conflict)
		town.Must(t, w.Decide("bureau2", r.Matter, "review", matter.Pass))
		if shown("bank") != 0 {
			t.Error("the applicant reads the table on the page before it was exported")
		}

		_, _, err = w.Output.Export(w.As("other"), r.ID)
		_, _, none := w.Output.Export(w.As("other"), "rel_none")
		town.SameWords(t, "a release", err, none)
		_, file, err := w.Output.Export(w.As("bank"), r.ID)
		town.Must(t, err)
		sum := sha256.Sum256(file)
		if got := "sha256:" + hex.EncodeToString(sum[:]); got != decided(w, r.ID) || r.Digest != "" {
			t.Errorf("the exported bytes are %s, decided was %s; the applicant read %q before", got, decided(w, r.ID), r.Digest)
		}
		if lines := strings.Split(strings.TrimSpace(string(file)), "\n"); len(lines) < 2 || !strings.HasPrefix(lines[0], "education,accounts,accounts_error95,rate") {
			t.Errorf("the file is %q, want the table with its errors", file)
		}
		exported, again, err := w.Output.Export(w.As("bank"), r.ID)
		if err != nil || string(again) != string(file) || exported.Exports != 2 {
			t.Errorf("exporting again = %d exports, %v, want the same bytes and a second entry", exported.Exports, err)
		}
		if n := w.Count(`SELECT count(*) FROM ledger_entry WHERE act = 'output.export' AND outcome = 'done'`); n != 2 {
			t.Errorf("entries of exports = %d, want 2", n)
		}
		if shown("bank") == 0 {
			t.Error("after the export the page still hides the table from who has it")
		}
		w.Fsck()
	})
}

// Nobody decides on what their own organization wants out.
func TestService_ownOrganization(t *testing.T) {
	w := town.SQLite(t)
	w.Account("double", w.Org("bank"), access.Operator, access.Bureau)
	_, run := ran(w)
	r, err := w.Output.Submit(w.As("bank"), ask(run))
	town.Must(t, err)
	town.WantArticle(t, "the operator of the applicant", w.Decide("double", r.Matter, "check", matter.Pass), "第二条")
	town.Must(t, w.Decide("operator", r.Matter, "check", matter.Pass))
	town.WantArticle(t, "the reviewer of the applicant", w.Decide("double", r.Matter, "review", matter.Pass), "第二条")
	if p, err := w.Output.Get(w.As("double"), r.ID); err != nil || len(p.Table.Rows) != 0 {
		t.Errorf("who reviews for others reads %d rows of their own organization's table, %v; want none", len(p.Table.Rows), err)
	}
}

func TestService_Submit_refused(t *testing.T) {
	w := town.SQLite(t)
	g, run := ran(w)
	for what, spoil := range map[string]func(a *output.Ask){
		"no purpose":   func(a *output.Ask) { a.Purpose = " " },
		"no recipient": func(a *output.Ask) { a.Recipient = "" },
		"no retention": func(a *output.Ask) { a.Retention = "" },
	} {
		a := ask(run)
		spoil(&a)
		_, err := w.Output.Submit(w.As("bank"), a)
		town.WantCode(t, what, err, errs.Invalid)
	}
	_, theirs := w.Output.Submit(w.As("other"), ask(run))
	_, none := w.Output.Submit(w.As("other"), output.Ask{Run: "run_none", Purpose: "检验定价", Recipient: "风险部", Retention: "一年"})
	town.SameWords(t, "a run", theirs, none)

	_, err := w.Grant.Suspend(w.As("bureau"), g.Grant.ID)
	town.Must(t, err)
	r, err := w.Output.Submit(w.As("bank"), ask(run))
	if err != nil || r.State != output.Blocked || r.Matter != "" || r.Checks[len(r.Checks)-1].No != 18 {
		t.Errorf("under a suspended grant = %+v, %v, want blocked by check 18 and in nobody's inbox", r, err)
	}
	if p, err := w.Output.Get(w.As("bank"), r.ID); err != nil || len(p.Table.Rows) != 0 {
		t.Errorf("a blocked release shows its applicant %d rows, %v; want none", len(p.Table.Rows), err)
	}
	town.Must(t, w.Party.Suspend(w.As("operator"), w.Org("bank"), "数据泄露"))
	_, err = w.Output.Submit(w.As("bank"), ask(run))
	town.WantArticle(t, "a suspended organization", err, "二(一)")
	town.Must(t, w.Party.Lift(w.As("operator"), w.Org("bank"), "整改完成"))
	_, err = w.Grant.Lift(w.As("bureau"), g.Grant.ID)
	town.Must(t, err)
	if r, err := w.Output.Submit(w.As("bank"), ask(run)); err != nil || r.State != output.InReview {
		t.Errorf("after the grant was lifted = %+v, %v, want in review", r, err)
	}
}

// decided is the digest that the reviewers have before them.
func decided(w *town.Town, id string) string {
	p, err := w.Output.Get(w.As("bureau"), id)
	town.Must(w.T, err)
	return p.Release.Digest
}

// What was approved does not leave once the grant or the organization is suspended, nor when the file is not what was decided.
func TestService_Export_refused(t *testing.T) {
	w := town.SQLite(t)
	g, run := ran(w)
	r, err := w.Output.Submit(w.As("bank"), ask(run))
	town.Must(t, err)
	w.Review(r.Matter)
	export := func() error { _, file, err := w.Output.Export(w.As("bank"), r.ID); return unless(err, file) }

	_, err = w.Grant.Suspend(w.As("bureau"), g.Grant.ID)
	town.Must(t, err)
	town.WantCode(t, "export under a suspended grant", export(), errs.Forbidden)
	_, err = w.Grant.Lift(w.As("bureau"), g.Grant.ID)
	town.Must(t, err)
	town.Must(t, w.Party.Suspend(w.As("operator"), w.Org("bank"), "数据泄露"))
	town.WantCode(t, "export by a suspended organization", export(), errs.Forbidden)
	town.Must(t, w.Party.Lift(w.As("operator"), w.Org("bank"), "整改完成"))

	path, err := w.Blobs.Path(decided(w, r.ID))
	town.Must(t, err)
	was, err := os.ReadFile(path)
	town.Must(t, err)
	town.Must(t, os.Chmod(path, 0o600))
	town.Must(t, os.WriteFile(path, append([]byte("x"), was...), 0o600))
	town.WantCode(t, "export of a changed file", export(), errs.Internal)
	if n := w.Count(`SELECT count(*) FROM ledger_entry WHERE act = 'output.export' AND outcome = 'done'`); n != 0 {
		t.Errorf("entries that say something left = %d, want none", n)
	}
	town.Must(t, os.WriteFile(path, was, 0o600))
	town.Must(t, export())
	_, err = w.Grant.Terminate(w.As("bureau"), g.Grant.ID)
	town.Must(t, err)
	town.WantCode(t, "export after the grant ended", export(), errs.Forbidden)
}

// unless makes a refusal that gave a file all the same a failure of its own.
func unless(err error, file []byte) error {
	if err != nil && len(file) > 0 {
		return errs.New(errs.TooLarge, "refused and handed out")
	}
	return err
}

// A returned or refused release leaves nothing; the run may be asked for again after a refusal.
func TestService_refused(t *testing.T) {
	w := town.SQLite(t)
	_, run := ran(w)
	r, err := w.Output.Submit(w.As("bank"), ask(run))
	town.Must(t, err)
	town.Must(t, w.Decide("operator", r.Matter, "check", matter.Pass))
	town.Must(t, w.Decide("bureau", r.Matter, "review", matter.Pass))
	town.Must(t, w.Decide("bureau2", r.Matter, "review", matter.Refuse))
	p, err := w.Output.Get(w.As("bank"), r.ID)
	if err != nil || p.Release.State != output.Refused {
		t.Fatalf("one of two refuses: %s, %v, want refused", p.Release.State, err)
	}
	if len(p.Acts) != 1 || p.Acts[0].Allowed || p.Acts[0].Reason == "" {
		t.Errorf("acts = %+v, want export closed with its reason", p.Acts)
	}
	_, _, err = w.Output.Export(w.As("bank"), r.ID)
	town.WantCode(t, "export of what was refused", err, errs.Conflict)
	again, err := w.Output.Submit(w.As("bank"), ask(run))
	town.Must(t, err)
	if _, err := w.Matters.Withdraw(w.As("bank"), again.Matter, "不再需要"); err != nil {
		t.Fatalf("Withdraw = %v", err)
	}
	if p, err := w.Output.Get(w.As("bank"), again.ID); err != nil || p.Release.State != output.Withdrawn {
		t.Errorf("withdrawn: %s, %v", p.Release.State, err)
	}
	w.Fsck()
}

// Submitted several times at once, a result has one release.
func TestService_Submit_atOnce(t *testing.T) {
	town.Each(t, func(t *testing.T, w *town.Town) {
		_, run := ran(w)
		const clerks = 4
		results := make([]error, clerks)
		var wg sync.WaitGroup
		for i := range results {
			wg.Go(func() { _, results[i] = w.Output.Submit(w.As("bank"), ask(run)) })
		}
		wg.Wait()
		done := 0
		for _, err := range results {
			switch {
			case err == nil:
				done++
			case !errs.Is(err, errs.Conflict):
				t.Errorf("a losing one = %v, want conflict", err)
			}
		}
		if n := w.Count(`SELECT count(*) FROM release_request`); done != 1 || n != 1 {
			t.Errorf("%d submitted, %d releases; want 1 and 1", done, n)
		}
	})
}

// An equal question that another bank asked under other names of its columns is laid out for the one who asks: same
// numbers, no second charge, its own review.
func TestService_servedAgain(t *testing.T) {
	w := town.SQLite(t)
	_, first := ran(w)
	sc := w.Scenario("other", 20_000_000_000, town.Fields...)
	sp := w.Space("other", sc)
	v := w.Version("other", sp, "A", strings.NewReplacer("accounts", "people", "rate", "share").Replace(town.Table))
	d := w.Declare("other", sc, v)
	w.Approve(d)
	_, err := w.Grant.Start(w.As("operator"), w.Agree("other", d).ID)
	town.Must(t, err)
	run, err := w.Lab.Run(w.As("other"), sp.ID, v.ID)
	if err != nil || run.Reused != first.ID {
		t.Fatalf("the equal question = %+v, %v, want served again from %s", run, err, first.ID)
	}
	r, err := w.Output.Submit(w.As("other"), ask(run))
	if err != nil || r.State != output.InReview {
		t.Fatalf("Submit = %+v, %v, want in review", r, err)
	}
	own, err := w.Output.Submit(w.As("bank"), ask(first))
	town.Must(t, err)
	w.Review(r.Matter)
	w.Review(own.Matter)
	_, theirs, err := w.Output.Export(w.As("other"), r.ID)
	town.Must(t, err)
	_, mine, err := w.Output.Export(w.As("bank"), own.ID)
	town.Must(t, err)
	head, rest, _ := strings.Cut(string(theirs), "\n")
	_, numbers, _ := strings.Cut(string(mine), "\n")
	if !strings.HasPrefix(head, "education,people,people_error95,share") || rest != numbers {
		t.Errorf("the other bank's file begins %q; want its own names over the same numbers", head)
	}
}

func TestService_List(t *testing.T) {
	w := town.SQLite(t)
	_, run := ran(w)
	r, err := w.Output.Submit(w.As("bank"), ask(run))
	town.Must(t, err)
	for who, want := range map[string]int{"bank": 1, "bureau": 1, "operator": 1, "auditor": 1, "other": 0, "holder": 0, "expert1": 0} {
		list, err := w.Output.List(w.As(who), "", 50)
		if err != nil || len(list) != want {
			t.Errorf("%s lists %d, %v, want %d", who, len(list), err, want)
		}
		if want == 0 {
			p, theirs := w.Output.Get(w.As(who), r.ID)
			_, none := w.Output.Get(w.As(who), "rel_none")
			town.SameWords(t, who+" opens a release", theirs, none)
			if p.Release.ID != "" {
				t.Errorf("%s is refused and given %+v", who, p.Release)
			}
		}
	}
}
