package api

import (
	"context"

	"yunei/internal/base/workday"
	"yunei/internal/flow/watch"
)

func (a *API) registerWatch() {
	const tag = "watch"
	get(a, "/v1/organizations/{id}/breaches", "breaches", tag, "信用档案", func(ctx context.Context, in *ByID) (Page[watch.Breach], error) {
		list, err := a.s.Watch.File(ctx, in.ID)
		return paged(list, len(list)+1, func(b watch.Breach) string { return b.ID }), err
	})
	post(a, "/v1/organizations/{id}/breaches", "record-breach", tag, "记录违法失信行为", func(ctx context.Context, in *struct {
		ByID
		Body struct {
			Kind     watch.Kind   `json:"kind" enum:"environment,safety,intellectual,trust,other"`
			Day      workday.Date `json:"day"`
			What     string       `json:"what" minLength:"2" maxLength:"2000"`
			Evidence []string     `json:"evidence" minItems:"1" maxItems:"20"`
		}
	}) (watch.Breach, error) {
		b := in.Body
		return a.s.Watch.Record(ctx, watch.Report{Org: in.ID, Kind: b.Kind, Day: b.Day, What: b.What, Evidence: b.Evidence})
	})
	post(a, "/v1/breaches/{id}/revoke", "revoke-breach", tag, "撤销违法失信记录", func(ctx context.Context, in *reasoned) (watch.Breach, error) {
		return a.s.Watch.Revoke(ctx, in.ID, in.Body.Reason)
	})
}
