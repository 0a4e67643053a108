package output

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"yunei/internal/base/sqldb"
	"yunei/internal/core/query"
	"yunei/internal/core/query/audit"
	"yunei/internal/core/query/release"
)

// exactEvidence is an exact table and what is hidden of it. It is shown to the holder of the data and to the bureau only.
type exactEvidence struct {
	cells   []release.ExactCell
	table   *audit.Table
	primary []audit.Finding
	hidden  []bool
	shown   []bool
	bare    []int
	struck  []int        // cells that a reviewer hid
	own     *audit.Units // units that the recipient supplied itself
	name    string       // of the release, or of its run before there is one
	earlier []audit.Released
}

// protect hides what must not be shown by itself, then what would give it back.
func protect(m *query.Model, t *release.ExactTable, r rules, sensitive map[string]bool, own *audit.Units, struck []int) (*exactEvidence, error) {
	table, err := t.AuditTable(m, sensitive)
	if err != nil {
		return nil, err
	}
	e := &exactEvidence{cells: t.Cells, table: table, struck: struck, own: own}
	if own != nil {
		for c := range table.Cells { // k counts whom the recipient does not know anyway
			others := table.Cells[c].Units.Clone()
			others.AndNot(own)
			table.Cells[c].Units = others
		}
	}
	e.primary = audit.Primary(table, r.exact)
	first := e.isPrimary()
	for _, c := range struck {
		if c < 0 || c >= len(first) {
			return nil, fmt.Errorf("cell %d is not in the table", c)
		}
		first[c] = true
	}
	e.hidden, e.bare = audit.Suppress(table, first, r.exact)
	e.shown = make([]bool, len(e.hidden))
	for c := range e.shown {
		e.shown[c] = !e.hidden[c] && !table.Structural[c]
	}
	return e, nil
}

func (e *exactEvidence) isPrimary() []bool {
	out := make([]bool, len(e.table.Cells))
	for _, f := range e.primary {
		out[f.Cell] = true
	}
	for _, c := range e.struck {
		out[c] = true
	}
	return out
}

// released are the sets of units that the table tells about: its shown cells and, where these share nobody, their total.
func (e *exactEvidence) released() audit.Released {
	r := audit.Released{ID: e.name}
	all, disjoint := roaring.New(), true
	for _, c := range e.cells {
		if e.shown[c.Index] {
			disjoint = disjoint && !all.Intersects(c.Units)
			r.Cells = append(r.Cells, c.Units)
			all.Or(c.Units)
		}
	}
	whole := disjoint && len(r.Cells) > 1
	if whole {
		r.Cells = append(r.Cells, all)
	}
	r.Figures = e.figures(whole)
	return r
}

// figures are the sums of the shown cells that do not just count their units, and their totals.
func (e *exactEvidence) figures(whole bool) (out []audit.Figure) {
	for measure := range e.table.Measures {
		var units []*audit.Units
		var parts [][]int64
		for i := range e.cells {
			if c := &e.cells[i]; e.shown[c.Index] && measure < len(c.Parts) {
				units, parts = append(units, c.Units), append(parts, c.Parts[measure])
			}
		}
		list := audit.NewFigures(units, parts)
		plain := true
		for i, f := range list {
			plain = plain && f.Counts(units[i])
		}
		if plain {
			continue
		}
		out = append(out, list...)
		if whole && len(list) > 1 {
			out = append(out, audit.Sum(list))
		}
	}
	return out
}

// sums compares the sums, wherever the condition stands that makes them different.
func (e *exactEvidence) sums(k int64) []audit.Difference {
	return audit.SumDifferences(e.released().Without(e.own), e.others(), k)
}

func (e *exactEvidence) differences(k int64) ([]audit.Difference, []audit.Overlap) {
	return audit.Differences(e.released().Without(e.own), e.others(), k)
}

func (e *exactEvidence) others() []audit.Released {
	out := make([]audit.Released, len(e.earlier))
	for i, r := range e.earlier {
		out[i] = r.Without(e.own)
	}
	return out
}

func (e *exactEvidence) family() audit.Family {
	return audit.NewFamily(append(e.others(), e.released().Without(e.own)))
}

// sumFamily are the sums as equations of what units add; without rows where every figure counts units.
func (e *exactEvidence) sumFamily() audit.Family {
	return audit.NewFamily(audit.Shares(append(e.others(), e.released().Without(e.own))))
}

// keepSets stores the sets of a release that goes to review: from then on every later exact release is compared with it.
func (s *Service) keepSets(ctx context.Context, r audit.Released) (digest string, err error) {
	stored := storedSets{Cells: make([][]byte, len(r.Cells))}
	for i, c := range r.Cells {
		if stored.Cells[i], err = c.ToBytes(); err != nil {
			return "", err
		}
	}
	for _, f := range r.Figures {
		units, err := f.Units.ToBytes()
		if err != nil {
			return "", err
		}
		stored.Figures = append(stored.Figures, storedFigure{units, f.Parts})
	}
	body, err := json.Marshal(stored)
	if err != nil {
		return "", fmt.Errorf("encode sets: %w", err)
	}
	ref, err := s.blobs.Put(ctx, bytes.NewReader(body))
	return ref.Digest, err
}

type storedRelease struct{ id, digest string }

// storedSets is what later releases are compared with.
type storedSets struct {
	Cells   [][]byte       `json:"cells"`
	Figures []storedFigure `json:"figures,omitempty"`
}

