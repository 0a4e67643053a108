package api

import (
	"context"

	"yunei/internal/core/matter"
	"yunei/internal/core/party"
)

// registerDesignations serves the papers by which a body acts in a capacity (指定、组成、权限清单、参照执行), the opinions of the members
// of the coordination mechanism, and the deliberation on ending an authorization.
func (a *API) registerDesignations() {
	const tag = "organizations"
	get(a, "/v1/designations", "designations", tag, "指定和组成文件", func(ctx context.Context, in *struct {
		Paging
		Org  string                `query:"org" maxLength:"64"`
		Kind party.DesignationKind `query:"kind" enum:"operator,member,powers,reference,benefit"`
	}) (Page[party.Designated], error) {
		list, err := a.s.Party.Designations(ctx, in.Org, in.Kind, in.Cursor, in.Limit)
		return paged(list, in.Limit, func(d party.Designated) string { return d.ID }), err
	})
	post(a, "/v1/organizations/{id}/designations", "record-designation", tag, "登记指定、组成或者权限文件", func(ctx context.Context, in *struct {
		ByID
		Body party.DesignationDraft
	}) (party.Designation, error) {
		return a.s.Party.Designate(ctx, in.ID, in.Body)
	})
	post(a, "/v1/designations/{id}/end", "end-designation", tag, "终止指定", func(ctx context.Context, in *reasoned) (party.Designation, error) {
		return a.s.Party.EndDesignation(ctx, in.ID, in.Body.Reason)
	})
	post(a, "/v1/matters/{id}/opine", "opine", "matters", "协调机制组成单位提出意见", func(ctx context.Context, in *struct {
		ByID
		Body struct {
			Step    string         `json:"step" maxLength:"80"`
			Verdict matter.Verdict `json:"verdict" enum:"agree,disagree"`
			Reason  string         `json:"reason" minLength:"2" maxLength:"2000"`
		}
	}) (*matter.Matter, error) {
		return a.s.Matters.Opine(ctx, in.ID, in.Body.Step, in.Body.Verdict, in.Body.Reason)
	})
	post(a, "/v1/endings", "propose-ending", "grants", "提请审议终止授权", func(ctx context.Context, in *struct {
		Body struct {
			Subject string `json:"subject" maxLength:"64" doc:"The grant or authorization"`
			Reason  string `json:"reason" minLength:"2" maxLength:"5000"`
		}
	}) (*matter.Matter, error) {
		return a.s.Grant.ProposeEnding(ctx, in.Body.Subject, in.Body.Reason)
	})
}
