package access

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
	"unicode/utf8"

	"golang.org/x/crypto/bcrypt"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
)

// Account is one person's login.
type Account struct {
	ID     string    `json:"id"`
	Login  string    `json:"login"`
	Name   string    `json:"name"`
	Org    string    `json:"org,omitempty"`
	Roles  []Role    `json:"roles"`
	SID    string    `json:"sid,omitempty"`
	Opened time.Time `json:"opened"`
	Closed bool      `json:"closed"`

	Area Area `json:"-"` // where the organization stands; no part of the account
	Key  bool `json:"-"` // it was found by an API key
}

// Actor is the account as it acts.
func (a Account) Actor() Actor {
	return Actor{Account: a.ID, Name: a.Name, Org: a.Org, Roles: a.Roles, SID: a.SID, Area: a.Area, Key: a.Key}
}

const (
	// SessionLife is how long a sign-in lasts without signing in again.
	SessionLife = 12 * time.Hour
	lockAfter   = 5
	lockFor     = 15 * time.Minute
	minPassword = 10
)

// HashPassword hashes a password for CreateAccount. It is slow on purpose, so it belongs outside any transaction.
func HashPassword(password string) (string, error) {
	if utf8.RuneCountInString(password) < minPassword {
		return "", errs.New(errs.Invalid, "密码至少 %d 个字符, 请换一个更长的", minPassword)
	}
	h, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.DefaultCost)
	if err != nil {
		return "", errs.New(errs.Invalid, "密码过长, 请换一个短于 72 字节的: %w", err)
	}
	return string(h), nil
}

