package guard

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"yunei/internal/core/query"
)

// Print writes a model in the accepted language, every step spelled out: what the guard understood, for people to read
// beside the tenant's own words. Compiled again, it is the same model. A fit is not written out: its header says it all.
func Print(m *query.Model) string {
	if m.Fit != nil {
		return ""
	}
	p := &printer{model: m}
	root := m.Root
	header := stepText(m)
	from := p.from(root.In[0])
	var items []string
	add := func(sql, name string) { items = append(items, sql+" AS "+ident(name)) }
	for i := 0; i < len(m.Outputs); i++ {
		o := &m.Outputs[i]
		switch o.Kind {
		case query.OutKey:
			add(p.expr(&root.Keys[o.Index].Expr, from.names), o.Name)
		case query.OutExpr:
			add(p.expr(&root.Exprs[o.Index], from.names), o.Name)
		case query.OutStep:
		case query.OutAgg:
			add(p.agg(&root.Aggs[o.Index], from), o.Name)
		case query.OutRatio:
			add(p.ratio(o, from), o.Name)
		case query.OutStat:
			add(p.stat(o, from), o.Name)
		case query.OutQuantile:
			x, _ := p.histogram(from)
			add(fmt.Sprintf("QUANTILE(%s, %s)", x, query.NumberValue(o.Quantile, 6).Text()), o.Name)
		case query.OutBin:
			x, edges := p.histogram(from)
			key := &root.Keys[len(root.Keys)-1]
			name := strings.TrimSuffix(o.Name, " "+key.Domain[0].S)
			add(fmt.Sprintf("HIST(%s, %s)", x, edges), name)
			i += key.Size() - 1
		}
	}
	if m.Step != nil {
		for i := range root.Exprs {
			add(p.expr(&root.Exprs[i], from.names), m.Step.Inputs[i].Name)
		}
	}
	var groups []string
	for i := range root.Keys {
		if !root.Bins || i < len(root.Keys)-1 {
			groups = append(groups, p.expr(&root.Keys[i].Expr, from.names))
		}
	}
	if root.Op == query.RelGroup {
		for i := range root.Exprs {
			groups = append(groups, p.expr(&root.Exprs[i], from.names))
		}
	}
	return header + selectText("", items, from, groups) + p.post()
}

type printer struct {
	model *query.Model
	n     int // derived tables and aliases given
}

// printed is a relation as FROM and WHERE, with the names of its columns there.
type printed struct {
	from  string
	where []string
	names []string
	key   string
}

func selectText(distinct string, items []string, from printed, groups []string) string {
	text := "SELECT " + distinct + strings.Join(items, ", ") + " FROM " + from.from
	if len(from.where) > 0 {
		text += " WHERE " + strings.Join(from.where, " AND ")
	}
	if len(groups) > 0 {
		text += " GROUP BY " + strings.Join(groups, ", ")
	}
	return text
}

