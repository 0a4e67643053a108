package party

import (
	"context"
	"sync"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/seal"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/matter"
)

// The acts of this package.
const (
	ActRegister     = "party.register"
	ActApply        = "party.apply"
	ActOpenQR       = "party.qr.open"
	ActPledge       = "party.pledge"
	ActAdmit        = "party.admit"
	ActRefuse       = "party.refuse"
	ActSuspend      = "party.suspend"
	ActLift         = "party.lift"
	ActEnd          = "party.end"
	ActChange       = "party.change"
	ActChangeDecide = "party.change.decide" // inside the matter that verifies it
	ActPlace        = "party.area.set"
)

// PermitKind is the kind of the permit an admission leaves.
const PermitKind = "admission"

// Values a pack sets.
const (
	valueCodeHours  = "admission.qr.valid"
	valueChangeDays = "party.change.within"
)

// Service does the acts of admission.
type Service struct {
	Acts    *act.Runner
	matters *matter.Service
	anchor  *seal.Anchor
	key     []byte // of the digests of identity numbers and admission codes

	mu    sync.Mutex
	swept workday.Date // the day whose gaps were looked for
}

// New defines the acts and registers the objects of this package.
func New(acts *act.Runner, keys *seal.Keys, matters *matter.Service) *Service {
	acts.Define(
		act.Def{Name: ActRegister, Roles: []access.Role{access.Applicant, access.Operator, access.Bureau, access.Platform}},
		act.Def{Name: ActApply, Roles: []access.Role{access.Applicant}},
		act.Def{Name: ActOpenQR, Roles: []access.Role{access.Applicant}},
		act.Def{Name: ActPledge, Roles: []access.Role{access.Applicant}},
		act.Def{Name: ActSuspend, Roles: []access.Role{access.Operator, access.Bureau}},
		act.Def{Name: ActLift, Roles: []access.Role{access.Operator, access.Bureau}},
		act.Def{Name: ActEnd, Roles: []access.Role{access.Operator, access.Bureau}},
		act.Def{Name: ActChange, Roles: members},
		act.Def{Name: ActPlace, Roles: []access.Role{access.Bureau, access.Platform}},
	)
	log := acts.Ledger()
	log.Register("organization", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
		o, err := Load(ctx, tx, id)
		return o.record(), err
	})
	log.Register("admission", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
		a, err := LoadAdmission(ctx, tx, id)
		return a.record(), err
	})
	log.Register("organization-change", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
		c, err := loadChange(ctx, tx, id)
		return c.record(), err
	})
	acts.Law().RegisterFact(append(Facts(acts.Law()), areaFacts(acts.Law())...)...)
	s := &Service{Acts: acts, matters: matters, anchor: keys.Anchor(), key: keys.Derive("party.digest")}
	s.defineAccounts(acts)
	s.defineQualifications(acts)
	s.defineListings(acts)
	s.defineRelations(acts)
	s.defineTraining(acts)
	s.defineUndertaking(acts)
	s.defineStaff(acts)
	s.defineSecurity(acts)
	s.defineTemplates(acts)
	s.defineExperts(acts)
	s.defineDesignations(acts)
	s.defineMatter()
	s.defineDeparture(acts)
	s.defineProviders(acts)
	return s
}

// The records are what the ledger's versions hold: everything stored, the keyed digests included.
type orgRecord struct {
	Organization
	RepDigest string `json:"rep_digest"`
}

type admissionRecord struct {
	Admission
	CodeDigest string `json:"code_digest"`
}

type changeRecord struct {
	Change
	RepDigest string `json:"rep_digest"`
}

func (o Organization) record() orgRecord    { return orgRecord{o, o.repDigest} }
func (a Admission) record() admissionRecord { return admissionRecord{a, a.codeDigest} }
func (c Change) record() changeRecord       { return changeRecord{c, c.repDigest} }

// Register puts an organization (单位) into the register. It is not admitted by that: Apply asks for admission.
func (s *Service) Register(ctx context.Context, r Registration) (Organization, error) {
	var o Organization
	_, err := s.Acts.Do(ctx, act.Call{Act: ActRegister}, func(ctx context.Context, tx *act.Tx) error {
		var err error
		o, err = s.RegisterTx(ctx, tx, r)
		return err
	})
	return o, err
}

