package main

import (
	"context"
	"fmt"

	"yunei/internal/core/query"
	"yunei/internal/core/query/guard"
	"yunei/internal/core/query/interp"
	"yunei/internal/core/query/step"
)

// The same score as SQL and as a WebAssembly step over the same bands.
const (
	scoreBands = `CASE WHEN pay_0 < 1 THEN 2 WHEN pay_0 < 2 THEN 1 ELSE 0 END AS late, CASE WHEN limit_bal >= 200000 THEN 2 ELSE 0 END AS credit`
	scoreSQL   = `SELECT CASE WHEN late + credit >= 3 THEN 'A' WHEN late + credit >= 1 THEN 'B' ELSE 'C' END AS band FROM (SELECT sid, ` + scoreBands + ` FROM credit_default) t WHERE sid = :subject`
	scoreText  = `STEP band IN ('A', 'B', 'C') DEFAULT 'C' FUEL 600; SELECT ` + scoreBands + ` FROM credit_default WHERE sid = :subject`
	scoreStep  = `(module (func (export "band") (param $late i64) (param $credit i64) (result i64) (local $s i64)
		(local.set $s (i64.add (local.get $late) (local.get $credit)))
		(if (result i64) (i64.ge_s (local.get $s) (i64.const 3)) (then (i64.const 0))
			(else (if (result i64) (i64.ge_s (local.get $s) (i64.const 1)) (then (i64.const 1)) (else (i64.const 2)))))))`
)

// stepping is what a step costs beside the SQL that says the same: an instance of its own for each person, and fuel that
// is always used up.
func stepping(ctx context.Context, b *bench, policy query.Table) error {
	catalog := query.Catalog{Tables: []query.Table{policy}}
	module, err := step.Assemble(scoreStep)
	if err != nil {
		return err
	}
	plain, refusals := guard.Compile(scoreSQL, query.B, catalog)
	if plain == nil {
		return fmt.Errorf("the guard refused: %+v", refusals)
	}
	r := guard.InspectStep(scoreText, module, query.B, catalog)
	if !r.Accepted {
		return fmt.Errorf("the guard refused: %+v", r.Refusals)
	}
	inSQL, err := interp.Compile(plain)
	if err != nil {
		return err
	}
	inStep, err := interp.CompileStep(r.Model, module)
	if err != nil {
		return err
	}
	data := interp.Data{policy.Name: someRows(&policy, 1)}
	about := func(p *interp.Program) work {
		return func(context.Context, int, int) error {
			_, err := p.Subject("s", data)
			return err
		}
	}
	err = b.take(ctx, part{what: "a WebAssembly step of 600 fuel about one person", unit: "a second", of: perSecond(1), do: times(func(context.Context) error {
		_, err := inStep.Subject("s", data)
		return err
	})})
	if err != nil {
		return err
	}
	return b.measure(ctx, pair{guarded: "a score by a WebAssembly step", bare: "the same score in SQL", doGuarded: about(inStep), doBare: about(inSQL), times: 2000})
}
