package main

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/RoaringBitmap/roaring/v2"

	"yunei/internal/core/query/audit"
)

// auditAtoms is the number of groups of people that released cells do not tell apart, as the design states its target.
const auditAtoms = 5000

// pieces are released sets of atoms of 4 to 36 people each.
func pieces(cells int, in func(atom, cell int) bool) []audit.Released {
	out := make([]audit.Released, cells)
	for c := range out {
		u := roaring.New()
		for a := range auditAtoms {
			if in(a, c) {
				u.AddRange(uint64(a*40), uint64(a*40+4+a%33))
			}
		}
		out[c] = audit.Released{ID: fmt.Sprint(c), Cells: []*audit.Units{u}}
	}
	return out
}

// exactAudits times what a new exact release waits for when much has left before.
func exactAudits(ctx context.Context, b *bench) error {
	random := rand.New(rand.NewPCG(1, 1))
	halves := func(_, _ int) bool { return random.IntN(2) == 0 }
	// Cubes of seven dimensions, of which every cell fixes some: many equations that say much the same.
	margins := func(a, c int) bool {
		for d, n := range []int{2, 3, 4, 5, 6, 7} {
			if at := c % (2*n + 1); at < n && a%n != at {
				return false
			}
			a, c = a/n, c/(2*n+1)*7+d
		}
		return true
	}
	for _, f := range []struct {
		what, target string
		cells        int
		in           func(a, c int) bool
	}{
		{"released numbers, random halves", "≤ 5 s", b.sized(500, 100), halves},
		{"released numbers, random halves", "", b.sized(1000, 200), halves},
		{"released numbers, margins of cubes", "", b.sized(10_000, 1000), margins},
	} {
		releases := pieces(f.cells, f.in)
		family := audit.NewFamily(releases)
		what := fmt.Sprintf("linear audit, %d %s (%d different) over %d atoms", f.cells, f.what, len(family.Rows), len(family.Sizes))
		err := b.take(ctx, part{what: what, unit: "ms", of: inMillis, target: f.target, once: true, do: times(func(context.Context) error {
			if _, _, looked := family.Solve(10); !looked {
				return fmt.Errorf("%s: too large", what)
			}
			return nil
		})})
		if err != nil {
			return err
		}
		if f.cells > 1000 {
			continue
		}
		err = b.take(ctx, part{what: fmt.Sprintf("differencing, one cell against %d others", f.cells-1), unit: "ms", of: inMillis, do: times(func(context.Context) error {
			audit.Differences(releases[0], releases[1:], 10)
			return nil
		})})
		if err != nil {
			return err
		}
	}
	return nil
}
