package party

import (
	"context"
	_ "embed"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/emmansun/gmsm/sm3"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
)

// ActUndertake signs the confidentiality undertaking.
const ActUndertake = "party.undertaking.sign"

// valueSecrecyMonths is for how many months a signature counts, where a pack sets it.
const valueSecrecyMonths = "confidentiality.valid"

// undertakingPaper is the slug under which a pack brings its own text.
const undertakingPaper = "confidentiality"

// undertakingText is the undertaking where no pack brings its own.
//
//go:embed confidentiality.txt
var undertakingText string

// Undertaking (保密承诺书) is one person's own: that their organization signed something says nothing about them.
type Undertaking struct {
	ID          string       `json:"id"`
	Org         string       `json:"org,omitempty"`
	Account     string       `json:"account"`
	Name        string       `json:"name"`
	Text        string       `json:"text" doc:"The exact text that was signed"`
	TextSM3     string       `json:"text_sm3"`
	Key         string       `json:"key,omitempty" doc:"Registered signing key, or"`
	Certificate string       `json:"certificate,omitempty" doc:"the personal certificate it was signed with"`
	Signature   string       `json:"signature" doc:"Base64"`
	Signed      time.Time    `json:"signed"`
	Until       workday.Date `json:"until,omitempty"`
}

func (u Undertaking) tab() tab { return tab{ID: u.ID, Org: u.Org, Account: u.Account, State: "signed"} }

func (u Undertaking) counts(day workday.Date) bool { return u.Until == "" || day <= u.Until }

var undertakings = shelf[Undertaking]{"undertaking", "undertaking", "没有这份承诺书, 请核对后重试"}

func (s *Service) defineUndertaking(acts *act.Runner) {
	acts.Define(act.Def{Name: ActUndertake, Roles: staff})
	undertakings.register(acts)
}

// OwnUndertaking is the page on which a person signs: the text, and what they signed before.
type OwnUndertaking struct {
	Text   string       `json:"text" doc:"Its UTF-8 bytes are what is signed"`
	Signed *Undertaking `json:"signed,omitempty" doc:"The newest that counts today"`
}

// OwnUndertaking shows the actor the text to be signed.
func (s *Service) OwnUndertaking(ctx context.Context) (p OwnUndertaking, err error) {
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		actor := access.From(ctx)
		if p.Text, err = s.undertakingFor(ctx, tx, actor); err != nil {
			return err
		}
		list, err := undertakings.byAccount(ctx, tx, actor.Account)
		if len(list) > 0 && list[0].counts(workday.DateOf(tx.Now())) {
			p.Signed = &list[0]
		}
		return err
	})
	return p, err
}

func (s *Service) undertakingFor(ctx context.Context, tx *sqldb.Tx, actor access.Actor) (string, error) {
	text, ok, err := TextAt(ctx, tx, s.Acts.Law(), undertakingPaper, tx.Now())
	if err != nil {
		return "", err
	}
	if !ok {
		text = undertakingText
	}
	org := "无"
	if actor.Org != "" {
		o, err := Load(ctx, tx, actor.Org)
		if err != nil {
			return "", err
		}
		org = o.Name
	}
	account, err := access.LoadAccount(ctx, tx, actor.Account)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s\n\n承诺人: %s\n所在单位: %s\n登录名: %s\n", strings.TrimSpace(text), actor.Name, org, account.Login), nil
}

// PersonalSignature is a signature by a registered key, or by a personal certificate.
type PersonalSignature struct {
	Key         string `json:"key,omitempty" maxLength:"64" doc:"Id of the actor's registered signing key"`
	Certificate string `json:"certificate,omitempty" maxLength:"8192" doc:"PEM of the actor's SM2 certificate, where no key is named"`
	Signature   string `json:"signature" maxLength:"1024" doc:"Base64: Ed25519 by the key, or SM2 (ASN.1 DER) by the certificate"`
}

// Undertake signs the confidentiality undertaking (签署保密承诺书) of the person who acts.
func (s *Service) Undertake(ctx context.Context, sig PersonalSignature) (u Undertaking, err error) {
	_, err = s.Acts.Do(ctx, act.Call{Act: ActUndertake}, func(ctx context.Context, tx *act.Tx) error {
		actor := tx.Actor()
		text, err := s.undertakingFor(ctx, tx.Tx, actor)
		if err != nil {
			return err
		}
		if err := s.verifyPersonal(ctx, tx, text, sig); err != nil {
			return err
		}
		sum := sm3.Sum([]byte(text))
		u = Undertaking{ID: tx.NewID("und"), Org: actor.Org, Account: actor.Account, Name: actor.Name, Text: text, TextSM3: hex.EncodeToString(sum[:]),
			Key: sig.Key, Certificate: sig.Certificate, Signature: sig.Signature, Signed: tx.Now()}
		if months, _, err := tx.Law().Int(valueSecrecyMonths, tx.Day()); err == nil {
			u.Until = tx.Day().AddMonths(int(months))
		}
		if err := tx.Judge(ctx, map[string]string{"org": actor.Org}); err != nil {
			return err
		}
		return undertakings.put(ctx, tx, u)
	})
	return u, err
}

// verifyPersonal checks that the acting person, and nobody for them, signed the text.
func (s *Service) verifyPersonal(ctx context.Context, tx *act.Tx, text string, sig PersonalSignature) error {
	actor := tx.Actor()
	if sig.Key != "" {
		key, err := access.LoadKey(ctx, tx.Tx, sig.Key)
		if err != nil {
			return err
		}
		if key.Account != actor.Account || key.Closed {
			return errs.New(errs.Forbidden, "这个签名公钥不是您登记的, 请用本人的密钥签名")
		}
		return key.Verify([]byte(text), sig.Signature)
	}
	raw, err := base64.StdEncoding.DecodeString(sig.Signature)
	if err != nil {
		return spotted("signature", "签名须为 Base64, 请重新签名")
	}
	signer, err := s.anchor.VerifySigned([]byte(sig.Certificate), []byte(text), raw, tx.Now())
	if err != nil {
		return errs.New(errs.Forbidden, "%s", messageOf(err))
	}
	if signer.Name != actor.Name {
		return errs.New(errs.Forbidden, "签署人不是账号的实名持有人, 请由本人签署")
	}
	return nil
}

// Undertakings lists an organization's, to it and to those who decide and supervise.
func (s *Service) Undertakings(ctx context.Context, orgID string) (list []Undertaking, err error) {
	err = s.viewFile(ctx, orgID, func(tx *sqldb.Tx) error {
		list, err = undertakings.of(ctx, tx, orgID)
		return err
	})
	return list, err
}
