package step

import (
	"fmt"
	"strconv"
	"strings"
)

// Assemble makes a module of its text: the part of the WebAssembly text format that a step needs, folded or not. What
// Print writes, it reads. What it makes is no more trusted than any other module: Read judges it.
//
//	(module
//	  (memory 1) (data (i32.const 0) "\05\03")
//	  (table 1 funcref) (elem (i32.const 0) $f)
//	  (global $n (mut i64) (i64.const 0))
//	  (type $t (func (param i64) (result i64)))
//	  (func $f (export "band") (param $pay i64) (result i64) (local $x i64)
//	    (if (result i64) (i64.lt_s (local.get $pay) (i64.const 1)) (then (i64.const 0)) (else (i64.const 1)))))
func Assemble(text string) ([]byte, error) {
	nodes, err := parseText(text)
	if err != nil {
		return nil, err
	}
	if len(nodes) != 1 || nodes[0].head() != "module" {
		return nil, fmt.Errorf("the text is one (module ...)")
	}
	a := &assembler{m: &Module{table: -1, pages: -1}, names: map[string]map[string]int{}}
	if err := a.module(nodes[0].list[1:]); err != nil {
		return nil, err
	}
	return a.m.plain(a.imports, a.start), nil
}

type assembler struct {
	m       *Module
	names   map[string]map[string]int // per kind: func, type, global
	locals  map[string]int
	labels  []string
	imports [][2]string
	start   int // one more than the function that starts
}

// call is an instruction's name for something, by number or by $name.
func (a *assembler) index(kind string, n node) (int, error) {
	if strings.HasPrefix(n.word, "$") {
		names := a.names[kind]
		if kind == "local" {
			names = a.locals
		}
		at, ok := names[n.word]
		if !ok {
			return 0, fmt.Errorf("line %d: no %s %s", n.line, kind, n.word)
		}
		return at, nil
	}
	at, err := strconv.ParseUint(n.word, 0, 32)
	if err != nil {
		return 0, fmt.Errorf("line %d: %s %q", n.line, kind, n.word)
	}
	return int(at), nil
}

func (a *assembler) define(kind, name string, at int) {
	if a.names[kind] == nil {
		a.names[kind] = map[string]int{}
	}
	a.names[kind][name] = at
}

// named takes a leading $name off a list.
func named(list []node) (string, []node) {
	if len(list) > 0 && strings.HasPrefix(list[0].word, "$") && !list[0].text {
		return list[0].word, list[1:]
	}
	return "", list
}

func (a *assembler) module(fields []node) error {
	var functions []node
	for i := range fields { // names first: code may name what stands after it
		f := &fields[i]
		switch name, rest := named(tail(f)); f.head() {
		case "func":
			if name != "" {
				a.define("func", name, len(functions))
			}
			functions = append(functions, node{line: f.line, list: rest})
		case "type":
			if name != "" {
				a.define("type", name, len(a.m.types))
			}
			if len(rest) != 1 || rest[0].head() != "func" {
				return fmt.Errorf("line %d: (type (func ...))", f.line)
			}
			t, left, err := a.signature(rest[0].list[1:])
			if err != nil || len(left) > 0 {
				return fmt.Errorf("line %d: (type (func (param ...) (result ...))): %w", f.line, err)
			}
			a.m.types = append(a.m.types, t)
		case "global":
			if name != "" {
				a.define("global", name, len(a.m.globals))
			}
			if err := a.global(f.line, rest); err != nil {
				return err
			}
		case "memory", "table":
			if len(rest) == 0 {
				return fmt.Errorf("line %d: %s of what size", f.line, f.head())
			}
			n, err := a.index(f.head(), rest[0])
			if err != nil {
				return err
			}
			if f.head() == "memory" {
				a.m.pages = n
			} else {
				a.m.table = n
			}
		case "import":
			if len(rest) < 2 {
				return fmt.Errorf("line %d: (import \"module\" \"name\")", f.line)
			}
			a.imports = append(a.imports, [2]string{rest[0].word, rest[1].word})
		case "elem", "data", "start", "export":
		default:
			return fmt.Errorf("line %d: (%s ...) is not known", f.line, f.head())
		}
	}
	for i := range functions {
		if err := a.declare(i, &functions[i]); err != nil {
			return err
		}
	}
	for i := range functions {
		if err := a.code(&functions[i], i); err != nil {
			return err
		}
	}
	for i := range fields {
		if err := a.placed(&fields[i]); err != nil {
			return err
		}
	}
	return nil
}

func tail(n *node) []node {
	if len(n.list) == 0 {
		return nil
	}
	return n.list[1:]
}

