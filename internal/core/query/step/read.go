package step

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"github.com/tetratelabs/wazero"
)

// reader walks over the bytes of a module. The first fault ends it.
type reader struct {
	b     []byte
	at    int
	end   int
	fault *Fault
	m     *Module
}

func (r *reader) fail(f *Fault) {
	if r.fault == nil {
		r.fault = f
	}
	r.at = r.end
}

func (r *reader) cut(what string) {
	r.fail(fault(Malformed, r.at, "第 "+fmt.Sprint(r.at)+" 字节处"+what, what))
}

func (r *reader) byte() byte {
	if r.at >= r.end {
		r.fail(fault(Malformed, r.at, "内容不完整", "cut short"))
		return 0
	}
	c := r.b[r.at]
	r.at++
	return c
}

// leb reads a number of at most bits bits in groups of seven; signed ones carry their sign in the last group.
func (r *reader) leb(bits uint, signed bool) int64 {
	var n int64
	for shift := uint(0); ; shift += 7 {
		c := r.byte()
		if r.fault != nil {
			return 0
		}
		if shift+7 > bits && !fits(c, bits-shift, signed) {
			r.fail(fault(Malformed, r.at, "数字过长", "a number out of range"))
			return 0
		}
		n |= int64(c&0x7f) << shift
		if c&0x80 == 0 {
			if signed && c&0x40 != 0 && shift+7 < 64 {
				n |= -1 << (shift + 7)
			}
			return n
		}
	}
}

// fits reports whether the last group of a number has room in the bits that are left.
func fits(c byte, left uint, signed bool) bool {
	if c&0x80 != 0 {
		return false
	}
	if !signed {
		return c>>left == 0
	}
	rest := int8(c<<1) >> left // the group's seven bits with their sign
	return rest == 0 || rest == -1
}

func (r *reader) u32() uint32 { return uint32(r.leb(32, false)) }

// count reads how many entries follow.
func (r *reader) count(zh, en string, most int) int {
	at := r.at
	n := int(r.u32())
	if n > most {
		r.fail(limited(at, zh, en, n, most))
		return 0
	}
	return n
}

func (r *reader) take(n int) []byte {
	if n < 0 || n > r.end-r.at {
		r.fail(fault(Malformed, r.at, "内容不完整", "cut short"))
		return nil
	}
	r.at += n
	return r.b[r.at-n : r.at]
}

func (r *reader) name() string {
	b := r.take(int(r.u32()))
	if !utf8.Valid(b) {
		r.cut("名称不是 UTF-8")
	}
	return string(b)
}

func (r *reader) valtype() valtype {
	at := r.at
	switch c := r.byte(); {
	case r.fault != nil:
	case valtype(c) == i32 || valtype(c) == i64:
		return valtype(c)
	case c == 0x7d || c == 0x7c:
		r.fail(fault(Floats, at, "浮点类型", "a float type"))
	default:
		r.fail(fault(NotAllowed, at, fmt.Sprintf("类型 0x%02x", c), fmt.Sprintf("type 0x%02x", c)))
	}
	return i32
}

// sections are the numbers of the sections that may stand, in their order.
var sections = map[byte]func(*reader){
	1: (*reader).typeSection, 2: (*reader).importSection, 3: (*reader).funcSection, 4: (*reader).tableSection, 5: (*reader).memorySection, 6: (*reader).globalSection,
	7: (*reader).exportSection, 8: (*reader).startSection, 9: (*reader).elementSection, 10: (*reader).codeSection, 11: (*reader).dataSection,
}

