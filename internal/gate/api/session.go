package api

import (
	"context"
	"net/http"
	"sync"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
)

// Me is who is signed in.
type Me struct {
	Account string        `json:"account"`
	Name    string        `json:"name"`
	Org     string        `json:"org,omitempty"`
	OrgName string        `json:"org_name,omitempty"`
	Roles   []access.Role `json:"roles"`
	Area    access.Area   `json:"area,omitempty" doc:"行政区域 of the organization; empty: the platform's own level"`
	Where   string        `json:"area_name" doc:"Its name"`
	Citizen bool          `json:"citizen" doc:"A natural person looking after their own data"`
}

// Visit says who is signed in. Being nobody is an answer, not a refusal: the portal is for everybody.
type Visit struct {
	Me *Me `json:"me,omitempty"`
}

type signIn struct {
	Body struct {
		Login    string `json:"login" minLength:"1" maxLength:"64"`
		Password string `json:"password" minLength:"1" maxLength:"72"`
	}
}

type signedIn struct {
	Me    Me     `json:"me"`
	Token string `json:"token" doc:"The session token, for programs; browsers get it as a cookie"`
}

func (a *API) registerSession() {
	mountCookie(a, route{Method: http.MethodPost, Path: "/v1/session", ID: "sign-in", Tag: "session", Summary: "登录", Public: true}, a.signIn)
	mountCookie(a, route{Method: http.MethodDelete, Path: "/v1/session", ID: "sign-out", Tag: "session", Summary: "退出登录", Public: true}, a.signOut)
	getPublic(a, "/v1/session", "session", "session", "当前的登录状态", func(ctx context.Context, _ *none) (Visit, error) {
		who := access.From(ctx)
		if who.Account == "" {
			return Visit{}, nil
		}
		me, err := a.me(ctx, who)
		return Visit{Me: &me}, err
	})
	get(a, "/v1/me", "me", "session", "当前登录的人", func(ctx context.Context, _ *none) (Me, error) {
		return a.me(ctx, access.From(ctx))
	})
	post(a, "/v1/me/keys", "open-key", "session", "生成接口密钥", a.openKey)
	get(a, "/v1/me/keys", "keys", "session", "我的接口密钥", a.apiKeys)
	post(a, "/v1/me/keys/{id}/close", "close-key", "session", "停用接口密钥", a.closeKey)
	get(a, "/v1/wire", "wire", "session", "工作台外接的地址", a.wire)
	post(a, "/v1/me/signing-keys", "register-signing-key", "session", "登记签名公钥", a.registerSigningKey)
	get(a, "/v1/me/signing-keys", "signing-keys", "session", "我的签名公钥", a.signingKeys)
}

func (a *API) me(ctx context.Context, actor access.Actor) (Me, error) {
	me := Me{Account: actor.Account, Name: actor.Name, Org: actor.Org, Roles: actor.Roles, Area: actor.Area, Where: a.areaName(actor.Area), Citizen: actor.Has(access.Subject)}
	if actor.Org != "" {
		name, err := a.orgName(ctx, actor.Org)
		if err != nil {
			return me, err
		}
		me.OrgName = name
	}
	return me, nil
}

func (a *API) signIn(ctx context.Context, in *signIn) (signedIn, *http.Cookie, error) {
	if !a.limiter.allow(in.Body.Login) {
		return signedIn{}, nil, errs.New(errs.Unavailable, "登录过于频繁, 请一分钟后再试")
	}
	var c access.Candidate
	err := a.s.Acts.View(ctx, func(tx *sqldb.Tx) (err error) {
		c, err = access.FindLogin(ctx, tx, in.Body.Login)
		return err
	})
	if err != nil {
		return signedIn{}, nil, err
	}
	if err := c.Check(in.Body.Password, a.s.Clock.Now()); err != nil {
		if ferr := a.s.DB.Do(ctx, func(tx *sqldb.Tx) error { return access.RecordFailure(ctx, tx, c) }); ferr != nil {
			return signedIn{}, nil, ferr
		}
		return signedIn{}, nil, err
	}
	var token string
	err = a.s.DB.Do(ctx, func(tx *sqldb.Tx) (err error) {
		token, err = access.OpenSession(ctx, tx, c.Account.ID)
		return err
	})
	if err != nil {
		return signedIn{}, nil, err
	}
	noted(ctx, c.Account.Actor())
	me, err := a.me(ctx, c.Account.Actor())
	return signedIn{Me: me, Token: token}, sessionCookie(token), err
}

