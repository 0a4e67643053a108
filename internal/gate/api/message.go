package api

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"yunei/internal/base/workday"
	"yunei/internal/core/notice"
)

// MessageKind is a kind of message with its closed list in the description, so that a client has a sentence for each.
type MessageKind string

// Schema lists the kinds.
func (MessageKind) Schema(huma.Registry) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeString}
	for _, k := range notice.MessageKinds() {
		s.Enum = append(s.Enum, string(k))
	}
	return s
}

// MessageItem is a message as its reader finds it.
type MessageItem struct {
	ID         string            `json:"id"`
	Kind       MessageKind       `json:"kind"`
	ObjectKind string            `json:"object_kind,omitempty" doc:"What it is about, such as matter or grant"`
	Object     string            `json:"object,omitempty"`
	Params     map[string]string `json:"params" doc:"What fills in the sentence of the kind"`
	Day        workday.Date      `json:"day"`
	Due        workday.Date      `json:"due,omitempty" doc:"Until when something is owed"`
	Left       *int              `json:"left,omitempty" doc:"Working days left of what is owed; negative when overdue"`
	State      string            `json:"state" enum:"told,owed,settled"`
	Sent       time.Time         `json:"sent"`
	Read       *time.Time        `json:"read,omitempty" doc:"When the reader marked it as read; absent before"`
}

func (a *API) registerMessages() {
	const tag = "messages"
	get(a, "/v1/messages", "messages", tag, "我的消息", a.messages)
	get(a, "/v1/messages/count", "message-count", tag, "未读消息和待办事项数量", func(ctx context.Context, _ *none) (notice.MessageCount, error) {
		return a.s.Notice.CountMessages(ctx)
	})
	post(a, "/v1/messages/read", "read-messages", tag, "标记消息为已读", func(ctx context.Context, in *struct {
		Body struct {
			IDs []string `json:"ids,omitempty" maxItems:"200" doc:"Which; all that were not read when left out"`
		}
	}) (notice.MessageCount, error) {
		return a.s.Notice.ReadMessages(ctx, in.Body.IDs)
	})
}

func (a *API) messages(ctx context.Context, in *struct {
	Paging
	View string `query:"view" enum:"all,unread,owed" default:"all" doc:"all: newest first; unread: what was not read yet; owed: what is owed outside matters, the nearest day first"`
}) (Page[MessageItem], error) {
	out := Page[MessageItem]{Items: []MessageItem{}}
	list, err := a.s.Notice.Messages(ctx, notice.MessageView{Name: in.View, After: in.Cursor, Limit: in.Limit})
	if err != nil {
		return out, err
	}
	var orgs []string
	for _, m := range list {
		orgs = append(orgs, m.Params["org"], organizationOf(m))
	}
	names, err := a.orgNames(ctx, orgs...)
	today := workday.DateOf(a.s.Clock.Now())
	for _, m := range list {
		item := MessageItem{ID: m.ID, Kind: MessageKind(m.Kind), ObjectKind: m.ObjectKind, Object: m.Object, Params: m.Params,
			Day: m.Day, Due: m.Due, State: m.State, Sent: m.Sent}
		if m.State == notice.Owed {
			item.Left = a.left(today, m.Due.String())
		}
		if !m.Read.IsZero() {
			item.Read = &m.Read
		}
		if item.Params == nil {
			item.Params = map[string]string{}
		}
		for _, id := range []string{m.Params["org"], organizationOf(m)} {
			if name := names[id]; name != "" {
				item.Params["org"] = name // a message keeps the id, its reader sees the name
			}
		}
		out.Items = append(out.Items, item)
	}
	if len(list) == in.Limit {
		out.Next = list[len(list)-1].Cursor(in.View)
	}
	return out, err
}

// organizationOf is the organization a message is about, or "".
func organizationOf(m notice.Received) string {
	if m.ObjectKind == "organization" {
		return m.Object
	}
	return ""
}
