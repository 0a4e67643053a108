package party

import (
	"context"
	"slices"
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
)

// Acts on qualifications.
const (
	ActQualify         = "party.qualification.file"
	ActQualifyVerify   = "party.qualification.verify"
	ActRecognize       = "party.qualification.recognize"
	ActQualifyWithdraw = "party.qualification.revoke"
)

// QualificationKind says what a qualification (资质) is about.
type QualificationKind string

const (
	DCMM         QualificationKind = "dcmm"                    // 数据管理能力成熟度
	DSMM         QualificationKind = "dsmm"                    // 数据安全能力成熟度
	DataElements QualificationKind = "data-element-enterprise" // 数据要素型企业
	License      QualificationKind = "license"                 // 行业许可
	OtherPaper   QualificationKind = "other"
)

var qualificationKinds = []QualificationKind{DCMM, DSMM, DataElements, License, OtherPaper}

// States of a qualification.
const (
	QualificationFiled    = "filed"
	QualificationVerified = "verified"
	QualificationRejected = "rejected"
	QualificationRevoked  = "revoked"
)

// Qualification (资质) is what an organization can show of itself. It counts from the day somebody verified it, on the days
// it is valid; filed alone it counts for nothing.
type Qualification struct {
	ID         string            `json:"id"`
	Org        string            `json:"org"`
	Kind       QualificationKind `json:"kind" enum:"dcmm,dsmm,data-element-enterprise,license,other"`
	Title      string            `json:"title,omitempty"`
	Level      int               `json:"level,omitempty" doc:"1 to 5, for dcmm and dsmm"`
	Number     string            `json:"number"`
	Issuer     string            `json:"issuer"`
	Recognizer access.Role       `json:"recognizer,omitempty" doc:"Capacity of the body that recognized it here; absent for a paper from elsewhere"`
	From       workday.Date      `json:"from"`
	Until      workday.Date      `json:"until,omitempty" doc:"Last valid day; absent without an end"`
	Paper      string            `json:"paper,omitempty" doc:"Digest of the uploaded certificate"`
	State      string            `json:"state" enum:"filed,verified,rejected,revoked"`
	Reason     string            `json:"reason,omitempty"`
	Filed      time.Time         `json:"filed"`
	Decided    time.Time         `json:"decided,omitzero"`
	Verifier   string            `json:"verifier,omitempty" doc:"Account that verified"`
}

func (q Qualification) tab() tab { return tab{ID: q.ID, Org: q.Org, State: q.State} }

// ValidOn reports whether the qualification counts on a day.
func (q Qualification) ValidOn(day workday.Date) bool {
	return q.State == QualificationVerified && q.From <= day && (q.Until == "" || day <= q.Until)
}

var qualifications = shelf[Qualification]{"qualification", "qualification", "没有这项资质, 请核对后重试"}

// Certificate is a qualification as it is filed or recognized.
type Certificate struct {
	Kind   QualificationKind `json:"kind" enum:"dcmm,dsmm,data-element-enterprise,license,other"`
	Title  string            `json:"title,omitempty" maxLength:"120" doc:"For license and other: what it is"`
	Level  int               `json:"level,omitempty" minimum:"0" maximum:"5"`
	Number string            `json:"number" minLength:"2" maxLength:"120"`
	Issuer string            `json:"issuer" minLength:"2" maxLength:"120"`
	From   workday.Date      `json:"from"`
	Until  workday.Date      `json:"until,omitempty"`
	Paper  string            `json:"paper,omitempty" maxLength:"200" doc:"Digest of the uploaded certificate"`
}

func (c Certificate) check() (Qualification, error) {
	q := Qualification{Kind: c.Kind, Title: strings.TrimSpace(c.Title), Level: c.Level, Number: strings.TrimSpace(c.Number),
		Issuer: strings.TrimSpace(c.Issuer), From: c.From, Until: c.Until, Paper: c.Paper}
	graded := q.Kind == DCMM || q.Kind == DSMM
	switch {
	case !slices.Contains(qualificationKinds, q.Kind):
		return q, spotted("kind", "资质种类不在列表中, 请重新选择")
	case graded && (q.Level < 1 || q.Level > 5):
		return q, spotted("level", "请填写证书上的等级 (一至五级)")
	case !graded && q.Level != 0:
		return q, spotted("level", "只有 DCMM 和 DSMM 有等级, 请留空")
	case (q.Kind == License || q.Kind == OtherPaper) && q.Title == "":
		return q, spotted("title", "请写明是什么资质")
	case !between(q.Number, 2, 120):
		return q, spotted("number", "请填写证书编号或文号")
	case !between(q.Issuer, 2, 120):
		return q, spotted("issuer", "请填写发证或认定单位")
	case !q.From.Valid():
		return q, spotted("from", "请填写生效日, 写成 2006-01-02 的形式")
	case q.Until != "" && (!q.Until.Valid() || q.Until < q.From):
		return q, spotted("until", "有效期的最后一日不能早于生效日; 长期有效的请留空")
	}
	return q, nil
}

func (s *Service) defineQualifications(acts *act.Runner) {
	acts.Define(
		act.Def{Name: ActQualify, Roles: members},
		act.Def{Name: ActQualifyVerify, Roles: []access.Role{access.Operator, access.Bureau, access.Department}},
		act.Def{Name: ActRecognize, Roles: []access.Role{access.Bureau, access.Local, access.Upper}},
		act.Def{Name: ActQualifyWithdraw, Roles: []access.Role{access.Operator, access.Bureau, access.Department, access.Local, access.Upper}},
	)
	qualifications.register(acts)
}

