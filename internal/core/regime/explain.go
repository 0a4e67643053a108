package regime

import (
	"fmt"
	"io/fs"
	"sort"

	"yunei/internal/base/errs"
)

// Explanation says what a rule is, in words a legal officer can read.
type Explanation struct {
	Pack      string        `json:"pack"`
	Rule      string        `json:"rule"`
	Title     string        `json:"title"`
	Kind      string        `json:"kind"`
	Cites     []CitedText   `json:"cites"`
	From      string        `json:"from,omitempty"`
	Until     string        `json:"until,omitempty"`
	Acts      []NamedThing  `json:"acts"`
	When      string        `json:"when,omitempty"`
	Check     string        `json:"check,omitempty"`
	Needs     []Document    `json:"needs,omitempty"`
	Facts     []NamedThing  `json:"facts"`
	Values    []Value       `json:"values,omitempty"`
	Otherwise Outcome       `json:"otherwise"`
	Message   string        `json:"message"`
	Upholds   []string      `json:"upholds,omitempty"`
	Cases     []CaseMention `json:"cases,omitempty"`
}

// CitedText is a citation with the whole article behind it.
type CitedText struct {
	Article string `json:"article"`
	Quote   string `json:"quote"`
	Text    string `json:"text"`
}

// NamedThing is a word of the vocabulary with its Chinese title.
type NamedThing struct {
	Name  string `json:"name"`
	Title string `json:"title,omitempty"`
}

// CaseMention is a case in which the rule speaks.
type CaseMention struct {
	Name    string  `json:"name"`
	Outcome Outcome `json:"outcome"`
}

// Explain explains a rule of any pack under fsys; name is rule or pack/rule.
func Explain(fsys fs.FS, name string) ([]Explanation, error) {
	src, err := readSource(fsys, nil)
	if err != nil {
		return nil, err
	}
	if problems := src.structural(); len(problems) > 0 {
		return nil, errs.New(errs.Invalid, "规则包有错误, 请先运行 yunei regime lint: %s", problems[0])
	}
	var out []Explanation
	var known []string
	for _, p := range src.packs {
		for _, r := range p.rules {
			known = append(known, r.spec.ID)
			if name == r.spec.ID || name == p.spec.ID+"/"+r.spec.ID {
				out = append(out, explain(src, p, r))
			}
		}
	}
	if len(out) == 0 {
		hint := ""
		if near := nearest(name, known); near != "" {
			hint = fmt.Sprintf(", 是否指 %s", near)
		}
		return nil, errs.New(errs.NotFound, "没有规则 %q%s; 可用规则: %v", name, hint, known)
	}
	return out, nil
}

// Rules explains every rule of the loaded packs, for the rules browser.
func (l *Law) Rules() []Explanation {
	var out []Explanation
	src := &source{vocab: l.vocab, packs: l.packs}
	for _, p := range l.packs {
		for _, r := range p.rules {
			out = append(out, explain(src, p, r))
		}
	}
	return out
}

func explain(src *source, p *pack, r *rule) Explanation {
	s := r.spec
	e := Explanation{Pack: p.spec.ID, Rule: s.ID, Title: s.Title, Kind: s.Kind, From: string(s.From), Until: string(s.Until),
		When: s.When, Check: s.Check, Otherwise: r.otherwise, Message: s.Message, Upholds: s.Upholds, Facts: []NamedThing{}}
	for _, c := range append([]CiteSpec{s.Cite}, s.Also...) {
		text, _ := p.articles.text(c.Article)
		e.Cites = append(e.Cites, CitedText{Article: c.Article, Quote: c.Quote, Text: text})
	}
	for _, act := range s.Acts {
		e.Acts = append(e.Acts, NamedThing{Name: act, Title: src.vocab.acts[act].Title})
	}
	if s.Needs != nil {
		e.Needs = p.documents(s.Needs.Documents)
	}
	seen := map[string]bool{}
	for _, name := range r.looksAt() {
		if !seen[name] {
			seen[name] = true
			e.Facts = append(e.Facts, NamedThing{Name: name, Title: src.vocab.facts[name].Title})
		}
	}
	for _, c := range []*condition{r.when, r.check} {
		if c == nil {
			continue
		}
		for _, name := range c.params {
			for _, v := range p.values {
				if v.spec.Name == name {
					e.Values = append(e.Values, v.get())
				}
			}
		}
	}
	for _, c := range p.cases {
		if outcome, ok := c.spec.Expect[s.ID]; ok {
			e.Cases = append(e.Cases, CaseMention{Name: c.spec.Name, Outcome: outcome})
		}
	}
	return e
}

// Needs lists the facts that the rules bound to an act may load, so that a stage can be checked to offer them.
func (l *Law) Needs(act string) []string {
	seen := map[string]bool{}
	var names []string
	for _, r := range l.byAct[act] {
		for _, name := range r.looksAt() {
			if !seen[name] {
				seen[name] = true
				names = append(names, name)
			}
		}
	}
	sort.Strings(names)
	return names
}

// Missing lists facts that some rule or skip names and no stage registered with a loader; a fact registered without one is
// given by the act. A program that starts with a missing fact would refuse acts with an internal error: check at start.
func (l *Law) Missing() []string {
	names := map[string]bool{}
	for _, p := range l.packs {
		for _, r := range p.rules {
			for _, name := range r.looksAt() {
				names[name] = true
			}
		}
		for _, proc := range p.procedures {
			for _, s := range proc.skips {
				for _, name := range s.when.facts {
					names[name] = true
				}
			}
		}
	}
	var missing []string
	for name := range names {
		if _, ok := l.facts[name]; !ok {
			missing = append(missing, name)
		}
	}
	sort.Strings(missing)
	return missing
}
