package synth

import (
	"context"
	"fmt"
	"math"
	"math/big"
	"slices"

	"yunei/internal/core/query"
	"yunei/internal/core/query/noise"
	"yunei/internal/core/query/release"
)

// Levels of samples. S0 is made from the policy alone; S1 and S2 are releases of their own, learned with noise.
const (
	LevelS0 = "S0"
	LevelS1 = "S1" // columns as in the data, independent of each other
	LevelS2 = "S2" // pairs of columns along a tree as in the data
)

// Marginal is a noised histogram over the bins of one or two nodes: what a set stores and what its rows are drawn from.
type Marginal struct {
	Nodes    []int    `json:"nodes"`
	Noisy    []int64  `json:"noisy"`
	Variance *big.Rat `json:"variance"`
}

// Set is a learned set. Tables are the policies it was learned under; nothing in it is exact.
type Set struct {
	Level     string        `json:"level"`
	K         int           `json:"k"`
	Tables    []query.Table `json:"tables"`
	Marginals []Marginal    `json:"marginals"`
}

// Exact is an exact histogram. It never leaves the domain.
type Exact struct {
	Nodes []int
	Rows  []int64
	Units []int64
}

// Count answers one question exactly: the locked engine does, and in tests the interpreter.
type Count func(ctx context.Context, m *query.Model) ([]release.Exact, error)

func (s *Spec) count(ctx context.Context, count Count, nodes ...int) (Exact, error) {
	m := s.Model(nodes...)
	cells, err := count(ctx, m)
	if err != nil {
		return Exact{}, err
	}
	e := Exact{Nodes: nodes, Rows: make([]int64, m.Cells()), Units: make([]int64, m.Cells())}
	for _, c := range cells {
		if c.Index < 0 || c.Index >= len(e.Rows) || len(c.Vectors) != 1 {
			return Exact{}, fmt.Errorf("cell %d does not fit the bins", c.Index)
		}
		e.Rows[c.Index], e.Units[c.Index] = c.Vectors[0], c.Units
	}
	return e, nil
}

// maxCells bounds one question: several histograms are read off the counts of a few columns together, because a
// question costs a process of its own.
const maxCells = 1 << 18

// histograms counts one and two nodes at a time, in as few questions as a greedy cover finds.
func (s *Spec) histograms(ctx context.Context, count Count, wanted [][]int) ([]Exact, error) {
	out := make([]Exact, len(wanted))
	var block []int
	answers := func(w []int) bool {
		if s.own(w) != s.own(block) {
			return false
		}
		return !slices.ContainsFunc(w, func(n int) bool { return !slices.Contains(block, n) })
	}
	for first, w := range wanted {
		if out[first].Nodes != nil {
			continue
		}
		if block = slices.Clone(w); len(w) == 1 && s.most(w...) > 1 {
			// Subjects by bin do not add up from finer cells, where one has several rows.
			e, err := s.count(ctx, count, w...)
			if err != nil {
				return nil, err
			}
			out[first] = e
			continue
		}
		s.grow(&block, func() (n int) {
			for i := first + 1; i < len(wanted); i++ {
				if out[i].Nodes == nil && (len(wanted[i]) > 1 || s.most(wanted[i]...) == 1) && answers(wanted[i]) {
					n++
				}
			}
			return n
		})
		slices.Sort(block)
		m := s.Model(block...)
		cells, err := count(ctx, m)
		if err != nil {
			return nil, err
		}
		for i := first; i < len(wanted); i++ {
			if w := wanted[i]; out[i].Nodes == nil && (len(w) > 1 || s.most(w...) == 1) && answers(w) {
				if out[i], err = s.margin(block, w, cells); err != nil {
					return nil, err
				}
			}
		}
	}
	return out, nil
}

// own reports whether all nodes are the subject's.
func (s *Spec) own(nodes []int) bool {
	return !slices.ContainsFunc(nodes, func(n int) bool { return !s.nodes[n].unit })
}

// grow adds the nodes that answer most, while the cells stay few.
func (s *Spec) grow(block *[]int, answered func() int) {
	own := s.own(*block)
	for {
		cells := 1
		for _, n := range *block {
			cells *= s.nodes[n].size()
		}
		best, gain, now := -1, 0, answered()
		for n := range s.nodes {
			if slices.Contains(*block, n) || own && !s.nodes[n].unit || !own && s.nodes[n].degree || cells*s.nodes[n].size() > maxCells {
				continue
			}
			*block = append(*block, n)
			if g := answered() - now; g > gain {
				best, gain = n, g
			}
			*block = (*block)[:len(*block)-1]
		}
		if best < 0 {
			return
		}
		*block = append(*block, best)
	}
}

