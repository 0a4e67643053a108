package party

import (
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/workday"
)

// ChangeState is where a filed change stands.
type ChangeState string

const (
	Filed    ChangeState = "filed"
	Accepted ChangeState = "accepted"
	Rejected ChangeState = "rejected"
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
	State     ChangeState  `json:"state" enum:"filed,accepted,rejected"`
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
