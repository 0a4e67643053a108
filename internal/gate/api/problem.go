package api

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"yunei/internal/base/errs"
	"yunei/internal/core/act"
)

// Problem is an RFC 9457 problem document: what happened, what to do, which articles refuse, what in the input is wrong.
type Problem struct {
	Type    string      `json:"type" doc:"urn:yunei:problem:<code>"`
	Title   string      `json:"title"`
	Status  int         `json:"status"`
	Detail  string      `json:"detail" doc:"A sentence that ends with what to do"`
	Code    errs.Code   `json:"code"`
	Cites   []errs.Cite `json:"cites,omitempty"`
	Spots   []errs.Spot `json:"spots,omitempty"`
	Request string      `json:"request_id"`
}

func (p *Problem) Error() string               { return p.Detail }
func (p *Problem) GetStatus() int              { return p.Status }
func (p *Problem) ContentType(_ string) string { return "application/problem+json" }

var statusOf = map[errs.Code]int{
	errs.Invalid: http.StatusUnprocessableEntity, errs.Unauthenticated: http.StatusUnauthorized,
	errs.Forbidden: http.StatusForbidden, errs.NotFound: http.StatusNotFound, errs.Conflict: http.StatusConflict,
	errs.Unlawful: http.StatusForbidden, errs.TooLarge: http.StatusRequestEntityTooLarge,
	errs.Unavailable: http.StatusServiceUnavailable, errs.Unimplemented: http.StatusNotImplemented,
	errs.Internal: http.StatusInternalServerError,
}

var titleOf = map[errs.Code]string{
	errs.Invalid: "填写有误", errs.Unauthenticated: "需要登录", errs.Forbidden: "无权办理", errs.NotFound: "没有找到",
	errs.Conflict: "状态已变", errs.Unlawful: "依规不予办理", errs.TooLarge: "超出大小限制",
	errs.Unavailable: "暂时不可用", errs.Unimplemented: "尚未提供", errs.Internal: "内部错误",
}

// problemOf makes the problem document of an error. What is not ours is logged in full and shown only as 内部错误.
func problemOf(ctx context.Context, err error) *Problem {
	if p, ok := errors.AsType[*Problem](err); ok {
		return p
	}
	request := act.RequestID(ctx)
	e, ok := errors.AsType[*errs.Error](err)
	if !ok || e.Code == errs.Internal {
		slog.ErrorContext(ctx, "internal error", "request", request, "err", err)
		e = errs.New(errs.Internal, "内部错误, 没有改动任何数据; 请稍后重试, 仍不行请把编号 %s 告诉运维人员", request)
	}
	return &Problem{
		Type: "urn:yunei:problem:" + string(e.Code), Title: titleOf[e.Code], Status: statusOf[e.Code],
		Detail: e.Msg, Code: e.Code, Cites: e.Cites, Spots: e.Spots, Request: request,
	}
}

// newProblem is how huma reports what it found wrong itself: a body that does not fit its type.
func newProblem(ctx huma.Context, status int, msg string, causes ...error) huma.StatusError {
	code := codeOf(status)
	p := &Problem{Type: "urn:yunei:problem:" + string(code), Title: titleOf[code], Status: status, Detail: msg, Code: code}
	if ctx != nil { // huma asks for one without a request when it describes the endpoints
		p.Request = act.RequestID(ctx.Context())
	}
	if code == errs.Invalid {
		p.Detail = "提交的内容不符合要求, 请按所列各处改正后再交"
		if len(causes) == 0 { // such as a body that is not there at all
			p.Spots = []errs.Spot{{Where: "body", Message: msg}}
		}
	}
	for _, c := range causes {
		if c == nil {
			continue
		}
		spot := errs.Spot{Message: c.Error()}
		if d, ok := errors.AsType[*huma.ErrorDetail](c); ok {
			spot = errs.Spot{Where: d.Location, Message: d.Message}
		}
		p.Spots = append(p.Spots, spot)
	}
	return p
}

func codeOf(status int) errs.Code {
	switch {
	case status == http.StatusBadRequest:
		return errs.Invalid
	case status == http.StatusUnsupportedMediaType, status == http.StatusNotAcceptable:
		return errs.Invalid
	}
	for code, s := range statusOf {
		if s == status && code != errs.Unlawful {
			return code
		}
	}
	return errs.Internal
}

// writeProblem answers with a problem outside huma, from a middleware.
func writeProblem(w http.ResponseWriter, request string, err error) {
	p := problemOf(act.WithRequestID(context.Background(), request), err)
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	if err := json.NewEncoder(w).Encode(p); err != nil {
		slog.Error("write problem", "err", err)
	}
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
