package release

import (
	"math"

	"yunei/internal/core/query"
)

// fitPreview is the error of each coefficient to expect, from public metadata alone: as if every feature were spread
// evenly over its bounds or values and told nothing about another. What is explained is taken to vary as widely as its
// bounds let it.
func fitPreview(m *query.Model, p *Plan, units int64) []PreviewColumn {
	out := []PreviewColumn{{Name: intercept}}
	for _, t := range m.Fit.Terms {
		out = append(out, PreviewColumn{Name: t.Name})
	}
	if units <= 0 {
		return out // how many there are is not public, so nothing can be said
	}
	n := float64(units)
	for i := range out {
		var se float64
		if m.Fit.Kind == query.Linear {
			se = linearError(m, p, i, n)
		} else {
			se = logisticError(m, p, i, n)
		}
		if v, ok := fixed(1.96*se, query.FitPlaces, math.Ceil); ok {
			out[i].Error95 = v.Text()
		}
	}
	return out
}

func linearError(m *query.Model, p *Plan, i int, n float64) float64 {
	f := m.Fit
	width, variance := 1.0, 1.0
	if i > 0 {
		variance = 1.0 / 4
		if t := &f.Terms[i-1]; t.Half > 0 {
			width, variance = float64(t.Half)*math.Pow10(-t.Scale), 1.0/3
		}
	}
	at := f.Moments[f.Pair(i, len(f.Terms)+1)]
	noise := p.Vectors[at].Sigma() * math.Pow10(-m.Root.Aggs[at].Type.Scale)
	scale := float64(f.Y.Half) * math.Pow10(-f.Y.Scale) / width
	return scale * math.Sqrt(n*variance/3+noise*noise) / (n * variance)
}

func logisticError(m *query.Model, p *Plan, i int, n float64) float64 {
	f := m.Fit
	cells, width, variance := float64(p.Cells), 1.0, 1.0
	if i > 0 {
		k := &m.Root.Keys[f.Terms[i-1].Key]
		share := 1 / float64(k.Size())
		variance = share * (1 - share)
		if f.Terms[i-1].Value < 0 {
			lo, hi := math.Inf(1), math.Inf(-1)
			for _, v := range k.Domain {
				lo, hi = min(lo, numeric(v)), max(hi, numeric(v))
			}
			width, variance = max((hi-lo)/2, 1e-9), 1.0/3
		}
	}
	count, positive := p.Vectors[f.Count].Sigma(), p.Vectors[f.Positive].Sigma()
	noise := cells * variance * (positive*positive + count*count/4)
	return math.Sqrt(n*variance/4+noise) / (n * variance / 4) / width
}
