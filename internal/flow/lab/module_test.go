package lab_test

import (
	"bytes"
	"strings"
	"testing"

	"yunei/internal/base/errs"
	"yunei/internal/core/query"
	"yunei/internal/core/query/step"
	"yunei/internal/flow/lab"
	"yunei/internal/test/town"
)

const (
	bandOf   = "STEP band IN ('A', 'B') DEFAULT 'B' FUEL 300;\nSELECT CASE WHEN pay_0 < 1 THEN 0 ELSE 1 END AS pay, education FROM credit_default WHERE sid = :subject"
	bandStep = `(module (func (export "band") (param i64 i64) (result i64) (local.get 0)))`
	trapStep = `(module (func (export "band") (param i64 i64) (result i64) (i64.div_s (i64.const 0) (local.get 0))))`
)

func module(t testing.TB, text string) []byte {
	t.Helper()
	raw, err := step.Assemble(text)
	town.Must(t, err)
	return raw
}

// TestService_AddModule: a module is read before it is kept, each once, and is its organization's alone.
func TestService_AddModule(t *testing.T) {
	town.Each(t, func(t *testing.T, w *town.Town) {
		sp := w.Space("bank", w.Scenario("bank", 5*share, town.Fields...))
		raw := module(t, bandStep)
		m, err := w.Lab.AddModule(w.As("bank"), sp.ID, `C:\models\band.wasm`, raw)
		town.Must(t, err)
		if m.Hash != query.ModuleHash(raw) || m.Name != "band.wasm" || m.Report.Functions != 1 || !m.Report.Exports[0].Fits || m.Report.Exports[0].Bound == 0 {
			t.Errorf("kept as %+v", m)
		}
		again, err := w.Lab.AddModule(w.As("bank"), sp.ID, "other.wasm", raw)
		if err != nil || again.ID != m.ID {
			t.Errorf("the same bytes again: %+v, %v", again, err)
		}
		for name, bad := range map[string][]byte{
			"W101": []byte("MZ"),
			"W102": module(t, `(module (import "env" "now"))`),
			"W103": module(t, `(module (func $f) (start $f))`),
		} {
			_, err := w.Lab.AddModule(w.As("bank"), sp.ID, name, bad)
			if code, spot := spotted(err); code != errs.Invalid || spot.Code != name || spot.Where != "module" || spot.Hint == "" || spot.En == "" {
				t.Errorf("%s: %v", name, err)
			}
		}
		if n := w.Count(`SELECT count(*) FROM step_module`); n != 1 {
			t.Errorf("%d modules kept, want 1", n)
		}
		w.Admit("bank2", "示例农商行", "91990000MA990031")
		other := w.Space("bank2", w.Scenario("bank2", 5*share, town.Fields...))
		if _, err := w.Lab.SaveModel(w.As("bank2"), other.ID, lab.Model{Name: "抄来的", Class: "B", Draft: bandOf, Module: m.Hash}); !errs.Is(err, errs.NotFound) {
			t.Errorf("another's module: %v", err)
		}
		w.Fsck()
	})
}

