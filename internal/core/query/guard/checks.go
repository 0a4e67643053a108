package guard

import (
	"fmt"
	"slices"
	"strings"

	"yunei/internal/core/query"
)

// Status is the outcome of one check.
type Status string

const (
	Pass    Status = "pass"
	Warn    Status = "warn"
	Refused Status = "refused"
	NotHere Status = "not_applicable"
)

// Check is one static check with the evidence an expert reads.
type Check struct {
	ID         string   `json:"id"`
	Title      string   `json:"title"`
	TitleEn    string   `json:"titleEn"`
	Status     Status   `json:"status"`
	Evidence   []string `json:"evidence,omitempty"`
	EvidenceEn []string `json:"evidenceEn,omitempty"`
}

// inspection runs the checks over a model. It reads only the model and the policy, never the text, so that it can be
// repeated on the artefact that was signed.
type inspection struct {
	*faults
	model *query.Model
	know  *knowledge
	check *Check // the one being run
}

// checks are the static checks that need the model and the policy alone, in order. SC16 and SC17 of a model with
// parameters are made over all its members (params). SC20 to SC24 need budgets and engines: the lab adds them.
var checks = []struct {
	id, title, titleEn string
	run                func(*inspection)
}{
	{"SC01", "语法封闭：只含白名单内的写法", "Closed world: only constructs on the allow-list", (*inspection).closedWorld},
	{"SC02", "名称解析到目录与版本", "Names resolve to the catalog and its version", (*inspection).names},
	{"SC03", "数据项用途已获准", "Uses of columns are allowed", (*inspection).uses},
	{"SC04", "主体链条单一、不断", "One unbroken lineage of units", (*inspection).unit},
	{"SC05", "每个主体的行数有上限", "Rows per unit are bounded", (*inspection).multiplicity},
	{"SC06", "求和列有上下界，整数不溢出", "Summed columns have bounds, integers do not overflow", (*inspection).bounds},
	{"SC07", "任何数据行都不会使计算出错", "No row can make the computation fail", (*inspection).total},
	{"SC08", "结果确定，与时间、环境、随机数无关", "Deterministic: no clock, environment or randomness", (*inspection).deterministic},
	{"SC09", "常量与条件不能定位个人", "Constants and conditions isolate nobody", (*inspection).isolation},
	{"SC10", "分组取值域公开", "Grouping domains are public", (*inspection).domains},
	{"SC11", "输出列不是原始数据", "No output column is raw", (*inspection).lattice},
	{"SC12", "只依赖本人记录", "Depends on one's own records only", (*inspection).ownRows},
	{"SC13", "数据级别与用途相符", "Grades allow the purpose", (*inspection).grades},
	{"SC14", "分组宽度与人群规模相称", "Groups are wide enough for the population", (*inspection).width},
	{"SC15", "资源开销在上限内", "Cost is within limits", (*inspection).cost},
	{"SC16", "参数取值有限且已列明", "Parameters are finite and enumerated", (*inspection).parameters},
	{"SC17", "参数的界限之间不小于最小间隔", "Cut-offs of parameters keep the least step", (*inspection).notHere},
	{"SC18", "输出结构固定", "The shape of the output is fixed", (*inspection).frozen},
	{"SC19", "文本无隐蔽字符", "No hidden characters", (*inspection).hygiene},
	{"SC25", "WebAssembly 步骤封闭、确定、有界", "WebAssembly steps are closed, deterministic and bounded", (*inspection).sandbox},
}

// inspect runs every check, also after one has refused: a person sees all of it at once.
func inspect(m *query.Model, know *knowledge, f *faults) []Check {
	in := &inspection{faults: f, model: m, know: know}
	out := make([]Check, 0, len(checks))
	for _, c := range checks {
		in.check = &Check{ID: c.id, Title: c.title, TitleEn: c.titleEn, Status: Pass}
		c.run(in)
		out = append(out, *in.check)
	}
	return out
}

// note adds evidence in both languages, which take the same arguments.
func (in *inspection) note(zh, en string, args ...any) { in.check.Note(zh, en, args...) }

