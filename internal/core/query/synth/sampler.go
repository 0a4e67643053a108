package synth

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"

	"yunei/internal/core/query"
	"yunei/internal/core/query/interp"
)

// Sampler draws rows from a learned set. It is seeded by the set itself, which is no secret: the noise was drawn before,
// from the operating system's generator, and the same rows come out for everybody.
type Sampler struct {
	spec  *Spec
	seed  [32]byte
	k     int
	order []drawn
}

// drawn is one node with what it is drawn from: its own distribution, or one for each bin of the node before it.
type drawn struct {
	node, given int // given is -1 for a node of its own
	table       [][]float64
}

// NewSampler reads a stored set.
func NewSampler(set *Set) (*Sampler, error) {
	s, err := NewSpec(set.Tables...)
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(set)
	if err != nil {
		return nil, fmt.Errorf("encode set: %w", err)
	}
	out := &Sampler{spec: s, k: set.K, seed: sha256.Sum256(append([]byte("yunei sample "), body...))}
	shares := make([][]float64, len(s.nodes))
	var edges []*Marginal
	for i := range set.Marginals {
		m := &set.Marginals[i]
		cells := 1
		for _, n := range m.Nodes {
			if n < 0 || n >= len(s.nodes) {
				return nil, fmt.Errorf("the set has no node %d", n)
			}
			cells *= s.nodes[n].size()
		}
		switch {
		case len(m.Noisy) != cells || m.Variance == nil:
			return nil, fmt.Errorf("a histogram of %d cells where there are %d", len(m.Noisy), cells)
		case len(m.Nodes) == 1:
			shares[m.Nodes[0]] = s.shares(m, set.K)
		case len(m.Nodes) == 2:
			edges = append(edges, m)
		default:
			return nil, fmt.Errorf("a histogram of %d nodes", len(m.Nodes))
		}
	}
	for i := range shares {
		if shares[i] == nil {
			return nil, fmt.Errorf("no histogram of node %d", i)
		}
	}
	out.arrange(shares, edges)
	return out, nil
}

// arrange orders the nodes so that each comes after the one it depends on, the subject's before those of its rows.
func (s *Sampler) arrange(shares [][]float64, edges []*Marginal) {
	done := make([]bool, len(shares))
	add := func(node, given int, table [][]float64) {
		s.order = append(s.order, drawn{node, given, table})
		done[node] = true
	}
	for _, unit := range []bool{true, false} {
		for {
			grown := false
			for _, m := range edges {
				a, b := m.Nodes[0], m.Nodes[1]
				flat := transpose(m, s.spec.nodes[b].size())
				if done[b] && !done[a] {
					a, b, m = b, a, flat
				}
				if !done[a] || done[b] || s.spec.nodes[b].unit != unit {
					continue
				}
				var rows []float64
				if s.spec.nodes[a].unit == unit {
					rows = shares[a]
				}
				add(b, a, conditionals(m, shares[a], shares[b], rows))
				grown = true
			}
			if grown {
				continue
			}
			next := slices.IndexFunc(s.spec.nodes, func(n node) bool { return n.unit == unit })
			for next >= 0 && next < len(done) && (done[next] || s.spec.nodes[next].unit != unit) {
				next++
			}
			if next < 0 || next >= len(done) {
				break
			}
			add(next, -1, [][]float64{shares[next]})
		}
	}
}

// transpose turns a pair around.
func transpose(m *Marginal, width int) *Marginal {
	out := &Marginal{Nodes: []int{m.Nodes[1], m.Nodes[0]}, Noisy: make([]int64, len(m.Noisy)), Variance: m.Variance}
	height := len(m.Noisy) / width
	for i, n := range m.Noisy {
		out.Noisy[i%width*height+i/width] = n
	}
	return out
}

// pick draws an index by its share.
func pick(r *rand.Rand, shares []float64) int {
	x := r.Float64()
	last := 0
	for i, p := range shares {
		if p == 0 {
			continue
		}
		last = i
		if x -= p; x < 0 {
			return i
		}
	}
	return last
}

// unit is one made-up subject: the codes of its nodes, and of each of its rows.
type unit struct {
	own  []int
	rows [][]int
}

