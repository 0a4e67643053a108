package query

// Class is the class of answer a model gives.
type Class string

const (
	A Class = "A" // aggregates about many subjects, noised
	B Class = "B" // one subject's fields or scores, under consent (实时查询)
	C Class = "C" // yes/no verification (联机验证)
	D Class = "D" // rows to a named department (共享)
	O Class = "O" // rows of open resources (开放)
)

// Own reports whether the class answers about one subject from that subject's own rows.
func (c Class) Own() bool { return c == B || c == C }

// Op is an operator of an expression. The list is closed: whatever reads expressions refuses any other.
type Op string

const (
	OpCol     Op = "col"     // column Index of the input's schema
	OpLit     Op = "lit"     // Lits[0]; no Lits means NULL of the expression's type
	OpSubject Op = "subject" // the parameter :subject

	OpAdd    Op = "add"    // Args[0] + Args[1], equal scales
	OpSub    Op = "sub"    // Args[0] - Args[1], equal scales
	OpMul    Op = "mul"    // Args[0] * Args[1]; scales add
	OpDiv    Op = "div"    // Args[0] / Args[1] rounded half away from zero to Type.Scale; NULL where Args[1] is 0
	OpNeg    Op = "neg"    // -Args[0]
	OpAbs    Op = "abs"    // |Args[0]|
	OpMod    Op = "mod"    // remainder of Args[0] by Lits[0] (a positive int), with the sign of Args[0]
	OpRound  Op = "round"  // Args[0] to Type.Scale places, half away from zero; Type.Scale <= scale of Args[0]
	OpFloor  Op = "floor"  // greatest int <= Args[0]
	OpCeil   Op = "ceil"   // least int >= Args[0]
	OpSqrt   Op = "sqrt"   // square root of Args[0] to Type.Scale places, half up; NULL below 0. 2*Type.Scale >= its scale
	OpLn     Op = "ln"     // natural logarithm of Args[0] to Type.Scale places, from LnTable; NULL where it is not positive
	OpExp    Op = "exp"    // e to the power Args[0] to Type.Scale places, from ExpTable
	OpToNum  Op = "tonum"  // text Args[0] as a number of Type.Scale places, NULL where it is not written as one (WholeDigits)
	OpScale  Op = "scale"  // Args[0] exactly, with more places: times 10^(Type.Scale - its scale)
	OpClamp  Op = "clamp"  // Args[0] moved into [Lits[0], Lits[1]], both of its type; NULL stays NULL
	OpLeast  Op = "least"  // smallest non-NULL argument, NULL if all are NULL
	OpGreat  Op = "great"  // greatest non-NULL argument, NULL if all are NULL
	OpBoolTo Op = "boolto" // 1 for true, 0 for false, NULL for NULL

	OpEq     Op = "eq" // comparisons of two arguments of one type; NULL if either is NULL
	OpNe     Op = "ne"
	OpLt     Op = "lt"
	OpLe     Op = "le"
	OpGt     Op = "gt"
	OpGe     Op = "ge"
	OpAnd    Op = "and"    // two or more arguments, three-valued
	OpOr     Op = "or"     // two or more arguments, three-valued
	OpNot    Op = "not"    // three-valued
	OpIsNull Op = "isnull" // never NULL
	OpIn     Op = "in"     // Args[0] equals one of Lits (sorted, none NULL); NULL if Args[0] is NULL
	OpPrefix Op = "prefix" // text Args[0] starts with Lits[0]

	OpCase     Op = "case"     // when, then, when, then, ..., else: first when that is true
	OpCoalesce Op = "coalesce" // first non-NULL argument
	OpNullIf   Op = "nullif"   // NULL if Args[0] equals Args[1], else Args[0]
	OpSubstr   Op = "substr"   // Lits[1] code points of Args[0] from the Lits[0]-th (from 1)
	OpUpper    Op = "upper"    // a to z of Args[0] as A to Z
	OpLower    Op = "lower"    // A to Z of Args[0] as a to z
	OpTrim     Op = "trim"     // Args[0] without U+0020 at its ends
	OpTrunc    Op = "trunc"    // the day, or first day of the week, month, quarter or year (Unit) of a date or timestamp: a date
	OpPart     Op = "part"     // one of PartUnits (Unit) of a date or timestamp, an int
	OpAge      Op = "age"      // whole years from the date Args[0] to the date Args[1]
	OpDateDiff Op = "datediff" // borders of days, months, quarters or years (Unit) from the date Args[0] to the date Args[1]
)

