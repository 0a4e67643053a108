package step

import (
	"fmt"
	"strings"
)

// Limits on a module. They are what one row of one person needs, with room to spare; the most that one evaluation can
// take of the server follows from them.
const (
	MaxModule = 64 << 10 // bytes
	MaxPages  = 4        // of 64 KiB

	MaxInputs  = 40
	MaxOutputs = 8

	maxTypes   = 128
	maxFuncs   = 256
	maxGlobals = 64
	maxTable   = 256
	maxLocals  = 256 // of one function, parameters among them
	maxNesting = 64  // blocks in each other
	maxDepth   = 128 // calls in each other
	pageSize   = 64 << 10
)

// valtype is a type of values: i32 or i64, and nothing else.
type valtype byte

const (
	i32 valtype = 0x7f
	i64 valtype = 0x7e
)

func (t valtype) String() string {
	if t == i32 {
		return "i32"
	}
	return "i64"
}

// emptyBlock is the type of a block that gives nothing.
const emptyBlock = 0x40

// Module is a module that was read and found to be within the closed world.
type Module struct {
	raw      []byte
	types    []functype
	funcs    []uint32 // type of each function
	table    int      // entries, -1 without a table
	pages    int      // -1 without a memory
	globals  []global
	exports  []export
	elements []element
	bodies   []body
	data     []segment

	custom      int // sections that are not code, left out of what runs
	customBytes int
}

type functype struct {
	params []valtype
	result []valtype // one at most
}

func (t functype) equal(o functype) bool {
	return string(t.bytes()) == string(o.bytes())
}

func (t functype) String() string {
	return fmt.Sprintf("(%s) -> (%s)", words(t.params), words(t.result))
}

func words(list []valtype) string {
	out := make([]string, len(list))
	for i, t := range list {
		out[i] = t.String()
	}
	return strings.Join(out, " ")
}

func (t functype) bytes() []byte {
	b := []byte{byte(len(t.params))}
	for _, v := range t.params {
		b = append(b, byte(v))
	}
	for _, v := range t.result {
		b = append(b, byte(v))
	}
	return b
}

type global struct {
	typ     valtype
	mutable bool
	init    int64
}

type export struct {
	name string
	kind byte
	at   uint32
}

// Kinds of exports.
const (
	exportFunc   = 0x00
	exportTable  = 0x01
	exportMemory = 0x02
	exportGlobal = 0x03
)

type element struct {
	offset int32
	funcs  []uint32
}

type segment struct {
	offset int32
	bytes  []byte
}

// body is the code of one function.
type body struct {
	locals []valtype // beside the parameters
	code   []instr
}

// instr is one instruction. x is its index, label, constant, block type or offset.
type instr struct {
	op     byte
	x      int64
	align  byte
	labels []uint32
}

// typeOf is the type of function f.
func (m *Module) typeOf(f int) functype { return m.types[m.funcs[f]] }

// exported finds the function exported under a name.
func (m *Module) exported(name string) (int, bool) {
	for _, e := range m.exports {
		if e.name == name && e.kind == exportFunc {
			return int(e.at), true
		}
	}
	return 0, false
}
