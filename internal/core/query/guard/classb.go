package guard

import (
	"slices"

	"yunei/internal/core/query"
)

// classB binds a model about one subject: every output one of finitely many values, computed from that subject's rows.
func (b *binder) classB(s *selectNode) *query.Model {
	if len(s.group) > 0 {
		b.refuse(Unimplemented, s.group[0].at, "B 类模型不分组；请在 WITH 中按主体汇总", "class B does not group; aggregate per subject in WITH", "WITH v AS (SELECT sid, MAX(x) AS m FROM t GROUP BY sid) SELECT CASE WHEN m > 3 THEN '高' ELSE '低' END AS band FROM v WHERE sid = :subject")
		return nil
	}
	blk, sc, ok := b.fromClause(s)
	if !ok {
		return nil
	}
	for _, o := range s.order {
		b.refuse(Unimplemented, o.expr.at, "ORDER BY", "ORDER BY", "")
	}
	b.noPaging(s)
	key, ok := b.ownRows(s, sc)
	if !ok {
		return nil
	}
	m := &query.Model{Format: query.Format, Class: b.class, Unit: b.cols[key].table.UnitKind}
	exprs, ok := b.ownItems(s, sc)
	if !ok {
		return nil
	}
	own := query.Expr{Op: query.OpEq, Type: boolType, Args: []query.Expr{query.Col(key, b.cols[key].typ), {Op: query.OpSubject, Type: b.cols[key].typ}}}
	blk.preds = []query.Expr{own}
	l := &layout{b: b}
	var over []*query.Expr
	for i := range exprs {
		over = append(over, &exprs[i])
	}
	p := l.block(blk, over)
	if p.rows != 1 {
		b.refuse(NotOwnRows, s.from[0].at, "每人可有多行，请按主体汇总", "several rows per subject; aggregate per subject", "WITH v AS (SELECT sid, MAX(x) AS m FROM t GROUP BY sid) SELECT CASE WHEN m > 3 THEN '高' ELSE '低' END AS band FROM v WHERE sid = :subject")
		return nil
	}
	m.Root = &query.Rel{Op: query.RelProject, In: []*query.Rel{p.rel}}
	for i := range exprs {
		e := p.place(exprs[i])
		e.At = exprs[i].At
		m.Root.Exprs = append(m.Root.Exprs, e)
		o := query.Output{Name: itemName(s.items[i]), Type: e.Type, Kind: query.OutExpr, Index: i, Standing: query.SubjectOwn}
		if e.Op == query.OpCol && p.cols[e.Index].policy != nil {
			o.Title = p.cols[e.Index].policy.Title
		}
		if !b.finiteOutput(&o, &e, p.cols) {
			return nil
		}
		m.Outputs = append(m.Outputs, o)
	}
	l.finish(m)
	if b.step != nil {
		return b.stepped(m, s)
	}
	return m
}

// classC binds a verification (联机验证): one answer of yes or no.
func (b *binder) classC(s *selectNode) *query.Model {
	if b.step == nil && len(s.items) != 1 {
		b.refuse(RawOutput, s.items[len(s.items)-1].at, "C 类模型只有一个真假输出", "class C has one output, true or false", "SELECT age >= 18 AS adult FROM person WHERE sid = :subject")
		return nil
	}
	m := b.classB(s)
	if m != nil && b.step != nil && (len(m.Outputs) != 1 || m.Outputs[0].Type.Kind != query.Bool) {
		b.refuse(StepDeclared, b.step.at, "C 类模型的步骤只有一个真假输出", "a step of class C has one output, true or false", "STEP ok IN (true, false) DEFAULT false;")
		return nil
	}
	if m != nil && m.Outputs[0].Type.Kind != query.Bool {
		b.refuse(WrongType, s.items[0].expr.at, "C 类模型的输出须为真假值", "the output of class C is true or false", "SELECT age >= 18 AS adult FROM person WHERE sid = :subject")
		return nil
	}
	return m
}

// ownRows takes sid = :subject out of WHERE. Nothing else may stand there: whether a record is found must say no more
// than that it exists.
func (b *binder) ownRows(s *selectNode, sc *scope) (int, bool) {
	var parts []*exprNode
	if s.where != nil {
		parts = []*exprNode{s.where}
		if s.where.kind == andExpr {
			parts = s.where.args
		}
	}
	found, key := false, 0
	for _, part := range parts {
		if part == nil {
			return 0, false
		}
		if k, ok := b.ownCondition(part, sc); ok {
			found, key = true, k
			continue
		}
		code := Unimplemented
		if mentionsKey(b, part, sc) {
			code = IsolatingValue
		}
		b.refuse(code, part.at, "除 主体标识 = :subject 外的条件请写进 CASE", "other conditions belong in CASE", "CASE WHEN age >= 18 THEN '成年' ELSE '未成年' END")
		return 0, false
	}
	if !found {
		b.refuse(NotOwnRows, s.items[0].at, "缺少 主体标识 = :subject", "no subject key = :subject", "")
	}
	return key, found
}

