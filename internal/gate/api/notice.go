package api

import (
	"context"

	"yunei/internal/core/notice"
)

// NoticeItem is a notice with the name of the body that published it.
type NoticeItem struct {
	notice.Notice
	OrgName string `json:"org_name"`
}

// NoticePage is a notice with what the caller may do with it.
type NoticePage struct {
	notice.Page
	OrgName string `json:"org_name"`
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
	post(a, "/v1/notices/continue", "continue-pack", tag, "登记试行期延续决定", func(ctx context.Context, in *struct{ Body notice.Decision }) (NoticePage, error) {
		n, err := a.s.Notice.Continue(ctx, in.Body)
		return a.noticeAfter(ctx, n, err)
	})
	post(a, "/v1/notices/{id}/revoke", "revoke-notice", tag, "撤销公告", func(ctx context.Context, in *reasoned) (NoticePage, error) {
		n, err := a.s.Notice.Revoke(ctx, in.ID, in.Body.Reason)
		return a.noticeAfter(ctx, n, err)
	})
}

func (a *API) notices(ctx context.Context, in *struct{ Paging }) (Page[NoticeItem], error) {
	out := Page[NoticeItem]{Items: []NoticeItem{}}
	list, err := a.s.Notice.List(ctx, in.Cursor, in.Limit)
	if err != nil {
		return out, err
	}
	orgs := make([]string, len(list))
	for i, n := range list {
		orgs[i] = n.Org
	}
	names, err := a.orgNames(ctx, orgs...)
	for _, n := range list {
		out.Items = append(out.Items, NoticeItem{Notice: n, OrgName: names[n.Org]})
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
	return NoticePage{Page: page, OrgName: names[page.Notice.Org]}, err
}

// noticeAfter is a notice's page after an act on it.
func (a *API) noticeAfter(ctx context.Context, n notice.Notice, err error) (NoticePage, error) {
	if err != nil {
		return NoticePage{}, err
	}
	return a.notice(ctx, n.ID)
}
