package api

import (
	"context"

	"yunei/internal/flow/grant"
)

// registerAuthorization serves the levels of authorization (分级授权), and the registers beside them: departments, seals, filings.
func (a *API) registerAuthorization() {
	const tag = "authorizations"
	get(a, "/v1/authorizations", "authorizations", tag, "授权资格", func(ctx context.Context, in *struct {
		Paging
		Level string `query:"level" enum:"operator,developer"`
	}) (Page[grant.Authorization], error) {
		list, err := a.s.Grant.Authorizations(ctx, in.Level, in.Cursor, in.Limit)
		return paged(list, in.Limit, func(g grant.Authorization) string { return g.ID }), err
	})
	post(a, "/v1/authorizations", "apply-authorization", tag, "申请授权资格", func(ctx context.Context, in *struct {
		Body grant.Request
	}) (grant.Authorization, error) {
		return a.s.Grant.Apply(ctx, in.Body)
	})
	get(a, "/v1/authorizations/{id}", "authorization", tag, "授权资格详情", func(ctx context.Context, in *ByID) (grant.AuthorizationPage, error) {
		return a.s.Grant.Authorization(ctx, in.ID)
	})
	post(a, "/v1/authorizations/{id}/sign", "sign-authorization", tag, "签署授权协议", func(ctx context.Context, in *struct {
		ByID
		Body grant.Terms
	}) (grant.Agreement, error) {
		return a.s.Grant.SignAuthorization(ctx, in.ID, in.Body)
	})
	post(a, "/v1/authorizations/{id}/start", "start-authorization", tag, "授权资格生效", func(ctx context.Context, in *ByID) (grant.Authorization, error) {
		return a.s.Grant.StartAuthorization(ctx, in.ID)
	})
	get(a, "/v1/recommendations", "recommendations", tag, "部门推荐", func(ctx context.Context, in *struct{ Paging }) (Page[grant.Recommendation], error) {
		list, err := a.s.Grant.Recommendations(ctx, in.Cursor, in.Limit)
		return paged(list, in.Limit, func(r grant.Recommendation) string { return r.ID }), err
	})
	post(a, "/v1/recommendations", "recommend-operator", tag, "推荐授权运营主体", func(ctx context.Context, in *struct {
		Body struct {
			Org    string `json:"org"`
			Field  string `json:"field" minLength:"1" maxLength:"60"`
			Reason string `json:"reason" minLength:"2" maxLength:"2000"`
		}
	}) (grant.Recommendation, error) {
		return a.s.Grant.Recommend(ctx, in.Body.Org, in.Body.Field, in.Body.Reason)
	})
	get(a, "/v1/departments", "departments", tag, "授权部门", func(ctx context.Context, in *struct{ Paging }) (Page[grant.Department], error) {
		list, err := a.s.Grant.Departments(ctx, in.Cursor, in.Limit)
		return paged(list, in.Limit, func(d grant.Department) string { return d.Org }), err
	})
	post(a, "/v1/departments/{id}/confirm", "confirm-department", tag, "审核确认授权部门", func(ctx context.Context, in *struct {
		ByID
		Body grant.Confirmation
	}) (grant.Department, error) {
		return a.s.Grant.ConfirmDepartment(ctx, in.ID, in.Body)
	})
	post(a, "/v1/departments/{id}/end", "end-department", tag, "终止授权部门的审核确认", func(ctx context.Context, in *struct {
		ByID
		Body struct {
			Reason string `json:"reason" minLength:"2" maxLength:"2000"`
		}
	}) (grant.Department, error) {
		return a.s.Grant.EndDepartment(ctx, in.ID, in.Body.Reason)
	})
	get(a, "/v1/seals", "seals", tag, "合同专用章登记簿", func(ctx context.Context, in *struct{ Paging }) (Page[grant.Seal], error) {
		list, err := a.s.Grant.Seals(ctx, in.Cursor, in.Limit)
		return paged(list, in.Limit, func(s grant.Seal) string { return s.ID }), err
	})
	post(a, "/v1/seals", "register-seal", tag, "登记合同专用章", func(ctx context.Context, in *struct {
		Body grant.SealDraft
	}) (grant.Seal, error) {
		return a.s.Grant.RegisterSeal(ctx, in.Body)
	})
	get(a, "/v1/seals/{id}/uses", "seal-uses", tag, "用印记录", func(ctx context.Context, in *struct {
		ByID
		Paging
	}) (Page[grant.SealUse], error) {
		list, err := a.s.Grant.SealUses(ctx, in.ID, in.Cursor, in.Limit)
		return paged(list, in.Limit, func(u grant.SealUse) string { return u.ID }), err
	})
	post(a, "/v1/seals/{id}/close", "close-seal", tag, "停用合同专用章", func(ctx context.Context, in *ByID) (grant.Seal, error) {
		return a.s.Grant.CloseSeal(ctx, in.ID)
	})
	get(a, "/v1/matters/{id}/guidance", "guidance", tag, "指导和说明", func(ctx context.Context, in *ByID) (grant.GuidancePage, error) {
		return a.s.Grant.Guidance(ctx, in.ID)
	})
	post(a, "/v1/matters/{id}/guidance", "guide", tag, "指导申请人或者说明延迟", func(ctx context.Context, in *struct {
		ByID
		Body grant.GuidanceDraft
	}) (grant.Guidance, error) {
		return a.s.Grant.Guide(ctx, in.ID, in.Body)
	})
	get(a, "/v1/filings", "filings", tag, "备案登记簿", func(ctx context.Context, in *struct {
		Paging
		State string `query:"state" enum:"due,filed,acknowledged"`
	}) (Page[grant.Filing], error) {
		list, err := a.s.Grant.Filings(ctx, in.State, in.Cursor, in.Limit)
		return paged(list, in.Limit, func(f grant.Filing) string { return f.ID }), err
	})
	post(a, "/v1/filings", "submit-filing", tag, "报送备案", func(ctx context.Context, in *struct {
		Body grant.FilingDraft
	}) (grant.Filing, error) {
		return a.s.Grant.SubmitFiling(ctx, in.Body)
	})
	post(a, "/v1/filings/{id}/acknowledge", "acknowledge-filing", tag, "备案回执", func(ctx context.Context, in *struct {
		ByID
		Body struct {
			Number string `json:"number" minLength:"1" maxLength:"120"`
			Note   string `json:"note,omitempty" maxLength:"2000"`
		}
	}) (grant.Filing, error) {
		return a.s.Grant.AcknowledgeFiling(ctx, in.ID, in.Body.Number, in.Body.Note)
	})
}