func (b *binder) ownCondition(e *exprNode, sc *scope) (int, bool) {
	if e.kind != opExpr || e.text != "=" || len(e.args) != 2 {
		return 0, false
	}
	left, right := e.args[0], e.args[1]
	if left.kind == subjectExpr {
		left, right = right, left
	}
	if right.kind != subjectExpr {
		return 0, false
	}
	return b.keyOf(left, sc)
}

// mentionsKey reports whether a condition names the subject key.
func mentionsKey(b *binder, e *exprNode, sc *scope) bool {
	found := false
	e.walk(func(x *exprNode) {
		if _, isKey := b.keyOf(x, sc); isKey {
			found = true
		}
	})
	return found
}

func (b *binder) ownItems(s *selectNode, sc *scope) ([]query.Expr, bool) {
	var exprs []query.Expr
	fine := true
	for _, item := range s.items {
		e, ok := b.expr(item.expr, sc)
		if !ok {
			fine = false
			continue
		}
		bare := e.Op == query.OpCol && b.cols[e.Index].policy != nil && len(b.cols[e.Index].policy.Domain) > 0
		e = canonical(clamped(e, b.cols, !bare))
		e.At = item.expr.at
		exprs = append(exprs, e)
	}
	return exprs, fine
}

// finiteOutput lists the values of a class B output; annotate says what they tell about each field.
func (b *binder) finiteOutput(o *query.Output, e *query.Expr, cols []column) bool {
	values, null, ok := finite(e, cols)
	if !ok || len(values) == 0 {
		b.refuse(RawOutput, e.At, "输出不是有限档位", "not one of finitely many values", "")
		return false
	}
	o.Values, o.Null, o.Cells = values, null, len(values)
	if null {
		o.Cells++
	}
	return true
}

// fieldCells says what an output tells about each field it depends on.
func fieldCells(o *query.Output, e *query.Expr, cols []column, policy func(table, column string) (*query.Column, bool)) []query.FieldCells {
	parts, cuts, exact := partition(e, cols)
	if index, one := single(e); exact && one && cols[index].policy != nil && len(cols[index].from) == 0 {
		return []query.FieldCells{aloneCells(&cols[index], parts, cuts)}
	}
	return mixedCells(o, e, cols, policy)
}

// mixedCells charges an output in full to every field it depends on.
func mixedCells(o *query.Output, e *query.Expr, cols []column, policy func(table, column string) (*query.Column, bool)) []query.FieldCells {
	var out []query.FieldCells
	for _, s := range sources(e, cols, query.WayValue) {
		c, ok := policy(s.Table, s.Column)
		if !ok || c.Role == query.SubjectKey {
			continue
		}
		f := query.FieldCells{Table: s.Table, Column: s.Column, Cells: o.Cells, Cap: c.CellCap(), Size: sizeOf(c)}
		if f.Size > 0 {
			f.Cells = min(f.Cells, f.Size)
		}
		out = append(out, f)
	}
	return append(out, recordCells(o, e, cols)...)
}

// recordCells: how many records a person has is a field of every resource whose records an output counts.
func recordCells(o *query.Output, e *query.Expr, cols []column) []query.FieldCells {
	var out []query.FieldCells
	e.Walk(func(x *query.Expr) bool {
		if x.Op != query.OpCol || !cols[x.Index].count {
			return true
		}
		for _, table := range cols[x.Index].records {
			f := query.FieldCells{Table: table, Column: query.Records, Cells: o.Cells, Cap: query.DefaultCells}
			if !slices.ContainsFunc(out, func(have query.FieldCells) bool { return have.Table == f.Table }) {
				out = append(out, f)
			}
		}
		return true
	})
	return out
}

// sizeOf is how many values a coded field has, 0 for any other.
func sizeOf(c *query.Column) int {
	if len(c.Domain) == 0 {
		return 0
	}
	return c.DomainSize()
}

// aloneCells is the partition of one field that an output of that field alone makes.
func aloneCells(c *column, parts []part, cuts []int64) query.FieldCells {
	f := query.FieldCells{Table: c.table.Name, Column: c.policy.Name, Alone: true, Cap: c.policy.CellCap(), Size: sizeOf(c.policy)}
	if len(c.policy.Domain) == 0 && c.typ.Ordered() {
		f.Cuts, f.TellNil = cuts, c.null
		f.Cells = len(cuts) + 1
		if c.null {
			f.Cells++
		}
		return f
	}
	var results []query.Value
	for _, p := range parts {
		i := slices.Index(results, p.result)
		if i < 0 {
			i = len(results)
			results = append(results, p.result)
			f.Groups = append(f.Groups, nil)
		}
		if p.value.IsNull() {
			f.TellNil = true
			continue
		}
		f.Groups[i] = append(f.Groups[i], p.value.Text())
	}
	f.Cells = len(results)
	return f
}
