package interp

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"yunei/internal/core/query"
	"yunei/internal/core/query/step"
)

// Answer is what a class B model says about one subject. Its shape is fixed by the model: when there is no record,
// Found is false and every value is NULL.
type Answer struct {
	Found  bool
	Values []query.Value // one per output of the model

	// Steps is what the step of a model did for each output, for trials on synthetic rows.
	Steps []step.Result
}

// Subject runs a class B or C model over the rows of one subject.
func (p *Program) Subject(sid string, data Data) (Answer, error) {
	if !p.model.Class.Own() {
		return Answer{}, fmt.Errorf("a class %s model does not answer about one subject", p.model.Class)
	}
	rows, err := p.root.run(data, sid)
	if err != nil {
		return Answer{}, err
	}
	answer := Answer{Values: make([]query.Value, len(p.model.Outputs))}
	if len(rows) == 0 {
		if p.step != nil {
			p.step.Idle()
		}
		return answer, nil
	}
	if len(rows) > 1 {
		return Answer{}, fmt.Errorf("%d rows about one subject where the policy promises one", len(rows))
	}
	answer.Found = true
	if p.step != nil {
		p.stepped(rows[0], &answer)
		return answer, nil
	}
	for i := range p.model.Outputs {
		o := &p.model.Outputs[i]
		v := rows[0][o.Index].value(o.Type)
		if v.IsNull() && !o.Null || !v.IsNull() && !slices.Contains(o.Values, v) {
			return Answer{}, fmt.Errorf("output %q left its finite list of values", o.Name)
		}
		answer.Values[i] = v
	}
	return answer, nil
}

// stepped has the step compute the outputs from the columns of one row. It cannot fail: what goes wrong is the default.
func (p *Program) stepped(row []cell, answer *Answer) {
	inputs := make([]query.Value, len(row))
	for i := range inputs {
		inputs[i] = row[i].value(p.model.Root.Exprs[i].Type)
	}
	answer.Steps = p.step.Run(inputs)
	for i, r := range answer.Steps {
		answer.Values[i] = r.Value
	}
}

// Rows runs a class O model, with its HAVING, ORDER BY and LIMIT.
func (p *Program) Rows(data Data) ([][]query.Value, error) {
	if p.model.Class != query.O {
		return nil, fmt.Errorf("a class %s model does not return rows", p.model.Class)
	}
	rows, err := p.root.run(data, "")
	if err != nil {
		return nil, err
	}
	out := make([][]query.Value, len(rows))
	for i, row := range rows {
		out[i] = make([]query.Value, len(p.model.Outputs))
		for j := range p.model.Outputs {
			out[i][j] = p.output(&p.model.Outputs[j], row)
		}
	}
	return Shown(p.model.Post, out)
}

// Cell is one exact cell of a class A model. It must not leave the domain.
type Cell struct {
	Index   int           // as in Model.Cell
	Keys    []query.Value // the values of its keys
	Units   int64         // units that count in the cell
	Vectors []int64       // one per aggregate of the reduce; sums are sums of (Arg - Center)
}

// Choice ranks the cells one unit falls into; the unit counts in the Groups cells of lowest rank. The rank may depend
// on the unit, the cell and a secret, never on values.
type Choice func(unit string, cell int) string

// SaltedChoice ranks by SHA-256 of salt, unit and cell number, in hexadecimal, with unit separators between them.
func SaltedChoice(salt string) Choice {
	return func(unit string, cell int) string {
		sum := sha256.Sum256([]byte(salt + unit + "\x1f" + strconv.Itoa(cell)))
		return hex.EncodeToString(sum[:])
	}
}

// Aggregate computes the exact cells of a class A model: every cell of its public domain, also those no row falls into.
// Each unit is bounded first: at most Groups cells, in each at most Rows rows and a sum within Agg.SumBounds.
func (p *Program) Aggregate(data Data, choose Choice) ([]Cell, error) {
	if p.model.Class != query.A || len(p.model.Selects()) > 0 {
		return nil, fmt.Errorf("a class %s model does not aggregate over a public domain", p.model.Class)
	}
	rows, err := p.root.in[0].run(data, "")
	if err != nil {
		return nil, err
	}
	cells := make([]Cell, p.model.Cells())
	for i := range cells {
		cells[i] = Cell{Index: i, Keys: p.model.Cell(i), Vectors: make([]int64, len(p.root.aggs))}
	}
	for unit, parts := range p.contributions(rows) {
		for _, index := range p.keep(unit, parts, choose) {
			cells[index].Units++
			for i := range p.root.aggs {
				cells[index].Vectors[i] += p.bounded(i, parts[index][i])
			}
		}
	}
	return cells, nil
}

// contributions sums the rows of each unit in each cell, before any bound.
func (p *Program) contributions(rows [][]cell) map[string]map[int][]int64 {
	units := map[string]map[int][]int64{}
	var f frame
	for _, row := range rows {
		f.row = row
		unit := row[p.root.rel.Unit]
		index, ok := p.cellOf(&f)
		if unit.null || !ok {
			continue
		}
		parts := units[unit.s]
		if parts == nil {
			parts = map[int][]int64{}
			units[unit.s] = parts
		}
		if parts[index] == nil {
			parts[index] = make([]int64, len(p.root.aggs))
		}
		p.addRow(parts[index], &f)
	}
	return units
}

// addRow adds one row to a unit's part of a cell.
func (p *Program) addRow(part []int64, f *frame) {
	for i, arg := range p.root.aggs {
		a := &p.root.rel.Aggs[i]
		if arg == nil {
			part[i]++
		} else if v := arg.run(f); !v.null && a.Func == query.AggSum {
			part[i] += v.n - a.Center
		} else if !v.null {
			part[i]++
		}
	}
}

func (p *Program) cellOf(f *frame) (int, bool) {
	index := 0
	for i := range p.root.keys {
		k := &p.root.keys[i]
		if p.root.rel.Keys[i].Select {
			continue
		}
		v := k.expr.run(f)
		at, known := 0, false
		if !v.null {
			at, known = k.index[v]
		}
		if !known {
			at = k.null
		}
		if at < 0 {
			return 0, false
		}
		index = index*k.size + at
	}
	return index, true
}

// keep lists the cells in which the unit counts.
func (p *Program) keep(unit string, parts map[int][]int64, choose Choice) []int {
	cells := make([]int, 0, len(parts))
	for c := range parts {
		cells = append(cells, c)
	}
	slices.Sort(cells)
	if len(cells) <= p.root.rel.Groups {
		return cells
	}
	rank := make(map[int]string, len(cells))
	for _, c := range cells {
		rank[c] = choose(unit, c)
	}
	slices.SortStableFunc(cells, func(a, b int) int { return strings.Compare(rank[a], rank[b]) })
	return cells[:p.root.rel.Groups]
}

func (p *Program) bounded(i int, n int64) int64 {
	a := &p.root.rel.Aggs[i]
	switch a.Func {
	case query.AggUnits:
		return min(n, 1)
	case query.AggSum:
		lo, hi := a.SumBounds(p.root.rel.Rows)
		return min(max(n, lo), hi)
	}
	return min(n, int64(p.root.rel.Rows))
}
