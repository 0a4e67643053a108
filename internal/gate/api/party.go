package api

import (
	"context"
	"encoding/base64"
	"net/url"

	"github.com/danielgtaylor/huma/v2"
	"github.com/skip2/go-qrcode"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/matter"
	"yunei/internal/core/party"
)

// OrganizationPage is an organization with its standing and what the caller may do.
type OrganizationPage struct {
	Organization party.Organization `json:"organization"`
	Area         string             `json:"area_name" doc:"Name of the area it stands in"`
	Admitted     bool               `json:"admitted" doc:"Admitted and not suspended"`
	Acts         []act.Option       `json:"acts"`
}

// OrganizationNames are names by id.
type OrganizationNames struct {
	Names map[string]string `json:"names"`
}

// AdmissionPage is an application with the name of its organization and what the caller may do.
type AdmissionPage struct {
	Admission    party.Admission    `json:"admission"`
	Organization party.Organization `json:"organization"`
	Acts         []act.Option       `json:"acts"`
}

// AdmissionCode is a fresh code as a QR picture and as the address in it. It is shown once.
type AdmissionCode struct {
	Code    string          `json:"code"`
	URL     string          `json:"url" doc:"What the picture says"`
	Picture string          `json:"picture" doc:"PNG as a data URL"`
	State   party.CodeState `json:"state"`
}

// Joined is what the first step of an organization leaves: its account and its entry in the register.
type Joined struct {
	Account      access.Account     `json:"account"`
	Organization party.Organization `json:"organization"`
}

// Origin is where the caller reached us, to write an address that a phone can open.
type Origin struct{ base string }

func (o *Origin) Resolve(ctx huma.Context) []error {
	scheme := "http"
	if ctx.TLS() != nil || ctx.Header("X-Forwarded-Proto") == "https" {
		scheme = "https"
	}
	o.base = (&url.URL{Scheme: scheme, Host: ctx.Host()}).String()
	return nil
}

type reasoned struct {
	ByID
	Body struct {
		Reason string `json:"reason" minLength:"2" maxLength:"2000"`
	}
}

func (a *API) registerParty() {
	const tag = "organizations"
	postPublic(a, "/v1/organizations", "join", tag, "注册单位和经办账号", func(ctx context.Context, in *struct {
		Body struct {
			Account      party.NewAccount   `json:"account"`
			Organization party.Registration `json:"organization"`
		}
	}) (Joined, error) {
		account, org, err := a.s.Party.Join(ctx, in.Body.Account, in.Body.Organization)
		return Joined{Account: account, Organization: org}, err
	})
	get(a, "/v1/organizations", "organizations", tag, "单位", func(ctx context.Context, in *struct {
		Paging
		Area       access.Area `query:"area" doc:"Only of this area and what lies inside it"`
		Words      string      `query:"q" maxLength:"100" doc:"Words looked for in the name and in the unified social credit code"`
		Incomplete bool        `query:"incomplete" doc:"Only those whose file lacks something"`
	}) (Page[party.WithGaps], error) {
		list, err := a.s.Party.Organizations(ctx, party.OrgFilter{Area: in.Area, Words: in.Words, Incomplete: in.Incomplete}, in.Cursor, in.Limit)
		return paged(list, in.Limit, func(o party.WithGaps) string { return o.ID }), err
	})
	get(a, "/v1/organizations/names", "organization-names", tag, "单位名称", func(ctx context.Context, in *struct {
		IDs []string `query:"ids" maxItems:"200" doc:"Ids, separated by commas; one that nobody has is left out"`
	}) (OrganizationNames, error) {
		names, err := a.orgNames(ctx, in.IDs...)
		return OrganizationNames{Names: names}, err
	})
	get(a, "/v1/organizations/{id}", "organization", tag, "单位详情", a.organization)
	for _, o := range []struct {
		name, title string
		do          func(ctx context.Context, id, reason string) error
	}{
		{"suspend", "暂停数据服务", a.s.Party.Suspend}, {"lift", "恢复数据服务", a.s.Party.Lift}, {"end", "终止入驻", a.s.Party.End},
	} {
		post(a, "/v1/organizations/{id}/"+o.name, o.name+"-organization", tag, o.title, func(ctx context.Context, in *reasoned) (OrganizationPage, error) {
			if err := o.do(ctx, in.ID, in.Body.Reason); err != nil {
				return OrganizationPage{}, err
			}
			return a.organization(ctx, &in.ByID)
		})
	}
	a.registerAdmission()
	a.registerChange()
}

