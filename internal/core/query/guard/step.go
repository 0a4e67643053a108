package guard

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"yunei/internal/core/query"
	"yunei/internal/core/query/step"
)

// A text of class B or C may declare a WebAssembly step (逐人步骤), after its parameters:
//
//	STEP band IN ('A', 'B', 'C') DEFAULT 'C', fit IN (true, false) DEFAULT false FUEL 5000;
//	SELECT CASE WHEN pay_0 <= 0 THEN 0 ELSE 1 END AS pay, education FROM credit_default WHERE sid = :subject
//
// The columns of the SELECT are what the module is given, each one of finitely many values as an output of class B would
// be, so that it sees public bands and codes and no raw value. The outputs are what STEP lists.

const stepHint = "例如 STEP band IN ('A', 'B', 'C') DEFAULT 'C' FUEL 5000;"

// stepDecl is a declared step with the module that was uploaded for it.
type stepDecl struct {
	at       int
	outputs  []query.Output
	defaults []query.Value
	fuel     int64
	hash     string
	module   *step.Module
}

// placeStep reads the declaration and blanks it out.
func placeStep(p *prepared, text string, tokens []token, f *faults) bool {
	r := &paramReader{faults: f, text: text, tokens: slices.DeleteFunc(slices.Clone(tokens), func(t token) bool { return t.kind == commentToken || t.start < p.end })}
	if r.word() != "step" {
		return true
	}
	d := &stepDecl{at: r.at(), fuel: query.DefaultFuel}
	r.i++
	for {
		o, def, ok := r.stepOutput(d.outputs)
		if !ok {
			return false
		}
		o.Index = len(d.outputs)
		d.outputs, d.defaults = append(d.outputs, o), append(d.defaults, def)
		if len(d.outputs) > step.MaxOutputs {
			return r.badStep(d.at, fmt.Sprintf("输出超过 %d 个", step.MaxOutputs), fmt.Sprintf("more than %d outputs", step.MaxOutputs))
		}
		if !r.take(",") {
			break
		}
	}
	if r.take("fuel") {
		at := r.at()
		n, err := strconv.ParseInt(r.word(), 10, 64)
		if most := query.MaxFuel / int64(len(d.outputs)); err != nil || n < 1 || n > most {
			return r.badStep(at, fmt.Sprintf("燃料须为 1 至 %d 的整数", most), fmt.Sprintf("fuel is a whole number from 1 to %d", most))
		}
		d.fuel = n
		r.i++
	}
	if !r.take(";") {
		return r.badStep(r.at(), "声明以 ; 结束", "the declaration ends with ;")
	}
	end := r.tokens[r.i-1].end
	body := []byte(p.sql)
	for i := p.end; i < end; i++ {
		if body[i] != '\n' {
			body[i] = ' '
		}
	}
	p.sql, p.end, p.step = string(body), end, d
	return true
}

func (r *paramReader) badStep(at int, zh, en string) bool {
	r.refuse(StepDeclared, at, zh, en, "")
	return false
}

// stepOutput reads name IN (values) DEFAULT value.
func (r *paramReader) stepOutput(before []query.Output) (o query.Output, def query.Value, ok bool) {
	at := r.at()
	o = query.Output{Name: r.word(), Kind: query.OutStep, Standing: query.SubjectOwn}
	if !query.ParamName(o.Name) || slices.ContainsFunc(before, func(b query.Output) bool { return b.Name == o.Name }) {
		return o, def, r.badStep(at, "输出名须为小写字母、数字和下划线，且不重复", "an output is named with lower case letters, digits and _, each once")
	}
	r.i++
	if !r.take("in") || !r.take("(") {
		return o, def, r.badStep(r.at(), "须写明取值 IN (…)", "the values stand in IN (...)")
	}
	for {
		v, ok := r.stepValue()
		if !ok {
			return o, def, r.badStep(r.at(), "取值须为数字、文字、日期或真假", "values are numbers, texts, dates, true or false")
		}
		o.Values = append(o.Values, v)
		if !r.take(",") {
			break
		}
	}
	if !r.take(")") || !r.take("default") {
		return o, def, r.badStep(r.at(), "取值之后写 DEFAULT 缺省值", "DEFAULT follows the values")
	}
	def, ok = r.stepValue()
	all := append(slices.Clone(o.Values), def)
	o.Type = all[0].Type()
	for i, v := range all {
		fits := v.Type() == o.Type || v.Type().Numeric() && o.Type.Numeric()
		if !ok || !fits || i < len(o.Values) && len(o.Values) > maxValues {
			return o, def, r.badStep(at, fmt.Sprintf("取值类型须一致，至多 %d 个", maxValues), fmt.Sprintf("values of one type, at most %d", maxValues))
		}
		if o.Type.Numeric() {
			o.Type = query.Number(max(o.Type.Scale, v.Scale))
		}
	}
	if o.Type.Numeric() {
		for i, v := range all {
			all[i] = query.NumberValue(v.N*query.Pow10(o.Type.Scale-v.Scale), o.Type.Scale)
		}
	}
	o.Values, def = all[:len(all)-1], all[len(all)-1]
	o.Cells = len(o.Values)
	for i, v := range o.Values {
		if slices.Contains(o.Values[:i], v) {
			return o, def, r.badStep(at, "取值重复", "a value occurs twice")
		}
	}
	if !slices.Contains(o.Values, def) {
		return o, def, r.badStep(at, "缺省值须为取值之一", "the default is one of the values")
	}
	return o, def, true
}

func (r *paramReader) stepValue() (query.Value, bool) {
	for _, b := range []bool{false, true} {
		if r.take(strconv.FormatBool(b)) {
			return query.BoolValue(b), true
		}
	}
	return r.constant()
}

