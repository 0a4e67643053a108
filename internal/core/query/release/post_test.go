package release

import (
	"slices"
	"testing"

	"yunei/internal/core/query"
)

// HAVING, ORDER BY and LIMIT see shown values only: a hidden one is missing to a condition and last in either direction.
func TestPostProcess(t *testing.T) {
	number := query.Type{Kind: query.Int}
	row := func(cell int, n int64, hidden bool) Row {
		return Row{Cell: cell, Fields: []Field{{Value: query.IntValue(n), Hidden: hidden}}}
	}
	rows := []Row{row(0, 5, false), row(1, 99, true), row(2, 7, false), row(3, 5, false), row(4, 1, false)}
	one, two := 1, 2
	least := query.Expr{Op: query.OpGe, Type: query.Type{Kind: query.Bool}, Args: []query.Expr{query.Col(0, number), query.Lit(query.IntValue(5))}}
	for name, c := range map[string]struct {
		post *query.Post
		want []int
	}{
		"nothing":    {nil, []int{0, 1, 2, 3, 4}},
		"ascending":  {&query.Post{Order: []query.Order{{Output: 0}}}, []int{4, 0, 3, 2, 1}},
		"descending": {&query.Post{Order: []query.Order{{Output: 0, Desc: true}}}, []int{2, 0, 3, 4, 1}},
		"having":     {&query.Post{Having: &least}, []int{0, 2, 3}},
		"page":       {&query.Post{Order: []query.Order{{Output: 0}}, Offset: 1, Limit: &two}, []int{0, 3}},
		"past end":   {&query.Post{Offset: 9, Limit: &one}, []int{}},
	} {
		got, err := postProcess(c.post, slices.Clone(rows))
		if err != nil {
			t.Fatal(err)
		}
		cells := []int{}
		for _, r := range got {
			cells = append(cells, r.Cell)
		}
		if !slices.Equal(cells, c.want) {
			t.Errorf("%s: cells %v, want %v", name, cells, c.want)
		}
	}
}
