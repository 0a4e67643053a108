package api

import (
	"context"

	"yunei/internal/base/workday"
	"yunei/internal/flow/watch"
)

// InspectionItem is one request, finding, transfer or package of a file.
type InspectionItem struct {
	ID   string `path:"id" maxLength:"64"`
	Item string `path:"item" maxLength:"80"`
}

// Evidenced is a text with the files that show it.
type Evidenced struct {
	Text     string   `json:"text" minLength:"2" maxLength:"5000"`
	Evidence []string `json:"evidence,omitempty" maxItems:"20"`
}

func (a *API) registerInspections() {
	const tag = "watch"
	get(a, "/v1/inspections", "inspections", tag, "监督案卷", func(ctx context.Context, in *struct {
		Paging
		Kind string `query:"kind" enum:",inspection,daily,incident,resolution"`
	}) (Page[watch.Inspection], error) {
		list, err := a.s.Watch.Inspections(ctx, in.Kind, in.Cursor, in.Limit)
		return paged(list, in.Limit, func(x watch.Inspection) string { return x.ID }), err
	})
	post(a, "/v1/inspections", "open-inspection", tag, "开立监督案卷", func(ctx context.Context, in *struct{ Body watch.InspectionDraft }) (watch.InspectionPage, error) {
		x, err := a.s.Watch.Inspect(ctx, in.Body)
		return a.inspectionAfter(ctx, x, err)
	})
	get(a, "/v1/inspections/{id}", "inspection", tag, "监督案卷详情", func(ctx context.Context, in *ByID) (watch.InspectionPage, error) {
		return a.s.Watch.Inspection(ctx, in.ID)
	})
	post(a, "/v1/inspections/{id}/join", "join-inspection", tag, "会同其他单位", func(ctx context.Context, in *struct {
		ByID
		Body struct {
			Org  string `json:"org" maxLength:"64"`
			Duty string `json:"duty,omitempty" maxLength:"200"`
		}
	}) (watch.InspectionPage, error) {
		x, err := a.s.Watch.Join(ctx, in.ID, in.Body.Org, in.Body.Duty)
		return a.inspectionAfter(ctx, x, err)
	})
	post(a, "/v1/inspections/{id}/part", "record-part", tag, "记录本单位的检查情况", func(ctx context.Context, in *struct {
		ByID
		Body Evidenced
	}) (watch.InspectionPage, error) {
		x, err := a.s.Watch.Part(ctx, in.ID, in.Body.Text, in.Body.Evidence)
		return a.inspectionAfter(ctx, x, err)
	})
	post(a, "/v1/inspections/{id}/ask", "ask-materials", tag, "要求提供材料", func(ctx context.Context, in *struct {
		ByID
		Body struct {
			To   string       `json:"to" maxLength:"64"`
			What string       `json:"what" minLength:"2" maxLength:"2000"`
			Due  workday.Date `json:"due"`
		}
	}) (watch.InspectionPage, error) {
		x, err := a.s.Watch.Ask(ctx, in.ID, in.Body.To, in.Body.What, in.Body.Due)
		return a.inspectionAfter(ctx, x, err)
	})
	post(a, "/v1/inspections/{id}/requests/{item}/answer", "answer-request", tag, "提交材料", func(ctx context.Context, in *struct {
		InspectionItem
		Body Evidenced
	}) (watch.InspectionPage, error) {
		x, err := a.s.Watch.AnswerRequest(ctx, in.ID, in.Item, in.Body.Text, in.Body.Evidence)
		return a.inspectionAfter(ctx, x, err)
	})
	post(a, "/v1/inspections/{id}/find", "record-finding", tag, "记录检查发现", func(ctx context.Context, in *struct {
		ByID
		Body watch.RemarkDraft
	}) (watch.InspectionPage, error) {
		x, err := a.s.Watch.Find(ctx, in.ID, in.Body)
		return a.inspectionAfter(ctx, x, err)
	})
	post(a, "/v1/inspections/{id}/findings/{item}/handle", "handle-finding", tag, "反馈处理情况", func(ctx context.Context, in *struct {
		InspectionItem
		Body Evidenced
	}) (watch.InspectionPage, error) {
		x, err := a.s.Watch.Handle(ctx, in.ID, in.Item, in.Body.Text, in.Body.Evidence)
		return a.inspectionAfter(ctx, x, err)
	})
	post(a, "/v1/inspections/{id}/findings/{item}/close", "close-finding", tag, "发现销号", func(ctx context.Context, in *struct {
		InspectionItem
		Body struct {
			Accept  bool         `json:"accept"`
			Opinion string       `json:"opinion" minLength:"2" maxLength:"5000"`
			Due     workday.Date `json:"due,omitempty" doc:"The new day, where it is sent back"`
		}
	}) (watch.InspectionPage, error) {
		x, err := a.s.Watch.CloseFinding(ctx, in.ID, in.Item, in.Body.Accept, in.Body.Opinion, in.Body.Due)
		return a.inspectionAfter(ctx, x, err)
	})
	post(a, "/v1/inspections/{id}/conclude", "conclude-inspection", tag, "作出检查结论", func(ctx context.Context, in *struct {
		ByID
		Body struct {
			Text string `json:"text" minLength:"2" maxLength:"5000"`
		}
	}) (watch.InspectionPage, error) {
		x, err := a.s.Watch.Conclude(ctx, in.ID, in.Body.Text)
		return a.inspectionAfter(ctx, x, err)
	})
	post(a, "/v1/inspections/{id}/pull", "pull-records", tag, "调取日志和协议", func(ctx context.Context, in *struct {
		ByID
		Body struct {
			Org  string       `json:"org" maxLength:"64"`
			From workday.Date `json:"from"`
			To   workday.Date `json:"to"`
		}
	}) (watch.Drawn, error) {
		return a.s.Watch.Pull(ctx, in.ID, in.Body.Org, in.Body.From, in.Body.To)
	})
	post(a, "/v1/inspections/{id}/transfer", "transfer-inspection", tag, "移送有权机关", func(ctx context.Context, in *struct {
		ByID
		Body struct {
			To     string `json:"to" maxLength:"64"`
			Reason string `json:"reason" minLength:"2" maxLength:"5000"`
		}
	}) (watch.InspectionPage, error) {
		x, err := a.s.Watch.Transfer(ctx, in.ID, in.Body.To, in.Body.Reason)
		return a.inspectionAfter(ctx, x, err)
	})
	post(a, "/v1/inspections/{id}/transfers/{item}/return", "return-decision", tag, "反馈处理决定", func(ctx context.Context, in *struct {
		InspectionItem
		Body struct {
			Decision string `json:"decision" minLength:"2" maxLength:"5000"`
		}
	}) (watch.InspectionPage, error) {
		x, err := a.s.Watch.Return(ctx, in.ID, in.Item, in.Body.Decision)
		return a.inspectionAfter(ctx, x, err)
	})
	get(a, "/v1/inspections/{id}/packages/{item}", "evidence-package", tag, "移送的证据包", func(ctx context.Context, in *struct{ InspectionItem }) (struct {
		Digest string `json:"digest"`
		Body   string `json:"body" doc:"The package as it was handed over, JSON; its SHA-256 is the digest"`
	}, error) {
		var out struct {
			Digest string `json:"digest"`
			Body   string `json:"body" doc:"The package as it was handed over, JSON; its SHA-256 is the digest"`
		}
		body, err := a.s.Watch.Evidence(ctx, in.ID, in.Item)
		out.Digest, out.Body = in.Item, body
		return out, err
	})
}

func (a *API) inspectionAfter(ctx context.Context, x watch.Inspection, err error) (watch.InspectionPage, error) {
	if err != nil {
		return watch.InspectionPage{}, err
	}
	return a.s.Watch.Inspection(ctx, x.ID)
}
