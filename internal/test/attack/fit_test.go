package attack_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"yunei/internal/core/query/disclose"
	"yunei/internal/core/query/release"
)

// TestFit_Membership: is the city's oldest and richest person in the fit? Two attackers who know everybody else: one sees
// the coefficients, as a tenant does, and knows how they fall with and without the person; the other sees even the noisy
// sums and weighs them as well as anybody can. Pass: neither is right more often than the charge promises, within four
// standard errors; and the second comes near it, so the attack is not weak.
func TestFit_Membership(t *testing.T) {
	const rho = disclose.DefaultYear
	with, without := crowd(5, 300)
	l := newLab(t, nil)
	d := newDuel(t, "FIT linear limit_bal ON age, pay_amt1 FROM credit_default", rho, with, without)
	bound := disclose.NewFigure(d.plan.Rho, 0).Membership
	coefficients := func(present bool) []float64 {
		exact := d.out
		if present {
			exact = d.with
		}
		table, _, err := release.Collect(d.model, d.plan, exact, l.src, release.Options{})
		if err != nil {
			t.Fatal(err)
		}
		var out []float64
		for _, row := range table.Rows {
			v := row.Fields[1].Value
			out = append(out, float64(v.N)*math.Pow10(-v.Scale))
		}
		return out
	}
	// What is known of one coefficient: the middles of where it falls, which outliers do not move.
	calibrate := effort(400)
	var in, out [][]float64
	for range calibrate {
		in, out = append(in, coefficients(true)), append(out, coefficients(false))
	}
	best, at, cut, up := 0.0, 0, 0.0, false
	for k := range in[0] {
		for range 40 {
			threshold := in[rand.IntN(calibrate)][k]
			right := 0
			for i := range calibrate {
				if in[i][k] >= threshold {
					right++
				}
				if out[i][k] < threshold {
					right++
				}
			}
			rate := float64(right) / float64(2*calibrate)
			if edge := math.Abs(rate - 0.5); edge > best {
				best, at, cut, up = edge, k, threshold, rate > 0.5
			}
		}
	}
	r := rand.New(rand.NewPCG(6, 6))
	trials, right := effort(3000), 0
	for range trials {
		present := r.IntN(2) == 0
		if (coefficients(present)[at] >= cut) == up == present {
			right++
		}
	}
	seen := float64(right) / float64(trials)
	weighed := float64(play(t, l, r, []duel{d}, trials)) / float64(trials)
	spread := 4 * math.Sqrt(0.25/float64(trials))
	t.Logf("guessed %.2f%% from coefficients and %.2f%% from the noisy sums, promised at most %.2f%%", 100*seen, 100*weighed, 100*bound)
	if seen > bound+spread || weighed > bound+spread {
		t.Errorf("guessed %.2f%% and %.2f%%, promised at most %.2f%%", 100*seen, 100*weighed, 100*bound)
	}
	if weighed < 0.5+(bound-0.5)/2 {
		t.Errorf("the best attack is right in %.2f%% only: it shows nothing", 100*weighed)
	}
}