// Note adds evidence in both languages, which take the same arguments.
func (c *Check) Note(zh, en string, args ...any) {
	c.Evidence = append(c.Evidence, fmt.Sprintf(zh, args...))
	c.EvidenceEn = append(c.EvidenceEn, fmt.Sprintf(en, args...))
}

// Warn adds evidence that a reviewer should weigh.
func (c *Check) Warn(zh, en string, args ...any) {
	if c.Status == Pass {
		c.Status = Warn
	}
	c.Note(zh, en, args...)
}

func (in *inspection) notHere() { in.check.Status = NotHere }

func (in *inspection) warn(zh, en string, args ...any) { in.check.Warn(zh, en, args...) }

// fail refuses the model in the check being run.
func (in *inspection) fail(code Code, at int, what, en, hint string) {
	in.check.Status = Refused
	in.check.Evidence = append(in.check.Evidence, string(code)+" "+what)
	in.check.EvidenceEn = append(in.check.EvidenceEn, string(code)+" "+en)
	in.refuse(code, at, what, en, hint)
}

// relations calls f for every relation below r and r itself, inner ones first.
func relations(r *query.Rel, f func(*query.Rel)) {
	for _, in := range r.In {
		relations(in, f)
	}
	f(r)
}

// expressions calls f for every expression of the model with the columns it sees.
func (in *inspection) expressions(f func(e *query.Expr, cols []column)) {
	relations(in.model.Root, func(r *query.Rel) {
		if len(r.In) == 0 {
			return
		}
		cols := in.know.cols(r.In[0])
		if r.Pred != nil {
			f(r.Pred, cols)
		}
		for i := range r.Wins {
			for _, e := range r.Wins[i].Exprs() {
				f(e, cols)
			}
		}
		for i := range r.Exprs {
			f(&r.Exprs[i], cols)
		}
		for i := range r.Keys {
			f(&r.Keys[i].Expr, cols)
		}
		for i := range r.Aggs {
			if r.Aggs[i].Arg != nil {
				f(r.Aggs[i].Arg, cols)
			}
		}
	})
}

func (in *inspection) closedWorld() {
	ops := map[string]bool{}
	relations(in.model.Root, func(r *query.Rel) { ops[string(r.Op)] = true })
	in.expressions(func(e *query.Expr, _ []column) {
		e.Walk(func(x *query.Expr) bool { ops[string(x.Op)] = true; return true })
	})
	names := make([]string, 0, len(ops))
	for op := range ops {
		names = append(names, op)
	}
	slices.Sort(names)
	in.note("用到的算子：%s", "operators used: %s", strings.Join(names, " "))
}

func (in *inspection) names() {
	for _, t := range in.model.Tables {
		in.note("%s：资源 %s，结构版本 %d，%d 个数据项", "%s: resource %s, schema version %d, %d columns", t.Name, t.Resource, t.Version, len(t.Columns))
	}
}

// uses derives anew which uses the model needs, so that an artefact cannot leave one out, and adds those it names.
func (in *inspection) uses() {
	m := in.model
	need := usesNeeded(m, in.know, rowSources(m.Root.In[0], in.know), groupSources(m, in.know))
	for i, t := range m.Tables {
		for _, ref := range t.Columns {
			c, _ := in.know.tables[i].Column(ref.Name)
			uses := append(slices.Clone(ref.Uses), need[t.Name+"."+ref.Name]...)
			slices.Sort(uses)
			uses = slices.Compact(uses)
			for _, u := range uses {
				if c.Role != query.SubjectKey && !c.Allows(u) {
					in.fail(useCode(u), in.placeOf(c), fmt.Sprintf("%s 未获准用途 %s", c.Name, u), fmt.Sprintf("%s is not allowed %s", c.Name, u), "")
				}
			}
			in.note("%s.%s：%s", "%s.%s: %s", t.Name, ref.Name, useNames(uses))
		}
	}
}

func useNames(uses []query.Use) string {
	out := make([]string, len(uses))
	for i, u := range uses {
		out[i] = string(u)
	}
	return strings.Join(out, " ")
}

