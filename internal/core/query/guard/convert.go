package guard

import (
	"fmt"
	"slices"
	"strings"

	"yunei/internal/core/query"
)

// converter turns the parse tree into the syntax tree of what is accepted. It is a closed world: a node kind without
// a case, and a field of a known node that its case does not name, is a refusal. The encoding leaves out fields that
// are not set, so whatever is present was asked for.
type converter struct {
	*faults
	params []query.Value // the values that parameters stand for
}

func (c *converter) model(stmts []any) *selectNode {
	if len(stmts) == 0 {
		c.refuse(OneSelect, 0, "没有语句", "no statement", "")
		return nil
	}
	if len(stmts) > 1 {
		second, _ := stmts[1].(tree)
		at, _ := second["stmt_location"].(float64)
		c.refuse(OneSelect, c.skipBlanks(int(at)), fmt.Sprintf("%d 条语句", len(stmts)), fmt.Sprintf("%d statements", len(stmts)), "")
		return nil
	}
	outer, _ := stmts[0].(tree)
	kind, o := node(outer["stmt"])
	if kind != "SelectStmt" {
		what := strings.TrimSuffix(kind, "Stmt")
		c.refuse(OneSelect, c.skipBlanks(0), what, what, "")
		return nil
	}
	return c.selectStmt(o, 0, true)
}

func (c *converter) skipBlanks(at int) int {
	for at < len(c.text) && strings.IndexByte(" \t\r\n;", c.text[at]) >= 0 {
		at++
	}
	return at
}

// closed refuses every field of the node that is not allowed.
func (c *converter) closed(kind string, o tree, at int, allowed ...string) bool {
	for field := range o {
		if field != "location" && !slices.Contains(allowed, field) {
			c.refuse(NotListed, at, kind+"."+field, kind+"."+field, "")
			return false
		}
	}
	return true
}

// unwanted are parts of a SELECT that have a code of their own.
var unwanted = []struct {
	field string
	code  Code
	zh    string
}{
	{"intoClause", OneSelect, "SELECT INTO"},
	{"lockingClause", OneSelect, "FOR UPDATE"},
	{"valuesLists", OneSelect, "VALUES"},
	{"windowClause", WindowNotOwn, "WINDOW"},
	{"groupDistinct", Unimplemented, "GROUP BY DISTINCT"},
}

func (c *converter) selectStmt(o tree, at int, top bool) *selectNode {
	for _, u := range unwanted {
		if _, present := o[u.field]; present {
			c.refuse(u.code, c.findWord(at, u.zh), u.zh, u.zh, "")
			return nil
		}
	}
	if str(o["op"]) != "SETOP_NONE" {
		return c.setOperation(o, at, top)
	}
	if !c.closed("SelectStmt", o, at, "targetList", "distinctClause", "fromClause", "whereClause", "groupClause", "havingClause", "sortClause", "limitCount", "limitOffset", "limitOption", "withClause", "op") {
		return nil
	}
	switch str(o["limitOption"]) {
	case "", "LIMIT_OPTION_DEFAULT", "LIMIT_OPTION_COUNT":
	default:
		c.refuse(Unimplemented, at, "FETCH WITH TIES", "FETCH WITH TIES", "")
	}
	s := &selectNode{at: at}
	if with, ok := o["withClause"].(tree); ok {
		if !top {
			c.refuse(Subquery, loc(with), "内层 WITH", "inner WITH", "")
		}
		s.with = c.withClause(with)
	}
	for _, item := range list(o["targetList"]) {
		kind, t := node(item)
		if kind != "ResTarget" || !c.closed(kind, t, loc(t), "name", "val") {
			continue
		}
		s.items = append(s.items, itemNode{at: loc(t), name: str(t["name"]), expr: c.expr(t["val"])})
	}
	if d := list(o["distinctClause"]); len(d) > 0 {
		s.distinct, s.setAt = true, c.findWord(at, "DISTINCT")
		if len(d) > 1 || len(d[0].(tree)) > 0 {
			c.refuse(Unimplemented, s.setAt, "DISTINCT ON", "DISTINCT ON", "SELECT DISTINCT sid, ward FROM visit")
		}
	}
	if len(s.items) == 0 {
		c.refuse(Syntax, at, "没有输出列", "no output columns", "")
	}
	for _, item := range list(o["fromClause"]) {
		if from := c.from(item); from != nil {
			s.from = append(s.from, from)
		}
	}
	if w, ok := o["whereClause"]; ok {
		s.where = c.expr(w)
	}
	for _, g := range list(o["groupClause"]) {
		if kind, k := node(g); kind == "GroupingSet" {
			c.refuse(Unimplemented, loc(k), "GROUPING SETS / ROLLUP / CUBE", "GROUPING SETS", "")
			continue
		}
		e := c.expr(g)
		if e != nil && e.kind == literalExpr {
			c.refuse(NameColumns, e.at, "GROUP BY 序号", "positional GROUP BY", "")
			continue
		}
		s.group = append(s.group, e)
	}
	if h, ok := o["havingClause"]; ok {
		s.having = c.expr(h)
		if s.having == nil {
			return nil
		}
	}
	c.tail(s, o)
	return s
}