func (a *API) registerAdmission() {
	const tag = "admissions"
	post(a, "/v1/admissions", "apply", tag, "申请入驻", func(ctx context.Context, in *struct {
		Body struct {
			Method    party.Method     `json:"method" enum:"qr,paper"`
			Documents []party.Document `json:"documents,omitempty" maxItems:"20"`
		}
	}) (AdmissionPage, error) {
		adm, err := a.s.Party.Apply(ctx, in.Body.Method, in.Body.Documents)
		if err != nil {
			return AdmissionPage{}, err
		}
		return a.admission(ctx, &ByID{ID: adm.ID})
	})
	get(a, "/v1/admissions", "admissions", tag, "入驻申请", func(ctx context.Context, in *struct{ Paging }) (Page[party.Admission], error) {
		list, err := a.s.Party.Admissions(ctx, in.Cursor, in.Limit)
		return paged(list, in.Limit, func(x party.Admission) string { return x.ID }), err
	})
	get(a, "/v1/admissions/{id}", "admission", tag, "入驻申请详情", a.admission)
	post(a, "/v1/admissions/{id}/code", "open-admission-code", tag, "生成入驻二维码", func(ctx context.Context, in *struct {
		ByID
		Origin
	}) (AdmissionCode, error) {
		code, state, err := a.s.Party.OpenQR(ctx, in.ID)
		if err != nil {
			return AdmissionCode{}, err
		}
		address := in.base + "/phone/admission/" + code
		png, err := qrcode.Encode(address, qrcode.Medium, 320)
		if err != nil {
			return AdmissionCode{}, err
		}
		return AdmissionCode{Code: code, URL: address, Picture: "data:image/png;base64," + base64.StdEncoding.EncodeToString(png), State: state}, nil
	})
	getPublic(a, "/v1/codes/{code}", "admission-phone", tag, "扫码后的手机页面", func(ctx context.Context, in *ByCode) (party.Phone, error) {
		return a.s.Party.OpenPhone(ctx, in.Code)
	})
	postPublic(a, "/v1/codes/{code}/pledge", "pledge", tag, "法定代表人认证并签署入驻承诺书", func(ctx context.Context, in *struct {
		ByCode
		Body struct {
			Certificate string `json:"certificate" maxLength:"8192" doc:"PEM of the representative's SM2 certificate"`
			Signature   []byte `json:"signature" maxLength:"512" doc:"SM2 over the UTF-8 bytes of the text, ASN.1 DER, base64"`
		}
	}) (struct {
		Organization string       `json:"organization"`
		Pledge       party.Pledge `json:"pledge"`
	}, error) {
		var out struct {
			Organization string       `json:"organization"`
			Pledge       party.Pledge `json:"pledge"`
		}
		adm, err := a.s.Party.Pledge(ctx, in.Code, in.Body.Certificate, in.Body.Signature)
		if err != nil {
			return out, err
		}
		out.Pledge = *adm.Pledge
		out.Organization, err = a.orgName(ctx, adm.Org)
		return out, err
	})
}

type ByCode struct {
	Code string `path:"code" maxLength:"64"`
}

