package party

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"regexp"
	"slices"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
)

// Acts on accounts.
const (
	ActOpenAccount = "party.account.open"
	ActJoin        = "party.account.join"
	ActClose       = "party.account.close"
	ActRoles       = "party.account.roles"
	ActRegisterKey = "party.key.register"
	ActOpenToken   = "party.token.open"
	ActCloseToken  = "party.token.close"
)

func (s *Service) defineAccounts(acts *act.Runner) {
	acts.Define(
		act.Def{Name: ActOpenAccount, Roles: keepers},
		act.Def{Name: ActClose, Roles: keepers},
		act.Def{Name: ActRoles, Roles: keepers},
		act.Def{Name: ActJoin, Roles: []access.Role{access.Anyone}},
		act.Def{Name: ActRegisterKey, Roles: staff},
		act.Def{Name: ActOpenToken, Roles: staff},
		act.Def{Name: ActCloseToken, Roles: staff},
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
	Identity string        `json:"identity,omitempty" doc:"Identity number, to find a training that was passed before; not kept"`
	SID      string        `json:"-"`
}

// keepers may open, change and close accounts: bureau and operator those of any body, the others those of their own.
var keepers = append([]access.Role{access.Bureau, access.Platform}, members...)

// authorities are the roles only the bureau gives: public bodies, and the experts of its pool (泉州 七(二)1).
var authorities = []access.Role{access.Bureau, access.Auditor, access.Government, access.Mechanism, access.Upper, access.Expert,
	access.Local, access.Member, access.Owner, access.Regulator}

// mayKeep reports whether the actor may give these roles in an organization: nobody gives what they do not hold, but for
// the bureau, and the operator for those who take part.
func mayKeep(actor access.Actor, org string, roles []access.Role) error {
	switch {
	case actor.Has(access.Bureau, access.Platform):
		return nil
	case actor.Has(access.Operator):
		if slices.ContainsFunc(roles, func(r access.Role) bool { return slices.Contains(authorities, r) }) {
			return errs.New(errs.Forbidden, "主管、监督机关和评审专家的账号由数据主管部门办理, 请联系数据主管部门")
		}
		return nil
	case org == "" || org != actor.Org:
		return errs.New(errs.Forbidden, "只能办理本单位的账号, 其他单位的请由其自行办理或联系平台运营单位")
	case slices.ContainsFunc(roles, func(r access.Role) bool { return !actor.Has(r) }):
		return errs.New(errs.Forbidden, "不能授予您自己没有的角色, 请联系平台运营单位")
	}
	return nil
}

// mayKeep holds an official besides to the bodies of their area: a county gives nobody a role in its city, nor to a person of no
// body, who would stand in the whole platform's area.
func (s *Service) mayKeep(ctx context.Context, tx *act.Tx, org string, roles []access.Role) error {
	actor := tx.Actor()
	if err := mayKeep(actor, org, roles); err != nil || actor.Area == "" {
		return err
	}
	if org == "" {
		return errs.New(errs.Forbidden, "不属于任何单位的账号由平台所在层级的数据主管部门办理, 请联系他们")
	}
	return reaches(ctx, tx.Tx, actor, org)
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
		if err := s.mayKeep(ctx, tx, n.Org, n.Roles); err != nil {
			return err
		}
		a, err = s.openAccountTx(ctx, tx, n, hash)
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
		a, err = s.openAccountTx(ctx, tx, n, hash)
		return err
	})
	return a, o, err
}

func (s *Service) openAccountTx(ctx context.Context, tx *act.Tx, n NewAccount, hash string) (access.Account, error) {
	if !loginName.MatchString(n.Login) {
		return access.Account{}, spotted("login", "登录名须为 3 至 40 位小写字母、数字或 . _ -, 以字母开头")
	}
	if err := checkRoles(n.Roles); err != nil {
		return access.Account{}, err
	}
	area, err := access.AreaOf(ctx, tx.Tx, n.Org)
	if err != nil {
		return access.Account{}, err
	}
	a := access.Account{ID: tx.NewID("acc"), Login: n.Login, Name: n.Name, Org: n.Org, Roles: n.Roles, SID: n.SID, Opened: tx.Now(), Area: area}
	if err := access.CreateAccount(ctx, tx.Tx, a, hash); err != nil {
		return a, err
	}
	if err := s.claimTraining(ctx, tx, a, n.Identity); err != nil {
		return a, err
	}
	if err := tx.Judge(ctx, accountObjects(a)); err != nil {
		return a, err
	}
	return a, tx.Changed(ctx, "account", a.ID, a)
}

func checkRoles(roles []access.Role) error {
	for _, r := range roles {
		if !slices.Contains(access.Roles(), r) {
			return spotted("roles", "没有角色 "+string(r)+", 请从列表中选择")
		}
	}
	return nil
}

// accountObjects are what an act on an account is about; a person of no organization carries none.
func accountObjects(a access.Account) map[string]string {
	about := map[string]string{"account": a.ID}
	if a.Org != "" {
		about["org"] = a.Org
	}
	return about
}