// TruncUnits and PartUnits are the units of OpTrunc and OpPart; those of ClockUnits are of a timestamp only.
var (
	TruncUnits = []string{"day", "week", "month", "quarter", "year"}
	PartUnits  = []string{"day", "week", "month", "quarter", "year", "dow", "isodow", "doy"}
	ClockUnits = []string{"hour", "minute", "second"}
	DiffUnits  = []string{"day", "month", "quarter", "year"}
)

// WholeDigits and NumberPlaces are the most digits before and after the point of a text that OpToNum reads.
const (
	WholeDigits  = 12
	NumberPlaces = 6
)

// Expr is one expression. Which fields count depends on Op; the others are zero.
type Expr struct {
	Op    Op      `json:"op"`
	Type  Type    `json:"type"`
	Index int     `json:"index,omitempty"`
	Args  []Expr  `json:"args,omitempty"`
	Lits  []Value `json:"lits,omitempty"`
	Unit  string  `json:"unit,omitempty"`

	// At is where in the tenant's text the expression began. It serves refusals; it is no part of the model.
	At int `json:"-"`
}

// Col is column i of the input's schema.
func Col(i int, t Type) Expr { return Expr{Op: OpCol, Type: t, Index: i} }

// Lit is a constant; a NULL needs its type from NullOf.
func Lit(v Value) Expr { return Expr{Op: OpLit, Type: v.Type(), Lits: []Value{v}} }

// NullOf is the constant NULL of a type.
func NullOf(t Type) Expr { return Expr{Op: OpLit, Type: t} }

// Const gives the value of a constant expression; ok is false for any other.
func (e *Expr) Const() (v Value, ok bool) {
	if e.Op != OpLit {
		return Null, false
	}
	if len(e.Lits) == 0 {
		return Null, true
	}
	return e.Lits[0], true
}

// Walk calls f for e and, where f returns true, for its arguments.
func (e *Expr) Walk(f func(*Expr) bool) {
	if !f(e) {
		return
	}
	for i := range e.Args {
		e.Args[i].Walk(f)
	}
}

// RelOp is an operator on rows. The list is closed.
type RelOp string

const (
	RelScan     RelOp = "scan"     // Columns of Table; its rows with a NULL subject key are never read
	RelFilter   RelOp = "filter"   // rows of In[0] for which Pred is true
	RelJoin     RelOp = "join"     // In[0] x In[1] where Left equals Right and each pair of More is equal; the schema is both, left first
	RelProject  RelOp = "project"  // Exprs over In[0]
	RelUnitAgg  RelOp = "unitagg"  // one row per subject: its key, then Aggs over its rows of In[0]; stays private
	RelGroup    RelOp = "group"    // rows of open tables gathered by Exprs, then Aggs over them; nobody is in them, so nothing is bounded
	RelWindow   RelOp = "window"   // In[0] with a column more for each of Wins, computed over the rows of the same subject (Unit)
	RelUnion    RelOp = "union"    // all rows of all In, which have one schema; each row stays its subject's
	RelDistinct RelOp = "distinct" // the rows of In[0], each once
	RelReduce   RelOp = "reduce"   // cells: Aggs by Keys, bounded per unit; the only door out of a private table
)

