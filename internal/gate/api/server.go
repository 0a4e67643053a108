package api

import (
	"cmp"
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/netlog"
	"yunei/internal/flow/connect"
	"yunei/internal/flow/serve"
)

// Version is the version of the interface; it changes whenever openapi.yaml does.
const Version = "0.1.0"

const (
	cookieName   = "yunei_session"
	maxBody      = 64 << 20
	receiptField = "Yunei-Receipt"
)

// API is the set of endpoints over one set of services.
type API struct {
	huma    huma.API
	mux     *http.ServeMux
	s       Services
	limiter *limiter
	// objections bounds what one address may post without signing in.
	objections *limiter
	tests      *limiter // by test key
}

// New builds the API and registers every endpoint.
func New(s Services) *API {
	huma.NewErrorWithContext = newProblem
	huma.NewError = func(status int, msg string, causes ...error) huma.StatusError {
		return newProblem(nil, status, msg, causes...)
	}
	mux := http.NewServeMux()
	cfg := huma.DefaultConfig("域内 Yunei", Version)
	cfg.Info.Description = "公共数据授权运营平台接口。每项操作在响应头 Yunei-Receipt 中给出账本序号; 拒绝以问题文档 (RFC 9457) 返回, 附所依据的条文。"
	cfg.CreateHooks = nil
	cfg.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", schemaName)
	cfg.DocsPath = ""
	cfg.OpenAPIPath = "/openapi"
	cfg.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"session": {Type: "apiKey", In: "cookie", Name: cookieName},
		"key":     {Type: "http", Scheme: "bearer"},
	}
	a := &API{huma: humago.New(mux, cfg), mux: mux, s: s, limiter: newLimiter(20, time.Minute), objections: newLimiter(30, time.Minute), tests: newLimiter(testsAMinute, time.Minute)}
	a.register()
	return a
}

// OpenAPI is the generated document as YAML.
func (a *API) OpenAPI() ([]byte, error) { return a.huma.OpenAPI().YAML() }

// Handler is the API with everything that surrounds an endpoint: request ids, size limits, sign-in, idempotency.
func (a *API) Handler() http.Handler {
	guard := http.NewCrossOriginProtection()
	return a.identified(guard.Handler(a.authenticated(a.idempotent(a.mux))))
}

// identified names the request, bounds its body and logs it when it is done.
func (a *API) identified(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		request := rand.Text()[:16]
		ctx := act.WithRequestID(r.Context(), request)
		w.Header().Set("X-Request-Id", request)
		w.Header().Set("Cache-Control", "no-store")
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		rec := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		_, route := a.mux.Handler(r) // the template, never the path: paths carry identifiers
		if _, bare, found := strings.Cut(route, " "); found {
			route = bare
		}
		netlog.Of(ctx).Route = route
		defer func() {
			if p := recover(); p != nil {
				slog.ErrorContext(ctx, "panic", "request", request, "path", route, "panic", p)
				writeProblem(rec, request, errs.New(errs.Internal, "panic"))
			}
			observe(r.Method, route, rec.status, time.Since(began))
		}()
		next.ServeHTTP(rec, r.WithContext(ctx))
	})
}

// authenticated turns a session cookie or bearer token into the actor; without either the actor is the public.
func (a *API) authenticated(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token := tokenOf(r)
		if token == "" || strings.HasPrefix(token, serve.TestPrefix) { // a test key opens the sandbox, which asks for it itself, and nothing else
			next.ServeHTTP(w, r)
			return
		}
		if strings.HasPrefix(token, connect.KeyPrefix) {
			a.connected(w, r, token, next)
			return
		}
		var account access.Account
		err := a.s.Acts.View(r.Context(), func(tx *sqldb.Tx) (err error) {
			account, err = access.ByToken(r.Context(), tx, token)
			return err
		})
		if errs.Is(err, errs.Unauthenticated) {
			http.SetCookie(w, expired(r))
			next.ServeHTTP(w, r)
			return
		}
		if err != nil {
			writeProblem(w, act.RequestID(r.Context()), err)
			return
		}
		noted(r.Context(), account.Actor())
		next.ServeHTTP(w, r.WithContext(access.With(r.Context(), account.Actor())))
	})
}

// noted puts who asks into the network log.
func noted(ctx context.Context, who access.Actor) {
	line := netlog.Of(ctx)
	line.Account, line.Org = who.Account, who.Org
}

func tokenOf(r *http.Request) string {
	const bearer = "Bearer "
	if h := r.Header.Get("Authorization"); len(h) > len(bearer) && h[:len(bearer)] == bearer {
		return h[len(bearer):]
	}
	if c, err := r.Cookie(cookieName); err == nil {
		return c.Value
	}
	return ""
}

