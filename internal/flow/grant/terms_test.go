package grant

import "testing"

// What a party wrote is never read as a place in the text; a paragraph whose words are missing falls away and its clause is
// still asked for; words without a place stand at the end.
func TestCompose(t *testing.T) {
	const template = "协议\n{#liability}一、违约责任: {clause.liability}。\n{#mode}二、授权方式: 平台内使用。\n三、{fields}, 至 {until}。\n"
	want := func(id string) Clause { return Clause{ID: id, Title: "款" + id, Needs: true} }
	for _, c := range []struct {
		name    string
		wording map[string]string
		text    string
		missing int
	}{
		{"nothing worded", nil, "协议\n二、授权方式: 平台内使用。\n三、等级, 至 2026-01-01。", 2},
		{"a place in a wording", map[string]string{"liability": "见 {fields} 和 {clause.charge}", "charge": "每次 1 元"},
			"协议\n一、违约责任: 见 {fields} 和 {clause.charge}。\n二、授权方式: 平台内使用。\n三、等级, 至 2026-01-01。\n款charge: 每次 1 元。", 0},
		{"blank words", map[string]string{"liability": "  ", "charge": " "}, "协议\n二、授权方式: 平台内使用。\n三、等级, 至 2026-01-01。", 2},
	} {
		text, clauses := compose(template, []Clause{want("scope"), want("term"), want("mode"), want("liability"), want("charge")}, c.wording,
			[]string{"{fields}", "等级", "{until}", "2026-01-01"})
		if text != c.text {
			t.Errorf("%s: text %q, want %q", c.name, text, c.text)
		}
		if n := len(Agreement{Clauses: clauses}.missing()); n != c.missing {
			t.Errorf("%s: missing %v, want %d", c.name, Agreement{Clauses: clauses}.missing(), c.missing)
		}
	}
}
