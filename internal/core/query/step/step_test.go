package step

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"yunei/internal/core/query"
)

func ints(from, to int64) (out []query.Value) {
	for n := from; n <= to; n++ {
		out = append(out, query.IntValue(n))
	}
	return out
}

func texts(list ...string) (out []query.Value) {
	for _, s := range list {
		out = append(out, query.TextValue(s))
	}
	return out
}

var whole = query.Type{Kind: query.Int}

// banded is the step that the modules of testdata are tried as.
func banded(module []byte, fuel int64) (*query.Step, []query.Output) {
	s := &query.Step{Module: query.ModuleHash(module), Fuel: fuel, Defaults: ints(3, 3), Inputs: []query.StepInput{
		{Name: "a", Values: ints(0, 9), Null: true}, {Name: "b", Values: texts("x", "y", "z"), Null: true},
	}}
	return s, []query.Output{{Name: "band", Type: whole, Kind: query.OutStep, Values: ints(0, 3)}}
}

type moduleCase struct {
	name, text string
	want       []string
}

func moduleCases(t testing.TB) (out []moduleCase) {
	t.Helper()
	body, err := os.ReadFile("testdata/modules.txt")
	if err != nil {
		t.Fatal(err)
	}
	for part := range strings.SplitSeq("\n"+string(body), "\n== ") {
		var c moduleCase
		for i, line := range strings.Split(part, "\n") {
			switch {
			case i == 0:
				c.name = line
			case strings.HasPrefix(line, "#"):
			case strings.HasPrefix(line, "-> "):
				c.want = append(c.want, line[3:])
			default:
				c.text += line + "\n"
			}
		}
		if len(c.want) > 0 {
			out = append(out, c)
		}
	}
	return out
}

func TestModules(t *testing.T) {
	seen := map[Code]bool{}
	for _, c := range moduleCases(t) {
		t.Run(c.name, func(t *testing.T) {
			module, err := Assemble(c.text)
			if err != nil {
				t.Fatal(err)
			}
			s, outputs := banded(module, 20000)
			if code, refused := strings.CutPrefix(c.want[0], "refuse "); refused {
				seen[Code(code)] = true
				m, bad := Read(module)
				if bad == nil {
					_, bad = m.Fits(s, outputs)
				}
				if bad == nil || string(bad.Code) != code || bad.Zh == "" || bad.En == "" {
					t.Fatalf("got %v, want %s", bad, code)
				}
				if _, err := New(module, s, outputs); err == nil {
					t.Error("it runs all the same")
				}
				return
			}
			machine, err := New(module, s, outputs)
			if err != nil {
				t.Fatal(err)
			}
			for _, w := range c.want {
				row, want, _ := strings.Cut(w, " = ")
				got := machine.Run(rowOf(row))[0]
				text := got.Value.Text()
				if got.Why != "" {
					if got.Value != s.Defaults[0] {
						t.Errorf("%s: %s and %s, not the default", row, got.Why, text)
					}
					text = string(got.Why)
				}
				if text != want {
					t.Errorf("%s: got %s, want %s", row, text, want)
				}
				if got.Used < 1 || got.Used > s.Fuel {
					t.Errorf("%s: used %d of %d", row, got.Used, s.Fuel)
				}
			}
			roundTrip(t, module)
		})
	}
	for _, code := range Codes {
		if !seen[code] {
			t.Errorf("no module is refused with %s", code)
		}
	}
}

func rowOf(s string) []query.Value {
	row := make([]query.Value, 2)
	a, b, _ := strings.Cut(s, " ")
	if a != "NULL" {
		row[0] = query.IntValue(int64(a[0] - '0'))
	}
	if b != "NULL" {
		row[1] = query.TextValue(b)
	}
	return row
}

// roundTrip holds that what a reviewer reads is what runs: the printed text makes the same module.
func roundTrip(t *testing.T, module []byte) {
	t.Helper()
	m, bad := Read(module)
	if bad != nil {
		t.Fatal(bad)
	}
	again, err := Assemble(m.Print())
	if err != nil {
		t.Fatalf("%v\n%s", err, m.Print())
	}
	n, bad := Read(again)
	if bad != nil {
		t.Fatalf("%v\n%s", bad, m.Print())
	}
	places := []int{0}
	if !bytes.Equal(m.encode(&meter{fuel: 7, outputs: places}), n.encode(&meter{fuel: 7, outputs: places})) {
		t.Errorf("the printed module is another:\n%s", m.Print())
	}
}

func assembled(t testing.TB, text string) []byte {
	t.Helper()
	module, err := Assemble(text)
	if err != nil {
		t.Fatal(err)
	}
	return module
}

// TestMachine_SameWork holds that whatever a person's row is, the same work is done: what the step leaves is burnt.
func TestMachine_SameWork(t *testing.T) {
	module := assembled(t, `(module (func (export "band") (param $a i64) (param i64) (result i64)
		(loop $l (local.set $a (i64.sub (local.get $a) (i64.const 1))) (br_if $l (i64.gt_s (local.get $a) (i64.const 0))))
		(i64.const 1)))`)
	s, outputs := banded(module, 20000)
	m, err := New(module, s, outputs)
	if err != nil {
		t.Fatal(err)
	}
	var used []int64
	for a := range int64(10) {
		r := m.one(0, []uint64{uint64(a), 0})
		used = append(used, r.Used)
		instance, err := m.runtime.InstantiateModule(background, m.code, m.fresh)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = instance.ExportedFunction(outputName(0)).Call(background, uint64(a), 0)
		_, _ = instance.ExportedFunction(burnName).Call(background)
		left := int64(instance.ExportedGlobal(fuelName).Get())
		if left > 0 || left <= -burnStep {
			t.Errorf("a=%d: %d left after burning", a, left)
		}
	}
	if used[9] <= used[2] {
		t.Fatalf("fuel used %v does not follow the row, so there was nothing to burn", used)
	}
}

