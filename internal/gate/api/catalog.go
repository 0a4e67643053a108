package api

import (
	"context"
	"net/http"

	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/flow/catalog"
)

// EntryItem is a catalog entry as a list shows it.
type EntryItem struct {
	catalog.Entry
	HolderName string `json:"holder_name"`
	Area       string `json:"area_name" doc:"Name of the area its holder stands in"`
	Reference  bool   `json:"by_reference" doc:"Its holder follows the rules by reference (参照执行)"`
}

// EntryPage is a catalog entry with what the caller may do with it.
type EntryPage struct {
	catalog.Page
	HolderName string `json:"holder_name"`
	Area       string `json:"area_name" doc:"Name of the area its holder stands in"`
	Reference  bool   `json:"by_reference" doc:"Its holder follows the rules by reference (参照执行)"`
}

// entryBody is what a holder writes. A client may send the whole entry back as it got it; what is not the holder's to write is ignored.
type entryBody struct {
	_ struct{} `json:"-" additionalProperties:"true"`
	catalog.Content
}

type entryList struct {
	Paging
	Q       string         `query:"q" maxLength:"100" doc:"Words looked for in names, summary, keywords and items"`
	Area    access.Area    `query:"area" maxLength:"6" doc:"Of holders in this area and inside it"`
	State   catalog.State  `query:"state" enum:"draft,submitted,returned,published"`
	Holder  string         `query:"holder" maxLength:"64"`
	Open    catalog.Access `query:"open" enum:"unconditional,conditional,no"`
	Operate catalog.Access `query:"operate" enum:"unconditional,conditional,no"`
}

func (a *API) registerCatalog() {
	const tag = "catalog"
	get(a, "/v1/catalog", "entries", tag, "资源目录", a.entries)
	post(a, "/v1/catalog", "draft-entry", tag, "编制目录条目", func(ctx context.Context, in *struct{ Body entryBody }) (EntryPage, error) {
		e, err := a.s.Catalog.Draft(ctx, in.Body.Content)
		return a.entryAfter(ctx, e, err)
	})
	get(a, "/v1/catalog/{id}", "entry", tag, "目录条目", func(ctx context.Context, in *ByID) (EntryPage, error) { return a.entryPage(ctx, in.ID) })
	mount(a, route{Method: http.MethodPut, Path: "/v1/catalog/{id}", ID: "save-entry", Tag: tag, Summary: "修改目录条目"},
		func(ctx context.Context, in *struct {
			ByID
			Body entryBody
		}) (EntryPage, error) {
			e, err := a.s.Catalog.Save(ctx, in.ID, in.Body.Content)
			return a.entryAfter(ctx, e, err)
		})
	post(a, "/v1/catalog/{id}/submit", "submit-entry", tag, "提交审核", func(ctx context.Context, in *ByID) (EntryPage, error) {
		e, err := a.s.Catalog.Submit(ctx, in.ID)
		return a.entryAfter(ctx, e, err)
	})
	post(a, "/v1/catalog/{id}/publish", "publish-entry", tag, "审核发布", func(ctx context.Context, in *ByID) (EntryPage, error) {
		e, err := a.s.Catalog.Publish(ctx, in.ID)
		return a.entryAfter(ctx, e, err)
	})
	post(a, "/v1/catalog/{id}/return", "return-entry", tag, "退回修改", func(ctx context.Context, in *struct {
		ByID
		Body struct {
			Opinion string `json:"opinion" minLength:"1" maxLength:"1000" doc:"What must be mended"`
		}
	}) (EntryPage, error) {
		e, err := a.s.Catalog.Return(ctx, in.ID, in.Body.Opinion)
		return a.entryAfter(ctx, e, err)
	})
	get(a, "/v1/catalog/{id}/specials", "specials", tag, "目录条目的特别规定", func(ctx context.Context, in *ByID) (catalog.SpecialPage, error) {
		return a.s.Catalog.Specials(ctx, in.ID)
	})
	post(a, "/v1/catalog/{id}/specials", "record-special", tag, "登记特别规定", func(ctx context.Context, in *struct {
		ByID
		Body catalog.SpecialDraft
	}) (catalog.Special, error) {
		return a.s.Catalog.RecordSpecial(ctx, in.ID, in.Body)
	})
	post(a, "/v1/specials/{id}/confirm", "confirm-special", tag, "确认特别规定", func(ctx context.Context, in *ByID) (catalog.Special, error) {
		return a.s.Catalog.ConfirmSpecial(ctx, in.ID)
	})
	post(a, "/v1/specials/{id}/decline", "decline-special", tag, "不予确认特别规定", func(ctx context.Context, in *reasoned) (catalog.Special, error) {
		return a.s.Catalog.DeclineSpecial(ctx, in.ID, in.Body.Reason)
	})
	post(a, "/v1/specials/{id}/end", "end-special", tag, "提出终止特别规定", func(ctx context.Context, in *struct {
		ByID
		Body struct {
			Last   workday.Date `json:"last" doc:"Last day on which it applies"`
			Reason string       `json:"reason" minLength:"2" maxLength:"2000"`
		}
	}) (catalog.Special, error) {
		return a.s.Catalog.EndSpecial(ctx, in.ID, in.Body.Last, in.Body.Reason)
	})
}

func (a *API) entries(ctx context.Context, in *entryList) (Page[EntryItem], error) {
	list, next, err := a.s.Catalog.List(ctx, catalog.Filter{Query: in.Q, State: in.State, Holder: in.Holder, Open: in.Open, Operate: in.Operate, Area: in.Area, After: in.Cursor, Limit: in.Limit})
	if err != nil {
		return Page[EntryItem]{}, err
	}
	holders := make([]string, len(list))
	for i, e := range list {
		holders[i] = e.Holder
	}
	names, areas, err := a.orgPlaces(ctx, holders...)
	if err != nil {
		return Page[EntryItem]{}, err
	}
	reference, err := a.s.Party.ByReferenceNow(ctx, holders...)
	page := Page[EntryItem]{Items: []EntryItem{}, Next: next}
	for _, e := range list {
		item := EntryItem{Entry: e, HolderName: names[e.Holder], Area: a.areaName(areas[e.Holder]), Reference: reference[e.Holder]}
		if e.Origin != nil {
			item.HolderName, item.Area = e.Origin.Holder, a.areaName(e.Origin.Area)
		}
		page.Items = append(page.Items, item)
	}
	return page, err
}

func (a *API) entryPage(ctx context.Context, id string) (EntryPage, error) {
	page, err := a.s.Catalog.Get(ctx, id)
	if err != nil {
		return EntryPage{}, err
	}
	if o := page.Entry.Origin; o != nil {
		return EntryPage{Page: page, HolderName: o.Holder, Area: a.areaName(o.Area)}, nil
	}
	holder := page.Entry.Holder
	names, areas, err := a.orgPlaces(ctx, holder)
	if err != nil {
		return EntryPage{}, err
	}
	reference, err := a.s.Party.ByReferenceNow(ctx, holder)
	return EntryPage{Page: page, HolderName: names[holder], Area: a.areaName(areas[holder]), Reference: reference[holder]}, err
}

// entryAfter is an entry's page after an act on it.
func (a *API) entryAfter(ctx context.Context, e catalog.Entry, err error) (EntryPage, error) {
	if err != nil {
		return EntryPage{}, err
	}
	return a.entryPage(ctx, e.ID)
}
