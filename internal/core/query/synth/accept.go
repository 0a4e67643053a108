package synth

import (
	"math"
	"math/rand/v2"
	"slices"
)

// Figures are the acceptance measures of a set (验收指标). They are computed on exact data and stay inside the domain.
type Figures struct {
	OneWay      float64  `json:"oneWay"`      // (a) worst distance (total variation) of a column's histogram
	TwoWay      float64  `json:"twoWay"`      // (a) mean distance of the measured pairs
	Match       float64  `json:"match"`       // (b) synthetic rows equal to a row that one real subject alone has
	Control     float64  `json:"control"`     // (b) the same against people the set was not learned from
	SinglingOut Attack   `json:"singlingOut"` // (c)
	Linkability Attack   `json:"linkability"` // (c)
	Inference   Attack   `json:"inference"`   // (c)
	Rare        []string `json:"rare"`        // (d) columns in which a value of fewer than k subjects occurs
	Targets     int      `json:"targets"`     // people attacked of those the set was learned from
	Held        int      `json:"held"`        // people attacked of the control group
}

// Attack is how often an attacker who has the synthetic rows is right about people the set was learned from, and about
// people it was not learned from: the second is what anybody can guess from the way things are.
type Attack struct {
	Main    float64 `json:"main"`
	Control float64 `json:"control"`
	Upper   float64 `json:"upper"` // of the 95% interval of the difference (Newcombe)
}

// Limits of acceptance.
const (
	maxOneWay    = 0.05
	maxTwoWay    = 0.10
	maxMatch     = 0.005
	maxAdvantage = 0.05
)

// Accepted reports whether a set is good and safe enough for level S2.
func (f *Figures) Accepted() bool {
	return f.OneWay <= maxOneWay && f.TwoWay <= maxTwoWay && f.Match <= f.Control+maxMatch &&
		f.SinglingOut.Upper <= maxAdvantage && f.Linkability.Upper <= maxAdvantage && f.Inference.Upper <= maxAdvantage && len(f.Rare) == 0
}

const (
	judgedRows  = 100_000 // rows drawn to compare histograms
	attackRows  = 2_000   // rows the attacker looks for a neighbor in
	compared    = 20_000  // people of each group whose rows are compared
	maxHeld     = 4_000
	perHeld     = 4 // learned people attacked for each one held back: few are held back, and they make the interval wide
	guessedOdds = 3 // columns of a singling-out guess at most
)

// Judge measures a set against what it was learned from: the exact histograms, the real rows, and the rows of people
// who were held back.
func (s *Sampler) Judge(exact []Exact, train, control View) Figures {
	return s.judge(s.units(judgedRows), exact, train, control)
}

func (s *Sampler) judge(made []unit, exact []Exact, train, control View) Figures {
	f := Figures{Rare: []string{}}
	pairs := 0
	for _, e := range exact {
		d := s.distance(e, made)
		if len(e.Nodes) == 1 {
			f.OneWay = math.Max(f.OneWay, d)
			f.Rare = append(f.Rare, s.rare(e, made)...)
			continue
		}
		f.TwoWay += d
		pairs++
	}
	f.TwoWay /= math.Max(float64(pairs), 1)
	s.attack(&f, made, train, control)
	return f
}

// distance is the total variation between the exact histogram and that of the made rows.
func (s *Sampler) distance(e Exact, made []unit) float64 {
	counts, total := s.tally(e, made), 0.0
	for _, n := range e.Rows {
		total += float64(n)
	}
	all, d := sum(counts), 0.0
	for i := range counts {
		d += math.Abs(counts[i]/math.Max(all, 1) - float64(e.Rows[i])/math.Max(total, 1))
	}
	return d / 2
}

// tally counts the made rows by cell, or the made subjects, of what a subject has one value of.
func (s *Sampler) tally(e Exact, made []unit) []float64 {
	counts := make([]float64, len(e.Rows))
	add := func(codes []int) {
		cell := 0
		for _, n := range e.Nodes {
			cell = cell*s.spec.nodes[n].size() + codes[n]
		}
		counts[cell]++
	}
	own := !slices.ContainsFunc(e.Nodes, func(n int) bool { return !s.spec.nodes[n].unit })
	for _, u := range made {
		if own {
			add(u.own)
			continue
		}
		for _, codes := range u.rows {
			add(codes)
		}
	}
	return counts
}

// rare names a column in which a value occurs that fewer than k real subjects have.
func (s *Sampler) rare(e Exact, made []unit) []string {
	for i, n := range s.tally(e, made) {
		if n > 0 && e.Units[i] < int64(s.k) {
			return []string{s.spec.nodes[e.Nodes[0]].name}
		}
	}
	return nil
}

