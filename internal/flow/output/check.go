package output

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/core/query"
	"yunei/internal/core/query/disclose"
	"yunei/internal/core/query/release"
	"yunei/internal/flow/lab"
	"yunei/internal/flow/statistics"
)

// Evidence is everything the checks may look at: the noised table and metadata, never raw data.
type evidence struct {
	run      lab.Run
	version  lab.Version
	artifact string // hash of what the version holds, computed from its bytes
	model    *query.Model
	result   lab.Result
	stored   string // digest of the stored result
	signed   error  // whether the experts' signatures over the version verify
	inForce  error  // whether the grant is in force
	booked   disclose.Release

	rules  rules
	units  int64 // the public number of subjects, 0 when none is published
	usage  []lab.BudgetLine
	before *release.Table // of the run before of the same model
	exact  *exactEvidence // of an exact table; nil when the table is noised
	permit error          // whether the permit for exact figures is in force
	stated statistics.Permit
	ask    Ask

	sensitive map[string]bool // table.column
	ownData   bool            // all of it was supplied by the applicant
	past      []storedRelease
	checks    []Check
}

// checksOf are the checks in their order. The two modes do not mix: what looks at exact evidence never looks at a noised
// table, and noise is looked for where noise is due.
func checksOf(e evidence) []func(evidence) Check {
	if e.exact == nil {
		return []func(evidence) Check{provenance, hygiene, schema, identifiers, standing, figures, consistency, disclosure, population, anomaly, residual, purpose}
	}
	return []func(evidence) Check{provenance, hygiene, schema, identifiers, standing, minUnits, dominance, groups, extremes, figures, secondary, consistency,
		differencing, linear, unbounded, population, anomaly, residual, purpose}
}

// examine runs the checks in their order and stops at the first that blocks: what comes after assumes what came before.
func examine(e evidence) []Check {
	var out []Check
	for _, c := range checksOf(e) {
		found := c(e)
		out = append(out, found)
		if found.Outcome == Block {
			break
		}
	}
	return out
}

func verdict(c Check, problem string, fine string) Check {
	c.Outcome, c.Detail = Pass, fine
	if problem != "" {
		c.Outcome, c.Detail = Block, problem
	}
	return c
}

// warning lets a release go on, but not without two people who say why.
func warning(c Check, what string) Check {
	c.Outcome, c.Detail = Warn, what
	return c
}

func provenance(e evidence) Check {
	c := Check{No: 0, ID: "provenance", Title: "来源可溯", Source: "TRE 出域实践; 泉州一(二)"}
	switch {
	case e.run.State != lab.Done:
		return verdict(c, "任务没有完成, 没有可以出域的结果", "")
	case e.run.Hash != e.version.Hash || e.artifact != e.version.Hash:
		return verdict(c, "运行的模型与审批的模型摘要不一致", "")
	case e.stored != e.run.Result:
		return verdict(c, "结果文件与任务记录的摘要不一致", "")
	case e.signed != nil:
		return verdict(c, "模型版本没有通过审批, 或者专家对其摘要的签名无效", "")
	}
	return verdict(c, "", fmt.Sprintf("模型 %s, 任务 %s, 结果文件与其登记的摘要一致", e.run.Hash, e.run.ID))
}

func hygiene(e evidence) Check {
	c := Check{No: 1, ID: "hygiene", Title: "文件规范", Source: e.rules.source("output.rows")}
	t := e.result.Table
	for _, text := range texts(t) {
		if formula(text.value) {
			c.Places = append(c.Places, text.place)
		}
	}
	if len(c.Places) > 0 {
		return verdict(c, fmt.Sprintf("%d 处文本会被电子表格当作公式", len(c.Places)), "")
	}
	if int64(len(t.Rows)) > e.rules.rows || int64(len(t.Columns)) > e.rules.cols {
		return warning(c, fmt.Sprintf("%d 行 %d 列, 超过 %d 行 %d 列", len(t.Rows), len(t.Columns), e.rules.rows, e.rules.cols))
	}
	return verdict(c, "", fmt.Sprintf("%d 行 %d 列, 文件由平台重新生成, 不含公式和元数据", len(t.Rows), len(t.Columns)))
}

