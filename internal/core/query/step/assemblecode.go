package step

import (
	"fmt"
	"strconv"
	"strings"
)

var byName = func() map[string]byte {
	names := map[string]byte{}
	for code, o := range ops {
		if o.name != "" {
			names[o.name] = byte(code)
		}
	}
	return names
}()

// sequence reads instructions, folded or one after another.
func (a *assembler) sequence(b *body, list []node) error {
	for len(list) > 0 {
		n := list[0]
		if n.list != nil {
			if err := a.folded(b, n); err != nil {
				return err
			}
			list = list[1:]
			continue
		}
		i, rest, err := a.plainInstr(n, list[1:])
		if err != nil {
			return err
		}
		b.code = append(b.code, i)
		list = rest
	}
	return nil
}

// folded reads (op immediates operands): operands first.
func (a *assembler) folded(b *body, n node) error {
	if len(n.list) == 0 {
		return fmt.Errorf("line %d: ()", n.line)
	}
	switch n.head() {
	case "block", "loop":
		i, rest, err := a.plainInstr(n.list[0], n.list[1:])
		if err != nil {
			return err
		}
		b.code = append(b.code, i)
		if err := a.sequence(b, rest); err != nil {
			return err
		}
		return a.close(b)
	case "if":
		return a.foldedIf(b, n)
	}
	i, rest, err := a.plainInstr(n.list[0], n.list[1:])
	if err != nil {
		return err
	}
	for _, operand := range rest {
		if operand.list == nil {
			return fmt.Errorf("line %d: operand %q", operand.line, operand.word)
		}
		if err := a.folded(b, operand); err != nil {
			return err
		}
	}
	b.code = append(b.code, i)
	return nil
}

func (a *assembler) close(b *body) error {
	a.labels = a.labels[:len(a.labels)-1]
	b.code = append(b.code, instr{op: opEnd})
	return nil
}

func (a *assembler) foldedIf(b *body, n node) error {
	i, rest, err := a.plainInstr(n.list[0], n.list[1:])
	if err != nil {
		return err
	}
	label := a.labels[len(a.labels)-1]
	a.labels = a.labels[:len(a.labels)-1] // the condition stands outside
	for len(rest) > 0 && rest[0].head() != "then" {
		if err := a.folded(b, rest[0]); err != nil {
			return err
		}
		rest = rest[1:]
	}
	a.labels = append(a.labels, label)
	b.code = append(b.code, i)
	for k, arm := range rest {
		switch {
		case k == 0 && arm.head() == "then":
		case k == 1 && arm.head() == "else":
			b.code = append(b.code, instr{op: opElse})
		default:
			return fmt.Errorf("line %d: (if cond (then ...) (else ...))", arm.line)
		}
		if err := a.sequence(b, arm.list[1:]); err != nil {
			return err
		}
	}
	return a.close(b)
}

// plainInstr reads one instruction with its immediates off the head of a list.
func (a *assembler) plainInstr(n node, list []node) (instr, []node, error) {
	op, known := byName[n.word]
	if !known {
		if raw, ok := strings.CutPrefix(n.word, "byte:"); ok { // any byte, to try what is refused
			c, err := strconv.ParseUint(raw, 0, 8)
			return instr{op: byte(c)}, list, err
		}
		return instr{}, nil, fmt.Errorf("line %d: instruction %q is not known", n.line, n.word)
	}
	i := instr{op: op}
	one := func(kind string) error {
		if len(list) == 0 {
			return fmt.Errorf("line %d: %s without its %s", n.line, n.word, kind)
		}
		at, err := a.index(kind, list[0])
		i.x, list = int64(at), list[1:]
		return err
	}
	var err error
	switch ops[op].imm {
	case immBlock:
		name, rest := named(list)
		a.labels = append(a.labels, name)
		i.x, list = emptyBlock, rest
		if len(list) > 0 && list[0].head() == "result" && len(list[0].list) == 2 {
			t, err := valueType(list[0].list[1])
			if err != nil {
				return i, nil, err
			}
			i.x, list = int64(t), list[1:]
		}
	case immIndex:
		switch op {
		case opBr, opBrIf:
			if len(list) == 0 {
				return i, nil, fmt.Errorf("line %d: %s without its label", n.line, n.word)
			}
			i.x, err = a.label(list[0])
			list = list[1:]
		case opCall:
			err = one("func")
		case opGlobalGet, opGlobalSet:
			err = one("global")
		default:
			err = one("local")
		}
	case immTable:
		for len(list) > 0 && list[0].list == nil {
			l, lerr := a.label(list[0])
			if lerr != nil {
				break
			}
			i.labels, list = append(i.labels, uint32(l)), list[1:]
		}
		if len(i.labels) == 0 {
			err = fmt.Errorf("line %d: br_table without labels", n.line)
		}
	case immCall:
		if len(list) == 0 || list[0].head() != "type" || len(list[0].list) != 2 {
			return i, nil, fmt.Errorf("line %d: call_indirect (type $t)", n.line)
		}
		var at int
		at, err = a.index("type", list[0].list[1])
		i.x, list = int64(at), list[1:]
	case immMemory:
		i.align = ops[op].wide
		for len(list) > 0 && strings.Contains(list[0].word, "=") {
			key, value, _ := strings.Cut(list[0].word, "=")
			v, perr := strconv.ParseUint(value, 0, 32)
			if perr != nil {
				return i, nil, fmt.Errorf("line %d: %s", n.line, list[0].word)
			}
			if key == "offset" {
				i.x = int64(v)
			} else {
				for i.align = 0; 1<<i.align < v; i.align++ {
				}
			}
			list = list[1:]
		}
	case immI32, immI64:
		if len(list) == 0 {
			return i, nil, fmt.Errorf("line %d: %s without its number", n.line, n.word)
		}
		i.x, err = number(list[0], map[imm]int{immI32: 32, immI64: 64}[ops[op].imm])
		list = list[1:]
	}
	if op == opEnd && len(a.labels) > 0 {
		a.labels = a.labels[:len(a.labels)-1]
	}
	return i, list, err
}

// label finds how many blocks out a label lies.
func (a *assembler) label(n node) (int64, error) {
	if strings.HasPrefix(n.word, "$") {
		for i := len(a.labels) - 1; i >= 0; i-- {
			if a.labels[i] == n.word {
				return int64(len(a.labels) - 1 - i), nil
			}
		}
		return 0, fmt.Errorf("line %d: no label %s", n.line, n.word)
	}
	v, err := strconv.ParseUint(n.word, 10, 16)
	if err != nil {
		return 0, fmt.Errorf("line %d: label %q", n.line, n.word)
	}
	return int64(v), nil
}
