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
		return []Problem{{File: ".", Message: sentence(err)}}
	}
	problems := src.structural()
	if len(problems) == 0 {
		problems = src.incomplete()
	}
	sortProblems(problems)
	return problems
}

func sortProblems(problems []Problem) {
	sort.Slice(problems, func(i, j int) bool {
		if problems[i].File != problems[j].File {
			return problems[i].File < problems[j].File
		}
		if problems[i].Line != problems[j].Line {
			return problems[i].Line < problems[j].Line
		}
		return problems[i].Message < problems[j].Message
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
		l.special()
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
	if f.root == nil {
		return // not YAML, which is told already
	}
	if p.ID != l.pack.dir {
		l.add(f, []any{"id"}, "请把目录和 id 改成同一个名称", "编号 id 写的是 %q, 与所在目录 %q 不一致", p.ID, l.pack.dir)
	}
	if p.Title == "" || p.Issuer == "" {
		l.add(f, nil, "请补上", "规则包没有写全 title (法规全称) 和 issuer (制定机关)")
	}
	if levelOf(p.Level) == len(levels) {
		l.add(f, []any{"level"}, oneOf(levels), "不认识层级 level: %q", p.Level)
	}
	if !p.From.Valid() {
		l.add(f, []any{"from"}, "请写成 2006-01-02 的形式", "规则包没有写明有效的施行之日 from")
	}
	if p.Until != "" && p.Until < p.From {
		l.add(f, []any{"until"}, "请核对两个日期", "终止日 until %s 早于施行之日 from %s", p.Until, p.From)
	}
	seen := map[string]bool{}
	for i, r := range p.Roles {
		if r.Role == "" || r.Title == "" {
			l.add(f, []any{"roles", i}, "请补上", "每个角色须写明 role 和 title")
		}
		l.slip(join([]any{"roles"}, i, "role"), r.Role)
		if seen[r.Role] {
			l.add(f, []any{"roles", i}, "请删去一处", "角色 %s 列了两次", r.Role)
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
			l.add(f, at, "请补上", "每份材料须写明 id 和 title")
		}
		if seen[d.ID] {
			l.add(f, at, "请删去一处", "材料 %s 列了两次", d.ID)
		}
		seen[d.ID] = true
		if d.Template != "" && l.pack.templates[d.Template] == "" {
			l.add(f, join(at, "template"), "请把模板文件放进去, 或者改正文件名", "模板 %s 不在目录 %s 中", d.Template, path.Join(l.pack.dir, "templates"))
		}
		if d.Cite != nil {
			l.cite(f, join(at, "cite"), *d.Cite)
		}
	}
	if t := p.Trial; t != nil {
		at := []any{"trial"}
		if !t.Until.Valid() || t.Until < p.From {
			l.add(f, join(at, "until"), "请写一个不早于施行之日的日期", "试行期的最后一日 until 没有写, 或者早于施行之日 %s", p.From)
		}
		if t.Warn < 0 || t.Message == "" {
			l.add(f, at, "请在 message 中写明届满后怎么办", "试行期须写明 message, 且 warn (日数) 不小于 0")
		}
		l.acts(f, join(at, "closes"), t.Closes)
		l.cite(f, join(at, "cite"), t.Cite)
	}
}

// slip reports a misspelled role. A regulation may also name parties that take no part in the program (a buyer, the price
// authority); but a word within two letters of one of the program's roles is a slip of the pen, and its title would never be shown.
func (l *linter) slip(at []any, slug string) {
	known := l.src.vocab.roleNames()
	if contains(known, slug) {
		return
	}
	for _, k := range known {
		if distance(slug, k) <= 2 {
			l.add(l.pack.file, at, "是否指 "+k, "不认识角色 %q", slug)
			return
		}
	}
}

// cite checks that the article exists and the words occur in it.
func (l *linter) cite(f *file, at []any, c CiteSpec) {
	if c.Article == "" || c.Quote == "" {
		l.add(f, at, "请写成 cite: {article: …, quote: …}", "引用没有写全条号 article 和引文 quote")
		return
	}
	text, ok := l.pack.articles.text(c.Article)
	if !ok {
		l.add(f, join(at, "article"), l.articleHint(), "原文中没有%s", c.Article)
		return
	}
	if strings.Contains(text, c.Quote) {
		return
	}
	hint := verbatim
	for _, a := range l.pack.articles.list {
		if strings.Contains(a.Text, c.Quote) {
			hint = "这句话在" + a.Number + "中, 请改正 article"
			break
		}
	}
	l.add(f, join(at, "quote"), hint, "%s中没有 %q 这句话", c.Article, c.Quote)
}

const verbatim = "请照抄原文, 标点也照抄"

func (l *linter) articleHint() string {
	return "现有条文: " + strings.Join(l.pack.articles.numbers(), " ")
}

func (l *linter) acts(f *file, at []any, names []string) {
	for i, name := range names {
		if _, ok := l.src.vocab.acts[name]; !ok {
			l.add(f, join(at, i), meant(name, l.src.vocab.actNames(), "可用的操作见 vocabulary.yaml"), "不认识操作 %q", name)
		}
	}
}

func (l *linter) valueSpecs() {
	kinds := []string{"deadline", "validity", "lookback", "limit", "panel", "keep", "publicity", "fee", "split", "report"}
	for _, v := range l.pack.values {
		s := v.spec
		if s.Name == "" || s.Title == "" {
			l.add(v.file, v.at, "请补上", "每个取值须写明 name 和 title")
		}
		if !contains(kinds, s.Kind) {
			l.add(v.file, join(v.at, "kind"), oneOf(kinds), "取值 %s 的种类 kind: %q 不存在", s.Name, s.Kind)
		}
		if (s.Int == nil) == (s.Text == "") {
			l.add(v.file, v.at, "请补上或者删去一个", "取值 %s 须在 int 和 text 中写且只写一个", s.Name)
		}
		if s.Strict != "" && s.Strict != "min" && s.Strict != "max" {
			l.add(v.file, join(v.at, "strict"), "较小的数更严写 min, 较大的数更严写 max", "取值 %s 的 strict: %q 不存在", s.Name, s.Strict)
		}
		l.cite(v.file, join(v.at, "cite"), s.Cite)
		if s.Running != nil {
			l.cite(v.file, join(v.at, "running"), *s.Running)
			if _, counted := periodUnits[s.Unit]; s.Int == nil || !counted {
				l.add(v.file, join(v.at, "running"), "请删去, 或者把取值写成以工作日、日或小时计的期限", "取值 %s 不是期限, 没有可以适用于已受理办件的", s.Name)
			}
		}
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
		l.add(l.pack.file, nil, "请核对 vocabulary.yaml 的事实和本规则包的取值", "%s", undeclarable(err))
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
		l.add(f, at, "请补上", "每条规则须写明 id 和 title")
	}
	if s.ID == LapseRule {
		l.add(f, join(at, "id"), "请换一个编号", "规则编号 %s 由程序专用", LapseRule)
	}
	if !contains(ruleKinds, s.Kind) {
		l.add(f, join(at, "kind"), oneOf(ruleKinds), "规则 %s 的种类 kind: %q 不存在", s.ID, s.Kind)
	}
	l.cite(f, join(at, "cite"), s.Cite)
	for i, c := range s.Also {
		l.cite(f, join(at, "also", i), c)
	}
	if len(s.Acts) == 0 {
		l.add(f, at, "请在 acts 中列出对哪些操作判断", "规则 %s 没有约束任何操作", s.ID)
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
		l.add(f, join(at, "otherwise"), oneOf([]string{"error", "warn", "notice"}), "规则 %s 的 otherwise: %q 不存在", s.ID, s.Otherwise)
	}
	if s.Message == "" {
		l.add(f, at, "请写一句话, 以怎么办结尾", "规则 %s 没有给经办人的提示 message", s.ID)
	}
	if s.Check == "" && s.Needs == nil && s.Otherwise != "notice" {
		l.add(f, at, "请补上一个, 只有 otherwise: notice 的规则可以都不写", "规则 %s 既没有 check 也没有 needs", s.ID)
	}
	for i, role := range s.Alert {
		l.role(f, join(at, "alert", i), role)
	}
	if len(s.Alert) > 0 && r.otherwise != Refuse {
		l.add(f, join(at, "alert"), "请删去 alert, 或者让规则拒绝", "规则 %s 不拒绝操作, 不会告知任何人", s.ID)
	}
	r.when = l.condition(f, join(at, "when"), s.When)
	r.check = l.condition(f, join(at, "check"), s.Check)
	l.needs(r)
	l.objects(r)
	for _, m := range placeholder.FindAllString(s.Message, -1) {
		name := m[1 : len(m)-1]
		_, isFact := l.src.vocab.facts[name]
		if name != "today" && name != "missing" && !isFact && !strings.HasPrefix(name, "param.") {
			l.add(f, join(at, "message"), meant(m, braced(l.words()), "花括号内可以写事实、param.取值名称、{today} 和 {missing}"), "message 中的 %s 无法替换", m)
		}
	}
}

func (l *linter) condition(f *file, at []any, text string) *condition {
	if text == "" {
		return nil
	}
	c, err := compile(l.pack.env, l.src.vocab, l.words(), text)
	if err != nil {
		l.add(f, at, "", "%v", err)
		return nil
	}
	return c
}

// words are the names a condition of the pack may look at.
func (l *linter) words() []string {
	words := append(l.src.vocab.names(), "today", "addDays", "addMonths", "addYears", "addWorkdays", "workdaysBetween", "listed")
	for _, v := range l.pack.values {
		words = append(words, "param."+v.spec.Name)
	}
	return words
}

func (l *linter) needs(r *rule) {
	n := r.spec.Needs
	if n == nil {
		return
	}
	at := join(r.at, "needs")
	if spec, ok := l.src.vocab.facts[n.In]; !ok || spec.Type != StringList {
		l.add(r.file, join(at, "in"), "请写一个类型为 list 的事实, 见 vocabulary.yaml", "needs 的 in: %q 不是列表型事实", n.In)
	}
	if len(n.Documents) == 0 {
		l.add(r.file, at, "请在 documents 中列出材料编号", "needs 没有列出材料")
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
			l.add(f, join(at, i), meant(slug, known, "请先把它加到 pack.yaml 的 documents"), "不认识材料 %q", slug)
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
				l.add(r.file, r.at, fmt.Sprintf("规则如果只适用于涉及它的操作, 请加上 about: [%s]", object),
					"规则 %s 要看 %s, 但是操作 %s 不涉及 %s", r.spec.ID, name, act, object)
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
		all = append(all, version{"规则 " + r.spec.ID, string(r.spec.From), string(r.spec.Until), r.file, r.at})
	}
	for _, v := range l.pack.values {
		all = append(all, version{"取值 " + v.spec.Name, string(v.spec.From), string(v.spec.Until), v.file, v.at})
	}
	for _, p := range l.pack.procedures {
		all = append(all, version{"办理程序 " + p.spec.Kind, string(p.spec.From), string(p.spec.Until), p.file, nil})
	}
	for i, a := range all {
		if a.until != "" && a.until < a.from {
			l.add(a.f, join(a.at, "until"), "请核对 from 和 until", "%s 的终止日 %s 早于起始日 %s", a.what, a.until, a.from)
		}
		for _, b := range all[:i] {
			if a.what == b.what && overlap(workday.Date(a.from), workday.Date(a.until), workday.Date(b.from), workday.Date(b.until)) {
				l.add(a.f, a.at, fmt.Sprintf("另一个在 %s:%d, 请让前一个在后一个起始之前终止", b.f.name, b.f.line(b.at...)),
					"%s 有两个版本在同一天施行", a.what)
			}
		}
	}
}
