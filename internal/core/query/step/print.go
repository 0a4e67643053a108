package step

import (
	"fmt"
	"strings"
)

// Print writes the module as text that a person can read and Assemble takes: all that runs, and every name that a tenant
// gave to what is exported.
func (m *Module) Print() string {
	p := &printer{}
	p.line(0, "(module")
	for i, t := range m.types {
		p.line(1, "(type (func%s)) ;; %d", head(t), i)
	}
	if m.table >= 0 {
		p.line(1, "(table %d funcref)", m.table)
	}
	if m.pages >= 0 {
		p.line(1, "(memory %d)", m.pages)
	}
	for i, g := range m.globals {
		typ := g.typ.String()
		if g.mutable {
			typ = "(mut " + typ + ")"
		}
		p.line(1, "(global %s (%s.const %d)) ;; %d", typ, g.typ, g.init, i)
	}
	for i := range m.bodies {
		p.function(m, i)
	}
	for _, e := range m.elements {
		list := make([]string, len(e.funcs))
		for i, f := range e.funcs {
			list[i] = fmt.Sprint(f)
		}
		p.line(1, "(elem (i32.const %d) %s)", e.offset, strings.Join(list, " "))
	}
	for _, s := range m.data {
		p.line(1, "(data (i32.const %d) %s)", s.offset, quote(s.bytes))
	}
	for _, e := range m.exports {
		if kind := map[byte]string{exportMemory: "memory", exportGlobal: "global", exportTable: "table"}[e.kind]; kind != "" {
			p.line(1, "(export %s (%s %d))", quote([]byte(e.name)), kind, e.at)
		}
	}
	p.line(0, ")")
	return p.b.String()
}

type printer struct{ b strings.Builder }

func (p *printer) line(depth int, format string, args ...any) {
	p.b.WriteString(strings.Repeat("  ", depth))
	fmt.Fprintf(&p.b, format, args...)
	p.b.WriteByte('\n')
}

func head(t functype) string {
	out := ""
	if len(t.params) > 0 {
		out += " (param " + words(t.params) + ")"
	}
	if len(t.result) > 0 {
		out += " (result " + words(t.result) + ")"
	}
	return out
}

func (p *printer) function(m *Module, f int) {
	exports := ""
	for _, e := range m.exports {
		if e.kind == exportFunc && int(e.at) == f {
			exports += " (export " + quote([]byte(e.name)) + ")"
		}
	}
	p.line(1, "(func%s%s ;; %d", exports, head(m.typeOf(f)), f)
	own := &m.bodies[f]
	if len(own.locals) > 0 {
		p.line(2, "(local %s)", words(own.locals))
	}
	depth := 2
	for _, i := range own.code[:len(own.code)-1] {
		if i.op == opEnd || i.op == opElse {
			depth--
		}
		p.line(depth, "%s", i)
		if i.op == opBlock || i.op == opLoop || i.op == opIf || i.op == opElse {
			depth++
		}
	}
	p.line(1, ")")
}

func (i instr) String() string {
	o := ops[i.op]
	switch o.imm {
	case immBlock:
		if i.x != emptyBlock {
			return fmt.Sprintf("%s (result %s)", o.name, valtype(i.x))
		}
	case immIndex, immI32, immI64:
		return fmt.Sprintf("%s %d", o.name, i.x)
	case immTable:
		labels := make([]string, len(i.labels))
		for k, l := range i.labels {
			labels[k] = fmt.Sprint(l)
		}
		return o.name + " " + strings.Join(labels, " ")
	case immCall:
		return fmt.Sprintf("%s (type %d)", o.name, i.x)
	case immMemory:
		text := o.name
		if i.x != 0 {
			text += fmt.Sprintf(" offset=%d", i.x)
		}
		if i.align != o.wide {
			text += fmt.Sprintf(" align=%d", 1<<i.align)
		}
		return text
	}
	return o.name
}
