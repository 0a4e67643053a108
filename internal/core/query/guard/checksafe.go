package guard

import (
	"fmt"
	"slices"
	"strings"

	"yunei/internal/core/query"
)

// Limits on how finely conditions may pick people out.
const (
	maxAtoms     = 6   // comparisons in WHERE together with those of one measure
	maxBranches  = 3   // sides of OR
	maxInList    = 50  // constants in IN
	maxVocab     = 200 // values of a column that may be compared one by one without a declared grid
	minUnits     = 10  // k: expected units per cell below which a table is refused
	comfortUnits = 5 * minUnits
)

// isolation: in class A, conditions compare columns with constants on a public grid, and few of them.
func (in *inspection) isolation() {
	if in.model.Class.Own() {
		in.publicBands()
		return
	}
	if in.model.Class != query.A {
		in.notHere()
		return
	}
	filters := counts{}
	relations(in.model.Root, func(r *query.Rel) {
		if r.Pred != nil {
			filters.add(in.conditions(r.Pred, in.know.cols(r.In[0])))
		}
	})
	in.limited(filters, "WHERE")
	relations(in.model.Root, func(r *query.Rel) {
		for _, arg := range values(r) {
			if in.model.Fit != nil && r == in.model.Root {
				in.factors(arg, in.know.cols(r.In[0]), filters)
				continue
			}
			c := in.branches(arg, in.know.cols(r.In[0]))
			c.add(filters)
			if c.at == 0 {
				c.at = arg.At
			}
			in.limited(c, "度量条件")
		}
		for i := range r.Exprs { // of a UNION or DISTINCT: may be grouped by
			in.groupConditions(&r.Exprs[i], in.know.cols(r.In[0]), filters)
		}
		for i := range r.Keys {
			in.groupConditions(&r.Keys[i].Expr, in.know.cols(r.In[0]), filters)
		}
	})
	in.expressions(in.divisors)
	in.note("WHERE 中 %d 个比较、%d 个 OR 分支；常量均在公开分段点或代码表上", "%d comparisons and %d OR branches in WHERE; all constants lie on public cut points or code lists", filters.atoms, filters.branches)
}

// values lists what a relation measures: the arguments of its aggregates and windows.
func values(r *query.Rel) []*query.Expr {
	var out []*query.Expr
	for i := range r.Aggs {
		if r.Aggs[i].Arg != nil {
			out = append(out, r.Aggs[i].Arg)
		}
	}
	for i := range r.Wins {
		out = append(out, r.Wins[i].Exprs()...)
	}
	return out
}

// factors: what a fit sums is a feature or the product of two; each is a list of values, like a grouping expression.
func (in *inspection) factors(e *query.Expr, cols []column, filters counts) {
	if e.Op == query.OpMul {
		for i := range e.Args {
			in.factors(&e.Args[i], cols, filters)
		}
		return
	}
	in.groupConditions(e, cols, filters)
}

// divisors: a quotient is NULL where its divisor is 0, so a computed divisor is a comparison in disguise:
// COUNT(safe_div(1, age - 37)) counts who is not 37.
func (in *inspection) divisors(e *query.Expr, cols []column) {
	e.Walk(func(x *query.Expr) bool {
		if x.Op == query.OpSqrt || x.Op == query.OpLn {
			in.definedOnly(x, cols)
			return true
		}
		if x.Op != query.OpDiv {
			return true
		}
		d := &x.Args[1]
		for d.Op == query.OpClamp || d.Op == query.OpScale {
			d = &d.Args[0]
		}
		rng := rangeOf(&x.Args[1], cols)
		if d.Op != query.OpCol && d.Op != query.OpLit && (!rng.ok || rng.lo <= 0 && rng.hi >= 0) {
			in.fail(SubsetPick, x.At, "除数由运算得出且可能为 0", "a computed divisor that can be 0", "safe_div(a, greatest(b, 1))")
		}
		return true
	})
}

