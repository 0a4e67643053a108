package statistics

import (
	"slices"
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/workday"
)

// States of a permit.
const (
	Applied   = "applied"
	Permitted = "permitted"
	Refused   = "refused"
	Withdrawn = "withdrawn"
	Ended     = "ended"
)

// KindPermit is the matter that decides on a permit, and PermitExact the core/access permit it issues.
const (
	KindPermit  = "statistics.permit"
	PermitExact = "statistics"
)

// Permit (精确统计许可) lets an organization have exact figures of some resources in one scenario.
type Permit struct {
	ID       string `json:"id"`
	Org      string `json:"org"`
	Scenario string `json:"scenario"`
	Title    string `json:"title"`
	Ask
	State   string       `json:"state" enum:"applied,permitted,refused,withdrawn,ended"`
	Matter  string       `json:"matter"`
	From    workday.Date `json:"from,omitzero"`
	Permits []string     `json:"permits,omitempty" doc:"One permit for each resource, once decided"`
	Reason  string       `json:"reason,omitempty" doc:"Why it ended"`
	Opened  time.Time    `json:"opened"`
}

// Ask is what the applicant fills in, and what is decided on word for word.
type Ask struct {
	Resources []string     `json:"resources" minItems:"1" maxItems:"20"`
	Ground    string       `json:"ground" minLength:"4" maxLength:"500" doc:"法定依据: the law or the approved survey scheme that asks for exact figures"`
	Purpose   string       `json:"purpose" minLength:"4" maxLength:"500"`
	Recipient string       `json:"recipient" minLength:"2" maxLength:"200" doc:"Who gets the figures"`
	Until     workday.Date `json:"until" doc:"First day on which it holds no more"`
}

func (a Ask) check(today workday.Date) error {
	e := errs.New(errs.Invalid, "精确统计许可申请填写不完整, 请按所列各处补充")
	spot := func(where, msg string) { e.Spots = append(e.Spots, errs.Spot{Where: "body." + where, Message: msg}) }
	for _, f := range []struct{ where, text string }{{"ground", a.Ground}, {"purpose", a.Purpose}, {"recipient", a.Recipient}} {
		if strings.TrimSpace(f.text) == "" {
			spot(f.where, "不能为空")
		}
	}
	if len(a.Resources) == 0 {
		spot("resources", "请至少选择一项数据资源")
	}
	for i, r := range a.Resources {
		if slices.Contains(a.Resources[:i], r) {
			spot("resources", "同一项数据资源选了两次")
		}
	}
	if a.Until.IsZero() || !today.Before(a.Until) {
		spot("until", "期限须在今天之后")
	}
	if len(e.Spots) > 0 {
		return e
	}
	return nil
}

// covers reports whether every resource is in the permit.
func (p Permit) covers(resources []string) bool {
	for _, r := range resources {
		if !slices.Contains(p.Resources, r) {
			return false
		}
	}
	return true
}

// NoPermit is the refusal of exact mode where no permit covers it.
func NoPermit() error {
	e := errs.New(errs.Forbidden, "没有生效的精确统计许可, 只提供加噪结果; 确需精确数字的, 请先申请精确统计许可")
	e.Spots = []errs.Spot{{Where: "mode", Code: "E101", Message: "没有生效的精确统计许可", En: "no permit for official statistics is in force", Hint: "申请精确统计许可, 或者按加噪方式运行"}}
	return e
}
