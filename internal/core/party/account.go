package party

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"regexp"
	"slices"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
)

// Acts on accounts.
const (
	ActOpenAccount = "party.account.open"
	ActJoin        = "party.account.join"
	ActRegisterKey = "party.key.register"
)

func (s *Service) defineAccounts(acts *act.Runner) {
	acts.Define(
		act.Def{Name: ActOpenAccount, Roles: []access.Role{access.Bureau, access.Operator, access.Platform}},
		act.Def{Name: ActJoin, Roles: []access.Role{access.Anyone}},
		act.Def{Name: ActRegisterKey, Roles: []access.Role{access.Expert, access.Bureau, access.Operator, access.Holder, access.DataUser}},
	)
	log := acts.Ledger()
	log.Register("account", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
		return access.LoadAccount(ctx, tx, id)
	})
	log.Register("signing-key", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return access.LoadKey(ctx, tx, id) })
}

// NewAccount is a login to be opened for a real person.
type NewAccount struct {
	Login    string        `json:"login" minLength:"3" maxLength:"40" pattern:"^[a-z][a-z0-9._-]+$"`
	Password string        `json:"password" minLength:"10" maxLength:"72"`
	Name     string        `json:"name" minLength:"2" maxLength:"60" doc:"Real name"`
	Org      string        `json:"org,omitempty"`
	Roles    []access.Role `json:"roles"`
	SID      string        `json:"-"`
}

var loginName = regexp.MustCompile(`^[a-z][a-z0-9._-]{2,39}$`)

// OpenAccount opens a login for a person of an organization, an expert or (with SID) a citizen.
func (s *Service) OpenAccount(ctx context.Context, n NewAccount) (access.Account, error) {
	hash, err := access.HashPassword(n.Password)
	if err != nil {
		return access.Account{}, err
	}
	var a access.Account
	_, err = s.Acts.Do(ctx, act.Call{Act: ActOpenAccount}, func(ctx context.Context, tx *act.Tx) error {
		a, err = openAccountTx(ctx, tx, n, hash)
		return err
	})
	return a, err
}

// Join opens the first account of an organization that wants to take part, and puts the organization into the register,
// in one act. The account can do no more than apply for admission.
func (s *Service) Join(ctx context.Context, n NewAccount, r Registration) (access.Account, Organization, error) {
	hash, err := access.HashPassword(n.Password)
	if err != nil {
		return access.Account{}, Organization{}, err
	}
	var a access.Account
	var o Organization
	_, err = s.Acts.Do(ctx, act.Call{Act: ActJoin}, func(ctx context.Context, tx *act.Tx) error {
		if o, err = s.RegisterTx(ctx, tx, r); err != nil {
			return err
		}
		n.Org, n.Roles, n.SID = o.ID, []access.Role{access.Applicant}, ""
		a, err = openAccountTx(ctx, tx, n, hash)
		return err
	})
	return a, o, err
}

func openAccountTx(ctx context.Context, tx *act.Tx, n NewAccount, hash string) (access.Account, error) {
	if !loginName.MatchString(n.Login) {
		return access.Account{}, spotted("login", "登录名须为 3 至 40 位小写字母、数字或 . _ -, 以字母开头")
	}
	for _, r := range n.Roles {
		if !slices.Contains(access.Roles(), r) {
			return access.Account{}, spotted("roles", "没有角色 "+string(r)+", 请从列表中选择")
		}
	}
	a := access.Account{ID: tx.NewID("acc"), Login: n.Login, Name: n.Name, Org: n.Org, Roles: n.Roles, SID: n.SID, Opened: tx.Now()}
	if err := access.CreateAccount(ctx, tx.Tx, a, hash); err != nil {
		return a, err
	}
	return a, tx.Changed(ctx, "account", a.ID, a)
}

// RegisterKey registers the public half of a signing key of the actor; the private half never leaves their browser.
func (s *Service) RegisterKey(ctx context.Context, public string) (access.SigningKey, error) {
	raw, err := base64.StdEncoding.DecodeString(public)
	if err != nil || len(raw) != ed25519.PublicKeySize {
		return access.SigningKey{}, spotted("public", "公钥须为 32 字节 Ed25519 公钥的 Base64, 请重新生成")
	}
	var k access.SigningKey
	_, err = s.Acts.Do(ctx, act.Call{Act: ActRegisterKey}, func(ctx context.Context, tx *act.Tx) error {
		if !tx.Actor().SignedIn() {
			return errs.New(errs.Unauthenticated, "请先登录")
		}
		k = access.SigningKey{ID: tx.NewID("key"), Account: tx.Actor().Account, Alg: "ed25519", Public: public, Opened: tx.Now()}
		if err := access.InsertKey(ctx, tx.Tx, k); err != nil {
			return err
		}
		return tx.Changed(ctx, "signing-key", k.ID, k)
	})
	return k, err
}

// promote gives the accounts of an admitted organization the roles it was admitted for.
func promote(ctx context.Context, tx *act.Tx, o Organization) error {
	accounts, err := access.AccountsIn(ctx, tx.Tx, o.ID, access.Applicant)
	if err != nil {
		return err
	}
	for _, a := range accounts {
		for _, r := range o.Roles {
			if !slices.Contains(a.Roles, r) {
				a.Roles = append(a.Roles, r)
			}
		}
		if err := access.SetRoles(ctx, tx.Tx, a); err != nil {
			return err
		}
		if err := tx.Changed(ctx, "account", a.ID, a); err != nil {
			return err
		}
	}
	return nil
}
