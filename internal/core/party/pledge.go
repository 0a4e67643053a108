package party

import (
	"context"
	_ "embed"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/emmansun/gmsm/sm3"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
)

// pledgeText is the undertaking where no pack brings its own. 七(六): the operator drafts it and files it with the bureau.
//
//go:embed pledge.txt
var pledgeText string

// pledgePaper is the slug under which a pack may bring its own text.
const pledgePaper = PledgePaper

// Phone is what the legal representative sees after opening the admission code: whose pledge it is and the exact
// text that a signature on this page is a signature of.
type Phone struct {
	Organization   string    `json:"organization"`
	USCC           string    `json:"uscc"`
	Representative string    `json:"representative"`
	Text           string    `json:"text" doc:"The pledge. Its UTF-8 bytes are what is signed"`
	Code           CodeState `json:"code"`
}

// OpenPhone shows the page behind an admission code, or says why the code is dead.
func (s *Service) OpenPhone(ctx context.Context, code string) (Phone, error) {
	var p Phone
	err := s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		a, o, err := s.byCode(ctx, tx, code)
		if err != nil {
			return err
		}
		if err := a.usable(tx.Now()); err != nil {
			return s.withArticle(err, workday.DateOf(tx.Now()))
		}
		p = Phone{Organization: o.Name, USCC: o.USCC, Representative: o.Representative, Code: *a.Code}
		p.Text, err = s.pledgeFor(ctx, tx, o, a)
		return err
	})
	return p, err
}

// Pledge is the legal representative's act on the phone: the certificate says who signs, the signature is over the
// text of OpenPhone. It authenticates the organization and signs the pledge in one, and spends the code.
func (s *Service) Pledge(ctx context.Context, code, certificate string, signature []byte) (Admission, error) {
	var a Admission
	var o Organization
	err := s.Acts.View(ctx, func(tx *sqldb.Tx) (err error) {
		a, o, err = s.byCode(ctx, tx, code)
		return err
	})
	if err != nil {
		return Admission{}, err
	}
	// The representative has no account; the code is what lets them act, for this one organization.
	ctx = access.With(ctx, access.Actor{Account: "representative:" + o.ID, Name: o.Representative, Org: o.ID, Roles: []access.Role{access.Applicant}})
	_, err = s.Acts.Do(ctx, act.Call{Act: ActPledge}, func(ctx context.Context, tx *act.Tx) error {
		if a, o, err = s.byCode(ctx, tx.Tx, code); err != nil {
			return err
		}
		return s.pledge(ctx, tx, &a, o, certificate, signature)
	})
	return a, err
}

func (s *Service) pledge(ctx context.Context, tx *act.Tx, a *Admission, o Organization, certificate string, signature []byte) error {
	if err := a.usable(tx.Now()); err != nil {
		return s.withArticle(err, tx.Day())
	}
	text, err := s.pledgeFor(ctx, tx.Tx, o, *a)
	if err != nil {
		return err
	}
	signer, err := s.anchor.VerifySigned([]byte(certificate), []byte(text), signature, tx.Now())
	if err != nil {
		return errs.New(errs.Forbidden, "%s", messageOf(err))
	}
	if signer.Name != o.Representative || s.digest("person", normalNumber(signer.IDNumber)) != o.repDigest {
		return errs.New(errs.Forbidden, "签署人不是本单位登记的法定代表人或负责人, 请由本人扫码签署; 已经换人的请先办理信息变更")
	}
	sum := sm3.Sum([]byte(text))
	a.Code.Used = tx.Now()
	a.Pledge = &Pledge{Signer: signer.Name, Signed: tx.Now(), TextSM3: hex.EncodeToString(sum[:]), Certificate: certificate,
		Signature: hex.EncodeToString(signature)}
	if err := updateAdmission(ctx, tx.Tx, *a); err != nil {
		return err
	}
	if err := s.fileMatter(ctx, tx, a, o); err != nil {
		return err
	}
	if err := tx.Judge(ctx, map[string]string{"org": o.ID, "admission": a.ID}); err != nil {
		return err
	}
	return tx.Changed(ctx, "admission", a.ID, a.record())
}

func (s *Service) byCode(ctx context.Context, tx *sqldb.Tx, code string) (Admission, Organization, error) {
	a, err := admissionByCode(ctx, tx, s.digest("code", code))
	if err != nil {
		return a, Organization{}, err
	}
	o, err := Load(ctx, tx, a.Org)
	return a, o, err
}

// withArticle adds the regulation's own words to a refusal by time.
func (s *Service) withArticle(err error, day workday.Date) error {
	e, ok := err.(*errs.Error)
	if !ok || e.Code != errs.Unlawful {
		return err
	}
	if v, verr := s.Acts.Law().Value(valueCodeHours, day); verr == nil {
		e.Cites = append(e.Cites, v.Cite)
	}
	return e
}

// pledgeFor is the pledge of one application, on the text that was in force when it was made.
func (s *Service) pledgeFor(ctx context.Context, tx *sqldb.Tx, o Organization, a Admission) (string, error) {
	text, ok, err := TextAt(ctx, tx, s.Acts.Law(), pledgePaper, a.Applied)
	if !ok {
		text = pledgeText
	}
	return fmt.Sprintf("%s\n\n承诺单位: %s\n统一社会信用代码: %s\n法定代表人或负责人: %s\n入驻申请编号: %s\n",
		strings.TrimSpace(text), o.Name, o.USCC, o.Representative, a.ID), err
}