// CreateAccount stores a new account with the hash of its password.
func CreateAccount(ctx context.Context, tx *sqldb.Tx, a Account, passwordHash string) error {
	roles, err := json.Marshal(a.Roles)
	if err != nil {
		return fmt.Errorf("encode roles: %w", err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO account (id, login, name, org, roles, sid, password, failed, locked_until, closed, opened)
		VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0, 0, $8)`,
		a.ID, a.Login, a.Name, a.Org, string(roles), a.SID, passwordHash, a.Opened.UnixMicro())
	if sqldb.IsUnique(err, "account_login") || sqldb.IsUnique(err, "account.login") {
		return errs.New(errs.Conflict, "登录名 %s 已被使用, 请换一个", a.Login)
	}
	if err != nil {
		return fmt.Errorf("insert account %s: %w", a.ID, err)
	}
	return nil
}

const accountColumns = `id, login, name, org, roles, sid, closed, opened, COALESCE((SELECT area FROM org_area WHERE org_area.org = account.org), '')`

type scanner interface{ Scan(dest ...any) error }

func scanAccount(row scanner, extra ...any) (Account, error) {
	var a Account
	var roles string
	var closed, opened int64
	dest := append([]any{&a.ID, &a.Login, &a.Name, &a.Org, &roles, &a.SID, &closed, &opened, &a.Area}, extra...)
	if err := row.Scan(dest...); err != nil {
		return a, err
	}
	a.Closed, a.Opened = closed == 1, time.UnixMicro(opened).UTC()
	return a, json.Unmarshal([]byte(roles), &a.Roles)
}

// LoadAccount loads an account by id.
func LoadAccount(ctx context.Context, tx *sqldb.Tx, id string) (Account, error) {
	a, err := scanAccount(tx.QueryRow(ctx, `SELECT `+accountColumns+` FROM account WHERE id = $1`, id))
	if errors.Is(err, sqldb.ErrNoRows) {
		return a, errs.New(errs.NotFound, "没有这个账号, 请核对后重试")
	}
	if err != nil {
		return a, fmt.Errorf("load account %s: %w", id, err)
	}
	return a, nil
}

// AccountsIn lists the open accounts that hold a role, of one organization or (org empty) of all.
func AccountsIn(ctx context.Context, tx *sqldb.Tx, org string, role Role) ([]Account, error) {
	rows, err := tx.Query(ctx, `SELECT `+accountColumns+` FROM account WHERE closed = 0 AND ($1 = '' OR org = $1) ORDER BY id`, org)
	all, err := sqldb.Collect(rows, err, func(r *sqldb.Rows) (Account, error) { return scanAccount(r) })
	if err != nil {
		return nil, fmt.Errorf("list accounts: %w", err)
	}
	var out []Account
	for _, a := range all {
		if a.Actor().Has(role) {
			out = append(out, a)
		}
	}
	return out, nil
}

// AccountsOf lists every account of an organization, closed ones too, oldest first.
func AccountsOf(ctx context.Context, tx *sqldb.Tx, org string) ([]Account, error) {
	rows, err := tx.Query(ctx, `SELECT `+accountColumns+` FROM account WHERE org = $1 ORDER BY id`, org)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (Account, error) { return scanAccount(r) })
}

// CloseAccount closes an account and ends its sessions and keys.
func CloseAccount(ctx context.Context, tx *sqldb.Tx, id string) error {
	if _, err := tx.Exec(ctx, `UPDATE account SET closed = 1 WHERE id = $1`, id); err != nil {
		return fmt.Errorf("close account %s: %w", id, err)
	}
	_, err := tx.Exec(ctx, `DELETE FROM access_token WHERE account = $1`, id)
	return err
}

// Candidate is what SignIn needs to compare a password outside the transaction.
type Candidate struct {
	Account Account
	hash    string
	failed  int64
	locked  time.Time
	found   bool
}

// FindLogin loads the account behind a login name; an unknown name gives a candidate that never matches, in equal time.
func FindLogin(ctx context.Context, tx *sqldb.Tx, login string) (Candidate, error) {
	var c Candidate
	var locked int64
	a, err := scanAccount(tx.QueryRow(ctx, `SELECT `+accountColumns+`, password, failed, locked_until FROM account WHERE login = $1`, login),
		&c.hash, &c.failed, &locked)
	if errors.Is(err, sqldb.ErrNoRows) {
		c.hash = absentHash()
		return c, nil
	}
	if err != nil {
		return c, fmt.Errorf("find login: %w", err)
	}
	c.Account, c.locked, c.found = a, time.UnixMicro(locked), !a.Closed
	return c, nil
}

// absentHash is the hash of a password nobody has: comparing against it takes as long as against a real one.
var absentHash = sync.OnceValue(func() string {
	h, _ := bcrypt.GenerateFromPassword([]byte(rand.Text()), bcrypt.DefaultCost)
	return string(h)
})

// Check compares a password; the answer is one sentence whatever was wrong, so that it tells neither which names exist
// nor, while an account is locked, whether a guess was right.
func (c Candidate) Check(password string, now time.Time) error {
	match := bcrypt.CompareHashAndPassword([]byte(c.hash), []byte(password)) == nil
	if !c.found || !match || now.Before(c.locked) {
		return errs.New(errs.Unauthenticated, "登录名或密码不对, 请重新输入; 连续输错 %d 次的账号锁定 %d 分钟", lockAfter, int(lockFor.Minutes()))
	}
	return nil
}

// RecordFailure counts a failed sign-in and locks the account for a while after five in a row. What is tried while it is
// locked does not count, or whoever keeps trying would keep the owner out.
func RecordFailure(ctx context.Context, tx *sqldb.Tx, c Candidate) error {
	if !c.found {
		return nil
	}
	_, err := tx.Exec(ctx, `UPDATE account SET failed = failed + 1,
		locked_until = CASE WHEN failed + 1 >= $2 THEN $3 ELSE locked_until END WHERE id = $1 AND locked_until <= $4`,
		c.Account.ID, lockAfter, tx.Now().Add(lockFor).UnixMicro(), tx.Now().UnixMicro())
	return err
}

// OpenSession starts a session and returns its token, which is stored only as a digest.
func OpenSession(ctx context.Context, tx *sqldb.Tx, account string) (string, error) {
	token := NewSecret("ys_")
	if _, err := tx.Exec(ctx, `UPDATE account SET failed = 0, locked_until = 0 WHERE id = $1`, account); err != nil {
		return "", err
	}
	return token, insertToken(ctx, tx, token, account, "session", "", tx.Now().Add(SessionLife))
}

// APIKey is what is kept of an API key (接口密钥): a program's token, which acts as the account that made it.
type APIKey struct {
	ID     string    `json:"id" doc:"The start of the key's digest"`
	Label  string    `json:"label"`
	Opened time.Time `json:"opened"`
	Until  time.Time `json:"until"`
}

// kindKey tells a key from a session.
const kindKey = "key"

// OpenKey makes an API key for an account's program; it is shown once.
func OpenKey(ctx context.Context, tx *sqldb.Tx, account, label string, life time.Duration) (string, APIKey, error) {
	token := NewSecret("yk_")
	k := APIKey{ID: SecretDigest(token)[:16], Label: label, Opened: tx.Now(), Until: tx.Now().Add(life)}
	return token, k, insertToken(ctx, tx, token, account, kindKey, label, k.Until)
}

// APIKeys lists an account's API keys that have not ended, newest first.
func APIKeys(ctx context.Context, tx *sqldb.Tx, account string) ([]APIKey, error) {
	rows, err := tx.Query(ctx, `SELECT substr(digest, 1, 16), label, opened, until FROM access_token
		WHERE account = $1 AND kind = $2 AND until > $3 ORDER BY opened DESC, digest`, account, kindKey, tx.Now().UnixMicro())
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (k APIKey, err error) {
		var opened, until int64
		err = r.Scan(&k.ID, &k.Label, &opened, &until)
		k.Opened, k.Until = time.UnixMicro(opened).UTC(), time.UnixMicro(until).UTC()
		return k, err
	})
}

// CloseKey ends one of an account's API keys at once.
func CloseKey(ctx context.Context, tx *sqldb.Tx, account, id string) (APIKey, error) {
	keys, err := APIKeys(ctx, tx, account)
	if err != nil {
		return APIKey{}, err
	}
	i := slices.IndexFunc(keys, func(k APIKey) bool { return k.ID == id })
	if i < 0 {
		return APIKey{}, errs.New(errs.NotFound, "没有这把接口密钥, 它可能已经停用或者到期")
	}
	_, err = tx.Exec(ctx, `DELETE FROM access_token WHERE account = $1 AND kind = $2 AND substr(digest, 1, 16) = $3`, account, kindKey, id)
	return keys[i], err
}

func insertToken(ctx context.Context, tx *sqldb.Tx, token, account, kind, label string, until time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO access_token (digest, account, kind, label, until, opened) VALUES ($1, $2, $3, $4, $5, $6)`,
		SecretDigest(token), account, kind, label, until.UnixMicro(), tx.Now().UnixMicro())
	return err
}

