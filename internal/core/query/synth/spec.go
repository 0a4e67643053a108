package synth

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"yunei/internal/base/errs"
	"yunei/internal/core/query"
	"yunei/internal/core/query/release"
)

// A Spec is what a set is learned about: one table, or a parent with one row of a subject and a child with several,
// cut into public bins. It is made of the policy alone.
type Spec struct {
	tables []query.Table
	nodes  []node
}

// node is one column of one table, or how many rows a subject has in the last table.
type node struct {
	attr
	table  int
	unit   bool // one value a subject; else one a row
	degree bool
}

// maxNodes bounds the pairs that a tree looks at; further columns stay as in S0.
const maxNodes = 32

// NewSpec cuts one or two tables into bins. Of two the first is the parent.
func NewSpec(tables ...query.Table) (*Spec, error) {
	s := &Spec{tables: tables}
	last := len(tables) - 1
	for i := range tables {
		t := &tables[i]
		switch {
		case !t.Private() || t.SubjectKey == "" || t.MaxRowsPerSubject < 1:
			return nil, errs.New(errs.Invalid, "“%s”不是关于个人的数据, 不需要 S1、S2; 请直接使用 S0 样例", t.Title)
		case i < last && (t.MaxRowsPerSubject != 1 || t.UnitKind != tables[last].UnitKind || t.Resource == tables[last].Resource):
			return nil, errs.New(errs.Invalid, "“%s”不能作主表: 主表每个主体一行, 且与子表描述同一类主体; 请另选主表", t.Title)
		}
		for j := range t.Columns {
			if a := attrOf(&t.Columns[j]); a != nil && len(s.nodes) < maxNodes {
				s.nodes = append(s.nodes, node{attr: *a, table: i, unit: t.MaxRowsPerSubject == 1 && (i < last || last == 0)})
			}
		}
	}
	if len(tables) > 2 || len(s.nodes) == 0 {
		return nil, errs.New(errs.Invalid, "没有可统计的数据项 (须有公开代码表或上下界); 请先在目录中补充, 或使用 S0 样例")
	}
	if most := tables[last].MaxRowsPerSubject; most > 1 || last > 0 {
		s.nodes = append(s.nodes, node{attr: degreeAttr(most, last > 0), table: last, unit: true, degree: true})
	}
	return s, nil
}

// degreeAttr bins the number of rows of a subject: each number up to sixteen, then doubling. With a parent there are
// subjects without any.
func degreeAttr(most int, zero bool) attr {
	a := attr{typ: intType}
	for n := 1; n <= most; n++ {
		if zero && n == 1 {
			a.cuts = append(a.cuts, 0)
		}
		a.cuts = append(a.cuts, int64(n))
		if n >= 16 {
			n = n*2 - 1
		}
	}
	a.cuts = append(a.cuts, int64(most)+1)
	return a
}

