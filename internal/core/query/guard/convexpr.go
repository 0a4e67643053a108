package guard

import (
	"slices"
	"strings"

	"yunei/internal/core/query"
)

// accepted are the functions that the binder knows; each has its entry in calls.go or aggregates.go.
var accepted = words(`count sum avg min max var_pop var_samp variance stddev stddev_pop stddev_samp corr covar_pop covar_samp
	regr_slope regr_intercept regr_r2 bucket clamp safe_div abs round floor ceil ceiling mod coalesce nullif
	substr substring date_trunc date_part extract starts_with
	sqrt ln exp upper lower trim btrim region_level age_on datediff to_number_or_null fixed hist quantile`)

// refusedCalls says which code a known but unwanted function gets. Any other function is refused with G012.
var refusedCalls = map[Code]map[string]bool{
	ExactExtreme: words(`mode any_value first last first_value last_value arg_min arg_max argmin argmax min_by max_by array_agg
		string_agg listagg group_concat list histogram product bit_and bit_or bit_xor bool_and bool_or every approx_count_distinct
		approx_quantile approx_top_k reservoir_quantile median percentile_cont percentile_disc json_agg jsonb_agg xmlagg json_object_agg`),
	WindowNotOwn: words(`rank dense_rank row_number ntile percent_rank cume_dist lag lead nth_value`),
	NotTotal: words(`log log2 log10 cbrt power pow sin cos tan asin acos atan atan2 cot degrees radians to_date to_number
		to_timestamp to_char regexp_replace regexp_match regexp_matches regexp_like regexp_count regexp_substr regexp_split_to_array
		strptime cast make_date age div trunc width_bucket`),
	SubsetPick: words(`md5 sha1 sha224 sha256 sha384 sha512 hash hashtext hashint4 crc32 crc32c digest hmac encode decode concat
		concat_ws left right reverse repeat lpad rpad replace translate overlay split_part ascii chr to_hex bit_count get_bit get_byte
		position strpos instr length char_length octet_length bit_length levenshtein soundex format`),
	Unimplemented: words(`regr_count regr_avgx regr_avgy ltrim rtrim sign`),
	Subquery:      words(`query query_table dblink`),
}

func (c *converter) expr(v any) *exprNode {
	kind, o := node(v)
	at := loc(o)
	switch kind {
	case "ColumnRef":
		return c.column(o)
	case "A_Const":
		if !c.closed(kind, o, at, "isnull", "ival", "fval", "sval", "boolval") {
			return nil
		}
		return c.literal(o)
	case "ParamRef":
		n, _ := o["number"].(float64)
		if n < 1 || int(n) > 1+len(c.params) || !c.closed(kind, o, at, "number") {
			c.refuse(Undeclared, at, "", "", "")
			return nil
		}
		if n > 1 {
			return &exprNode{kind: literalExpr, at: at, value: c.params[int(n)-2]}
		}
		return &exprNode{kind: subjectExpr, at: at}
	case "A_Expr":
		return c.operator(o)
	case "BoolExpr":
		return c.boolean(o)
	case "NullTest":
		return c.nullTest(o)
	case "CaseExpr":
		return c.caseExpr(o)
	case "CoalesceExpr", "MinMaxExpr":
		return c.variadic(kind, o)
	case "FuncCall":
		return c.call(o)
	case "TypeCast":
		return c.cast(o)
	}
	c.unknown(kind, v)
	return nil
}

// unknown refuses a node that has no case, with the code that fits what it is.
func (c *converter) unknown(kind string, v any) {
	at := firstLoc(v)
	switch kind {
	case "SubLink":
		c.refuse(Subquery, at, "子查询", "subquery", "")
	case "SQLValueFunction":
		c.refuse(NotListed, at, "环境函数", "environment function", "DATE '2024-01-01'")
	case "SetToDefault", "CurrentOfExpr":
		c.refuse(OneSelect, at, kind, kind, "")
	case "":
		c.refuse(Syntax, at, "", "", "")
	default:
		c.refuse(NotListed, at, kind, kind, "")
	}
}

