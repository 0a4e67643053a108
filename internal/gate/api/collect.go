package api

import (
	"bytes"
	"context"

	"yunei/internal/flow/collect"
)

// registerCollect takes data. A file comes as the bare body of the request: a form with parts would be put on the disk under a name,
// identity numbers and all, before anyone has looked at it.
func (a *API) registerCollect() {
	const tag = "collect"
	post(a, "/v1/catalog/{id}/load", "load", tag, "归集数据", func(ctx context.Context, in *struct {
		ByID
		Name    string `query:"name" maxLength:"200" default:"data.csv" doc:"Name of the file"`
		RawBody []byte `contentType:"text/csv"`
	}) (collect.Snapshot, error) {
		return a.s.Collect.Load(ctx, in.ID, in.Name, bytes.NewReader(in.RawBody))
	})
	get(a, "/v1/catalog/{id}/snapshots", "snapshots", tag, "归集记录", func(ctx context.Context, in *struct {
		ByID
		Paging
	}) (Page[collect.Snapshot], error) {
		list, next, err := a.s.Collect.List(ctx, in.ID, in.Cursor, in.Limit)
		if list == nil {
			list = []collect.Snapshot{}
		}
		return Page[collect.Snapshot]{Items: list, Next: next}, err
	})
	get(a, "/v1/snapshots/{id}", "snapshot", tag, "归集详情", func(ctx context.Context, in *ByID) (collect.Snapshot, error) {
		return a.s.Collect.Get(ctx, in.ID)
	})
}