// placed reads what refers to functions: elements, data, the start, exports.
func (a *assembler) placed(f *node) error {
	list := tail(f)
	switch f.head() {
	case "start":
		if len(list) != 1 {
			return fmt.Errorf("line %d: (start $f)", f.line)
		}
		at, err := a.index("func", list[0])
		a.start = at + 1
		return err
	case "export":
		if len(list) != 2 || len(list[1].list) != 2 {
			return fmt.Errorf("line %d: (export \"name\" (func $f))", f.line)
		}
		kind, ok := map[string]byte{"func": exportFunc, "memory": exportMemory, "global": exportGlobal, "table": exportTable}[list[1].head()]
		at, err := a.index(list[1].head(), list[1].list[1])
		if err != nil || !ok {
			return fmt.Errorf("line %d: export of %s: %w", f.line, list[1].head(), err)
		}
		a.m.exports = append(a.m.exports, export{list[0].word, kind, uint32(at)})
	case "elem", "data":
		if len(list) == 0 || list[0].head() != "i32.const" || len(list[0].list) != 2 {
			return fmt.Errorf("line %d: (%s (i32.const n) ...)", f.line, f.head())
		}
		offset, err := strconv.ParseInt(list[0].list[1].word, 0, 32)
		if err != nil {
			return fmt.Errorf("line %d: %w", f.line, err)
		}
		if f.head() == "data" {
			s := segment{offset: int32(offset)}
			for _, n := range list[1:] {
				s.bytes = append(s.bytes, n.word...)
			}
			a.m.data = append(a.m.data, s)
			return nil
		}
		e := element{offset: int32(offset)}
		for _, n := range list[1:] {
			if n.word == "func" {
				continue
			}
			at, err := a.index("func", n)
			if err != nil {
				return err
			}
			e.funcs = append(e.funcs, uint32(at))
		}
		a.m.elements = append(a.m.elements, e)
	}
	return nil
}

func valueType(n node) (valtype, error) {
	switch n.word {
	case "i32":
		return i32, nil
	case "i64":
		return i64, nil
	case "f32":
		return 0x7d, nil
	case "f64":
		return 0x7c, nil
	}
	return 0, fmt.Errorf("line %d: type %q", n.line, n.word)
}

func (a *assembler) global(line int, rest []node) error {
	if len(rest) != 2 {
		return fmt.Errorf("line %d: (global (mut i64) (i64.const 0))", line)
	}
	var g global
	typ := rest[0]
	if typ.head() == "mut" && len(typ.list) == 2 {
		g.mutable, typ = true, typ.list[1]
	}
	t, err := valueType(typ)
	if err != nil {
		return err
	}
	g.typ = t
	if len(rest[1].list) != 2 || rest[1].head() != t.String()+".const" {
		return fmt.Errorf("line %d: initial value of a global", line)
	}
	if g.init, err = number(rest[1].list[1], 64); err != nil {
		return err
	}
	a.m.globals = append(a.m.globals, g)
	return nil
}

func number(n node, bits int) (int64, error) {
	v, err := strconv.ParseInt(n.word, 0, 64)
	if u, uerr := strconv.ParseUint(n.word, 0, bits); err != nil && uerr == nil || bits == 32 && uerr == nil && u > 1<<31-1 {
		v, err = int64(u), nil
		if bits == 32 {
			v = int64(int32(u))
		}
	}
	if err != nil || bits == 32 && v != int64(int32(v)) {
		return 0, fmt.Errorf("line %d: number %q", n.line, n.word)
	}
	return v, nil
}

// signature reads (param ...)* (result ...)* at the head of a list, and names the parameters as locals.
func (a *assembler) signature(list []node) (t functype, rest []node, err error) {
	a.locals = map[string]int{}
	for len(list) > 0 && (list[0].head() == "param" || list[0].head() == "result") {
		name, types := named(tail(&list[0]))
		for _, n := range types {
			v, err := valueType(n)
			if err != nil {
				return t, nil, err
			}
			if list[0].head() == "result" {
				t.result = append(t.result, v)
				continue
			}
			if name != "" {
				a.locals[name] = len(t.params)
			}
			t.params = append(t.params, v)
		}
		list = list[1:]
	}
	return t, list, nil
}

// declare reads the head of a function: its exports and its type.
func (a *assembler) declare(at int, f *node) error {
	for len(f.list) > 0 && f.list[0].head() == "export" && len(f.list[0].list) == 2 {
		a.m.exports = append(a.m.exports, export{f.list[0].list[1].word, exportFunc, uint32(at)})
		f.list = f.list[1:]
	}
	t, _, err := a.signature(f.list)
	if err != nil {
		return err
	}
	a.m.funcs = append(a.m.funcs, uint32(a.typeIndex(t)))
	return nil
}

func (a *assembler) typeIndex(t functype) int {
	for i, have := range a.m.types {
		if have.equal(t) {
			return i
		}
	}
	a.m.types = append(a.m.types, t)
	return len(a.m.types) - 1
}

func (a *assembler) code(f *node, at int) error {
	t, list, err := a.signature(f.list)
	if err != nil {
		return err
	}
	var b body
	for len(list) > 0 && list[0].head() == "local" {
		name, types := named(tail(&list[0]))
		for _, n := range types {
			v, err := valueType(n)
			if err != nil {
				return err
			}
			if name != "" {
				a.locals[name] = len(t.params) + len(b.locals)
			}
			b.locals = append(b.locals, v)
		}
		list = list[1:]
	}
	a.labels = nil
	if err := a.sequence(&b, list); err != nil {
		return fmt.Errorf("function %d: %w", at, err)
	}
	b.code = append(b.code, instr{op: opEnd})
	a.m.bodies = append(a.m.bodies, b)
	return nil
}
