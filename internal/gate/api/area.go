package api

import (
	"context"

	"yunei/internal/core/access"
	"yunei/internal/core/party"
)

// registerArea serves the areas (行政区域) inside the one that the platform serves, and where each organization stands.
func (a *API) registerArea() {
	const tag = "areas"
	getPublic(a, "/v1/areas", "areas", tag, "行政区域", func(ctx context.Context, _ *none) (Page[party.AreaCount], error) {
		list, err := a.s.Party.Areas(ctx)
		return whole(list), err
	})
	post(a, "/v1/organizations/{id}/area", "place-organization", "organizations", "登记所属区域", func(ctx context.Context, in *struct {
		ByID
		Body struct {
			Area   access.Area `json:"area" maxLength:"6" doc:"行政区域代码; empty: the platform's own level"`
			Reason string      `json:"reason" minLength:"2" maxLength:"2000"`
		}
	}) (OrganizationPage, error) {
		if _, err := a.s.Party.Place(ctx, in.ID, in.Body.Area, in.Body.Reason); err != nil {
			return OrganizationPage{}, err
		}
		return a.organization(ctx, &in.ByID)
	})
}

func (a *API) areaName(area access.Area) string { return a.s.Acts.Law().AreaName(string(area)) }
