package disclose

import (
	"fmt"

	"yunei/internal/base/errs"
)

// Code is a refusal of the ledgers.
type Code string

const (
	Exhausted          Code = "L101" // the budget does not cover the release
	Equal              Code = "L102" // an equal release exists or is under way
	Differencing       Code = "L103" // differencing against an exact release
	LinearAudit        Code = "L104" // exact releases together determine a small group
	TooManyRuns        Code = "L105" // runs per model and snapshot
	PrecisionExhausted Code = "L106" // a field would be told too precisely
)

type message struct{ zh, en, hint string }

var messages = map[Code]message{
	Exhausted:          {"累计披露已达上限，本次运行不予执行", "the cumulative disclosure limit is reached", "减少结果列或降低本次额度；仍不够的，向数据主管部门申请追加额度"},
	Equal:              {"相同的查询正在运行或已有结果", "an equal query is running or already answered", "直接取用已有结果，不再计额度"},
	Differencing:       {"与已发布的精确结果相减可推出少数主体", "the difference with an earlier exact release isolates few subjects", "改用与已发布结果相同的口径"},
	LinearAudit:        {"与已发布的精确结果合并可解出少数主体", "together with earlier exact releases a small group can be solved for", "合并分组后重新提交"},
	TooManyRuns:        {"该模型在本期数据上的运行次数已达上限", "the number of runs of this model on this snapshot is used up", "等待下一期数据，或取用已有结果"},
	PrecisionExhausted: {"对该数据项的回答已达精度上限", "the precision limit of this field is reached", "沿用已有的分档；确需更细的，由数据主管部门调整该数据项的可区分取值数"},
}

// Sentence is the refusal in Chinese and English and an allowed way on.
func (c Code) Sentence() (zh, en, hint string) {
	m := messages[c]
	return m.zh, m.en, m.hint
}

// refuse makes the error: one sentence with the details that depend on no data, the
// code and the hint in its spot.
func refuse(c Code, where, detail string) error {
	m := messages[c]
	if detail != "" {
		detail = "（" + detail + "）"
	}
	e := errs.New(errs.Forbidden, "%s", m.zh+detail+"。"+m.hint+"。")
	e.Spots = []errs.Spot{{Where: where, Code: string(c), Message: m.zh, En: m.en, Hint: m.hint}}
	return fmt.Errorf("disclosure ledger: %w", e)
}

// CodeOf is the ledger's code in an error, "" if there is none.
func CodeOf(err error) Code {
	e := asError(err)
	if e == nil {
		return ""
	}
	for _, s := range e.Spots {
		if _, ok := messages[Code(s.Code)]; ok {
			return Code(s.Code)
		}
	}
	return ""
}
