package regime

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
)

// Special is what a special law (特别规定) sets for one object in the place of a general value (威海 第二条: 法律法规对公共数据管理另有规定的,
// 按照有关规定执行). It takes the place only of a value of a pack that lists it as open to special law: what another pack says of
// the same name still holds beside it.
type Special struct {
	ID      string    `json:"id"`
	Value   string    `json:"value" doc:"Name of the value whose place it takes"`
	Title   string    `json:"title" doc:"Title of that value"`
	Int     int64     `json:"int,omitempty"`
	Text    string    `json:"text,omitempty"`
	Setting string    `json:"setting" doc:"What it sets, in words"`
	General string    `json:"general" doc:"What would hold without it, in words"`
	Cite    errs.Cite `json:"cite" doc:"The special law"`
	Instead errs.Cite `json:"instead" doc:"The article whose setting it takes the place of"`
}

// Specials loads the special settings of an object that are in force on a day; only id, value, number or text and citation are
// theirs to tell.
type Specials func(ctx context.Context, tx *sqldb.Tx, id string, day workday.Date) ([]Special, error)

// RegisterSpecials says which kind of object bears special law, and where it is recorded; call it before Load.
func (l *Law) RegisterSpecials(object string, load Specials) { l.bears, l.specials = object, load }

// SpecialSpec lists what of a pack is open to special law, by the article that says so.
type SpecialSpec struct {
	Cite   CiteSpec           `yaml:"cite" need:"1" doc:"允许特别规定的条文"`
	Values []SpecialValueSpec `yaml:"values" need:"1" doc:"可以由特别规定代替的取值"`
}

// SpecialValueSpec opens one value.
type SpecialValueSpec struct {
	Name  string `yaml:"name" need:"1" doc:"本规则包的取值名称"`
	Words string `yaml:"words" doc:"文字取值可以选用的词: 词 名称, 逗号分隔"`
}

// Openness is one value that is open to special law.
type Openness struct {
	Value   Value     `json:"value" doc:"As it holds in general"`
	Setting string    `json:"setting" doc:"The general setting, in words"`
	Choice  []Word    `json:"choice,omitempty" doc:"Of a text: what a special law may choose from"`
	Cite    errs.Cite `json:"cite" doc:"The article that lets special law go first"`
}

// Word is a slug with its title.
type Word struct {
	Slug  string `json:"slug"`
	Title string `json:"title"`
}

// Open lists what special law may set on a day, in the order of the packs.
func (l *Law) Open(day workday.Date) []Openness {
	out := []Openness{}
	for _, p := range l.packs {
		s := p.spec.Special
		if s == nil || !within(day, p.spec.From, p.spec.Until) {
			continue
		}
		for _, o := range s.Values {
			for _, v := range p.values {
				if v.spec.Name == o.Name && v.on(day) {
					out = append(out, Openness{Value: v.get(), Setting: v.words(), Choice: wordsOf(o.Words), Cite: p.cite(o.Name, s.Cite)})
				}
			}
		}
	}
	return out
}

// Words is what a setting of the value says to people.
func (o Openness) Words(n *int64, text string) string {
	v := value{spec: ValueSpec{Int: n, Text: text, Unit: o.Value.Unit}}
	return v.words()
}

// wordsOf reads "slug title, slug title".
func wordsOf(text string) (list []Word) {
	for part := range strings.SplitSeq(text, ",") {
		if slug, title, _ := strings.Cut(strings.TrimSpace(part), " "); slug != "" {
			list = append(list, Word{slug, strings.TrimSpace(title)})
		}
	}
	return list
}

// listed reports whether a word is among the slugs of a list.
func listed(word, list string) bool {
	for _, w := range wordsOf(list) {
		if w.Slug == word {
			return true
		}
	}
	return false
}

var unitTitles = map[string]string{"working_day": "个工作日", "day": "日", "hour": "小时", "month": "个月", "year": "年", "person": "人", "fen": "分"}

// words are the setting as people read it.
func (v *value) words() string {
	if v.spec.Int != nil {
		return strconv.FormatInt(*v.spec.Int, 10) + " " + unitTitles[v.spec.Unit]
	}
	var titles []string
	for _, w := range wordsOf(v.spec.Text) {
		titles = append(titles, cmp.Or(w.Title, w.Slug))
	}
	return strings.Join(titles, "、")
}

// opens is what the pack says about the value of that name being open to special law.
func (p *pack) opens(name string) (SpecialValueSpec, bool) {
	if p.spec.Special != nil {
		for _, o := range p.spec.Special.Values {
			if o.Name == name {
				return o, true
			}
		}
	}
	return SpecialValueSpec{}, false
}

// under is the value as a special law sets it, where its pack is open to that; itself otherwise.
func (v *value) under(specials []Special) *value {
	if _, open := v.pack.opens(v.spec.Name); !open {
		return v
	}
	for _, s := range specials {
		if s.Value != v.spec.Name {
			continue
		}
		set, general := *v, v.get()
		if v.spec.Int != nil {
			set.spec.Int = &s.Int
		} else {
			set.spec.Text = s.Text
		}
		s.Title, s.Setting, s.General, s.Instead = general.Title, set.words(), v.words(), general.Cite
		set.special = &s
		return &set
	}
	return v
}

