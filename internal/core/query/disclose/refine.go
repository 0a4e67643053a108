package disclose

import (
	"encoding/json"
	"slices"
	"strings"

	"yunei/internal/core/query"
)

// Known is what a recipient group can tell apart in one field: a partition of the
// field's values that only ever gets finer.
type Known struct {
	Cuts   []int64        `json:"cuts,omitempty"`   // union of all cut points asked, ascending
	Groups [][]string     `json:"groups,omitempty"` // common refinement of all groupings asked
	Nil    bool           `json:"nil,omitempty"`    // NULL or "no record" was told apart
	Mixed  map[string]int `json:"mixed,omitempty"`  // outputs over several fields: their number of values
}

// Add refines by what one output tells about the field. Outputs over several fields are
// named, so that the same question counts once.
func (k *Known) Add(name string, f *query.FieldCells) {
	k.Nil = k.Nil || f.TellNil
	if !f.Alone {
		if k.Mixed == nil {
			k.Mixed = map[string]int{}
		}
		k.Mixed[name] = max(k.Mixed[name], f.Cells)
		return
	}
	if len(f.Cuts) > 0 {
		k.Cuts = append(slices.Clone(k.Cuts), f.Cuts...)
		slices.Sort(k.Cuts)
		k.Cuts = slices.Compact(k.Cuts)
	}
	if len(f.Groups) > 0 {
		k.Groups = refine(k.Groups, f.Groups)
	}
	if len(f.Cuts) == 0 && len(f.Groups) == 0 && f.Cells > tellNil(f.TellNil)+1 {
		// A cut set that says how many values it tells apart but not which ones.
		alone := *f
		alone.Alone = false
		k.Add(name, &alone)
	}
}

// join refines by all that another knowledge of the field tells apart.
func (k *Known) join(o Known) {
	k.Nil = k.Nil || o.Nil
	k.Cuts = append(slices.Clone(k.Cuts), o.Cuts...)
	slices.Sort(k.Cuts)
	k.Cuts = slices.Compact(k.Cuts)
	if len(o.Groups) > 0 {
		k.Groups = refine(k.Groups, o.Groups)
	}
	for name, n := range o.Mixed {
		if k.Mixed == nil {
			k.Mixed = map[string]int{}
		}
		k.Mixed[name] = max(k.Mixed[name], n)
	}
}

func tellNil(b bool) int {
	if b {
		return 1
	}
	return 0
}

// refine is the common refinement of two partitions of one code list. A value that a
// partition does not name is in its unnamed rest.
func refine(a, b [][]string) [][]string {
	if len(a) == 0 {
		a = [][]string{nil}
	}
	place := func(p [][]string) map[string]int {
		at := map[string]int{}
		for i, group := range p {
			for _, v := range group {
				at[v] = i + 1
			}
		}
		return at
	}
	left, right := place(a), place(b)
	var values []string
	for v := range left {
		values = append(values, v)
	}
	for v := range right {
		if _, both := left[v]; !both {
			values = append(values, v)
		}
	}
	slices.Sort(values)
	at := map[[2]int]int{}
	var out [][]string
	for _, v := range values {
		key := [2]int{left[v], right[v]}
		i, ok := at[key]
		if !ok {
			i = len(out)
			at[key] = i
			out = append(out, nil)
		}
		out[i] = append(out[i], v)
	}
	return out
}

// Cells is how many values can be told apart: intervals times groups (a field has one of
// the two) plus NULL, times every output that mixes this field with others.
func (k *Known) Cells() int {
	n := len(k.Cuts) + 1
	if len(k.Groups) > 0 {
		n = times(n, len(k.Groups))
	}
	n += tellNil(k.Nil)
	for _, m := range k.Mixed {
		n = times(n, m)
	}
	return n
}

// times stops far beyond any cap instead of overflowing.
func times(a, b int) int {
	const enough = 1 << 30
	if a > enough/max(b, 1) {
		return enough
	}
	return a * b
}

func (k *Known) text() string { return mustJSON(k) } // map keys are sorted: the same knowledge is the same text

func known(body string) (Known, error) {
	var k Known
	return k, json.Unmarshal([]byte(body), &k)
}

// fieldName names an output's contribution: the same question of the same model is the
// same name.
func fieldName(question, output string) string { return strings.Join([]string{question, output}, "/") }

func fieldCells(body string) (query.FieldCells, error) {
	var f query.FieldCells
	return f, json.Unmarshal([]byte(body), &f)
}
