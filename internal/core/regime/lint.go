package regime

import (
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strings"

	"yunei/internal/base/workday"
)

// Lint reads every pack under fsys, or those named with what they bring along, and returns all problems as sentences, in the order of file and line: what keeps a pack
// from being loaded, and what it still lacks (a case that refuses, an obligation without evidence).
func Lint(fsys fs.FS, names ...string) []Problem {
	src, err := readSource(fsys, names)
	if err != nil {
		return []Problem{{File: ".", Message: err.Error()}}
	}
	problems := src.structural()
	if len(problems) == 0 {
		problems = src.incomplete()
	}
	sortProblems(problems)
	return problems
}

func sortProblems(problems []Problem) {
	sort.SliceStable(problems, func(i, j int) bool {
		if problems[i].File != problems[j].File {
			return problems[i].File < problems[j].File
		}
		return problems[i].Line < problems[j].Line
	})
}

// structural checks and compiles everything a judgement rests on.
func (s *source) structural() []Problem {
	problems := append([]Problem{}, s.problems...)
	for _, p := range s.packs {
		l := &linter{src: s, pack: p}
		l.problems = append(l.problems, p.problems...)
		l.header()
		l.valueSpecs()
		l.ruleSpecs()
		for _, proc := range p.procedures {
			l.procedure(proc)
		}
		l.periods()
		problems = append(problems, l.problems...)
	}
	problems = append(problems, s.together()...)
	sortProblems(problems)
	return problems
}

// linter collects the problems of one pack.
type linter struct {
	src      *source
	pack     *pack
	problems []Problem
}

func (l *linter) add(f *file, at []any, hint, format string, args ...any) {
	l.problems = append(l.problems, Problem{File: f.name, Line: f.line(at...), Message: fmt.Sprintf(format, args...), Hint: hint})
}

// join makes a path below another without sharing its array.
func join(at []any, more ...any) []any { return append(append([]any{}, at...), more...) }

func (l *linter) header() {
	p, f := l.pack.spec, l.pack.file
	if p.ID != l.pack.dir {
		l.add(f, []any{"id"}, "name the folder after the pack", "id %q is not the folder's name %q", p.ID, l.pack.dir)
	}
	if p.Title == "" || p.Issuer == "" {
		l.add(f, nil, "", "a pack needs title and issuer")
	}
	if levelOf(p.Level) == len(levels) {
		l.add(f, []any{"level"}, "one of "+strings.Join(levels, ", "), "unknown level %q", p.Level)
	}
	if !p.From.Valid() {
		l.add(f, []any{"from"}, "write the day it takes effect as 2006-01-02", "a pack needs the day it takes effect")
	}
	if p.Until != "" && p.Until < p.From {
		l.add(f, []any{"until"}, "", "until %s is before from %s", p.Until, p.From)
	}
	seen := map[string]bool{}
	for i, r := range p.Roles {
		if r.Role == "" || r.Title == "" {
			l.add(f, []any{"roles", i}, "", "a role needs role and title")
		}
		if seen[r.Role] {
			l.add(f, []any{"roles", i}, "", "role %s is listed twice", r.Role)
		}
		seen[r.Role] = true
		if r.Cite != nil {
			l.cite(f, []any{"roles", i, "cite"}, *r.Cite)
		}
	}
	seen = map[string]bool{}
	for i, d := range p.Documents {
		at := []any{"documents", i}
		if d.ID == "" || d.Title == "" {
			l.add(f, at, "", "a document needs id and title")
		}
		if seen[d.ID] {
			l.add(f, at, "", "document %s is listed twice", d.ID)
		}
		seen[d.ID] = true
		if d.Template != "" && l.pack.templates[d.Template] == "" {
			l.add(f, join(at, "template"), "", "template %s is not in %s", d.Template, path.Join(l.pack.dir, "templates"))
		}
		if d.Cite != nil {
			l.cite(f, join(at, "cite"), *d.Cite)
		}
	}
	if t := p.Trial; t != nil {
		at := []any{"trial"}
		if !t.Until.Valid() || t.Until < p.From {
			l.add(f, join(at, "until"), "", "a trial needs a last day on or after %s", p.From)
		}
		if t.Warn < 0 || t.Message == "" {
			l.add(f, at, "", "a trial needs a message that says what to do, and warn (days) not below 0")
		}
		l.acts(f, join(at, "closes"), t.Closes)
		l.cite(f, join(at, "cite"), t.Cite)
	}
}