// RegisterTx is Register inside another act, such as opening an applicant's account.
func (s *Service) RegisterTx(ctx context.Context, tx *act.Tx, r Registration) (Organization, error) {
	r, err := r.normal(tx.Day())
	if err != nil {
		return Organization{}, err
	}
	if err := checkIDNumber(normalNumber(r.RepresentativeID)); err != nil {
		return Organization{}, spotted("representative_id", "法定代表人的身份号码不正确, 请核对后重新填写")
	}
	area, err := placed(tx, r.Area)
	if err != nil {
		return Organization{}, err
	}
	o := Organization{
		ID: tx.NewID("org"), Name: r.Name, USCC: r.USCC, Kind: r.Kind, LegalForm: r.LegalForm, Roles: r.Roles, Area: area, Registered: r.Registered,
		InProvince: r.InProvince, DCMM: r.DCMM, Representative: r.Representative, Contact: r.Contact, Phone: r.Phone,
		Created: tx.Now(), repDigest: s.digest("person", normalNumber(r.RepresentativeID)),
	}
	o.LegalForm = o.form()
	if err := insertOrg(ctx, tx.Tx, o); err != nil {
		return o, err
	}
	if err := tx.JudgeAs(ctx, ActRegister, map[string]string{"org": o.ID}, nil); err != nil {
		return o, err
	}
	return o, tx.Changed(ctx, "organization", o.ID, o.record())
}

// Apply files the actor's organization for admission (申请入驻) by one of the two methods.
func (s *Service) Apply(ctx context.Context, method Method, docs []Document) (Admission, error) {
	var a Admission
	_, err := s.Acts.Do(ctx, act.Call{Act: ActApply}, func(ctx context.Context, tx *act.Tx) error {
		var err error
		a, err = s.ApplyTx(ctx, tx, method, docs)
		return err
	})
	return a, err
}

// ApplyTx is Apply inside the act that opens the matter.
func (s *Service) ApplyTx(ctx context.Context, tx *act.Tx, method Method, docs []Document) (Admission, error) {
	if method != QR && method != Paper {
		return Admission{}, spotted("method", "入驻方式应为 qr (扫码认证) 或 paper (纸质材料), 请重新选择")
	}
	if err := checkDocuments(docs); err != nil {
		return Admission{}, err
	}
	o, err := Load(ctx, tx.Tx, tx.Actor().Org)
	if err != nil {
		return Admission{}, errs.New(errs.NotFound, "您的账号还没有对应的单位, 请先注册单位再申请入驻")
	}
	if access.Valid(ctx, tx.Tx, o.Permit, tx.Day()) == nil {
		return Admission{}, errs.New(errs.Conflict, "本单位已经入驻, 无需再次申请")
	}
	a := Admission{ID: tx.NewID("adm"), Org: o.ID, Method: method, State: Applied, Documents: docs, Applied: tx.Now(), AppliedOn: tx.Day()}
	if err := insertAdmission(ctx, tx.Tx, a); err != nil {
		return a, err
	}
	if err := tx.JudgeAs(ctx, ActApply, map[string]string{"org": o.ID, "admission": a.ID}, nil); err != nil {
		return a, err
	}
	if a.Method == Paper {
		if err := s.fileMatter(ctx, tx, &a, o); err != nil {
			return a, err
		}
	}
	return a, tx.Changed(ctx, "admission", a.ID, a.record())
}

// OpenQR generates an admission code (入驻二维码) for the phone of the legal representative. An earlier unused code of
// the same application dies with it. The code is returned once and never stored.
func (s *Service) OpenQR(ctx context.Context, admissionID string) (code string, state CodeState, err error) {
	fresh := newAdmissionCode()
	_, err = s.Acts.Do(ctx, act.Call{Act: ActOpenQR}, func(ctx context.Context, tx *act.Tx) error {
		a, err := s.own(ctx, tx, admissionID)
		if err != nil {
			return err
		}
		switch {
		case a.Method != QR:
			return errs.New(errs.Conflict, "这件申请采用纸质材料认证, 不需要二维码; 如需扫码请重新申请")
		case a.State != Applied:
			return errs.New(errs.Conflict, "这件入驻申请已经办结, 请到平台查看结果")
		case a.Pledge != nil:
			return errs.New(errs.Conflict, "法定代表人已经完成认证, 无需再次生成二维码")
		}
		hours, _, err := tx.Law().Int(valueCodeHours, tx.Day())
		if err != nil {
			return err
		}
		a.Code = &CodeState{Generated: tx.Now(), Expires: tx.Now().Add(time.Duration(hours) * time.Hour)}
		a.codeDigest = s.digest("code", fresh)
		if err := updateAdmission(ctx, tx.Tx, a); err != nil {
			return err
		}
		if err := tx.Judge(ctx, map[string]string{"org": a.Org, "admission": a.ID}); err != nil {
			return err
		}
		state = *a.Code
		return tx.Changed(ctx, "admission", a.ID, a.record())
	})
	if err != nil {
		return "", CodeState{}, err
	}
	return fresh, state, nil
}

// own loads an admission of the actor's organization; another's is answered like one that does not exist.
func (s *Service) own(ctx context.Context, tx *act.Tx, id string) (Admission, error) {
	a, err := LoadAdmission(ctx, tx.Tx, id)
	if err == nil && a.Org != tx.Actor().Org {
		err = errs.New(errs.NotFound, "没有这件入驻申请, 请核对后重试")
	}
	return a, err
}