// useCode is the code that says best why a use is missing.
func useCode(u query.Use) Code {
	switch u {
	case query.AfterGroupBy:
		return NoPublicDomain
	case query.AfterJoin:
		return JoinNotAllowed
	case query.Plaintext:
		return RawOutput
	}
	return GradeTooHigh
}

// placeOf is where the text first names a column.
func (in *inspection) placeOf(c *query.Column) int {
	at := -1
	in.expressions(func(e *query.Expr, cols []column) {
		e.Walk(func(x *query.Expr) bool {
			if x.Op == query.OpCol && cols[x.Index].policy == c && x.At > 0 && (at < 0 || x.At < at) {
				at = x.At
			}
			return true
		})
	})
	return max(at, 0)
}

func (in *inspection) unit() {
	if in.model.Class == query.O {
		in.notHere()
		return
	}
	for i, t := range in.know.tables {
		if !t.Private() && in.model.Class == query.A {
			in.note("%s：公开表, 按声明的键关联", "%s: a public table, joined by its declared keys", in.model.Tables[i].Name)
			continue
		}
		if t.UnitKind != in.model.Unit {
			in.fail(JoinNotAllowed, 0, fmt.Sprintf("%s 的主体种类是 %q", t.Name, t.UnitKind), "another kind of unit", "")
			continue
		}
		in.note("%s：主体 %s，主体标识 %s", "%s: unit %s, subject key %s", in.model.Tables[i].Name, t.UnitKind, t.SubjectKey)
		if t.Series != "" && in.model.Class == query.A {
			in.series(t)
		}
	}
	relations(in.model.Root, func(r *query.Rel) {
		broken := false
		switch r.Op {
		case query.RelJoin:
			broken = !in.soundJoin(r)
		case query.RelUnitAgg, query.RelWindow, query.RelReduce:
			broken = !in.know.cols(r.In[0])[r.Unit].key
		}
		if broken {
			in.fail(JoinNotAllowed, 0, "连接或归并的键不是主体标识", "not joined or gathered by the subject key", "")
		}
	})
	in.keysStayIn()
}

// series says which month's budget a series is charged to, beside those of a person.
func (in *inspection) series(t *query.Table) {
	if month := Month(in.model, t); month != "" {
		in.note("%s：按月系列，单位为每人每月（%s），本模型只涉及 %s，计入该月额度；每人的合计仍计入年度和存续期额度", "%s: a series, unit per person and month (%s); the model reads %s only and is charged to that month, and per person to the year and the lifetime", t.Name, t.Series, month)
		return
	}
	in.warn("%s：按月系列（%s），未能证明本模型只涉及一个月份，计入每一个月份的额度；只需一个月的，请在该表上直接限定 %s 在同一个月内", "%s: a series (%s); the model is not seen to read one month only, so it is charged to every month; to ask about one, restrict %s on that table to it", t.Name, t.Series, t.Series)
}

// soundJoin: a private right side is joined on the subject keys among others, a public one by keys that name one of its
// rows, and every further key is declared. A subject key meets nothing but a subject key of the same kind.
func (in *inspection) soundJoin(r *query.Rel) bool {
	left, right := in.know.cols(r.In[0]), in.know.cols(r.In[1])
	keyed := false
	for _, p := range r.Pairs() {
		x, y := &left[p.Left], &right[p.Right]
		if x.key != y.key || x.key && x.table.UnitKind != y.table.UnitKind {
			return false
		}
		keyed = keyed || x.key
		for _, c := range []*column{x, y} {
			if !c.key && (c.policy == nil || !c.policy.Allows(query.AfterJoin)) {
				return false
			}
		}
	}
	if slices.ContainsFunc(right, func(c column) bool { return c.table.Private() }) {
		return keyed
	}
	return in.model.Class == query.A && !keyed && oneMatch(r, right)
}