// cite checks that the article exists and the words occur in it.
func (l *linter) cite(f *file, at []any, c CiteSpec) {
	if c.Article == "" || c.Quote == "" {
		l.add(f, at, "write cite: {article: …, quote: …}", "a citation needs article and quote")
		return
	}
	text, ok := l.pack.articles.text(c.Article)
	if !ok {
		hint := "articles are " + strings.Join(l.pack.articles.numbers(), " ")
		l.add(f, join(at, "article"), hint, "there is no article %s", c.Article)
		return
	}
	if strings.Contains(text, c.Quote) {
		return
	}
	hint := "quote the article's own words, punctuation included"
	for _, a := range l.pack.articles.list {
		if strings.Contains(a.Text, c.Quote) {
			hint = "these words are in " + a.Number
			break
		}
	}
	l.add(f, join(at, "quote"), hint, "the words %q do not occur in article %s", c.Quote, c.Article)
}

func (l *linter) acts(f *file, at []any, names []string) {
	for i, name := range names {
		if _, ok := l.src.vocab.acts[name]; !ok {
			hint := ""
			if near := nearest(name, l.src.vocab.actNames()); near != "" {
				hint = "did you mean " + near + "?"
			}
			l.add(f, join(at, i), hint, "unknown act %q", name)
		}
	}
}

func (l *linter) valueSpecs() {
	kinds := []string{"deadline", "validity", "lookback", "limit", "panel", "keep", "publicity", "fee", "split", "report"}
	for _, v := range l.pack.values {
		s := v.spec
		if s.Name == "" || s.Title == "" {
			l.add(v.file, v.at, "", "a value needs name and title")
		}
		if !contains(kinds, s.Kind) {
			l.add(v.file, join(v.at, "kind"), "one of "+strings.Join(kinds, ", "), "value %s has unknown kind %q", s.Name, s.Kind)
		}
		if (s.Int == nil) == (s.Text == "") {
			l.add(v.file, v.at, "", "value %s needs exactly one of int and text", s.Name)
		}
		if s.Strict != "" && s.Strict != "min" && s.Strict != "max" {
			l.add(v.file, join(v.at, "strict"), "min when the smaller number is the stricter, max when the larger is", "value %s has unknown strict %q", s.Name, s.Strict)
		}
		l.cite(v.file, join(v.at, "cite"), s.Cite)
		l.override(v.file, v.at, s.Overrides)
	}
}

// ruleKinds are the kinds a rule may have; the kind is for reading and filtering, the outcome is decided by otherwise.
var ruleKinds = []string{"limit", "deadline", "material", "forbid", "gate", "notice", "keep", "fee", "split", "report", "check"}

func (l *linter) ruleSpecs() {
	specs := make([]ValueSpec, len(l.pack.values))
	for i, v := range l.pack.values {
		specs[i] = v.spec
	}
	env, err := newEnv(l.src.vocab, specs, l.src.calendar)
	if err != nil {
		l.add(l.pack.file, nil, "", "declare facts: %v", err)
		return
	}
	l.pack.env = env
	for _, r := range l.pack.rules {
		l.rule(r)
	}
}

func (l *linter) rule(r *rule) {
	s, f, at := r.spec, r.file, r.at
	if s.ID == "" || s.Title == "" {
		l.add(f, at, "", "a rule needs id and title")
	}
	if s.ID == LapseRule {
		l.add(f, join(at, "id"), "choose another id", "the rule id %s is the program's own", LapseRule)
	}
	if !contains(ruleKinds, s.Kind) {
		l.add(f, join(at, "kind"), "one of "+strings.Join(ruleKinds, ", "), "rule %s has unknown kind %q", s.ID, s.Kind)
	}
	l.cite(f, join(at, "cite"), s.Cite)
	for i, c := range s.Also {
		l.cite(f, join(at, "also", i), c)
	}
	if len(s.Acts) == 0 {
		l.add(f, at, "list the acts it is judged at", "rule %s is bound to no act", s.ID)
	}
	l.acts(f, join(at, "acts"), s.Acts)
	switch s.Otherwise {
	case "", "error":
		r.otherwise = Refuse
	case "warn":
		r.otherwise = Warn
	case "notice":
		r.otherwise = Notice
	default:
		l.add(f, join(at, "otherwise"), "one of error, warn, notice", "rule %s has unknown outcome %q", s.ID, s.Otherwise)
	}
	if s.Message == "" {
		l.add(f, at, "end it with what to do", "rule %s has no message", s.ID)
	}
	if s.Check == "" && s.Needs == nil && s.Otherwise != "notice" {
		l.add(f, at, "only a notice may do without", "rule %s has neither check nor needs", s.ID)
	}
	r.when = l.condition(f, join(at, "when"), s.When)
	r.check = l.condition(f, join(at, "check"), s.Check)
	l.needs(r)
	l.objects(r)
	for _, m := range placeholder.FindAllString(s.Message, -1) {
		name := m[1 : len(m)-1]
		_, isFact := l.src.vocab.facts[name]
		if name != "today" && name != "missing" && !isFact && !strings.HasPrefix(name, "param.") {
			l.add(f, join(at, "message"), "placeholders are facts, param.name, {today} and {missing}", "unknown placeholder %s", m)
		}
	}
}

