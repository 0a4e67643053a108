package synth

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"yunei/internal/core/query"
	"yunei/internal/core/query/interp"
)

// TestJudge_Copies is the negative control of acceptance: a set of copies of the people it was learned from keeps every
// histogram, and is refused because its rows are theirs and because each attack does better on them than on people who
// were held back. A set of other people of the same kind gives the attacks nothing. Every rate that is compared here
// differs by more than ten standard deviations from its bound, so chance fails the test less than once in 10^20.
func TestJudge_Copies(t *testing.T) {
	const people, columns, codes = 1500, 12, 20
	table := query.Table{Name: "wide", Title: "宽表", Resource: "res_w", SchemaVersion: 1, UnitKind: "person", SubjectKey: "sid", MaxRowsPerSubject: 1, Columns: []query.Column{key()}}
	values := make([]string, codes)
	for i := range values {
		values[i] = fmt.Sprint("v", i)
	}
	data := interp.Rows{Columns: []string{"sid"}}
	for c := range columns {
		table.Columns = append(table.Columns, coded(fmt.Sprint("c", c), values...))
		data.Columns = append(data.Columns, fmt.Sprint("c", c))
	}
	r := rand.New(rand.NewPCG(3, 4))
	crowd := func() (View, []unit) {
		var v View
		var made []unit
		for range people {
			row := make([]int, columns)
			for c := range row {
				row[c] = r.IntN(codes)
			}
			made = append(made, unit{own: row, rows: [][]int{row}})
			packed := make([]uint16, columns)
			for c, code := range row {
				packed[c] = uint16(code)
			}
			v.add(packed, true)
		}
		return v, made
	}
	train, copies := crowd()
	control, _ := crowd()
	_, strangers := crowd()
	for i, u := range copies {
		values := []query.Value{query.TextValue(fmt.Sprintf("%08d", i))}
		for c, code := range u.rows[0] {
			values = append(values, query.TextValue(table.Columns[c+1].Domain[code].Value))
		}
		data.Rows = append(data.Rows, values)
	}
	set, exact := profile(t, interp.Data{"wide": data}, table)
	s := stored(t, set)

	f := s.judge(copies, exact, train, control)
	if f.OneWay > maxOneWay {
		t.Errorf("copies are %.3f from the histograms: they would be refused for the wrong reason", f.OneWay)
	}
	if f.Accepted() || f.Match < 0.99 || f.Control > 0.01 {
		t.Errorf("copies match %.3f of the people they were learned from and %.3f of the others, accepted %v; want nearly all, none and refused", f.Match, f.Control, f.Accepted())
	}
	for name, a := range map[string]Attack{"singling out": f.SinglingOut, "linkability": f.Linkability, "inference": f.Inference} {
		if a.Upper <= maxAdvantage || a.Main-a.Control < 0.4 {
			t.Errorf("%s: %.3f of the copied people, %.3f of the others, upper %.3f; the attack should give the copies away", name, a.Main, a.Control, a.Upper)
		}
	}
	// One measure is enough.
	good := Attack{}
	for name, only := range map[string]Figures{"match": {Match: f.Match, Control: f.Control}, "singling out": {SinglingOut: f.SinglingOut},
		"linkability": {Linkability: f.Linkability, Inference: good}, "inference": {Inference: f.Inference}} {
		if only.Accepted() {
			t.Errorf("a set that fails by %s alone was accepted", name)
		}
	}
	// A twentieth of copies among strangers shows in the match.
	mixed := append(append([]unit{}, copies[:people/20]...), strangers[people/20:]...)
	if f := s.judge(mixed, exact, train, control); f.Match < 0.04 || f.Accepted() {
		t.Errorf("a twentieth of copies matches %.3f, accepted %v; want a twentieth and refused", f.Match, f.Accepted())
	}

	f = s.judge(strangers, exact, train, control)
	if f.Match > maxMatch {
		t.Errorf("strangers match %.3f", f.Match)
	}
	for name, a := range map[string]Attack{"singling out": f.SinglingOut, "linkability": f.Linkability, "inference": f.Inference} {
		if a.Main-a.Control > 0.15 {
			t.Errorf("%s: %.3f against %.3f about strangers: the attack sees what is not there", name, a.Main, a.Control)
		}
	}
}
