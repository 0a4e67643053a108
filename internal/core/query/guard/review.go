package guard

import (
	"fmt"

	"yunei/internal/core/query"
	"yunei/internal/core/query/step"
)

// Review is what people see of a model: the checks, where every output comes from, and what leaves.
type Review struct {
	Accepted   bool               `json:"accepted"`
	Class      query.Class        `json:"class"`
	Hash       string             `json:"hash,omitempty"`
	Question   string             `json:"question,omitempty"`
	Summary    string             `json:"summary"` // one sentence: what leaves and what never can
	Understood string             `json:"understood,omitempty" doc:"The model written out step by step in the accepted language; compiled, it is the same model"`
	Unit       string             `json:"unit,omitempty"`  // person, enterprise
	Rows       int                `json:"rows,omitempty"`  // rows per subject at most
	Cells      int                `json:"cells,omitempty"` // class A
	Vectors    []Vector           `json:"vectors,omitempty"`
	Outputs    []query.Output     `json:"outputs,omitempty"`
	Fields     []query.FieldCells `json:"fields,omitempty"` // class B: all outputs together
	Checks     []Check            `json:"checks,omitempty"`
	Lineage    Graph              `json:"lineage"`
	Notes      []string           `json:"notes,omitempty"`
	Refusals   []Refusal          `json:"refusals"`

	// A model with a WebAssembly step: what is known of its module before it runs.
	Step *step.Report `json:"step,omitempty"`

	// A model with parameters: the review shows the first combination of values; the checks are those of all.
	Params []query.Param `json:"params,omitempty"`
	Tuples int           `json:"tuples,omitempty"`

	// Family is the artefact, and Model its first member; nil when refused.
	Family *query.Family `json:"-"`
	Model  *query.Model  `json:"-"`
}

// Vector is one noised vector of a class A model.
type Vector struct {
	Name        string        `json:"name"` // COUNT(*), SUM 2
	Func        query.AggFunc `json:"func"`
	Sensitivity string        `json:"sensitivity"` // the most one unit moves one cell
	Groups      int           `json:"groups"`      // cells one unit counts in at most
	Rows        int           `json:"rows"`
}

// Graph is the lineage (血缘) of a model: tables, columns, outputs, and how they flow.
type Graph struct {
	Nodes []Node `json:"nodes"`
	Edges []Edge `json:"edges"`
}

// Node is one table, column or output. IDs are stable: table:x, column:x.y, output:z.
type Node struct {
	ID       string         `json:"id"`
	Kind     string         `json:"kind"` // table, column, output
	Label    string         `json:"label"`
	Title    string         `json:"title,omitempty"`
	Grade    string         `json:"grade,omitempty"`
	Standing query.Standing `json:"standing,omitempty"`
}

// Edge is one flow; Way is key, filter, value or branch, and "has" from a table to its column.
type Edge struct {
	From string `json:"from"`
	To   string `json:"to"`
	Way  string `json:"way"`
}

// Compile turns a text into a model of the class, or says why not. The model is nil exactly when there are refusals; of a
// text with parameters it is the first member.
func Compile(text string, class query.Class, cat query.Catalog) (*query.Model, []Refusal) {
	r := Inspect(text, class, cat)
	return r.Model, r.Refusals
}

// Inspect is Compile with everything a person wants to see.
func Inspect(text string, class query.Class, cat query.Catalog) Review {
	return InspectStep(text, nil, class, cat)
}

// InspectStep is Inspect of a text with the module of its step.
func InspectStep(text string, module []byte, class query.Class, cat query.Catalog) Review {
	f := &faults{text: text, list: []Refusal{}}
	r := Review{Class: class, Lineage: Graph{Nodes: []Node{}, Edges: []Edge{}}}
	var fam *query.Family
	if p, stmts, ok := parsed(text, class, f); ok && p.withModule(module, f) {
		fam = r.compileFamily(p, stmts, cat, f)
	}
	r.Refusals = f.list
	r.Accepted = fam != nil && len(f.list) == 0
	if r.Accepted {
		r.Family = fam
	} else {
		r.Model, r.Hash, r.Question, r.Understood = nil, "", "", ""
		r.Step = nil
		r.Summary = fmt.Sprintf("未通过：%d 处需要修改，没有任何数据被读取。", len(f.list))
	}
	return r
}

