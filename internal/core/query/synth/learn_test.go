package synth

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"yunei/internal/core/query"
	"yunei/internal/core/query/interp"
	"yunei/internal/core/query/noise"
	"yunei/internal/core/query/release"
	"yunei/internal/core/query/snapshot"
)

const (
	rhoS1 release.Rho = 10_000_000_000
	rhoS2 release.Rho = 50_000_000_000
	minK              = 10
)

var people = query.Table{Name: "people", Title: "人口", Resource: "res_p", SchemaVersion: 1, UnitKind: "person", SubjectKey: "sid", MaxRowsPerSubject: 1,
	Columns: []query.Column{key(), coded("region", "a", "b", "c", "d"), coded("work", "1", "2", "3"), bounded("age", 0, 99), free("note")}}

var visits = query.Table{Name: "visits", Title: "就诊", Resource: "res_v", SchemaVersion: 2, UnitKind: "person", SubjectKey: "sid", MaxRowsPerSubject: 4, Unique: []string{"no"},
	Columns: []query.Column{key(), coded("kind", "in", "out"), coded("drug", "x", "y", "z"), {Name: "no", Type: intType, Role: query.FilterOnly, Lo: at(1), Hi: at(9), Uses: []query.Use{query.AfterCompare}}}}

func at(n int64) *int64 { return &n }

func key() query.Column {
	return query.Column{Name: "sid", Type: query.Type{Kind: query.Text}, Role: query.SubjectKey, Uses: []query.Use{query.AfterJoin}}
}

func coded(name string, codes ...string) query.Column {
	c := query.Column{Name: name, Type: query.Type{Kind: query.Text}, Role: query.Dimension, Uses: query.DefaultUses(query.Dimension)}
	for _, v := range codes {
		c.Domain = append(c.Domain, query.Code{Value: v})
	}
	return c
}

func bounded(name string, lo, hi int64) query.Column {
	return query.Column{Name: name, Type: intType, Null: true, Role: query.Measure, Lo: &lo, Hi: &hi, Uses: query.DefaultUses(query.Measure)}
}

func free(name string) query.Column {
	return query.Column{Name: name, Type: query.Type{Kind: query.Text}, Null: true, Role: query.Never}
}

// town is made-up people whose work depends on the region, age on the work, visits on the age, and drug on the kind.
func town(n int) interp.Data {
	r := rand.New(rand.NewPCG(1, 2))
	out := interp.Data{"people": {Columns: []string{"sid", "region", "work", "age", "note"}}, "visits": {Columns: []string{"sid", "kind", "drug", "no"}}}
	p, v := out["people"], out["visits"]
	for i := range n {
		sid := query.TextValue(fmt.Sprintf("%08d", i))
		region := r.IntN(4)
		work := (region + r.IntN(2)) % 3
		age := query.IntValue(int64(20 + 20*work + r.IntN(20)))
		if r.IntN(50) == 0 {
			age = query.Null
		}
		p.Rows = append(p.Rows, []query.Value{sid, query.TextValue("abcd"[region : region+1]), query.TextValue("123"[work : work+1]), age, query.TextValue("秘密")})
		for j := range min(work+r.IntN(3), 4) {
			kind, drug := "out", "xy"[r.IntN(2)]
			if work == 2 && r.IntN(4) > 0 {
				kind, drug = "in", 'z'
			}
			v.Rows = append(v.Rows, []query.Value{sid, query.TextValue(kind), query.TextValue(string(drug)), query.IntValue(int64(j + 1))})
		}
	}
	out["people"], out["visits"] = p, v
	return out
}

// exactly answers with the interpreter.
func exactly(data interp.Data) Count {
	return func(_ context.Context, m *query.Model) ([]release.Exact, error) {
		p, err := interp.Compile(m)
		if err != nil {
			return nil, err
		}
		cells, err := p.Aggregate(data, nil)
		out := make([]release.Exact, len(cells))
		for i, c := range cells {
			out[i] = release.Exact{Index: c.Index, Units: c.Units, Vectors: c.Vectors}
		}
		return out, err
	}
}

func profile(t *testing.T, data interp.Data, tables ...query.Table) (*Set, []Exact) {
	t.Helper()
	s, err := NewSpec(tables...)
	must(t, err)
	plan, err := s.ProfilePlan(rhoS1, minK)
	must(t, err)
	set, exact, err := s.Profile(t.Context(), plan, exactly(data), noise.New())
	must(t, err)
	return set, exact
}

