package query

import (
	"fmt"
	"slices"
	"unicode/utf8"
)

// Schema lists the types of the columns that come out of a relation of the model.
func (m *Model) Schema(r *Rel) ([]Type, error) {
	switch r.Op {
	case RelScan:
		return m.scanSchema(r)
	case RelFilter, RelDistinct, RelUnion:
		return m.Schema(r.In[0])
	case RelWindow:
		types, err := m.Schema(r.In[0])
		for i := range r.Wins {
			types = append(types, r.Wins[i].Type)
		}
		return types, err
	case RelJoin:
		left, err := m.Schema(r.In[0])
		if err != nil {
			return nil, err
		}
		right, err := m.Schema(r.In[1])
		return append(left, right...), err
	case RelProject:
		types := make([]Type, len(r.Exprs))
		for i := range r.Exprs {
			types[i] = r.Exprs[i].Type
		}
		return types, nil
	case RelUnitAgg:
		in, err := m.Schema(r.In[0])
		if err != nil || r.Unit < 0 || r.Unit >= len(in) {
			return nil, fmt.Errorf("unitagg: subject key out of range: %w", err)
		}
		types := []Type{in[r.Unit]}
		for i := range r.Aggs {
			types = append(types, r.Aggs[i].Type)
		}
		return types, nil
	case RelGroup:
		var types []Type
		for i := range r.Exprs {
			types = append(types, r.Exprs[i].Type)
		}
		for i := range r.Aggs {
			types = append(types, r.Aggs[i].Type)
		}
		return types, nil
	case RelReduce:
		var types []Type
		for i := range r.Keys {
			types = append(types, r.Keys[i].Expr.Type)
		}
		for i := range r.Aggs {
			types = append(types, r.Aggs[i].Type)
		}
		return types, nil
	}
	return nil, fmt.Errorf("unknown relation %q", r.Op)
}

func (m *Model) scanSchema(r *Rel) ([]Type, error) {
	if r.Table < 0 || r.Table >= len(m.Tables) {
		return nil, fmt.Errorf("scan of table %d of %d", r.Table, len(m.Tables))
	}
	table := &m.Tables[r.Table]
	types := make([]Type, len(r.Columns))
	for i, name := range r.Columns {
		c, ok := table.Column(name)
		if !ok {
			return nil, fmt.Errorf("scan of %s: no column %q", table.Name, name)
		}
		types[i] = c.Type
	}
	return types, nil
}

// Column finds a column the model reads from the table.
func (t *TableRef) Column(name string) (*ColumnRef, bool) {
	for i := range t.Columns {
		if t.Columns[i].Name == name {
			return &t.Columns[i], true
		}
	}
	return nil, false
}

// Validate checks that the model holds together: known operators with the right number and types of arguments,
// columns in range, a root that fits the class. It does not judge policy; that is the guard's.
func (m *Model) Validate() error {
	if m.Format != Format {
		return fmt.Errorf("format %d is not known", m.Format)
	}
	if m.Root == nil {
		return fmt.Errorf("no root")
	}
	want := map[Class]RelOp{A: RelReduce, B: RelProject, C: RelProject, O: RelProject}[m.Class]
	if want == "" {
		return fmt.Errorf("class %q is not known", m.Class)
	}
	if m.Root.Op != want && !(m.Class == O && m.Root.Op == RelGroup) {
		return fmt.Errorf("class %s has root %s, want %s", m.Class, m.Root.Op, want)
	}
	if err := m.validateRel(m.Root, true); err != nil {
		return err
	}
	if err := m.validateSelected(); err != nil {
		return err
	}
	if err := m.validateFit(); err != nil {
		return err
	}
	if err := m.validateStep(); err != nil {
		return err
	}
	return m.validateOutputs()
}

