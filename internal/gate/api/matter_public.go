package api

import (
	"context"
	"net"

	"github.com/danielgtaylor/huma/v2"

	"yunei/internal/base/errs"
	"yunei/internal/core/matter"
)

// PublicityItem is a period in public with the names that belong to it.
type PublicityItem struct {
	matter.PublicFace
	KindTitle     string `json:"kind_title"`
	ApplicantName string `json:"applicant_name"`
}

// Remote is where the caller's connection comes from.
type Remote struct{ host string }

func (r *Remote) Resolve(ctx huma.Context) []error {
	r.host = ctx.RemoteAddr()
	if host, _, err := net.SplitHostPort(r.host); err == nil {
		r.host = host
	}
	return nil
}

// registerPublicity lets everybody read what is in public (公示) and object, signed in or not.
func (a *API) registerPublicity() {
	const tag = "publicity"
	getPublic(a, "/v1/publicity", "publicities", tag, "公示", func(ctx context.Context, in *struct{ Paging }) (Page[PublicityItem], error) {
		list, err := a.s.Matters.Faces(ctx, in.Cursor, in.Limit)
		if err != nil {
			return Page[PublicityItem]{}, err
		}
		items, err := a.faces(ctx, list)
		return paged(items, in.Limit, func(p PublicityItem) string { return p.Notice }), err
	})
	getPublic(a, "/v1/publicity/{id}", "publicity", tag, "公示详情", func(ctx context.Context, in *ByID) (PublicityItem, error) {
		f, err := a.s.Matters.Face(ctx, in.ID)
		if err != nil {
			return PublicityItem{}, err
		}
		items, err := a.faces(ctx, []matter.PublicFace{f})
		return items[0], err
	})
	postPublic(a, "/v1/publicity/{id}/objections", "object", tag, "提出异议", func(ctx context.Context, in *struct {
		ByID
		Remote
		Body struct {
			Text    string `json:"text" minLength:"5" maxLength:"2000"`
			Name    string `json:"name" minLength:"2" maxLength:"60"`
			Contact string `json:"contact" minLength:"5" maxLength:"120" doc:"Telephone or address; only the deciding body sees it"`
		}
	}) (struct {
		ID string `json:"id" doc:"Number of the objection"`
	}, error) {
		var out struct {
			ID string `json:"id" doc:"Number of the objection"`
		}
		if !a.objections.allow(in.host) {
			return out, errs.New(errs.Unavailable, "提交过于频繁, 请一分钟后再试")
		}
		var err error
		out.ID, err = a.s.Matters.Object(ctx, in.ID, matter.Protest{Text: in.Body.Text, Name: in.Body.Name, Contact: in.Body.Contact})
		return out, err
	})
	get(a, "/v1/matters/{id}/objections", "objections", tag, "异议内容和联系方式", func(ctx context.Context, in *struct {
		ByID
		Step string `query:"step" maxLength:"80" required:"true"`
	}) (Page[matter.Protest], error) {
		list, err := a.s.Matters.Protests(ctx, in.ID, in.Step)
		return paged(list, len(list)+1, func(p matter.Protest) string { return p.ID }), err
	})
	onMatter(a, "objections/decide", "decide-objection", "处理异议", func(ctx context.Context, id string, in struct {
		StepReason
		Objection string         `json:"objection" minLength:"1" maxLength:"64"`
		Upheld    bool           `json:"upheld" doc:"成立; otherwise dismissed"`
		Verdict   matter.Verdict `json:"verdict,omitempty" enum:"return,refuse" doc:"What an upheld objection means for the matter"`
	}) error {
		_, err := a.s.Matters.DecideObjection(ctx, id, in.Step, in.Objection, in.Upheld, in.Verdict, in.Reason)
		return err
	})
}

func (a *API) faces(ctx context.Context, list []matter.PublicFace) ([]PublicityItem, error) {
	ids := make([]string, len(list))
	for i, f := range list {
		ids[i] = f.Applicant
	}
	names, err := a.orgNames(ctx, ids...)
	items := make([]PublicityItem, len(list))
	for i, f := range list {
		items[i] = PublicityItem{PublicFace: f, KindTitle: a.kindTitle(f.Kind), ApplicantName: names[f.Applicant]}
	}
	return items, err
}
