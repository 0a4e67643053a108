package watch

import (
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
)

// Complaint states.
const (
	ComplaintFiled     = "filed"
	ComplaintUpheld    = "upheld"    // 查实
	ComplaintRejected  = "rejected"  // 不成立
	ComplaintWithdrawn = "withdrawn" // 撤回
)

// Complaint (投诉) is about an operator, a provider or another body. It goes to whom the pack names for a body of that role, and the
// accused body neither handles nor closes it.
type Complaint struct {
	ID       string       `json:"id"`
	Number   string       `json:"number" doc:"受理编号"`
	Org      string       `json:"org,omitempty" doc:"The complainant's organization; empty: a person"`
	Account  string       `json:"account"`
	Accused  string       `json:"accused"`
	Role     access.Role  `json:"role" doc:"In which capacity the body is complained about"`
	Topic    string       `json:"topic" enum:"service,monopoly,fees,security,quality,other"`
	Text     string       `json:"text"`
	Evidence []string     `json:"evidence,omitempty"`
	To       access.Role  `json:"to" doc:"Who looks into it"`
	Due      workday.Date `json:"due,omitempty"`
	Explain  string       `json:"explain,omitempty"`
	State    string       `json:"state" enum:"filed,upheld,rejected,withdrawn"`
	Reply    string       `json:"reply,omitempty"`
	Proof    []string     `json:"proof,omitempty" doc:"What the verification found: digests of files, numbers of records"`
	By       string       `json:"by,omitempty" doc:"The body that answered"`
	Late     bool         `json:"late" doc:"Answered after the term"`
	Decided  *time.Time   `json:"decided,omitempty"`
	Opened   time.Time    `json:"opened"`
}

// Grievance is what a complainant writes.
type Grievance struct {
	Accused  string      `json:"accused" doc:"The organization complained about"`
	Role     access.Role `json:"role,omitempty" doc:"In which capacity; needed where the body has several"`
	Topic    string      `json:"topic" enum:"service,monopoly,fees,security,quality,other"`
	Text     string      `json:"text" minLength:"4" maxLength:"5000"`
	Evidence []string    `json:"evidence,omitempty" maxItems:"20"`
	To       access.Role `json:"to,omitempty" doc:"Which of the bodies that may receive it; the first where none is chosen"`
}

// answer settles a complaint with a reply to the complainant.
func (c Complaint) answer(upheld bool, reply string, proof []string, by string, day workday.Date, now time.Time) (Complaint, error) {
	reply = strings.TrimSpace(reply)
	switch {
	case c.State != ComplaintFiled:
		return c, errs.New(errs.Conflict, "这件投诉已经办结, 请刷新查看")
	case reply == "":
		return c, errs.New(errs.Invalid, "请填写给投诉人的答复后再提交")
	case upheld && len(proof) == 0:
		return c, errs.New(errs.Invalid, "查实的投诉须附核查依据, 请补充后再提交")
	}
	c.State, c.Reply, c.Proof, c.By, c.Decided = ComplaintRejected, reply, proof, by, &now
	if upheld {
		c.State = ComplaintUpheld
	}
	c.Late = !c.Due.IsZero() && day.After(c.Due)
	return c, nil
}

// withdraw takes a complaint back.
func (c Complaint) withdraw(now time.Time) (Complaint, error) {
	if c.State != ComplaintFiled {
		return c, errs.New(errs.Conflict, "这件投诉已经办结, 不能撤回")
	}
	c.State, c.Decided = ComplaintWithdrawn, &now
	return c, nil
}
