package watch

import (
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
)

// Result of an evaluation.
const (
	EvalPass = "pass" // 合格
	EvalFail = "fail" // 不合格
)

// Evaluation states.
const (
	EvalConcluded = "concluded" // 评估结论已作出, 待确认
	EvalConfirmed = "confirmed" // 已确认, 生效
	EvalRejected  = "rejected"  // 未予确认
)

// Evaluation (评估) is one judgment of how an organization used what it was given, in a year or another period. What it concludes
// counts once a second person of a public body has confirmed it, so that an outside assessor alone ends nobody's qualification.
type Evaluation struct {
	ID         string        `json:"id"`
	Org        string        `json:"org"`
	Permit     string        `json:"permit"`
	Kind       string        `json:"kind" doc:"Kind of the permit: admission, grant, authorization"`
	From       workday.Date  `json:"from"`
	Until      workday.Date  `json:"until" doc:"First day after the period"`
	Result     string        `json:"result" enum:"pass,fail"`
	Score      int           `json:"score,omitempty" doc:"Where the measures give points"`
	Reason     string        `json:"reason"`
	Measures   string        `json:"measures,omitempty" doc:"The evaluation measures (评价办法) it follows, with their version"`
	Evidence   []string      `json:"evidence,omitempty" doc:"Digests of the files it rests on"`
	Indicators Indicators    `json:"indicators" doc:"What the platform itself knows; filled in, not typed"`
	Evaluator  string        `json:"evaluator" doc:"The body that evaluated"`
	Roles      []access.Role `json:"roles"`
	Account    string        `json:"account"`
	Day        workday.Date  `json:"day"`
	State      string        `json:"state" enum:"concluded,confirmed,rejected"`
	Opinion    string        `json:"opinion,omitempty"`
	Confirmed  *time.Time    `json:"confirmed,omitempty"`
	Exit       string        `json:"exit,omitempty" doc:"The exit that followed from a failure"`
	Opened     time.Time     `json:"opened"`
}

// Indicators are facts of the period that the platform counted itself.
type Indicators struct {
	Figures
	Breaches   int `json:"breaches" doc:"违法失信记录"`
	Orders     int `json:"orders" doc:"整改和处置决定"`
	Overdue    int `json:"overdue_reports" doc:"逾期或者逾期后才报送的报告"`
	Complaints int `json:"complaints" doc:"查实的投诉"`
}

// Finding is what an evaluator concludes.
type Finding struct {
	Org      string       `json:"org,omitempty" doc:"The organization; its admission is evaluated"`
	Permit   string       `json:"permit,omitempty" doc:"Or one grant or authorization"`
	From     workday.Date `json:"from"`
	Until    workday.Date `json:"until"`
	Result   string       `json:"result" enum:"pass,fail"`
	Score    int          `json:"score,omitempty" minimum:"0" maximum:"1000"`
	Reason   string       `json:"reason" minLength:"2" maxLength:"5000"`
	Measures string       `json:"measures,omitempty" maxLength:"200"`
	Evidence []string     `json:"evidence,omitempty" maxItems:"20"`
}

func (f Finding) check(today workday.Date) error {
	var spots []errs.Spot
	fault := func(bad bool, where, message string) {
		if bad {
			spots = append(spots, errs.Spot{Where: where, Message: message})
		}
	}
	fault(f.Org == "" && f.Permit == "", "org", "请选择被评估的单位或者授权")
	fault(f.Result != EvalPass && f.Result != EvalFail, "result", "评估结论应为合格或者不合格")
	fault(strings.TrimSpace(f.Reason) == "", "reason", "请写明评估理由")
	fault(f.From.IsZero() || !f.From.Before(f.Until) || f.From.After(today), "from", "请填写评估期, 起始日须早于截止日, 且不晚于今天")
	if len(spots) > 0 {
		return &errs.Error{Code: errs.Invalid, Msg: "评估填写不完整, 请按提示补充后重新提交", Spots: spots}
	}
	return nil
}

// confirm makes a conclusion count, or not. Who concluded does not confirm.
func (e Evaluation) confirm(agree bool, opinion, account string, now time.Time) (Evaluation, error) {
	opinion = strings.TrimSpace(opinion)
	switch {
	case e.State != EvalConcluded:
		return e, errs.New(errs.Conflict, "这次评估已经确认完毕, 请刷新查看")
	case e.Account == account:
		return e, errs.New(errs.Forbidden, "评估结论须由没有作出结论的另一人确认, 请转由同事办理")
	case !agree && opinion == "":
		return e, errs.New(errs.Invalid, "不予确认须写明理由, 请补充后再提交")
	}
	e.State, e.Opinion, e.Confirmed = EvalRejected, opinion, &now
	if agree {
		e.State = EvalConfirmed
	}
	return e, nil
}