func tree(t *testing.T, data interp.Data, tables ...query.Table) (*Set, []Exact) {
	t.Helper()
	var profiles []*Set
	for _, table := range tables {
		p, _ := profile(t, data, table)
		profiles = append(profiles, p)
	}
	s, err := NewSpec(tables...)
	must(t, err)
	plan, err := s.TreePlan(rhoS2, minK)
	must(t, err)
	set, exact, err := s.Tree(t.Context(), profiles, plan, exactly(data), noise.New())
	must(t, err)
	return set, exact
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// stored reads a set back as it is kept.
func stored(t *testing.T, set *Set) *Sampler {
	t.Helper()
	body, err := json.Marshal(set)
	must(t, err)
	var back Set
	must(t, json.Unmarshal(body, &back))
	s, err := NewSampler(&back)
	must(t, err)
	return s
}

// TestTree: a set learned from 20,000 people keeps histograms and the pairs on its tree; a set of independent columns
// keeps histograms only.
func TestTree(t *testing.T) {
	data := town(20_000)
	for _, c := range []struct {
		name   string
		tables []query.Table
	}{{"one row a subject", []query.Table{people}}, {"several rows", []query.Table{visits}}, {"parent and child", []query.Table{people, visits}}} {
		t.Run(c.name, func(t *testing.T) {
			set, exact := tree(t, data, c.tables...)
			s := stored(t, set)
			if want := len(s.spec.steps()); len(set.Marginals) != want+len(s.spec.nodes) {
				t.Fatalf("%d histograms of %d nodes and %d edges", len(set.Marginals), len(s.spec.nodes), want)
			}
			f := s.Judge(exact, View{}, View{})
			if f.OneWay > maxOneWay || f.TwoWay > maxTwoWay || len(f.Rare) > 0 {
				t.Errorf("distances %.3f, %.3f and rare values %v; want at most %.2f, %.2f and none", f.OneWay, f.TwoWay, f.Rare, maxOneWay, maxTwoWay)
			}
			if f.Accepted() {
				t.Error("accepted without anybody to attack")
			}
			t.Logf("1-way %.4f, 2-way %.4f", f.OneWay, f.TwoWay)
		})
	}
	set, _ := tree(t, data, people)
	alone, _ := profile(t, data, people)
	spec, err := NewSpec(people)
	must(t, err)
	e, err := spec.count(t.Context(), exactly(data), 0, 1)
	must(t, err)
	s1, s2 := stored(t, alone), stored(t, set)
	if a, b := s1.distance(e, s1.units(judgedRows)), s2.distance(e, s2.units(judgedRows)); a < 0.2 || b > 0.05 {
		t.Errorf("work given region is off by %.3f in S1 and %.3f in S2; want much and little", a, b)
	}
}

// TestSampler_Rows: the rows have the schema of the data, obey the policy, and hold nothing of a column outside it.
func TestSampler_Rows(t *testing.T) {
	data := town(5_000)
	set, _ := tree(t, data, people, visits)
	out := stored(t, set).Rows(3_000, nil)
	if d := cmp.Diff(out, stored(t, set).Rows(3_000, nil)); d != "" {
		t.Fatalf("the same set gives other rows:\n%s", d)
	}
	known, seen := map[string]bool{}, map[string]int{}
	for _, row := range out["people"].Rows {
		if known[row[0].S] {
			t.Fatalf("two rows of one subject in the parent")
		}
		known[row[0].S] = true
		if row[4].S == "秘密" {
			t.Fatal("a text of the data is in the sample")
		}
	}
	no := map[string]bool{}
	for _, row := range out["visits"].Rows {
		id := row[0].S + row[3].Text()
		if !known[row[0].S] || no[id] {
			t.Fatalf("a child without a parent, or two rows with the number %s", row[3].Text())
		}
		no[id] = true
		seen[row[0].S]++
	}
	for sid, n := range seen {
		if n > visits.MaxRowsPerSubject {
			t.Fatalf("%s has %d rows", sid, n)
		}
	}
	if len(out["visits"].Rows) < 3_000 || len(seen) >= len(known) {
		t.Errorf("%d rows of %d subjects of %d, want 3,000 and some subjects without any", len(out["visits"].Rows), len(seen), len(known))
	}
	for _, table := range []query.Table{people, visits} {
		must(t, snapshot.Write(filepath.Join(t.TempDir(), "x.parquet"), &table, out[table.Name].Rows))
	}
	// the same model on both
	spec, err := NewSpec(people, visits)
	must(t, err)
	for i := range spec.nodes {
		for _, d := range []interp.Data{data, out} {
			if _, err := spec.count(t.Context(), exactly(d), i); err != nil {
				t.Errorf("column %s: %v", spec.nodes[i].name, err)
			}
		}
	}
}

// TestSensitivity: whoever is taken out, no histogram and no score moves by more than the plan is charged for.
func TestSensitivity(t *testing.T) {
	specs := [][]query.Table{{people}, {visits}, {people, visits}}
	full := town(200)
	singles := make([][]Marginal, len(specs))
	for i, tables := range specs {
		set, _ := tree(t, full, tables...)
		s, err := NewSpec(tables...)
		must(t, err)
		singles[i] = set.Marginals[:len(s.nodes)]
	}
	rapid.Check(t, func(rt *rapid.T) {
		which := rapid.IntRange(0, len(specs)-1).Draw(rt, "spec")
		s, err := NewSpec(specs[which]...)
		must(t, err)
		out := query.TextValue(fmt.Sprintf("%08d", rapid.IntRange(0, 199).Draw(rt, "person"))).S
		less := interp.Data{}
		for name, rows := range full {
			kept := interp.Rows{Columns: rows.Columns}
			for _, row := range rows.Rows {
				if row[0].S != out {
					kept.Rows = append(kept.Rows, row)
				}
			}
			less[name] = kept
		}
		c := chooser{spec: s, singles: singles[which]}
		for i := range s.nodes {
			for j := range i + 1 {
				nodes := []int{j, i}
				if i == j {
					nodes = []int{i}
				} else if !s.pairable(j, i) {
					continue
				}
				a, err := s.count(t.Context(), exactly(full), nodes...)
				must(t, err)
				b, err := s.count(t.Context(), exactly(less), nodes...)
				must(t, err)
				square := 0.0
				for k := range a.Rows {
					square += float64((a.Rows[k] - b.Rows[k]) * (a.Rows[k] - b.Rows[k]))
				}
				most := float64(s.most(nodes...))
				if moved := math.Sqrt(square); moved > most {
					rt.Errorf("nodes %v move by %.2f, charged for %.0f", nodes, moved, most)
				}
				if i != j {
					if moved := math.Abs(float64(c.score(a) - c.score(b))); moved > most {
						rt.Errorf("the score of %v moves by %.0f, charged for %.0f", nodes, moved, most)
					}
				}
			}
		}
	})
}

// TestPlan: a plan costs what was asked at most and not much less, and its mechanism recomputes to the same.
func TestPlan(t *testing.T) {
	for _, tables := range [][]query.Table{{people}, {visits}, {people, visits}} {
		s, err := NewSpec(tables...)
		must(t, err)
		one, err := s.ProfilePlan(rhoS1, minK)
		must(t, err)
		two, err := s.TreePlan(rhoS2, minK)
		must(t, err)
		for _, c := range []struct {
			plan release.Plan
			rho  release.Rho
		}{{one, rhoS1}, {two, rhoS2}} {
			again, err := c.plan.Recharge()
			if err != nil || again != c.plan.Rho || c.plan.Rho > c.rho || c.plan.Rho < c.rho/10*9 {
				t.Errorf("a plan for %s costs %s, recomputed %s (%v)", c.rho, c.plan.Rho, again, err)
			}
		}
	}
	if _, err := NewSpec(query.Table{Name: "open", Title: "公开"}); err == nil {
		t.Error("a table about nobody has a plan")
	}
	if _, err := NewSpec(visits, people); err == nil {
		t.Error("a table with several rows of a subject is a parent")
	}
}

// TestJudge: rows drawn from a learned set are accepted. Made-up people have few different rows, so that one person's
// row alone moves the comparison of rows: about one good set in seven is refused by chance, eight in a row are not.
func TestJudge(t *testing.T) {
	data := town(20_000)
	dir := t.TempDir()
	for _, table := range []query.Table{people, visits} {
		must(t, snapshot.Write(filepath.Join(dir, table.Name), &table, data[table.Name].Rows))
	}
	held := func(sid string) bool { return sid[7] == '0' || sid[7] == '5' }
	for _, tables := range [][]query.Table{{people}, {people, visits}} {
		var paths []string
		for _, table := range tables {
			paths = append(paths, filepath.Join(dir, table.Name))
		}
		var f Figures
		for range 8 {
			set, exact := tree(t, without(data, held), tables...)
			s := stored(t, set)
			train, control, err := s.spec.Observe(paths, held)
			must(t, err)
			if f = s.Judge(exact, train, control); f.Accepted() {
				break
			}
		}
		if !f.Accepted() {
			t.Errorf("%d tables: never accepted, last %+v", len(tables), f)
		}
	}
}

func without(data interp.Data, held func(string) bool) interp.Data {
	out := interp.Data{}
	for name, rows := range data {
		kept := interp.Rows{Columns: rows.Columns}
		for _, row := range rows.Rows {
			if !held(row[0].S) {
				kept.Rows = append(kept.Rows, row)
			}
		}
		out[name] = kept
	}
	return out
}