func (l *linter) condition(f *file, at []any, text string) *condition {
	if text == "" {
		return nil
	}
	c, err := compile(l.pack.env, l.src.vocab, text)
	if err != nil {
		l.add(f, at, "", "%v", err)
		return nil
	}
	return c
}

func (l *linter) needs(r *rule) {
	n := r.spec.Needs
	if n == nil {
		return
	}
	at := join(r.at, "needs")
	if spec, ok := l.src.vocab.facts[n.In]; !ok || spec.Type != StringList {
		l.add(r.file, join(at, "in"), "name a fact of type list", "%q is not a list fact", n.In)
	}
	if len(n.Documents) == 0 {
		l.add(r.file, at, "", "needs lists no document")
	}
	l.documents(r.file, join(at, "documents"), n.Documents)
}

func (l *linter) documents(f *file, at []any, slugs []string) {
	for i, slug := range slugs {
		if _, ok := l.pack.document(slug); !ok {
			var known []string
			for _, d := range l.pack.spec.Documents {
				known = append(known, d.ID)
			}
			hint := "add it to documents in pack.yaml"
			if near := nearest(slug, known); near != "" {
				hint = "did you mean " + near + "?"
			}
			l.add(f, join(at, i), hint, "unknown document %q", slug)
		}
	}
}

// looksAt lists every fact a rule may load.
func (r *rule) looksAt() []string {
	var names []string
	for _, c := range []*condition{r.when, r.check} {
		if c != nil {
			names = append(names, c.facts...)
		}
	}
	if r.spec.Needs != nil {
		names = append(names, r.spec.Needs.In)
	}
	return names
}

// objects checks that every act the rule is bound to carries the objects its facts are about; where one does not, the rule
// must say by about that it concerns only acts that do.
func (l *linter) objects(r *rule) {
	for _, name := range r.looksAt() {
		object := objectOf(name)
		if contains(r.spec.About, object) {
			continue
		}
		for _, act := range r.spec.Acts {
			if a, ok := l.src.vocab.acts[act]; ok && !contains(a.Objects, object) {
				l.add(r.file, r.at, fmt.Sprintf("add about: [%s] if the rule concerns only acts that do", object),
					"rule %s looks at %s, but the act %s carries no %s", r.spec.ID, name, act, object)
			}
		}
	}
}

// periods checks that two versions of the same rule, value or procedure are never in force on the same day.
func (l *linter) periods() {
	type version struct {
		what        string
		from, until string
		f           *file
		at          []any
	}
	var all []version
	for _, r := range l.pack.rules {
		all = append(all, version{"rule " + r.spec.ID, string(r.spec.From), string(r.spec.Until), r.file, r.at})
	}
	for _, v := range l.pack.values {
		all = append(all, version{"value " + v.spec.Name, string(v.spec.From), string(v.spec.Until), v.file, v.at})
	}
	for _, p := range l.pack.procedures {
		all = append(all, version{"procedure " + p.spec.Kind, string(p.spec.From), string(p.spec.Until), p.file, nil})
	}
	for i, a := range all {
		if a.until != "" && a.until < a.from {
			l.add(a.f, join(a.at, "until"), "", "%s ends (%s) before it begins (%s)", a.what, a.until, a.from)
		}
		for _, b := range all[:i] {
			if a.what == b.what && overlap(workday.Date(a.from), workday.Date(a.until), workday.Date(b.from), workday.Date(b.until)) {
				l.add(a.f, a.at, fmt.Sprintf("the other is at %s:%d; end one before the other begins", b.f.name, b.f.line(b.at...)),
					"two versions of %s are in force on the same day", a.what)
			}
		}
	}
}