// firstLoc is the smallest position in a part of the parse tree.
func firstLoc(v any) int {
	best := -1
	var visit func(any)
	visit = func(v any) {
		switch x := v.(type) {
		case tree:
			if n, ok := x["location"].(float64); ok && n >= 0 && (best < 0 || int(n) < best) {
				best = int(n)
			}
			for _, inner := range x {
				visit(inner)
			}
		case []any:
			for _, inner := range x {
				visit(inner)
			}
		}
	}
	visit(v)
	return max(best, 0)
}

func (c *converter) column(o tree) *exprNode {
	at := loc(o)
	if !c.closed("ColumnRef", o, at, "fields") {
		return nil
	}
	for _, field := range list(o["fields"]) {
		if kind, _ := node(field); kind == "A_Star" {
			c.refuse(NameColumns, at, "*", "*", "")
			return nil
		}
	}
	parts, ok := names(o["fields"])
	if len(parts) == 3 && parts[0] == publicSchema {
		parts = parts[1:]
	}
	if !ok || len(parts) > 2 {
		c.refuse(UnknownName, at, strings.Join(parts, "."), strings.Join(parts, "."), "")
		return nil
	}
	return &exprNode{kind: columnExpr, at: at, name: parts}
}

func (c *converter) exprs(items ...any) ([]*exprNode, bool) {
	out := make([]*exprNode, len(items))
	ok := true
	for i, item := range items {
		out[i] = c.expr(item)
		ok = ok && out[i] != nil
	}
	return out, ok
}

// operators are the infix operators that have a meaning here.
var operators = []string{"+", "-", "*", "=", "<>", "<", "<=", ">", ">="}

func (c *converter) operator(o tree) *exprNode {
	at := loc(o)
	if !c.closed("A_Expr", o, at, "kind", "name", "lexpr", "rexpr") {
		return nil
	}
	parts, _ := names(o["name"])
	if len(parts) != 1 {
		c.refuse(NotListed, at, "OPERATOR()", "OPERATOR()", "")
		return nil
	}
	name := parts[0]
	switch str(o["kind"]) {
	case "AEXPR_OP":
		return c.plainOperator(o, name, at)
	case "AEXPR_IN":
		return c.in(o, name, at)
	case "AEXPR_BETWEEN", "AEXPR_NOT_BETWEEN":
		return c.between(o, at)
	case "AEXPR_LIKE":
		return c.like(o, name, at)
	case "AEXPR_NULLIF":
		args, ok := c.exprs(o["lexpr"], o["rexpr"])
		if !ok {
			return nil
		}
		return &exprNode{kind: callExpr, at: at, text: "nullif", args: args}
	case "AEXPR_ILIKE", "AEXPR_SIMILAR":
		c.refuse(IsolatingValue, at, "模式匹配", "pattern match", "starts_with(region, '3505')")
	case "AEXPR_DISTINCT", "AEXPR_NOT_DISTINCT":
		c.refuse(Unimplemented, at, "IS DISTINCT FROM", "IS DISTINCT FROM", "a = b")
	case "AEXPR_OP_ANY", "AEXPR_OP_ALL":
		c.refuse(Subquery, at, "ANY / ALL", "ANY / ALL", "x IN (1, 2)")
	default:
		c.refuse(NotListed, at, str(o["kind"]), str(o["kind"]), "")
	}
	return nil
}

func (c *converter) plainOperator(o tree, name string, at int) *exprNode {
	switch {
	case slices.Contains(operators, name):
	case name == "/":
		c.refuse(NotTotal, at, "/", "/", "safe_div(a, b)")
		return nil
	case name == "%":
		c.refuse(NotTotal, at, "%", "%", "mod(x, 10)")
		return nil
	case name == "||":
		c.refuse(SubsetPick, at, "||", "||", "")
		return nil
	case name == "^" || strings.HasPrefix(name, "~") || strings.HasPrefix(name, "!~") || name == "|/":
		c.refuse(NotTotal, at, name, name, "")
		return nil
	case name == "&" || name == "|" || name == "#" || name == "<<" || name == ">>":
		c.refuse(SubsetPick, at, name, name, "")
		return nil
	default:
		c.refuse(NotListed, at, name, name, "a = b")
		return nil
	}
	if _, infix := o["lexpr"]; !infix {
		arg := c.expr(o["rexpr"])
		if arg == nil {
			return nil
		}
		if name == "+" {
			return arg
		}
		if name != "-" {
			c.refuse(NotListed, at, name, name, "")
			return nil
		}
		return &exprNode{kind: opExpr, at: at, text: name, args: []*exprNode{arg}}
	}
	if kind, _ := node(o["rexpr"]); kind == "List" {
		c.refuse(NotListed, at, "行比较", "row comparison", "")
		return nil
	}
	args, ok := c.exprs(o["lexpr"], o["rexpr"])
	if !ok {
		return nil
	}
	return &exprNode{kind: opExpr, at: args[0].at, text: name, args: args}
}