func (m *Model) validateRel(r *Rel, root bool) error {
	arity := map[RelOp]int{RelScan: 0, RelFilter: 1, RelJoin: 2, RelProject: 1, RelUnitAgg: 1, RelGroup: 1, RelReduce: 1, RelWindow: 1, RelDistinct: 1}
	n, known := arity[r.Op]
	if r.Op == RelUnion {
		n, known = max(len(r.In), 2), true
	}
	if !known || len(r.In) != n {
		return fmt.Errorf("relation %q with %d inputs", r.Op, len(r.In))
	}
	if (r.Op == RelReduce || r.Op == RelGroup) && !root {
		return fmt.Errorf("%s below the root", r.Op)
	}
	var in []Type
	for i, child := range r.In {
		if child == nil {
			return fmt.Errorf("%s without input", r.Op)
		}
		if err := m.validateRel(child, false); err != nil {
			return err
		}
		types, err := m.Schema(child)
		if err != nil {
			return err
		}
		if r.Op == RelUnion && i > 0 {
			if !slices.Equal(in, types) {
				return fmt.Errorf("union of different schemas")
			}
			continue
		}
		in = append(in, types...)
	}
	if r.Op == RelJoin {
		left, _ := m.Schema(r.In[0])
		return r.validatePairs(in[:len(left)], in[len(left):])
	}
	return m.validateParts(r, in)
}

// validatePairs: the columns a join compares exist, have one type, and no pair stands twice.
func (r *Rel) validatePairs(left, right []Type) error {
	seen := map[Pair]bool{}
	for _, p := range r.Pairs() {
		switch {
		case p.Left < 0 || p.Left >= len(left) || p.Right < 0 || p.Right >= len(right):
			return fmt.Errorf("join: key out of range")
		case left[p.Left] != right[p.Right] || seen[p]:
			return fmt.Errorf("join: %s compared with %s, or twice", left[p.Left], right[p.Right])
		}
		seen[p] = true
	}
	return nil
}

func (m *Model) validateParts(r *Rel, in []Type) error {
	switch r.Op {
	case RelScan:
		_, err := m.scanSchema(r)
		return err
	case RelFilter:
		if r.Pred == nil || r.Pred.Type.Kind != Bool {
			return fmt.Errorf("filter without a condition")
		}
		return r.Pred.validate(in)
	case RelProject:
		for i := range r.Exprs {
			if err := r.Exprs[i].validate(in); err != nil {
				return err
			}
		}
	case RelGroup:
		for i := range r.Exprs {
			if err := r.Exprs[i].validate(in); err != nil {
				return err
			}
		}
		for i := range r.Aggs {
			if err := r.Aggs[i].validate(in, r.Op); err != nil {
				return err
			}
		}
	case RelWindow:
		if r.Unit < 0 || r.Unit >= len(in) || in[r.Unit].Kind != Text || len(r.Wins) == 0 {
			return fmt.Errorf("window without a subject key or a column")
		}
		for i := range r.Wins {
			if err := r.Wins[i].validate(in); err != nil {
				return err
			}
		}
	case RelUnitAgg, RelReduce:
		if r.Unit < 0 || r.Unit >= len(in) || in[r.Unit].Kind != Text {
			return fmt.Errorf("%s: no subject key", r.Op)
		}
		if r.Op == RelReduce && (r.Groups < 1 || r.Rows < 1) {
			return fmt.Errorf("reduce without bounds")
		}
		for i := range r.Keys {
			if err := r.Keys[i].validate(in); err != nil {
				return err
			}
		}
		for i := range r.Aggs {
			if err := r.Aggs[i].validate(in, r.Op); err != nil {
				return err
			}
		}
	}
	return nil
}

func (k *Key) validate(in []Type) error {
	if err := k.Expr.validate(in); err != nil {
		return err
	}
	if k.Select {
		return k.validateSelect()
	}
	if len(k.Domain) == 0 || len(k.Labels) != 0 && len(k.Labels) != len(k.Domain) {
		return fmt.Errorf("key without a domain, or labels that do not fit it")
	}
	seen := map[Value]bool{}
	for _, v := range k.Domain {
		if v.Type() != k.Expr.Type || seen[v] {
			return fmt.Errorf("key domain: %s value %q in a domain of %s, or twice", v.Type(), v.Text(), k.Expr.Type)
		}
		seen[v] = true
	}
	return nil
}

