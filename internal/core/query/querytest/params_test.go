package querytest

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"yunei/internal/core/query"
	"yunei/internal/core/query/guard"
)

func family(t *testing.T, text string, class query.Class) *query.Family {
	t.Helper()
	r := guard.Inspect(text, class, City())
	if !r.Accepted {
		t.Fatalf("refused: %+v", r.Refusals)
	}
	return r.Family
}

// TestFamily_Members: each member is, byte for byte, what its text with the values written out compiles to. So equal
// questions meet, whichever family or plain text they come from.
func TestFamily_Members(t *testing.T) {
	f := family(t, `PARAM cut IN (60, 30); PARAM level IN (1, 2);
SELECT sex, COUNT(*) AS n FROM credit_default WHERE age >= :cut AND education = :level AND age >= 30 GROUP BY sex`, query.A)
	other := family(t, `PARAM from_age IN (30, 45); SELECT sex, COUNT(*) AS n FROM credit_default WHERE :from_age <= age AND education = 2 GROUP BY sex`, query.A)
	if len(f.Members) != 4 {
		t.Fatalf("%d members, want 4", len(f.Members))
	}
	for _, cut := range []string{"30", "60"} {
		for _, level := range []string{"1", "2"} {
			m, tuple, err := f.Bind(map[string]string{"cut": cut, "level": level})
			if err != nil {
				t.Fatal(err)
			}
			if want := "cut=" + cut + "&level=" + level; tuple != want {
				t.Errorf("tuple %q, want %q", tuple, want)
			}
			plain := compiled(t, "SELECT sex, COUNT(*) AS n FROM credit_default WHERE age >= "+cut+" AND education = "+level+" AND age >= 30 GROUP BY sex")
			if m.Hash() != plain.Hash() {
				t.Errorf("%s: member %s, written out %s", tuple, m.Canonical(), plain.Canonical())
			}
		}
	}
	a, _, _ := f.Bind(map[string]string{"cut": "30", "level": "2"})
	b, _, _ := other.Bind(map[string]string{"from_age": "30"})
	if a.Question() != b.Question() {
		t.Error("equal members of two families are two questions")
	}
	if f.Hash() == a.Hash() || f.Hash() == other.Hash() {
		t.Error("a family is not its member, nor another family")
	}
}

func TestFamily_Decode(t *testing.T) {
	f := family(t, `PARAM cut IN (30, 45); SELECT COUNT(*) AS n FROM credit_default WHERE age >= :cut`, query.A)
	again, err := query.DecodeFamily(f.Canonical())
	if err != nil || again.Hash() != f.Hash() || len(again.Members) != 2 {
		t.Fatalf("decoded %v, %v", again, err)
	}
	m := compiled(t, "SELECT COUNT(*) AS n FROM credit_default")
	if one, err := query.DecodeFamily(m.Canonical()); err != nil || one.Hash() != m.Hash() {
		t.Errorf("a model without parameters is a family with its own hash: %v, %v", one, err)
	}
	spoil := map[string]func(*query.Family){
		"a member less":     func(f *query.Family) { f.Members = f.Members[:1] },
		"a value twice":     func(f *query.Family) { f.Params[0].Values[1] = f.Params[0].Values[0] },
		"another type":      func(f *query.Family) { f.Params[0].Values[0] = query.TextValue("30") },
		"called subject":    func(f *query.Family) { f.Params[0].Name = "subject" },
		"another schema":    func(f *query.Family) { f.Members[1].Outputs[0].Name = "m" },
		"another class":     func(f *query.Family) { f.Members[1].Class = query.B },
		"no member":         func(f *query.Family) { f.Members[1] = nil },
		"another format":    func(f *query.Family) { f.Format = 2 },
		"a member unsound":  func(f *query.Family) { f.Members[1].Root.Aggs = nil },
		"a value in secret": func(f *query.Family) { f.Params[0].Values = append(f.Params[0].Values, query.IntValue(60)) },
	}
	for name, change := range spoil {
		f, _ := query.DecodeFamily(f.Canonical())
		change(f)
		if _, err := query.DecodeFamily(f.Canonical()); err == nil {
			t.Errorf("%s: decoded", name)
		}
	}
	if _, err := query.DecodeFamily(append(f.Canonical(), ' ')); err == nil {
		t.Error("one signature for two spellings")
	}
}

func TestFamily_Bind(t *testing.T) {
	f := family(t, `PARAM cut IN (30, 45); SELECT COUNT(*) AS n FROM credit_default WHERE age >= :cut`, query.A)
	for name, chosen := range map[string]map[string]string{"not approved": {"cut": "37"}, "spelled otherwise": {"cut": "030"}, "missing": nil, "unknown": {"cut": "30", "x": "1"}} {
		if m, _, err := f.Bind(chosen); m != nil || err == nil {
			t.Errorf("%s: bound", name)
		} else if _, ok := errors.AsType[*query.ParamError](err); !ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestFamily_Review: what an expert reads of a model with parameters.
func TestFamily_Review(t *testing.T) {
	r := guard.Inspect(`PARAM cut IN (30, 45, 60); SELECT COUNT(*) AS n FROM credit_default WHERE age >= :cut AND pay_0 >= 1`, query.A, City())
	evidence := func(id string) string {
		i := slices.IndexFunc(r.Checks, func(c guard.Check) bool { return c.ID == id })
		return string(r.Checks[i].Status) + " " + strings.Join(r.Checks[i].Evidence, " ")
	}
	if got := evidence("SC16"); !strings.Contains(got, "3 个取值：30、45、60") || !strings.Contains(got, "共 3 组") {
		t.Errorf("SC16: %s", got)
	}
	if got := evidence("SC17"); !strings.HasPrefix(got, "pass") || !strings.Contains(got, "最近的相距 15") || strings.Contains(got, "pay_0") {
		t.Errorf("SC17: %s", got)
	}
	cat := City()
	age, _ := cat.Tables[0].Column("age")
	age.Step = 20
	if r := guard.Inspect(`PARAM cut IN (30, 45); SELECT COUNT(*) AS n FROM credit_default WHERE age >= :cut`, query.A, cat); r.Accepted || r.Refusals[0].Code != guard.Undeclared {
		t.Errorf("thresholds nearer than the step: %+v", r.Refusals)
	}
	age.Step, age.Edges = 0, nil
	if r := guard.Inspect(`PARAM cut IN (30, 45); SELECT COUNT(*) AS n FROM credit_default WHERE age >= :cut`, query.A, cat); r.Accepted || r.Refusals[0].Code != guard.Undeclared {
		t.Errorf("thresholds on a field that publishes nothing: %+v", r.Refusals)
	}
	f := family(t, `PARAM cut IN (30, 45); SELECT COUNT(*) AS n FROM credit_default WHERE age >= :cut`, query.A)
	cat = City()
	age, _ = cat.Tables[0].Column("age")
	age.Edges = []int64{30}
	if refusals := guard.RecheckFamily(f, cat); len(refusals) == 0 || !strings.Contains(refusals[0].Zh, "cut=45") {
		t.Errorf("a cut point withdrawn: %+v", refusals)
	}
}