// Rel is one relation. Which fields count depends on Op; the others are zero.
type Rel struct {
	Op RelOp  `json:"op"`
	In []*Rel `json:"in,omitempty"`

	// scan
	Table   int      `json:"table,omitempty"`   // index into Model.Tables
	Columns []string `json:"columns,omitempty"` // in the order of the schema; a private table's subject key is first

	Pred *Expr `json:"pred,omitempty"` // filter

	// join: column of the left schema and of the right schema that must be equal: the subject keys, or the keys of a
	// public table. Outer keeps a left row without a match, its right columns NULL (LEFT JOIN).
	Left  int    `json:"left,omitempty"`
	Right int    `json:"right,omitempty"`
	More  []Pair `json:"more,omitempty"`
	Outer bool   `json:"outer,omitempty"`

	Exprs []Expr `json:"exprs,omitempty"` // project, group

	Wins []Win `json:"wins,omitempty"` // window

	// unitagg, window, reduce
	Unit int   `json:"unit,omitempty"` // column of the input's schema that is the subject key
	Keys []Key `json:"keys,omitempty"` // reduce
	Bins bool  `json:"bins,omitempty"` // reduce: the last key is a histogram, whose cells stand in one row
	Aggs []Agg `json:"aggs,omitempty"`

	// reduce: every unit counts in at most Groups cells, with at most Rows rows in each
	Groups int `json:"groups,omitempty"`
	Rows   int `json:"rows,omitempty"`
}

// MaxBound is more rows of one unit than any bound on cells or rows needs to tell apart.
const MaxBound = 1 << 20

// Pair is a column of the left schema and one of the right schema of a join.
type Pair struct {
	Left  int `json:"left"`
	Right int `json:"right"`
}

// Pairs lists every pair of columns that a join compares.
func (r *Rel) Pairs() []Pair { return append([]Pair{{r.Left, r.Right}}, r.More...) }

// Key is a grouping column with its public domain. A row whose Expr is not in Domain counts as NULL; NULL is the last
// value of the key if Null is set, otherwise the row is dropped before anything is counted.
//
// A key with Select has no public domain: which of its values are shown is decided privately (see select.go).
type Key struct {
	Expr   Expr     `json:"expr"`
	Domain []Value  `json:"domain"`
	Labels []string `json:"labels,omitempty"` // what each value means, where a code list says so
	Null   bool     `json:"null,omitempty"`
	Select bool     `json:"select,omitempty"`
}

// Size is how many values the key has, NULL included; 1 for a key whose values are selected, which numbers no cell.
func (k *Key) Size() int {
	if k.Select {
		return 1
	}
	if k.Null {
		return len(k.Domain) + 1
	}
	return len(k.Domain)
}

// AggFunc is an aggregate. The list is closed.
type AggFunc string

const (
	AggRows  AggFunc = "rows"  // rows, at most Reduce.Rows of each unit
	AggUnits AggFunc = "units" // units, each once
	AggCount AggFunc = "count" // rows whose Arg is not NULL
	AggSum   AggFunc = "sum"   // sum of Arg, which lies in [Lo, Hi]; NULL adds nothing
	AggMin   AggFunc = "min"   // inside unitagg and group
	AggMax   AggFunc = "max"   // inside unitagg and group
)

// Agg is one aggregate. In a Reduce it is one released vector:
//
//	rows, count:  per unit and cell n = min(number of rows, Rows)
//	units:        per unit and cell 1
//	sum:          per unit and cell s = clamp(sum over rows of (Arg - Center), Rows*min(Lo-Center, 0), Rows*max(Hi-Center, 0))
//
// Lo, Hi and Center are in units of 10^-Scale of Arg, and Arg is proven to lie in [Lo, Hi].
type Agg struct {
	Func   AggFunc `json:"func"`
	Arg    *Expr   `json:"arg,omitempty"`
	Type   Type    `json:"type"`
	Lo     int64   `json:"lo,omitempty"`
	Hi     int64   `json:"hi,omitempty"`
	Center int64   `json:"center,omitempty"`
}

// SumBounds are what one unit's part of the vector in one cell is clamped to, given the rows it may have there.
func (a *Agg) SumBounds(rows int) (lo, hi int64) {
	return int64(rows) * min(a.Lo-a.Center, 0), int64(rows) * max(a.Hi-a.Center, 0)
}

// Sensitivity is the most that one unit can move one cell of the vector, in units of 10^-Type.Scale.
func (a *Agg) Sensitivity(rows int) int64 {
	switch a.Func {
	case AggUnits:
		return 1
	case AggSum:
		lo, hi := a.SumBounds(rows)
		return max(-lo, hi)
	}
	return int64(rows)
}

// OutputKind says where an output of a model comes from.
type OutputKind string

