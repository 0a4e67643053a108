package wire

import (
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5/pgproto3"

	"yunei/internal/base/errs"
	"yunei/internal/core/query/guard"
)

// states are the SQLSTATE of what can be wrong; other codes of the guard are features that are not offered.
var states = map[string]string{
	string(guard.Syntax):         "42601",
	string(guard.UnknownName):    "42P01",
	string(errs.Unauthenticated): "28P01",
	string(errs.NotFound):        "3D000",
	string(errs.Forbidden):       "42501",
	string(errs.Unlawful):        "42501",
	string(errs.Conflict):        "55000",
	string(errs.Unavailable):     "57P03",
}

// problem is an error as PostgreSQL writes one: the sentence, the English behind it, an allowed way to write it, and the
// place in the text. What is no sentence for people is logged, and told as an internal error.
func problem(err error, text string) *pgproto3.ErrorResponse {
	e, known := errors.AsType[*errs.Error](err)
	if !known || e.Code == errs.Internal {
		slog.Error("wire: a statement failed", "err", err)
		e = errs.New(errs.Internal, "平台内部错误, 请稍后再试; 仍有问题请联系平台运营单位")
	}
	out := &pgproto3.ErrorResponse{Severity: "ERROR", SeverityUnlocalized: "ERROR", Code: "XX000", Message: e.Msg}
	if state, ok := states[string(e.Code)]; ok {
		out.Code = state
	}
	var more []string
	for _, cite := range e.Cites {
		more = append(more, "依据 "+cite.Law+cite.Article+"："+cite.Quote)
	}
	for i, spot := range e.Spots {
		if i > 0 {
			more = append(more, spot.Code+" "+spot.Message)
			continue
		}
		out.Code = "0A000"
		if state, ok := states[spot.Code]; ok {
			out.Code = state
		}
		out.Message, out.Hint = spot.Code+" "+spot.Message, spot.Hint
		more = append(more, spot.En)
		if spot.Start <= len(text) {
			out.Position = int32(utf8.RuneCountInString(text[:spot.Start]) + 1)
		}
	}
	out.Detail = strings.Join(more, "\n")
	return out
}

// statuses are what the network log says of a connection that was refused.
var statuses = map[errs.Code]int{errs.Invalid: http.StatusBadRequest, errs.Unauthenticated: http.StatusUnauthorized, errs.Forbidden: http.StatusForbidden, errs.Unlawful: http.StatusForbidden,
	errs.NotFound: http.StatusNotFound, errs.Conflict: http.StatusConflict, errs.Unavailable: http.StatusServiceUnavailable}

func status(err error) int {
	if status, ok := statuses[errs.CodeOf(err)]; ok {
		return status
	}
	return http.StatusInternalServerError
}
