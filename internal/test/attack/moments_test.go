package attack_test

import (
	"fmt"
	"testing"

	"yunei/internal/core/query"
	"yunei/internal/core/query/disclose"
	"yunei/internal/core/query/querytest"
	"yunei/internal/core/query/release"
)

// TestMoments: variance, correlation and regression are computed from noisy moments. One person moves all moments
// together no further than their one charge pays for, and an attacker who sees the moments themselves guesses no better.
func TestMoments(t *testing.T) {
	texts := []string{
		"SELECT VAR_POP(age) AS v, COUNT(*) AS n FROM credit_default",
		"SELECT education, STDDEV_SAMP(age) AS s, AVG(age) AS a FROM credit_default GROUP BY education",
		"SELECT CORR(age, pay_0) AS r, REGR_SLOPE(age, pay_0) AS b FROM credit_default",
		"SELECT ward, REGR_R2(clamp(round(cost, 0), 0, 2000), days) AS r, COVAR_POP(clamp(round(cost, 0), 0, 2000), days) AS c FROM visit GROUP BY ward",
	}
	widest := 0.0
	for _, text := range texts {
		m := compile(t, query.A, text)
		for seed := range uint64(effort(3)) {
			data := querytest.People(1200+seed, 10)
			for person := range 10 {
				d := newDuel(t, text, release.RhoUnit/100, data, without(data, fmt.Sprintf("s%04d", person)))
				share := d.loss() / (2 * d.plan.Rho.Float())
				widest = max(widest, share)
				if share > 1+1e-9 {
					t.Errorf("one person uses %.3f of the charge\n%s", share, text)
				}
			}
		}
		if len(m.Root.Aggs) < 3 {
			t.Errorf("%d vectors: the moments are not released\n%s", len(m.Root.Aggs), text)
		}
	}
	t.Logf("moments: the most that one person used of a charge is %.1f%%, may reach 100%%", 100*widest)

	with, out := crowd(11, 60)
	l, r, trials := newLab(t, with), random(12), effort(1000)
	for _, text := range texts[:3] {
		d := newDuel(t, text, disclose.DefaultYear, with, out)
		within(t, "membership by moments", play(t, l, r, []duel{d}, trials), trials, disclose.NewFigure(disclose.DefaultYear, 0).Membership)
	}
	// the same moments in other figures are one release
	base, _, charged, err := l.ask("org_1", "SELECT VAR_POP(age) AS v, COUNT(*) AS n FROM credit_default", release.RhoUnit/50)
	if err != nil || !charged {
		t.Fatalf("charged %v, %v", charged, err)
	}
	for _, text := range []string{"SELECT STDDEV_SAMP(age) AS s FROM credit_default", "SELECT COUNT(*) AS n, VAR_SAMP(age) AS a, STDDEV_POP(age) AS b FROM credit_default"} {
		if _, _, charged, err := l.ask("org_2", text, release.RhoUnit/50); err != nil || charged {
			t.Errorf("charged %v, %v: %s", charged, err, text)
		}
	}
	if got := l.spent("res_credit"); got != base.Plan.Rho {
		t.Errorf("three figures cost %s, their moments %s", got, base.Plan.Rho)
	}
}
