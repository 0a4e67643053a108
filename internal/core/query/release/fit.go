package release

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"yunei/internal/core/query"
)

// minFreedom is how many rows more than coefficients a fit needs before it says anything (output check 9 asks again).
const minFreedom = 10

// coefficient is one row of a fitted model.
type coefficient struct {
	name          string
	value, stderr float64
	bias          float64 // what a ridge may have moved it by at most
	known         bool
}

// layFit computes the coefficients from the noisy vectors: post-processing, so it costs nothing.
func layFit(m *query.Model, e *Evidence) (Table, error) {
	t := Table{Columns: columnsOf(m), Totals: make([]Field, len(m.Outputs))}
	var list []coefficient
	switch m.Fit.Kind {
	case query.Linear:
		list = newLinear(m, e).coefficients()
	case query.Logistic:
		list = newLogistic(m, e).coefficients()
	default:
		return t, fmt.Errorf("a fit of kind %q", m.Fit.Kind)
	}
	for i, c := range list {
		row := Row{Cell: i, Fields: []Field{{Value: query.TextValue(c.name)}, {}, {}}}
		if c.known {
			value, ok := fixed(c.value, query.FitPlaces, math.Round)
			se, fine := fixed(c.stderr, query.FitPlaces, math.Ceil)
			half, small := fixed(1.96*c.stderr+c.bias, query.FitPlaces, math.Ceil)
			if ok && fine && small {
				row.Fields[1], row.Fields[2] = Field{Value: value, Error95: half}, Field{Value: se}
			}
		}
		t.Rows = append(t.Rows, row)
		t.Shown++
	}
	return t, nil
}

func fixed(x float64, places int, round func(float64) float64) (query.Value, bool) {
	x = round(x * math.Pow10(places))
	if math.IsNaN(x) || math.Abs(x) >= 1<<62 {
		return query.Null, false
	}
	return query.NumberValue(int64(x), places), true
}

// FitSize is the noisy number of rows that a fit rests on, and its coefficients: what output check 9 compares.
func FitSize(m *query.Model, e *Evidence) (rows float64, coefficients int) {
	switch m.Fit.Kind {
	case query.Linear:
		rows = float64(e.Noisy[m.Fit.Moments[0]][0])
	case query.Logistic:
		empty := map[int]bool{}
		for _, c := range e.Structural {
			empty[c] = true
		}
		for c, n := range e.Noisy[m.Fit.Count] {
			if !empty[c] {
				rows += float64(n)
			}
		}
	}
	return rows, len(m.Fit.Terms) + 1
}

const intercept = "(截距)"

// sandwich is M^-1 G M^-1, the spread of what solves noisy equations: M is their slope, G the spread of what is solved.
func sandwich(inverse *mat.Dense, g mat.Matrix) *mat.Dense {
	var left, out mat.Dense
	left.Mul(inverse, g)
	out.Mul(&left, inverse)
	return &out
}

// firm makes a noisy matrix of moments positive: when its least eigenvalue is within reach of the noise, a ridge lifts it
// out. tau is about the largest eigenvalue that noise alone has.
func firm(a *mat.SymDense, tau float64) (ridge float64, ok bool) {
	var eigen mat.EigenSym
	if !eigen.Factorize(a, false) {
		return 0, false
	}
	least := eigen.Values(nil)[0]
	if ridge = max(0, tau-least); ridge > 0 {
		for i := range a.SymmetricDim() {
			a.SetSym(i, i, a.At(i, i)+ridge)
		}
	}
	return ridge, true
}

// linear is least squares in coordinates in which every feature lies in [-1, 1].
type linear struct {
	fit     *query.Fit
	n       float64
	size    int // coefficients
	moments *mat.SymDense
	cross   *mat.VecDense
	square  float64
	noise   []moment
	yNoise  float64 // standard deviation of square
}

// moment is one noised vector and where it stands: an entry of the matrix has i and j, one of the right side j < 0.
type moment struct {
	sigma float64
	at    [][2]int
}

