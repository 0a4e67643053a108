package matter

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"yunei/internal/core/access"
)

// TestDraw_repeatable recomputes a draw from what stands in the matter, as an objector would.
func TestDraw_repeatable(t *testing.T) {
	m := &Matter{ID: "mat_1", Applicant: "org_bank", Steps: []Step{
		{ID: "opinion", Title: "征求意见", Role: "data-provider", Addressed: []string{access.OrgAddress("org_finance", access.Holder)}},
		{ID: "experts", Title: "评估", Role: "expert", Seats: 3},
	}}
	var pool []access.Account
	for i := range 9 {
		pool = append(pool, access.Account{ID: fmt.Sprintf("acc_%d", i), Roles: []access.Role{access.Expert}})
	}
	pool[2].Org, pool[5].Org = "org_bank", "org_finance"
	why := func(a access.Account) string { return m.conflict(&m.Steps[1], a.ID, a.Org) }
	d := Draw{Seed: "mat_1 experts", Seats: 3, Candidates: draw("mat_1 experts", pool, why)}
	slices.Reverse(pool)
	if again := draw(d.Seed, pool, why); !reflect.DeepEqual(again, d.Candidates) {
		t.Errorf("drawn again from the same pool in another order: %v, want %v", again, d.Candidates)
	}
	if !slices.IsSortedFunc(d.Candidates, func(a, b Candidate) int {
		return slices.Compare([]byte(Lot(d.Seed, a.Account)), []byte(Lot(d.Seed, b.Account)))
	}) {
		t.Error("the candidates do not stand in the order of their lots")
	}
	for _, id := range []string{"acc_2", "acc_5"} {
		if c := d.find(id); c.Excluded == "" || slices.Contains(d.seated(), access.AccountAddress(id)) {
			t.Errorf("%s has a conflict of interest and sits", id)
		}
	}
	if len(d.seated()) != 3 {
		t.Errorf("%d sit, want 3", len(d.seated()))
	}
	if reflect.DeepEqual(draw("mat_2 experts", pool, why), d.Candidates) {
		t.Error("another matter draws the same order")
	}
}

// The lot decides, but who brings a field that nobody seated has comes first (舟山 二(一)2).
func TestDraw_Cover(t *testing.T) {
	d := Draw{Seats: 2, Cover: []string{"legal", "security"}, Candidates: []Candidate{
		{Account: "a", Fields: []string{"industry"}}, {Account: "b", Fields: []string{"legal"}}, {Account: "c", Fields: []string{"security"}, Excluded: "回避"},
		{Account: "d", Fields: []string{"security"}},
	}}
	if got, want := d.seated(), []string{access.AccountAddress("b"), access.AccountAddress("d")}; !slices.Equal(got, want) || d.uncovered() != "" {
		t.Errorf("seated %v without %q, want %v", got, d.uncovered(), want)
	}
	d.Candidates[3].Excluded = "不在专家组确认的名单中"
	if d.uncovered() != "security" {
		t.Errorf("uncovered %q, want security", d.uncovered())
	}
	d.Cover = nil
	if got, want := d.seated(), []string{access.AccountAddress("a"), access.AccountAddress("b")}; !slices.Equal(got, want) {
		t.Errorf("without a cover %v, want the drawn order %v", got, want)
	}
}