// margin adds the cells of a block up to those of some of its nodes.
func (s *Spec) margin(block, nodes []int, cells []release.Exact) (Exact, error) {
	size, total := 1, 1
	for _, n := range nodes {
		size *= s.nodes[n].size()
	}
	for _, n := range block {
		total *= s.nodes[n].size()
	}
	e := Exact{Nodes: nodes, Rows: make([]int64, size), Units: make([]int64, size)}
	codes := make([]int, len(s.nodes))
	for _, c := range cells {
		if c.Index < 0 || c.Index >= total || len(c.Vectors) != 1 {
			return Exact{}, fmt.Errorf("cell %d does not fit the bins", c.Index)
		}
		at := c.Index
		for i := len(block) - 1; i >= 0; i-- {
			codes[block[i]] = at % s.nodes[block[i]].size()
			at /= s.nodes[block[i]].size()
		}
		cell := 0
		for _, n := range nodes {
			cell = cell*s.nodes[n].size() + codes[n]
		}
		e.Rows[cell] += c.Vectors[0]
		e.Units[cell] += c.Units
	}
	return e, nil
}

// noised adds the vector's noise to every cell.
func noised(e Exact, v *release.Vector, src *noise.Source) (Marginal, error) {
	draw, err := src.Gaussian(v.Variance)
	if err != nil {
		return Marginal{}, err
	}
	m := Marginal{Nodes: e.Nodes, Noisy: make([]int64, len(e.Rows)), Variance: v.Variance}
	for i, n := range e.Rows {
		m.Noisy[i] = n + draw()
	}
	return m, nil
}

// Profile learns S1: every column's histogram, and how many rows a subject has.
func (s *Spec) Profile(ctx context.Context, plan release.Plan, count Count, src *noise.Source) (*Set, []Exact, error) {
	if plan.Model != s.Hash(LevelS1) || len(plan.Vectors) != len(s.nodes) {
		return nil, nil, fmt.Errorf("the plan is for %s", plan.Model)
	}
	set := &Set{Level: LevelS1, K: plan.K, Tables: s.tables}
	exact, err := s.histograms(ctx, count, s.alone())
	if err != nil {
		return nil, nil, err
	}
	for i := range s.nodes {
		if plan.Vectors[i].C != s.most(i) {
			return nil, nil, fmt.Errorf("the plan says %d of %s", plan.Vectors[i].C, s.nodes[i].name)
		}
		m, err := noised(exact[i], &plan.Vectors[i], src)
		if err != nil {
			return nil, nil, err
		}
		set.Marginals = append(set.Marginals, m)
	}
	return set, exact, nil
}

// alone lists every node by itself.
func (s *Spec) alone() (out [][]int) {
	for i := range s.nodes {
		out = append(out, []int{i})
	}
	return out
}

// singles finds the noised histogram of each node in the tables' profiles.
func (s *Spec) singles(profiles []*Set) ([]Marginal, error) {
	out := make([]Marginal, len(s.nodes))
	for _, p := range profiles {
		of, err := NewSpec(p.Tables...)
		if err != nil {
			return nil, err
		}
		for _, m := range p.Marginals {
			if len(m.Nodes) != 1 {
				continue
			}
			from := &of.nodes[m.Nodes[0]]
			for i := range s.nodes {
				n := &s.nodes[i]
				if s.tables[n.table].Resource == of.tables[from.table].Resource && n.name == from.name && n.degree == from.degree && n.size() == from.size() {
					out[i] = Marginal{Nodes: []int{i}, Noisy: m.Noisy, Variance: m.Variance}
				}
			}
		}
	}
	for i := range out {
		if out[i].Noisy == nil && !(s.nodes[i].degree && s.zeroDegree()) {
			return nil, fmt.Errorf("no profile of %s.%s", s.tables[s.nodes[i].table].Name, s.nodes[i].name)
		}
	}
	return out, nil
}