// keysStayIn: the subject key is in no expression but the one that limits class B to one's own rows.
func (in *inspection) keysStayIn() {
	below := in.model.Root.In[0]
	passes := map[*query.Expr]bool{} // the key of each row, through a projection below the root
	relations(below, func(r *query.Rel) {
		for i := range r.Exprs {
			passes[&r.Exprs[i]] = r.Exprs[i].Op == query.OpCol
		}
	})
	in.expressions(func(e *query.Expr, cols []column) {
		if passes[e] || in.model.Class.Own() && e == below.Pred && isOwn(e, cols) {
			return
		}
		e.Walk(func(x *query.Expr) bool {
			if x.Op == query.OpCol && cols[x.Index].key || x.Op == query.OpSubject {
				in.fail(KeyExposed, x.At, "", "", "")
			}
			return true
		})
	})
}

func (in *inspection) multiplicity() {
	if in.model.Class == query.O {
		in.notHere()
		return
	}
	rows := in.know.rows[in.model.Root.In[0]]
	if rows == 0 {
		in.fail(TooExpensive, 0, "每个主体的行数没有上限", "rows per subject are not bounded", "")
		return
	}
	in.note("连接后每个主体至多 %d 行", "at most %d rows of each unit after all joins", rows)
	if r := in.model.Root; in.model.Class == query.A {
		in.note("每个主体至多计入 %d 个单元格，每格至多 %d 行", "each unit counts in at most %d cells, with at most %d rows in each", r.Groups, r.Rows)
		if r.Rows < 1 || r.Groups < 1 {
			in.fail(TooExpensive, 0, "缺少计入上限", "no contribution bounds", "")
		}
	}
	if in.model.Class.Own() && rows != 1 {
		in.fail(NotOwnRows, 0, "每人可有多行", "several rows per subject", "")
	}
}

// maxUnits is how many units a table may have when its policy does not say: more people than live in any country.
const maxUnits = 2_000_000_000

func (in *inspection) bounds() {
	sums := 0
	relations(in.model.Root, func(r *query.Rel) {
		for i := range r.Aggs {
			a := &r.Aggs[i]
			if a.Func != query.AggSum {
				continue
			}
			sums++
			rng := rangeOf(a.Arg, in.know.cols(r.In[0]))
			if !rng.ok || rng.lo < a.Lo || rng.hi > a.Hi {
				in.fail(Unbounded, a.Arg.At, "", "", "")
				continue
			}
			if r.Op == query.RelReduce {
				in.sumFits(r, a)
			}
		}
	})
	if sums == 0 {
		in.notHere()
	}
}

// sumFits proves units * contribution < 2^62.
func (in *inspection) sumFits(r *query.Rel, a *query.Agg) {
	units := int64(maxUnits)
	for _, t := range in.know.tables {
		if t.Units > 0 {
			units = min(units, 2*t.Units)
		}
	}
	one := interval{min(a.Lo-a.Center, 0), max(a.Hi-a.Center, 0), true}
	total := one.times(interval{int64(r.Rows), int64(r.Rows), true}).times(interval{units, units, true})
	unit := query.Type{Kind: a.Type.Kind, Scale: a.Type.Scale}
	number := func(n int64) string {
		return query.Value{Kind: unit.Kind, Scale: unit.Scale, N: n}.Text()
	}
	if !total.ok {
		in.fail(Unbounded, a.Arg.At, "上下界过宽，合计可能溢出", "bounds too wide, the sum could overflow", "")
		return
	}
	in.note("求和列在 [%s, %s] 内，每个主体每格至多改变 %s；%d 个主体合计小于 2^62", "the summed column lies in [%s, %s], one unit moves a cell by at most %s; the sum over %d units stays below 2^62", number(a.Lo), number(a.Hi), number(a.Sensitivity(r.Rows)), units)
}

func (in *inspection) total() {
	n := 0
	in.expressions(func(e *query.Expr, cols []column) {
		e.Walk(func(x *query.Expr) bool {
			n++
			switch x.Op {
			case query.OpAdd, query.OpSub, query.OpMul, query.OpDiv, query.OpNeg, query.OpAbs, query.OpScale, query.OpRound, query.OpFloor, query.OpCeil,
				query.OpSqrt, query.OpLn, query.OpExp, query.OpAge, query.OpDateDiff:
				if !rangeOf(x, cols).ok {
					in.fail(Unbounded, x.At, "运算的列没有上下界", "arithmetic on a column without bounds", "clamp(x, 0, 100000) + 1")
					return false
				}
			}
			return true
		})
	})
	in.note("%d 个表达式节点均为全函数，中间结果小于 2^62", "all %d nodes of expressions are total, intermediate results stay below 2^62", n)
}