// AdmitTx admits the organization (核验通过, 完成入驻): it issues the permit all its later permits descend from. 二(二):
// 经平台运营单位核验通过后,数据使用单位即可完成入驻.
func (s *Service) AdmitTx(ctx context.Context, tx *act.Tx, admissionID string) (Organization, error) {
	a, err := LoadAdmission(ctx, tx.Tx, admissionID)
	if err != nil {
		return Organization{}, err
	}
	if a.State != Applied {
		return Organization{}, errs.New(errs.Conflict, "这件入驻申请已经办结, 请刷新查看结果")
	}
	if tx.Actor().Org == a.Org {
		return Organization{}, errs.New(errs.Forbidden, "不能办理本单位的入驻申请, 请由其他单位的人员核验")
	}
	if a.Method == QR && a.Pledge == nil {
		return Organization{}, errs.New(errs.Conflict, "法定代表人尚未扫码认证并签署承诺书, 请等待认证完成后再核验")
	}
	if err := tx.JudgeAs(ctx, ActAdmit, map[string]string{"org": a.Org, "admission": a.ID}, nil); err != nil {
		return Organization{}, err
	}
	o, err := Load(ctx, tx.Tx, a.Org)
	if err != nil {
		return o, err
	}
	permit, err := tx.Issue(ctx, access.Permit{
		Kind: PermitKind, Holder: o.ID, Object: o.ID, From: tx.Day(), Until: unlimited, Basis: a.ID,
	})
	if err != nil {
		return o, err
	}
	o.Permit = permit.ID
	if err := updateOrg(ctx, tx.Tx, o); err != nil {
		return o, err
	}
	if err := tx.Changed(ctx, "organization", o.ID, o.record()); err != nil {
		return o, err
	}
	if err := promote(ctx, tx, o); err != nil {
		return o, err
	}
	a.State, a.Decided = Admitted, tx.Now()
	if err := updateAdmission(ctx, tx.Tx, a); err != nil {
		return o, err
	}
	return o, tx.Changed(ctx, "admission", a.ID, a.record())
}

// unlimited ends a permit that the law gives no term.
const unlimited = workday.Date("9999-12-31")

// RefuseTx refuses an admission with a reason. The organization may apply again.
func (s *Service) RefuseTx(ctx context.Context, tx *act.Tx, admissionID, reason string) error {
	if reason == "" {
		return spotted("reason", "不予入驻须写明理由, 请补充后再提交")
	}
	a, err := LoadAdmission(ctx, tx.Tx, admissionID)
	if err != nil {
		return err
	}
	if a.State != Applied {
		return errs.New(errs.Conflict, "这件入驻申请已经办结, 请刷新查看结果")
	}
	a.State, a.Reason, a.Decided = Refused, reason, tx.Now()
	if err := updateAdmission(ctx, tx.Tx, a); err != nil {
		return err
	}
	return tx.Changed(ctx, "admission", a.ID, a.record())
}

// Suspend stops all data services of an organization at once (暂停数据服务), Lift restores exactly those, End ends its
// admission for good (终止入驻). 六(四): 将视情节对相关主体采取暂停数据服务、终止入驻等措施.
func (s *Service) Suspend(ctx context.Context, orgID, reason string) error {
	return s.sanction(ctx, ActSuspend, access.Suspended, orgID, reason)
}

// Lift ends a suspension.
func (s *Service) Lift(ctx context.Context, orgID, reason string) error {
	return s.sanction(ctx, ActLift, access.Active, orgID, reason)
}

// End ends an admission for good.
func (s *Service) End(ctx context.Context, orgID, reason string) error {
	return s.sanction(ctx, ActEnd, access.Revoked, orgID, reason)
}

func (s *Service) sanction(ctx context.Context, name, to, orgID, reason string) error {
	if reason == "" {
		return spotted("reason", "请写明理由后再提交")
	}
	_, err := s.Acts.Do(ctx, act.Call{Act: name}, func(ctx context.Context, tx *act.Tx) error {
		o, err := Load(ctx, tx.Tx, orgID)
		if err != nil {
			return err
		}
		if o.Permit == "" {
			return errs.New(errs.Conflict, "这个单位尚未入驻, 没有可以暂停、恢复或终止的许可")
		}
		if o.ID == tx.Actor().Org {
			return errs.New(errs.Forbidden, "不能办理本单位的事项, 请由其他单位的人员办理")
		}
		if err := reaches(ctx, tx.Tx, tx.Actor(), o.ID); err != nil {
			return err
		}
		if err := tx.Judge(ctx, map[string]string{"org": o.ID}); err != nil {
			return err
		}
		return tx.SetPermit(ctx, o.Permit, to)
	})
	return err
}