const (
	OutKey      OutputKind = "key"      // Keys[Index]
	OutAgg      OutputKind = "agg"      // Aggs[Index]
	OutRatio    OutputKind = "ratio"    // Aggs[Index] / Aggs[Over] + Plus, rounded to Type.Scale; NULL where Over is not positive
	OutStat     OutputKind = "stat"     // Stat computed from the moments Aggs[Parts...], rounded to Type.Scale; NULL where it is not defined
	OutBin      OutputKind = "bin"      // Aggs[Index] in the histogram's bin number Bin
	OutQuantile OutputKind = "quantile" // the value that Quantile millionths of the rows lie below, from all bins of Aggs[Index] between the points of Grid
	OutExpr     OutputKind = "expr"     // Exprs[Index] of a Project
	OutStep     OutputKind = "step"     // output Index of the Step

	// A model with a Fit has these three, and one row per coefficient.
	OutTerm   OutputKind = "term"        // the coefficient's name, which the question fixes
	OutCoef   OutputKind = "coefficient" //
	OutStdErr OutputKind = "std_error"   // of the coefficient, the noise included
)

// Stat is a figure computed from released moments: counts, sums and sums of products of centered values. The list is closed.
type Stat string

// A figure of one column has the parts n, Sx, Sxx; one of two columns n, Sx, Sy, Sxx, Syy, Sxy.
const (
	VarPop    Stat = "var_pop"
	VarSamp   Stat = "var_samp"
	StdPop    Stat = "stddev_pop"
	StdSamp   Stat = "stddev_samp"
	CovarPop  Stat = "covar_pop"
	CovarSamp Stat = "covar_samp"
	Corr      Stat = "corr"
	Slope     Stat = "regr_slope"     // of x over y, as in regr_slope(x, y)
	Intercept Stat = "regr_intercept" // of x over y; Plus is the middle of x, Minus that of y
	R2        Stat = "regr_r2"
)

// Parts is how many moments the figure needs, 0 for an unknown one.
func (s Stat) Parts() int {
	switch s {
	case VarPop, VarSamp, StdPop, StdSamp:
		return 3
	case CovarPop, CovarSamp, Corr, Slope, Intercept, R2:
		return 6
	}
	return 0
}

// Standing is where a column stands between raw and public (可出域性).
type Standing string

const (
	Raw            Standing = "raw"
	UnitPreserving Standing = "unit_preserving" // still one subject's row
	SubjectOwn     Standing = "subject_own"     // from the consenting subject's own rows only
	AggDP          Standing = "agg_dp"          // aggregate, released with noise
	Public         Standing = "public"
)

// Way is how a source column flows into an output.
type Way string

const (
	WayKey    Way = "key"    // grouping, or joining by the subject key
	WayJoin   Way = "join"   // joining by another declared key
	WayFilter Way = "filter" // decides which rows count
	WayValue  Way = "value"  // enters the value
	WayBranch Way = "branch" // decides between values
)

// Source is one catalogued column that an output depends on, and how.
type Source struct {
	Table  string `json:"table"`
	Column string `json:"column"`
	Ways   []Way  `json:"ways"`
}

// FieldCells is what a class B output tells about one field (数据项精度): a partition of the field's values.
//
// Alone: the output depends on this field only, and Cuts or Groups say which values it tells apart; the precision
// ledger refines them with what was told before. Otherwise the output mixes fields and is charged its full number of
// values to each of them.
type FieldCells struct {
	Table   string     `json:"table"`
	Column  string     `json:"column"`
	Alone   bool       `json:"alone,omitempty"`
	Cuts    []int64    `json:"cuts,omitempty"`   // first value of each upper side, ascending
	Groups  [][]string `json:"groups,omitempty"` // values of a code list that look the same from outside
	TellNil bool       `json:"tellNil,omitempty"`
	Cells   int        `json:"cells"`          // values told apart, NULL included
	Cap     int        `json:"cap"`            // what the policy allows one recipient group over the value period
	Size    int        `json:"size,omitempty"` // values the field has at all, where a code list says so; nothing can tell apart more
}