// tail reads ORDER BY, LIMIT and OFFSET.
func (c *converter) tail(s *selectNode, o tree) {
	s.order, _ = c.ordering(o["sortClause"], s.at)
	if l, ok := o["limitCount"]; ok {
		s.limit = c.expr(l)
	}
	if l, ok := o["limitOffset"]; ok {
		s.offset = c.expr(l)
	}
}

// ordering reads a list of ORDER BY.
func (c *converter) ordering(v any, at int) (out []orderNode, ok bool) {
	ok = true
	for _, item := range list(v) {
		kind, t := node(item)
		if kind != "SortBy" || !c.closed(kind, t, at, "node", "sortby_dir", "sortby_nulls") {
			return out, false
		}
		e := c.expr(t["node"])
		switch {
		case e == nil:
			ok = false
			continue
		case e.kind == literalExpr:
			c.refuse(NameColumns, e.at, "ORDER BY 序号", "positional ORDER BY", "")
			ok = false
			continue
		case str(t["sortby_nulls"]) != "SORTBY_NULLS_DEFAULT":
			c.refuse(Unimplemented, e.at, "NULLS FIRST / LAST", "NULLS FIRST / LAST", "")
			ok = false
		}
		out = append(out, orderNode{expr: e, desc: str(t["sortby_dir"]) == "SORTBY_DESC"})
	}
	return out, ok
}

// findWord finds the first word of what after byte at, so that a clause without a position of its own gets one.
func (c *converter) findWord(at int, what string) int {
	word, _, _ := strings.Cut(what, " ")
	if word == "SELECT" {
		if _, second, ok := strings.Cut(what, " "); ok {
			word = second
		}
	}
	if i := strings.Index(strings.ToUpper(c.text[at:]), word); i >= 0 {
		return at + i
	}
	return at
}

func (c *converter) withClause(o tree) []cteNode {
	if truth(o["recursive"]) {
		c.refuse(Subquery, loc(o), "WITH RECURSIVE", "recursive CTE", "")
		return nil
	}
	if !c.closed("WithClause", o, loc(o), "ctes") {
		return nil
	}
	var out []cteNode
	for _, item := range list(o["ctes"]) {
		kind, t := node(item)
		if kind != "CommonTableExpr" || !c.closed(kind, t, loc(t), "ctename", "aliascolnames", "ctematerialized", "ctequery") {
			continue
		}
		inner, q := node(t["ctequery"])
		if inner != "SelectStmt" {
			c.refuse(OneSelect, loc(t), inner, inner, "")
			continue
		}
		rename, _ := names(t["aliascolnames"])
		if s := c.selectStmt(q, loc(t), false); s != nil {
			out = append(out, cteNode{at: loc(t), name: str(t["ctename"]), query: s, rename: rename})
		}
	}
	return out
}

// publicSchema is where every table stands that a text may name with or without it, as programs that write SQL do. A table
// of another schema has the schema in its name, and only the catalogue knows which do.
const publicSchema = "public"