func (a *API) signOut(ctx context.Context, in *struct {
	Session http.Cookie `cookie:"yunei_session"`
	Bearer  string      `header:"Authorization" hidden:"true"`
}) (done, *http.Cookie, error) {
	for _, token := range []string{in.Session.Value, tokenOf(&http.Request{Header: http.Header{"Authorization": {in.Bearer}}})} {
		if token == "" {
			continue
		}
		if err := a.s.DB.Do(ctx, func(tx *sqldb.Tx) error { return access.CloseToken(ctx, tx, token) }); err != nil {
			return done{}, nil, err
		}
	}
	return done{OK: true}, sessionCookie(""), nil
}

func sessionCookie(token string) *http.Cookie {
	c := &http.Cookie{Name: cookieName, Value: token, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode, MaxAge: int(access.SessionLife / time.Second)}
	if token == "" {
		c.MaxAge = -1
	}
	return c
}

func expired(_ *http.Request) *http.Cookie { return sessionCookie("") }

// limiter bounds sign-in attempts per login name, so that guessing is slow even before an account locks.
type limiter struct {
	mu     sync.Mutex
	max    int
	window time.Duration
	since  time.Time
	counts map[string]int
}

func newLimiter(max int, window time.Duration) *limiter {
	return &limiter{max: max, window: window, counts: map[string]int{}}
}

func (l *limiter) allow(key string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now := time.Now(); now.Sub(l.since) > l.window {
		l.since, l.counts = now, map[string]int{}
	}
	l.counts[key]++
	return l.counts[key] <= l.max
}

// OpenedKey is an API key with its secret.
type OpenedKey struct {
	access.APIKey
	Key string `json:"key" doc:"Shown once; keep it"`
}

func (a *API) openKey(ctx context.Context, in *struct {
	Body struct {
		Label string `json:"label" minLength:"1" maxLength:"60"`
		Days  int    `json:"days" minimum:"1" maximum:"365" default:"90"`
	}
}) (OpenedKey, error) {
	secret, k, err := a.s.Party.OpenToken(ctx, in.Body.Label, time.Duration(in.Body.Days)*24*time.Hour)
	return OpenedKey{k, secret}, err
}

func (a *API) apiKeys(ctx context.Context, _ *none) (Page[access.APIKey], error) {
	var list []access.APIKey
	err := a.s.Acts.View(ctx, func(tx *sqldb.Tx) (err error) {
		list, err = access.APIKeys(ctx, tx, access.From(ctx).Account)
		return err
	})
	return Page[access.APIKey]{Items: list}, err
}

func (a *API) closeKey(ctx context.Context, in *ByID) (access.APIKey, error) {
	return a.s.Party.CloseToken(ctx, in.ID)
}

// WireDoor is where psql and reporting tools connect.
type WireDoor struct {
	Address string `json:"address" doc:"Host and port of PostgreSQL's protocol; empty where the deployment does not offer it"`
	User    string `json:"user" doc:"The caller's login; the password is an API key, the database a space"`
}

func (a *API) wire(ctx context.Context, _ *none) (WireDoor, error) {
	door := WireDoor{Address: a.s.Wire}
	err := a.s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		account, err := access.LoadAccount(ctx, tx, access.From(ctx).Account)
		door.User = account.Login
		return err
	})
	return door, err
}

func (a *API) registerSigningKey(ctx context.Context, in *struct {
	Body struct {
		Public string `json:"public" doc:"Base64 of a raw Ed25519 public key, 32 bytes"`
	}
}) (access.SigningKey, error) {
	return a.s.Party.RegisterKey(ctx, in.Body.Public)
}

func (a *API) signingKeys(ctx context.Context, _ *none) (Page[access.SigningKey], error) {
	var list []access.SigningKey
	err := a.s.Acts.View(ctx, func(tx *sqldb.Tx) (err error) {
		list, err = access.KeysOf(ctx, tx, access.From(ctx).Account)
		return err
	})
	return paged(list, len(list)+1, func(k access.SigningKey) string { return k.ID }), err
}
