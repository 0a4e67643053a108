package regime

import (
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"sort"
	"strings"
	"sync"
	"sync/atomic"

	"yunei/internal/base/errs"
	"yunei/internal/base/workday"
)

// Law is the packs a deployment runs under, compiled. Make one with New, register the stages' facts, then Load.
type Law struct {
	facts    map[string]Fact
	faults   []string // of RegisterFact, reported by Load
	vocab    *vocabulary
	calendar *workday.Calendar
	packs    []*pack
	byAct    map[string][]*rule
	values   map[string][]*value
	digests  []string

	areas     map[string]string // names by code
	areaCodes []string          // sorted

	measured sync.Once
	coverage CoverageReport

	rehearsal atomic.Pointer[Rehearsal]

	bears    string // the kind of object that bears special law
	specials Specials
}

// New is a law without packs: it refuses nothing and knows no procedure.
func New() *Law { return &Law{facts: map[string]Fact{}} }

// RegisterFact adds facts of a stage; call it before Load. A name registered twice makes Load fail.
func (l *Law) RegisterFact(facts ...Fact) {
	for _, f := range facts {
		if f.Object == "" {
			f.Object = objectOf(f.Name)
		}
		switch {
		case !strings.Contains(f.Name, ".") || f.Object != objectOf(f.Name):
			l.faults = append(l.faults, fmt.Sprintf("事实 %q 的名称须写成 对象.词 的形式", f.Name))
		case l.facts[f.Name].Name != "":
			l.faults = append(l.faults, fmt.Sprintf("事实 %s 登记了两次", f.Name))
		default:
			l.facts[f.Name] = f
		}
	}
}

// Load reads the vocabulary, the calendars and the named packs from fsys (all of them when none is named) and
// compiles every rule once. A pack with a structural problem is refused with all its problems.
func (l *Law) Load(fsys fs.FS, names ...string) error {
	if len(l.faults) > 0 {
		return errs.New(errs.Internal, "登记规则事实有误: %s", strings.Join(l.faults, "; "))
	}
	src, err := readSource(fsys, names)
	if err != nil {
		return err
	}
	for _, f := range l.facts {
		if p := src.vocab.admit(f); p != "" {
			return errs.New(errs.Internal, "登记规则事实有误: %s", p)
		}
	}
	if problems := src.structural(); len(problems) > 0 {
		lines := make([]string, len(problems))
		for i, p := range problems {
			lines[i] = p.String()
		}
		return errs.New(errs.Invalid, "规则包有 %d 处错误, 请按提示修改后重新启动:\n%s", len(problems), strings.Join(lines, "\n"))
	}
	l.install(src)
	if l.areas, err = readAreas(fsys); err != nil {
		return err
	}
	l.areaCodes = slices.Sorted(maps.Keys(l.areas))
	return nil
}

// install indexes checked and compiled packs.
func (l *Law) install(src *source) {
	l.vocab, l.calendar, l.packs = src.vocab, src.calendar, src.packs
	l.byAct, l.values, l.digests = map[string][]*rule{}, map[string][]*value{}, nil
	for _, national := range []bool{false, true} {
		for _, p := range l.packs {
			if (p.spec.Level == levels[0]) == national {
				l.bind(p)
			}
		}
	}
	for _, p := range l.packs {
		for _, v := range p.values {
			l.values[v.spec.Name] = append(l.values[v.spec.Name], v)
		}
		l.digests = append(l.digests, p.spec.ID+"@"+p.digest)
	}
	sort.Strings(l.digests)
}

// bind lists a pack's rules under their acts. The deployment's own regulation speaks first in a refusal and the nation's laws
// behind it: where both forbid, a clerk knows the first.
func (l *Law) bind(p *pack) {
	for _, r := range p.rules {
		for _, act := range r.spec.Acts {
			l.byAct[act] = append(l.byAct[act], r)
		}
	}
}

// Alert is whom a rule tells of what it refused, and its article; rule is written pack/rule, as in the ledger.
func (l *Law) Alert(rule string) (roles []string, title string, cite errs.Cite) {
	id, name, _ := strings.Cut(rule, "/")
	for _, p := range l.packs {
		for _, r := range p.rules {
			if p.spec.ID == id && r.spec.ID == name {
				return r.spec.Alert, r.spec.Title, p.cite(name, r.spec.Cite)
			}
		}
	}
	return nil, "", errs.Cite{}
}

