package output

import (
	"fmt"
	"strings"

	"yunei/internal/core/query"
	"yunei/internal/core/query/audit"
)

// The checks on exact evidence. They are never run on a noised table: a veto that depends on data is itself an answer, which
// the noise would not cover.

// cellNames are the keys of cells as people read them, at most twenty.
func (e *evidence) cellNames(cells []int) []string {
	var out []string
	for _, c := range cells[:min(len(cells), 20)] {
		var parts []string
		for _, v := range e.model.Cell(c) {
			text := v.Text()
			if v.IsNull() {
				text = "(空)"
			}
			parts = append(parts, text)
		}
		out = append(out, strings.Join(parts, "/"))
	}
	return out
}

func minUnits(e evidence) Check {
	c := Check{No: 5, ID: "units", Title: "最小主体数", Source: e.rules.source("units")}
	few, share := 0, map[int]bool{}
	for _, f := range e.exact.primary {
		switch f.Why {
		case audit.TooFew:
			few++
		case audit.Numerator, audit.Complement:
			share[f.Cell] = true
		}
	}
	shown := 0
	for cell, visible := range e.exact.shown {
		if visible && !e.exact.table.Structural[cell] {
			shown++
		}
	}
	if shown == 0 {
		return verdict(c, fmt.Sprintf("全部 %d 个单元格主体数不足 %d 或者须连带隐去, 没有可以公布的", len(e.exact.shown), e.rules.exact.MinUnits), "")
	}
	return verdict(c, "", fmt.Sprintf("主体数不足 %d (含零) 的 %d 个、分子或者其余数不足的 %d 个均已隐去, 公布 %d 个", e.rules.exact.MinUnits, few, len(share), shown))
}

func dominance(e evidence) Check {
	r := e.rules.exact
	c := Check{No: 6, ID: "dominance", Title: "优势规则", Source: e.rules.source("output.dominance.first")}
	found := map[int]bool{}
	for _, f := range e.exact.primary {
		switch f.Why {
		case audit.FirstRule, audit.TwoRule, audit.PRule, audit.NKRule:
			found[f.Cell] = true
			if e.exact.shown[f.Cell] {
				c.Places = append(c.Places, e.cellNames([]int{f.Cell})...)
			}
		}
	}
	if len(c.Places) > 0 {
		return verdict(c, "公布的单元格中有一两个主体占大部分的", "")
	}
	return verdict(c, "", fmt.Sprintf("(1, %s)、(2, %s)、(2, %s) 和 p%% %s: %d 个单元格由一两个主体主导, 均已隐去",
		percent(r.First), percent(r.FirstTwo), percent(r.NK), percent(r.PPercent), len(found)))
}

func percent(thousandths int64) string {
	return strings.TrimSuffix(fmt.Sprintf("%d.%d", thousandths/10, thousandths%10), ".0") + "%"
}

// groups warns where a group's place or age says what nearly all of it have; for a sensitive attribute it blocks.
func groups(e evidence) Check {
	c := Check{No: 7, ID: "groups", Title: "群体披露", Source: e.rules.source("output.group.share")}
	found := audit.Group(e.exact.table, e.exact.shown, e.rules.exact)
	var sensitive, other []int
	for _, f := range found {
		if f.Sensitive {
			sensitive = append(sensitive, f.Cell)
		} else {
			other = append(other, f.Cell)
		}
	}
	switch {
	case len(sensitive) > 0:
		c.Places = e.cellNames(sensitive)
		return verdict(c, fmt.Sprintf("%d 处可以看出一个群体几乎全部或者没有人具有敏感属性 (占比上限 %s, 多样性 %d, 接近度 %s)", len(sensitive),
			percent(e.rules.exact.Share), e.rules.exact.Diversity, percent(e.rules.exact.Closeness)), "")
	case len(other) > 0:
		c.Places = e.cellNames(other)
		return warning(c, fmt.Sprintf("%d 个单元格超过其所在行或者列合计的 %s", len(other), percent(e.rules.exact.Share)))
	}
	return verdict(c, "", fmt.Sprintf("没有超过行列合计 %s 的单元格, 敏感属性没有全有或者全无的群体", percent(e.rules.exact.Share)))
}

// extremes: the language has no least and greatest over people; what is left to see is that none slipped in.
func extremes(e evidence) Check {
	c := Check{No: 8, ID: "extremes", Title: "极值", Source: "模型结构"}
	for i := range e.model.Root.Aggs {
		if f := e.model.Root.Aggs[i].Func; f == query.AggMin || f == query.AggMax {
			return verdict(c, "输出含有最大值或者最小值", "")
		}
	}
	return verdict(c, "", "输出只有计数、合计和由其计算的指标, 没有最大值、最小值")
}

