package interp

import (
	"fmt"
	"slices"
	"strings"

	"yunei/internal/core/query"
)

// Part is what one unit adds to one cell of an exact table. It must not leave the domain.
type Part struct {
	Cell    int
	Unit    string
	Vectors []int64 // one per aggregate; sums are sums of (Arg - Center)
	Counts  []int64 // one per aggregate: rows in which its argument has a value
}

// Parts computes an exact table without any bound, in order of cell and unit: the oracle of the exact rendering.
func (p *Program) Parts(data Data) ([]Part, error) {
	if p.model.Class != query.A {
		return nil, fmt.Errorf("a class %s model does not aggregate", p.model.Class)
	}
	rows, err := p.root.in[0].run(data, "")
	if err != nil {
		return nil, err
	}
	type place struct {
		cell int
		unit string
	}
	found := map[place]*Part{}
	var f frame
	for _, row := range rows {
		f.row = row
		unit := row[p.root.rel.Unit]
		index, ok := p.cellOf(&f)
		if unit.null || !ok {
			continue
		}
		at := place{index, unit.s}
		if found[at] == nil {
			found[at] = &Part{Cell: index, Unit: unit.s, Vectors: make([]int64, len(p.root.aggs)), Counts: make([]int64, len(p.root.aggs))}
		}
		p.count(found[at], &f)
	}
	out := make([]Part, 0, len(found))
	for _, part := range found {
		for i, a := range p.root.rel.Aggs {
			if a.Func == query.AggUnits {
				part.Vectors[i] = 1
			}
		}
		out = append(out, *part)
	}
	slices.SortFunc(out, func(a, b Part) int {
		if a.Cell != b.Cell {
			return a.Cell - b.Cell
		}
		return strings.Compare(a.Unit, b.Unit)
	})
	return out, nil
}

func (p *Program) count(part *Part, f *frame) {
	for i, arg := range p.root.aggs {
		a := &p.root.rel.Aggs[i]
		add := int64(1)
		if arg != nil {
			v := arg.run(f)
			if v.null {
				continue
			}
			if a.Func == query.AggSum {
				add = v.n - a.Center
			}
		}
		part.Vectors[i] += add
		part.Counts[i]++
	}
}