// members are the roles in which somebody acts for an organization that takes part or wants to.
var members = []access.Role{access.Applicant, access.DataUser, access.Provider, access.Authorized, access.Holder, access.Assessor, access.Department,
	access.Operator, access.Buyer}

// Qualify files a qualification of the actor's organization (申报资质).
func (s *Service) Qualify(ctx context.Context, c Certificate) (Qualification, error) {
	q, err := c.check()
	if err != nil {
		return q, err
	}
	if q.Paper == "" {
		return q, spotted("paper", "请上传证书的扫描件")
	}
	_, err = s.Acts.Do(ctx, act.Call{Act: ActQualify}, func(ctx context.Context, tx *act.Tx) error {
		o, err := Load(ctx, tx.Tx, tx.Actor().Org)
		if err != nil {
			return err
		}
		q.ID, q.Org, q.State, q.Filed = tx.NewID("qua"), o.ID, QualificationFiled, tx.Now()
		if err := qualifications.put(ctx, tx, q); err != nil {
			return err
		}
		return tx.Judge(ctx, map[string]string{"org": o.ID})
	})
	return q, err
}

// VerifyQualification says whether a filed qualification is what it claims to be (核验资质).
func (s *Service) VerifyQualification(ctx context.Context, id string, accept bool, reason string) (Qualification, error) {
	return s.onQualification(ctx, ActQualifyVerify, id, reason, func(q *Qualification) error {
		if q.State != QualificationFiled {
			return errs.New(errs.Conflict, "这项资质已经核验, 请刷新查看结果")
		}
		q.State = QualificationRejected
		if accept {
			q.State = QualificationVerified
		}
		return nil
	})
}

// RevokeQualification ends a qualification before its time, such as a certificate that was withdrawn (资质失效).
func (s *Service) RevokeQualification(ctx context.Context, id, reason string) (Qualification, error) {
	return s.onQualification(ctx, ActQualifyWithdraw, id, reason, func(q *Qualification) error {
		if q.State != QualificationVerified {
			return errs.New(errs.Conflict, "这项资质现在不是有效状态, 请刷新查看")
		}
		q.State = QualificationRevoked
		return nil
	})
}

func (s *Service) onQualification(ctx context.Context, name, id, reason string, change func(*Qualification) error) (q Qualification, err error) {
	if reason = strings.TrimSpace(reason); reason == "" {
		return q, spotted("reason", "请写明核验的依据或理由, 再提交")
	}
	_, err = s.Acts.Do(ctx, act.Call{Act: name}, func(ctx context.Context, tx *act.Tx) error {
		if q, err = qualifications.load(ctx, tx.Tx, id); err != nil {
			return err
		}
		if err := foreign(ctx, tx, q.Org); err != nil {
			return err
		}
		if err := change(&q); err != nil {
			return err
		}
		q.Reason, q.Decided, q.Verifier = reason, tx.Now(), tx.Actor().Account
		if err := tx.Judge(ctx, map[string]string{"org": q.Org}); err != nil {
			return err
		}
		return qualifications.put(ctx, tx, q)
	})
	return q, err
}

// Recognize records that the acting bureau itself recognizes an organization (认定), such as 数据要素型企业: of such a
// qualification it is known at which level of government it was given.
func (s *Service) Recognize(ctx context.Context, orgID string, c Certificate) (Qualification, error) {
	q, err := c.check()
	if err != nil {
		return q, err
	}
	_, err = s.Acts.Do(ctx, act.Call{Act: ActRecognize}, func(ctx context.Context, tx *act.Tx) error {
		o, err := Load(ctx, tx.Tx, orgID)
		if err != nil {
			return err
		}
		if err := foreign(ctx, tx, o.ID); err != nil {
			return err
		}
		q.ID, q.Org, q.State, q.Filed, q.Decided, q.Verifier = tx.NewID("qua"), o.ID, QualificationVerified, tx.Now(), tx.Now(), tx.Actor().Account
		for _, r := range []access.Role{access.Bureau, access.Local, access.Upper} {
			if q.Recognizer == "" && tx.Actor().Has(r) {
				q.Recognizer = r
			}
		}
		if err := qualifications.put(ctx, tx, q); err != nil {
			return err
		}
		return tx.Judge(ctx, map[string]string{"org": o.ID})
	})
	return q, err
}

// foreign refuses what somebody decides about their own organization.
func foreign(ctx context.Context, tx *act.Tx, org string) error {
	if org == tx.Actor().Org {
		return errs.New(errs.Forbidden, "不能办理本单位的事项, 请由其他单位的人员办理")
	}
	return reaches(ctx, tx.Tx, tx.Actor(), org)
}

// Qualifications lists those of an organization, to it and to those who decide and supervise.
func (s *Service) Qualifications(ctx context.Context, orgID string) (list []Qualification, err error) {
	err = s.viewFile(ctx, orgID, func(tx *sqldb.Tx) error {
		list, err = qualifications.of(ctx, tx, orgID)
		return err
	})
	return list, err
}

// PendingQualifications lists what waits for verification.
func (s *Service) PendingQualifications(ctx context.Context, before string, limit int) (list []Qualification, err error) {
	if !decides(access.From(ctx)) {
		return nil, errs.New(errs.Forbidden, "待核验的资质由平台运营单位和主管部门查看")
	}
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		list, err = qualifications.page(ctx, tx, QualificationFiled, before, limit)
		return err
	})
	return list, err
}
