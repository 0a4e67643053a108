package api

import (
	"context"

	"yunei/internal/base/errs"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/regime"
)

// RegimeView is the law this deployment runs under.
type RegimeView struct {
	Today    workday.Date           `json:"today"`
	Packs    []regime.PackInfo      `json:"packs"`
	Roles    map[access.Role]string `json:"roles" doc:"The regulation's own title of each role"`
	Kinds    []string               `json:"kinds" doc:"Kinds of matter that a loaded pack has a procedure for, on whatever day"`
	Calendar string                 `json:"calendar" doc:"Version of the working-day calendar"`
}

func (a *API) registerRegime() {
	const tag = "regime"
	getPublic(a, "/v1/regime", "regime", tag, "现行规则", func(_ context.Context, _ *none) (RegimeView, error) {
		law := a.s.Acts.Law()
		v := RegimeView{Today: workday.DateOf(a.s.Clock.Now()), Packs: law.Packs(), Roles: map[access.Role]string{}, Kinds: law.AllKinds(), Calendar: law.Calendar().Version()}
		for _, r := range access.Roles() {
			v.Roles[r] = law.Role(string(r))
		}
		return v, nil
	})
	getPublic(a, "/v1/regime/packs/{id}/articles", "articles", tag, "条文", func(_ context.Context, in *ByID) (Page[regime.Article], error) {
		list := a.s.Acts.Law().Articles(in.ID)
		if list == nil {
			return Page[regime.Article]{}, errs.New(errs.NotFound, "没有加载这个规则包, 请从列表中选择")
		}
		return Page[regime.Article]{Items: list}, nil
	})
	getPublic(a, "/v1/regime/packs/{id}/article", "article", tag, "一条", func(_ context.Context, in *struct {
		ByID
		At string `query:"at" required:"true" doc:"Place as cited, such as 三(七)"`
	}) (regime.Article, error) {
		text, ok := a.s.Acts.Law().Article(in.ID, in.At)
		if !ok {
			return regime.Article{}, errs.New(errs.NotFound, "规则包里没有 %s, 请核对引用", in.At)
		}
		return regime.Article{Number: in.At, Text: text}, nil
	})
	getPublic(a, "/v1/regime/rules", "rules", tag, "规则", func(_ context.Context, _ *none) (Page[regime.Explanation], error) {
		return Page[regime.Explanation]{Items: a.s.Acts.Law().Rules()}, nil
	})
	getPublic(a, "/v1/regime/procedures", "procedures", tag, "现行的全部办理程序", func(_ context.Context, _ *none) (Page[regime.Procedure], error) {
		page := Page[regime.Procedure]{Items: []regime.Procedure{}}
		law, today := a.s.Acts.Law(), workday.DateOf(a.s.Clock.Now())
		for _, kind := range law.Kinds(today) {
			p, err := law.Procedure(kind, today)
			if err != nil {
				return page, err
			}
			page.Items = append(page.Items, p)
		}
		return page, nil
	})
	getPublic(a, "/v1/regime/procedures/{id}", "procedure", tag, "办理程序", func(_ context.Context, in *ByID) (regime.Procedure, error) {
		return a.s.Acts.Law().Procedure(in.ID, workday.DateOf(a.s.Clock.Now()))
	})
	getPublic(a, "/v1/regime/values", "values", tag, "现行的全部取值", func(_ context.Context, _ *none) (Page[regime.Value], error) {
		return Page[regime.Value]{Items: a.s.Acts.Law().Values(workday.DateOf(a.s.Clock.Now()))}, nil
	})
	getPublic(a, "/v1/regime/coverage", "coverage", tag, "义务覆盖", func(_ context.Context, _ *none) (regime.CoverageReport, error) {
		return a.s.Acts.Law().Coverage(), nil
	})
	getPublic(a, "/v1/regime/matrix", "matrix", tag, "逐条覆盖", func(_ context.Context, _ *none) (Page[regime.MatrixRow], error) {
		return Page[regime.MatrixRow]{Items: a.s.Acts.Law().Matrix()}, nil
	})
}