// valueUnder is Value for what is about objects with special settings of their own, one list for each: of several the stricter
// applies, and an object without one brings the general setting.
func (l *Law) valueUnder(name string, day workday.Date, specials [][]Special) (Value, error) {
	if len(specials) == 0 {
		specials = [][]Special{nil}
	}
	var best *value
	for i, own := range specials {
		var here *value
		for _, v := range l.values[name] {
			if v.on(day) {
				if v = v.under(own); here == nil || v.displaces(here) {
					here = v
				}
			}
		}
		if here != nil && (i == 0 || best == nil || here.displaces(best)) {
			best = here
		}
	}
	if best == nil {
		return Value{}, errs.New(errs.NotFound, "现行规则未规定 %s (%s), 请检查所用规则包", name, day)
	}
	return best.get(), nil
}

// SpecialOf loads the special settings of objects, one list for each.
func (l *Law) SpecialOf(ctx context.Context, tx *sqldb.Tx, ids []string, day workday.Date) (out [][]Special, err error) {
	if l.specials == nil {
		return nil, nil
	}
	for _, id := range ids {
		list, err := l.specials(ctx, tx, id, day)
		if err != nil {
			return nil, fmt.Errorf("读取 %s 的特别规定: %w", id, err)
		}
		out = append(out, list)
	}
	return out, nil
}

// settled is the law as it applies to what bears special settings of its own.
type settled struct {
	*Law
	specials [][]Special
}

// Value is Law.Value, with a special law's setting in its place.
func (l settled) Value(name string, day workday.Date) (Value, error) {
	return l.valueUnder(name, day, l.specials)
}

// Int is Value for those who only want the number.
func (l settled) Int(name string, day workday.Date) (int64, errs.Cite, error) {
	v, err := l.Value(name, day)
	return v.Int, v.Cite, err
}

// ProcedureUnder is Procedure for a matter about objects with special settings: each period that a special law sets says so.
func (l *Law) ProcedureUnder(kind string, day workday.Date, specials [][]Special) (Procedure, error) {
	return settled{l, specials}.procedure(kind, day)
}

// Specials are the special settings that the periods of a procedure rest on.
func (p Procedure) Specials() (list []Special) {
	add := func(w *Within) {
		if w != nil && w.Special != nil {
			list = append(list, *w.Special)
		}
	}
	add(p.Supplement)
	if p.Appeal != nil {
		add(p.Appeal.Within)
	}
	for i := range p.Steps {
		s := &p.Steps[i]
		add(s.Within)
		add(s.Lapse)
		add(s.Extend)
		for j := range s.Clocks {
			add(&s.Clocks[j])
		}
		if s.Publicity != nil {
			add(&s.Publicity.For)
		}
	}
	return list
}

// Basis names the article a limit rests on; of a special law's, also the one whose place it takes.
func (w Within) Basis() string {
	if w.Special == nil {
		return basis(w.Cite)
	}
	return basis(w.Cite) + " (特别规定, 代替" + basis(w.Special.Instead) + "的 " + strings.TrimSpace(w.Special.General) + ")"
}

// special are the special settings of the act's object, loaded when a condition first asks for a value.
func (v *view) special() ([][]Special, error) {
	if v.settings != nil {
		return v.settings, nil
	}
	v.settings = [][]Special{nil}
	if r := v.law.rehearsal.Load(); r != nil && v.carries(v.law.bears) {
		v.settings = [][]Special{r.Special}
	} else if id := v.objects[v.law.bears]; r == nil && id != "" {
		found, err := v.law.SpecialOf(v.ctx, v.tx, []string{id}, v.day)
		if err != nil || found == nil {
			return v.settings, err
		}
		v.settings = found
	}
	return v.settings, nil
}

// applied are the special settings that a rule's conditions rest on, of those that were asked.
func (r *rule) applied(view *view) (list []Special) {
	for _, c := range []*condition{r.when, r.check} {
		if c == nil {
			continue
		}
		for _, param := range c.params {
			if s := view.replaced[param]; s != nil {
				list = append(list, *s)
			}
		}
	}
	return list
}

// because says which special law stands behind a refusal.
func because(specials []Special) string {
	var out strings.Builder
	for _, s := range specials {
		fmt.Fprintf(&out, "按特别规定%s“%s”, %s为“%s”, 代替一般规定的“%s”。", basis(s.Cite), s.Cite.Quote, s.Title, s.Setting, s.General)
	}
	return out.String()
}

// SpecialCase turns what a case of law says of a special law into settings.
func (c CaseSpec) SpecialCase() (list []Special) {
	for name, set := range c.Special {
		s := Special{ID: "case", Value: name, Cite: errs.Cite{Rule: "case", Law: "判例所设的特别规定", Article: "第一条"}}
		switch x := set.(type) {
		case string:
			s.Text = x
		default:
			if n, err := normal(name, Int, x); err == nil {
				s.Int, _ = n.(int64)
			}
		}
		list = append(list, s)
	}
	return list
}
