// Package synth makes sample data (样例数据): rows that have the shape of a resource, and of its content nothing (level S0)
// or what a charged release with noise let out (S1, S2). The schema is the data's own, so that a model runs unmodified.
//
//	S0  the policy alone                                                          costs nothing
//	S1  every column's histogram and the rows of a subject: columns independent   Profile
//	S2  a tree of dependent columns with its pairs; parent and child tables       Tree
//
// What is learned is histograms over public bins, counted exactly by the locked engine and noised with the exact
// discrete Gaussian; the edges of the tree are chosen by an exact exponential mechanism. One subject moves a histogram
// by its rows at most, however many cells it falls into, and that is what a plan charges. The noisy histograms are
// stored; rows are drawn from them by a seeded sampler, which tells nothing more. Sets are measured against real rows
// before anybody sees them (Judge); the figures stay inside.
//
// S0 is a function of the policy: types, code lists, bounds, cut points, which columns may be NULL. It is for writing
// models, not for learning about people:
//
//   - every code, bound, cut point (and its neighbors) and NULL occurs as soon as there
//     are enough rows, so that a model meets its edge cases before it meets real data;
//   - rows without a subject occur, as they do in snapshots;
//   - the same person has the same sid in all samples, so that joins find partners;
//   - identity numbers have division 990000, which belongs to nobody, and a valid check
//     digit.
//
// A sample is the same for everyone and for ever for one version of a schema: only the
// sampler is seeded, and its seed is no secret.
package synth

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"yunei/internal/base/idnumber"
	"yunei/internal/core/query"
	"yunei/internal/core/query/interp"
)

// DefaultRows is how many rows a sample has where nobody asks for more.
const DefaultRows = 1000

// Rows makes a sample of n rows, in the order of the policy's columns.
func Rows(t *query.Table, n int) interp.Rows {
	out := interp.Rows{Columns: make([]string, len(t.Columns)), Rows: make([][]query.Value, n)}
	for i := range out.Rows {
		out.Rows[i] = make([]query.Value, len(t.Columns))
	}
	for j := range t.Columns {
		c := &t.Columns[j]
		out.Columns[j] = c.Name
		r := stream(t, c.Name)
		if t.Private() && c.Name == t.SubjectKey {
			subjects(t, r, out.Rows, j)
			continue
		}
		edge, draw := edges(c), drawer(c)
		r.Shuffle(len(edge), func(a, b int) { edge[a], edge[b] = edge[b], edge[a] })
		for i := range out.Rows {
			switch {
			case i < len(edge):
				out.Rows[i][j] = edge[i]
			case c.Null && r.IntN(20) == 0:
			case len(edge) > 0 && r.IntN(10) == 0:
				out.Rows[i][j] = edge[r.IntN(len(edge))]
			default:
				out.Rows[i][j] = draw(r, i)
			}
		}
	}
	return out
}

// stream is the random stream of one column: a new column leaves the others as they were.
func stream(t *query.Table, column string) *rand.Rand {
	seed := sha256.Sum256([]byte(fmt.Sprintf("yunei sample S0\x00%s\x00%s\x00%d\x00%s", t.Resource, t.Name, t.SchemaVersion, column)))
	return rand.New(rand.NewChaCha8(seed))
}

// subjects deals persons out to rows, up to the policy's rows per subject; one row in
// fifty has nobody.
func subjects(t *query.Table, r *rand.Rand, rows [][]query.Value, column int) {
	most := min(max(t.MaxRowsPerSubject, 1), 12)
	person, left := -1, 0
	for i := range rows {
		if i%50 == 49 {
			continue
		}
		if left == 0 {
			person++
			left = 1
			if most > 1 {
				left += r.IntN(most)
			}
			if person == 0 {
				left = most // the first has as many as anyone may have
			}
		}
		rows[i][column] = query.TextValue(SID(t.UnitKind, person))
		left--
	}
}

// SID is the pseudonym of the i-th sample subject of a kind. It has the form of a real
// one and is the same in every sample.
func SID(kind string, i int) string { return SIDOf(kind, IDNumber(i)) }

