package api

import (
	"context"

	"yunei/internal/core/access"
	"yunei/internal/core/party"
)

// registerAccounts lets bureau and operator take organizations into the register and open real-name accounts; each body
// keeps its own. What a person must have passed and signed before access is opened stands beside it.
func (a *API) registerAccounts() {
	const tag = "organizations"
	post(a, "/v1/registrations", "register-organization", tag, "登记单位", func(ctx context.Context, in *struct {
		Body party.Registration
	}) (party.Organization, error) {
		return a.s.Party.Register(ctx, in.Body)
	})
	post(a, "/v1/accounts", "open-account", tag, "开立账号", func(ctx context.Context, in *struct {
		Body party.NewAccount
	}) (access.Account, error) {
		return a.s.Party.OpenAccount(ctx, in.Body)
	})
	get(a, "/v1/organizations/{id}/accounts", "accounts", tag, "单位的账号", func(ctx context.Context, in *ByID) (Page[access.Account], error) {
		list, err := a.s.Party.Accounts(ctx, in.ID)
		return whole(list), err
	})
	post(a, "/v1/accounts/{id}/roles", "set-account-roles", tag, "变更账号角色", func(ctx context.Context, in *struct {
		ByID
		Body struct {
			Roles []access.Role `json:"roles" maxItems:"20"`
		}
	}) (access.Account, error) {
		return a.s.Party.SetRoles(ctx, in.ID, in.Body.Roles)
	})
	post(a, "/v1/accounts/{id}/close", "close-account", tag, "注销账号", func(ctx context.Context, in *ByID) (access.Account, error) {
		return a.s.Party.CloseAccount(ctx, in.ID)
	})
	a.registerTraining()
	a.registerUndertaking()
}

func (a *API) registerTraining() {
	const tag = "training"
	post(a, "/v1/courses", "publish-course", tag, "发布课程", func(ctx context.Context, in *struct{ Body party.CourseDraft }) (party.Course, error) {
		return a.s.Party.PublishCourse(ctx, in.Body)
	})
	get(a, "/v1/courses", "courses", tag, "课程", func(ctx context.Context, in *struct{ Paging }) (Page[party.Sheet], error) {
		list, err := a.s.Party.Courses(ctx, in.Cursor, in.Limit)
		return paged(list, in.Limit, func(s party.Sheet) string { return s.ID }), err
	})
	get(a, "/v1/courses/{id}", "course", tag, "课程和本人的考试记录", func(ctx context.Context, in *ByID) (party.CoursePage, error) {
		return a.s.Party.Course(ctx, in.ID)
	})
	post(a, "/v1/courses/{id}/close", "close-course", tag, "停用课程", func(ctx context.Context, in *ByID) (party.Course, error) {
		return a.s.Party.CloseCourse(ctx, in.ID)
	})
	post(a, "/v1/courses/{id}/exam", "take-exam", tag, "参加考试", func(ctx context.Context, in *struct {
		ByID
		Body struct {
			Answers []int `json:"answers" maxItems:"200" doc:"Index of the chosen option, question by question"`
		}
	}) (party.Training, error) {
		return a.s.Party.TakeExam(ctx, in.ID, in.Body.Answers)
	})
	get(a, "/v1/experts", "experts", tag, "专家组名单和各领域人数", func(ctx context.Context, _ *none) (party.ExpertGroup, error) {
		return a.s.Party.Experts(ctx)
	})
	post(a, "/v1/experts", "confirm-expert", tag, "登记专家组确认的专家", func(ctx context.Context, in *struct{ Body party.ExpertDraft }) (party.Expert, error) {
		return a.s.Party.ConfirmExpert(ctx, in.Body)
	})
	post(a, "/v1/experts/{id}/end", "end-expert", tag, "移出专家组名单", func(ctx context.Context, in *reasoned) (party.Expert, error) {
		return a.s.Party.EndExpert(ctx, in.ID, in.Body.Reason)
	})
	post(a, "/v1/trainings", "record-training", tag, "登记培训", func(ctx context.Context, in *struct{ Body party.TrainingDraft }) (party.Training, error) {
		return a.s.Party.RecordTraining(ctx, in.Body)
	})
	get(a, "/v1/organizations/{id}/trainings", "trainings", tag, "单位的培训记录", func(ctx context.Context, in *ByID) (Page[party.Training], error) {
		list, err := a.s.Party.Trainings(ctx, in.ID)
		return whole(list), err
	})
}

func (a *API) registerUndertaking() {
	const tag = "training"
	get(a, "/v1/undertaking", "undertaking", tag, "本人的保密承诺书", func(ctx context.Context, _ *none) (party.OwnUndertaking, error) {
		return a.s.Party.OwnUndertaking(ctx)
	})
	post(a, "/v1/undertaking", "sign-undertaking", tag, "签署保密承诺书", func(ctx context.Context, in *struct{ Body party.PersonalSignature }) (party.Undertaking, error) {
		return a.s.Party.Undertake(ctx, in.Body)
	})
	get(a, "/v1/organizations/{id}/undertakings", "undertakings", tag, "单位人员的保密承诺书", func(ctx context.Context, in *ByID) (Page[party.Undertaking], error) {
		list, err := a.s.Party.Undertakings(ctx, in.ID)
		return whole(list), err
	})
}
