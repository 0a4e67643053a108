package serve_test

import (
	"fmt"
	"testing"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/idnumber"
	"yunei/internal/core/query/synth"
	"yunei/internal/flow/consent"
	"yunei/internal/flow/serve"
	"yunei/internal/test/town"
)

// A service's sandbox answers in the shape of the service about people who do not exist, refuses as the service would, and is counted
// apart: with every collected row, document and precision charge gone it answers the same, and nothing of a call is left.
func TestService_Test(t *testing.T) {
	town.Each(t, func(t *testing.T, w *town.Town) {
		g := w.Grants("bank", 20_000_000_000)
		d, err := w.Serve.Deploy(w.As("bank"), g.Band.ID, 0, "")
		town.Must(t, err)
		again, err := w.Serve.Deploy(w.As("bank"), g.Band.ID, 0, "")
		town.Must(t, err)

		_, _, theirs := w.Serve.OpenTestKey(w.As("other"), d.ID, "联调", 30)
		_, _, none := w.Serve.OpenTestKey(w.As("other"), "dpl_none", "联调", 30)
		town.SameWords(t, "a service", theirs, none)
		_, _, err = w.Serve.OpenTestKey(w.As("bureau"), d.ID, "联调", 30)
		town.WantCode(t, "a key for the bureau", err, errs.Forbidden)
		key, secret, err := w.Serve.OpenTestKey(w.As("bank"), d.ID, "联调", 30)
		town.Must(t, err)

		n := 0
		ask := func(subject string, spoil ...func(*serve.Ask)) (serve.Answer, error) {
			n++
			a := serve.Ask{Deployment: d.ID, Request: fmt.Sprintf("test-request-%d", n), Subject: subject, Scenario: d.Scenario, Consent: "test_granted"}
			for _, s := range spoil {
				s(&a)
			}
			return w.Serve.Test(t.Context(), secret, a)
		}
		box, err := w.Serve.SandboxOf(w.As("bank"), d.ID)
		town.Must(t, err)
		told := func() (out []string) {
			t.Helper()
			for _, p := range box.People {
				a, err := ask(p.Subject)
				town.Must(t, err)
				if !a.Test || a.Receipt != 0 || len(a.Outputs) != 1 || a.Outputs[0].Name != "band" || a.Snapshots[w.Card.ID] != synth.LevelS0 || (a.Outputs[0].Value != nil) != p.Record {
					t.Fatalf("about %+v the sandbox answers %+v, want one band marked as a test", p, a)
				}
				out = append(out, fmt.Sprint(a.Outputs[0].Value != nil && *a.Outputs[0].Value == "A"))
			}
			return out
		}
		before := told()
		if calls := w.Count(`SELECT count(*) FROM call`) + w.Count(`SELECT count(*) FROM service_call`) + w.Count(`SELECT count(*) FROM ledger_entry WHERE act = 'serve.call'`); calls != 0 {
			t.Errorf("the sandbox left %d traces of calls, want none", calls)
		}

		refused := int64(0)
		for _, c := range box.Consents {
			if _, err := ask(synth.IDNumber(0), func(a *serve.Ask) { a.Consent = c.Consent }); reasonOf(err) != c.Code {
				t.Errorf("%s is answered %v, want %s", c.Consent, err, c.Code)
			}
			if c.Code != "" {
				refused++
			}
		}
		real := "11010119900307001"
		for what, r := range map[string]struct {
			subject string
			spoil   func(*serve.Ask)
			reason  string
		}{
			"no document":       {synth.IDNumber(0), func(a *serve.Ask) { a.Consent = "" }, string(consent.Missing)},
			"a real document":   {synth.IDNumber(0), func(a *serve.Ask) { a.Document = &consent.Signed{} }, string(consent.Shape)},
			"an id of another":  {synth.IDNumber(0), func(a *serve.Ask) { a.Consent = "cns_01J" }, string(consent.Unknown)},
			"another purpose":   {synth.IDNumber(0), func(a *serve.Ask) { a.Scenario = "scn_other" }, string(serve.ReasonPurpose)},
			"a real number":     {real + string(idnumber.Check(real)), func(*serve.Ask) {}, ""},
			"a mistyped number": {synth.Division + "198506110028", func(*serve.Ask) {}, ""},
		} {
			if _, err := ask(r.subject, r.spoil); err == nil || reasonOf(err) != r.reason {
				t.Errorf("%s is answered %v, want %q", what, err, r.reason)
			}
			refused++
		}
		_, err = w.Grant.Suspend(w.As("bureau"), g.Grant.ID)
		town.Must(t, err)
		if _, err := ask(synth.IDNumber(0)); reasonOf(err) != string(serve.ReasonPermit) {
			t.Errorf("under a suspended permit = %v, want %s", err, serve.ReasonPermit)
		}
		_, err = w.Grant.Lift(w.As("bureau"), g.Grant.ID)
		town.Must(t, err)
		if box, err = w.Serve.SandboxOf(w.As("bureau"), d.ID); err != nil || len(box.Keys) != 1 || len(box.Keys[0].Uses) != 1 ||
			box.Keys[0].Uses[0].Answered != int64(len(box.People)+1) || box.Keys[0].Uses[0].Refused != refused+1 {
			t.Errorf("the page shows %+v, %v; want every test counted, %d of them refused", box.Keys, err, refused+1)
		}

		closed := func(what string, a serve.Ask) {
			t.Helper()
			a.Request, a.Subject, a.Scenario, a.Consent = "test-request-z", synth.IDNumber(0), d.Scenario, "test_granted"
			_, err := w.Serve.Test(t.Context(), secret, a)
			town.WantCode(t, what, err, errs.Unauthenticated)
		}
		closed("another deployment", serve.Ask{Deployment: again.ID})
		w.Tamper(`UPDATE account SET closed = 1 WHERE login = 'bank'`)
		closed("the key of an account that is closed", serve.Ask{Deployment: d.ID})
		w.Tamper(`UPDATE account SET closed = 0 WHERE login = 'bank'`)
		_, theirs = w.Serve.CloseTestKey(w.As("other"), d.ID, key.ID)
		_, none = w.Serve.CloseTestKey(w.As("other"), d.ID, "tky_none")
		town.SameWords(t, "a key", theirs, none)
		_, err = w.Serve.CloseTestKey(w.As("bank"), d.ID, key.ID)
		town.Must(t, err)
		closed("a closed key", serve.Ask{Deployment: d.ID})
		_, secret, err = w.Serve.OpenTestKey(w.As("bank"), d.ID, "短期", 1)
		town.Must(t, err)
		w.Fsck()
		for _, table := range []string{"subject_row", "consent", "precision_state", "disclosure_budget"} {
			w.Tamper(`DELETE FROM ` + table)
		}
		if after := told(); fmt.Sprint(after) != fmt.Sprint(before) {
			t.Errorf("without any real row the sandbox answers %v, before %v; want the same", after, before)
		}
		w.Clock.Advance(25 * time.Hour)
		closed("a key after its day", serve.Ask{Deployment: d.ID})
	})
}