type storedFigure struct {
	Units []byte  `json:"units"`
	Parts []int64 `json:"parts"`
}

// exactReleases lists the exact releases about a kind of unit, of every organization.
func exactReleases(ctx context.Context, tx *sqldb.Tx, kind string) ([]storedRelease, error) {
	rows, err := tx.Query(ctx, `SELECT id, cells FROM exact_release WHERE kind = $1 ORDER BY id`, kind)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (s storedRelease, err error) {
		err = r.Scan(&s.id, &s.digest)
		return s, err
	})
}

func (s *Service) readSets(list []storedRelease) ([]audit.Released, error) {
	var out []audit.Released
	for _, stored := range list {
		f, err := s.blobs.Open(stored.digest)
		if err != nil {
			return nil, err
		}
		body, err := io.ReadAll(f)
		f.Close()
		if err != nil {
			return nil, err
		}
		r, err := decodeSets(body)
		if err != nil {
			return nil, fmt.Errorf("decode sets of %s: %w", stored.id, err)
		}
		r.ID = stored.id
		out = append(out, r)
	}
	return out, nil
}

// decodeSets reads what keepSets wrote; before sums were compared it was a list of cells alone.
func decodeSets(body []byte) (r audit.Released, err error) {
	var sets storedSets
	if err = json.Unmarshal(body, &sets.Cells); err != nil {
		err = json.Unmarshal(body, &sets)
	}
	if err != nil {
		return r, err
	}
	for _, set := range sets.Cells {
		u := roaring.New()
		if err := u.UnmarshalBinary(set); err != nil {
			return r, err
		}
		r.Cells = append(r.Cells, u)
	}
	for _, f := range sets.Figures {
		u := roaring.New()
		if err := u.UnmarshalBinary(f.Units); err != nil {
			return r, err
		}
		if u.GetCardinality() != uint64(len(f.Parts)) {
			return r, fmt.Errorf("%d parts of %d units", len(f.Parts), u.GetCardinality())
		}
		r.Figures = append(r.Figures, audit.Figure{Units: u, Parts: f.Parts})
	}
	return r, nil
}

// CellView is one cell of an exact table as holder and bureau see it: shares without identities.
type CellView struct {
	Cell    int      `json:"cell"`
	Keys    []string `json:"keys"`
	Units   int64    `json:"units"`
	Badge   string   `json:"badge" enum:"shown,primary,secondary,redacted,structural"`
	Why     string   `json:"why,omitempty"`
	Top     string   `json:"top,omitempty" doc:"Largest share of one contributor in any figure"`
	TopTwo  string   `json:"top_two,omitempty"`
	Vectors []int64  `json:"vectors,omitempty" doc:"Exact values before suppression and rounding"`
}

// Exact is what holder and bureau see of an exact release beside its table.
type Exact struct {
	Base      int64           `json:"base" doc:"Counts are multiples of it"`
	Cells     []CellView      `json:"cells"`
	Overlaps  []audit.Overlap `json:"overlaps"`
	Histogram []int64         `json:"histogram" doc:"Cells with 0, 1-9, 10-19, 20-49, 50-99, 100 and more units"`
}

func (e *evidence) view() *Exact {
	v := &Exact{Base: e.rules.base, Histogram: make([]int64, 6), Overlaps: []audit.Overlap{}}
	why := map[int]string{}
	for _, f := range e.exact.primary {
		if why[f.Cell] == "" {
			why[f.Cell] = f.Why
		}
	}
	vectors := map[int][]int64{}
	for _, c := range e.exact.cells {
		vectors[c.Index] = c.Vectors
	}
	for c := range e.exact.table.Cells {
		cell := &e.exact.table.Cells[c]
		n := int64(cell.Units.GetCardinality())
		view := CellView{Cell: c, Keys: e.keys(c), Units: n, Badge: "shown", Why: why[c], Vectors: vectors[c]}
		switch {
		case e.exact.table.Structural[c]:
			view.Badge = "structural"
		case slices.Contains(e.exact.struck, c):
			view.Badge = "redacted"
		case view.Why != "":
			view.Badge = "primary"
		case e.exact.hidden[c]:
			view.Badge = "secondary"
		}
		var top, two int64
		for _, m := range cell.Measures {
			if m.Total > 0 {
				top, two = max(top, m.First*1000/m.Total), max(two, (m.First+m.Second)*1000/m.Total)
			}
		}
		if top > 0 {
			view.Top, view.TopTwo = percent(top), percent(two)
		}
		v.Histogram[bin(n)]++
		v.Cells = append(v.Cells, view)
	}
	_, overlaps := e.exact.differences(e.rules.exact.MinUnits)
	v.Overlaps = append(v.Overlaps, overlaps...)
	return v
}

func (e *evidence) keys(c int) []string {
	out := []string{}
	for i, v := range e.model.Cell(c) {
		text := v.Text()
		if k := &e.model.Root.Keys[i]; v.IsNull() {
			text = "(空)"
		} else if at := slices.Index(k.Domain, v); at >= 0 && at < len(k.Labels) && k.Labels[at] != "" {
			text = k.Labels[at]
		}
		out = append(out, text)
	}
	return out
}

func bin(n int64) int {
	for i, upper := range []int64{1, 10, 20, 50, 100} {
		if n < upper {
			return i
		}
	}
	return 5
}