// Tree learns S2: beside the profiles, the edges of a tree of dependent columns, chosen and measured with noise. The
// subject's columns come first; each column of its rows then hangs on one of the subject's or of the rows'.
func (s *Spec) Tree(ctx context.Context, profiles []*Set, plan release.Plan, count Count, src *noise.Source) (*Set, []Exact, error) {
	steps := s.steps()
	if plan.Model != s.Hash(LevelS2) || len(plan.Vectors) < 2*len(steps) {
		return nil, nil, fmt.Errorf("the plan is for %s", plan.Model)
	}
	singles, err := s.singles(profiles)
	if err != nil {
		return nil, nil, err
	}
	wanted := s.alone()
	for i := range s.nodes {
		for j := range i {
			if s.pairable(j, i) {
				wanted = append(wanted, []int{j, i})
			}
		}
	}
	counted, err := s.histograms(ctx, count, wanted)
	if err != nil {
		return nil, nil, err
	}
	exact := counted[:len(s.nodes):len(s.nodes)]
	if i := len(s.nodes) - 1; s.zeroDegree() {
		if singles[i], err = noised(exact[i], &plan.Vectors[2*len(steps)], src); err != nil {
			return nil, nil, err
		}
	}
	set := &Set{Level: LevelS2, K: plan.K, Tables: s.tables, Marginals: singles}
	c := chooser{spec: s, singles: singles, pairs: map[[2]int]Exact{}}
	for i, w := range wanted[len(s.nodes):] {
		c.pairs[[2]int{w[0], w[1]}] = counted[len(s.nodes)+i]
	}
	c.start()
	for step, sensitivity := range steps {
		choice, measure := &plan.Vectors[step], &plan.Vectors[len(steps)+step]
		edge, err := c.next(step < s.unitSteps(), choice, src)
		if err != nil {
			return nil, nil, err
		}
		if choice.C != sensitivity || measure.C != sensitivity || s.most(edge[0], edge[1]) != sensitivity {
			return nil, nil, fmt.Errorf("the plan says %d of step %d", measure.C, step)
		}
		m, err := noised(c.pairs[edge], measure, src)
		if err != nil {
			return nil, nil, err
		}
		set.Marginals, exact = append(set.Marginals, m), append(exact, c.pairs[edge])
	}
	return set, exact, nil
}

// pairable: both of the subject, or one of the rows and none the number of rows.
func (s *Spec) pairable(i, j int) bool {
	a, b := &s.nodes[i], &s.nodes[j]
	return a.unit && b.unit || !a.degree && !b.degree
}

func (s *Spec) unitSteps() int {
	n := -1
	for i := range s.nodes {
		if s.nodes[i].unit {
			n++
		}
	}
	return max(n, 0)
}

// chooser draws the edges of a spanning tree, the more dependent the likelier (Kruskal's order with the exponential
// mechanism, as in MST).
type chooser struct {
	spec    *Spec
	singles []Marginal
	pairs   map[[2]int]Exact
	group   []int
}

func (c *chooser) start() {
	c.group = make([]int, len(c.spec.nodes))
	for i := range c.group {
		c.group[i] = i
	}
}

// next draws one edge between two groups and joins them.
func (c *chooser) next(unit bool, v *release.Vector, src *noise.Source) ([2]int, error) {
	s := c.spec
	var edges [][2]int
	var scores []int64
	for i := range s.nodes {
		for j := range i {
			edge := [2]int{j, i}
			e, ok := c.pairs[edge]
			if !ok || c.group[i] == c.group[j] || (s.nodes[i].unit && s.nodes[j].unit) != unit {
				continue
			}
			edges, scores = append(edges, edge), append(scores, c.score(e))
		}
	}
	if len(edges) == 0 {
		return [2]int{}, fmt.Errorf("no edge is left to choose")
	}
	scale := new(big.Int).Sqrt(v.Variance.Num())
	if !v.Variance.IsInt() || new(big.Int).Mul(scale, scale).Cmp(v.Variance.Num()) != 0 || !scale.IsUint64() {
		return [2]int{}, fmt.Errorf("a choice of scale %v", v.Variance)
	}
	edge := edges[src.Choose(scores, scale.Uint64())]
	from, to := c.group[edge[0]], c.group[edge[1]]
	for i := range c.group {
		if c.group[i] == from {
			c.group[i] = to
		}
	}
	return edge, nil
}

// score is how far the pair is from independent: the sum of |rows - what the noised histograms let expect|, where what
// is expected is a whole number made of released ones. One subject moves it by its rows at most.
func (c *chooser) score(e Exact) int64 {
	a, b := histogram(&c.singles[e.Nodes[0]]), histogram(&c.singles[e.Nodes[1]])
	total := sum(b)
	if c.spec.nodes[e.Nodes[0]].unit == c.spec.nodes[e.Nodes[1]].unit {
		total = (sum(a) + sum(b)) / 2
	} else if c.spec.nodes[e.Nodes[1]].unit {
		total = sum(a)
	}
	scale := 0.0
	if sum(a) > 0 && sum(b) > 0 {
		scale = total / sum(a) / sum(b)
	}
	score := int64(0)
	for i, n := range e.Rows {
		expected := int64(math.Round(a[i/len(b)] * b[i%len(b)] * scale))
		if d := n - expected; d < 0 {
			score -= d
		} else {
			score += d
		}
	}
	return score
}

func sum(x []float64) (n float64) {
	for _, v := range x {
		n += v
	}
	return n
}