// formula reports whether a spreadsheet would take the text for a formula; a number below zero is none.
func formula(s string) bool {
	if s == "" {
		return false
	}
	if s[0] == '-' {
		return len(s) > 1 && (s[1] < '0' || s[1] > '9')
	}
	return strings.ContainsRune("=+@\t\r\n", rune(s[0]))
}

func schema(e evidence) Check {
	c := Check{No: 2, ID: "schema", Title: "结构与审批一致", Source: "审批的模型输出"}
	if len(e.result.Table.Columns) != len(e.model.Outputs) {
		return verdict(c, fmt.Sprintf("有 %d 列, 审批的是 %d 列", len(e.result.Table.Columns), len(e.model.Outputs)), "")
	}
	for i, col := range e.result.Table.Columns {
		o := e.model.Outputs[i]
		if col.Name != o.Name || col.Type != o.Type || col.Kind != o.Kind {
			return verdict(c, fmt.Sprintf("第 %d 列是 %s %s, 审批的是 %s %s", i+1, col.Name, col.Type, o.Name, o.Type), "")
		}
	}
	return verdict(c, "", fmt.Sprintf("%d 列的名称、类型和顺序与审批一致", len(e.model.Outputs)))
}

func identifiers(e evidence) Check {
	c := Check{No: 3, ID: "identifiers", Title: "不含标识符", Source: "GB 11643、GB 32100 校验与号码规则"}
	found := map[string]bool{}
	for _, text := range texts(e.result.Table) {
		if kind := identifier(text.value); kind != "" {
			c.Places = append(c.Places, text.place)
			found[kind] = true
		}
	}
	if len(c.Places) > 0 {
		var kinds []string
		for k := range found {
			kinds = append(kinds, k)
		}
		slices.Sort(kinds)
		return verdict(c, "疑似"+strings.Join(kinds, "、"), "")
	}
	return verdict(c, "", "文本单元格中没有证件号、电话、卡号、信用代码、邮箱或散列串")
}

func standing(e evidence) Check {
	c := Check{No: 4, ID: "class", Title: "各列可出域性", Source: "模型血缘分析"}
	for _, o := range e.model.Outputs {
		if o.Standing != query.AggDP && o.Standing != query.Public {
			c.Places = append(c.Places, o.Name)
		}
	}
	if len(c.Places) > 0 {
		return verdict(c, "有列不是加噪汇总或公开值", "")
	}
	if e.exact != nil {
		if refusal, ok := errors.AsType[*errs.Error](e.permit); ok {
			return verdict(c, "精确数字没有生效的许可: "+refusal.Msg, "")
		}
		return verdict(c, "", fmt.Sprintf("%d 列为精确汇总或公开分组, 依许可 %s (%s)", len(e.model.Outputs), e.stated.ID, e.stated.Ground))
	}
	return verdict(c, "", fmt.Sprintf("%d 列均为加噪汇总或公开分组", len(e.model.Outputs)))
}

// consistency recomputes every total from the cells that are shown: a total with a life of its own would tell what a
// hidden cell holds.
func consistency(e evidence) Check {
	c := Check{No: 11, ID: "consistency", Title: "合计与单元格一致", Source: "合计为已公布单元格之和"}
	t := e.result.Table
	for i, col := range t.Columns {
		if col.Kind != query.OutAgg {
			continue
		}
		var sum int64
		for _, row := range t.Rows {
			if f := row.Fields[i]; !f.Hidden && !f.Value.IsNull() {
				sum += f.Value.N
			}
		}
		if i >= len(t.Totals) || t.Totals[i].Value.N != sum {
			c.Places = append(c.Places, col.Name)
		}
	}
	if len(c.Places) > 0 {
		return verdict(c, "合计不等于已公布单元格之和", "")
	}
	if e.exact != nil {
		if place := e.unrounded(); place != "" {
			c.Places = []string{place}
			return verdict(c, fmt.Sprintf("计数不是 %d 的倍数", e.rules.base), "")
		}
		return verdict(c, "", fmt.Sprintf("公布 %d 个单元格, 隐去 %d 个, 计数都取 %d 的倍数, 合计为公布数之和", t.Shown, t.Hidden, e.rules.base))
	}
	return verdict(c, "", fmt.Sprintf("公布 %d 个单元格, 隐去 %d 个, 合计只计公布的", t.Shown, t.Hidden))
}

