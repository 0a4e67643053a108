package access_test

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"yunei/internal/base/clock"
	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/test/testdb"
)

const (
	password = "correct horse battery"
	start    = "2025-09-26T09:00:00+08:00"
)

func each(t *testing.T, fn func(t *testing.T, db *sqldb.DB, clk *clock.Set)) {
	at, err := time.Parse(time.RFC3339, start)
	must(t, err)
	t.Run("sqlite", func(t *testing.T) {
		clk := clock.NewSet(at)
		fn(t, testdb.SQLite(t, clk), clk)
	})
	t.Run("postgres", func(t *testing.T) {
		clk := clock.NewSet(at)
		fn(t, testdb.Postgres(t, clk), clk)
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func do(t *testing.T, db *sqldb.DB, fn func(ctx context.Context, tx *sqldb.Tx) error) error {
	t.Helper()
	return db.Do(t.Context(), func(tx *sqldb.Tx) error { return fn(t.Context(), tx) })
}

func open(t *testing.T, db *sqldb.DB, login string) access.Account {
	t.Helper()
	hash, err := access.HashPassword(password)
	must(t, err)
	a := access.Account{ID: "acc_" + login, Login: login, Name: login, Org: "org_1", Roles: []access.Role{access.DataUser}, Opened: time.Now()}
	must(t, do(t, db, func(ctx context.Context, tx *sqldb.Tx) error { return access.CreateAccount(ctx, tx, a, hash) }))
	return a
}

// signIn is what the sign-in page does.
func signIn(t *testing.T, db *sqldb.DB, clk *clock.Set, login, password string) error {
	t.Helper()
	var c access.Candidate
	must(t, db.View(t.Context(), func(tx *sqldb.Tx) (err error) {
		c, err = access.FindLogin(t.Context(), tx, login)
		return err
	}))
	err := c.Check(password, clk.Now())
	if err != nil {
		must(t, do(t, db, func(ctx context.Context, tx *sqldb.Tx) error { return access.RecordFailure(ctx, tx, c) }))
	}
	return err
}

// Five wrong passwords lock an account for a quarter of an hour, and not longer for trying on; nothing in the answer tells
// an unknown name from a wrong password from a locked account.
func TestSignIn(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB, clk *clock.Set) {
		open(t, db, "clerk")
		must(t, signIn(t, db, clk, "clerk", password))
		unknown := signIn(t, db, clk, "nobody", password)
		wrong := signIn(t, db, clk, "clerk", "wrong password")
		for range 4 {
			_ = signIn(t, db, clk, "clerk", "wrong password")
		}
		locked := signIn(t, db, clk, "clerk", password)
		for what, err := range map[string]error{"an unknown name": unknown, "a wrong password": wrong, "a locked account": locked} {
			if !errs.Is(err, errs.Unauthenticated) || err.Error() != unknown.Error() {
				t.Errorf("%s = %v, want %v", what, err, unknown)
			}
		}
		clk.Advance(14 * time.Minute)
		_ = signIn(t, db, clk, "clerk", "still trying")
		clk.Advance(time.Minute)
		if err := signIn(t, db, clk, "clerk", password); err != nil {
			t.Errorf("after the quarter of an hour = %v, want signed in", err)
		}
	})
}

func TestToken(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB, clk *clock.Set) {
		a := open(t, db, "clerk")
		var session, key string
		must(t, do(t, db, func(ctx context.Context, tx *sqldb.Tx) (err error) {
			if session, err = access.OpenSession(ctx, tx, a.ID); err != nil {
				return err
			}
			key, _, err = access.OpenKey(ctx, tx, a.ID, "接口", 48*time.Hour)
			return err
		}))
		by := func(token string) error {
			return db.View(t.Context(), func(tx *sqldb.Tx) error {
				got, err := access.ByToken(t.Context(), tx, token)
				if err == nil && got.ID != a.ID {
					t.Errorf("token of %s, want %s", got.ID, a.ID)
				}
				return err
			})
		}
		must(t, errors.Join(by(session), by(key)))
		if err := by(session + "x"); !errs.Is(err, errs.Unauthenticated) {
			t.Errorf("another token = %v, want unauthenticated", err)
		}
		must(t, db.View(t.Context(), func(tx *sqldb.Tx) error {
			rows, err := tx.Query(t.Context(), `SELECT digest FROM access_token`)
			list, err := sqldb.Collect(rows, err, func(r *sqldb.Rows) (d string, err error) { return d, r.Scan(&d) })
			if slices.ContainsFunc(list, func(d string) bool { return strings.Contains(d, session) || strings.Contains(d, key) }) {
				t.Error("a token is stored as it is, want its digest")
			}
			return err
		}))
		clk.Advance(access.SessionLife)
		if err := by(session); !errs.Is(err, errs.Unauthenticated) {
			t.Errorf("the session after its life = %v, want unauthenticated", err)
		}
		must(t, by(key))
		must(t, do(t, db, func(ctx context.Context, tx *sqldb.Tx) error { return access.CloseToken(ctx, tx, key) }))
		if err := by(key); !errs.Is(err, errs.Unauthenticated) {
			t.Errorf("a closed key = %v, want unauthenticated", err)
		}
	})
}

func TestHashPassword(t *testing.T) {
	for password, ok := range map[string]bool{"123456789": false, "1234567890": true, "四个汉字": false, strings.Repeat("长", 25): false} {
		if _, err := access.HashPassword(password); (err == nil) != ok {
			t.Errorf("HashPassword(%q) = %v, want ok %v", password, err, ok)
		}
	}
}