func ident(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func (p *printer) alias() string {
	p.n++
	return "t" + strconv.Itoa(p.n)
}

func (p *printer) from(r *query.Rel) printed {
	switch r.Op {
	case query.RelScan:
		out, alias := printed{}, p.alias()
		t := &p.model.Tables[r.Table]
		out.from = ident(t.Name) + " AS " + alias
		for _, c := range r.Columns {
			out.names = append(out.names, alias+"."+ident(c))
		}
		if t.SubjectKey != "" {
			out.key = alias + "." + ident(t.SubjectKey)
		}
		return out
	case query.RelFilter:
		out := p.from(r.In[0])
		out.where = append(out.where, p.expr(r.Pred, out.names))
		return out
	case query.RelJoin:
		return p.join(r)
	}
	body, n, key := p.body(r)
	return p.derived(body, n, key)
}

// derived is a query in FROM whose columns are c0, c1, ...
func (p *printer) derived(body string, n, key int) printed {
	alias := p.alias()
	out := printed{from: "(" + body + ") AS " + alias}
	for i := range n {
		out.names = append(out.names, fmt.Sprintf("%s.c%d", alias, i))
	}
	if key >= 0 {
		out.key = out.names[key]
	}
	return out
}

func (p *printer) join(r *query.Rel) printed {
	left, right := p.from(r.In[0]), p.from(r.In[1])
	if len(right.where) > 0 { // filtered before it is joined
		var items []string
		for i, n := range right.names {
			items = append(items, fmt.Sprintf("%s AS c%d", n, i))
		}
		right = p.derived(selectText("", items, right, nil), len(items), slices.Index(right.names, right.key))
	}
	kind, on := "JOIN", make([]string, 0, 1+len(r.More))
	if r.Outer {
		kind = "LEFT JOIN"
	}
	for _, pair := range r.Pairs() {
		on = append(on, left.names[pair.Left]+" = "+right.names[pair.Right])
	}
	out := left
	out.from = fmt.Sprintf("%s %s %s ON %s", left.from, kind, right.from, strings.Join(on, " AND "))
	out.names = append(slices.Clone(left.names), right.names...)
	if out.key == "" {
		out.key = right.key
	}
	return out
}

// body is a relation that stands as a query of its own: its text, its columns and which of them is the subject key.
func (p *printer) body(r *query.Rel) (text string, columns, key int) {
	switch r.Op {
	case query.RelDistinct:
		text, columns, key = p.body(r.In[0])
		if r.In[0].Op == query.RelUnion {
			return strings.ReplaceAll(text, "\nUNION ALL\n", "\nUNION\n"), columns, key
		}
		return "SELECT DISTINCT " + strings.TrimPrefix(text, "SELECT "), columns, key
	case query.RelUnion:
		var parts []string
		for _, in := range r.In {
			part, n, k := p.body(in)
			parts, columns, key = append(parts, part), n, k
		}
		return strings.Join(parts, "\nUNION ALL\n"), columns, key
	}
	from := p.from(r.In[0])
	var items, groups []string
	add := func(sql string) { items = append(items, fmt.Sprintf("%s AS c%d", sql, len(items))) }
	switch r.Op {
	case query.RelProject:
		key = -1
		for i := range r.Exprs {
			sql := p.expr(&r.Exprs[i], from.names)
			if sql == from.key {
				key = i
			}
			add(sql)
		}
	case query.RelUnitAgg:
		add(from.names[r.Unit])
		groups = []string{from.names[r.Unit]}
		for i := range r.Aggs {
			add(p.agg(&r.Aggs[i], from))
		}
	case query.RelWindow:
		key = r.Unit
		for _, n := range from.names {
			add(n)
		}
		for i := range r.Wins {
			add(p.win(&r.Wins[i], from, from.names[r.Unit]))
		}
	}
	return selectText("", items, from, groups), len(items), key
}

func (p *printer) agg(a *query.Agg, from printed) string {
	switch a.Func {
	case query.AggRows:
		return "COUNT(*)"
	case query.AggUnits:
		return "COUNT(DISTINCT " + from.key + ")"
	}
	return strings.ToUpper(string(a.Func)) + "(" + p.expr(a.Arg, from.names) + ")"
}

// ratio is an average where its sum is of distances from the middle.
func (p *printer) ratio(o *query.Output, from printed) string {
	num, den := &p.model.Root.Aggs[o.Index], &p.model.Root.Aggs[o.Over]
	if num.Center != 0 {
		return fmt.Sprintf("ROUND(AVG(%s), %d)", p.expr(num.Arg, from.names), o.Type.Scale)
	}
	return fmt.Sprintf("safe_div(%s, %s, %d)", p.agg(num, from), p.agg(den, from), o.Type.Scale)
}

// stat strips from the first moments what the figure put around its columns.
func (p *printer) stat(o *query.Output, from printed) string {
	var args []string
	for i, middle := range []int64{o.Plus, o.Minus}[:o.Stat.Parts()/3] {
		x := p.model.Root.Aggs[o.Parts[1+i]].Arg
		if o.Stat.Parts() == 6 && x.Op == query.OpCase && len(x.Args) == 3 && x.Args[0].Op == query.OpIsNull {
			x = &x.Args[2]
		}
		if middle != 0 && x.Op == query.OpSub {
			x = &x.Args[0]
		}
		args = append(args, p.expr(x, from.names))
	}
	return fmt.Sprintf("ROUND(%s(%s), %d)", strings.ToUpper(string(o.Stat)), strings.Join(args, ", "), o.Type.Scale)
}

// histogram reads column and edges back from the bins.
func (p *printer) histogram(from printed) (x, edges string) {
	bins := &p.model.Root.Keys[len(p.model.Root.Keys)-1].Expr
	var list []string
	for i := 0; i+3 < len(bins.Args); i += 2 { // the last WHEN repeats the last edge
		list = append(list, p.expr(&bins.Args[i].Args[1], from.names))
	}
	return p.expr(&bins.Args[0].Args[0], from.names), strings.Join(list, ", ")
}

func (p *printer) win(w *query.Win, from printed, key string) string {
	arg := ""
	switch {
	case w.Arg != nil:
		arg = p.expr(w.Arg, from.names)
	case w.Func == query.WinCount:
		arg = "*"
	}
	if w.Func == query.WinLag {
		arg += ", " + strconv.Itoa(w.Offset)
	}
	text := fmt.Sprintf("%s(%s) OVER (PARTITION BY %s", w.Func, arg, key)
	for i, o := range w.Order {
		text += map[bool]string{true: " ORDER BY ", false: ", "}[i == 0] + p.expr(&o.Expr, from.names)
		if o.Desc {
			text += " DESC"
		}
	}
	return text + ")"
}

func (p *printer) post() string {
	post, text := p.model.Post, ""
	if post == nil {
		return ""
	}
	var names []string
	for i := range p.model.Outputs {
		names = append(names, ident(p.model.Outputs[i].Name))
	}
	if post.Having != nil {
		text += " HAVING " + p.expr(post.Having, names)
	}
	for i, o := range post.Order {
		text += map[bool]string{true: " ORDER BY ", false: ", "}[i == 0] + names[o.Output]
		if o.Desc {
			text += " DESC"
		}
	}
	if post.Limit != nil {
		text += fmt.Sprintf(" LIMIT %d", *post.Limit)
	}
	if post.Offset > 0 {
		text += fmt.Sprintf(" OFFSET %d", post.Offset)
	}
	return text
}

// functions are the operators that are written as name(arguments), with the decimal places where the operator has some.
var functions = map[query.Op]struct {
	name   string
	places bool
}{
	query.OpDiv: {"safe_div", true}, query.OpAbs: {"abs", false}, query.OpMod: {"mod", false}, query.OpRound: {"round", true},
	query.OpFloor: {"floor", false}, query.OpCeil: {"ceil", false}, query.OpScale: {"fixed", true}, query.OpClamp: {"clamp", false},
	query.OpLeast: {"least", false}, query.OpGreat: {"greatest", false}, query.OpCoalesce: {"coalesce", false},
	query.OpSqrt: {"sqrt", true}, query.OpLn: {"ln", true}, query.OpExp: {"exp", true}, query.OpToNum: {"to_number_or_null", true},
	query.OpUpper: {"upper", false}, query.OpLower: {"lower", false}, query.OpTrim: {"trim", false}, query.OpSubstr: {"substr", false},
	query.OpPrefix: {"starts_with", false}, query.OpAge: {"age_on", false},
}

var infixes = map[query.Op]string{
	query.OpAdd: " + ", query.OpSub: " - ", query.OpMul: " * ", query.OpEq: " = ", query.OpNe: " <> ", query.OpLt: " < ", query.OpLe: " <= ",
	query.OpGt: " > ", query.OpGe: " >= ", query.OpAnd: " AND ", query.OpOr: " OR ",
}

func (p *printer) expr(e *query.Expr, names []string) string {
	args := make([]string, len(e.Args))
	for i := range e.Args {
		args[i] = p.expr(&e.Args[i], names)
	}
	var lits []string
	for _, v := range e.Lits {
		lits = append(lits, literalText(v))
	}
	if sign, ok := infixes[e.Op]; ok {
		return "(" + strings.Join(args, sign) + ")"
	}
	if f, ok := functions[e.Op]; ok {
		args = append(args, lits...)
		if f.places {
			args = append(args, strconv.Itoa(e.Type.Scale))
		}
		return f.name + "(" + strings.Join(args, ", ") + ")"
	}
	switch e.Op {
	case query.OpCol:
		return names[e.Index]
	case query.OpLit:
		if len(lits) == 0 && e.Type.Numeric() {
			return fmt.Sprintf("fixed(NULL, %d)", e.Type.Scale)
		}
		return append(lits, "NULL")[0]
	case query.OpSubject:
		return ":subject"
	case query.OpNeg:
		return "(- " + args[0] + ")"
	case query.OpNot:
		return "(NOT " + args[0] + ")"
	case query.OpIsNull:
		return "(" + args[0] + " IS NULL)"
	case query.OpIn:
		return "(" + args[0] + " IN (" + strings.Join(lits, ", ") + "))"
	case query.OpTrunc:
		return "date_trunc('" + e.Unit + "', " + args[0] + ")"
	case query.OpPart:
		return "date_part('" + e.Unit + "', " + args[0] + ")"
	case query.OpDateDiff:
		return "datediff('" + e.Unit + "', " + strings.Join(args, ", ") + ")"
	case query.OpCase:
		var b strings.Builder
		b.WriteString("CASE")
		last := len(args) - 1
		for i := 0; i < last; i += 2 {
			fmt.Fprintf(&b, " WHEN %s THEN %s", args[i], args[i+1])
		}
		return b.String() + " ELSE " + args[last] + " END"
	}
	return string(e.Op) + "(" + strings.Join(args, ", ") + ")"
}

// literalText keeps the decimal places of a number that its digits do not show.
func literalText(v query.Value) string {
	switch v.Kind {
	case query.Text:
		return "'" + strings.ReplaceAll(v.S, "'", "''") + "'"
	case query.Date:
		return "DATE '" + v.Text() + "'"
	case query.Timestamp:
		return "TIMESTAMP '" + v.Text() + "'"
	case query.Decimal:
		text := v.Text()
		if strings.HasSuffix(text, "0") {
			return fmt.Sprintf("fixed(%s, %d)", text, v.Scale)
		}
		return text
	}
	return v.Text()
}