func (s *Sampler) unit(r *rand.Rand) unit {
	u := unit{own: make([]int, len(s.spec.nodes))}
	rows := int64(1)
	draw := func(codes []int, want bool) {
		for _, d := range s.order {
			n := &s.spec.nodes[d.node]
			if n.unit != want {
				continue
			}
			given := 0
			if d.given >= 0 {
				given = codes[d.given]
			}
			codes[d.node] = pick(r, d.table[given])
			if n.degree {
				rows = n.draw(r, codes[d.node]).N
			}
		}
	}
	draw(u.own, true)
	for range rows {
		codes := slices.Clone(u.own)
		draw(codes, false)
		u.rows = append(u.rows, codes)
	}
	return u
}

// Rows makes about n rows of the last table and the subjects they are about, by table name. sid names the i-th
// subject; nil gives the name that it has in every sample.
func (s *Sampler) Rows(n int, sid func(kind string, i int) string) interp.Data {
	if sid == nil {
		sid = SID
	}
	r := rand.New(rand.NewChaCha8(s.seed))
	out := interp.Data{}
	makers := make([]*maker, len(s.spec.tables))
	for i := range s.spec.tables {
		makers[i] = newMaker(s.spec, i, s.seed)
	}
	last := len(makers) - 1
	for i := 0; len(makers[last].rows) < n && i < 4*n+1000; i++ { // subjects without a row end too
		u, name := s.unit(r), sid(s.spec.tables[0].UnitKind, i)
		if last > 0 {
			makers[0].add(name, [][]int{u.own})
		}
		makers[last].add(name, u.rows)
	}
	for i, m := range makers {
		out[s.spec.tables[i].Name] = interp.Rows{Columns: m.columns, Rows: m.rows}
	}
	return out
}

// units makes subjects with about n rows together.
func (s *Sampler) units(n int) (out []unit) {
	r := rand.New(rand.NewChaCha8(s.seed))
	for rows := 0; rows < n && len(out) < 4*n+1000; {
		out = append(out, s.unit(r))
		rows += len(out[len(out)-1].rows)
	}
	return out
}

// maker turns codes into the rows of one table. A column that was not learned is as in S0.
type maker struct {
	table   *query.Table
	columns []string
	node    []int // by column, -1 where none
	spec    *Spec
	value   *rand.Rand
	streams []*rand.Rand
	drawers []func(*rand.Rand, int) query.Value
	unique  []int
	rows    [][]query.Value
}

func newMaker(s *Spec, table int, seed [32]byte) *maker {
	t := &s.tables[table]
	m := &maker{table: t, spec: s}
	of := sha256.Sum256(append(seed[:], t.Name...))
	m.value = rand.New(rand.NewChaCha8(of))
	for j := range t.Columns {
		c := &t.Columns[j]
		m.columns = append(m.columns, c.Name)
		m.node = append(m.node, slices.IndexFunc(s.nodes, func(n node) bool { return n.table == table && !n.degree && n.name == c.Name }))
		m.streams, m.drawers = append(m.streams, stream(t, c.Name)), append(m.drawers, drawer(c))
		if slices.Contains(t.Unique, c.Name) {
			m.unique = append(m.unique, j)
		}
	}
	return m
}

// add makes one subject's rows. Where the policy says that some columns name a row, a second one of that name is drawn
// again a few times and then left out.
func (m *maker) add(name string, rows [][]int) {
	seen := map[string]bool{}
	for _, codes := range rows {
		for range 8 {
			row := m.row(name, codes)
			key := ""
			for _, j := range m.unique {
				key += row[j].Text() + "\x1f"
			}
			if key == "" || !seen[key] {
				seen[key] = true
				m.rows = append(m.rows, row)
				break
			}
		}
	}
}

func (m *maker) row(name string, codes []int) []query.Value {
	row := make([]query.Value, len(m.columns))
	for j := range row {
		c := &m.table.Columns[j]
		switch n := m.node[j]; {
		case c.Name == m.table.SubjectKey:
			row[j] = query.TextValue(name)
		case n >= 0:
			row[j] = m.spec.nodes[n].draw(m.value, codes[n])
		case c.Null && m.streams[j].IntN(20) == 0:
		default:
			row[j] = m.drawers[j](m.streams[j], len(m.rows))
		}
	}
	return row
}