func (c *converter) in(o tree, name string, at int) *exprNode {
	kind, l := node(o["rexpr"])
	if kind != "List" || !c.closed(kind, l, at, "items") {
		return nil
	}
	args, ok := c.exprs(append([]any{o["lexpr"]}, list(l["items"])...)...)
	if !ok {
		return nil
	}
	e := &exprNode{kind: inExpr, at: args[0].at, args: args}
	if name == "<>" {
		return &exprNode{kind: notExpr, at: at, args: []*exprNode{e}}
	}
	return e
}

// between is two comparisons, so that both spellings mean the same model.
func (c *converter) between(o tree, at int) *exprNode {
	_, l := node(o["rexpr"])
	bounds := list(l["items"])
	if len(bounds) != 2 {
		return nil
	}
	args, ok := c.exprs(o["lexpr"], bounds[0], bounds[1])
	if !ok {
		return nil
	}
	cmp := func(op string, bound *exprNode) *exprNode {
		return &exprNode{kind: opExpr, at: args[0].at, text: op, args: []*exprNode{args[0], bound}}
	}
	e := &exprNode{kind: andExpr, at: args[0].at, args: []*exprNode{cmp(">=", args[1]), cmp("<=", args[2])}}
	if str(o["kind"]) == "AEXPR_NOT_BETWEEN" {
		return &exprNode{kind: notExpr, at: at, args: []*exprNode{e}}
	}
	return e
}