// Read reads the bytes of a module and holds it to the closed world.
func Read(raw []byte) (*Module, *Fault) {
	if len(raw) > MaxModule {
		return nil, limited(0, "模块字节数", "bytes", len(raw), MaxModule)
	}
	r := &reader{b: bytes.Clone(raw), end: len(raw), m: &Module{raw: bytes.Clone(raw), table: -1, pages: -1}}
	if string(r.take(8)) != "\x00asm\x01\x00\x00\x00" {
		return nil, fault(Malformed, 0, "不是 WebAssembly 1.0 模块", "no WebAssembly module of version 1")
	}
	last := byte(0)
	for r.fault == nil && r.at < len(raw) {
		r.end = len(raw)
		start := r.at
		id := r.byte()
		size := int(r.u32())
		if r.fault != nil {
			break
		}
		if size > len(raw)-r.at {
			return nil, fault(Malformed, start, "内容不完整", "cut short")
		}
		r.end = r.at + size
		if id == 0 {
			r.name()
			r.m.custom++
			r.m.customBytes += size
			r.at = r.end
			continue
		}
		read := sections[id]
		switch {
		case read == nil:
			return nil, fault(NotAllowed, start, fmt.Sprintf("%d 号段", id), fmt.Sprintf("section %d", id))
		case id <= last:
			return nil, fault(Malformed, start, "段的次序有误", "sections out of order")
		}
		last = id
		read(r)
		if r.fault == nil && r.at != r.end {
			return nil, fault(Malformed, r.at, "段的长度有误", "a section of another length than it says")
		}
	}
	if r.fault == nil {
		r.whole()
	}
	if r.fault != nil {
		return nil, r.fault
	}
	return r.m, nil
}

func (r *reader) typeSection() {
	for range r.count("函数类型数", "types", maxTypes) {
		if c := r.byte(); r.fault == nil && c != 0x60 {
			r.fail(fault(NotAllowed, r.at, "非函数类型", "a type that is no function's"))
		}
		var t functype
		for range r.count("参数数", "parameters", MaxInputs) {
			t.params = append(t.params, r.valtype())
		}
		at := r.at
		n := int(r.u32())
		if n > 1 {
			r.fail(&Fault{Code: NotAllowed, At: at, Zh: "一个函数多个结果", En: "several results of one function", Hint: "编译时加 -C target-feature=-multivalue"})
			return
		}
		for range n {
			t.result = append(t.result, r.valtype())
		}
		r.m.types = append(r.m.types, t)
	}
}

func (r *reader) importSection() {
	at := r.at
	if r.u32() == 0 || r.fault != nil {
		return
	}
	module, name := r.name(), r.name()
	if r.fault == nil {
		r.fail(fault(Imports, at, fmt.Sprintf("%q %q", clip(module), clip(name)), fmt.Sprintf("%q %q", clip(module), clip(name))))
	}
}

// clip keeps the beginning of a name that a tenant chose.
func clip(s string) string {
	if n := 60; len(s) > n {
		return s[:n]
	}
	return s
}

func (r *reader) startSection() {
	r.fail(fault(Starts, r.at, "start 段", "a start section"))
}

func (r *reader) funcSection() {
	for range r.count("函数数", "functions", maxFuncs) {
		t := r.u32()
		if int(t) >= len(r.m.types) {
			r.cut("函数类型不存在")
		}
		r.m.funcs = append(r.m.funcs, t)
	}
}

// limits reads a least and perhaps a greatest number; what is used is the least, since nothing grows.
func (r *reader) limits(zh, en string, most int) int {
	at := r.at
	flags := r.byte()
	if r.fault == nil && flags > 1 {
		r.fail(fault(NotAllowed, at, "共享或 64 位的"+zh, "shared or 64 bit "+en))
	}
	n := r.count(zh, en, most)
	if flags == 1 {
		r.u32()
	}
	return n
}

func (r *reader) tableSection() {
	for range r.count("表数", "tables", 1) {
		at := r.at
		if c := r.byte(); r.fault == nil && c != 0x70 {
			r.fail(fault(NotAllowed, at, "非函数表", "a table of something else than functions"))
		}
		r.m.table = r.limits("函数表项数", "table entries", maxTable)
	}
}

func (r *reader) memorySection() {
	for range r.count("内存数", "memories", 1) {
		r.m.pages = r.limits("内存页数（每页 64 KiB）", "pages of memory", MaxPages)
	}
}