// compileOne compiles a parsed text for one combination of the parameters' values.
func (r *Review) compileOne(p prepared, stmts []any, values []query.Value, cat query.Catalog, f *faults) bool {
	r.Lineage = Graph{Nodes: []Node{}, Edges: []Edge{}}
	m, notes := bindModel(p, stmts, values, r.Class, cat, f)
	r.Notes = notes
	if m == nil || len(f.list) > 0 {
		return false
	}
	know, err := know(m, cat)
	if err != nil {
		f.refuse(UnknownName, 0, err.Error(), err.Error(), "")
		return false
	}
	annotate(m, know)
	(&inspection{faults: f, model: m, know: know, check: &Check{}}).selected()
	if len(f.list) > 0 {
		return false
	}
	if err := m.Validate(); err != nil {
		f.refuse(Unimplemented, 0, "模型不完整", err.Error(), "")
		return false
	}
	r.fill(m, know, f)
	if m.Step != nil {
		report := p.step.module.Report()
		r.Step = &report
	}
	return len(f.list) == 0
}

// Recheck runs the checks again on a decoded model against today's policy: a stricter policy refuses, a looser one
// changes nothing.
func Recheck(m *query.Model, cat query.Catalog) ([]Check, []Refusal) {
	f := &faults{list: []Refusal{}}
	know, err := know(m, cat)
	if err != nil {
		f.refuse(UnknownName, 0, "目录已变更："+err.Error(), "the catalog changed: "+err.Error(), "")
		return nil, f.list
	}
	return inspect(m, know, f), f.list
}

// parsed is a text that the grammar took.
func parsed(text string, class query.Class, f *faults) (prepared, []any, bool) {
	if class != query.A && !class.Own() && class != query.O {
		f.refuse(Unimplemented, 0, "输出类别 "+string(class), "class "+string(class), "")
		return prepared{}, nil, false
	}
	p, ok := prepare(text, f)
	if !ok {
		return p, nil, false
	}
	if len(p.params) > 0 && class == query.O {
		f.refuse(Undeclared, p.params[0].at, "开放数据的查询不用参数", "queries of open data take no parameters", "WHERE pm >= 75")
		return p, nil, false
	}
	stmts, ok := parse(p, f)
	return p, stmts, ok
}

func bindModel(p prepared, stmts []any, values []query.Value, class query.Class, cat query.Catalog, f *faults) (*query.Model, []string) {
	s := (&converter{faults: f, params: values}).model(stmts)
	if s == nil || len(f.list) > 0 {
		return nil, nil
	}
	b := newBinder(f, class, cat)
	b.step = p.step
	if !b.withQueries(s) {
		return nil, nil
	}
	if !b.noSets(s) {
		return nil, nil
	}
	for i, item := range s.items {
		if !b.named(item, s.items[:i]) {
			return nil, nil
		}
	}
	var notes []string
	bind := map[query.Class]func(*selectNode) *query.Model{query.A: b.classA, query.B: b.classB, query.C: b.classC, query.O: b.classO}[class]
	if p.step != nil && !class.Own() {
		f.refuse(StepDeclared, p.step.at, "STEP 只用于按人查询与核验（B、C 类）", "STEP is for classes B and C", "")
		return nil, nil
	}
	if p.fit != "" {
		bind = func(s *selectNode) *query.Model { return b.fit(s, p.fit) }
		notes = append(notes, "系数由加噪后的统计量求得，标准误已计入噪声，不另计披露额度。")
	}
	m := bind(s)
	if m != nil && m.Step != nil {
		if _, bad := p.step.module.Fits(m.Step, m.Outputs); bad != nil {
			f.module(bad, p.step.at)
			return nil, nil
		}
		notes = append(notes, "模块只见到一个人的一行档位；出错、超限或给出未声明的值时，该人得到声明的缺省值。")
	}
	if m != nil && m.Post != nil {
		notes = append(notes, "HAVING、ORDER BY、LIMIT 在加噪之后作用于所发布的数值，不另计披露额度。")
	}
	if m == nil && len(f.list) == 0 {
		f.refuse(Unimplemented, 0, "", "", "")
	}
	return m, notes
}

// named checks the name of an output column: given, not given twice, and of the text, never of the data.
func (b *binder) named(item itemNode, before []itemNode) bool {
	if item.expr == nil {
		return false
	}
	name := itemName(item)
	if name == "" || len(name) > 128 {
		b.refuse(NameColumns, item.at, "输出列须用 AS 命名", "name the output column", "... AS band")
		return false
	}
	for _, o := range before {
		if itemName(o) == name {
			b.refuse(NameColumns, item.at, "输出列名 "+name+" 重复", "two output columns named "+name, "... AS "+name+"2")
			return false
		}
	}
	return true
}