// definedOnly: a root or logarithm is NULL below its domain, so it compares as a divisor does.
func (in *inspection) definedOnly(x *query.Expr, cols []column) {
	a := &x.Args[0]
	for a.Op == query.OpClamp || a.Op == query.OpScale {
		a = &a.Args[0]
	}
	least := int64(0)
	if x.Op == query.OpLn {
		least = 1
	}
	if rng := rangeOf(&x.Args[0], cols); a.Op != query.OpCol && (!rng.ok || rng.lo < least) {
		in.fail(SubsetPick, x.At, "被开方数或真数由运算得出且可能没有结果", "a computed argument for which there may be no result", "ln(greatest(x, 1))")
	}
}

// counts is how much a condition says.
type counts struct{ atoms, branches, list, at int }

func (c *counts) add(o counts) {
	c.atoms += o.atoms
	c.branches += o.branches
	c.list = max(c.list, o.list)
	if c.at == 0 {
		c.at = o.at
	}
}

func (in *inspection) limited(c counts, where string) {
	switch {
	case c.atoms > maxAtoms:
		in.fail(TooSpecific, c.at, fmt.Sprintf("%s：%d 个比较，上限 %d", where, c.atoms, maxAtoms), fmt.Sprintf("%d comparisons, at most %d", c.atoms, maxAtoms), "")
	case c.branches > maxBranches:
		in.fail(TooSpecific, c.at, fmt.Sprintf("%s：%d 个 OR 分支，上限 %d", where, c.branches, maxBranches), fmt.Sprintf("%d branches of OR, at most %d", c.branches, maxBranches), "")
	case c.list > maxInList:
		in.fail(TooSpecific, c.at, fmt.Sprintf("IN 列表 %d 项，上限 %d", c.list, maxInList), fmt.Sprintf("IN list of %d, at most %d", c.list, maxInList), "")
	}
}

// branches judges the conditions inside a value: those of its CASEs.
func (in *inspection) branches(e *query.Expr, cols []column) counts {
	var total counts
	for i := range e.Args {
		if e.Args[i].Type.Kind == query.Bool {
			total.add(in.conditions(&e.Args[i], cols))
		} else {
			total.add(in.branches(&e.Args[i], cols))
		}
	}
	return total
}

// maxKeyColumns is how many columns the conditions of one grouping expression may look at. Two outcomes of a CASE over
// many columns would be two cells wide and still single people out.
const maxKeyColumns = 3

// groupConditions judges the conditions of a grouping expression: each WHEN by itself, together with WHERE.
func (in *inspection) groupConditions(e *query.Expr, cols []column, filters counts) {
	seen := map[int]bool{}
	e.Walk(func(x *query.Expr) bool {
		if x.Op == query.OpCol {
			seen[x.Index] = true
		}
		if x.Type.Kind != query.Bool || x.Op == query.OpCol {
			return true
		}
		c := in.conditions(x, cols)
		c.add(filters)
		in.limited(c, "分组条件")
		x.Walk(func(y *query.Expr) bool {
			if y.Op == query.OpCol {
				seen[y.Index] = true
			}
			return true
		})
		return false
	})
	if len(seen) > maxKeyColumns {
		in.fail(TooSpecific, e.At, fmt.Sprintf("一个分组用到 %d 列，上限 %d", len(seen), maxKeyColumns), fmt.Sprintf("one grouping looks at %d columns, at most %d", len(seen), maxKeyColumns), "GROUP BY sex, education")
	}
}

// conditions judges one condition and counts what it says.
func (in *inspection) conditions(e *query.Expr, cols []column) counts {
	total := counts{at: e.At}
	if in.model.Fit != nil && e.Op == query.OpNot && e.Args[0].Op == query.OpIsNull && e.Args[0].Args[0].Op == query.OpCol {
		return total // a fit is over complete rows: that a value is there picks nobody out
	}
	switch e.Op {
	case query.OpLit:
		return total
	case query.OpAnd, query.OpOr, query.OpNot:
		for i := range e.Args {
			total.add(in.conditions(&e.Args[i], cols))
		}
		if e.Op == query.OpOr {
			total.branches += len(e.Args)
		}
		return total
	case query.OpCol:
		total.atoms = 1
		return total
	}
	total.atoms = 1
	total.list = len(e.Lits)
	if e.Op == query.OpIn && codePrefix(&e.Args[0], cols) {
		for _, v := range e.Lits {
			in.grid(&query.Expr{Op: query.OpPrefix, At: e.At}, &cols[e.Args[0].Args[0].Index], []query.Value{v})
		}
		return total
	}
	if op, found := surgical(e); found {
		in.fail(SubsetPick, e.At, "条件中的运算 "+string(op), "computed condition: "+string(op), "")
		return total
	}
	lits, constant := compared(e)
	if len(e.Args) == 0 || e.Args[0].Op != query.OpCol || e.Op != query.OpIsNull && !constant {
		in.fail(SubsetPick, e.At, "条件须为列与常量比较", "conditions compare a column with constants", "")
		return total
	}
	in.grid(e, &cols[e.Args[0].Index], lits)
	return total
}

