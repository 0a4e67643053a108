package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/ledger/proof"
	"yunei/internal/core/query"
	"yunei/internal/core/query/guard"
	"yunei/internal/core/query/interp"
	"yunei/internal/core/query/noise"
	"yunei/internal/core/query/querytest"
	"yunei/internal/flow/serve"
	"yunei/internal/test/story"
)

// parts times single parts alone, one after another on one goroutine.
func parts(ctx context.Context, b *bench) error {
	c, err := b.theCity(ctx)
	if err != nil {
		return err
	}
	for _, group := range []func(context.Context, *bench, *city) error{compiling, interpreting, noising, judging, auditing, flushing} {
		if err := group(ctx, b, c); err != nil {
			return err
		}
	}
	return nil
}

// compiling is text to checked model, under the story's policy.
func compiling(ctx context.Context, b *bench, c *city) error {
	policy, _, err := c.resource(ctx, "credit_default")
	if err != nil {
		return err
	}
	guard.WarmUp()
	large := policy
	large.Units = wideUnits
	for _, m := range []struct {
		what, text string
		class      query.Class
		policy     query.Table
	}{
		{"compile and check the table (class A)", story.DefaultRates, query.A, policy},
		{"compile and check the band (class B)", story.CreditBand, query.B, policy},
		{"compile and check a table of 9,317 cells (class A)", wideRates, query.A, large},
	} {
		catalog := query.Catalog{Tables: []query.Table{m.policy}}
		err := b.take(ctx, part{what: m.what, unit: "ms", of: inMillis, target: "≤ 20 ms", do: times(func(context.Context) error {
			if model, refusals := guard.Compile(m.text, m.class, catalog); model == nil {
				return fmt.Errorf("the guard refused: %+v", refusals)
			}
			return nil
		})})
		if err != nil {
			return err
		}
	}
	return nil
}

// interpreting is one answer about one subject.
func interpreting(ctx context.Context, b *bench, c *city) error {
	policy, _, err := c.resource(ctx, "credit_default")
	if err != nil {
		return err
	}
	wide, text := tenByTen()
	for _, m := range []struct {
		what, text, target string
		table              query.Table
		rows               int
	}{
		{"interpret the band about one person", story.CreditBand, "", policy, 1},
		{"interpret ten columns over ten rows of one person", text, "≥ 50,000 a second", wide, 10},
	} {
		model, refusals := guard.Compile(m.text, query.B, query.Catalog{Tables: []query.Table{m.table}})
		if model == nil {
			return fmt.Errorf("the guard refused: %+v", refusals)
		}
		program, err := interp.Compile(model)
		if err != nil {
			return err
		}
		data := interp.Data{m.table.Name: someRows(&m.table, m.rows)}
		err = b.take(ctx, part{what: m.what, unit: "a second", of: perSecond(1), target: m.target, do: times(func(context.Context) error {
			_, err := program.Subject("s", data)
			return err
		})})
		if err != nil {
			return err
		}
	}
	return stepping(ctx, b, policy)
}

// tenByTen is a model that sums and bands ten columns over up to ten rows of a person.
func tenByTen() (query.Table, string) {
	t := querytest.Visit()
	t.MaxRowsPerSubject = 10
	lo, hi := int64(0), int64(1000)
	var sums, bands []string
	for i := range 10 {
		t.Columns = append(t.Columns, query.Column{Name: fmt.Sprintf("m%d", i), Type: query.Type{Kind: query.Int}, Role: query.Measure,
			Grade: query.Grade{National: query.Ordinary, Level: 3}, Lo: &lo, Hi: &hi, Step: 100, Uses: query.DefaultUses(query.Measure)})
		sums = append(sums, fmt.Sprintf("SUM(m%d) AS s%d", i, i))
		bands = append(bands, fmt.Sprintf("CASE WHEN s%d >= 6000 THEN 'A' WHEN s%d >= 3000 THEN 'B' ELSE 'C' END AS o%d", i, i, i))
	}
	return t, "WITH v AS (SELECT sid, " + strings.Join(sums, ", ") + " FROM visit GROUP BY sid) SELECT " + strings.Join(bands, ", ") + " FROM v WHERE sid = :subject"
}

// someRows are rows of one person with values inside the policy's bounds.
func someRows(t *query.Table, n int) interp.Rows {
	random := rand.New(rand.NewPCG(1, 2))
	rows := interp.Rows{}
	for _, c := range t.Columns {
		rows.Columns = append(rows.Columns, c.Name)
	}
	for range n {
		var row []query.Value
		for _, c := range t.Columns {
			switch {
			case c.Role == query.SubjectKey:
				row = append(row, query.TextValue("s"))
			case c.Type.Kind == query.Text:
				row = append(row, query.TextValue("N"))
			default:
				lo, hi := int64(0), int64(1)
				if c.Lo != nil && c.Hi != nil {
					lo, hi = *c.Lo, *c.Hi
				}
				row = append(row, query.Value{Kind: c.Type.Kind, Scale: c.Type.Scale, N: lo + random.Int64N(hi-lo+1)})
			}
		}
		rows.Rows = append(rows.Rows, row)
	}
	return rows
}

