package api

import (
	"context"

	"yunei/internal/core/access"
	"yunei/internal/core/notice"
)

// NoticeItem is a notice with the name of the body that published it.
type NoticeItem struct {
	notice.Notice
	OrgName string `json:"org_name"`
	Area    string `json:"area_name" doc:"Where it holds"`
	Open    bool   `json:"open,omitempty" doc:"For a call: it takes applications now"`
}

// NoticePage is a notice with what the caller may do with it.
type NoticePage struct {
	notice.Page
	OrgName string `json:"org_name"`
	Open    bool   `json:"open,omitempty" doc:"For a call: it takes applications now"`
}

func (a *API) registerNotice() {
	const tag = "notices"
	getPublic(a, "/v1/notices", "notices", tag, "公示公告", a.notices)
	getPublic(a, "/v1/notices/{id}", "notice", tag, "公告详情", func(ctx context.Context, in *ByID) (NoticePage, error) {
		return a.notice(ctx, in.ID)
	})
	post(a, "/v1/notices", "publish-notice", tag, "发布公告", func(ctx context.Context, in *struct{ Body notice.Draft }) (NoticePage, error) {
		n, err := a.s.Notice.Publish(ctx, in.Body)
		return a.noticeAfter(ctx, n, err)
	})
	post(a, "/v1/notices/call", "publish-call", tag, "发布征集通告", func(ctx context.Context, in *struct{ Body notice.CallDraft }) (NoticePage, error) {
		n, err := a.s.Notice.Call(ctx, in.Body)
		return a.noticeAfter(ctx, n, err)
	})
	for _, series := range []struct {
		path, id, title string
		kind            notice.Kind
	}{{"/v1/notices/rules", "notice-rules", "制度、标准及其版本", notice.Rules}, {"/v1/notices/lists", "notice-lists", "名单", notice.List}} {
		getPublic(a, series.path, series.id, tag, series.title, func(ctx context.Context, in *struct {
			Paging
			Series string `query:"series" doc:"Only this series"`
			Area   string `query:"area" maxLength:"6" doc:"行政区域 of the party for whom they would be in force; whoever is signed in is asked for their own body's"`
		}) (Page[notice.Version], error) {
			var area *access.Area
			switch who := actor(ctx); {
			case in.Area != "":
				given := access.Area(in.Area)
				area = &given
			case who.SignedIn():
				area = &who.Area
			}
			list, err := a.s.Notice.Editions(ctx, series.kind, in.Series, area, in.Cursor, in.Limit)
			return paged(list, in.Limit, func(v notice.Version) string { return v.Notice.ID }), err
		})
	}
	post(a, "/v1/notices/continue", "continue-pack", tag, "登记试行期延续决定", func(ctx context.Context, in *struct{ Body notice.Decision }) (NoticePage, error) {
		n, err := a.s.Notice.Continue(ctx, in.Body)
		return a.noticeAfter(ctx, n, err)
	})
	post(a, "/v1/notices/{id}/revoke", "revoke-notice", tag, "撤销公告", func(ctx context.Context, in *reasoned) (NoticePage, error) {
		n, err := a.s.Notice.Revoke(ctx, in.ID, in.Body.Reason)
		return a.noticeAfter(ctx, n, err)
	})
}

func (a *API) notices(ctx context.Context, in *struct {
	Paging
	Kind    notice.Kind `query:"kind" enum:"continuation,budget,announcement,call,publicity,rules,list"`
	Area    string      `query:"area" maxLength:"6" doc:"Only what holds in this area (行政区域代码)"`
	Subject string      `query:"subject" maxLength:"80" doc:"Only about this matter, series or kind of matter"`
}) (Page[NoticeItem], error) {
	out := Page[NoticeItem]{Items: []NoticeItem{}}
	f := notice.Filter{Kind: in.Kind, Subject: in.Subject, Before: in.Cursor, Limit: in.Limit}
	if area := access.Area(in.Area); area != "" {
		f.Area = &area
	}
	list, err := a.s.Notice.List(ctx, f)
	if err != nil {
		return out, err
	}
	orgs := make([]string, len(list))
	for i, n := range list {
		orgs[i] = n.Org
	}
	names, err := a.orgNames(ctx, orgs...)
	for _, n := range list {
		out.Items = append(out.Items, NoticeItem{Notice: n, OrgName: names[n.Org], Area: a.s.Acts.Law().AreaName(string(n.Area)), Open: n.Open(a.s.Clock.Now())})
	}
	if len(list) == in.Limit {
		out.Next = list[len(list)-1].ID
	}
	return out, err
}

func (a *API) notice(ctx context.Context, id string) (NoticePage, error) {
	page, err := a.s.Notice.Get(ctx, id)
	if err != nil {
		return NoticePage{}, err
	}
	names, err := a.orgNames(ctx, page.Notice.Org)
	return NoticePage{Page: page, OrgName: names[page.Notice.Org], Open: page.Notice.Open(a.s.Clock.Now())}, err
}

// noticeAfter is a notice's page after an act on it.
func (a *API) noticeAfter(ctx context.Context, n notice.Notice, err error) (NoticePage, error) {
	if err != nil {
		return NoticePage{}, err
	}
	return a.notice(ctx, n.ID)
}
