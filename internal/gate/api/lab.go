package api

import (
	"context"

	"yunei/internal/base/workday"
	"yunei/internal/core/query/disclose"
	"yunei/internal/core/query/release"
	"yunei/internal/flow/grant"
	"yunei/internal/flow/lab"
)

type draft struct {
	Class string `json:"class" enum:"A,B,C"`
	Text  string `json:"text" maxLength:"65536"`

	Module string `json:"module,omitempty" maxLength:"80" doc:"Digest of the uploaded module, where the text declares a step"`
	Rho    int64  `json:"rho,omitempty" minimum:"0" doc:"Charge to plan for, in units of 10^-12; 0: the default share"`
}

// AssessmentItem is an assessment as the register shows it.
type AssessmentItem struct {
	lab.Assessment
	InForce bool `json:"in_force" doc:"It counts today: begun, not over, not taken off"`
}

func (a *API) registerLab() {
	const tag = "lab"
	get(a, "/v1/spaces", "spaces", tag, "开发空间", func(ctx context.Context, in *struct{ Paging }) (Page[lab.Space], error) {
		list, err := a.s.Lab.Spaces(ctx, in.Cursor, in.Limit)
		return paged(list, in.Limit, func(s lab.Space) string { return s.ID }), err
	})
	post(a, "/v1/scenarios/{id}/space", "open-space", tag, "开通开发空间", func(ctx context.Context, in *ByID) (lab.Space, error) {
		return a.s.Lab.OpenSpace(ctx, in.ID)
	})
	get(a, "/v1/spaces/{id}", "space", tag, "开发空间详情", func(ctx context.Context, in *ByID) (lab.SpacePage, error) {
		p, err := a.s.Lab.Space(ctx, in.ID)
		p.Runs = runsFor(ctx, p.Runs)
		return p, err
	})
	a.registerSpace()
	post(a, "/v1/spaces/{id}/compile", "compile", tag, "检查模型", func(ctx context.Context, in *struct {
		ByID
		Body draft
	}) (lab.Checked, error) {
		return a.s.Lab.Check(ctx, in.ID, lab.Source{Class: in.Body.Class, Text: in.Body.Text, Module: in.Body.Module}, in.Body.Rho)
	})
	post(a, "/v1/spaces/{id}/try", "try", tag, "在样例上运行", func(ctx context.Context, in *struct {
		ByID
		Level string `query:"level" enum:"S0,S1,S2" default:"S0" doc:"Samples to run on; a table without that level is made of the next below"`
		Body  struct {
			Class  string            `json:"class" enum:"A,B,C"`
			Text   string            `json:"text" maxLength:"65536"`
			Module string            `json:"module,omitempty" maxLength:"80" doc:"Digest of the uploaded module"`
			Params map[string]string `json:"params,omitempty" doc:"Values for the model's parameters; left out: the first of each"`
		}
	}) (lab.Trial, error) {
		return a.s.Lab.TryWith(ctx, in.ID, lab.Source{Class: in.Body.Class, Text: in.Body.Text, Module: in.Body.Module}, in.Level, in.Body.Params)
	})
	post(a, "/v1/spaces/{id}/models", "save-model", tag, "保存模型", func(ctx context.Context, in *struct {
		ByID
		Body struct {
			ID    string `json:"id,omitempty"`
			Name  string `json:"name" minLength:"1" maxLength:"100"`
			Class string `json:"class" enum:"A,B,C"`
			Text  string `json:"text" maxLength:"65536"`

			Module string `json:"module,omitempty" maxLength:"80" doc:"Digest of the uploaded module"`
		}
	}) (lab.Model, error) {
		b := in.Body
		return a.s.Lab.SaveModel(ctx, in.ID, lab.Model{ID: b.ID, Name: b.Name, Class: b.Class, Draft: b.Text, Module: b.Module})
	})
	post(a, "/v1/spaces/{id}/modules", "add-module", tag, "上传步骤模块", func(ctx context.Context, in *struct {
		ByID
		Body struct {
			Name  string `json:"name" minLength:"1" maxLength:"200" doc:"Name of the file"`
			Bytes []byte `json:"bytes" maxLength:"100000" doc:"The WebAssembly module, in base64"`
		}
	}) (lab.Module, error) {
		return a.s.Lab.AddModule(ctx, in.ID, in.Body.Name, in.Body.Bytes)
	})
	post(a, "/v1/models/{id}/submit", "submit-model", tag, "提交模型版本", func(ctx context.Context, in *struct {
		ByID
		Body struct {
			Shared bool  `json:"shared" doc:"Offer it for reuse once approved (上架)"`
			Rho    int64 `json:"rho,omitempty" minimum:"0" doc:"Charge of one run, in units of 10^-12; 0: the default"`
		}
	}) (lab.Version, error) {
		return a.s.Lab.Submit(ctx, in.ID, in.Body.Shared, in.Body.Rho)
	})
	a.registerSamples(tag)
	get(a, "/v1/versions", "versions", tag, "模型版本", func(ctx context.Context, in *struct {
		Paging
		Listed bool `query:"listed" doc:"Only those on the shelf, of every organization"`
	}) (Page[lab.VersionItem], error) {
		list, err := a.s.Lab.Versions(ctx, in.Listed, in.Cursor, in.Limit)
		return paged(list, in.Limit, func(v lab.VersionItem) string { return v.ID }), err
	})
	get(a, "/v1/versions/{id}", "version", tag, "模型版本详情", func(ctx context.Context, in *ByID) (lab.VersionPage, error) {
		return a.s.Lab.Version(ctx, in.ID)
	})
	get(a, "/v1/versions/{id}/desk", "version-desk", tag, "模型评审台", func(ctx context.Context, in *ByID) (lab.Desk, error) {
		return a.s.Lab.Desk(ctx, in.ID)
	})
	get(a, "/v1/versions/{id}/module", "version-module", tag, "版本的步骤模块", func(ctx context.Context, in *struct {
		ByID
		Beside string `query:"beside" maxLength:"64" doc:"Another version of the same model, to compare with"`
	}) (lab.ModuleFile, error) {
		return a.s.Lab.VersionModule(ctx, in.ID, in.Beside)
	})
	post(a, "/v1/versions/{id}/try", "try-version", tag, "在样例上试运行某一版本", func(ctx context.Context, in *ByID) (lab.Trial, error) {
		return a.s.Lab.TryVersion(ctx, in.ID)
	})
	get(a, "/v1/assessments", "assessments", tag, "模型安全符合性评估", func(ctx context.Context, in *struct{ Paging }) (Page[AssessmentItem], error) {
		list, err := a.s.Lab.Assessments(ctx, in.Cursor, in.Limit)
		today := workday.DateOf(a.s.Clock.Now())
		items := make([]AssessmentItem, len(list))
		for i, v := range list {
			items[i] = AssessmentItem{Assessment: v, InForce: v.Ended.IsZero() && v.From <= today && today <= v.Until}
		}
		return paged(items, in.Limit, func(v AssessmentItem) string { return v.ID }), err
	})
	post(a, "/v1/assessments", "assess-model", tag, "登记模型安全符合性评估", func(ctx context.Context, in *struct{ Body lab.AssessmentDraft }) (lab.Assessment, error) {
		return a.s.Lab.Assess(ctx, in.Body)
	})
	post(a, "/v1/assessments/{id}/end", "end-assessment", tag, "登记评估失效", func(ctx context.Context, in *reasoned) (lab.Assessment, error) {
		return a.s.Lab.EndAssessment(ctx, in.ID, in.Body.Reason)
	})
	post(a, "/v1/scenarios/{id}/declare", "declare", tag, "场景申报", func(ctx context.Context, in *struct {
		ByID
		Body struct {
			Papers   grant.Papers `json:"papers"`
			Versions []string     `json:"versions" minItems:"1" maxItems:"20"`
		}
	}) (grant.Declaration, error) {
		return a.s.Lab.Declare(ctx, in.ID, in.Body.Papers, in.Body.Versions)
	})
	get(a, "/v1/runs", "runs", tag, "加工任务", func(ctx context.Context, in *struct{ Paging }) (Page[lab.Run], error) {
		list, err := a.s.Lab.Runs(ctx, in.Cursor, in.Limit)
		return paged(runsFor(ctx, list), in.Limit, func(r lab.Run) string { return r.ID }), err
	})
	post(a, "/v1/spaces/{id}/runs", "run-raw", tag, "在原始数据上运行", func(ctx context.Context, in *struct {
		ByID
		Body struct {
			Version string            `json:"version"`
			Mode    string            `json:"mode,omitempty" enum:"noised,exact" default:"noised" doc:"exact: official statistics, under a permit of their own"`
			Params  map[string]string `json:"params,omitempty" doc:"Values for the model's parameters, each one of those approved with it"`
		}
	}) (lab.Run, error) {
		run := a.s.Lab.RunWith
		if in.Body.Mode == release.ExactMode {
			run = a.s.Lab.RunExactWith
		}
		r, err := run(ctx, in.ID, in.Body.Version, in.Body.Params)
		return r.For(actor(ctx)), err
	})
	post(a, "/v1/budgets/decide", "decide-budget", tag, "决定并公布披露额度", func(ctx context.Context, in *struct{ Body lab.BudgetDecision }) (lab.BudgetLine, error) {
		return a.s.Lab.DecideBudget(ctx, in.Body)
	})
	get(a, "/v1/budgets/figure", "budget-figure", tag, "额度用满后的披露程度", func(ctx context.Context, in *struct {
		Resource string `query:"resource"`
		Kind     string `query:"kind" enum:"resource-year,resource-month,resource-lifetime"`
		Year     int    `query:"year"`
		Month    string `query:"month" pattern:"^$|^[0-9]{4}-(0[1-9]|1[0-2])$"`
		Cap      int64  `query:"cap" minimum:"0" maximum:"10000000000000" doc:"In units of 10^-12 rho"`
	}) (disclose.Figure, error) {
		return a.s.Lab.FigureAt(ctx, lab.BudgetDecision{Resource: in.Resource, Kind: in.Kind, Year: in.Year, Month: in.Month, Cap: in.Cap})
	})
	get(a, "/v1/catalog/{id}/disclosure", "disclosure", tag, "披露账", func(ctx context.Context, in *ByID) (lab.Disclosure, error) {
		return a.s.Lab.Disclosure(ctx, in.ID)
	})
	get(a, "/v1/budgets", "budgets", tag, "披露额度", func(ctx context.Context, in *struct {
		Resource string `query:"resource"`
	}) (Page[lab.BudgetLine], error) {
		list, err := a.s.Lab.Budgets(ctx, in.Resource)
		return paged(list, len(list)+1, func(lab.BudgetLine) string { return "" }), err
	})
}

// runsFor are runs as the caller may see them.
func runsFor(ctx context.Context, list []lab.Run) []lab.Run {
	for i := range list {
		list[i] = list[i].For(actor(ctx))
	}
	return list
}
