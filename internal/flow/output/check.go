package output

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"

	"yunei/internal/core/query"
	"yunei/internal/core/query/release"
	"yunei/internal/flow/lab"
)

// Caps of a release that one reviewer may pass.
const (
	maxRows = 10_000
	maxCols = 40
)

// Evidence is everything the checks may look at: the noised table and metadata, never raw data.
type evidence struct {
	run      lab.Run
	version  lab.Version
	model    *query.Model
	result   lab.Result
	stored   string // digest of the stored result
	approved bool   // the version's declaration is approved
	inForce  error  // whether the grant is in force
	charged  release.Rho
}

// examine runs the checks in their order and stops at the first that blocks: what comes after assumes what came before.
func examine(e evidence) []Check {
	var out []Check
	for _, c := range []func(evidence) Check{provenance, hygiene, schema, identifiers, standing, consistency, disclosure, purpose} {
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

func provenance(e evidence) Check {
	c := Check{No: 0, ID: "provenance", Title: "来源可溯", Source: "TRE 出域实践; 泉州一(二)"}
	switch {
	case e.run.State != lab.Done:
		return verdict(c, "任务没有完成, 没有可以出域的结果", "")
	case e.run.Hash != e.version.Hash || e.model.Hash() != e.version.Hash:
		return verdict(c, "运行的模型与审批的模型摘要不一致", "")
	case e.stored != e.run.Result:
		return verdict(c, "结果文件与任务记录的摘要不一致", "")
	case !e.approved:
		return verdict(c, "模型版本没有通过场景申报审批", "")
	}
	return verdict(c, "", fmt.Sprintf("模型 %s, 任务 %s, 结果 %s", e.run.Hash, e.run.ID, e.run.Result))
}

func hygiene(e evidence) Check {
	c := Check{No: 1, ID: "hygiene", Title: "文件规范", Source: fmt.Sprintf("默认上限 %d 行 %d 列", maxRows, maxCols)}
	t := e.result.Table
	if len(t.Rows) > maxRows || len(t.Columns) > maxCols {
		return verdict(c, fmt.Sprintf("%d 行 %d 列, 超过上限", len(t.Rows), len(t.Columns)), "")
	}
	for _, text := range texts(t) {
		if strings.ContainsAny(text.value[:min(1, len(text.value))], "=+@\t\r") {
			c.Places = append(c.Places, text.place)
		}
	}
	if len(c.Places) > 0 {
		return verdict(c, fmt.Sprintf("%d 处文本会被电子表格当作公式", len(c.Places)), "")
	}
	return verdict(c, "", fmt.Sprintf("%d 行 %d 列, 文件由平台重新生成, 不含公式和元数据", len(t.Rows), len(t.Columns)))
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
	return verdict(c, "", fmt.Sprintf("公布 %d 个单元格, 隐去 %d 个, 合计只计公布的", t.Shown, t.Hidden))
}

// disclosure recomputes the charge from the mechanism's own log and looks whether noise was really drawn.
func disclosure(e evidence) Check {
	c := Check{No: 14, ID: "disclosure", Title: "披露账扣减无误", Source: "累计披露账"}
	rho, err := e.result.Evidence.Plan.Recharge()
	switch {
	case err != nil:
		return verdict(c, "不能从加噪记录重算披露额度", "")
	case rho != e.charged:
		return verdict(c, fmt.Sprintf("加噪记录对应 %s, 账上扣减 %s", rho, e.charged), "")
	}
	if err := e.result.Evidence.CheckNoise(); err != nil {
		return verdict(c, "加噪抽验未通过, 请联系平台运营单位", "")
	}
	return verdict(c, "", fmt.Sprintf("扣减 %s, 显示门槛 %d, 加噪抽验通过", rho, e.result.Evidence.Threshold))
}

func purpose(e evidence) Check {
	c := Check{No: 18, ID: "purpose", Title: "用途与授权一致", Source: "泉州六(一)"}
	if e.inForce != nil {
		return verdict(c, e.inForce.Error(), "")
	}
	return verdict(c, "", "结果出自场景 "+e.run.Scenario+" 的有效授权")
}

type text struct{ place, value string }

// texts are the text cells of a table with their places.
func texts(t release.Table) []text {
	var out []text
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

var (
	idNumber = regexp.MustCompile(`(?:^|\D)(\d{17}[\dXx])(?:\D|$)`)
	mobile   = regexp.MustCompile(`(?:^|\D)(?:\+?86)?1[3-9]\d{9}(?:\D|$)`)
	card     = regexp.MustCompile(`(?:^|\D)(\d{16,19})(?:\D|$)`)
	uscc     = regexp.MustCompile(`(?:^|[^0-9A-Z])([159Y][1239]\d{6}[0-9A-HJ-NPQRTUWXY]{10})(?:[^0-9A-Z]|$)`)
	email    = regexp.MustCompile(`[\w.+-]+@[\w-]+\.[A-Za-z]{2,}`)
	token    = regexp.MustCompile(`[A-Za-z0-9+/_=-]{20,}`)
)

// identifier names the kind of identifier that a text looks like, or "". Digits that fail their checksum are not one.
func identifier(s string) string {
	if m := idNumber.FindStringSubmatch(s); m != nil && idCheck(m[1]) {
		return "身份证号"
	}
	if m := uscc.FindStringSubmatch(s); m != nil {
		return "统一社会信用代码"
	}
	if m := card.FindStringSubmatch(s); m != nil && luhn(m[1]) {
		return "银行卡号"
	}
	switch {
	case mobile.MatchString(s):
		return "手机号"
	case email.MatchString(s):
		return "邮箱"
	}
	for _, t := range token.FindAllString(s, -1) {
		if entropy(t) > 3.5 {
			return "散列或编码串"
		}
	}
	return ""
}

// idCheck is the mod 11-2 check of GB 11643.
func idCheck(s string) bool {
	weight := []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weight {
		sum += int(s[i]-'0') * w
	}
	return strings.ToUpper(s[17:]) == string("10X98765432"[sum%11])
}

func luhn(s string) bool {
	sum := 0
	for i := range len(s) {
		d := int(s[len(s)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

// entropy is in bits per character.
func entropy(s string) float64 {
	counts := map[rune]float64{}
	for _, r := range s {
		counts[r]++
	}
	var h float64
	for _, n := range counts {
		p := n / float64(len(s))
		h -= p * math.Log2(p)
	}
	return h
}
