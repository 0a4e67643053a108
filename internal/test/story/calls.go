package story

import (
	"context"
	"errors"
	"fmt"

	"yunei/internal/flow/collect"
)

// Calls makes n calls ready to be sent, each about another person under that person's own signed document, for those who
// measure how long a call takes. The story must have been told up to the step "calls".
func (t *Teller) Calls(ctx context.Context, first, n int) ([]func(context.Context) error, error) {
	var d struct {
		ID string `json:"id"`
	}
	if err := t.post(ctx, bank.Login, "/v1/deployments", map[string]any{"version": t.ids["band"]}, &d); err != nil {
		return nil, err
	}
	client, err := t.as(ctx, bank.Login)
	if err != nil {
		return nil, err
	}
	var calls []func(context.Context) error
	for row := first; row < first+n; row++ {
		p := t.ordinary(fmt.Sprintf("SQS-C%06d", row))
		p.name, p.row = "居民", row
		signed, err := t.document(ctx, p)
		if err != nil {
			return nil, err
		}
		body := map[string]any{
			"request_id": fmt.Sprintf("measured-%d", row), "subject": collect.InventedNumber(row),
			"scenario": t.ids["scenario"], "document": signed,
		}
		calls = append(calls, func(ctx context.Context) error {
			var a answer
			if err := client.Post(ctx, "/v1/deployments/"+d.ID+"/call", body, &a); err != nil {
				return err
			}
			if len(a.Outputs) != 1 || a.Outputs[0].Value == nil {
				return errors.New("a call under a good document gave no answer")
			}
			return nil
		})
	}
	return calls, nil
}