// withModule puts the uploaded module to the declaration.
func (p *prepared) withModule(module []byte, f *faults) bool {
	switch {
	case p.step == nil && len(module) == 0:
		return true
	case p.step == nil:
		f.refuse(StepDeclared, 0, "模型带有模块，但文本没有 STEP 声明", "a module without STEP", "")
		return false
	case len(module) == 0:
		f.refuse(StepDeclared, p.step.at, "尚未上传模块", "no module was uploaded", "")
		return false
	}
	m, bad := step.Read(module)
	if bad != nil {
		f.module(bad, p.step.at)
		return false
	}
	p.step.hash, p.step.module = query.ModuleHash(module), m
	return true
}

// module notes why a module was refused, at the declaration.
func (f *faults) module(bad *step.Fault, at int) {
	f.refuse(Code(bad.Code), at, bad.Zh, bad.En, bad.Hint)
}

// Module reads an uploaded module by itself, before any text names it.
func Module(module []byte) (*step.Module, []Refusal) {
	m, bad := step.Read(module)
	if bad == nil {
		return m, nil
	}
	f := &faults{}
	f.module(bad, 0)
	return nil, f.list
}

// stepped makes the columns of a class B model the inputs of its step.
func (b *binder) stepped(m *query.Model, s *selectNode) *query.Model {
	if len(m.Outputs) > step.MaxInputs {
		b.refuse(StepTooLarge, s.items[step.MaxInputs].at, fmt.Sprintf("输入 %d 个，上限 %d", len(m.Outputs), step.MaxInputs), fmt.Sprintf("%d inputs, at most %d", len(m.Outputs), step.MaxInputs), "")
		return nil
	}
	m.Step = &query.Step{Module: b.step.hash, Fuel: b.step.fuel, Defaults: slices.Clone(b.step.defaults)}
	for i := range m.Outputs {
		o := &m.Outputs[i]
		m.Step.Inputs = append(m.Step.Inputs, query.StepInput{Name: o.Name, Values: o.Values, Null: o.Null})
	}
	m.Outputs = slices.Clone(b.step.outputs)
	return m
}

// outputCells says what an output tells about each field. Of a step it is not known how it uses its inputs, so each
// output is charged in full to every field that enters any of them.
func outputCells(m *query.Model, o *query.Output, cols []column, policy func(table, column string) (*query.Column, bool)) []query.FieldCells {
	if o.Kind != query.OutStep {
		return fieldCells(o, &m.Root.Exprs[o.Index], cols, policy)
	}
	var out []query.FieldCells
	for i := range m.Root.Exprs {
		for _, f := range mixedCells(o, &m.Root.Exprs[i], cols, policy) {
			if !slices.ContainsFunc(out, func(have query.FieldCells) bool { return have.Table == f.Table && have.Column == f.Column }) {
				out = append(out, f)
			}
		}
	}
	return out
}

// finiteInputs: the artefact must not claim fewer values of an input than the expression can take.
func (in *inspection) finiteInputs(cols []column) {
	if in.model.Step == nil {
		return
	}
	for i := range in.model.Root.Exprs {
		e, input := &in.model.Root.Exprs[i], &in.model.Step.Inputs[i]
		values, null, ok := finite(e, cols)
		for _, v := range values {
			ok = ok && slices.Contains(input.Values, v)
		}
		if !ok || null && !input.Null {
			in.fail(RawOutput, e.At, input.Name+" 不是所列的有限档位", input.Name+" is not one of the values listed", "")
		}
	}
}

// sandbox: what a step may be was decided when its module was read; the model names it by digest, and no other runs.
func (in *inspection) sandbox() {
	s := in.model.Step
	if s == nil {
		in.notHere()
		return
	}
	in.note("模块 %s：无导入、无自动运行、无浮点；内存不增长；只运行此摘要的模块", "module %s: no imports, no start, no floating point; its memory does not grow; only the module of this digest runs", s.Module)
	in.note("每人每个输出用新实例，至多 %d 个燃料单位，余量空转用尽，用时不因人而异", "a fresh instance for each person and output, at most %d units of fuel, of which the rest is burnt, so that the time is everybody's", s.Fuel)
	for i := range s.Inputs {
		input := &s.Inputs[i]
		list := valueTexts(input.Values)
		if input.Null {
			list = append(list, "NULL")
		}
		in.note("输入 %s：%d 种（%s）", "input %s: %d values (%s)", input.Name, len(list), abridged(list))
	}
	for i := range in.model.Outputs {
		o := &in.model.Outputs[i]
		in.note("输出 %s：%s；出错、超限或越界时为 %s", "output %s: %s; %[3]s when it fails, exceeds a limit or its values", o.Name, abridged(valueTexts(o.Values)), s.Defaults[i].Text())
	}
}

func valueTexts(list []query.Value) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = v.Text()
	}
	return out
}

// stepText writes the declaration of a model's step.
func stepText(m *query.Model) string {
	if m.Step == nil {
		return ""
	}
	parts := make([]string, len(m.Outputs))
	for i := range m.Outputs {
		o := &m.Outputs[i]
		values := make([]string, len(o.Values))
		for k, v := range o.Values {
			values[k] = constantText(v)
		}
		parts[i] = fmt.Sprintf("%s IN (%s) DEFAULT %s", o.Name, strings.Join(values, ", "), constantText(m.Step.Defaults[i]))
	}
	return fmt.Sprintf("STEP %s FUEL %d; ", strings.Join(parts, ", "), m.Step.Fuel)
}

// constantText is a constant as a declaration has it: a number with all its decimal places.
func constantText(v query.Value) string {
	if v.Kind == query.Decimal {
		return v.Text()
	}
	return literalText(v)
}