// reply is what every endpoint answers with. The body's type stands in the operation instead of here: the registration of an
// endpoint is a thousand lines that the compiler makes anew for each pair of types, and half of the pairs differ in this one.
type reply struct {
	Receipt string `header:"Yunei-Receipt" doc:"Ledger number of the act, where one was done"`
	Body    any
}

type handler[I, O any] func(ctx context.Context, in *I) (O, error)

// route is what an endpoint says of itself.
type route struct {
	Method  string
	Path    string
	ID      string
	Tag     string
	Summary string
	Public  bool
	Status  int
}

// mount registers one endpoint.
func mount[I, O any](a *API, rt route, h handler[I, O]) {
	op := huma.Operation{
		Method: rt.Method, Path: rt.Path, OperationID: rt.ID, Summary: rt.Summary, Tags: []string{rt.Tag},
		DefaultStatus: rt.Status, MaxBodyBytes: maxBody, BodyReadTimeout: time.Minute,
	}
	if !rt.Public {
		op.Security = []map[string][]string{{"session": {}}, {"key": {}}}
	}
	op.Responses = answers[O](a.huma, &op)
	huma.Register(a.huma, op, func(ctx context.Context, in *I) (*reply, error) {
		if !rt.Public && !access.From(ctx).SignedIn() {
			return nil, problemOf(ctx, errs.New(errs.Unauthenticated, "请先登录"))
		}
		ctx, receipts := act.WithReceipts(ctx)
		body, err := h(ctx, in)
		if err != nil {
			return nil, problemOf(ctx, err)
		}
		out := &reply{Body: body}
		if r, ok := receipts.Last(); ok {
			out.Receipt = itoa(r.Seq)
		}
		return out, nil
	})
}

// answers describes an answer of type O.
func answers[O any](api huma.API, op *huma.Operation) map[string]*huma.Response {
	schema := api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[O](), true, op.OperationID+"Response")
	return map[string]*huma.Response{strconv.Itoa(cmp.Or(op.DefaultStatus, http.StatusOK)): {Content: map[string]*huma.MediaType{"application/json": {Schema: schema}}}}
}

func get[I, O any](a *API, path, id, tag, summary string, h handler[I, O]) {
	mount(a, route{Method: http.MethodGet, Path: path, ID: id, Tag: tag, Summary: summary}, h)
}

func getPublic[I, O any](a *API, path, id, tag, summary string, h handler[I, O]) {
	mount(a, route{Method: http.MethodGet, Path: path, ID: id, Tag: tag, Summary: summary, Public: true}, h)
}

func post[I, O any](a *API, path, id, tag, summary string, h handler[I, O]) {
	mount(a, route{Method: http.MethodPost, Path: path, ID: id, Tag: tag, Summary: summary}, h)
}

func postPublic[I, O any](a *API, path, id, tag, summary string, h handler[I, O]) {
	mount(a, route{Method: http.MethodPost, Path: path, ID: id, Tag: tag, Summary: summary, Public: true}, h)
}

// Page is the reply of every list: items, and the cursor of the next page, empty on the last.
type Page[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitempty" doc:"Pass as cursor for the next page; absent on the last"`
}

// Paging is embedded by every list request. What requests embed is exported: huma passes over unexported fields, embedded ones too.
type Paging struct {
	Cursor string `query:"cursor" doc:"From the previous page's next"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// ByID is the request of every page of one object.
type ByID struct {
	ID string `path:"id" maxLength:"64"`
}

// none is the request of an endpoint that takes nothing.
type none struct{}

// done is the reply of an act that has nothing more to say than its receipt.
type done struct {
	OK bool `json:"ok"`
}

type cookieReply[O any] struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
	Body      O
}

// mountCookie registers an endpoint that sets the session cookie.
func mountCookie[I, O any](a *API, rt route, h func(ctx context.Context, in *I) (O, *http.Cookie, error)) {
	op := huma.Operation{Method: rt.Method, Path: rt.Path, OperationID: rt.ID, Summary: rt.Summary, Tags: []string{rt.Tag}, MaxBodyBytes: 1 << 16}
	huma.Register(a.huma, op, func(ctx context.Context, in *I) (*cookieReply[O], error) {
		body, cookie, err := h(ctx, in)
		if err != nil {
			return nil, problemOf(ctx, err)
		}
		cookie.Secure = a.s.SecureCookies
		return &cookieReply[O]{SetCookie: *cookie, Body: body}, nil
	})
}
