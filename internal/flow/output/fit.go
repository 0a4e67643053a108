package output

import (
	"fmt"

	"yunei/internal/core/query/release"
)

// models asks whether a fitted model has rows enough for its coefficients. It looks at the noisy number of rows: a veto
// that depended on the true one would be an answer about it.
func models(e evidence) Check {
	c := Check{No: 9, ID: "models", Title: "模型系数与样本量相称", Source: e.rules.source("output.freedom")}
	rows, coefficients := release.FitSize(e.model, &e.result.Evidence)
	k := float64(coefficients)
	problem := ""
	switch {
	case rows-k < float64(e.rules.freedom):
		problem = fmt.Sprintf("加噪后约 %.0f 行, %d 个系数, 自由度不足 %d; 请减少自变量", rows, coefficients, e.rules.freedom)
	case 1000*k > float64(e.rules.density)*rows, float64(e.rules.each)*k > rows:
		problem = fmt.Sprintf("加噪后约 %.0f 行, %d 个系数, 每个系数不足 %d 行; 请减少自变量", rows, coefficients, e.rules.each)
	}
	if problem == "" {
		for _, row := range e.result.Table.Rows {
			if row.Fields[1].Value.IsNull() {
				c.Places = append(c.Places, row.Fields[0].Text())
			}
		}
		if len(c.Places) > 0 {
			problem = "噪声之下求不出系数; 请减少自变量或增加披露额度"
		}
	}
	return verdict(c, problem, fmt.Sprintf("加噪后约 %.0f 行, %d 个系数, 标准误已计入噪声", rows, coefficients))
}
