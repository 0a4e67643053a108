package release

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"yunei/internal/core/query"
)

// logistic is a regression on the noisy counts of a table: n rows in each cell, y of them true. The noise enters the
// equations sum x (y - n p(x)) = 0 by itself, so it leaves them right on average.
type logistic struct {
	fit            *query.Fit
	x              [][]float64 // of each cell: 1, then the terms; numbers moved and stretched onto [-1, 1]
	n, y           []float64
	nNoise, yNoise float64
	middle, half   []float64 // of each coefficient
}

func newLogistic(m *query.Model, e *Evidence) *logistic {
	f := m.Fit
	l := &logistic{fit: f, nNoise: e.Plan.Vectors[f.Count].Sigma(), yNoise: e.Plan.Vectors[f.Positive].Sigma(),
		middle: make([]float64, len(f.Terms)+1), half: make([]float64, len(f.Terms)+1)}
	for i := range l.half {
		l.half[i] = 1
	}
	for i, t := range f.Terms {
		if t.Value >= 0 {
			continue
		}
		lo, hi := math.Inf(1), math.Inf(-1)
		for _, v := range m.Root.Keys[t.Key].Domain {
			lo, hi = min(lo, numeric(v)), max(hi, numeric(v))
		}
		l.middle[i+1] = (lo + hi) / 2
		if hi > lo {
			l.half[i+1] = (hi - lo) / 2
		}
	}
	empty := map[int]bool{}
	for _, c := range e.Structural {
		empty[c] = true
	}
	for c := range e.Plan.Cells {
		if empty[c] {
			continue
		}
		x := []float64{1}
		values := m.Cell(c)
		for i, t := range f.Terms {
			at := 0.0
			switch {
			case t.Value < 0:
				at = (numeric(values[t.Key]) - l.middle[i+1]) / l.half[i+1]
			case values[t.Key] == m.Root.Keys[t.Key].Domain[t.Value]:
				at = 1
			}
			x = append(x, at)
		}
		l.x = append(l.x, x)
		l.n = append(l.n, float64(e.Noisy[f.Count][c]))
		l.y = append(l.y, float64(e.Noisy[f.Positive][c]))
	}
	return l
}

func numeric(v query.Value) float64 { return float64(v.N) * math.Pow10(-v.Scale) }

func chance(x []float64, theta *mat.VecDense) float64 {
	sum := 0.0
	for i, v := range x {
		sum += v * theta.AtVec(i)
	}
	return 1 / (1 + math.Exp(-sum))
}

// slope is the sum over cells of weight times x x'.
func (l *logistic) slope(weight func(c int) float64) *mat.SymDense {
	out := mat.NewSymDense(len(l.half), nil)
	for c := range l.x {
		out.SymRankOne(out, weight(c), mat.NewVecDense(len(l.half), l.x[c]))
	}
	return out
}

// steps is how often Newton's step is taken at most; it converges in a handful or not at all.
const steps = 60

func (l *logistic) coefficients() []coefficient {
	size := len(l.half)
	out := []coefficient{{name: intercept}}
	for _, t := range l.fit.Terms {
		out = append(out, coefficient{name: t.Name})
	}
	rows := 0.0
	for _, n := range l.n {
		rows += n
	}
	if rows < float64(size+minFreedom) {
		return out
	}
	// What the noise of the counts alone makes of the slope, p(1-p) being 1/4 at most.
	tau := 2 * l.nNoise / 4 * math.Sqrt(largest(l.slope(func(int) float64 { return 1 })))
	theta := mat.NewVecDense(size, nil)
	var inverse mat.Dense
	ridge, settled := 0.0, false
	for range steps {
		gradient := mat.NewVecDense(size, nil)
		for c, x := range l.x {
			gradient.AddScaledVec(gradient, l.y[c]-l.n[c]*chance(x, theta), mat.NewVecDense(size, x))
		}
		h := l.slope(func(c int) float64 { p := chance(l.x[c], theta); return l.n[c] * p * (1 - p) })
		var ok bool
		if ridge, ok = firm(h, tau); !ok {
			return out
		}
		inverse.Reset()
		if inverse.Inverse(h) != nil {
			return out
		}
		var step mat.VecDense
		gradient.AddScaledVec(gradient, -ridge, theta)
		step.MulVec(&inverse, gradient)
		length := mat.Norm(&step, math.Inf(1))
		theta.AddScaledVec(theta, 1/max(1, length), &step) // never more than one unit at a time
		if mat.Norm(theta, math.Inf(1)) > 30 {
			return out // apart for good: no finite coefficient explains it
		}
		if settled = length < 1e-9; settled {
			break
		}
	}
	if !settled {
		return out
	}
	spread := l.slope(func(c int) float64 {
		p := chance(l.x[c], theta)
		return max(l.n[c], 0)*p*(1-p) + l.yNoise*l.yNoise + p*p*l.nNoise*l.nNoise
	})
	cov := sandwich(&inverse, spread)
	return l.original(out, theta, cov, &inverse, ridge)
}

// original goes back to the units in which the features are measured.
func (l *logistic) original(out []coefficient, theta *mat.VecDense, cov, inverse *mat.Dense, ridge float64) []coefficient {
	size := len(l.half)
	for i := range out {
		row := mat.NewVecDense(size, nil)
		row.SetVec(i, 1/l.half[i])
		if i == 0 {
			for j := 1; j < size; j++ {
				row.SetVec(j, -l.middle[j]/l.half[j])
			}
		}
		bias := 0.0
		for j := range size {
			for k := range size {
				bias += ridge * math.Abs(row.AtVec(j)*inverse.At(j, k)*theta.AtVec(k))
			}
		}
		out[i].value, out[i].stderr, out[i].bias, out[i].known = mat.Dot(row, theta), math.Sqrt(max(mat.Inner(row, cov, row), 0)), bias, true
	}
	return out
}

// largest is the largest eigenvalue of a positive matrix, 0 if there is none.
func largest(a *mat.SymDense) float64 {
	var eigen mat.EigenSym
	if !eigen.Factorize(a, false) {
		return 0
	}
	values := eigen.Values(nil)
	return max(values[len(values)-1], 0)
}