// TestMachine_Bound holds that a static bound is one.
func TestMachine_Bound(t *testing.T) {
	for _, c := range moduleCases(t) {
		if strings.HasPrefix(c.want[0], "refuse") {
			continue
		}
		module := assembled(t, c.text)
		m, bad := Read(module)
		if bad != nil {
			t.Fatal(bad)
		}
		exports := m.Report().Exports
		i := slices.IndexFunc(exports, func(e Export) bool { return e.Name == "band" })
		bound := exports[i].Bound
		s, outputs := banded(module, query.MaxFuel)
		machine, err := New(module, s, outputs)
		if err != nil {
			t.Fatal(err)
		}
		most := int64(0)
		for a := range int64(10) {
			for _, b := range append(texts("x", "y", "z"), query.Null) {
				most = max(most, machine.Run([]query.Value{query.IntValue(a), b})[0].Used)
			}
		}
		if looping := m.Report().Loops+m.Report().Indirect > 0 || strings.HasPrefix(c.name, "recursion"); looping != (bound == 0) || bound > 0 && most > bound {
			t.Errorf("%s: bound %d, used %d", c.name, bound, most)
		}
	}
}

// TestMachine_Together: many people at once, each as alone.
func TestMachine_Together(t *testing.T) {
	c := moduleCases(t)[3]
	module := assembled(t, c.text)
	s, outputs := banded(module, 1000)
	m, err := New(module, s, outputs)
	if err != nil {
		t.Fatal(err)
	}
	alone := make([]Result, 10)
	for a := range alone {
		alone[a] = m.Run([]query.Value{query.IntValue(int64(a)), query.Null})[0]
	}
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			for i := range 100 {
				if got := m.Run([]query.Value{query.IntValue(int64(i % 10)), query.Null})[0]; got != alone[i%10] {
					t.Errorf("a=%d: %+v, alone %+v", i%10, got, alone[i%10])
				}
			}
		})
	}
	wait.Wait()
}

// TestMachine_OffList: a row that holds what the policy does not list gives the default.
func TestMachine_OffList(t *testing.T) {
	module := assembled(t, moduleCases(t)[0].text)
	s, outputs := banded(module, 1000)
	m, err := New(module, s, outputs)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range [][]query.Value{{query.IntValue(10), query.Null}, {query.IntValue(1), query.TextValue("w")}, {query.IntValue(1)}} {
		if got := m.Run(row)[0]; got.Why != OffInput || got.Value != s.Defaults[0] {
			t.Errorf("%v: %+v", row, got)
		}
	}
}

func TestNew_OtherModule(t *testing.T) {
	module := assembled(t, moduleCases(t)[0].text)
	s, outputs := banded(module, 1000)
	if _, err := New(assembled(t, moduleCases(t)[1].text), s, outputs); err == nil {
		t.Error("a module runs that is not the one of the model")
	}
}

// TestRead_Huge: what is large is refused before it is looked at.
func TestRead_Huge(t *testing.T) {
	head := "\x00asm\x01\x00\x00\x00"
	if _, bad := Read(append([]byte(head), make([]byte, MaxModule)...)); bad == nil || bad.Code != TooLarge {
		t.Errorf("got %v", bad)
	}
	locals := assembled(t, `(module (func (export "band") (param i64 i64) (result i64) `+strings.Repeat("(local i64)", 300)+` (i64.const 0)))`)
	if _, bad := Read(locals); bad == nil || bad.Code != TooLarge {
		t.Errorf("300 locals: got %v", bad)
	}
	deep := assembled(t, `(module (func (export "band") (param i64 i64) (result i64) `+strings.Repeat("block ", 80)+strings.Repeat("end ", 80)+` i64.const 0))`)
	if _, bad := Read(deep); bad == nil || bad.Code != TooLarge {
		t.Errorf("80 blocks in each other: got %v", bad)
	}
	many := "\x00asm\x01\x00\x00\x00\x0a\x0a\x01\x08\x01\xff\xff\xff\xff\x0f\x7e\x0b" // one function with four billion locals
	if _, bad := Read([]byte(many)); bad == nil {
		t.Error("four billion locals are accepted")
	}
}

// FuzzRead: whatever bytes come, Read answers; what it accepts prints to the same module, and runs to an end.
func FuzzRead(f *testing.F) {
	for _, c := range moduleCases(f) {
		f.Add(assembled(f, c.text))
	}
	f.Fuzz(func(t *testing.T, module []byte) {
		m, bad := Read(module)
		if bad != nil {
			return
		}
		m.Report()
		roundTrip(t, module)
		s, outputs := banded(module, 300)
		if _, bad := m.Fits(s, outputs); bad != nil {
			return
		}
		machine, err := New(module, s, outputs)
		if err != nil {
			t.Fatal(err)
		}
		row := []query.Value{query.IntValue(4), query.TextValue("y")}
		first := machine.Run(row)[0]
		if again := machine.Run(row)[0]; again != first || !slices.Contains(outputs[0].Values, first.Value) {
			t.Fatalf("%+v, then %+v", first, again)
		}
	})
}

func BenchmarkRun(b *testing.B) {
	for _, fuel := range []int64{500, 5000, query.MaxFuel} {
		module := assembled(b, moduleCases(b)[3].text)
		s, outputs := banded(module, fuel)
		m, err := New(module, s, outputs)
		if err != nil {
			b.Fatal(err)
		}
		row := []query.Value{query.IntValue(4), query.TextValue("y")}
		b.Run(query.IntValue(fuel).Text(), func(b *testing.B) {
			for b.Loop() {
				m.Run(row)
			}
		})
	}
}
