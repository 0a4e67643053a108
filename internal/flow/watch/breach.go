package watch

import (
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/workday"
)

// Kind of a breach; the regulation's list is open, hence Other.
type Kind string

const (
	Environment  Kind = "environment"  // 环保
	Safety       Kind = "safety"       // 安全
	Intellectual Kind = "intellectual" // 知识产权
	Trust        Kind = "trust"        // 其他失信
	Other        Kind = "other"        // 其他不良行为
)

// Record states.
const (
	Standing = "standing"
	Revoked  = "revoked"  // it was wrong
	Repaired = "repaired" // 信用修复: it was made good
)

// Breach is one record of a credit file.
type Breach struct {
	ID       string       `json:"id"`
	Org      string       `json:"org"`
	Kind     Kind         `json:"kind" enum:"environment,safety,intellectual,trust,other"`
	Day      workday.Date `json:"day" doc:"Day on which it happened"`
	What     string       `json:"what"`
	Evidence []string     `json:"evidence" doc:"Digests of the files that prove it, or the number of the decision"`
	State    string       `json:"state" enum:"standing,revoked,repaired"`
	Reason   string       `json:"reason,omitempty" doc:"Why it was revoked or repaired"`
	Account  string       `json:"account"`
	Recorded time.Time    `json:"recorded"`
	Revoked  time.Time    `json:"revoked,omitzero"`
}

func (b Breach) check(today workday.Date) error {
	var spots []errs.Spot
	fault := func(bad bool, where, message string) {
		if bad {
			spots = append(spots, errs.Spot{Where: where, Message: message})
		}
	}
	known := map[Kind]bool{Environment: true, Safety: true, Intellectual: true, Trust: true, Other: true}
	fault(!known[b.Kind], "kind", "行为类别不在列表中")
	fault(b.Day.IsZero() || b.Day.After(today), "day", "发生之日不能为空, 也不能晚于今天")
	fault(strings.TrimSpace(b.What) == "", "what", "请写明事实")
	fault(len(b.Evidence) == 0, "evidence", "请附证明材料或处罚决定文号")
	for _, e := range b.Evidence {
		fault(strings.TrimSpace(e) == "", "evidence", "证明材料不能为空")
	}
	if len(spots) > 0 {
		return &errs.Error{Code: errs.Invalid, Msg: "记录不完整, 请按提示补充后重新提交", Spots: spots}
	}
	return nil
}

// revoke withdraws a record that was wrong.
func (b Breach) revoke(reason string, now time.Time) (Breach, error) {
	switch {
	case strings.TrimSpace(reason) == "":
		return b, errs.New(errs.Invalid, "撤销记录须写明理由, 请补充后再提交")
	case b.State != Standing:
		return b, errs.New(errs.Conflict, "这条记录已经撤销或者修复, 无需再次办理")
	}
	b.State, b.Reason, b.Revoked = Revoked, strings.TrimSpace(reason), now
	return b, nil
}

// repair takes a record off because what it says was made good, with the decision that says so.
func (b Breach) repair(reason string, evidence []string, now time.Time) (Breach, error) {
	switch {
	case strings.TrimSpace(reason) == "" || len(evidence) == 0:
		return b, errs.New(errs.Invalid, "信用修复须写明理由并附修复决定或者证明, 请补充后再提交")
	case b.State != Standing:
		return b, errs.New(errs.Conflict, "这条记录已经撤销或者修复, 无需再次办理")
	}
	b.State, b.Reason, b.Revoked = Repaired, strings.TrimSpace(reason)+" ("+strings.Join(evidence, "、")+")", now
	return b, nil
}