// grid checks that the constants of one comparison lie where the policy of the column publishes its cut points.
func (in *inspection) grid(e *query.Expr, c *column, lits []query.Value) {
	if e.Op == query.OpIsNull {
		return
	}
	if c.key {
		in.fail(IsolatingValue, e.At, "主体标识", "the subject key", "")
		return
	}
	name := "按主体汇总的列"
	coded := c.typ.Kind == query.Bool
	if c.policy != nil {
		name = c.policy.Name
		coded = coded || len(c.policy.Domain) > 0
	}
	fine := coded
	switch {
	case coded && c.policy != nil && len(c.policy.Domain) > maxVocab:
		fine = e.Op == query.OpPrefix && prefixed(c.policy.Domain, lits) > 1
	case coded:
	case len(c.edges) > 0:
		fine = e.Op == query.OpGe || e.Op == query.OpLt
		for _, v := range lits {
			fine = fine && slices.Contains(c.edges, v.N)
		}
	case c.policy != nil && c.policy.Step > 0:
		fine = true
		for _, v := range lits {
			fine = fine && c.policy.Cut(v.N) && (e.Op == query.OpGe || e.Op == query.OpLt || c.policy.Cut(v.N+1))
		}
	default:
		fine = c.typ.Ordered() && c.rng.width() <= maxVocab
	}
	if !fine {
		in.fail(IsolatingValue, e.At, name+" 与常量的比较不在公开分段点上", name+" compared off its public cut points", gridHint(name, c))
	}
}

// prefixed counts the codes of a list that begin with a prefix.
func prefixed(domain []query.Code, lits []query.Value) int {
	n := 0
	for _, code := range domain {
		if len(lits) == 1 && strings.HasPrefix(code.Value, lits[0].S) {
			n++
		}
	}
	return n
}

func gridHint(name string, c *column) string {
	if c.policy == nil || len(c.policy.Cuts(1)) == 0 {
		return ""
	}
	return bandHint(c.policy)
}

func (in *inspection) lattice() {
	for _, o := range in.model.Outputs {
		fine := map[query.Class][]query.Standing{
			query.A: {query.AggDP, query.Public},
			query.B: {query.SubjectOwn}, query.C: {query.SubjectOwn},
			query.O: {query.Public},
		}[in.model.Class]
		if !slices.Contains(fine, o.Standing) {
			in.fail(RawOutput, 0, o.Name, o.Name, "")
		}
		switch {
		case in.model.Class.Own():
			in.note("%s：%d 个可能取值", "%s: %d possible values", o.Name, o.Cells)
		default:
			in.note("%[1]s：%[2]s", "%[1]s: %[3]s", o.Name, standingNames[o.Standing], o.Standing)
		}
	}
	if in.model.Class.Own() {
		in.finiteAgain()
		in.precision()
	}
}

