package guard

import (
	"fmt"
	"slices"

	"yunei/internal/core/query"
)

var severity = map[Status]int{NotHere: 0, Pass: 1, Warn: 2, Refused: 3}

// mergeChecks adds what the checks of a further member found worse than those before.
func (r *Review) mergeChecks(list []Check, at string) {
	for i, c := range list {
		if i < len(r.Checks) && severity[c.Status] > severity[r.Checks[i].Status] {
			r.Checks[i].Status = c.Status
			for k, e := range c.Evidence {
				r.Checks[i].Evidence = append(r.Checks[i].Evidence, "参数 "+at+"："+e)
				r.Checks[i].EvidenceEn = append(r.Checks[i].EvidenceEn, "with "+at+": "+c.EvidenceEn[k])
			}
		}
	}
}

// familyChecks makes the checks that look at all members together: SC16, SC17, SC18 and the precision of all answers.
func (r *Review) familyChecks(fam *query.Family, cat query.Catalog, f *faults) {
	in := &inspection{faults: f, model: fam.First()}
	for i := range r.Checks {
		in.check = &r.Checks[i]
		switch in.check.ID {
		case "SC11":
			if fam.Class().Own() {
				r.Fields = in.familyPrecision(fam)
			}
		case "SC16":
			in.check.Evidence, in.check.EvidenceEn = nil, nil
			for _, p := range fam.Params {
				in.note("参数 :%s（%s），%d 个取值：%s", "parameter :%s (%s), %d values: %s", p.Name, p.Type, len(p.Values), abridged(p.Texts()))
			}
			in.note("共 %d 组取值，上限 %d；每一组都是一个已逐项检查的具体模型，签名覆盖全部各组", "%d combinations, at most %d; each is a concrete model that was checked, and the signature covers all of them", len(fam.Members), query.MaxTuples)
		case "SC17":
			in.steps(fam, cat)
		case "SC18":
			in.note("%d 组参数的输出列名、类型均相同", "all %d combinations give columns of the same names and types", len(fam.Members))
		}
	}
}

// familyPrecision: all members together tell no field finer than its policy, since a recipient may ask with every value.
func (in *inspection) familyPrecision(fam *query.Family) []query.FieldCells {
	var all query.Model
	seen := map[string]bool{}
	for _, m := range fam.Members {
		if q := m.Question(); !seen[q] {
			seen[q] = true
			all.Outputs = append(all.Outputs, m.Outputs...)
		}
	}
	totals := fieldTotals(&all)
	for _, f := range totals {
		in.note("%s.%s：全部参数合计至多分辨 %d 种，允许 %d 种", "%s.%s: told apart into at most %d by all parameters together, allowed %d", f.Table, f.Column, f.Cells, f.Cap)
		if f.Cells > f.Cap {
			in.fail(PrecisionSpent, 0, fmt.Sprintf("%s 全部参数合计分辨 %d 种，允许 %d 种", f.Column, f.Cells, f.Cap),
				fmt.Sprintf("all parameters together tell %s apart into %d, at most %d", f.Column, f.Cells, f.Cap), "")
		}
	}
	return totals
}

// steps: thresholds that a run may choose lie at least the policy's step apart, so that sliding one by one isolates
// nobody. All thresholds of all members on one column are looked at together.
func (in *inspection) steps(fam *query.Family, cat query.Catalog) {
	type cutoff struct {
		column *query.Column
		table  string
		at     int
		first  []int64
		all    []int64
		moves  bool
	}
	var list []*cutoff
	for i, m := range fam.Members {
		know, err := know(m, cat)
		if err != nil {
			in.fail(UnknownName, 0, err.Error(), err.Error(), "")
			return
		}
		for _, c := range thresholds(m, know) {
			k := slices.IndexFunc(list, func(o *cutoff) bool { return o.column == c.column })
			if k < 0 {
				k = len(list)
				list = append(list, &cutoff{column: c.column, table: c.table, at: c.at, moves: i > 0})
			}
			if i == 0 {
				list[k].first = append(list[k].first, c.n)
			}
			list[k].moves = list[k].moves || !slices.Contains(list[k].first, c.n)
			list[k].all = append(list[k].all, c.n)
		}
	}
	for _, c := range list {
		if !c.moves {
			continue
		}
		if in.check.Status == NotHere {
			in.check.Status = Pass
		}
		slices.Sort(c.all)
		c.all = slices.Compact(c.all)
		if c.column.Step == 0 && len(c.column.Edges) == 0 {
			in.fail(Undeclared, c.at, c.column.Name+" 没有公布分段点或最小间隔，不能作参数界限", c.column.Name+" publishes neither cut points nor a step", "")
			continue
		}
		near := int64(0)
		for i := 1; i < len(c.all); i++ {
			if d := c.all[i] - c.all[i-1]; near == 0 || d < near {
				near = d
			}
		}
		shown := func(n int64) string {
			if !c.column.Type.Numeric() {
				return fmt.Sprint(n)
			}
			return query.NumberValue(n, c.column.Type.Scale).Text()
		}
		in.note("%s.%s：%d 个界限，最近的相距 %s，最小间隔 %s", "%s.%s: %d cut-offs, the nearest %s apart, the least step %s", c.table, c.column.Name, len(c.all), shown(near), shown(max(c.column.Step, 1)))
		if near > 0 && near < c.column.Step {
			in.fail(Undeclared, c.at, fmt.Sprintf("%s 的界限相距 %s，小于最小间隔 %s", c.column.Name, shown(near), shown(c.column.Step)),
				fmt.Sprintf("thresholds of %s nearer than the step %s", c.column.Name, shown(c.column.Step)), "")
		}
	}
}

// threshold is one comparison of a field by order with a constant.
type threshold struct {
	column *query.Column
	table  string
	n      int64
	at     int
}

func thresholds(m *query.Model, know *knowledge) []threshold {
	var out []threshold
	in := &inspection{model: m, know: know}
	in.expressions(func(e *query.Expr, cols []column) {
		e.Walk(func(x *query.Expr) bool {
			switch x.Op {
			case query.OpGe, query.OpLt, query.OpGt, query.OpLe:
			default:
				return true
			}
			inner := &x.Args[0]
			for inner.Op == query.OpClamp || inner.Op == query.OpScale {
				inner = &inner.Args[0]
			}
			lits, constant := compared(x)
			if inner.Op != query.OpCol || !constant || cols[inner.Index].policy == nil || len(cols[inner.Index].policy.Domain) > 0 {
				return true
			}
			c := &cols[inner.Index]
			n := lits[0].N
			if s := lits[0].Scale - c.typ.Scale; s > 0 {
				n = ceilDiv(n, query.Pow10(s))
			}
			out = append(out, threshold{c.policy, c.table.Name, n, x.At})
			return true
		})
	})
	return out
}

// RecheckFamily is Recheck for every member.
func RecheckFamily(fam *query.Family, cat query.Catalog) []Refusal {
	for i, m := range fam.Members {
		if _, refusals := Recheck(m, cat); len(refusals) > 0 {
			if len(fam.Params) > 0 {
				refusals[0].Zh += "（参数 " + tupleText(fam.Params, query.Tuple(fam.Params, i)) + "）"
			}
			return refusals
		}
	}
	return nil
}