// constant reads an initial value: one constant.
func (r *reader) constant(t valtype) int64 {
	at := r.at
	var n int64
	switch c := r.byte(); {
	case r.fault != nil:
	case c == opI32Const && t == i32:
		n = r.leb(32, true)
	case c == opI64Const && t == i64:
		n = r.leb(64, true)
	case floating(c):
		r.fail(fault(Floats, at, "浮点初值", "a float"))
	default:
		r.fail(fault(NotAllowed, at, "初值须为常量", "an initial value that is no constant"))
	}
	if c := r.byte(); r.fault == nil && c != opEnd {
		r.fail(fault(NotAllowed, at, "初值须为常量", "an initial value that is no constant"))
	}
	return n
}

func (r *reader) globalSection() {
	for range r.count("全局变量数", "globals", maxGlobals) {
		g := global{typ: r.valtype()}
		mutable := r.byte()
		if mutable > 1 {
			r.cut("全局变量有误")
		}
		g.mutable, g.init = mutable == 1, r.constant(g.typ)
		r.m.globals = append(r.m.globals, g)
	}
}

func (r *reader) exportSection() {
	seen := map[string]bool{}
	for range r.count("导出数", "exports", maxFuncs) {
		e := export{name: r.name(), kind: r.byte(), at: r.u32()}
		size := map[byte]int{exportFunc: len(r.m.funcs), exportTable: min(r.m.table+1, 1), exportMemory: min(r.m.pages+1, 1), exportGlobal: len(r.m.globals)}
		if r.fault == nil && (int(e.at) >= size[e.kind] || seen[e.name]) {
			r.cut("导出有误")
		}
		seen[e.name] = true
		r.m.exports = append(r.m.exports, e)
	}
}

func (r *reader) elementSection() {
	for range r.count("函数表段数", "element segments", maxTable) {
		at := r.at
		if flags := r.u32(); r.fault == nil && flags != 0 {
			r.fail(fault(NotAllowed, at, "非即时的函数表段", "a passive or typed element segment"))
		}
		e := element{offset: int32(r.constant(i32))}
		for range r.count("函数表项数", "table entries", maxTable) {
			f := r.u32()
			if int(f) >= len(r.m.funcs) {
				r.cut("函数不存在")
			}
			e.funcs = append(e.funcs, f)
		}
		if r.fault == nil && (e.offset < 0 || int(e.offset)+len(e.funcs) > r.m.table) {
			r.cut("函数表段越界")
		}
		r.m.elements = append(r.m.elements, e)
	}
}

func (r *reader) dataSection() {
	for range r.count("数据段数", "data segments", maxFuncs) {
		at := r.at
		if flags := r.u32(); r.fault == nil && flags != 0 {
			r.fail(fault(NotAllowed, at, "非即时的数据段", "a passive data segment"))
		}
		s := segment{offset: int32(r.constant(i32))}
		s.bytes = r.take(int(r.u32()))
		if r.fault == nil && (s.offset < 0 || int(s.offset)+len(s.bytes) > r.m.pages*pageSize) {
			r.cut("数据段越界")
		}
		r.m.data = append(r.m.data, s)
	}
}

func (r *reader) codeSection() {
	n := r.count("函数数", "functions", maxFuncs)
	if r.fault == nil && n != len(r.m.funcs) {
		r.cut("函数与代码数目不符")
	}
	for f := range n {
		if r.fault != nil {
			return
		}
		size := int(r.u32())
		if size > r.end-r.at {
			r.cut("内容不完整")
			return
		}
		outer := r.end
		r.end = r.at + size
		b := r.body(f)
		if r.fault == nil && r.at != r.end {
			r.cut("函数的长度有误")
		}
		r.end = outer
		r.m.bodies = append(r.m.bodies, b)
	}
}

// whole checks what only the module as a whole shows, and has the engine validate the types of what was read.
func (r *reader) whole() {
	if len(r.m.bodies) != len(r.m.funcs) {
		r.cut("函数与代码数目不符")
		return
	}
	ctx := background
	runtime := wazero.NewRuntimeWithConfig(ctx, engine())
	defer runtime.Close(ctx)
	if _, err := runtime.CompileModule(ctx, r.m.encode(nil)); err != nil {
		r.fail(fault(Malformed, 0, "类型检查未通过", "the types of the code do not fit"))
	}
}
