package querytest

import (
	"bytes"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"yunei/internal/core/query"
	"yunei/internal/core/query/guard"
	"yunei/internal/core/query/interp"
	"yunei/internal/core/query/render"
)

// FuzzCompile: whatever the guard lets through decodes to itself, passes its own checks again, reads only columns that
// the catalog offers, and runs in the interpreter on any rows. Whatever it refuses has words and lies inside the text.
func FuzzCompile(f *testing.F) {
	cases, err := Cases()
	if err != nil {
		f.Fatal(err)
	}
	for i, c := range cases {
		f.Add(c.Text, uint8(i))
	}
	guard.WarmUp() // loading the grammar counts against no text
	classes := []query.Class{query.A, query.B, query.O}
	data := tame(People(11, 12))
	f.Fuzz(func(t *testing.T, text string, class uint8) {
		m, refusals := guard.Compile(text, classes[int(class)%len(classes)], City())
		if (m == nil) != (len(refusals) > 0) {
			t.Fatalf("model %v with %d refusals", m != nil, len(refusals))
		}
		for _, r := range refusals {
			if r.Zh == "" || r.En == "" || r.Hint == "" || r.Start < 0 || r.End < r.Start || r.End > len(text) {
				t.Fatalf("refusal %+v of a text of %d bytes", r, len(text))
			}
		}
		if m != nil {
			holds(t, m, data)
		}
	})
}

// holds checks what must be true of every accepted model.
func holds(t *testing.T, m *query.Model, data interp.Data) {
	t.Helper()
	again, err := query.Decode(m.Canonical())
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(again.Canonical(), m.Canonical()) || again.Hash() != m.Hash() || again.Question() != m.Question() {
		t.Fatal("decoding changed the model")
	}
	if _, refusals := guard.Recheck(again, City()); len(refusals) > 0 {
		t.Fatalf("refused on the second look: %+v", refusals)
	}
	city := City()
	for _, ref := range m.Tables {
		table, ok := city.Table(ref.Name)
		if !ok {
			t.Fatalf("reads %s, which is not in the catalog", ref.Name)
		}
		for _, c := range ref.Columns {
			if col, ok := table.Column(c.Name); !ok || col.Role == query.Never || len(c.Uses) == 0 {
				t.Fatalf("reads %s.%s, which it may not", ref.Name, c.Name)
			}
		}
	}
	program, err := interp.Compile(m)
	if err != nil {
		t.Fatal(err)
	}
	renders(t, m, again)
	if why := readsBack(m); why != "" {
		t.Fatal(why)
	}
	switch m.Class {
	case query.A:
		_, err = program.Aggregate(data, interp.SaltedChoice("x"))
	case query.O:
		_, err = program.Rows(data)
	case query.B:
		for _, who := range []string{"s0001", "s0002", "nobody"} {
			var a interp.Answer
			if a, err = program.Subject(who, own(data, who)); err != nil {
				break
			}
			if len(a.Values) != len(m.Outputs) {
				t.Fatalf("%d values for %d outputs", len(a.Values), len(m.Outputs))
			}
		}
	}
	if err != nil {
		t.Fatalf("an accepted model failed on rows: %v", err)
	}
}

// renders holds that a model and its decoded copy are one statement of the closed words, the same at every rendering.
func renders(t *testing.T, m, again *query.Model) {
	t.Helper()
	opt := render.Options{Salt: "5a17", Subject: "s0001", Words: func(string, string) []string { return []string{"N", "W"} }}
	first, err := render.Model(m, opt)
	if err != nil {
		t.Fatalf("an accepted model is not rendered: %v", err)
	}
	second, err := render.Model(again, opt)
	if err != nil || second.SQL != first.SQL || !reflect.DeepEqual(second.Params, first.Params) {
		t.Fatalf("rendered twice:\n%s %v\n%s %v\n%v", first.SQL, first.Params, second.SQL, second.Params, err)
	}
}

// FuzzDecode: bytes that decode are the bytes that would be signed; checks and renderer stand whatever they hold, and what
// is rendered holds no text of the model outside of quoted names.
func FuzzDecode(f *testing.F) {
	cases, err := Cases()
	if err != nil {
		f.Fatal(err)
	}
	guard.WarmUp()
	for _, c := range cases {
		if m, _ := guard.Compile(c.Text, c.Class, City()); m != nil {
			f.Add(m.Canonical())
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := query.Decode(data)
		if err != nil {
			return
		}
		if !bytes.Equal(m.Canonical(), data) {
			t.Fatal("decoding changed the bytes")
		}
		_, refusals := guard.Recheck(m, City())
		s, err := render.Model(m, render.Options{Salt: "5a17", Subject: "s0001", Words: func(string, string) []string { return []string{"N"} }})
		if len(refusals) == 0 && m.Class == query.A && err != nil {
			t.Fatalf("passes the checks and is not rendered: %v", err)
		}
		if err == nil && strings.ContainsAny(named.ReplaceAllString(s.SQL, ""), ";\\#{}[]") {
			t.Fatalf("rendered to %s", s.SQL)
		}
	})
}

var named = regexp.MustCompile(`"(?:[^"]|"")*"`)

// tame keeps what collection promises: codes of the list, NULL only where declared, as many rows per person as the
// policy says. Bounds are not tamed; the guard does not rely on them.
func tame(data interp.Data) interp.Data {
	city := City()
	out := interp.Data{}
	for i := range city.Tables {
		t := &city.Tables[i]
		rows := interp.Rows{Columns: data[t.Name].Columns}
		have := map[string]int{}
		for _, row := range data[t.Name].Rows {
			key := ""
			if t.Private() {
				key = row[slices.Index(rows.Columns, t.SubjectKey)].S
				have[key]++
			}
			if (!t.Private() || key != "" && have[key] <= t.MaxRowsPerSubject) && listed(t, row) {
				rows.Rows = append(rows.Rows, row)
			}
		}
		out[t.Name] = rows
	}
	return out
}

func listed(t *query.Table, row []query.Value) bool {
	for i := range t.Columns {
		c := &t.Columns[i]
		in := slices.ContainsFunc(c.Domain, func(code query.Code) bool { return code.Value == row[i].Text() })
		if len(c.Domain) > 0 && !row[i].IsNull() && !in {
			return false
		}
	}
	return true
}

// own is the rows of one subject, as the subject store hands them over.
func own(data interp.Data, sid string) interp.Data {
	out := interp.Data{}
	for name, rows := range data {
		at := slices.Index(rows.Columns, "sid")
		kept := interp.Rows{Columns: rows.Columns}
		for _, row := range rows.Rows {
			if at >= 0 && row[at].S == sid {
				kept.Rows = append(kept.Rows, row)
			}
		}
		out[name] = kept
	}
	return out
}

// TestHolds runs what FuzzCompile checks over every accepted case, with more rows.
func TestHolds(t *testing.T) {
	cases, err := Cases()
	if err != nil {
		t.Fatal(err)
	}
	data := tame(People(5, 200))
	for _, c := range cases {
		if m, _ := guard.Compile(c.Text, c.Class, City()); m != nil {
			holds(t, m, data)
		}
	}
}