// like accepts a fixed beginning only: 'ab%'.
func (c *converter) like(o tree, name string, at int) *exprNode {
	args, ok := c.exprs(o["lexpr"], o["rexpr"])
	if !ok {
		return nil
	}
	prefix, found := strings.CutSuffix(args[1].value.S, "%")
	if args[1].kind != literalExpr || args[1].value.Kind != query.Text || !found || prefix == "" || strings.ContainsAny(prefix, `%_\`) {
		c.refuse(IsolatingValue, at, "LIKE 只接受固定前缀", "LIKE with a fixed beginning only", "region LIKE '3505%'")
		return nil
	}
	e := &exprNode{kind: callExpr, at: args[0].at, text: "starts_with", args: []*exprNode{args[0], {kind: literalExpr, at: args[1].at, value: query.TextValue(prefix)}}}
	if name == "!~~" {
		return &exprNode{kind: notExpr, at: at, args: []*exprNode{e}}
	}
	return e
}

func (c *converter) boolean(o tree) *exprNode {
	kinds := map[string]exprKind{"AND_EXPR": andExpr, "OR_EXPR": orExpr, "NOT_EXPR": notExpr}
	kind, known := kinds[str(o["boolop"])]
	if !known || !c.closed("BoolExpr", o, loc(o), "boolop", "args") {
		return nil
	}
	args, ok := c.exprs(list(o["args"])...)
	if !ok {
		return nil
	}
	at := args[0].at
	if kind == notExpr {
		at = loc(o)
	}
	return &exprNode{kind: kind, at: at, args: args}
}

func (c *converter) nullTest(o tree) *exprNode {
	at := loc(o)
	if !c.closed("NullTest", o, at, "arg", "nulltesttype") {
		return nil
	}
	arg := c.expr(o["arg"])
	if arg == nil {
		return nil
	}
	e := &exprNode{kind: isNullExpr, at: at, args: []*exprNode{arg}}
	if str(o["nulltesttype"]) == "IS_NOT_NULL" {
		return &exprNode{kind: notExpr, at: at, args: []*exprNode{e}}
	}
	return e
}

// caseExpr reads both forms of CASE; CASE x WHEN v is WHEN x = v.
func (c *converter) caseExpr(o tree) *exprNode {
	at := loc(o)
	if !c.closed("CaseExpr", o, at, "arg", "args", "defresult") {
		return nil
	}
	e := &exprNode{kind: caseExpr, at: at}
	var subject *exprNode
	if o["arg"] != nil {
		if subject = c.expr(o["arg"]); subject == nil {
			return nil
		}
	}
	for _, item := range list(o["args"]) {
		kind, w := node(item)
		if kind != "CaseWhen" || !c.closed(kind, w, loc(w), "expr", "result") {
			return nil
		}
		pair, ok := c.exprs(w["expr"], w["result"])
		if !ok {
			return nil
		}
		if subject != nil {
			pair[0] = &exprNode{kind: opExpr, at: pair[0].at, text: "=", args: []*exprNode{subject, pair[0]}}
		}
		e.args = append(e.args, pair...)
	}
	otherwise := &exprNode{kind: literalExpr, at: at}
	if o["defresult"] != nil {
		if otherwise = c.expr(o["defresult"]); otherwise == nil {
			return nil
		}
	}
	e.args = append(e.args, otherwise)
	return e
}

func (c *converter) variadic(kind string, o tree) *exprNode {
	at := loc(o)
	if !c.closed(kind, o, at, "args", "op") {
		return nil
	}
	args, ok := c.exprs(list(o["args"])...)
	if !ok {
		return nil
	}
	name := map[string]string{"": "coalesce", "IS_GREATEST": "greatest", "IS_LEAST": "least"}[str(o["op"])]
	if name == "" {
		return nil
	}
	return &exprNode{kind: callExpr, at: at, text: name, args: args}
}

func (c *converter) call(o tree) *exprNode {
	at := loc(o)
	parts, _ := names(o["funcname"])
	name, ok := funcName(parts)
	var over *windowNode
	if def, has := o["over"].(tree); has {
		if !ok || !windowFuncs[name] {
			c.refuse(WindowNotOwn, at, name+"：窗口函数只有 row_number、sum、count、lag", name+": the windows are row_number, sum, count and lag", windowHint)
			return nil
		}
		if over = c.window(def, at); over == nil {
			return nil
		}
	}
	if over == nil && (!ok || !accepted[name]) {
		c.refuseCall(name, at)
		return nil
	}
	if _, filter := o["agg_filter"]; filter {
		c.refuse(Unimplemented, at, "FILTER", "FILTER", "SUM(CASE WHEN age >= 30 THEN 1 ELSE 0 END)")
		return nil
	}
	if !c.closed("FuncCall", o, at, "funcname", "args", "agg_star", "agg_distinct", "funcformat", "over") {
		return nil
	}
	args, ok := c.exprs(list(o["args"])...)
	if !ok {
		return nil
	}
	return &exprNode{kind: callExpr, at: at, text: name, args: args, star: truth(o["agg_star"]), distinct: truth(o["agg_distinct"]), over: over}
}

func (c *converter) refuseCall(name string, at int) {
	for _, code := range []Code{ExactExtreme, WindowNotOwn, NotTotal, SubsetPick, Unimplemented, Subquery} {
		if refusedCalls[code][name] {
			c.refuse(code, at, name, name, "")
			return
		}
	}
	c.refuse(NotListed, at, name, name, "")
}

// cast accepts DATE '2024-05-17' and TIMESTAMP '...' on constants; any other cast can fail on a row.
func (c *converter) cast(o tree) *exprNode {
	kind, a := node(o["arg"])
	typeName, _ := o["typeName"].(tree)
	parts, _ := names(typeName["names"])
	at := firstLoc(o)
	var target query.Kind
	if len(parts) > 0 {
		target = query.Kind(parts[len(parts)-1])
	}
	inner, _ := a["sval"].(tree)
	if kind != "A_Const" || inner == nil || target != query.Date && target != query.Timestamp ||
		!c.closed("TypeCast", o, at, "arg", "typeName") || !c.closed("TypeName", typeName, at, "names", "typemod") {
		c.refuse(NotTotal, at, "CAST", "CAST", "DATE '2024-05-17'")
		return nil
	}
	v, err := query.ParseValue(query.Type{Kind: target}, str(inner["sval"]))
	if err != nil {
		c.refuse(WrongType, loc(a), "不是日期", "not a date", "DATE '2024-05-17'")
		return nil
	}
	return &exprNode{kind: literalExpr, at: at, value: v}
}
