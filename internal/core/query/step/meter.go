package step

import (
	"encoding/binary"
	"fmt"
)

// What the meter adds to a straight stretch of code and around a call, in instructions. A charge includes it, so that
// fuel counts what is really run.
const (
	stretchCost = 10
	callCost    = 15
	burnStep    = 8
)

// Names under which the host reaches what it needs of a metered module.
const (
	fuelName = "fuel"
	burnName = "burn"
)

func outputName(i int) string { return fmt.Sprintf("o%d", i) }

// meter is what is added to a module: a counter of fuel, a counter of depth, and a function that burns what is left.
type meter struct {
	fuel    int64
	outputs []int // the function of each output
}

// encode writes the module as bytes: with a meter as it runs, without one as it was read, but for what is no code.
func (m *Module) encode(w *meter) []byte {
	out := []byte("\x00asm\x01\x00\x00\x00")
	types, funcs, globals := len(m.types), len(m.funcs), len(m.globals)
	if w != nil {
		types, funcs, globals = types+1, funcs+1, globals+2
	}
	var b []byte
	b = uleb(nil, types)
	for _, t := range m.types {
		b = append(b, 0x60)
		b = vals(b, t.params)
		b = vals(b, t.result)
	}
	if w != nil {
		b = append(b, 0x60, 0, 0)
	}
	out = section(out, 1, b)

	b = uleb(nil, funcs)
	for _, t := range m.funcs {
		b = uleb(b, int(t))
	}
	if w != nil {
		b = uleb(b, len(m.types))
	}
	out = section(out, 3, b)
	if m.table >= 0 {
		out = section(out, 4, uleb(uleb([]byte{1, 0x70, 1}, m.table), m.table))
	}
	if m.pages >= 0 { // as much as there is at first is all there will ever be
		out = section(out, 5, uleb(uleb([]byte{1, 1}, m.pages), m.pages))
	}
	b = uleb(nil, globals)
	for _, g := range m.globals {
		b = append(b, byte(g.typ), flag(g.mutable))
		b = constant(b, g.typ, g.init)
	}
	if w != nil {
		b = append(b, byte(i64), 1)
		b = constant(b, i64, w.fuel)
		b = append(b, byte(i32), 1)
		b = constant(b, i32, 0)
	}
	if globals > 0 {
		out = section(out, 6, b)
	}
	if w != nil {
		b = uleb(nil, len(w.outputs)+2)
		for i, f := range w.outputs {
			b = exporting(b, outputName(i), exportFunc, f)
		}
		b = exporting(b, burnName, exportFunc, len(m.funcs))
		out = section(out, 7, exporting(b, fuelName, exportGlobal, len(m.globals)))
	}
	if len(m.elements) > 0 {
		b = uleb(nil, len(m.elements))
		for _, e := range m.elements {
			b = constant(append(b, 0), i32, int64(e.offset))
			b = uleb(b, len(e.funcs))
			for _, f := range e.funcs {
				b = uleb(b, int(f))
			}
		}
		out = section(out, 9, b)
	}
	b = uleb(nil, funcs)
	for i := range m.bodies {
		code := m.function(i, w != nil)
		b = append(uleb(b, len(code)), code...)
	}
	if w != nil {
		code := m.burn()
		b = append(uleb(b, len(code)), code...)
	}
	out = section(out, 10, b)
	if len(m.data) > 0 {
		b = uleb(nil, len(m.data))
		for _, s := range m.data {
			b = constant(append(b, 0), i32, int64(s.offset))
			b = append(uleb(b, len(s.bytes)), s.bytes...)
		}
		out = section(out, 11, b)
	}
	return out
}

// boundary reports whether a new stretch begins after the instruction.
func boundary(op byte) bool {
	switch op {
	case opLoop, opIf, opElse, opEnd, opBr, opBrIf, opBrTable, opReturn, opCall, opIndirect, opUnreachable:
		return true
	}
	return false
}

// charges gives what is charged before each instruction: at the first of each stretch, for all of it.
func (m *Module) charges(f int) []int64 {
	code := m.bodies[f].code
	out := make([]int64, len(code))
	for start := 0; start < len(code); {
		end := start
		for end < len(code)-1 && !boundary(code[end].op) {
			end++
		}
		end++
		n := int64(0)
		for _, i := range code[start:end] {
			switch i.op {
			case opEnd, opElse:
			case opCall, opIndirect:
				n += 1 + callCost
			default:
				n++
			}
		}
		if start == 0 { // the locals are made
			n += int64(len(m.bodies[f].locals)) + 1
		}
		if n > 0 {
			out[start] = n + stretchCost
		}
		start = end
	}
	return out
}

// function writes one function.
func (m *Module) function(f int, metered bool) []byte {
	own := &m.bodies[f]
	var b []byte
	var groups []byte
	n := 0
	for i := 0; i < len(own.locals); n++ {
		k := i
		for k < len(own.locals) && own.locals[k] == own.locals[i] {
			k++
		}
		groups = append(uleb(groups, k-i), byte(own.locals[i]))
		i = k
	}
	b = append(uleb(b, n), groups...)
	charges := m.charges(f)
	for i, in := range own.code {
		if metered && charges[i] > 0 {
			b = m.charge(b, charges[i])
		}
		calls := metered && (in.op == opCall || in.op == opIndirect)
		if calls {
			b = m.deeper(b)
		}
		b = in.encode(b)
		if calls {
			b = m.shallower(b)
		}
	}
	return b
}