func (in *inspection) deterministic() {
	in.note("算子表中没有随机、时间、环境与外部函数", "the list of operators has no randomness, clock, environment or outside function")
}

func (in *inspection) domains() {
	if in.model.Class != query.A {
		in.notHere()
		return
	}
	for i := range in.model.Root.Keys {
		k := &in.model.Root.Keys[i]
		if k.Select {
			in.stillSelected(k)
			in.note("分组 %d：取值域不公开，达到最小人数且经加噪遴选的取值才显示，其余一概不出现", "group %d: no public domain; only values with enough units that pass the noised selection are shown", i+1)
			continue
		}
		in.stillPublic(k)
		values := make([]string, 0, k.Size())
		for _, v := range k.Domain {
			values = append(values, v.Text())
		}
		if k.Null {
			values = append(values, "NULL")
		}
		in.note("分组 %d：%d 个取值（%s）", "group %d: %d values (%s)", i+1, k.Size(), abridged(values))
	}
}

// stillPublic: every value of the key is in today's public code list.
func (in *inspection) stillPublic(k *query.Key) {
	now, cols, public := query.Key{Expr: k.Expr}, in.know.cols(in.model.Root.In[0]), false
	switch {
	case k.Expr.Op == query.OpCol:
		public = columnDomain(&now, &cols[k.Expr.Index])
	case codePrefix(&k.Expr, cols):
		public = prefixDomain(&now, &cols[k.Expr.Args[0].Index])
	default:
		return
	}
	if !public {
		in.fail(NoPublicDomain, k.Expr.At, "", "", "")
		return
	}
	for _, v := range k.Domain {
		if !slices.Contains(now.Domain, v) {
			in.fail(NoPublicDomain, k.Expr.At, v.Text()+" 已不在公开代码表中", v.Text()+" is no longer in the public list", "")
		}
	}
}

func abridged(values []string) string {
	if len(values) > 12 {
		return strings.Join(values[:12], "、") + "……"
	}
	return strings.Join(values, "、")
}

func (in *inspection) cost() {
	if n := len(in.model.Outputs); n > maxColumns {
		in.fail(TooExpensive, 0, fmt.Sprintf("%d 列，上限 %d", n, maxColumns), fmt.Sprintf("%d columns, at most %d", n, maxColumns), "")
	}
	if in.model.Class == query.A {
		if n := in.model.Cells(); n > MaxCells {
			in.fail(TooExpensive, 0, fmt.Sprintf("%d 个单元格，上限 %d", n, MaxCells), fmt.Sprintf("%d cells, at most %d", n, MaxCells), "")
		}
		in.note("%d 个单元格，%d 个加噪向量", "%d cells, %d noised vectors", in.model.Cells(), len(in.model.Root.Aggs))
	}
	in.note("%d 个输出列，%d 张表", "%d output columns, %d tables", len(in.model.Outputs), len(in.model.Tables))
}

func (in *inspection) parameters() {
	if in.model.Class.Own() {
		in.note("唯一的参数是 :subject，取自已核验的授权书", "the only parameter is :subject, taken from the verified consent")
		return
	}
	in.note("没有参数，常量均已写明", "no parameters; all constants are written out")
}

func (in *inspection) frozen() {
	names := make([]string, len(in.model.Outputs))
	for i, o := range in.model.Outputs {
		names[i] = o.Name + " " + o.Type.String()
	}
	in.note("%s", "%s", strings.Join(names, ", "))
}

func (in *inspection) hygiene() {
	in.note("文本经 NFC 与字符表核对；签名对象是模型字节，文本只作说明", "the text is NFC and of listed characters; what is signed is the model's bytes, the text is a comment")
}