// finiteAgain computes what the outputs can be from the expressions alone: the artefact must not claim less.
func (in *inspection) finiteAgain() {
	cols := in.know.cols(in.model.Root.In[0])
	in.finiteInputs(cols)
	for i := range in.model.Outputs {
		o := &in.model.Outputs[i]
		e, null, ok := &in.model.Root.Exprs[0], false, true
		if o.Kind == query.OutExpr {
			var values []query.Value
			e = &in.model.Root.Exprs[o.Index]
			values, null, ok = finite(e, cols)
			for _, v := range values {
				ok = ok && slices.Contains(o.Values, v)
			}
		}
		told := outputCells(in.model, o, cols, in.know.policyOf)
		less := slices.ContainsFunc(told, func(f query.FieldCells) bool { return !claimed(o.Fields, &f) })
		if !ok || null && !o.Null || o.Cells < len(o.Values) || less {
			in.fail(RawOutput, e.At, o.Name+" 不是所列的有限档位", o.Name+" is not one of the values listed", "")
		}
	}
}

// claimed reports whether an output says of a field at least what it tells about it.
func claimed(fields []query.FieldCells, told *query.FieldCells) bool {
	return slices.ContainsFunc(fields, func(f query.FieldCells) bool {
		if f.Table != told.Table || f.Column != told.Column || f.Cells < told.Cells || f.Alone && !told.Alone {
			return false
		}
		return !f.Alone || !slices.ContainsFunc(told.Cuts, func(n int64) bool { return !slices.Contains(f.Cuts, n) })
	})
}

var standingNames = map[query.Standing]string{
	query.Raw: "原始", query.UnitPreserving: "按主体", query.SubjectOwn: "本人", query.AggDP: "加噪汇总", query.Public: "公开",
}

// precision proves that all outputs together tell no field finer than its policy allows one recipient group.
func (in *inspection) precision() {
	for _, f := range fieldTotals(in.model) {
		if c, ok := in.know.policyOf(f.Table, f.Column); ok {
			f.Cap = min(f.Cap, c.CellCap())
		}
		in.note("%s.%s：至多分辨 %d 种，允许 %d 种", "%s.%s: told apart into at most %d, allowed %d", f.Table, f.Column, f.Cells, f.Cap)
		if f.Cells > f.Cap {
			at := 0
			if c, ok := in.know.policyOf(f.Table, f.Column); ok {
				at = in.placeOf(c)
			}
			in.fail(PrecisionSpent, at, fmt.Sprintf("%s 分辨 %d 种，允许 %d 种", f.Column, f.Cells, f.Cap), fmt.Sprintf("%s told apart into %d, at most %d", f.Column, f.Cells, f.Cap), "")
		}
	}
}

// fieldTotals refines what all outputs of a model tell about each field: cut sets of outputs of that field alone are
// refined in common, then multiplied by the number of values of each output that mixes it with others.
func fieldTotals(m *query.Model) []query.FieldCells {
	var out []query.FieldCells
	mixed := map[int]int{}
	groups := map[int]int{}
	for _, o := range m.Outputs {
		for _, f := range o.Fields {
			i := slices.IndexFunc(out, func(have query.FieldCells) bool { return have.Table == f.Table && have.Column == f.Column })
			if i < 0 {
				i = len(out)
				out = append(out, query.FieldCells{Table: f.Table, Column: f.Column, Cap: f.Cap, Size: f.Size})
				mixed[i], groups[i] = 1, 1
			}
			switch {
			case !f.Alone:
				mixed[i] = min(mixed[i]*f.Cells, 1<<20)
			case len(f.Groups) > 0:
				groups[i] = min(groups[i]*len(f.Groups), 1<<20)
			default:
				out[i].Cuts = append(out[i].Cuts, f.Cuts...)
				out[i].TellNil = out[i].TellNil || f.TellNil
			}
		}
	}
	for i := range out {
		slices.Sort(out[i].Cuts)
		out[i].Cuts = slices.Compact(out[i].Cuts)
		cells := len(out[i].Cuts) + 1
		if out[i].TellNil {
			cells++
		}
		out[i].Cells = cells * groups[i] * mixed[i]
		if out[i].Size > 0 {
			out[i].Cells = min(out[i].Cells, out[i].Size)
		}
	}
	return out
}

func (in *inspection) ownRows() {
	if !in.model.Class.Own() {
		in.notHere()
		return
	}
	below := in.model.Root.In[0]
	if below.Op != query.RelFilter || !isOwn(below.Pred, in.know.cols(below.In[0])) {
		in.fail(NotOwnRows, 0, "", "", "")
		return
	}
	in.note("唯一的行条件是 主体标识 = :subject；所有连接都按主体标识", "the only condition on rows is subject key = :subject; every join is by the subject key")
}