// Hash names the question: tables, versions and bins.
func (s *Spec) Hash(level string) string {
	type bin struct {
		Table  int
		Name   string
		Values []query.Value
		Cuts   []int64
		Null   bool
		Degree bool
	}
	var bins []bin
	for _, n := range s.nodes {
		bins = append(bins, bin{n.table, n.name, n.values, n.cuts, n.null, n.degree})
	}
	tables := make([]string, len(s.tables))
	for i, t := range s.tables {
		tables[i] = fmt.Sprintf("%s v%d, %d rows", t.Resource, t.SchemaVersion, t.MaxRowsPerSubject)
	}
	body, err := json.Marshal([]any{"yunei sample", level, tables, bins})
	if err != nil {
		panic("synth: bins that are no JSON: " + err.Error())
	}
	sum := sha256.Sum256(body)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// Tables lists the tables, the parent first.
func (s *Spec) Tables() []query.Table { return s.tables }

// most is how many rows of a relation over the nodes one subject has at most: what the policy promises and collection
// enforces. It is by how much one subject moves a count of them, all cells together.
func (s *Spec) most(nodes ...int) int64 {
	for _, i := range nodes {
		if n := &s.nodes[i]; !n.unit {
			return int64(s.tables[n.table].MaxRowsPerSubject)
		}
	}
	return 1
}

// Model is the question how many rows fall into each bin of some nodes. All of them are of the subject, or at least one
// is of the child's rows and none is the number of rows.
func (s *Spec) Model(nodes ...int) *query.Model {
	w := relation{spec: s, m: &query.Model{Format: query.Format, Class: query.A, Unit: s.tables[0].UnitKind}}
	used := func(f func(n *node) bool) bool {
		return slices.ContainsFunc(nodes, func(i int) bool { return f(&s.nodes[i]) })
	}
	last := len(s.tables) - 1
	parent := last > 0 && used(func(n *node) bool { return n.table < last || n.degree })
	degree, rows := used(func(n *node) bool { return n.degree }), used(func(n *node) bool { return n.table == last && !n.degree })
	var in *query.Rel
	switch {
	case degree && parent:
		l, width := w.scan(0, nodes)
		r, _ := w.scan(last, nil)
		in = &query.Rel{Op: query.RelJoin, In: []*query.Rel{l, counted(r)}, Outer: true}
		w.degree = query.Expr{Op: query.OpCoalesce, Type: intType, Args: []query.Expr{query.Col(width+1, intType), query.Lit(query.IntValue(0))}}
	case degree:
		r, _ := w.scan(last, nil)
		in = counted(r)
		w.degree = query.Col(1, intType)
	case parent && rows:
		l, width := w.scan(last, nodes)
		r, _ := w.scan(0, nodes)
		for i := range w.at {
			if s.nodes[i].table == 0 {
				w.at[i] += width
			}
		}
		in = &query.Rel{Op: query.RelJoin, In: []*query.Rel{l, r}}
	case parent:
		in, _ = w.scan(0, nodes)
	default:
		in, _ = w.scan(last, nodes)
	}
	root := &query.Rel{Op: query.RelReduce, In: []*query.Rel{in}, Rows: int(s.most(nodes...)), Aggs: []query.Agg{{Func: query.AggRows, Type: intType}}}
	for _, i := range nodes {
		n := &s.nodes[i]
		x := w.degree
		if !n.degree {
			x = query.Col(w.at[i], n.typ)
		}
		root.Keys = append(root.Keys, n.key(x))
	}
	w.m.Root = root
	root.Groups = w.m.Cells() // every cell that a subject falls into counts: the bound is on its rows
	w.m.Outputs = []query.Output{{Name: "n", Type: intType, Kind: query.OutAgg, Standing: query.AggDP}}
	return w.m
}

// relation builds the input of one question.
type relation struct {
	spec   *Spec
	m      *query.Model
	at     map[int]int // node -> column
	degree query.Expr
}

func (w *relation) scan(table int, nodes []int) (*query.Rel, int) {
	t := &w.spec.tables[table]
	ref := query.TableRef{Name: t.Name, Resource: t.Resource, Version: t.SchemaVersion, UnitKind: t.UnitKind, SubjectKey: t.SubjectKey, MaxRows: t.MaxRowsPerSubject,
		Columns: []query.ColumnRef{{Name: t.SubjectKey, Type: query.Type{Kind: query.Text}}}}
	rel := &query.Rel{Op: query.RelScan, Table: len(w.m.Tables), Columns: []string{t.SubjectKey}}
	if w.at == nil {
		w.at = map[int]int{}
	}
	for _, i := range nodes {
		if n := &w.spec.nodes[i]; n.table == table && !n.degree {
			w.at[i] = len(rel.Columns)
			rel.Columns = append(rel.Columns, n.name)
			ref.Columns = append(ref.Columns, query.ColumnRef{Name: n.name, Type: n.typ, Null: n.null})
		}
	}
	w.m.Tables = append(w.m.Tables, ref)
	return rel, len(rel.Columns)
}

// counted is how many rows each subject has.
func counted(in *query.Rel) *query.Rel {
	return &query.Rel{Op: query.RelUnitAgg, In: []*query.Rel{in}, Aggs: []query.Agg{{Func: query.AggRows, Type: intType}}}
}

// ProfilePlan is what a profile costs: a histogram of every column and of the rows of a subject.
func (s *Spec) ProfilePlan(rho release.Rho, k int) (release.Plan, error) {
	return s.plan(LevelS1, rho, k, func(add func(agg int, c int64, share release.Rho)) {
		for i := range s.nodes {
			add(i, s.most(i), rho/release.Rho(len(s.nodes)))
		}
	})
}

// TreePlan is what a tree costs beside its profiles: a fifth for choosing its edges, the rest for measuring them. How
// many there are is known before; which ones is what the choice finds out.
func (s *Spec) TreePlan(rho release.Rho, k int) (release.Plan, error) {
	steps := s.steps()
	if len(steps) == 0 {
		return release.Plan{}, errs.New(errs.Invalid, "只有一个可统计的数据项, 没有相关关系可学; 请使用 S1 样例")
	}
	return s.plan(LevelS2, rho, k, func(add func(agg int, c int64, share release.Rho)) {
		measured := len(steps)
		if s.zeroDegree() {
			measured++
		}
		choice, measure := rho/5/release.Rho(len(steps)), rho/5*4/release.Rho(measured)
		for _, c := range steps {
			add(release.ChoiceVector, c, choice)
		}
		for i, c := range steps {
			add(i, c, measure)
		}
		if s.zeroDegree() {
			add(len(steps), 1, measure)
		}
	})
}

func (s *Spec) plan(level string, rho release.Rho, k int, list func(add func(agg int, c int64, share release.Rho))) (release.Plan, error) {
	var vectors []release.Vector
	var err error
	list(func(agg int, c int64, share release.Rho) {
		v, e := release.NewVector(agg, c, share)
		if e != nil && err == nil {
			err = e
		}
		vectors = append(vectors, v)
	})
	cells := 0
	for i := range s.nodes {
		cells += s.nodes[i].size()
	}
	return release.PlanOf(s.Hash(level), k, cells, vectors...), err
}

// zeroDegree: the number of rows includes none, which a profile of the child alone does not know.
func (s *Spec) zeroDegree() bool { return len(s.tables) > 1 }

// steps are the sensitivities of the edges of a spanning tree: first the subject's, then one for each column of the
// rows (less one, where nothing of the subject stands above them).
func (s *Spec) steps() []int64 {
	var out []int64
	unit, rows, above := 0, 0, false
	for i := range s.nodes {
		switch n := &s.nodes[i]; {
		case n.unit:
			unit++
			above = above || !n.degree
		default:
			rows++
		}
	}
	for range max(unit-1, 0) {
		out = append(out, 1)
	}
	if !above {
		rows--
	}
	for range max(rows, 0) {
		out = append(out, int64(s.tables[len(s.tables)-1].MaxRowsPerSubject))
	}
	return out
}

// Columns are what is read of a table.
func (s *Spec) Columns(table int) (out []query.ColumnRef) {
	for _, n := range s.nodes {
		if n.table == table && !n.degree {
			out = append(out, query.ColumnRef{Name: n.name, Type: n.typ, Null: n.null})
		}
	}
	return out
}