func newLinear(m *query.Model, e *Evidence) *linear {
	f := m.Fit
	l := &linear{fit: f, size: len(f.Terms) + 1}
	l.moments, l.cross = mat.NewSymDense(l.size, nil), mat.NewVecDense(l.size, nil)
	where := map[int]int{}
	for i := range l.size + 1 {
		for j := i; j <= l.size; j++ {
			at := f.Moments[f.Pair(i, j)]
			if at < 0 {
				continue
			}
			unit := math.Pow10(-m.Root.Aggs[at].Type.Scale)
			value, sigma := float64(e.Noisy[at][0])*unit, e.Plan.Vectors[at].Sigma()*unit
			switch {
			case i == l.size:
				l.square, l.yNoise = value, sigma
				continue
			case j == l.size:
				l.cross.SetVec(i, value)
			default:
				l.moments.SetSym(i, j, value)
			}
			if _, seen := where[at]; !seen {
				where[at] = len(l.noise)
				l.noise = append(l.noise, moment{sigma: sigma})
			}
			place := [2]int{i, j}
			if j == l.size {
				place[1] = -1
			}
			l.noise[where[at]].at = append(l.noise[where[at]].at, place)
		}
	}
	l.n = l.moments.At(0, 0)
	return l
}

func (l *linear) names() []coefficient {
	out := []coefficient{{name: intercept}}
	for _, t := range l.fit.Terms {
		out = append(out, coefficient{name: t.Name})
	}
	return out
}

func (l *linear) coefficients() []coefficient {
	out := l.names()
	if l.n < float64(l.size+minFreedom) {
		return out
	}
	worst := 0.0
	for _, v := range l.noise {
		worst = max(worst, v.sigma)
	}
	ridge, ok := firm(l.moments, 2*worst*math.Sqrt(float64(l.size)))
	if !ok {
		return out
	}
	var inverse mat.Dense
	if inverse.Inverse(l.moments) != nil {
		return out
	}
	var theta mat.VecDense
	theta.MulVec(&inverse, l.cross)
	spread := l.spread(&theta)
	cov := sandwich(&inverse, spread)
	bias := mat.NewVecDense(l.size, nil)
	for i := range l.size {
		for j := range l.size {
			bias.SetVec(i, bias.AtVec(i)+ridge*math.Abs(inverse.At(i, j)*theta.AtVec(j)))
		}
	}
	return l.original(out, &theta, cov, bias)
}

// spread is the covariance of what the equations solve: that of sampling, and that of the noise in both sides.
func (l *linear) spread(theta *mat.VecDense) *mat.SymDense {
	residual := l.square - 2*mat.Dot(theta, l.cross) + mat.Inner(theta, l.moments, theta)
	g := mat.NewSymDense(l.size, nil)
	unsure := l.yNoise * l.yNoise
	for _, v := range l.noise {
		pull, moved := mat.NewVecDense(l.size, nil), 0.0
		add := func(i int, by float64) { pull.SetVec(i, pull.AtVec(i)+by) }
		for _, at := range v.at {
			switch i, j := at[0], at[1]; {
			case j < 0:
				add(i, 1)
				moved += 2 * theta.AtVec(i)
			case i == j:
				add(i, -theta.AtVec(i))
				moved += theta.AtVec(i) * theta.AtVec(i)
			default:
				add(i, -theta.AtVec(j))
				add(j, -theta.AtVec(i))
				moved += 2 * theta.AtVec(i) * theta.AtVec(j)
			}
		}
		g.SymRankOne(g, v.sigma*v.sigma, pull)
		unsure += moved * moved * v.sigma * v.sigma
	}
	// The residual is itself noisy: it is taken a standard deviation too large rather than too small.
	variance := (max(residual, 0) + math.Sqrt(unsure)) / (l.n - float64(l.size))
	var sampling mat.SymDense
	sampling.ScaleSym(variance, l.moments)
	g.AddSym(g, &sampling)
	return g
}

// original goes back to the units in which the features are measured.
func (l *linear) original(out []coefficient, theta *mat.VecDense, cov *mat.Dense, bias *mat.VecDense) []coefficient {
	unit := func(t *query.FitTerm) (middle, half float64) {
		if t.Half == 0 {
			return 0, 1
		}
		return float64(t.Middle) * math.Pow10(-t.Scale), float64(t.Half) * math.Pow10(-t.Scale)
	}
	my, hy := unit(&l.fit.Y)
	back := mat.NewDense(l.size, l.size, nil)
	back.Set(0, 0, hy)
	for j := 1; j < l.size; j++ {
		mx, hx := unit(&l.fit.Terms[j-1])
		back.Set(j, j, hy/hx)
		back.Set(0, j, -hy*mx/hx)
	}
	for i := range out {
		row := back.RowView(i)
		value, offset := mat.Dot(row, theta), 0.0
		for j := range l.size {
			offset += math.Abs(back.At(i, j)) * bias.AtVec(j)
		}
		if i == 0 {
			value += my
		}
		out[i].value, out[i].stderr, out[i].bias, out[i].known = value, math.Sqrt(max(mat.Inner(row, cov, row), 0)), offset, true
	}
	return out
}
