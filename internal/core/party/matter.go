package party

import (
	"context"

	"yunei/internal/core/act"
	"yunei/internal/core/matter"
)

// The kinds of matter of this package.
const (
	KindAdmission = "party.admission" // 入驻核验
	KindChange    = "party.change"    // 注册信息变更核验
	KindExit      = "party.exit"      // 自愿退出
	KindProvider  = "party.provider"  // 第三方服务商评定
)

func (s *Service) defineMatter() {
	s.matters.Define(matter.Kind{
		Name:    KindAdmission,
		Objects: func(m *matter.Matter) map[string]string { return map[string]string{"admission": m.Subject} },
		Ended: func(ctx context.Context, tx *act.Tx, m *matter.Matter) error {
			if m.State == matter.Passed {
				_, err := s.AdmitTx(ctx, tx, m.Subject)
				return err
			}
			return s.RefuseTx(ctx, tx, m.Subject, m.LastReason())
		},
	})
	s.matters.Define(matter.Kind{
		Name:    KindChange,
		Objects: func(m *matter.Matter) map[string]string { return map[string]string{"change": m.Subject} },
		Ended:   s.endChange,
	})
}

// fileMatter opens the operator's review: at once for paper, after the pledge for the code.
func (s *Service) fileMatter(ctx context.Context, tx *act.Tx, a *Admission, o Organization) error {
	_, err := s.matters.SubmitTx(ctx, tx, matter.Application{
		Kind: KindAdmission, Title: o.Name, Applicant: o.ID, Subject: a.ID, Documents: a.materials(),
	})
	return err
}

// materials are the papers of an application as the file of the matter shows them.
func (a *Admission) materials() []matter.Document {
	docs := make([]matter.Document, 0, len(a.Documents)+1)
	for _, d := range a.Documents {
		docs = append(docs, matter.Document{Kind: d.Kind, Title: paperTitles[d.Kind], Digest: d.Blob})
	}
	if a.Pledge != nil {
		docs = append(docs, matter.Document{Kind: PledgePaper, Title: "入驻承诺书", Text: "由 " + a.Pledge.Signer + " 电子签署"})
	}
	return docs
}
