package release

import "math"

// Hidden predicts the share of cells that would be shown as *, from the units that each of them is expected to have: a
// cell is hidden when its noisy count is below the threshold.
func (p *Plan) Hidden(units []float64) float64 {
	if len(units) == 0 {
		return 0
	}
	sum, sigma := 0.0, p.Vectors[p.Basis].Sigma()
	for _, n := range units {
		sum += 0.5 * math.Erfc((n-float64(p.Threshold())+0.5)/(sigma*math.Sqrt2))
	}
	return sum / float64(len(units))
}