// Calendar is the working-day calendar the packs are counted by.
func (l *Law) Calendar() *workday.Calendar { return l.calendar }

// Digests identify the exact packs in force, as pack@sha256:…, for the ledger.
func (l *Law) Digests() []string { return l.digests }

// PackInfo describes a loaded pack.
type PackInfo struct {
	ID         string       `json:"id"`
	Title      string       `json:"title"`
	Number     string       `json:"number,omitempty"`
	Issuer     string       `json:"issuer"`
	Level      string       `json:"level"`
	Division   string       `json:"division,omitempty"`
	Status     string       `json:"status"`
	Issued     workday.Date `json:"issued"`
	From       workday.Date `json:"from"`
	Until      workday.Date `json:"until,omitempty"`
	TrialUntil workday.Date `json:"trial_until,omitempty"`
	Digest     string       `json:"digest"`
	Rules      int          `json:"rules"`
}

// Packs lists what is loaded, highest level first.
func (l *Law) Packs() []PackInfo {
	infos := make([]PackInfo, 0, len(l.packs))
	for _, p := range l.packs {
		s := p.spec
		info := PackInfo{ID: s.ID, Title: s.Title, Number: s.Number, Issuer: s.Issuer, Level: s.Level, Division: s.Division,
			Status: s.Status, Issued: s.Issued, From: s.From, Until: s.Until, Digest: p.digest, Rules: len(p.rules)}
		if s.Trial != nil {
			info.TrialUntil = s.Trial.Until
		}
		infos = append(infos, info)
	}
	return infos
}

// Role is the regulation's own title of a role, such as 平台运营单位 for platform-operator; the lowest level that names
// it wins, and the platform's own rules name it only where no regulation does. An unknown role is answered by its slug.
func (l *Law) Role(slug string) string {
	own := slug
	for i := len(l.packs) - 1; i >= 0; i-- {
		spec := &l.packs[i].spec
		for _, r := range spec.Roles {
			switch {
			case r.Role != slug:
			case spec.Level != levelOwn:
				return r.Title
			case own == slug:
				own = r.Title
			}
		}
	}
	return own
}

// Document is the title and template of a document slug; false when no pack knows it.
func (l *Law) Document(slug string) (Document, bool) {
	for i := len(l.packs) - 1; i >= 0; i-- {
		if d, ok := l.packs[i].document(slug); ok {
			return d, true
		}
	}
	return Document{ID: slug, Title: slug}, false
}

// Documents lists every document that a pack names, the lowest level's first; a slug stands once.
func (l *Law) Documents() (list []Document) {
	seen := map[string]bool{}
	for i := len(l.packs) - 1; i >= 0; i-- {
		for _, spec := range l.packs[i].spec.Documents {
			if d, ok := l.packs[i].document(spec.ID); ok && !seen[spec.ID] {
				seen[spec.ID] = true
				list = append(list, d)
			}
		}
	}
	return list
}

// Template is the text of a document's template file.
func (l *Law) Template(slug string) (string, bool) {
	for i := len(l.packs) - 1; i >= 0; i-- {
		p := l.packs[i]
		if d, ok := p.document(slug); ok && d.Template != "" {
			text, ok := p.templates[d.Template]
			return text, ok
		}
	}
	return "", false
}

// Article is the text of an article, or of one numbered item in it: 二(二) or 二(二)1.
func (l *Law) Article(packID, article string) (string, bool) {
	for _, p := range l.packs {
		if p.spec.ID == packID {
			return p.articles.text(article)
		}
	}
	return "", false
}

// Articles lists the articles of a pack in the order of the text.
func (l *Law) Articles(packID string) []Article {
	for _, p := range l.packs {
		if p.spec.ID == packID {
			return append([]Article{}, p.articles.list...)
		}
	}
	return nil
}

// Deadline counts a period by this law's calendar and explains it with the citation.
func (l *Law) Deadline(cite errs.Cite, from workday.Date, n int, working bool) workday.Deadline {
	return l.calendar.Deadline(from, n, working, basis(cite))
}

// basis writes a citation the way offices do: 《…》第三(七).
func basis(c errs.Cite) string {
	if c.Law == "" {
		return ""
	}
	return "《" + strings.Trim(c.Law, "《》") + "》" + c.Article
}