// Output is one column of the answer.
type Output struct {
	Name     string     `json:"name"`
	Title    string     `json:"title,omitempty"`
	Type     Type       `json:"type"`
	Kind     OutputKind `json:"kind"`
	Index    int        `json:"index,omitempty"`
	Over     int        `json:"over,omitempty"`
	Plus     int64      `json:"plus,omitempty"` // in units of 10^-scale of Aggs[Index]
	Minus    int64      `json:"minus,omitempty"`
	Stat     Stat       `json:"stat,omitempty"`
	Parts    []int      `json:"parts,omitempty"`
	Bin      int        `json:"bin,omitempty"`
	Quantile int64      `json:"quantile,omitempty"`
	Grid     []int64    `json:"grid,omitempty"` // in units of 10^-Type.Scale, or days; one more than the bins that are not NULL
	Standing Standing   `json:"standing"`
	Sources  []Source   `json:"sources,omitempty"`

	// class B: every value the output can take (NULL not listed), and what that tells about each field
	Values []Value      `json:"values,omitempty"`
	Null   bool         `json:"null,omitempty"`
	Cells  int          `json:"cells,omitempty"` // len(Values), plus one if Null
	Fields []FieldCells `json:"fields,omitempty"`
}

// TableRef names a table a model reads: the resource and the schema version it was approved for, never a snapshot, so
// that a monthly refresh voids no signature.
type TableRef struct {
	Name       string      `json:"name"`
	Resource   string      `json:"resource"`
	Version    int         `json:"version"`
	UnitKind   string      `json:"unitKind,omitempty"`
	SubjectKey string      `json:"subjectKey,omitempty"`
	MaxRows    int         `json:"maxRows,omitempty"`
	Unique     []string    `json:"unique,omitempty"` // as in Table
	Columns    []ColumnRef `json:"columns"`          // all columns the model reads, by name
}

// ColumnRef is one column a model reads and the uses it was approved for.
type ColumnRef struct {
	Name string `json:"name"`
	Type Type   `json:"type"`
	Null bool   `json:"null,omitempty"`
	Uses []Use  `json:"uses,omitempty"`
}

// Post is what becomes of a released table before it is shown (HAVING, ORDER BY, LIMIT). It sees released values only, so it
// costs nothing and tells nothing more; it is no part of the Question.
type Post struct {
	Having *Expr   `json:"having,omitempty"` // over the outputs: OpCol.Index counts them; rows where it is not true are left out
	Order  []Order `json:"order,omitempty"`  // a hidden value stands last, whatever the direction
	Offset int     `json:"offset,omitempty"`
	Limit  *int    `json:"limit,omitempty"`
}

// Order is one output to order by.
type Order struct {
	Output int  `json:"output"`
	Desc   bool `json:"desc,omitempty"`
}

// Model is one question: what experts sign and engines run.
type Model struct {
	Format  int        `json:"format"` // 1
	Class   Class      `json:"class"`
	Unit    string     `json:"unit,omitempty"` // the one unit kind of the model
	Tables  []TableRef `json:"tables"`
	Root    *Rel       `json:"root"`
	Outputs []Output   `json:"outputs"`
	Post    *Post      `json:"post,omitempty"`
	Fit     *Fit       `json:"fit,omitempty"`
	Step    *Step      `json:"step,omitempty"`
}

// Format is the version of the canonical encoding this program writes.
const Format = 1

// Cells is the number of cells of a class A model: the product of its keys' sizes, known before any row is read. A
// model without keys has one cell.
func (m *Model) Cells() int {
	n := 1
	for i := range m.Root.Keys {
		n *= m.Root.Keys[i].Size()
	}
	return n
}

// Bins is the number of cells that stand in one row: those of the histogram, or one.
func (m *Model) Bins() int {
	if m.Root == nil || !m.Root.Bins || len(m.Root.Keys) == 0 {
		return 1
	}
	return m.Root.Keys[len(m.Root.Keys)-1].Size()
}

// Cell gives the key values of cell i. Cells are numbered with the last key fastest; NULL is a key's last value.
func (m *Model) Cell(i int) []Value {
	keys := m.Root.Keys
	values := make([]Value, len(keys))
	for k := len(keys) - 1; k >= 0; k-- {
		size := keys[k].Size()
		if at := i % size; at < len(keys[k].Domain) {
			values[k] = keys[k].Domain[at]
		}
		i /= size
	}
	return values
}