func (a *Agg) validate(in []Type, where RelOp) error {
	switch a.Func {
	case AggRows, AggUnits:
		if a.Arg != nil || a.Func == AggUnits && where == RelGroup {
			return fmt.Errorf("%s in a %s, or with an argument", a.Func, where)
		}
		return nil
	case AggMin, AggMax:
		if where == RelReduce {
			return fmt.Errorf("%s in a %s", a.Func, where)
		}
	case AggCount, AggSum:
	default:
		return fmt.Errorf("unknown aggregate %q", a.Func)
	}
	if a.Arg == nil {
		return fmt.Errorf("%s without an argument", a.Func)
	}
	if a.Func == AggSum && (!a.Arg.Type.Numeric() || a.Arg.Type != a.Type || a.Lo > a.Hi) {
		return fmt.Errorf("sum of %s into %s within [%d, %d]", a.Arg.Type, a.Type, a.Lo, a.Hi)
	}
	return a.Arg.validate(in)
}

func (m *Model) validateOutputs() error {
	seen := map[string]bool{}
	for i := range m.Outputs {
		o := &m.Outputs[i]
		if o.Name == "" || seen[o.Name] {
			return fmt.Errorf("output %q is unnamed or named twice", o.Name)
		}
		seen[o.Name] = true
		if err := m.validateBins(o); err != nil {
			return err
		}
		size := map[OutputKind]int{OutKey: len(m.Root.Keys), OutAgg: len(m.Root.Aggs), OutBin: len(m.Root.Aggs), OutQuantile: len(m.Root.Aggs), OutRatio: len(m.Root.Aggs), OutExpr: len(m.Root.Exprs)}[o.Kind]
		if o.Kind == OutTerm || o.Kind == OutCoef || o.Kind == OutStdErr || o.Kind == OutStep {
			continue
		}
		if o.Kind == OutStat {
			if err := o.validateStat(len(m.Root.Aggs)); err != nil {
				return err
			}
			continue
		}
		if o.Index < 0 || o.Index >= size || o.Over < 0 || o.Kind == OutRatio && o.Over >= size {
			return fmt.Errorf("output %q: %s %d over %d of %d", o.Name, o.Kind, o.Index, o.Over, size)
		}
	}
	if len(m.Outputs) == 0 {
		return fmt.Errorf("no outputs")
	}
	return m.validatePost()
}

// validateBins: beside a histogram there are keys, counts, bins and quantiles, and without one neither of the last two.
func (m *Model) validateBins(o *Output) error {
	binned := o.Kind == OutBin || o.Kind == OutQuantile
	if !m.Root.Bins {
		if binned {
			return fmt.Errorf("output %q: a %s without a histogram", o.Name, o.Kind)
		}
		return nil
	}
	if len(m.Root.Keys) == 0 || len(m.Selects()) > 0 {
		return fmt.Errorf("a histogram without a public key")
	}
	last := &m.Root.Keys[len(m.Root.Keys)-1]
	ok := false
	switch o.Kind {
	case OutKey:
		ok = o.Index != len(m.Root.Keys)-1
	case OutAgg:
		ok = true
	case OutBin:
		ok = o.Bin >= 0 && o.Bin < last.Size()
	case OutQuantile:
		ok = o.Quantile > 0 && o.Quantile < QuantileUnit && len(o.Grid) == len(last.Domain)+1 && slices.IsSorted(o.Grid) && o.Type.Ordered() && o.Type.Kind != Timestamp
	}
	if !ok {
		return fmt.Errorf("output %q: %s beside a histogram", o.Name, o.Kind)
	}
	return nil
}

// QuantileUnit is the whole of which Output.Quantile is a part.
const QuantileUnit = 1_000_000

func (o *Output) validateStat(aggs int) error {
	if n := o.Stat.Parts(); n == 0 || len(o.Parts) != n || o.Index != 0 || o.Over != 0 {
		return fmt.Errorf("output %q: %q of %d moments", o.Name, o.Stat, len(o.Parts))
	}
	for _, p := range o.Parts {
		if p < 0 || p >= aggs {
			return fmt.Errorf("output %q: moment %d of %d", o.Name, p, aggs)
		}
	}
	return nil
}