func secondary(e evidence) Check {
	c := Check{No: 10, ID: "secondary", Title: "次级保密", Source: e.rules.source("output.interval")}
	exposed := audit.Exposed(e.exact.table, e.exact.isPrimary(), e.exact.hidden, e.rules.exact)
	if n := len(e.exact.bare); n > 0 || len(exposed) > 0 {
		cells := append([]int(nil), e.exact.bare...)
		for _, f := range exposed {
			cells = append(cells, f.Cell)
		}
		c.Places = e.cellNames(cells)
		return verdict(c, fmt.Sprintf("%d 个隐去的单元格可以由行列合计推出到 ±%s 或者宽度不足 %d", max(n, len(exposed)), percent(e.rules.exact.Protect), e.rules.exact.MinUnits), "")
	}
	first, all := 0, 0
	for cell, p := range e.exact.isPrimary() {
		if p {
			first++
		}
		if e.exact.hidden[cell] {
			all++
		}
	}
	return verdict(c, "", fmt.Sprintf("初级隐去 %d 个, 连带隐去 %d 个; 假定行列合计已知, 每个初级单元格的可行区间都含 ±%s 且宽度不小于 %d", first, all-first,
		percent(e.rules.exact.Protect), e.rules.exact.MinUnits))
}

func differencing(e evidence) Check {
	c := Check{No: 12, ID: "differencing", Title: "差分审计", Source: e.rules.source("units")}
	found, overlaps := e.exact.differences(e.rules.exact.MinUnits)
	if len(found) > 0 {
		var cells []int
		for _, d := range found {
			cells = append(cells, min(d.Cell, e.model.Cells()-1))
		}
		c.Places = e.cellNames(cells)
		return verdict(c, fmt.Sprintf("与已批准的精确结果相减可以得到少于 %d 个主体, 共 %d 处, 涉及 %s", e.rules.exact.MinUnits, len(found), found[0].Release), "")
	}
	if sums := e.exact.sums(e.rules.exact.MinUnits); len(sums) > 0 {
		return verdict(c, fmt.Sprintf("有合计只差少于 %d 个主体的数, 相减即得这几个主体的数, 共 %d 处, 涉及 %s; 写在指标里的条件与写在 WHERE 里的一样", e.rules.exact.MinUnits, len(sums), sums[0].Release), "")
	}
	return verdict(c, "", fmt.Sprintf("与全部单位的 %d 份精确结果比对, 其中 %d 份有重叠, 没有少于 %d 个主体的差", len(e.exact.earlier), len(overlaps), e.rules.exact.MinUnits))
}

func linear(e evidence) Check {
	c := Check{No: 13, ID: "linear", Title: "线性审计", Source: e.rules.source("units")}
	k := e.rules.exact.MinUnits
	family := e.exact.family()
	solved, crowd, looked := family.Solve(k)
	if !looked {
		return verdict(c, fmt.Sprintf("%d 份结果 %d 个方程过大, 不能自动审计, 须由人工合并分组后重新提交", len(e.exact.earlier)+1, len(family.Rows)), "")
	}
	if len(solved) > 0 {
		var from []string
		for i, s := range solved[0].From {
			from = append(from, fmt.Sprintf("%s × %s#%d", solved[0].Times[i], s.Release, s.Cell))
		}
		return verdict(c, fmt.Sprintf("已公布的精确结果合并可以解出少于 %d 个主体, 共 %d 处, 例如 %s", k, len(solved), strings.Join(from[:min(len(from), 6)], " + ")), "")
	}
	if crowd.Numbers > 0 {
		return verdict(c, fmt.Sprintf("分在小群体中的 %d 个主体, 已公布的结果合并给出 %d 个独立数字, 多于每 %d 个主体一个, 足以推算个人", crowd.Units, crowd.Numbers, k), "")
	}
	sums := e.exact.sumFamily()
	parts, many, looked := sums.Solve(k)
	if !looked {
		return verdict(c, fmt.Sprintf("%d 份结果的合计 %d 个方程过大, 不能自动审计, 须由人工合并分组后重新提交", len(e.exact.earlier)+1, len(sums.Rows)), "")
	}
	if len(parts) > 0 {
		return verdict(c, fmt.Sprintf("已公布的合计合并可以解出少于 %d 个主体的数, 共 %d 处", k, len(parts)), "")
	}
	if many.Numbers > 0 {
		return verdict(c, fmt.Sprintf("分在小群体中的 %d 个主体, 已公布的合计合并给出 %d 个独立数字, 多于每 %d 个主体一个, 足以推算个人", many.Units, many.Numbers, k), "")
	}
	narrow, looked := family.Intervals(k)
	if len(narrow) > 0 {
		return verdict(c, fmt.Sprintf("%d 个小群体的人数可以限定在不足 %d 的区间内", len(narrow), k), "")
	}
	detail := fmt.Sprintf("%d 份结果, %d 类主体, %d 个方程, 解不出少于 %d 个主体", len(e.exact.earlier)+1, len(family.Sizes), len(family.Rows), k)
	if !looked {
		return warning(c, detail+"; 区间规划因规模过大没有计算, 请人工判断")
	}
	return verdict(c, "", detail+", 区间也不窄于这一宽度")
}
