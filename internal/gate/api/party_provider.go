package api

import (
	"context"

	"yunei/internal/base/workday"
	"yunei/internal/core/matter"
	"yunei/internal/core/party"
)

// Disclaimer is the text that is shown before a third-party provider is chosen.
type Disclaimer struct {
	Text string `json:"text" doc:"The SM3 of its UTF-8 bytes is repeated when a provider is chosen"`
}

// registerProviders serves third-party providers, dedicated staff and the order of admissions.
func (a *API) registerProviders() {
	const tag = "providers"
	getPublic(a, "/v1/providers", "providers", tag, "第三方服务商名录", func(ctx context.Context, in *struct{ Paging }) (Page[party.ProviderPage], error) {
		list, err := a.s.Party.ProvidersListed(ctx, in.Cursor, in.Limit)
		return paged(list, in.Limit, func(p party.ProviderPage) string { return p.Provider.ID }), err
	})
	get(a, "/v1/providers/register", "provider-register", tag, "第三方服务商登记册", func(ctx context.Context, in *struct{ Paging }) (Page[party.ProviderPage], error) {
		list, err := a.s.Party.Providers(ctx, in.Cursor, in.Limit)
		return paged(list, in.Limit, func(p party.ProviderPage) string { return p.Provider.ID }), err
	})
	getPublic(a, "/v1/providers/disclaimer", "provider-disclaimer", tag, "第三方服务免责提示", func(ctx context.Context, _ *none) (Disclaimer, error) {
		text, err := a.s.Party.Disclaimer(ctx)
		return Disclaimer{Text: text}, err
	})
	post(a, "/v1/providers", "apply-provider", tag, "申请第三方服务商评定", func(ctx context.Context, in *struct {
		Body struct {
			Services  []party.Offer     `json:"services" minItems:"1" maxItems:"50"`
			Documents []matter.Document `json:"documents,omitempty" maxItems:"20"`
		}
	}) (party.Provider, error) {
		return a.s.Party.ApplyProvider(ctx, in.Body.Services, in.Body.Documents)
	})
	post(a, "/v1/providers/{id}/offers", "offer-service", tag, "增加所提供的第三方服务", func(ctx context.Context, in *struct {
		ByID
		Body party.Offer
	}) (party.Provider, error) {
		return a.s.Party.NewOffer(ctx, in.ID, in.Body)
	})
	post(a, "/v1/providers/{id}/report", "report-provider", tag, "报备评定结果", func(ctx context.Context, in *struct {
		ByID
		Body party.Report
	}) (party.Provider, error) {
		return a.s.Party.ReportProvider(ctx, in.ID, in.Body)
	})
	post(a, "/v1/providers/{id}/publish", "publish-provider", tag, "公布服务商", func(ctx context.Context, in *ByID) (party.Provider, error) {
		return a.s.Party.PublishProvider(ctx, in.ID)
	})
	post(a, "/v1/providers/{id}/measures", "measure-provider", tag, "通报、下架或者恢复服务商", func(ctx context.Context, in *struct {
		ByID
		Body party.MeasureDraft
	}) (party.Provider, error) {
		return a.s.Party.Measure(ctx, in.ID, in.Body)
	})
	post(a, "/v1/providers/{id}/complaints", "complain-provider", tag, "投诉服务商", func(ctx context.Context, in *struct {
		ByID
		Body struct {
			Text     string `json:"text" minLength:"2" maxLength:"5000"`
			Evidence string `json:"evidence,omitempty" maxLength:"200"`
		}
	}) (party.Complaint, error) {
		return a.s.Party.Complain(ctx, in.ID, in.Body.Text, in.Body.Evidence)
	})
	post(a, "/v1/provider-complaints/{id}/verify", "verify-provider-complaint", tag, "核实投诉", func(ctx context.Context, in *verdict) (party.Complaint, error) {
		return a.s.Party.Find(ctx, in.ID, in.Body.Accept, in.Body.Reason)
	})
	post(a, "/v1/providers/{id}/engage", "engage-provider", tag, "选用第三方服务", func(ctx context.Context, in *struct {
		ByID
		Body party.Engagement
	}) (party.Commission, error) {
		return a.s.Party.Engage(ctx, in.ID, in.Body)
	})
	getPublic(a, "/v1/providers/{id}", "provider", tag, "第三方服务商", func(ctx context.Context, in *ByID) (party.ProviderPage, error) {
		return a.s.Party.Provider(ctx, in.ID)
	})
	get(a, "/v1/commissions", "commissions", tag, "委托", func(ctx context.Context, in *struct {
		Paging
		State    string `query:"state" enum:"running,ended"`
		Provider string `query:"provider" maxLength:"64" doc:"Only what this provider was chosen for"`
	}) (Page[party.CommissionItem], error) {
		list, err := a.s.Party.Commissions(ctx, party.CommissionFilter{State: in.State, Provider: in.Provider}, in.Cursor, in.Limit)
		return paged(list, in.Limit, func(c party.CommissionItem) string { return c.ID }), err
	})
	post(a, "/v1/commissions/{id}/dismiss", "dismiss-provider", tag, "终止委托", func(ctx context.Context, in *ByID) (party.Commission, error) {
		return a.s.Party.Dismiss(ctx, in.ID)
	})
	a.registerStaff()
}

func (a *API) registerStaff() {
	const tag = "organizations"
	get(a, "/v1/admissions/queue", "admission-queue", "admissions", "待核验的入驻申请", func(ctx context.Context, _ *none) (Page[party.Queued], error) {
		list, err := a.s.Party.Queue(ctx)
		return whole(list), err
	})
	post(a, "/v1/staff", "file-staff", tag, "报备专人", func(ctx context.Context, in *struct{ Body party.StaffDraft }) (party.Staff, error) {
		return a.s.Party.FileStaff(ctx, in.Body)
	})
	get(a, "/v1/staff", "unacknowledged-staff", tag, "待收的专人备案", func(ctx context.Context, in *struct{ Paging }) (Page[party.Staff], error) {
		list, err := a.s.Party.UnacknowledgedStaff(ctx, in.Cursor, in.Limit)
		return paged(list, in.Limit, func(p party.Staff) string { return p.ID }), err
	})
	get(a, "/v1/organizations/{id}/staff", "staff", tag, "单位的专人备案", func(ctx context.Context, in *ByID) (Page[party.Staff], error) {
		list, err := a.s.Party.StaffOf(ctx, in.ID)
		return whole(list), err
	})
	post(a, "/v1/staff/{id}/end", "end-staff", tag, "登记离岗", func(ctx context.Context, in *struct {
		ByID
		Body struct {
			Day workday.Date `json:"day"`
		}
	}) (party.Staff, error) {
		return a.s.Party.EndStaff(ctx, in.ID, in.Body.Day)
	})
	post(a, "/v1/staff/{id}/acknowledge", "acknowledge-staff", tag, "专人备案回执", func(ctx context.Context, in *ByID) (party.Staff, error) {
		return a.s.Party.AcknowledgeStaff(ctx, in.ID)
	})
}