func (m *Model) validatePost() error {
	p := m.Post
	if p == nil {
		return nil
	}
	if m.Class != A && m.Class != O {
		return fmt.Errorf("class %s is not ordered or cut after the release", m.Class)
	}
	if p.Offset < 0 || p.Limit != nil && *p.Limit < 0 {
		return fmt.Errorf("a limit or offset below zero")
	}
	seen := map[int]bool{}
	for _, o := range p.Order {
		if o.Output < 0 || o.Output >= len(m.Outputs) || seen[o.Output] {
			return fmt.Errorf("order by output %d of %d, or twice", o.Output, len(m.Outputs))
		}
		seen[o.Output] = true
	}
	if p.Having == nil {
		return nil
	}
	types := make([]Type, len(m.Outputs))
	for i := range m.Outputs {
		types[i] = m.Outputs[i].Type
	}
	if p.Having.Type.Kind != Bool {
		return fmt.Errorf("having is no condition")
	}
	return p.Having.validate(types)
}

// shape is how many arguments and literals an operator takes; args -1 means two or more.
type shape struct{ args, lits int }

var shapes = map[Op]shape{
	OpCol: {0, 0}, OpLit: {0, 1}, OpSubject: {0, 0},
	OpAdd: {2, 0}, OpSub: {2, 0}, OpMul: {2, 0}, OpDiv: {2, 0}, OpNeg: {1, 0}, OpAbs: {1, 0}, OpMod: {1, 1},
	OpRound: {1, 0}, OpFloor: {1, 0}, OpCeil: {1, 0}, OpScale: {1, 0}, OpClamp: {1, 2},
	OpLeast: {-1, 0}, OpGreat: {-1, 0}, OpBoolTo: {1, 0},
	OpEq: {2, 0}, OpNe: {2, 0}, OpLt: {2, 0}, OpLe: {2, 0}, OpGt: {2, 0}, OpGe: {2, 0},
	OpAnd: {-1, 0}, OpOr: {-1, 0}, OpNot: {1, 0}, OpIsNull: {1, 0}, OpIn: {1, -1}, OpPrefix: {1, 1},
	OpCase: {-1, 0}, OpCoalesce: {-1, 0}, OpNullIf: {2, 0}, OpSubstr: {1, 2}, OpTrunc: {1, 0}, OpPart: {1, 0},
	OpSqrt: {1, 0}, OpLn: {1, 0}, OpExp: {1, 0}, OpToNum: {1, 0}, OpUpper: {1, 0}, OpLower: {1, 0}, OpTrim: {1, 0}, OpAge: {2, 0}, OpDateDiff: {2, 0},
}

func (e *Expr) validate(in []Type) error {
	s, known := shapes[e.Op]
	if !known {
		return fmt.Errorf("unknown operator %q", e.Op)
	}
	if s.args >= 0 && len(e.Args) != s.args || s.args < 0 && len(e.Args) < 2 {
		return fmt.Errorf("%s with %d arguments", e.Op, len(e.Args))
	}
	if e.Op != OpLit && (s.lits >= 0 && len(e.Lits) != s.lits || s.lits < 0 && len(e.Lits) == 0) || len(e.Lits) > 1 && s.lits == 1 {
		return fmt.Errorf("%s with %d literals", e.Op, len(e.Lits))
	}
	if e.Type.Scale < 0 || e.Type.Scale > MaxScale || (e.Type.Kind == Decimal) != (e.Type.Scale > 0) {
		return fmt.Errorf("%s of type %s", e.Op, e.Type)
	}
	for _, v := range e.Lits {
		if !utf8.ValidString(v.S) || v.IsNull() {
			return fmt.Errorf("%s with a literal that is no value", e.Op)
		}
	}
	for i := range e.Args {
		if err := e.Args[i].validate(in); err != nil {
			return err
		}
	}
	return e.validateTypes(in)
}