// CloseToken ends a session or key at once.
func CloseToken(ctx context.Context, tx *sqldb.Tx, token string) error {
	_, err := tx.Exec(ctx, `DELETE FROM access_token WHERE digest = $1`, SecretDigest(token))
	return err
}

// ByToken is the account that a session or API token belongs to.
func ByToken(ctx context.Context, tx *sqldb.Tx, token string) (Account, error) {
	var kind string
	a, err := scanAccount(tx.QueryRow(ctx, `SELECT `+accountColumns+`, (SELECT kind FROM access_token WHERE digest = $1) FROM account
		WHERE closed = 0 AND id IN (SELECT account FROM access_token WHERE digest = $1 AND until > $2)`,
		SecretDigest(token), tx.Now().UnixMicro()), &kind)
	a.Key = kind == kindKey
	if errors.Is(err, sqldb.ErrNoRows) {
		return a, errs.New(errs.Unauthenticated, "登录已过期, 请重新登录")
	}
	return a, err
}

// NewSecret makes a token; only its digest is stored.
func NewSecret(prefix string) string {
	b := make([]byte, 32)
	rand.Read(b)
	return prefix + base64.RawURLEncoding.EncodeToString(b)
}

// SecretDigest is what is stored of a token.
func SecretDigest(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// SetRoles stores an account's roles.
func SetRoles(ctx context.Context, tx *sqldb.Tx, a Account) error {
	roles, err := json.Marshal(a.Roles)
	if err != nil {
		return fmt.Errorf("encode roles: %w", err)
	}
	_, err = tx.Exec(ctx, `UPDATE account SET roles = $2 WHERE id = $1`, a.ID, string(roles))
	return err
}
