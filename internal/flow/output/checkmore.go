package output

import (
	"fmt"

	"yunei/internal/core/query"
	"yunei/internal/core/query/disclose"
	"yunei/internal/core/query/release"
)

// figures looks at figures of a fit (variance, correlation, regression): they need units to spare beyond their parameters. n is
// the noised count in a noised table.
func figures(e evidence) Check {
	if e.model.Fit != nil {
		return models(e)
	}
	c := Check{No: 9, ID: "models", Title: "拟合指标", Source: e.rules.source("output.freedom")}
	seen := 0
	for o := range e.model.Outputs {
		out := &e.model.Outputs[o]
		if out.Kind != query.OutStat {
			continue
		}
		seen++
		parameters := int64(1)
		if out.Stat.Parts() == 6 {
			parameters = 2
		}
		for r := range e.result.Table.Rows {
			row := &e.result.Table.Rows[r]
			if row.Fields[o].Hidden {
				continue
			}
			n := e.count(out.Parts[0], row.Cell)
			if n-parameters < e.rules.freedom || parameters*1000 > e.rules.density*n {
				c.Places = append(c.Places, fmt.Sprintf("%d/%s", r+1, out.Name))
			}
		}
	}
	if len(c.Places) > 0 {
		return verdict(c, fmt.Sprintf("%d 处自由度不足 %d 或者参数超过样本数的 %s", len(c.Places), e.rules.freedom, percent(e.rules.density)), "")
	}
	if seen == 0 {
		return verdict(c, "", "没有拟合指标")
	}
	return verdict(c, "", fmt.Sprintf("%d 列拟合指标的自由度均不少于 %d", seen, e.rules.freedom))
}

// count is a vector of a cell as the review may look at it.
func (e *evidence) count(vector, cell int) int64 {
	if e.exact == nil {
		return e.result.Evidence.Noisy[vector][cell]
	}
	for _, c := range e.exact.cells {
		if c.Index == cell {
			return c.Vectors[vector]
		}
	}
	return 0
}

// population asks how many people of the public total an average cell stands for.
func population(e evidence) Check {
	c := Check{No: 15, ID: "context", Title: "小总体", Source: e.rules.source("output.context")}
	if e.units == 0 {
		return verdict(c, "", "数据资源没有公开主体总数, 不能与外部统计相比")
	}
	per := e.units * int64(min(e.model.Root.Groups, e.model.Cells())) / int64(e.model.Cells())
	// What noise covers it covers whatever is known beside it; there the figure is for those who read the table.
	if per < e.rules.context && e.exact != nil {
		return warning(c, fmt.Sprintf("公开的主体总数约 %d, %d 个单元格平均 %d, 少于 %d: 与外部统计结合可能指向少数人", e.units, e.model.Cells(), per, e.rules.context))
	}
	return verdict(c, "", fmt.Sprintf("公开的主体总数约 %d, 单元格平均 %d", e.units, per))
}

// digits is how wide a column must spread for its last digits to be even by nature, and the chi-square of nine degrees of
// freedom that an honest column exceeds once in a million.
const (
	digitRows   = 100
	digitSpread = 1000
	digitLimit  = 44.8
)

// anomaly looks for what a table should not carry: last digits that say something, totals far from the run before.
func anomaly(e evidence) Check {
	c := Check{No: 16, ID: "anomaly", Title: "异常值与隐写", Source: e.rules.source("output.change")}
	t := &e.result.Table
	for i, col := range t.Columns {
		if col.Kind != query.OutAgg {
			continue
		}
		if chi, looked := lastDigits(t, i); looked && chi > digitLimit && t.Mode != release.ExactMode {
			c.Places = append(c.Places, col.Name+"/末位")
		}
		if e.before == nil || i >= len(e.before.Totals) || i >= len(t.Totals) {
			continue
		}
		was, is := e.before.Totals[i].Value.N, t.Totals[i].Value.N
		if d := max(was-is, is-was); was != 0 && d*1000/max(was, -was) > e.rules.change {
			c.Places = append(c.Places, fmt.Sprintf("%s/%d→%d", col.Name, was, is))
		}
	}
	if len(c.Places) > 0 {
		return warning(c, fmt.Sprintf("%d 处末位数字不均匀, 或者合计与上次相差超过 %s", len(c.Places), percent(e.rules.change)))
	}
	return verdict(c, "", "数字精度与结构相符, 末位均匀, 与上次运行没有异常变化")
}

func lastDigits(t *release.Table, column int) (chi float64, looked bool) {
	var counts [10]float64
	var n float64
	lo, hi := int64(0), int64(0)
	for r := range t.Rows {
		f := &t.Rows[r].Fields[column]
		if f.Hidden || f.Value.IsNull() {
			continue
		}
		v := max(f.Value.N, -f.Value.N)
		if n == 0 {
			lo, hi = v, v
		}
		lo, hi = min(lo, v), max(hi, v)
		counts[v%10]++
		n++
	}
	if n < digitRows || hi-lo < digitSpread {
		return 0, false
	}
	for _, got := range counts {
		chi += (got - n/10) * (got - n/10) / (n / 10)
	}
	return chi, true
}

// residual is what is left to guess after this release.
func residual(e evidence) Check {
	c := Check{No: 17, ID: "residual", Title: "剩余风险", Source: e.rules.source("output.risk")}
	if e.exact != nil {
		least, shown := int64(0), 0
		for cell, visible := range e.exact.shown {
			if n := int64(e.exact.table.Cells[cell].Units.GetCardinality()); visible && n > 0 {
				if shown++; least == 0 || n < least {
					least = n
				}
			}
		}
		rate := int64(1000)
		if least > 0 {
			rate = 1000 / least
		}
		if rate > e.rules.risk {
			return warning(c, fmt.Sprintf("最小的单元格 %d 个主体, 指认猜中率 %s", least, percent(rate)))
		}
		return verdict(c, "", fmt.Sprintf("公布 %d 个单元格, 最小 %d 个主体, 按单元格指认的猜中率不超过 %s; 精确结果没有总的上界", shown, least, percent(rate)))
	}
	worst := disclose.Figure{}
	for _, u := range e.usage {
		if u.Kind == disclose.ResourceLifetime && u.Figure.Membership > worst.Membership {
			worst = u.Figure
		}
	}
	rate := int64(worst.Membership * 1000)
	if rate > e.rules.risk {
		return warning(c, fmt.Sprintf("资源存续期累计后, 判断某人是否在内的猜中率最高 %s", percent(rate)))
	}
	return verdict(c, "", fmt.Sprintf("资源存续期累计后, 判断某人是否在内的猜中率不超过 %s (盲猜 50%%)", percent(max(rate, 500))))
}
