package serve_test

import (
	"context"
	"testing"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/act"
	"yunei/internal/core/query"
	"yunei/internal/core/query/disclose"
	"yunei/internal/core/query/guard"
	"yunei/internal/flow/consent"
	"yunei/internal/flow/serve"
)

// verify deploys a verification (联机验证) with a parameter: whether somebody's limit reaches a public cut point.
func (b *branch) verify(text string) (d serve.Deployment, err error) {
	r := guard.Inspect(text, query.C, query.Catalog{Tables: []query.Table{b.entry.PolicyTable()}})
	if !r.Accepted {
		b.t.Fatalf("refused: %+v", r.Refusals)
	}
	_, err = b.Acts.Do(b.bank(), act.Call{Act: "test.arrange"}, func(ctx context.Context, tx *act.Tx) (err error) {
		d, err = b.DeployTx(ctx, tx, serve.Approved{Grant: "grt_loan", Version: "ver_band", Title: "授信额度核验", IR: r.Family.Canonical(), Hash: r.Hash})
		return err
	})
	return d, err
}

const reaches = "PARAM low IN (50000, 100000, 200000);\nSELECT limit_bal >= :low AS reached FROM credit_default WHERE sid = :subject"

// TestService_Call_params: the caller submits a value, and learns whether it holds, no more; the call is kept with what was
// asked; a value that was not approved is refused alike for everybody.
func TestService_Call_params(t *testing.T) {
	each(t, func(t *testing.T, b *branch) {
		_, err := b.Close(b.bank(), b.deployed.ID)
		must(t, err)
		must(t, b.do(`DELETE FROM precision_template`))
		d, err := b.verify(reaches)
		must(t, err)
		if len(d.Params) != 1 || len(d.Params[0].Values) != 3 {
			t.Fatalf("parameters %+v", d.Params)
		}
		document := func(c *consent.Document) {
			c.Data[0].Fields = c.Data[0].Fields[:1]
			c.Separate = c.Separate[:1]
			c.Outputs = []consent.Output{{Name: "reached", Text: "额度是否达到"}}
		}
		ask := func(n int, low string) serve.Ask {
			return b.ask(n, b.signed(n, b.document(n, document)), func(a *serve.Ask) {
				a.Deployment = d.ID
				if low != "" {
					a.Params = map[string]string{"low": low}
				}
			})
		}
		// The second person's limit is 120000.
		for low, want := range map[string]string{"50000": "true", "100000": "true", "200000": "false"} {
			got, err := b.Call(b.bank(), ask(1, low))
			must(t, err)
			if len(got.Outputs) != 1 || got.Outputs[0].Value == nil || *got.Outputs[0].Value != want {
				t.Errorf("reaches %s: %+v, want %s and nothing else", low, got.Outputs, want)
			}
		}
		for _, low := range []string{"120000", ""} {
			_, in := b.Call(b.bank(), ask(1, low))
			_, out := b.Call(b.bank(), ask(stranger, low))
			if errs.CodeOf(in) != errs.Invalid || in.Error() != out.Error() {
				t.Errorf("a value %q that was not approved: %v and %v, want the same refusal", low, in, out)
			}
		}
		list, err := b.Calls(b.bank(), "", 10)
		must(t, err)
		if len(list) != 3 || list[0].Params["low"] == "" {
			t.Errorf("calls kept: %+v, want three with what was asked", list)
		}
		seen, err := b.OnMe(b.citizen(1), "", 10)
		if err != nil || len(seen) != 3 || seen[0].Params["low"] == "" {
			t.Errorf("the person sees %+v, %v", seen, err)
		}
		request := ask(1, "50000")
		first, err := b.Call(b.bank(), request)
		must(t, err)
		again, err := b.Call(b.bank(), request)
		if err != nil || !again.Replayed || again.Call != first.Call {
			t.Errorf("the same request again: %+v, %v", again, err)
		}
		request.Params = map[string]string{"low": "200000"}
		if _, err := b.Call(b.bank(), request); errs.CodeOf(err) != errs.Conflict {
			t.Errorf("another value under the same request_id: %v", err)
		}
		if list, err := b.Deployments(b.bank(), "", 10); err != nil || len(list[0].Params) != 1 {
			t.Errorf("the list shows %+v, %v", list[0].Params, err)
		}
	})
}

// 六(二): all values of a parameter together count when a model is deployed, with those of every other model.
func TestService_stacking_params(t *testing.T) {
	each(t, func(t *testing.T, b *branch) {
		must(t, b.do(`DELETE FROM precision_template`))
		if _, err := b.verify("PARAM code IN (-2, -1); SELECT pay_0 = :code AS same FROM credit_default WHERE sid = :subject"); err != nil {
			t.Fatal(err)
		}
		_, err := b.verify("PARAM code IN (0, 1); SELECT pay_0 = :code AS same FROM credit_default WHERE sid = :subject")
		if disclose.CodeOf(err) != disclose.PrecisionExhausted {
			t.Errorf("five values of a field that may be told into four: %v", err)
		}
	})
}

// do changes a row behind everybody's back.
func (b *branch) do(q string) error {
	return b.db.Do(b.t.Context(), func(tx *sqldb.Tx) error { _, err := tx.Exec(b.t.Context(), q); return err })
}
