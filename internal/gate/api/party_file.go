package api

import (
	"context"

	"yunei/internal/core/party"
)

// verdict is a yes or no with its ground.
type verdict struct {
	ByID
	Body struct {
		Accept bool   `json:"accept"`
		Reason string `json:"reason" minLength:"2" maxLength:"2000"`
	}
}

// registerFile serves an organization's file: qualifications and negative records.
func (a *API) registerFile() {
	const tag = "organizations"
	post(a, "/v1/qualifications", "file-qualification", tag, "申报资质", func(ctx context.Context, in *struct{ Body party.Certificate }) (party.Qualification, error) {
		return a.s.Party.Qualify(ctx, in.Body)
	})
	get(a, "/v1/templates", "templates", tag, "范本及其版本", func(ctx context.Context, _ *none) (Page[party.TemplatePage], error) {
		list, err := a.s.Party.Templates(ctx)
		return whole(list), err
	})
	post(a, "/v1/templates", "draft-template", tag, "拟定范本的新版本", func(ctx context.Context, in *struct{ Body party.TemplateDraft }) (party.Template, error) {
		return a.s.Party.DraftTemplate(ctx, in.Body)
	})
	post(a, "/v1/templates/{id}/file", "file-template", tag, "范本备案", func(ctx context.Context, in *struct {
		ByID
		Body struct {
			Number string `json:"number" minLength:"2" maxLength:"120" doc:"Number of the filing (备案号)"`
		}
	}) (party.Template, error) {
		return a.s.Party.FileTemplate(ctx, in.ID, in.Body.Number)
	})
	post(a, "/v1/templates/{id}/start", "start-template", tag, "启用范本", func(ctx context.Context, in *ByID) (party.Template, error) {
		return a.s.Party.StartTemplate(ctx, in.ID)
	})
	get(a, "/v1/qualifications", "qualifications", tag, "待核验的资质", func(ctx context.Context, in *struct{ Paging }) (Page[party.Qualification], error) {
		list, err := a.s.Party.PendingQualifications(ctx, in.Cursor, in.Limit)
		return paged(list, in.Limit, func(q party.Qualification) string { return q.ID }), err
	})
	post(a, "/v1/qualifications/{id}/verify", "verify-qualification", tag, "核验资质", func(ctx context.Context, in *verdict) (party.Qualification, error) {
		return a.s.Party.VerifyQualification(ctx, in.ID, in.Body.Accept, in.Body.Reason)
	})
	post(a, "/v1/qualifications/{id}/revoke", "revoke-qualification", tag, "登记资质失效", func(ctx context.Context, in *reasoned) (party.Qualification, error) {
		return a.s.Party.RevokeQualification(ctx, in.ID, in.Body.Reason)
	})
	get(a, "/v1/organizations/{id}/qualifications", "organization-qualifications", tag, "单位的资质", func(ctx context.Context, in *ByID) (Page[party.Qualification], error) {
		list, err := a.s.Party.Qualifications(ctx, in.ID)
		return whole(list), err
	})
	post(a, "/v1/organizations/{id}/recognize", "recognize-organization", tag, "认定单位", func(ctx context.Context, in *struct {
		ByID
		Body party.Certificate
	}) (party.Qualification, error) {
		return a.s.Party.Recognize(ctx, in.ID, in.Body)
	})
	post(a, "/v1/organizations/{id}/listings", "record-listing", tag, "登记负面清单记录", func(ctx context.Context, in *struct {
		ByID
		Body party.ListingDraft
	}) (party.Listing, error) {
		return a.s.Party.List(ctx, in.ID, in.Body)
	})
	get(a, "/v1/organizations/{id}/listings", "listings", tag, "单位的负面清单记录", func(ctx context.Context, in *ByID) (Page[party.Listing], error) {
		list, err := a.s.Party.Listings(ctx, in.ID)
		return whole(list), err
	})
	post(a, "/v1/organizations/{id}/related", "record-related", tag, "登记关联企业", func(ctx context.Context, in *struct {
		ByID
		Body party.RelationDraft
	}) (party.Relation, error) {
		return a.s.Party.Relate(ctx, in.ID, in.Body)
	})
	get(a, "/v1/organizations/{id}/related", "related", tag, "单位的关联企业", func(ctx context.Context, in *ByID) (Page[party.Relation], error) {
		list, err := a.s.Party.Relations(ctx, in.ID)
		return whole(list), err
	})
	post(a, "/v1/related/{id}/end", "end-related", tag, "解除关联企业登记", func(ctx context.Context, in *reasoned) (party.Relation, error) {
		return a.s.Party.Unrelate(ctx, in.ID, in.Body.Reason)
	})
	post(a, "/v1/security-files", "file-security", tag, "报备安全管理文件", func(ctx context.Context, in *struct{ Body party.SecurityDraft }) (party.SecurityFile, error) {
		return a.s.Party.FileSecurity(ctx, in.Body)
	})
	post(a, "/v1/security-files/{id}/end", "end-security", tag, "废止安全管理文件", func(ctx context.Context, in *ByID) (party.SecurityFile, error) {
		return a.s.Party.EndSecurity(ctx, in.ID)
	})
	get(a, "/v1/organizations/{id}/security-files", "security-files", tag, "单位的安全管理文件", func(ctx context.Context, in *ByID) (Page[party.SecurityFile], error) {
		list, err := a.s.Party.SecurityFiles(ctx, in.ID)
		return whole(list), err
	})
	get(a, "/v1/organizations/{id}/gaps", "gaps", tag, "单位档案的缺项", func(ctx context.Context, in *ByID) (Page[party.Gap], error) {
		list, err := a.s.Party.Gaps(ctx, in.ID)
		return whole(list), err
	})
	post(a, "/v1/listings/{id}/lift", "lift-listing", tag, "移出负面清单", func(ctx context.Context, in *reasoned) (party.Listing, error) {
		return a.s.Party.Unlist(ctx, in.ID, in.Body.Reason)
	})
}

// whole is a list that has one page.
func whole[T any](list []T) Page[T] {
	if list == nil {
		list = []T{}
	}
	return Page[T]{Items: list}
}