// SIDOf is the pseudonym of the sample subject with an identity number.
func SIDOf(kind, number string) string {
	sum := sha256.Sum256([]byte("yunei sample subject\x00" + kind + "\x00" + number))
	return hex.EncodeToString(sum[:])
}

// Division belongs to nobody: no division of GB/T 2260 begins with 99.
const Division = "990000"

// IDNumber is the identity number (公民身份号码) of the i-th sample person: eighteen
// characters, a real date of birth, a valid check digit, division 990000.
func IDNumber(i int) string {
	const days = 25_000 // 1938 to 2006
	born := time.Date(1938, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, i*7919%days)
	body := Division + born.Format("20060102") + fmt.Sprintf("%03d", i/days%1000)
	return body + string(idnumber.Check(body))
}

// edges are the values a model should meet: all codes, bounds, cut points and their
// neighbors, NULL.
func edges(c *query.Column) []query.Value {
	var out []query.Value
	seen := map[query.Value]bool{}
	add := func(v query.Value) {
		if !seen[v] {
			seen[v] = true
			out = append(out, v)
		}
	}
	for _, code := range c.Domain {
		if v, err := query.ParseValue(c.Type, code.Value); err == nil {
			add(v)
		}
	}
	if c.Type.Ordered() && len(c.Domain) == 0 {
		lo, hi := span(c)
		number := func(n int64) {
			if n >= lo && n <= hi {
				add(query.Value{Kind: c.Type.Kind, Scale: c.Type.Scale, N: n})
			}
		}
		number(lo)
		number(hi)
		for _, e := range c.Edges {
			number(e - 1)
			number(e)
			number(e + 1)
		}
		number(0)
	}
	if c.Type.Kind == query.Bool {
		add(query.BoolValue(false))
		add(query.BoolValue(true))
	}
	if c.Null {
		add(query.Null)
	}
	return out
}

// span is the policy's bounds, or something ordinary where it has none.
func span(c *query.Column) (lo, hi int64) {
	switch c.Type.Kind {
	case query.Date:
		lo, hi = 10957, 20453 // 2000 to 2025
	case query.Timestamp:
		lo, hi = 1_704_067_200_000_000, 1_767_225_599_999_999 // 2024 and 2025
	default:
		hi = 1000 * query.Pow10(c.Type.Scale)
	}
	if c.Lo != nil {
		lo, hi = *c.Lo, max(hi, *c.Lo)
	}
	if c.Hi != nil {
		lo, hi = min(lo, *c.Hi), *c.Hi
	}
	return lo, hi
}

// drawer makes ordinary values: codes and bounded numbers uniformly.
func drawer(c *query.Column) func(r *rand.Rand, row int) query.Value {
	if len(c.Domain) > 0 {
		var values []query.Value
		for _, code := range c.Domain {
			if v, err := query.ParseValue(c.Type, code.Value); err == nil {
				values = append(values, v)
			}
		}
		if len(values) > 0 {
			return func(r *rand.Rand, _ int) query.Value { return values[r.IntN(len(values))] }
		}
	}
	switch c.Type.Kind {
	case query.Bool:
		return func(r *rand.Rand, _ int) query.Value { return query.BoolValue(r.IntN(2) == 1) }
	case query.Text:
		if isNumber(c) {
			return func(_ *rand.Rand, row int) query.Value { return query.TextValue(IDNumber(row)) }
		}
		return func(_ *rand.Rand, row int) query.Value { return query.TextValue(fmt.Sprintf("样例%04d", row)) }
	}
	lo, hi := span(c)
	return func(r *rand.Rand, _ int) query.Value {
		n := lo
		if width := uint64(hi) - uint64(lo); width > 0 && width < 1<<62 {
			n += r.Int64N(int64(width) + 1)
		}
		return query.Value{Kind: c.Type.Kind, Scale: c.Type.Scale, N: n}
	}
}

// isNumber guesses from the catalogue's names that a text column holds identity numbers.
func isNumber(c *query.Column) bool {
	return strings.Contains(c.Title, "身份") || strings.Contains(strings.ToLower(c.Name), "id_number") || strings.Contains(strings.ToLower(c.Name), "id_card")
}