// disclosure recomputes the charge from the mechanism's own log and looks whether noise was really drawn.
func disclosure(e evidence) Check {
	c := Check{No: 14, ID: "disclosure", Title: "披露账扣减无误", Source: "累计披露账"}
	rho, err := e.result.Evidence.Plan.Recharge()
	switch {
	case e.booked.State != disclose.Spent || e.booked.Outcome != disclose.Released || e.booked.Digest != e.run.Result:
		return verdict(c, "披露账上没有与这份结果相符的发布记录", "")
	case err != nil:
		return verdict(c, "不能从加噪记录重算披露额度", "")
	case rho != e.booked.Rho:
		return verdict(c, fmt.Sprintf("加噪记录对应 %s, 账上扣减 %s", rho, e.booked.Rho), "")
	}
	if err := e.result.Evidence.CheckNoise(); err != nil {
		return verdict(c, "加噪抽验未通过, 请联系平台运营单位", "")
	}
	if e.run.Reused != "" {
		return verdict(c, "", fmt.Sprintf("与已发布的结果同一问题同一数据, 沿用其加噪结果, 不重复扣减 (原扣减 %s), 加噪抽验通过", rho))
	}
	return verdict(c, "", fmt.Sprintf("扣减 %s, 显示门槛 %d, 加噪抽验通过", rho, e.result.Evidence.Threshold))
}

// unbounded says in place of a charge what exact figures cost: no budget bounds them.
func unbounded(e evidence) Check {
	c := Check{No: 14, ID: "disclosure", Title: "披露账", Source: "累计披露账"}
	return verdict(c, "", fmt.Sprintf("精确结果不加噪, 不计入披露额度; 这类主体此前有 %d 份精确结果, 没有总的上界", len(e.exact.earlier)))
}

// unrounded is the first count that is no multiple of the base.
func (e *evidence) unrounded() string {
	for r, row := range e.result.Table.Rows {
		for i := range row.Fields {
			o := &e.model.Outputs[i]
			if o.Kind == query.OutAgg && e.model.Root.Aggs[o.Index].Func != query.AggSum && !row.Fields[i].Hidden && e.rules.base > 1 && row.Fields[i].Value.N%e.rules.base != 0 {
				return fmt.Sprintf("%d/%s", r+1, o.Name)
			}
		}
	}
	return ""
}

func purpose(e evidence) Check {
	c := Check{No: 18, ID: "purpose", Title: "用途与授权一致", Source: "泉州六(一)"}
	if refusal, ok := errors.AsType[*errs.Error](e.inForce); ok {
		return verdict(c, refusal.Msg, "")
	}
	if e.exact != nil && strings.TrimSpace(e.ask.Recipient) != strings.TrimSpace(e.stated.Recipient) {
		return verdict(c, fmt.Sprintf("接收方与精确统计许可写明的接收单位 (%s) 不一致", e.stated.Recipient), "")
	}
	return verdict(c, "", "结果出自场景 "+e.run.Scenario+" 的有效授权")
}

type text struct{ place, value string }

// texts are the names of a table's columns and its text cells, with their places.
func texts(t release.Table) []text {
	var out []text
	for _, c := range t.Columns {
		out = append(out, text{"列名/" + c.Name, c.Name})
	}
	for r, row := range t.Rows {
		for i := range row.Fields {
			f := &row.Fields[i]
			if f.Value.Kind == query.Text {
				out = append(out, text{fmt.Sprintf("%d/%s", r+1, t.Columns[i].Name), f.Value.S})
			}
			if f.Label != "" {
				out = append(out, text{fmt.Sprintf("%d/%s", r+1, t.Columns[i].Name), f.Label})
			}
		}
	}
	return out
}