// attack runs the three attacks and the comparison of rows, on one row of each person. Rows are compared, and people
// singled out, in groups of one size: whether a row is one person's alone depends on how many there are.
func (s *Sampler) attack(f *Figures, made []unit, train, control View) {
	r := rand.New(rand.NewChaCha8(s.seed))
	size := min(train.Units(), control.Units(), compared)
	f.Held = min(size, maxHeld)
	f.Targets = min(train.Units(), perHeld*f.Held)
	if f.Held == 0 { // nobody to compare with: nothing is shown
		f.SinglingOut.Upper, f.Linkability.Upper, f.Inference.Upper = 1, 1, 1
		return
	}
	var pool [][]uint16
	for _, u := range made {
		for _, codes := range u.rows {
			pool = append(pool, s.spec.packed(codes))
		}
	}
	learned, held := train.sample(r, max(size, f.Targets)), control.sample(r, size)
	f.Match, f.Control = matches(pool, learned[:size]), matches(pool, held)
	guesses := pool
	r.Shuffle(len(guesses), func(a, b int) { guesses[a], guesses[b] = guesses[b], guesses[a] })
	f.SinglingOut = singlingOut(r, guesses[:min(len(guesses), f.Held)], learned[:size], held)
	near := guesses[:min(len(guesses), attackRows)]
	learned, held = learned[:f.Targets], held[:f.Held]
	f.Linkability = compare(learned, held, linker(r, near))
	f.Inference = compare(learned, held, inferrer(r, near))
}

// matches is the share of made rows that are the row of one person alone.
func matches(made, real [][]uint16) float64 {
	seen := map[string]int{}
	for _, row := range real {
		seen[text(row)]++
	}
	n := 0
	for _, row := range made {
		if seen[text(row)] == 1 {
			n++
		}
	}
	return float64(n) / math.Max(float64(len(made)), 1)
}

func text(row []uint16) string {
	b := make([]byte, 0, 2*len(row))
	for _, c := range row {
		b = append(b, byte(c), byte(c>>8))
	}
	return string(b)
}

// singlingOut guesses that some columns of a made row together fit exactly one person.
func singlingOut(r *rand.Rand, guesses, learned, held [][]uint16) Attack {
	main, control := 0, 0
	for _, g := range guesses {
		places := r.Perm(len(g))[:min(guessedOdds, len(g))]
		if fits(g, places, learned) == 1 {
			main++
		}
		if fits(g, places, held) == 1 {
			control++
		}
	}
	return advantage(main, len(guesses), control, len(guesses))
}

// fits counts the people whom the guess fits, two at most: one is what an attacker hopes for.
func fits(guess []uint16, places []int, people [][]uint16) int {
	n := 0
	for _, p := range people {
		same := true
		for _, i := range places {
			same = same && p[i] == guess[i]
		}
		if same {
			if n++; n > 1 {
				break
			}
		}
	}
	return n
}

// compare tries an attack on both groups.
func compare(learned, held [][]uint16, success func([]uint16) bool) Attack {
	count := func(people [][]uint16) (n int) {
		for _, p := range people {
			if success(p) {
				n++
			}
		}
		return n
	}
	return advantage(count(learned), len(learned), count(held), len(held))
}

// linker finds the nearest made row by each half of the columns and hopes that it is the same one.
func linker(r *rand.Rand, made [][]uint16) func([]uint16) bool {
	places := r.Perm(len(made[0]))
	half := len(places) / 2
	return func(target []uint16) bool {
		return nearest(target, made, places[:half]) == nearest(target, made, places[half:])
	}
}

// inferrer takes a column's value from the made row that is nearest in all others.
func inferrer(r *rand.Rand, made [][]uint16) func([]uint16) bool {
	return func(target []uint16) bool {
		places := r.Perm(len(target))
		secret := places[0]
		return made[nearest(target, made, places[1:])][secret] == target[secret]
	}
}

func nearest(target []uint16, made [][]uint16, places []int) int {
	best, at := len(target)+1, 0
	for i, row := range made {
		d := 0
		for _, p := range places {
			if row[p] != target[p] {
				if d++; d >= best {
					break
				}
			}
		}
		if d < best {
			best, at = d, i
		}
	}
	return at
}

// advantage is the difference of two rates, of n and of m tries, with the upper end of its 95% interval (Newcombe's,
// from Wilson's).
func advantage(main, n, control, m int) Attack {
	if n == 0 || m == 0 {
		return Attack{Upper: 1}
	}
	p, q := float64(main)/float64(n), float64(control)/float64(m)
	_, high := wilson(p, n)
	low, _ := wilson(q, m)
	return Attack{Main: p, Control: q, Upper: p - q + math.Sqrt((high-p)*(high-p)+(q-low)*(q-low))}
}

func wilson(p float64, n int) (low, high float64) {
	const z = 1.96
	k := float64(n)
	mid, half := p+z*z/(2*k), z*math.Sqrt(p*(1-p)/k+z*z/(4*k*k))
	return (mid - half) / (1 + z*z/k), (mid + half) / (1 + z*z/k)
}
