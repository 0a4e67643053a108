package standard

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"yunei/internal/core/regime"
	"yunei/internal/flow/catalog"
)

// Mended is what was looked at again and found well; an entry that is no longer published left with its faults.
func TestReport_Compare(t *testing.T) {
	former := Report{ID: "cfr_1", Deviations: []Deviation{{Check: "code", Entry: "mended"}, {Check: "code", Entry: "gone"}, {Check: "code", Entry: "stays"}, {Check: "page"}}}
	now := Report{Deviations: []Deviation{{Check: "code", Entry: "stays"}, {Check: "cycle", Entry: "stays"}}}
	now.compare(former, map[string]bool{"": true, "mended": true, "stays": true})
	want := Report{Former: "cfr_1", Deviations: []Deviation{{Check: "code", Entry: "stays"}, {Check: "cycle", Entry: "stays", New: true}},
		Resolved: []Deviation{{Check: "code", Entry: "mended"}, {Check: "page"}}}
	if diff := cmp.Diff(want, now); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestReport_Unclear(t *testing.T) {
	var r Report
	test := regime.StandardTest{ID: "code", Remedy: "请编码"}
	r.add([]regime.Unmet{{StandardTest: test}, {StandardTest: test, Unclear: true}}, catalog.Entry{ID: "ent_1"})
	for i, want := range []string{"请编码", "无法检查: 条件在这个对象上算不出来, 请改写标准的这一项"} {
		if got := r.Deviations[i].Remedy; got != want {
			t.Errorf("remedy %q, want %q", got, want)
		}
	}
}
