package release

import (
	"math"

	"yunei/internal/core/query"
)

// figure computes a statistic from noisy moments: post-processing, so it costs nothing. Its interval takes each moment's
// noise by itself, as the delta method does: half the difference that one standard deviation either way makes.
func figure(m *query.Model, e *Evidence, o *query.Output, c int) Field {
	parts, sigmas := make([]float64, len(o.Parts)), make([]float64, len(o.Parts))
	for i, at := range o.Parts {
		unit := math.Pow10(-m.Root.Aggs[at].Type.Scale)
		parts[i], sigmas[i] = float64(e.Noisy[at][c])*unit, e.Plan.Vectors[at].Sigma()*unit
	}
	x, y := middles(m, o)
	value, ok := statistic(o.Stat, parts, x, y)
	places := math.Pow10(o.Type.Scale)
	if !ok || math.Abs(value*places) >= 1<<62 {
		return Field{}
	}
	f := Field{Value: query.NumberValue(int64(math.Round(value*places)), o.Type.Scale)}
	total := 0.0
	for i := range parts {
		up, down := append([]float64{}, parts...), append([]float64{}, parts...)
		up[i] += sigmas[i]
		down[i] -= sigmas[i]
		a, okUp := statistic(o.Stat, up, x, y)
		b, okDown := statistic(o.Stat, down, x, y)
		if !okUp || !okDown {
			return f // too near the edge of where it is defined for an interval
		}
		total += (a - b) * (a - b) / 4
	}
	if half := 1.96 * math.Sqrt(total) * places; half < 1<<62 {
		f.Error95 = query.NumberValue(int64(math.Ceil(half)), o.Type.Scale)
	}
	return f
}

// middles are the points by which the columns of a figure were moved. Sums have the scale of their column.
func middles(m *query.Model, o *query.Output) (x, y float64) {
	x = float64(o.Plus) * math.Pow10(-m.Root.Aggs[o.Parts[1]].Type.Scale)
	if len(o.Parts) == 6 {
		y = float64(o.Minus) * math.Pow10(-m.Root.Aggs[o.Parts[2]].Type.Scale)
	}
	return x, y
}

// statistic is false where the figure is not defined: too few rows, or no spread left under the noise.
func statistic(stat query.Stat, p []float64, middleX, middleY float64) (float64, bool) {
	n, least := p[0], 1.0
	if stat == query.VarSamp || stat == query.StdSamp || stat == query.CovarSamp {
		least = 2
	}
	if n < least {
		return 0, false
	}
	over := n
	if least == 2 {
		over = n - 1
	}
	if len(p) == 3 {
		spread := max(p[2]-p[1]*p[1]/n, 0) / over
		if stat == query.StdPop || stat == query.StdSamp {
			return math.Sqrt(spread), true
		}
		return spread, true
	}
	xx, yy, xy := p[3]-p[1]*p[1]/n, p[4]-p[2]*p[2]/n, p[5]-p[1]*p[2]/n
	switch stat {
	case query.CovarPop, query.CovarSamp:
		return xy / over, true
	case query.Corr, query.R2:
		if xx <= 0 || yy <= 0 {
			return 0, false
		}
		r := min(max(xy/math.Sqrt(xx*yy), -1), 1)
		if stat == query.R2 {
			return r * r, true
		}
		return r, true
	case query.Slope, query.Intercept:
		if yy <= 0 {
			return 0, false
		}
		if stat == query.Slope {
			return xy / yy, true
		}
		return p[1]/n + middleX - xy/yy*(p[2]/n+middleY), true
	}
	return 0, false
}