// TestService_StepModel: a draft with a step is checked, tried, frozen and reviewed with exactly the module it names.
func TestService_StepModel(t *testing.T) {
	town.Each(t, func(t *testing.T, w *town.Town) {
		sc := w.Scenario("bank", 5*share, town.Fields...)
		sp := w.Space("bank", sc)
		add := func(text string) lab.Module {
			m, err := w.Lab.AddModule(w.As("bank"), sp.ID, "band.wasm", module(t, text))
			town.Must(t, err)
			return m
		}
		band, trap := add(bandStep), add(trapStep)
		src := lab.Source{Class: "B", Text: bandOf, Module: band.Hash}
		checked, err := w.Lab.Check(w.As("bank"), sp.ID, src, 0)
		if err != nil || checked.Review == nil || checked.Review.Step == nil || checked.Review.Step.Hash != band.Hash {
			t.Fatalf("checked %+v, %v", checked, err)
		}
		checked, err = w.Lab.Check(w.As("bank"), sp.ID, lab.Source{Class: "B", Text: bandOf}, 0)
		if err != nil || len(checked.Refusals) != 1 || checked.Refusals[0].Code != "W108" {
			t.Errorf("without its module: %+v, %v", checked.Refusals, err)
		}
		tried, err := w.Lab.TryWith(w.As("bank"), sp.ID, src, "", nil)
		town.Must(t, err)
		if len(tried.Steps) != 1 || tried.Steps[0].Fuel < 1 || tried.Steps[0].Fuel > 300 || len(tried.Steps[0].Defaults) > 0 {
			t.Errorf("tried %+v", tried.Steps)
		}
		src.Module = trap.Hash
		tried, err = w.Lab.TryWith(w.As("bank"), sp.ID, src, "", nil)
		if err != nil || tried.Steps[0].Defaults["trap"] == 0 {
			t.Errorf("one that traps for some: %+v, %v", tried.Steps, err)
		}

		draft, err := w.Lab.SaveModel(w.As("bank"), sp.ID, lab.Model{Name: "分档", Class: "B", Draft: bandOf, Module: trap.Hash})
		town.Must(t, err)
		first, err := w.Lab.Submit(w.As("bank"), draft.ID, false, 0)
		town.Must(t, err)
		draft.Module = band.Hash
		_, err = w.Lab.SaveModel(w.As("bank"), sp.ID, draft)
		town.Must(t, err)
		second, err := w.Lab.Submit(w.As("bank"), draft.ID, false, 0)
		town.Must(t, err)
		if first.Hash == second.Hash || second.Module != band.Hash || !bytes.Contains(second.IR, []byte(band.Hash)) {
			t.Errorf("versions %s and %s of modules %s and %s", first.Hash, second.Hash, first.Module, second.Module)
		}
		if tried, err = w.Lab.TryVersion(w.As("bank"), second.ID); err != nil || len(tried.Steps[0].Defaults) > 0 {
			t.Errorf("the version tried: %+v, %v", tried.Steps, err)
		}
		file, err := w.Lab.VersionModule(w.As("bank"), second.ID, "")
		if err != nil || query.ModuleHash(file.Bytes) != second.Module || !strings.Contains(file.Text, "local.get 0") {
			t.Errorf("reviewed as %+v, %v", file, err)
		}
		if beside, err := w.Lab.VersionModule(w.As("bank"), second.ID, first.ID); err != nil || !strings.Contains(beside.Text, "i64.div_s") {
			t.Errorf("beside the earlier version: %v", err)
		}
		w.Admit("bank2", "示例农商行", "91990000MA990031")
		if _, err := w.Lab.VersionModule(w.As("bank2"), second.ID, ""); !errs.Is(err, errs.NotFound) {
			t.Errorf("for a stranger: %v", err)
		}
		w.Fsck()
	})
}

// TestService_StepServed: what the experts signed is deployed with its module and answers; other bytes under the same row do not.
func TestService_StepServed(t *testing.T) {
	town.Each(t, func(t *testing.T, w *town.Town) {
		sc := w.Scenario("bank", 5*share, town.Fields...)
		sp := w.Space("bank", sc)
		m, err := w.Lab.AddModule(w.As("bank"), sp.ID, "band.wasm", module(t, bandStep))
		town.Must(t, err)
		draft, err := w.Lab.SaveModel(w.As("bank"), sp.ID, lab.Model{Name: "分档", Class: "B", Draft: bandOf, Module: m.Hash})
		town.Must(t, err)
		v, err := w.Lab.Submit(w.As("bank"), draft.ID, true, 0)
		town.Must(t, err)
		d := w.Declare("bank", sc, v)
		w.Approve(d)
		_, err = w.Grant.Start(w.As("operator"), w.Agree("bank", d).ID)
		town.Must(t, err)
		deployed, err := w.Serve.Deploy(w.As("bank"), v.ID, 0, "")
		if err != nil || deployed.Hash != v.Hash {
			t.Fatalf("deployed %+v, %v", deployed, err)
		}
		w.Tamper(`UPDATE step_module SET bytes = 'AGFzbQEAAAA='`)
		if _, err := w.Serve.Deploy(w.As("bank"), v.ID, 0, ""); err == nil {
			t.Error("a module that nobody signed is deployed")
		}
	})
}

func spotted(err error) (errs.Code, errs.Spot) {
	e, ok := err.(*errs.Error)
	if !ok || len(e.Spots) == 0 {
		return errs.CodeOf(err), errs.Spot{}
	}
	return e.Code, e.Spots[0]
}
