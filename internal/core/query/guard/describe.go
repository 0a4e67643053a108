package guard

import (
	"fmt"
	"slices"
	"strings"

	"yunei/internal/core/query"
)

// fill completes the review of a model.
func (r *Review) fill(m *query.Model, know *knowledge, f *faults) {
	r.Model = m
	r.Hash, r.Question, r.Understood = m.Hash(), m.Question(), Print(m)
	r.Unit, r.Rows = m.Unit, know.rows[m.Root.In[0]]
	r.Outputs = m.Outputs
	r.Checks = inspect(m, know, f)
	r.Lineage = lineage(m, know)
	switch m.Class {
	case query.A:
		r.Cells = m.Cells()
		r.Vectors = vectorViews(m)
	case query.B, query.C:
		r.Fields = fieldTotals(m)
	}
	r.Summary = summary(m, know)
}

func vectorViews(m *query.Model) []Vector {
	var out []Vector
	for i := range m.Root.Aggs {
		a := &m.Root.Aggs[i]
		s := query.Value{Kind: a.Type.Kind, Scale: a.Type.Scale, N: a.Sensitivity(m.Root.Rows)}
		out = append(out, Vector{Name: fmt.Sprintf("%s %d", strings.ToUpper(string(a.Func)), i+1), Func: a.Func, Sensitivity: s.Text(), Groups: m.Root.Groups, Rows: m.Root.Rows})
	}
	return out
}

// lineage draws the model: tables have columns, columns flow into outputs.
func lineage(m *query.Model, know *knowledge) Graph {
	g := Graph{Nodes: []Node{}, Edges: []Edge{}}
	for i, t := range m.Tables {
		g.Nodes = append(g.Nodes, Node{ID: "table:" + t.Name, Kind: "table", Label: t.Name, Title: know.tables[i].Title, Standing: query.Raw})
		for _, ref := range t.Columns {
			c, _ := know.tables[i].Column(ref.Name)
			id := "column:" + t.Name + "." + ref.Name
			g.Nodes = append(g.Nodes, Node{ID: id, Kind: "column", Label: ref.Name, Title: c.Title, Grade: gradeName(c.Grade), Standing: query.Raw})
			g.Edges = append(g.Edges, Edge{From: "table:" + t.Name, To: id, Way: "has"})
		}
	}
	for _, o := range m.Outputs {
		id := "output:" + o.Name
		g.Nodes = append(g.Nodes, Node{ID: id, Kind: "output", Label: o.Name, Title: o.Title, Standing: o.Standing})
		for _, s := range o.Sources {
			for _, w := range s.Ways {
				g.Edges = append(g.Edges, Edge{From: "column:" + s.Table + "." + s.Column, To: id, Way: string(w)})
			}
		}
	}
	return g
}

// summary says in one sentence what leaves and what never can.
func summary(m *query.Model, know *knowledge) string {
	var tables []string
	for i, t := range m.Tables {
		name := know.tables[i].Title
		if name == "" {
			name = t.Name
		}
		tables = append(tables, "《"+name+"》")
	}
	from := strings.Join(tables, "与")
	switch m.Class {
	case query.A:
		if m.Fit != nil {
			return fmt.Sprintf("出域的只有由%s拟合的 %d 个系数及其标准误，均由加噪后的统计量求得；任何一个人的记录、主体标识和未加噪的数字都不会出域。", from, len(m.Fit.Terms)+1)
		}
		return fmt.Sprintf("出域的只有%s的一张 %d 格汇总表，每格都加噪、人数不足的不显示；任何一个人的记录、主体标识和未加噪的数字都不会出域。", from, m.Cells())
	case query.C:
		return fmt.Sprintf("经本人授权，出域的只有该人在%s中“是、否或无记录”的一个答案（%s）；任何数据项的值和其他人的任何信息都不会出域。", from, m.Outputs[0].Name)
	case query.B:
		var outs []string
		for i := range m.Outputs {
			outs = append(outs, outputName(&m.Outputs[i])+"（"+abridged(outputValues(m, &m.Outputs[i], know))+"）")
		}
		return fmt.Sprintf("经本人授权，出域的只有该人在%s中的%s；%s和其他人的任何信息都不会出域。", from, strings.Join(outs, "、"), hiddenFields(m, know))
	}
	return fmt.Sprintf("%s是无条件开放的资源，出域的是其中列明的 %d 列；其他资源读不到。", from, len(m.Outputs))
}

func outputName(o *query.Output) string {
	if o.Title != "" {
		return o.Title
	}
	return " " + o.Name
}

// outputValues lists what a class B output can be, in the words of the code list where it is a coded field itself.
func outputValues(m *query.Model, o *query.Output, know *knowledge) []string {
	labels := map[string]string{}
	if o.Kind == query.OutExpr && m.Root.Exprs[o.Index].Op == query.OpCol {
		e := &m.Root.Exprs[o.Index]
		if c := know.cols(m.Root.In[0])[e.Index].policy; c != nil {
			for _, code := range c.Domain {
				labels[code.Value] = code.Label
			}
		}
	}
	var out []string
	for _, v := range o.Values {
		if label := labels[v.Text()]; label != "" {
			out = append(out, label)
		} else {
			out = append(out, v.Text())
		}
	}
	if o.Null {
		out = append(out, "空值")
	}
	return out
}

// hiddenFields names the fields that a class B model reads but does not hand out as they are.
func hiddenFields(m *query.Model, know *knowledge) string {
	var out []string
	for i, t := range m.Tables {
		for _, ref := range t.Columns {
			c, _ := know.tables[i].Column(ref.Name)
			name := c.Title
			if name == "" {
				name = c.Name
			}
			if c.Role != query.SubjectKey && !slices.Contains(ref.Uses, query.ConsentedField) {
				out = append(out, name)
			}
		}
	}
	if len(out) == 0 {
		return "其余数据项"
	}
	return abridged(out) + "的原始值"
}
