package guard

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"yunei/internal/core/query"
)

// A text may begin with parameters, each with the values that are approved with the model:
//
//	PARAM year IN (2023, 2024);
//	PARAM since IN (DATE '2023-01-01', DATE '2024-01-01');
//	SELECT ... WHERE age >= :cut
//
// The block is read here and blanked out before the grammar sees the text. A parameter stands for a constant: the text is
// bound once for each combination of values, and every member passes every check.

const paramHint = "PARAM cut IN (25, 30, 45);"

// paramDecl is a parameter and where it was declared.
type paramDecl struct {
	query.Param
	at   int
	used bool
}

// paramReader walks over the tokens of a text, comments aside.
type paramReader struct {
	*faults
	text   string
	tokens []token
	i      int
}

func (r *paramReader) word() string {
	if r.i >= len(r.tokens) {
		return ""
	}
	return strings.ToLower(r.text[r.tokens[r.i].start:r.tokens[r.i].end])
}

func (r *paramReader) at() int {
	if r.i >= len(r.tokens) {
		return max(len(r.text)-1, 0)
	}
	return r.tokens[r.i].start
}

func (r *paramReader) take(word string) bool {
	if r.word() != word {
		return false
	}
	r.i++
	return true
}

func (r *paramReader) bad(at int, zh, en string) bool {
	r.refuse(Undeclared, at, zh, en, paramHint)
	return false
}

// readParams reads the block at the head of a text; end is where the query begins.
func readParams(text string, tokens []token, f *faults) (params []paramDecl, end int, ok bool) {
	r := &paramReader{faults: f, text: text, tokens: slices.DeleteFunc(slices.Clone(tokens), func(t token) bool { return t.kind == commentToken })}
	for r.word() == "param" {
		p, ok := r.declaration(params)
		if !ok {
			return nil, 0, false
		}
		params = append(params, p)
		end = r.tokens[r.i-1].end
		if len(params) > query.MaxParams {
			return nil, 0, r.bad(p.at, fmt.Sprintf("参数超过 %d 个", query.MaxParams), fmt.Sprintf("more than %d parameters", query.MaxParams))
		}
	}
	list := make([]query.Param, len(params))
	for i := range params {
		list[i] = params[i].Param
	}
	if n := query.Tuples(list); n > query.MaxTuples {
		return nil, 0, r.bad(params[len(params)-1].at, fmt.Sprintf("参数取值的组合超过 %d 组", query.MaxTuples), fmt.Sprintf("more than %d combinations of values", query.MaxTuples))
	}
	return params, end, true
}

func (r *paramReader) declaration(before []paramDecl) (paramDecl, bool) {
	r.i++
	p := paramDecl{at: r.at()}
	p.Name = r.word()
	if r.i >= len(r.tokens) || r.tokens[r.i].kind != wordToken || !query.ParamName(p.Name) {
		return p, r.bad(p.at, "参数名须为小写字母、数字和下划线", "a parameter is named with lower case letters, digits and _")
	}
	if slices.ContainsFunc(before, func(o paramDecl) bool { return o.Name == p.Name }) {
		return p, r.bad(p.at, "参数 "+p.Name+" 重复", "parameter "+p.Name+" declared twice")
	}
	r.i++
	if !r.take("in") || !r.take("(") {
		return p, r.bad(r.at(), "须写明取值表 IN (…)", "the values stand in IN (...)")
	}
	for {
		at := r.at()
		v, ok := r.constant()
		if !ok {
			return p, r.bad(at, "取值须为数字、文字或日期常量", "values are numbers, texts or dates")
		}
		p.Values = append(p.Values, v)
		if r.take(",") {
			continue
		}
		if !r.take(")") || !r.take(";") {
			return p, r.bad(r.at(), "取值表以 ) 和 ; 结束", "the values end with ) and ;")
		}
		return p, r.settle(&p)
	}
}

// settle gives all values one type and their order.
func (r *paramReader) settle(p *paramDecl) bool {
	p.Type = p.Values[0].Type()
	for _, v := range p.Values {
		if v.Type().Numeric() != p.Type.Numeric() || !p.Type.Numeric() && v.Kind != p.Type.Kind {
			return r.bad(p.at, "参数 "+p.Name+" 的取值类型不一", "values of parameter "+p.Name+" differ in type")
		}
		if p.Type.Numeric() {
			p.Type = query.Number(max(p.Type.Scale, v.Scale))
		}
	}
	for i, v := range p.Values {
		if p.Type.Numeric() {
			p.Values[i] = query.NumberValue(v.N*query.Pow10(p.Type.Scale-v.Scale), p.Type.Scale)
		}
	}
	slices.SortFunc(p.Values, compareValues)
	if n := len(p.Values); len(slices.Compact(slices.Clone(p.Values))) != n {
		return r.bad(p.at, "参数 "+p.Name+" 的取值重复", "a value of parameter "+p.Name+" occurs twice")
	}
	return true
}

