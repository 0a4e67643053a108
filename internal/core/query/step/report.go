package step

import (
	"yunei/internal/core/query"
)

// Report is what is known of a module before it runs.
type Report struct {
	Hash         string   `json:"hash"`
	Bytes        int      `json:"bytes"`
	Functions    int      `json:"functions"`
	Instructions int      `json:"instructions"`
	Pages        int      `json:"pages" doc:"Of memory, 64 KiB each"`
	Globals      int      `json:"globals"`
	DataBytes    int      `json:"dataBytes"`
	Loops        int      `json:"loops"`
	Indirect     int      `json:"indirect" doc:"Calls through a table"`
	Imports      int      `json:"imports" doc:"Always 0: a module that imports anything is refused"`
	Custom       int      `json:"custom" doc:"Sections that are no code; they are part of the hash and not of what runs"`
	Exports      []Export `json:"exports" doc:"Functions that may be outputs"`
}

// Export is one exported function.
type Export struct {
	Name   string `json:"name"`
	Inputs int    `json:"inputs"`
	Type   string `json:"type"`
	Fits   bool   `json:"fits" doc:"It takes numbers of 64 bits and gives one"`
	Bound  int64  `json:"bound" doc:"Fuel it can use at most; 0 where it loops or recurs and only its fuel ends it"`
}

// Report describes the module.
func (m *Module) Report() Report {
	r := Report{Hash: query.ModuleHash(m.raw), Bytes: len(m.raw), Functions: len(m.funcs), Pages: max(m.pages, 0), Globals: len(m.globals), Custom: m.custom, Exports: []Export{}}
	for _, s := range m.data {
		r.DataBytes += len(s.bytes)
	}
	for _, b := range m.bodies {
		r.Instructions += len(b.code)
		for _, i := range b.code {
			switch i.op {
			case opLoop:
				r.Loops++
			case opIndirect:
				r.Indirect++
			}
		}
	}
	bounds := m.bounds()
	for _, e := range m.exports {
		if e.kind != exportFunc {
			continue
		}
		t := m.typeOf(int(e.at))
		x := Export{Name: clip(e.name), Inputs: len(t.params), Type: t.String(), Fits: len(t.result) == 1 && t.result[0] == i64, Bound: bounds[e.at]}
		for _, p := range t.params {
			x.Fits = x.Fits && p == i64
		}
		r.Exports = append(r.Exports, x)
	}
	return r
}

// bounds gives for each function the fuel it uses at most: all its stretches, each once, and those of what it calls. 0
// is no bound: it loops, recurs, or calls through a table.
func (m *Module) bounds() []int64 {
	out := make([]int64, len(m.funcs))
	state := make([]int, len(m.funcs)) // 1: being visited, 2: known
	var visit func(f int) int64
	visit = func(f int) int64 {
		switch state[f] {
		case 1:
			return 0
		case 2:
			return out[f]
		}
		state[f] = 1
		total := int64(0)
		for _, c := range m.charges(f) {
			total += c
		}
		for _, i := range m.bodies[f].code {
			switch i.op {
			case opLoop, opIndirect:
				total = 0
			case opCall:
				inner := visit(int(i.x))
				if inner == 0 || total == 0 || total > query.MaxFuel {
					total = 0
					break
				}
				total += inner
			}
			if total == 0 {
				break
			}
		}
		if total > query.MaxFuel {
			total = 0
		}
		state[f], out[f] = 2, total
		return total
	}
	for f := range m.funcs {
		visit(f)
	}
	return out
}
