package api

import (
	"context"

	"yunei/internal/flow/lab"
	"yunei/internal/flow/supply"
)

// appliedItem is an application with the names of its parties.
type appliedItem struct {
	supply.Application
	OrgName      string `json:"org_name"`
	OperatorName string `json:"operator_name,omitempty"`
}

// appliedPage is an application with its parts and the names of the bodies that decide.
type appliedPage struct {
	supply.Page
	Names map[string]string `json:"names" doc:"Organizations by id"`
}

// suppliedItem is a supply with names before codes.
type suppliedItem struct {
	lab.Supply
	OrgName      string `json:"org_name"`
	ProviderName string `json:"provider_name"`
}

// suppliesFor are supplies as the caller may see them.
func suppliesFor(ctx context.Context, list []lab.Supply) []lab.Supply {
	for i := range list {
		list[i] = list[i].For(actor(ctx))
	}
	return list
}

type reason struct {
	Why string `json:"why" minLength:"2" maxLength:"1000"`
}

type byReason struct {
	ByID
	Body reason
}

func (a *API) registerSupply() {
	const tag = "supply"
	post(a, "/v1/scenarios/{id}/data-applications", "apply-data", tag, "申请公共数据", func(ctx context.Context, in *struct {
		ByID
		Body supply.Ask
	}) (supply.Application, error) {
		return a.s.Supply.Apply(ctx, in.ID, in.Body)
	})
	get(a, "/v1/data-applications", "data-applications", tag, "公共数据申请", func(ctx context.Context, in *struct {
		Paging
		Scenario string `query:"scenario"`
	}) (Page[appliedItem], error) {
		list, err := a.s.Supply.List(ctx, in.Scenario, in.Cursor, in.Limit)
		if err != nil {
			return Page[appliedItem]{}, err
		}
		var ids []string
		for _, v := range list {
			ids = append(ids, v.Org, v.Operator)
		}
		names, err := a.orgNames(ctx, ids...)
		out := make([]appliedItem, 0, len(list))
		for _, v := range list {
			out = append(out, appliedItem{v, names[v.Org], names[v.Operator]})
		}
		return paged(out, in.Limit, func(v appliedItem) string { return v.ID }), err
	})
	get(a, "/v1/data-applications/{id}", "data-application", tag, "公共数据申请详情", func(ctx context.Context, in *ByID) (appliedPage, error) {
		p, err := a.s.Supply.Get(ctx, in.ID)
		if err != nil {
			return appliedPage{}, err
		}
		ids := []string{p.Application.Org, p.Application.Operator}
		for _, v := range p.Parts {
			ids = append(ids, v.Part.Provider)
			suppliesFor(ctx, v.Supplies)
		}
		names, err := a.orgNames(ctx, ids...)
		return appliedPage{p, names}, err
	})
	post(a, "/v1/data-parts/{id}/supply", "supply-data", tag, "供给数据", func(ctx context.Context, in *struct {
		ByID
		Body supply.Delivery
	}) (Page[lab.Supply], error) {
		list, err := a.s.Supply.Supply(ctx, in.ID, in.Body)
		return paged(list, len(list)+1, func(s lab.Supply) string { return s.ID }), err
	})
	get(a, "/v1/supplies", "supplies", tag, "供数记录", func(ctx context.Context, in *struct{ Paging }) (Page[suppliedItem], error) {
		list, err := a.s.Lab.Supplies(ctx, in.Cursor, in.Limit)
		if err != nil {
			return Page[suppliedItem]{}, err
		}
		var ids []string
		for _, v := range list {
			ids = append(ids, v.Org, v.Provider)
		}
		names, err := a.orgNames(ctx, ids...)
		out := make([]suppliedItem, 0, len(list))
		for _, v := range list {
			out = append(out, suppliedItem{v.For(actor(ctx)), names[v.Org], names[v.Provider]})
		}
		return paged(out, in.Limit, func(v suppliedItem) string { return v.ID }), err
	})
	post(a, "/v1/supplies/{id}/withdraw", "withdraw-supply", tag, "撤回供给", func(ctx context.Context, in *byReason) (lab.Supply, error) {
		return a.s.Supply.Withdraw(ctx, in.ID, in.Body.Why)
	})
	a.registerSupplyRecords(tag)
}

// registerSupplyRecords are the registers beside applications: what an operator was given and did, and what nothing gives yet.
func (a *API) registerSupplyRecords(tag string) {
	get(a, "/v1/provisions", "provisions", tag, "提供给授权运营主体的资源", func(ctx context.Context, in *struct{ Paging }) (Page[supply.Provision], error) {
		list, err := a.s.Supply.Provisions(ctx, in.Cursor, in.Limit)
		return paged(list, in.Limit, func(p supply.Provision) string { return p.ID }), err
	})
	post(a, "/v1/provisions", "provide-resource", tag, "向授权运营主体提供资源", func(ctx context.Context, in *struct {
		Body struct {
			Authorization string `json:"authorization"`
			Resource      string `json:"resource"`
		}
	}) (supply.Provision, error) {
		return a.s.Supply.Provide(ctx, in.Body.Authorization, in.Body.Resource)
	})
	post(a, "/v1/provisions/{id}/end", "end-provision", tag, "收回资源", func(ctx context.Context, in *byReason) (supply.Provision, error) {
		return a.s.Supply.EndProvision(ctx, in.ID, in.Body.Why)
	})
	get(a, "/v1/processings", "processings", tag, "加工处理记录", func(ctx context.Context, in *struct{ Paging }) (Page[supply.Processing], error) {
		list, err := a.s.Supply.Processings(ctx, in.Cursor, in.Limit)
		return paged(list, in.Limit, func(p supply.Processing) string { return p.ID }), err
	})
	post(a, "/v1/processings", "record-processing", tag, "登记加工处理", func(ctx context.Context, in *struct {
		Body struct {
			Resource string `json:"resource"`
			supply.Treated
		}
	}) (supply.Processing, error) {
		return a.s.Supply.Process(ctx, in.Body.Resource, in.Body.Treated)
	})
	post(a, "/v1/processings/{id}/end", "end-processing", tag, "废止加工处理记录", func(ctx context.Context, in *byReason) (supply.Processing, error) {
		return a.s.Supply.EndProcessing(ctx, in.ID, in.Body.Why)
	})
	get(a, "/v1/demands", "demands", tag, "数据需求清单", func(ctx context.Context, in *struct {
		Paging
		Scenario string `query:"scenario"`
	}) (Page[supply.Demand], error) {
		list, err := a.s.Supply.Demands(ctx, in.Scenario, in.Cursor, in.Limit)
		return paged(list, in.Limit, func(d supply.Demand) string { return d.ID }), err
	})
	post(a, "/v1/scenarios/{id}/demands", "ask-demand", tag, "提出数据需求", func(ctx context.Context, in *struct {
		ByID
		Body struct {
			What string `json:"what" minLength:"2" maxLength:"1000"`
			Why  string `json:"why" minLength:"2" maxLength:"1000"`
		}
	}) (supply.Demand, error) {
		return a.s.Supply.Ask(ctx, in.ID, in.Body.What, in.Body.Why)
	})
	post(a, "/v1/demands/{id}/answer", "answer-demand", tag, "答复数据需求", func(ctx context.Context, in *struct {
		ByID
		Body struct {
			Resource string   `json:"resource"`
			Fields   []string `json:"fields" minItems:"1" maxItems:"200"`
		}
	}) (supply.Demand, error) {
		return a.s.Supply.Answer(ctx, in.ID, in.Body.Resource, in.Body.Fields)
	})
}