// The public reads no inbox, and nobody reads one of an organization that they are not in.
func TestActor_Addresses(t *testing.T) {
	for _, c := range []struct {
		actor access.Actor
		want  string
	}{
		{access.Actor{}, ""},
		{access.Actor{Roles: []access.Role{access.Holder}}, ""},
		{access.Actor{Account: "a", Roles: []access.Role{access.Expert}}, "account:a role:expert"},
		{access.Actor{Account: "a", Org: "o", Roles: []access.Role{access.Holder}}, "account:a role:data-provider org:o:data-provider"},
	} {
		if got := strings.Join(c.actor.Addresses(), " "); got != c.want {
			t.Errorf("inboxes of %+v = %q, want %q", c.actor, got, c.want)
		}
	}
}

// Three roles supervise and no other; they see everyone's objects, whoever else their own organization's, and nobody
// without an organization anything. A city's do not supervise its neighbour.
func TestActor_Overseer(t *testing.T) {
	supervise := []access.Role{access.Bureau, access.Operator, access.Auditor}
	for _, r := range append(access.Roles(), access.Anyone, access.Platform) {
		a, want := access.Actor{Account: "a", Org: "o", Roles: []access.Role{r}}, slices.Contains(supervise, r)
		if a.Overseer() != want {
			t.Errorf("%s supervises = %v, want %v", r, !want, want)
		}
		if org, area, ok := a.Whose(); !ok || area != "" || want != (org == "") || !want && org != "o" {
			t.Errorf("lists show %s those of %q (%v), want everyone's %v", r, org, ok, want)
		}
		a.Org, a.Area = "", "520100"
		if org, area, ok := a.Whose(); ok != want || org != "" || want != (area == "520100") {
			t.Errorf("lists show %s without an organization those of %q (%v), want everyone's %v", r, org, ok, want)
		}
		for area, inside := range map[access.Area]bool{"520100": true, "520102": true, "520200": false, "520000": false, "": false} {
			if a.OverseerOf(area) != (want && inside) {
				t.Errorf("%s of 520100 supervises %q = %v, want %v", r, area, a.OverseerOf(area), want && inside)
			}
		}
	}
}

func TestSigningKey_Verify(t *testing.T) {
	public, private, err := ed25519.GenerateKey(nil)
	must(t, err)
	k := access.SigningKey{Alg: "ed25519", Public: base64.StdEncoding.EncodeToString(public)}
	sig := base64.StdEncoding.EncodeToString(ed25519.Sign(private, []byte("text")))
	must(t, k.Verify([]byte("text"), sig))
	for what, c := range map[string]struct {
		key       access.SigningKey
		text, sig string
		want      errs.Code
	}{
		"another text":      {k, "texts", sig, errs.Invalid},
		"no base64":         {k, "text", "?", errs.Invalid},
		"no signature":      {k, "text", "", errs.Invalid},
		"another algorithm": {access.SigningKey{Alg: "none", Public: k.Public}, "text", sig, errs.Unimplemented},
		"a short key":       {access.SigningKey{Alg: "ed25519", Public: "AAAA"}, "text", sig, errs.Unimplemented},
	} {
		if err := c.key.Verify([]byte(c.text), c.sig); !errs.Is(err, c.want) {
			t.Errorf("%s = %v, want %s", what, err, c.want)
		}
	}
}

// Of several permits the valid one is found, however new the others are; without any, the newest says why.
func TestValidFor(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB, _ *clock.Set) {
		day := workday.Must("2025-09-26")
		put := func(id, state string, from, until workday.Date, parents ...string) {
			t.Helper()
			must(t, do(t, db, func(ctx context.Context, tx *sqldb.Tx) error {
				return access.InsertPermit(ctx, tx, access.Permit{ID: id, Kind: "model", Holder: "org_1", Object: "ver_1", From: from, Until: until, State: state, Parents: parents, Opened: tx.Now()})
			}))
		}
		find := func(holder, object string) (p access.Permit, err error) {
			err = db.View(t.Context(), func(tx *sqldb.Tx) (err error) {
				p, err = access.ValidFor(t.Context(), tx, holder, "model", object, day)
				return err
			})
			return p, err
		}
		put("prm_1", access.Revoked, day, day.AddYears(1))
		put("prm_2", access.Active, day.AddDays(1), day.AddYears(1))
		if _, err := find("org_1", "ver_1"); !errs.Is(err, errs.Forbidden) || !strings.Contains(err.Error(), "2025-09-27") {
			t.Errorf("none holds = %v, want forbidden with what the newest says", err)
		}
		put("prm_3", access.Active, day, day.AddDays(1))
		put("prm_4", access.Suspended, day, day.AddYears(1))
		put("prm_5", access.Active, day, day.AddYears(1), "prm_4")
		put("prm_6", access.Active, day, day.AddYears(1), "prm_none")
		if p, err := find("org_1", "ver_1"); err != nil || p.ID != "prm_3" {
			t.Errorf("found %s, %v, want prm_3: the others are revoked, not begun, suspended, under one suspended, under none", p.ID, err)
		}
		for _, c := range [][2]string{{"org_2", "ver_1"}, {"org_1", "ver_2"}, {"org_1", ""}} {
			if _, err := find(c[0], c[1]); !errs.Is(err, errs.NotFound) {
				t.Errorf("a permit of %s on %q = %v, want not_found", c[0], c[1], err)
			}
		}
	})
}
