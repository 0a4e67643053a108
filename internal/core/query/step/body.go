package step

import "fmt"

// body reads the code of function f.
func (r *reader) body(f int) body {
	var b body
	params := len(r.m.typeOf(f).params)
	for range r.count("局部变量组数", "groups of locals", maxLocals) {
		at := r.at
		n := int(r.u32())
		t := r.valtype()
		if r.fault == nil && n > maxLocals-params-len(b.locals) {
			r.fail(limited(at, "局部变量数", "locals", params+len(b.locals)+n, maxLocals))
		}
		for range n {
			if r.fault == nil {
				b.locals = append(b.locals, t)
			}
		}
	}
	inIf := []bool{false} // for each open block, whether an else may come
	for r.fault == nil && len(inIf) > 0 {
		i := r.instr(params + len(b.locals))
		if r.fault != nil {
			break
		}
		switch i.op {
		case opBlock, opLoop, opIf:
			inIf = append(inIf, i.op == opIf)
			if len(inIf) > maxNesting {
				r.fail(limited(r.at, "代码嵌套层数", "nested blocks", len(inIf), maxNesting))
			}
		case opElse:
			if !inIf[len(inIf)-1] {
				r.cut("else 没有 if")
				continue
			}
			inIf[len(inIf)-1] = false
		case opEnd:
			inIf = inIf[:len(inIf)-1]
		}
		b.code = append(b.code, i)
	}
	return b
}

// instr reads one instruction of a function with that many locals. Every index must be of something the tenant's own
// module has: what the meter adds stands behind it, and must stay out of reach.
func (r *reader) instr(locals int) instr {
	at := r.at
	i := instr{op: r.byte()}
	o := ops[i.op]
	if r.fault != nil {
		return i
	}
	if o.name == "" {
		r.unknown(i.op, at)
		return i
	}
	switch o.imm {
	case immBlock:
		if r.at < r.end && r.b[r.at] == emptyBlock {
			r.at++
			i.x = emptyBlock
		} else {
			i.x = int64(r.valtype())
		}
	case immIndex:
		i.x = int64(r.u32())
		size := maxNesting + 1
		switch i.op {
		case opCall:
			size = len(r.m.funcs)
		case opLocalGet, opLocalSet, opLocalTee:
			size = locals
		case opGlobalGet, opGlobalSet:
			size = len(r.m.globals)
		}
		if r.fault == nil && int(i.x) >= size {
			r.cut("引用的对象不存在")
		}
	case immTable:
		n := r.count("分支数", "branches", 1024)
		for range n + 1 {
			i.labels = append(i.labels, r.u32())
		}
	case immCall:
		i.x = int64(r.u32())
		if table := r.u32(); r.fault == nil && (int(i.x) >= len(r.m.types) || table != 0 || r.m.table < 0) {
			r.cut("引用的对象不存在")
		}
	case immMemory:
		align := r.u32()
		i.x = int64(r.u32())
		if r.fault == nil && (align > uint32(o.wide) || r.m.pages < 0) {
			r.cut("内存访问有误")
		}
		i.align = byte(align)
	case immZero:
		if c := r.byte(); r.fault == nil && (c != 0 || r.m.pages < 0) {
			r.cut("内存访问有误")
		}
	case immI32:
		i.x = r.leb(32, true)
	case immI64:
		i.x = r.leb(64, true)
	}
	return i
}

func (r *reader) unknown(code byte, at int) {
	if code == 0xfc && r.at < r.end && r.b[r.at] < 8 || floating(code) {
		r.fail(fault(Floats, at, fmt.Sprintf("第 %d 字节处的浮点指令", at), "a float instruction"))
		return
	}
	zh, en, hint := beyond(code)
	r.fail(&Fault{Code: NotAllowed, At: at, Zh: fmt.Sprintf("第 %d 字节处的%s 0x%02x", at, zh, code), En: fmt.Sprintf("%s 0x%02x", en, code), Hint: hint})
}
