package step

// imm is what follows the byte of an instruction.
type imm int

const (
	immNone   imm = iota
	immBlock      // a block type: nothing, i32 or i64
	immIndex      // an index
	immTable      // labels, the default last
	immCall       // a type and table 0
	immMemory     // alignment and offset
	immZero       // a zero byte
	immI32        // a constant
	immI64        //
)

// op is one instruction of the closed list.
type op struct {
	name string
	imm  imm
	wide byte // of a memory access: the greatest alignment, as a power of two
}

const (
	opUnreachable = 0x00
	opNop         = 0x01
	opBlock       = 0x02
	opLoop        = 0x03
	opIf          = 0x04
	opElse        = 0x05
	opEnd         = 0x0b
	opBr          = 0x0c
	opBrIf        = 0x0d
	opBrTable     = 0x0e
	opReturn      = 0x0f
	opCall        = 0x10
	opIndirect    = 0x11
	opLocalGet    = 0x20
	opLocalSet    = 0x21
	opLocalTee    = 0x22
	opGlobalGet   = 0x23
	opGlobalSet   = 0x24
	opMemorySize  = 0x3f
	opMemoryGrow  = 0x40
	opI32Const    = 0x41
	opI64Const    = 0x42
)

var ops = table()

func table() (t [256]op) {
	set := func(code int, im imm, names ...string) {
		for i, name := range names {
			t[code+i] = op{name: name, imm: im}
		}
	}
	set(0x00, immNone, "unreachable", "nop")
	set(0x02, immBlock, "block", "loop", "if")
	set(0x05, immNone, "else")
	set(0x0b, immNone, "end")
	set(0x0c, immIndex, "br", "br_if")
	set(0x0e, immTable, "br_table")
	set(0x0f, immNone, "return")
	set(0x10, immIndex, "call")
	set(0x11, immCall, "call_indirect")
	set(0x1a, immNone, "drop", "select")
	set(0x20, immIndex, "local.get", "local.set", "local.tee", "global.get", "global.set")
	for code, access := range map[int]struct {
		name string
		wide byte
	}{
		0x28: {"i32.load", 2}, 0x29: {"i64.load", 3},
		0x2c: {"i32.load8_s", 0}, 0x2d: {"i32.load8_u", 0}, 0x2e: {"i32.load16_s", 1}, 0x2f: {"i32.load16_u", 1},
		0x30: {"i64.load8_s", 0}, 0x31: {"i64.load8_u", 0}, 0x32: {"i64.load16_s", 1}, 0x33: {"i64.load16_u", 1}, 0x34: {"i64.load32_s", 2}, 0x35: {"i64.load32_u", 2},
		0x36: {"i32.store", 2}, 0x37: {"i64.store", 3},
		0x3a: {"i32.store8", 0}, 0x3b: {"i32.store16", 1}, 0x3c: {"i64.store8", 0}, 0x3d: {"i64.store16", 1}, 0x3e: {"i64.store32", 2},
	} {
		t[code] = op{name: access.name, imm: immMemory, wide: access.wide}
	}
	set(0x3f, immZero, "memory.size", "memory.grow")
	set(0x41, immI32, "i32.const")
	set(0x42, immI64, "i64.const")
	compare := []string{"eqz", "eq", "ne", "lt_s", "lt_u", "gt_s", "gt_u", "le_s", "le_u", "ge_s", "ge_u"}
	reckon := []string{"clz", "ctz", "popcnt", "add", "sub", "mul", "div_s", "div_u", "rem_s", "rem_u", "and", "or", "xor", "shl", "shr_s", "shr_u", "rotl", "rotr"}
	for i, typ := range []string{"i32.", "i64."} {
		for k, name := range compare {
			set(0x45+11*i+k, immNone, typ+name)
		}
		for k, name := range reckon {
			set(0x67+18*i+k, immNone, typ+name)
		}
	}
	set(0xa7, immNone, "i32.wrap_i64")
	set(0xac, immNone, "i64.extend_i32_s", "i64.extend_i32_u")
	set(0xc0, immNone, "i32.extend8_s", "i32.extend16_s", "i64.extend8_s", "i64.extend16_s", "i64.extend32_s")
	return t
}

// floating reports whether an instruction that is not on the list works on floats.
func floating(code byte) bool {
	switch {
	case code == 0x2a || code == 0x2b || code == 0x38 || code == 0x39, code == 0x43 || code == 0x44,
		code >= 0x5b && code <= 0x66, code >= 0x8b && code <= 0xa6, code >= 0xa8 && code <= 0xab, code >= 0xae && code <= 0xbf:
		return true
	}
	return false
}

// beyond names what a byte that is not on the list belongs to, and what a developer can do about it.
func beyond(code byte) (zh, en, hint string) {
	switch code {
	case 0xfc:
		return "成批内存操作或饱和转换", "bulk memory or saturating conversion", "编译时加 -C target-feature=-bulk-memory"
	case 0xfd:
		return "向量指令", "vector instruction", "编译时加 -C target-feature=-simd128"
	case 0xfe:
		return "线程与原子操作", "threads and atomics", ""
	case 0x12, 0x13:
		return "尾调用", "tail call", ""
	case 0x1c, 0x25, 0x26, 0xd0, 0xd1, 0xd2:
		return "引用类型", "reference types", "编译时加 -C target-feature=-reference-types"
	case 0x06, 0x07, 0x08, 0x09, 0x0a, 0x18, 0x19, 0x1f:
		return "异常处理", "exceptions", ""
	}
	return "未列入的指令", "an instruction that is not listed", ""
}