func (c *converter) from(v any) *fromNode {
	kind, o := node(v)
	switch kind {
	case "RangeVar":
		at := loc(o)
		if !c.closed(kind, o, at, "schemaname", "relname", "inh", "relpersistence", "alias") {
			return nil
		}
		if !truth(o["inh"]) {
			c.refuse(NotListed, at, "ONLY", "ONLY", "")
		}
		f := &fromNode{at: at, table: str(o["relname"])}
		c.alias(f, o)
		if schema := str(o["schemaname"]); schema != "" && schema != publicSchema {
			f.alias, f.table = aliasOr(f.alias, f.table), schema+"."+f.table
		}
		return f
	case "RangeSubselect":
		if truth(o["lateral"]) {
			c.refuse(Subquery, c.findWord(0, "LATERAL"), "LATERAL", "LATERAL", "")
			return nil
		}
		if !c.closed(kind, o, 0, "subquery", "alias") {
			return nil
		}
		inner, q := node(o["subquery"])
		if inner != "SelectStmt" {
			return nil
		}
		f := &fromNode{query: c.selectStmt(q, 0, false)}
		c.alias(f, o)
		if f.query == nil {
			return nil
		}
		if len(f.query.items) > 0 {
			f.at = f.query.items[0].at
		}
		return f
	case "JoinExpr":
		return c.join(o)
	case "RangeFunction", "RangeTableFunc", "JsonTable":
		c.refuse(NotListed, firstLoc(v), "FROM 中的函数", "function in FROM", "")
	case "RangeTableSample":
		c.refuse(SubsetPick, c.findWord(0, "TABLESAMPLE"), "TABLESAMPLE", "TABLESAMPLE", "")
	default:
		c.refuse(NotListed, firstLoc(v), kind, kind, "")
	}
	return nil
}

func (c *converter) alias(f *fromNode, o tree) {
	a, ok := o["alias"].(tree)
	if !ok {
		return
	}
	if c.closed("Alias", a, f.at, "aliasname", "colnames") {
		f.alias = str(a["aliasname"])
		f.rename, _ = names(a["colnames"])
	}
}

func (c *converter) join(o tree) *fromNode {
	f := &fromNode{left: c.from(o["larg"]), right: c.from(o["rarg"])}
	if f.left == nil || f.right == nil {
		return nil
	}
	f.at = f.right.at
	switch str(o["jointype"]) {
	case "JOIN_INNER":
	case "JOIN_LEFT":
		f.outer = true
	default:
		c.refuse(JoinNotAllowed, f.at, str(o["jointype"]), str(o["jointype"]), "")
		return nil
	}
	if truth(o["isNatural"]) {
		c.refuse(JoinNotAllowed, f.at, "NATURAL JOIN", "NATURAL JOIN", "")
		return nil
	}
	if !c.closed("JoinExpr", o, f.at, "jointype", "larg", "rarg", "quals", "usingClause") {
		return nil
	}
	if q, ok := o["quals"]; ok {
		f.on = c.expr(q)
		return f
	}
	f.using, _ = names(o["usingClause"])
	if len(f.using) == 0 {
		c.refuse(JoinNotAllowed, f.at, "CROSS JOIN", "CROSS JOIN", "")
		return nil
	}
	return f
}

// literal reads an A_Const.
func (c *converter) literal(o tree) *exprNode {
	e := &exprNode{kind: literalExpr, at: loc(o)}
	switch {
	case truth(o["isnull"]):
	case o["ival"] != nil:
		inner, _ := o["ival"].(tree)
		n, _ := inner["ival"].(float64)
		e.value = query.IntValue(int64(n))
	case o["fval"] != nil:
		inner, _ := o["fval"].(tree)
		v, ok := parseNumber(str(inner["fval"]))
		if !ok {
			c.refuse(WrongType, e.at, "数字过大或小数位超过 9 位", "number too large or with more than 9 decimal places", "0.5")
			return nil
		}
		e.value = v
	case o["sval"] != nil:
		inner, _ := o["sval"].(tree)
		e.value = query.TextValue(str(inner["sval"]))
	case o["boolval"] != nil:
		inner, _ := o["boolval"].(tree)
		e.value = query.BoolValue(truth(inner["boolval"]))
	default:
		c.refuse(NotListed, e.at, "常量写法", "kind of constant", "")
		return nil
	}
	return e
}

// parseNumber reads a decimal constant into the fewest decimal places that hold it.
func parseNumber(s string) (query.Value, bool) {
	if strings.ContainsAny(s, "eE_xX") {
		return query.Null, false
	}
	scale := 0
	if _, fraction, ok := strings.Cut(s, "."); ok {
		scale = len(strings.TrimRight(fraction, "0"))
	}
	if scale > query.MaxScale {
		return query.Null, false
	}
	v, err := query.ParseValue(query.Number(scale), s)
	return v, err == nil
}
