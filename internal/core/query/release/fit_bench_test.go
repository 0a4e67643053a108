package release_test

import (
	"math/rand/v2"
	"testing"

	"yunei/internal/core/query/noise"
	"yunei/internal/core/query/release"
)

// BenchmarkFit draws the noise of a fit and computes its coefficients.
func BenchmarkFit(b *testing.B) {
	for name, text := range map[string]string{"linear": linearText, "logistic": logisticText} {
		m := fitModel(b, text)
		p, err := release.NewPlan(m, release.Ask{Rho: 5_000_000_000, K: 10, Units: 40000})
		if err != nil {
			b.Fatal(err)
		}
		exact := fitExact(b, m, loans(rand.New(rand.NewPCG(1, 2)), 12_000))
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, _, err := release.Collect(m, p, exact, noise.New(), release.Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
