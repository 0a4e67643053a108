package story

import (
	"context"
	"fmt"
)

// LaterRates is a third model, left under review when the story is over.
const LaterRates = `SELECT education, COUNT(*) AS accounts, AVG(default_next_month) AS default_rate
FROM credit_default
WHERE age >= 30
GROUP BY education`

// LeaveWork files what a city's desks would still have on them when the story is over, so that everyone who signs in
// finds something to do: a pre-declaration for the operator, a declaration for the experts and the data provider, a
// release for the bureau.
func (t *Teller) LeaveWork(ctx context.Context) error {
	if _, err := t.predeclare(ctx, second.Login, bandFields, 0); err != nil {
		return fmt.Errorf("leave a pre-declaration: %w", err)
	}
	version, err := t.model(ctx, "/v1/spaces/"+t.ids["space"], "later", "A", "三十岁以上分学历违约率", LaterRates)
	if err != nil {
		return fmt.Errorf("leave a model: %w", err)
	}
	d, err := t.declare(ctx, bank.Login, t.ids["scenario"], version)
	if err != nil {
		return fmt.Errorf("leave a declaration: %w", err)
	}
	if err := t.decide(ctx, "operator", d.Matter, "first-review", "pass", "方案和代码审核通过"); err != nil {
		return err
	}
	ask := map[string]string{"run": t.ids["again"], "purpose": "向本行产品委员会说明分层定价", "recipient": "本行产品委员会", "retention": "半年"}
	var r release
	if err := t.post(ctx, bank.Login, "/v1/releases", ask, &r); err != nil {
		return fmt.Errorf("leave a release: %w", err)
	}
	return t.decide(ctx, "operator", r.Matter, "check", "pass", "检查项目全部通过")
}