// constant reads one value.
func (r *paramReader) constant() (query.Value, bool) {
	if r.i >= len(r.tokens) {
		return query.Null, false
	}
	negative := r.take("-")
	if r.i >= len(r.tokens) {
		return query.Null, false
	}
	t := r.tokens[r.i]
	body := r.text[t.start:t.end]
	r.i++
	switch {
	case t.kind == numberToken:
		_, fraction, _ := strings.Cut(body, ".")
		if len(fraction) > 6 || len(body) > 15 {
			return query.Null, false
		}
		if negative {
			body = "-" + body
		}
		v, err := query.ParseValue(query.Number(len(fraction)), body)
		return v, err == nil
	case negative:
		return query.Null, false
	case t.kind == stringToken:
		s, ok := unquoted(body)
		return query.TextValue(s), ok && s != ""
	case t.kind == wordToken && strings.EqualFold(body, "date") && r.i < len(r.tokens) && r.tokens[r.i].kind == stringToken:
		s, ok := unquoted(r.text[r.tokens[r.i].start:r.tokens[r.i].end])
		r.i++
		v, err := query.ParseValue(query.Type{Kind: query.Date}, s)
		return v, ok && err == nil
	}
	return query.Null, false
}

func unquoted(s string) (string, bool) {
	if len(s) < 2 || s[len(s)-1] != '\'' {
		return "", false
	}
	return strings.ReplaceAll(s[1:len(s)-1], "''", "'"), true
}

// placeParams blanks the block out and writes :subject as $1 and the parameters as $2 and so on, in the same places.
func placeParams(text string, tokens []token, f *faults) (prepared, bool) {
	params, end, ok := readParams(text, tokens, f)
	if !ok {
		return prepared{}, false
	}
	p := prepared{sql: text, params: params, end: end}
	body := []byte(text)
	for i := range end {
		if body[i] != '\n' {
			body[i] = ' '
		}
	}
	for _, t := range tokens {
		if t.kind != paramToken || t.start < end {
			continue
		}
		name := text[t.start:t.end]
		number := 1
		if name != ":subject" && name != "$subject" {
			i := slices.IndexFunc(params, func(d paramDecl) bool { return strings.EqualFold(name, ":"+d.Name) })
			if i < 0 {
				f.refuse(Undeclared, t.start, name, name, paramHint)
				continue
			}
			params[i].used, number = true, 2+i
		}
		copy(body[t.start:t.end], "$"+strconv.Itoa(number)+strings.Repeat(" ", len(name)-2))
	}
	for _, d := range params {
		if !d.used {
			f.refuse(Undeclared, d.at, "参数 "+d.Name+" 没有用到", "parameter "+d.Name+" is not used", ":"+d.Name)
		}
	}
	p.sql = string(body)
	return p, len(f.list) == 0
}

// compileFamily compiles a parsed text once for each combination of values. The review is that of the first member, with
// the checks of all.
func (r *Review) compileFamily(p prepared, stmts []any, cat query.Catalog, f *faults) *query.Family {
	fam := &query.Family{Format: query.Format}
	for _, d := range p.params {
		fam.Params = append(fam.Params, d.Param)
	}
	size := 0
	for i := range query.Tuples(fam.Params) {
		values := query.Tuple(fam.Params, i)
		member := Review{Class: r.Class}
		ok := member.compileOne(p, stmts, values, cat, f)
		if i == 0 {
			*r = member
		}
		if !ok {
			if at := tupleText(fam.Params, values); at != "" {
				for k := range f.list {
					f.list[k].Zh += "（参数 " + at + "）"
					f.list[k].En += " (at " + at + ")"
				}
			}
			return nil
		}
		if i > 0 {
			r.mergeChecks(member.Checks, tupleText(fam.Params, values))
		}
		fam.Members = append(fam.Members, member.Model)
		if size += len(member.Model.Canonical()); size > maxFamily {
			f.refuse(TooExpensive, p.params[0].at, fmt.Sprintf("各组参数的模型共超过 %d KiB", maxFamily>>10), fmt.Sprintf("members of more than %d KiB", maxFamily>>10), "")
			return nil
		}
	}
	r.Hash = fam.Hash()
	if len(fam.Params) == 0 {
		return fam
	}
	r.Params, r.Tuples = fam.Params, len(fam.Members)
	r.familyChecks(fam, cat, f)
	if err := fam.Validate(); err != nil {
		f.refuse(Unimplemented, p.params[0].at, "各组参数的输出结构不一", err.Error(), "")
	}
	return fam
}

// maxFamily is how many bytes the members of a family may have together: they are signed, stored and loaded as one.
const maxFamily = 1 << 20

func tupleText(params []query.Param, values []query.Value) string {
	parts := make([]string, len(params))
	for i := range params {
		parts[i] = params[i].Name + "=" + values[i].Text()
	}
	return strings.Join(parts, ", ")
}