// noising is the discrete Gaussian alone, and a whole release of 9,317 cells.
func noising(ctx context.Context, b *bench, c *city) error {
	source := noise.New()
	err := b.take(ctx, part{what: "1,000 draws of the discrete Gaussian, sigma 10", unit: "ms", of: inMillis, target: "≤ 1 ms per 1,000 cells",
		do: times(func(context.Context) error {
			for range 1000 {
				source.DiscreteGaussian(noise.Fraction{Num: 100, Den: 1})
			}
			return nil
		})})
	if err != nil {
		return err
	}
	w, err := c.wideRelease(ctx)
	if err != nil {
		return err
	}
	// The plan's own variances are fractions, which are drawn more slowly than whole numbers.
	for i := range w.plan.Vectors {
		v := &w.plan.Vectors[i]
		draw, err := source.Gaussian(v.Variance)
		if err != nil {
			return err
		}
		err = b.take(ctx, part{what: fmt.Sprintf("1,000 draws for value %d of a plan of 9,317 cells, sigma %.3g", i+1, v.Sigma()), unit: "ms", of: inMillis, target: "≤ 1 ms per 1,000 cells",
			do: times(func(context.Context) error {
				for range 1000 {
					draw()
				}
				return nil
			})})
		if err != nil {
			return err
		}
	}
	cells := float64(w.plan.Cells)
	return b.take(ctx, part{what: fmt.Sprintf("noise, threshold and layout of %d cells with %d values each, per 1,000 cells", w.plan.Cells, len(w.plan.Vectors)),
		unit: "ms", of: func(each time.Duration) float64 { return inMillis(each) / cells * 1000 }, do: times(func(context.Context) error {
			return w.collect()
		})})
}

// judging is the law's word on one call, under everything that is loaded.
func judging(ctx context.Context, b *bench, c *city) error {
	law := c.node.Acts.Law()
	var org, grant, purpose string
	err := c.node.DB.View(ctx, func(tx *sqldb.Tx) error {
		return tx.QueryRow(ctx, `SELECT org, grant_id, scenario FROM deployment ORDER BY id LIMIT 1`).Scan(&org, &grant, &purpose)
	})
	if err != nil {
		return fmt.Errorf("find a deployment: %w", err)
	}
	objects := map[string]string{"org": org, "grant": grant}
	loaded := map[string]any{"consent.verified": true, "consent.reason": "", "call.purpose": purpose}
	given := map[string]any{"consent.verified": true, "consent.reason": "", "call.purpose": purpose, "grant.purpose": purpose, "grant.in_force": true, "org.admitted": true}
	day := workday.DateOf(c.node.Clock.Now())
	for _, m := range []struct {
		what  string
		facts map[string]any
	}{{"facts at hand", given}, {"facts loaded from the database", loaded}} {
		err := b.take(ctx, part{what: fmt.Sprintf("judge one act under all packs (%d rules), %s", len(law.Rules()), m.what), unit: "µs", of: inMicros, target: "< 1 ms",
			do: func(ctx context.Context, count int) error {
				return c.node.DB.View(ctx, func(tx *sqldb.Tx) error {
					for range count {
						j, err := law.Judge(ctx, tx, serve.ActCall, day, objects, m.facts)
						if err != nil {
							return err
						}
						if j.Refused || len(j.Verdicts) == 0 {
							return fmt.Errorf("a lawful call was judged %+v", j)
						}
					}
					return nil
				})
			}})
		if err != nil {
			return err
		}
	}
	return nil
}

// auditing is what an auditor waits for.
func auditing(ctx context.Context, b *bench, c *city) error {
	if err := c.node.Log.Seal(ctx); err != nil {
		return err
	}
	var entries, versions, last int
	err := c.node.DB.View(ctx, func(tx *sqldb.Tx) error {
		if err := tx.QueryRow(ctx, `SELECT count(*), max(seq) FROM ledger_entry`).Scan(&entries, &last); err != nil {
			return err
		}
		return tx.QueryRow(ctx, `SELECT count(*) FROM object_version`).Scan(&versions)
	})
	if err != nil {
		return err
	}
	err = b.take(ctx, part{what: fmt.Sprintf("fsck of %d entries and %d object versions", entries, versions), unit: "entries a second", of: perSecond(entries), once: true,
		do: times(func(ctx context.Context) error {
			problems, err := c.node.Log.Fsck(ctx)
			if err == nil && len(problems) > 0 {
				err = fmt.Errorf("fsck found %v", problems)
			}
			return err
		})})
	if err != nil {
		return err
	}
	random := rand.New(rand.NewPCG(3, 4))
	err = b.take(ctx, part{what: fmt.Sprintf("build a receipt in a tree of %d leaves", entries), unit: "µs", of: inMicros, do: times(func(ctx context.Context) error {
		_, err := c.node.Log.Proof(ctx, 1+random.Int64N(int64(last)))
		return err
	})})
	if err != nil {
		return err
	}
	receipt, err := c.node.Log.Proof(ctx, int64(last)/2)
	if err != nil {
		return err
	}
	return b.take(ctx, part{what: "verify a receipt (two proofs, Ed25519, SM2)", unit: "µs", of: inMicros, do: times(func(context.Context) error {
		if !receipt.Verify(proof.Trust{}).OK() {
			return errors.New("a good receipt does not verify")
		}
		return nil
	})})
}

// flushing is what a durable row costs at the least on this disk.
func flushing(ctx context.Context, b *bench, _ *city) error {
	f, err := os.Create(filepath.Join(b.tmp, "flush"))
	if err != nil {
		return err
	}
	defer f.Close()
	page := make([]byte, 4096)
	return b.take(ctx, part{what: "append 4 KiB to a file and flush it to the disk", unit: "ms", of: inMillis, do: times(func(context.Context) error {
		if _, err := f.Write(page); err != nil {
			return err
		}
		return f.Sync()
	})})
}
