package synth

import (
	"context"
	"fmt"
	"math"
	"math/big"

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
	var exact []Exact
	for i := range s.nodes {
		if plan.Vectors[i].C != s.most(i) {
			return nil, nil, fmt.Errorf("the plan says %d of %s", plan.Vectors[i].C, s.nodes[i].name)
		}
		e, err := s.count(ctx, count, i)
		if err != nil {
			return nil, nil, err
		}
		m, err := noised(e, &plan.Vectors[i], src)
		if err != nil {
			return nil, nil, err
		}
		set.Marginals, exact = append(set.Marginals, m), append(exact, e)
	}
	return set, exact, nil
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
	var exact []Exact
	if s.zeroDegree() {
		i := len(s.nodes) - 1
		e, err := s.count(ctx, count, i)
		if err != nil {
			return nil, nil, err
		}
		if singles[i], err = noised(e, &plan.Vectors[2*len(steps)], src); err != nil {
			return nil, nil, err
		}
	}
	set := &Set{Level: LevelS2, K: plan.K, Tables: s.tables, Marginals: singles}
	c := chooser{spec: s, singles: singles, pairs: map[[2]int]Exact{}}
	for i := range s.nodes {
		e, err := s.count(ctx, count, i)
		if err != nil {
			return nil, nil, err
		}
		exact = append(exact, e)
	}
	for i := range s.nodes {
		for j := range i {
			if s.pairable(j, i) {
				if c.pairs[[2]int{j, i}], err = s.count(ctx, count, j, i); err != nil {
					return nil, nil, err
				}
			}
		}
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