// charge takes fuel, and traps when there was too little.
func (m *Module) charge(b []byte, n int64) []byte {
	fuel := len(m.globals)
	b = uleb(append(b, opGlobalGet), fuel)
	b = constantOp(b, i64, n)
	b = uleb(append(b, 0x7d, opGlobalSet), fuel) // i64.sub
	b = uleb(append(b, opGlobalGet), fuel)
	b = constantOp(b, i64, 0)
	return append(b, 0x53, opIf, emptyBlock, opUnreachable, opEnd) // i64.lt_s
}

func (m *Module) deeper(b []byte) []byte {
	depth := len(m.globals) + 1
	b = uleb(append(b, opGlobalGet), depth)
	b = constantOp(b, i32, 1)
	b = uleb(append(b, 0x6a, opGlobalSet), depth) // i32.add
	b = uleb(append(b, opGlobalGet), depth)
	b = constantOp(b, i32, maxDepth)
	return append(b, 0x4b, opIf, emptyBlock, opUnreachable, opEnd) // i32.gt_u
}

func (m *Module) shallower(b []byte) []byte {
	depth := len(m.globals) + 1
	b = uleb(append(b, opGlobalGet), depth)
	b = constantOp(b, i32, 1)
	return uleb(append(b, 0x6b, opGlobalSet), depth) // i32.sub
}

// burn uses up the fuel that is left.
func (m *Module) burn() []byte {
	fuel := len(m.globals)
	b := []byte{0, opLoop, emptyBlock}
	b = uleb(append(b, opGlobalGet), fuel)
	b = constantOp(b, i64, burnStep)
	b = uleb(append(b, 0x7d, opGlobalSet), fuel)
	b = uleb(append(b, opGlobalGet), fuel)
	b = constantOp(b, i64, 0)
	return append(b, 0x55, opBrIf, 0, opEnd, opEnd) // i64.gt_s
}

func (i instr) encode(b []byte) []byte {
	b = append(b, i.op)
	switch ops[i.op].imm {
	case immBlock:
		b = append(b, byte(i.x))
	case immIndex:
		b = uleb(b, int(i.x))
	case immTable:
		b = uleb(b, len(i.labels)-1)
		for _, l := range i.labels {
			b = uleb(b, int(l))
		}
	case immCall:
		b = append(uleb(b, int(i.x)), 0)
	case immMemory:
		b = uleb(append(b, i.align), int(i.x))
	case immZero:
		b = append(b, 0)
	case immI32, immI64:
		b = sleb(b, i.x)
	}
	return b
}

func section(out []byte, id byte, body []byte) []byte {
	return append(uleb(append(out, id), len(body)), body...)
}

func exporting(b []byte, name string, kind byte, at int) []byte {
	b = append(uleb(b, len(name)), name...)
	return uleb(append(b, kind), at)
}

func vals(b []byte, list []valtype) []byte {
	b = uleb(b, len(list))
	for _, t := range list {
		b = append(b, byte(t))
	}
	return b
}

// constant is an initial value; constantOp the same inside code.
func constant(b []byte, t valtype, n int64) []byte { return append(constantOp(b, t, n), opEnd) }

func constantOp(b []byte, t valtype, n int64) []byte {
	op := byte(opI64Const)
	if t == i32 {
		op = opI32Const
	}
	return sleb(append(b, op), n)
}

func uleb(b []byte, n int) []byte { return binary.AppendUvarint(b, uint64(n)) }

func sleb(b []byte, n int64) []byte {
	for {
		c := byte(n & 0x7f)
		n >>= 7
		if n == 0 && c&0x40 == 0 || n == -1 && c&0x40 != 0 {
			return append(b, c)
		}
		b = append(b, c|0x80)
	}
}

func flag(on bool) byte {
	if on {
		return 1
	}
	return 0
}

// plain writes a module as Assemble made it: with its exports, and with the imports and the start that Read refuses.
func (m *Module) plain(imports [][2]string, start int) []byte {
	out := m.encode(nil)
	if len(imports) > 0 {
		b := uleb(nil, len(imports))
		for _, i := range imports {
			b = append(uleb(b, len(i[0])), i[0]...)
			b = append(uleb(b, len(i[1])), i[1]...)
			b = append(b, 0, 0)
		}
		out = inserted(out, 2, b)
	}
	b := uleb(nil, len(m.exports))
	for _, e := range m.exports {
		b = exporting(b, e.name, e.kind, int(e.at))
	}
	out = inserted(out, 7, b)
	if start > 0 {
		out = inserted(out, 8, uleb(nil, start-1))
	}
	return out
}

// inserted puts a section in its place.
func inserted(module []byte, id byte, body []byte) []byte {
	at := 8
	for at < len(module) && module[at] < id {
		size, n := binary.Uvarint(module[at+1:])
		at += 1 + n + int(size)
	}
	return append(append(module[:at:at], section(nil, id, body)...), module[at:]...)
}