func (a *API) registerChange() {
	const tag = "organizations"
	post(a, "/v1/changes", "file-change", tag, "提交注册信息变更申请", func(ctx context.Context, in *struct {
		Body struct {
			Happened workday.Date    `json:"happened" doc:"变动情况发生之日"`
			Set      party.ChangeSet `json:"set"`
			// Documents are optional here; a pack may ask for some.
			Documents []matter.Document `json:"documents,omitempty" maxItems:"20"`
		}
	}) (party.Change, error) {
		return a.s.Party.FileChange(ctx, in.Body.Happened, in.Body.Set, in.Body.Documents)
	})
	get(a, "/v1/organizations/{id}/changes", "changes", tag, "注册信息变更", func(ctx context.Context, in *ByID) (Page[party.Change], error) {
		list, err := a.s.Party.Changes(ctx, in.ID)
		return paged(list, len(list)+1, func(c party.Change) string { return c.ID }), err
	})
	post(a, "/v1/departures", "leave", tag, "申请退出平台", func(ctx context.Context, in *struct {
		Body struct {
			Reason string `json:"reason" minLength:"2" maxLength:"2000"`
		}
	}) (party.DeparturePage, error) {
		e, err := a.s.Party.Leave(ctx, in.Body.Reason)
		if err != nil {
			return party.DeparturePage{}, err
		}
		return a.s.Party.Departure(ctx, e.ID)
	})
	get(a, "/v1/departures/{id}", "departure", tag, "退出申请", func(ctx context.Context, in *ByID) (party.DeparturePage, error) {
		return a.s.Party.Departure(ctx, in.ID)
	})
}

func (a *API) organization(ctx context.Context, in *ByID) (OrganizationPage, error) {
	p := OrganizationPage{Acts: []act.Option{}}
	err := a.s.Acts.View(ctx, func(tx *sqldb.Tx) (err error) {
		if p.Organization, err = party.Load(ctx, tx, in.ID); err != nil {
			return err
		}
		p.Area = a.areaName(p.Organization.Area)
		if p.Admitted, err = party.AdmittedNow(ctx, tx, p.Organization); err != nil {
			return err
		}
		if !actor(ctx).Has(access.Operator, access.Bureau) {
			return nil
		}
		var noPermit error
		if p.Organization.Permit == "" {
			noPermit = errs.New(errs.Conflict, "这个单位尚未入驻, 没有可以暂停、恢复或终止的许可")
		}
		for _, name := range []string{party.ActSuspend, party.ActLift, party.ActEnd} {
			o, err := a.s.Acts.Option(ctx, tx, name, noPermit, map[string]string{"org": in.ID})
			if err != nil {
				return err
			}
			p.Acts = append(p.Acts, o)
		}
		o, err := a.s.Acts.Option(ctx, tx, party.ActPlace, nil, map[string]string{"org": in.ID})
		p.Acts = append(p.Acts, o)
		return err
	})
	return p, err
}

func (a *API) admission(ctx context.Context, in *ByID) (AdmissionPage, error) {
	p := AdmissionPage{Acts: []act.Option{}}
	var err error
	if p.Admission, err = a.s.Party.Admission(ctx, in.ID); err != nil {
		return p, err
	}
	err = a.s.Acts.View(ctx, func(tx *sqldb.Tx) (err error) {
		if p.Organization, err = party.Load(ctx, tx, p.Admission.Org); err != nil || actor(ctx).Org != p.Admission.Org {
			return err
		}
		var closed error
		switch {
		case p.Admission.Method != party.QR:
			closed = errs.New(errs.Conflict, "这件申请采用纸质材料认证, 不需要二维码")
		case p.Admission.State != party.Applied || p.Admission.Pledge != nil:
			closed = errs.New(errs.Conflict, "法定代表人已经完成认证, 无需再次生成二维码")
		}
		o, err := a.s.Acts.Option(ctx, tx, party.ActOpenQR, closed, map[string]string{"org": p.Admission.Org, "admission": p.Admission.ID})
		p.Acts = append(p.Acts, o)
		return err
	})
	return p, err
}