// isOwn recognises subject key = :subject and nothing beside it.
func isOwn(e *query.Expr, cols []column) bool {
	if e == nil || e.Op != query.OpEq {
		return false
	}
	a, b := &e.Args[0], &e.Args[1]
	if a.Op == query.OpSubject {
		a, b = b, a
	}
	return a.Op == query.OpCol && cols[a.Index].key && b.Op == query.OpSubject
}

// grades: guard design, SC13. 核心 never on this platform; 重要 only aggregated; sensitive personal information and
// level 4 aggregated or with separate consent; nothing personal or above level 2 as open rows.
func (in *inspection) grades() {
	for i, t := range in.model.Tables {
		if in.model.Class == query.O && !in.know.tables[i].Open {
			in.fail(GradeTooHigh, 0, t.Name+" 不是无条件开放的资源", t.Name+" is not an open resource", "")
		}
		for _, ref := range t.Columns {
			c, _ := in.know.tables[i].Column(ref.Name)
			if c.Role == query.SubjectKey {
				continue
			}
			g := c.Grade
			if why := gradeBars(g, in.model.Class, in.know.tables[i].Private()); why != "" {
				in.fail(GradeTooHigh, in.placeOf(c), c.Name+"："+why, c.Name, "")
				continue
			}
			if in.model.Class.Own() && (g.Sensitive || g.Level >= 4) {
				in.note("%s 须逐项单独同意", "%s needs a separate consent of its own", c.Name)
			}
			in.note("%[1]s：%[2]s", "%[1]s: %[3]s", c.Name, gradeName(g), gradeNameEn(g))
		}
	}
}

func gradeBars(g query.Grade, class query.Class, private bool) string {
	switch {
	case g.National == query.Core:
		return "核心数据不进入本平台"
	case g.National == query.Important && class != query.A:
		return "重要数据只用于汇总"
	case class == query.O && (g.Sensitive || g.Level >= 3 || private):
		return "不得无条件开放"
	}
	return ""
}

func gradeName(g query.Grade) string {
	name := map[string]string{query.Ordinary: "一般数据", query.Important: "重要数据", query.Core: "核心数据"}[g.National]
	if name == "" {
		name = "未定级"
	}
	if g.Level > 0 {
		name += fmt.Sprintf(" %d 级", g.Level)
	}
	if g.Sensitive {
		name += "，敏感个人信息"
	}
	return name
}

func gradeNameEn(g query.Grade) string {
	name := "not graded"
	if g.National != "" {
		name = g.National
	}
	if g.Level > 0 {
		name += fmt.Sprintf(", level %d", g.Level)
	}
	if g.Sensitive {
		name += ", sensitive personal information"
	}
	return name
}

func (in *inspection) width() {
	units := int64(0)
	for _, t := range in.know.tables {
		if t.Units > 0 && (units == 0 || t.Units < units) {
			units = t.Units
		}
	}
	if in.model.Class != query.A || units == 0 {
		in.notHere()
		return
	}
	if len(in.model.Selects()) > 0 {
		in.note("约 %d 个主体；分组经遴选，每组不少于最小人数", "about %d units; groups are selected and have at least the minimum of units", units)
		return
	}
	per := units / int64(in.model.Cells())
	in.note("约 %d 个主体，%d 个单元格，平均每格约 %d 个", "about %d units, %d cells, about %d units in a cell on average", units, in.model.Cells(), per)
	switch {
	case per < minUnits:
		at := 0
		if keys := in.model.Root.Keys; len(keys) > 0 {
			at = keys[0].Expr.At
		}
		in.fail(TooSpecific, at, fmt.Sprintf("平均每格不足 %d 个主体", minUnits), fmt.Sprintf("fewer than %d units per cell expected", minUnits), "")
	case per < comfortUnits:
		in.warn("平均每格不足 %d 个主体，多数单元格可能不予显示", "fewer than %d units in a cell on average: most cells may not be shown", comfortUnits)
	}
}
