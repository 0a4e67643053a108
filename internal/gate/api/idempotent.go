package api

import (
	"bytes"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
)

const keyHeader = "Idempotency-Key"

// idempotent replays the answer of a request that was done before under the same Idempotency-Key. The key itself is
// claimed inside the act's transaction (core/act), so the same request is never done twice even after a crash. A file is not kept:
// the answer would leave once more although the release was recalled since, and would lie in the database.
func (a *API) idempotent(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		value := r.Header.Get(keyHeader)
		actor := access.From(r.Context())
		if value == "" || r.Method == http.MethodGet || !actor.SignedIn() {
			next.ServeHTTP(w, r)
			return
		}
		request := act.RequestID(r.Context())
		if len(value) > 128 {
			writeProblem(w, request, errs.New(errs.Invalid, "幂等键过长, 请用不超过 128 个字符的键"))
			return
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			writeProblem(w, request, bodyError(err))
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		key := &act.Key{Value: value, Request: a.requestDigest(r, body)}
		replay, found, err := a.s.Acts.FindReplay(r.Context(), actor.Account, key)
		switch {
		case err != nil:
			writeProblem(w, request, err)
		case found:
			answerAgain(w, request, replay)
		default:
			rec := &recorder{ResponseWriter: w, status: http.StatusOK}
			next.ServeHTTP(rec, r.WithContext(act.WithKey(r.Context(), key)))
			if rec.status < 300 && rec.Header().Get(receiptField) != "" && strings.HasPrefix(rec.Header().Get("Content-Type"), "application/json") {
				if err := a.s.Acts.KeepReply(r.Context(), actor.Account, key, rec.status, rec.body.Bytes()); err != nil {
					slog.ErrorContext(r.Context(), "keep reply", "request", request, "err", err)
				}
			}
		}
	})
}

func answerAgain(w http.ResponseWriter, request string, replay act.Replay) {
	w.Header().Set(receiptField, itoa(replay.Seq))
	if replay.Status == 0 {
		writeProblem(w, request, errs.New(errs.Conflict, "此操作已经办理 (账本 #%d), 请刷新查看结果", replay.Seq))
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Idempotency-Replayed", "true")
	w.WriteHeader(replay.Status)
	if _, err := w.Write(replay.Body); err != nil {
		slog.Error("write replay", "err", err)
	}
}

func bodyError(err error) error {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return errs.New(errs.TooLarge, "提交的内容超过 %d MiB, 请分批提交", maxBody>>20)
	}
	return errs.New(errs.Invalid, "没有收到完整的请求, 请重试: %w", err)
}

// requestDigest is keyed: a body may hold an identity number, and a plain digest of one could be guessed.
func (a *API) requestDigest(r *http.Request, body []byte) string {
	message := append([]byte(r.Method+" "+r.URL.Path+"\n"), body...)
	return hex.EncodeToString(a.s.Keys.MAC("api.idempotency", message))
}

// statusWriter remembers the status for metrics.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// recorder keeps a copy of what is answered.
type recorder struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (w *recorder) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

func (w *recorder) Write(b []byte) (int, error) {
	w.body.Write(b)
	return w.ResponseWriter.Write(b)
}
