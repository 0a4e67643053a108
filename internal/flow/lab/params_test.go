package lab_test

import (
	"fmt"
	"testing"

	"yunei/internal/base/errs"
	"yunei/internal/core/query/disclose"
	"yunei/internal/flow/lab"
	"yunei/internal/test/town"
)

const ratesOf = "PARAM late IN (0, 1);\nSELECT education, COUNT(*) AS accounts FROM credit_default WHERE default_next_month = :late GROUP BY education"

// TestService_Run_params: a run chooses one of the approved values; each is a release of its own, charged and cached as the
// model it is; an equal model without parameters is served the same.
func TestService_Run_params(t *testing.T) {
	town.Each(t, func(t *testing.T, w *town.Town) {
		sc := w.Scenario("bank", 5*share, town.Fields...)
		sp := w.Space("bank", sc)
		v := w.Version("bank", sp, "A", ratesOf)
		if len(v.Params) != 1 || v.Params[0].Name != "late" || len(v.Params[0].Values) != 2 {
			t.Fatalf("parameters %+v, want late of 0 and 1", v.Params)
		}
		plain := w.Version("bank", sp, "A", "SELECT education, COUNT(*) AS n FROM credit_default WHERE default_next_month = 1 GROUP BY education")
		d := w.Declare("bank", sc, v, plain)
		w.Approve(d)
		_, err := w.Grant.Start(w.As("operator"), w.Agree("bank", d).ID)
		town.Must(t, err)
		run := func(late string) (lab.Run, error) {
			return w.Lab.RunWith(w.As("bank"), sp.ID, v.ID, map[string]string{"late": late})
		}
		for name, chosen := range map[string]map[string]string{"not approved": {"late": "2"}, "none": nil, "unknown": {"late": "0", "x": "1"}} {
			if _, err := w.Lab.RunWith(w.As("bank"), sp.ID, v.ID, chosen); errs.CodeOf(err) != errs.Invalid {
				t.Errorf("%s: %v, want invalid", name, err)
			}
		}
		if n := charged(t, w); n != 0 {
			t.Fatalf("charged %d for refused values", n)
		}
		paid, err := run("0")
		town.Must(t, err)
		behind, err := run("1")
		town.Must(t, err)
		if paid.Result == behind.Result || behind.Reused != "" || charged(t, w) != 2*behind.Rho || behind.Params["late"] != "1" {
			t.Errorf("two choices: %+v and %+v, charged %d", paid, behind, charged(t, w))
		}
		again, err := run("1")
		if err != nil || again.Reused != behind.ID || charged(t, w) != 2*behind.Rho {
			t.Errorf("the same choice again: %+v, %v", again, err)
		}
		written, err := w.Lab.Run(w.As("bank"), sp.ID, plain.ID)
		if err != nil || written.Reused != behind.ID || charged(t, w) != 2*behind.Rho {
			t.Errorf("the same question written out: %+v, %v; want the stored result", written, err)
		}
		m, hash, err := v.Ran(behind)
		town.Must(t, err)
		if _, _, err := w.Lab.Result(behind, m); err != nil || hash != v.Hash {
			t.Errorf("result of the second choice: %v", err)
		}
		w.Fsck()
	})
}

// TestService_Run_access: how often a model runs on one snapshot is a value of the law; what is served again is not counted.
func TestService_Run_access(t *testing.T) {
	town.Each(t, func(t *testing.T, w *town.Town) {
		sc := w.Scenario("bank", 5*share, town.Fields...)
		sp := w.Space("bank", sc)
		v := w.Version("bank", sp, "A", ratesOf)
		d := w.Declare("bank", sc, v)
		w.Approve(d)
		_, err := w.Grant.Start(w.As("operator"), w.Agree("bank", d).ID)
		town.Must(t, err)
		run := func(late string) error {
			_, err := w.Lab.RunWith(w.As("bank"), sp.ID, v.ID, map[string]string{"late": late})
			return err
		}
		town.Must(t, run("0"))
		for i := range 23 {
			w.Tamper(fmt.Sprintf(`INSERT INTO disclosure_release SELECT id || '_%d', query_key || '_%d', model, tenant, tenant_group, access_grant, period, rho, delta, k, cells, request,
				state, outcome, 'copy', digest, reserved, settled, snapshots, tuple FROM disclosure_release WHERE tuple = 'late=0' AND output <> 'copy'`, i, i))
		}
		if n := w.Count(`SELECT count(*) FROM disclosure_release`); n != 24 {
			t.Fatalf("%d releases, want 24", n)
		}
		if err := run("1"); disclose.CodeOf(err) != disclose.TooManyRuns {
			t.Errorf("a 25th run on one snapshot: %v", err)
		}
		if err := run("0"); err != nil {
			t.Errorf("a stored result: %v", err)
		}
	})
}
