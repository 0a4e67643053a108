package regime

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strings"

	"github.com/google/cel-go/cel"

	"yunei/internal/base/errs"
	"yunei/internal/base/workday"
)

// vocabulary indexes regimes/vocabulary.yaml and the facts registered in Go.
type vocabulary struct {
	acts  map[string]ActSpec
	facts map[string]FactSpec
	roles []WordSpec
}

func (v *vocabulary) roleNames() []string {
	names := make([]string, len(v.roles))
	for i, r := range v.roles {
		names[i] = r.Name
	}
	return names
}

// admit adds a registered fact; it answers a sentence when the vocabulary says another type.
func (v *vocabulary) admit(f Fact) string {
	spec, known := v.facts[f.Name]
	if !known {
		v.facts[f.Name] = FactSpec{Name: f.Name, Type: f.Type}
		return ""
	}
	if spec.Type != f.Type {
		return fmt.Sprintf("事实 %s 登记的类型是 %s, vocabulary.yaml 写的是 %s", f.Name, f.Type, spec.Type)
	}
	return ""
}

func (v *vocabulary) names() []string {
	names := make([]string, 0, len(v.facts))
	for name := range v.facts {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

func (v *vocabulary) actNames() []string {
	names := make([]string, 0, len(v.acts))
	for name := range v.acts {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// pack is one loaded pack.
type pack struct {
	dir        string
	spec       PackSpec
	file       *file
	articles   articles
	templates  map[string]string
	values     []*value
	rules      []*rule
	procedures []*procedure
	cases      []*caseItem
	coverage   *coverageFile
	text       string
	digest     string // of text
	problems   []Problem
	env        *cel.Env
}

type rule struct {
	spec        RuleSpec
	pack        *pack
	file        *file
	at          []any // path in file
	when, check *condition
	otherwise   Outcome
}

type procedure struct {
	spec  ProcedureSpec
	pack  *pack
	file  *file
	skips []skip
}

type skip struct {
	spec SkipSpec
	when *condition
}

func (p *pack) document(slug string) (Document, bool) {
	for _, d := range p.spec.Documents {
		if d.ID == slug {
			return Document{ID: d.ID, Title: d.Title, Template: d.Template}, true
		}
	}
	return Document{ID: slug, Title: slug}, false
}

func (p *pack) documents(slugs []string) []Document {
	out := make([]Document, 0, len(slugs))
	for _, s := range slugs {
		d, _ := p.document(s)
		out = append(out, d)
	}
	return out
}

func (p *pack) cite(rule string, c CiteSpec) errs.Cite {
	return errs.Cite{Rule: rule, Pack: p.spec.ID, Law: p.spec.Title, Article: c.Article, Quote: c.Quote}
}

// source is everything read from regimes/, with what is wrong with it.
type source struct {
	vocab    *vocabulary
	calendar *workday.Calendar
	packs    []*pack
	problems []Problem
	all      bool // a whole folder, not what one deployment loads
}

// levels from the highest; a lower level narrows further and names roles last.
var levels = []string{"national", "province", "city", "county", levelOwn}

// levelOwn is what a deployment adds of its own.
const levelOwn = "bureau"

func levelOf(name string) int {
	for i, l := range levels {
		if l == name {
			return i
		}
	}
	return len(levels)
}

// readSource reads the vocabulary, the calendars and the named packs (all when none is named). Faults of the packs are
// collected; only what makes reading pointless is an error.
func readSource(fsys fs.FS, names []string) (*source, error) {
	src := &source{vocab: &vocabulary{acts: map[string]ActSpec{}, facts: map[string]FactSpec{}}}
	var words Vocabulary
	f, problems := decode(fsys, "vocabulary.yaml", &words)
	src.problems = append(src.problems, problems...)
	src.vocab.roles = words.Roles
	for i, a := range words.Acts {
		if _, twice := src.vocab.acts[a.Name]; twice {
			src.problems = append(src.problems, Problem{File: f.name, Line: f.line("acts", i), Message: "操作 " + a.Name + " 列了两次", Hint: "请删去一处"})
		}
		src.vocab.acts[a.Name] = a
	}
	for i, fact := range words.Facts {
		if _, twice := src.vocab.facts[fact.Name]; twice {
			src.problems = append(src.problems, Problem{File: f.name, Line: f.line("facts", i), Message: "事实 " + fact.Name + " 列了两次", Hint: "请删去一处"})
		}
		switch fact.Type {
		case Bool, Int, String, StringList, Day:
		default:
			src.problems = append(src.problems, Problem{File: f.name, Line: f.line("facts", i, "type"), Message: fmt.Sprintf("事实 %s 的 type: %q 不存在", fact.Name, fact.Type), Hint: oneOf([]string{"bool", "int", "string", "list", "day"})})
		}
		src.vocab.facts[fact.Name] = fact
	}
	calendars, err := fs.Sub(fsys, "calendars")
	if err != nil {
		return nil, errs.New(errs.Invalid, "读取工作日历失败: %w", err)
	}
	if src.calendar, err = workday.Load(calendars); err != nil {
		return nil, errs.New(errs.Invalid, "工作日历有误, 请修改 calendars/ 下的文件: %w", err)
	}
	if src.all = len(names) == 0; src.all {
		if names, err = packNames(fsys); err != nil {
			return nil, err
		}
	}
	read := map[string]bool{}
	for queue := append([]string{}, names...); len(queue) > 0; queue = queue[1:] {
		name := queue[0]
		if read[name] {
			continue
		}
		read[name] = true
		if _, err := fs.Stat(fsys, path.Join(name, "pack.yaml")); err != nil {
			known, _ := packNames(fsys)
			return nil, errs.New(errs.Invalid, "没有名为 %q 的规则包, 现有: %v", name, known)
		}
		p := readPack(fsys, name)
		src.packs = append(src.packs, p)
		queue = append(queue, p.spec.With...) // a pack brings along those it rests on
	}
	sort.SliceStable(src.packs, func(i, j int) bool {
		return levelOf(src.packs[i].spec.Level) < levelOf(src.packs[j].spec.Level)
	})
	return src, nil
}

// packNames are the folders that hold a pack.yaml.
func packNames(fsys fs.FS) ([]string, error) {
	found, err := fs.Glob(fsys, "*/pack.yaml")
	if err != nil {
		return nil, errs.New(errs.Invalid, "读取规则包目录失败: %w", err)
	}
	names := make([]string, len(found))
	for i, f := range found {
		names[i] = path.Dir(f)
	}
	return names, nil
}

func readPack(fsys fs.FS, dir string) *pack {
	p := &pack{dir: dir, templates: map[string]string{}}
	p.file, p.problems = decode(fsys, path.Join(dir, "pack.yaml"), &p.spec)
	var faults []Problem
	p.articles, faults = readArticles(fsys, dir)
	p.problems = append(p.problems, faults...)
	for _, name := range yamlFiles(fsys, dir, "rules") {
		var rf RulesFile
		f, faults := decode(fsys, name, &rf)
		p.problems = append(p.problems, faults...)
		for i, v := range rf.Values {
			p.values = append(p.values, &value{spec: v, pack: p, file: f, at: []any{"values", i}})
		}
		for i, r := range rf.Rules {
			p.rules = append(p.rules, &rule{spec: r, pack: p, file: f, at: []any{"rules", i}})
		}
	}
	for _, name := range yamlFiles(fsys, dir, "procedures") {
		proc := &procedure{pack: p}
		proc.file, faults = decode(fsys, name, &proc.spec)
		p.problems = append(p.problems, faults...)
		p.procedures = append(p.procedures, proc)
	}
	templates, _ := fs.Glob(fsys, path.Join(dir, "templates", "*"))
	for _, name := range templates {
		if text, err := fs.ReadFile(fsys, name); err == nil {
			p.templates[path.Base(name)] = string(text)
		}
	}
	p.readEvidence(fsys)
	p.problems = append(p.problems, blanks(fsys, dir)...)
	p.text = text(fsys, dir)
	p.digest = digest(p.text)
	return p
}

func yamlFiles(fsys fs.FS, dir, sub string) []string {
	names, _ := fs.Glob(fsys, path.Join(dir, sub, "*.yaml"))
	sort.Strings(names)
	return names
}

// text is every file of the pack that can change a verdict, one after the other: not its cases, not its coverage.
func text(fsys fs.FS, dir string) string {
	var all strings.Builder
	for _, pattern := range []string{"pack.yaml", "articles/*.md", "procedures/*.yaml", "rules/*.yaml", "templates/*"} {
		names, _ := fs.Glob(fsys, path.Join(dir, pattern))
		sort.Strings(names)
		for _, name := range names {
			content, err := fs.ReadFile(fsys, name)
			if err != nil {
				continue
			}
			fmt.Fprintf(&all, "%s %d\n%s", name[len(dir)+1:], len(content), content)
		}
	}
	return all.String()
}

// digest names a pack's text in every entry that was judged by it.
func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256:" + hex.EncodeToString(sum[:])
}