// SetRoles changes what an account may do (变更角色).
func (s *Service) SetRoles(ctx context.Context, id string, roles []access.Role) (access.Account, error) {
	if err := checkRoles(roles); err != nil {
		return access.Account{}, err
	}
	return s.onAccount(ctx, ActRoles, id, func(tx *act.Tx, a *access.Account) error {
		given := slices.DeleteFunc(slices.Clone(roles), func(r access.Role) bool { return slices.Contains(a.Roles, r) })
		taken := slices.DeleteFunc(slices.Clone(a.Roles), func(r access.Role) bool { return slices.Contains(roles, r) })
		if err := s.mayKeep(ctx, tx, a.Org, append(given, taken...)); err != nil {
			return err
		}
		a.Roles = roles
		return access.SetRoles(ctx, tx.Tx, *a)
	})
}

// CloseAccount closes an account for good (注销账号): its sessions and keys stop at once.
func (s *Service) CloseAccount(ctx context.Context, id string) (access.Account, error) {
	return s.onAccount(ctx, ActClose, id, func(tx *act.Tx, a *access.Account) error {
		if tx.Actor().Org == "" || a.Org != tx.Actor().Org {
			if err := s.mayKeep(ctx, tx, a.Org, a.Roles); err != nil {
				return err
			}
		}
		a.Closed = true
		return access.CloseAccount(ctx, tx.Tx, a.ID)
	})
}

func (s *Service) onAccount(ctx context.Context, name, id string, change func(*act.Tx, *access.Account) error) (a access.Account, err error) {
	_, err = s.Acts.Do(ctx, act.Call{Act: name}, func(ctx context.Context, tx *act.Tx) error {
		if a, err = access.LoadAccount(ctx, tx.Tx, id); err != nil {
			return err
		}
		switch {
		case a.ID == tx.Actor().Account:
			return errs.New(errs.Forbidden, "不能变更或注销自己的账号, 请由其他人员办理")
		case a.Closed:
			return errs.New(errs.Conflict, "这个账号已经注销, 请刷新查看")
		}
		if err := change(tx, &a); err != nil {
			return err
		}
		if err := tx.Judge(ctx, accountObjects(a)); err != nil {
			return err
		}
		return tx.Changed(ctx, "account", a.ID, a)
	})
	return a, err
}

// Accounts lists the accounts of an organization, to it and to those who decide and supervise.
func (s *Service) Accounts(ctx context.Context, orgID string) (list []access.Account, err error) {
	err = s.viewFile(ctx, orgID, func(tx *sqldb.Tx) error {
		list, err = access.AccountsOf(ctx, tx, orgID)
		return err
	})
	return list, err
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

// OpenToken makes an API key (接口密钥) for the caller's programs and returns its secret, which is shown once. A key makes no other
// key: whoever found one would keep a way in after it was closed.
func (s *Service) OpenToken(ctx context.Context, label string, life time.Duration) (secret string, k access.APIKey, err error) {
	_, err = s.Acts.Do(ctx, act.Call{Act: ActOpenToken}, func(ctx context.Context, tx *act.Tx) (err error) {
		if err := inPerson(tx.Actor()); err != nil {
			return err
		}
		if secret, k, err = access.OpenKey(ctx, tx.Tx, tx.Actor().Account, label, life); err != nil {
			return err
		}
		return tx.Changed(ctx, "api-key", k.ID, k)
	})
	return secret, k, err
}

// CloseToken ends one of the caller's API keys at once.
func (s *Service) CloseToken(ctx context.Context, id string) (k access.APIKey, err error) {
	_, err = s.Acts.Do(ctx, act.Call{Act: ActCloseToken}, func(ctx context.Context, tx *act.Tx) (err error) {
		if err := inPerson(tx.Actor()); err != nil {
			return err
		}
		if k, err = access.CloseKey(ctx, tx.Tx, tx.Actor().Account, id); err != nil {
			return err
		}
		k.Until = tx.Now()
		return tx.Changed(ctx, "api-key", k.ID, k)
	})
	return k, err
}

func inPerson(actor access.Actor) error {
	if !actor.SignedIn() {
		return errs.New(errs.Unauthenticated, "请先登录")
	}
	if actor.Key {
		return errs.New(errs.Forbidden, "接口密钥不能生成或者停用接口密钥, 请本人登录控制台后办理")
	}
	return nil
}

// promote gives the accounts of an admitted organization the roles it was admitted for. Whom the law lets nobody open an
// account for (who was not trained before, say) goes on waiting with what they have; passing the exam brings them here again.
func promote(ctx context.Context, tx *act.Tx, o Organization) error {
	accounts, err := access.AccountsIn(ctx, tx.Tx, o.ID, access.Applicant)
	if err != nil {
		return err
	}
	for _, a := range accounts {
		before := a
		before.Roles = slices.Clone(a.Roles)
		for _, r := range o.Roles {
			if !slices.Contains(a.Roles, r) {
				a.Roles = append(a.Roles, r)
			}
		}
		if len(a.Roles) == len(before.Roles) {
			continue
		}
		if err := access.SetRoles(ctx, tx.Tx, a); err != nil {
			return err
		}
		j, err := tx.Law().Judge(ctx, tx.Tx, ActOpenAccount, tx.Day(), accountObjects(a), nil)
		if err != nil {
			return err
		}
		if j.Refused {
			if err := access.SetRoles(ctx, tx.Tx, before); err != nil {
				return err
			}
			continue
		}
		if err := tx.Changed(ctx, "account", a.ID, a); err != nil {
			return err
		}
	}
	return nil
}
