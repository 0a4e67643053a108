package party

import (
	"context"
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/workday"
	"yunei/internal/core/act"
	"yunei/internal/core/matter"
)

// ChangeState is where a filed change stands.
type ChangeState string

const (
	Filed    ChangeState = "filed"
	Accepted ChangeState = "accepted"
	Rejected ChangeState = "rejected"
	Dropped  ChangeState = "withdrawn"
)

// ChangeSet names what changed; an empty member did not.
type ChangeSet struct {
	Name             string `json:"name,omitempty"`
	Representative   string `json:"representative,omitempty"`
	RepresentativeID string `json:"representative_id,omitempty" doc:"Identity number of the new representative; kept only as a keyed digest"`
	Contact          string `json:"contact,omitempty"`
	Phone            string `json:"phone,omitempty"`
}

// Change (注册信息变更) is what an organization reports about itself. 二(三): 应当在变动情况发生之日起3个工作日内,在开发服务平台
// 提交注册信息变更申请. A late one is taken and marked late: refusing it would leave the register wrong as well.
type Change struct {
	ID        string       `json:"id"`
	Org       string       `json:"org"`
	Happened  workday.Date `json:"happened" doc:"Day on which the change took place"`
	FiledOn   workday.Date `json:"filed_on"`
	Due       workday.Date `json:"due"`
	Late      bool         `json:"late"`
	Set       ChangeSet    `json:"set"`
	State     ChangeState  `json:"state" enum:"filed,accepted,rejected,withdrawn"`
	Reason    string       `json:"reason,omitempty"`
	Filed     time.Time    `json:"filed"`
	Decided   time.Time    `json:"decided,omitzero"`
	repDigest string
}

func (s ChangeSet) check() (ChangeSet, error) {
	s.Name, s.Representative, s.Contact = strings.TrimSpace(s.Name), strings.TrimSpace(s.Representative), strings.TrimSpace(s.Contact)
	s.Phone, s.RepresentativeID = strings.TrimSpace(s.Phone), normalNumber(s.RepresentativeID)
	switch {
	case s == ChangeSet{}:
		return s, errs.New(errs.Invalid, "没有写明变更内容, 请至少填写一项")
	case (s.Representative == "") != (s.RepresentativeID == ""):
		return s, spotted("representative", "变更法定代表人须同时填写姓名和身份号码")
	case s.Name != "" && !between(s.Name, 2, 120):
		return s, spotted("name", "单位名称应为 2 至 120 个字")
	}
	return s, nil
}

// apply gives the organization as it is after the change.
func (c Change) apply(o Organization) Organization {
	pick := func(to *string, from string) {
		if from != "" {
			*to = from
		}
	}
	pick(&o.Name, c.Set.Name)
	pick(&o.Representative, c.Set.Representative)
	pick(&o.repDigest, c.repDigest)
	pick(&o.Contact, c.Set.Contact)
	pick(&o.Phone, c.Set.Phone)
	return o
}

// words are the change as its file shows it to whoever verifies.
func (s ChangeSet) words() string {
	var lines []string
	line := func(title, value string) {
		if value != "" {
			lines = append(lines, title+": "+value)
		}
	}
	line("单位名称", s.Name)
	line("法定代表人或负责人", s.Representative)
	line("联系人", s.Contact)
	line("联系电话", s.Phone)
	return strings.Join(lines, "\n")
}

// FileChange files a change of registration, head or contact (注册信息变更) of the actor's organization. Who verifies it is
// the pack's procedure of the kind party.change.
func (s *Service) FileChange(ctx context.Context, happened workday.Date, set ChangeSet, docs []matter.Document) (Change, error) {
	var c Change
	_, err := s.Acts.Do(ctx, act.Call{Act: ActChange}, func(ctx context.Context, tx *act.Tx) error {
		clean, err := set.check()
		if err != nil {
			return err
		}
		if happened.IsZero() || happened.After(tx.Day()) {
			return spotted("happened", "变动情况发生之日不能为空, 也不能晚于今天")
		}
		o, err := Load(ctx, tx.Tx, tx.Actor().Org)
		if err != nil {
			return err
		}
		days, cite, err := tx.Law().Int(valueChangeDays, tx.Day())
		if err != nil {
			return err
		}
		deadline := tx.Law().Deadline(cite, happened, int(days), true)
		c = Change{ID: tx.NewID("chg"), Org: o.ID, Happened: happened, FiledOn: tx.Day(), Due: deadline.Due,
			Late: deadline.Missed(tx.Day()), State: Filed, Filed: tx.Now()}
		if clean.RepresentativeID != "" {
			if err := checkIDNumber(clean.RepresentativeID); err != nil {
				return spotted("representative_id", "法定代表人的身份号码不正确, 请核对后重新填写")
			}
			c.repDigest, clean.RepresentativeID = s.digest("person", clean.RepresentativeID), ""
		}
		c.Set = clean
		if err := insertChange(ctx, tx.Tx, c); err != nil {
			return err
		}
		if err := tx.Judge(ctx, map[string]string{"org": o.ID, "change": c.ID}); err != nil {
			return err
		}
		papers := append([]matter.Document{{Kind: "change", Title: "变更内容", Text: c.Set.words()}}, docs...)
		if _, err := s.matters.SubmitTx(ctx, tx, matter.Application{Kind: KindChange, Title: o.Name, Applicant: o.ID, Subject: c.ID, Documents: papers}); err != nil {
			return err
		}
		return tx.Changed(ctx, "organization-change", c.ID, c.record())
	})
	return c, err
}

// endChange follows the end of the matter: what was verified stands in the register from now on.
func (s *Service) endChange(ctx context.Context, tx *act.Tx, m *matter.Matter) error {
	c, err := loadChange(ctx, tx.Tx, m.Subject)
	if err != nil {
		return err
	}
	c.Reason, c.Decided = m.LastReason(), tx.Now()
	switch m.State {
	case matter.Passed:
		c.State = Accepted
		if err := s.applyChange(ctx, tx, c); err != nil {
			return err
		}
	case matter.Withdrawn:
		c.State = Dropped
	default:
		c.State = Rejected
	}
	if err := updateChange(ctx, tx.Tx, c); err != nil {
		return err
	}
	return tx.Changed(ctx, "organization-change", c.ID, c.record())
}

func (s *Service) applyChange(ctx context.Context, tx *act.Tx, c Change) error {
	if err := tx.JudgeAs(ctx, ActChangeDecide, map[string]string{"org": c.Org, "change": c.ID}, nil); err != nil {
		return err
	}
	o, err := Load(ctx, tx.Tx, c.Org)
	if err != nil {
		return err
	}
	o = c.apply(o)
	if err := updateOrg(ctx, tx.Tx, o); err != nil {
		return err
	}
	return tx.Changed(ctx, "organization", o.ID, o.record())
}
