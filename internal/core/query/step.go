package query

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Step (逐人步骤) is code that computes the outputs of a class B or C model from the columns of its root, as a WebAssembly
// module (query/step). The module is no part of the model; its digest is, so that a signature over the model covers it.
type Step struct {
	Module   string      `json:"module"` // ModuleHash of its bytes
	Fuel     int64       `json:"fuel"`   // instructions one output may take for one subject
	Inputs   []StepInput `json:"inputs"` // the root's Exprs
	Defaults []Value     `json:"defaults"`
}

// StepInput is one of finitely many values that the step is given: a code, or a band of a field.
type StepInput struct {
	Name   string  `json:"name"`
	Values []Value `json:"values"`
	Null   bool    `json:"null,omitempty"`
}

// MaxFuel is the most fuel that all outputs of a step together may take for one subject: less than a millisecond.
const MaxFuel = 100_000

// DefaultFuel is the fuel of a step that declares none.
const DefaultFuel = 5000

// Missing is how a step is told that an input is NULL.
const Missing = math.MinInt64

// ModuleHash is the digest by which a model names its module.
func ModuleHash(module []byte) string { return digest(module) }

// Encode is the number by which a step knows a value of a list; ok is false for a value that is not on it.
func (i *StepInput) Encode(v Value) (n int64, ok bool) {
	if v.IsNull() {
		return Missing, i.Null
	}
	at := slices.Index(i.Values, v)
	if at >= 0 && v.Kind == Text {
		return int64(at), true
	}
	return v.N, at >= 0
}

// DecodeStep is the value of an output that a step means by a number; ok is false for a number that means none.
func (o *Output) DecodeStep(n int64) (v Value, ok bool) {
	if o.Type.Kind == Text {
		if n < 0 || n >= int64(len(o.Values)) {
			return Null, false
		}
		return o.Values[n], true
	}
	v = Value{Kind: o.Type.Kind, Scale: o.Type.Scale, N: n}
	return v, slices.Contains(o.Values, v)
}

func (m *Model) validateStep() error {
	s := m.Step
	if s == nil {
		for i := range m.Outputs {
			if m.Outputs[i].Kind == OutStep {
				return fmt.Errorf("output %q without a step", m.Outputs[i].Name)
			}
		}
		return nil
	}
	if !m.Class.Own() || !strings.HasPrefix(s.Module, "sha256:") || s.Fuel < 1 || s.Fuel > MaxFuel/int64(max(len(m.Outputs), 1)) {
		return fmt.Errorf("a step of class %s with fuel %d", m.Class, s.Fuel)
	}
	if len(s.Inputs) == 0 || len(s.Inputs) != len(m.Root.Exprs) || len(s.Defaults) != len(m.Outputs) {
		return fmt.Errorf("a step of %d inputs and %d outputs over %d columns", len(s.Inputs), len(s.Defaults), len(m.Root.Exprs))
	}
	for i := range s.Inputs {
		if !validValues(s.Inputs[i].Values, m.Root.Exprs[i].Type) || s.Inputs[i].Name == "" {
			return fmt.Errorf("input %d of a step", i)
		}
	}
	for i := range m.Outputs {
		o := &m.Outputs[i]
		if o.Kind != OutStep || o.Index != i || o.Null || len(o.Values) == 0 || !validValues(o.Values, o.Type) || !slices.Contains(o.Values, s.Defaults[i]) || !ParamName(o.Name) {
			return fmt.Errorf("output %q of a step", o.Name)
		}
	}
	return nil
}

// validValues: each of the type, none twice.
func validValues(list []Value, t Type) bool {
	for i, v := range list {
		if v.IsNull() || v.Type() != t || slices.Contains(list[:i], v) {
			return false
		}
	}
	return true
}
