package regime

import "strings"

// MatrixRow is one article: what the program made of it, and how well that is shown.
type MatrixRow struct {
	Pack        string       `json:"pack"`
	Article     string       `json:"article"`
	Title       string       `json:"title,omitempty"`
	Outside     string       `json:"outside,omitempty" doc:"Why the article obliges nobody here"`
	Rules       []NamedThing `json:"rules"`
	Values      []NamedThing `json:"values"`
	Procedures  []NamedThing `json:"procedures"`
	Acts        []NamedThing `json:"acts" doc:"Where its rules are judged, and what its obligations name"`
	Obligations int          `json:"obligations"`
	Upheld      int          `json:"upheld"`
	Planned     int          `json:"planned"`
	Excused     int          `json:"excused"`
	Cases       int          `json:"cases" doc:"Passing cases of law that name its rules or obligations"`
	Tests       int          `json:"tests" doc:"Tests of the program that its obligations name"`
}

// Matrix is, article by article, what upholds the loaded packs (规则覆盖).
func (l *Law) Matrix() []MatrixRow {
	rows := []MatrixRow{}
	src := &source{vocab: l.vocab, packs: l.packs}
	report := l.Coverage()
	for _, p := range l.packs {
		var obligations []Obligation
		for _, c := range report.Packs {
			if c.Pack == p.spec.ID {
				obligations = c.Obligations
			}
		}
		for _, a := range p.articles.list {
			rows = append(rows, src.row(p, a, obligations))
		}
	}
	return rows
}

func (s *source) row(p *pack, a Article, obligations []Obligation) MatrixRow {
	row := MatrixRow{Pack: p.spec.ID, Article: a.Number, Title: a.Title, Rules: []NamedThing{}, Values: []NamedThing{}, Procedures: []NamedThing{}, Acts: []NamedThing{}}
	cases, tests := map[string]bool{}, map[string]bool{}
	for _, r := range p.rules {
		if !p.about(a, append([]CiteSpec{r.spec.Cite}, r.spec.Also...)...) {
			continue
		}
		row.Rules = mention(row.Rules, r.spec.ID, r.spec.Title)
		for _, act := range r.spec.Acts {
			row.Acts = mention(row.Acts, act, s.vocab.acts[act].Title)
		}
		for _, c := range p.cases {
			if _, ok := c.spec.Expect[r.spec.ID]; ok {
				cases[c.spec.Name] = true
			}
		}
	}
	for _, v := range p.values {
		if p.about(a, v.spec.Cite) {
			row.Values = mention(row.Values, v.spec.Name, v.spec.Title)
		}
	}
	for _, proc := range p.procedures {
		if p.about(a, proc.spec.cites()...) {
			row.Procedures = mention(row.Procedures, proc.spec.Kind, proc.spec.Title)
		}
	}
	for _, o := range obligations {
		if !p.about(a, o.Cite) {
			continue
		}
		row.Obligations++
		switch o.Status {
		case Upheld:
			row.Upheld++
		case Planned:
			row.Planned++
		case Excused:
			row.Excused++
		}
		for _, act := range o.JudgedAt {
			row.Acts = mention(row.Acts, act, s.vocab.acts[act].Title)
		}
		for _, name := range o.Passing {
			cases[name] = true
		}
		for _, name := range o.Tests {
			tests[name] = true
		}
	}
	if p.coverage != nil {
		for _, o := range p.coverage.spec.Outside {
			if o.Article == a.Number {
				row.Outside = Excuses[o.Reason]
			}
		}
	}
	row.Cases, row.Tests = len(cases), len(tests)
	return row
}

// cites are all places that a procedure rests on.
func (s ProcedureSpec) cites() []CiteSpec {
	cites := []CiteSpec{s.Cite}
	add := func(w *WithinSpec) {
		if w != nil {
			cites = append(cites, w.Cite)
		}
	}
	add(s.Supplement)
	if s.Appeal != nil {
		cites = append(cites, s.Appeal.Cite)
	}
	for _, w := range s.Ways {
		cites = append(cites, w.Cite)
	}
	for _, skip := range s.Skip {
		cites = append(cites, skip.Cite)
	}
	for _, st := range s.Steps {
		cites = append(cites, st.Cite)
		add(st.Within)
		add(st.Lapse)
		for _, c := range st.Clocks {
			add(&c)
		}
		if st.Publicity != nil {
			cites = append(cites, st.Publicity.Cite)
		}
		if st.Pause != nil {
			cites = append(cites, st.Pause.Cite)
		}
		if st.Extend != nil {
			cites = append(cites, st.Extend.Cite)
		}
	}
	return cites
}

// about reports whether one of the citations names the article or an item in it.
func (p *pack) about(a Article, cites ...CiteSpec) bool {
	for _, c := range cites {
		for _, place := range places(c.Article) {
			if place == a.Number || strings.HasPrefix(place, a.Number) && strings.Trim(place[len(a.Number):], "0123456789") == "" {
				return true
			}
		}
	}
	return false
}

// places are the places that a citation of an obligation names: 三(一)1、2 are 三(一)1 and 三(一)2.
func places(article string) []string {
	var out []string
	part := ""
	for _, place := range strings.Split(article, "、") {
		if strings.Trim(place, "0123456789") == "" {
			place = strings.TrimRight(part, "0123456789") + place
		}
		part = place
		out = append(out, place)
	}
	return out
}

func mention(list []NamedThing, name, title string) []NamedThing {
	for _, t := range list {
		if t.Name == name {
			return list
		}
	}
	return append(list, NamedThing{Name: name, Title: title})
}
