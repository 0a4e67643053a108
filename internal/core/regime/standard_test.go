package regime_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yunei/internal/core/regime"
)

// standardOf is a standard with one check per condition, about entries.
func standardOf(conditions ...string) string {
	var b strings.Builder
	b.WriteString("id: s-1\ntitle: 标准\nedition: V1\nfrom: 2025-01-01\nsource: 测试\nchecks:\n")
	for i, c := range conditions {
		fmt.Fprintf(&b, "  - {id: c%d, about: entry, clause: \"%d\", title: 要求, check: '%s', remedy: 请补填}\n", i, i, c)
	}
	return b.String()
}

// A condition without an answer for one entry is found against that entry; the others are looked at, and so is the next entry.
func TestTested_Unclear(t *testing.T) {
	law := loadQuanzhou(t)
	spec, problems := law.ReadStandard([]byte(standardOf(
		`entry.keywords[0] != ""`,
		`100 / size(entry.keywords) > 0`,
		strings.Repeat(`entry.keywords.all(k, entry.keywords.all(l, entry.keywords.all(m, k + l + m != ""))) && `, 3)+`true`,
		`entry.update_cycle != ""`,
		`workdaysBetween("0001-01-01", "9999-12-31") > 0`)))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	ready, err := law.Ready(spec)
	if err != nil {
		t.Fatal(err)
	}
	many := strings.Split(strings.Repeat("词 ", 60), " ")
	for _, c := range []struct {
		name     string
		keywords []string
		cycle    string
		want     []string
	}{
		{"no keywords", []string{}, "", []string{"c0 unclear", "c1 unclear", "c3"}},
		{"too many for the cost of a check", many, "daily", []string{"c2 unclear"}},
		{"all met", []string{"海洋"}, "daily", nil},
	} {
		unmet, err := ready.Against(t.Context(), "entry", tried, map[string]any{"entry.keywords": c.keywords, "entry.update_cycle": c.cycle})
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		var got []string
		for _, u := range unmet {
			word := u.ID
			if u.Unclear {
				word += " unclear"
			}
			got = append(got, word)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := ready.Against(gone, "entry", tried, nil); err == nil {
		t.Error("a request that is gone still makes a report")
	}
}

func TestReadStandard_Bound(t *testing.T) {
	law := loadQuanzhou(t)
	conditions := make([]string, 201)
	for i := range conditions {
		conditions[i] = `entry.update_cycle != ""`
	}
	if _, problems := law.ReadStandard([]byte(standardOf(conditions[:200]...))); len(problems) > 0 {
		t.Errorf("200 checks: %v", problems)
	}
	_, problems := law.ReadStandard([]byte(standardOf(conditions...)))
	if want := (regime.Problem{File: "standard.yaml", Line: 6, Message: "标准有 201 个检查项, 最多 200 个", Hint: "请拆成几项标准"}); len(problems) != 1 || problems[0] != want {
		t.Errorf("201 checks: %+v, want %+v", problems, want)
	}
}
