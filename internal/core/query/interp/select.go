package interp

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"yunei/internal/core/query"
)

// Group is one exact group of a model with keys that are selected privately. It must not leave the domain.
type Group struct {
	Cell    int      // of the other keys, as in Model.Cell
	Values  []string // of the selected keys, in their order
	Units   int64
	Vectors []int64
}

// Groups computes every group that occurs, each unit bounded as in Aggregate. token gives the number that stands for a
// value of a table's column: which of its groups a unit counts in is decided by salt, unit, cell and tokens alone, so
// that no other unit's values move it.
func (p *Program) Groups(data Data, salt string, token func(value string) int64) ([]Group, error) {
	selects := p.model.Selects()
	if len(selects) == 0 {
		return nil, fmt.Errorf("the model selects no groups")
	}
	rows, err := p.root.in[0].run(data, "")
	if err != nil {
		return nil, err
	}
	type part struct {
		group Group
		rank  string
	}
	units := map[string]map[string]*part{}
	var f frame
	for _, row := range rows {
		f.row = row
		unit := row[p.root.rel.Unit]
		index, ok := p.cellOf(&f)
		values := make([]string, len(selects))
		for i, k := range selects {
			v := p.root.keys[k].expr.run(&f)
			fine := false
			values[i], fine = query.GroupValue(v.s)
			ok = ok && !v.null && fine
		}
		if unit.null || !ok {
			continue
		}
		if units[unit.s] == nil {
			units[unit.s] = map[string]*part{}
		}
		id := strconv.Itoa(index) + "\x1f" + strings.Join(values, "\x1f")
		x := units[unit.s][id]
		if x == nil {
			text := salt + unit.s + "\x1f" + strconv.Itoa(index)
			for _, v := range values {
				text += "\x1f" + strconv.FormatInt(token(v), 10)
			}
			sum := sha256.Sum256([]byte(text))
			x = &part{Group{Cell: index, Values: values, Vectors: make([]int64, len(p.root.aggs))}, hex.EncodeToString(sum[:])}
			units[unit.s][id] = x
		}
		p.addRow(x.group.Vectors, &f)
	}
	total := map[string]*Group{}
	for _, parts := range units {
		ids := slices.SortedFunc(maps.Keys(parts), func(a, b string) int { return strings.Compare(parts[a].rank, parts[b].rank) })
		for _, id := range ids[:min(len(ids), p.root.rel.Groups)] {
			g := total[id]
			if g == nil {
				g = &Group{Cell: parts[id].group.Cell, Values: parts[id].group.Values, Vectors: make([]int64, len(p.root.aggs))}
				total[id] = g
			}
			g.Units++
			for i := range g.Vectors {
				g.Vectors[i] += p.bounded(i, parts[id].group.Vectors[i])
			}
		}
	}
	out := make([]Group, 0, len(total))
	for _, g := range total {
		out = append(out, *g)
	}
	slices.SortFunc(out, func(a, b Group) int { return cmp.Or(cmp.Compare(a.Cell, b.Cell), slices.Compare(a.Values, b.Values)) })
	return out, nil
}
