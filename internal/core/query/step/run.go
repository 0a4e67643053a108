package step

import (
	"context"
	"fmt"
	"strings"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"yunei/internal/core/query"
)

// background: a step is cut off by its fuel, never by a clock or by a caller who went away.
var background = context.Background()

// engine is the interpreter, with the features of WebAssembly 1.0 and sign extension alone.
func engine() wazero.RuntimeConfig {
	return wazero.NewRuntimeConfigInterpreter().WithDebugInfoEnabled(false).WithMemoryLimitPages(MaxPages).
		WithCoreFeatures(api.CoreFeatureMutableGlobal | api.CoreFeatureSignExtensionOps)
}

// Machine is a step ready to run. It holds no rows and may be used by many goroutines at once.
type Machine struct {
	step    *query.Step
	outputs []query.Output
	runtime wazero.Runtime
	code    wazero.CompiledModule
	fresh   wazero.ModuleConfig
}

// Why a person was given the default. It is shown on synthetic rows only.
type Why string

const (
	Trapped  Why = "trap"
	OutOf    Why = "fuel"
	OffList  Why = "range"
	OffInput Why = "input" // the row holds a value that the policy does not list
)

// Result is one output about one person.
type Result struct {
	Value query.Value
	Why   Why   // empty: the step's own answer
	Used  int64 // fuel
}

// Fits checks that the module exports a function for each output, over the inputs, and gives their places.
func (m *Module) Fits(s *query.Step, outputs []query.Output) ([]int, *Fault) {
	want := functype{result: []valtype{i64}}
	for range s.Inputs {
		want.params = append(want.params, i64)
	}
	var out []int
	for i := range outputs {
		name := outputs[i].Name
		f, ok := m.exported(name)
		if !ok {
			return nil, fault(WrongShape, 0, "没有导出函数 "+name, "no exported function "+name)
		}
		if got := m.typeOf(f); !got.equal(want) {
			return nil, fault(WrongShape, 0, fmt.Sprintf("函数 %s 是 %s，应为 %s", name, got, want), fmt.Sprintf("function %s is %s, want %s", name, got, want))
		}
		out = append(out, f)
	}
	return out, nil
}

// New makes the machine of a model's step. The module must be the one that the model names.
func New(module []byte, s *query.Step, outputs []query.Output) (*Machine, error) {
	if got := query.ModuleHash(module); got != s.Module {
		return nil, fmt.Errorf("module %s where the model names %s", got, s.Module)
	}
	m, bad := Read(module)
	if bad != nil {
		return nil, fmt.Errorf("module %s: %w", s.Module, bad)
	}
	places, bad := m.Fits(s, outputs)
	if bad != nil {
		return nil, fmt.Errorf("module %s: %w", s.Module, bad)
	}
	runtime := wazero.NewRuntimeWithConfig(background, engine())
	code, err := runtime.CompileModule(background, m.encode(&meter{fuel: s.Fuel, outputs: places}))
	if err != nil {
		return nil, fmt.Errorf("module %s with its meter: %w", s.Module, err)
	}
	// Nothing can ask for randomness; the usual source would be seeded anew for every person, for half of the time a step takes.
	fresh := wazero.NewModuleConfig().WithName("").WithStartFunctions().WithRandSource(strings.NewReader(""))
	return &Machine{step: s, outputs: outputs, runtime: runtime, code: code, fresh: fresh}, nil
}

// Run computes the outputs for one row, in the order of the step's inputs.
func (m *Machine) Run(row []query.Value) []Result {
	args, listed := make([]uint64, len(m.step.Inputs)), len(row) == len(m.step.Inputs)
	for i := range m.step.Inputs {
		if !listed {
			break
		}
		var n int64
		n, listed = m.step.Inputs[i].Encode(row[i])
		args[i] = uint64(n)
	}
	out := make([]Result, len(m.outputs))
	for i := range m.outputs {
		if !listed {
			m.burn()
			out[i] = Result{Value: m.step.Defaults[i], Why: OffInput}
			continue
		}
		out[i] = m.one(i, args)
	}
	return out
}

// Idle does the work of a run for a person without a record.
func (m *Machine) Idle() {
	for range m.outputs {
		m.burn()
	}
}

func (m *Machine) burn() {
	instance, err := m.runtime.InstantiateModule(background, m.code, m.fresh)
	if err != nil {
		return
	}
	defer instance.Close(background)
	_, _ = instance.ExportedFunction(burnName).Call(background)
}

// one computes one output in an instance of its own.
func (m *Machine) one(i int, args []uint64) Result {
	r := Result{Value: m.step.Defaults[i], Why: Trapped}
	instance, err := m.runtime.InstantiateModule(background, m.code, m.fresh)
	if err != nil {
		return r
	}
	defer instance.Close(background)
	got, err := instance.ExportedFunction(outputName(i)).Call(background, args...)
	left := int64(instance.ExportedGlobal(fuelName).Get())
	r.Used = min(m.step.Fuel-left, m.step.Fuel)
	_, _ = instance.ExportedFunction(burnName).Call(background)
	switch {
	case left < 0:
		r.Why = OutOf
	case err != nil || len(got) != 1:
	default:
		v, ok := m.outputs[i].DecodeStep(int64(got[0]))
		if !ok {
			r.Why = OffList
			return r
		}
		r.Value, r.Why = v, ""
	}
	return r
}
