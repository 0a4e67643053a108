package regime

import (
	"fmt"
	"io/fs"
	"sort"
	"strings"

	"yunei/internal/base/errs"
)

// Difference is one thing that two packs set differently, or that only one of them has.
type Difference struct {
	Of   string `json:"of" enum:"pack,role,document,value,procedure,step,rule"`
	Name string `json:"name"`
	A    string `json:"a" doc:"Empty: A has none"`
	B    string `json:"b" doc:"Empty: B has none"`
}

// Diff compares two packs, of different regulations or two versions of one: roles, papers, values, procedures step by step,
// and rules. Each thing is described in one line; what both say in the same words is left out.
func Diff(aFS fs.FS, a string, bFS fs.FS, b string) ([]Difference, error) {
	left, err := outline(aFS, a)
	if err != nil {
		return nil, err
	}
	right, err := outline(bFS, b)
	if err != nil {
		return nil, err
	}
	names := append([]lineOf{}, left.order...)
	for _, n := range right.order {
		if _, both := left.text[n]; !both {
			names = append(names, n)
		}
	}
	sort.SliceStable(names, func(i, j int) bool { return rank(names[i].of) < rank(names[j].of) })
	out := []Difference{}
	for _, n := range names {
		if left.text[n] != right.text[n] {
			out = append(out, Difference{Of: n.of, Name: n.name, A: left.text[n], B: right.text[n]})
		}
	}
	return out, nil
}

var ranks = []string{"pack", "role", "document", "value", "procedure", "step", "rule"}

func rank(of string) int {
	for i, r := range ranks {
		if r == of {
			return i
		}
	}
	return len(ranks)
}

type lineOf struct{ of, name string }

// lines describe a pack, one thing a line.
type lines struct {
	order []lineOf
	text  map[lineOf]string
}

func (l *lines) add(of, name string, parts ...string) {
	var words []string
	for _, p := range parts {
		if p = strings.TrimSpace(p); p != "" {
			words = append(words, p)
		}
	}
	n := lineOf{of, name}
	if old, twice := l.text[n]; twice { // versions of one thing by date
		l.text[n] = old + " | " + strings.Join(words, ", ")
		return
	}
	l.order = append(l.order, n)
	l.text[n] = strings.Join(words, ", ")
}

// outline reads one pack and describes it; the pack need only be readable, not free of faults.
func outline(fsys fs.FS, name string) (*lines, error) {
	if _, err := fs.Stat(fsys, name+"/pack.yaml"); err != nil {
		known, _ := packNames(fsys)
		hint := ""
		if near := nearest(name, known); near != "" {
			hint = ", 是否指 " + near
		}
		return nil, errs.New(errs.NotFound, "没有名为 %q 的规则包%s; 现有: %s", name, hint, strings.Join(known, " "))
	}
	p := readPack(fsys, name)
	for _, fault := range p.problems {
		return nil, errs.New(errs.Invalid, "规则包 %s 无法读取, 请先运行 yunei regime lint: %s", name, fault)
	}
	out := &lines{text: map[lineOf]string{}}
	s := p.spec
	out.add("pack", "title", s.Title)
	out.add("pack", "number", s.Number)
	out.add("pack", "issuer", s.Issuer)
	out.add("pack", "level", s.Level, s.Division)
	out.add("pack", "from", dates(string(s.From), string(s.Until)))
	if s.Trial != nil {
		out.add("pack", "trial", string(s.Trial.Until))
	}
	for _, r := range s.Roles {
		out.add("role", r.Role, r.Title)
	}
	for _, d := range s.Documents {
		out.add("document", d.ID, d.Title)
	}
	for _, v := range p.values {
		number := v.spec.Text
		if v.spec.Int != nil {
			number = fmt.Sprintf("%d %s", *v.spec.Int, v.spec.Unit)
		}
		running := ""
		if v.spec.Running != nil {
			running = "可适用于已受理的办件, 依据 " + v.spec.Running.Article
		}
		out.add("value", v.spec.Name, number, dates(string(v.spec.From), string(v.spec.Until)), v.spec.Cite.Article, running)
	}
	for _, proc := range p.procedures {
		out.procedure(proc.spec)
	}
	for _, r := range p.rules {
		out.add("rule", r.spec.ID, r.spec.Title, r.spec.Otherwise, dates(string(r.spec.From), string(r.spec.Until)), condText("适用条件", r.spec.When),
			condText("须满足", r.spec.Check), needsText(r.spec.Needs), "约束 "+strings.Join(r.spec.Acts, " "), r.spec.Cite.Article)
	}
	return out, nil
}

func (l *lines) procedure(s ProcedureSpec) {
	adds := ""
	if s.Adds {
		adds = "加入别的程序 (adds)"
	}
	var steps []string
	for _, st := range s.Steps {
		steps = append(steps, st.ID)
	}
	l.add("procedure", s.Kind, s.Title, adds, condText("申请人", strings.Join(s.Applicant, " ")), condText("材料", strings.Join(s.Needs, " ")), strings.Join(steps, " → "),
		dates(string(s.From), string(s.Until)), s.Cite.Article)
	for _, st := range s.Steps {
		parts := []string{st.Title, condText("办理人", st.By), condText("前置环节", strings.Join(st.After, " "))}
		if st.Within != nil {
			parts = append(parts, "期限 "+st.Within.For)
		}
		for _, c := range st.Clocks {
			parts = append(parts, "并行期限 "+c.For)
		}
		if st.Publicity != nil {
			parts = append(parts, "公示 "+st.Publicity.For)
		}
		if st.Panel != nil {
			parts = append(parts, "专家组 "+st.Panel.Size+" 形成结论 "+st.Panel.Quorum)
		}
		if st.People > 1 {
			parts = append(parts, fmt.Sprintf("%d 人同意", st.People))
		}
		if st.Binding != nil && !*st.Binding {
			parts = append(parts, "不影响结果")
		}
		for _, c := range st.Checks {
			parts = append(parts, "["+c.Title+"]")
		}
		parts = append(parts, strings.Join(st.May, "/"), condText("会签", st.Join), st.Cite.Article)
		l.add("step", s.Kind+"."+st.ID, parts...)
	}
}

func condText(word, text string) string {
	if text == "" {
		return ""
	}
	return word + " " + text
}

func needsText(n *NeedsSpec) string {
	if n == nil {
		return ""
	}
	return "须提交 " + strings.Join(n.Documents, " ")
}

func dates(from, until string) string {
	switch {
	case from == "" && until == "":
		return ""
	case until == "":
		return "自 " + from + " 起"
	}
	return strings.TrimSpace(from + " 至 " + until)
}
