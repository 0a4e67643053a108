package serve_test

import (
	"context"
	"testing"

	"yunei/internal/core/act"
	"yunei/internal/core/query"
	"yunei/internal/core/query/guard"
	"yunei/internal/core/query/step"
	"yunei/internal/flow/consent"
	"yunei/internal/flow/serve"
)

// TestService_Call_step: a deployed step answers about one person; who makes it trap is given the declared default in an
// answer of the same shape, and nothing says so; who has no record gets none.
func TestService_Call_step(t *testing.T) {
	each(t, func(t *testing.T, b *branch) {
		_, err := b.Close(b.bank(), b.deployed.ID)
		must(t, err)
		must(t, b.do(`DELETE FROM precision_template`))
		// 2 / band - 1: A for the highest band, B for the middle one; the lowest divides by zero.
		module, err := step.Assemble(`(module (func (export "band") (param $limit i64) (result i64)
			(i64.sub (i64.div_s (i64.const 2) (local.get $limit)) (i64.const 1))))`)
		must(t, err)
		r := guard.InspectStep(`STEP band IN ('A', 'B', 'C') DEFAULT 'C';
			SELECT CASE WHEN limit_bal >= 200000 THEN 2 WHEN limit_bal >= 100000 THEN 1 ELSE 0 END AS credit FROM credit_default WHERE sid = :subject`,
			module, query.B, query.Catalog{Tables: []query.Table{b.entry.PolicyTable()}})
		if !r.Accepted {
			t.Fatalf("refused: %+v", r.Refusals)
		}
		approved := serve.Approved{Grant: "grt_loan", Version: "ver_band", Title: "信用等级", IR: r.Family.Canonical(), Hash: r.Hash, Module: module}
		deploy := func(a serve.Approved) (d serve.Deployment, err error) {
			_, err = b.Acts.Do(b.bank(), act.Call{Act: "test.arrange"}, func(ctx context.Context, tx *act.Tx) (err error) {
				d, err = b.DeployTx(ctx, tx, a)
				return err
			})
			return d, err
		}
		other := approved
		other.Module = append(append([]byte(nil), module...), 0, 2, 1, 'x')
		if _, err := deploy(other); err == nil {
			t.Error("another module than the signed one is deployed")
		}
		d, err := deploy(approved)
		must(t, err)
		document := func(c *consent.Document) {
			c.Data[0].Fields = c.Data[0].Fields[:1]
			c.Separate = c.Separate[:1]
		}
		seen := map[string]int{}
		for n := range 20 {
			got, err := b.Call(b.bank(), b.ask(n, b.signed(n, b.document(n, document)), func(a *serve.Ask) { a.Deployment = d.ID }))
			must(t, err)
			seen[value(t, got)]++
		}
		if seen["A"] == 0 || seen["B"] == 0 || seen["C"] == 0 || len(seen) != 3 {
			t.Errorf("answers %v, want A, B and, by default, C", seen)
		}
		nobody, err := b.Call(b.bank(), b.ask(stranger, b.signed(stranger, b.document(stranger, document)), func(a *serve.Ask) { a.Deployment = d.ID }))
		must(t, err)
		if got := value(t, nobody); got != "null" {
			t.Errorf("without a record: %s", got)
		}
	})
}
