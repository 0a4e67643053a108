package querytest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"yunei/internal/core/query"
	"yunei/internal/core/query/guard"
	"yunei/internal/core/query/interp"
)

// Engine is an executor under test, loaded with rows.
type Engine interface {
	// Aggregate gives the exact cells of a class A model, before noise: every cell of the public domain in order of
	// index, vectors as in interp.Cell. Units choose their cells by interp.SaltedChoice(salt).
	Aggregate(m *query.Model, salt string) ([]interp.Cell, error)
	// Parts gives what each unit adds to each cell of the exact table of a class A model, in order of cell and unit. Counts
	// are given for centered sums only.
	Parts(m *query.Model) ([]interp.Part, error)
	// Rows gives the rows of a class O model in the order of the table, with its HAVING, ORDER BY and LIMIT.
	Rows(m *query.Model) ([][]query.Value, error)
}

// randomTexts is how many random texts an engine answers beside those of testdata.
const randomTexts = 60

// Run holds that an engine answers every accepted case of testdata, and random texts, as the interpreter does.
// exceptions names cases ("file:line") the engine cannot run, each with the reason.
func Run(t *testing.T, newEngine func(t *testing.T, data interp.Data) Engine, exceptions map[string]string) {
	cases, err := Cases()
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{0, 1, 60, 400} {
		data := People(uint64(size)+1, size)
		engine := newEngine(t, data)
		for _, c := range cases {
			name := fmt.Sprintf("%s:%d", strings.TrimPrefix(c.File, "testdata/"), c.Line)
			if c.Code != "" || c.Class.Own() {
				continue
			}
			t.Run(fmt.Sprintf("%d people/%s", size, name), func(t *testing.T) {
				if why := exceptions[name]; why != "" {
					t.Skip(why)
				}
				m, refusals := guard.Compile(c.Text, c.Class, City())
				if m == nil {
					t.Fatalf("refused: %+v", refusals)
				}
				compare(t, engine, m, data)
			})
		}
	}
	RunRandom(t, newEngine, 0, randomTexts)
}

// RunRandom holds the same for random texts from seed on; a longer run at night uses other seeds.
func RunRandom(t *testing.T, newEngine func(t *testing.T, data interp.Data) Engine, seed uint64, n int) {
	data := People(seed+77, 80)
	engine := newEngine(t, data)
	for i := range uint64(n) {
		class, text := Random(seed + i)
		m, _ := guard.Compile(text, class, City())
		if m == nil || class.Own() {
			continue
		}
		t.Run(fmt.Sprintf("random %d", seed+i), func(t *testing.T) {
			compare(t, engine, m, data)
			if t.Failed() {
				t.Log(text)
			}
		})
	}
}

func compare(t *testing.T, engine Engine, m *query.Model, data interp.Data) {
	t.Helper()
	program, err := interp.Compile(m)
	if err != nil {
		t.Fatal(err)
	}
	if m.Class == query.O {
		want, err := program.Rows(data)
		if err != nil {
			t.Fatal(err)
		}
		got, err := engine.Rows(m)
		if err != nil {
			t.Fatal(err)
		}
		if m.Root.Op == query.RelGroup { // groups come in no order of their own
			slices.SortFunc(want, compareRows)
			slices.SortFunc(got, compareRows)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("rows differ (-interpreter +engine):\n%s", diff)
		}
		return
	}
	const salt = "5a17"
	want, err := program.Aggregate(data, interp.SaltedChoice(salt))
	if err != nil {
		t.Fatal(err)
	}
	got, err := engine.Aggregate(m, salt)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("cells differ (-interpreter +engine):\n%s\n%s", diff, m.Canonical())
	}
	if len(m.Selects()) > 0 || m.Root.Bins || m.Fit != nil {
		return // no exact table has a private domain, a histogram or a fit
	}
	exact, err := program.Parts(data)
	if err != nil {
		t.Fatal(err)
	}
	parts, err := engine.Parts(m)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range exact {
		for i := range p.Counts {
			if m.Root.Aggs[i].Center == 0 {
				p.Counts[i] = 0
			}
		}
	}
	if diff := cmp.Diff(exact, parts, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("exact parts differ (-interpreter +engine):\n%s\n%s", diff, m.Canonical())
	}
}

func compareRows(a, b []query.Value) int {
	return slices.CompareFunc(a, b, query.Value.Compare)
}
