package api

import (
	"context"
	"log/slog"
	"net/http"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/netlog"
	"yunei/internal/flow/connect"
)

func (a *API) registerConnect() {
	const tag = "connect"
	get(a, "/v1/connections", "connections", tag, "接入系统", func(ctx context.Context, in *struct{ Paging }) (Page[connect.Item], error) {
		list, err := a.s.Connect.Connections(ctx, in.Cursor, in.Limit)
		return paged(list, in.Limit, func(c connect.Item) string { return c.ID }), err
	})
	post(a, "/v1/connections", "request-connection", tag, "申请接入外部系统", func(ctx context.Context, in *struct{ Body connect.Draft }) (connect.Item, error) {
		c, err := a.s.Connect.Request(ctx, in.Body)
		return a.connectionAfter(ctx, c, err)
	})
	get(a, "/v1/connections/{id}", "connection", tag, "接入系统详情", func(ctx context.Context, in *ByID) (connect.Item, error) {
		return a.s.Connect.Connection(ctx, in.ID)
	})
	get(a, "/v1/connection-papers", "connection-papers", tag, "各类系统接入须具备的证书", func(ctx context.Context, _ *none) (map[connect.Kind][]connect.Required, error) {
		return a.s.Connect.RequiredOf(ctx)
	})
	post(a, "/v1/connections/{id}/decide", "decide-connection", tag, "作出接入决定", func(ctx context.Context, in *struct {
		ByID
		Body connect.Verdict
	}) (connect.Item, error) {
		c, err := a.s.Connect.Decide(ctx, in.ID, in.Body)
		return a.connectionAfter(ctx, c, err)
	})
	post(a, "/v1/connections/{id}/renew", "renew-connection", tag, "更新接入系统的证书", func(ctx context.Context, in *struct {
		ByID
		Body struct {
			Certificates []connect.Certificate `json:"certificates" minItems:"1" maxItems:"10"`
		}
	}) (connect.Item, error) {
		c, err := a.s.Connect.Renew(ctx, in.ID, in.Body.Certificates)
		return a.connectionAfter(ctx, c, err)
	})
	post(a, "/v1/connections/{id}/close", "close-connection", tag, "断开接入", func(ctx context.Context, in *reasoned) (connect.Item, error) {
		c, err := a.s.Connect.Close(ctx, in.ID, in.Body.Reason)
		return a.connectionAfter(ctx, c, err)
	})
	post(a, "/v1/connections/{id}/key", "open-connection-key", tag, "生成接入密钥", func(ctx context.Context, in *ByID) (struct {
		Key string `json:"key" doc:"Shown once; the key before it is void from now on"`
	}, error) {
		var out struct {
			Key string `json:"key" doc:"Shown once; the key before it is void from now on"`
		}
		_, key, err := a.s.Connect.OpenKey(ctx, in.ID)
		out.Key = key
		return out, err
	})
	get(a, "/v1/channels", "channels", tag, "公共数据授权运营通道", func(ctx context.Context, in *struct{ Paging }) (Page[connect.Channel], error) {
		list, err := a.s.Connect.Channels(ctx, in.Cursor, in.Limit)
		return paged(list, in.Limit, func(c connect.Channel) string { return c.ID }), err
	})
	post(a, "/v1/channels", "record-channel", tag, "登记已建通道", func(ctx context.Context, in *struct{ Body connect.ChannelDraft }) (connect.Channel, error) {
		return a.s.Connect.RecordChannel(ctx, in.Body)
	})
	post(a, "/v1/channels/{id}/move", "move-channel-service", tag, "通道的服务纳入平台", func(ctx context.Context, in *struct {
		ByID
		Body struct {
			Service string `json:"service" minLength:"1" maxLength:"200"`
			Entry   string `json:"entry" maxLength:"64" doc:"The published catalog entry by which the platform offers it"`
		}
	}) (connect.Channel, error) {
		return a.s.Connect.MoveService(ctx, in.ID, in.Body.Service, in.Body.Entry)
	})
}

func (a *API) connectionAfter(ctx context.Context, c connect.Connection, err error) (connect.Item, error) {
	if err != nil {
		return connect.Item{}, err
	}
	return a.s.Connect.Connection(ctx, c.ID)
}

// capabilities are what a connected system may call, by the beginning of the path. What answers with one person's record, administers,
// decides or exports is not among them.
var capabilities = []struct{ name, method, path string }{
	{"catalog", http.MethodGet, "/v1/catalog"},
	{"space", http.MethodGet, "/v1/spaces"},
	{"check", http.MethodPost, "/v1/spaces/*/compile"},
	{"sample", http.MethodPost, "/v1/spaces/*/try"},
	{"model", http.MethodPost, "/v1/spaces/*/models"},
	{"run", http.MethodPost, "/v1/spaces/*/runs"},
	{"model", http.MethodGet, "/v1/versions"},
	{"result", http.MethodGet, "/v1/releases"},
}

// capabilityOf is what a request of a connected system asks for; empty: nothing it may.
func capabilityOf(method, path string) string {
	for _, c := range capabilities {
		want, got := strings.Split(c.path, "/"), strings.Split(path, "/")
		if method != c.method || len(got) < len(want) || method == http.MethodPost && len(got) != len(want) {
			continue
		}
		match := true
		for i, w := range want {
			match = match && (w == "*" || w == got[i])
		}
		if match {
			return c.name
		}
	}
	return ""
}

// connected answers a request that comes with the key of a connected system, and counts it.
func (a *API) connected(w http.ResponseWriter, r *http.Request, key string, next http.Handler) {
	capability := capabilityOf(r.Method, r.URL.Path)
	who, id, err := a.s.Connect.Enter(r.Context(), key, capability)
	netlog.Of(r.Context()).System = id
	rec := &statusWriter{ResponseWriter: w, status: http.StatusOK}
	if err != nil {
		writeProblem(rec, act.RequestID(r.Context()), err)
	} else {
		noted(r.Context(), who)
		next.ServeHTTP(rec, r.WithContext(access.With(r.Context(), who)))
	}
	if id == "" {
		return
	}
	if capability == "" {
		capability = "other"
	}
	if err := a.s.Connect.Count(context.WithoutCancel(r.Context()), id, capability, rec.status < 400); err != nil && !errs.Is(err, errs.Conflict) {
		slog.ErrorContext(r.Context(), "count call of a connected system", "connection", id, "err", err)
	}
}
