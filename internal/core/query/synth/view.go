package synth

import (
	"fmt"
	"math/rand/v2"

	"yunei/internal/core/query"
	"yunei/internal/core/query/snapshot"
)

// View is real rows as codes, for the acceptance measures: one value a node, rows of one subject together. It stays
// inside the domain.
type View struct {
	rows   [][]uint16
	starts []int // of each subject
}

// Units is how many subjects have rows.
func (v *View) Units() int { return len(v.starts) }

// sample is one row each of n subjects.
func (v *View) sample(r *rand.Rand, n int) [][]uint16 {
	out := make([][]uint16, 0, n)
	for _, i := range r.Perm(len(v.starts))[:n] {
		end := len(v.rows)
		if i+1 < len(v.starts) {
			end = v.starts[i+1]
		}
		out = append(out, v.rows[v.starts[i]+r.IntN(end-v.starts[i])])
	}
	return out
}

func (v *View) add(codes []uint16, first bool) {
	if first {
		v.starts = append(v.starts, len(v.rows))
	}
	v.rows = append(v.rows, codes)
}

// packed are the codes of the columns; how many rows a subject has is none of a row's.
func (s *Spec) packed(codes []int) []uint16 {
	out := make([]uint16, 0, len(codes))
	for i, c := range codes {
		if !s.nodes[i].degree {
			out = append(out, uint16(c))
		}
	}
	return out
}

// Observe reads the snapshots that a set is learned from, in the order of the tables, and parts the people who are held
// back from the others.
func (s *Spec) Observe(paths []string, held func(sid string) bool) (train, control View, err error) {
	last := len(s.tables) - 1
	parents := map[string][]int{}
	if last > 0 {
		err = s.each(0, paths[0], func(sid string, codes []int) { parents[sid] = codes })
	}
	if err != nil {
		return train, control, err
	}
	previous := ""
	err = s.each(last, paths[last], func(sid string, codes []int) {
		if last > 0 {
			above, ok := parents[sid]
			if !ok {
				return
			}
			for i := range codes {
				if s.nodes[i].table == 0 {
					codes[i] = above[i]
				}
			}
		}
		to := &train
		if held(sid) {
			to = &control
		}
		to.add(s.packed(codes), sid != previous)
		previous = sid
	})
	return train, control, err
}

// each reads one table's rows as codes. A value in no bin counts as the first: nobody's row is left out for it.
func (s *Spec) each(table int, path string, fn func(sid string, codes []int)) error {
	t := &s.tables[table]
	columns := []query.ColumnRef{{Name: t.SubjectKey, Type: query.Type{Kind: query.Text}, Null: true}}
	var places []int
	for i, n := range s.nodes {
		if n.table == table && !n.degree {
			columns, places = append(columns, query.ColumnRef{Name: n.name, Type: n.typ, Null: n.null}), append(places, i)
		}
	}
	err := snapshot.Each(path, columns, func(row []query.Value) error {
		if row[0].IsNull() {
			return nil
		}
		codes := make([]int, len(s.nodes))
		for j, i := range places {
			codes[i] = max(s.nodes[i].code(row[j+1]), 0)
		}
		fn(row[0].S, codes)
		return nil
	})
	if err != nil {
		return fmt.Errorf("observe %s: %w", t.Name, err)
	}
	return nil
}