// validateTypes checks that the arguments have the types the operator is defined on, so that no executor meets an
// expression whose meaning it would have to guess.
func (e *Expr) validateTypes(in []Type) error {
	wrong := func() error { return fmt.Errorf("%s to %s: wrong types of arguments", e.Op, e.Type) }
	arg := func(i int) Type { return e.Args[i].Type }
	all := func(from, step int, t Type) bool {
		for i := from; i < len(e.Args); i += step {
			if arg(i) != t {
				return false
			}
		}
		return true
	}
	ok := true
	switch e.Op {
	case OpCol:
		ok = e.Index >= 0 && e.Index < len(in) && in[e.Index] == e.Type
	case OpLit:
		ok = len(e.Lits) == 0 || e.Lits[0].Type() == e.Type
	case OpSubject:
		ok = e.Type.Kind == Text
	case OpAdd, OpSub, OpNeg, OpAbs:
		ok = e.Type.Numeric() && all(0, 1, e.Type)
	case OpMul:
		ok = arg(0).Numeric() && arg(1).Numeric() && e.Type == Number(arg(0).Scale+arg(1).Scale)
	case OpDiv:
		ok = arg(0).Numeric() && arg(1).Numeric() && e.Type.Numeric()
	case OpMod:
		ok = e.Type.Kind == Int && all(0, 1, e.Type) && e.Lits[0].Kind == Int && e.Lits[0].N > 0
	case OpRound:
		ok = arg(0).Numeric() && e.Type.Numeric() && e.Type.Scale <= arg(0).Scale
	case OpScale:
		ok = arg(0).Numeric() && e.Type.Numeric() && e.Type.Scale >= arg(0).Scale
	case OpFloor, OpCeil:
		ok = arg(0).Numeric() && e.Type.Kind == Int
	case OpClamp:
		ok = e.Type.Ordered() && all(0, 1, e.Type) && e.Lits[0].Type() == e.Type && e.Lits[1].Type() == e.Type && e.Lits[0].N <= e.Lits[1].N
	case OpLeast, OpGreat:
		ok = e.Type.Ordered() && all(0, 1, e.Type)
	case OpCoalesce, OpNullIf:
		ok = all(0, 1, e.Type)
	case OpBoolTo:
		ok = arg(0).Kind == Bool && e.Type.Kind == Int
	case OpEq, OpNe:
		ok = e.Type.Kind == Bool && arg(0) == arg(1)
	case OpLt, OpLe, OpGt, OpGe:
		ok = e.Type.Kind == Bool && arg(0) == arg(1) && arg(0).Ordered()
	case OpAnd, OpOr, OpNot:
		ok = e.Type.Kind == Bool && all(0, 1, e.Type)
	case OpIsNull:
		ok = e.Type.Kind == Bool
	case OpIn:
		ok = e.Type.Kind == Bool
		for _, v := range e.Lits {
			ok = ok && v.Type() == arg(0)
		}
	case OpPrefix:
		ok = e.Type.Kind == Bool && arg(0).Kind == Text && e.Lits[0].Kind == Text
	case OpCase:
		last := len(e.Args) - 1
		ok = last >= 2 && last%2 == 0 && arg(last) == e.Type && all(1, 2, e.Type)
		for i := 0; i < last; i += 2 {
			ok = ok && arg(i).Kind == Bool
		}
	case OpSubstr:
		ok = e.Type.Kind == Text && all(0, 1, e.Type) && e.Lits[0].Kind == Int && e.Lits[0].N >= 1 && e.Lits[1].Kind == Int && e.Lits[1].N >= 0
	case OpTrunc:
		ok = e.Type.Kind == Date && (arg(0).Kind == Date || arg(0).Kind == Timestamp) && slices.Contains(TruncUnits, e.Unit)
	case OpPart:
		ok = e.Type.Kind == Int && (arg(0).Kind == Date || arg(0).Kind == Timestamp) && slices.Contains(PartUnits, e.Unit) ||
			e.Type.Kind == Int && arg(0).Kind == Timestamp && slices.Contains(ClockUnits, e.Unit)
	case OpSqrt:
		ok = arg(0).Numeric() && e.Type.Numeric() && 2*e.Type.Scale >= arg(0).Scale
	case OpLn, OpExp:
		ok = arg(0).Numeric() && e.Type.Numeric()
	case OpToNum:
		ok = arg(0).Kind == Text && e.Type.Numeric() && e.Type.Scale <= NumberPlaces
	case OpUpper, OpLower, OpTrim:
		ok = e.Type.Kind == Text && all(0, 1, e.Type)
	case OpAge:
		ok = e.Type.Kind == Int && all(0, 1, Type{Kind: Date})
	case OpDateDiff:
		ok = e.Type.Kind == Int && all(0, 1, Type{Kind: Date}) && slices.Contains(DiffUnits, e.Unit)
	}
	if !ok {
		return wrong()
	}
	return nil
}
